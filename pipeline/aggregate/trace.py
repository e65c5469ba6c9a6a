"""From a number of a table to the text behind it: excerpts, recommendations, documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from pipeline.aggregate.catalogue import BY_ID, Entry, behind, dimension_of
from pipeline.aggregate.counts import Count, behind_cell
from pipeline.aggregate.made import SHORT, Source
from pipeline.aggregate.publication import Tables
from pipeline.aggregate.rules import Disclosure
from pipeline.aggregate.units import KEYS, Units
from pipeline.contracts import INT, TEXT, Column, Table

QUOTED_PER_NUMBER = 3
"""Passages that the report quotes for one number, each of another review."""
QUOTE_RULE = (
    f"For each number the report quotes at most {QUOTED_PER_NUMBER} passages, each of another "
    "review: first those that a person checked, then paragraphs and list items, then "
    f"those of at most {SHORT} characters, the highest score, the shortest, the lowest number. "
    "None is "
    "quoted for tables by area, period or case type, for numbers that fewer than {minimum} reviews "
    "stand behind, and for pairs of codes. Who has the study sees all passages behind any number "
    "with the command that stands beside it."
)
"""`minimum` is left to be filled in."""
PROSE = ("paragraph", "list-item")
_SHARES = ("percent", "low", "high")
_OF_RANKING = {
    "n_passages_absent": "absent",
    "n_passages_recommendation": "recommended",
    "n_passages_good_practice": "praised",
}
_NUMBER = ["table", "row", "column"]
_PLACE = ["review_id", "passage_id"]
_JOINED = ("theme", "code", "polarity", "layer", "coder", "evidence")

TRACED = Table(
    "traced",
    "one unit behind a number: a passage, recommendation, document or review",
    (),
    (
        Column("citation", TEXT, "where to find it: Review 7, para 4.12, p. 23"),
        Column("review_id", INT, "number of the review", nullable=True),
        Column("text", TEXT, "the passage, redacted; of a document or review what became of it"),
        Column("evidence", TEXT, "the parts of the text that gave rise to the codings",
               nullable=True),
        Column("theme", TEXT, "theme ids of the codings", nullable=True),
        Column("code", TEXT, "code ids of the codings", nullable=True),
        Column("polarity", TEXT, "polarity of the codings", nullable=True),
        Column("layer", TEXT, "layer of the codings", nullable=True),
        Column("coder", TEXT, "who coded", nullable=True),
        Column("n", INT, "how many the unit stands for in the number", nullable=True),
        Column("document_id", TEXT, "id of the document", nullable=True),
        Column("passage_id", TEXT, "id of the passage", nullable=True),
    ),
)  # fmt: skip
QUOTED = Table(
    "quoted",
    "one passage that the report quotes for a number of a table",
    ("table", "row", "column", "rank"),
    (
        Column("table", TEXT, "id of the table"),
        Column("row", INT, "row of the table", unit="1-based position"),
        Column("column", TEXT, "column of the number"),
        Column("rank", INT, "order of the passages", unit="1-based position"),
        Column("of", INT, "passages behind the number", unit="passages"),
        Column("citation", TEXT, "where the passage stands"),
        Column("evidence", TEXT, "the parts that gave rise to the codings", nullable=True),
        Column("text", TEXT, "the passage, redacted"),
        Column("review_id", INT, "number of the review"),
        Column("passage_id", TEXT, "id of the passage"),
    ),
)


def columns_of(entry: Entry) -> tuple[str, ...]:
    """The columns of a table that count units and so can be traced, the first one first."""
    if not entry.units:
        return ()
    return tuple(n for n in entry.table.names if n in ("n", "of") or n.startswith(("n_", "of_")))


def unit_of(entry: Entry, row: pd.Series[Any], column: str) -> str:
    """What a column counts: reviews, passages, recommendations, actions, documents, codings."""
    if column in ("n", "of"):
        return str(row["unit"])
    return column.split("_")[1]


def counted(entry: Entry, row: pd.Series[Any], column: str, units: Units) -> pd.DataFrame:
    """The rows of units that a number was counted from; see `columns_of`.

    Percentages and intervals stand on their row's first number. Raises `KeyError` for a column
    that counts nothing.
    """
    column = columns_of(entry)[0] if column in _SHARES and columns_of(entry) else column
    if column not in columns_of(entry):
        raise KeyError(column)
    frames = units.frames
    if entry.id == "corpus_flow":
        here = behind(entry.id, row, units)
        found = frames["flow"][frames["flow"]["step"] == "found"]
        return here if column == "n" else found[found["unit"] == row["unit"]]
    if column.startswith("of_"):
        base, of = (entry.base, entry.of) if isinstance(entry, Count) else ("reviews", ())
        return behind_cell(frames[base], row, of)
    if entry.id == "theme_ranking" and column in (*_OF_RANKING, "n_reviews_absent"):
        rows = behind_cell(frames[_OF_RANKING.get(column, "absent")], row, entry.by)
        said = behind_cell(frames["present"], row, entry.by)["review_id"]
        return rows[~rows["review_id"].isin(said)] if column == "n_reviews_absent" else rows
    rows = behind(entry.id, row, units)
    if entry.id == "theme_pairs" and column == "n_passages":
        # Both members stand in the passage.
        level = str(row["level"])
        n = rows.groupby(list(KEYS["passages"]))[level].transform("nunique")
        return rows[n == 2]
    if entry.id == "comparison" and row["code"] == "":
        return rows[:0]
    return rows


def number_of(rows: pd.DataFrame, unit: str) -> int:
    """The number that the rows of units give: distinct units, or what they stand for together."""
    if "n" in rows.columns:
        return int(rows["n"].sum())
    return len(rows[list(KEYS[unit])].drop_duplicates())


def traced(entry: Entry, row: pd.Series[Any], column: str, source: Source) -> pd.DataFrame:
    """What stands behind a number, in `TRACED`'s columns: a row for each passage, or document.

    `source.units` are those that the table was made from. In order of review and reading.
    """
    rows = counted(entry, row, column, source.units)
    if "passage_id" in rows.columns:
        return TRACED.validate(_passages(rows, source.passages))
    return TRACED.validate(_things(rows, unit_of(entry, row, column)))


def _passages(rows: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    place = ["review_id", "passage_id"]
    own = passages[[*place, "ordinal", "text", "citation"]]
    found = rows.drop(columns=["text", "ordinal"], errors="ignore").merge(own, on=place)
    if "start" in found.columns:
        spans = zip(found["text"], found["start"], found["end"], strict=True)
        found["evidence"] = [
            "" if pd.isna(start) else text[int(start) : int(end)] for text, start, end in spans
        ]
    joined = [name for name in _JOINED if name in found.columns]
    found = found.sort_values(["review_id", "ordinal", *joined])
    by_passage = found.groupby([*place, "ordinal", "citation", "text"], sort=False)
    merged = by_passage[joined].agg(_each_once) if joined else by_passage.size().to_frame("size")
    merged = merged.reset_index().reindex(columns=[c for c in TRACED.names if c != "n"])
    return merged.assign(n=1)


def _each_once(values: pd.Series[Any]) -> str:
    return " ; ".join(dict.fromkeys(str(value) for value in values.dropna() if value != ""))


def _things(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Reviews and documents: what is known of each."""
    told = [c for c in ("role", "area", "period", "case_type", "step", "reason") if c in rows]
    review = rows["review_id"].map(lambda n: "" if pd.isna(n) else f"Review {int(n)}")
    document = rows.get("document_id", pd.Series(None, index=rows.index, dtype=object))
    of_document = pd.Series(unit == "documents", index=rows.index) & document.notna()
    name = review.where(~of_document, "Document " + document.astype(str) + ", " + review)
    words = rows[told].astype(object).where(rows[told].notna(), "").astype(str)
    text = [", ".join(filter(None, line)) for line in words.to_numpy().tolist()]
    found = pd.DataFrame({
        "citation": name.str.removesuffix(", "), "text": text, "review_id": rows["review_id"],
        "document_id": document.where(of_document, None),
        "n": rows.get("n", 1),
    }).reindex(columns=TRACED.names)  # fmt: skip
    found = found.drop_duplicates().sort_values(["review_id", "citation", "text"])
    return found.astype({"review_id": "Int64", "n": "Int64"})


