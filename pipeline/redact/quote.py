"""Where a quoted text stands today: the Web Annotation model's TextQuoteSelector, attached again.

https://www.w3.org/TR/annotation-model/#text-quote-selector
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from pipeline.redact.decision import Decision

NEAR = 0.7
"""Context less alike than this (normalised Indel similarity) is another place's."""


class Place(NamedTuple):
    """A stretch of one of several texts."""

    number: int
    """Which text, from 0."""
    start: int
    end: int


class Found(NamedTuple):
    """The places that fit a quote best, all equally well."""

    places: list[Place]
    likeness: float
    """How alike their context is to the quote's, 0 to 1."""


def words(text: str, *, whole: bool = True) -> re.Pattern[str]:
    """A pattern for a text whatever the white space in it; `whole`: not within a longer word."""
    pattern = r"\s+".join(map(re.escape, text.split()))
    before = r"(?<!\w)" if whole and re.match(r"\w", text) else ""
    after = r"(?!\w)" if whole and re.search(r"\w$", text) else ""
    return re.compile(f"{before}{pattern}{after}")


def occurrences(text: str, texts: Sequence[str], *, whole: bool = True) -> Iterator[Place]:
    """Every place of the words in the texts."""
    pattern = words(text, whole=whole)
    for number, where in enumerate(texts):
        yield from (Place(number, *match.span()) for match in pattern.finditer(where))


def find_quote(quote: Decision, texts: Sequence[tuple[str, str]]) -> Found:
    """The best places of a quote in (passage id, text) pairs; none when its words are nowhere.

    Its own passage comes first, if the context there is still the same.
    """
    # What somebody typed, without a row to start from, must not be found within a longer word.
    typed = not quote.passage_id
    likeness = {
        place: _likeness(quote, texts[place.number][1], place)
        for place in occurrences(quote.text, [text for _, text in texts], whole=typed)
    }
    own = [
        place for place, alike in likeness.items()
        if alike == 1 and texts[place.number][0] == quote.passage_id
    ]  # fmt: skip
    if own:
        return Found(own, 1)
    best = max(likeness.values(), default=0.0)
    return Found([place for place, alike in likeness.items() if alike == best], best)


def locate(decision: Decision, passages: Sequence[tuple[str, str]]) -> str:
    """The outcome that a decision about a text would have in (passage id, text) pairs."""
    if decision.decision in ("reject", "add"):
        return standing(decision, find_quote(decision, passages))
    name, texts = decision.text, [text for _, text in passages]
    if decision.decision == "role":
        # "the victim" may stand at the beginning of sentences only.
        name, texts = name.casefold(), [text.casefold() for text in texts]
    return "applied" if any(occurrences(name, texts, whole=False)) else "not found"


def standing(decision: Decision, found: Found) -> str:
    """The outcome, a word of `vocabulary.OUTCOMES`, of a decision whose quote was looked for."""
    if not found.places:
        return "not found"
    if found.likeness < NEAR:
        return "context gone"
    several = decision.decision == "reject" and len(found.places) > 1
    return "several places" if several else "applied"


def _likeness(quote: Decision, text: str, place: Place) -> float:
    """Likeness of the context, each side as far as the quote tells it."""
    before, after = _one_line(quote.before), _one_line(quote.after)
    if not before and not after:
        return 1
    here_before = _one_line(text[: place.start])[-len(before) :] if before else ""
    here_after = _one_line(text[place.end :])[: len(after)]
    alike = [
        fuzz.ratio(said, here) / 100 * len(said)
        for said, here in ((before, here_before), (after, here_after))
    ]
    return sum(alike) / (len(before) + len(after))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
