"""What a PDF carries beside its printed text: annotations, attachments, scripts, older versions.

None of it enters a passage. It is counted, because its publisher may not know that it is there.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

NOTE = "note"
FIELD = "form field"
ATTACHMENT = "attachment"
SCRIPT = "script"
EARLIER = "earlier version"

MOST_ANNOTATIONS = 10_000
MOST_VERSIONS = 8
"""Older versions looked into, oldest first."""
MOST_PAGES = 3000

_MARKUP = {
    pdfium_c.FPDF_ANNOT_TEXT, pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_LINE,
    pdfium_c.FPDF_ANNOT_SQUARE, pdfium_c.FPDF_ANNOT_CIRCLE, pdfium_c.FPDF_ANNOT_POLYGON,
    pdfium_c.FPDF_ANNOT_POLYLINE, pdfium_c.FPDF_ANNOT_HIGHLIGHT, pdfium_c.FPDF_ANNOT_UNDERLINE,
    pdfium_c.FPDF_ANNOT_SQUIGGLY, pdfium_c.FPDF_ANNOT_STRIKEOUT, pdfium_c.FPDF_ANNOT_STAMP,
    pdfium_c.FPDF_ANNOT_CARET, pdfium_c.FPDF_ANNOT_INK,
}  # fmt: skip
_SCRIPT = re.compile(rb"/S\s*/JavaScript\b")
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF[\r\n]*")


@dataclass
class Annotations:
    """What is pinned to a page: how many of each kind, and the places of redaction marks.

    `marks` are x0, y0, x1, y1 in points of the page, y upward; one mark may have several.
    """

    counts: Counter[str] = field(default_factory=Counter)
    redactions: int = 0
    marks: list[tuple[float, float, float, float]] = field(default_factory=list)


def pinned(page: pdfium.PdfPage) -> Annotations:
    """The annotations of a page, without their text."""
    found = Annotations()
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), MOST_ANNOTATIONS)):
        handle = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not handle:
            continue
        try:
            _count(found, handle)
        finally:
            pdfium_c.FPDFPage_CloseAnnot(handle)
    return found


def _count(found: Annotations, handle: ctypes.c_void_p) -> None:
    kind = pdfium_c.FPDFAnnot_GetSubtype(handle)
    if kind == pdfium_c.FPDF_ANNOT_REDACT:
        found.redactions += 1
        found.marks += _places(handle)
    elif kind == pdfium_c.FPDF_ANNOT_FILEATTACHMENT:
        found.counts[ATTACHMENT] += 1
    elif kind == pdfium_c.FPDF_ANNOT_WIDGET and _says(handle, b"V"):
        found.counts[FIELD] += 1
    elif kind in _MARKUP and _says(handle, b"Contents"):
        found.counts[NOTE] += 1


def _says(handle: ctypes.c_void_p, key: bytes) -> bool:
    """Whether an entry of an annotation holds text; two bytes are its end."""
    return bool(pdfium_c.FPDFAnnot_GetStringValue(handle, key, None, 0) > 2)


def _places(handle: ctypes.c_void_p) -> Iterator[tuple[float, float, float, float]]:
    """The rectangles of a mark: one for each line of text where it says so."""
    quads = pdfium_c.FPDFAnnot_CountAttachmentPoints(handle)
    for index in range(quads):
        q = pdfium_c.FS_QUADPOINTSF()
        pdfium_c.FPDFAnnot_GetAttachmentPoints(handle, index, q)
        xs, ys = (q.x1, q.x2, q.x3, q.x4), (q.y1, q.y2, q.y3, q.y4)
        yield min(xs), min(ys), max(xs), max(ys)
    if not quads:
        r = pdfium_c.FS_RECTF()
        pdfium_c.FPDFAnnot_GetRect(handle, r)
        yield min(r.left, r.right), min(r.bottom, r.top), max(r.left, r.right), max(r.bottom, r.top)


def enclosed(document: pdfium.PdfDocument, path: Path, texts: Iterable[str]) -> Counter[str]:
    """How many attachments and scripts a file holds, and words that its last version dropped.

    `texts` are those of the last version's pages.
    """
    data = path.read_bytes()
    named = pdfium_c.FPDFDoc_GetJavaScriptActionCount(document)
    return Counter(
        {
            ATTACHMENT: max(0, pdfium_c.FPDFDoc_GetAttachmentCount(document)),
            SCRIPT: max(0, named, len(_SCRIPT.findall(data))),
            EARLIER: _dropped(data, texts),
        }
    )


def _dropped(data: bytes, texts: Iterable[str]) -> int:
    """Words of earlier versions in the file that the last version does not have.

    Changes are appended to a PDF, so that each version is the file up to where it once ended.
    """
    ends = [match.end() for match in _END.finditer(data) if int(match[1])]
    if len(ends) < 2:
        return 0
    now = Counter(word for text in texts for word in text.split())
    lost: Counter[str] = Counter()
    for end in ends[:-1][:MOST_VERSIONS]:
        try:
            earlier = pdfium.PdfDocument(data[:end])
        except pdfium.PdfiumError:
            continue
        try:
            lost |= _words(earlier) - now
        finally:
            earlier.close()
    return lost.total()


def _words(document: pdfium.PdfDocument) -> Counter[str]:
    words: Counter[str] = Counter()
    for index in range(min(len(document), MOST_PAGES)):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            continue
        textpage = page.get_textpage()
        words.update(textpage.get_text_range().split())
        textpage.close()
        page.close()
    return words
