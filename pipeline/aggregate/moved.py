"""Which cells of a table differ between two builds of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def moved(
    before: pd.DataFrame, after: pd.DataFrame, *, key: Sequence[str], values: Sequence[str]
) -> pd.DataFrame:
    """The cells of `values` that differ between two frames whose rows are told by `key`.

    One row per cell, in the order of `key` and then of `values`: the key, `column`, `before` and
    `after`. A row that only one frame has gives a null on the other side; two nulls are equal.
    """
    keys = list(key)
    cells = _cells(before, keys, values, "before").merge(
        _cells(after, keys, values, "after"), on=[*keys, "column"], how="outer"
    )
    same = (cells["before"] == cells["after"]) | (cells["before"].isna() & cells["after"].isna())
    found = cells[~same.fillna(False).astype(bool)]
    order = found["column"].map({name: n for n, name in enumerate(values)})
    found = found.assign(_order=order).sort_values([*keys, "_order"])
    return found[[*keys, "column", "before", "after"]].reset_index(drop=True)


def _cells(frame: pd.DataFrame, keys: list[str], values: Sequence[str], name: str) -> pd.DataFrame:
    # Keys, too: pandas merges no strings of Arrow that come of a file without rows.
    wide = frame[[*keys, *values]].astype(object)
    cells = wide.melt(keys, list(values), var_name="column", value_name=name)
    return cells.astype({"column": "str"})
