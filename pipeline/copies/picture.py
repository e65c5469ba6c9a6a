"""A page as a picture of itself, with what has to go painted over in the picture."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont

from pipeline.copies.marks import PALE, Mark
from pipeline.copies.sheet import look, pixels

DPI = 170
LARGEST = 12_000_000
"""Pixels; a larger page is drawn smaller."""
QUALITY = 70
MARGIN = 2
"""Pixels round a box: the edge of a letter is smeared."""


def scale_of(page: pdfium.PdfPage) -> float:
    """Pixels to the point at which a page is drawn."""
    width, height = page.get_size()
    return min(DPI / 72, math.sqrt(LARGEST / max(width * height, 1.0)))


def painted(page: pdfium.PdfPage, marks: Sequence[Mark]) -> Image.Image:
    """A picture of the page with the marks painted over it, in grey where that loses nothing."""
    image = Image.fromarray(look(page, scale=scale_of(page))[..., :3]).convert("RGB")
    for mark in marks:
        _paint(image, page, mark)
    return image.convert("L") if _is_grey(image) else image


def jpeg(image: Image.Image) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()
    return red.tobytes() == green.tobytes() == blue.tobytes()


def _paint(image: Image.Image, page: pdfium.PdfPage, mark: Mark) -> None:
    left, top, right, bottom = pixels(page, mark.box, (image.height, image.width))
    box = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
    draw = ImageDraw.Draw(image)
    shade = round(255 * PALE)
    draw.rectangle(box, fill=(shade, shade, shade))
    # Boxes taller than wide hold text that runs up or down; a mark tells what was there.
    if mark.label:
        room, tall = max(1, right - left), max(1, bottom - top)
        size = min(0.7 * tall, 0.7 * tall * room / _length(draw, mark.label, 0.7 * tall))
        font = ImageFont.load_default(max(4.0, size))
        draw.text(((left + right) / 2, (top + bottom) / 2), mark.label, (0, 0, 0), font, "mm")


def _length(draw: ImageDraw.ImageDraw, label: str, size: float) -> float:
    return max(1.0, draw.textlength(label, ImageFont.load_default(max(4.0, size))))
