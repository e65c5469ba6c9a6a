"""Where decisions stand today: by passage id, else by their quote; none is dropped.

Better extraction changes passage ids, better redaction changes words. A decision whose passage is
there belongs to it whatever its words are now; one whose passage is gone is looked for by its
quote in the other passages of the review.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
from rapidfuzz import fuzz

from pipeline.contracts import DECIDED_CODINGS
from pipeline.redact.quote import words
from pipeline.review.decision import latest, quote_at

ALIKE = 90.0
"""Likeness (normalised Indel, 0 to 100) from which a stretch of text is the quote, reworded."""
SHORT = 25
"""Characters under which a quote that is not found word for word is too short to be told."""
_PLACE = ["passage_id", "quote", "before", "after", "start", "end"]


class Attached(NamedTuple):
    """Decisions by what became of them; both frames are `contracts.DECIDED_CODINGS`."""

    decisions: pd.DataFrame
    """Those with a place, told by today's passage ids, offsets and words."""
    orphans: pd.DataFrame
    """Those without one, as they were stored."""


def attach(decisions: pd.DataFrame, passages: pd.DataFrame) -> Attached:
    """`contracts.DECIDED_CODINGS` put to the passages (`contracts.REDACTED`) of today.

    Decisions about reviews of which there are no passages are orphans.
    """
    texts = passages.set_index("passage_id")["text"]
    same = _standing(decisions, texts)
    moved = [_moved(row, texts, passages) for row in decisions[~same].to_dict("records")]
    placed = [row for row in moved if row]
    orphan = [not row for row in moved]
    standing = [decisions[same]] + ([DECIDED_CODINGS.frame(_unique(placed))] if placed else [])
    orphans = decisions[~same][pd.Series(orphan, index=decisions.index[~same], dtype=bool)]
    return Attached(latest(pd.concat(standing)), DECIDED_CODINGS.validate(orphans))


def _standing(decisions: pd.DataFrame, texts: pd.Series[str]) -> pd.Series[bool]:
    """Whether each decision's quote stands at its offsets still."""
    today = decisions["passage_id"].map(texts).fillna("")
    places = zip(today, decisions["start"], decisions["end"], decisions["quote"], strict=True)
    found = [text[start:end] == quote for text, start, end, quote in places]
    known = decisions["passage_id"].isin(texts.index)
    return pd.Series(found, index=decisions.index, dtype=bool) & known


def _moved(
    row: dict[Any, Any], texts: pd.Series[str], passages: pd.DataFrame
) -> dict[Any, Any] | None:
    """The decision at its place of today, or None."""
    if row["passage_id"] in texts.index:
        text = texts[row["passage_id"]]
        start, end = _span(row, text) or (0, len(text))
        return row | quote_at(text, start, end)._asdict()
    mine = passages[passages["review_id"] == row["review_id"]]
    found = _anywhere(row, list(zip(mine["passage_id"], mine["text"], strict=True)))
    if found is None:
        return None
    passage_id, text, start, end = found
    return row | {"passage_id": passage_id} | quote_at(text, start, end)._asdict()


def _anywhere(
    row: dict[Any, Any], passages: Sequence[tuple[str, str]]
) -> tuple[str, str, int, int] | None:
    """The one passage that holds the quote with the likest context; None where two are as good."""
    found = [
        (_context(row, text, *span), passage_id, text, *span)
        for passage_id, text in passages
        if (span := _span(row, text))
    ]
    found.sort(key=lambda one: (-one[0], one[1]))
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1:]


def _span(row: dict[Any, Any], text: str) -> tuple[int, int] | None:
    """Where the quote stands in a text: its words, at the likest context, else what is like it."""
    exact = [m.span() for m in words(row["quote"], whole=False).finditer(text)]
    if row["quote"].strip() and exact:
        return max(exact, key=lambda span: (_context(row, text, *span), -span[0]))
    if len(row["quote"]) < SHORT or len(text) < len(row["quote"]) * ALIKE / 100:
        return None
    near = fuzz.partial_ratio_alignment(row["quote"], text, score_cutoff=ALIKE)
    return (near.dest_start, near.dest_end) if near else None


def _context(row: dict[Any, Any], text: str, start: int, end: int) -> float:
    before, after = row["before"], row["after"]
    here = quote_at(text, start, end)
    return fuzz.ratio(before, here.before) + fuzz.ratio(after, here.after)


def _unique(rows: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """Two passages may have become one: of two decisions about the same the later stands."""
    by_key = {
        tuple(row[name] for name in DECIDED_CODINGS.key): row
        for row in sorted(rows, key=lambda row: row["when"])
    }
    return list(by_key.values())
