"""Which passages of a document are which blocks of its source."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from pipeline.evaluate.markup import Block

WHOLE = 97.0
"""Similarity (normalised indel, 0 to 100) above which a passage is the block, the whole block and
nothing but the block."""

FOUND = 0.9
"""Share of a block's word triples that the document must hold for the block not to be lost."""

PIECE = 0.5
"""Share of triples, of the block or of the passage, from which they belong together."""


@dataclass(frozen=True)
class Match:
    """One block of the source and what became of it.

    `whole` is the passage that is this block; `passages` are all that hold some of it, as
    positions in the document's passages; `found` tells whether its words are all there, though
    perhaps cut in pieces or merged with a neighbour.
    """

    block: Block
    whole: int | None
    passages: tuple[int, ...]
    found: bool


def align(blocks: Sequence[Block], passages: pd.DataFrame) -> list[Match]:
    """Each block with its passages; both in reading order (`contracts.PASSAGES`)."""
    printed = [_comparable(block.text) for block in blocks]
    texts = [_comparable(text) for text in passages["text"]]
    if not texts:
        return [Match(block, None, (), found=False) for block in blocks]
    # Where the number ends and the text begins is told by "printed numbers right".
    numbered = [
        text if block.kind == "R" else f"{block.number or ''} {text}".strip()
        for block, text in zip(blocks, printed, strict=True)
    ]
    numbered_texts = [
        f"{number} {text}".strip() for number, text in zip(passages["number"], texts, strict=True)
    ]
    similarity = np.maximum(
        process.cdist(printed, texts, scorer=fuzz.ratio),
        process.cdist(numbered, numbered_texts, scorer=fuzz.ratio),
    )
    whole = _assign(similarity)
    of_blocks, of_texts = list(map(_triples, numbered)), list(map(_triples, numbered_texts))
    everything = sum(of_texts, Counter[tuple[str, ...]]())
    return [
        Match(
            block,
            whole.get(n),
            (whole[n],) if n in whole else _pieces(of_blocks[n], of_texts),
            found=n in whole or _share(_triples(printed[n]), everything) >= FOUND,
        )
        for n, block in enumerate(blocks)
    ]


def _comparable(text: str) -> str:
    """Without what typesetting may change: quotation marks, dashes, spaces, a number's dot."""
    plain = unicodedata.normalize("NFKC", text).translate(
        {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"}
    )
    return re.sub(r"^(\S*\d)\. ", r"\1 ", " ".join(plain.split()))  # fmt: skip


def _assign(similarity: np.ndarray) -> dict[int, int]:
    """Block → the passage that is this block, one to one; among equals, the one in sequence."""
    rows, columns = similarity.shape
    drift = np.abs(np.arange(rows)[:, None] / rows - np.arange(columns)[None, :] / columns)
    chosen = linear_sum_assignment(similarity - drift, maximize=True)
    return {int(r): int(c) for r, c in zip(*chosen, strict=True) if similarity[r, c] > WHOLE}


def _triples(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return Counter(zip(*(words[n:] for n in range(3)), strict=False)) or Counter([tuple(words)])


def _share(part: Counter[tuple[str, ...]], of: Counter[tuple[str, ...]]) -> float:
    return (part & of).total() / max(part.total(), 1)


def _pieces(
    block: Counter[tuple[str, ...]], texts: Sequence[Counter[tuple[str, ...]]]
) -> tuple[int, ...]:
    return tuple(
        n for n, text in enumerate(texts) if max(_share(text, block), _share(block, text)) >= PIECE
    )
