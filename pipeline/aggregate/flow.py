"""The corpus flow as units: what was found, set aside and why, built and coded."""

from __future__ import annotations

from typing import Any

import pandas as pd


def flow_units(
    documents: pd.DataFrame, reviews: pd.DataFrame, codings: pd.DataFrame
) -> pd.DataFrame:
    """The units of the corpus flow: unit, step, reason, order, n, document_id, review_id."""
    frames = [
        *_steps(documents, "documents", "document_id"),
        *_steps(reviews, "reviews", "review_id"),
    ]
    built = reviews[reviews["status"] == "built"]
    coded = built[built["review_id"].isin(codings["review_id"])]
    frames.append(_step(coded, "reviews", "with a coding"))
    passages = codings[["review_id", "passage_id"]].drop_duplicates()
    of = passages.groupby("review_id").size().rename("n").reset_index()
    frames += [
        _step(built, "passages", "found", n=built["passages"]),
        _step(built, "passages", "set aside: repeat another", n=built["repeats"]),
        _step(of, "passages", "coded", n=of["n"]),
    ]
    own = codings.groupby("review_id").size().rename("n").reset_index()
    frames.append(_step(own, "codings", "found", n=own["n"]))
    filled = [frame for frame in frames if len(frame)]
    columns = ["unit", "step", "reason", "n", "document_id", "review_id"]
    rows = pd.concat(filled).reindex(columns=columns) if filled else pd.DataFrame(columns=columns)
    return rows.reset_index(drop=True)


def _steps(frame: pd.DataFrame, unit: str, key: str) -> list[pd.DataFrame]:
    aside = frame[frame["status"] == "set aside"].sort_values(["stage", "reason", key])
    stage = "set aside at " + aside["stage"].fillna("an unknown stage")
    return [
        _step(frame, unit, "found"),
        _step(aside, unit, stage, reason=aside["reason"].fillna("no reason is recorded")),
        _step(frame[frame["status"] == "built"], unit, "built"),
    ]


def _step(frame: pd.DataFrame, unit: str, step: Any, *, reason: Any = "", n: Any = 1) -> Any:
    return frame.assign(unit=unit, step=step, reason=reason, n=n)
