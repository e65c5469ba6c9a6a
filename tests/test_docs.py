"""What the docs say is so: commands run, links lead somewhere, generated pages are up to date."""

import re
import tomllib

import pytest

from fictional import PROJECT, run
from pipeline import schema
from pipeline.cli import dhr
from pipeline.study import Settings

PAGES = [PROJECT / "README.md", PROJECT / "corpus" / "README.md",
         PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))]  # fmt: skip


def blocks(page, language):
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def test_the_schema_page_is_what_the_contracts_say():
    assert (PROJECT / "docs" / "schema.md").read_text(encoding="utf-8") == schema.page()


def test_the_settings_page_shows_every_key_with_its_default():
    (shown,) = blocks(PROJECT / "docs" / "settings.md", "toml")
    assert tomllib.loads(shown) == Settings().model_dump()


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


def test_the_first_command_of_the_readme_works_and_shows_rows():
    (first, *_) = blocks(PROJECT / "README.md", "sh")
    assert first == "make example\n"
    done = run("make", "example")
    assert done.returncode == 0, done.stderr
    assert "summary.html" in done.stdout
    assert re.search(r"^code,|^level,", done.stdout, re.M)
