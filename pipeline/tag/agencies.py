"""Agencies by canonical id: named in a label or column, or addressed by a recommendation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

AGENCIES: list[dict[str, Any]] = tomllib.loads(
    files(__package__).joinpath("agencies.toml").read_text("utf-8")
)["agency"]
"""The entries of agencies.toml, which says what its keys mean."""
IDS = tuple(agency["id"] for agency in AGENCIES)
NAMES = {agency["id"]: agency["name"] for agency in AGENCIES}

_PSEUDONYM = r"\[[^\]]*\]"
_JOINT = re.compile(
    r"\s*(?:[,;/&]\s*(?:and\b|&)?|\b(?:and|or|as well as|together with|along with)\b)\s*"
    rf"(?:(?:the|all|its|their|local|both|other|{_PSEUDONYM})\s*)*",
    re.IGNORECASE,
)
"""What may stand between the agencies of one list."""
_BEFORE = re.compile(
    rf"(?:(?:the|all|each|every|both|local|relevant|any|for|to|{_PSEUDONYM})\s+|[“\"‘'(]\s*)*",
    re.IGNORECASE,
)
"""What may stand before the agency that opens a sentence."""
_FILLER = re.compile(
    r"\b(?:recommendations?|actions?|for|to|the|and|or|of|all|local|regional|national|single|"
    rf"agency|individual|services?|departments?|teams?)\b|{_PSEUDONYM}|[\W\d_]",
    re.IGNORECASE,
)
_MODAL = (
    r"(?:should|must|shall|will|needs? to|ought to|(?:is|are) (?:asked|recommended|encouraged|"
    r"invited|requested|required|urged|to)|to (?!the\b|a\b)[a-z]+|continues? to|consider|considers|"
    r"ensures?|reviews?|seeks?|works?|develops?|provides?)\b"
)
_ADDRESS = re.compile(rf"\s*,?\s*(?:(?:also|each|jointly|all|both|together)\s+)*{_MODAL}")
_ANY_MODAL = re.compile(r"\b(?:should|must|shall|will|needs? to|ought to)\b")
_RUN_IN = re.compile(r"\s+[A-Z]")
"""A label in bold that no sign parts from the sentence: "Police No log should …"."""
_LEAD_IN = re.compile(
    r"(?:it is (?:further |also )?(?:recommended|suggested) |(?:the )?(?:review |overview )?"
    r"(?:panel|review|chair|author|report) (?:also |further )?recommends? |recommend(?:s|ed)? )?"
    r"(?:that )?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\(([^()]{2,150})\)\s*[:.–—-]?|([^:.]{2,120}?)(?:\s*:|\s+[–—-])(?=\s)")
_SENTENCE_END = re.compile(r"(?<=[.;])\s+")
_DOER = re.compile(r"\bby\s+$", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    r"\b(?:(?:of|to|from|with|by|in|into|about|at|on|between|within|through|under)\s+\x00"
    r"|for\s+\x00(?!\s+to\b))",
    re.IGNORECASE,
)
"""Before an agency that belongs to the subject and is not it: "referrals to the MARAC should",
but "a need for the police to"; the agency with its article is \\x00 here."""


class Mention(NamedTuple):
    """Where a text names agencies; `bare` where only the place tells that it does."""

    start: int
    end: int
    ids: frozenset[str]
    bare: bool


def named(text: str) -> tuple[str, ...]:
    """The ids of all agencies that a label, heading or column of agencies names, in list order."""
    return _ordered(_mentions(text))


def names_only(text: str) -> bool:
    """Whether a text names agencies and nothing else: "Police", "Recommendations for the CCG"."""
    mentions = _mentions(text)
    for mention in reversed(mentions):
        text = text[: mention.start] + text[mention.end :]
    return bool(mentions) and not _FILLER.sub("", text)


def addressed(text: str) -> tuple[str, ...]:
    """The ids of those whom a recommendation addresses, in list order.

    They are named in the label that opens it, or else are the subjects of its first sentence
    that has such subjects; agencies that it only mentions are not among them.
    """
    label = _LABEL.match(text)
    if label and not _ANY_MODAL.search(label[0]):
        if of_label := named(label[1] or label[2]):
            return of_label
        text = text[label.end() :].lstrip()
    return next((ids for s in _SENTENCE_END.split(text) if (ids := _subjects(s))), ())


def _subjects(sentence: str) -> tuple[str, ...]:
    lead_in = _LEAD_IN.match(sentence)
    sentence = sentence[lead_in.end() :] if lead_in else sentence
    lists = list(_lists(_mentions(sentence), sentence))
    if lists and _opens(lists[0], sentence) and _RUN_IN.match(sentence, lists[0][-1].end):
        return _ordered(lists[0])
    subjects = [one for one in lists if _is_subject(one, sentence)]
    # "A campaign should be run by the Partnership": who is to do it stands after "by".
    doers = [one for one in lists if _DOER.search(sentence[: _opened(one, sentence)])]
    return _ordered(mention for one in subjects or doers for mention in one)


def doers(sentence: str) -> tuple[str, ...]:
    """The ids of the agencies that did, or did not do, what a sentence of findings tells.

    Those that stand after "by"; else those named first, with those that are joined to them.
    """
    told = [m for m in _mentions(sentence) if not m.bare or _opens([m], sentence)]
    lists = list(_lists(told, sentence))
    after_by = [one for one in lists if _DOER.search(sentence[: _opened(one, sentence)])]
    return _ordered(mention for one in after_by or lists[:1] for mention in one)


def _opened(mentions: Sequence[Mention], sentence: str) -> int:
    """Where the list begins, its article included."""
    before = sentence[: mentions[0].start]
    return len(re.sub(r"(?:\b(?:the|all|local)\s+)+$", "", before, flags=re.IGNORECASE))


def _opens(mentions: Sequence[Mention], sentence: str) -> bool:
    return _BEFORE.fullmatch(sentence, 0, mentions[0].start) is not None


def _is_subject(mentions: Sequence[Mention], sentence: str) -> bool:
    end = mentions[-1].end
    if _ADDRESS.match(sentence, end):
        around = f"{sentence[: _opened(mentions, sentence)]}\x00{sentence[end:]}"
        return not _OF_ANOTHER.search(around)
    return _opens(mentions, sentence) and not all(mention.bare for mention in mentions)


def _lists(mentions: Sequence[Mention], text: str) -> Iterator[list[Mention]]:
    """The mentions, those together that are joined by commas or "and"."""
    found: list[Mention] = []
    for mention in mentions:
        if found and not _JOINT.fullmatch(text, found[-1].end, mention.start):
            yield found
            found = []
        found.append(mention)
    if found:
        yield found


def _ordered(mentions: Iterable[Mention]) -> tuple[str, ...]:
    ids = {agency for mention in mentions for agency in mention.ids}
    return tuple(agency for agency in IDS if agency in ids)


def _mentions(text: str) -> list[Mention]:
    """Where agencies are named, in order; of those that overlap the longest."""
    text = text.replace("'", "’")
    found: dict[tuple[int, int], Mention] = {}
    for agency, bare, pattern in _patterns():
        for match in pattern.finditer(text):
            earlier = found.get(match.span())
            ids = frozenset({agency}) | (earlier.ids if earlier else frozenset())
            found[match.span()] = Mention(*match.span(), ids, bare)
    kept: list[Mention] = []
    for mention in sorted(found.values(), key=lambda m: (m.start - m.end, m.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept)


@cache
def _patterns() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    kinds = (("bare", True, re.IGNORECASE), ("phrases", False, re.IGNORECASE),
             ("acronyms", False, re.NOFLAG))  # fmt: skip
    told = [
        (agency["id"], bare, re.compile(rf"\b(?:{'|'.join(agency[kind])})(?:’s?)?(?!\w)", flag))
        for kind, bare, flag in kinds
        for agency in AGENCIES
        if kind in agency
    ]
    masked = [
        (agency["id"], False, re.compile(rf"\[(?:{'|'.join(agency['sorts'])}) \d+\](?:’s?)?"))
        for agency in AGENCIES
        if "sorts" in agency
    ]
    return (*told, *masked)
