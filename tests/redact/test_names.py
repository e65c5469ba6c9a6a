"""Mentions joined to people."""

import pytest

from pipeline.redact.names import People, near, parts, variants


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("Dr Isolde Sandercott", (["isolde"], "sandercott")),
        ("PC 4471 Hale", ([], "hale")),
        ("WHITLOE, Mark Anthony", (["mark", "anthony"], "whitloe")),
        ("HHJ Chambers QC", ([], "chambers")),
        ("P. Tunney", (["p"], "tunney")),
    ],
)
def test_parts(surface, expected):
    assert parts(surface) == expected


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("dransley", "dransly", True),
        ("dransley", "dranslay", True),
        ("dransley", "darnsley", True),
        ("hale", "hall", False),
        ("sandercott", "radcliffe", False),
    ],
)
def test_near(first, second, same):
    assert near(first, second) is same
    assert near(second, first) is same


def test_one_person_in_many_spellings():
    mentions = ["Dr Sandercott", "Isolde Sandercott", "I. Sandercott", "Sandercot", "Isolde", "IS"]
    people = People(mentions)
    assert {people.identity(mention) for mention in mentions} == {0}


def test_a_shared_surname_stays_apart():
    people = People(["Jane Whitloe", "Mark Whitloe", "Mr Whitloe", "Mrs Whitloe"])
    surfaces = ["Jane Whitloe", "Mark Whitloe", "Mr Whitloe", "Mrs Whitloe"]
    assert len({people.identity(surface) for surface in surfaces}) == 4


def test_a_name_with_an_apostrophe_is_looked_for_as_people_misspell_it():
    assert {"O'Neill", "O’Neill", "ONeill", "O Neill", "Oneill", "ONEILL"} <= {
        *variants(["O'Neill"])
    }
    assert [*variants(["Hale"])] == ["Hale", "HALE"]
