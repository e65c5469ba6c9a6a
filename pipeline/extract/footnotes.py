"""Footnotes: small print at the foot of a page that begins with a number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.extract.lines import Line
from pipeline.extract.page import Page

SMALLER = 0.93
"""A footnote's size is at most this share of the body text's."""


@dataclass
class Note:
    """One footnote with the page that it stands on; `page_end` where it ends."""

    number: str
    page: Page
    lines: list[Line] = field(default_factory=list)
    page_end: int = 0


def take_footnotes(pages: list[Page], body_size: float) -> list[Note]:
    """Move the footnotes out of the pages' lines, and the marks out of the text above them."""
    notes: list[Note] = []
    for page in pages:
        foot = _foot(page, body_size)
        found = _notes(foot, page, notes[-1] if notes and _runs_on(notes[-1], page) else None)
        if found is not None:
            page.lines = page.lines[: len(page.lines) - len(foot)]
            notes += found
        for line in page.lines:
            line.take_marks()
    return notes


def _foot(page: Page, body_size: float) -> list[Line]:
    lowest = max((grid.box[3] for grid in page.grids), default=0.0)
    count = 0
    for line in reversed(page.lines):
        if line.size > SMALLER * body_size or line.top < lowest:
            break
        count += 1
    return page.lines[len(page.lines) - count :]


def _runs_on(note: Note, page: Page) -> bool:
    last = note.lines[-1].text
    return note.page_end == page.number - 1 and not re.search(r"[.!?;)”\"]$|/\S*$", last)


def _notes(foot: list[Line], page: Page, running: Note | None) -> list[Note] | None:
    """The notes in the small print; None when it holds none."""
    if not foot or not (running or _mark(foot[0], None)):
        return None
    notes: list[Note] = []
    for line in foot:
        mark = _mark(line, notes[-1].number if notes else None)
        if mark:
            notes.append(Note(mark, page, [_without_mark(line)], page.number))
        else:
            current = notes[-1] if notes else running
            if current is None:
                return None
            current.lines.append(line)
            current.page_end = page.number
    return notes


def _mark(line: Line, previous: str | None) -> str | None:
    """The number that opens a footnote: raised, or the next after the one before."""
    found = re.match(r"\d{1,3}(?=\D|$)", line.words[0].text)
    if not found:
        return None
    raised = line.is_raised(line.words[0]) or line.words[0].size < 0.85 * line.size
    expected = previous is None or int(found[0]) == int(previous) + 1
    return found[0] if raised or expected else None


def _without_mark(line: Line) -> Line:
    first, *rest = line.words
    text = re.sub(r"^\d{1,3}\s*", "", first.text)
    if not rest and not text:
        return line
    if text:
        first.text = text
        line.read()
        return line
    return Line(rest)
