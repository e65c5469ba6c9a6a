"""Whether a review's codings together are enough to say that it has a code.

One false coding among hundreds of passages is enough to find every theme in every review. The
score of a machine coding is the probability that it is right; added up over a review's passages, it
is the number of right ones to be expected, whatever their dependence. A code is there when
somewhat more than one is; what is certain, because a person decided it, is enough by itself. A
theme is there when one of its codes is.
"""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.coders import people
from pipeline.contracts import ENOUGH

UNSCORED = 0.5
"""What a coding without a score counts, a language model's: it takes two of them."""


def expected_passages(codings: pd.DataFrame, level: str) -> pd.Series[float]:
    """(review_id, theme or code) → right passages to be expected; of a theme its strongest code's.

    `codings` are those of one state, `contracts.CODINGS` or `CHECKED_CODINGS`. A passage counts
    once however many coders it has; a certain one counts `ENOUGH`.
    """
    checked = codings.get("checked", people(codings["coder"]))
    scores = codings["score"].mask(checked, 1.0).fillna(UNSCORED)
    sure = codings.assign(score=scores.mask(scores >= 1.0, ENOUGH))
    best = sure.groupby(["review_id", "theme", "code", "passage_id"])["score"].max()
    of_codes = best.groupby(["review_id", "theme", "code"]).sum().round(4)
    return of_codes.groupby(["review_id", level]).max()


def established(codings: pd.DataFrame) -> pd.DataFrame:
    """Those codings of one state whose code is there in their review."""
    expected = expected_passages(codings, "code")
    there = expected[expected >= ENOUGH].index
    return codings[pd.MultiIndex.from_frame(codings[["review_id", "code"]]).isin(there)]
