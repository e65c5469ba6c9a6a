"""A multinomial regression over named features: one of several words, told from what is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

ALWAYS = "always"
"""A feature that everything has."""
DECIMALS = 3
"""Log-odds are rounded, so that the order of summation on another machine changes nothing."""


@dataclass(frozen=True)
class Regression:
    """Its weights; all arrays, so that the file holds nothing that could be run.

    labels: what it can say, shape (labels,); names: features, with `ALWAYS` among them, shape
    (features,); weights: log-odds of shape (features, labels).
    """

    labels: Array
    names: Array
    weights: Array

    def says(self, features: Iterable[str]) -> str | None:
        """The likeliest label; None where nothing was learnt."""
        if not len(self.names):
            return None
        rows = [self._row[name] for name in sorted({*features, ALWAYS} & self._row.keys())]
        odds = self.weights[rows].sum(axis=0, dtype=float).round(DECIMALS)
        return str(self.labels[odds.argmax()])

    @cached_property
    def _row(self) -> dict[str, int]:
        return {str(name): n for n, name in enumerate(self.names)}


NOTHING_LEARNT = Regression(*(np.zeros(0, dtype="<U1") for _ in range(3)))
