"""Words of a PDF page, with place, size and weight, as pdfium finds them.

Coordinates are points from the left and top edges of the page turned so that most of its text
is upright: a landscape table on a portrait sheet reads like any other page.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as pdfium_c

from pipeline.extract import pdfium
from pipeline.extract.block import Box

BOLD_WEIGHT = 600
BOLD_NAMES = ("bold", "black", "heavy", "demi")
WORD_GAP = 0.3
"""Share of the font size that parts two words where the file holds no space between them."""

# Soft hyphens, zero-width signs and byte-order marks carry no text.
_INVISIBLE = dict.fromkeys([0x00, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
# Codes that no letter has: symbol fonts without a Unicode map use them for bullets.
_SYMBOLS = dict.fromkeys(range(0x80, 0xA0), "\uf0b7")
# pdfium replaces the hyphen at a line's end by a mark of its own.
_HYPHENS = dict.fromkeys([0x02, 0xFFFE], "-")
_CLEAN = {**_INVISIBLE, **_LIGATURES, **_SYMBOLS, **_HYPHENS}
_RUN = re.compile(r"[^\s\x00][^\r\n\x00]*")
# Lines whose words matter one by one: a number of several words may open them, or they end in a
# page number, as the lines of a contents list do.
_APART = re.compile(
    r"(?i:recommendation|rec\b|learning|lesson|action|overview|national|local|single|multi)|R ?\d"
    r"|.*\s\d{1,3}$"
)
# A number may be a footnote mark, or end in one; years seldom do.
_MARK = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
# A bullet or a number that has a style of its own, before a line.
_HEAD = re.compile(r"[^\sA-Za-z]{1,4} +(?=\S)")
_SOLID = re.compile(r"[^\s\x00]+")
# How pdfium writes a rectangle (left, top, right, bottom), a point, and the turn in a matrix.
_RECTANGLE = struct.Struct("4f").unpack_from
_POINT = struct.Struct("2d").unpack_from
_MATRIX = struct.Struct("4f").unpack_from


@dataclass(slots=True, eq=False)
class Word:
    """Letters without a space between; `spaced` tells whether a space stands before it.

    Of a word read from a picture `confidence` (0 to 1) and `stroke` (points) are known.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    baseline: float
    size: float
    bold: bool
    spaced: bool = True
    confidence: float | None = None
    stroke: float = 0.0


@dataclass(frozen=True)
class Turn:
    """Turns page coordinates (points, y upward) into reading coordinates (y downward)."""

    degrees: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as read."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.degrees in (90, 270) else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page, as read."""
        if self.degrees == 90:
            return y - self.bottom, x - self.left
        if self.degrees == 180:
            return self.right - x, y - self.bottom
        if self.degrees == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """x0, top, x1, bottom of a rectangle of the page, as read."""
        if not self.degrees:
            return x0 - self.left, self.top - y1, x1 - self.left, self.top - y0
        (a, b), (c, d) = self.point(x0, y0), self.point(x1, y1)
        return min(a, c), min(b, d), max(a, c), max(b, d)


@dataclass(slots=True, eq=False)
class _Style:
    """What all letters of one text object share."""

    size: float
    bold: bool
    angle: int


def confidence(words: Iterable[Word]) -> float | None:
    """Mean confidence of words that were read from a picture, by letters; None for others."""
    sure = [(word.confidence, len(word.text)) for word in words if word.confidence is not None]
    letters = sum(count for _, count in sure)
    return round(sum(one * count for one, count in sure) / letters, 3) if letters else None


@contextmanager
def reading(page: pypdfium2.PdfPage) -> Iterator[Reader]:
    """The reader of a page, while its text is loaded."""
    textpage = page.get_textpage()
    try:
        yield Reader(page, textpage)
    finally:
        textpage.close()


@dataclass(slots=True, eq=False)
class _Run:
    """What pdfium takes for one line: its text, its place among the letters, its first style.

    `start` and `end` are the boxes of its first and last letter; `level`, whether these are on
    one level.
    """

    text: str
    first: int
    style: _Style
    start: Box
    end: Box
    level: bool


_Piece = tuple[str, tuple[float, float, float, float], tuple[float, float], _Style, bool]
"""Letters of one style: text, box and origin in page coordinates, style, and whether a space
stands before them."""


