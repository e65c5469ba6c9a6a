"""The tables of the catalogue as they are published, and those that only research may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.aggregate.catalogue import CATALOGUE, CONTENTS, Entry, dimension_of
from pipeline.aggregate.counts import STATES, Count, shares
from pipeline.aggregate.disclosure import OTHER, merged_values, protected, rounded
from pipeline.aggregate.made import Source
from pipeline.aggregate.rules import Disclosure
from pipeline.aggregate.units import DIMENSIONS, Units, incidence
from pipeline.contracts import INT, REAL, TEXT, Column, Table

STATE_CODES = {"not mentioned": 0, "present": 1, "absent": 2}
"""How the matrix writes the three states of a theme or code in a review."""
MATRIX_COLUMNS = Table(
    "matrix_columns",
    "one column of the matrix",
    ("order",),
    (
        Column("order", INT, "order of the columns", unit="1-based position"),
        Column("column", TEXT, "its name: letters, digits and _, as SPSS and R read it"),
        Column("level", TEXT, "theme, code or review", vocabulary=("review", "theme", "code")),
        Column("id", TEXT, "id of the theme or code; empty for what describes the review"),
        Column("name", TEXT, "what the column is about"),
        Column("values", TEXT, "what its values mean"),
    ),
)
_EXEMPLAR = ["exemplar", "citation", "passage_id"]
_OF_THE_WHOLE = ("of_reviews", "needs_human_coding")
"""Numbers that say nothing of a row's own reviews."""


@dataclass(frozen=True)
class Tables:
    """Frames by table id, each with its contract, and the units that they were counted from."""

    frames: dict[str, pd.DataFrame]
    tables: dict[str, Table]
    units: Units


def published(source: Source, rules: Disclosure) -> Tables:
    """The tables of the catalogue after disclosure control, and `contents`."""
    merged = {} if rules.off else merged_values(source.units.frames["reviews"], rules.minimum)
    source = replace(source, units=source.units.recoded(merged))
    hidden = {name: protected(source.units, name, rules) for name in DIMENSIONS}
    few = not rules.off and len(source.units.frames["reviews"]) < rules.minimum
    frames = {}
    for entry in CATALOGUE:
        frame = _made(entry, source)
        if few:
            frame = _all_withheld(frame, entry)
        elif (dimension := dimension_of(entry)) and not rules.off:
            frame = _protected(frame, entry, hidden[dimension], rules)
        if "exemplar" in frame and not rules.off:
            # A citation beside a count of one or two would tell which reviews those are.
            rare = ~(frame["n_reviews"] >= rules.minimum).fillna(False).astype(bool)
            frame.loc[rare, _EXEMPLAR] = None
        frames[entry.id] = entry.table.validate(frame)
    frames["contents"] = _contents(frames, merged, rules, few)
    tables = {entry.id: entry.table for entry in CATALOGUE} | {"contents": CONTENTS}
    return Tables(frames, tables, source.units)


def research(source: Source) -> Tables:
    """What disclosure control withholds, exact, and the review x theme matrix: not to publish."""
    entries = [entry for entry in CATALOGUE if dimension_of(entry)]
    frames = {entry.id: entry.table.validate(_made(entry, source)) for entry in entries}
    columns = _matrix_columns(source.units)
    matrix = _matrix(source.units, columns)
    table = _matrix_table(columns)
    frames |= {"matrix": table.validate(matrix), "matrix_columns": MATRIX_COLUMNS.validate(columns)}
    tables = {entry.id: entry.table for entry in entries}
    return Tables(frames, {**tables, "matrix": table, "matrix_columns": MATRIX_COLUMNS},
                  source.units)  # fmt: skip


def _made(entry: Entry, source: Source) -> pd.DataFrame:
    return entry.count(source.units) if isinstance(entry, Count) else entry.make(source)


# Disclosure control --------------------------------------------------------------------------


def _numbers(table: Table) -> list[str]:
    """The columns that are empty where a row is withheld."""
    return [
        column.name
        for column in table.columns
        if column.type in (INT, REAL)
        and column.nullable
        and not column.name.startswith("published")
    ]


def _all_withheld(frame: pd.DataFrame, entry: Entry) -> pd.DataFrame:
    """Of a study with too few reviews even its totals are counts of a few.

    Nor do the rows tell what is not nought: none is there only because something was found, and
    none is ranked.
    """
    if "state" not in frame:
        return frame
    if "agency" in frame:
        frame = frame.iloc[:0]
    if entry.id == "theme_pairs":
        frame = frame[frame["level"] == "theme"]
    if "rank" in frame:
        frame = frame.sort_values(["theme", "code"], ignore_index=True)
        frame["rank"] = frame.index + 1
    return frame.assign(**dict.fromkeys(_numbers(entry.table)), state="suppressed")


