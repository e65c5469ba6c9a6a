"""What is known of a document's identifiers, and where in a text they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pipeline.leaks.words import APOSTROPHES, normal, squeeze

_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014"
_BREAK = rf"(?:[{_HYPHENS}]\s*\n\s*)?"
"""Inside a word: a hyphen at a line's end."""
_FREE = r"(?<![^\W_]){}(?![^\W_])"
"""A whole token: no letter or digit stands before or after it."""
_TOLD = re.compile(r"\[(?:DATE|AGE) [^\]]{1,20}\]")
"""A pseudonym that tells a month, a year or an age: [DATE May 2015] is not the May of a name."""
_BARE = re.compile(r"\W*(?:\d{1,4}|[^\W\d_])\W*")
"""A number of up to four digits, a year, or a letter: no identifier by itself."""


class Span(NamedTuple):
    """One replaced stretch of a passage, in characters of its text."""

    start: int
    end: int
    surface: str
    pseudonym: str


class Found(NamedTuple):
    """A stretch of a text that has to go, and what takes its place."""

    start: int
    end: int
    pseudonym: str


@dataclass(frozen=True)
class KnownPassage:
    """A passage with what was replaced in it; pages are 1-based, None where there are none."""

    text: str
    page: int | None
    page_end: int | None
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Known:
    """The identifiers of a review, and the passages of one of its documents.

    `everywhere` maps each text that is taken out wherever it stands to its pseudonym; `words`
    are those of them, in small letters, that in small letters are words of the language (Hope,
    May, Will). `running` are lines round the text, with their pages; `in_place` counts the texts
    that go only where redaction replaced them.
    """

    everywhere: dict[str, str]
    words: frozenset[str] = frozenset()
    passages: tuple[KnownPassage, ...] = ()
    running: tuple[tuple[int, str], ...] = ()
    in_place: int = 0

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        surfaces = sorted(self.everywhere, key=lambda surface: (-len(surface), surface))
        return pattern(surfaces) if surfaces else None

    @cached_property
    def _pseudonyms(self) -> dict[str, str]:
        return {squeeze(surface): pseudonym for surface, pseudonym in self.everywhere.items()}

    def find(self, text: str) -> Iterator[Found]:
        """Where in a text stands what goes wherever it stands; longest first, no overlaps."""
        if self._pattern is None:
            return
        told = [own.span() for own in _TOLD.finditer(text)]
        for match in self._pattern.finditer(text):
            said = squeeze(match.group())
            if any(start < match.start() and match.end() < end for start, end in told):
                continue
            if not (said in self.words and match.group().islower()):
                yield Found(match.start(), match.end(), self._pseudonyms[said])

    def as_json(self) -> dict[str, Any]:
        """For the process that writes the copy."""
        return {**asdict(self), "words": sorted(self.words)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Known:
        """The other way round."""
        passages = (
            KnownPassage(p["text"], p["page"], p["page_end"], tuple(Span(*s) for s in p["spans"]))
            for p in values["passages"]
        )
        return cls(
            values["everywhere"],
            frozenset(values["words"]),
            tuple(passages),
            tuple((page, text) for page, text in values["running"]),
            values["in_place"],
        )


def decide(
    replaced: Iterable[tuple[str, str]], redacted: str
) -> tuple[dict[str, str], frozenset[str], int]:
    """What goes wherever it stands, which of it are words in small letters, how many stay in place.

    `replaced` are the (surface, pseudonym) of a review, `redacted` all its redacted text. What
    redaction left standing more often than it took is a word that is an identifier only in its
    place: the 1 of a house, a child's nine years. So is a date that it left standing at all: those
    of action plans keep their month.
    """
    taken: dict[str, Counter[str]] = {}
    spelt: dict[str, str] = {}
    for surface, pseudonym in replaced:
        said = squeeze(surface)
        taken.setdefault(said, Counter())[pseudonym] += 1
        spelt.setdefault(said, surface)
    everywhere: dict[str, str] = {}
    words: set[str] = set()
    for said, pseudonyms in taken.items():
        surface = spelt[said]
        left = [match.group() for match in pattern([surface]).finditer(redacted)]
        same = sum(not one.islower() or surface.islower() for one in left)
        dated = all(pseudonym.startswith("[DATE") for pseudonym in pseudonyms)
        if not said or _BARE.fullmatch(surface) or same > (0 if dated else pseudonyms.total()):
            continue
        if not surface.islower() and any(one.islower() for one in left):
            words.add(said)
        elif surface.islower() and same and " " not in surface:
            continue
        everywhere[surface] = pseudonyms.most_common(1)[0][0]
    return everywhere, frozenset(words), len(taken) - len(everywhere)


def pattern(surfaces: Sequence[str]) -> re.Pattern[str]:
    """Finds any of the surfaces as whole tokens, in any case, over the ends of lines."""
    either = "|".join(map(_loose, surfaces))
    return re.compile(_FREE.format(f"(?:{either})"), re.IGNORECASE)


def _loose(surface: str) -> str:
    parts: list[str] = []
    before = ""
    for sign in normal(" ".join(surface.split())):
        if sign.isspace():
            parts.append(r"\s+")
        elif sign in _HYPHENS:
            parts.append(rf"[{_HYPHENS}]\s*")
        elif sign in APOSTROPHES:
            parts.append(f"[{APOSTROPHES}]")
        else:
            parts.append((_BREAK if before.isalnum() and sign.isalnum() else "") + re.escape(sign))
        before = sign
    return "".join(parts)
