"""Tables as CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import pandas as pd

from pipeline.contracts import TEXT, Table
from pipeline.sheets import FORMULA

WITHHELD = "c"
"""What stands in place of a number that disclosure control withholds, as in official statistics."""


def as_csv(frame: pd.DataFrame, table: Table) -> bytes:
    """UTF-8 with LF line ends and a header; empty cells are nulls.

    A text that would be taken for a formula gets an apostrophe in front; a carriage return,
    which readers take for the end of a row, becomes a blank.
    """
    texts = [column.name for column in table.columns if column.type == TEXT]
    safe = printed(frame[table.names], table).astype(dict.fromkeys(texts, "str"))
    safe[texts] = safe[texts].replace({FORMULA: "'", "\r": " "}, regex=True)
    return safe.to_csv(index=False, lineterminator="\n").encode()


def printed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame with `WITHHELD` where a number is withheld, for CSV and workbook.

    Those are the empty numbers of suppressed rows, and numbers of passages in tables with a state.
    """
    if "state" not in table.names:
        return frame
    cells = frame.astype(object).where(frame.notna(), None)
    suppressed = frame["state"] == "suppressed"
    for column in table.columns:
        if column.type != TEXT and column.name != "needs_human_coding":
            withheld = suppressed | (column.name == "n_passages")
            cells.loc[withheld & frame[column.name].isna(), column.name] = WITHHELD
    return cells