def _protected(
    frame: pd.DataFrame, entry: Entry, hidden: pd.DataFrame, rules: Disclosure
) -> pd.DataFrame:
    """The frame with its withheld counts empty or rounded, and without passages."""
    also = [f"n_{unit}" for unit in entry.also] if isinstance(entry, Count) else []
    frame = frame.assign(**dict.fromkeys(also))
    item = next((name for name in ("theme", "role") if name in entry.by), None)
    dimension = dimension_of(entry)
    if item is None or dimension is None:
        return frame
    own = hidden[hidden["kind"] == item].rename(columns={"item": item})
    states = own.set_index([item, dimension])["state"]
    state = frame.drop(columns="state").join(states, on=[item, dimension])["state"].fillna("shown")
    near = rounded(frame["n_reviews"].to_numpy(np.int64), rules.minimum)
    n = frame["n_reviews"].where(state != "rounded", np.minimum(near, frame["of_reviews"]))
    frame = frame.assign(n_reviews=n, state=state)
    frame[["percent", "low", "high"]] = shares(n, frame["of_reviews"])
    withheld = [name for name in _numbers(entry.table) if name not in _OF_THE_WHOLE]
    frame.loc[state == "suppressed", withheld] = None
    return frame


def _contents(
    frames: dict[str, pd.DataFrame], merged: dict[str, dict[str, str]], rules: Disclosure, few: bool
) -> pd.DataFrame:
    rows = [
        {"order": n, "table": entry.id, "title": entry.title, "row": entry.table.row,
         "notes": _notes(entry, frames[entry.id], merged, rules, few)}
        for n, entry in enumerate(CATALOGUE, start=1)
    ]  # fmt: skip
    return CONTENTS.frame(rows)


def _notes(
    entry: Entry,
    frame: pd.DataFrame,
    merged: dict[str, dict[str, str]],
    rules: Disclosure,
    few: bool,
) -> str:
    return " ".join([*entry.notes, *_statement(entry, frame, merged, rules, few)])


def _statement(
    entry: Entry,
    frame: pd.DataFrame,
    merged: dict[str, dict[str, str]],
    rules: Disclosure,
    few: bool,
) -> Iterator[str]:
    """What disclosure control did to the table, in sentences."""
    dimension, least = dimension_of(entry), rules.minimum
    if "state" not in frame:
        return
    if rules.off:
        yield "Disclosure control was switched off: this table is not for publication."
    elif few:
        yield f"The study has fewer than {least} reviews, so its counts are withheld (c)."
    elif dimension is None:
        yield "Disclosure: no breakdown by area, period or case type, so counts stand as they are."
        if "exemplar" in frame:
            yield f"No exemplar is quoted for what fewer than {least} reviews have."
    else:
        n = {state: int((frame["state"] == state).sum()) for state in STATES}
        yield (
            f"Disclosure: of {len(frame)} counts {n['suppressed']} are withheld (c) and "
            f"{n['rounded']} rounded to multiples of {least}: counts from 1 to {least - 1}, and "
            "others that would give those back."
        )
        if values := sorted(merged[dimension]):
            # Which areas a study has is not for its tables to tell.
            names = f"{len(values)} areas" if dimension == "area" else ", ".join(values)
            yield f"'{OTHER}' stands for {names}, which have too few reviews alone."


# The matrix ----------------------------------------------------------------------------------


def _matrix_columns(units: Units) -> pd.DataFrame:
    of_review = {"review_id": "number of the review", "area": "area", "period": "period of death",
                 "case_type": "case type"}  # fmt: skip
    rows = [("review", name, "", words, "as printed") for name, words in of_review.items()]
    values = ", ".join(f"{n} = {word}" for word, n in STATE_CODES.items())
    for level, initial, ids in (
        ("theme", "t_", units.values["theme"]),
        ("code", "c_", units.frames["codes"]["code"]),
    ):
        rows += [
            (level, initial + id.replace("-", "_"), id, units.names[level][id], values)
            for id in ids
        ]
    frame = pd.DataFrame(rows, columns=["level", "column", "id", "name", "values"])
    return frame.assign(order=range(1, len(frame) + 1))


def _matrix_table(columns: pd.DataFrame) -> Table:
    texts = set(DIMENSIONS)
    return Table(
        "matrix",
        "one review; for every theme and code 0 not mentioned, 1 present, 2 said to be absent",
        ("review_id",),
        tuple(
            Column(name, TEXT if name in texts else INT, f"{about}: {values}")
            for name, about, values in columns[["column", "name", "values"]].astype(str).to_numpy()
        ),
    )


def _matrix(units: Units, columns: pd.DataFrame) -> pd.DataFrame:
    reviews = units.frames["reviews"].set_index("review_id")
    parts = [reviews[list(DIMENSIONS)]]
    for level in ("theme", "code"):
        own = columns[columns["level"] == level]
        present, absent = (
            incidence(
                units.frames[name], level, reviews.index.to_series(), list(own["id"])
            ).to_numpy()
            for name in ("present", "absent")
        )
        codes = np.where(present, STATE_CODES["present"], absent * STATE_CODES["absent"])
        parts.append(pd.DataFrame(codes, index=reviews.index, columns=list(own["column"])))
    return pd.concat(parts, axis=1).reset_index()
