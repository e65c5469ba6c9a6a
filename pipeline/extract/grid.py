"""Ruled tables of a PDF page: the rules that pdfium knows, the cells and the words in them."""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter

import pypdfium2.raw as pdfium_c

from pipeline.extract import pdfium
from pipeline.extract.block import Box, around
from pipeline.extract.cells import Rule, cells_of
from pipeline.extract.drawn import Matrix, Placed, matrix, within
from pipeline.extract.words import Turn, Word

MAX_PATHS = 4000
"""More drawn paths than this on a page are a picture, not a table."""
MAX_RULES = 3000
THIN = 3.0
"""Points; a filled rectangle thinner than this is a rule."""


@dataclass
class Row:
    """One row of a table: the words of each cell, None where a cell is merged away."""

    cells: list[list[Word] | None]
    box: Box

    @property
    def bold(self) -> bool:
        """Whether every word is bold."""
        words = [word for cell in self.cells for word in cell or []]
        return bool(words) and all(word.bold for word in words)


@dataclass
class Grid:
    """One ruled table on one page."""

    box: Box
    rows: list[Row]

    @property
    def top(self) -> float:
        """Top edge, in points."""
        return self.box[1]

    @property
    def words(self) -> Iterator[Word]:
        """The words of all cells."""
        return (word for row in self.rows for cell in row.cells for word in cell or [])


def outside(grids: Iterable[Grid], words: Iterable[Word]) -> list[Word]:
    """The words that stand in no table."""
    taken = {id(word) for grid in grids for word in grid.words}
    return [word for word in words if id(word) not in taken]


def find_cells(paths: Sequence[Placed], turn: Turn) -> list[list[Box]]:
    """The cells of each ruled table of a page, from the paths drawn on it."""
    return tables_of([rule for rule in _rules(paths, turn) if _on_page(rule, turn)])


def tables_of(rules: list[Rule]) -> list[list[Box]]:
    """The cells of each table that rules make; a box round a paragraph is no table."""
    if not 4 <= len(rules) <= MAX_RULES:
        return []
    return [cells for cells in cells_of(rules) if len({cell[0] for cell in cells}) > 1]


def grids_of(tables: list[list[Box]], words: list[Word]) -> list[Grid]:
    """The tables with the words inside their cells, top to bottom."""
    grids = [_grid(cells, words) for cells in tables]
    return sorted((grid for grid in grids if grid), key=lambda grid: grid.top)


def _grid(cells: list[Box], words: list[Word]) -> Grid | None:
    columns = sorted({cell[0] for cell in cells})
    box = around(cells)
    inside = sorted(((w.top + w.bottom) / 2, n, w) for n, w in enumerate(words) if _in_box(w, box))
    levels = [level for level, _, _ in inside]
    held = [word for _, _, word in inside]
    rows = [
        _row({cell[0]: cell for cell in row}, columns, held, levels)
        for _, row in groupby(sorted(cells, key=itemgetter(1, 0)), itemgetter(1))
    ]
    rows = [row for row in rows if any(row.cells)]
    filled = {index for row in rows for index, cell in enumerate(row.cells) if cell}
    # Nor is one a table that leaves most of its words outside cells.
    if len(filled) < 2:
        return None
    return Grid(box, rows)


def _row(
    cells: dict[float, Box], columns: list[float], words: list[Word], levels: list[float]
) -> Row:
    """One row; where no cell begins in a column there is none. `words` are sorted by `levels`."""

    def inside(cell: Box) -> list[Word]:
        near = words[bisect_left(levels, cell[1]) : bisect_left(levels, cell[3])]
        return [word for word in near if cell[0] <= (word.x0 + word.x1) / 2 < cell[2]]

    found = [inside(cells[x]) if x in cells else None for x in columns]
    return Row(found, around(list(cells.values())))


def _in_box(word: Word, box: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def _on_page(rule: Rule, turn: Turn) -> bool:
    width, height = turn.size
    inside = rule[0] >= -THIN and rule[2] <= width + THIN
    # A frame along the page's edge holds everything and tells nothing.
    return inside and rule[1] >= -THIN and rule[3] <= height + THIN


def _rules(paths: Sequence[Placed], turn: Turn) -> Iterator[Rule]:
    if len(paths) > MAX_PATHS:
        return
    for handle, outer in paths:
        for points in _outlines(handle, outer):
            yield from _rules_of([turn.point(*point) for point in points])


def _rules_of(points: list[tuple[float, float]]) -> Iterator[Rule]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x0, x1, top, bottom = min(xs), max(xs), min(ys), max(ys)
    if x1 - x0 <= THIN or bottom - top <= THIN:
        if max(x1 - x0, bottom - top) > THIN:
            yield _straight(x0, top, x1, bottom)
        return
    for (ax, ay), (bx, by) in pairwise(points):
        if abs(ax - bx) < 0.5 or abs(ay - by) < 0.5:
            yield _straight(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def _straight(x0: float, top: float, x1: float, bottom: float) -> Rule:
    """The middle line of a thin rectangle."""
    if x1 - x0 > bottom - top:
        return x0, (top + bottom) / 2, x1, (top + bottom) / 2
    return (x0 + x1) / 2, top, (x0 + x1) / 2, bottom


def _outlines(handle: int, outer: Matrix) -> Iterator[list[tuple[float, float]]]:
    """The corner points of each outline of a drawn path; outlines with curves are left out."""
    a, b, c, d, e, f = within(matrix(handle), outer)
    points: list[tuple[float, float]] = []
    curved = False
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(pdfium.count_segments(handle), MAX_PATHS)):
        segment = pdfium.segment_of(handle, index)
        pdfium.segment_point(segment, ctypes.addressof(x), ctypes.addressof(y))
        kind = pdfium.segment_type(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points
            points, curved = [], False
        curved = curved or kind == pdfium_c.FPDF_SEGMENT_BEZIERTO
        points.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if pdfium.segment_closes(segment):
            points.append(points[0])
    if len(points) > 1 and not curved:
        yield points
