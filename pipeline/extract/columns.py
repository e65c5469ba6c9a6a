"""Pages set in two columns, taken apart into what is read one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from pipeline.extract.lines import Line, lines_of
from pipeline.extract.page import Page
from pipeline.extract.words import Word

GUTTER = 9.0
"""Points between two columns, at least."""
BESIDE = 6
"""Lines that must have another beside them."""
ACROSS = 0.3
"""At most this share of a page's lines, such as headings, runs over both columns."""
BAND = 2.3
"""Of the font size: white that goes through both columns from line to line ends them."""
COLUMN = 0.2
"""Of the page's width: a narrower stretch of text is a date or a number beside its text."""


def in_columns(page: Page) -> Iterator[Page]:
    """The page itself, or its parts in reading order: what runs across, left column, right."""
    gutter = None if page.grids else _gutter(page)
    if gutter is None:
        yield page
        return
    left: list[Line] = []
    right: list[Line] = []
    above: Line | None = None
    for line in page.lines:
        if above and line.baseline - above.baseline > BAND * above.size:
            yield from _columns(page, left, right)
            left, right = [], []
        above = line
        if _crosses(line, gutter):
            yield from _columns(page, left, right)
            yield replace(page, lines=[line])
            left, right = [], []
        else:
            left += lines_of([word for word in line.words if word.x1 <= gutter])
            right += lines_of([word for word in line.words if word.x0 >= gutter])
    yield from _columns(page, left, right)


def _columns(page: Page, *columns: list[Line]) -> Iterator[Page]:
    return (replace(page, lines=lines) for lines in columns if lines)


def _gutter(page: Page) -> float | None:
    """Where the page is parted, from its left edge; None for a page in one column."""
    gaps = [gap for line in page.lines for gap in _gaps(line, page.width)]
    places = sorted({(start + end) / 2 for start, end in gaps})
    counts = {x: sum(start <= x <= end for start, end in gaps) for x in places}
    best = max(counts, key=counts.__getitem__, default=None)
    if best is None or counts[best] < BESIDE:
        return None
    across = sum(_crosses(line, best) for line in page.lines)
    sides = [
        [max(w.x1 for w in words) - min(w.x0 for w in words) for words in _side(page, best, side)]
        for side in (True, False)
    ]
    wide = all(side and median(side) >= COLUMN * page.width for side in sides)
    return best if wide and across <= ACROSS * len(page.lines) else None


def _side(page: Page, gutter: float, left: bool) -> Iterator[list[Word]]:
    for line in page.lines:
        words = [w for w in line.words if (w.x1 <= gutter if left else w.x0 >= gutter)]
        if words and not _crosses(line, gutter):
            yield words


def _gaps(line: Line, width: float) -> Iterator[tuple[float, float]]:
    """Gaps of a line that lie in the middle of the page."""
    for word, after in zip(line.words, line.words[1:], strict=False):
        if after.x0 - word.x1 >= GUTTER and 0.3 * width < word.x1 and after.x0 < 0.7 * width:
            yield word.x1, after.x0


def _crosses(line: Line, gutter: float) -> bool:
    return any(word.x0 < gutter < word.x1 for word in line.words)
