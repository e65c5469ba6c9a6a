"""What is drawn on a PDF page: its text objects and its paths, found in one walk."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

DEEPEST = 6
"""Forms within forms; a file with more wants to keep its reader busy."""
MOST_TEXTS = 100_000

Matrix = tuple[float, float, float, float, float, float]
UPRIGHT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Placed = tuple[ctypes.c_void_p, Matrix]
"""pdfium's handle of an object, and the matrix of the forms that it stands in."""


@dataclass
class Drawn:
    """Text objects and paths of a page, those in forms included, in order of drawing."""

    texts: list[Placed] = field(default_factory=list)
    paths: list[Placed] = field(default_factory=list)


def drawn(page: pdfium.PdfPage) -> Drawn:
    """The objects of a page that may hold words or be the rules of a table."""
    found = Drawn()
    raw = page.raw

    def walk(
        count: int, get: Callable[[ctypes.c_void_p, int], ctypes.c_void_p],
        holder: ctypes.c_void_p, outer: Matrix, depth: int,
    ) -> None:  # fmt: skip
        for index in range(count):
            handle = get(holder, index)
            kind = pdfium_c.FPDFPageObj_GetType(handle)
            if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
                if len(found.texts) < MOST_TEXTS:
                    found.texts.append((handle, outer))
            elif kind == pdfium_c.FPDF_PAGEOBJ_PATH:
                found.paths.append((handle, outer))
            elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
                inner = pdfium_c.FPDFFormObj_CountObjects(handle)
                placed = within(matrix(handle), outer)
                walk(inner, pdfium_c.FPDFFormObj_GetObject, handle, placed, depth + 1)

    count = pdfium_c.FPDFPage_CountObjects(raw)
    walk(count, pdfium_c.FPDFPage_GetObject, raw, UPRIGHT, 0)
    return found


def matrix(handle: ctypes.c_void_p) -> Matrix:
    """An object's own matrix."""
    found = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFPageObj_GetMatrix(handle, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def within(one: Matrix, outer: Matrix) -> Matrix:
    """A matrix as it works inside a form with the matrix `outer`."""
    if outer is UPRIGHT:
        return one
    a, b, c, d, e, f = one
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
            e * p + f * r + t, e * q + f * s + u)  # fmt: skip
