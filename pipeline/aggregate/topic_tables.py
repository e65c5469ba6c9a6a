"""The topic tables: topics against the codebook, and over periods.

Only passages in a topic are counted: neither outliers nor repeats.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from pipeline.codebook import Codebook
from pipeline.contracts import TOPIC_CODEBOOK, TOPIC_CODES, TOPIC_PERIODS

MIN_PERCENT = 20.0
MIN_LIFT = 2.0
MIN_SIMILARITY = 0.3
"""A code covers a topic when at least so many of the topic's passages have it, so much oftener than
those of other topics, and its prototypes are at least so near in words. Set on the development
reviews of the example, where it finds three in four topics again whose theme is taken out of the
codebook (docs/topics.md)."""
N_NEAREST = 3
YEARS = 5
"""Years of death in a period, counted from years ending in 1 and 6: reviews began in 2011."""
NOT_STATED = "not stated"
_PASSAGE = ["review_id", "passage_id"]


class TopicComparison(NamedTuple):
    """Three frames that fit the contracts of the same names."""

    topic_codes: pd.DataFrame
    topic_codebook: pd.DataFrame
    topic_periods: pd.DataFrame


def compare_topics(
    assignments: pd.DataFrame,
    topics: pd.DataFrame,
    similarities: pd.DataFrame,
    codings: pd.DataFrame,
    reviews: pd.DataFrame,
    codebook: Codebook,
) -> TopicComparison:
    """Topics (contracts.TOPIC_ASSIGNMENTS, TOPICS, TOPIC_SIMILARITIES) beside codings and reviews.

    A passage counts for a code when it has the code, whatever the polarity and layer: what is
    said to be absent, or recommended, is in the codebook too.
    """
    if similarities.empty:
        # Too small a corpus for topics.
        return TopicComparison(TOPIC_CODES.frame(), TOPIC_CODEBOOK.frame(), TOPIC_PERIODS.frame())
    members = assignments[assignments["state"] == "in topic"]
    known = codings.loc[codings["code"].isin(list(codebook.codes)), [*_PASSAGE, "code"]]
    coded = members.merge(known.drop_duplicates(), on=_PASSAGE)
    codes = _codes(members, coded, similarities, codebook)
    near = (codes["nearness"] <= N_NEAREST) | (codes["n_passages"] > 0)
    return TopicComparison(
        TOPIC_CODES.validate(codes[near]),
        TOPIC_CODEBOOK.validate(_verdicts(codes, coded, topics)),
        TOPIC_PERIODS.validate(_periods(members, topics, reviews)),
    )


def _codes(
    members: pd.DataFrame, coded: pd.DataFrame, similarities: pd.DataFrame, codebook: Codebook
) -> pd.DataFrame:
    """Every topic x code."""
    cells = ["topic", "code"]
    rows = similarities.join(coded.groupby(cells).size().rename("n_passages"), on=cells)
    rows = rows.fillna({"n_passages": 0})
    rows["of_passages"] = rows["topic"].map(members.groupby("topic").size()).fillna(0)
    elsewhere = len(members) - rows["of_passages"]
    others = rows["code"].map(coded.groupby("code").size()).fillna(0) - rows["n_passages"]
    ranked = rows.sort_values(["similarity", "code"], ascending=[False, True])
    return rows.assign(
        theme=rows["code"].map({code.id: code.theme for code in codebook.code}),
        nearness=ranked.groupby("topic").cumcount() + 1,
        percent=_percent(rows["n_passages"], rows["of_passages"]).fillna(0),
        percent_elsewhere=_percent(others, elsewhere),
    )


def _percent(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (100 * part / whole.where(whole > 0)).astype(float).round(1)


def _verdicts(codes: pd.DataFrame, coded: pd.DataFrame, topics: pd.DataFrame) -> pd.DataFrame:
    covers = (
        (codes["percent"] >= MIN_PERCENT)
        & (codes["percent"] >= MIN_LIFT * codes["percent_elsewhere"].fillna(0))
        & (codes["similarity"] >= MIN_SIMILARITY)
    )
    order = ["covers", "n_passages", "similarity", "code"]
    ranked = codes.assign(covers=covers).sort_values(order, ascending=[False, False, False, True])
    rows = ranked.groupby("topic", as_index=False).first()
    nearest = codes[codes["nearness"] == 1].set_index("topic")
    any_code = coded.groupby("topic")["passage_id"].nunique()
    verdict = rows["covers"].map({True: "in the codebook", False: "not in the codebook"})
    return pd.DataFrame(
        {
            "topic": rows["topic"],
            "label": rows["topic"].map(topics.set_index("topic")["label"]),
            "verdict": verdict,
            "reason": _reasons(rows),
            "code": rows["code"].where(rows["n_passages"] > 0, None),
            "n_passages": rows["n_passages"],
            "n_coded": rows["topic"].map(any_code).fillna(0),
            "of_passages": rows["of_passages"],
            "nearest": rows["topic"].map(nearest["code"]),
            "similarity": rows["topic"].map(nearest["similarity"]),
        }
    )


def _reasons(rows: pd.DataFrame) -> pd.Series:
    has = (
        rows["code"] + ": " + rows["n_passages"].astype(int).astype(str)
        + " of " + rows["of_passages"].astype(int).astype(str) + " passages, "
        + rows["percent"].astype(str) + "% against " + rows["percent_elsewhere"].astype(str)
        + "% elsewhere, similarity " + rows["similarity"].round(2).astype(str)
    )  # fmt: skip
    lacking = (
        f"no code has {MIN_PERCENT:.0f}% of its passages, {MIN_LIFT:.0f} times the share elsewhere "
        f"and similarity {MIN_SIMILARITY}; most have "
    )
    reasons = has.where(rows["covers"], lacking + has)
    return reasons.where(rows["n_passages"] > 0, "none of its passages is coded")


def _periods(members: pd.DataFrame, topics: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """Every topic x period that a built review is of, zeros included."""
    built = reviews[reviews["status"] == "built"]
    period = period_of(built["year_of_death"]).set_axis(built["review_id"]).rename("period")
    placed = members.join(period, on="review_id")
    numbers = topics.loc[topics["topic"] >= 0, "topic"]
    cells = pd.MultiIndex.from_product([numbers, sorted(set(period))], names=["topic", "period"])
    of_cell = placed.groupby(["topic", "period"])
    rows = pd.DataFrame(index=cells)
    rows["n_passages"] = of_cell.size().reindex(cells, fill_value=0)
    rows["n_reviews"] = of_cell["review_id"].nunique().reindex(cells, fill_value=0)
    rows = rows.reset_index()
    rows["of_passages"] = rows["period"].map(placed.groupby("period").size()).fillna(0)
    rows["of_reviews"] = rows["period"].map(period.value_counts())
    return rows.assign(percent=_percent(rows["n_passages"], rows["of_passages"]))


def period_of(years: pd.Series) -> pd.Series:
    """'2011–2015' for 2013; 'not stated' where there is no year."""
    first = (years.astype("Int64") - 1) // YEARS * YEARS + 1
    last = first + YEARS - 1
    return (first.astype("string") + "–" + last.astype("string")).fillna(NOT_STATED).astype(object)
