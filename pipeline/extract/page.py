"""One page of a PDF as read: its lines and its ruled tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import pypdfium2 as pdfium

from pipeline.extract.block import around
from pipeline.extract.grid import Grid, find_cells, grids_of, outside
from pipeline.extract.lines import Line, lines_of
from pipeline.extract.words import reading


@dataclass
class Page:
    """`number` is 1-based, `label` the number printed on it, `letters` how many can be read.

    `picture` tells that the page was read from a picture of it.
    """

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    label: str | None = None
    letters: int = 0
    picture: bool = False


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """Lines and tables of one page; a word in a table is not in the lines."""
    with reading(page) as text:
        tables = find_cells(page, text.turn)
        words = text.lines([around(cells) for cells in tables])
        width, height = text.turn.size
        grids = grids_of(tables, words)
        lines = lines_of(outside(grids, words) if grids else words)
        return Page(number, width, height, lines, grids, letters=text.letters)
