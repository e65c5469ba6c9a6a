"""Decisions about codings: kept, found again, put over the machine's."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.contracts import CODINGS, DECIDED_CODINGS, REDACTED
from pipeline.errors import MissingInput
from pipeline.review.attachment import attach
from pipeline.review.decision import (
    CodingDecision,
    frame,
    merged,
    quote_at,
    read_decisions,
    write_decisions,
)

TEXT = "She told the nurse that he hid her phone. =No form was filled in, and nobody asked why."


def decision(code: str = "coercive-control", **cells: Any) -> CodingDecision:
    start = TEXT.index("he hid")
    row = {
        "review_id": 7, "passage_id": "aa", "code": code, "coder": "machine",
        "decision": "accept", "polarity": None, "subject": None, "who": "Ines",
        "when": "2026-01-02",
        **quote_at(TEXT, start, start + 16)._asdict(),
    }  # fmt: skip
    return CodingDecision(**{**row, **cells})


def passages(*texts: tuple[str, str], review_id: int = 7, role: str = "analysis") -> pd.DataFrame:
    return REDACTED.frame(
        {
            "review_id": review_id, "passage_id": passage_id, "document_id": "d", "ordinal": n,
            "heading_path": "", "section_role": role, "role_confidence": 1.0,
            "kind": "paragraph", "text": text,
        }
        for n, (passage_id, text) in enumerate(texts)
    )  # fmt: skip


def test_decisions_come_back_as_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "decisions" / "codings.csv"
    formula = quote_at(TEXT, TEXT.index("=No"), len(TEXT))
    kept = frame([decision(note="see 4.2"), decision("record-keeping", **formula._asdict())])
    write_decisions(path, kept)
    pd.testing.assert_frame_equal(read_decisions(path), kept)
    assert "\"'=No form" in path.read_text(encoding="utf-8"), "a spreadsheet may open it"
    before = path.read_bytes()
    write_decisions(path, kept.iloc[::-1])
    assert path.read_bytes() == before
    path.write_bytes(codecs.BOM_UTF8 + before)
    pd.testing.assert_frame_equal(read_decisions(path), kept)


def test_context_has_no_half_of_a_pseudonym() -> None:
    text = (
        "On [DATE May 2013] she told her sister that he drank, which nobody knew but [PERSON 12]."
    )
    found = quote_at(text, text.index("that"), text.index(", which"))
    assert found.before == " she told her sister "
    assert found.after == ", which nobody knew but "


def test_no_file_is_no_decision_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "codings.csv"
    assert read_decisions(path).empty
    path.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    with pytest.raises(MissingInput, match="take it from git again"):
        read_decisions(path)


def test_a_later_word_replaces_an_earlier_one_of_the_same_person() -> None:
    stored = frame([decision(), decision(who="Omar")])
    after = merged(stored, frame([decision(decision="reject", when="2026-03-01")]))
    assert dict(zip(after["who"], after["decision"], strict=True)) == {
        "Ines": "reject",
        "Omar": "accept",
    }


def test_a_decision_stays_where_it_is() -> None:
    attached = attach(frame([decision()]), passages(("aa", TEXT)))
    assert attached.orphans.empty
    pd.testing.assert_frame_equal(attached.decisions, frame([decision()]))


def test_a_decision_follows_its_quote_to_another_passage() -> None:
    moved = passages(("bb", "Elsewhere he hid her phone too."), ("cc", "4.1 " + TEXT))
    attached = attach(frame([decision()]), moved)
    (row,) = attached.decisions.to_dict("records")
    assert row["passage_id"] == "cc"
    assert ("4.1 " + TEXT)[row["start"] : row["end"]] == "he hid her phone"


def test_a_reworded_passage_keeps_what_is_about_the_whole_of_it() -> None:
    whole = decision("", **quote_at(TEXT)._asdict())
    attached = attach(frame([whole]), passages(("bb", TEXT.replace("nurse", "[A3]"))))
    (row,) = attached.decisions.to_dict("records")
    assert row["passage_id"] == "bb"
    assert "[A3]" in row["quote"], "the words of today, not those that were replaced since"


def test_what_is_nowhere_or_in_two_places_is_an_orphan() -> None:
    gone = attach(frame([decision()]), passages(("bb", "Nothing of the kind.")))
    assert gone.decisions.empty
    pd.testing.assert_frame_equal(gone.orphans, frame([decision()]))
    twice = attach(frame([decision()]), passages(("bb", TEXT), ("cc", TEXT)))
    assert len(twice.orphans) == 1
    other = attach(frame([decision()]), passages(("bb", TEXT), review_id=8))
    assert len(other.orphans) == 1, "another review's passage is not its own"


def test_nothing_decided_is_nothing_attached() -> None:
    attached = attach(DECIDED_CODINGS.frame(), passages(("aa", TEXT)))
    assert attached.decisions.empty and attached.orphans.empty


def machine(code: str, passage_id: str = "aa", **cells: Any) -> dict[str, Any]:
    return {
        "review_id": 7, "passage_id": passage_id, "code": code, "theme": "abuse",
        "coder": "machine", "start": 0, "end": 3, "polarity": "present", "subject": "victim",
        "layer": "finding", "source": "panel", "time": "before", "score": 0.4, "reason": "words",
        **cells,
    }  # fmt: skip


def codings(*rows: dict[str, Any]) -> pd.DataFrame:
    return CODINGS.frame(rows)
