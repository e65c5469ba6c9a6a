"""Two builds of a study: which numbers of the tables moved, by which passages, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import contracts
from pipeline.aggregate.catalogue import BY_ID, CATALOGUE, Entry
from pipeline.aggregate.disclosure import merged_values
from pipeline.aggregate.made import Source
from pipeline.aggregate.made_from import Causes, causes
from pipeline.aggregate.moved import moved
from pipeline.aggregate.trace import columns_of, counted, number_of, unit_of
from pipeline.codebook import Codebook
from pipeline.contracts import TEXT, Column, Table
from pipeline.corpus import counted_source, table_paths
from pipeline.errors import BadUsage, MissingInput
from pipeline.export.delimited import as_csv

KEYS = {"theme_ranking": ("theme", "code"), "corpus_flow": ("unit", "step", "reason"),
        "comparison": ("measure",)}  # fmt: skip
"""Tables whose contract's key is a position, which says nothing about what a row is."""
OTHER_SOFTWARE = "(cannot be told: today's software counts otherwise)"

DIFFERENCES = Table(
    "differences",
    "one number that moved between two builds",
    (),
    (
        Column("table", TEXT, "id of the table"),
        Column("cell", TEXT, "the row's keys"),
        Column("column", TEXT, "column of the number"),
        Column("before", TEXT, "the number in the old build; empty without such a row"),
        Column("after", TEXT, "the number in the new build; empty without such a row"),
        Column("came", TEXT, "what stands behind it now and did not: citations"),
        Column("went", TEXT, "what stood behind it and does not now: citations"),
        Column("why", TEXT, "what the builds were made from, as far as it bears on these"),
    ),
)


class Built:
    """A build as its outputs tell it."""

    def __init__(self, outputs: Path) -> None:
        """Of a folder of outputs; raises `MissingInput` when it does not say what made it."""
        self._outputs = outputs
        self.paths = table_paths(outputs)
        try:
            self.made_from: dict[str, Any] = json.loads(self.paths["made-from"].read_bytes())
        except FileNotFoundError:
            raise MissingInput(
                f"{outputs} does not say what it was made from; build it anew with `dhr run`"
            ) from None

    def table(self, entry: Entry) -> pd.DataFrame:
        """A table of the catalogue, as published."""
        return contracts.read(self.paths[f"publication/{entry.id}"], entry.table)

    @cached_property
    def source(self) -> Source:
        """What the tables were counted from, by today's software."""
        book = self.made_from["codebook"]
        codes = [{k: c[k] for k in ("id", "name", "theme", "subject")} for c in book["code"]]
        reviews = contracts.read(self.paths["reviews"], contracts.REVIEWS)
        numbers = sorted(reviews.loc[reviews["status"] == "built", "review_id"])

        def read(stage: str, end: str, table: Table) -> pd.DataFrame:
            folder = self._outputs / stage
            return contracts.read_all([folder / f"{n}{end}" for n in numbers], table)

        found = counted_source(
            codings=contracts.read(self.paths["codings"], contracts.CHECKED_CODINGS),
            recommendations=read("tag", ".recommendations.parquet", contracts.RECOMMENDATIONS),
            passages=read("redact", ".parquet", contracts.REDACTED),
            roles=read("redact", ".roles.parquet", contracts.ROLES_TABLE),
            documents=contracts.read(self.paths["documents"], contracts.DOCUMENTS),
            reviews=reviews,
            codebook=Codebook.model_validate(
                {**{k: book[k] for k in ("id", "title", "version", "theme")}, "code": codes}
            ),
            periods=self.made_from["settings"]["tables"]["periods"],
            reliability=None,
        )
        rules = self.made_from["settings"]["disclosure"]
        if rules["off"]:
            return found
        merged = merged_values(found.units.frames["reviews"], rules["minimum"])
        return Source(found.units.recoded(merged), found.passages, found.codebook)

    @cached_property
    def places(self) -> pd.DataFrame:
        """Where passages stand: ordinal and citation, by passage id."""
        return self.source.passages.set_index("passage_id")[["ordinal", "citation"]]

    def behind(self, entry: Entry, row: pd.Series[Any], column: str) -> pd.DataFrame | None:
        """The units behind a number, or None if they do not give the number that was printed."""
        rows = counted(entry, row, column, self.source.units)
        printed = row[column]
        same = pd.isna(printed) or row.get("state") == "rounded" or (
            number_of(rows, unit_of(entry, row, column)) == printed
        )  # fmt: skip
        return rows if same else None


