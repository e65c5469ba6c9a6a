"""Recommendations and action-plan rows with their citation, as they go into a report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.contracts import RECOMMENDATIONS, TEXT, Column, Table
from pipeline.export import delimited
from pipeline.export.excerpts import citations, plain

_LEFT_OUT = ("review_id", "passage_id", "document_id", "ordinal")

CITED = Table(
    "cited_recommendations",
    "one recommendation or action-plan row, with its citation",
    (),
    (
        Column("citation", TEXT, "where to find it: Review 7, Recommendation 4, p. 23"),
        *(column for column in RECOMMENDATIONS.columns if column.name not in _LEFT_OUT),
        *(column for column in RECOMMENDATIONS.columns if column.name == "passage_id"),
    ),
)
_OF_PLAN = {"action": "Action", "lead": "Lead", "milestones": "Milestones",
            "target_date": "Target date", "outcome": "Outcome"}  # fmt: skip


def cited(
    recommendations: pd.DataFrame, passages: pd.DataFrame, *, agency: str | None = None
) -> pd.DataFrame:
    """The recommendations that an agency is to carry out (all, unless told), in `CITED`' columns.

    `agency` is an id: rows that address it, and action-plan rows that it leads. In order of
    review and reading.
    """
    places = passages.assign(citation=citations(passages))
    places = places[["review_id", "passage_id", "citation"]]
    found = recommendations.merge(places, on=["review_id", "passage_id"])
    if agency is not None:
        ids = found["agencies"].fillna("") + " ; " + found["lead_agencies"].fillna("")
        found = found[ids.str.split(" ; ").map(lambda named: agency in named).astype(bool)]
    return CITED.validate(found.sort_values(["review_id", "ordinal"])[CITED.names])


def as_csv(found: pd.DataFrame) -> str:
    """The recommendations as CSV."""
    return delimited.as_csv(found, CITED).decode()


def as_markdown(found: pd.DataFrame) -> str:
    """The recommendations as quotations; what an action plan says of them as a list below."""
    found = found.astype(object).where(found.notna(), None)
    blocks = ["# Recommendations", *(_quotation(row) for row in found.to_dict("records"))]
    return "\n\n".join(blocks if len(found) else [*blocks, "There is none."]) + "\n"


def _quotation(row: dict[Any, Any]) -> str:
    about = [row["agencies"] or "agency not told", row["scope"], row["theme"]]
    if row["kind"] == "action-plan row":
        about += [f"action plan, recommendation {row['recommendation'] or 'not told'}",
                  row["status"]]  # fmt: skip
    told = plain(", ".join(filter(None, about)))
    plan = [f"- {label}: {plain(row[name])}" for name, label in _OF_PLAN.items() if row[name]]
    quotation = f"> “{plain(row['text'])}”\n>\n> — {plain(row['citation'])} ({told})"
    return "\n\n".join([quotation, "\n".join(plan)] if plan else [quotation])
