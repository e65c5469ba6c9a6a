"""What is put in the place of what went: a pale box with the pseudonym in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pikepdf
from pdfminer.fontmetrics import FONT_METRICS

from pipeline.copies.stream import Box, Cut, PageText, Sign

PALE = 0.88
"""Grey of the box, 0 black to 1 white."""
TALLEST = 0.72
"""Height of the letters, of the height of the box."""
NARROWEST = 0.55
"""A long pseudonym is set so narrow, then smaller."""
ROOM = 1.0
"""Points beside the letters."""
_FONT = pikepdf.Name("/DhrMark")
_WIDTHS = FONT_METRICS["Helvetica"][1]


@dataclass(frozen=True)
class Mark:
    """A box on a page, in points; `label` is empty for the other lines of one replacement."""

    box: Box
    label: str
    angle: int = 0

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the box."""
        x0, y0, x1, y1 = self.box
        return x0 <= x <= x1 and y0 <= y <= y1


def marks(page: PageText, cuts: Sequence[Cut]) -> list[Mark]:
    """The boxes of a page's cuts: one for each line that a replacement runs over."""
    return [mark for cut in cuts for mark in _of_cut(page, cut)]


def _of_cut(page: PageText, cut: Cut) -> Iterator[Mark]:
    inked = [page.signs[index] for index in cut.signs if page.signs[index].box]
    lines = [list(line) for _, line in groupby(inked, key=_Line())]
    boxes = [_around([sign.box for sign in line if sign.box]) for line in lines]
    widest = max(range(len(boxes)), key=lambda n: boxes[n][2] - boxes[n][0], default=0)
    for n, box in enumerate(boxes):
        yield Mark(box, cut.pseudonym if n == widest else "", lines[n][0].angle)


class _Line:
    """Numbers the lines that signs stand on."""

    def __init__(self) -> None:
        self.line = 0
        self.last: Sign | None = None

    def __call__(self, sign: Sign) -> int:
        if self.last and not _beside(self.last, sign):
            self.line += 1
        self.last = sign
        return self.line


def _beside(one: Sign, two: Sign) -> bool:
    assert one.box and two.box
    along, across = (0, 1) if one.angle in (0, 180) else (1, 0)
    height = one.box[across + 2] - one.box[across]
    level = abs(one.box[across] - two.box[across]) < height / 2
    gap = max(two.box[along] - one.box[along + 2], one.box[along] - two.box[along + 2])
    return one.angle == two.angle and level and gap < 3 * height


def _around(boxes: Sequence[Box]) -> Box:
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return min(x0s), min(y0s), max(x1s), max(y1s)


def drawn(found: Sequence[Mark]) -> bytes:
    """Content that draws the boxes and writes the pseudonyms into them."""
    return b"\n".join(map(_drawn, found))


def _drawn(mark: Mark) -> bytes:
    x0, y0, x1, y1 = mark.box
    box = f"q {PALE} g {x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f"
    if not mark.label:
        return f"{box} Q".encode("ascii")
    upright = mark.angle in (0, 180)
    length, height = (x1 - x0, y1 - y0) if upright else (y1 - y0, x1 - x0)
    size, stretch = _fitted(mark.label, length - ROOM, height)
    a, b = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[mark.angle]
    ink = _width(mark.label) * size * stretch
    along, across = (length - ink) / 2, (height - 0.7 * size) / 2
    x = {0: x0 + along, 90: x1 - across, 180: x1 - along, 270: x0 + across}[mark.angle]
    y = {0: y0 + across, 90: y0 + along, 180: y1 - across, 270: y1 - along}[mark.angle]
    text = mark.label.encode("cp1252", "replace").hex()
    return (
        f"{box} 0 g BT {_FONT} {size:.2f} Tf {100 * stretch:.0f} Tz 0 Tr 0 Tc 0 Tw 0 Ts "
        f"{a} {b} {-b} {a} {x:.2f} {y:.2f} Tm <{text}> Tj ET Q"
    ).encode("ascii")


def _fitted(label: str, length: float, height: float) -> tuple[float, float]:
    """Size in points and horizontal stretch with which a label fits into its box."""
    size = TALLEST * max(height, 1.0)
    stretch = max(length, 1.0) / (_width(label) * size)
    if stretch >= NARROWEST:
        return size, min(stretch, 1.0)
    return size * stretch / NARROWEST, NARROWEST


def _width(text: str) -> float:
    """Width in Helvetica of one point."""
    return float(sum(_WIDTHS.get(letter, 556) for letter in text)) / 1000


def add_font(resources: pikepdf.Dictionary) -> None:
    """Give a page's resources the font of the labels."""
    fonts = dict(resources.get("/Font", {}).items())
    fonts[str(_FONT)] = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )  # fmt: skip
    resources["/Font"] = pikepdf.Dictionary(fonts)
