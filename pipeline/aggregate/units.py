"""Counted units: the long frames that every count table groups, and every trace filters.

A cell of a table is the number of distinct units in the rows of one of these frames that have the
cell's values; the rows behind a cell are those same rows. What counts is said here and only here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pipeline.aggregate.coders import people
from pipeline.aggregate.flow import flow_units
from pipeline.aggregate.periods import NOT_STATED, period_names, period_of
from pipeline.aggregate.review_evidence import established
from pipeline.aggregate.rules import PERIODS
from pipeline.codebook import Codebook
from pipeline.vocabulary import CASE_TYPES, DOCUMENT_TYPES, PROGRESS, SCOPES, SUBJECTS

PEOPLE = ("victim", "perpetrator", "child")
"""The roles of a review's roles table that stand for people whom its death concerns."""
DIMENSIONS = ("area", "period", "case_type")
"""What describes the people of a review from outside its text: the identifying dimensions."""
COUNTED_LAYERS = ("finding", "fact")
KEYS: dict[str, tuple[str, ...]] = {
    "reviews": ("review_id",),
    "documents": ("document_id",),
    "passages": ("review_id", "passage_id"),
    "recommendations": ("review_id", "passage_id"),
    "actions": ("review_id", "passage_id"),
}
"""What makes two rows the same unit."""


@dataclass(frozen=True)
class Units:
    """The frames by name, and all values of each dimension in the order of the tables."""

    frames: Mapping[str, pd.DataFrame]
    values: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Mapping[str, str]]
    """Of themes, codes and agencies: id → name as it is printed."""

    def recoded(self, merged: Mapping[str, Mapping[str, str]]) -> Units:
        """The same units with some values of a dimension put under another: {area: {A: other}}."""
        frames = {
            name: frame.assign(
                **{d: frame[d].replace(dict(merged[d])) for d in merged if d in frame.columns}
            )
            for name, frame in self.frames.items()
        }
        values = {
            dimension: tuple(dict.fromkeys(merged.get(dimension, {}).get(v, v) for v in values))
            for dimension, values in self.values.items()
        }
        return replace(self, frames=frames, values=values)


def incidence(
    rows: pd.DataFrame, column: str, reviews: pd.Series[int], values: Sequence[str]
) -> pd.DataFrame:
    """Whether each review (in the order given) has a row with each value of a column."""
    pairs = rows[["review_id", column]].drop_duplicates().assign(has=True)
    found = pairs.pivot(index="review_id", columns=column, values="has")
    return found.reindex(index=pd.Index(reviews), columns=list(values)).notna()


def counted_units(
    *,
    codings: pd.DataFrame,
    at_fault: pd.DataFrame,
    recommendations: pd.DataFrame,
    roles: pd.DataFrame,
    documents: pd.DataFrame,
    reviews: pd.DataFrame,
    codebook: Codebook,
    agencies: Mapping[str, str],
    reliability: pd.DataFrame | None = None,
    periods: Sequence[int] = PERIODS,
) -> Units:
    """The counted units of a study's tables, in the columns of their contracts.

    A column `checked` of the codings says whether a person decided about them; without it those of
    people are. `at_fault` has the columns review_id, passage_id, code, coder, agency: the agency,
    or one of the agencies, that a coding finds fault with. `agencies` maps ids to names;
    `reliability` has code and needs_human.

    Codings of reviews that were set aside, and of codes that the codebook lacks, are left out.
    """
    built = _reviews(reviews, periods)
    known = _codings(codings, codebook, reliability).merge(built, on="review_id")
    counted = known["layer"].isin(COUNTED_LAYERS)
    present = established(known[counted & (known["polarity"] == "present")])
    own = known[known["layer"] == "recommendation"]
    told = _once(recommendations, documents).merge(built, on="review_id")
    stated = told[told["kind"] == "recommendation"]
    concerned = roles.loc[roles["role"].isin(PEOPLE), ["review_id", "role"]].drop_duplicates()
    frames = {
        "codes": pd.DataFrame(
            [(code.theme, code.id) for code in codebook.code], columns=["theme", "code"]
        ),
        "flow": flow_units(documents, reviews, known),
        "reviews": built,
        "people": concerned.merge(built, on="review_id"),
        "codings": known,
        "present": present,
        "absent": known[counted & (known["polarity"] == "absent")],
        "recommended": own,
        "praised": known[known["polarity"] == "good-practice"],
        "fault": _by_agency(present, at_fault, codebook),
        "recommendations": stated,
        "recommendations_by_agency": _exploded(stated),
        "recommendations_by_theme": _of_themes(stated, own),
        "recommendations_by_both": _of_themes(_exploded(stated), own),
        "actions": told[told["kind"] == "action-plan row"],
    }
    names = {
        "theme": {theme.id: theme.name for theme in codebook.theme} | {NOT_STATED: NOT_STATED},
        "code": {code.id: code.name for code in codebook.code},
        "agency": dict(agencies) | {NOT_STATED: NOT_STATED},
    }
    return Units(frames, _values(frames, codebook, periods), names)