# What the report quotes -----------------------------------------------------------------------


def quoted(made: Tables, passages: pd.DataFrame, rules: Disclosure) -> pd.DataFrame:
    """The passages that the report quotes for the published tables' numbers, as `QUOTED`.

    `passages` are contracts.REDACTED with a column `citation`. None is quoted for a table by area,
    period or case type, for a number that fewer than `rules.minimum` reviews stand behind (its
    citations would tell which reviews those are), and for pairs of codes. See QUOTE_RULE.
    """
    least = 1 if rules.off else rules.minimum
    few = not rules.off and len(made.units.frames["reviews"]) < rules.minimum
    behind_all = [] if few else list(_behind_numbers(made, least))
    if not behind_all:
        return QUOTED.frame()
    rows = pd.concat(behind_all, ignore_index=True)
    chosen = _chosen(rows[[*_NUMBER, *_PLACE]].drop_duplicates(), made.units, passages)
    found = chosen.merge(rows, on=[*_NUMBER, *_PLACE])
    spans = zip(found["text"], found["start"], found["end"], strict=True)
    found["evidence"] = ["" if pd.isna(s) else t[int(s) : int(e)] for t, s, e in spans]
    by = [name for name in QUOTED.names if name != "evidence"]
    told = found.sort_values([*by, "start"]).groupby(by)["evidence"].agg(_each_once)
    return QUOTED.validate(told.reset_index())


