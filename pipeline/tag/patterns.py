"""Phrases and patterns of a codebook, compiled to spaCy token patterns.

A pattern is a row of slots with spaces between:

    strangle              any inflection of the word (strangled, strangling, …)
    =hands                exactly this word
    MARAC                 in capitals: exactly so, capitals included
    husband|wife|partner  any of these; `walked_out` is two words
    not?                  may be missing
    !own|other            any one word but these
    ~  ~5                 a gap of up to 3 (5) words within the sentence
    {poss} {person} {number}   her / his / Adult B's …; she / him / Adult B …; 2, three …

Hyphens and apostrophes need no care: `high-risk` and `high risk` are the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import spacy
from lemminflect import getAllInflections, getAllLemmas
from spacy.language import Language
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.matcher import Matcher
from spacy.tokens import Doc

from pipeline.errors import BadSettings

TokenPattern = dict[str, Any]

# A gap may not run into the next sentence or table cell.
_STOPS = [".", ";", "?", "!", "|", ":"]
_GAP_TOKEN: TokenPattern = {"LOWER": {"NOT_IN": _STOPS}, "OP": "?"}

_POSSESSIVES = ["her", "his", "their", "its", "your", "my", "our"]
_PERSONS = [
    "he", "she", "they", "him", "her", "them", "who", "himself", "herself",
    "victim", "perpetrator", "deceased", "husband", "wife", "partner", "boyfriend", "girlfriend",
    "mother", "father", "mum", "dad", "son", "daughter", "brother", "sister", "parent", "parents",
    "couple", "woman", "man", "children", "child", "family",
]  # fmt: skip
# A label: a pseudonym in brackets, or a name followed perhaps by its letter or number.
_LABEL: TokenPattern = {"TEXT": {"REGEX": r"^[A-Z][a-z0-9]+$"}}
_LETTER: TokenPattern = {"TEXT": {"REGEX": r"^([A-Z]|\d{1,2})$"}}
_AUXILIARIES = {"be", "have", "do"}
_GENITIVE: TokenPattern = {"LOWER": {"IN": ["'s", "'"]}}

_TYPED: dict[str, list[list[TokenPattern]]] = {
    "{poss}": [
        [{"LOWER": {"IN": _POSSESSIVES}}],
        [{"LOWER": {"IN": ["the", "a"]}, "OP": "?"}, {"LOWER": {"IN": _PERSONS}}, _GENITIVE],
        [_LABEL, _GENITIVE],
        [_LABEL, _LETTER, _GENITIVE],
    ],
    "{person}": [
        [{"LOWER": {"IN": _PERSONS}}],
        [{"LOWER": {"IN": [*_POSSESSIVES, "the", "a"]}}, {"LOWER": {"IN": _PERSONS}}],
        [_LABEL],
        [_LABEL, _LETTER],
    ],
    "{number}": [[{"LIKE_NUM": True}]],
}


class Find(NamedTuple):
    """One place where a pattern matched; character offsets into the text, end exclusive."""

    start: int
    end: int


class _Compiled(NamedTuple):
    key: str
    matcher: Matcher


@cache
def tokenizer() -> Language:
    """The English tokenizer that patterns and texts are cut with (no tagger, no parser)."""
    return spacy.blank("en")


def tokens(text: str) -> Doc:
    """The text as tokens; their offsets are offsets into the text as given."""
    return tokenizer()(_normalise(text))


def _normalise(text: str) -> str:
    """The text with one spelling of apostrophes, hyphens and pseudonyms; no offset moves."""
    text = text.replace("’", "'").replace("‘", "'")
    text = re.sub(r"(?<=\w)[-\u2010\u2011](?=\w)", " ", text)
    # '[PERSON 4]' would be cut into four tokens; as one word it fills a {person} slot.
    return re.sub(r"\[([A-Z]+)(?: ([\w -]+))?\]", _one_word, text)


def _one_word(pseudonym: re.Match[str]) -> str:
    inside = pseudonym[0][1:-1]
    return "X" + re.sub(r"\W", "x", inside).lower() + "x"


class PatternSet:
    """Patterns under keys, found in a text in one pass.

    Every pattern is filed under its rarest-looking word, so that a text is only tried against
    patterns one of whose words it holds: matching time then hardly grows with the codebook.
    """

    def __init__(self, patterns: Sequence[tuple[str, str]]) -> None:
        """Compile (key, pattern) pairs; raises `BadSettings` naming key and pattern."""
        self._filed: dict[str, list[_Compiled]] = defaultdict(list)
        for key, pattern in dict.fromkeys(patterns):
            slots = _slots(key, pattern)
            compiled = _Compiled(key, Matcher(tokenizer().vocab))
            compiled.matcher.add(key, [list(sum(way, [])) for way in product(*slots)])
            for word in _anchor(key, pattern):
                self._filed[word].append(compiled)

    def find(self, doc: Doc) -> dict[str, list[Find]]:
        """Key → the finds in the text, in order, the longest at each place."""
        tried = {}
        for word in dict.fromkeys(token.lower_ for token in doc):
            for compiled in self._filed.get(word, ()):
                tried[id(compiled)] = compiled
        found: dict[str, list[Find]] = defaultdict(list)
        for compiled in tried.values():
            for _, start, end in compiled.matcher(doc):
                found[compiled.key].append(
                    Find(doc[start].idx, doc[end - 1].idx + len(doc[end - 1]))
                )
        return {key: _longest(finds) for key, finds in found.items()}


def _longest(finds: list[Find]) -> list[Find]:
    kept: list[Find] = []
    for find in sorted(finds, key=lambda f: (f.start, -f.end)):
        if not kept or find.start >= kept[-1].end:
            kept.append(find)
    return kept


def _slots(key: str, pattern: str) -> list[list[list[TokenPattern]]]:
    """Per slot, the ways to fill it, each a list of token patterns."""
    slots = []
    for slot in pattern.split():
        if re.fullmatch(r"~\d*", slot):
            slots.append([[_GAP_TOKEN] * int(slot[1:] or 3)])
            continue
        ways = _ways(key, pattern, slot.removesuffix("?"))
        slots.append([*ways, []] if slot.endswith("?") else ways)
    return slots


def _ways(key: str, pattern: str, slot: str) -> list[list[TokenPattern]]:
    if slot in _TYPED:
        return _TYPED[slot]
    if slot.startswith("{"):
        raise BadSettings(f"code {key}: pattern {pattern!r}: {slot} is not a slot that exists")
    if slot.startswith("!"):
        words = {form for word in slot[1:].split("|") for form in _forms(word)}
        return [[{"LOWER": {"NOT_IN": sorted(words | set(_STOPS))}}]]
    singles: set[str] = set()
    ways = []
    for alternative in slot.split("|"):
        cut = [t.text for t in tokens(alternative.replace("_", " "))]
        if len(cut) > 1 and cut[0] != "=":
            ways.append([_token(word) for word in cut])
        elif _is_acronym(alternative):
            ways.append([{"TEXT": alternative}])
        else:
            singles |= _forms(alternative)
    return ([[{"LOWER": {"IN": sorted(singles)}}]] if singles else []) + ways


def _token(word: str) -> TokenPattern:
    return {"TEXT": word} if _is_acronym(word) else {"LOWER": {"IN": sorted(_forms(word))}}


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


@cache
def _forms(word: str) -> frozenset[str]:
    """The word in every inflection, lower-case; `=word` stands for itself alone."""
    if word.startswith("="):
        return frozenset({word[1:].lower()})
    word = word.lower()
    if word not in _AUXILIARIES and (word in STOP_WORDS or not word.isalpha()):
        return frozenset({word})
    lemmas = {word, *(lemma for found in getAllLemmas(word).values() for lemma in found)}
    inflected = {f for lemma in lemmas for ways in getAllInflections(lemma).values() for f in ways}
    return frozenset({word, *lemmas, *(form.lower() for form in inflected)})


def _anchor(key: str, pattern: str) -> set[str]:
    """The words, one of which every match must hold: those of the slot that looks rarest."""
    candidates = list(_anchors(pattern))
    if not candidates:
        raise BadSettings(f"code {key}: pattern {pattern!r} needs a slot that holds a word")
    return min(candidates, key=lambda words: (bool(words & STOP_WORDS), len(words)))


def _anchors(pattern: str) -> Iterator[set[str]]:
    for slot in pattern.split():
        if slot[0] in "~!{" or slot.endswith("?"):
            continue
        words: set[str] = set()
        for alternative in slot.split("|"):
            first = alternative
            if not alternative.startswith("="):
                # Of several words in one slot the longest serves.
                first = max((t.text for t in tokens(alternative.replace("_", " "))), key=len)
            words |= {first.lower()} if _is_acronym(first) else _forms(first)
        yield words
