"""One page of the original as pdfium sees it: its signs, its pictures, its look."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from pipeline.copies.stream import Box, PageText, Sign
from pipeline.extract.ocr import LARGEST, recognise

READING_DPI = 300
LOOK_DPI = 50


def printed(page: pdfium.PdfPage, number: int) -> PageText:
    """The text of a page with the places of its letters."""
    textpage = page.get_textpage()
    try:
        return PageText(number, list(_signs(textpage.raw)))
    finally:
        textpage.close()


def _signs(textpage: ctypes.c_void_p) -> Iterator[Sign]:
    box, x, y = pdfium_c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for index in range(max(pdfium_c.FPDFText_CountChars(textpage), 0)):
        code = pdfium_c.FPDFText_GetUnicode(textpage, index)
        text = chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else " "
        if text.isspace():
            yield Sign(text)
            continue
        pdfium_c.FPDFText_GetLooseCharBox(textpage, index, box)
        pdfium_c.FPDFText_GetCharOrigin(textpage, index, x, y)
        angle = round(math.degrees(pdfium_c.FPDFText_GetCharAngle(textpage, index)) / 90) * 90 % 360
        edges = (box.left, box.bottom, box.right, box.top)
        yield Sign(text, edges, (x.value, y.value), angle)


def read(page: pdfium.PdfPage, number: int) -> PageText:
    """The text of a page that is a picture, read by tesseract; a letter has its word's box."""
    width, height = page.get_size()
    scale = min(READING_DPI / 72, math.sqrt(LARGEST / max(width * height, 1.0)))
    return read_drawn(page, number, look(page, scale=scale, grey=True), scale)


def read_drawn(
    page: pdfium.PdfPage, number: int, picture: NDArray[np.uint8], scale: float
) -> PageText:
    """The text of a drawing of a page, rows x columns in grey, `scale` pixels to the point."""
    words, _ = recognise(picture, dpi=round(72 * scale))
    signs: list[Sign] = []
    line = None
    for word in words:
        signs.append(Sign(" " if word.line == line else "\n"))
        box = _on_page(page, word.box, picture.shape)
        signs += [Sign(letter, box, (box[0], box[1])) for letter in word.text]
        line = word.line
    return PageText(number, signs)


def look(page: pdfium.PdfPage, *, scale: float, grey: bool = False) -> NDArray[np.uint8]:
    """The page as drawn, without notes and form fields: rows x columns (x 3)."""
    drawn = page.render(scale=scale, grayscale=grey, draw_annots=False, rev_byteorder=True)
    picture: NDArray[np.uint8] = drawn.to_numpy()
    return picture.reshape(picture.shape[0], -1) if grey else picture


def _on_page(
    page: pdfium.PdfPage, box: tuple[float, float, float, float], shape: tuple[int, ...]
) -> Box:
    """Pixels of the drawn page to points of the page."""
    height, width = shape[:2]
    x, y = ctypes.c_double(), ctypes.c_double()
    corners = []
    for px, py in (box[:2], box[2:]):
        pdfium_c.FPDF_DeviceToPage(page, 0, 0, width, height, 0, round(px), round(py), x, y)
        corners.append((x.value, y.value))
    (a, b), (c, d) = corners
    return min(a, c), min(b, d), max(a, c), max(b, d)


def pixels(page: pdfium.PdfPage, box: Box, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Points of the page to pixels of the drawn page: left, top, right, bottom."""
    height, width = shape[:2]
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for px, py in (box[:2], box[2:]):
        pdfium_c.FPDF_PageToDevice(page, 0, 0, width, height, 0, px, py, x, y)
        corners.append((x.value, y.value))
    (a, b), (c, d) = corners
    return min(a, c), min(b, d), max(a, c), max(b, d)
