"""Typeset the annotated source of a fictional review as PDF or DOCX.

python corpus/example/source/typeset.py SOURCE.txt OUT.pdf|OUT.docx

A DOCX is written as it is. For a PDF it is exported by LibreOffice, as an agency would export
its report; the source's front matter says how: `tagged: yes` adds the tags that tell headings,
lists and tables, `scanned: yes` makes pictures of the pages, as of a printed and scanned copy.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image
from word import docx

from pipeline.evaluate.markup import Source, parse

SCAN_DPI = 200
"""Dots per inch of an office copier."""
SKEW = 0.35
"""Degrees by which the pages of a scan are turned, to and fro."""


def pdf(review: Source) -> bytes:
    """The review as a PDF file."""
    exported = _exported(docx(review), tagged=review.meta.get("tagged") == "yes")
    return _scanned(exported) if review.meta.get("scanned") == "yes" else exported


def _exported(document: bytes, *, tagged: bool) -> bytes:
    soffice = shutil.which("soffice")
    if soffice is None:
        raise FileNotFoundError("LibreOffice is needed to make PDFs: install libreoffice-writer")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "review.docx"
        path.write_bytes(document)
        options = f'{{"UseTaggedPDF":{{"type":"boolean","value":"{str(tagged).lower()}"}}}}'
        subprocess.run(
            [
                soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless",
                "--convert-to", f"pdf:writer_pdf_Export:{options}", "--outdir", folder, str(path),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
        return path.with_suffix(".pdf").read_bytes()


def _scanned(exported: bytes) -> bytes:
    """Black and white pictures of the pages, a little crooked and speckled."""
    random = np.random.default_rng(2011)
    pages = [_picture(page, n, random) for n, page in enumerate(pypdfium2.PdfDocument(exported))]
    file = io.BytesIO()
    pages[0].save(file, "PDF", resolution=SCAN_DPI, save_all=True, append_images=pages[1:])
    return file.getvalue()


def _picture(page: pypdfium2.PdfPage, number: int, random: np.random.Generator) -> Image.Image:
    grey = page.render(scale=SCAN_DPI / 72, grayscale=True).to_pil()
    turned = grey.rotate(SKEW * (-1) ** number, Image.Resampling.BICUBIC, fillcolor=255)
    ink = np.asarray(turned) < 140
    specks = random.random(ink.shape) < 0.00005
    return Image.fromarray(~(ink | specks))


WRITERS = {".pdf": pdf, ".docx": docx}


def main() -> None:
    """Read the source that the command line names and write the document beside it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="annotated source (pipeline/evaluate/markup.py)")
    parser.add_argument("out", type=Path, help="file to write: its suffix says which kind")
    arguments = parser.parse_args()
    writer = WRITERS.get(arguments.out.suffix.lower())
    if writer is None:
        parser.error("OUT must end in .pdf or .docx")
    try:
        review = parse(arguments.source.read_text(encoding="utf-8"))
        built = writer(review)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    arguments.out.write_bytes(built)


if __name__ == "__main__":
    main()
