"""Patterns that are only tried on texts that hold something each match of them must hold.

Most of this stage's hundreds of patterns fit nothing in most passages, and a look for a few words
is much quicker than a pattern that may begin anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST = 40
"""So many words are looked for at most; more take as long as the pattern."""
SHORTEST = 2
"""Characters: a single one is in every text."""


class Gated:
    """A compiled pattern, with words of which every match holds at least one (none: unknown)."""

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)
        words = _needed(parser.parse(pattern)) or set()
        usable = len(words) <= MOST and all(len(word) >= SHORTEST for word in words)
        self.words = tuple(sorted(words)) if usable else ()

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The pattern's matches in a text."""
        for word in self.words:
            if word in text:
                break
        else:
            if self.words:
                return iter(())
        return self.pattern.finditer(text)


def _needed(parsed: Any) -> set[str] | None:
    """Of what must follow one another, the strings of the part that tells most."""
    best: set[str] | None = None
    letters = ""
    for code, value in [*parsed, (None, None)]:
        if code is codes.LITERAL:
            letters += chr(value)
            continue
        parts = [{letters} if letters else None, _of(code, value)]
        letters = ""
        for part in parts:
            if part and (best is None or _telling(part) > _telling(best)):
                best = part
    return best


def _of(code: Any, value: Any) -> set[str] | None:
    if code is codes.SUBPATTERN and not value[1] & re.IGNORECASE:
        return _needed(value[3])
    if code is codes.BRANCH:
        branches = [_needed(branch) for branch in value[1]]
        return set().union(*(b or () for b in branches)) if all(branches) else None
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[0] > 0:
        return _needed(value[2])
    return None


def _telling(words: set[str]) -> tuple[int, int]:
    return min(map(len, words)), -len(words)
