"""reviews.csv: which document belongs to which review, and what is known of each review.

One row per document. Columns may stand in any order, and a study may add columns of its own.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import MissingInput
from pipeline.files import replacing
from pipeline.vocabulary import CASE_TYPES, DOCUMENT_TYPES, PUBLICATION, SECTION_ROLES

COLUMNS = (
    "document",
    "review",
    "document_type",
    "area",
    "case_type",
    "year_of_death",
    "status",
)
PASSWORD = "password"
"""A column that a study may leave out: what opens an encrypted document."""
SECTIONS = "sections"
"""Optional column, the analyst's word on sections: `heading = role; heading = role`."""
_CHOICES = {"document_type": DOCUMENT_TYPES, "case_type": CASE_TYPES, "status": PUBLICATION}
EARLIEST_YEAR = 1990


@dataclass(frozen=True)
class Row:
    """One row, cleaned; an empty cell is "" (`year_of_death`: None, `sections`: ()).

    `sections` are headings as printed, each with the section role that the analyst gives it.
    """

    line: int
    document: str
    review: str
    document_type: str
    area: str
    case_type: str
    year_of_death: int | None
    status: str
    # Not shown where a row is printed for debugging.
    password: str = field(default="", repr=False)
    sections: tuple[tuple[str, str], ...] = ()


class Fault(NamedTuple):
    """One thing that is wrong with a row; `message` quotes no cell."""

    line: int
    document: str
    message: str


class Manifest(NamedTuple):
    """The usable rows by document, and what is wrong with the others."""

    rows: dict[str, Row]
    faults: list[Fault]


def plain_name(name: str) -> str:
    """A file name as it is compared: NFC, because macOS hands out decomposed names."""
    return unicodedata.normalize("NFC", name.strip())


def read_manifest(path: Path) -> Manifest:
    """Read reviews.csv; a fault costs its row, not the file.

    Raises `MissingInput` when there is no file, or no header with all columns.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MissingInput(
            f"there is no {path.name} in {path.parent}; `dhr init` writes one, and `dhr add FILE` "
            "adds a document with its row"
        ) from None
    except UnicodeDecodeError:
        raise MissingInput(
            f"{path} is not UTF-8; in Excel, save it as 'CSV UTF-8 (comma delimited)'"
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [c for c in COLUMNS if c not in (reader.fieldnames or [])]
    if missing and ";" in text.partition("\n")[0]:
        raise MissingInput(f"{path} has semicolons between its cells; save it with commas")
    if missing:
        raise MissingInput(f"{path} lacks the columns {', '.join(missing)}; add them to its header")
    manifest = Manifest({}, [])
    for cells in reader:
        _file(manifest, reader.line_num, cells)
    manifest.faults.extend(_disagreements(manifest))
    return manifest


def _file(manifest: Manifest, line: int, cells: dict[str, str]) -> None:
    if not any(isinstance(cell, str) and cell.strip() for cell in cells.values()):
        return
    document = plain_name(cells["document"] or "")
    faults = list(_faults(cells))
    if document in manifest.rows:
        faults.append("the document has a row above already; keep one of the two")
    if faults:
        manifest.faults.extend(Fault(line, document, fault) for fault in faults)
    else:
        manifest.rows[document] = _row(line, document, cells)


def _row(line: int, document: str, cells: dict[str, str]) -> Row:
    cell = {name: (cells[name] or "").strip() for name in COLUMNS}
    return Row(
        line=line,
        document=document,
        review=cell["review"] or document,
        document_type=cell["document_type"].lower() or "overview report",
        area=cell["area"],
        case_type=cell["case_type"].lower(),
        year_of_death=int(cell["year_of_death"]) if cell["year_of_death"] else None,
        status=cell["status"].lower(),
        password=(cells.get(PASSWORD) or "").strip(),
        sections=tuple((heading, role) for heading, role, _ in _sections(cells)),
    )


def _sections(cells: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Heading, role, and what is wrong with them ("" when nothing is)."""
    for nth, part in enumerate((cells.get(SECTIONS) or "").split(";"), start=1):
        if not part.strip():
            continue
        heading, equals, role = (piece.strip() for piece in part.rpartition("="))
        fault = ""
        if not equals or not heading:
            fault = f"sections, part {nth}: write 'heading = role', and ';' before the next"
        elif role.lower() not in SECTION_ROLES:
            fault = f"sections, part {nth}: the role is none of: {', '.join(SECTION_ROLES)}"
        yield heading, role.lower(), fault


def _faults(cells: dict[str, str]) -> Iterator[str]:
    if not (cells["document"] or "").strip():
        yield "the document's file name is missing"
    for name, choices in _CHOICES.items():
        value = (cells[name] or "").strip().lower()
        if value and value not in choices:
            yield f"{name} is none of: {', '.join(choices)}"
    year = (cells["year_of_death"] or "").strip()
    if year and not (year.isdigit() and len(year) == 4 and int(year) >= EARLIEST_YEAR):
        yield f"year_of_death is not a year of four digits from {EARLIEST_YEAR}"
    yield from (fault for *_, fault in _sections(cells) if fault)
    if None in cells:
        yield "the row has more cells than the header; put quotes around cells with commas"


def _disagreements(manifest: Manifest) -> Iterator[Fault]:
    """Rows of one review that contradict each other: the first row's word is used."""
    first: dict[str, Row] = {}
    for row in manifest.rows.values():
        other = first.setdefault(row.review, row)
        for name in ("area", "case_type", "year_of_death"):
            mine, theirs = getattr(row, name), getattr(other, name)
            if mine and theirs and mine != theirs:
                yield Fault(
                    row.line,
                    row.document,
                    f"{name} differs from line {other.line} of the same review; "
                    f"line {other.line} is used",
                )


def write_template(path: Path) -> None:
    """Write a manifest with its header only."""
    with replacing(path) as temporary:
        temporary.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")


def add_row(path: Path, cells: dict[str, str]) -> None:
    """Append a row, leaving the rows and columns that stand there as they are.

    Raises `MissingInput` as `read_manifest` does.
    """
    read_manifest(path)
    text = path.read_text(encoding="utf-8-sig")
    header = next(csv.reader(io.StringIO(text)))
    line = io.StringIO()
    csv.DictWriter(line, header, restval="", lineterminator="\n").writerow(cells)
    if text and not text.endswith("\n"):
        text += "\n"
    with replacing(path) as temporary:
        temporary.write_text(text + line.getvalue(), encoding="utf-8")
