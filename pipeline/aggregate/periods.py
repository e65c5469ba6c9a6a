"""The periods of death that tables tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

NOT_STATED = "not stated"


def period_names(periods: Sequence[int]) -> list[str]:
    """Names of the periods that begin with these years, and of the time before them."""
    inner = [f"{first}-{after - 1}" for first, after in pairwise(periods)]
    return [f"before {periods[0]}", *inner, f"{periods[-1]} and later"]


def period_of(years: pd.Series[Any], periods: Sequence[int]) -> pd.Series[Any]:
    """The name of the period that each year of death is in; 'not stated' where there is none."""
    edges = [-np.inf, *periods, np.inf]
    found = pd.cut(years.astype(float), edges, right=False, labels=period_names(periods))
    return found.astype(object).where(found.notna(), NOT_STATED)
