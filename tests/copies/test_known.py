"""Which identifiers go wherever they stand, and where in a text they are found."""

from __future__ import annotations

import pytest

from pipeline.copies.known import Known, decide

KNOWN = Known(
    {"Ada Pryce-Jones": "[VICTIM]", "Hope": "[PROFESSIONAL 1]", "O’Dare": "[PERSON 1]"},
    frozenset({"hope"}),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for Ada Pryce-Jones.", ["Ada Pryce-Jones"]),
        ("for ADA PRYCE-JONES's", ["ADA PRYCE-JONES"]),
        ("for Ada\nPryce-\nJones", ["Ada\nPryce-\nJones"]),
        ("for Ada Pry-\nce-Jones", ["Ada Pry-\nce-Jones"]),
        ("ada_pryce-jones Ada  Pryce\u2011Jones", ["Ada  Pryce\u2011Jones"]),
        ("Mr O'Dare and O’DARE", ["O'Dare", "O’DARE"]),
        ("Dr Hope, HOPE, and there was hope", ["Hope", "HOPE"]),
        ("Hopeful", []),
    ],
)
def test_found_as_whole_tokens_in_any_case(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in KNOWN.find(text)] == found


def test_words_numbers_and_years_go_only_in_their_places() -> None:
    replaced = [("Hannah", "[A]"), ("Hannah", "[A]"), ("2013", "[DATE 2013]"), ("1", "[PLACE 1]"),
                ("Hope", "[B]"), ("Force", "[C]"), ("nine", "[AGE]")]  # fmt: skip
    redacted = "In hope the Force and the Force came in 2013. Hannah and nine others."
    everywhere, words, in_place = decide(replaced, redacted)
    assert everywhere == {"Hannah": "[A]", "Hope": "[B]"}
    assert words == {"hope"}
    assert in_place == 4


def test_the_pseudonym_that_most_often_stood_there() -> None:
    everywhere, _, _ = decide([("Ray Lund", "[A]"), ("Ray Lund", "[B]"), ("Ray  Lund", "[B]")], "")
    assert everywhere == {"Ray Lund": "[B]"}


def test_what_is_known_goes_to_another_process_and_back() -> None:
    assert Known.from_json(KNOWN.as_json()) == KNOWN


def test_the_month_that_a_pseudonym_tells_is_no_name() -> None:
    known = Known({"May": "[PERSON 1]"})
    assert [(f.start, f.end) for f in known.find("May rang. [DATE May 2015]")] == [(0, 3)]


def test_a_date_that_an_action_plan_keeps_goes_only_in_its_place() -> None:
    replaced = [("May 2015", "[DATE 2015]"), ("May 2015", "[DATE May 2015]")]
    assert decide(replaced, "in [DATE 2015] by [DATE May 2015]")[0] == {}
