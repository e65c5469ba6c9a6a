"""Pages that are pictures: read by tesseract, rules and bold type by the picture itself.

Coordinates, sizes and baselines come out as from any other page, so that whatever is done with
lines and tables afterwards is the same. tesseract is a program of its own, found on the PATH.
"""

from __future__ import annotations

import io
import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from xml.etree import ElementTree

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from pipeline.errors import ScannedDocument
from pipeline.extract.cells import Rule
from pipeline.extract.grid import grids_of, outside, tables_of
from pipeline.extract.lines import lines_of
from pipeline.extract.page import Page
from pipeline.extract.words import Word

PROGRAM = "tesseract"
LANGUAGE = "eng"
DPI = 300
"""Resolution at which a page is drawn for reading; tesseract is trained on about this."""
LARGEST = 30_000_000
"""Pixels: a larger page, at 300 dpi beyond A3, is drawn smaller."""
DARK = 128
"""Grey level, of 255, under which a pixel is ink."""
INK = 0.0005
"""Share of ink on a page under which it is blank."""
SURE = 30
"""Confidence, of 100, under which a word is a speck or a piece of a picture."""
RULE = 0.3
"""Inches: a straight stretch of ink at least so long is a rule; no letter is."""
BOLD_STROKE = 1.22
"""Bold strokes are at least so many times as wide as those of the document's usual letters."""
SAME_SIZE = 0.09
"""Measured letter sizes of one font differ by up to this share."""

_XHTML = "{http://www.w3.org/1999/xhtml}"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBER = r"(-?[\d.]+)"
_Pixels = NDArray[np.bool_]


def available() -> bool:
    """Whether the program that reads pictures is installed."""
    return shutil.which(PROGRAM) is not None


@dataclass
class Read:
    """One word as tesseract gives it, in pixels of the picture."""

    text: str
    box: tuple[float, float, float, float]
    line: int
    confidence: float


@dataclass
class _Line:
    """`slope` and `offset` describe the baseline from the box's lower left corner, in pixels."""

    box: tuple[float, float, float, float]
    slope: float
    offset: float
    size: float


def read_picture(page: pdfium.PdfPage, number: int) -> Page | None:
    """Lines and tables of a page without a text layer; None when it is blank."""
    width, height = page.get_size()
    scale = min(DPI / 72, math.sqrt(LARGEST / max(width * height, 1.0)))
    picture = page.render(scale=scale, grayscale=True).to_numpy()
    picture = picture.reshape(picture.shape[0], -1)
    ink = picture < DARK
    if ink.mean() < INK:
        return None
    words, lines = recognise(picture, dpi=round(72 * scale))
    slope = median([line.slope for line in lines.values()]) if lines else 0.0
    straight = _Straightener(slope, scale)
    placed = [straight.word(word, lines[word.line], _stroke(ink, word.box)) for word in words]
    grids = grids_of(tables_of(list(_rules(ink, straight))), placed)
    free = outside(grids, placed)
    letters = sum(sum(map(str.isalnum, word.text)) for word in placed)
    return Page(number, width, height, lines_of(free), grids, letters=letters, picture=True)


def settle(pages: list[Page]) -> None:
    """Give the letters of pictures one size for each font, and tell bold from plain.

    Measured from a picture, sizes and strokes scatter a little; over a whole document they
    fall into groups.
    """
    pages = [page for page in pages if page.picture]
    words = [word for page in pages for word in _words(page)]
    if not words:
        return
    weights = [len(word.text) for word in words]
    usual = float(np.median(np.repeat([word.size for word in words], weights)))
    stroke = float(np.median(np.repeat([word.stroke / word.size for word in words], weights)))
    for word in words:
        steps = round(math.log(word.size / usual) / (2 * SAME_SIZE))
        word.bold = word.stroke / word.size > BOLD_STROKE * stroke
        word.size = round(usual * math.exp(2 * SAME_SIZE * steps), 1)
    for page in pages:
        page.lines = lines_of([word for line in page.lines for word in line.words])


def _words(page: Page) -> Iterator[Word]:
    for line in page.lines:
        yield from line.words
    for grid in page.grids:
        yield from grid.words


