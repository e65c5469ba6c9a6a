"""The example's gold: frozen where it is held out, and able to tell a good measure from a bad."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from fictional import PROJECT
from pipeline.codebook import read_codebook
from pipeline.evaluate.gold import HELD_OUT, GoldDocument, read_gold
from pipeline.evaluate.markup import Coding
from pipeline.study import Study

EXAMPLE = PROJECT / "corpus" / "example"
FROZEN = "ecdac59008cf2466a3cbcbe8d4b16015cd64129768dc3aa07488f62054e65e6a"
"""Of the split and of all that is held out. Whoever changes it has no held-out reviews any more:
figures measured before and after cannot be compared."""


def gold(tmp_path: Path) -> list[GoldDocument]:
    study = Study(EXAMPLE, tmp_path)
    reviews = study.intake().reviews
    return read_gold(study, reviews)


def overviews(tmp_path: Path) -> list[GoldDocument]:
    return [one for one in gold(tmp_path) if not one.repeats]


def codings(document: GoldDocument) -> Iterator[Coding]:
    return (coding for block in document.blocks for coding in block.codes)


def test_what_is_held_out_is_frozen(tmp_path: Path) -> None:
    held_out = sorted(one.name for one in gold(tmp_path) if one.split == HELD_OUT)
    content = hashlib.sha256(repr(held_out).encode())
    for name in held_out:
        for path in sorted((EXAMPLE / "source").glob(f"{name}.*")):
            content.update(path.read_bytes())
    assert len(held_out) == 5
    assert content.hexdigest() == FROZEN


def test_thirteen_reviews_of_three_kinds_and_seven_areas(tmp_path: Path) -> None:
    metas = [one.source.meta for one in overviews(tmp_path)]
    assert len(metas) == 13
    assert Counter(meta["case_type"] for meta in metas) == {
        "intimate partner": 9,
        "adult family": 3,
        "suicide": 1,
    }
    assert len({meta["area"] for meta in metas}) == 7
    assert len(gold(tmp_path)) == 14


def test_every_theme_is_present_in_some_reviews_and_not_in_others(tmp_path: Path) -> None:
    themes = {code.id: code.theme for code in read_codebook(PROJECT / "codebooks/dhr.toml").code}
    codes: Counter[str] = Counter()
    reviews: Counter[str] = Counter()
    for one in overviews(tmp_path):
        present = {coding.code for coding in codings(one) if coding.polarity == "present"}
        codes.update(present)
        reviews.update({themes[code] for code in present})
    assert set(reviews) == set(themes.values())
    assert all(4 <= count <= 11 for count in reviews.values()), reviews
    assert all(codes[code] <= reviews[themes[code]] for code in codes)


def test_the_held_out_reviews_hold_enough_of_what_is_rare(tmp_path: Path) -> None:
    held_out = [c for one in overviews(tmp_path) if one.split == HELD_OUT for c in codings(one)]
    counts = Counter(coding.polarity for coding in held_out)
    assert counts["absent"] >= 60
    assert counts["good-practice"] >= 60
    assert sum(coding.subject is not None for coding in held_out) >= 200


def test_every_overview_report_was_coded_twice(tmp_path: Path) -> None:
    assert all(one.second for one in overviews(tmp_path))
