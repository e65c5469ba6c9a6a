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
    shown = {"chosen": standing, "random": found}
    (accepted,) = accepted_as_a_whole(sheet, frame([]), shown, PASSAGES)
    assert (accepted.code, accepted.decision, accepted.polarity) == (
        "coercive-control", "accept", "present",
    )  # fmt: skip
    assert accepted.quote == TEXT[accepted.start : accepted.end]
    both = [*sheet, whole._replace(who="Omar")]
    assert [(d.who, d.code) for d in accepted_as_a_whole(both, frame([]), shown, PASSAGES)] == [
        ("Ines", "coercive-control"), ("Omar", "coercive-control"),
    ]  # fmt: skip


def test_in_a_passage_drawn_at_random_the_machines_codings_are_accepted_as_shown() -> None:
    found = codings(machine("coercive-control"), machine("marac"))
    omars = frame([decision("marac", decision="reject", who="Omar"), decision("dvds", who="Omar")])
    standing = checked(found, omars, PASSAGES, CODEBOOK)
    shown = {"chosen": standing, "random": found}
    whole = decision("", **quote_at(TEXT)._asdict())
    codes = {
        how: [d.code for d in accepted_as_a_whole(
            [whole._replace(how=how)], omars, shown, PASSAGES)]
        for how in ("chosen", "random")
    }  # fmt: skip
    assert codes == {
        "chosen": ["coercive-control", "dvds"], "random": ["coercive-control", "marac"],
    }  # fmt: skip


def test_what_somebody_said_with_a_note_is_not_said_again_without() -> None:
    found = codings(machine("coercive-control"), machine("marac"))
    noted = frame([decision(polarity="present", subject="victim", note="see 4.2")])
    shown = {"chosen": checked(found, noted, PASSAGES, CODEBOOK)}
    whole = decision("", **quote_at(TEXT)._asdict())
    (accepted,) = accepted_as_a_whole([whole], noted, shown, PASSAGES)
    assert accepted.code == "marac"
    other = accepted_as_a_whole([whole._replace(who="Omar")], noted, shown, PASSAGES)
    assert [d.code for d in other] == ["coercive-control", "marac"]


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
    denied = decision(polarity="absent", decision="change", who="Omar")
    assert len(disagreements(frame([decision(polarity="present"), denied])))
    assert disagreements(frame([decision(), denied])).empty, "what was accepted is not told"
    changed_mind = decision(decision="reject", coder="Ines", when="2026-03-01")
    assert disagreements(frame([decision(), changed_mind])).empty, "one person does not differ"


def test_a_code_that_the_codebook_has_no_more_is_left_alone() -> None:
    assert len(over(decision("long-gone", decision="add"))) == 2
