"""Engines: the same results everywhere, and the death of a worker costs one item."""

import os

import pytest

from pipeline.engines import ENGINES, engine
from pipeline.errors import BadUsage


def square(number: int) -> int:
    return number * number


def die_at_three(number: int) -> int:
    if number == 3:
        os._exit(9)
    return number


def lost(number: int) -> int:
    return -number


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_gives_the_same_outcomes(name):
    with engine(name, workers=2) as where:
        assert sorted(where.map(square, range(8), lost)) == [n * n for n in range(8)]
        assert list(where.map(square, [], lost)) == []


def test_a_worker_that_dies_costs_its_item_and_no_other():
    with engine("processes", workers=2) as where:
        assert sorted(where.map(die_at_three, range(6), lost)) == [-3, 0, 1, 2, 4, 5]
        assert sorted(where.map(square, [1, 2], lost)) == [1, 4]


def test_an_unknown_engine_names_the_known_ones():
    with pytest.raises(BadUsage, match="serial, processes"):
        engine("steam")
