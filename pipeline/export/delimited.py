"""Tables as CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import pandas as pd

from pipeline.contracts import TEXT, Table
from pipeline.sheets import FORMULA


def as_csv(frame: pd.DataFrame, table: Table) -> bytes:
    """UTF-8 with LF line ends and a header; empty cells are nulls.

    A text that would be taken for a formula gets an apostrophe in front; a carriage return,
    which readers take for the end of a row, becomes a blank.
    """
    texts = [column.name for column in table.columns if column.type == TEXT]
    safe = frame[table.names].astype(dict.fromkeys(texts, "str"))
    safe[texts] = safe[texts].replace({FORMULA: "'", "\r": " "}, regex=True)
    return safe.to_csv(index=False, lineterminator="\n").encode()
