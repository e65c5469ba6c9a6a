"""A table as it stands in a report: fewer columns, headings in words, numbers as people read them.

A count stands with its denominator ("7 of 13"), the ends of an interval in one column; ids make
way for names, and what no row has for nothing. HTML and Word print what stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.contracts import REAL, TEXT, Table
from pipeline.export.delimited import printed

LABELS = {
    "n": "Number",
    "n_reviews": "Reviews",
    "n_passages": "Passages",
    "n_recommendations": "Recommendations",
    "n_actions": "Actions",
    "percent": "%",
    "low": "95% interval",
    "n_reviews_absent": "Reviews where it counts as absent",
    "n_passages_absent": "Passages that say it is absent",
    "n_passages_recommendation": "Passages that recommend it",
    "n_passages_good_practice": "Passages that praise it",
    "needs_human_coding": "% to be coded by a person",
    "published_n": "Published",
    "published_percent": "Published %",
    "published_unit": "Counted in",
    "expected": "Expected by chance",
    "lift": "Lift",
    "theme_name": "Theme",
    "code_name": "Code",
    "agency_name": "Agency",
    "first_name": "Theme or code",
    "second_name": "with",
    "n_positives": "Passages that a person coded",
    "needs_human": "Person needed",
}
_OF = {"n": "of", "published_n": "published_of"}
_NEVER = frozenset(
    {"order", "rank", "level", "state", "passage_id", "review_id", "high", "exemplar", "citation"}
)
"""Columns that are told otherwise: by the order of rows, by marks, by the passages quoted."""
_NAMED = {"theme": "theme_name", "code": "code_name", "agency": "agency_name",
          "first": "first_name", "second": "second_name"}  # fmt: skip
_INTERVAL = "low"


@dataclass(frozen=True)
class Header:
    """A column as printed."""

    column: str
    label: str
    number: bool


@dataclass(frozen=True)
class Cell:
    """A cell as printed; `column` says which number of the table it shows."""

    text: str
    column: str
    number: bool


@dataclass(frozen=True)
class Grid:
    """A table as printed. The first cell of a row is its heading."""

    headers: tuple[Header, ...]
    rows: tuple[tuple[Cell, ...], ...]
    levels: tuple[str, ...]
    """theme, code or nothing, of each row."""


def grid(frame: pd.DataFrame, table: Table) -> Grid:
    """The frame of a table in its contract's columns, as printed; rows stay in order."""
    headers = tuple(_headers(frame, table))
    cells = printed(frame, table)
    lines = {header.column: list(_texts(cells, table, header.column)) for header in headers}
    rows = tuple(
        tuple(Cell(lines[h.column][n], h.column, h.number) for h in headers)
        for n in range(len(frame))
    )
    return Grid(headers, rows, tuple(_levels(frame, table)))


def _levels(frame: pd.DataFrame, table: Table) -> Iterator[str]:
    if "level" in frame:
        yield from frame["level"].astype(str)
    elif table.key == ("theme", "code"):
        yield from frame["code"].map(lambda code: "code" if code else "theme")
    else:
        yield from [""] * len(frame)


def _headers(frame: pd.DataFrame, table: Table) -> Iterator[Header]:
    columns = {column.name: column for column in table.columns}
    named = "name" in columns or ("code_name" in columns and "theme_name" not in columns)
    seen: set[str] = set()
    for id in columns:
        # A name stands where its id stands.
        name = _NAMED[id] if _NAMED.get(id) in columns else id
        hidden = name in _NEVER or name.startswith("of_") or name in _OF.values()
        told = name in seen or (named and name in ("theme", "code"))
        withheld = "state" in columns and name not in ("needs_human_coding", "source", "note")
        empty = frame[name].isna().all() and len(frame) and not withheld
        if not (hidden or told or empty):
            label = LABELS.get(name, name.replace("_", " ").capitalize())
            yield Header(name, label, columns[name].type != TEXT)
        seen.add(name)


def _texts(cells: pd.DataFrame, table: Table, name: str) -> Iterator[str]:
    real = {column.name for column in table.columns if column.type == REAL}
    digits = 2 if name in ("lift", "kappa") else 1
    values = cells[name]
    if name == _INTERVAL:
        for low, high in zip(values, cells["high"], strict=True):
            text, end = _text(low, digits), _text(high, digits)
            yield text if text in ("", "c") else f"{text}–{end}"
        return
    rounded = cells["state"] == "rounded" if "state" in cells else [False] * len(cells)
    of = _OF.get(name, name.replace("n_", "of_", 1) if name.startswith("n_") else "")
    others = cells[of] if of in cells else [None] * len(cells)
    for value, other, near in zip(values, others, rounded, strict=True):
        text = _text(value, digits if name in real else 0)
        mark = "≈ " if near and name.startswith("n_") else ""
        has = text and other is not None and not pd.isna(other)
        yield f"{mark}{text} of {other}" if has else mark + text


def _text(value: Any, digits: int) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, str):
        return value
    return f"{value:.{digits}f}" if digits else str(int(value))
