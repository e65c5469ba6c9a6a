"""Texts cut into sentences and words, just as spaCy's English tokenizer and sentencizer do.

spaCy cuts what stands between two spaces by itself, and reports repeat their words: each such
stretch is cut once and remembered. That takes a tenth of the time. A text with other blanks than
single spaces is left to spaCy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.pipeline import Sentencizer

_UNEVEN = re.compile(r"  |^ | $|[^\S ]")
_ENDS = frozenset(Sentencizer.default_punct_chars)
_REMEMBERED = 200_000
"""Stretches; some tens of megabytes."""


class Tokens(NamedTuple):
    """The tokens of a text and where each starts, in characters of the text."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]


@cache
def tokenizer() -> Language:
    """The English tokenizer that patterns and texts are cut with (no tagger, no parser)."""
    return spacy.blank("en")


def tokens(text: str) -> Tokens:
    """The text as tokens; their offsets are offsets into the text as given."""
    text = _normalise(text)
    if not text or _UNEVEN.search(text):
        doc = tokenizer()(text)
        return Tokens(tuple(t.text for t in doc), tuple(t.idx for t in doc))
    texts: list[str] = []
    starts: list[int] = []
    at = 0
    for stretch in text.split(" "):
        for word, offset in _cut(stretch):
            texts.append(word)
            starts.append(at + offset)
        at += len(stretch) + 1
    return Tokens(tuple(texts), tuple(starts))


@lru_cache(_REMEMBERED)
def _cut(stretch: str) -> tuple[tuple[str, int], ...]:
    return tuple((token.text, token.idx) for token in tokenizer()(stretch))


def _normalise(text: str) -> str:
    """The text with one spelling of apostrophes, hyphens and pseudonyms; no offset moves."""
    text = text.replace("’", "'").replace("‘", "'")
    text = re.sub(r"(?<=\w)[-\u2010\u2011](?=\w)", " ", text)
    # '[PERSON 4]' would be cut into four tokens; as one word it fills a {person} slot.
    return re.sub(r"\[([A-Z]+)(?: ([\w -]+))?\]", _one_word, text)


def _one_word(pseudonym: re.Match[str]) -> str:
    inside = pseudonym[0][1:-1]
    return "X" + re.sub(r"\W", "x", inside).lower() + "x"


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """(offset, sentence) of a text; a table cell ends a sentence."""
    offset = 0
    for cell in text.split(" | "):
        starts = _uneven_starts(cell) if _UNEVEN.search(cell) else _starts(cell)
        for start, end in zip(starts, [*starts[1:], len(cell)], strict=True):
            sentence = cell[start:end].rstrip(" ")
            if sentence.strip():
                yield offset + start, sentence
        offset += len(cell) + 3


def _starts(cell: str) -> list[int]:
    """Where sentences start: at the first word behind a full stop and its closing quotes."""
    starts, ended, at = [0], False, 0
    for stretch in cell.split(" "):
        for offset, ends, punctuation in _marks(stretch):
            if ends:
                ended = True
            elif ended and not punctuation:
                starts.append(at + offset)
                ended = False
        at += len(stretch) + 1
    return starts


@lru_cache(_REMEMBERED)
def _marks(stretch: str) -> tuple[tuple[int, bool, bool], ...]:
    """Offset of each token, whether it ends a sentence, whether it is punctuation."""
    return tuple((t.idx, t.text in _ENDS, t.is_punct) for t in tokenizer()(stretch))


def _uneven_starts(cell: str) -> list[int]:
    return [sentence.start_char for sentence in _sentence_cutter()(cell).sents]


@cache
def _sentence_cutter() -> Language:
    cutter = spacy.blank("en")
    cutter.add_pipe("sentencizer")
    return cutter
