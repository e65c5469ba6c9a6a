"""From the tables of a review to what is known of one of its documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from pipeline.copies.known import Known, KnownPassage, Span, decide


def gather(
    passages: pd.DataFrame,
    log: pd.DataFrame,
    redacted: pd.DataFrame,
    removed: pd.DataFrame,
) -> dict[str, Known]:
    """Document id -> what is known of it, from a review's tables of `pipeline.contracts`."""
    replaced = zip(log["surface"], log["pseudonym"], strict=True)
    everywhere, ordinary, in_place = decide(replaced, "\n".join(redacted["text"]))
    review = Known(everywhere, ordinary, in_place=in_place)
    spans: dict[str, list[Span]] = {}
    columns = log[["passage_id", *Span._fields]]
    for passage, start, end, *words in columns.itertuples(index=False):
        spans.setdefault(passage, []).append(Span(int(start), int(end), *words))
    return {
        str(document): replace(
            review,
            passages=tuple(_passages(rows.sort_values("ordinal"), spans)),
            running=tuple(_running(removed[removed["document_id"] == document])),
        )
        for document, rows in passages.groupby("document_id")
    }


def _passages(rows: pd.DataFrame, spans: dict[str, list[Span]]) -> Iterator[KnownPassage]:
    columns = rows[["passage_id", "text", "page", "page_end"]]
    for passage, text, page, page_end in columns.itertuples(index=False):
        yield KnownPassage(text, _page(page), _page(page_end), tuple(spans.get(passage, ())))


def _page(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _running(removed: pd.DataFrame) -> Iterator[tuple[int, str]]:
    for page, text in removed[["page", "text"]].itertuples(index=False):
        yield int(page), text
