"""What Word keeps in a file and does not print: changes, comments, hidden text, field codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from printed import read

from pipeline.extract import Block

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def written(folder: Path, *elements: str, document: Any = None) -> list[Block]:
    """The blocks of a document with these elements in its body."""
    document = document or Document()
    for element in elements:
        opened = element.replace(">", f" {SPACES}>", 1).replace(f"/ {SPACES}>", f" {SPACES}/>", 1)
        document.element.body.insert(len(document.element.body) - 1, parse_xml(opened))
    document.save(folder / "report.docx")
    return read(folder / "report.docx").blocks


def texts(folder: Path, *elements: str, document: Any = None) -> list[str]:
    return [block.text for block in written(folder, *elements, document=document)]


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*content: str, mark: str = "", properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}<w:rPr>{mark}</w:rPr></w:pPr>{''.join(content)}</w:p>"


def tc(*content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(content)}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


DEL, INS = '<w:del w:id="1" w:author="A"/>', '<w:ins w:id="2" w:author="A"/>'


def test_insertions_stay_and_deletions_go(tmp_path: Path) -> None:
    gone = '<w:del w:id="1"><w:r><w:delText>Old</w:delText></w:r></w:del>'
    assert texts(tmp_path, p(gone, f'<w:ins w:id="2">{r("New")}</w:ins>', r(" word."))) == [
        "New word."
    ]


def test_moved_text_stands_once(tmp_path: Path) -> None:
    found = texts(
        tmp_path,
        p(f'<w:moveFrom w:id="3">{r("Moved.")}</w:moveFrom>', mark='<w:moveFrom w:id="4"/>'),
        p(r("Before.")),
        p(f'<w:moveTo w:id="5">{r("Moved.")}</w:moveTo>', mark='<w:moveTo w:id="6"/>'),
    )
    assert found == ["Before.", "Moved."]


def test_a_deleted_paragraph_mark_joins_two_paragraphs(tmp_path: Path) -> None:
    heading = '<w:pStyle w:val="Heading1"/>'
    blocks = written(
        tmp_path,
        p(r("Findings"), mark=DEL, properties=heading),
        p(r(" were shared."), mark=INS),
    )
    assert [(b.kind, b.text) for b in blocks] == [("paragraph", "Findings were shared.")]


def test_deleted_rows_and_cells_go(tmp_path: Path) -> None:
    rows = (
        tr(tc(p(r("Agency"))), tc(p(r("Role")))),
        tr(tc(p(r("Police"))), tc(p(r("Lead"))), properties=DEL),
        tr(tc(p(r("Health"))), tc(p(r("Nurse"))), properties=INS),
        tr(tc(p(r("School"))), tc(p(r("x")), properties='<w:cellDel w:id="8"/>'), tc(p(r("Head")))),
    )
    assert texts(tmp_path, tbl(*rows)) == ["Agency | Role", "Health | Nurse", "School | Head"]


def test_comments_never_leak(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("The call was logged.")
    document.add_comment(paragraph.runs, text="Ask Quillfeather.", author="Quillfeather")
    assert texts(tmp_path, document=document) == ["The call was logged."]


def test_hidden_text_is_left_out_also_by_style(tmp_path: Path) -> None:
    document = Document()
    document.styles.add_style("Secret", WD_STYLE_TYPE.CHARACTER).font.hidden = True
    base = document.styles.add_style("Veiled", WD_STYLE_TYPE.PARAGRAPH)
    base.font.hidden = True
    document.styles.add_style("Veiled Too", WD_STYLE_TYPE.PARAGRAPH).base_style = base
    found = texts(
        tmp_path,
        p(r("Seen"), r(" hidden", "<w:vanish/>"), r(" styled", '<w:rStyle w:val="Secret"/>'),
          r(" shown.", '<w:rStyle w:val="Secret"/><w:vanish w:val="0"/>')),
        p(r("Whole paragraph."), properties='<w:pStyle w:val="VeiledToo"/>'),
        document=document,
    )  # fmt: skip
    assert found == ["Seen shown."]


def test_empty_paragraphs_of_a_list_count_and_hidden_ones_do_not(tmp_path: Path) -> None:
    listed = '<w:pStyle w:val="ListNumber"/>'
    found = written(
        tmp_path,
        p(r("One."), properties=listed),
        p(properties=listed),
        p(r("Gone.", "<w:vanish/>"), mark="<w:vanish/>", properties=listed),
        p(r("Three."), properties=listed),
    )
    assert [(b.number, b.text) for b in found] == [("1", "One."), ("3", "Three.")]


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    inner = f"<w:txbxContent>{p(r('In the box.'))}</w:txbxContent>"
    drawing = f"<w:drawing><wps:wsp><wps:txbx>{inner}</wps:txbx></wps:wsp></w:drawing>"
    picture = f"<w:pict><v:shape><v:textbox>{inner}</v:textbox></v:shape></w:pict>"
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice>'
        f"<mc:Fallback>{picture}</mc:Fallback></mc:AlternateContent>"
    )
    found = texts(tmp_path, p(r("Beside "), f"<w:r>{both}</w:r>", r("it.")),
                  p(f"<w:r>{picture}</w:r>"))  # fmt: skip
    assert found == ["Beside it.", "In the box.", "In the box."]


def test_content_controls_and_their_tables_are_read(tmp_path: Path) -> None:
    def control(content: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    row = control(tr(control(tc(p(r("Date")))), tc(p(control(r("2014"))))))
    assert texts(tmp_path, control(p(r("Title.")) + tbl(row))) == ["Title.", "Date | 2014"]


def test_nested_tables_follow_their_row(tmp_path: Path) -> None:
    inner = tbl(tr(tc(p(r("a"))), tc(p(r("b")))))
    outer = tbl(tr(tc(p(r("Left"))), tc(p(r("Right")), inner, p())), tr(tc(p(r("c"))), tc(p())))
    assert texts(tmp_path, outer) == ["Left | Right", "a | b", "c |"]


def test_a_table_of_one_column_is_a_box_round_paragraphs(tmp_path: Path) -> None:
    box = tbl(tr(tc(p(r("One.")), p(r("Two.")))))
    assert [(b.kind, b.text) for b in written(tmp_path, box)] == [
        ("paragraph", "One."), ("paragraph", "Two.")
    ]  # fmt: skip


def test_cells_merged_downwards_count_once(tmp_path: Path) -> None:
    start, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (
        tr(tc(p(r("2014")), properties=start), tc(p(r("GP"))), tc(p(r("Seen, and sent home.")))),
        tr(tc(p(), properties=on), tc(p(r("Police"))), tc(p(r("Called at night.")))),
    )
    assert texts(tmp_path, tbl(*rows)) == [
        "2014 | GP | Seen, and sent home.", "Police | Called at night."
    ]  # fmt: skip


def test_the_row_that_word_repeats_is_the_header(tmp_path: Path) -> None:
    flag = "<w:tblHeader/>"
    title = tr(tc(p(r("Events")), properties='<w:gridSpan w:val="2"/>'), properties=flag)
    names = tr(tc(p(r("1/2/14"))), tc(p(r("What"))), properties=flag)
    blocks = written(tmp_path, tbl(title, names, tr(tc(p(r("a"))), tc(p(r("b"))))))
    assert [b.table_header for b in blocks] == [None, None, "1/2/14 | What"]


def field(code: str, result: str) -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return f"{mark('begin')}{instruction}{mark('separate')}{result}{mark('end')}"


def test_of_fields_the_result_is_read(tmp_path: Path) -> None:
    nested = field("IF ", r("yes")).replace(
        "</w:instrText></w:r>", f"</w:instrText></w:r>{field('PAGE', r('7'))}{r('no')}", 1
    )
    simple = f'<w:fldSimple w:instr="REF x">{r("4.2")}</w:fldSimple>'
    link = field('HYPERLINK "https://quillfeather.example"', r("the site"))
    index = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>XE "Fosse"</w:instrText>'
    )
    index += '</w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    found = texts(tmp_path, p(r("See "), simple, r(" and "), link, r(", "), nested, index, r(".")))
    assert found == ["See 4.2 and the site, yes."]


def test_a_generated_contents_list_is_printed_with_its_dots(tmp_path: Path) -> None:
    def entry(number: str, title: str, page: str) -> str:
        tab = "<w:r><w:tab/></w:r>"
        inside = r(number) + tab + r(title) + tab + field("PAGEREF _Toc1 \\h", r(page))
        return p(f'<w:hyperlink w:anchor="_Toc1">{inside}</w:hyperlink>')

    link = f'<w:hyperlink w:anchor="_Toc1">{r("part 4")}</w:hyperlink>'
    blocks = written(tmp_path, entry("1.", "Introduction", "3"), entry("2", "Analysis", "14"),
                     p(r("As said in "), link, r(".")))  # fmt: skip
    assert [(b.kind, b.number, b.text) for b in blocks] == [
        ("paragraph", "1", "Introduction .... 3"),
        ("paragraph", "2", "Analysis .... 14"),
        ("paragraph", None, "As said in part 4."),
    ]


def test_symbols_and_hyphens(tmp_path: Path) -> None:
    signs = '<w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>'
    soft = "<w:r><w:softHyphen/></w:r>"
    hard = "<w:r><w:noBreakHyphen/></w:r>"
    assert texts(tmp_path, p(r("GP "), signs, r(" ward; re"), soft, r("cord; re"), hard, r("read"))
                 ) == ["GP → ward; record; re-read"]  # fmt: skip


@pytest.mark.parametrize(
    ("properties", "level"),
    [('<w:pStyle w:val="Mine"/>', 2), ('<w:outlineLvl w:val="0"/>', 1),
     ('<w:pStyle w:val="Mine"/><w:outlineLvl w:val="9"/>', 0)],
)  # fmt: skip
def test_headings_by_derived_style_and_outline_level(
    tmp_path: Path, properties: str, level: int
) -> None:
    document = Document()
    mine = document.styles.add_style("Mine", WD_STYLE_TYPE.PARAGRAPH)
    mine.base_style = document.styles["Heading 2"]
    document.add_heading("Analysis", level=1)
    blocks = written(tmp_path, p(r("The police"), properties=properties), document=document)
    assert blocks[-1].level == level


def test_a_paragraph_in_the_style_of_a_heading_is_a_paragraph(tmp_path: Path) -> None:
    sentence = "The panel asked each agency what it knew, and when, and whom it told. " * 2
    document = Document()
    document.add_heading(f"4.1 {sentence}", level=2)
    assert [(b.kind, b.number) for b in written(tmp_path, document=document)] == [
        ("paragraph", "4.1")
    ]


def test_endnotes_read_as_footnotes_and_deleted_references_do_not_count(tmp_path: Path) -> None:
    document = Document()
    for kind, relation in (("footnote", RELATIONSHIP_TYPE.FOOTNOTES),
                           ("endnote", RELATIONSHIP_TYPE.ENDNOTES)):  # fmt: skip
        inner = "".join(
            f'<w:{kind} w:id="{n}">{p(r(f"{kind.title()} {n}."))}</w:{kind}>' for n in (1, 2)
        )
        xml = f"<w:{kind}s {SPACES}>{inner}</w:{kind}s>".encode()
        content = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"
        part = Part(PackURI(f"/word/{kind}s.xml"), content, xml, document.part.package)
        document.part.relate_to(part, relation)
    first, second = (f'<w:r><w:footnoteReference w:id="{n}"/></w:r>' for n in (1, 2))
    end = '<w:r><w:endnoteReference w:id="2"/></w:r>'
    blocks = written(
        tmp_path,
        p(r("One"), f'<w:del w:id="9">{first}</w:del>', r(" two"), second, r(" three"), end),
        document=document,
    )
    assert [(b.kind, b.number, b.text) for b in blocks] == [
        ("paragraph", None, "One two three"),
        ("footnote", "1", "Footnote 2."),
        ("footnote", "i", "Endnote 2."),
    ]
