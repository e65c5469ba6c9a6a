"""Disclosure control: which counts of a table by area, period or case type are not printed.

What is protected is who shares what: how many of the reviews of one area (period, case type) say a
thing. Counts of the whole study are printed; they say it of nobody in particular.

1. *Table redesign.* Values of a dimension with fewer than `minimum` reviews stand together under
   "other", with as many of the next smallest as it takes until that, too, has `minimum`.
2. *Primary suppression.* A count from 1 to `minimum` - 1 is not printed.
3. *Secondary suppression.* In its row the smallest other counts are not printed either, until those
   withheld add up to `minimum` and so do the reviews of their columns that lack the thing.
4. *Audit.* For every count withheld two worlds are shown to be possible in which everything printed
   is the same, and which put the count at least `protection` apart. A world is the same reviews,
   each with all its themes, spread otherwise over the dimension's values: whoever sees every
   other table, even the whole review x theme matrix, cannot tell the worlds apart. A row for which
   that cannot be shown is withheld whole; when that does not help, all rows of the dimension.

The protection of a row is `minimum` - 2, so that as many values are possible as there are small
counts; less only where fewer reviews in all have the thing, or lack it, for that total is printed.
With all rows of a dimension withheld it holds always: any reviews may be in any column, and each
column has `minimum` or more.

With `method = "round"` all counts of a row that has a small one are rounded to the nearest multiple
of `minimum` in place of steps 2 and 3, the protection is half of `minimum`, and rows that fail the
audit are suppressed.

Primary and secondary suppression with an audit of feasibility intervals: Hundepool, A. et al.
(2012), Statistical Disclosure Control, chapter 4.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from pipeline.aggregate.rules import Disclosure
from pipeline.aggregate.units import DIMENSIONS, Units, incidence

OTHER = "other (put together)"
NODES = 2000
"""Of a search tree: a limit by time would make the tables depend on the machine."""
PARTNERS = 4
"""Columns with which a column's reviews are dealt anew; swaps are tried with all."""
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
Told = tuple[Counts, Counts]
"""The least and most that each count can be by what is printed of it, shape (items, columns)."""


def merged_values(reviews: pd.DataFrame, minimum: int) -> dict[str, dict[str, str]]:
    """For each dimension the values that stand under another: {"area": {"Wexmere": "other …"}}."""
    return {dimension: _merged(reviews[dimension].value_counts(), minimum) for dimension in
            DIMENSIONS}  # fmt: skip


def _merged(sizes: pd.Series[int], minimum: int) -> dict[str, str]:
    ordered = sorted(sizes.items(), key=lambda item: (item[1], str(item[0])))
    together: list[str] = []
    n = 0
    for value, size in ordered:
        if size >= minimum and (n == 0 or n >= minimum):
            break
        together.append(str(value))
        n += size
    return dict.fromkeys(together, OTHER) if len(together) > 1 else {}


def protected(units: Units, dimension: str, rules: Disclosure) -> pd.DataFrame:
    """The counts of a dimension that are not printed as counted: kind, item, `dimension`, state.

    Kinds of items are theme and role. `units` have the dimension's values merged.
    """
    reviews = units.frames["reviews"].sort_values("review_id")
    values = list(units.values[dimension])
    has = _items(units, reviews)
    places = {value: n for n, value in enumerate(values)}
    column = np.array([places[value] for value in reviews[dimension]], dtype=np.int64)
    if rules.off or len(values) < 2:
        states = np.full((has.shape[1], len(values)), "shown", dtype=object)
    else:
        states = Breakdown(has.to_numpy(bool), column, len(values), rules).states()
    frame = pd.DataFrame(states, index=has.columns, columns=pd.Index(values, name=dimension))
    frame.index.names = ["kind", "item"]
    found = frame.reset_index().melt(["kind", "item"], var_name=dimension, value_name="state")
    return found[found["state"] != "shown"]


