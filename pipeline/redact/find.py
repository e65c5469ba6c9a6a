"""What a finder reports: one stretch of text that could single somebody out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

QUASI = {
    "NATIONALITY": "nationalities",
    "OCCUPATION": "occupations",
    "HEALTH": "health",
    "MONEY": "money",
    "ORGANISATION": "organisations",
    "NUMBER": "numbers",
    "DURATION": "durations",
}
"""Kind of a find that describes without leading to anybody by itself -> its name in settings."""
TYPES = {
    "PERSON": "PERSON",
    "PLACE": "PLACE",
    "DATE": "DATE",
    "AGE": "AGE",
    "REFERENCE": "CODE",
    "PHONE": "CONTACT",
    "EMAIL": "CONTACT",
    "POSTCODE": "CONTACT",
    "URL": "CONTACT",
    "HANDLE": "CONTACT",
    "CONTACT": "CONTACT",
    "OTHER": "OTHER",
    **dict.fromkeys(QUASI, "OTHER"),
}
"""Kind of a find -> identifier type in the tables."""

KIND_OF_TYPE = {"CODE": "REFERENCE"}
"""Identifier type → kind of a find that only its type is known of, where they differ."""

_CORE = re.compile(r"[^\W_a-z](?:.*\w)?")

Span = tuple[int, int]
"""Start and end, exclusive, in characters."""


class Find(NamedTuple):
    """One stretch of a text that a finder wants replaced.

    `kind` is a key of `TYPES`. `value` is what makes two finds of a kind the same thing: an ISO
    date as far as it is known ('2016-03-14', '2016-03', '2016', ''), a band of ages, else ''
    (the surface itself). `rule` names finder and pattern and never holds surface text.
    """

    start: int
    end: int
    kind: str
    rule: str
    score: float
    value: str = ""


def overlaps(span: Span, others: Iterable[Span]) -> bool:
    """Whether `span` shares a character with one of `others`."""
    return any(span[0] < end and start < span[1] for start, end in others)


def inside(span: Span, others: Iterable[Span]) -> bool:
    """Whether `span` lies wholly in one of `others`."""
    return any(start <= span[0] and span[1] <= end for start, end in others)


def resolve(finds: Iterable[Find], text: str) -> list[Find]:
    """Non-overlapping finds in reading order: the longest wins, then the surest.

    What a loser covers beyond the winner stays covered: no finder can uncover another's find.
    """
    kept: list[Find] = []
    for find in sorted(finds, key=lambda f: (f.start - f.end, -f.score, f.start, f.kind, f.rule)):
        kept += left(find, [other[:2] for other in kept], text)
    return sorted(kept)


def left(find: Find, taken: list[Span], text: str) -> Iterator[Find]:
    """What `taken` leaves of a find."""
    for start, end in _free(find[:2], taken):
        if (start, end) != find[:2]:
            start, end = _core(text, start, end)
        if start < end:
            yield find._replace(start=start, end=end)


def _core(text: str, start: int, end: int) -> Span:
    """A rest without the small words and punctuation at its ends."""
    core = _CORE.search(text, start, end)
    return core.span() if core else (start, start)


def _free(span: Span, taken: list[Span]) -> list[Span]:
    free = [span]
    for start, end in taken:
        pieces = [(max(a, lo), min(b, hi)) for a, b in free for lo, hi in ((a, start), (end, b))]
        free = [(a, b) for a, b in pieces if a < b]
    return free
