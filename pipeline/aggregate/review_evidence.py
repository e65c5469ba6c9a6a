"""Whether a review's codings together are enough to say that it has a code.

One false coding among hundreds of passages is enough to find every theme in every review. The
score of a machine coding is the probability that it is right; added up over a review's passages, it
is the number of right ones to be expected, whatever their dependence. A code is there when that is
one half at least, and more in a review of many codings, which has as many more false ones
(`contracts.SHARE`). What is certain, because a person decided it, is enough by itself. A theme is
there when one of its codes is.
"""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.coders import people
from pipeline.contracts import LEAST, SHARE

UNSCORED = 0.5
"""What a coding without a score counts, a language model's: as likely right as wrong."""


def evidence(codings: pd.DataFrame, *, share: float = SHARE) -> pd.DataFrame:
    """Of each code of each review, indexed (review_id, theme, code): `expected` and `enough`.

    expected: right passages to be expected, at least `enough` where one is certain; enough: from
    which number on the code is there. `codings` are those of one state, `contracts.CODINGS` or
    `CHECKED_CODINGS`, all that there are of a review. A passage counts once however many coders it
    has. `share`: of what is expected of all codes of the review, how much one needs.
    """
    checked = codings.get("checked", people(codings["coder"]))
    scored = codings.assign(score=codings["score"].mask(checked, 1.0).fillna(UNSCORED))
    code = ["review_id", "theme", "code"]
    best = scored.groupby([*code, "passage_id"])["score"].max()
    expected = best.groupby(code).sum()
    enough = (share * expected.groupby("review_id").transform("sum")).clip(lower=LEAST).round(4)
    sure = scored.assign(sure=checked).groupby(code)["sure"].any()
    expected = expected.round(4)
    return pd.DataFrame(
        {"expected": expected.mask(sure, expected.clip(lower=enough)), "enough": enough}
    )


def established(codings: pd.DataFrame) -> pd.DataFrame:
    """Those codings of one state whose code is there in their review."""
    found = evidence(codings)
    there = found.index[found["expected"] >= found["enough"]]
    return codings[pd.MultiIndex.from_frame(codings[["review_id", "theme", "code"]]).isin(there)]
