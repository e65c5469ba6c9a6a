"""Blocks of a review's documents to the table of passages."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from pipeline import contracts
from pipeline.extract.block import ParsedDocument
from pipeline.extract.sections import Placed, place

ID_LENGTH = 16
"""Hexadecimal digits of a passage id: 64 bits, enough for millions of passages."""


def tabulate(documents: Sequence[ParsedDocument], *, review_id: int, key: bytes) -> pd.DataFrame:
    """The passages of one review (`contracts.PASSAGES`), in the order of its documents."""
    rows = (row for document in documents for row in _rows(document, key))
    return contracts.PASSAGES.frame(
        {"review_id": review_id, "ordinal": ordinal, **row}
        for ordinal, row in enumerate(rows, start=1)
    )


def passage_id(key: bytes, document_id: str, text: str, nth: int) -> str:
    """Keyed hash of the nth (0-based) passage of a document with that text."""
    normal = " ".join(text.casefold().split())
    message = "\0".join((document_id, normal, str(nth)))
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()[:ID_LENGTH]


def _rows(document: ParsedDocument, key: bytes) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for placed in place(document.blocks, document_type=document.document_type):
        normal = " ".join(placed.block.text.casefold().split())
        identity = passage_id(key, document.document_id, placed.block.text, seen[normal])
        seen[normal] += 1
        yield {"passage_id": identity, "document_id": document.document_id, **_values(placed)}


def _values(placed: Placed) -> dict[str, Any]:
    block = placed.block
    x0, top, x1, bottom = block.box or (None, None, None, None)
    return {
        "number": block.number,
        "heading_path": placed.heading_path,
        "section_role": placed.role,
        "kind": block.kind,
        "page": block.page,
        "page_end": block.page_end,
        "page_label": block.page_label,
        "text": block.text,
        "table_header": block.table_header,
        "ocr_confidence": block.ocr_confidence,
        "x0": x0, "top": top, "x1": x1, "bottom": bottom,
    }  # fmt: skip
