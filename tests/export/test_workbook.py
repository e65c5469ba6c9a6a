"""The workbook, read back from its XML."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile

import fake_study
import pytest

from pipeline.export.workbook import as_workbook, sheet_name

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def build(reviews: int) -> zipfile.ZipFile:
    content = as_workbook(
        fake_study.frames(reviews),
        fake_study.TABLES,
        title=fake_study.TITLE,
        about=fake_study.ABOUT | {"note": "=1+1", "page": "https://example.org"},
    )
    return zipfile.ZipFile(io.BytesIO(content))


def position(reference: str) -> int:
    number = 0
    for letter in re.match("[A-Z]+", reference)[0]:
        number = 26 * number + ord(letter) - 64
    return number - 1


def sheets(book: zipfile.ZipFile) -> dict[str, list[dict[int, object]]]:
    """Sheet → rows; a row maps column to its text or number."""
    strings = ET.fromstring(book.read("xl/sharedStrings.xml"))
    texts = ["".join(part.itertext()) for part in strings.findall(f"{MAIN}si")]
    names = ET.fromstring(book.read("xl/workbook.xml")).find(f"{MAIN}sheets")
    found = {}
    for number, sheet in enumerate(names, start=1):
        root = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        found[sheet.get("name")] = [
            {
                position(cell.get("r")): texts[int(cell[0].text)]
                if cell.get("t") == "s"
                else float(cell[0].text)
                for cell in row
                if len(cell)
            }
            for row in root.iter(f"{MAIN}row")
        ]
    return found


@pytest.fixture(scope="module")
def book() -> zipfile.ZipFile:
    return build(13)


def test_every_table_is_there_cell_by_cell(book: zipfile.ZipFile) -> None:
    read, frames = sheets(book), fake_study.frames(13)
    for name in fake_study.TABLES:
        header, *rows = read[sheet_name(name)]
        assert list(header.values()) == list(frames[name].columns)
        cells = frames[name].astype(object)
        expected = [
            {place: value for place, value in enumerate(row) if value == value and value not in
             (None, "")}
            for row in cells.where(cells.notna(), None).itertuples(index=False)
        ]  # fmt: skip
        # Excel keeps 16 digits.
        assert [pytest.approx(row) for row in expected] == rows


def test_matrices_agree_with_the_long_tables(book: zipfile.ZipFile) -> None:
    read, frames = sheets(book), fake_study.frames(13)
    words = {"present": 1, "not mentioned": 0, "absent": "absent"}
    for level, table in (("theme", "review_themes"), ("code", "review_codes")):
        for sheet, column in (("passages", "n_passages"), ("states", "state")):
            header, *rows = read[f"{level.capitalize()}s, {sheet}"]
            cells = {
                (row[0], header[place]): value
                for row in rows
                for place, value in row.items()
                if place
            }
            long = frames[table].set_index(["review_id", level])[column]
            assert cells == {key: words.get(value, value) for key, value in long.items()}


def test_nothing_is_a_formula_or_a_link(book: zipfile.ZipFile) -> None:
    parts = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    assert not any("<f>" in part or "<hyperlink" in part for part in parts)
    cells = {cell for rows in sheets(book).values() for row in rows for cell in row.values()}
    assert {"=Wexmere", "=1+1", "https://example.org"} <= cells


def test_header_is_frozen_and_filtered(book: zipfile.ZipFile) -> None:
    for number in range(2, 2 + len(fake_study.TABLES) + 4):
        root = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        pane = next(root.iter(f"{MAIN}pane"))
        assert pane.get("ySplit") == "1" and pane.get("state") == "frozen"
        assert root.find(f"{MAIN}autoFilter") is not None


def test_read_me_explains_every_sheet_and_column(book: zipfile.ZipFile) -> None:
    read = sheets(book)
    rows = [tuple(row.values()) for row in read["Read me"]]
    explained = {row[0] for row in rows if len(row) == 2}
    assert set(read) - {"Read me"} <= explained
    for name, table in fake_study.TABLES.items():
        for column in table.columns:
            assert (sheet_name(name), column.name, column.meaning) in {row[:3] for row in rows}


@pytest.mark.parametrize("reviews", [0, 1])
def test_small_studies(reviews: int) -> None:
    assert len(sheets(build(reviews))["Themes, states"]) == 1 + reviews


def test_dates_are_fixed(book: zipfile.ZipFile) -> None:
    assert {entry.date_time[:3] for entry in book.infolist()} == {(1980, 1, 1)}
    assert b"2011-04-13T00:00:00Z" in book.read("docProps/core.xml")
