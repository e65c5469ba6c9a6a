"""The report: what it says, what it loads, and that it is the same every time."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import fake_study
import pandas as pd
import pytest
from docx import Document
from lxml import etree, html

sys.path.insert(0, str(Path(__file__).parents[1] / "aggregate"))

import itertools

import synthetic

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.aggregate.publication import Tables, published
from pipeline.aggregate.rules import Disclosure
from pipeline.aggregate.trace import QUOTED_PER_NUMBER, quoted
from pipeline.contracts import SPANS
from pipeline.corpus import study_report
from pipeline.export import delimited
from pipeline.export.excerpts import as_csv, as_markdown, excerpts
from pipeline.export.printed import LABELS, grid
from pipeline.export.report import SHORTENED, Report, as_html
from pipeline.export.word import as_docx
from pipeline.export.workbook import as_workbook

MADE_FROM: dict[str, Any] = {
    "build": "0123456789abcdef" * 2,
    "software": {"dhr-pipeline": "0"},
    "stages": {"tag": {"version": "7", "libraries": {"spacy": "3.8"}}},
    "models": {"spacy": "en 3.8"},
    "settings": {
        "redact": {"dates": "year", "ages": "band", "places": "remove", "health": "keep"},
        "tag": {"min_score": 0.5},
        "topics": {"seed": 11},
        "tables": {"periods": [2011, 2016], "count_coders": ["machine"]},
        "disclosure": {"minimum": 5, "method": "suppress", "off": False},
    },
    "codebook": {"id": "nature", "title": "Nature", "version": "1", "content": "f" * 64},
    "coding_model": "",
}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@cache
def made(*, off: bool = False, reviews: int = 24) -> tuple[Tables, Report]:
    source = synthetic.study(1, reviews, rate=0.4).source()
    rules = Disclosure(off=off)
    tables = published(source, rules)
    tables.frames["quoted"] = quoted(tables, source.passages, rules)
    frames = fake_study.frames(min(reviews, 13))
    spans = SPANS.frame()
    made_from = {**MADE_FROM, "settings": {**MADE_FROM["settings"], "disclosure": vars(rules)}}
    return tables, study_report(tables, frames, spans, made_from, rules, title=fake_study.TITLE)


@cache
def page(*, off: bool = False, reviews: int = 24) -> str:
    return as_html(made(off=off, reviews=reviews)[1])


@cache
def tree(*, off: bool = False, reviews: int = 24) -> Any:
    return html.fromstring(page(off=off, reviews=reviews))


@cache
def word() -> bytes:
    return as_docx(made()[1])


def cells(table: Any) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in table.xpath(".//tr")
    ]


def expected(frame: pd.DataFrame, column: str) -> list[str]:
    """A column of counts as it must be printed, told anew."""
    of = "of" if column == "n" else column.replace("n_", "of_", 1)
    out = []
    for row in frame.to_dict("records"):
        value = row[column]
        withheld = row.get("state") == "suppressed" or column == "n_passages"
        text = ("c" if withheld and "state" in row else "") if pd.isna(value) else str(int(value))
        if text and of in row and not pd.isna(row[of]):
            text += f" of {int(row[of])}"
        out.append(text)
    return out


@pytest.mark.parametrize("off", [False, True])
def test_every_table_of_the_catalogue_is_there_with_its_numbers(*, off: bool) -> None:
    tables, _ = made(off=off)
    for entry in CATALOGUE:
        (table,) = tree(off=off).xpath(f'//table[@id="{entry.id}"]')
        header, *rows = cells(table)
        frame = tables.frames[entry.id]
        assert len(rows) == len(frame)
        columns = table.xpath(".//thead//th/@data-column")
        counts = [c for c in columns if c == "n" or re.match("n_(?!positives)", c)]
        assert bool(counts) == (entry.id != "codebook")
        for column in counts:
            printed = [row[columns.index(column)] for row in rows]
            assert printed == expected(frame, column), (entry.id, column)
            assert header[columns.index(column)] == LABELS[column]
        if "percent" in columns:
            percents = [row[columns.index("percent")] for row in rows]
            shown = frame["percent"].notna()
            assert [p for p, s in zip(percents, shown, strict=True) if s] == [
                f"{p:.1f}" for p in frame.loc[shown, "percent"]
            ]


def test_withheld_numbers_are_nowhere_in_their_rows() -> None:
    frame = made()[0].frames["themes_by_area"]
    withheld = frame[frame["state"] == "suppressed"]
    assert len(withheld)
    for row in withheld.index:
        printed = made()[1].tables[[e.id for e in CATALOGUE].index("themes_by_area")].grid.rows[row]
        numbers = [c.text for c in printed if c.column in ("percent", "low", "n_passages")]
        assert numbers == ["c"] * 3


def test_a_quotation_with_what_xml_cannot_hold_is_printed_in_the_document() -> None:
    tables, report = made()
    quotations = tables.frames["quoted"].assign(text="Nobody asked\x0b her\ufffe.")
    ranking = next(table for table in report.tables if table.id == "theme_ranking")
    hostile = replace(ranking, quoted=quotations[quotations["table"] == "theme_ranking"])
    document = Document(io.BytesIO(as_docx(replace(report, tables=(hostile,)))))
    texts = [p.text for p in document.paragraphs if p.style.name == "Quote"]
    assert texts
    assert set(texts) == {"“Nobody asked\ufffd her\ufffd.”"}


def test_a_rounded_number_is_marked() -> None:
    source = synthetic.study(1, 24).source()
    tables = published(source, Disclosure(method="round"))
    frame = tables.frames["themes_by_area"]
    shown = grid(frame, tables.tables["themes_by_area"])
    near = [c.text.startswith("≈ ") for row in shown.rows for c in row if c.column == "n_reviews"]
    assert near == list(frame["state"] == "rounded") and any(near)


@pytest.mark.parametrize("off", [False, True])
def test_every_link_has_its_target_and_nothing_else_is_loaded(*, off: bool) -> None:
    page_of = tree(off=off)
    ids = page_of.xpath("//@id")
    assert len(ids) == len(set(ids))
    links = page_of.xpath("//a/@href")
    assert len(links) > 50 and {link.removeprefix("#") for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)
    assert not page_of.xpath("//script|//link|//img|//iframe|//object|//embed|//@src|//@srcset")
    text = page(off=off)
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    assert {*re.findall(r"https?://[^\"<\s]+", text)} <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink",
    }  # fmt: skip


def test_numbers_lead_to_their_own_passages() -> None:
    tables, _ = made()
    quotes = tables.frames["quoted"]
    assert len(quotes) and (quotes.groupby(["table", "row", "column"]).size()
                            <= QUOTED_PER_NUMBER).all()  # fmt: skip
    for (name, row, column), own in quotes.groupby(["table", "row", "column"]):
        (heading,) = tree().xpath(f'//h4[@id="q-{name}-{row}-{column}"]')
        targets = heading.getnext().xpath(".//a/@href")
        assert targets == [f"#p-{p}" for p in own.sort_values("rank")["passage_id"]]
        (link,) = tree().xpath(
            f'//table[@id="{name}"]/tbody/tr[{row}]//a[@href="#q-{name}-{row}-{column}"]'
        )[:1]
        frame = tables.frames[name]
        assert link.text.split()[0] == str(frame.iloc[row - 1][column])
        assert own["review_id"].is_unique


def test_no_passage_for_what_few_reviews_have_nor_for_breakdowns() -> None:
    tables, _ = made()
    quotes = tables.frames["quoted"]
    assert not quotes["table"].str.contains("_by_(?:area|period|case_type)").any()
    for (name, row), _ in quotes.groupby(["table", "row"]):
        n = tables.frames[name].iloc[row - 1].get("n_reviews", 99)
        assert pd.isna(n) or n >= 5 or name == "theme_ranking"
    opened = made(off=True)[0].frames["quoted"]
    assert len(opened) > len(quotes)


def test_a_study_of_few_reviews_withholds_and_quotes_nothing() -> None:
    tables, report = made(reviews=4)
    assert tables.frames["quoted"].empty and not {"bars", "pairs", "agencies"} & {*report.charts}
    assert tree(reviews=4).xpath('//table[@id="theme_ranking"]//td[text()="c of 4"]') or (
        "c" in page(reviews=4)
    )


def test_the_map_of_reviews_is_for_research_only() -> None:
    assert "map" not in made()[1].charts and "map" in made(off=True)[1].charts
    assert "not for publication" in page(off=True) and "not for publication" not in page()


def test_structure_for_screen_readers() -> None:
    whole = tree()
    assert whole.xpath("/html/@lang") == ["en-GB"] and len(whole.xpath("//h1")) == 1
    levels = [int(h.tag[1]) for h in whole.xpath("//h1|//h2|//h3|//h4")]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert len(whole.xpath("//table")) == len(whole.xpath("//table/caption"))
    assert not whole.xpath("//thead//th[not(@scope)]|//tbody/tr/*[1][not(@scope='row')]")
    assert not whole.xpath("//*[@class='wide'][not(@tabindex) or not(@aria-label)]")
    pictures = whole.xpath("//*[local-name()='svg']")
    assert pictures
    for picture in pictures:
        title, description = picture.get("aria-labelledby").split()
        assert whole.get_element_by_id(title).text and whole.get_element_by_id(description).text


def test_it_is_well_formed_and_escaped() -> None:
    # libxml2 knows no element that is new in HTML5 and says so; anything else is a fault.
    faults = [e.message for e in _errors(page()) if "invalid" not in e.message]
    assert faults == []
    assert "<Vale>" not in page() and "Wexmere &amp; &lt;Vale&gt;" in page()


def _errors(text: str) -> list[Any]:
    parser = etree.HTMLParser()
    etree.fromstring(text, parser)
    return list(parser.error_log)


def test_content_note_and_caveat_come_first() -> None:
    text = " ".join(page()[: page().index("<svg")].split())
    for words in ("deaths through domestic abuse", "0808 2000 247", "116 123", "made by machine"):
        assert words in text


def test_methods_are_filled_in() -> None:
    text = tree().get_element_by_id("methods").text_content()
    for words in ("f" * 64, "version 7 (spacy 3.8)", "0123456789abcdef", "11", "2011, 2016",
                  "at least 0.5", "counts from 1 to 4"):  # fmt: skip
        assert words in text
    assert "codebook nature version 1" in tree().get_element_by_id("cite").text_content()


# Word ------------------------------------------------------------------------------------------


def test_word_has_the_tables_with_captions_and_repeated_headers() -> None:
    document = Document(io.BytesIO(word()))
    _, report = made()
    assert len(document.tables) == len(CATALOGUE)  # Its topics are in too few reviews.
    for table, ours in zip(document.tables, report.tables, strict=False):
        header, *rows = ([c.text for c in row.cells] for row in table.rows)
        assert header == [h.label for h in ours.grid.headers]
        if ours.long:
            assert len(rows) == SHORTENED
        else:
            assert rows == [[c.text for c in row] for row in ours.grid.rows]
        assert table.rows[0]._tr.find(f".//{W}tblHeader") is not None
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    fields = [f.get(f"{W}instr") for p in captions for f in p._p.iter(f"{W}fldSimple")]
    assert len(captions) == len(fields) == len(document.tables) + len(report.charts)
    assert {field.split()[1] for field in fields} == {"Table", "Figure"}


def test_word_describes_its_pictures() -> None:
    document = Document(io.BytesIO(word()))
    shapes = [s._inline.docPr for s in document.inline_shapes]
    assert len(shapes) == len(made()[1].charts)
    assert {s.get("descr") for s in shapes} == {c.description for c in made()[1].charts.values()}


def test_word_holds_no_time_of_its_making() -> None:
    with zipfile.ZipFile(io.BytesIO(word())) as file:
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        others = [n for n in file.namelist() if not n.endswith((".xml", ".rels"))]
    assert others and all(re.fullmatch(r"word/media/image\d+\.png", name) for name in others)


# Determinism -----------------------------------------------------------------------------------


def digests() -> list[str]:
    frames = fake_study.frames(13)
    found = excerpts(fake_study.codings(13), fake_study.passages(13), fake_study.CODEBOOK)
    contents = [
        page().encode(),
        word(),
        as_workbook(frames, fake_study.TABLES, title=fake_study.TITLE, about=fake_study.ABOUT),
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
    script = "import test_report; print(*test_report.digests())"
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True
    )
    assert run.stdout.decode().split() == digests()
