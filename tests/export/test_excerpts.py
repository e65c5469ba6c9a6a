"""Excerpts: chosen, ordered, cited and quoted."""

from __future__ import annotations

import io
import time
import zipfile

import docx
import fake_study
import pandas as pd
import pytest
import test_workbook

from pipeline.contracts import CODINGS, REDACTED
from pipeline.errors import MissingInput
from pipeline.export.excerpt_document import as_document
from pipeline.export.excerpt_page import as_page
from pipeline.export.excerpts import EXCERPTS, NOTE, as_csv, as_markdown, excerpts
from pipeline.export.workbook import CUT, FULL, as_sheet


def passage(**cells: object) -> pd.DataFrame:
    usual = {
        "review_id": 7, "passage_id": "p", "document_id": "d", "ordinal": 1, "number": "4.12",
        "heading_path": "Analysis > Health", "section_role": "analysis", "role_confidence": 0.9,
        "kind": "paragraph",
        "page": 25, "page_end": 25, "page_label": "23", "text": "Nobody asked her, at *any* visit.",
    }  # fmt: skip
    return REDACTED.frame([usual | cells])


def coding(**cells: object) -> pd.DataFrame:
    usual = {
        "review_id": 7, "passage_id": "p", "code": "routine-enquiry", "theme": "recognition",
        "coder": "machine", "start": 0, "end": 12, "polarity": "present", "layer": "finding",
        "score": 0.9, "reason": "phrase",
    }  # fmt: skip
    return CODINGS.frame([usual | cells])


def one(passages: pd.DataFrame, codings: pd.DataFrame | None = None) -> pd.Series:
    codings = coding() if codings is None else codings
    return excerpts(codings, passages, fake_study.CODEBOOK).iloc[0]


@pytest.mark.parametrize(
    ("cells", "citation"),
    [
        ({}, "Review 7, para 4.12, p. 23"),
        ({"page_label": None}, "Review 7, para 4.12, p. 25"),
        ({"number": None}, "Review 7, p. 23"),
        ({"page": None, "page_label": None}, "Review 7, para 4.12"),
        ({"number": None, "page": None, "page_label": None}, "Review 7, under Health"),
        ({"number": None, "kind": "table-row"}, "Review 7, row of table under Health, p. 23"),
        ({"kind": "table-row"}, "Review 7, para 4.12, p. 23"),
        ({"number": None, "kind": "table-row", "heading_path": ""}, "Review 7, p. 23"),
        (
            {"number": None, "page": None, "page_label": None, "heading_path": ""},
            "Review 7",
        ),
    ],
)
def test_citation(cells: dict[str, object], citation: str) -> None:
    assert one(passage(**cells))["citation"] == citation


def test_a_row_names_theme_and_code_and_cuts_the_evidence() -> None:
    row = one(passage())
    assert row[["theme", "code", "evidence"]].tolist() == [
        "Recognising and asking", "Routine enquiry", "Nobody asked",
    ]  # fmt: skip


def test_order_is_the_codebooks_then_review_then_reading() -> None:
    found = excerpts(fake_study.codings(5), fake_study.passages(5), fake_study.CODEBOOK)
    themes = [theme.name for theme in fake_study.CODEBOOK.theme]
    codes = [code.name for code in fake_study.CODEBOOK.code]
    places = [
        (themes.index(row.theme), codes.index(row.code), *map(int, row.passage_id.split("-")))
        for row in found.itertuples()
    ]
    assert places == sorted(places) and len(places) == len(fake_study.codings(5)) > 0


