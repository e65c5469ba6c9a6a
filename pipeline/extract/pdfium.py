"""pdfium's functions for letters and page objects, called with plain addresses.

A page takes about a thousand of these calls, and most of them take less time than ctypes needs to
make an argument of a typed pointer. Handles are integers here, None where pdfium has nothing.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium_c


def address(handle: Any) -> int:
    """The plain address behind one of pypdfium2's handles."""
    return ctypes.cast(getattr(handle, "raw", handle), ctypes.c_void_p).value or 0


def _plain(function: Any) -> Callable[..., Any]:
    """The same function, with addresses for pointers. Unlike ctypes' own it keeps the GIL."""
    prototype = ctypes.PYFUNCTYPE(_kind(function.restype), *map(_kind, function.argtypes))
    return prototype(address(function))


def _kind(kind: Any) -> Any:
    return ctypes.c_void_p if hasattr(kind, "contents") else kind


font_info = _plain(pdfium_c.FPDFText_GetFontInfo)
font_size = _plain(pdfium_c.FPDFText_GetFontSize)
font_weight = _plain(pdfium_c.FPDFText_GetFontWeight)
letter_box = _plain(pdfium_c.FPDFText_GetLooseCharBox)
letter_matrix = _plain(pdfium_c.FPDFText_GetMatrix)
letter_object = _plain(pdfium_c.FPDFText_GetTextObject)
letter_origin = _plain(pdfium_c.FPDFText_GetCharOrigin)

count_of_page = _plain(pdfium_c.FPDFPage_CountObjects)
count_of_form = _plain(pdfium_c.FPDFFormObj_CountObjects)
object_of_page = _plain(pdfium_c.FPDFPage_GetObject)
object_of_form = _plain(pdfium_c.FPDFFormObj_GetObject)
object_bounds = _plain(pdfium_c.FPDFPageObj_GetBounds)
object_matrix = _plain(pdfium_c.FPDFPageObj_GetMatrix)
object_type = _plain(pdfium_c.FPDFPageObj_GetType)
set_active = _plain(pdfium_c.FPDFPageObj_SetIsActive)
font_of = _plain(pdfium_c.FPDFTextObj_GetFont)
render_mode = _plain(pdfium_c.FPDFTextObj_GetTextRenderMode)
text_of = _plain(pdfium_c.FPDFTextObj_GetText)

count_marks = _plain(pdfium_c.FPDFPageObj_CountMarks)
mark_of = _plain(pdfium_c.FPDFPageObj_GetMark)
mark_value = _plain(pdfium_c.FPDFPageObjMark_GetParamStringValue)
remove_mark = _plain(pdfium_c.FPDFPageObj_RemoveMark)

count_segments = _plain(pdfium_c.FPDFPath_CountSegments)
segment_of = _plain(pdfium_c.FPDFPath_GetPathSegment)
segment_closes = _plain(pdfium_c.FPDFPathSegment_GetClose)
segment_point = _plain(pdfium_c.FPDFPathSegment_GetPoint)
segment_type = _plain(pdfium_c.FPDFPathSegment_GetType)
