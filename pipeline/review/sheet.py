"""The sheet in which people decide about codings: written, filled in by them, taken in.

A row is one code of one passage, or, with an empty code, a passage as a whole; text is redacted.
The person fills in `decision`, `who` and `when`, with `add` also `code`; `polarity`, `subject`
and `evidence` are theirs to change with `add` and `change`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.codebook import Codebook
from pipeline.decisions import WITHDRAW, Faults, refuse, signed
from pipeline.export.excerpts import citations
from pipeline.redact.quote import words
from pipeline.review.decision import PASSAGE, CodingDecision, Quote, decisions_in, quote_at
from pipeline.review.override import APPLIES
from pipeline.sheets import quoted, read_sheet, unquoted
from pipeline.vocabulary import CHOICES, CODING_DECISIONS, MACHINE, POLARITIES, SUBJECTS

COLUMNS = (
    "review", "citation", "text", "code", "name", "polarity", "subject", "evidence", "score",
    "reason", "decision", "who", "when", "note", "how", "coder", "passage",
)  # fmt: skip
_NEEDED = [c for c in COLUMNS if c not in ("citation", "text", "name", "score", "reason", "note")]
_PLACE = ["review_id", "passage_id", "code"]


def coding_rows(
    codings: pd.DataFrame,
    decisions: pd.DataFrame,
    passages: pd.DataFrame,
    codebook: Codebook,
    *,
    whole: pd.DataFrame,
    how: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Rows of a sheet, in `COLUMNS`, in reading order.

    `codings` and attached `decisions` are those of the passages wanted; `whole` are the passages
    that also have a row of their own; `how` says by passage id how they were chosen.
    """
    told = decisions.drop(columns=["start", "end", "before", "after"])
    rows = codings[[*_PLACE, "coder", "polarity", "subject", "start", "end", "score", "reason"]]
    rows = rows.merge(told, on=[*_PLACE, "coder"], how="outer", suffixes=("", "_told"))
    own = whole[["review_id", "passage_id"]].assign(code=PASSAGE, coder=MACHINE)
    rows = rows.merge(own, on=[*_PLACE, "coder"], how="outer")
    rows = rows.merge(passages, on=["review_id", "passage_id"])
    rank = {code: n for n, code in enumerate([*codebook.codes, PASSAGE])}
    rows = rows.assign(rank=rows["code"].map(rank).fillna(len(rank)))
    rows = rows.sort_values(["review_id", "ordinal", "rank", "coder", "who"], kind="stable")
    rows = rows.reset_index(drop=True)
    chosen = rows["passage_id"].map(how or {})
    sheet = pd.DataFrame(
        {
            "review": rows["review_id"],
            "citation": citations(rows),
            "text": rows["text"].map(quoted),
            "code": rows["code"],
            "name": rows["code"].map({c.id: c.name for c in codebook.code}),
            "polarity": rows["polarity_told"].fillna(rows["polarity"]),
            "subject": rows["subject_told"].fillna(rows["subject"]),
            "evidence": _evidence(rows),
            "score": rows["score"].round(2),
            "how": rows["how"].fillna(chosen).fillna("chosen"),
            "passage": rows["passage_id"].map(quoted),
            **{name: rows[name] for name in ("reason", "decision", "who", "when", "note", "coder")},
        }
    )
    return sheet[list(COLUMNS)].astype(object).where(sheet[list(COLUMNS)].notna(), "")


def _evidence(rows: pd.DataFrame) -> list[str]:
    """The machine's evidence, or what a person quoted; nothing where that is the whole passage."""
    cells = rows[["text", "start", "end", "quote"]].astype(object)
    found = [
        text[start:end] if pd.notna(start) else quote
        for text, start, end, quote in cells.to_numpy()
    ]
    return [
        quoted(part) if isinstance(part, str) and part != text else ""
        for part, text in zip(found, rows["text"], strict=True)
    ]


