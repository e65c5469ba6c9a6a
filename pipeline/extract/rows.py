"""Ruled tables, also those that run over several pages, as one block per row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.extract.block import Block, Box
from pipeline.extract.grid import Grid, Row
from pipeline.extract.hyphens import Hyphens
from pipeline.extract.lines import lines_of
from pipeline.extract.page import Page
from pipeline.extract.words import confidence

LONGEST_HEADER_CELL = 90
_DATE = re.compile(r"\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b(?:19|20)\d\d\b")


@dataclass
class _TableRow:
    """A row with the text of each cell, the pages it stands on, and its footnote marks."""

    cells: list[str | None]
    page: Page
    page_end: Page
    box: Box
    bold: bool
    marks: list[str] = field(default_factory=list)
    ocr_confidence: float | None = None

    @property
    def text(self) -> str:
        """The cells with ' | ' between; merged cells are left out."""
        return " | ".join(cell for cell in self.cells if cell is not None).strip()


def table_blocks(grids: list[tuple[Page, Grid]], hyphens: Hyphens) -> list[tuple[Block, list[str]]]:
    """Blocks of tables that follow one another without text between, with footnote marks."""
    blocks: list[tuple[Block, list[str]]] = []
    for table in _tables(grids, hyphens):
        header = table[0].text if _has_header(table) else None
        for index, row in enumerate(table):
            blocks.append((_block(row, header if index else None), row.marks))
    return blocks


def _tables(grids: list[tuple[Page, Grid]], hyphens: Hyphens) -> list[list[_TableRow]]:
    tables: list[list[_TableRow]] = []
    above: tuple[Page, Grid] | None = None
    for page, grid in grids:
        rows = [_row(row, page, hyphens) for row in grid.rows]
        if above and _goes_on(above, page, grid):
            _append(tables[-1], rows, hyphens)
        else:
            tables.append(rows)
        above = (page, grid)
    return tables


def _goes_on(above: tuple[Page, Grid], page: Page, grid: Grid) -> bool:
    before, upper = above
    same_columns = len(upper.rows[-1].cells) == len(grid.rows[0].cells)
    same_edges = abs(upper.box[0] - grid.box[0]) < 10 and abs(upper.box[2] - grid.box[2]) < 10
    return before.number + 1 == page.number and same_columns and same_edges


def _append(table: list[_TableRow], rows: list[_TableRow], hyphens: Hyphens) -> None:
    """Add the rows of the next page, without the repeated header, joining a row cut in two."""
    header = [row.text for row in table[:2]]
    while rows and rows[0].text in header:
        rows = rows[1:]
    if rows and table and not rows[0].cells[0] and len(table) > 1 and any(rows[0].cells):
        _join(table[-1], rows[0], hyphens)
        rows = rows[1:]
    table += rows


def _join(row: _TableRow, rest: _TableRow, hyphens: Hyphens) -> None:
    pairs = zip(row.cells, rest.cells, strict=False)
    row.cells = [hyphens.join([a or "", b or ""]) if a is not None or b else None
                 for a, b in pairs]  # fmt: skip
    row.page_end = rest.page_end
    row.marks += rest.marks


def _row(row: Row, page: Page, hyphens: Hyphens) -> _TableRow:
    marks: list[str] = []
    cells: list[str | None] = []
    for words in row.cells:
        lines = lines_of(words or [])
        for line in lines:
            line.take_marks()
            marks += line.marks
        cells.append(None if words is None else hyphens.join(line.text for line in lines))
    box = tuple(round(edge, 1) for edge in row.box)
    sure = confidence(word for words in row.cells for word in words or [])
    return _TableRow(cells, page, page, box, row.bold, marks, sure)  # type: ignore[arg-type]


def _has_header(table: list[_TableRow]) -> bool:
    """Whether the first row names the columns: short cells, none a date, not a list of pairs."""
    first, *rest = table
    cells = [cell for cell in first.cells if cell]
    if not rest or len(cells) < 2:
        return False
    if first.bold and not all(row.bold for row in rest):
        return True
    return names_columns(cells)


def names_columns(cells: list[str]) -> bool:
    """Whether the cells of a first row read like the names of columns."""
    short = all(len(cell) <= LONGEST_HEADER_CELL and not _DATE.search(cell) for cell in cells)
    return len(cells) > 1 and all(cells) and short


def _block(row: _TableRow, header: str | None) -> Block:
    return Block(
        kind="table-row",
        text=row.text,
        page=row.page.number,
        page_end=row.page_end.number,
        page_label=row.page.label,
        table_header=header,
        box=row.box,
        ocr_confidence=row.ocr_confidence,
    )
