"""A study that never was: seeded codings over the themes of a codebook of the usual size."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pandas as pd

from pipeline.aggregate.theme_tables import aggregate
from pipeline.codebook import Codebook
from pipeline.contracts import (
    CODINGS,
    COOCCURRENCE,
    DOCUMENTS,
    PREVALENCE,
    REDACTED,
    REVIEW_CODES,
    REVIEW_THEMES,
    REVIEWS,
    TOPIC_TERMS,
    TOPICS,
)

THEMES = {
    "abuse": ("Nature of the abuse", "coercive-control physical-violence economic-abuse"),
    "context": ("Turning points and risk context", "separation pregnancy relocation"),
    "victim": ("Victim's circumstances and barriers", "housing barriers-disclosure older-victim"),
    "perpetrator": ("Perpetrator's circumstances and visibility", "perp-substance-use carer"),
    "family": ("Children, family and community", "children-exposed informal-networks"),
    "recognition": ("Recognising and asking", "routine-enquiry professional-curiosity"),
    "risk": ("Risk assessment and safeguarding", "risk-assessment marac adult-safeguarding"),
    "joint-working": ("Working together", "information-sharing record-keeping"),
    "justice": ("Police, prosecution & civil <protection>", "police-response dvds"),
    "organisation": ("Organisational learning", "training supervision awareness-raising"),
}
TABLES = {
    "prevalence": PREVALENCE,
    "review_themes": REVIEW_THEMES,
    "review_codes": REVIEW_CODES,
    "cooccurrence": COOCCURRENCE,
    "topics": TOPICS,
    "topic_terms": TOPIC_TERMS,
    "reviews": REVIEWS,
    "documents": DOCUMENTS,
    "excluded": DOCUMENTS,
}
ABOUT = {"software": "dhr-pipeline 0", "codebook": "Fake (fake 3)", "spacy": "en 3.8"}
TITLE = "Wexmere & <Vale>"


def _code(id: str, theme: str) -> dict[str, Any]:
    words = {"name": id.replace("-", " ").capitalize(), "definition": "d", "include": "i"}
    lists = {"prototypes": ["a", "b"], "match": ["a", "b", "c"], "not_match": ["d", "e"]}
    return {"id": id, "theme": theme, "exclude": "e", **words, **lists}


CODEBOOK = Codebook.model_validate(
    {
        "id": "fake",
        "title": "Fake codebook",
        "version": "3",
        "theme": [{"id": id, "name": name, "definition": "d"} for id, (name, _) in THEMES.items()],
        "code": [_code(id, theme) for theme, (_, ids) in THEMES.items() for id in ids.split()],
    }
)


@cache
def passages(reviews: int, each: int = 8) -> pd.DataFrame:
    return REDACTED.frame(
        {
            "review_id": review, "passage_id": f"{review}-{n}", "document_id": f"d{review}",
            "ordinal": n, "number": f"4.{n}", "heading_path": "Analysis > Health",
            "section_role": "analysis", "role_confidence": 0.9, "kind": "paragraph",
            "page": n, "page_end": n, "page_label": str(n + 2),
            "text": f"The practice did not ask, {review} and {n}.",
        }
        for review in range(1, reviews + 1)
        for n in range(1, each + 1)
    )  # fmt: skip


@cache
def codings(reviews: int, each: int = 8) -> pd.DataFrame:
    chance = random.Random(reviews)
    common = {code.id: chance.random() ** 2 for code in CODEBOOK.code}
    return CODINGS.frame(
        {
            "review_id": review, "passage_id": f"{review}-{n}", "code": code.id,
            "theme": code.theme, "coder": "machine", "start": 4, "end": 12, "score": 0.8,
            "polarity": chance.choices(("present", "absent", "good-practice"), (8, 3, 1))[0],
            "layer": chance.choices(("finding", "fact", "recommendation"), (5, 3, 2))[0],
            "reason": "phrase",
        }
        for review in range(1, reviews + 1)
        for n in range(1, each + 1)
        for code in CODEBOOK.code
        if chance.random() < 0.35 * common[code.id]
    )  # fmt: skip


def _documents(reviews: int) -> pd.DataFrame:
    scanned = {"status": "set aside", "stage": "extract", "reason": "no text layer; run ocrmypdf"}
    return DOCUMENTS.frame(
        {"document_id": f"d{n}", "review_id": n, "status": "built", "pages": 40, "passages": 8}
        | (scanned if n > reviews else {})
        for n in range(1, reviews + 3)
    )


def _reviews(reviews: int) -> pd.DataFrame:
    aside = {"status": "set aside", "stage": "extract", "reason": "=no document & no <text>"}
    counts = {"documents": 1, "passages": 8, "repeats": 1, "identifiers": 120, "codings": 5}
    return REVIEWS.frame(
        {"review_id": n, "area": "=Wexmere", "status": "built", **counts}
        | (aside if n > reviews else {})
        for n in range(1, reviews + 2)
    )


def _topics() -> pd.DataFrame:
    labels = {0: "police, call, officer", 1: "school, nurse, child", -1: "in no topic"}
    return TOPICS.frame(
        {
            "topic": n, "label": label, "n_passages": 30 - n, "n_outliers": 1, "n_repeats": 0,
            "n_reviews": 3, "representative": "1-1", "stability": 0.8 - n / 2, "x": n, "y": 0.5,
        }
        for n, label in labels.items()
    )  # fmt: skip


@cache
def frames(reviews: int) -> dict[str, pd.DataFrame]:
    documents, all_reviews = _documents(reviews), _reviews(reviews)
    return {
        **aggregate(codings(reviews), all_reviews, CODEBOOK)._asdict(),
        "topics": _topics(),
        "topic_terms": TOPIC_TERMS.frame(),
        "reviews": all_reviews,
        "documents": documents,
        "excluded": documents[documents["status"] == "set aside"],
    }
