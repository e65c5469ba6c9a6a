"""A fictional review as DOCX, as reviews are typed: numbers as text, real tables and notes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from pipeline.evaluate.markup import Block, Source

FONT = "Arial 10.5"
"""Font and points of the text, where the source's front matter has no line `font: Calibri 11`."""
HEADING_SIZES = {"Heading 1": 14, "Heading 2": 12}
NUMBER_COLUMN = Mm(18)
TEXT_WIDTH = Mm(160)
"""A4 between margins of 25 mm."""

SHADE = "D9E2F3"
WRITTEN = datetime(2000, 1, 1)
"""In the properties and the zip: the time of the build would make every copy a different file."""

STYLES = {"h1": "Heading 1", "h2": "Heading 2", "L": "List Bullet"}
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def docx(review: Source) -> bytes:
    """The review as a DOCX file on A4; the same review always gives the same bytes."""
    document = Document()
    _set_properties(document, review.meta)
    _set_styles(document, review.meta)
    _set_page(document.sections[0])
    _set_running(document.sections[0], review.meta)
    for index, group in enumerate(review.groups):
        if index < review.cover:
            style = "Title" if group[0].kind == "h1" else "Subtitle"
            document.add_paragraph(group[0].text, style)
            continue
        if index == review.cover > 0 and group[0].kind != "PAGEBREAK":
            document.add_page_break()
        _add(document, group)
    _add_footnotes(document, [block for block in review.blocks if block.kind == "F"])
    return _packed(document)


def _set_properties(document: WordDocument, meta: dict[str, str]) -> None:
    properties = document.core_properties
    properties.title, properties.author = meta["title"], meta["csp"]
    properties.last_modified_by, properties.comments = meta["csp"], ""
    properties.created = properties.modified = WRITTEN
    properties.language = "en-GB"


def _set_styles(document: WordDocument, meta: dict[str, str]) -> None:
    styles: Any = document.styles
    font, _, points = meta.get("font", FONT).rpartition(" ")
    for name in ("Normal", *STYLES.values(), "Title", "Subtitle"):
        styles[name].font.name = font
        # Word's theme fonts would win over the name.
        fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:hAnsi"), font)
    for name, size in {"Normal": float(points), **HEADING_SIZES}.items():
        styles[name].font.size = Pt(size)
    styles["Normal"].paragraph_format.space_after = Pt(8)
    styles["Normal"].paragraph_format.line_spacing = 1.0


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(25)


def _set_running(section: Section, meta: dict[str, str]) -> None:
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    header.add_run(meta["header"])
    for part in re.split(r"(\{[nm]\})", meta["footer"]):
        if part in ("{n}", "{m}"):
            _add_field(footer, "PAGE" if part == "{n}" else "NUMPAGES")
        else:
            footer.add_run(part)
    for paragraph in (header, footer):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _add_field(paragraph: Paragraph, instruction: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = paragraph.add_run("1")
    field.append(run._r)
    paragraph._p.append(field)


def _add(document: WordDocument, group: list[Block]) -> None:
    first = group[0]
    if first.kind == "PAGEBREAK":
        document.add_page_break()
    elif first.kind in ("LANDSCAPE", "PORTRAIT"):
        _add_section(document, first.kind)
    elif first.kind == "T":
        _add_table(document, group)
    else:
        _add_paragraph(document, group)


def _add_section(document: WordDocument, orientation: str) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT[orientation]
    section.page_width, section.page_height = section.page_height, section.page_width


def _add_paragraph(document: WordDocument, group: list[Block]) -> None:
    first, *footnotes = group
    paragraph = document.add_paragraph(style=STYLES.get(first.kind))
    if first.kind == "R":
        paragraph.add_run(first.text[: first.lead]).bold = True
        paragraph.add_run(first.text[first.lead :])
    elif first.contents_entry:
        paragraph.add_run("\t".join(first.contents_entry))
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    else:
        paragraph.add_run(f"{first.number}\t{first.text}" if first.number else first.text)
    if first.number:
        paragraph.paragraph_format.left_indent = NUMBER_COLUMN
    if first.number and first.kind == "P":
        paragraph.paragraph_format.first_line_indent = -NUMBER_COLUMN
    _add_marks(paragraph, footnotes)


def _add_table(document: WordDocument, group: list[Block]) -> None:
    rows = [block.cells for block in group if block.kind == "T"]
    table = document.add_table(len(rows), len(rows[0]), "Table Grid")
    table.autofit = False
    section = document.sections[-1]
    widths = _widths(rows, section.page_width - section.left_margin - section.right_margin)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            cell.paragraphs[0].runs[0].font.size = Pt(9)
    _make_header(table)
    _add_marks(table.rows[-1].cells[-1].paragraphs[0], [b for b in group if b.kind == "F"])
    document.add_paragraph()


def _widths(rows: list[list[str]], width: int) -> list[int]:
    """Column widths: half is shared alike, half by length of text."""
    lengths = [sum(map(len, column)) ** 0.7 for column in zip(*rows, strict=True)]
    shares = [0.5 / len(lengths) + 0.5 * length / sum(lengths) for length in lengths]
    return [int(width * share) for share in shares]


def _make_header(table: Table) -> None:
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        cell.paragraphs[0].runs[0].bold = True
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), SHADE)
        cell._tc.get_or_add_tcPr().append(shade)


def _add_marks(paragraph: Paragraph, footnotes: list[Block]) -> None:
    for note in footnotes:
        run = paragraph.add_run()
        run.font.superscript = True
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), str(note.number))
        run._r.append(mark)


def _add_footnotes(document: WordDocument, footnotes: list[Block]) -> None:
    """Add the part that holds the notes' text, which python-docx does not know."""
    rules = "".join(
        f'<w:footnote w:id="{number}" w:type="{name}">'
        f"<w:p><w:r><w:{name}/></w:r></w:p></w:footnote>"
        for number, name in ((-1, "separator"), (0, "continuationSeparator"))
    )
    notes = "".join(
        f'<w:footnote w:id="{note.number}"><w:p>'
        '<w:r><w:rPr><w:sz w:val="16"/><w:vertAlign w:val="superscript"/></w:rPr>'
        '<w:footnoteRef/></w:r><w:r><w:rPr><w:sz w:val="16"/></w:rPr>'
        f'<w:t xml:space="preserve"> {escape(note.text)}</w:t></w:r></w:p></w:footnote>'
        for note in footnotes
    )
    xml = f'<w:footnotes xmlns:w="{MAIN}">{rules}{notes}</w:footnotes>'
    package = document.part.package
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE, xml.encode(), package)
    document.part.relate_to(part, RELATION)


def _packed(document: WordDocument) -> bytes:
    loose, packed = io.BytesIO(), io.BytesIO()
    document.save(loose)
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            target.writestr(entry, source.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
