"""Phrases and patterns of a codebook, found in many texts at once.

A pattern is a row of slots with spaces between:

    strangle              any inflection of the word (strangled, strangling, …)
    =hands                exactly this word (`=her_own`: these words)
    MARAC                 in capitals: exactly so, capitals included
    husband|wife|partner  any of these; `walked_out` is two words
    not?                  may be missing
    !own|other            any one word but these
    ~  ~5                 a gap of up to 3 (5) words within the sentence, 50 at most; at an end
                          of a pattern it takes these words in
    {poss} {person} {number}   her / his / Adult B's …; she / him / Adult B …; 2, three …

Hyphens and apostrophes need no care: `high-risk` and `high risk` are the same.

The texts are laid end to end as one row of tokens, and a set of places in the row is one long
integer, with a bit for each place. All places where a word of a slot stands are one such integer,
and a slot is passed, at all places of all texts, by an `&` and a shift (Baeza-Yates and Gonnet
1992, Communications of the ACM 35(10), "Shift-And").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise, product
from typing import NamedTuple

from lemminflect import getAllInflections, getAllLemmas
from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.errors import BadSettings
from pipeline.tag.tokens import Tokens, tokenizer, tokens

# A gap may not run into the next sentence or table cell.
_STOPS = frozenset({".", ";", "?", "!", "|", ":"})
DEFAULT_GAP = 3
LONGEST_GAP = 50
"""Words; few sentences are longer, and twice the longest gap of codebooks/dhr.toml."""

_POSSESSIVES = ["her", "his", "their", "its", "your", "my", "our"]
_PERSONS = [
    "he", "she", "they", "him", "her", "them", "who", "himself", "herself",
    "victim", "perpetrator", "deceased", "husband", "wife", "partner", "boyfriend", "girlfriend",
    "mother", "father", "mum", "dad", "son", "daughter", "brother", "sister", "parent", "parents",
    "couple", "woman", "man", "children", "child", "family",
]  # fmt: skip
# Verbs among spaCy's stop words: they are inflected like any other word.
_VERBS = {
    "be", "become", "call", "do", "get", "give", "go", "have", "keep", "make", "move", "put",
    "say", "see", "seem", "show", "take",
}  # fmt: skip


class _Words(NamedTuple):
    """What a token may be: a word of a set (or none of them), or one of a shape."""

    lower: frozenset[str] = frozenset()
    exact: str = ""
    shape: str = ""
    negated: bool = False


Way = tuple[_Words, ...]
"""One way to fill a slot: tokens that stand behind each other."""

# A label: a pseudonym in brackets, or a name followed perhaps by its letter or number.
_SHAPES = {
    "label": re.compile(r"^[A-Z][a-z0-9]+$"),
    "letter": re.compile(r"^([A-Z]|\d{1,2})$"),
}
_LABEL, _LETTER, _NUMBER = (_Words(shape=shape) for shape in (*_SHAPES, "number"))
_GENITIVE = _Words(frozenset({"'s", "'"}))
_PERSON = _Words(frozenset(_PERSONS))
_WHOSE = _Words(frozenset(_POSSESSIVES))
_DETERMINER = _Words(frozenset({*_POSSESSIVES, "the", "a"}))

_TYPED: dict[str, list[Way]] = {
    "{poss}": [
        (_WHOSE,),
        (_PERSON, _GENITIVE),
        (_DETERMINER, _PERSON, _GENITIVE),
        (_LABEL, _GENITIVE),
        (_LABEL, _LETTER, _GENITIVE),
    ],
    "{person}": [(_PERSON,), (_DETERMINER, _PERSON), (_LABEL,), (_LABEL, _LETTER)],
    "{number}": [(_NUMBER,)],
}


class Find(NamedTuple):
    """One place where a pattern matched; character offsets into the text, end exclusive."""

    start: int
    end: int


Places = int
"""A set of places between tokens, or of tokens by the place before them: bit n is place n."""


class _Slot(NamedTuple):
    """The ways to pass a slot, each the ids of token sets; `optional`: also by standing still."""

    ways: tuple[tuple[int, ...], ...]
    optional: bool


Stretch = tuple[tuple[_Slot, ...], ...]
"""A row of slots for each slot that a match can begin in; the first of a row is not optional."""


class _Variant(NamedTuple):
    """Slots that stand together, and the widths of the gaps between these stretches."""

    stretches: tuple[Stretch, ...]
    gaps: tuple[int, ...]
    length: int
    """Tokens of every match; 0 where they differ."""


class Row:
    """Texts laid end to end, with an empty place behind each that no pattern gets over."""

    def __init__(self, texts: Sequence[Tokens]) -> None:
        self.texts = texts
        self.offsets: list[int] = []
        at = 0
        places: dict[str, list[int]] = defaultdict(list)
        numbers: dict[str, list[int]] = defaultdict(list)
        for n, text in enumerate(texts):
            self.offsets.append(at)
            for place, word in enumerate(text.texts, at):
                places[word].append(place)
                numbers[word].append(n)
            at += len(text.texts) + 1
        self.places = {word: _bits(found, at) for word, found in places.items()}
        self.lower = _in_lower_case(self.places)
        holding = {word: _bits(found, len(texts)) for word, found in numbers.items()}
        self.holding = _in_lower_case(holding)
        """Word → the numbers of the texts that hold it, as bits."""
        separators = [offset + len(t.texts) for offset, t in zip(self.offsets, texts, strict=True)]
        self.all = ((1 << at) - 1) & ~_bits(separators, at)
        stops = _either(self.places.get(stop, 0) for stop in sorted(_STOPS))
        self.passable = self.all & ~stops
        """Tokens that a gap may skip."""

    def text_of(self, place: int) -> int:
        """The number of the text that a place is in."""
        return bisect_right(self.offsets, place) - 1


ROW = 50_000
"""Tokens in a row: long enough that little time goes into going from pattern to pattern."""


def rows(texts: Iterable[Tokens]) -> Iterator[Row]:
    """The texts in their order, in rows of a good length."""
    waiting: list[Tokens] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text.texts) + 1
        if size >= ROW:
            yield Row(waiting)
            waiting, size = [], 0
    if waiting:
        yield Row(waiting)


def _in_lower_case(found: Mapping[str, int]) -> dict[str, int]:
    lower: dict[str, int] = defaultdict(int)
    for word, bits in found.items():
        lower[word.lower()] |= bits
    return dict(lower)


def _bits(places: list[int], size: int) -> Places:
    content = bytearray(size // 8 + 1)
    for place in places:
        content[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(content, "little")


def _either(some: Iterable[Places]) -> Places:
    united = 0
    for places in some:
        united |= places
    return united


class _TokenSets:
    """All token sets of some patterns, numbered; tells where in a row their tokens stand."""

    LARGE = 12
    """Words of a set from which on it is found from the words of the row, and not from its own."""

    def __init__(self) -> None:
        self._ids: dict[_Words, int] = {}
        self.words: list[_Words] = []
        self._large: dict[str, list[int]] = defaultdict(list)

    def id_of(self, words: _Words) -> int:
        """The number of a token set; the same set has the same number."""
        if words not in self._ids:
            number = self._ids[words] = len(self.words)
            self.words.append(words)
            for word in words.lower if len(words.lower) >= self.LARGE else ():
                self._large[word].append(number)
        return self._ids[words]

    def places(self, row: Row) -> _SetPlaces:
        """Number of each set → where its tokens stand."""
        return _SetPlaces(self.words, row, row.lower, self._united(row.lower))

    def holding(self, row: Row) -> _SetPlaces:
        """Number of each set of words → the numbers of the texts that hold one, as bits."""
        return _SetPlaces(self.words, row, row.holding, self._united(row.holding))

    def _united(self, lower: Mapping[str, int]) -> dict[int, int]:
        large: dict[int, int] = defaultdict(int)
        for word in lower.keys() & self._large.keys():
            bits = lower[word]
            for number in self._large[word]:
                large[number] |= bits
        return large


class _SetPlaces(dict[int, Places]):
    """Number of a token set → where in a row its tokens stand; found when it is asked for."""

    def __init__(
        self,
        sets: Sequence[_Words],
        row: Row,
        lower: Mapping[str, int],
        large: Mapping[int, int],
    ) -> None:
        super().__init__()
        self._sets, self._row, self._lower, self._large = sets, row, lower, large

    def __missing__(self, number: int) -> Places:
        words, row = self._sets[number], self._row
        if words.shape:
            having = (row.places[text] for text in row.places if _has_shape(text, words.shape))
            places = _either(having)
        elif words.exact:
            places = row.places.get(words.exact, 0)
        elif len(words.lower) >= _TokenSets.LARGE:
            places = self._large.get(number, 0)
        else:
            places = _either(self._lower[word] for word in words.lower if word in self._lower)
        self[number] = row.all & ~places if words.negated else places
        return self[number]


@lru_cache(200_000)
def _has_shape(text: str, shape: str) -> bool:
    if shape == "number":
        number: bool = tokenizer().vocab[text].like_num
        return number
    return bool(_SHAPES[shape].search(text))


class _Pattern:
    """One pattern of a codebook."""

    def __init__(self, key: str, pattern: str, sets: _TokenSets, needed: _TokenSets) -> None:
        self.key = key
        self._pattern = pattern
        for word in re.split(r"[|\s]+", pattern):
            if "{" in word and word.removesuffix("?") not in _TYPED:
                raise BadSettings(f"code {key}: pattern {pattern!r}: there is no slot {word}")
            if any(word.count(one) != word.count(other) for one, other in ("()", "[]", "{}")):
                raise BadSettings(
                    f"code {key}: pattern {pattern!r}: {word} has half a pair of brackets; words "
                    "with | between need none"
                )
        for slot in pattern.split():
            parts = slot.lstrip("!").removesuffix("?").split("|")
            gap = slot.startswith("~") and not slot[1:].isdecimal() and slot != "~"
            if gap or any(not part.strip("=_") for part in parts):
                raise BadSettings(f"code {key}: pattern {pattern!r}: {slot} is not a slot")
            if _gap(slot) > LONGEST_GAP:
                raise BadSettings(
                    f"code {key}: pattern {pattern!r}: {slot} is too wide; a gap has at most "
                    f"{LONGEST_GAP} words"
                )
        if any("?" in slot[:-1] for slot in pattern.split()):
            raise BadSettings(f"code {key}: pattern {pattern!r}: '?' stands behind a whole slot")
        self.needs = list(_needs(pattern))
        """Per slot that must be filled, the words of which one must stand in the text."""
        if not self.needs:
            raise BadSettings(f"code {key}: pattern {pattern!r} needs a slot that holds a word")
        self._needed = [needed.id_of(_Words(words)) for words in self.needs]
        self._margins = _gap(pattern.split()[0]), _gap(pattern.split()[-1])
        self._variants = _variants(pattern, sets)

    @property
    def rarest(self) -> frozenset[str]:
        """The needed words that look rarest: few, and no stop word among them."""
        return min(self.needs, key=lambda words: (bool(words & STOP_WORDS), len(words)))

    def may_be_found(self, holding: _SetPlaces) -> bool:
        """Whether a text holds a word for every slot that must be filled."""
        texts = -1
        for number in self._needed:
            texts &= holding[number]
            if not texts:
                return False
        return True

    def find(self, row: Row, sets: _SetPlaces) -> Iterator[tuple[int, Find]]:
        """Where the pattern matches: the number of the text, and the longest find at each end."""
        for variant in self._variants:
            ends = _ends(variant, row, sets)
            while ends:
                last = ends & -ends
                ends ^= last
                end = last.bit_length() - 1
                if variant.length:
                    yield self._find(row, end - variant.length, end)
                else:
                    starts = _starts(variant, last, row, sets)
                    yield self._find(row, (starts & -starts).bit_length() - 1, end)

    def _find(self, row: Row, start: int, end: int) -> tuple[int, Find]:
        """The find between two places, with the words that a gap at either end takes in."""
        n = row.text_of(start)
        texts, starts = row.texts[n]
        first, last = start - row.offsets[n], end - row.offsets[n] - 1
        before, behind = self._margins
        for _ in range(before):
            first -= first > 0 and texts[first - 1] not in _STOPS
        for _ in range(behind):
            last += last + 1 < len(texts) and texts[last + 1] not in _STOPS
        return n, Find(starts[first], starts[last] + len(texts[last]))


def _ends(variant: _Variant, row: Row, sets: _SetPlaces) -> Places:
    """The places behind all matches."""
    at = row.all
    for gap, stretch in zip((0, *variant.gaps), variant.stretches, strict=True):
        at = _over_stretch(_over_gap(at, gap, row), stretch, sets)
        if not at:
            break
    return at


def _over_gap(at: Places, gap: int, row: Row) -> Places:
    reached = at
    for _ in range(gap):
        at = (at & row.passable) << 1
        reached |= at
    return reached


def _over_stretch(at: Places, stretch: Stretch, sets: _SetPlaces) -> Places:
    reached = 0
    for slots in stretch:
        here = at
        for slot in slots:
            here = _over(here, slot, sets)
            if not here:
                break
        reached |= here
    return reached


def _over(at: Places, slot: _Slot, sets: _SetPlaces) -> Places:
    reached = at if slot.optional else 0
    for way in slot.ways:
        here = at
        for number in way:
            here = (here & sets[number]) << 1
            if not here:
                break
        reached |= here
    return reached


def _starts(variant: _Variant, end: Places, row: Row, sets: _SetPlaces) -> Places:
    """The places before the matches that end at one place."""
    at = end
    stretches = variant.stretches[::-1]
    for gap, stretch in zip((0, *variant.gaps[::-1]), stretches, strict=True):
        reached = at
        for _ in range(gap):
            at = (at >> 1) & row.passable
            reached |= at
        at = 0
        for slots in stretch:
            here = reached
            for slot in reversed(slots):
                here = _back(here, slot, sets)
            at |= here
    return at


def _back(at: Places, slot: _Slot, sets: _SetPlaces) -> Places:
    reached = at if slot.optional else 0
    for way in slot.ways:
        here = at
        for number in reversed(way):
            here = (here >> 1) & sets[number]
            if not here:
                break
        reached |= here
    return reached


def _variants(pattern: str, sets: _TokenSets) -> list[_Variant]:
    """The pattern, with and without every stretch of slots that may be missing altogether.

    Without such a stretch the gaps on both of its sides are one.
    """
    stretches, gaps = _stretches(pattern)
    compiled = [tuple(_slot(slot, sets) for slot in stretch) for stretch in stretches]
    keep = [[True, False] if all(s.optional for s in x) else [True] for x in compiled]
    chosen = ([n for n, kept in enumerate(way) if kept] for way in product(*keep))
    return [
        _Variant(
            tuple(_stretch(compiled[n]) for n in kept),
            tuple(sum(gaps[one:other]) for one, other in pairwise(kept)),
            sum(map(_length, compiled[kept[0]]))
            if len(kept) == 1 and _fixed(compiled[kept[0]])
            else 0,
        )
        for kept in chosen
        if kept
    ]


def _stretch(slots: tuple[_Slot, ...]) -> Stretch:
    required = (n for n, slot in enumerate(slots) if not slot.optional)
    last = next(required, len(slots) - 1)
    return tuple(
        (slots[first]._replace(optional=False), *slots[first + 1 :]) for first in range(last + 1)
    )


def _fixed(slots: tuple[_Slot, ...]) -> bool:
    return not any(slot.optional or len({*map(len, slot.ways)}) > 1 for slot in slots)


def _length(slot: _Slot) -> int:
    return len(slot.ways[0])


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


class PatternSet:
    """Patterns under keys, found in texts in one pass.

    Every pattern is filed under its rarest-looking words, and texts are only tried against
    patterns for each of whose slots they hold a word.
    """

    def __init__(self, patterns: Sequence[tuple[str, str]]) -> None:
        """Compile (key, pattern) pairs; raises `BadSettings` naming key and pattern."""
        self._sets, self._needed = _TokenSets(), _TokenSets()
        self._filed: dict[str, list[_Pattern]] = defaultdict(list)
        for key, text in dict.fromkeys(patterns):
            pattern = _Pattern(key, text, self._sets, self._needed)
            for word in pattern.rarest:
                self._filed[word].append(pattern)

    def find(self, text: Tokens) -> dict[str, list[Find]]:
        """Key → the finds in the text, in order; none lies inside another."""
        return self.find_all(Row([text]))[0]

    def find_all(self, row: Row) -> list[dict[str, list[Find]]]:
        """What `find` says of each text."""
        filed = row.lower.keys() & self._filed.keys()
        likely = {id(p): p for word in filed for p in self._filed[word]}
        sets, holding = self._sets.places(row), self._needed.holding(row)
        found: list[dict[str, list[Find]]] = [{} for _ in row.texts]
        for pattern in likely.values():
            if pattern.may_be_found(holding):
                for n, find in pattern.find(row, sets):
                    found[n].setdefault(pattern.key, []).append(find)
        return [
            {key: _longest(finds[key]) for key in sorted(finds)} if finds else {} for finds in found
        ]


def _longest(finds: list[Find]) -> list[Find]:
    """The finds that do not lie inside another, in order."""
    if len(finds) == 1:
        return finds
    kept: list[Find] = []
    for find in sorted(finds, key=lambda f: (f.start, -f.end)):
        if not kept or find.end > kept[-1].end:
            kept.append(find)
    return kept


def _slot(slot: str, sets: _TokenSets) -> _Slot:
    ways = _ways(slot.removesuffix("?"))
    numbered = tuple(tuple(sets.id_of(words) for words in way) for way in ways)
    return _Slot(numbered, slot.endswith("?"))


def _ways(slot: str) -> list[Way]:
    """The ways to fill a slot."""
    if slot.startswith("!"):
        words = {form for word in slot[1:].split("|") for form in _forms(word)}
        return [(_Words(frozenset(words | _STOPS), negated=True),)]
    singles: set[str] = set()
    ways: list[Way] = []
    for alternative in slot.split("|"):
        if alternative.startswith("{"):
            ways.extend(_TYPED[alternative])
            continue
        cut = _words(alternative.removeprefix("="))
        exactly = "=" if alternative.startswith("=") else ""
        if len(cut) > 1:
            ways.append(tuple(_token(exactly + word) for word in cut))
        elif _is_acronym(alternative):
            ways.append((_Words(exact=alternative),))
        else:
            singles |= _forms(alternative)
    return ([(_Words(frozenset(singles)),)] if singles else []) + ways


def _words(alternative: str) -> list[str]:
    """The words of one alternative, cut as a text is."""
    if alternative.isalpha():
        return [alternative]
    return list(tokens(alternative.replace("_", " ")).texts)


def _token(word: str) -> _Words:
    return _Words(exact=word) if _is_acronym(word) else _Words(_forms(word))


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
