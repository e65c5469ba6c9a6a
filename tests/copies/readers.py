"""What independent readers find in a PDF."""

from __future__ import annotations

import io
import shutil
import subprocess

import pdfplumber
import pikepdf
import pypdfium2 as pdfium


def texts(data: bytes) -> dict[str, str]:
    """The text of a PDF by each reader that there is."""
    found = {"pdfium": _by_pdfium(data), "pdfplumber": _by_pdfplumber(data)}
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True)
        found["poppler"] = done.stdout.decode()
    return found


def _by_pdfium(data: bytes) -> str:
    document = pdfium.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def _by_pdfplumber(data: bytes) -> str:
    with pdfplumber.open(io.BytesIO(data)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def everything(data: bytes) -> bytes:
    """The file with all its streams decoded."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(
            file,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return file.getvalue()