def _behind_numbers(made: Tables, least: int) -> Iterator[pd.DataFrame]:
    for name, frame in made.frames.items():
        entry = BY_ID.get(name)
        if entry is None or dimension_of(entry) or name in ("corpus_flow", "comparison"):
            continue
        for at, row in enumerate(frame.to_dict("records"), start=1):
            if row.get("level") == "code" and name == "theme_pairs":
                continue
            for column in _quotable(entry):
                rows = counted(entry, pd.Series(row), column, made.units)
                if "passage_id" in rows and rows["review_id"].nunique() >= least:
                    rows = rows.reindex(columns=[*_PLACE, "start", "end"])
                    yield rows.assign(table=name, row=at, column=column)


def _quotable(entry: Entry) -> tuple[str, ...]:
    """A row's numbers with passages of their own; see `on_the_same`."""
    if entry.id == "theme_ranking":
        return ("n_reviews", "n_reviews_absent", *_OF_RANKING)
    if entry.id == "theme_pairs":
        return ("n_reviews", "n_passages")
    return columns_of(entry)[:1]


def on_the_same(entry: Entry) -> dict[str, str]:
    """Columns that stand on the same passages as another: that other column, which is quoted."""
    if isinstance(entry, Count):
        return {f"n_{unit}": f"n_{entry.unit}" for unit in entry.also}
    return {"n_passages": "n_reviews"} if entry.id == "theme_ranking" else {}


def _chosen(places: pd.DataFrame, units: Units, passages: pd.DataFrame) -> pd.DataFrame:
    """See QUOTE_RULE; `of` is how many there were to choose from."""
    by_place = units.frames["codings"].groupby(_PLACE)
    scores = by_place.agg(checked=("checked", "max"), score=("score", "max")).reset_index()
    found = places.merge(passages[[*_PLACE, "ordinal", "kind", "text", "citation"]], on=_PLACE)
    found = found.merge(scores, on=_PLACE, how="left").fillna({"checked": False, "score": 0.0})
    length = found["text"].str.len()
    found = found.assign(
        length=length,
        cells=~found["kind"].isin(PROSE),
        long=length > SHORT,
        of=found.groupby(_NUMBER)["text"].transform("size"),
    )
    by = [*_NUMBER, "checked", "cells", "long", "score", "length", "review_id", "ordinal"]
    best = found.sort_values(by, ascending=[name not in ("checked", "score") for name in by])
    best = best.drop_duplicates([*_NUMBER, "review_id"])
    best = best.assign(rank=best.groupby(_NUMBER).cumcount() + 1)
    best = best[best["rank"] <= QUOTED_PER_NUMBER]
    return best[[name for name in QUOTED.names if name != "evidence"]]


def rows_like(frame: pd.DataFrame, wanted: Mapping[str, str]) -> list[int]:
    """Positions (from 1) of the rows that have the values, whatever their capitals.

    Where the code is left open and a theme has a row of its own, that row is meant.
    """
    found = pd.Series(True, index=frame.index)
    for name, value in wanted.items():
        found &= frame[name].astype(str).str.lower() == value.lower()
    if "code" in frame and "code" not in wanted and (found & (frame["code"] == "")).any():
        found &= frame["code"] == ""
    return [n for n, here in enumerate(found, start=1) if here]
