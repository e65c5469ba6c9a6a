"""The corpus flow: what was found, what was set aside and why, what was built.

These two tables are the denominators of all others; a document or review that could not be
read stands here with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.contracts import DOCUMENTS, REVIEWS
from pipeline.study import Intake

INTAKE = "intake"
"""The stage at which a document is set aside that no review could be built from."""


@dataclass(frozen=True)
class SetAside:
    """A review's record of failure at a stage."""

    stage: str
    fingerprint: str
    reason: str
    wants: str | None = None
    """A program that was not installed, for want of which the review failed."""


def documents(
    intake: Intake, failures: Mapping[int, SetAside], extracted: pd.DataFrame
) -> pd.DataFrame:
    """contracts.DOCUMENTS from the intake, the reviews' failures and the documents as read."""
    read = extracted.set_index("document_id").to_dict("index")
    rows = [
        _document(document.document_id, document.document_type, review.review_id)
        | _fate(read.get(document.document_id), failures.get(review.review_id))
        for review in intake.reviews
        for document in review.documents
    ]
    rows += [
        _document(aside.document_id, aside.document_type, aside.review_id)
        | {"status": "set aside", "stage": INTAKE, "reason": str(aside.error)}
        for aside in intake.set_aside
    ]
    return DOCUMENTS.frame(rows)


def _document(
    document_id: str, document_type: str | None, review_id: int | None
) -> dict[str, object]:
    return {
        "document_id": document_id,
        "document_type": document_type,
        "review_id": review_id,
        "passages": 0,
    }


def _fate(read: Mapping[Any, Any] | None, failure: SetAside | None) -> dict[str, object]:
    if failure:
        return {"status": "set aside", "stage": failure.stage, "reason": failure.reason}
    if read is None:
        return {"status": "set aside", "stage": "extract", "reason": "not read yet; run `dhr run`"}
    stage = "extract" if read["status"] == "set aside" else None
    kept = ("status", "reason", "pages", "pages_without_text", "pages_ocr", "passages")
    return {"stage": stage, **{name: read[name] for name in kept}}


def reviews(
    intake: Intake,
    failures: Mapping[int, SetAside],
    documents: pd.DataFrame,
    counts: Mapping[int, Mapping[str, int]],
) -> pd.DataFrame:
    """contracts.REVIEWS; `counts` holds passages, identifiers and codings of built reviews.

    A review all of whose documents were set aside at intake has its row, too.
    """
    built = documents[documents["status"] == "built"].groupby("review_id").size()
    rows: list[dict[str, object]] = []
    for review in intake.reviews:
        failure = failures.get(review.review_id)
        rows.append(
            {
                "review_id": review.review_id,
                "area": review.area or None,
                "case_type": review.case_type or None,
                "year_of_death": review.year_of_death,
                "status": "set aside" if failure else "built",
                "stage": failure.stage if failure else None,
                "reason": failure.reason if failure else None,
                "documents": int(built.get(review.review_id, 0)),
                **_counts(counts.get(review.review_id)),
            }
        )
    known = {review.review_id for review in intake.reviews}
    lost = {a.review_id: a for a in intake.set_aside if a.review_id not in {*known, None}}
    rows += [
        {
            "review_id": review_id,
            "status": "set aside",
            "stage": INTAKE,
            "reason": str(aside.error),
            "documents": 0,
            **_counts(None),
        }
        for review_id, aside in lost.items()
    ]
    return REVIEWS.frame(rows)


def _counts(found: Mapping[str, int] | None) -> dict[str, int]:
    return dict(found) if found else {"passages": 0, "repeats": 0, "identifiers": 0, "codings": 0}
