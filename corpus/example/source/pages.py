"""A fictional review as PDF, laid out as a word processor would export it."""

# reportlab has no types: its classes are Any to mypy.
# mypy: disable-error-code="import-untyped,misc"
from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
from markup import Block, Review
from reportlab.lib.colors import HexColor, black
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

MARGIN = 72.0
"""Points: 2.54 cm on every side, the word processor's own default."""

KEEP = {"h1": 110, "h2": 80}
"""Points that must be left on the page under the top of a heading."""

ROW_PIECE = 36
"""Points: a table row is split over two pages only where both pieces are at least so high."""

NOTE_GAP = 8.0
"""Points between the text and the rule over the footnotes."""

COVER_TOP = 150
"""Points of white over the title."""

INK = HexColor("#1F3864")
SHADE = HexColor("#D9E2F3")
# matplotlib carries these fonts: the pages do not depend on what the machine has installed.
FACES = {"Body": "DejaVuSans.ttf", "Body-Bold": "DejaVuSans-Bold.ttf"}


def pdf(review: Review) -> bytes:
    """The review as a PDF file on A4; the same review always gives the same bytes."""
    _, count = _build(review, pages=0)
    return _build(review, pages=count)[0]


def _build(review: Review, *, pages: int) -> tuple[bytes, int]:
    _fonts()
    file = io.BytesIO()
    document = BaseDocTemplate(
        file,
        pageTemplates=_templates(_running(review.meta, pages)),
        title=review.meta["title"],
        author=review.meta["csp"],
        lang="en-GB",
        invariant=1,
    )
    document.build(_story(review))
    return file.getvalue(), document.page


@cache
def _fonts() -> None:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name, file in FACES.items():
        registerFont(TTFont(name, folder / file))


def _templates(running: Callable[[Canvas, BaseDocTemplate], None]) -> list[PageTemplate]:
    sizes = {"portrait": A4, "landscape": landscape(A4)}
    return [
        PageTemplate(
            name,
            [_NoteFrame(MARGIN, MARGIN, w - 2 * MARGIN, h - 2 * MARGIN, 0, 0, 0, 0)],
            onPage=running,
            onPageEnd=_draw_notes,
            pagesize=(w, h),
        )
        for name, (w, h) in sizes.items()
    ]


def _running(meta: dict[str, str], pages: int) -> Callable[[Canvas, BaseDocTemplate], None]:
    def draw(canvas: Canvas, document: BaseDocTemplate) -> None:
        width, height = document.pageTemplate.pagesize
        footer = meta["footer"].format(n=document.page, m=pages)
        canvas.setFont("Body", 8.5)
        canvas.drawCentredString(width / 2, height - MARGIN / 2, meta["header"])
        canvas.drawCentredString(width / 2, MARGIN / 2, footer)

    return draw


class _NoteFrame(Frame):
    """A frame whose foot rises to make room for the footnotes of what is set in it."""

    def _reset(self) -> None:
        self.notes: list[Paragraph] = []
        self.bottomPadding = 0
        super()._reset()

    def _add(self, flowable: Flowable, canv: Canvas, trySplit: int = 0) -> int:
        foot, notes = self.bottomPadding, self._make_room(flowable)
        added: int = super()._add(flowable, canv, trySplit)
        if added:
            self.notes += notes
        else:
            self.bottomPadding = foot
        return added

    add = _add

    def split(self, flowable: Flowable, canv: Canvas) -> list[Flowable]:
        foot = self.bottomPadding
        self._make_room(flowable)
        pieces: list[Flowable] = super().split(flowable, canv)
        self.bottomPadding = foot
        return pieces

    def _make_room(self, flowable: Flowable) -> Sequence[Paragraph]:
        notes: Sequence[Paragraph] = getattr(flowable, "notes", ())
        rule = NOTE_GAP if notes and not self.notes else 0
        self.bottomPadding += rule + sum(note.wrap(self.width, MARGIN)[1] for note in notes)
        return notes


class _Noted:
    """A flowable with footnotes, whose marks stand at its end: its last piece takes them along."""

    notes: Sequence[Paragraph] = ()

    def split(self, width: float, height: float) -> list[Flowable]:
        pieces: list[Flowable] = super().split(width, height)
        if pieces:
            pieces[-1].notes = self.notes
        return pieces


class _Text(_Noted, Paragraph):
    pass


class _Rows(_Noted, Table):
    pass


def _draw_notes(canvas: Canvas, document: BaseDocTemplate) -> None:
    frame = document.frame
    top = frame.y1 + frame.bottomPadding
    if frame.notes:
        top -= NOTE_GAP
        canvas.setLineWidth(0.5)
        canvas.line(frame.x1, top + 2, frame.x1 + 144, top + 2)
    for note in frame.notes:
        top -= note.height
        note.drawOn(canvas, frame.x1, top)


class _ContentsLine(Flowable):
    """A line of the contents list: entry, dots, page."""

    def __init__(self, entry: str, page: str) -> None:
        super().__init__()
        self.entry, self.page = entry, page

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        return width, 20

    def draw(self) -> None:
        font = ("Body", 11)
        dot, space = stringWidth(".", *font), stringWidth(" ", *font)
        ends = stringWidth(self.entry, *font) + stringWidth(self.page, *font)
        dots = "." * int((self.width - ends - 2 * space) / dot)
        self.canv.setFont(*font)
        self.canv.drawString(0, 5, self.entry)
        self.canv.drawRightString(self.width, 5, f"{dots} {self.page}")


