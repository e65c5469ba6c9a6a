"""What is drawn on a PDF page: its text objects and its paths, found in one walk."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium_c

from pipeline.extract import pdfium

DEEPEST = 6
"""Forms within forms; a file with more wants to keep its reader busy."""
MOST_TEXTS = 100_000

_TEXT, _PATH = pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_PATH
_FORM = pdfium_c.FPDF_PAGEOBJ_FORM

Matrix = tuple[float, float, float, float, float, float]
UPRIGHT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Placed = tuple[int, Matrix]
"""The address of one of pdfium's objects, and the matrix of the forms that it stands in."""
_MATRIX = struct.Struct("6f")


@dataclass
class Drawn:
    """Text objects and paths of a page, those in forms included, in order of drawing."""

    texts: list[Placed] = field(default_factory=list)
    paths: list[Placed] = field(default_factory=list)


def drawn(page: pypdfium2.PdfPage) -> Drawn:
    """The objects of a page that may hold words or be the rules of a table."""
    found = Drawn()
    type_of = pdfium.object_type

    def walk(
        count: int, get: Callable[[int, int], int], holder: int, outer: Matrix, depth: int
    ) -> None:
        for index in range(count):
            handle = get(holder, index)
            kind = type_of(handle)
            if kind == _TEXT:
                if len(found.texts) < MOST_TEXTS:
                    found.texts.append((handle, outer))
            elif kind == _PATH:
                found.paths.append((handle, outer))
            elif kind == _FORM and depth < DEEPEST:
                inner = pdfium.count_of_form(handle)
                placed = within(matrix(handle), outer)
                walk(inner, pdfium.object_of_form, handle, placed, depth + 1)

    raw = pdfium.address(page)
    walk(pdfium.count_of_page(raw), pdfium.object_of_page, raw, UPRIGHT, 0)
    return found


def matrix(handle: int) -> Matrix:
    """An object's own matrix."""
    answer = ctypes.create_string_buffer(_MATRIX.size)
    pdfium.object_matrix(handle, answer)
    a, b, c, d, e, f = _MATRIX.unpack(answer)
    return a, b, c, d, e, f


def within(one: Matrix, outer: Matrix) -> Matrix:
    """A matrix as it works inside a form with the matrix `outer`."""
    if outer is UPRIGHT:
        return one
    a, b, c, d, e, f = one
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
            e * p + f * r + t, e * q + f * s + u)  # fmt: skip
