"""A person's word over the machine's."""

from __future__ import annotations

from pathlib import Path

import codebooks
from pipeline.codebook import read_codebook
from pipeline.review.decision import frame, quote_at
from pipeline.review.override import accepted_as_a_whole, checked, disagreements, found_later
from review.test_decision import TEXT, codings, decision, machine, passages

CODEBOOK = read_codebook(Path(codebooks.__file__).with_name("dhr.toml"))
PASSAGES = passages(("aa", TEXT), ("bb", "The panel heard that no form was filled in."))


def over(*decisions: object) -> dict[tuple[str, str], dict[str, object]]:
    found = checked(
        codings(machine("coercive-control"), machine("record-keeping", "bb")),
        frame(decisions),  # type: ignore[arg-type]
        PASSAGES,
        CODEBOOK,
    )
    return {(r["passage_id"], r["code"]): r for r in found.to_dict("records")}


def test_without_decisions_nothing_is_checked() -> None:
    found = over()
    assert len(found) == 2
    assert not any(row["checked"] for row in found.values())


def test_reject_removes_and_accept_marks() -> None:
    found = over(decision(decision="reject"))
    assert list(found) == [("bb", "record-keeping")]
    found = over(decision())
    row = found["aa", "coercive-control"]
    assert (row["checked"], row["checked_by"], row["coder"]) == (True, "Ines", "machine")
    assert not found["bb", "record-keeping"]["checked"]


def test_change_replaces_polarity_and_subject() -> None:
    row = over(decision(decision="change", polarity="absent", subject="child"))[
        "aa", "coercive-control"
    ]
    assert (row["polarity"], row["subject"], row["score"]) == ("absent", "child", 0.4)


def test_add_is_a_coding_of_the_person() -> None:
    added = decision("record-keeping", decision="add", coder="Ines", **quote_at(TEXT)._asdict())
    row = over(added)["aa", "record-keeping"]
    assert (row["coder"], row["layer"], row["polarity"]) == ("Ines", "finding", "present")
    assert (row["start"], row["end"]) == (0, len(TEXT))
    assert row["theme"] == CODEBOOK.codes["record-keeping"].theme


def test_what_the_machine_no_longer_finds_stays_if_it_was_accepted() -> None:
    row = over(decision("marac"))["aa", "marac"]
    assert row["coder"] == "Ines"


def test_who_reads_a_passage_as_a_whole_accepts_what_stands_there_that_day() -> None:
    whole = decision("", **quote_at(TEXT)._asdict())
    found = codings(machine("coercive-control"), machine("marac"), machine("dvds", "bb"))
    sheet = [whole, decision("marac", decision="reject")]
    standing = checked(found, frame(sheet), PASSAGES, CODEBOOK)
    (accepted,) = accepted_as_a_whole(sheet, standing, PASSAGES)
    assert (accepted.code, accepted.decision, accepted.polarity) == (
        "coercive-control", "accept", "present",
    )  # fmt: skip
    assert accepted.quote == TEXT[accepted.start : accepted.end]
    both = [*sheet, whole._replace(who="Omar")]
    assert [(d.who, d.code) for d in accepted_as_a_whole(both, standing, PASSAGES)] == [
        ("Ines", "coercive-control"), ("Omar", "coercive-control"),
    ]  # fmt: skip


def test_what_is_found_later_in_a_passage_read_as_a_whole_nobody_checked() -> None:
    whole = decision("", **quote_at(TEXT)._asdict())
    assert not over(whole)["aa", "coercive-control"]["checked"]
    later = found_later(codings(machine("coercive-control")), frame([whole]))
    assert later["code"].to_list() == ["coercive-control"]
    assert found_later(codings(machine("coercive-control")), frame([whole, decision()])).empty


def test_an_accepted_denial_stays_one_whatever_the_machine_says_today() -> None:
    accepted = decision(polarity="absent")
    assert over(accepted)["aa", "coercive-control"]["polarity"] == "absent"
    assert over(accepted._replace(code="marac"))["aa", "marac"]["polarity"] == "absent"


def test_the_latest_word_holds_and_difference_is_told() -> None:
    both = [decision(when="2026-02-01"), decision(decision="reject", who="Omar")]
    row = over(*both)["aa", "coercive-control"]
    assert row["checked_by"] == "Ines ; Omar"
    assert disagreements(frame(both))["code"].to_list() == ["coercive-control"]


def test_a_code_that_the_codebook_has_no_more_is_left_alone() -> None:
    assert len(over(decision("long-gone", decision="add"))) == 2
