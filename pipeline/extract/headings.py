"""What headings look like: in print, by their words, and their depth."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract import numbers

_LEADERS = re.compile(r"\.{4,}|…{2,}|(?:\. ){4,}|_{6,}")
_LEADING = ("..", "……", ". .", "__")
CAPTION = re.compile(r"(?:Figure|Table|Chart|Diagram|Fig\.)\s+\d+[a-z]?\b(?=[:.\s–-]|$)")
LONGEST_TITLE = 90
LONGEST_TITLE_WORDS = 8


@dataclass(frozen=True)
class Style:
    """How a heading is printed: size in points, weight, and its decimal number."""

    size: float
    bold: bool
    number: tuple[int, ...] = ()

    @property
    def rank(self) -> tuple[float, bool, int]:
        """Sorts outer headings first: large before small, bold before light, 3 before 3.1."""
        return (-self.size, not self.bold, max(len(self.number), 1))


def has_leaders(text: str) -> bool:
    """Whether a line has dot leaders, as a contents page has."""
    return any(sign in text for sign in _LEADING) and bool(_LEADERS.search(text))


def heading_levels(styles: list[Style]) -> dict[Style, int]:
    """The level of each style, 1 outermost."""
    ranks = sorted({style.rank for style in styles})
    return {style: ranks.index(style.rank) + 1 for style in styles}


def split_heading(text: str) -> tuple[str | None, str]:
    """Number and words of a heading; "Part One: The review" keeps its words together."""
    number, rest = numbers.split_number(text, bare=True)
    return (number, rest) if rest else (None, text)


def is_title(text: str, *, number: str | None, alone: bool = False) -> bool:
    """Whether words that nothing else marks read like a heading: in capitals, or a known one.

    `alone` is for a line that stands by itself: being short is enough.
    """
    if not text or len(text) > LONGEST_TITLE or re.search(r"[.;,:!?|]$", text):
        return False
    letters = [sign for sign in text if sign.isalpha()]
    if len(letters) >= 4 and all(map(str.isupper, letters)):
        return True
    short = text[0].isupper() and len(text.split()) <= LONGEST_TITLE_WORDS
    if alone:
        return short and not re.search(r"[.:|]\s", text)
    if not short or number is None:
        return False
    # Few documents need the cues, and to compile them takes longer than to read some pages.
    from pipeline.extract.cues import cue

    return cue(text) is not None