def _reviews(reviews: pd.DataFrame, periods: Sequence[int]) -> pd.DataFrame:
    built = reviews.loc[reviews["status"] == "built",
                        ["review_id", "area", "case_type", "year_of_death"]]  # fmt: skip
    return built.assign(
        period=period_of(built["year_of_death"], periods),
        area=built["area"].fillna(NOT_STATED),
        case_type=built["case_type"].fillna(NOT_STATED),
    ).drop(columns="year_of_death")


def _codings(
    codings: pd.DataFrame, codebook: Codebook, reliability: pd.DataFrame | None
) -> pd.DataFrame:
    # The codebook says which theme a code is in: it may have moved since a person coded it.
    themes = {code.id: code.theme for code in codebook.code}
    known = codings[codings["code"].isin(themes.keys())]
    known = known.assign(theme=known["code"].map(themes))
    known["subject"] = known["subject"].fillna(NOT_STATED)
    if "checked" not in known:
        known["checked"] = people(known["coder"])
    known["needs_human"] = np.nan
    if reliability is not None:
        needed = reliability.set_index("code")["needs_human"].astype(float)
        known["needs_human"] = known["code"].map(needed).astype(float)
    return known


def _by_agency(present: pd.DataFrame, at_fault: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """The codings about what agencies did or left undone, one row for each agency."""
    own = present["code"].map({code.id: code.subject for code in codebook.code})
    about = present[present["subject"].where(present["subject"] != NOT_STATED, own) == "agency"]
    found = about.merge(at_fault, on=["review_id", "passage_id", "code", "coder"], how="left")
    return found.fillna({"agency": NOT_STATED})


def _once(recommendations: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """The rows of one document for each review and kind of row.

    An executive summary repeats the recommendations of its overview report.
    """
    order = {kind: n for n, kind in enumerate(DOCUMENT_TYPES)}
    kinds = documents.set_index("document_id")["document_type"]
    rank = recommendations["document_id"].map(kinds).map(order).fillna(len(order))
    ranked = recommendations.assign(rank=rank)
    chosen = ranked.sort_values(["rank", "document_id"]).drop_duplicates(["review_id", "kind"])
    kept = ranked.merge(chosen[["review_id", "kind", "document_id"]])
    kept["scope"] = kept["scope"].fillna(NOT_STATED)
    return kept.drop(columns=["rank", "theme"])


def _exploded(recommendations: pd.DataFrame) -> pd.DataFrame:
    agencies = recommendations["agencies"].fillna(NOT_STATED).str.split(" ; ")
    return recommendations.assign(agency=agencies).explode("agency", ignore_index=True)


def _of_themes(recommendations: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    place = ["review_id", "passage_id"]
    coded = own[[*place, "theme", "code", "coder", "needs_human"]]
    found = recommendations.merge(coded, on=place, how="left")
    return found.fillna({"theme": NOT_STATED})


def _values(
    frames: Mapping[str, pd.DataFrame], codebook: Codebook, periods: Sequence[int]
) -> dict[str, tuple[str, ...]]:
    """All themes and words of closed lists; of open ones what occurs. "Not stated" comes last."""

    def found(*columns: pd.Series[Any]) -> list[str]:
        return sorted({str(value) for column in columns for value in column.dropna()})

    reviews = frames["reviews"]
    agencies = found(*(frames[n]["agency"] for n in ("fault", "recommendations_by_agency")))
    listed = {
        "area": found(reviews["area"]),
        "period": [name for name in period_names(periods) if name in set(reviews["period"])],
        "case_type": [kind for kind in CASE_TYPES if kind in set(reviews["case_type"])],
        "theme": [theme.id for theme in codebook.theme],
        "role": list(PEOPLE),
        "agency": agencies,
    }
    ends = {"scope": SCOPES, "subject": SUBJECTS, "status": PROGRESS}
    with_gap = {
        name: (*(v for v in values if v != NOT_STATED), NOT_STATED)
        if name == "agency" or (name in DIMENSIONS and NOT_STATED in set(reviews[name]))
        else tuple(values)
        for name, values in listed.items()
    }
    return with_gap | {
        name: tuple(dict.fromkeys([*words, NOT_STATED])) for name, words in ends.items()
    }