def recognise(picture: NDArray[np.uint8], *, dpi: int) -> tuple[list[Read], dict[int, _Line]]:
    """The words that tesseract reads in a picture, and their lines; places are in its pixels.

    Raises `ScannedDocument` where it fails.
    """
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PPM")
    done = subprocess.run(
        [PROGRAM, "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(dpi), "hocr"],
        input=file.getvalue(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        check=False,
    )
    if done.returncode:
        raise ScannedDocument(
            "the pages are pictures, and tesseract failed on one; check that it works and has its "
            f"data for English (`{PROGRAM} --list-langs`), then make"
        )
    words: list[Read] = []
    lines: dict[int, _Line] = {}
    page = ElementTree.fromstring(_CONTROL.sub(b"", done.stdout))
    for number, line in enumerate(_of_class(page, _LINES)):
        lines[number] = _line(line.get("title", ""))
        for word in _of_class(line, ("ocrx_word",)):
            text = "".join(word.itertext()).strip()
            title = word.get("title", "")
            confidence = _numbers(title, "x_wconf", 1)[0]
            if text and confidence >= SURE:
                words.append(Read(text, _box(title), number, confidence / 100))
    return words, lines


_LINES = ("ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat")


def _of_class(
    element: ElementTree.Element, names: tuple[str, ...]
) -> Iterator[ElementTree.Element]:
    return (span for span in element.iter(f"{_XHTML}span") if span.get("class") in names)


def _numbers(title: str, name: str, count: int) -> list[float]:
    found = re.search(rf"\b{name}" + rf" {_NUMBER}" * count, title)
    return [float(value) for value in found.groups()] if found else [0.0] * count


def _box(title: str) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = _numbers(title, "bbox", 4)
    return x0, top, x1, bottom


def _line(title: str) -> _Line:
    slope, offset = _numbers(title, "baseline", 2)
    box = _box(title)
    return _Line(box, slope, offset, _numbers(title, "x_size", 1)[0] or box[3] - box[1])


class _Straightener:
    """Turns pixels of a crooked picture into points of a straight page."""

    def __init__(self, slope: float, scale: float) -> None:
        self.slope, self.scale = slope, scale

    def point(self, x: float, y: float) -> tuple[float, float]:
        """For the small angles of a scan a shear will do."""
        return (x + self.slope * y) / self.scale, (y - self.slope * x) / self.scale

    def word(self, word: Read, line: _Line, stroke: float) -> Word:
        x0, top, x1, bottom = word.box
        left, upper = self.point(x0, top)
        right, lower = self.point(x1, bottom)
        foot = line.box[3] + line.offset + line.slope * (x0 - line.box[0])
        _, baseline = self.point(x0, foot)
        return Word(
            word.text, left, right, upper, lower, baseline, line.size / self.scale, bold=False,
            confidence=word.confidence, stroke=stroke / self.scale,
        )  # fmt: skip


def _stroke(ink: _Pixels, box: tuple[float, float, float, float]) -> float:
    """Mean width of the strokes of a word, in pixels: ink over the number of its runs."""
    x0, top, x1, bottom = map(int, box)
    word = ink[top:bottom, x0:x1]
    runs = np.count_nonzero(word[:, 1:] & ~word[:, :-1]) + np.count_nonzero(word[:, :1])
    return float(word.sum() / runs) if runs else 0.0


def _rules(ink: _Pixels, straight: _Straightener) -> Iterator[Rule]:
    """The rules of a picture, in points, from runs of ink along its rows and columns."""
    shortest = round(RULE * straight.scale * 72)
    for x0, x1, y in _runs(ink, shortest):
        left, upper = straight.point(x0, y)
        right, lower = straight.point(x1, y)
        yield left, (upper + lower) / 2, right, (upper + lower) / 2
    for y0, y1, x in _runs(ink.T, shortest):
        left, upper = straight.point(x, y0)
        right, lower = straight.point(x, y1)
        yield (left + right) / 2, upper, (left + right) / 2, lower


def _runs(ink: _Pixels, shortest: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and row of the long runs of ink; of runs in neighbouring rows only one.

    A rule that is not quite level steps from row to row: ink of the row above or below counts.
    """
    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    padded = np.pad(thick, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    long = ends - starts >= shortest
    taken: list[tuple[int, int, int]] = []
    for row, start, end in zip(rows[long], starts[long], ends[long], strict=True):
        near = (t for t in reversed(taken[-40:]) if row - t[2] <= 6)
        if not any(t[0] - 3 <= start and end <= t[1] + 3 for t in near):
            taken.append((int(start), int(end), int(row)))
    yield from taken
