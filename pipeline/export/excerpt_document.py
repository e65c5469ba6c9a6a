"""Excerpts as a Word document, evidence highlighted."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.export.excerpts import NONE, NOTE, about, context_lines, grouped, parts
from pipeline.export.workbook import CREATED

if TYPE_CHECKING:
    from docx.document import Document

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold (XML 1.0, 2.2)."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def as_document(found: pd.DataFrame) -> bytes:
    """The excerpts under headings of theme and code; the same excerpts give the same bytes."""
    from docx import Document as new

    document = new()
    _describe(document)
    document.add_heading("Excerpts", level=0)
    document.add_paragraph(NOTE)
    for theme, codes in grouped(found):
        document.add_heading(_clean(theme), level=1)
        for code, rows in codes:
            document.add_heading(_clean(code), level=2)
            for row in rows:
                _add(document, row)
    if not len(found):
        document.add_paragraph(NONE)
    written = io.BytesIO()
    document.save(written)
    return _packed_again(written)


def _describe(document: Document) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Excerpts", "", ""
    properties.created = properties.modified = CREATED


def _add(document: Document, row: Any) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    _add_context(document, "before", row.before)
    before, evidence, after = map(_clean, parts(row))
    paragraph = document.add_paragraph(style="Quote")
    paragraph.add_run(before)
    paragraph.add_run(evidence).font.highlight_color = WD_COLOR_INDEX.YELLOW
    paragraph.add_run(after)
    _add_context(document, "after", row.after)
    document.add_paragraph(f"— {_clean(row.citation)} ({_clean(about(row))})")
    document.add_paragraph(f"Why: {_clean(row.reason)}")


def _add_context(document: Document, side: str, context: object) -> None:
    for line in context_lines(context):
        paragraph = document.add_paragraph(f"Context {side}: ")
        paragraph.add_run(_clean(line)).italic = True


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _packed_again(written: io.BytesIO) -> bytes:
    """The same package without the time of day."""
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(packed, "w") as archive:
        for name in old.namelist():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
