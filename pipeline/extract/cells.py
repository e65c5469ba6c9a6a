"""The cells that the rules of a page make: straight from a regular grid, else by pdfplumber."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from pipeline.extract.block import Box, around

SNAP = 3.0
"""Points between two rules that count as one; pdfplumber's own default."""

Rule = tuple[float, float, float, float]
"""x0, top, x1, bottom of a rule, which is either level or upright."""
_Stretches = dict[float, list[tuple[float, float]]]


def cells_of(rules: Sequence[Rule]) -> list[list[Box]]:
    """The cells of each table on a page."""
    tables: list[list[Box]] = []
    for group in _touching(rules):
        cells = _regular(group)
        tables += [cells] if cells is not None else _irregular(group)
    return [cells for cells in tables if cells]


def _touching(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that touch one another, over others too, belong together."""
    groups: list[tuple[Box, list[Rule]]] = []
    for rule in rules:
        together: tuple[Box, list[Rule]] = (rule, [rule])
        apart = []
        for group in groups:
            if _meet(group[0], rule) and any(_meet(other, rule) for other in group[1]):
                together = (around([together[0], group[0]]), group[1] + together[1])
            else:
                apart.append(group)
        groups = [*apart, together]
    return [group for _, group in groups]


def _meet(one: Box, other: Box) -> bool:
    return (
        one[0] <= other[2] + SNAP and other[0] <= one[2] + SNAP
        and one[1] <= other[3] + SNAP and other[1] <= one[3] + SNAP
    )  # fmt: skip


def _regular(rules: Sequence[Rule]) -> list[Box] | None:
    """The cells of one table; None for a table in which rules end inside a cell."""
    level = _stretches((r[1], r[0], r[2]) for r in rules if r[2] - r[0] > r[3] - r[1])
    upright = _stretches((r[0], r[1], r[3]) for r in rules if r[2] - r[0] <= r[3] - r[1])
    xs, ys = sorted(upright), sorted(level)
    if len(xs) < 2 or len(ys) < 2:
        return []
    over = [[_covers(level[y], *ends) for ends in pairwise(xs)] for y in ys]
    left = [[_covers(upright[x], *ends) for x in xs] for ends in pairwise(ys)]
    cells: list[Box] = []
    taken: set[tuple[int, int]] = set()
    unsure = False
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) in taken or not (over[row][column] and left[row][column]):
                continue
            bottom, right = _corner(over, left, row, column)
            if not _closed(over, left, (row, column, bottom, right)):
                unsure = True
                continue
            taken |= {(r, c) for r in range(row, bottom) for c in range(column, right)}
            cells.append((xs[column], ys[row], xs[right], ys[bottom]))
    # The ragged shade behind a paragraph's lines makes one column at most.
    is_table = len({cell[0] for cell in cells}) > 1 and len({cell[1] for cell in cells}) > 1
    return None if unsure and is_table else cells


def _corner(
    over: list[list[bool]], left: list[list[bool]], row: int, column: int
) -> tuple[int, int]:
    """Row and column of the next rules below and to the right of a cell's first corner."""
    right = next((x for x in range(column + 1, len(left[row])) if left[row][x]), column)
    bottom = next((y for y in range(row + 1, len(over)) if over[y][column]), row)
    return bottom, right


def _closed(
    over: list[list[bool]], left: list[list[bool]], cell: tuple[int, int, int, int]
) -> bool:
    """Whether rules go all round a cell, and none goes into it."""
    row, column, bottom, right = cell
    if bottom == row or right == column:
        return False
    return (
        all(over[y][c] for y in (row, bottom) for c in range(column, right))
        and all(left[r][x] for x in (column, right) for r in range(row, bottom))
        and not any(over[y][c] for y in range(row + 1, bottom) for c in range(column, right))
        and not any(left[r][x] for x in range(column + 1, right) for r in range(row, bottom))
    )


def _stretches(rules: Iterable[tuple[float, float, float]]) -> _Stretches:
    """Position → stretches covered there; positions within SNAP are one, as are small gaps."""
    found: dict[float, list[tuple[float, float]]] = defaultdict(list)
    position = None
    for at, start, end in sorted(rules):
        if position is None or at - position > SNAP:
            position = at
        found[position].append((start, end))
    return {at: _joined(sorted(stretches)) for at, stretches in found.items()}


def _joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    joined = [stretches[0]]
    for start, end in stretches[1:]:
        if start <= joined[-1][1] + SNAP:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _covers(stretches: list[tuple[float, float]], start: float, end: float) -> bool:
    return any(a <= start + SNAP and end <= b + SNAP for a, b in stretches)


def _irregular(rules: Sequence[Rule]) -> list[list[Box]]:
    # Heavy to import, and few pages need it.
    from pdfplumber import table

    edges = table.merge_edges([_edge(rule) for rule in rules], SNAP, SNAP, SNAP, SNAP)
    crossings = table.edges_to_intersections(edges, SNAP, SNAP)
    found: list[list[Box]] = table.cells_to_tables(table.intersections_to_cells(crossings))
    return found


def _edge(rule: Rule) -> dict[str, Any]:
    x0, top, x1, bottom = rule
    return {
        "x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0,
        "height": bottom - top, "orientation": "h" if x1 - x0 > bottom - top else "v",
    }  # fmt: skip
