"""A multinomial regression over named features: one of several words, told from what is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

Array = NDArray[Any]

ALWAYS = "always"
"""A feature that everything has."""
DECIMALS = 3
"""Log-probabilities are rounded, so that the order of summation elsewhere changes nothing."""
LEAST_READ = -2.0
"""Log-probability below which nothing read counts: it outvotes words only where they are in doubt.
Of sentences unlike those that it learnt from an encoder is too sure (docs/coding.md)."""


@dataclass(frozen=True)
class Regression:
    """Its weights; all arrays, so that the file holds nothing that could be run.

    labels: what it can say, shape (labels,); names: features, with `ALWAYS` among them, shape
    (features,); weights: log-odds of shape (features, labels).
    """

    labels: Array
    names: Array
    weights: Array

    def says(
        self, features: Iterable[str], read: Array | None = None, *, least: float = LEAST_READ
    ) -> str | None:
        """The likeliest label; None where nothing was learnt.

        `read` are log-odds of the same labels from elsewhere, shape (labels,): then the label with
        the greatest sum of both log-probabilities, those read being `least` at the least.
        """
        if not len(self.names):
            return None
        rows = [self._row[name] for name in sorted({*features, ALWAYS} & self._row.keys())]
        told = log_softmax(self.weights[rows].sum(axis=0, dtype=float))
        if read is not None:
            told += np.maximum(log_softmax(read.astype(float)), least)
        return str(self.labels[told.round(DECIMALS).argmax()])

    @cached_property
    def _row(self) -> dict[str, int]:
        return {str(name): n for n, name in enumerate(self.names)}


NOTHING_LEARNT = Regression(*(np.zeros(0, dtype="<U1") for _ in range(3)))