class Reader:
    """Reads one page: its text in one call, then as few calls for each line as will do.

    Each call costs about a microsecond, so calls for every letter cost ten times what pdfium's
    own work does. Most lines are plain: their first word and the rest are all that anybody asks
    for. Only lines that may hold a number, a bullet or a footnote mark, or that stand in a table,
    are taken apart into words, and only words of several text objects into letters.
    """

    def __init__(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> None:
        self.page = pdfium.address(textpage)
        self.styles: dict[int | None, _Style] = {}
        self.fonts: dict[int | None, bool] = {}
        # pdfium writes its answers here.
        self.answer = (ctypes.c_double * 4)()
        self.at = ctypes.addressof(self.answer)
        self.name = ctypes.create_string_buffer(200)
        self.text = signs = self._signs(textpage)
        self.letters = sum(map(str.isalnum, signs))
        self.runs = [self._run(run[0].rstrip(), run.start()) for run in _RUN.finditer(signs)]
        angles: Counter[int] = Counter()
        for run in self.runs:
            for style, letters in self._styles_of(run):
                if style.angle % 90 == 0:
                    angles[style.angle] += letters
        self.turn = Turn(angles.most_common(1)[0][0] if angles else 0, *page.get_bbox())

    def _run(self, text: str, first: int) -> _Run:
        handle = pdfium.letter_object(self.page, first)
        style = self.styles.get(handle) or self._style(first, handle)
        start, end = self._edges(first), self._edges(first + len(text) - 1)
        return _Run(text, first, style, start, end, _level(start, end))

    def _styles_of(self, run: _Run) -> Iterator[tuple[_Style, int]]:
        """The styles of a line with their letters; what is not level may hold several lines."""
        if run.level or (run.start[1] < run.end[3] and run.end[1] < run.start[3]):
            yield run.style, len(run.text)
            return
        for match in _SOLID.finditer(run.text):
            index = run.first + match.start()
            handle = pdfium.letter_object(self.page, index)
            yield self.styles.get(handle) or self._style(index, handle), len(match[0])

    def words(self) -> list[Word]:
        """All words, one by one."""
        return [word for run in self.runs for word in self._fine(run)]

    def lines(self, taken_apart: Sequence[Box] = ()) -> list[Word]:
        """The words of lines that may matter one by one, and plain lines in two pieces.

        Lines that touch one of the boxes (as read) are taken apart.
        """
        if self.turn.degrees:
            return self.words()
        found: list[Word] = []
        for run in self.runs:
            if _APART.match(run.text):
                found += self._fine(run)
            else:
                plain = self._plain(run, taken_apart) or self._headed(run, taken_apart)
                found += plain or self._fine(run)
        return found

    def _headed(self, run: _Run, taken_apart: Sequence[Box]) -> list[Word] | None:
        """A bullet or number, and the plain line after it; None where it is no such line."""
        head = _HEAD.match(run.text)
        if head is None or run.style.angle:
            return None
        rest = self._run(run.text[head.end() :], run.first + head.end())
        plain = self._plain(rest, taken_apart)
        return plain and [*self._fine(replace(run, text=head[0].rstrip())), *plain]

    def _plain(self, run: _Run, taken_apart: Sequence[Box]) -> list[Word] | None:
        """First word and rest of a line of one style; None where it is no such line."""
        text, first, style, start, end = run.text, run.first, run.style, run.start, run.end
        cut, last = text.find(" "), first + len(text) - 1
        if style.angle or cut < 1 or not run.level:
            return None
        for mark in _MARK.finditer(text):
            if not _YEAR.fullmatch(mark[0]) and not _level(
                start, self._edges(first + mark.end() - 1)
            ):
                return None
        name = self._font_name(first)
        if name != self._font_name(last) or name != self._font_name(first + len(text) // 2):
            return None
        if end[2] <= start[0]:
            return None
        top, bottom = self.turn.top - start[3], self.turn.top - start[1]
        if any(box[1] < bottom and top < box[3] for box in taken_apart):
            return None
        head_end, tail = self._edges(first + cut - 1)[2], self._edges(first + cut + 1)[0]
        origin = self._origin(first)
        head: _Piece = (_clean(text[:cut]), (*start[:2], head_end, start[3]), origin, style, True)
        body = " ".join(_clean(text[cut + 1 :]).split())
        return [
            _word(head, self.turn),
            _word((body, (tail, start[1], end[2], end[3]), origin, style, True), self.turn),
        ]

    def _font_name(self, index: int) -> bytes:
        pdfium.font_info(self.page, index, self.name, 200, None)
        return self.name.value

    def _fine(self, run: _Run) -> Iterator[Word]:
        """The words of a line; slanting ones are left out.

        Slanting text is a watermark: it lies across the lines and belongs to none of them.
        """
        for match in _SOLID.finditer(run.text):
            first, last = run.first + match.start(), run.first + match.end() - 1
            handle = pdfium.letter_object(self.page, first)
            style = self.styles.get(handle) or self._style(first, handle)
            if first == last or handle == pdfium.letter_object(self.page, last):
                pieces = self._piece(match[0], first, last, style, spaced=True)
            else:
                pieces = self._split(match[0], first, style)
            for piece in pieces:
                if piece[3].angle % 90 == 0:
                    yield _word(piece, self.turn)

    def _signs(self, page: pypdfium2.PdfTextPage) -> str:
        """One sign for each letter that pdfium counts."""
        count = max(pdfium_c.FPDFText_CountChars(page), 0)
        units = (ctypes.c_ushort * (count + 1))()
        written = pdfium_c.FPDFText_GetText(page, 0, count, units)
        if written == count + 1:
            text = bytes(units)[: 2 * count].decode("utf-16-le", "surrogatepass")
            if len(text) == count:
                return text
        # Signs beyond the basic plane, or that pdfium counts but does not hand out.
        codes = (pdfium_c.FPDFText_GetUnicode(page, index) for index in range(count))
        return "".join(chr(code) if 0 < code < 0xD800 or code > 0xDFFF else " " for code in codes)

    def _split(self, text: str, first: int, style: _Style) -> Iterator[_Piece]:
        """The pieces of a word of several text objects."""
        start = first
        for index in range(first + 1, first + len(text)):
            handle = pdfium.letter_object(self.page, index)
            other = self.styles.get(handle) or self._style(index, handle)
            if other is not style and self._parts(style, other, index):
                part = text[start - first : index - first]
                yield from self._piece(part, start, index - 1, style, spaced=start == first)
                start, style = index, other
        part, last = text[start - first :], first + len(text) - 1
        yield from self._piece(part, start, last, style, spaced=start == first)

    def _piece(
        self, text: str, first: int, last: int, style: _Style, *, spaced: bool
    ) -> Iterator[_Piece]:
        if text := _clean(text):
            box = self._edges(first)
            if last > first:
                a, b = box, self._edges(last)
                box = min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
            yield text, box, self._origin(first), style, spaced

    def _parts(self, style: _Style, other: _Style, index: int) -> bool:
        """Whether a letter in another text object begins a word of its own."""
        if style.angle != other.angle or abs(style.size - other.size) > 0.1 * other.size:
            return True
        before, here = self._edges(index - 1), self._edges(index)
        along, across = (0, 1) if style.angle in (0, 180) else (1, 0)
        apart = max(here[along] - before[along + 2], before[along] - here[along + 2])
        step = self._origin(index)[across] - self._origin(index - 1)[across]
        return apart > WORD_GAP * style.size or abs(step) > 0.6 * style.size

    def _edges(self, index: int) -> Box:
        pdfium.letter_box(self.page, index, self.at)
        left, top, right, bottom = _RECTANGLE(self.answer)
        return left, bottom, right, top

    def _origin(self, index: int) -> tuple[float, float]:
        pdfium.letter_origin(self.page, index, self.at, self.at + 8)
        return _POINT(self.answer)

    def _style(self, index: int, handle: int | None) -> _Style:
        """The style of a letter in a text object that was not met before."""
        pdfium.letter_matrix(self.page, index, self.at)
        a, b, c, d = _MATRIX(self.answer)
        size = pdfium.font_size(self.page, index) * (math.hypot(c, d) or 1.0)
        angle = round(math.degrees(math.atan2(b, a)) / 5) * 5 % 360 if b or a < 0 else 0
        self.styles[handle] = _Style(size, self._bold(index, handle), angle)
        return self.styles[handle]

    def _bold(self, index: int, handle: int | None) -> bool:
        font = pdfium.font_of(handle) if handle else None
        if font not in self.fonts:
            known = self._font_name(index).decode("utf-8", "replace").casefold()
            weight = pdfium.font_weight(self.page, index)
            self.fonts[font] = any(part in known for part in BOLD_NAMES) or weight >= BOLD_WEIGHT
        return self.fonts[font]


def _level(one: Box, other: Box) -> bool:
    return abs(one[1] - other[1]) < 0.1 and abs(one[3] - other[3]) < 0.1


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.translate(_CLEAN))


def _word(piece: _Piece, turn: Turn) -> Word:
    text, (x0, low, x1, high), (x, y), style, spaced = piece
    if turn.degrees:
        left, top, right, bottom = turn.box(x0, low, x1, high)
        baseline = turn.point(x, y)[1]
    else:
        left, right = x0 - turn.left, x1 - turn.left
        top, bottom, baseline = turn.top - high, turn.top - low, turn.top - y
    return Word(text, left, right, top, bottom, baseline, style.size, style.bold, spaced)
