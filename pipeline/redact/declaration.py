"""Names that a report tells to be pseudonyms, in words that no rule foresaw.

A logistic regression over the words around a name, learnt from fictional declarations and reviews;
`tests/redact/declarations/train.py` makes it and says what it learnt from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.feature_extraction.text import HashingVectorizer

from pipeline.redact.words import NAME_WORD, NO_NAMES, ROLES, ordinary

FILE = Path(__file__).with_suffix(".npz")
SURE = 0.95
"""From which probability on a name is taken for a pseudonym: real ones must not stay by mistake.

Set by cross-validation over the declarations and reviews that it learns from.
"""
_NEVER = NO_NAMES | ROLES

_NAME = re.compile(rf"(?<![\w-])(?:{NAME_WORD}|[A-Z]{{2,3}})(?![\w-])")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-Z‘“'\"(])|\n")
# Only sentences beside one of these are looked at.
_TELLING = re.compile(
    r"\b(?i:pseudonym\w*|psuedonym\w*|anonym\w*|fictitious|fiction|invent\w*|made[- ]up|false|"
    r"substitut\w*|borrowed|disguis\w*|renamed|here(?:in)?after|alias\w*|known|"
    r"calls?|called|names?|named|naming|initials|forenames?|surnames?|identit\w*|styled|"
    r"stands? (?:for|in)|appears? (?:as|here)|s?he is|enwa?u?|ffug\w*)\b|[*†=]"
    # "referred to throughout as", not "referred to MARAC"
    r"|\brefer(?:s|red)?\b(?= (?:to )?(?:[a-z]+ ){0,5}as\b| to (?:in|here))"
)
# Reports say what names they use before they use them. Later only what speaks of it plainly counts.
_PLAINLY = re.compile(
    r"(?i:\b(?:pseudonym|psuedonym|anonymi|fictiti|invented|made[- ]up|(?:real|own|true) names?|"
    r"names? (?:is|are|was|were|has|have) (?:not|been|changed|chosen|false)))|[*†]"
)
FRONT, FRONT_AT_LEAST = 4, 12
"""A review's first quarter is its front, and never fewer texts than this."""
# Of the sentences beside it, only these words count.
_TOLD_BESIDE = frozenset(
    (
        "altered", "anonymised", "anonymous", "assumed", "borrowed", "call", "called", "changed",
        "chose", "chosen", "false", "fictitious", "here", "invented", "known", "name", "named",
        "names", "not", "own", "pages", "picked", "pseudonym", "pseudonyms", "real", "refer",
        "referred", "report", "review", "swapped", "throughout", "true",
    )
)  # fmt: skip
_NEAR, _NEXT = 9, 4
_THIS, _OTHER = "THIS", "OTHER"
_WORD = re.compile(rf"{_THIS}|\w+|[^\w\s]")
_HASHED = HashingVectorizer(n_features=2**15, analyzer=list, alternate_sign=False, binary=True)


class Mention(NamedTuple):
    """A name in a sentence that may tell whether it is a pseudonym."""

    name: str
    start: int
    sentence: str
    before: str
    """The sentence before, or nothing."""
    after: str
    """The sentence after it, or nothing."""


def mentions(texts: Sequence[str]) -> Iterator[Mention]:
    """What may be a name, in and beside sentences that speak of names."""
    front = max(len(texts) // FRONT, FRONT_AT_LEAST)
    placed = [(s, n < front) for n, text in enumerate(texts) for s in _SENTENCE.split(text)]
    sentences = ["", *(sentence for sentence, _ in placed), ""]
    cues = [False, *((_TELLING if early else _PLAINLY).search(s) for s, early in placed), False]
    telling = [bool(cue) for cue in cues]
    for number in range(1, len(sentences) - 1):
        if any(telling[number - 1 : number + 2]):
            before, sentence, after = sentences[number - 1 : number + 2]
            for match in _NAME.finditer(sentence):
                if match.group().casefold() not in _NEVER:
                    yield Mention(match.group(), match.start(), sentence, before, after)


def features(mention: Mention) -> list[str]:
    """The words around a name, in their order and places, other names as one word."""
    name, start, sentence, before, after = mention
    left = _words(sentence[:start], name)
    right = _words(sentence[start + len(name) :], name)
    near, far = left[-_NEAR:], right[:_NEAR]
    found = [f"L{n} {word}" for n, word in enumerate(reversed(near[-_NEXT:]))]
    found += [f"R{n} {word}" for n, word in enumerate(far[:_NEXT])]
    for side, words in (("l", near), ("r", far)):
        found += [f"{side} {word}" for word in words]
        found += [f"{side} {one} {two}" for one, two in pairwise(words)]
    found += [f"L {' '.join(near[-3:])}", f"R {' '.join(far[:3])}"]
    found += [f"{' '.join(near[-2:])} {_THIS} {' '.join(far[:2])}"]
    found += [f"s {word}" for word in {*left, *right}]
    for side, beside in (("b", before), ("a", after)):
        told = {*_words(beside, name)}
        found += [f"{side} {word}" for word in told & (_TOLD_BESIDE | {_THIS})]
    kinds = {"row": "|" in sentence, "capitals": name.isupper(), "word": ordinary(name)}
    return found + [kind for kind, holds in kinds.items() if holds]


def vectors(told: Sequence[Mention]) -> csr_matrix:
    """One row of hashed features for each mention, of length 1."""
    return _HASHED.transform(features(mention) for mention in told)


def told_pseudonyms(texts: Sequence[str]) -> frozenset[str]:
    """Names that some sentence surely tells to be pseudonyms; nothing else is asked of them."""
    told = list(mentions(texts))
    if not told:
        return frozenset()
    weights, bias = _model()
    sure = expit(vectors(told) @ weights + bias) >= SURE
    return frozenset(mention.name for mention, is_sure in zip(told, sure, strict=True) if is_sure)


@cache
def _model() -> tuple[NDArray[np.float64], float]:
    with np.load(FILE) as stored:
        return stored["weights"].astype(np.float64), float(stored["bias"])


def _words(text: str, name: str) -> list[str]:
    marked = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f" {_THIS} ", text)
    return [
        word
        if word == _THIS
        else _OTHER
        if _NAME.fullmatch(word) and not ordinary(word)
        else word.lower()
        for word in _WORD.findall(marked)
    ]
