from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score, precision_score, recall_score

from pipeline.evaluate.resampling import (
    Resampling,
    confusion,
    f1,
    kappa,
    precision,
    ratio,
    recall,
)


@pytest.fixture
def decisions() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    first = random.random(200) < 0.3
    return first, first ^ (random.random(200) < 0.15)


def test_measures_are_those_of_the_library(decisions: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = decisions
    sums = confusion(first, second).sum(axis=0)
    assert kappa(sums) == pytest.approx(cohen_kappa_score(first, second))
    assert precision(sums) == pytest.approx(precision_score(first, second))
    assert recall(sums) == pytest.approx(recall_score(first, second))
    assert f1(sums) == pytest.approx(f1_score(first, second))


def test_nothing_to_divide_by_is_undefined() -> None:
    assert math.isnan(ratio(np.zeros(2)))
    assert math.isnan(kappa(confusion(np.ones(3), np.ones(3)).sum(axis=0)))
    empty = Resampling(np.array([])).share(np.array([]))
    assert math.isnan(empty.value)
    assert math.isnan(empty.low)
    assert (empty.n, empty.of) == (0, 0)


def test_a_share_has_its_counts_and_an_interval_round_it() -> None:
    measure = Resampling(np.repeat([1, 2, 3, 4], 25)).share(np.arange(100) % 4 > 0)
    assert (measure.value, measure.n, measure.of) == (0.75, 75, 100)
    assert 0.6 < measure.low < 0.75 < measure.high < 0.9


def test_reviews_that_differ_widen_the_interval() -> None:
    reviews = np.repeat([1, 2, 3, 4], 25)
    alike = Resampling(reviews).share(np.arange(100) % 2)
    apart = Resampling(reviews).share(np.repeat([0, 1, 0, 1], 25))
    assert apart.high - apart.low > 2 * (alike.high - alike.low)


def test_the_same_data_give_the_same_interval() -> None:
    hits = np.arange(60) % 3 == 0
    first, second = (Resampling(np.repeat([1, 2], 30)).share(hits) for _ in range(2))
    assert first == second
