"""Phrases and patterns of a codebook, compiled to spaCy token patterns.

A pattern is a row of slots with spaces between:

    strangle              any inflection of the word (strangled, strangling, …)
    =hands                exactly this word (`=her_own`: these words)
    MARAC                 in capitals: exactly so, capitals included
    husband|wife|partner  any of these; `walked_out` is two words
    not?                  may be missing
    !own|other            any one word but these
    ~  ~5                 a gap of up to 3 (5) words within the sentence; at the end of a
                          pattern it takes these words in
    {poss} {person} {number}   her / his / Adult B's …; she / him / Adult B …; 2, three …

Hyphens and apostrophes need no care: `high-risk` and `high risk` are the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import chain, pairwise, product
from typing import Any, NamedTuple

import spacy
from lemminflect import getAllInflections, getAllLemmas
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

from pipeline.errors import BadSettings

TokenPattern = dict[str, Any]

# A gap may not run into the next sentence or table cell.
_STOPS = [".", ";", "?", "!", "|", ":"]
DEFAULT_GAP = 3

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
# Verbs among spaCy's stop words: they are inflected like any other word.
_VERBS = {
    "be", "become", "call", "do", "get", "give", "go", "have", "keep", "make", "move", "put",
    "say", "see", "seem", "show", "take",
}  # fmt: skip
_GENITIVE: TokenPattern = {"LOWER": {"IN": ["'s", "'"]}}

_TYPED: dict[str, list[list[TokenPattern]]] = {
    "{poss}": [
        [{"LOWER": {"IN": _POSSESSIVES}}],
        [
            {"LOWER": {"IN": [*_POSSESSIVES, "the", "a"]}, "OP": "?"},
            {"LOWER": {"IN": _PERSONS}},
            _GENITIVE,
        ],
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


class _Pattern:
    """One pattern of a codebook; its matchers are made when a text first needs them."""

    def __init__(self, key: str, pattern: str) -> None:
        self.key = key
        self._pattern = pattern
        for word in re.split(r"[|\s]+", pattern):
            if "{" in word and word.removesuffix("?") not in _TYPED:
                raise BadSettings(f"code {key}: pattern {pattern!r}: there is no slot {word}")
        for slot in pattern.split():
            parts = slot.lstrip("!").removesuffix("?").split("|")
            gap = slot.startswith("~") and not slot[1:].isdigit() and slot != "~"
            if gap or any(not part.strip("=_") for part in parts):
                raise BadSettings(f"code {key}: pattern {pattern!r}: {slot} is not a slot")
        if any("?" in slot[:-1] for slot in pattern.split()):
            raise BadSettings(f"code {key}: pattern {pattern!r}: '?' stands behind a whole slot")
        self.needs = list(_needs(pattern))
        """Per slot that must be filled, the words of which one must stand in the text."""
        if not self.needs:
            raise BadSettings(f"code {key}: pattern {pattern!r} needs a slot that holds a word")

    @property
    def rarest(self) -> frozenset[str]:
        """The needed words that look rarest: few, and no stop word among them."""
        return min(self.needs, key=lambda words: (bool(words & STOP_WORDS), len(words)))

    def find(self, doc: Doc) -> Iterator[Find]:
        """Where the pattern matches."""
        for matchers, gaps in self._variants:
            for start, end in _joined(doc, [_spans(matcher, doc) for matcher in matchers], gaps):
                first, last = self._with_margins(doc, start, end)
                yield Find(doc[first].idx, doc[last].idx + len(doc[last]))

    def _with_margins(self, doc: Doc, start: int, end: int) -> tuple[int, int]:
        """First and last token, with the words that a gap at either end of the pattern takes in."""
        slots = self._pattern.split()
        first, last = start, end - 1
        for _ in range(_gap(slots[0])):
            first -= first > 0 and doc[first - 1].lower_ not in _STOPS
        for _ in range(_gap(slots[-1])):
            last += last + 1 < len(doc) and doc[last + 1].lower_ not in _STOPS
        return first, last

    @cached_property
    def _variants(self) -> list[tuple[list[Matcher], list[int]]]:
        """Matchers for the stretches between gaps, with the widths of these gaps.

        spaCy could match gaps itself, as optional tokens; but it tries every way to fill them,
        which takes twice as long. A stretch of optional slots gives a variant without it.
        """
        stretches, gaps = _stretches(self._pattern)
        keep = [[True, False] if all(s.endswith("?") for s in x) else [True] for x in stretches]
        return [_variant(stretches, gaps, chosen) for chosen in product(*keep) if any(chosen)]


def _stretches(pattern: str) -> tuple[list[list[str]], list[int]]:
    """The slots between gaps, and the width of each gap between two of them."""
    stretches: list[list[str]] = [[]]
    gaps: list[int] = []
    for slot in pattern.split():
        if not slot.startswith("~"):
            stretches[-1].append(slot)
        elif stretches[-1]:
            gaps.append(_gap(slot))
            stretches.append([])
    if not stretches[-1]:
        stretches.pop()
        gaps = gaps[: len(stretches) - 1]
    return stretches, gaps


def _gap(slot: str) -> int:
    """How many words the slot may skip: none, unless it is a gap."""
    return int(slot[1:] or DEFAULT_GAP) if slot.startswith("~") else 0


def _variant(
    stretches: list[list[str]], gaps: list[int], chosen: Sequence[bool]
) -> tuple[list[Matcher], list[int]]:
    kept = [n for n, keep in enumerate(chosen) if keep]
    widths = [sum(gaps[one:other]) for one, other in pairwise(kept)]
    return [_matcher(stretches[n]) for n in kept], widths


def _matcher(slots: list[str]) -> Matcher:
    # The patterns are made below and not by people: checking their schema is half the time.
    matcher = Matcher(tokenizer().vocab, validate=False)
    ways = [list(chain(*way)) for way in product(*map(_slot, slots))]
    matcher.add("stretch", [way for way in ways if way])
    return matcher


def _spans(matcher: Matcher, doc: Doc) -> list[tuple[int, int]]:
    return [(start, end) for _, start, end in matcher(doc)]


def _joined(
    doc: Doc, stretches: list[list[tuple[int, int]]], gaps: list[int]
) -> list[tuple[int, int]]:
    """Spans over all stretches, each at most its gap behind the one before."""
    found = stretches[0]
    for spans, gap in zip(stretches[1:], gaps, strict=True):
        found = [
            (start, behind)
            for start, end in found
            for begin, behind in spans
            if 0 <= begin - end <= gap and not any(t.lower_ in _STOPS for t in doc[end:begin])
        ]
    return found


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

    Every pattern is filed under its rarest-looking words, and a text is only tried against
    patterns for each of whose slots it holds a word: the time hardly grows with the codebook.
    """

    def __init__(self, patterns: Sequence[tuple[str, str]]) -> None:
        """Compile (key, pattern) pairs; raises `BadSettings` naming key and pattern."""
        self._filed: dict[str, list[_Pattern]] = defaultdict(list)
        for key, text in dict.fromkeys(patterns):
            pattern = _Pattern(key, text)
            for word in pattern.rarest:
                self._filed[word].append(pattern)

    def find(self, doc: Doc) -> dict[str, list[Find]]:
        """Key → the finds in the text, in order; none lies inside another."""
        words = {token.lower_ for token in doc}
        likely = {id(p): p for word in words for p in self._filed.get(word, ())}
        found: dict[str, list[Find]] = defaultdict(list)
        for pattern in likely.values():
            if any(need.isdisjoint(words) for need in pattern.needs):
                continue
            found[pattern.key].extend(pattern.find(doc))
        return {key: _longest(found[key]) for key in sorted(found)}


