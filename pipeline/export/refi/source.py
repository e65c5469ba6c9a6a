"""A review as one plain text, as it goes into a project, and where its passages stand in it.

The text has a first line that names review and export, then every passage in reading order as one
paragraph, headings and table rows included, a blank line between; before a numbered paragraph stand
its number and a blank. It has line feeds only and no byte order mark.

Programs differ in how they count characters beyond the Basic Multilingual Plane, such as emoji: the
standard says one, NVivo counts two. So that no coding shifts, the text has `STAND_IN` in their
place, one for one; the passages keep them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

BETWEEN = "\n\n"
STAND_IN = "□"
_FIRST = "Review {review}. Redacted text, export {export}. Please do not edit it."
_EXPORT = re.compile(r"export ([0-9a-f]{12})\b")
_BREAKS = dict.fromkeys(map(ord, "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), " ")
_ASTRAL = re.compile(r"[\U00010000-\U0010FFFF]")


class Source(NamedTuple):
    """The text of one review."""

    review_id: int
    text: str
    places: pd.DataFrame
    """A row per passage in reading order: passage_id, `start` and `end` of its own text (without
    the number) in `text`, `line` (the whole paragraph, with the number)."""


def source(review_id: int, passages: pd.DataFrame, *, export: str) -> Source:
    """The text of one review from its `contracts.REDACTED`; `export` is the export's id."""
    ordered = passages.sort_values("ordinal", kind="stable").reset_index(drop=True)
    lines = paragraphs(ordered)
    first = _FIRST.format(review=review_id, export=export)
    starts = (
        len(first) + len(BETWEEN) + (lines.str.len() + len(BETWEEN)).cumsum().shift(fill_value=0)
    )
    own = (starts + lines.str.len() - ordered["text"].str.len()).astype("int64")
    places = pd.DataFrame(
        {
            "passage_id": ordered["passage_id"],
            "start": own,
            "end": own + ordered["text"].str.len().astype("int64"),
            "line": lines,
        }
    )
    return Source(review_id, BETWEEN.join([first, *lines]) + "\n", places)


def paragraphs(passages: pd.DataFrame) -> pd.Series[str]:
    """The paragraph of each passage (`contracts.REDACTED`), with its number."""
    return (passages["number"] + " ").fillna("") + passages["text"].map(plain)


def plain(text: str) -> str:
    """A passage's text with as many characters, each of which every program counts as one."""
    return _ASTRAL.sub(STAND_IN, text.translate(_BREAKS))


def export_of(text: str) -> str | None:
    """The id of the export that a text is of, from its first lines."""
    found = _EXPORT.search(text[:1000])
    return found[1] if found else None
