"""One page of a PDF as read: its lines and its ruled tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import pypdfium2 as pdfium

from pipeline.extract.block import DocumentWarning, LeftOut, around
from pipeline.extract.drawn import drawn
from pipeline.extract.enclosed import pinned
from pipeline.extract.grid import Grid, find_cells, grids_of, outside
from pipeline.extract.hidden import Sight, part, unmask
from pipeline.extract.lines import Line, lines_of
from pipeline.extract.warning import warnings
from pipeline.extract.words import reading


@dataclass
class Page:
    """`number` is 1-based, `label` the number printed on it, `letters` how many can be read.

    `picture` tells that the page was read from a picture of it. `left_out` is its text that
    enters no passage, `text` all that the file holds of it, as pdfium hands it out.
    """

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    label: str | None = None
    letters: int = 0
    picture: bool = False
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    text: str = ""


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """Lines and tables of one page, without what its print does not show.

    A word in a table is not in the lines.
    """
    found = drawn(page)
    objects, left_out = unmask(page, found, number)
    pins = pinned(page)
    with reading(page) as text:
        tables = find_cells(found.paths, text.turn)
        words = text.lines([around(cells) for cells in tables])
        letters = text.letters
        sight = Sight(page, text.turn) if words else None
        marks = [text.turn.box(*mark) for mark in pins.marks]
        if sight and (marks or objects.invisible or sight.doubts(words, objects)):
            words, hidden = part(page, text.words(), sight, objects, marks, number)
            letters = sum(sum(map(str.isalnum, word.text)) for word in words)
            left_out += hidden
        width, height = text.turn.size
    grids = grids_of(tables, words)
    told = warnings(pins.counts, left_out, page=number, redactions=pins.redactions)
    return Page(
        number, width, height, lines_of(outside(grids, words)), grids, letters=letters,
        left_out=left_out, warnings=list(told), text=text.text,
    )  # fmt: skip
