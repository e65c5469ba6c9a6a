"""Names among words that are all in capitals, where a capital tells nothing.

The recogniser takes every other word of such a sentence for a name: 'KILL HELEN', 'TWICE'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lemminflect import getAllLemmas

from pipeline.redact import titles
from pipeline.redact.find import Find
from pipeline.redact.words import UPPER, WORD_NAMES, acted, common, never_named, ordinary

_CAPITALS = rf"[{UPPER}\d]+(?:[’'-][{UPPER}\d]+)*"
# A name alone has one word or two.
_STRETCH = re.compile(rf"(?<![\w’'-]){_CAPITALS}(?:[,;:]? {_CAPITALS}){{2,}}(?![\w’'-])")
_WORD = re.compile(_CAPITALS)
_NEXT = re.compile(rf"(?<= ){_CAPITALS}")
_TITLE = re.compile(titles.TITLE, re.IGNORECASE)
_OBJECT = re.compile(
    r" (?:HER|HIM|HIS|THEM|THEIR|ME|MY|YOU|YOUR|US|OUR|IT|ITS|THE|A|AN|THAT|UP|OUT|OFF)\b"
)
"""What follows a verb, and hardly ever a surname."""


def in_prose(text: str, start: int, end: int) -> bool:
    """Whether a stretch in capitals around `text[start:end]` tells what somebody did."""
    return any(
        acted(word.group())
        for stretch in _STRETCH.finditer(text)
        if stretch.start() <= start and end <= stretch.end()
        for word in _WORD.finditer(stretch.group())
    )


def names_in(run: Find, text: str, lowercase: frozenset[str]) -> Iterator[Find]:
    """A recognised run, or of one among words in capitals only what can be a name.

    `lowercase` are words that the review also writes without a capital.
    """
    around = any(m.start() <= run.start and run.end <= m.end() for m in _STRETCH.finditer(text))
    if not around or run.kind not in ("PERSON", "PLACE", "OTHER"):
        yield run
        return
    words = list(_WORD.finditer(text, run.start, run.end))
    while words and never_named(words[0].group()):
        words.pop(0)
    while words and never_named(words[-1].group()):
        words.pop()
    if run.kind == "OTHER":
        yield from [run] if words else []
        return
    after = _NEXT.match(text, words[-1].end() + 1) if words and _named(words[-1].group()) else None
    if run.kind == "PERSON" and after and _odd(after, lowercase):
        words.append(after)  # "JANE" of "JANE BAKER RANG"
    # "PLOVER LANE", "THE ROSE AND CROWN" go whole
    place = run.kind == "PLACE" and len(words) > 1
    for group in [words] if place else _people(words, lowercase):
        yield run._replace(start=group[0].start(), end=group[-1].end())


def _people(words: list[re.Match[str]], lowercase: frozenset[str]) -> Iterator[list[re.Match[str]]]:
    """Each first name with what can be its surname, each title with what follows it.

    And words by themselves that can be hardly anything but a name here.
    """
    group: list[re.Match[str]] = []
    for word in words:
        title = bool(_TITLE.fullmatch(word.group())) and not never_named(word.group())
        after_name = bool(group) and (_opens(group) or _named(group[-1].group()))
        if title or not (_odd(word, lowercase) or (after_name and _surname(word, lowercase))):
            yield from _told(group)
            group = [word] if title else []
        elif group and (after_name or not _named(word.group())):
            group.append(word)
        else:
            yield from _told(group)
            group = [word]
    yield from _told(group)


def _opens(group: list[re.Match[str]]) -> bool:
    """Whether there are only titles yet."""
    return all(_TITLE.fullmatch(word.group()) for word in group)


def _told(group: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    if not _opens(group):
        yield group


def _named(word: str) -> bool:
    return not ordinary(word) or word.casefold() in WORD_NAMES


def _surname(word: re.Match[str], lowercase: frozenset[str]) -> bool:
    """Whether a word after a first name or title can be a surname, not what somebody does."""
    does = "VERB" in getAllLemmas(word.group().casefold()) and (
        word.group().casefold() in lowercase or _OBJECT.match(word.string, word.end())
    )
    return not (does or never_named(word.group()))


def _odd(match: re.Match[str], lowercase: frozenset[str]) -> bool:
    """Whether a word can hardly be anything but a name: also of nouns that are no verb."""
    word = match.group().casefold()
    kinds = getAllLemmas(word)
    noun = "NOUN" in kinds and "VERB" not in kinds
    return _named(word) or (noun and not (word in lowercase or common(word)))