def _items(units: Units, reviews: pd.DataFrame) -> pd.DataFrame:
    """Review x item: whether the review has the theme, or people of the role."""
    frames = {
        kind: incidence(units.frames[name], kind, reviews["review_id"], units.values[kind])
        for name, kind in (("present", "theme"), ("people", "role"))
    }
    return pd.concat(frames, axis=1)


class Breakdown:
    """Items x values of one dimension, and the reviews that they count."""

    def __init__(self, has: Mask, column: Counts, n_columns: int, rules: Disclosure) -> None:
        """`has`, shape (reviews, items); `column`, shape (reviews,): the value of each review."""
        self._has, self._column, self._rules = has, column, rules
        place = np.eye(n_columns, dtype=np.int64)[column]
        self.counts: Counts = has.T.astype(np.int64) @ place
        self.sizes: Counts = place.sum(axis=0)

    def states(self) -> NDArray[np.object_]:
        """'shown', 'suppressed' or 'rounded' for each cell, shape (items, columns)."""
        small = (self.counts > 0) & (self.counts < self._rules.minimum)
        states = np.full(small.shape, "shown", dtype=object)
        if self._rules.method == "round":
            states[small.any(axis=1)] = "rounded"
        else:
            states[self._with_secondary(small)] = "suppressed"
        while len(narrow := [row for row in range(len(states)) if not self._is_safe(row, states)]):
            if (states[narrow] == "suppressed").all():
                # What all reviews have, or none, is known beforehand.
                states[self._totals % len(self._has) != 0] = "suppressed"
                break
            states[narrow] = "suppressed"
        return states

    @property
    def _totals(self) -> Counts:
        return np.asarray(self.counts.sum(axis=1), dtype=np.int64)

    def _with_secondary(self, small: Mask) -> Mask:
        rows = [self._secondary(*row) for row in zip(small, self.counts, strict=True)]
        return np.array(rows, dtype=bool)

    def _secondary(self, small: Mask, counts: Counts) -> Mask:
        hidden = small.copy()
        for column in np.argsort(counts, kind="stable"):
            lacking = (self.sizes - counts)[hidden].sum()
            enough = min(counts[hidden].sum(), lacking) >= self._rules.minimum
            if not hidden.any() or (enough and hidden.sum() > 1):
                break
            hidden[column] = True
        return hidden

    # Audit ---------------------------------------------------------------------------------

    def protection(self, row: int) -> int:
        """How far apart the two worlds of a count of the row must be that is not shown."""
        total, minimum = int(self._totals[row]), self._rules.minimum
        wanted = minimum // 2 if self._rules.method == "round" else max(minimum - 2, 1)
        return min(wanted, total, len(self._has) - total)

    def _is_safe(self, row: int, states: NDArray[np.object_]) -> bool:
        columns = np.flatnonzero(states[row] != "shown")
        return all(self._is_wide(row, int(column), columns, states) for column in columns)

    def _is_wide(self, row: int, column: int, columns: Counts, states: NDArray[np.object_]) -> bool:
        """Whether worlds can be found that put the count far enough apart."""
        told, wanted = self._told(states), self.protection(row)
        others = columns[columns != column]
        worlds = {-1: self._column, 1: self._column}
        for deal, most in ((self._swapped, len(others)), (self._dealt, PARTNERS)):
            for sign in worlds:
                # Raised by those who have most of it, lowered by those who lack most.
                stock = self.counts[row] if sign > 0 else self.sizes - self.counts[row]
                for partner in others[np.argsort(-stock[others], kind="stable")][:most]:
                    worlds[sign] = deal(worlds[sign], row, column, int(partner), told, sign)
                    low, high = (
                        np.count_nonzero(self._has[world == column, row])
                        for world in worlds.values()
                    )
                    if high - low >= wanted:
                        return True
        return False

    def _told(self, states: NDArray[np.object_]) -> Told:
        """The least and the most that each count can be, by what is printed of it alone."""
        base = self._rules.minimum
        near = rounded(self.counts, base)
        closed, rough = states == "suppressed", states == "rounded"
        least = np.where(closed, 0, np.where(rough, near - base // 2, self.counts))
        most = np.where(rough, near + (base - 1) // 2, self.counts)
        return least, np.where(closed, self.sizes, most)

    def _swapped(
        self, world: Counts, row: int, column: int, partner: int, told: Told, sign: int
    ) -> Counts:
        """The world after as many swaps between two columns as change nothing that is told.

        A review of `column` without the row's item is swapped for one of `partner` with it (the
        other way about for `sign` -1), if they are alike in all items of which a count is told.
        """
        low, high, among = self._limits(world, column, partner, told)
        has = self._has[among]
        now = np.count_nonzero(self._has[world == column, row])
        room = high[row] - now if sign > 0 else now - low[row]
        bound = (low > 0) | (high < has.sum(axis=0))
        bound[row] = False
        kind = np.unique(has[:, bound], axis=0, return_inverse=True)[1].ravel()
        there = world[among] == column
        moves = there != (has[:, row] == (sign > 0))
        nth = pd.Series(kind).groupby([kind, there, moves]).cumcount().to_numpy()
        pairs = np.minimum(*(np.bincount(kind[moves & side], minlength=kind.max() + 1)
                             for side in (there, ~there)))  # fmt: skip
        pairs = np.diff(np.minimum(np.cumsum(pairs), max(room, 0)), prepend=0)
        chosen = among[moves & (nth < pairs[kind])]
        swapped = world.copy()
        swapped[chosen] = column + partner - world[chosen]
        return swapped

    def _dealt(
        self, world: Counts, row: int, column: int, partner: int, told: Told, sign: int
    ) -> Counts:
        """The world with the reviews of two columns dealt anew between them.

        `column` gets as many (`sign` 1) or as few (-1) reviews with the row's item as what is
        `told` of both columns allows. Reviews alike in all items are one kind; x = how many of each
        kind are in `column`.
        """
        low, high, among = self._limits(world, column, partner, told)
        kinds, kind, sizes = np.unique(
            self._has[among], axis=0, return_inverse=True, return_counts=True
        )
        bound = (low > 0) | (high < self._has[among].sum(axis=0))
        size = [self.sizes[column]]
        solved = milp(
            -sign * kinds[:, row].astype(float),
            constraints=LinearConstraint(
                np.vstack([kinds.T[bound], np.ones(len(kinds), dtype=bool)]).astype(float),
                np.concatenate([low[bound], size]).astype(float),
                np.concatenate([high[bound], size]).astype(float),
            ),
            bounds=Bounds(0, sizes.astype(float)),
            integrality=np.ones(len(kinds)),
            options={"node_limit": NODES},
        )
        if solved.x is None:  # The search was given up before it found one.
            return world
        nth = pd.Series(kind.ravel()).groupby(kind.ravel()).cumcount().to_numpy()
        dealt = world.copy()
        dealt[among] = np.where(nth < np.rint(solved.x)[kind.ravel()], column, partner)
        return dealt

    def _limits(
        self, world: Counts, column: int, partner: int, told: Told
    ) -> tuple[Counts, Counts, Counts]:
        """The least and most that each item can have in `column`, and the reviews of both columns.

        Both together keep what they have of an item, so what is told of `partner` binds, too.
        """
        among = np.flatnonzero((world == column) | (world == partner))
        both, (least, most) = self._has[among].sum(axis=0), told
        low = np.maximum(least[:, column], both - most[:, partner])
        return low, np.minimum(most[:, column], both - least[:, partner]), among


def rounded(counts: Counts, base: int) -> Counts:
    """The nearest multiples of `base`, halves upwards."""
    return (counts + base // 2) // base * base
