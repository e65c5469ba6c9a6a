"""CSV: plain, and inert in a spreadsheet."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from pipeline.contracts import INT, REAL, TEXT, Column, Table
from pipeline.export.delimited import as_csv

TABLE = Table(
    "birds",
    "one bird",
    ("name",),
    (
        Column("name", TEXT, "its name"),
        Column("call", TEXT, "its call", nullable=True),
        Column("eggs", INT, "eggs", nullable=True),
        Column("change", REAL, "change"),
    ),
)


def csv(**cells: object) -> str:
    row = {"name": "wren", "call": "tic", "eggs": 6, "change": -0.5} | cells
    return as_csv(TABLE.frame([row]), TABLE).decode()


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_looks_like_a_formula_is_defused(first: str) -> None:
    text = f"{first}SUM(A1)"
    read = pd.read_csv(io.StringIO(csv(call=text)))
    assert read["call"].tolist() == [f"'{text}".replace("\r", " ")]


@pytest.mark.parametrize("text", ["tic", "a=b", "it's -1", "'quoted", "two\nlines", 'say "tic", é'])
def test_other_text_comes_back_as_it_was(text: str) -> None:
    assert pd.read_csv(io.StringIO(csv(call=text)))["call"].tolist() == [text]


def test_numbers_nulls_and_line_ends() -> None:
    assert csv(call=None, eggs=None) == "name,call,eggs,change\nwren,,,-0.5\n"


def test_an_empty_table_is_its_header() -> None:
    assert as_csv(TABLE.frame(), TABLE) == b"name,call,eggs,change\n"
