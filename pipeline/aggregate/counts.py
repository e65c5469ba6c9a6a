"""Counting units: numbers, denominators, percentages and intervals of a table's cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.aggregate.periods import NOT_STATED
from pipeline.aggregate.units import KEYS, Units
from pipeline.contracts import INT, REAL, TEXT, Column, Table

STATES = ("shown", "suppressed", "rounded")
Z = 1.959963984540054
"""97.5% quantile of the normal distribution."""
STATE = Column(
    "state", TEXT, "whether the numbers stand as counted; suppressed ones are empty",
    vocabulary=STATES,
)  # fmt: skip
NEEDS_HUMAN = Column(
    "needs_human_coding", REAL,
    "share of the codings counted whose code the machine finds too unreliably to be counted "
    "without a person's coding; of a code 0 or 100; empty where reliability was not measured",
    unit="%", nullable=True,
)  # fmt: skip
MEANINGS = {
    "area": "area of the review as the manifest says",
    "period": "years in which the death fell",
    "case_type": "case type as the manifest says",
    "theme": "theme id",
    "code": "code id; empty in a theme's row",
    "role": "who the person is",
    "subject": "whom the coding is about",
    "agency": "agency id",
    "scope": "how far the recommendation reaches",
    "status": "how far the action is, by the words of its outcome",
}


def share_columns(unit: str, *, of: str | None = None) -> tuple[Column, ...]:
    """The columns of a count with its denominator, percentage and interval."""
    noun = unit.replace("_", " ")
    return (
        Column(f"n_{unit}", INT, f"{noun} counted", unit=noun, nullable=True),
        Column(f"of_{unit}", INT, f"denominator: {of or noun}", unit=noun, nullable=True),
        Column("percent", REAL, f"100 x n_{unit} / of_{unit}", unit="%", nullable=True),
        Column("low", REAL, "lower end of the 95% Wilson interval", unit="%", nullable=True),
        Column("high", REAL, "upper end of the 95% Wilson interval", unit="%", nullable=True),
    )


@dataclass(frozen=True)
class Count:
    """A table whose rows count distinct units, by the values of some dimensions."""

    id: str
    title: str
    units: str
    """The frame of `Units` whose rows are counted."""
    by: tuple[str, ...]
    """The dimensions; `theme, code` gives a row to each theme and to each of its codes."""
    unit: str = "reviews"
    base: str = "reviews"
    """The frame that holds every unit of the denominator."""
    of: tuple[str, ...] = ()
    """The dimensions within which the denominator is counted; none: all."""
    of_meaning: str = "reviews built"
    also: tuple[str, ...] = ()
    """Other units that are counted beside."""
    notes: tuple[str, ...] = ()

    @cached_property
    def table(self) -> Table:
        """The contract."""
        by = (Column(name, TEXT, MEANINGS[name]) for name in self.by)
        named = (
            Column(f"{name}_name", TEXT, f"the {name}'s name")
            for name in self.by
            if name in ("theme", "code", "agency")
        )
        also = (Column(f"n_{u}", INT, f"{u} counted", unit=u, nullable=True) for u in self.also)
        human = (NEEDS_HUMAN,) if "theme" in self.by else ()
        row = f"{' and '.join(self.by).replace('_', ' ')}, with the {self.unit} counted"
        columns = (*by, *named, *share_columns(self.unit, of=self.of_meaning), *also, *human, STATE)
        return Table(self.id, row, self.by, columns)

    def count(self, units: Units) -> pd.DataFrame:
        """The table, every cell shown; in `table`'s columns."""
        rows, base = units.frames[self.units], units.frames[self.base]
        if "code" in self.by:
            rows = pd.concat([rows.assign(code=""), rows])
        cells = self._cells(units)
        n = distinct(cells, rows, self.by, self.unit)
        of = distinct(cells, base, self.of, self.unit)
        cells = cells.assign(**{f"n_{self.unit}": n, f"of_{self.unit}": of}).join(shares(n, of))
        for unit in self.also:
            cells[f"n_{unit}"] = distinct(cells, rows, self.by, unit)
        if "theme" in self.by:
            of_what = [name for name in self.by if name in ("theme", "code")]
            needing = (100 * rows.groupby(of_what)["needs_human"].mean()).rename("share")
            cells["needs_human_coding"] = cells.join(needing, on=of_what)["share"].round(1)
        return self.table.validate(cells.assign(state="shown"))

    def _cells(self, units: Units) -> pd.DataFrame:
        """Every combination of the dimensions' values, with their names."""
        lists: dict[str, Sequence[str]] = {
            name: units.values[name] for name in self.by if name != "code"
        }
        if self.unit == "recommendations" and "theme" in lists:
            lists["theme"] = (*lists["theme"], NOT_STATED)
        cells = pd.MultiIndex.from_product(list(lists.values()), names=list(lists)).to_frame(
            index=False
        )
        if "code" in self.by:
            codes = units.frames["codes"]
            cells = pd.concat([cells.assign(code=""), cells.merge(codes, on="theme")])
        for name in ("theme", "code", "agency"):
            if name in self.by:
                cells[f"{name}_name"] = cells[name].map(units.names[name]).fillna("")
        return cells.reset_index(drop=True)


def behind_cell(frame: pd.DataFrame, cell: pd.Series[Any], by: Iterable[str]) -> pd.DataFrame:
    """The rows of a frame of units that have the cell's values; "" is any value."""
    wanted = np.ones(len(frame), dtype=bool)
    for name in by:
        if cell[name] != "":
            wanted &= (frame[name] == cell[name]).to_numpy(bool)
    return frame[wanted]


def shares(n: pd.Series[int], of: pd.Series[int]) -> pd.DataFrame:
    """Percentage and 95% Wilson interval of each n out of `of`; nulls where that is 0.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22: it stays within
    0-100 and keeps its coverage at a dozen reviews, where the normal interval does neither.
    """
    count, total = n.to_numpy(float), of.to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / total
        centre = (share + Z**2 / (2 * total)) / (1 + Z**2 / total)
        spread = share * (1 - share) / total + Z**2 / (4 * total**2)
        margin = Z * np.sqrt(spread) / (1 + Z**2 / total)
        columns: dict[str, NDArray[np.float64]] = {
            "percent": share,
            # At the ends the sum of the two terms differs from 0 or 1 by a rounding error.
            "low": np.where(count == 0, 0, centre - margin),
            "high": np.where(count == total, 1, centre + margin),
        }
    frame = pd.DataFrame({name: 100 * values for name, values in columns.items()}, index=n.index)
    frame[total == 0] = np.nan
    return frame.round(1)


def distinct(
    cells: pd.DataFrame, rows: pd.DataFrame, by: Sequence[str], unit: str
) -> pd.Series[int]:
    """How many different units stand behind each cell, in the rows with its values of `by`."""
    key = [name for name in KEYS[unit] if name not in by]
    units = rows[[*by, *key]].drop_duplicates()
    if not by:
        return pd.Series(len(units), index=cells.index)
    n = units.groupby(list(by)).size().rename("n")
    return cells.join(n, on=list(by))["n"].fillna(0).astype(int)
