"""What the docs say is so: commands run, links lead somewhere, generated pages are up to date."""

import json
import re
import shutil
import sys
import tomllib

import pytest

from fictional import PROJECT, run
from pipeline import contracts, schema
from pipeline.cli import dhr
from pipeline.export.charts import heat_map, ranked_themes
from pipeline.study import Settings

OUTPUTS = PROJECT / "outputs" / "example"
PICTURE = PROJECT / "docs" / "images" / "example_themes.svg"
WRITTEN = re.compile(r"(<!-- example: [^>]*-->\n).*?(<!-- /example -->)", re.S)
HELD_OUT_FIGURES = [
    ("extraction", "passages whole", "passages copied out whole"),
    ("extraction", "section roles right", "section roles right"),
    ("extraction", "recommendations found", "recommendations found"),
    ("redaction", "mentions removed", "identifiers removed (mentions)"),
    ("redaction", "mentions removed: PERSON", "… names of people"),
    ("redaction", "needed terms kept", "terms that coders need kept"),
    ("coding", "machine: kappa", "coding: machine and first coder, Cohen’s kappa"),
    ("coding", "second coder: kappa", "coding: second and first coder, Cohen’s kappa"),
    ("coding", "always yes: kappa", "coding: every code everywhere, Cohen’s kappa"),
    ("coding", "section only: kappa", "coding: by section alone, Cohen’s kappa"),
    ("coding", "review x theme: same state", "state of a theme in a review right"),
]
PAGES = [PROJECT / "README.md", PROJECT / "corpus" / "README.md",
         PROJECT / "corpus" / "example" / "README.md",
         PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))]  # fmt: skip


def blocks(page, language):
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def test_the_schema_page_is_what_the_contracts_say():
    assert (PROJECT / "docs" / "schema.md").read_text(encoding="utf-8") == schema.page()


def test_the_settings_page_shows_every_key_with_its_default():
    (shown,) = blocks(PROJECT / "docs" / "settings.md", "toml")
    assert tomllib.loads(shown) == Settings().model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_goals_named_in_the_docs_exist(page):
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"\bdhr ([a-z]+)\b", text)) - {"the"}
    assert named <= set(dhr.commands), page.name
    goals = set(re.findall(r"^make ([a-z]+)$|`make ([a-z]+)`", text, re.M))
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for goal in {goal for pair in goals for goal in pair if goal}:
        assert f"\n{goal}:" in makefile, goal


def theme_table(prevalence, splits):
    """Reviews in which each theme is present, by who says so."""
    lines = ["| theme | machine | first coder | second coder |", "|---|---|---|---|"]
    for row in ranked_themes(prevalence).itertuples():
        gold = [split["themes"][row.theme] for split in splits.values()]
        first, second, of = (sum(x[n] for x in gold) for n in ("first coder", "second coder", "of"))
        assert of == row.of_reviews
        lines.append(
            f"| {row.name} | {row.n_reviews} of {of} ({row.percent:.0f}%) | {first} | {second} |"
        )
    return lines


def accuracy_table(splits):
    """Some figures of the held-out reviews, with counts and intervals."""
    lines = ["| five held-out reviews | | counts | 95% interval |", "|---|---|---|---|"]
    for part, name, label in HELD_OUT_FIGURES:
        measure = splits["held-out"][part][name]
        lines.append(
            f"| {label} | {measure['value']:.2f} | {measure['n']:,} of {measure['of']:,} "
            f"| {measure['low']:.2f} to {measure['high']:.2f} |"
        )
    return lines


def example_section():
    """What the README shows of the example, and its picture, from outputs/example."""
    tables = OUTPUTS / "tables"
    prevalence = contracts.read(tables / "prevalence.parquet", contracts.PREVALENCE)
    themes = contracts.read(tables / "review_themes.parquet", contracts.REVIEW_THEMES)
    splits = json.loads((OUTPUTS / "evaluate" / "evaluation.json").read_bytes())["splits"]
    section = [
        "Reviews in which each theme is present (as a finding or a fact):",
        "",
        *theme_table(prevalence, splits),
        "",
        "![Heat map: passages in which each theme is present, by review]"
        "(docs/images/example_themes.svg)",
        "",
        *accuracy_table(splits),
        "",
        "For coding, the counts are codings that both have, of those of the first coder.",
        "",
    ]
    picture = heat_map(themes, prevalence).svg.replace("<svg", '<svg style="background:white"', 1)
    return "\n".join(section), picture + "\n"


def build_example():
    done = run("make", "evaluate")
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.xdist_group("example")
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="the example has a scan")
def test_the_readme_shows_what_the_example_gives():
    build_example()
    section, picture = example_section()
    shown = WRITTEN.search((PROJECT / "README.md").read_text(encoding="utf-8"))
    assert shown[0] == f"{shown[1]}{section}{shown[2]}", "run `python tests/test_docs.py`"
    assert PICTURE.read_text(encoding="utf-8") == picture, "run `python tests/test_docs.py`"


@pytest.mark.xdist_group("example")
def test_the_first_command_of_the_readme_works_and_shows_rows():
    (first, *_) = blocks(PROJECT / "README.md", "sh")
    assert first == "make example\n"
    done = run("make", "example")
    assert done.returncode == 0, done.stderr
    assert "report.html" in done.stdout
    assert len(re.findall(r"^theme,", done.stdout, re.M)) == 10


if __name__ == "__main__":
    build_example()
    text, svg = example_section()
    page = (PROJECT / "README.md").read_text(encoding="utf-8")
    (PROJECT / "README.md").write_text(
        WRITTEN.sub(lambda m: m[1] + text + m[2], page), encoding="utf-8"
    )
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(svg, encoding="utf-8")
    sys.exit()
