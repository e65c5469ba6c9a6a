"""Tables in pages and Word documents are read with the names of their columns."""

from __future__ import annotations

import pytest
from docx import Document
from docx.oxml import OxmlElement

from pipeline.leaks.files import HoldsFiles, cells

PAGE = """<html><body><p>Wexmere</p>
<table><tr><th data-column="area">Area</th><th data-column="n">N</th></tr>
<tr><th data-column="area">Wexmere</th><td data-column="n"><a href="#x">4</a></td><td>Wexmere</td>
</tr></table><p>Wexmere</p></body></html>"""


def columns(path, text):
    return [cell.column for cell in cells(path, path.name) if cell.text == text]


def test_a_cell_of_a_page_names_its_column_and_nothing_after_it(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    assert columns(path, "Wexmere") == ["line", "area", "line", "line"]
    assert columns(path, "4") == ["n"]


@pytest.mark.parametrize("headed", [True, False])
def test_a_cell_of_a_word_table_has_the_column_of_its_header(tmp_path, headed):
    document = Document()
    document.add_paragraph("Wexmere")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Area", "Reviews", "Wexmere", "4"), strict=True):
        cell.text = text
    if headed:
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    path = tmp_path / "report.docx"
    document.save(path)
    found = []
    with pytest.raises(HoldsFiles) as held:  # The template of python-docx has a thumbnail.
        for cell in cells(path, path.name):
            if cell.text == "Wexmere":
                found.append(cell.column)
    assert held.value.parts == ["docProps/thumbnail.jpeg"]
    part = "word/document.xml"
    assert found == [part, part, *(["area"] if headed else [part]) * 2]
