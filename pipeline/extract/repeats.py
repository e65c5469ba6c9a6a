"""Passages of a review that say again what another of its passages says."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

from pipeline.extract.sections import Placed
from pipeline.vocabulary import LAYER_OF_SECTION

SAME = 95.0
"""Similarity (normalised indel, 0 to 100) from which two texts are one text printed twice."""

SHORTENED = 0.5
"""Share of a summary's word triples from which it is a shortened form of the other text."""

SHORTEST = 8
SHORTEST_ROW = 12
"""Words; "Police | NFA" says the same of many events, and repeats none of them."""

_LABEL = re.compile(r"^(?:recommendation\s+)?[a-z]?\d+[a-z]?(?:\.\d+)*[.:)]?\s+(?:\|\s+)?", re.I)


def repeats(placed: Sequence[Placed]) -> dict[int, int]:
    """Position of each repeat → position of the passage that it repeats, itself no repeat.

    What stands in an executive summary repeats the report, though it is printed first; of other
    copies the first in a section that is coded is the original.
    """
    order = sorted(
        (n for n, one in enumerate(placed) if _says_something(one)),
        key=lambda n: (placed[n].summary, placed[n].role not in LAYER_OF_SECTION, n),
    )
    texts = [_plain(placed[n].block.text) for n in order]
    summary = [placed[n].summary for n in order]
    found = _same(texts)
    for later, earlier in _shortened(texts, summary).items():
        found.setdefault(later, earlier)
    return {order[later]: order[_root(earlier, found)] for later, earlier in found.items()}


def _says_something(one: Placed) -> bool:
    block = one.block
    if block.kind in ("heading", "caption") or one.role == "contents":
        return False
    shortest = SHORTEST_ROW if block.kind == "table-row" else SHORTEST
    return len(_words(_plain(block.text))) >= shortest


def _plain(text: str) -> str:
    return _LABEL.sub("", " ".join(text.split()))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _root(position: int, found: dict[int, int]) -> int:
    while position in found:
        position = found[position]
    return position


def _same(texts: Sequence[str]) -> dict[int, int]:
    """Later text → the first text that it is a copy of."""
    folded = [text.casefold() for text in texts]
    similarity = process.cdist(
        folded, folded, scorer=fuzz.ratio, score_cutoff=SAME, dtype=np.float32
    )
    pairs = np.argwhere(np.tril(similarity, k=-1) >= SAME)
    found: dict[int, int] = {}
    for later, earlier in pairs.tolist():
        if later not in found and _of_one_thing(texts[later], texts[earlier]):
            found[later] = earlier
    return found


def _of_one_thing(first: str, second: str) -> bool:
    """Whether no name, date or number sets two texts apart that are alike in all else.

    "The Trust should …" is not "The CCG should …", nor is Monday's visit Tuesday's.
    """
    one, other = _words(first), _words(second)
    return _marks(one) <= _folded(other) and _marks(other) <= _folded(one)


def _marks(words: Sequence[str]) -> set[str]:
    return {word.casefold() for word in words if word[0].isupper() or word[0].isdigit()}


def _folded(words: Sequence[str]) -> set[str]:
    return {word.casefold() for word in words}


def _shortened(texts: Sequence[str], summary: Sequence[bool]) -> dict[int, int]:
    """Text of a summary → the text of the report that it shortens, or is a part of."""
    triples = [_triples(text) for text in texts]
    report = [n for n, one in enumerate(summary) if not one]
    found: dict[int, int] = {}
    for n in (n for n, one in enumerate(summary) if one):
        share, best = max(
            ((len(triples[n] & triples[m]) / max(len(triples[n]), 1), -m) for m in report),
            default=(0.0, 0),
        )
        if share >= SHORTENED:
            found[n] = -best
    return found


def _triples(text: str) -> set[tuple[str, ...]]:
    words = _words(text.casefold())
    return set(zip(*(words[n:] for n in range(3)), strict=False))
