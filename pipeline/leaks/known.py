"""The strings to look for: every surface that redaction replaced, in the forms it may take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

import pandas as pd

from pipeline.leaks.words import forms
from pipeline.redact import titles
from pipeline.redact.dates import iso
from pipeline.redact.learn import FIRM, NAMES
from pipeline.redact.names import near, parts
from pipeline.redact.words import GENERIC, NAME_WORD, NATIONAL, ordinary

Phrase = tuple[str, ...]
"""Words as `words.forms` gives them."""

_LETTERS = 3
"""Shorter names (initials, 'Al') are looked for in their own review, as they are written."""
_DIGITS = 6
"""A shorter number may be any number: it is looked for in its own review only."""
_CONTACT = 5
"""Letters and digits of the shortest postcode: 'M1 1AA' has five."""
_SAYING = 4
"""A headline of fewer words may be any words."""
_LATEST_YEAR = 2099
_NUMBERED = re.compile(r"^(?:(?:Flat|Apartment|Unit|Room|Plot|No)\.? )?\d+[A-Za-z]?(?:[-/]\d+)?,? ")
_TITLE = re.compile(titles.TITLE, re.IGNORECASE)
_ARTICLE = re.compile(r"^[Tt]he ")


class Meaning(NamedTuple):
    """What a phrase gives away: an identifier of a review, by type and pseudonym."""

    of_review: int
    type: str
    pseudonym: str
    everywhere: bool
    """False: it is a number, age, date or word like any other, or redaction was not sure of it;
    it is looked for in passages of its own review only."""


Known = dict[Phrase, list[Meaning]]


def known_strings(log: pd.DataFrame, names: Iterable[tuple[int, str]] = ()) -> Known:
    """What to look for: the surfaces of `log` (`contracts.REDACTION_LOG`) and documents' `names`.

    `names` are pairs of review number and file name.
    """
    known: dict[Phrase, set[Meaning]] = {}
    columns = ["review_id", "type", "pseudonym", "surface"]
    surest = log.groupby(columns, as_index=False)["score"].max()[[*columns, "score"]]
    for review, kind, pseudonym, surface, score in surest.itertuples(index=False):
        for phrase in _phrases(kind, surface):
            everywhere = score >= FIRM and _everywhere(kind, phrase)
            meaning = Meaning(int(review), kind, pseudonym, everywhere)
            known.setdefault(phrase, set()).add(meaning)
    for review, name in names:
        if len(phrase := forms(name)) > 1:
            known.setdefault(phrase, set()).add(Meaning(review, "OTHER", "its file name", True))
    return {phrase: sorted(meanings) for phrase, meanings in known.items()}


def hidden_names(hidden: pd.DataFrame) -> Known:
    """The names in text that a document hides (`contracts.HIDDEN_TABLE`): no rule looked there."""
    known: Known = {}
    for review, text in hidden[["review_id", "text"]].drop_duplicates().itertuples(index=False):
        meaning = Meaning(review, "OTHER", "hidden text", everywhere=True)
        for name in re.findall(rf"{NAME_WORD}(?: {NAME_WORD})*", text):
            for phrase in {forms(name), *((word,) for word in forms(name))}:
                if distinctive(phrase):
                    known[phrase] = [meaning]
    return known


def misspelt(known: Known, passages: pd.DataFrame) -> Known:
    """`known` with the words of each review that differ by one letter from a name of its own.

    `passages` are redacted (`contracts.REDACTED`). A word that the dictionary knows is no slip.
    """
    names: dict[int, list[tuple[str, Meaning]]] = {}
    for phrase, meanings in known.items():
        for m in meanings:
            if len(phrase) == 1 and m.everywhere and m.type in NAMES:
                names.setdefault(m.of_review, []).append((phrase[0], m))
    more: dict[Phrase, list[Meaning]] = {}
    for review, texts in passages.groupby("review_id")["text"]:
        own = names.get(int(str(review)), [])
        for word in _capitalised(texts):
            slips = [meaning for name, meaning in own if near(word, name)]
            more.setdefault((word,), []).extend(slips)
    slipped = {
        phrase: sorted({*meanings, *known.get(phrase, ())}) for phrase, meanings in more.items()
    }
    return known | {phrase: meanings for phrase, meanings in slipped.items() if meanings}


def _capitalised(texts: Iterable[str]) -> set[str]:
    found = {word for text in texts for word in re.findall(r"\b[A-ZÀ-Þ][\w’'-]+", text)}
    return {f for word in found for f in forms(word) if _distinctive(f)}


def _phrases(kind: str, surface: str) -> set[Phrase]:
    texts = _WAYS.get(kind, _whole)(surface)
    found = {phrase for text in texts if (phrase := forms(text))}
    # "Wood End" is also written Woodend, 01632 960 123 in one: only what nothing else can be.
    joined = {("".join(p),) for p in found if len(p) > 1 and _everywhere(kind, p)}
    return found | joined


def _whole(surface: str) -> Iterator[str]:
    yield surface


def _person(surface: str) -> Iterator[str]:
    surface = _ARTICLE.sub("", surface)
    if _TITLE.fullmatch(surface):
        return
    yield surface
    bare = titles.bare(surface)
    yield bare
    given, surname = parts(surface)
    yield " ".join([*given, surname])
    yield " ".join([surname, *given])
    # "PCSO, Tim Venn": what stands before the comma is no surname.
    yield from (
        name
        for name in (*given[:1], surname)
        if len(name) >= _LETTERS and not _TITLE.fullmatch(name)
    )


def _place(surface: str) -> Iterator[str]:
    yield _ARTICLE.sub("", surface)
    for piece in surface.split(","):
        piece = _ARTICLE.sub("", _NUMBERED.sub("", piece.strip()))
        words = re.split(r"[\s-]+", piece)
        if len(words) > 1 or not _common(words[0]):
            yield piece
        yield from (word for word in words if len(word) > _LETTERS and not _common(word))


def _contact(surface: str) -> Iterator[str]:
    yield surface
    mailbox, at, _ = surface.partition("@")
    # "r.hale@…" holds a surname, "dhr@…" none.
    if at and (names := re.findall(r"[A-Za-z]+", mailbox))[1:]:
        yield from (name for name in names if len(name) > _LETTERS and not _common(name))


def _date(surface: str) -> Iterator[str]:
    """The date as written and as usually written; a year alone stays in redacted text."""
    value = iso(surface, latest_year=_LATEST_YEAR) if re.search(r"\d{4}", surface) else ""
    if not re.fullmatch(r"\d{4}", surface.strip()):
        yield surface
    if len(value) == len("2016-03-14"):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return
        yield value
        for shape in ("{0.day} {0:%B} {0.year}", "{0:%B} {0.day} {0.year}", "{0:%d/%m/%Y}",
                      "{0.day}/{0.month}/{0.year}", "{0:%d/%m/%y}"):  # fmt: skip
            yield shape.format(day)
        ordinal = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 * (day.day // 10 != 1), "th")
        yield f"{day.day}{ordinal} {day:%B} {day.year}"


def _saying(surface: str) -> Iterator[str]:
    if len(surface.split()) >= _SAYING:
        yield surface


_WAYS: dict[str, Callable[[str], Iterator[str]]] = {
    "PERSON": _person,
    "PLACE": _place,
    "CONTACT": _contact,
    "DATE": _date,
    "OTHER": _saying,
}
"""Identifier type -> the ways in which a surface may be written."""


def _common(word: str) -> bool:
    return ordinary(word) or word.casefold() in GENERIC


def distinctive(phrase: Phrase) -> bool:
    """Whether a phrase can be nothing but a name, code or contact."""
    if sum(character.isdigit() for word in phrase for character in word) >= _DIGITS:
        return True
    return any(_distinctive(word) for word in phrase)


def _distinctive(word: str) -> bool:
    if word.isalpha():
        return len(word) >= _LETTERS and not _common(word)
    return not word.isdigit() and len(word) > _LETTERS and not word[:-2].isdigit()


def _everywhere(kind: str, phrase: Phrase) -> bool:
    if kind == "OTHER":
        return True
    if kind == "CONTACT" and sum(map(len, phrase)) >= _CONTACT:
        return len(phrase) > 1 or distinctive(phrase) or any(map(str.isdigit, phrase[0]))
    if len(phrase) == 1 and phrase[0].upper() in NATIONAL:
        return False
    return kind not in ("DATE", "AGE") and distinctive(phrase)
