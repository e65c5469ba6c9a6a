"""Why two builds differ: the narrowest cause that applies."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from pipeline.aggregate.made_from import causes

STAGES = ("extract", "redact", "tag", "topics", "aggregate")
RECORD: dict[str, Any] = {
    "software": {"dhr-pipeline": "1"},
    "stages": {s: {"version": "1", "libraries": {"pandas": "3"}} for s in STAGES},
    "models": {"spacy": "en 3"},
    "settings": {s: {"seed": 1} for s in (*STAGES, "tables", "disclosure")},
    "codebook": {
        "code": [{"id": id, "theme": "trees", "content": "x"} for id in ("oak", "elm", "ash")]
    },
    "coding_model": "",
    "reviews": {
        str(n): {"status": "built", "documents": "d", "described": "p", "redaction decisions": "r"}
        for n in (1, 2, 3, 4)
    },
}


def changed() -> dict[str, Any]:
    new = deepcopy(RECORD)
    del new["reviews"]["1"]
    new["reviews"]["9"] = RECORD["reviews"]["2"]
    new["reviews"]["2"]["documents"] = "other"
    new["reviews"]["3"]["status"] = "set aside at extract"
    new["codebook"]["code"] = [
        {"id": "oak", "theme": "trees", "content": "y"},
        {"id": "elm", "theme": "hedges", "content": "x"},
        {"id": "yew", "theme": "trees", "content": "x"},
    ]
    new["settings"]["tag"]["seed"] = 2
    new["settings"]["disclosure"]["seed"] = 3
    return new


def test_the_same_is_the_same() -> None:
    assert causes(RECORD, deepcopy(RECORD)).lines() == []


def test_reviews_codes_and_settings_are_told() -> None:
    assert causes(RECORD, changed()).lines() == [
        "Review 1 was taken out",
        "Review 2: its documents changed",
        "Review 3 was built and is set aside at extract",
        "Review 9 is new",
        "code ash is gone",
        "code elm moved from theme trees to hedges",
        "code oak is coded by other rules",
        "code yew is new",
        "setting tag, seed: 1 → 2",
        "setting disclosure, seed: 1 → 3",
    ]


def test_the_narrowest_cause_is_named() -> None:
    why = causes(RECORD, changed())
    assert why.of([1], ["oak"]) == ["Review 1 was taken out"]
    assert why.of([4], ["oak"]) == ["code oak is coded by other rules"]
    assert why.of([4], ["birch"]) == ["setting tag, seed: 1 → 2"]
    assert why.of([], []) == ["setting disclosure, seed: 1 → 3"]
    assert len(why.of([4])) == 4
