"""The words of a passage that topics are made of: no pseudonyms, no labels, no house words."""

from __future__ import annotations

import re

import pandas as pd

from pipeline.vocabulary import LAYER_OF_SECTION

MIN_WORDS = 6
TOKEN = r"(?u)\b[^\W\d_][^\W\d_'’-]*[^\W\d_]\b"
HOUSE_WORDS = (
    "review", "reviews", "report", "panel", "author", "imr", "imrs", "chair", "homicide",
    "victim", "perpetrator", "deceased", "death", "mr", "mrs", "ms", "dr", "adult", "said",
    "told", "did", "does", "having", "would", "could", "should", "may", "might", "say", "asked",
    "came", "went", "kept", "made", "makes", "knew", "left", "like", "following", "follows",
)  # fmt: skip
"""Words that stand in every review and tell no topics apart."""

_PSEUDONYM = re.compile(r"\[[A-Z]+[^\]]*\]")
_POSSESSIVE = re.compile(r"['’]s\b")


def topic_texts(passages: pd.DataFrame, roles: pd.DataFrame) -> pd.Series:
    """Lower-case text of each passage (contracts.REDACTED) without pseudonyms and labels.

    Empty where the passage takes no part: headings, captions, fewer than `MIN_WORDS` words, and
    sections that are never coded.
    """
    texts = passages["text"].str.replace(_PSEUDONYM, " ", regex=True)
    labels = roles.groupby("review_id")["label"].agg(_any_of)
    parts = [
        own.str.replace(labels[number], " ", regex=True) if number in labels.index else own
        for number, own in texts.groupby(passages["review_id"])
    ]
    texts = pd.concat([texts.iloc[:0], *parts]).reindex(passages.index)
    texts = texts.str.replace(_POSSESSIVE, "", regex=True).str.lower()
    return texts.where(_taking_part(passages), "")


def _any_of(labels: pd.Series) -> str:
    # The longest first: "Adult A's sister" is not "Adult A" with a sister.
    names = sorted(labels, key=lambda label: (-len(label), label))
    return rf"\b(?:{'|'.join(map(re.escape, names))})\b"


def _taking_part(passages: pd.DataFrame) -> pd.Series:
    return (
        passages["section_role"].isin(LAYER_OF_SECTION)
        & ~passages["kind"].isin(["heading", "caption"])
        & (passages["text"].str.count(r"\b\w+\b") >= MIN_WORDS)
    )
