"""What one review tells about its own words, gathered before anything is looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.redact.declared import declared_names, frequent_initials, frequent_letters
from pipeline.redact.protect import TITLED_LABEL, borne_by_others, cited_authors
from pipeline.redact.words import LAWS, LOWER, NATIONS_AND_DAYS, ROLES

# What a message has without any capital letter says nothing about which words are names.
_MESSAGE = re.compile(r"[“\"][^“”\"A-Z]{12,}[”\"]")
# Not the parts of an address: "llinos.m@board.example" does not make Llinos a common word.
_LOWERCASE = re.compile(rf"(?<![\w.@/-])[{LOWER}]+(?![\w.+%-]*@|\.\w)")


@dataclass(frozen=True)
class Context:
    """Words of one review that finders must treat in their own way."""

    pseudonyms: frozenset[str]
    """Names that the report declares as pseudonyms."""
    authors: frozenset[str]
    """Surnames of authors whose published work it cites, and whose name nobody in it has."""
    initials: frozenset[str]
    """Two-letter capitals that are acronyms or labels."""
    labels: tuple[str, ...]
    """Labels of a title and a letter ('Mrs K'), which a full stop makes look like an initial."""
    letters: frozenset[str]
    """Single capitals by which it calls people again and again, or in labels ('Adult A')."""
    lowercase: frozenset[str]
    """Words that it also writes without a capital."""
    latest_year: int
    """Two-digit years belong to the hundred years that end here."""

    def kept(self, words: Sequence[str]) -> bool:
        """Whether all words are names that stay: pseudonyms and authors."""
        return bool(words) and all(w in self.pseudonyms or w in self.authors for w in words)

    def names_nobody(self, word: str) -> bool:
        """Whether a capitalised word is a name that stays, or tells somebody's part."""
        return self.kept([word]) or word.casefold() in ROLES

    def usual(self, word: str) -> bool:
        """Whether a capitalised word is a label, a name that stays, a country, weekday or law."""
        common = word.casefold()
        return (
            self.kept([word])
            or word in self.initials
            or word in self.letters
            or common in NATIONS_AND_DAYS
            or common in LAWS
        )


def context_of(passages: Sequence[tuple[str, str]], *, year_of_death: int | None) -> Context:
    """The context of one review from (heading path, text) pairs in reading order."""
    texts = [text for _, text in passages]
    authors = frozenset().union(*map(cited_authors, texts))
    return Context(
        pseudonyms=declared_names(passages),
        authors=authors - borne_by_others(authors, texts),
        initials=frequent_initials(texts),
        labels=tuple(sorted({m for t in texts for m in TITLED_LABEL.findall(t)})),
        letters=frequent_letters(texts),
        lowercase=frozenset(
            w for text in texts for w in _LOWERCASE.findall(_MESSAGE.sub("", text))
        ),
        latest_year=(year_of_death or 2025) + 9,
    )
