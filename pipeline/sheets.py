"""Sheets that go to a spreadsheet and come back: CSV that only its owner can read.

Excel takes cells for formulas, dates and numbers where it can, and saves what it took them for:
'14 March 2013' comes back as '14-Mar-13', '0417' as '417'. So text of a report stands between
quotation marks (`quoted`), and any other cell that looks like a formula has an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.errors import BadUsage, MissingInput
from pipeline.files import replacing

FORMULA = r"^(?=[=+\-@\t\r])"
"""The first characters that make a spreadsheet take text for a formula (OWASP, CSV injection)."""
_ESCAPED = re.compile(r"^'(?=[=+\-@\t\r'])")
_DELIMITERS = ",;\t"


def quoted(text: str) -> str:
    """Text of a report as it stands in a cell."""
    return f"“{text}”"


def unquoted(cell: str) -> str:
    """The text of a cell, which the analyst may also have typed without quotation marks."""
    between = re.fullmatch(r"“(.*)”", cell, re.DOTALL)
    return between[1] if between else cell


def write_sheet(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a sheet, UTF-8 with a BOM (Excel asks for one), for its owner's eyes only.

    Raises `BadUsage` when there is such a file: it may hold decisions that were not applied.
    """
    if path.exists():
        raise BadUsage(f"{path} is there already; apply it, then delete it or name another file")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([escaped(row.get(column, "")) for column in columns] for row in rows)
    private_file(path, "\ufeff" + text.getvalue())


def private_file(path: Path, text: str) -> None:
    """Write a text that nobody but the owner could read at any moment."""
    with replacing(path) as temporary:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)


def read_sheet(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """(Row as a spreadsheet numbers it, cells by column) of each row that is not empty.

    Cells are in NFC, without blanks around them. Commas, semicolons or tabs between cells.
    Raises `MissingInput` when there is no such file, it is not UTF-8, or a column is missing.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MissingInput(f"there is no file {path}; --export writes a sheet") from None
    except UnicodeDecodeError:
        raise MissingInput(
            f"{path} is not UTF-8; in Excel, save it as 'CSV UTF-8 (comma delimited)'"
        ) from None
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [column for column in columns if column not in header]
    if missing:
        raise MissingInput(
            f"{path} lacks the columns {', '.join(missing)}; start from a sheet of --export"
        )
    return [
        (number, dict(zip(header, map(_cell, [*row, *[""] * len(header)]), strict=False)))
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]


def escaped(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return re.sub(r"^(?=[=+\-@\t\r'])", "'", str(cell))


def unescaped(cell: str) -> str:
    """What was `escaped`."""
    return _ESCAPED.sub("", cell)


def _cell(cell: str) -> str:
    return unescaped(unicodedata.normalize("NFC", cell.strip()))
