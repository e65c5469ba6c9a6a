"""How a program counts characters, told from what was selected in it.

The standard counts Unicode code points. NVivo for Windows counts UTF-16 units and a line end as
two; ATLAS.ti writes line ends of two characters and counts one; some count the byte order mark. A
count is right if the exported codings that came back stand where they stood, the selections begin
and end at the edge of a word, and hold the words that the program gives as their name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.errors import MissingInput

CERTAIN = 0.8
"""Of the selections that fit under the best count, the share that must fit under the one chosen."""
_BOM = "\ufeff"
_ASTRAL = 0xFFFF


class Counting(NamedTuple):
    """One way to count. The first of equals is the standard's."""

    line_end: int = 1
    """Characters of a line end."""
    utf16: bool = False
    """Whether a character beyond the Basic Multilingual Plane counts as two."""
    mark: bool = False
    """Whether the byte order mark counts."""


class Text(NamedTuple):
    """A source's text with line feeds only and no byte order mark, and its code points."""

    text: str
    points: npt.NDArray[np.uint32]
    mark: bool

    @classmethod
    def of(cls, raw: str) -> Text:
        """From a text as it stands in a file."""
        text = raw.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        return cls(text, points, raw.startswith(_BOM))

    def units(self, counting: Counting) -> npt.NDArray[np.int64]:
        """Where each character begins, and the end of the last."""
        widths = np.ones(len(self.points), dtype=np.int64)
        widths[self.points == ord("\n")] = counting.line_end
        if counting.utf16:
            widths[self.points > _ASTRAL] = 2
        return np.concatenate([[0], widths.cumsum()]) + (counting.mark and self.mark)


def placed(selections: pd.DataFrame, texts: Sequence[Text], counting: Counting) -> pd.DataFrame:
    """`incoming.SELECTIONS` with `first`, `last` in code points of the text; -1 where outside."""
    parts = []
    for position, own in selections.groupby("source"):
        units = texts[int(str(position))].units(counting)
        first, last = (np.searchsorted(units, own[name].to_numpy()) for name in ("start", "end"))
        inside = (own["start"] >= units[0]) & (own["end"] <= units[-1]) & (first < last)
        parts.append(own.assign(first=np.where(inside, first, -1), last=np.where(inside, last, -1)))
    empty = selections.assign(first=0, last=0)
    return pd.concat(parts).sort_index() if parts else empty


def counting_of(
    selections: pd.DataFrame,
    texts: Sequence[Text],
    exported: Mapping[int, frozenset[tuple[int, int]]],
) -> Counting:
    """How the program counts that wrote these selections.

    `exported` holds, by source, the places of the codings that were exported. Raises `MissingInput`
    when those came back in one way of counting and what was added in another: then the program put
    the exported ones at wrong places, and nobody can tell what a person saw there.
    """
    if selections.empty:
        return Counting()
    ways = list(_ways(texts))
    found = {way: placed(selections, texts, way) for way in ways}
    kept = {way: _kept(found[way], exported) for way in ways}
    fits = {way: _fits(found[way], texts) for way in ways}
    best = max(ways, key=lambda way: int((kept[way] | fits[way]).sum()))
    added = ~kept[best]
    most = max(int(fits[way][added].sum()) for way in ways)
    # Both ends of an exported coding are not met by chance.
    mixed = any((kept[way] & added).any() for way in ways)
    if mixed or int(fits[best][added].sum()) < CERTAIN * most:
        raise MissingInput(
            "the program that wrote the file has moved the codings that it was given: those count "
            "characters in one way, the new ones in another. Nothing was taken in; export again "
            "with --line-ends crlf, and see docs/exchange.md"
        )
    return best


def _ways(texts: Sequence[Text]) -> Iterator[Counting]:
    """The ways of counting that can differ for these texts, the standard's first."""
    astral = any(bool((text.points > _ASTRAL).any()) for text in texts)
    mark = any(text.mark for text in texts)
    for utf16, line_end, marked in product((False, True)[: 1 + astral], (1, 2), (False, True)):
        if mark or not marked:
            yield Counting(line_end, utf16, marked)


def _kept(
    found: pd.DataFrame, exported: Mapping[int, frozenset[tuple[int, int]]]
) -> npt.NDArray[np.bool_]:
    places = zip(found["source"], found["first"], found["last"], strict=True)
    kept = [(first, last) in exported.get(source, ()) for source, first, last in places]
    return np.array(kept, dtype=bool)


def _fits(found: pd.DataFrame, texts: Sequence[Text]) -> npt.NDArray[np.bool_]:
    """Whether each selection is one that a person would make, or holds the words of its name."""
    fits = [
        0 <= first < last
        and (
            _same(texts[source].text[first:last], name)
            or (_edge(texts[source].text, first) and _edge(texts[source].text, last))
        )
        for source, first, last, name in zip(
            found["source"], found["first"], found["last"], found["name"], strict=True
        )
    ]
    return np.array(fits, dtype=bool)


def _edge(text: str, at: int) -> bool:
    """Whether no word goes on across a place."""
    return not (text[at - 1 : at].isalnum() and text[at : at + 1].isalnum())


def _same(words: str, name: str) -> bool:
    """Whether a name is the words, or their beginning: ATLAS.ti cuts them, and joins lines."""
    own, said = "".join(words.split()), "".join(name.rstrip("….").split())
    return bool(said) and own.startswith(said)
