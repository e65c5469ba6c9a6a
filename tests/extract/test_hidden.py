"""What a PDF holds beside its print: left out of the passages, and told of."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from printed import FILLER, HEIGHT, LANDSCAPE, LEFT, Press, read
from reportlab.lib import colors
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

from pipeline.errors import DocumentUnreadable
from pipeline.extract import ParsedDocument
from pipeline.extract.warning import warnings
from pipeline.vocabulary import HIDDEN, WARNINGS

NAME = "Perpetua Quillfeather"
UNDER_BOX, OUTSIDE, TINY, COVERED, ALIAS, MARKED = HIDDEN


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "report.pdf")


def text(document: ParsedDocument) -> str:
    return " ".join(block.text for block in document.blocks)


def told(document: ParsedDocument) -> list[tuple[int | None, str, int]]:
    return [(warning.page, warning.kind, warning.n) for warning in document.warnings]


def check_hidden(document: ParsedDocument, kind: str) -> None:
    """The name is in no passage and no message, but kept; the rest of the page is read."""
    assert "Quillfeather" not in text(document)
    assert text(document) == FILLER
    assert told(document) == [(1, kind, 2)]
    assert "Quillfeather" not in document.warnings[0].message
    assert document.warnings[0].message.startswith("page 1: 2 words ")
    assert [(one.page, one.kind, one.text) for one in document.hidden] == [(1, kind, NAME)]


@pytest.mark.parametrize("colour", [colors.black, colors.white, colors.Color(0.2, 0.1, 0.1)])
@pytest.mark.parametrize("tight", [True, False])
def test_text_under_a_box(press: Press, colour: colors.Color, tight: bool) -> None:
    press.say(FILLER)
    press.at(LEFT, 500, NAME)
    press.canvas.setFillColor(colour)
    box = (LEFT + 0.5, 499, 112, 8) if tight else (LEFT - 3, 494, 120, 20)
    press.canvas.rect(*box, stroke=0, fill=1)
    check_hidden(press.read(), UNDER_BOX)


def test_a_box_over_most_of_a_word(press: Press) -> None:
    press.at(LEFT, 500, "Adult-Quillfeather said so.")
    press.canvas.rect(LEFT + 32, 494, 65, 16, fill=1)
    document = press.read()
    assert text(document) == "said so."
    assert told(document) == [(1, UNDER_BOX, 1)]


def test_text_under_a_box_on_a_sideways_page(tmp_path: Path) -> None:
    press = Press(tmp_path / "sideways.pdf", size=LANDSCAPE)
    press.say(FILLER)
    press.canvas.rotate(90)
    for line in range(12):
        press.at(72, -100 - 20 * line, f"Line {line} of the chronology runs up the sheet.")
    press.at(72, -500, NAME)
    press.canvas.rect(70, -504, 120, 16, fill=1)
    document = press.read()
    assert "Quillfeather" not in text(document)
    assert "Line 11 of the chronology" in text(document)
    assert told(document) == [(1, UNDER_BOX, 2)]


@pytest.mark.parametrize("white", [1.0, 0.985])
def test_text_in_the_colour_of_the_paper(press: Press, white: float) -> None:
    press.say(FILLER)
    press.canvas.setFillColorRGB(white, white, white)
    press.at(LEFT, 500, NAME)
    # A rule through it shows nothing of it.
    press.canvas.line(LEFT - 10, 503, LEFT + 200, 503)
    check_hidden(press.read(), UNDER_BOX)


def test_text_that_is_never_painted(press: Press) -> None:
    press.say(FILLER)
    invisible(press, 500, NAME)
    check_hidden(press.read(), UNDER_BOX)


def invisible(press: Press, y: float, words: str) -> None:
    line = press.canvas.beginText(LEFT, y)
    line.setFont("Helvetica", 11)
    line.setTextRenderMode(3)
    line.textOut(words)
    press.canvas.drawText(line)
    press.canvas._code.append("0 Tr")


@pytest.mark.parametrize("first", [True, False])
def test_text_under_other_text(press: Press, first: bool) -> None:
    """A name painted over, or laid invisibly over its pseudonym."""
    if first:
        press.at(LEFT, 500, NAME)
        press.canvas.setFillColor(colors.white)
        press.canvas.rect(LEFT - 2, 495, 140, 15, stroke=0, fill=1)
        press.canvas.setFillColor(colors.black)
    press.at(LEFT, 500, "Adult AA the neighbour")
    if not first:
        invisible(press, 500, NAME)
    document = press.read()
    assert text(document) == "Adult AA the neighbour"
    assert {(one.kind, one.text) for one in document.hidden} == {(COVERED, NAME)}


def test_text_set_twice_to_look_bold_stays(press: Press) -> None:
    for nudge in (0, 0.3):
        press.at(LEFT + nudge, 500, "Sad as it is")
    document = press.read()
    assert "Sad as it is" in text(document)
    assert not document.warnings


def test_text_outside_the_page(press: Press) -> None:
    press.say(FILLER)
    press.at(LEFT, HEIGHT + 30, NAME)
    check_hidden(press.read(), OUTSIDE)


def test_text_outside_the_crop_box(press: Press) -> None:
    press.canvas.setCropBox((0, 100, 595, 842))
    press.say(FILLER)
    press.at(LEFT, 50, NAME)
    check_hidden(press.read(), OUTSIDE)


def test_text_too_small_to_read(press: Press) -> None:
    press.say(FILLER)
    press.at(LEFT, 500, NAME, size=1)
    check_hidden(press.read(), TINY)


def test_what_is_printed_counts_not_what_stands_in_its_place(press: Press) -> None:
    press.say(FILLER)
    press.canvas._code.append(f"/Span <</ActualText ({NAME})>> BDC")
    press.at(LEFT, press.y, "The neighbour said so.")
    press.canvas._code.append("EMC")
    document = press.read()
    assert text(document).endswith("The neighbour said so.")
    assert told(document) == [(1, ALIAS, 2)]
    assert [one.text for one in document.hidden] == [NAME]


def test_an_honest_replacement_is_no_secret(press: Press) -> None:
    press.canvas._code.append("/Span <</ActualText (The neighbour said so.)>> BDC")
    press.at(LEFT, 500, "The neighbour")
    press.at(LEFT + 75, 500, "said so.")
    press.canvas._code.append("EMC")
    document = press.read()
    assert text(document) == "The neighbour said so."
    assert not document.warnings


def test_visible_text_of_every_look_stays(press: Press) -> None:
    press.say(FILLER)
    press.canvas.setFillGray(0.75)
    press.at(LEFT, 500, "Light grey small print", size=6)
    press.canvas.setFillColorRGB(0.3, 0.3, 0.3)
    press.canvas.rect(LEFT, 440, 300, 30, fill=1)
    press.canvas.setFillColorRGB(0.58, 0.19, 0.19)
    press.at(LEFT + 5, 450, "Red on a grey as dark as it")
    press.canvas.setFillColor(colors.black)
    head = [("BACKGROUND", (0, 0), (-1, 0), colors.navy), ("TEXTCOLOR", (0, 0), (-1, 0), "white")]
    press.table([["Action", "Agency"], ["Write a policy", "The surgery"]], y=400, more=head)
    press.at(LEFT, 250, "I l 1 – — · • ... A_______ x")
    document = press.read()
    assert not document.warnings
    assert not document.hidden
    assert "Light grey small print" in text(document)
    assert "Red on a grey" in text(document)
    assert document.blocks[-2].table_header == "Action | Agency"
    assert "A_______ x" in text(document)


def test_the_text_layer_of_a_scan_stays(press: Press) -> None:
    """Pictures of words with invisible words over them; one lies under a box of the picture."""
    picture = np.full((1754, 1240), 250, dtype=np.uint8)
    lines = ["The panel met", "in the town hall", NAME]
    for row, words in enumerate(lines):
        foot = 300 + 60 * row
        for start in range(0, round(11 * len(words)), 6):
            picture[foot - 18 : foot, 150 + start : 152 + start] = 30
    picture[395:430, 140:500] = 12
    from PIL import Image

    press.canvas.drawImage(ImageReader(Image.fromarray(picture)), 0, 0, *press.size)
    for row, words in enumerate(lines):
        invisible(press, HEIGHT - (300 + 60 * row) * HEIGHT / 1754, words)
    document = press.read()
    assert document.pages_ocr == 0
    assert text(document) == "The panel met in the town hall"
    assert told(document) == [(1, UNDER_BOX, 2)]


def annotate(press: Press, kind: str, rect: tuple[float, ...], **more: object) -> None:
    press.canvas._addAnnotation(
        PDFDictionary(
            {"Type": PDFName("Annot"), "Subtype": PDFName(kind), "Rect": PDFArray(rect), **more}
        )
    )


def test_a_redaction_mark_that_was_never_applied(press: Press) -> None:
    press.say(FILLER)
    press.at(LEFT, 500, NAME)
    annotate(press, "Redact", (LEFT - 2, 495, LEFT + 120, 512))
    document = press.read()
    assert text(document) == FILLER
    assert [one.text for one in document.hidden] == [NAME]
    assert told(document) == [(1, MARKED, 1)]
    assert "the 2 words below" in document.warnings[0].message


def test_notes_and_form_fields_are_counted_and_not_read(press: Press) -> None:
    press.say(FILLER)
    for kind in ("Text", "FreeText", "Highlight"):
        annotate(press, kind, (300, 300, 320, 320), Contents=PDFString(NAME))
    annotate(press, "Highlight", (LEFT, 700, 200, 720))
    annotate(press, "Link", (LEFT, 700, 200, 720), Contents=PDFString("a link"))
    annotate(press, "Widget", (300, 200, 400, 220), FT=PDFName("Tx"), V=PDFString(NAME))
    annotate(press, "Widget", (300, 100, 400, 120), FT=PDFName("Tx"))
    document = press.read()
    assert text(document) == FILLER
    assert told(document) == [(1, "note", 3), (1, "form field", 1)]


def test_attachments_and_scripts_are_counted(press: Press) -> None:
    press.say(FILLER)
    action = PDFDictionary({"S": PDFName("JavaScript"), "JS": PDFString("app.alert(1)")})
    press.canvas._doc.Catalog.OpenAction = action
    press.canvas.setAuthor(NAME)
    press.canvas.setTitle(NAME)
    press.canvas.save()
    pdf = pdfium.PdfDocument(press.path)
    pdf.new_attachment(f"{NAME}.txt").set_data(NAME.encode())
    pdf.save(press.path.with_name("more.pdf"))
    document = read(press.path.with_name("more.pdf"))
    assert text(document) == FILLER
    assert told(document) == [(None, "attachment", 1), (None, "script", 1)]


def test_an_earlier_version_in_the_file(press: Press) -> None:
    press.canvas.setPageCompression(0)
    press.at(LEFT, 500, f"{NAME} said so.")
    press.canvas.save()
    data = press.path.read_bytes()
    (content,) = re.findall(rb"/Contents (\d+) 0 R", data)
    (root,) = re.findall(rb"/Root \d+ 0 R", data)
    stream = b"BT /F1 11 Tf 72 500 Td (The neighbour said so.) Tj ET"
    new = b"%s 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        content, len(stream), stream,
    )  # fmt: skip
    xref = b"xref\n%s 1\n%010d 00000 n \ntrailer\n<</Size 99 %s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n"
    before = re.findall(rb"startxref\s+(\d+)", data)[0]
    press.path.write_bytes(
        data + new + xref % (content, len(data), root, before, len(data) + len(new))
    )
    document = read(press.path)
    assert text(document) == "The neighbour said so."
    assert told(document) == [(None, "earlier version", 2)]


def test_running_lines_and_page_numbers_stay_in_the_record(press: Press) -> None:
    for page in range(3):
        press.at(LEFT, 805, "RESTRICTED until published")
        press.at(250, 40, f"Page {page + 1}")
        press.say(f"{'ABC'[page]} begins this page. {FILLER}")
        press.page()
    document = press.read()
    assert [(one.page, one.kind, one.text) for one in document.removed if one.page == 2] == [
        (2, "running line", "RESTRICTED until published"),
        (2, "page number", "Page 2"),
    ]
    assert not document.warnings


@pytest.mark.parametrize("slant", [0, 45])
@pytest.mark.parametrize("form", [True, False])
def test_a_watermark_across_the_page_is_no_text(press: Press, slant: int, form: bool) -> None:
    press.y = HEIGHT / 2 + 30
    if form:
        press.canvas.beginForm("mark")
    else:
        press.canvas.saveState()
    press.canvas.translate(100, HEIGHT / 2 - (150 if slant else 10))
    press.canvas.rotate(slant)
    press.canvas.setFillGray(0.8)
    press.canvas.setFont("Helvetica-Bold", 70)
    press.canvas.drawString(0, 0, "DRAFT only")
    if form:
        press.canvas.endForm()
        press.canvas.doForm("mark")
    else:
        press.canvas.restoreState()
    press.say(FILLER)
    document = press.read()
    assert text(document) == FILLER
    assert [(one.kind, one.text) for one in document.removed] == [("watermark", "DRAFT only")]
    assert not document.warnings


def test_a_large_dark_title_is_no_watermark(press: Press) -> None:
    press.canvas.setFillColorRGB(0.1, 0.2, 0.5)
    press.at(LEFT, 600, "Overview Report", size=48)
    assert "Overview Report" in text(press.read())


def test_a_file_without_a_word_to_be_seen_is_no_scan(press: Press) -> None:
    press.canvas.setFillColor(colors.white)
    press.say(FILLER)
    with pytest.raises(DocumentUnreadable, match="hardly a word") as caught:
        press.read()
    assert "nurse" not in str(caught.value)


def test_every_kind_has_its_message() -> None:
    counts = dict.fromkeys(WARNINGS, 1)
    said = list(warnings(Counter(counts), redactions=1))
    assert [one.kind for one in said] == list(WARNINGS)
    assert all(one.n == 1 and one.message.startswith("1 ") for one in said)
