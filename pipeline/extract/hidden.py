"""Text that a PDF holds and that its print does not show.

The page is drawn, and a word that leaves no trace where it stands is hidden: it lies under a
box, has the colour of the paper, or is never painted. An invisible text layer over a scan is
kept by the same test, because the picture of the word is there.
"""

from __future__ import annotations

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from pipeline.extract import pdfium
from pipeline.extract.block import LeftOut
from pipeline.extract.drawn import Drawn, Matrix, matrix, within
from pipeline.extract.words import Turn, Word
from pipeline.vocabulary import HIDDEN

DPI = 100
"""Resolution at which a page is drawn: a full stop of 6 points is still more than a pixel."""
LARGEST = 4_000_000
"""Pixels; a larger page is drawn smaller."""
LEAST_PIXELS = 4
"""A word drawn smaller tells nothing."""
STEP = 8
"""Grey levels, of 255, by which neighbouring pixels differ at the edge of a visible letter."""
X_HEIGHT = 0.42
"""Share of the font size, above the baseline, in which every letter and digit leaves ink."""
TINY = 2.0
"""Points: nobody can read smaller letters."""
LARGE = 36.0
"""Points: a watermark's letters are at least so large,"""
PALE = 90
"""differ from the paper by fewer grey levels than this,"""
WIDE = 0.4
"""and lie across other text, or across this share of the page's width."""
LONGEST_GAP = 0.9
"""Of the font size: a line of print has no gap so wide without a trace of a letter."""
LONGEST_ALIAS = 3
"""Letters; a longer /ActualText is compared with what is printed. Ligatures have up to three."""