def _longest(finds: list[Find]) -> list[Find]:
    """The finds that do not lie inside another, in order."""
    kept: list[Find] = []
    for find in sorted(finds, key=lambda f: (f.start, -f.end)):
        if not kept or find.end > kept[-1].end:
            kept.append(find)
    return kept


def _slot(slot: str) -> list[list[TokenPattern]]:
    """The ways to fill a slot, each a list of token patterns."""
    ways = _ways(slot.removesuffix("?"))
    return [*ways, []] if slot.endswith("?") else ways


def _ways(slot: str) -> list[list[TokenPattern]]:
    if slot.startswith("!"):
        words = {form for word in slot[1:].split("|") for form in _forms(word)}
        return [[{"LOWER": {"NOT_IN": sorted(words | set(_STOPS))}}]]
    singles: set[str] = set()
    ways: list[list[TokenPattern]] = []
    for alternative in slot.split("|"):
        if alternative.startswith("{"):
            ways.extend(_TYPED[alternative])
            continue
        cut = _words(alternative.removeprefix("="))
        exactly = "=" if alternative.startswith("=") else ""
        if len(cut) > 1:
            ways.append([_token(exactly + word) for word in cut])
        elif _is_acronym(alternative):
            ways.append([{"TEXT": alternative}])
        else:
            singles |= _forms(alternative)
    return ([[{"LOWER": {"IN": sorted(singles)}}]] if singles else []) + ways


def _words(alternative: str) -> list[str]:
    """The words of one alternative, cut as a text is."""
    if alternative.isalpha():
        return [alternative]
    return [t.text for t in tokens(alternative.replace("_", " "))]


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
    if word not in _VERBS and (word in STOP_WORDS or not word.isalpha()):
        return frozenset({word})
    lemmas = {word, *(lemma for found in getAllLemmas(word).values() for lemma in found)}
    inflected = {f for lemma in lemmas for ways in getAllInflections(lemma).values() for f in ways}
    return frozenset({word, *lemmas, *(form.lower() for form in inflected)})


def _needs(pattern: str) -> Iterator[frozenset[str]]:
    for slot in pattern.split():
        if slot[0] in "~!" or "{" in slot or slot.endswith("?"):
            continue
        words: frozenset[str] = frozenset()
        for alternative in slot.split("|"):
            # Of several words in one alternative the longest serves.
            longest = max(_words(alternative.removeprefix("=")), key=len)
            exactly = "=" if alternative.startswith("=") else ""
            words |= {longest.lower()} if _is_acronym(longest) else _forms(exactly + longest)
        yield words
