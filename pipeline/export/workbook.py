"""The theme tables as an Excel workbook: a sheet that explains, a sheet per table, matrices."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.contracts import REAL, TEXT, Table
from pipeline.export.delimited import printed

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
CREATED = datetime(2011, 4, 13)
"""A fixed date, so that the same tables give the same bytes: the day on which section 9 of the
Domestic Violence, Crime and Victims Act 2004 came into force."""

NOTES = (
    "These tables are about deaths through domestic abuse.",
    "Freephone National Domestic Abuse Helpline 0808 2000 247; Samaritans 116 123.",
    "Codings were made by machine, except where a person decided about them.",
)
MATRICES = {
    "Themes, passages": ("review_themes", "theme", "n_passages"),
    "Themes, states": ("review_themes", "theme", "state"),
    "Codes, passages": ("review_codes", "code", "n_passages"),
    "Codes, states": ("review_codes", "code", "state"),
}
"""Sheet → table, columns and cells."""
MEANINGS = {
    "n_passages": "one review; in each column the number of passages where it is present",
    "state": "one review; 1 present, 0 not mentioned, 'absent' said to be absent and not counted "
    "as present",
}
STATE_CELLS = {"present": 1, "not mentioned": 0, "absent": "absent"}
FULL = 32_767
"""Characters that a cell holds (Excel)."""
CUT = " [cut: a cell holds no more]"
WIDEST = 360
"""Pixels."""


def as_workbook(
    frames: Mapping[str, pd.DataFrame],
    tables: Mapping[str, Table],
    *,
    title: str,
    about: Mapping[str, str],
    matrices: Mapping[str, tuple[str, str, str]] = MATRICES,
) -> bytes:
    """An XLSX file with a sheet for each of `tables`, and for each of `matrices`.

    `about` says what made the tables (software, codebook, models); it stands in the first sheet.
    Text is never a formula or a link, whatever it begins with.
    """
    content = io.BytesIO()
    with Workbook(content, OPTIONS) as workbook:
        workbook.set_properties({"title": title, "created": CREATED})
        bold = workbook.add_format({"bold": True})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        _read_me(workbook.add_worksheet("Read me"), tables, matrices, title, about, bold, wrapped)
        for name, table in tables.items():
            formats = _formats(workbook, table)
            cells = printed(frames[name], table)
            _write(workbook.add_worksheet(sheet_name(name)), cells, bold, formats)
        for sheet, (name, columns, values) in matrices.items():
            matrix = frames[name].pivot(index="review_id", columns=columns, values=values)
            matrix = matrix.apply(lambda c: c.map(STATE_CELLS)) if values == "state" else matrix
            _write(workbook.add_worksheet(sheet), matrix.reset_index(), bold, {})
    return content.getvalue()


def as_sheet(frame: pd.DataFrame, table: Table, *, note: str) -> bytes:
    """An XLSX file with one table and a sheet that says what its columns mean.

    A text stays text, also when somebody edits its cell.
    """
    content = io.BytesIO()
    with Workbook(content, OPTIONS) as workbook:
        workbook.set_properties({"title": sheet_name(table.name), "created": CREATED})
        bold = workbook.add_format({"bold": True})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        literal = workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        texts = {column.name: literal for column in table.columns if column.type == TEXT}
        whole = frame.assign(**{name: frame[name].map(_fitting) for name in texts})
        sheet = workbook.add_worksheet(sheet_name(table.name))
        _write(sheet, whole, bold, {**_formats(workbook, table), **texts})
        meanings = workbook.add_worksheet("Read me")
        _read_me(meanings, {table.name: table}, {}, note, {}, bold, wrapped)
    return content.getvalue()


def _fitting(cell: object) -> object:
    too_long = isinstance(cell, str) and len(cell) > FULL
    return f"{str(cell)[: FULL - len(CUT)]}{CUT}" if too_long else cell


def sheet_name(table: str) -> str:
    """The sheet that holds a table: `review_themes` is in 'Review themes'."""
    return table.replace("_", " ").capitalize()


def _formats(workbook: Workbook, table: Table) -> dict[str, Format]:
    return {
        column.name: workbook.add_format({"num_format": "0.0" if column.unit == "%" else "0.00"})
        for column in table.columns
        if column.type == REAL
    }


def _write(
    sheet: Worksheet, frame: pd.DataFrame, bold: Format, formats: Mapping[str, Format]
) -> None:
    cells = frame.astype(object).where(frame.notna(), None)
    for position, name in enumerate(cells.columns):
        sheet.write(0, position, name, bold)
        sheet.write_column(1, position, cells[name], formats.get(name))
    sheet.autofilter(0, 0, len(cells), len(cells.columns) - 1)
    sheet.freeze_panes(1, 1)
    sheet.autofit(WIDEST)


def _read_me(
    sheet: Worksheet,
    tables: Mapping[str, Table],
    matrices: Mapping[str, tuple[str, str, str]],
    title: str,
    about: Mapping[str, str],
    bold: Format,
    wrapped: Format,
) -> None:
    sheets = [[sheet_name(name), table.row] for name, table in tables.items()]
    sheets += [[sheet, MEANINGS[cells]] for sheet, (_, _, cells) in matrices.items()]
    columns = [
        [sheet_name(name), column.name, column.meaning, column.unit, ", ".join(column.vocabulary)]
        for name, table in tables.items()
        for column in table.columns
    ]
    parts = [
        ([title], [*([note] for note in NOTES), *map(list, about.items())]),
        (["Sheet", "One row is"], sheets),
        (["Sheet", "Column", "Meaning", "Unit", "Values"], columns),
    ]
    row = 0
    for header, lines in parts:
        sheet.write_row(row, 0, header, bold)
        for offset, line in enumerate(lines, start=1):
            sheet.write_row(row + offset, 0, line)
        row += len(lines) + 2
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 70, wrapped)
    sheet.set_column(3, 4, 24)
