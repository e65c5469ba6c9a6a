"""Disclosure control, attacked: what can be worked out from everything that is published?"""

from __future__ import annotations

import io
import zipfile
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
import synthetic
from scipy.optimize import Bounds, LinearConstraint, milp

from pipeline.aggregate import disclosure
from pipeline.aggregate.catalogue import CATALOGUE, dimension_of
from pipeline.aggregate.disclosure import OTHER, Breakdown
from pipeline.aggregate.publication import Tables, published
from pipeline.aggregate.rules import Disclosure
from pipeline.export.delimited import as_csv
from pipeline.export.workbook import as_workbook, sheet_name

DIMENSIONS = ("area", "period", "case_type")
ITEMS = {"theme": "themes_by_", "role": "people_by_"}
Cell = tuple[str, str, str, str]
"""Dimension, kind of item, item, value."""


class Attack:
    """Everything that the tables print, as linear constraints on the counts that they do not."""

    def __init__(self, tables: Tables, minimum: int) -> None:
        frames = tables.frames
        ranking = frames["theme_ranking"].query("level == 'theme'")
        self.totals = {("theme", r["theme"]): r["n_reviews"] for r in _rows(ranking)}
        self.totals |= {("role", r["role"]): r["n_reviews"] for r in _rows(frames["people"])}
        self.of = int(ranking["of_reviews"].iloc[0])
        self.names: dict[tuple[str, ...], int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.rules: list[tuple[dict[int, int], float, float]] = []
        self.hidden: list[Cell] = []
        pairs = {
            (r["first"], r["second"]): r["n_reviews"]
            for r in _rows(frames["theme_pairs"])
            if r["level"] == "theme"
        }
        for dimension in DIMENSIONS:
            sizes = {r[dimension]: r["n_reviews"] for r in _rows(frames[f"reviews_by_{dimension}"])}
            for kind, table in ITEMS.items():
                for row in _rows(frames[table + dimension]):
                    self._cell(dimension, kind, row, sizes[row[dimension]], minimum)
            for (kind, item), total in self.totals.items():
                self._sum([(dimension, kind, item, v) for v in sizes], total, total)
            for (a, b), total in pairs.items():
                self._pair(dimension, a, b, sizes, total)

    def _cell(
        self, dimension: str, kind: str, row: dict[str, Any], size: int, minimum: int
    ) -> None:
        cell = (dimension, kind, row[kind], row[dimension])
        n, state = row["n_reviews"], row["state"]
        low, high = (0, size) if state == "suppressed" else (n, n)
        if state == "rounded":
            low, high = max(n - minimum // 2, 0), min(n + (minimum - 1) // 2, size)
        self._variable(cell, low, high)
        if state != "shown":
            self.hidden.append(cell)

    def _pair(self, dimension: str, a: str, b: str, sizes: dict[str, int], total: int) -> None:
        """Both in a value's reviews: no more than either, no fewer than must overlap."""
        for value, size in sizes.items():
            both = ("both", dimension, a, b, value)
            self._variable(both, 0, size)
            one, two = ((dimension, "theme", t, value) for t in (a, b))
            for side in (one, two):
                self._rule({side: 1, both: -1}, 0, np.inf)
            self._rule({both: 1, one: -1, two: -1}, -size, np.inf)
        self._sum([("both", dimension, a, b, v) for v in sizes], total, total)

    def _variable(self, name: tuple[str, ...], low: float, high: float) -> None:
        self.names[name] = len(self.names)
        self.low.append(low)
        self.high.append(high)

    def _sum(self, names: list[tuple[str, ...]], low: float, high: float) -> None:
        self._rule(dict.fromkeys(names, 1), low, high)

    def _rule(self, terms: dict[tuple[str, ...], int], low: float, high: float) -> None:
        self.rules.append(({self.names[n]: k for n, k in terms.items()}, low, high))

    def interval(self, cell: Cell) -> tuple[int, int]:
        matrix = np.zeros((len(self.rules), len(self.names)))
        for row, (terms, _, _) in enumerate(self.rules):
            matrix[row, list(terms)] = list(terms.values())
        rules = LinearConstraint(matrix, [r[1] for r in self.rules], [r[2] for r in self.rules])
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(self.names))
            aim[self.names[cell]] = sign
            solved = milp(aim, constraints=rules, bounds=Bounds(self.low, self.high),
                          integrality=np.ones(len(aim)))  # fmt: skip
            ends.append(round(solved.x[self.names[cell]]))
        return ends[0], ends[1]

    def protection(self, cell: Cell, wanted: int) -> int:
        total = self.totals[cell[1], cell[2]]
        return min(wanted, total, self.of - total)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")


def truth(made: Tables, source: Any) -> dict[Cell, int]:
    exact = published(source, Disclosure(off=True)).frames
    merged = {d: set(made.units.values[d]) for d in DIMENSIONS}
    counts: dict[Cell, int] = {}
    for dimension, (kind, table) in product(DIMENSIONS, ITEMS.items()):
        for row in _rows(exact[table + dimension]):
            value = row[dimension] if row[dimension] in merged[dimension] else OTHER
            cell = (dimension, kind, row[kind], value)
            counts[cell] = counts.get(cell, 0) + row["n_reviews"]
    return counts


@pytest.mark.parametrize(
    ("seed", "reviews", "rate", "rules", "wanted"),
    [
        (1, 13, 0.1, Disclosure(), 3),
        (2, 40, 0.1, Disclosure(), 3),
        (3, 90, 0.05, Disclosure(), 3),
        (4, 150, 0.02, Disclosure(), 3),
        (5, 60, 0.05, Disclosure(minimum=10), 8),
        (6, 90, 0.05, Disclosure(method="round"), 2),
        (7, 150, 0.02, Disclosure(method="round"), 2),
    ],
)
def test_no_withheld_count_can_be_worked_out(
    seed: int, reviews: int, rate: float, rules: Disclosure, wanted: int
) -> None:
    source = synthetic.study(seed, reviews, rate=rate, set_aside=False, passages=2).source()
    made = published(source, rules)
    attack, counts = Attack(made, rules.minimum), truth(made, source)
    assert attack.hidden
    for cell in attack.hidden:
        low, high = attack.interval(cell)
        assert low <= counts[cell] <= high
        assert high - low >= attack.protection(cell, wanted), cell
    # Of a single value, all reviews' own, the totals of the study are all there is.
    broken_down = {d for d in DIMENSIONS if len(made.units.values[d]) > 1}
    small = {c for c, n in counts.items() if 0 < n < rules.minimum and c[0] in broken_down}
    assert small <= set(attack.hidden)


def test_without_secondary_suppression_the_attack_succeeds(monkeypatch: Any) -> None:
    """The attack has teeth: small counts alone withheld, it finds them out."""
    monkeypatch.setattr(
        Breakdown, "states",
        lambda self: np.where((self.counts > 0) & (self.counts < 5), "suppressed", "shown"),
    )  # fmt: skip
    source = synthetic.study(3, 90, rate=0.05, set_aside=False, passages=2).source()
    attack = Attack(published(source, Disclosure()), 5)
    widths = [high - low for low, high in map(attack.interval, attack.hidden)]
    assert 0 in widths


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("method", ["suppress", "round"])
def test_not_even_by_who_knows_what_every_review_says(seed: int, method: Any) -> None:
    """All ways to spread ten reviews over three values that agree with what is printed."""
    chance = np.random.default_rng(seed)
    rules = Disclosure(minimum=3, method=method)
    has = chance.random((10, 3)) < chance.choice((0.15, 0.4, 0.8), 3)
    column = np.repeat([0, 1, 2], (3, 3, 4))
    breakdown = Breakdown(has, column, 3, rules)
    states = breakdown.states()
    worlds = np.array(list(product(range(3), repeat=10)))
    worlds = worlds[np.all([(worlds == c).sum(axis=1) == n for c, n in enumerate((3, 3, 4))], 0)]
    counts = np.stack([(worlds == c) @ has.astype(int) for c in range(3)], axis=2)
    least, most = breakdown._told(states)
    possible = counts[((counts >= least) & (counts <= most)).all(axis=(1, 2))]
    width = possible.max(axis=0) - possible.min(axis=0)
    for row, at in np.argwhere(states != "shown"):
        assert width[row, at] >= breakdown.protection(row)
    small = (breakdown.counts > 0) & (breakdown.counts < 3)
    assert (states[small] != "shown").all()


def test_large_counts_stay() -> None:
    """Fifty reviews of each of two values, and one thing that only two reviews of one have."""
    has = np.zeros((100, 3), dtype=bool)
    has[::2, 0] = has[:2, 1] = has[1::3, 2] = True
    states = Breakdown(has, np.repeat([0, 1], 50), 2, Disclosure()).states()
    assert (states[[0, 2]] == "shown").all()
    assert (states[1] == "suppressed").all()


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ({"a": 9, "b": 8}, set()),
        ({"a": 9, "b": 8, "c": 2}, {"b", "c"}),
        ({"a": 9, "b": 3, "c": 2}, {"b", "c"}),
        ({"a": 9, "b": 2, "c": 1, "d": 1}, {"a", "b", "c", "d"}),
        ({"a": 3}, set()),
    ],
)
def test_few_reviews_of_a_value_stand_under_other(sizes: dict[str, int], merged: set[str]) -> None:
    assert disclosure._merged(pd.Series(sizes), 5) == dict.fromkeys(merged, OTHER)


