"""Whose name is whose: mentions of people and places in one review, joined to one identity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.redact import titles


def parts(surface: str) -> tuple[list[str], str]:
    """First names or initials, and surname, casefolded; a bare word is a surname here."""
    words = titles.bare(surface).casefold().replace("’", "'")
    if "," in words:
        surname, _, given = words.partition(",")
        return given.split(), surname.strip()
    *given_names, last = re.findall(r"[^\s.]+", words) or [words]
    return given_names, last


def near(first: str, second: str) -> bool:
    """Whether two words of six letters or more differ by at most one letter or one swap."""
    if first == second:
        return True
    if min(len(first), len(second)) < 6 or abs(len(first) - len(second)) > 1:
        return False
    head = next((n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    if head is None:
        return True
    left, right = first[head:], second[head:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


@dataclass
class Person:
    """One person of a review, as far as mentions can be told apart."""

    surname: str
    given: list[str] = field(default_factory=list)

    def takes(self, given: list[str], surname: str) -> bool:
        """Whether a mention with these names can be this person."""
        if len(surname) > 1 and near(surname, self.surname):
            return not given or not self.given or _fits(given[0], self.given[0])
        return not given and bool(self.given) and surname == self.given[0]

    def has_initials(self, letters: str) -> bool:
        """Whether 'jt' are this person's initials."""
        return bool(self.given) and letters == self.given[0][0] + self.surname[0]


def _fits(first: str, second: str) -> bool:
    return near(first, second) or (1 in (len(first), len(second)) and first[0] == second[0])


class People:
    """The people of one review; full names must be met before single words are asked for."""

    def __init__(self, surfaces: Iterable[str]) -> None:
        self._people: list[Person] = []
        for surface in sorted(set(surfaces), key=lambda s: (-len(parts(s)[0]), -len(s), s)):
            self._meet(surface)

    def _meet(self, surface: str) -> None:
        if _letters(surface):
            return
        given, surname = parts(surface)
        if not any(person.takes(given, surname) for person in self._people):
            self._people.append(Person(surname, given))

    def identity(self, surface: str) -> int | str:
        """Number of the person; the words themselves when nobody or more than one fits."""
        letters = _letters(surface)
        if letters:
            fits = [n for n, p in enumerate(self._people) if p.has_initials(letters)]
        else:
            given, surname = parts(surface)
            fits = [n for n, p in enumerate(self._people) if p.takes(given, surname)]
        given, surname = parts(surface)
        return fits[0] if len(fits) == 1 else " ".join([_sex(surface), *given, surname])


def _sex(surface: str) -> str:
    # Mr and Mrs of one name are two people even where nothing tells which two.
    title = titles.SEXED.match(surface)
    return "" if title is None else "m" if title[1] == "Mr" else "f"


def _letters(surface: str) -> str:
    bare = surface.replace(".", "").replace(" ", "")
    return bare.casefold() if len(bare) in (2, 3) and bare.isupper() else ""


def name_key(surface: str) -> str:
    """A name without article, case and punctuation."""
    return re.sub(r"^the |[’'.,]|-", "", surface.casefold())


def variants(names: Iterable[str]) -> Iterator[str]:
    """Each name as it is and in capitals; one with an apostrophe also as it is misspelt."""
    for name in names:
        for spelling in _spellings(name):
            yield spelling
            yield spelling.upper()


_APOSTROPHE = re.compile(r"(?<=\w)[’'](?=\w)")


def _spellings(name: str) -> Iterator[str]:
    """O'Neill, O’Neill, ONeill, O Neill, Oneill."""
    yield name
    if _APOSTROPHE.search(name):
        yield from (_APOSTROPHE.sub(mark, name) for mark in ("'", "’", "", " "))
        yield re.sub(r"(?<=\w)[’'](\w)", lambda next_letter: next_letter[1].lower(), name)
