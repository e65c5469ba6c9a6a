"""Word documents to blocks, on documents written here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from printed import FILLER, read

from pipeline.extract import Block


def saved(document: Any, folder: Path) -> list[Block]:
    document.save(folder / "report.docx")
    parsed = read(folder / "report.docx")
    assert parsed.pages is None
    return parsed.blocks


def test_headings_paragraphs_and_lists(tmp_path: Path) -> None:
    document = Document()
    document.add_heading("4. Analysis", level=1)
    document.add_heading("Police", level=2)
    document.add_paragraph(f"4.1\t{FILLER}")
    document.add_paragraph("One of two.", style="List Bullet")
    blocks = saved(document, tmp_path)
    assert [(b.kind, b.level, b.number, b.text) for b in blocks] == [
        ("heading", 1, "4", "Analysis"),
        ("heading", 2, None, "Police"),
        ("paragraph", 0, "4.1", FILLER),
        ("list-item", 0, None, "One of two."),
    ]
    assert blocks[0].page is None


def test_bold_lines_are_headings_where_no_style_is_used(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph().add_run("Conclusions").bold = True
    document.add_paragraph(FILLER)
    assert [b.kind for b in saved(document, tmp_path)] == ["heading", "paragraph"]


def test_automatic_numbers_are_counted(tmp_path: Path) -> None:
    document = Document()
    _add_numbering(document, ("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"))
    for depth, text in enumerate(("One", "One one", "a item", "b item")):
        _numbered(document.add_paragraph(f"{text}. {FILLER}"), min(depth, 2))
    _numbered(document.add_paragraph(f"Next. {FILLER}"), 1)
    _numbered(document.add_paragraph(f"Two. {FILLER}"), 0)
    blocks = saved(document, tmp_path)
    assert [b.number for b in blocks] == ["1", "1.1", "(a)", "(b)", "1.2", "2"]
    assert [b.kind for b in blocks][2:4] == ["list-item", "list-item"]


def test_tables_stand_in_body_order_with_their_header(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("Before.")
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(table._cells, ("Name", "Role", "Agency", "A\nB", "Chair", ""),
                          strict=True):  # fmt: skip
        cell.text = text
    document.add_paragraph("After.")
    blocks = saved(document, tmp_path)
    assert [b.text for b in blocks] == ["Before.", "Name | Role | Agency", "A B | Chair |",
                                        "After."]  # fmt: skip
    assert blocks[2].table_header == "Name | Role | Agency"
    assert blocks[1].table_header is None


def test_merged_cells_count_once(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Wide"
    table.cell(0, 2).text = "Narrow"
    assert [b.text for b in saved(document, tmp_path)] == ["Wide | Narrow"]


def test_footnotes_follow_their_paragraph(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("A sentence with a mark.")
    _footnote(document, paragraph, "The text of the note.")
    document.add_paragraph("Next.")
    blocks = saved(document, tmp_path)
    assert [(b.kind, b.number, b.text) for b in blocks] == [
        ("paragraph", None, "A sentence with a mark."),
        ("footnote", "1", "The text of the note."),
        ("paragraph", None, "Next."),
    ]


def test_deleted_text_is_gone_and_signs_are_clean(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("Kept in the re\u00adcord, cafe\u0301\u200b.")
    deleted = parse_xml(
        f'<w:del {nsdecls("w")} w:id="9"><w:r><w:delText> Withdrawn.</w:delText></w:r></w:del>'
    )
    paragraph._p.append(deleted)
    assert saved(document, tmp_path)[0].text == "Kept in the record, café."


@pytest.mark.parametrize("count", [1, 30])
def test_an_empty_document_says_so(tmp_path: Path, count: int) -> None:
    from pipeline.errors import DocumentUnreadable

    document = Document()
    for _ in range(count):
        document.add_paragraph(" ")
    with pytest.raises(DocumentUnreadable):
        saved(document, tmp_path)


def _add_numbering(document: Any, *levels: tuple[str, str]) -> None:
    root = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    scheme = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inner}</w:abstractNum>'
    number = f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'
    root.append(parse_xml(scheme))
    root.append(parse_xml(number))


def _numbered(paragraph: Any, depth: int) -> None:
    numbering = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    numbering.get_or_add_ilvl().val = depth
    numbering.get_or_add_numId().val = 77


def _footnote(document: Any, paragraph: Any, text: str) -> None:
    xml = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>{text}</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "2")
    paragraph.add_run()._r.append(reference)
