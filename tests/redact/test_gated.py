"""Patterns that are tried only where they can match."""

import re

import pytest

from pipeline.redact.gated import Gated


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:born|died) (?:in|at) [A-Z]\w+", ("born", "died")),
        (r"(?:aged|from the age of) \d+", ("aged", "from the age of")),
        (r"(?:very )?old", ("old",)),
        (r"(?:every day)+", ("every day",)),
        (r"[A-Z]\w+ (?!was)\w+", ()),
        (r"(?i:born) \d+", ()),
        (r"(?:born|\d{4})", ()),
    ],
)
def test_words_of_which_every_match_holds_one(pattern, words):
    assert Gated(pattern).words == words


@pytest.mark.parametrize(
    "text",
    ["She was born in Wexcombe and died at Thorle.", "Nobody knew.", "Born at Ax", "born at Ax"],
)
def test_it_finds_what_the_pattern_alone_finds(text):
    pattern = r"\b(?:born|died) (?:in|at) [A-Z]\w+"
    found = [match.span() for match in Gated(pattern).finditer(text)]
    assert found == [match.span() for match in re.finditer(pattern, text)]
