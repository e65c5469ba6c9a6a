"""Excerpts: chosen, ordered, cited and quoted."""

from __future__ import annotations

import io

import fake_study
import pandas as pd
import pytest

from pipeline.contracts import CODINGS, REDACTED
from pipeline.errors import MissingInput
from pipeline.export.excerpts import EXCERPTS, as_csv, as_markdown, excerpts


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
    ],
)
def test_what_is_not_there_is_answered_with_what_is_near(wanted: dict, near: str) -> None:
    with pytest.raises(MissingInput, match=near):
        excerpts(fake_study.codings(5), fake_study.passages(5), fake_study.CODEBOOK, **wanted)


def test_markdown_quotes_the_text_and_marks_the_evidence() -> None:
    found = excerpts(coding(), passage(), fake_study.CODEBOOK)
    assert as_markdown(found) == (
        "# Excerpts\n\n## Recognising and asking\n\n### Routine enquiry\n\n"
        "> “**Nobody asked** her, at \\*any\\* visit.”\n>\n"
        "> — Review 7, para 4.12, p. 23 (finding, present, machine)\n"
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
