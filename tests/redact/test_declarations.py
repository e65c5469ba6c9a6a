"""Pseudonyms that a report declares in words of its own, and the real names beside them.

declarations/development/ is what the regression has learnt from; declarations/check/ was only ever
counted. `python tests/redact/declarations/train.py --folds` counts both, and what is found by
folds that are not learnt from.
"""

import json
from pathlib import Path

import pytest

from pipeline.redact.declaration import mentions, told_pseudonyms
from pipeline.redact.declared import alone, declared_names

CHECK = Path(__file__).parent / "declarations/check"


@pytest.mark.parametrize(
    "texts",
    [
        [
            "The dead woman answers to Tilda in these pages, and Tilda is a borrowed name.",
            "Tilda rang the surgery. PC Hale spoke to Tilda at the door.",
        ],
        [
            "Names that were never theirs stand in for the couple. She is Tilda.",
            "Tilda moved. Nobody asked Tilda why.",
        ],
    ],
)
def test_unforeseen_words_tell_a_pseudonym(texts):
    pairs = [("", text) for text in texts]
    assert not declared_names(pairs, by_rule=True)
    assert declared_names(pairs) == {"Tilda"}


def test_what_is_told_of_a_name_once_holds_only_if_the_review_uses_the_name_by_itself():
    texts = ["The dead woman answers to Tilda in these pages, and Tilda is a borrowed name."]
    assert told_pseudonyms(texts) == {"Tilda"}
    assert not declared_names([("", texts[0])])
    texts += ["Tilda Hallowes rang the surgery. Tilda waited. Tilda had waited before."]
    assert not declared_names([("", text) for text in texts])


def test_a_professional_may_bear_the_same_name():
    texts = ["Tilda left.", "DS Tilda Hallowes wrote to her.", "Council | Tilda Hallowes | Manager"]
    assert alone("Tilda", [*texts, "Tilda Hallowes, Head of Housing, agreed."]) == 1
    assert alone("Tilda", [*texts, "Tilda Hallowes, her mother, agreed."]) == 0


@pytest.mark.parametrize("surname", ["Marsh", "Wood", "Baker", "Brown", "March", "Kowalski"])
def test_a_surname_may_be_a_word(surname):
    told = "The dead woman answers to Tilda in these pages, and Tilda is a borrowed name."
    listed = "The names used below are not real. Tilda is the victim; Eric, her son."
    alike = ["Eric* is not his real name.", *["Eric and Tilda quarrelled."] * 5]
    alone_told = ["Tilda rang the surgery.", "Nobody asked Tilda why."]
    full = f"Tilda {surname} was killed by her husband in Wexmere."
    for texts in ([told, *alone_told], [listed], alike):
        assert "Tilda" in declared_names([("", text) for text in texts])
        assert "Tilda" not in declared_names([("", text) for text in [*texts, full]])


@pytest.mark.parametrize(
    "named",
    [
        "TILDA MARSH: OVERVIEW REPORT",
        "Tilda MARSH died.",
        "MARSH, Tilda",
        "Tilda J. Marsh died.",
        "Tilda (‘Til’) Marsh died.",
        "Tilda ‘Til’ Marsh died.",
        "Tilda de Marsh died.",
        "Tilda Rose-Marsh died.",
        "Tilda-Rose died.",
        "Tilda M. died.",
        "Rose Tilda died.",
        "Miss Tilda died.",
    ],
)
def test_a_name_beside_another_is_not_alone_however_it_is_written(named):
    assert alone("Tilda", ["Tilda left.", named]) == 0


@pytest.mark.parametrize(
    "used",
    [
        "When Tilda left, nobody asked why.",
        "Contact With Tilda And Her Mother",
        "What Tilda Disclosed",
        "TILDA WAS KILLED AT HOME",
        "He said “Tilda” I think.",
        "A MARAC Tilda knew of.",
    ],
)
def test_what_can_be_no_name_may_stand_beside_one(used):
    assert alone("Tilda", ["Tilda left.", used])


def test_a_referral_tells_no_pseudonym():
    texts = ["Tilda’s case was not referred to MARAC.", "Police did not refer Tilda to MARAC."]
    assert not told_pseudonyms(texts)
    assert not list(mentions(texts))
    assert list(mentions(["The dead woman is referred to throughout as Tilda."]))


def test_a_text_that_speaks_of_no_names_tells_nothing():
    assert told_pseudonyms(["Tilda rang the surgery.", "PC Hale spoke to Tilda."]) == frozenset()
    assert told_pseudonyms([]) == frozenset()


def test_more_pseudonyms_are_seen_than_rules_see_and_few_real_names_are_taken_for_one():
    seen = by_rule = pseudonyms = kept = real = 0
    for path in sorted(CHECK.glob("*.jsonl")):
        for line in map(json.loads, path.read_text("utf-8").splitlines()):
            texts, declared = line["passages"], set(line["pseudonyms"])
            others = set(line["real"]) - declared
            rules = declared_names([("", text) for text in texts], by_rule=True)
            found = rules | {name for name in told_pseudonyms(texts) if alone(name, texts) > 1}
            pseudonyms, seen = pseudonyms + len(declared), seen + len(declared & found)
            by_rule += len(declared & rules)
            real, kept = real + len(others), kept + len(others & found)
    counts = f"{seen} of {pseudonyms} pseudonyms ({by_rule} by rules), {kept} of {real} real names"
    print(counts)  # noqa: T201
    assert seen >= 0.55 * pseudonyms
    assert kept <= 0.03 * real
