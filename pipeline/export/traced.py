"""What stands behind a number, printed: quotations with their citations, or CSV."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.export.excerpts import plain


def as_markdown(found: pd.DataFrame, *, title: str, number: str) -> str:
    """The units behind a number as quotations; `number` says which, and what it is."""
    blocks = [f"# {plain(title)}", plain(number)]
    rows = found.astype(object).where(found.notna(), None).to_dict("records")
    blocks += [_quotation(row) for row in rows]
    return "\n\n".join(blocks if rows else [*blocks, "Nothing stands behind it."]) + "\n"


def _quotation(row: dict[Any, Any]) -> str:
    about = [row[name] for name in ("code", "polarity", "layer", "coder") if row[name]]
    told = f" ({plain(', '.join(about))})" if about else ""
    if not row["passage_id"]:
        n = f": {row['n']}" if row["n"] not in (None, 1) else ""
        return f"- {plain(row['citation'])}{n} ({plain(row['text'])})"
    evidence = f"\n>\n> Evidence: {plain(row['evidence'])}" if row["evidence"] else ""
    return f"> “{plain(row['text'])}”{evidence}\n>\n> — {plain(row['citation'])}{told}"
