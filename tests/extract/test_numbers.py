"""Printed numbers, and hyphens at line ends."""

from __future__ import annotations

import pytest

from pipeline.extract.hyphens import Hyphens
from pipeline.extract.numbers import follows, split_bullet, split_number


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("4.12 The panel", "4.12", "The panel"),
        ("3.1.2. The panel", "3.1.2", "The panel"),
        ("17. The panel", "17", "The panel"),
        ("16A. Recognition", "16A", "Recognition"),
        ("(a) whether", "(a)", "whether"),
        ("iv) whether", "iv)", "whether"),
        ("R1 The panel", "R1", "The panel"),
        ("R1: the panel", "R1", "the panel"),
        ("Recommendation 3: That", "Recommendation 3", "That"),
        ("Recommendation 3 (Police): That", "Recommendation 3", "(Police): That"),
        ("2014 was a difficult year", None, "2014 was a difficult year"),
        ("12 officers attended", None, "12 officers attended"),
        ("3.5% of them", None, "3.5% of them"),
        ("10.30am on Monday", None, "10.30am on Monday"),
        ("A. Person attended", None, "A. Person attended"),
        ("Recommendations were made", None, "Recommendations were made"),
    ],
)
def test_numbers(text: str, number: str | None, rest: str) -> None:
    assert split_number(text) == (number, rest)


@pytest.mark.parametrize("number", ["12", "A1", "D30", "4(a)", "7(iii)"])
def test_a_bare_number_needs_its_place(number: str) -> None:
    assert split_number(f"{number} The panel", bare=True) == (number, "The panel")
    assert split_number(f"{number} The panel") == (None, f"{number} The panel")


@pytest.mark.parametrize(
    ("previous", "number", "expected"),
    [("A9", "A10", True), ("A9", "B1", True), ("A9", "B2", False), ("4(a)", "4(b)", True),
     ("4(f)", "5(a)", True), ("4(a)", "4(c)", False), ("(iv)", "(v)", True), ("(h)", "(i)", True),
     ("4.12", "4.13", True), ("4.12", "4.12.1", True), ("4.12", "5", True), ("4.12", "5.1", True),
     ("4.12", "4.14", False), ("", "1", False)],
)  # fmt: skip
def test_what_follows(previous: str, number: str, expected: bool) -> None:
    assert follows(number, previous) is expected


@pytest.mark.parametrize("text", ["• one", "– one", "\uf0b7 one", "\uf0b7one", "− one"])
def test_bullets(text: str) -> None:
    assert split_bullet(text) == "one"


@pytest.mark.parametrize("text", ["one", "-one", "over – one", "on one"])
def test_no_bullets(text: str) -> None:
    assert split_bullet(text) is None


@pytest.mark.parametrize(
    ("previous", "number", "expected"),
    [
        ("4.12", "4.13", True), ("4.12", "5", True), ("4.12", "5.1", True),
        ("4.12", "4.12.1", True), ("4.12", "4.14", False), ("(a)", "(b)", True), (None, "1", False),
    ],
)  # fmt: skip
def test_next_numbers(previous: str | None, number: str, expected: bool) -> None:
    assert follows(number, previous) is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["the informa-", "tion given"], "the information given"),
        (["a multi-", "agency plan"], "a multi-agency plan"),
        (["a follow-", "up call"], "a follow-up call"),
        (["Anne-", "Marie said"], "Anne-Marie said"),
        (["from 2016–", "17 on"], "from 2016–17 on"),
        (["it was -", "then - late"], "it was - then - late"),
        # Addresses that a narrow cell breaks anywhere
        (["(info@fern", "-", "house.o", "rg) by"], "(info@fern-house.org) by"),
        (["www.fern", "house.org", "and then"], "www.fernhouse.org and then"),
        (["a@fern.co", ".uk today"], "a@fern.co.uk today"),
        (["write to a@fern.org", "today"], "write to a@fern.org today"),
        (["write to a@fern.de", "today"], "write to a@fern.de today"),
    ],
)
def test_hyphens(lines: list[str], expected: str) -> None:
    assert Hyphens(["the information", "no follow-up visit"]).join(lines) == expected