def _story(review: Review) -> list[Flowable]:
    width = A4[0] - 2 * MARGIN
    story: list[Flowable] = [Spacer(1, COVER_TOP)] if review.cover else []
    for index, group in enumerate(review.groups):
        kind = group[0].kind
        if index < review.cover:
            story.append(_paragraph(group, "title" if kind == "h1" else "cover"))
            continue
        if index == review.cover > 0 and kind != "PAGEBREAK":
            story.append(PageBreak())
        if kind in ("LANDSCAPE", "PORTRAIT"):
            width = A4[kind == "LANDSCAPE"] - 2 * MARGIN
        story += _flowables(group, width)
    return story


def _flowables(group: list[Block], width: float) -> list[Flowable]:
    first = group[0]
    if first.kind == "PAGEBREAK":
        return [PageBreak()]
    if first.kind in ("LANDSCAPE", "PORTRAIT"):
        return [NextPageTemplate(first.kind.lower()), PageBreak()]
    if first.kind == "T":
        return [_table(group, width)]
    if first.contents_entry:
        return [_ContentsLine(*first.contents_entry)]
    if first.kind in KEEP:
        return [CondPageBreak(KEEP[first.kind]), _paragraph(group, first.kind)]
    return [_paragraph(group, "X" if first.kind == "P" and not first.number else first.kind)]


def _paragraph(group: list[Block], style: str) -> Paragraph:
    first, *footnotes = group
    bullet = {"P": first.number, "L": "•"}.get(first.kind)
    body = escape(first.text)
    if first.kind == "R":
        lead, text = first.lead
        body = f'<font name="Body-Bold">{escape(lead)}</font> {escape(text)}'
    paragraph = _Text(body + _marks(footnotes), _styles()[style], bulletText=bullet)
    paragraph.notes = _notes(footnotes)
    return paragraph


def _table(group: list[Block], width: float) -> Table:
    rows = [block.cells for block in group if block.kind == "T"]
    footnotes = [block for block in group if block.kind == "F"]
    printed = [[escape(cell) for cell in row] for row in rows]
    printed[-1][-1] += _marks(footnotes)
    cells = [
        [Paragraph(cell, _styles()["cell" if number else "header"]) for cell in row]
        for number, row in enumerate(printed)
    ]
    table = _Rows(
        cells,
        colWidths=_widths(rows, width),
        repeatRows=1,
        splitInRow=ROW_PIECE,
        spaceBefore=4,
        spaceAfter=12,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, black),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ],
    )
    table.notes = _notes(footnotes)
    return table


def _widths(rows: list[list[str]], width: float) -> list[float]:
    """Column widths: the longest word must fit; the rest is shared by length of text."""
    columns = list(zip(*rows, strict=True))
    words = [[word for cell in column for word in re.split(r"\s", cell)] for column in columns]
    floors = [max(stringWidth(word, "Body-Bold", 9) for word in column) + 13 for column in words]
    lengths = [sum(map(len, column)) for column in columns]
    spare = (width - sum(floors)) / sum(lengths)
    return [floor + spare * length for floor, length in zip(floors, lengths, strict=True)]


def _marks(footnotes: list[Block]) -> str:
    return "".join(f'<super rise="4" size="7">{note.number}</super>' for note in footnotes)


def _notes(footnotes: list[Block]) -> list[Paragraph]:
    style = _styles()["F"]
    return [Paragraph(f"{_marks([note])} {escape(note.text)}", style) for note in footnotes]


@cache
def _styles() -> dict[str, ParagraphStyle]:
    body = ParagraphStyle(
        "body",
        fontName="Body",
        fontSize=11,
        leading=14.5,
        spaceAfter=8,
        alignment=TA_JUSTIFY,
        allowWidows=0,
        allowOrphans=0,
        bulletFontName="Body",
        bulletFontSize=11,
    )
    bold: dict[str, Any] = {"fontName": "Body-Bold", "textColor": INK, "alignment": 0}
    cell = ParagraphStyle("cell", body, fontSize=9, leading=11.5, alignment=0, spaceAfter=0)
    return {
        "P": ParagraphStyle("numbered", body, leftIndent=52),
        "X": body,
        "R": ParagraphStyle("recommendation", body, leftIndent=52),
        "L": ParagraphStyle("bullet", body, leftIndent=70, bulletIndent=54, spaceAfter=5),
        "F": ParagraphStyle("footnote", body, fontSize=8.5, leading=10.5, spaceAfter=0),
        "h1": ParagraphStyle("h1", body, fontSize=14, leading=18, spaceBefore=14, **bold),
        "h2": ParagraphStyle("h2", body, fontSize=12, leading=16, spaceBefore=8, **bold),
        "title": ParagraphStyle("title", body, fontSize=26, leading=34, spaceAfter=36, **bold),
        "cover": ParagraphStyle("cover", body, fontSize=14, leading=20, spaceAfter=14, alignment=0),
        "cell": cell,
        "header": ParagraphStyle("header", cell, fontName="Body-Bold"),
    }