@pytest.fixture(scope="module")
def made() -> Tables:
    return published(synthetic.study(3, 90, rate=0.05).source(), Disclosure())


def test_nothing_else_gives_a_withheld_count_back(made: Tables) -> None:
    for entry in CATALOGUE:
        frame = made.frames[entry.id]
        assert "reviews" not in frame and "review_id" not in frame
        if dimension_of(entry):
            hidden = frame[frame["state"] == "suppressed"]
            assert hidden[["n_reviews", "percent", "low", "high"]].isna().all(axis=None)
            assert "n_passages" not in frame or frame["n_passages"].isna().all()
            assert frame["of_reviews"].min() >= 5
    ranking = made.frames["theme_ranking"]
    rare = ranking[ranking["n_reviews"] < 5]
    assert len(rare) and rare[["exemplar", "citation", "passage_id"]].isna().all(axis=None)


def test_withheld_counts_are_printed_as_c(made: Tables) -> None:
    frame = made.frames["themes_by_area"]
    read = pd.read_csv(io.BytesIO(as_csv(frame, made.tables["themes_by_area"])), dtype=str)
    hidden = (frame["state"] == "suppressed").to_numpy()
    assert hidden.any() and not hidden.all()
    for name in ("n_reviews", "percent", "low", "high"):
        assert ((read[name] == "c").to_numpy() == hidden).all()
    assert (read["n_passages"] == "c").all() and (read["of_reviews"] != "c").all()
    notes = made.frames["contents"].set_index("table")["notes"]["themes_by_area"]
    assert f"{hidden.sum()} are withheld (c)" in notes


def test_off_is_off_and_says_so() -> None:
    made = published(synthetic.study(3, 30).source(), Disclosure(off=True))
    states = {s for f in made.frames.values() if "state" in f for s in f["state"]}
    assert states == {"shown"} and made.frames["themes_by_area"]["n_passages"].notna().all()
    assert OTHER not in set(made.frames["reviews_by_area"]["area"])
    notes = made.frames["contents"].set_index("table")["notes"]
    assert "not for publication" in notes["themes_by_area"]


def test_the_workbook_has_a_sheet_for_every_table_and_c_in_it(made: Tables) -> None:
    book = as_workbook(made.frames, made.tables, title="", about={}, matrices={})
    again = as_workbook(made.frames, made.tables, title="", about={}, matrices={})
    assert book == again
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        names = parts.read("xl/workbook.xml").decode()
        sheets = [parts.read(n) for n in parts.namelist() if "worksheets/" in n]
        assert "<t>c</t>" in parts.read("xl/sharedStrings.xml").decode()
    assert all(f'name="{sheet_name(table)}"' in names for table in made.tables)
    assert not any(b"<f>" in sheet for sheet in sheets)
