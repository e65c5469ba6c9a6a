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
from pipeline.extract.repeats import repeats
from pipeline.extract.sections import Placed, place

ID_LENGTH = 16
"""Hexadecimal digits of a passage id: 64 bits, enough for millions of passages."""


def tabulate(documents: Sequence[ParsedDocument], *, review_id: int, key: bytes) -> pd.DataFrame:
    """The passages of one review (`contracts.PASSAGES`), in the order of its documents.

    Raises `HeadingNotFound` when a document lacks a heading that the analyst gives a role.
    """
    placed = [(document.document_id, one) for document in documents for one in _placed(document)]
    ids = list(_ids(placed, key))
    repeated = repeats([one for _, one in placed])
    return contracts.PASSAGES.frame(
        {
            "review_id": review_id,
            "passage_id": ids[n],
            "document_id": document_id,
            "ordinal": n + 1,
            "repeats": ids[repeated[n]] if n in repeated else None,
            **_values(one),
        }
        for n, (document_id, one) in enumerate(placed)
    )


def passage_id(key: bytes, document_id: str, text: str, nth: int) -> str:
    """Keyed hash of the nth (0-based) passage of a document with that text."""
    normal = " ".join(text.casefold().split())
    message = "\0".join((document_id, normal, str(nth)))
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()[:ID_LENGTH]


def _placed(document: ParsedDocument) -> Iterator[Placed]:
    return place(
        document.blocks, document_type=document.document_type, overrules=document.overrules
    )


def _ids(placed: Sequence[tuple[str, Placed]], key: bytes) -> Iterator[str]:
    seen: Counter[tuple[str, str]] = Counter()
    for document_id, one in placed:
        at = (document_id, " ".join(one.block.text.casefold().split()))
        yield passage_id(key, document_id, one.block.text, seen[at])
        seen[at] += 1


def _values(placed: Placed) -> dict[str, Any]:
    block = placed.block
    x0, top, x1, bottom = block.box or (None, None, None, None)
    return {
        "number": block.number,
        "heading_path": placed.heading_path,
        "section_role": placed.role,
        "role_confidence": placed.confidence,
        "kind": block.kind,
        "page": block.page,
        "page_end": block.page_end,
        "page_label": block.page_label,
        "text": block.text,
        "table_header": block.table_header,
        "ocr_confidence": block.ocr_confidence,
        "x0": x0, "top": top, "x1": x1, "bottom": bottom,
    }  # fmt: skip
