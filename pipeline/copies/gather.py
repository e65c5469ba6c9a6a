"""From the tables of a review to what is known of one of its documents."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pipeline.copies.known import Known, KnownPassage, Span, decide


def gather(
    passages: pd.DataFrame,
    log: pd.DataFrame,
    redacted: pd.DataFrame,
    removed: pd.DataFrame,
    hidden: pd.DataFrame,
) -> dict[str, Known]:
    """Document id -> what is known of it, from a review's tables of `pipeline.contracts`."""
    replaced = zip(log["surface"], log["pseudonym"], strict=True)
    everywhere, words, in_place = decide(replaced, "\n".join(redacted["text"]))
    review = Known(everywhere, words, in_place=in_place)
    spans = {
        passage: tuple(Span(*row) for row in rows.itertuples(index=False))
        for passage, rows in log.set_index("passage_id")[list(Span._fields)].groupby(level=0)
    }
    return {
        str(document): replace(
            review,
            passages=tuple(_passages(rows.sort_values("ordinal"), spans)),
            running=tuple(_of(removed, document, ["page", "text"]).itertuples(index=False)),
            hidden=frozenset(_of(hidden, document, ["page"])["page"]),
        )
        for document, rows in passages.groupby("document_id")
    }


def _passages(rows: pd.DataFrame, spans: dict[object, tuple[Span, ...]]) -> list[KnownPassage]:
    return [
        KnownPassage(row.text, _page(row.page), _page(row.page_end), spans.get(row.passage_id, ()))
        for row in rows.itertuples()
    ]


def _page(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload, no-any-return]


def _of(table: pd.DataFrame, document: object, columns: list[str]) -> pd.DataFrame:
    return table.loc[table["document_id"] == document, columns]
