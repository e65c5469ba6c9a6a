"""The report as a Word document: real tables, numbered captions, headings, described pictures.

The same report gives the same bytes: properties and times within the file are fixed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table as WordTable

from pipeline.export.archive import saved, xml_text
from pipeline.export.charts import Chart
from pipeline.export.printed import Cell
from pipeline.export.report import CHARTS, SECTIONS, SHORTENED, Report, ReportTable
from pipeline.export.workbook import CREATED

WIDTH = Cm(17)
"""Between the margins of an A4 page."""
WRAPPED = 26
"""Characters from which a text is wrapped."""
LETTER = 0.6
"""Width of a letter in bold Calibri, as a part of its size; the widest of many."""
_UNBROKEN = re.compile(r"[^\s/-]+")
"""What Word puts on one line."""
MARGIN = Cm(0.1)
"""Between a cell's text and its borders."""
INK = RGBColor(0x1F, 0x29, 0x33)
SUPPORT = (
    "This report is about deaths through domestic abuse. Freephone National Domestic Abuse "
    "Helpline: 0808 2000 247, at any hour. Samaritans: 116 123."
)


def as_docx(report: Report) -> bytes:
    """The report as a DOCX file. Long tables are cut to their largest counts, and say so."""
    document = Document()
    _set_up(document, report)
    document.add_heading(report.title, level=0)
    document.add_paragraph(SUPPORT)
    if not report.public:
        document.add_paragraph(
            "Disclosure control was switched off: this report is not for publication."
        ).runs[0].bold = True
    document.add_heading("Summary", level=1)
    for paragraph in report.summary:
        document.add_paragraph(paragraph)
    document.add_paragraph("; ".join(f"{name}: {value}" for name, value in report.figures))
    document.add_paragraph(
        "c: withheld by disclosure control. ≈: rounded by it. 95% interval: Wilson's, as if the "
        "reviews were a random sample."
    )
    for title, id, begins in SECTIONS:
        document.add_heading(title, level=1)
        for chart in (report.charts[c] for c in CHARTS.get(id, ()) if c in report.charts):
            _add_chart(document, chart)
        for table in report.of_section(begins):
            _add_report_table(document, table)
    _add_topics(document, report)
    _add_quoted(document, report)
    _add_methods(document, report)
    return saved(document)


def _set_up(document: Any, report: Report) -> None:
    # The template brings a picture of its own first page.
    links = document.part.package.rels
    for id in [id for id, link in links.items() if link.reltype.endswith("/thumbnail")]:
        del links[id]
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = report.title, "", ""
    properties.language = "en-GB"
    properties.created = properties.modified = CREATED
    properties.last_modified_by, properties.revision = "", 1
    styles = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(10.5)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    styles["Normal"].element.get_or_add_rPr().append(language)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        styles[name].font.color.rgb = INK
    _page_numbers(section)


def _page_numbers(section: Any) -> None:
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_field(paragraph, "PAGE", "1")


def _add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field that Word computes; `shown` stands there until it does."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    paragraph._p.append(field)
    run = paragraph.add_run(shown)
    field.append(run._r)


def _add_caption(document: Any, label: str, text: str, *, keep: bool) -> None:
    number = sum(
        p.style.name == "Caption" and p.text.startswith(label) for p in document.paragraphs
    )
    paragraph = document.add_paragraph(style="Caption")
    paragraph.add_run(f"{label} ")
    _add_field(paragraph, f"SEQ {label} \\* ARABIC", str(number + 1))
    paragraph.add_run(f": {text}")
    paragraph.paragraph_format.keep_with_next = keep


def _add_chart(document: Any, chart: Chart) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(chart.png), width=WIDTH)
    named = shape._inline.docPr
    named.set("title", chart.title)
    named.set("descr", chart.description)
    _add_caption(document, "Figure", chart.title, keep=False)


def _add_report_table(document: Any, table: ReportTable) -> None:
    rows = list(zip(table.grid.rows, table.grid.levels, strict=True))
    if table.long:
        first = next(n for n, header in enumerate(table.grid.headers) if header.number)
        rows = [row for row in rows if row[1] != "code"] if "theme" in table.grid.levels else rows
        rows = sorted(rows, key=lambda row: -_count(row[0][first]))[:SHORTENED]
    document.add_heading(table.title, level=2)
    _add_caption(document, "Table", f"{table.title}. Each row: {table.row}", keep=True)
    headers = [header.label for header in table.grid.headers]
    _add_grid(document, headers, rows)
    notes = table.notes
    if table.long:
        notes += (
            f" Shown are the {len(rows)} rows with the largest counts of "
            f"{len(table.grid.rows)}; all stand in publication/{table.id}.csv."
        )
    paragraph = document.add_paragraph(notes.strip())
    paragraph.paragraph_format.space_before = Pt(4)
    paragraph.runs[0].font.size = Pt(8.5)


def _count(cell: Cell) -> int:
    digits = cell.text.removeprefix("≈ ").split(" ")[0]
    return int(digits) if digits.isdecimal() else -1


