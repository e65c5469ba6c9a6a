"""Measures with their intervals: counts summed over units, resampled by review and unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

REPLICATES = 1000
SEED = 20110413

Counts = NDArray[np.float64]
Statistic = Callable[[Counts], NDArray[np.float64]]
"""Sums of counts, shape (..., k) → values, shape (...)."""


@dataclass(frozen=True)
class Measure:
    """A value with what it was computed from, and a 95% bootstrap interval (nan: undefined).

    value: a share, F1, kappa …; n: successes, or units that count for it; of: the denominator.
    """

    value: float
    n: int
    of: int
    low: float
    high: float

    def plain(self) -> dict[str, Any]:
        """For JSON, with four decimals; what is undefined is null."""
        return {
            name: None if isinstance(x, float) and np.isnan(x) else round(x, 4)
            for name, x in vars(self).items()
        }


class Resampling:
    """Bootstrap weights of the units of some reviews.

    Reviews are drawn with replacement, then units within each drawn review (Davison and Hinkley
    1997, Bootstrap Methods and their Application, section 3.8): passages of one review resemble
    each other, and an interval that took them for independent would be too narrow. With few
    reviews it remains a rough guide.
    """

    def __init__(self, reviews: NDArray[Any]) -> None:
        """`reviews` has one review id for each unit, shape (n,)."""
        self.reviews = np.asarray(reviews)
        self.weights = self._weights() if len(self.reviews) else np.zeros((0, 0))

    def _weights(self) -> NDArray[np.float64]:
        """Shape (REPLICATES, n): how often each unit is drawn."""
        random = np.random.default_rng(SEED)
        groups = [np.flatnonzero(self.reviews == review) for review in np.unique(self.reviews)]
        weights = np.zeros((REPLICATES, len(self.reviews)))
        for row in weights:
            for group in random.integers(len(groups), size=len(groups)):
                units = groups[group]
                np.add.at(row, units[random.integers(len(units), size=len(units))], 1)
        return weights

    def interval(self, counts: Counts, statistic: Statistic) -> tuple[float, float]:
        """The 2.5th and 97.5th percentile of the statistic over the replicates.

        `counts` has shape (n, k).
        """
        if not len(counts):
            return float("nan"), float("nan")
        values = statistic(self.weights @ counts)
        values = values[~np.isnan(values)]
        if not len(values):
            return float("nan"), float("nan")
        low, high = np.percentile(values, [2.5, 97.5])
        return float(low), float(high)

    def share(self, hits: NDArray[Any], of: NDArray[Any] | None = None) -> Measure:
        """A proportion: successes over trials, one or several trials for each unit."""
        of = np.ones(len(hits)) if of is None else np.asarray(of, dtype=float)
        counts = np.column_stack([np.asarray(hits, dtype=float), of])
        return self.measure(counts, ratio)

    def measure(self, counts: Counts, statistic: Statistic) -> Measure:
        """A statistic of the summed counts; `n` and `of` are the sums of the first two columns."""
        sums = counts.sum(axis=0) if len(counts) else np.zeros(counts.shape[1])
        low, high = self.interval(counts, statistic)
        return Measure(float(statistic(sums)), int(sums[0]), int(sums[1]), low, high)


def ratio(sums: Counts) -> NDArray[np.float64]:
    """First count over second; nan when there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], np.nan)


# Of two coders' decisions: both yes, first alone, second alone, both no, in this order.
BOTH, FIRST, SECOND, NEITHER = range(4)


def precision(sums: Counts) -> NDArray[np.float64]:
    """Share of the second's yes that the first has, too."""
    return ratio(np.stack([sums[..., BOTH], sums[..., BOTH] + sums[..., SECOND]], axis=-1))


def recall(sums: Counts) -> NDArray[np.float64]:
    """Share of the first's yes that the second has, too."""
    return ratio(np.stack([sums[..., BOTH], sums[..., BOTH] + sums[..., FIRST]], axis=-1))


def f1(sums: Counts) -> NDArray[np.float64]:
    """Harmonic mean of precision and recall."""
    both = 2 * sums[..., BOTH]
    return ratio(np.stack([both, both + sums[..., FIRST] + sums[..., SECOND]], axis=-1))


def kappa(sums: Counts) -> NDArray[np.float64]:
    """Cohen's kappa (1960, Educational and Psychological Measurement 20); nan without variance."""
    total = sums.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = (sums[..., BOTH] + sums[..., NEITHER]) / total
        first = (sums[..., BOTH] + sums[..., FIRST]) / total
        second = (sums[..., BOTH] + sums[..., SECOND]) / total
        chance = first * second + (1 - first) * (1 - second)
        return np.where(chance < 1, (observed - chance) / (1 - chance), np.nan)


def confusion(first: NDArray[Any], second: NDArray[Any]) -> Counts:
    """Yes/no decisions of two coders, shape (n, ...) → counts, shape (n, ..., 4)."""
    first, second = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    cells = [first & second, first & ~second, ~first & second, ~first & ~second]
    return np.stack(cells, axis=-1).astype(float)
