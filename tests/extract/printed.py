"""Fictional reports, typeset for the tests of extraction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from pipeline.extract import Limits, ParsedDocument, parse

WIDTH, HEIGHT = A4
LEFT, RIGHT = 72.0, 520.0
LEADING = 14.0
FILLER = (
    "The practice nurse wrote that the patient seemed tired and that a further appointment had "
    "been offered for the following week but there is no entry to show whether it was kept or "
    "whether anybody telephoned to ask why it had not been kept by the end of that month."
)


class Press:
    """Writes lines where a test wants them; lines wrap at the right margin."""

    def __init__(self, path: Path, *, size: tuple[float, float] = A4) -> None:
        self.path, self.size = path, size
        self.canvas = Canvas(str(path), pagesize=size, invariant=1)
        self.y = size[1] - 80

    def say(self, text: str, *, x: float = LEFT, size: float = 11, bold: bool = False,
            first: float | None = None, number: str | None = None) -> None:  # fmt: skip
        """A paragraph; `first` is its first line's left edge, `number` hangs at the margin."""
        font = "Helvetica-Bold" if bold else "Helvetica"
        for index, line in enumerate(self.wrap(text, font, size, RIGHT - x)):
            if self.y < 90:
                self.page()
            self.canvas.setFont(font, size)
            if number and index == 0:
                self.canvas.drawString(LEFT, self.y, number)
            edge = x if index or first is None else first
            self.canvas.drawString(edge, self.y, line)
            self.y -= LEADING * size / 11
        self.y -= 8

    def wrap(self, text: str, font: str, size: float, width: float) -> list[str]:
        """The text as lines; a line break in the text is kept."""
        lines: list[str] = []
        for part in text.split("\n"):
            line = ""
            for word in part.split():
                longer = f"{line} {word}".strip()
                if line and self.canvas.stringWidth(longer, font, size) > width:
                    lines.append(line)
                    longer = word
                line = longer
            lines.append(line)
        return lines

    def at(self, x: float, y: float, text: str, *, size: float = 11) -> None:
        """Text at one place, y from the bottom."""
        self.canvas.setFont("Helvetica", size)
        self.canvas.drawString(x, y, text)

    def page(self, size: tuple[float, float] | None = None) -> None:
        """Begin the next page."""
        self.canvas.showPage()
        self.canvas.setPageSize(size or self.size)
        self.y = (size or self.size)[1] - 80

    def table(self, rows: Sequence[Sequence[str]], *, y: float | None = None, **style: Any) -> None:
        """A ruled table."""
        table = Table([list(row) for row in rows], colWidths=[448 / len(rows[0])] * len(rows[0]))
        table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), *style.get("more", [])])
        _, height = table.wrapOn(self.canvas, 448, 600)
        top = self.y if y is None else y
        table.drawOn(self.canvas, LEFT, top - height)
        self.y = top - height - 20

    def read(self, document_type: str = "overview report") -> ParsedDocument:
        """Finish the file and read it."""
        self.canvas.save()
        return read(self.path, document_type)


def read(path: Path, document_type: str = "overview report") -> ParsedDocument:
    """A document as the tests read it."""
    return parse(path, document_id="d1", document_type=document_type, limits=Limits(1024, 30))


LANDSCAPE = landscape(A4)