def _add_grid(
    document: Any, headers: Sequence[str], rows: Iterable[tuple[Sequence[Cell], str]]
) -> None:
    lines = list(rows)
    made: WordTable = document.add_table(rows=1 + len(lines), cols=len(headers), style="Table Grid")
    size = Pt(9 if len(headers) <= 6 else 8 if len(headers) <= 8 else 7)
    _set_margins(made)
    repeated = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(repeated)
    # The rows' own lists of cells: `table.cell` would walk through the whole table each time.
    for line, words in zip(made.rows[0]._tr.tc_lst, headers, strict=True):
        _fill(line, words, size, bold=True, right=False)
    for column, width in zip(made.columns, _widths(headers, lines, size), strict=True):
        column.width = width
        for place in (row._tr.tc_lst[column._index] for row in made.rows):
            place.width = width
    for row, (cells, level) in zip(list(made.rows)[1:], lines, strict=True):
        unsplit = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(unsplit)
        for place, cell in zip(row._tr.tc_lst, cells, strict=True):
            _fill(place, cell.text, size, bold=level == "theme", right=cell.number)


def _set_margins(made: WordTable) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(MARGIN.twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # The schema wants them before the look, which every table of python-docx has.
    made._tbl.tblPr.xpath("w:tblLook")[0].addprevious(margins)


def _widths(
    headers: Sequence[str], lines: Sequence[tuple[Sequence[Cell], str]], size: Length
) -> list[Length]:
    """Widths by what stands in the columns: no word is broken, texts share what is left.

    A table whose words alone are wider than the page has words broken, in all columns alike.
    """
    needed, wanted = [], []
    for n, header in enumerate(headers):
        texts = [cells[n].text for cells, _ in lines]
        longest = max(
            (len(w) for text in (header, *texts) for w in _UNBROKEN.findall(text)), default=1
        )
        whole = max((len(text) for text in texts), default=1)
        needed.append(longest * size * LETTER + 2 * MARGIN)
        wanted.append(max(min(whole, WRAPPED) - longest, 0) + 1)
    left = max(WIDTH - sum(needed), 0)
    fit = min(WIDTH / sum(needed), 1)
    return [
        Length(int(fit * least + left * share / sum(wanted)))
        for least, share in zip(needed, wanted, strict=True)
    ]


def _fill(place: Any, text: str, size: Pt, *, bold: bool, right: bool) -> None:
    paragraph = place.p_lst[0]
    properties = paragraph.get_or_add_pPr()
    properties.get_or_add_spacing().set(qn("w:after"), "0")
    if right:
        properties.get_or_add_jc().set(qn("w:val"), "right")
    run = paragraph.add_r()
    run.text = xml_text(text)
    style = run.get_or_add_rPr()
    style.sz_val = size
    if bold:
        style.append(OxmlElement("w:b"))


def _add_topics(document: Any, report: Report) -> None:
    document.add_heading("Topics", level=1)
    document.add_paragraph(
        "Topics are groups of passages with similar words, found without the codebook. A topic is "
        "not a theme: it may show what the codebook lacks, or only how reports are worded."
    )
    if "topics" in report.charts:
        _add_chart(document, report.charts["topics"])
    if len(report.topics):
        _add_caption(document, "Table", "Topics, largest first", keep=True)
        rows = [
            ((Cell(str(row.label), "label", number=False),
              Cell(str(row.n_passages), "n_passages", number=True),
              Cell(str(row.n_reviews), "n_reviews", number=True)), "")
            for row in report.topics.itertuples()
        ]  # fmt: skip
        _add_grid(document, ["Topic", "Passages", "Reviews"], rows)
    if report.topics_left_out:
        document.add_paragraph(
            f"{report.topics_left_out} more occur in fewer than {report.minimum} reviews and are "
            "not printed."
        )


def _add_quoted(document: Any, report: Report) -> None:
    """The passage that is quoted first for each theme."""
    ranking = next((table for table in report.tables if table.id == "theme_ranking"), None)
    if ranking is None or ranking.quoted.empty:
        return
    document.add_heading("Passages behind the numbers", level=1)
    document.add_paragraph(
        "One passage for each theme. More stand in the page report.html. " + report.quote_rule
    )
    first = ranking.quoted[
        (ranking.quoted["rank"] == 1) & (ranking.quoted["column"] == "n_reviews")
    ]
    for quotation in first.itertuples():
        row = int(str(quotation.row)) - 1
        if ranking.grid.levels[row] == "theme":
            document.add_heading(ranking.grid.rows[row][0].text, level=2)
            paragraph = document.add_paragraph(style="Quote")
            paragraph.add_run(f"“{xml_text(str(quotation.text))}”")
            document.add_paragraph(f"({quotation.citation})")


def _add_methods(document: Any, report: Report) -> None:
    document.add_heading("Methods", level=1)
    for part in report.methods:
        document.add_heading(part.heading, level=2)
        for paragraph in part.paragraphs:
            document.add_paragraph(paragraph)
        for name, value in part.facts:
            line = document.add_paragraph(style="List Bullet")
            line.add_run(f"{name}: ").bold = True
            line.add_run(value)
    document.add_heading("How to cite", level=1)
    document.add_paragraph(report.citation)
    document.add_paragraph("A passage is cited by review, paragraph and page: “Review 7, para "
                           "4.12, p. 23”. Review numbers are random.")  # fmt: skip
