"""Words of a PDF page, with place, size and weight, as pdfium finds them.

Coordinates are points from the left and top edges of the page turned so that most of its text
is upright: a landscape table on a portrait sheet reads like any other page.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

BOLD_WEIGHT = 600
BOLD_NAMES = ("bold", "black", "heavy", "demi")
WORD_GAP = 0.3
"""Share of the font size that parts two words where the file holds no space between them."""

# Soft hyphens, zero-width signs and byte-order marks carry no text.
_INVISIBLE = dict.fromkeys([0x00, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
# Codes that no letter has: symbol fonts without a Unicode map use them for bullets.
_SYMBOLS = dict.fromkeys(range(0x80, 0xA0), "\uf0b7")
_CLEAN = {**_INVISIBLE, **_LIGATURES, **_SYMBOLS}


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


@dataclass(frozen=True)
class _Style:
    """What all letters of one text object share."""

    size: float
    bold: bool
    angle: int


@dataclass(slots=True)
class _Letter:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    baseline: float
    style: _Style
    spaced: bool


@dataclass
class PageText:
    """The words of one page, the turn that they were read in, and how many letters it has."""

    turn: Turn
    words: list[Word] = field(default_factory=list)
    letters: int = 0


def confidence(words: Iterable[Word]) -> float | None:
    """Mean confidence of words that were read from a picture, by letters; None for others."""
    sure = [(word.confidence, len(word.text)) for word in words if word.confidence is not None]
    letters = sum(count for _, count in sure)
    return round(sum(one * count for one, count in sure) / letters, 3) if letters else None


def read_words(page: pdfium.PdfPage) -> PageText:
    """All words of a page in the order of the file."""
    textpage = page.get_textpage()
    try:
        return _read(page, textpage)
    finally:
        textpage.close()


def _read(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> PageText:
    raw = list(_raw_letters(textpage))
    angles = Counter(style.angle for *_, style in raw if style and style.angle % 90 == 0)
    turn = Turn(angles.most_common(1)[0][0] if angles else 0, *page.get_bbox())
    letters = list(_place(raw, turn))
    # Slanting text is a watermark: it lies across the lines and belongs to none of them.
    straight = [letter for letter in letters if letter.style.angle % 90 == 0]
    return PageText(turn, _join(straight, turn.degrees), len(letters))


_Raw = tuple[str, tuple[float, float, float, float], tuple[float, float], _Style | None]


def _raw_letters(textpage: pdfium.PdfTextPage) -> Iterator[_Raw]:
    """Sign, box, origin and style of each letter in page coordinates; no style for a space."""
    box, x, y = pdfium_c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    styles: dict[int | None, _Style] = {}
    for index in range(textpage.count_chars()):
        sign = _sign(textpage, index)
        if sign.isspace() or pdfium_c.FPDFText_IsGenerated(textpage, index) == 1:
            yield sign or " ", (0, 0, 0, 0), (0, 0), None
            continue
        pdfium_c.FPDFText_GetLooseCharBox(textpage, index, box)
        pdfium_c.FPDFText_GetCharOrigin(textpage, index, x, y)
        handle = pdfium_c.FPDFText_GetTextObject(textpage, index)
        key = ctypes.cast(handle, ctypes.c_void_p).value
        if key not in styles:
            styles[key] = _style(textpage, index)
        edges = (box.left, box.bottom, box.right, box.top)
        yield sign, edges, (x.value, y.value), styles[key]


def _sign(textpage: pdfium.PdfTextPage, index: int) -> str:
    # pdfium replaces the hyphen at a line's end by a mark of its own.
    if pdfium_c.FPDFText_IsHyphen(textpage, index) == 1:
        return "-"
    code = pdfium_c.FPDFText_GetUnicode(textpage, index)
    return "" if 0xD800 <= code < 0xE000 or code == 0xFFFE else chr(code)


def _style(textpage: pdfium.PdfTextPage, index: int) -> _Style:
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(textpage, index, matrix)
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    size = pdfium_c.FPDFText_GetFontSize(textpage, index) * scale
    angle = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 5) * 5 % 360
    return _Style(size, _bold(textpage, index), angle)


def _bold(textpage: pdfium.PdfTextPage, index: int) -> bool:
    name = ctypes.create_string_buffer(200)
    pdfium_c.FPDFText_GetFontInfo(textpage, index, name, 200, None)
    known = name.value.decode("utf-8", "replace").casefold()
    weight = pdfium_c.FPDFText_GetFontWeight(textpage, index)
    return any(part in known for part in BOLD_NAMES) or weight >= BOLD_WEIGHT


def _place(raw: list[_Raw], turn: Turn) -> Iterator[_Letter]:
    spaced = True
    for sign, edges, origin, style in raw:
        if style is None:
            spaced = True
            continue
        x0, top, x1, bottom = turn.box(*edges)
        text = unicodedata.normalize("NFC", sign.translate(_CLEAN))
        if text and unicodedata.category(text[0]) not in ("Cc", "Cf", "Cs"):
            yield _Letter(text, x0, x1, top, bottom, turn.point(*origin)[1], style, spaced)
            spaced = False


def _join(letters: list[_Letter], angle: int) -> list[Word]:
    words: list[Word] = []
    previous: _Letter | None = None
    for letter in letters:
        if previous and words and not _parts(previous, letter, angle):
            _extend(words[-1], letter)
        else:
            # A change of size inside a word (1st, a footnote mark) is no space.
            glued = bool(previous) and not letter.spaced and not _jumps(previous, letter, angle)
            words.append(_word(letter, spaced=not glued))
        previous = letter
    return [word for word in words if word.text]


def _parts(previous: _Letter, letter: _Letter, angle: int) -> bool:
    other_size = abs(previous.style.size - letter.style.size) > 0.1 * letter.style.size
    return letter.spaced or other_size or _jumps(previous, letter, angle)


def _jumps(previous: _Letter | None, letter: _Letter, angle: int) -> bool:
    """Whether a letter stands elsewhere than right after the one before it."""
    if previous is None or previous.style.angle != letter.style.angle:
        return True
    if letter.style.angle != angle:
        return False
    size = max(previous.style.size, letter.style.size)
    gap = letter.x0 - previous.x1
    away = abs(letter.baseline - previous.baseline) > 0.6 * size
    return away or gap > WORD_GAP * size or letter.x1 < previous.x0


def _word(letter: _Letter, *, spaced: bool) -> Word:
    return Word(
        letter.text, letter.x0, letter.x1, letter.top, letter.bottom, letter.baseline,
        letter.style.size, letter.style.bold, spaced,
    )  # fmt: skip


def _extend(word: Word, letter: _Letter) -> None:
    word.text = unicodedata.normalize("NFC", word.text + letter.text)
    word.x0, word.x1 = min(word.x0, letter.x0), max(word.x1, letter.x1)
    word.top, word.bottom = min(word.top, letter.top), max(word.bottom, letter.bottom)
