"""What was replaced in a review, as an analyst looks through it."""

from __future__ import annotations

import pandas as pd

from pipeline.export.excerpts import citations

SHOWN = 40
"""Characters of redacted text shown on each side of a replacement."""


def replacements(
    log: pd.DataFrame, passages: pd.DataFrame, extracted: pd.DataFrame, *, context: int
) -> pd.DataFrame:
    """One row per replaced span in reading order, identifying text included.

    From contracts.REDACTION_LOG, REDACTED and PASSAGES of one review. Columns of the log, and
    `citation`, `how_many` (spans with the same pseudonym), `redacted` (the pseudonym with what
    stands around it), `before` and `after` (`context` characters of extracted text).
    """
    whole = extracted[["review_id", "passage_id", "text"]].rename(columns={"text": "extracted"})
    found = log.merge(passages, on=["review_id", "passage_id"]).merge(
        whole, on=["review_id", "passage_id"]
    )
    found = found.sort_values(["ordinal", "start"], kind="stable").reset_index(drop=True)
    spans = list(zip(found["extracted"], found["start"], found["end"], strict=True))
    places = zip(found["text"], found["redacted_start"], found["redacted_end"], strict=True)
    return found.assign(
        citation=citations(found) if len(found) else "",
        how_many=found.groupby("pseudonym")["pseudonym"].transform("size"),
        redacted=[text[max(0, start - SHOWN) : end + SHOWN] for text, start, end in places],
        before=[text[max(0, start - context) : start] for text, start, _ in spans],
        after=[text[end : end + context] for text, _, end in spans],
    )[[*log.columns, "citation", "how_many", "redacted", "before", "after"]]


def people(roles: pd.DataFrame, log: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """One row per label and pseudonym of a person, with the names that it stands for.

    From contracts.ROLES_TABLE, REDACTION_LOG and REDACTED of one review. Columns of the roles,
    and `names` (list, private), `how_many` (mentions in the redacted text).
    """
    names: dict[str, set[str]] = {}
    for pseudonym, surface in zip(log["pseudonym"], log["surface"], strict=True):
        names.setdefault(pseudonym, set()).add(surface)
    text = "\n".join(passages["text"])
    return roles.assign(
        names=pd.Series([sorted(names.get(label, ())) for label in roles["label"]], dtype=object),
        how_many=[text.count(label) for label in roles["label"]],
    )
