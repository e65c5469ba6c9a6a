"""The last look at a copy before it is written: nothing known may be left anywhere in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pdfplumber
import pikepdf
import pypdfium2 as pdfium
from pdfplumber.utils.exceptions import PdfminerException

from pipeline.copies.known import Known
from pipeline.copies.sheet import printed
from pipeline.copies.stream import Box
from pipeline.errors import CopyRefused
from pipeline.leaks.words import squeeze

_PROGRAMS = ("/Length1", "/Length2")
"""Entries of a font's program, which holds shapes, no text."""
_FONT_NAMES = ("/BaseFont", "/FontName", "/FontFamily")
_TYPEFACES = ("typeface", "ascii", "hAnsi", "cs", "eastAsia")
"""Fonts have names like people's: Georgia, Bell."""
CHANCE = 6
"""Letters; shorter texts come about by chance where bytes are no text."""


def check_pdf(data: bytes, known: Known) -> None:
    """Every page as two readers read it, and every string and stream of the file.

    Raises `CopyRefused`.
    """
    if left := unsafe_pages(data, known):
        raise CopyRefused(
            f"a text that redaction replaced would be left on page {min(left)}, so no file was "
            "written; look at that page, and redact this document by hand"
        )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if any(_finds(known, said) for thing in pdf.objects for said in _said(thing)):
            raise CopyRefused(
                "a text that redaction replaced would be left in the file outside its pages, "
                "so no file was written; print the document to a new PDF, and use that"
            )


def _finds(known: Known, said: tuple[str, bool]) -> bool:
    text, exact = said
    least = 1 if exact else CHANCE
    return any(len(squeeze(text[one.start : one.end])) >= least for one in known.find(text))


def unsafe_pages(data: bytes, known: Known) -> set[int]:
    """Pages on which one of two readers finds something known, or that it cannot read."""
    read = [*_by_pdfium(data), *_by_pdfplumber(data)]
    return {number for number, text in read if text is None or any(known.find(text))}


def check_boxes(original: bytes, boxes: Mapping[int, Sequence[Box]], known: Known) -> None:
    """What a second reader finds on the original's pages outside the boxes painted over them.

    A page that becomes a picture has no text that could be read afterwards. Raises `CopyRefused`.
    """
    with pdfplumber.open(io.BytesIO(original)) as document:
        for number, covered in boxes.items():
            page = document.pages[number - 1]
            places = [_as_read(page, box) for box in covered]
            try:
                left = page.filter(lambda thing, places=places: not _inside(thing, places))
                found = any(known.find(left.extract_text()))
            except PdfminerException:
                found = True
            page.close()
            if found:
                raise CopyRefused(
                    f"a text that redaction replaced stands on page {number} where it cannot be "
                    "painted over, so no file was written; redact this document by hand"
                )


def _as_read(page: Any, box: Box) -> Box:
    """x0, top, x1, bottom as pdfplumber counts, of a box in points of the page."""
    left, bottom, right, top = page.page_obj.mediabox
    x0, y0, x1, y1 = box
    match page.rotation % 360:
        case 90:
            return y0 - bottom, x0 - left, y1 - bottom, x1 - left
        case 180:
            return right - x1, y0 - bottom, right - x0, y1 - bottom
        case 270:
            return top - y1, right - x1, top - y0, right - x0
    return x0 - left, top - y1, x1 - left, top - y0


def _inside(thing: dict[str, Any], places: Sequence[Box]) -> bool:
    x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in places)


def _by_pdfium(data: bytes) -> Iterator[tuple[int, str]]:
    document = pdfium.PdfDocument(data)
    try:
        for index in range(len(document)):
            page = document[index]
            yield index + 1, printed(page, index + 1).text
            page.close()
    finally:
        document.close()


def _by_pdfplumber(data: bytes) -> Iterator[tuple[int, str | None]]:
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            try:
                yield page.page_number, page.extract_text()
            except PdfminerException:
                yield page.page_number, None
            page.close()


def _said(thing: Any) -> Iterator[tuple[str, bool]]:
    """The texts of an object; False for bytes and names, where a short match is chance.

    A resource is called /Page, and a code that draws a letter may be that of another one.
    """
    if isinstance(thing, pikepdf.Stream):
        yield from _said(pikepdf.Dictionary(dict(thing.items())))
        is_program = any(key in thing for key in _PROGRAMS) or str(thing.get("/Subtype")) in (
            "/Type1C", "/CIDFontType0C", "/OpenType", "/Image")  # fmt: skip
        # What an object stream holds comes by itself.
        if not is_program and str(thing.get("/Type")) not in ("/ObjStm", "/XRef"):
            yield from ((text, False) for text in _decoded(thing.read_bytes()))
    elif isinstance(thing, pikepdf.Dictionary):
        for key, one in thing.items():
            yield str(key)[1:], False
            if not _is_elsewhere(one) and key not in _FONT_NAMES:
                yield from _said(one)
    elif isinstance(thing, pikepdf.Array):
        for one in thing:
            if not _is_elsewhere(one):
                yield from _said(one)
    elif isinstance(thing, pikepdf.String):
        yield str(thing), str(thing).isprintable()
        yield from ((text, False) for text in _decoded(bytes(thing)))
    elif isinstance(thing, pikepdf.Name):
        yield str(thing)[1:], False


def _is_elsewhere(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Object) and thing.is_indirect


def _decoded(data: bytes) -> Iterator[str]:
    yield data.decode("latin-1")
    if b"\0" in data:
        yield data.decode("utf-16-be", "ignore")
        yield data.decode("utf-16-le", "ignore")


def check_docx(data: bytes, known: Known) -> None:
    """Every part of the package: its name, its text, and its attributes.

    Raises `CopyRefused`.
    """
    from docx import Document
    from lxml import etree

    # A second reader must be able to open it.
    Document(io.BytesIO(data))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            said = [name]
            if name.endswith((".xml", ".rels")):
                said += _written(etree.fromstring(package.read(name)))
            if any(any(known.find(text)) for text in said):
                raise CopyRefused(
                    "a text that redaction replaced would be left in the Word file, in a style, "
                    "a number format or a drawing, so no file was written; save the document as "
                    "PDF, add that to the study, and redact it"
                )


def _written(root: Any) -> Iterator[str]:
    """What an XML part says: by paragraphs, by pieces of text, and in attributes.

    Words of the format are in small letters (white, left), and fonts have names like people's.
    """
    for element in root.iter("{*}p"):
        yield "".join(str(text) for text in element.itertext())
    for element in root.iter("*"):
        yield element.text or ""
        for key, said in element.attrib.items():
            if not said.islower() and str(key).rpartition("}")[2] not in _TYPEFACES:
                yield said


def check_text(text: str, known: Known) -> None:
    """Raises `CopyRefused`."""
    if any(known.find(text)):
        raise CopyRefused(
            "a text that redaction replaced would be left in the file, so no file was written; "
            "redact this document by hand"
        )
