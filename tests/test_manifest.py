"""reviews.csv: every fault is found, with its line; a fault costs its row only."""

import pytest

from pipeline.errors import MissingInput
from pipeline.manifest import COLUMNS, add_row, read_manifest, write_template

HEADER = ",".join(COLUMNS)


def manifest(tmp_path, *rows, header=HEADER):
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_cleaned_and_gets_defaults(tmp_path):
    found = read_manifest(manifest(tmp_path, " a.pdf ,,, Wexmere ,Adult Family,2014,"))
    row = found.rows["a.pdf"]
    assert found.faults == []
    assert (row.review, row.document_type, row.area) == ("a.pdf", "overview report", "Wexmere")
    assert (row.case_type, row.year_of_death) == ("adult family", 2014)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("a.pdf,,memo,,,,", "document_type is none of: overview report"),
        ("a.pdf,,,,murder,,", "case_type is none of: intimate partner"),
        ("a.pdf,,,,,14,", "year_of_death is not a year of four digits"),
        ("a.pdf,,,,,,secret", "status is none of: published"),
        (",,,,,2014,", "the document's file name is missing"),
        ("a.pdf,,,,,2014,published,surplus", "more cells than the header"),
    ],
)
def test_a_faulty_row_is_reported_and_the_next_one_is_read(tmp_path, row, fault):
    found = read_manifest(manifest(tmp_path, row, "b.pdf,,,,,,"))
    assert list(found.rows) == ["b.pdf"]
    assert found.faults[0].line == 2
    assert fault in found.faults[0].message
    assert "secret" not in found.faults[0].message


def test_a_document_listed_twice_keeps_its_first_row(tmp_path):
    found = read_manifest(manifest(tmp_path, "a.pdf,One,,,,,", "a.pdf,Two,,,,,"))
    assert found.rows["a.pdf"].review == "One"
    assert "has a row above already" in found.faults[0].message


def test_rows_of_one_review_that_disagree_are_reported(tmp_path):
    found = read_manifest(manifest(tmp_path, "a.pdf,R,,X,,2014,", "b.pdf,R,,X,,2015,"))
    assert len(found.rows) == 2
    assert "year_of_death differs from line 2" in found.faults[0].message


def test_free_columns_any_order_and_a_byte_order_mark_are_fine(tmp_path):
    header = "﻿coder notes," + ",".join(reversed(COLUMNS))
    path = manifest(tmp_path, "later,published,2014,,,,,a.pdf", header=header)
    assert read_manifest(path).rows["a.pdf"].status == "published"


def test_a_decomposed_name_finds_its_composed_row(tmp_path):
    found = read_manifest(manifest(tmp_path, "Re\u0301ne\u0301.pdf,,,,,,"))
    assert "R\u00e9n\u00e9.pdf" in found.rows


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"document,review\na.pdf,b\n", "lacks the columns document_type"),
        (b"document;review;area\na.pdf;b;c\n", "save it with commas"),
        ("document\nR\u00e9view.pdf\n".encode("cp1252"), "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do(tmp_path, content, message):
    path = tmp_path / "reviews.csv"
    path.write_bytes(content)
    with pytest.raises(MissingInput, match=message):
        read_manifest(path)


def test_no_file_names_the_command_that_writes_one(tmp_path):
    with pytest.raises(MissingInput, match="dhr init"):
        read_manifest(tmp_path / "reviews.csv")


def test_adding_a_row_keeps_what_stands_there(tmp_path):
    path = manifest(tmp_path, '"a, with comma.pdf",R,,,,,,mine', header=HEADER + ",notes")
    before = path.read_text(encoding="utf-8")
    add_row(path, {"document": "b.pdf", "review": "S"})
    assert path.read_text(encoding="utf-8") == before + "b.pdf,S,,,,,,\n"


def test_the_template_is_a_manifest(tmp_path):
    path = tmp_path / "reviews.csv"
    write_template(path)
    assert read_manifest(path) == ({}, [])


def test_a_password_is_optional_and_never_shown(tmp_path):
    path = manifest(tmp_path, "a.pdf,,,,,,, Plover 9 ,", "b.pdf,,,,,14,,Plover 9,",
                    header=HEADER + ",password,notes")  # fmt: skip
    found = read_manifest(path)
    assert found.rows["a.pdf"].password == "Plover 9"
    assert "Plover" not in repr(found)
    assert read_manifest(manifest(tmp_path, "a.pdf,,,,,,")).rows["a.pdf"].password == ""


def test_the_analysts_sections_are_read(tmp_path):
    header = HEADER + ",sections"
    row = 'a.pdf,,,,,,,"4. Overview = Background; Key findings=analysis;"'
    found = read_manifest(manifest(tmp_path, row, "b.pdf,,,,,,,", header=header))
    assert found.rows["a.pdf"].sections == (
        ("4. Overview", "background"), ("Key findings", "analysis"),
    )  # fmt: skip
    assert found.rows["b.pdf"].sections == ()


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("Overview = secret", "part 1: the role is none of: front-matter"),
        ("Overview = analysis; secret", "part 2: write 'heading = role'"),
        ("= analysis", "part 1: write 'heading = role'"),
    ],
)
def test_faulty_sections_are_reported(tmp_path, cell, fault):
    found = read_manifest(manifest(tmp_path, f"a.pdf,,,,,,,{cell}", header=HEADER + ",sections"))
    assert found.rows == {}
    assert fault in found.faults[0].message
    assert "secret" not in found.faults[0].message
