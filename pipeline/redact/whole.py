"""What a finder stopped short of: letters after a name, the rest of a place's name."""

from __future__ import annotations

import re

from pipeline.redact.find import Find, Span, overlaps
from pipeline.redact.titles import JOB_TITLE, POST_NOMINALS
from pipeline.redact.words import (
    COMPASS,
    LANDFORMS,
    LOWER,
    NAME_WORD,
    WORDS,
    common,
    ordinary,
    sentence_initial,
)

_AFTER_PERSON = re.compile(
    rf"(?: (?:senior|junior|snr|jnr|Sr|Jr)\b| [A-Z]\.(?![A-Z]))?{POST_NOMINALS}"
)
_JOB_BEFORE = re.compile(rf"(?<![\w-]){JOB_TITLE} $")
_INITIALS_BEFORE = re.compile(r"(?<![\w.’'-])(?:(?!I )[A-Z]\.? ){1,3}$")
_INITIAL_AFTER = re.compile(r" (?!I\b)[A-Z](?= [–—-]|[”’\"),;|]|\.?$| [A-Z]{3,})")
_HYPHENED = re.compile(rf"(?:-[{LOWER}]+)+(?!\w)")
# "Omar al-Khatib", "Masjid al-Noor"
_ARTICLE = re.compile(rf" (?:[Aa](?:[dlnrstz]|dh|sh|th)|[Uu][lrd]|[Ee][ln])-{NAME_WORD}")
_NEXT = re.compile(rf" ({NAME_WORD})(?! of\b)")
_PREVIOUS = re.compile(rf"\b({NAME_WORD}) $")
_POINT = "(?:North|South|East|West|Mid)"
_PAIR = re.compile(rf"\b{_POINT},? (?:and|&) (?:{_POINT} )?$")
_COUNTED = frozenset(WORDS["units"])
_OPENERS = COMPASS | {"cold", "long"}
# What a sentence may begin with: "New Wexmere guidance", "High Thorle figures".
_ALSO_ADJECTIVES = {"high", "long", "new", "old", "royal", "cold", "great", "little"}
_PLACES = ("PLACE", "PERSON")
_WHOLE = ("people.", "places.road", "places.street", "places.address", "places.premises")


def whole(find: Find, text: str, spans: list[Span]) -> Find:
    """The find as far as the name goes that it is part of, outside the protected `spans`."""
    if find.kind == "PERSON" and (after := _AFTER_PERSON.match(text, find.end)):
        find = find._replace(end=after.end())
    job = (
        _JOB_BEFORE.search(text, max(0, find.start - 60), find.start)
        if find.kind == "PERSON"
        else None
    )
    if job and not overlaps(job.span(), spans):
        find = find._replace(start=job.start())
    if find.kind in _PLACES and (article := _ARTICLE.match(text, find.end)):
        find = find._replace(end=article.end())
    rest = _HYPHENED.match(text, find.end)
    if find.kind in _PLACES and rest and not any(map(ordinary, rest.group()[1:].split("-"))):
        find = find._replace(end=rest.end())
    if find.kind in _PLACES and not find.rule.startswith(_WHOLE):
        find = _forwards(_backwards(find, text), text, spans)
    return find


def with_initials(find: Find, text: str, labels: list[Span], letters: frozenset[str]) -> Find:
    """A known name with the initials beside it: 'K Lowes' of Lowes, 'Kieran L' of Kieran.

    `labels` are the stretches of the report's own labels, `letters` those by which it calls
    people: "Kieran, L" may be two of them.
    """
    if find.kind != "PERSON" or " " in text[find.start : find.end]:
        return find
    before = _INITIALS_BEFORE.search(text[: find.start])
    if before and not (
        (before.group() == "A " and sentence_initial(text, before.start()))
        or overlaps(before.span(), labels)
    ):
        find = find._replace(start=before.start())
    after = _INITIAL_AFTER.match(text, find.end)
    if after and after.group().strip() not in letters:
        find = find._replace(end=after.end())
    return find


def _forwards(find: Find, text: str, spans: list[Span]) -> Find:
    """'Corrie' of 'Corrie Head' or 'Thorle Vale Harriers'."""
    while (after := _NEXT.match(text, find.end)) and not overlaps(after.span(1), spans):
        word = after[1].casefold()
        landform = word in LANDFORMS
        if not landform and (find.kind != "PLACE" or common(word)):
            break
        named = find.rule.startswith("unknown.") and " " not in text[find.start : find.end]
        kind = "PLACE" if landform and named else find.kind
        find = find._replace(end=after.end(1), kind=kind)
    return find


def _backwards(find: Find, text: str) -> Find:
    """'Lea' of 'Outer Lea', 'Rivers' of 'Three Rivers'."""
    pair = _PAIR.search(text[: find.start])
    if find.kind == "PLACE" and pair:
        return find._replace(start=pair.start())
    before = _PREVIOUS.search(text[: find.start])
    if not before or text[find.start : find.end].startswith(("The ", "the ")):
        return find
    word = before[1].casefold()
    initial = sentence_initial(text, before.start())
    first = text[find.start : find.end].split()[0]
    counted = word in _COUNTED and first.endswith("s") and ordinary(first)
    if counted or (word in _OPENERS and not (initial and word in _ALSO_ADJECTIVES)):
        return find._replace(start=before.start(), kind="PLACE")
    return find
