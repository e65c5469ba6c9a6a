"""Identifiers that a tagger recognises by what stands around them, where no rule foresaw them.

The tagger (spaCy's convolutional one) has learnt from fictional texts, made for this, in which
every identifier is marked; `tests/redact/extracts/train.py` makes it and says what it learnt from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.redact.find import KIND_OF_TYPE, Find
from pipeline.redact.words import MONTHS, UPPER, WORDS
from pipeline.vocabulary import IDENTIFIER_TYPES

if TYPE_CHECKING:
    from spacy.pipeline import Tagger
    from spacy.tokens import Doc, Token

FOLDER = Path(__file__).with_name("recogniser")
NONE = "O"
"""The tag of a word that is no part of an identifier; the other tags are identifier types."""
LEAST = dict.fromkeys(IDENTIFIER_TYPES, 0.1) | {"AGE": 0.2, "OTHER": 0.2}
"""From which probability of being part of an identifier a word is replaced, by likeliest type.

Set on texts that an earlier tagger had not seen.
"""

_EDGES = frozenset(WORDS["edges"])
_NAME = re.compile(rf"[{UPPER}]")
# What comes first, second or third is hardly ever a day of the month.
_CALENDAR = "|".join([*MONTHS, *WORDS["days"], *WORDS["feasts"], *WORDS["ordinals"][3:]])
_NUMBERS = "|".join([*WORDS["units"], *WORDS["tens"], *WORDS["ordinals"]])
# Without it a run is not taken for one of the type: "after" is no date, "4.12" no reference.
_LOOKS = {
    "PERSON": _NAME,
    "PLACE": _NAME,
    "DATE": re.compile(
        rf"\d\D+\d|\d(?:st|nd|rd|th)\b|\b(?i:{_CALENDAR}|day|eve|night|week|weekend|term|year|"
        r"spring|summer|autumn|winter|xmas|nye)\b"
    ),
    "AGE": re.compile(rf"\d|(?i:{_NUMBERS}|hundred|half)"),
    "CODE": re.compile(r"(?=\S*\d)\S{5,}"),
    "CONTACT": re.compile(r"[\d@/_]|\w\.\w"),
}
_HYPHENED = re.compile(r"\w+(?:-\w+)+")
_BATCH = 256


@cache
def tagger() -> Tagger:
    """The tagger, loaded once."""
    import spacy

    return cast("Tagger", spacy.load(FOLDER, exclude=["vocab", "tokenizer"]).get_pipe("tagger"))


def recognise(docs: Sequence[Doc]) -> Iterator[list[Find]]:
    """Of each text the runs of words that are likely to identify somebody, of one type each.

    Scores are the mean probability of a run's words of being part of an identifier.
    """
    labels = list(tagger().labels)
    none = labels.index(NONE)
    types = np.array([label for label in labels if label != NONE])
    least = np.array([LEAST[label] for label in types])
    for start in range(0, len(docs), _BATCH):
        batch = docs[start : start + _BATCH]
        for doc, scores in zip(batch, tagger().model.predict(batch), strict=True):
            likely = _by_compound(doc, 1 - np.asarray(scores[:, none]))
            best = np.delete(scores, none, axis=1).argmax(axis=1)
            found = np.flatnonzero(likely >= least[best])
            yield list(_runs(doc, found.tolist(), types[best].tolist(), likely))


def _runs(
    doc: Doc, found: list[int], types: list[str], likely: NDArray[np.float32]
) -> Iterator[Find]:
    for (tag, _), run in groupby(enumerate(found), key=lambda at: (types[at[1]], at[1] - at[0])):
        words = [doc[number] for _, number in run]
        while words and _at_edge(words[0]):
            words.pop(0)
        while words and _at_edge(words[-1]):
            words.pop()
        if not words:
            continue
        start, end = words[0].idx, words[-1].idx + len(words[-1])
        if tag not in _LOOKS or _LOOKS[tag].search(doc.text, start, end):
            score = float(likely[words[0].i : words[-1].i + 1].mean())
            yield Find(start, end, KIND_OF_TYPE.get(tag, tag), f"recognised.{tag}", round(score, 2))


def _by_compound(doc: Doc, likely: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean over the parts of a word with hyphens, for each of them: all of it goes, or none."""
    for word in _HYPHENED.finditer(doc.text):
        if parts := doc.char_span(*word.span(), alignment_mode="expand"):
            likely[parts.start : parts.end] = likely[parts.start : parts.end].mean()
    return likely


def _at_edge(token: Token) -> bool:
    return token.lower_ in _EDGES or not any(letter.isalnum() for letter in token.text)
