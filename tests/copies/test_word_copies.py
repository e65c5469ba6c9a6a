"""Redacted copies of Word documents: what went is in no part, what prints stays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from PIL import Image

from pipeline.copies.docx import copy_docx
from pipeline.copies.known import Known, KnownPassage, Span
from pipeline.copies.written import Written
from pipeline.errors import CopyRefused

NAME = "Perpetua Quillfeather"
KNOWN = Known({NAME: "[VICTIM]", "Quillfeather": "[VICTIM]"})
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., tuple[Written, Any]]:
    """Saves a document and copies it; a known text is nowhere in the copy."""

    def make(document: Any, known: Known = KNOWN) -> tuple[Written, Any]:
        document.save(tmp_path / "report.docx")
        written = copy_docx(tmp_path / "report.docx", known, title="Review 7, overview report")
        with zipfile.ZipFile(io.BytesIO(written.data)) as package:
            for name in package.namelist():
                assert b"quill" not in package.read(name).lower(), name
        return written, Document(io.BytesIO(written.data))

    return make


def add(document: Any, element: str) -> None:
    opened = element.replace(">", f' xmlns:w="{W}">', 1)
    document.element.body.insert(len(document.element.body) - 1, parse_xml(opened))


def texts(document: Any) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def test_a_name_over_several_runs_keeps_their_look(copied):
    document = Document()
    paragraph = document.add_paragraph("She was ")
    paragraph.add_run("Perpetua Quill").bold = True
    paragraph.add_run("feather").italic = True
    paragraph.add_run(", aged 40.")
    written, copy = copied(document)
    assert texts(copy) == ["She was [VICTIM], aged 40."]
    assert [run.text for run in copy.paragraphs[0].runs if run.bold] == ["[VICTIM]"]
    assert written.replacements == 1


def test_tables_headers_and_footers(copied):
    document = Document()
    document.add_table(1, 2).rows[0].cells[1].text = f"Told by {NAME}"
    section = document.sections[0]
    section.header.paragraphs[0].text = f"DHR {NAME}"
    section.footer.paragraphs[0].text = "QUILLFEATHER"
    written, copy = copied(document)
    assert copy.tables[0].rows[0].cells[1].text == "Told by [VICTIM]"
    assert copy.sections[0].header.paragraphs[0].text == "DHR [VICTIM]"
    assert copy.sections[0].footer.paragraphs[0].text == "[VICTIM]"
    assert written.replacements == 3


def test_changes_are_accepted_and_nothing_hidden_stays(copied):
    document = Document()
    add(document, (
        f'<w:p><w:del w:id="1" w:author="{NAME}"><w:r><w:delText>{NAME}</w:delText></w:r></w:del>'
        f'<w:ins w:id="2" w:author="{NAME}"><w:r><w:t>She came.</w:t></w:r></w:ins>'
        f'<w:r><w:rPr><w:vanish/></w:rPr><w:t>{NAME} unseen</w:t></w:r></w:p>'
    ))  # fmt: skip
    add(document, (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText>HYPERLINK "mailto:quillfeather@example.org"</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Write to her</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    ))  # fmt: skip
    add(document, (
        f'<w:p><w:sdt><w:sdtPr><w:alias w:val="{NAME}"/></w:sdtPr><w:sdtContent><w:r>'
        f'<w:t>In a control.</w:t></w:r></w:sdtContent></w:sdt>'
        f'<w:bookmarkStart w:id="9" w:name="Quillfeather"/><w:bookmarkEnd w:id="9"/></w:p>'
    ))  # fmt: skip
    _, copy = copied(document)
    assert texts(copy) == ["She came.", "Write to her", "In a control."]


def test_page_numbers_go_on_counting(copied):
    document = Document()
    field = f'<w:p xmlns:w="{W}"><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'  # noqa: E501
    document.sections[0].footer._element.append(parse_xml(field))
    _, copy = copied(document)
    assert "PAGE" in copy.sections[0].footer._element.xml


def test_properties_comments_links_and_parts_that_do_not_print(copied, tmp_path):
    document = Document()
    document.core_properties.author = document.core_properties.title = NAME
    paragraph = document.add_paragraph("A picture: ")
    image = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(image, "PNG")
    paragraph.add_run().add_picture(io.BytesIO(image.getvalue()))
    for properties in document.element.iter("{*}docPr"):
        properties.set("descr", f"A photograph of {NAME}")
    document.add_comment(paragraph.runs, text=f"Is this {NAME}?", author=NAME, initials="PQ")
    document.part.relate_to(f"https://example.org/{NAME}", RELATIONSHIP_TYPE.HYPERLINK, True)
    own = Part(PackURI("/customXml/item9.xml"), "application/xml", f"<a>{NAME}</a>".encode(),
               document.part.package)  # fmt: skip
    document.part.relate_to(own, RELATIONSHIP_TYPE.CUSTOM_XML)
    written, copy = copied(document)
    assert texts(copy) == ["A picture: "]
    assert len(copy.inline_shapes) == 1
    assert copy.core_properties.title == "Review 7, overview report"
    assert copy.core_properties.author == ""
    assert (written.images, written.dropped) == (1, 1)


def test_names_that_are_words_of_the_format_do_not_stop_a_copy(copied):
    document = Document()
    run = document.add_paragraph().add_run("Ms White")
    run.font.name, run.font.highlight_color = "White", WD_COLOR_INDEX.WHITE
    _, copy = copied(document, Known({"White": "[PERSON 1]"}))
    assert texts(copy) == ["Ms [PERSON 1]"]


def test_the_same_document_gives_the_same_bytes(copied):
    document = Document()
    document.add_paragraph(f"Here is {NAME}.")
    assert copied(document)[0].data == copied(document)[0].data


def test_what_is_an_identifier_only_in_its_place_goes_only_there(copied):
    document = Document()
    document.add_paragraph("There were nine meetings.")
    document.add_paragraph("The boy, then nine, was there.")
    passage = KnownPassage(
        "The boy, then nine, was there.", None, None, (Span(14, 18, "nine", "[AGE under 18]"),)
    )
    _, copy = copied(document, Known({}, passages=(passage,)))
    assert texts(copy) == ["There were nine meetings.", "The boy, then [AGE under 18], was there."]


def test_a_name_in_what_is_taken_over_as_it_is_stops_the_copy(copied):
    document = Document()
    document.add_paragraph("A line.", document.styles.add_style("Quillfeather", 1))
    with pytest.raises(CopyRefused, match="no file was written") as refusal:
        copied(document)
    assert "Quill" not in str(refusal.value)
