"""The sheet of codings: what goes out comes back, and what is wrong with it is told precisely."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from pipeline.decisions import WITHDRAW
from pipeline.errors import BadSheet
from pipeline.review.decision import CodingDecision, frame
from pipeline.review.sheet import COLUMNS, SheetReader, coding_rows
from pipeline.sheets import write_sheet
from review.test_decision import TEXT, codings, decision, machine, passages
from review.test_override import CODEBOOK

START = TEXT.index("he hid")
CODINGS = codings(machine("coercive-control", start=START, end=START + 16))
PASSAGES = passages(("aa", TEXT), ("bb", "=The panel heard that no form was filled in."))
Cells = dict[str, str]


def out(path: Path, *decisions: CodingDecision, whole: bool = True) -> list[Cells]:
    rows = coding_rows(
        CODINGS,
        frame(decisions),
        PASSAGES,
        CODEBOOK,
        whole=PASSAGES if whole else PASSAGES.iloc[:0],
    )
    write_sheet(path, COLUMNS, rows.to_dict("records"))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def back(
    path: Path,
    rows: list[Cells],
    review: int | None = 7,
    *,
    known: Sequence[CodingDecision] = (),
    found: pd.DataFrame = CODINGS,
) -> dict[int, CodingDecision]:
    path.unlink(missing_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return SheetReader(PASSAGES, found, CODEBOOK, frame(known)).read(path, review)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., dict[int, CodingDecision]]:
    """The sheet with some cells of its first row, or of another, filled in."""

    def filled(*, row: int = 0, **cells: str) -> dict[int, CodingDecision]:
        rows = out(tmp_path / "out.csv")
        (tmp_path / "out.csv").unlink()
        signed = {"who": "Ines", "when": "02/01/2026"}
        rows[row] |= signed | cells
        return back(tmp_path / "back.csv", rows)

    return filled


def test_the_sheet_shows_codings_and_passages(tmp_path: Path) -> None:
    rows = out(tmp_path / "s.csv")
    assert [(r["code"], r["passage"]) for r in rows] == [
        ("coercive-control", "“aa”"), ("", "“aa”"), ("", "“bb”"),
    ]  # fmt: skip
    assert rows[0]["evidence"] == "“he hid her phone”"
    assert rows[2]["text"].startswith("“=The panel"), "no cell is a formula"
    assert len(out(tmp_path / "t.csv", whole=False)) == 1


def test_an_accepted_coding_comes_back_with_its_quote(sheet: Callable[..., object]) -> None:
    accepted = decision(how="chosen", polarity="present", subject="victim")
    assert sheet(decision="accept") == {2: accepted}


def test_what_was_decided_stands_in_the_next_sheet(tmp_path: Path) -> None:
    known = decision(decision="change", polarity="absent", subject="child", note="see above")
    row = out(tmp_path / "s.csv", known)[0]
    told = [row[c] for c in ("decision", "polarity", "subject", "who", "note")]
    assert told == ["change", "absent", "child", "Ines", "see above"]
    assert back(tmp_path / "b.csv", [row]) == {2: known}


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (decision("marac", decision="add", coder="Ines"), codings(machine("marac"))),
        (decision(polarity="present", subject="victim"), codings(machine("marac"))),
        (decision(polarity="absent", subject="victim"), CODINGS),
        (decision(decision="change", polarity="present", subject="victim"), CODINGS),
        (decision("gone-from-the-codebook", polarity="present"), CODINGS),
    ],
)
def test_what_was_decided_stands_whatever_the_machine_says_by_now(
    tmp_path: Path, known: CodingDecision, found: pd.DataFrame
) -> None:
    row = next(r for r in out(tmp_path / "s.csv", known) if r["code"] == known.code)
    assert back(tmp_path / "b.csv", [row], known=[known], found=found) == {2: known}
    row["decision"] = "withdraw"
    (taken,) = back(tmp_path / "b.csv", [row], known=[known], found=found).values()
    assert taken == known._replace(decision=WITHDRAW)


def test_another_word_about_what_was_decided_is_judged(tmp_path: Path) -> None:
    known = decision("marac", decision="add", coder="Ines", note="see 4.2")
    row = next(r for r in out(tmp_path / "s.csv", known) if r["code"] == "marac")
    more = back(tmp_path / "b.csv", [row | {"note": "and 5.1"}], known=[known])
    assert more == {2: known._replace(note="and 5.1")}
    with pytest.raises(BadSheet, match="the machine applied this code"):
        back(tmp_path / "b.csv", [row | {"note": "and 5.1"}], known=[known],
             found=codings(machine("marac")))  # fmt: skip


def test_a_code_is_added_with_evidence(sheet: Callable[..., dict[int, CodingDecision]]) -> None:
    added = sheet(row=2, decision="add", code="record-keeping", evidence="no form")[4]
    assert (added.coder, added.quote, added.before) == ("Ines", "no form", "=The panel heard that ")


def test_a_passage_is_read_as_a_whole(sheet: Callable[..., dict[int, CodingDecision]]) -> None:
    whole = sheet(row=1, decision="accept", how="random")[3]
    assert (whole.code, whole.quote, whole.how) == ("", TEXT, "random")


def test_a_decision_is_taken_back(sheet: Callable[..., dict[int, CodingDecision]]) -> None:
    assert sheet(decision="withdraw")[2].decision == WITHDRAW


@pytest.mark.parametrize(
    ("row", "cells", "told"),
    [
        (0, {"decision": "yes"}, "row 2, column decision: write one of: accept"),
        (0, {"decision": "accept", "who": ""}, "row 2, column who"),
        (0, {"decision": "accept", "when": "soon"}, "row 2, column when"),
        (0, {"decision": "accept", "when": "2999-01-01"}, "the date is yet to come"),
        (0, {"decision": "accept", "who": "Machine"}, "row 2, column who: write a person"),
        (0, {"decision": "change", "polarity": "absent", "subject": ""}, "row 2, column subject"),
        (0, {"decision": "accept", "polarity": "absent"}, "write change"),
        (0, {"decision": "change"}, "write accept"),
        (0, {"decision": "change", "polarity": "maybe"}, "row 2, column polarity"),
        (0, {"decision": "add"}, "the machine applied this code"),
        (0, {"decision": "accept", "code": "no-such"}, "the codebook has no such code"),
        (0, {"decision": "accept", "passage": "zz"}, "row 2, column passage"),
        (0, {"decision": "accept", "review": "8"}, "another review than 7"),
        (0, {"decision": "accept", "how": "guess"}, "row 2, column how"),
        (1, {"decision": "add"}, "row 3, column code: write the id"),
        (2, {"decision": "accept", "code": "marac"}, "did not apply this code: write add"),
        (2, {"decision": "add", "code": "marac", "evidence": "a secret"}, "row 4, column evidence"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(
    sheet: Callable[..., object], row: int, cells: Cells, told: str
) -> None:
    with pytest.raises(BadSheet) as raised:
        sheet(row=row, **cells)
    assert told in str(raised.value)
    assert "a secret" not in str(raised.value), "no cell is quoted"


def test_two_words_about_one_code_are_refused(tmp_path: Path) -> None:
    rows = out(tmp_path / "s.csv")[:1] * 2
    signed = {"who": "Ines", "when": "2026-01-02"}
    both = [rows[0] | signed | {"decision": "accept"}, rows[1] | signed | {"decision": "reject"}]
    with pytest.raises(BadSheet, match=r"row 3: it decides otherwise .* than row 2"):
        back(tmp_path / "b.csv", both)
