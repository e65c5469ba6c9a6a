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


def picture(page: pdfium.PdfPage, marks: Sequence[Mark]) -> tuple[bytes, tuple[int, int], str]:
    """A JPEG of the page, its width and height in pixels, and its colours as PDF names them."""
    width, height = page.get_size()
    scale = min(DPI / 72, math.sqrt(LARGEST / max(width * height, 1.0)))
    image = Image.fromarray(look(page, scale=scale)[..., :3]).convert("RGB")
    for mark in marks:
        _paint(image, page, mark)
    if _is_grey(image):
        image = image.convert("L")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue(), image.size, "/DeviceGray" if image.mode == "L" else "/DeviceRGB"


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