class SheetReader:
    """Reads filled-in sheets against the passages and codings of today."""

    def __init__(
        self,
        passages: pd.DataFrame,
        codings: pd.DataFrame,
        codebook: Codebook,
        decisions: pd.DataFrame,
    ) -> None:
        """`decisions` are the attached ones: a row that says the same is one of them."""
        self._texts = {
            (review, passage): text
            for review, passage, text in zip(
                passages["review_id"], passages["passage_id"], passages["text"], strict=True
            )
        }
        self._codings = {
            (row["review_id"], row["passage_id"], row["code"]): row
            for row in codings.astype(object).where(codings.notna(), None).to_dict("records")
        }
        self._codebook = codebook
        self._stored = {
            (d.review_id, d.passage_id, d.code, d.coder, d.who): d for d in decisions_in(decisions)
        }

    def read(self, path: Path, review_id: int | None) -> dict[int, CodingDecision]:
        """Row → decision or withdrawal, of the rows that have one.

        With `review_id` rows of other reviews are refused. Raises `BadSheet` with all that is
        wrong, naming rows and columns and no cell, and as `read_sheet` does.
        """
        faults = Faults()
        found: dict[int, CodingDecision] = {}
        for number, cells in read_sheet(path, _NEEDED):
            tidy = _tidy(cells)
            if tidy["decision"] and (made := self._decision(number, tidy, review_id, faults)):
                found[number] = made
        refuse(path, [*faults, *_contradictions(found)])
        return found

    def _decision(
        self, number: int, cells: dict[str, str], review_id: int | None, faults: Faults
    ) -> CodingDecision | None:
        place = _place(number, cells, review_id, faults)
        text = self._texts.get(place) if place else None
        if place and text is None:
            faults.add(number, "passage", "the review has no such passage; leave the cell as it "
                       "was, or export anew if the study was built again since")  # fmt: skip
        word = cells["decision"]
        if word not in (*CODING_DECISIONS, WITHDRAW):
            known = ", ".join((*CODING_DECISIONS, WITHDRAW))
            faults.add(number, "decision", f"write one of: {known}")
        who, when = signed(number, cells, faults)
        how = cells["how"] or "chosen"
        if how not in CHOICES:
            faults.add(number, "how", f"write one of: {', '.join(CHOICES)}")
        if text is None or place is None:
            return None
        stored = self._stored.get((*place, cells["code"], cells["coder"], who))
        if stored and _says_the_same(cells, stored):
            return stored._replace(decision=word)
        coding = self._codings.get((*place, cells["code"]))
        self._check_code(number, cells, coding, faults)
        polarity, subject = _told(number, cells, coding, faults)
        span = _span(number, cells, text, coding, faults)
        return CodingDecision(
            *place, cells["code"], who if word == "add" else cells["coder"] or MACHINE, word,
            polarity, subject, span.quote, span.before, span.after,
            span.start, span.end, who, when, cells.get("note") or None, how,
        )  # fmt: skip

    def _check_code(
        self, number: int, cells: dict[str, str], coding: object, faults: Faults
    ) -> None:
        code, word = cells["code"], cells["decision"]
        if code == PASSAGE:
            if word not in ("accept", WITHDRAW):
                faults.add(number, "code", "write the id of the code; a row without one takes only "
                           "`accept`: the passage was read, and no other code applies")  # fmt: skip
        elif code not in self._codebook.codes:
            faults.add(number, "code", "the codebook has no such code; write its id")
        elif word == "add" and coding:
            faults.add(number, "decision", "the machine applied this code: write accept or change")
        elif word in ("accept", "change") and not coding and cells["coder"] == MACHINE:
            faults.add(number, "decision", "the machine did not apply this code: write add, or "
                       "reject to say that it does not apply")  # fmt: skip


def _says_the_same(cells: Mapping[str, str], stored: CodingDecision) -> bool:
    """Whether a row is as a sheet shows a decision that is stored, or takes it back.

    What the machine says of the code by now does not matter then.
    """
    if cells["decision"] == WITHDRAW:
        return True
    if (cells["decision"], cells["when"]) != (stored.decision, stored.when):
        return False
    told = ("polarity", "subject") if APPLIES.get(stored.decision) else ()
    return (
        all(getattr(stored, name) in (cells[name], None) for name in told)
        and (cells.get("note") or None, cells["how"]) == (stored.note, stored.how)
        and (stored.decision not in ("add", "change") or cells["evidence"] in ("", stored.quote))
    )


def _tidy(cells: dict[str, str]) -> dict[str, str]:
    plain = {c: unquoted(cells[c]) for c in ("evidence", "passage")}
    lower = {c: cells[c].lower() for c in ("decision", "polarity", "subject", "how", "code")}
    return cells | plain | lower


def _place(
    number: int, cells: Mapping[str, str], review_id: int | None, faults: Faults
) -> tuple[int, str] | None:
    if not cells["review"].isdecimal():
        faults.add(number, "review", "write the number of the review")
        return None
    if review_id is not None and int(cells["review"]) != review_id:
        faults.add(number, "review", f"it is another review than {review_id}, which was named")
        return None
    return int(cells["review"]), cells["passage"]


def _told(
    number: int, cells: Mapping[str, str], coding: Mapping[Any, Any] | None, faults: Faults
) -> tuple[str | None, str | None]:
    """Polarity and subject of what is accepted, added or changed."""
    polarity, subject = cells["polarity"] or None, cells["subject"] or None
    for column, told, known in (("polarity", polarity, POLARITIES), ("subject", subject, SUBJECTS)):
        if told not in (*known, None):
            faults.add(number, column, f"write one of: {', '.join(known)}")
    theirs = (coding["polarity"], coding["subject"]) if coding else None
    if cells["decision"] == "accept" and theirs and (polarity, subject) != theirs:
        faults.add(number, "decision", "polarity or subject is not the machine's: write change")
    if cells["decision"] == "change" and (polarity, subject) == theirs:
        faults.add(number, "decision", "polarity and subject are the machine's: write accept, or "
                   "change one of them")  # fmt: skip
    if cells["decision"] == "change" and theirs:
        for column, was in zip(("polarity", "subject"), theirs, strict=True):
            if was and not cells[column]:
                faults.add(number, column, "write what it is instead; it cannot be left empty")
    return (polarity, subject) if APPLIES.get(cells["decision"]) else (None, None)


def _span(
    number: int,
    cells: Mapping[str, str],
    text: str,
    coding: Mapping[Any, Any] | None,
    faults: Faults,
) -> Quote:
    """The evidence in today's text; the machine's own where the cell still shows that."""
    evidence = cells["evidence"]
    if coding and (not evidence or evidence == text[coding["start"] : coding["end"]].strip()):
        return quote_at(text, coding["start"], coding["end"])
    found = words(evidence, whole=False).search(text) if evidence else None
    if evidence and not found:
        faults.add(number, "evidence", "the passage does not hold these words; copy them from its "
                   "text, or leave the cell empty for the whole passage")  # fmt: skip
    return quote_at(text, *found.span()) if found else quote_at(text)


def _contradictions(found: Mapping[int, CodingDecision]) -> Iterator[str]:
    first: dict[object, int] = {}
    for number, decision in found.items():
        key = (decision.review_id, decision.passage_id, decision.code, decision.who)
        other = first.setdefault(key, number)
        if found[other]._replace(note=None) != decision._replace(note=None):
            yield f"row {number}: it decides otherwise about the same code than row {other}"