@dataclass(frozen=True)
class Differences:
    """What moved between two builds, and all that differs in what they were made from."""

    cells: pd.DataFrame
    """`DIFFERENCES`"""
    causes: Causes
    pairs_of_codes: int
    """Pairs of codes whose numbers moved; they are not in `cells`."""

    def text(self, form: str) -> str:
        """As lines ("text") or CSV of the cells ("csv")."""
        return as_csv(self.cells, DIFFERENCES).decode() if form == "csv" else (
            "\n".join(self._lines()) + "\n"
        )  # fmt: skip

    def _lines(self) -> Iterator[str]:
        yield "What the builds were made from:"
        yield from (f"  {line}" for line in self.causes.lines() or ["the same"])
        yield ""
        yield f"Numbers that moved: {len(self.cells)}" if len(self.cells) else "No number moved."
        for table, own in self.cells.groupby("table", sort=False):
            yield f"{table} ({BY_ID[str(table)].title})"
            denominator = own["column"].str.match("of(_|$)")
            by = ["column", "before", "after", "why"]
            for (column, before, after, why), rows in own[denominator].groupby(by, sort=False):
                yield f"  denominator {column} {before or '–'} → {after or '–'} ({len(rows)} times)"
                yield f"    why: {why or 'not known'}"
            for cell in own[~denominator].to_dict("records"):
                yield f"  {cell['cell']}: {cell['column']} {cell['before'] or '–'} → " + (
                    cell["after"] or "–"
                )
                for sign in ("came", "went"):
                    if cell[sign]:
                        yield f"    {sign}: {cell[sign]}"
                yield f"    why: {cell['why'] or 'not known'}"
        if self.pairs_of_codes:
            yield f"and {self.pairs_of_codes} numbers of pairs of codes, which follow the codes"


def differences(old: Path, new: Path) -> Differences:
    """Which numbers of the published tables moved from one folder of outputs to another.

    Raises `MissingInput` when a folder does not say what it was made from, `BadUsage` when they
    are of different studies: their review numbers have nothing to do with each other.
    """
    before, after = Built(old), Built(new)
    if before.made_from["study"] != after.made_from["study"]:
        raise BadUsage("these are outputs of two studies: their reviews cannot be compared")
    why = causes(before.made_from, after.made_from)
    cells: list[dict[str, str]] = []
    pairs = 0
    for entry in CATALOGUE:
        if columns_of(entry):
            found, left_out = _moved(entry, before, after)
            pairs += left_out
            cells += [_told(entry, cell, before, after, why) for cell in found]
    return Differences(DIFFERENCES.frame(cells), why, pairs)


def _moved(entry: Entry, before: Built, after: Built) -> tuple[list[dict[str, Any]], int]:
    """Keys, column and both rows of each number that moved; how many of pairs of codes did."""
    key = list(KEYS.get(entry.id, entry.table.key))
    frames = [built.table(entry) for built in (before, after)]
    values = list(columns_of(entry))
    found = moved(*(f[[*key, *values]] for f in frames), key=key, values=values)
    coded = (found["level"] == "code") if entry.id == "theme_pairs" else found["column"] == ""
    rows = [{tuple(r[key]): r for _, r in f.iterrows()} for f in frames]
    cells = [
        {"key": dict(zip(key, at, strict=True)), "column": str(cell["column"]),
         "rows": tuple(of.get(at) for of in rows)}
        for cell in found[~coded].to_dict("records")
        for at in [tuple(cell[k] for k in key)]
    ]  # fmt: skip
    return cells, int(coded.sum())


def _told(
    entry: Entry, cell: Mapping[str, Any], before: Built, after: Built, why: Causes
) -> dict[str, str]:
    column = cell["column"]
    behind, shown = [], []
    for built, row in zip((before, after), cell["rows"], strict=True):
        behind.append(pd.DataFrame() if row is None else built.behind(entry, row, column))
        value = None if row is None else row[column]
        state = "" if row is None else row.get("state")
        shown.append("c" if state == "suppressed" and pd.isna(value) else
                     "" if pd.isna(value) else str(int(value)))  # fmt: skip
    told = {
        "table": entry.id, "column": column, "before": shown[0], "after": shown[1],
        "cell": ", ".join(f"{k} {v}" for k, v in cell["key"].items() if v),
    }  # fmt: skip
    if behind[0] is None or behind[1] is None:
        reasons = why.lines()
        return {**told, "came": OTHER_SOFTWARE, "went": OTHER_SOFTWARE, "why": "; ".join(reasons)}
    went, came = _apart(behind[0], behind[1]), _apart(behind[1], behind[0])
    changed = pd.concat([went, came])
    reviews = sorted({int(n) for n in changed["review_id"].dropna()}) if len(changed) else []
    codes = sorted(set(changed["code"].dropna())) if "code" in changed else None
    return {
        **told,
        "came": _cited(came, after),
        "went": _cited(went, before),
        "why": "; ".join(why.of(reviews, codes)),
    }


def _apart(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The units that the other rows have not."""
    names = ("review_id", "passage_id", "document_id", "code", "role", "n")
    key = [name for name in names if name in rows and ("passage_id" not in rows or name in
           ("review_id", "passage_id", "code"))]  # fmt: skip
    if rows.empty or others.empty or not key:
        return rows
    key = [name for name in key if name in others]
    merged = rows.merge(others[key].drop_duplicates(), on=key, how="left", indicator=True)
    return merged[merged["_merge"] == "left_only"]


def _cited(rows: pd.DataFrame, built: Built) -> str:
    if rows.empty:
        return ""
    if "passage_id" in rows:
        places = rows[["review_id", "passage_id"]].drop_duplicates()
        places = places.join(built.places, on="passage_id")
        return " ; ".join(places.sort_values(["review_id", "ordinal"])["citation"].astype(str))
    known = rows.dropna(subset="review_id")
    n = known["n"] if "n" in known else pd.Series(1, index=known.index)
    by_review = n.groupby(known["review_id"].astype(int)).sum()
    return " ; ".join(f"Review {r}" + (f" ({m})" if m > 1 else "") for r, m in by_review.items())
