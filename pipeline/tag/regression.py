"""A multinomial regression over named features: one of several words, told from what is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

Array = NDArray[Any]

ALWAYS = "always"
"""A feature that everything has."""
DECIMALS = 3
"""Log-probabilities are rounded, so that the order of summation elsewhere changes nothing."""


@dataclass(frozen=True)
class Regression:
    """Its weights; all arrays, so that the file holds nothing that could be run.

    labels: what it can say, shape (labels,); names: features, with `ALWAYS` among them, shape
    (features,); weights: log-odds of shape (features, labels); together: what its own
    log-probabilities weigh, those read elsewhere, and a constant, shape (2 * labels + 1, labels).
    """

    labels: Array
    names: Array
    weights: Array
    together: Array = field(default_factory=partial(np.zeros, (0, 0)))

    def says(self, features: Iterable[str], read: Array | None = None) -> str | None:
        """The likeliest label; None where nothing was learnt.

        `read` are log-odds of the same labels from elsewhere, shape (labels,): then the likeliest
        by both.
        """
        if not len(self.names):
            return None
        told = self.log_probabilities(features)
        if read is not None:
            told = both(told, read) @ self.together
        return str(self.labels[told.round(DECIMALS).argmax()])

    def log_probabilities(self, features: Iterable[str]) -> Array:
        """Of each label, shape (labels,)."""
        rows = [self._row[name] for name in sorted({*features, ALWAYS} & self._row.keys())]
        found: Array = log_softmax(self.weights[rows].sum(axis=0, dtype=float))
        return found

    @cached_property
    def _row(self) -> dict[str, int]:
        return {str(name): n for n, name in enumerate(self.names)}


def both(told: Array, read: Array) -> Array:
    """What `Regression.together` weighs, of log-probabilities and log-odds of shape (labels,)."""
    return np.concatenate([told, log_softmax(read.astype(float)), [1.0]])


NOTHING_LEARNT = Regression(*(np.zeros(0, dtype="<U1") for _ in range(3)))
