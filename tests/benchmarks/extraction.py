"""What extraction costs, beside pdfplumber.extract_text and the bare engines on the same pages.

    DHR_REFERENCE_DATA=/path/to/data python tests/benchmarks/extraction.py

reads `reports/*.pdf` under that folder, or the example study's PDFs when it is not set. CPU
milliseconds for each page, the least of several rounds; one process. The ratios are what can be
compared between machines. Pages without text (scans) are left out: they cost what OCR costs.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pdfplumber
import pypdfium2
from pypdfium2 import raw as pdfium_c
from rapidfuzz.distance import Indel

from pipeline.evaluate.markup import parse
from pipeline.extract import ocr, page, pdf
from pipeline.extract.enclosed import Annotations
from pipeline.extract.hidden import Objects
from pipeline.extract.pdf import read_pdf

PROJECT = Path(__file__).parent.parent.parent
EXAMPLE = PROJECT / "corpus/example"
ROUNDS = 3


def documents() -> list[Path]:
    """The PDFs to measure on: those with a text layer."""
    data = os.environ.get("DHR_REFERENCE_DATA")
    paths = sorted((Path(data) / "reports" if data else EXAMPLE).glob("*.pdf"))
    return [path for path in paths if has_text(path)]


def has_text(path: Path) -> bool:
    """Whether most pages have a text layer."""
    with pypdfium2.PdfDocument(path) as document:
        texts = [sheet.get_textpage().count_chars() > 25 for sheet in document]
    return sum(texts) > len(texts) / 2


def ruled(path: Path) -> list[bool]:
    """For each page, whether something is drawn on it that may be the rules of a table."""
    with pypdfium2.PdfDocument(path) as document:
        paths = [pdfium_c.FPDF_PAGEOBJ_PATH]
        return [sum(1 for _ in sheet.get_objects(paths, 3)) >= 4 for sheet in document]


def checked(path: Path) -> None:
    """Ours, as it is used: passages, and the check that the print shows every word of them."""
    with uncollected():
        read_pdf(path)


@contextmanager
def uncollected() -> Iterator[None]:
    """As in the process that reads a document: memory is given back at its end."""
    gc.disable()
    yield
    gc.enable()


def structure(path: Path) -> None:
    """Ours without that check: passages with numbers, headings, tables, footnotes."""
    with (
        uncollected(),
        patch.object(page, "Sight", lambda *_: None),
        patch.object(page, "unmask", lambda *_: (Objects(), [])),
        patch.object(page, "pinned", lambda *_: Annotations()),
        patch.object(pdf, "enclosed", lambda *_: Counter()),
    ):
        read_pdf(path)


def plumber(path: Path) -> None:
    """pdfplumber's bare text."""
    with pdfplumber.open(path) as document:
        for sheet in document.pages:
            sheet.extract_text()
            sheet.close()


def bare(path: Path) -> None:
    """pdfium's bare text."""
    with pypdfium2.PdfDocument(path) as document:
        for sheet in document:
            sheet.get_textpage().get_text_range()


def cpu(work: Callable[[Path], None], path: Path) -> float:
    """CPU seconds, the least of some rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work(path)
        times.append(time.process_time() - started)
    return min(times)


def part(path: Path, pages: list[int], folder: Path) -> Path:
    """A copy with only some pages."""
    with pypdfium2.PdfDocument(path) as document:
        chosen = pypdfium2.PdfDocument.new()
        chosen.import_pages(document, pages)
        chosen.save(folder / path.name)
    return folder / path.name


def main() -> None:
    """Measure and print the table."""
    ocr.available = lambda: False  # type: ignore[assignment]
    engines = (bare, plumber, structure, checked)
    checked(documents()[0])
    print(
        "| document | pages | pdfium text | pdfplumber text | passages | with the check of print "
        "| times faster | with the check |"
    )
    print("|---|---|---|---|---|---|---|---|")
    totals, plain = [0.0] * 4, [0.0] * 4
    pages = plain_pages = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in documents():
            rules = ruled(path)
            times = [cpu(work, path) for work in engines]
            print(row(path.stem, len(rules), times))
            totals = [a + b for a, b in zip(totals, times, strict=True)]
            pages += len(rules)
            if without := [n for n, is_ruled in enumerate(rules) if not is_ruled]:
                short = part(path, without, Path(folder))
                plain = [a + cpu(work, short) for a, work in zip(plain, engines, strict=True)]
                plain_pages += len(without)
    print(row("**all reports**", pages, totals))
    print(row("**pages without rules**", plain_pages, plain))
    print()
    print("\n".join(likeness()))
    print()
    print(in_two_processes())


def likeness() -> Iterator[str]:
    """How like its typed source the text of each of the example's PDFs is; scans are left out."""
    yield "| document | passages | pdfplumber text |"
    yield "|---|---|---|"
    for source in sorted((EXAMPLE / "source").glob("*.txt")):
        typed = parse(source.read_text("utf-8"))
        path = EXAMPLE / typed.meta["file"]
        if path.suffix != ".pdf" or not has_text(path):
            continue
        wanted = plain(f"{block.number or ''} {block.text}" for block in typed.printed)
        with pdfplumber.open(path) as document:
            theirs = plain(sheet.extract_text() for sheet in document.pages)
        own = plain(f"{block.number or ''} {block.text}" for block in read_pdf(path).blocks)
        alike = (Indel.normalized_similarity(text, wanted) for text in (own, theirs))
        yield f"| {path.stem} | {' | '.join(f'{one:.3f}' for one in alike)} |"


def plain(texts: Iterable[str]) -> str:
    """Texts as one, without the rules of tables, in one form of Unicode."""
    whole = unicodedata.normalize("NFKC", " ".join(texts).replace("|", " "))
    return " ".join(whole.split())


def in_two_processes() -> str:
    """How many times faster two processes extract a study of the documents, each of them thrice.

    Wall time of the stage `extract` as it tells it itself, the least of two rounds.
    """
    times: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study"
        dhr("init", "--study", study)
        for path in documents():
            for copy in range(3):
                # Copies of one content would be one document.
                name = Path(folder) / f"{path.stem} {copy}.pdf"
                name.write_bytes(path.read_bytes() + b"%%%d\n" % copy)
                dhr("add", name, "--study", study)
        for engine in ("serial", "processes") * 2:
            outputs = Path(folder) / "outputs"
            shutil.rmtree(outputs, ignore_errors=True)
            dhr(
                "extract",
                "--study",
                study,
                "--outputs",
                outputs,
                "--engine",
                engine,
                "--workers",
                2,
            )
            took = json.loads((outputs / "run/extract.json").read_bytes())["seconds"]
            times[engine] = min(took, times.get(engine, took))
    serial, processes = times["serial"], times["processes"]
    return f"serial {serial:.1f} s, two processes {processes:.1f} s: {serial / processes:.2f} times"


def dhr(*arguments: object) -> None:
    """The command `dhr`."""
    command = [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def row(name: str, pages: int, times: list[float]) -> str:
    """One line of the table: milliseconds for each page, and how many times pdfplumber's."""
    cells = " | ".join(f"{1000 * t / max(pages, 1):.1f}" for t in times)
    faster = " | ".join(f"{times[1] / t:.1f}" for t in times[2:])
    return f"| {name} | {pages} | {cells} | {faster} |"


if __name__ == "__main__":
    main()
