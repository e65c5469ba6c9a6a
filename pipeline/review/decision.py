"""What people decided about codings: one file of a study, kept in git, redacted text only.

`decisions/codings.csv` holds a row for each decision (`contracts.DECIDED_CODINGS`). Nobody edits it
by hand: the sheets that `dhr codings` and `dhr suggest` write are filled in and applied.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.contracts import DECIDED_CODINGS, INT
from pipeline.errors import ContractBroken, MissingInput
from pipeline.files import replacing
from pipeline.sheets import escaped, unescaped

CONTEXT = 32
"""Characters of a quote's context on each side."""
PASSAGE = ""
"""The code of a decision about the passage as a whole: it was read, no other code applies."""
_CUT_AT_START, _CUT_AT_END = re.compile(r"^[^\[\]]*\]"), re.compile(r"\[[^\[\]]*$")
_KEY = list(DECIDED_CODINGS.key)
_NUMBERS = [column.name for column in DECIDED_CODINGS.columns if column.type == INT]
_MAY_LACK = [column.name for column in DECIDED_CODINGS.columns if column.nullable]


class Quote(NamedTuple):
    """A stretch of a passage with its context (the Web Annotation model's TextQuoteSelector)."""

    quote: str
    before: str
    after: str
    start: int
    end: int


class CodingDecision(NamedTuple):
    """One decision, in the columns of `contracts.DECIDED_CODINGS`, whose meanings stand there."""

    review_id: int
    passage_id: str
    code: str
    coder: str
    decision: str
    polarity: str | None
    subject: str | None
    quote: str
    before: str
    after: str
    start: int
    end: int
    who: str
    when: str
    note: str | None = None
    how: str = "chosen"


def quote_at(text: str, start: int = 0, end: int | None = None) -> Quote:
    """The quote of text[start:end]; of the whole passage where no part is named."""
    end = len(text) if end is None else end
    # A pseudonym cut in two ("May 2013]") would look like what it stands for.
    before = _CUT_AT_START.sub("", text[max(0, start - CONTEXT) : start])
    after = _CUT_AT_END.sub("", text[end : end + CONTEXT])
    return Quote(text[start:end], before, after, start, end)


def frame(decisions: Iterable[CodingDecision]) -> pd.DataFrame:
    """`contracts.DECIDED_CODINGS` of some decisions; of two with one key the later stands.

    Raises `ContractBroken` where a decision does not fit the contract.
    """
    rows = pd.DataFrame.from_records(list(decisions), columns=CodingDecision._fields)
    return latest(rows.astype(dict.fromkeys(_NUMBERS, "Int64")))


def decisions_in(rows: pd.DataFrame) -> Iterator[CodingDecision]:
    """The decisions of `contracts.DECIDED_CODINGS`, one by one: `frame` the other way round."""
    whole = rows[list(CodingDecision._fields)].astype(object)
    return itertools.starmap(CodingDecision, whole.where(whole.notna(), None).to_numpy())


def latest(decisions: pd.DataFrame) -> pd.DataFrame:
    """One row for each key: the last by date, and of one date the last in order."""
    ordered = decisions.sort_values("when", kind="stable")
    return DECIDED_CODINGS.validate(ordered.drop_duplicates(_KEY, keep="last"))


def merged(stored: pd.DataFrame, incoming: pd.DataFrame) -> pd.DataFrame:
    """The stored decisions with those of a sheet, which replace earlier words about the same."""
    both = pd.concat([frame for frame in (stored, incoming) if len(frame)] or [stored])
    return DECIDED_CODINGS.validate(both.drop_duplicates(_KEY, keep="last"))


def read_decisions(path: Path) -> pd.DataFrame:
    """`contracts.DECIDED_CODINGS` of a study; empty when there is no file yet.

    Raises `MissingInput` when the file is damaged.
    """
    try:
        # A spreadsheet that saved the file may have put a byte order mark before it.
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        if header != DECIDED_CODINGS.names or any(len(row) != len(header) for row in rows):
            raise ValueError
        cells = pd.DataFrame([list(map(unescaped, row)) for row in rows], columns=header, dtype=str)
        cells = cells.astype(dict.fromkeys(_NUMBERS, "int64"))
        lacking = cells[_MAY_LACK].astype(object).where(cells[_MAY_LACK] != "", None)
        return DECIDED_CODINGS.validate(cells.assign(**{n: lacking[n] for n in _MAY_LACK}))
    except FileNotFoundError:
        return DECIDED_CODINGS.frame()
    except (ValueError, ContractBroken):
        raise MissingInput(
            f"{path} is damaged (a merge that left its marks, perhaps); take it from git again"
        ) from None


def write_decisions(path: Path, decisions: pd.DataFrame) -> None:
    """Keep the decisions of a study: sorted by key, so that git shows what changed."""
    rows = DECIDED_CODINGS.validate(decisions).astype(object)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows.columns)
    filled = rows.where(rows.notna(), "").to_numpy().tolist()
    writer.writerows([escaped(cell) for cell in row] for row in filled)
    with replacing(path) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf-8", newline="")
