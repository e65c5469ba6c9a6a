"""Stretches of a text that came back → stretches of today's passages."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.export.refi.source import Source

CHANGED = "the text that it stands in is not the review's text of today"
NOWHERE = "it stands on no passage: on a paragraph number, an empty line or the first line"
OUTSIDE = "its place lies outside the text"


class Lines(NamedTuple):
    """The lines of a text that came back, put to the passages of today."""

    frame: pd.DataFrame
    """A row per line: `begin`, `stop` in the text (without blanks around it), passage_id (null
    where the line is none, or was changed), `shift` from the text to the passage, `length` of the
    passage, `empty`."""
    alike: float
    """Share of today's passages that have their line, 0 to 1."""

    @property
    def passages(self) -> set[str]:
        """The passages that have their line."""
        return set(self.frame["passage_id"].dropna())


def lines(text: str, today: Source) -> Lines:
    """Put every line of a text (line feeds only) to the passage whose line it is."""
    raw = pd.Series(text.split("\n"), dtype=object)
    begins = raw.str.len().add(1).cumsum().shift(fill_value=0)
    stripped = raw.str.strip()
    begins += raw.str.len() - raw.str.lstrip().str.len()
    frame = pd.DataFrame({"line": stripped, "begin": begins.astype("int64")})
    frame["stop"] = frame["begin"] + frame["line"].str.len().astype("int64")
    frame["empty"] = frame["line"] == ""
    own = today.places.assign(
        blanks=today.places["line"].str.len() - today.places["line"].str.lstrip().str.len(),
        line=today.places["line"].str.strip(),
        prefix=today.places["line"].str.len() - (today.places["end"] - today.places["start"]),
    )
    own = own[own["line"] != ""].reset_index(drop=True)
    theirs = frame.index[~frame["empty"]]
    mine, other = _pairs(own["line"].tolist(), frame.loc[theirs, "line"].tolist())
    at = theirs[other]
    found = own.iloc[mine].set_index(at)
    frame["passage_id"] = found["passage_id"].reindex(frame.index)
    # From a place in the text to one in the line, with its blanks, to one after the number.
    shift = found["blanks"] - found["prefix"] - frame.loc[at, "begin"]
    frame["shift"] = shift.reindex(frame.index, fill_value=0).astype("int64")
    frame["length"] = (found["end"] - found["start"]).reindex(frame.index, fill_value=0)
    return Lines(frame, len(mine) / max(1, len(own)))


def _pairs(mine: list[str], other: list[str]) -> tuple[list[int], list[int]]:
    """Positions of lines that are the same in both, in order."""
    blocks = SequenceMatcher(None, mine, other, autojunk=False).get_matching_blocks()
    return (
        [block.a + n for block in blocks for n in range(block.size)],
        [block.b + n for block in blocks for n in range(block.size)],
    )


def pieces(selections: pd.DataFrame, of: Lines) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Selections with `first` and `last` → a row per passage that each lies on, and the refused.

    The first has passage_id and `from`, `to` in the passage; the second has `reason`. A selection
    of which a part lies on changed text is refused as a whole, so that nobody is given a different
    quote from the one that they chose.
    """
    outside = selections["first"] < 0
    inside = selections[~outside]
    frame = of.frame
    # The lines that a selection touches are a range.
    top = np.searchsorted(frame["stop"], inside["first"], side="right")
    bottom = np.searchsorted(frame["begin"], inside["last"], side="left")
    ranges = [list(range(a, b)) for a, b in zip(top, bottom, strict=True)]
    touched = inside.assign(at=pd.Series(ranges, index=inside.index, dtype=object))
    touched = touched.explode("at").dropna(subset=["at"]).rename_axis("row").reset_index()
    touched = touched.merge(frame, left_on="at", right_index=True)
    touched = touched[~touched["empty"]]
    strange = touched["passage_id"].isna() & (touched["at"] != 0)
    changed = set(touched.loc[strange, "row"])
    on = touched[touched["passage_id"].notna() & ~touched["row"].isin(changed)]
    start = (on[["first", "begin"]].max(axis=1) + on["shift"]).clip(lower=0)
    end = (on[["last", "stop"]].min(axis=1) + on["shift"]).clip(upper=on["length"])
    found = on.assign(**{"from": start, "to": end})
    found = found[found["from"] < found["to"]]
    reason = pd.Series(NOWHERE, index=selections.index)
    reason[selections.index.isin(changed)] = CHANGED
    reason[outside] = OUTSIDE
    refused = selections.assign(reason=reason)[~selections.index.isin(found["row"])]
    return found[[*selections.columns, "passage_id", "from", "to"]].reset_index(drop=True), refused