UNSEEN, OUTSIDE, UNREADABLE, OVERPRINTED, ALIAS, MARKED = HIDDEN
WATERMARK = "watermark"

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in points of the page as read."""
_Edges = NDArray[np.bool_]
_Points = NDArray[np.float64]
_Place = tuple[slice, slice]
"""Rows and columns of pixels."""
_Alias = tuple[int, int, str]
"""A text object, its mark with a long /ActualText, and what that says."""


@dataclass
class Objects:
    """Text objects of a page that call for a closer look, as pdfium's handles.

    `boxes` are the bounds of all text objects, in page coordinates.
    """

    boxes: list[Box] = field(default_factory=list)
    slanting: list[int] = field(default_factory=list)
    invisible: list[int] = field(default_factory=list)
    aliased: list[_Alias] = field(default_factory=list)


def unmask(page: pypdfium2.PdfPage, found: Drawn, number: int) -> tuple[Objects, list[LeftOut]]:
    """Undo what stands between the page's text and its print, before the text is read.

    Whatever /ActualText says in place of the print is dropped, and so are slanting watermarks.
    """
    objects = Objects()
    edges = (ctypes.c_float * 4)()
    for handle, outer in found.texts:
        _sort_in(objects, handle, outer, edges)
    left = []
    if objects.slanting:
        texts = _texts_of(page, objects.slanting)
        left += [LeftOut(number, WATERMARK, text) for text in texts if text]
        for handle in objects.slanting:
            pdfium.set_active(handle, False)
    if objects.aliased:
        # Text objects may share a mark: it is removed when all of them are known.
        for handle, mark, _ in objects.aliased:
            pdfium.remove_mark(handle, mark)
        left += [LeftOut(number, ALIAS, text) for text in _false_aliases(page, objects.aliased)]
    return objects, left


def _sort_in(
    objects: Objects, handle: int, outer: Matrix, edges: ctypes.Array[ctypes.c_float]
) -> None:
    a, b, *_ = within(matrix(handle), outer)
    if b and round(math.degrees(math.atan2(b, a)) / 5) * 5 % 90:
        objects.slanting.append(handle)
    elif pdfium.object_bounds(handle, *range(at := ctypes.addressof(edges), at + 16, 4)):
        left, bottom, right, top = edges
        objects.boxes.append((left, bottom, right, top))
    if pdfium.render_mode(handle) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE:
        objects.invisible.append(handle)
    for mark, alias in _aliases(handle):
        objects.aliased.append((handle, mark, alias))


def _aliases(handle: int) -> Iterator[tuple[int, str]]:
    """The marks of a text object that hold a long /ActualText, with what it says."""
    for index in range(pdfium.count_marks(handle)):
        mark = pdfium.mark_of(handle, index)
        size = ctypes.c_ulong()
        key = b"ActualText"
        pdfium.mark_value(mark, key, None, 0, ctypes.addressof(size))
        if size.value <= 2 * (LONGEST_ALIAS + 1):
            continue
        buffer = (ctypes.c_ushort * (size.value // 2))()
        pdfium.mark_value(mark, key, buffer, size.value, ctypes.addressof(size))
        yield mark, bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")


def _false_aliases(page: pypdfium2.PdfPage, aliased: Sequence[_Alias]) -> Iterator[str]:
    """What /ActualText said where the print says otherwise; neighbours may share one."""
    printed: list[tuple[str, str]] = []
    texts = _texts_of(page, [handle for handle, _, _ in aliased])
    for (*_, alias), text in zip(aliased, texts, strict=True):
        if printed and printed[-1][0] == alias and _letters(printed[-1][1]) != _letters(alias):
            text = printed.pop()[1] + text
        printed.append((alias, text))
    return (alias for alias, text in printed if _letters(alias) != _letters(text))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _texts_of(page: pypdfium2.PdfPage, handles: Sequence[int]) -> list[str]:
    textpage = page.get_textpage()
    try:
        return [_text_of(pdfium.address(textpage), handle) for handle in handles]
    finally:
        textpage.close()


def _text_of(textpage: int, handle: int) -> str:
    size = pdfium.text_of(handle, textpage, None, 0)
    buffer = (ctypes.c_ushort * (size // 2))()
    pdfium.text_of(handle, textpage, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").strip()


def part(
    page: pypdfium2.PdfPage,
    words: Sequence[Word],
    sight: Sight,
    objects: Objects,
    marks: Sequence[Box],
    number: int,
) -> tuple[list[Word], list[LeftOut]]:
    """The words that a reader of the print sees, and what else the page holds.

    `words` stand one by one; `marks` are redaction marks that were never applied: the publisher
    wanted the words gone.
    """
    kinds: dict[int, str] = {}
    cores = sight.cores(words)
    for index, (word, core) in enumerate(zip(words, cores, strict=True)):
        if kind := _kind(word, core, sight, words, marks):
            kinds[index] = kind
    kinds |= _covered(page, words, cores, kinds, objects, sight)
    kinds |= _between(words, kinds, sight)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for index in sorted(kinds):
        found[kinds[index]].append(words[index].text)
    seen = [word for index, word in enumerate(words) if index not in kinds]
    return seen, [LeftOut(number, kind, " ".join(words)) for kind, words in found.items()]


def _kind(
    word: Word, core: _Place, sight: Sight, words: Sequence[Word], marks: Sequence[Box]
) -> str | None:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    if not (0 <= x <= sight.width and 0 <= y <= sight.height):
        return OUTSIDE
    if any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in marks):
        return MARKED
    if not _letters(word.text):
        return None
    if word.size < TINY and word.bottom - word.top < TINY:
        return UNREADABLE
    if not sight.shows(word, core):
        return UNSEEN
    return WATERMARK if word.size >= LARGE and _lies_across(word, words, sight) else None


def _lies_across(word: Word, words: Sequence[Word], sight: Sight) -> bool:
    """Whether a large word is pale and lies across the page."""
    if sight.contrast(word) >= PALE:
        return False
    line = [o for o in words if o.size >= LARGE and abs(o.baseline - word.baseline) < word.size / 2]
    wide = max(o.x1 for o in line) - min(o.x0 for o in line) > WIDE * sight.width
    return wide or any(
        other.size < word.size / 2
        and word.x0 < (other.x0 + other.x1) / 2 < word.x1
        and word.top < (other.top + other.bottom) / 2 < word.bottom
        for other in words
    )


def _covered(
    page: pypdfium2.PdfPage, words: Sequence[Word], cores: Sequence[_Place], kinds: dict[int, str],
    objects: Objects, sight: Sight,
) -> dict[int, str]:  # fmt: skip
    """Words in whose place another word is printed: of the two, the one that is not painted.

    Where both are, the later one was put over the earlier.
    """
    owner = np.full(sight.edges.shape, -1, dtype=np.int32)
    pairs: list[tuple[int, int]] = []
    for index, word in enumerate(words):
        if index in kinds or not _letters(word.text):
            continue
        place = owner[cores[index]]
        below = place[place >= 0]
        if place.size >= LEAST_PIXELS and below.size > place.size / 2:
            other = int(np.bincount(below).argmax())
            if below.size > owner[cores[other]].size / 2:
                pairs.append((other, index))
        place[:] = index
    # Letters set twice, to look bold or to throw a shadow, say the same.
    pairs = [(a, b) for a, b in pairs if not _alike(words[a].text, words[b].text)]
    if not pairs:
        return {}
    unpainted = {word for text in _texts_of(page, objects.invisible) for word in text.split()}
    return {(b if words[b].text in unpainted else a): OVERPRINTED for a, b in pairs}


def _alike(one: str, two: str) -> bool:
    return one.casefold() in two.casefold() or two.casefold() in one.casefold()


def _between(words: Sequence[Word], kinds: dict[int, str], sight: Sight) -> dict[int, str]:
    """Signs without a letter next to hidden words; alone, a sign may just be faint."""
    return {
        index: UNSEEN
        for index, word in enumerate(words)
        if UNSEEN in (kinds.get(index - 1), kinds.get(index + 1))
        and index not in kinds
        and not _letters(word.text)
        and not sight.edges[sight.box(word)].any()
    }


class Sight:
    """A page as drawn, turned as it is read: what of its words can be seen."""

    def __init__(self, page: pypdfium2.PdfPage, turn: Turn) -> None:
        self.page, self.turn = page, turn
        self.width, self.height = turn.size
        area = max(self.width * self.height, 1.0)
        self.scale = min(DPI / 72, math.sqrt(LARGEST / area))
        self.grey = self._draw(grayscale=True)
        self.edges = _edges(self.grey)
        self.coloured: _Edges | None = None

    def _draw(self, *, grayscale: bool) -> NDArray[np.uint8]:
        rotation = (self.turn.degrees - self.page.get_rotation()) % 360
        # Pictures need not look well: a third of the time goes to smoothing a logo.
        drawn = self.page.render(
            scale=self.scale, rotation=rotation, grayscale=grayscale, no_smoothimage=True
        )
        picture: NDArray[np.uint8] = drawn.to_numpy()
        return picture.reshape(*picture.shape[:2], -1)

    def doubts(self, words: Sequence[Word], objects: Objects) -> bool:
        """Whether the page calls for a closer look, word by word.

        `words` may hold several words of a line in one; a clean page raises no doubt.
        """
        return self._overlap(objects.boxes) or self._gaps(words)

    def _overlap(self, boxes: Sequence[Box]) -> bool:
        """Whether text is set over text."""
        if not boxes:
            return False
        x0, top, x1, bottom = np.array([self.turn.box(*box) for box in boxes]).T
        third = (bottom - top) / 3
        taken = np.zeros(self.edges.shape, dtype=bool)
        for rows, columns in self._pixels(x0, top + third, x1, bottom - third):
            place = taken[rows, columns]
            if place.size >= LEAST_PIXELS and np.count_nonzero(place) > place.size / 4:
                return True
            place[:] = True
        return False

    def _gaps(self, words: Sequence[Word]) -> bool:
        """Whether a word is out of the ordinary, or a line of print has a long gap."""
        x0, top, x1, size = np.array([(w.x0, w.top, w.x1, w.size) for w in words]).T
        outside = (x0 < 0) | (x1 > self.width) | (top < 0) | (top > self.height)
        if (outside | (size < TINY) | (size >= LARGE)).any():
            return True
        longest = np.maximum(LONGEST_GAP * size * self.scale, 4.0).astype(int).tolist()
        # The words of a line share its rows of pixels, and bytes are searched faster than arrays:
        # every line of every page comes by here.
        lines: dict[tuple[int, int], bytes] = {}
        for word, (rows, columns), limit in zip(words, self.cores(words), longest, strict=True):
            if not any(map(str.isalnum, word.text)):
                continue
            key = rows.start, rows.stop
            if key not in lines:
                lines[key] = self.edges[rows].any(axis=0).tobytes()
            line = lines[key][columns]
            if len(line) * (rows.stop - rows.start) < LEAST_PIXELS:
                return True
            if bytes(limit) in line:
                return True
        return False

    def cores(self, words: Sequence[Word]) -> list[_Place]:
        """Of each word the pixels between its baseline and the height of an x."""
        places = [(w.x0, w.top, w.x1, w.bottom, w.baseline, w.size) for w in words]
        x0, top, x1, bottom, baseline, size = np.array(places).T
        high, low = np.maximum(top, baseline - X_HEIGHT * size), np.minimum(bottom, baseline)
        # A word that runs up or down the page has its baseline elsewhere.
        level = low - high >= X_HEIGHT / 2 * size
        return self._pixels(x0, np.where(level, high, top), x1, np.where(level, low, bottom))

    def box(self, word: Word) -> _Place:
        """Pixels of the whole word."""
        return self._pixels(*np.array([[word.x0], [word.top], [word.x1], [word.bottom]]))[0]

    def _pixels(self, x0: _Points, top: _Points, x1: _Points, bottom: _Points) -> list[_Place]:
        first = np.floor(np.array([top, x0]) * self.scale)
        last = np.ceil(np.array([bottom, x1]) * self.scale)
        ends = np.maximum(np.concatenate([first, last]), 0).astype(int).T.tolist()
        return [(slice(a, c), slice(b, d)) for a, b, c, d in ends]

    def shows(self, word: Word, place: _Place) -> bool:
        """Whether there is any sign of a word with letters where it stands, its core at `place`."""
        if self._traced(word, self.edges[place]):
            return True
        # Two colours may be the same grey.
        if self.coloured is None:
            self.coloured = _edges(self._draw(grayscale=False))
        return self._traced(word, self.coloured[place])

    def _traced(self, word: Word, edges: _Edges) -> bool:
        """Whether edges of letters run through the word, with no long gap."""
        if edges.size < LEAST_PIXELS:
            return True
        at = np.flatnonzero(edges.any(axis=0))
        if not at.size:
            return False
        width = edges.shape[1]
        gap = max(int(at[0]), width - 1 - int(at[-1]), int(np.diff(at).max(initial=0)))
        long = gap > 0.7 * width or (gap > 0.5 * width and gap > 1.2 * word.size * self.scale)
        return not long or width < 4 or len(_letters(word.text)) < 0.8 * len(word.text)

    def contrast(self, word: Word) -> float:
        """Grey levels by which the ink in the word's place differs from the paper."""
        values = self.grey[self.box(word)].astype(np.int16).ravel()
        if not values.size:
            return 0.0
        away = np.abs(values - np.bincount(values).argmax())
        ink = away[away >= STEP]
        return float(np.median(ink)) if ink.size else 0.0


def _edges(picture: NDArray[np.uint8]) -> _Edges:
    """Where a pixel differs from its right neighbour, in any colour: rows x columns.

    Rules that run along a line of text have no such edges, so that they hide nothing.
    """
    right, left = picture[:, 1:], picture[:, :-1]
    # Bytes wrap: a small difference of either sign comes to stand below twice the step.
    apart = right - left
    apart += STEP - 1
    far = apart > 2 * (STEP - 1)
    return np.asarray(far.any(axis=2) if far.shape[2] > 1 else far[..., 0])
