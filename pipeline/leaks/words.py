"""Text as words that compare equal however they are spelt: case, accents, hyphens, possessives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

# A pseudonym is one word: neither "PERSON" nor "3" of "[PERSON 3]" is anybody's.
PSEUDONYM = r"\[[A-Z]+(?: [^\[\]]{1,20})?\]"
_NUMBER = re.compile(r"(?<![^\W_])\(?\d+(?:(?:\) ?|\)?-|[ /.–-])\d+)+(?![^\W_])")
APOSTROPHES = "'’‘ʼ`´"
"""What people type for an apostrophe, for a character class."""
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_SILENT = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


_WORD = re.compile(rf"{PSEUDONYM}|[^\W_]+(?:[{APOSTROPHES}][^\W_]+)*['’]?")


class Word(NamedTuple):
    """A word as it is compared, and where it stands in its text (end exclusive)."""

    form: str
    start: int
    end: int


def normal(text: str) -> str:
    """The text in NFKC, without signs that nobody sees."""
    return unicodedata.normalize("NFKC", _SILENT.sub("", text))


def squeeze(text: str) -> str:
    """The letters and digits of a text, case aside: '01632 960-417' is 01632960417."""
    return "".join(filter(str.isalnum, normal(text).casefold()))


def words(text: str) -> Iterator[Word]:
    """The words of a text: hyphens, full stops, underscores and the like stand between words."""
    for match in _WORD.finditer(text):
        yield Word(_form(match.group()), *match.span())


def numbers(text: str) -> Iterator[Word]:
    """Numbers that are written in groups, as one: '(01632) 960-417' is 01632960417."""
    for match in _NUMBER.finditer(text):
        yield Word(re.sub(r"\D", "", match.group()), *match.span())


def forms(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: "O'Brien-HALE's" is obrien, hale."""
    return tuple(word.form for word in words(text))


def _form(word: str) -> str:
    if word.isascii() and word.isalnum():
        return word.lower()
    if word.startswith("["):
        return word
    plain = unicodedata.normalize("NFKD", _APOSTROPHE.sub("'", normal(word)).casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return plain.removesuffix("'s").replace("'", "")
