"""PDF files to blocks."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.errors import DocumentEncrypted, DocumentUnreadable, LimitExceeded, ScannedDocument
from pipeline.extract import ocr
from pipeline.extract.block import Reading
from pipeline.extract.enclosed import enclosed
from pipeline.extract.layout import lay_out
from pipeline.extract.page import Page, read_page
from pipeline.extract.reading import NO_PASSWORD, WRONG_PASSWORD
from pipeline.extract.warning import warnings
from pipeline.vocabulary import HIDDEN

DAMAGED = "the file is damaged or not a PDF; fetch it again or export it anew, then make"
MAX_PAGES = 3000
"""No review comes near; a file that claims more is damaged or hostile."""
READABLE_LETTERS = 25
"""A page with fewer letters than this has no text to speak of."""
READABLE_PAGES = 0.1
"""With text on a smaller share of its pages than this a document counts as scanned."""


def read_pdf(path: Path, password: str = "") -> Reading:
    """Blocks of a PDF, what it hides, and what is printed round its text.

    Raises `DocumentUnreadable`, `DocumentEncrypted`, `ScannedDocument` or `LimitExceeded`.
    """
    document, faults = open_pdf(path, password)
    try:
        pages = _pages(document)
        told = list(
            warnings(
                enclosed(document, path, (page.text for page in pages))
                + Counter({"repair": faults})
            )
        )
    finally:
        document.close()
    try:
        _require_text(pages)
    except ScannedDocument:
        if faults:
            raise DocumentUnreadable(DAMAGED) from None
        raise
    ocr.settle(pages)
    blocks = lay_out(pages)
    left_out = [text for page in pages for text in page.left_out]
    return Reading(
        pages=len(pages),
        pages_ocr=sum(page.picture for page in pages),
        blocks=blocks,
        warnings=[*(one for page in pages for one in page.warnings), *told],
        hidden=[text for text in left_out if text.kind in HIDDEN],
        removed=[text for text in left_out if text.kind not in HIDDEN],
    )


def open_pdf(path: Path, password: str) -> tuple[pdfium.PdfDocument, int]:
    """The document, and in how many ways its file had to be mended before it could be read."""
    # The empty password first: it opens a file that asks for one only to be changed.
    for word in dict.fromkeys(["", password]):
        try:
            return pdfium.PdfDocument(path, word or None), 0
        except pdfium.PdfiumError as error:
            if error.err_code not in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
                return _mended(path, password), 1
    raise DocumentEncrypted(WRONG_PASSWORD if password else NO_PASSWORD)


def _mended(path: Path, password: str) -> pdfium.PdfDocument:
    """What qpdf can save of a file that pdfium cannot open."""
    import pikepdf

    copy = io.BytesIO()
    try:
        with pikepdf.open(path, password=password) as damaged:
            damaged.save(copy)
        return pdfium.PdfDocument(copy.getvalue())
    except (pikepdf.PdfError, pdfium.PdfiumError):
        raise DocumentUnreadable(DAMAGED) from None


def _pages(document: pdfium.PdfDocument) -> list[Page]:
    if len(document) > MAX_PAGES:
        raise LimitExceeded(
            f"the PDF has more than {MAX_PAGES} pages; split it or check that it is a review"
        )
    pages = []
    for index in range(len(document)):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            # A page that cannot be loaded counts, with nothing on it.
            pages.append(Page(index + 1, 0.0, 0.0))
            continue
        try:
            pages.append(_page(page, index + 1))
        finally:
            page.close()
    return pages


def _page(page: pdfium.PdfPage, number: int) -> Page:
    """The page from its text, or from a picture of it where it has none to speak of."""
    read = read_page(page, number)
    # A page number stamped on a scan is no text layer; a short page is no scan.
    few = read.letters == 0 or (read.letters < READABLE_LETTERS and is_picture(page))
    seen = ocr.read_picture(page, number) if few and ocr.available() else None
    if not seen or seen.letters <= read.letters:
        return read
    seen.left_out, seen.warnings = read.left_out, read.warnings
    return seen


def is_picture(page: pdfium.PdfPage) -> bool:
    """Whether a picture covers most of the page."""
    whole = page.get_width() * page.get_height()
    boxes = (image.get_bounds() for image in page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], 3))
    return any((right - left) * (top - bottom) > whole / 2 for left, bottom, right, top in boxes)


def _require_text(pages: list[Page]) -> None:
    if not any(page.width for page in pages):
        raise DocumentUnreadable("no page of the PDF can be opened; fetch it again, then make")
    readable = sum(page.letters >= READABLE_LETTERS for page in pages)
    few = sum(page.letters for page in pages) < READABLE_LETTERS and len(pages) > 1
    none = not any(page.letters for page in pages)
    if none or few or (len(pages) > 1 and readable < READABLE_PAGES * len(pages)):
        if any(text.kind in HIDDEN for page in pages for text in page.left_out):
            raise DocumentUnreadable(
                "hardly a word of the file can be seen when its pages are drawn: its fonts are "
                "damaged, or its text is hidden; export it anew or ask the publisher, then make"
            )
        raise _scanned()


def _scanned() -> ScannedDocument:
    if ocr.available():
        return ScannedDocument(
            "hardly a word can be read on the pages, be it as text or from pictures of them; fetch "
            "the file again or, if it is a scan, scan the paper again, straight and at 300 dpi, "
            "then make"
        )
    return ScannedDocument(
        "the pages are pictures without text; install tesseract, which reads them (on Debian "
        "and Ubuntu `apt-get install tesseract-ocr`), or run ocrmypdf on the file, then make",
        wants=ocr.PROGRAM,
    )
