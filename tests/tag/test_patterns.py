"""The language of phrases and patterns."""

import subprocess
import sys

import pytest

from pipeline.errors import BadSettings
from pipeline.tag.patterns import PatternSet, Row, rows
from pipeline.tag.tokens import tokens


def found(pattern, text):
    finds = PatternSet([("x", pattern)]).find(tokens(text)).get("x", [])
    return [text[find.start : find.end] for find in finds]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("strangle", "He had strangled her.", ["strangled"]),
        ("take {poss} pension", "He took his mother’s pension.", ["took his mother’s pension"]),
        ("take {poss} pension", "Adult B takes Adult A's pension.", ["takes Adult A's pension"]),
        ("take {poss} pension", "He took [VICTIM]'s pension.", ["took [VICTIM]'s pension"]),
        ("tell {person}", "She told [PERSON 4] twice.", ["told [PERSON 4]"]),
        ("=hands", "He hands it over with his hand.", ["hands"]),
        ("=hands", "He handed it over.", []),
        ("MARAC", "The MARAC met; a marac did not.", ["MARAC"]),
        ("high-risk", "It was graded high‑risk, then high risk.", ["high‑risk", "high risk"]),
        ("walk|storm out|off", "He stormed off.", ["stormed off"]),
        ("walked_out|left_home", "She left home.", ["left home"]),
        ("not? ask", "She was not asked.", ["not asked"]),
        ("ask ~2 home", "They asked her about home.", ["asked her about home"]),
        ("ask ~2 home", "They asked. Her home was cold.", []),
        ("ask ~50 home", "They asked her about home.", ["asked her about home"]),
        ("no blame ~2", "No blame lies with her.", ["No blame lies with"]),
        ("the (MARAC)", "They went to the (MARAC).", ["the (MARAC)"]),
        ("ask ~2 home", "She was asked | home visit", []),
        ("!her|his bag", "He took a bag.", ["a bag"]),
        ("!her|his bag", "He took her bag.", []),
        ("{number}|several incident", "Three incidents.", ["Three incidents"]),
        ("{number}|several incident", "Several incidents.", ["Several incidents"]),
    ],
)
def test_slots(pattern, text, expected):
    assert found(pattern, text) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "{nobody} said",
        "~3",
        "{poss}",
        "{poss",
        "away?|gone home",
        "{poss}_letter",
        "a| b",
        "=",
        "ask ~x home",
        "ask ~² home",
        "ask ~51 home",
        "(ask",
        "(ask|tell) home",
        "ask home]",
        "{poss} poss}",
    ],
)
def test_a_pattern_that_cannot_work_is_named_with_its_code(pattern):
    with pytest.raises(BadSettings, match="code x: pattern"):
        PatternSet([("x", pattern)])


def test_the_longest_of_overlapping_finds_is_kept():
    patterns = PatternSet([("x", "ask"), ("x", "not ask about home")])
    text = "She was not asked about home."
    assert len(patterns.find(tokens(text))["x"]) == 1


def test_order_does_not_depend_on_the_hash_seed():
    code = (
        "from pipeline.tag.patterns import PatternSet; from pipeline.tag.tokens import tokens;"
        "p = PatternSet([(k, w) for k, w in zip('dcba', ['ask', 'home', 'tell', 'child'])]);"
        "print(list(p.find(tokens('Ask the child at home to tell.'))))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True,
            text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert seen == {"['a', 'b', 'c', 'd']\n"}


def test_many_texts_at_once_give_what_each_gives_alone():
    patterns = PatternSet([
        ("gap", "ask ~2 home"), ("ends", "~2 told ~1"), ("may", "not? seen? alone"),
        ("all", "very? much? ~2 {person}? said"), ("none", "!not told"),
        ("who", "{poss} phone|mobile_phone"), ("big", "MARAC"), ("number", "{number} calls"),
    ])  # fmt: skip
    texts = [
        tokens(t)
        for t in (
            "They asked her about home.", "Asked. Home.", "home", "Nobody told her mother.",
            "She was not seen alone; he was alone.", "It was very much so, she said", "not told",
            "the victim's phone and Adult B's mobile phone", "forty calls to the MARAC, no marac",
            "ask", "", "home ask the home",
        )
    ]  # fmt: skip
    assert patterns.find_all(Row(texts)) == [patterns.find(text) for text in texts]
    assert [row.texts for row in rows(texts)] == [texts]


def test_no_find_runs_from_one_text_into_the_next():
    patterns = PatternSet([("x", "ask ~3 home"), ("y", "ask home")])
    assert patterns.find_all(Row([tokens("They ask"), tokens("home help")])) == [{}, {}]
