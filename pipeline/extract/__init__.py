"""Documents (PDF, DOCX, TXT) to passages.

`parse` reads one document in a process of its own; `extract` makes the table of passages from
the parsed documents of a review.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.extract.block import Block, ParsedDocument
from pipeline.extract.reading import Limits, parse

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VERSION", "Block", "Limits", "ParsedDocument", "extract", "parse"]

VERSION = "7"
"""Raised whenever the same documents give other passages."""


def extract(documents: Sequence[ParsedDocument], *, review_id: int, key: bytes) -> pd.DataFrame:
    """The passages of one review, documents in the order given (`contracts.PASSAGES`)."""
    # The process that reads a document imports this package too, and must not load pandas.
    from pipeline.extract.passages import tabulate

    return tabulate(documents, review_id=review_id, key=key)
