"""Excerpts as a Word document, evidence highlighted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.export.archive import saved, xml_text
from pipeline.export.excerpts import NONE, NOTE, about, context_lines, grouped, parts
from pipeline.export.workbook import CREATED

if TYPE_CHECKING:
    from docx.document import Document


def as_document(found: pd.DataFrame) -> bytes:
    """The excerpts under headings of theme and code; the same excerpts give the same bytes."""
    from docx import Document as new

    document = new()
    _describe(document)
    document.add_heading("Excerpts", level=0)
    document.add_paragraph(NOTE)
    for theme, codes in grouped(found):
        document.add_heading(xml_text(theme), level=1)
        for code, rows in codes:
            document.add_heading(xml_text(code), level=2)
            for row in rows:
                _add(document, row)
    if not len(found):
        document.add_paragraph(NONE)
    return saved(document)


def _describe(document: Document) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Excerpts", "", ""
    properties.created = properties.modified = CREATED


def _add(document: Document, row: Any) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    _add_context(document, "before", row.before)
    before, evidence, after = map(xml_text, parts(row))
    paragraph = document.add_paragraph(style="Quote")
    paragraph.add_run(before)
    paragraph.add_run(evidence).font.highlight_color = WD_COLOR_INDEX.YELLOW
    paragraph.add_run(after)
    _add_context(document, "after", row.after)
    document.add_paragraph(f"— {xml_text(row.citation)} ({xml_text(about(row))})")
    document.add_paragraph(f"Why: {xml_text(row.reason)}")


def _add_context(document: Document, side: str, context: object) -> None:
    for line in context_lines(context):
        paragraph = document.add_paragraph(f"Context {side}: ")
        paragraph.add_run(xml_text(line)).italic = True
