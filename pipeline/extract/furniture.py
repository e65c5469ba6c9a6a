"""Running headers, footers and page numbers: found by their repetition, and left out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import takewhile
from statistics import median

from pipeline.extract.block import LeftOut
from pipeline.extract.lines import Line
from pipeline.extract.numbers import split_number
from pipeline.extract.page import Page

OUTERMOST = 4
"""Lines looked at from each end of a page."""
MARGIN = 0.16
"""Share of the page's height, at its head and at its foot, where furniture stands."""
SAME_HEIGHT = 20.0
"""Points by which the height of a running line varies from page to page."""
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page\s*)?(\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[-–—\s|]*",
    re.IGNORECASE,
)


def drop_furniture(pages: list[Page]) -> None:
    """Take the furniture out of the pages' lines and keep the page number that it printed."""
    outer = {page.number: _outer_lines(page) for page in pages}
    where: dict[tuple[str, bool], list[tuple[Page, Line]]] = defaultdict(list)
    for page in pages:
        for line in outer[page.number]:
            where[_pattern(line.text), line.top > page.height / 2].append((page, line))
    dropped: dict[int, list[Line]] = defaultdict(list)
    for (pattern, _), found in where.items():
        for page, line in _repeated(pattern, found, len(pages)):
            dropped[page.number].append(line)
    for page in pages:
        dropped[page.number] = _outside(page, dropped[page.number])
        page.lines = [line for line in page.lines if line not in dropped[page.number]]
        page.left_out += [_left_out(page, line) for line in dropped[page.number]]
    _label(pages, dropped)


def _left_out(page: Page, line: Line) -> LeftOut:
    kind = "page number" if _PAGE_NUMBER.fullmatch(line.text) else "running line"
    return LeftOut(page.number, kind, line.text)


def _outside(page: Page, repeated: list[Line]) -> list[Line]:
    """The repeated lines between the page's edges and the first line that is not repeated."""
    high = [line for line in page.lines if line.top <= page.height / 2]
    low = [line for line in reversed(page.lines) if line.top > page.height / 2]
    return [line for half in (high, low) for line in takewhile(lambda one: one in repeated, half)]


def _outer_lines(page: Page) -> list[Line]:
    high = [line for line in page.lines[:OUTERMOST] if line.bottom < MARGIN * page.height]
    low = [line for line in page.lines[-OUTERMOST:] if line.top > (1 - MARGIN) * page.height]
    return high + low


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.split())).casefold()


def _repeated(pattern: str, found: list[tuple[Page, Line]], pages: int) -> list[tuple[Page, Line]]:
    """Those of the like lines that are furniture."""
    if _PAGE_NUMBER.fullmatch(found[0][1].text):
        return found
    usual = median(_from_edge(page, line) for page, line in found)
    level = [one for one in found if abs(_from_edge(*one) - usual) < SAME_HEIGHT]
    if "#" in pattern and not _runs_with_pages(level):
        return []
    on = sorted({page.number for page, _ in level})
    count = len(on)
    # A chapter's name stands on its pages only: two that follow each other are enough.
    enough = count >= 3 or (count == 2 and on[1] - on[0] == 1)
    # Real paragraphs repeat now and then; furniture is short, or is on most pages.
    return level if enough and (len(pattern) < 120 or count > pages / 2) else []


def _runs_with_pages(found: list[tuple[Page, Line]]) -> bool:
    """Whether the numbers in like lines are the same, or count the pages.

    Otherwise they number something in the text: "Recommendation 4" at the head of a page.
    """
    if any(re.match(r"[A-Za-z]", split_number(line.text)[0] or "") for _, line in found):
        return False
    rows = [(page.number, _numbers([line])) for page, line in found]
    columns = zip(*(numbers for _, numbers in rows), strict=False)
    pages = [page for page, _ in rows]
    return all(
        _mostly_one(column) or _mostly_one([n - p for n, p in zip(column, pages, strict=True)])
        for column in columns
    )


def _mostly_one(values: Sequence[int]) -> bool:
    return Counter(values).most_common(1)[0][1] >= len(values) / 2


def _from_edge(page: Page, line: Line) -> float:
    """Distance to the nearer edge, which is the same on upright and landscape pages."""
    return min(line.top, page.height - line.top)


def _label(pages: list[Page], dropped: dict[int, list[Line]]) -> None:
    """Set each page's printed number: the one that runs with the pages."""
    offsets: Counter[int] = Counter()
    for page in pages:
        offsets.update({number - page.number for number in _numbers(dropped[page.number])})
    likely = [offset for offset, count in offsets.most_common(1) if count >= len(pages) / 3]
    for page in pages:
        numbers = _numbers(dropped[page.number])
        if likely and page.number + likely[0] in numbers:
            page.label = str(page.number + likely[0])
        else:
            page.label = _lone_number(dropped[page.number])


def _numbers(lines: list[Line]) -> list[int]:
    return [int(number) for line in lines for number in re.findall(r"\d{1,4}", line.text)]


def _lone_number(lines: list[Line]) -> str | None:
    matches = (_PAGE_NUMBER.fullmatch(line.text) for line in lines)
    return next((match[1] for match in matches if match), None)
