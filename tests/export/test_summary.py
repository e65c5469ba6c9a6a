"""The summary page: what it says, what it loads, and that it is the same every time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import fake_study
import pytest
from pipeline.export.summary import PAIRS, as_page

from pipeline.export import delimited
from pipeline.export.charts import ranked_themes
from pipeline.export.excerpts import as_csv, as_markdown, excerpts
from pipeline.export.workbook import as_workbook

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """The page's tables by id, headings, ids and attributes; asserts that tags are balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.captions: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.table = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.table = dict(attrs).get("id") or f"table {len(self.tables)}"
            self.tables[self.table] = []
        elif tag == "tr":
            self.tables[self.table].append([])
        elif tag in ("th", "td"):
            self.tables[self.table][-1].append("")
        elif tag == "caption":
            self.captions.append(self.table)
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"th", "td"} & {*self.open}:
            row = self.tables[self.table][-1]
            row[-1] = f"{row[-1]} {data}".strip()


def page(reviews: int) -> str:
    frames = fake_study.frames(reviews)
    return as_page(frames, fake_study.CODEBOOK, title=fake_study.TITLE, about=fake_study.ABOUT)


@pytest.fixture(scope="module")
def html() -> str:
    return page(13)


@pytest.fixture(scope="module")
def parsed(html: str) -> Page:
    return Page(html)


def test_theme_table_holds_prevalences_numbers(parsed: Page) -> None:
    _, *rows = parsed.tables["themes"]
    expected = {
        f"{' '.join(row.name.split())} {row.code or row.theme}": [
            f"{row.n_reviews} of {row.of_reviews}", f"{row.percent:.1f}",
            f"{row.low:.1f}–{row.high:.1f}", str(row.n_passages), str(row.n_reviews_absent),
            str(row.n_passages_recommendation), str(row.n_passages_good_practice),
        ]
        for row in fake_study.frames(13)["prevalence"].itertuples(index=False)
    }  # fmt: skip
    assert {" ".join(row[0].split()): row[1:] for row in rows} == expected
    assert len(rows) == len(expected)


def test_themes_are_ranked_and_codes_stand_beneath(parsed: Page) -> None:
    themes = list(ranked_themes(fake_study.frames(13)["prevalence"])["theme"])
    ids = [row[0].split()[-1] for row in parsed.tables["themes"][1:]]
    assert [id for id in ids if id in themes] == themes
    place = [themes.index(fake_study.CODEBOOK.codes[id].theme) for id in ids if id not in themes]
    assert place == sorted(place)


def test_pairs_are_those_with_most_reviews(parsed: Page) -> None:
    pairs = fake_study.frames(13)["cooccurrence"].query("level == 'theme'")
    most = pairs["n_reviews"].nlargest(PAIRS).tolist()
    shown = [int(row[1].split(" of ")[0]) for row in parsed.tables["pairs"][1:]]
    assert shown == most


def test_flow_and_what_was_set_aside(parsed: Page, html: str) -> None:
    assert parsed.tables["table 0"][1:] == [
        ["Documents", "15", "2", "13"],
        ["Reviews", "14", "1", "13"],
    ]
    assert parsed.tables["table 1"][1:] == [
        ["2 documents", "no text layer; run ocrmypdf"],
        ["Review 14", "=no document & no <text>"],
    ]
    for count in ("104 passages", "1,560 identifiers", "65 codings"):
        assert f"<li>{count}" in html


def test_passages_in_no_topic_come_last(parsed: Page) -> None:
    assert [row[0] for row in parsed.tables["topics"][1:]] == [
        "police, call, officer", "school, nurse, child", "in no topic",
    ]  # fmt: skip


def test_nothing_is_loaded_or_run(parsed: Page, html: str) -> None:
    tags = {tag for tag, _, _ in parsed.attributes}
    assert not tags & {"script", "link", "img", "iframe", "object", "image"}
    loads = {"src", "href", "xlink:href", "data", "action", "srcset"}
    assert all(value.startswith("#") for _, name, value in parsed.attributes if name in loads)
    assert "@import" not in html and not re.search(r"url\((?!#)", html)
    links = re.findall(r"https?://[^\"<\s]+", html)
    assert set(links) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_structure_for_screen_readers(parsed: Page) -> None:
    assert ("html", "lang", "en-GB") in parsed.attributes
    assert parsed.headings[0] == "h1" and set(parsed.headings[1:]) == {"h2"}
    assert parsed.captions == list(parsed.tables)
    ids = [value for _, name, value in parsed.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    referred = [v for _, name, v in parsed.attributes if name == "aria-labelledby"]
    assert len(referred) == 2 and {id for value in referred for id in value.split()} <= {*ids}


def test_content_note_and_caveat_come_first(html: str) -> None:
    text = html[: html.index("<svg")]
    for words in ("deaths through domestic abuse", "0808 2000 247", "116 123", "not been checked"):
        assert words in " ".join(text.split())


def test_text_is_escaped(html: str) -> None:
    assert "<Vale>" not in html and "Wexmere &amp; &lt;Vale&gt;" in html
    assert "<protection>" not in html


@pytest.mark.parametrize("reviews", [1, 60])
def test_other_sizes(reviews: int) -> None:
    assert f"of {reviews}</td>" in page(reviews)


def test_without_a_built_review_there_is_still_a_page() -> None:
    html = page(0)
    assert "No review was built" in html and "<svg" not in html
    assert {"themes", "pairs"}.isdisjoint(Page(html).tables)


def digests() -> list[str]:
    frames = fake_study.frames(13)
    about = {"title": fake_study.TITLE, "about": fake_study.ABOUT}
    found = excerpts(fake_study.codings(13), fake_study.passages(13), fake_study.CODEBOOK)
    contents = [
        as_page(frames, fake_study.CODEBOOK, **about).encode(),
        as_workbook(frames, fake_study.TABLES, **about),
        *(delimited.as_csv(frames[name], table) for name, table in fake_study.TABLES.items()),
        as_csv(found).encode(),
        as_markdown(found).encode(),
    ]
    return [sha256(content).hexdigest() for content in contents]


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    config = tmp_path / "matplotlibrc"
    config.write_text("xtick.labelsize: 20\naxes.facecolor: red\n")
    here = Path(__file__).parent
    environment = os.environ | {
        "PYTHONHASHSEED": "2",
        "PYTHONPATH": os.pathsep.join(map(str, (here, here.parents[1]))),
        "MATPLOTLIBRC": str(config),
        "TZ": "Asia/Tokyo",
    }
    script = "import test_summary; print(*test_summary.digests())"
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True
    )
    assert run.stdout.decode().split() == digests()
