"""From a number of a built study's tables to what stands behind it, as a person asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import pandas as pd

from pipeline import contracts
from pipeline.aggregate.catalogue import BY_ID, Entry, dimension_of
from pipeline.aggregate.disclosure import merged_values
from pipeline.aggregate.trace import (
    TRACED,
    columns_of,
    counted,
    number_of,
    rows_like,
    traced,
    unit_of,
)
from pipeline.build import Build
from pipeline.corpus import table_paths
from pipeline.errors import BadUsage
from pipeline.export.delimited import as_csv, printed
from pipeline.export.traced import as_markdown

SHOWN = 8
"""Near matches, or rows that fit, that a message lists."""


@dataclass(frozen=True)
class Trace:
    """What stands behind a number."""

    table: str
    row: int
    column: str
    value: str
    """The number as it is published."""
    rows: pd.DataFrame
    """`TRACED`"""
    counts: str
    """How many reviews and passages, or documents, these are."""
    withheld: str
    """Why none of it may be passed on; empty when it may."""

    def text(self, form: str) -> str:
        """As Markdown ("md") or CSV ("csv")."""
        if form == "csv":
            return as_csv(self.rows, TRACED).decode()
        title = BY_ID[self.table.split("/")[-1]].title
        number = f"{self.table}, row {self.row}, {self.column} = {self.value}: {self.counts}"
        return as_markdown(self.rows, title=title, number=number)


def trace(build: Build, table: str, words: Sequence[str], column: str | None) -> Trace:
    """The units behind a number of a table, `research/…` for the tables that are not published.

    `words` are the row's position (from 1), or KEY=VALUE for as many columns as tell it. Raises
    `BadUsage` with what is near for a table, row or column that is not there, `MissingInput` when
    the tables are not up to date and `LeakFound`.
    """
    entry = _entry(table)
    source = build.counted_source()
    public = not table.startswith("research/")
    rules = build.settings.disclosure.rules
    if public and not rules.off:
        merged = merged_values(source.units.frames["reviews"], rules.minimum)
        source = replace(source, units=source.units.recoded(merged))
    path = table_paths(build.study.outputs)[table if not public else f"publication/{entry.id}"]
    frame = contracts.read(path, entry.table)
    at = _row(frame, entry, words)
    row = frame.iloc[at - 1]
    asked = _column(entry, column)
    units = counted(entry, row, asked, source.units)
    found = traced(entry, row, asked, source)
    build.leak_check.frame(found, "trace")
    value = printed(frame, entry.table).iloc[at - 1][asked]
    few = "passage_id" in units and units["review_id"].nunique() < rules.minimum
    return Trace(
        table, at, asked, "" if pd.isna(value) else str(value), found,
        _counts(units, unit_of(entry, row, asked), found),
        _withheld(entry, row, public=public, few=few) if not rules.off else "",
    )  # fmt: skip


def _entry(table: str) -> Entry:
    name = table.removeprefix("research/").removeprefix("publication/")
    entry = BY_ID.get(name)
    if entry is None or (table.startswith("research/") and not dimension_of(entry)):
        near = ", ".join(get_close_matches(table, BY_ID, n=SHOWN, cutoff=0.4)) or ", ".join(BY_ID)
        raise BadUsage(f"there is no table {table}; the nearest are: {near}")
    if not columns_of(entry):
        raise BadUsage(f"table {name} counts nothing, so nothing stands behind it")
    return entry


def _row(frame: pd.DataFrame, entry: Entry, words: Sequence[str]) -> int:
    if len(words) == 1 and words[0].isdecimal():
        if not 1 <= int(words[0]) <= len(frame):
            raise BadUsage(f"table {entry.id} has rows 1 to {len(frame)}")
        return int(words[0])
    wanted = {}
    texts = [c.name for c in entry.table.columns if c.type == contracts.TEXT]
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or key not in texts:
            raise BadUsage(f"a row is told by its position, or as KEY=VALUE, where KEY is one of "
                           f"{', '.join(texts)}; there is no {key}")  # fmt: skip
        wanted[key] = value
    found = rows_like(frame, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        told = [_told(frame.iloc[n - 1], entry, n) for n in found[:SHOWN]]
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise BadUsage(f"{len(found)} rows of {entry.id} fit: {'; '.join(told)}{more}")
    near = [
        f"{key}: {', '.join(get_close_matches(value, values, n=SHOWN, cutoff=0.3)) or values[0]}"
        for key, value in wanted.items()
        if (values := sorted({str(v) for v in frame[key].dropna() if v != ""}))
        and value.lower() not in [v.lower() for v in values]
    ]
    what = " ".join(words) or "(nothing was asked for)"
    raise BadUsage(
        f"no row of {entry.id} has {what}"
        + (f"; the nearest are {'; '.join(near)}" if near else "; its values stand in other rows")
    )


def _told(row: pd.Series[Any], entry: Entry, at: int) -> str:
    keys = [k for k in (*entry.by, "level") if k in row.index and str(row[k])]
    return f"{at} ({', '.join(str(row[k]) for k in keys)})"


def _column(entry: Entry, column: str | None) -> str:
    known = columns_of(entry)
    if column is None or column in ("percent", "low", "high"):
        return known[0]
    if column not in known:
        near = ", ".join(get_close_matches(column, known, n=SHOWN, cutoff=0)) or ", ".join(known)
        raise BadUsage(f"column {column} of {entry.id} counts nothing; those that do: {near}")
    return column


def _counts(units: pd.DataFrame, unit: str, found: pd.DataFrame) -> str:
    told = {unit: number_of(units, unit)}
    if "passage_id" in units:
        told.setdefault("reviews", units["review_id"].nunique())
        told.setdefault("passages", len(found))
    return ", ".join(f"{n} {name[:-1] if n == 1 else name}" for name, n in told.items())


def _withheld(entry: Entry, row: pd.Series[Any], *, public: bool, few: bool) -> str:
    state = row.get("state", "shown")
    if not public:
        return "this number is not published: the table is for research"
    if state != "shown":
        return f"this number is {state} in the published table"
    if dimension_of(entry):
        return "who is behind a number by area, period or case type is not published"
    if few:
        return "so few reviews stand behind this number that its passages are not published"
    return ""