def test_filters() -> None:
    codings, passages = fake_study.codings(5), fake_study.passages(5)
    book = fake_study.CODEBOOK
    by_code = excerpts(codings, passages, book, code="older-victim", review=2)
    wanted = codings.query("code == 'older-victim' and review_id == 2")["passage_id"]
    assert sorted(by_code["passage_id"]) == sorted(wanted) != []
    by_theme = excerpts(codings, passages, book, theme="victim")
    assert len(by_theme) == (codings["theme"] == "victim").sum() > len(by_code)
    assert excerpts(codings, passages, book, theme="victim", code="dvds").empty


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ({"code": "trainin"}, "no code trainin; the nearest are: training"),
        ({"theme": "join-working"}, "no theme join-working; the nearest are: joint-working"),
        ({"review": 15}, "no review 15; the nearest are: "),
        ({"coder": "machin"}, "no coder machin; the nearest are: machine"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is_near(wanted: dict, near: str) -> None:
    with pytest.raises(MissingInput, match=near):
        excerpts(fake_study.codings(5), fake_study.passages(5), fake_study.CODEBOOK, **wanted)


def test_markdown_quotes_the_text_and_marks_the_evidence() -> None:
    found = excerpts(coding(), passage(), fake_study.CODEBOOK)
    assert as_markdown(found) == (
        f"# Excerpts\n\n{NOTE}\n\n## Recognising and asking\n\n### Routine enquiry\n\n"
        "> “**Nobody asked** her, at \\*any\\* visit.”\n>\n"
        "> — Review 7, para 4.12, p. 23 (finding, present, machine, not checked, score 0.90)\n>\n"
        "> Why: phrase\n"
    )


def test_each_heading_stands_once() -> None:
    found = excerpts(fake_study.codings(5), fake_study.passages(5), fake_study.CODEBOOK)
    lines = as_markdown(found).splitlines()
    headings = [line for line in lines if line.startswith("#")]
    assert (
        len(headings)
        == len(set(headings))
        == 1 + found["theme"].nunique() + len(found[["theme", "code"]].drop_duplicates())
    )
    assert sum(line.startswith("> “") for line in lines) == len(found)


def test_nothing_found_is_said() -> None:
    none = excerpts(CODINGS.frame(), passage(), fake_study.CODEBOOK)
    assert "No passage" in as_markdown(none)
    assert as_csv(none) == ",".join(EXCERPTS.names) + "\n"


def test_csv_comes_back() -> None:
    found = excerpts(coding(subject="agency"), passage(text="=Nobody asked."), fake_study.CODEBOOK)
    read = pd.read_csv(io.StringIO(as_csv(found))).iloc[0]
    assert read["text"] == "'=Nobody asked."
    assert read["citation"] == "Review 7, para 4.12, p. 23"
    assert read["subject"] == "agency"


def section(*texts: str, **cells: object) -> pd.DataFrame:
    """Passages in reading order; one that begins with # is a heading."""
    usual = passage().iloc[0].to_dict()
    own = [
        {"passage_id": f"p{n}", "ordinal": n, "text": text.lstrip("#"),
         "kind": "heading" if text.startswith("#") else "paragraph"}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    return REDACTED.frame(usual | one | cells for one in own)


def in_context(passages: pd.DataFrame, at: str, context: int) -> list[object]:
    codings = coding(passage_id=at, start=0, end=3)
    row = excerpts(codings, passages, fake_study.CODEBOOK, context=context).iloc[0]
    return [row[side] if pd.notna(row[side]) else None for side in ("before", "after")]


def test_context_is_what_stands_beside_it_in_its_own_section() -> None:
    passages = section("one", "two", "three", "four", "five")
    assert in_context(passages, "p2", 0) == [None, None]
    assert in_context(passages, "p2", 1) == ["two", "four"]
    assert in_context(passages, "p2", 2) == ["one\ntwo", "four\nfive"]
    assert in_context(passages, "p0", 2) == [None, "two\nthree"]


@pytest.mark.parametrize(
    "second",
    [{"heading_path": "Analysis > Police"}, {"document_id": "e"}, {"review_id": 8}],
)
def test_context_ends_with_its_section(second: dict[str, object]) -> None:
    beside = section("one", "two").assign(ordinal=[11, 12], passage_id=["q1", "q2"], **second)
    passages = REDACTED.validate(pd.concat([section("first", "last"), beside]))
    assert in_context(passages, "p1", 3) == ["first", None]


def test_a_heading_ends_a_section_even_under_the_same_name() -> None:
    assert in_context(section("one", "two", "#Health", "three"), "p1", 3) == ["one", None]


def test_filters_by_polarity_subject_and_coder() -> None:
    told = [
        {"code": "routine-enquiry", "coder": "machine"},
        {"code": "routine-enquiry", "coder": "model:tiny", "score": None, "subject": "agency"},
        {"code": "routine-enquiry", "coder": "rowan", "polarity": "absent", "subject": "victim"},
    ]
    codings = CODINGS.validate(pd.concat([coding(**cells) for cells in told]))

    def coders(**wanted: str) -> list[str]:
        return list(excerpts(codings, passage(), fake_study.CODEBOOK, **wanted)["coder"])

    assert coders() == ["machine", "model:tiny", "rowan"]
    assert coders(coder="model:tiny") == coders(subject="agency") == ["model:tiny"]
    assert coders(polarity="absent") == coders(subject="victim") == ["rowan"]
    found = excerpts(codings, passage(), fake_study.CODEBOOK)
    assert list(found["checked"]) == ["not checked", "not checked", "by rowan"]
    decided = codings.assign(checked_by=["ash ; elm", None, None])
    found = excerpts(decided, passage(), fake_study.CODEBOOK)
    assert list(found["checked"]) == ["by ash ; elm", "not checked", "by rowan"]
    assert "(finding, present, about: agency, model:tiny, not checked)" in as_markdown(
        excerpts(codings, passage(), fake_study.CODEBOOK, coder="model:tiny")
    ).replace("\\", "")


HOSTILE = "<script>alert(1)</script> =1+1 & {{ 7*7 }}"


def hostile() -> pd.DataFrame:
    passages = section("before <b>", f"Nobody asked {HOSTILE}", "after <i>")
    codings = coding(passage_id="p1", reason="<img src=x>")
    return excerpts(codings, passages, fake_study.CODEBOOK, context=1)


def test_a_page_marks_the_evidence_escapes_the_rest_and_asks_for_nothing() -> None:
    page = as_page(hostile())
    assert "<blockquote><mark>Nobody asked</mark> &lt;script&gt;" in page
    assert "{{ 7*7 }}" in page and "<img" not in page and "<b>Context before:</b> before" in page
    assert not [word for word in ("<script", "http", "src=", "@import", "url(") if word in
                page.replace("src=x&gt;", "")]  # fmt: skip
    for words in ("Review 7, para 4.12, p. 23", "present", "machine", "not checked", "score 0.90"):
        assert words in page
    assert "No passage" in as_page(hostile().head(0))


def test_a_document_highlights_the_evidence_and_quotes_the_passage_whole() -> None:
    paragraphs = docx.Document(io.BytesIO(as_document(hostile()))).paragraphs
    (quotation,) = (p for p in paragraphs if p.style.name == "Quote")
    assert quotation.text == f"Nobody asked {HOSTILE}"
    assert [r.text for r in quotation.runs if r.font.highlight_color] == ["Nobody asked"]
    texts = [p.text for p in paragraphs]
    assert "Context before: before <b>" in texts and "Context after: after <i>" in texts
    assert "Why: <img src=x>" in texts
    assert "No passage has such a coding." in [
        p.text for p in docx.Document(io.BytesIO(as_document(hostile().head(0)))).paragraphs
    ]


def test_a_document_holds_no_character_that_xml_cannot() -> None:
    found = excerpts(coding(), passage(text="Nobody asked\x0b her\ufffe."), fake_study.CODEBOOK)
    texts = [p.text for p in docx.Document(io.BytesIO(as_document(found))).paragraphs]
    assert "Nobody asked\ufffd her\ufffd." in texts


def sheet(found: pd.DataFrame) -> tuple[dict[object, object], zipfile.ZipFile]:
    """The one row of a sheet of excerpts, by column, and the file."""
    book = zipfile.ZipFile(io.BytesIO(as_sheet(found, EXCERPTS, note=NOTE)))
    header, row = test_workbook.sheets(book)["Excerpts"]
    return {header[position]: cell for position, cell in row.items()}, book


def test_a_sheet_holds_text_and_no_formula() -> None:
    found = excerpts(coding(), passage(text="=1+1"), fake_study.CODEBOOK)
    row, book = sheet(found)
    assert (row["text"], row["score"], row["page"]) == ("=1+1", 0.9, 25)
    assert (row["checked"], row["reason"]) == ("not checked", "phrase")
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert b'quotePrefix="1"' in book.read("xl/styles.xml")
    explained = [cell for row in test_workbook.sheets(book)["Read me"] for cell in row.values()]
    assert NOTE in explained and set(EXCERPTS.names) <= set(explained)


def test_a_sheet_says_where_a_cell_is_too_small() -> None:
    found = excerpts(coding(), passage(text="a" * (FULL + 1)), fake_study.CODEBOOK)
    text = str(sheet(found)[0]["text"])
    assert len(text) == FULL and text.endswith(CUT)


@pytest.mark.parametrize("first", list("=+-@\t"))
def test_no_cell_of_a_csv_is_taken_for_a_formula(first: str) -> None:
    passages = section(f"{first}one", f"{first}two", f"{first}three")
    codings = coding(passage_id="p1", start=0, end=3, reason=f"{first}why")
    found = excerpts(codings, passages, fake_study.CODEBOOK, context=1)
    (row,) = pd.read_csv(io.StringIO(as_csv(found)), dtype=str).to_dict("records")
    for column in ("text", "before", "after", "evidence", "reason"):
        assert row[column].startswith(f"'{first}"), column


def test_the_same_excerpts_give_the_same_bytes() -> None:
    found = hostile()
    first = as_document(found), as_sheet(found, EXCERPTS, note=NOTE)
    time.sleep(2.1)  # The clock of a zip file goes in steps of two seconds.
    assert (as_document(found), as_sheet(found, EXCERPTS, note=NOTE)) == first
    assert {i.date_time[0] for i in zipfile.ZipFile(io.BytesIO(first[0])).infolist()} == {1980}
