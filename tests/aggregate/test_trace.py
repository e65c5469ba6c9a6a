"""From a number to what stands behind it: as many as the number says, in every table."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
import synthetic

from pipeline.aggregate.catalogue import BY_ID, CATALOGUE
from pipeline.aggregate.made import Source
from pipeline.aggregate.publication import Tables, published
from pipeline.aggregate.rules import Disclosure
from pipeline.aggregate.trace import (
    QUOTED_PER_NUMBER,
    columns_of,
    counted,
    number_of,
    on_the_same,
    quoted,
    rows_like,
    traced,
    unit_of,
)

OPEN = Disclosure(off=True)
SAMPLE = 25
"""Rows of a table whose text is looked at."""


@cache
def made(rules: Disclosure = OPEN) -> tuple[Tables, Source]:
    source = synthetic.study(1, 24).source()
    tables = published(source, rules)
    return tables, Source(tables.units, source.passages, source.codebook, source.reliability)


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.id)
def test_a_trace_has_as_many_units_as_the_number_says(entry) -> None:
    tables, source = made()
    frame = tables.frames[entry.id]
    assert bool(columns_of(entry)) == (entry.id != "codebook")
    for column in columns_of(entry):
        for _, row in frame.head(SAMPLE).iterrows():
            if pd.isna(row[column]):  # A published figure without a code of ours.
                continue
            unit = unit_of(entry, row, column)
            rows = counted(entry, row, column, source.units)
            assert number_of(rows, unit) == row[column]
            found = traced(entry, row, column, source)
            by_review = unit == "reviews" and entry.id != "corpus_flow"
            assert (found["review_id"].nunique() if by_review else found["n"].sum()) == row[column]
            passages = found.dropna(subset="passage_id")
            assert passages["passage_id"].is_unique and passages["text"].ne("").all()


def test_percentages_stand_on_their_first_number() -> None:
    tables, source = made()
    entry = BY_ID["theme_ranking"]
    row = tables.frames["theme_ranking"].iloc[0]
    counts = [len(counted(entry, row, c, source.units)) for c in ("n_reviews", "percent", "high")]
    assert len(set(counts)) == 1
    with pytest.raises(KeyError):
        counted(entry, row, "needs_human_coding", source.units)


def test_a_theme_without_a_code_means_its_own_row() -> None:
    frame = made()[0].frames["theme_ranking"]
    (theme,) = rows_like(frame, {"theme": "TREES"})
    assert frame.iloc[theme - 1][["theme", "code"]].tolist() == ["trees", ""]
    (code,) = rows_like(frame, {"code": "oak"})
    assert frame.iloc[code - 1]["name"] == "About oak."
    assert rows_like(frame, {"theme": "stones"}) == []


def test_what_is_quoted_stands_behind_its_number() -> None:
    rules = Disclosure()
    tables, source = made(rules)
    found = quoted(tables, source.passages, rules)
    assert len(found) > 20
    for (name, at, column), own in found.groupby(["table", "row", "column"]):
        entry, row = BY_ID[name], tables.frames[name].iloc[at - 1]
        rows = counted(entry, row, column, tables.units)
        assert rows["review_id"].nunique() >= rules.minimum
        assert {*own["passage_id"]} <= {*rows["passage_id"]}
        assert len(own) == QUOTED_PER_NUMBER and own["review_id"].is_unique
        assert set(own["of"]) == {rows["passage_id"].nunique()}
        for also, other in on_the_same(entry).items():
            if other == column:
                same = counted(entry, row, also, tables.units)
                assert {*same["passage_id"]} == {*rows["passage_id"]}


def test_persons_come_first_then_prose() -> None:
    rules = Disclosure()
    tables, source = made(rules)
    found = quoted(tables, source.passages, rules)
    kinds = source.passages.set_index("passage_id")["kind"]
    checked = tables.units.frames["codings"].groupby("passage_id")["checked"].max()
    first = found[found["rank"] == 1]
    ranks = pd.DataFrame({"checked": found["passage_id"].map(checked).fillna(False).astype(bool),
                          "cells": found["passage_id"].map(kinds) == "table-row",
                          "number": found["table"] + found["row"].astype(str) + found["column"],
                          "rank": found["rank"]})  # fmt: skip
    assert len(first) and ranks["checked"].any()
    for _, own in ranks.groupby("number"):
        order = list(zip(~own.sort_values("rank")["checked"], own.sort_values("rank")["cells"],
                         strict=True))  # fmt: skip
        assert order == sorted(order)
