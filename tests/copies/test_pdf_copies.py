"""Redacted copies of PDFs: what went is in no reader's text and in no stream; the rest stays."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont
from readers import everything, texts
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.copies.gate import check_boxes, check_pdf
from pipeline.copies.known import Known, KnownPassage, Span
from pipeline.copies.pdf import HIDDEN, MARKED, SCAN, UNDER, copy_pdf
from pipeline.copies.sheet import read
from pipeline.copies.written import Written
from pipeline.errors import CopyRefused
from pipeline.extract import ocr

NAME = "Perpetua Quillfeather"
KNOWN = Known({NAME: "[VICTIM]", "Quillfeather": "[VICTIM]", "3 May 2014": "[DATE 2014]"})
REST = "The practice nurse wrote that an appointment had been offered for the following week."
Draw = Callable[[Canvas], None]


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Written]:
    """Draws a PDF and copies it; a known text is nowhere in the copy."""

    def make(
        *pages: Draw, known: Known = KNOWN, change: Callable[[pikepdf.Pdf], None] | None = None
    ) -> Written:
        path = tmp_path / "report.pdf"
        canvas = Canvas(str(path), pagesize=A4, invariant=1)
        for draw in pages:
            canvas.setFont("Helvetica", 11)
            canvas.drawString(72, 300, REST)
            draw(canvas)
            canvas.showPage()
        canvas.save()
        if change:
            with pikepdf.open(path, allow_overwriting_input=True) as pdf:
                change(pdf)
                pdf.save(path)
        written = copy_pdf(path, known, title="Review 7, overview report")
        check_gone(written.data)
        return written

    return make


def check_gone(data: bytes) -> None:
    for reader, text in texts(data).items():
        assert "quillfeather" not in text.casefold(), reader
    said = everything(data)
    assert b"Quillfeather" not in said
    assert "Quillfeather".encode("utf-16-be") not in said


def ink(data: bytes, page: int = 0) -> np.ndarray:
    """The page as drawn, at 72 dpi, in grey."""
    drawn = pdfium.PdfDocument(data)[page].render(scale=1, grayscale=True).to_numpy()
    return drawn.reshape(drawn.shape[0], -1)


def test_a_name_goes_and_all_else_stays_in_its_place(copied, tmp_path):
    written = copied(lambda c: c.drawString(72, 700, f"On 3 May 2014 {NAME} asked for help."))
    assert (written.replacements, written.pages, written.pictures) == (2, 1, {})
    for reader, text in texts(written.data).items():
        assert "asked for help." in text and REST in text, reader
        assert "[VICTIM]" in text and "[DATE 2014]" in text, reader
    before, after = ink((tmp_path / "report.pdf").read_bytes()), ink(written.data)
    right_of_the_name = (slice(130, 150), slice(260, 420))
    assert (before[right_of_the_name] < 128).any()
    assert np.array_equal(before[right_of_the_name], after[right_of_the_name])


def test_the_same_document_gives_the_same_bytes(copied):
    def draw(c: Canvas) -> None:
        c.drawString(72, 700, f"She is {NAME}.")

    assert copied(draw).data == copied(draw).data


def test_letters_that_are_placed_one_by_one(copied):
    def draw(c: Canvas) -> None:
        text = c.beginText(72, 700)
        text.setFont("Helvetica", 11)
        text.setCharSpace(1.3)
        text.setWordSpace(4)
        text.setHorizScale(90)
        text.textOut(f"Said {NAME} to them.")
        c.drawText(text)

    written = copied(draw)
    assert written.pictures == {}
    assert all("to them." in text for text in texts(written.data).values())


def test_a_name_that_a_line_end_breaks(copied):
    def draw(c: Canvas) -> None:
        c.drawString(72, 700, "The letter was addressed to Perpetua Quill-")
        c.drawString(72, 686, "feather and came back.")

    written = copied(draw)
    assert written.replacements == 1
    for text in texts(written.data).values():
        assert "Quill" not in text and "feather" not in text and "and came back." in text


def test_a_name_that_runs_over_to_the_next_page(copied):
    def first(c: Canvas) -> None:
        c.drawString(72, 800, "Running head")
        c.drawString(72, 100, "It was told by Perpetua")

    def second(c: Canvas) -> None:
        c.drawString(72, 800, "Running head")
        c.drawString(72, 780, "Quillfeather and by others.")

    passage = KnownPassage(
        f"It was told by {NAME} and by others.", 1, 2, (Span(15, 36, NAME, "[VICTIM]"),)
    )
    known = Known(
        {NAME: "[VICTIM]"}, passages=(passage,), running=((1, "Running head"), (2, "Running head"))
    )
    data = copied(first, second, known=known).data
    assert all("Perpetua" not in text and "and by others." in text for text in texts(data).values())


def test_what_is_an_identifier_only_in_its_place_goes_only_there(copied):
    def draw(c: Canvas) -> None:
        c.drawString(72, 700, "1 She lived at number 1 with him.")

    passage = KnownPassage(
        "She lived at number 1 with him.", 1, 1, (Span(20, 21, "1", "[PLACE 1]"),)
    )
    data = copied(draw, known=Known({}, passages=(passage,))).data
    for text in texts(data).values():
        assert "1 She lived at number" in text and "number 1" not in text


def test_headers_in_forms_that_several_pages_share(copied):
    def head(c: Canvas) -> None:
        if not c.hasForm("head"):
            c.beginForm("head")
            c.setFont("Helvetica", 9)
            c.drawString(72, 800, f"Confidential: {NAME}")
            c.endForm()
        c.doForm("head")

    written = copied(head, head)
    assert (written.replacements, written.pictures) == (2, {})
    assert all(text.count("Confidential:") == 2 for text in texts(written.data).values())


def test_text_in_a_font_of_two_byte_codes(tmp_path):
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        figure = Figure(figsize=(8, 3))
        figure.text(0.1, 0.5, f"Then {NAME} – Ω – left them.")
        FigureCanvasPdf(figure).print_pdf(tmp_path / "report.pdf")
    written = copy_pdf(tmp_path / "report.pdf", KNOWN, title="Review 7")
    check_gone(written.data)
    if not written.pictures:
        assert "left them." in texts(written.data)["pdfium"]


def test_turned_pages_and_turned_text(copied):
    def draw(c: Canvas) -> None:
        c.setPageRotation(90)
        c.saveState()
        c.translate(200, 400)
        c.rotate(90)
        c.drawString(0, 0, f"Beside {NAME} here")
        c.restoreState()

    written = copied(draw)
    assert written.pictures == {}
    assert all("here" in text for text in texts(written.data).values())


def test_a_page_with_a_picture_under_a_name_becomes_a_picture(copied):
    def draw(c: Canvas) -> None:
        c.drawImage(ImageReader(Image.new("RGB", (40, 40), "lightblue")), 60, 680, 300, 60)
        c.drawString(72, 700, f"She is {NAME}.")

    written = copied(draw, lambda c: None)
    assert written.pictures == {1: UNDER}
    assert ink(written.data)[130:145, 110:180].max() < 250
    assert REST in texts(written.data)["pdfium"]


def test_pictures_that_are_taken_over_are_counted(copied):
    written = copied(lambda c: c.drawImage(ImageReader(Image.new("RGB", (9, 9))), 60, 680, 50, 50))
    assert (written.images, written.pictures) == (1, {})


@pytest.mark.parametrize("how", ["white", "invisible"])
def test_hidden_text_goes_with_the_page_or_without_it(copied, how):
    def draw(c: Canvas) -> None:
        text = c.beginText(72, 700)
        text.setFont("Helvetica", 11)
        if how == "white":
            text.setFillColorRGB(1, 1, 1)
        else:
            text.setTextRenderMode(3)
        text.textOut("A secret that nobody sees, and her address.")
        c.drawText(text)

    written = copied(draw)
    assert all("secret" not in text for text in texts(written.data).values())
    assert written.pictures == {1: HIDDEN}


def test_words_under_a_redaction_mark_that_was_never_applied(copied):
    def change(pdf: pikepdf.Pdf) -> None:
        mark = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Redact, Rect=[70, 695, 300, 712]
        )
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(mark)]))

    written = copied(lambda c: c.drawString(72, 700, "Her sister in the town"), change=change)
    assert written.pictures == {1: MARKED}
    assert written.dropped == 1
    assert ink(written.data)[130:147, 72:180].min() > 200


def test_nothing_else_of_the_file_is_taken_over(copied):
    def draw(c: Canvas) -> None:
        c.setTitle(NAME)
        c.setAuthor(NAME)
        c.bookmarkPage(NAME)
        c.addOutlineEntry(NAME, NAME)
        c.textAnnotation(NAME, Rect=(72, 600, 90, 620))
        c.acroForm.textfield(name=NAME, value=NAME, x=72, y=500)

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["Quillfeather.txt"] = NAME.encode()
        with pdf.open_metadata() as metadata:
            metadata["dc:title"] = NAME
        pdf.Root.StructTreeRoot = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, Alt=pikepdf.String(NAME))
        )
        pdf.Root.PageLabels = pikepdf.Dictionary(
            Nums=[0, pikepdf.Dictionary(P=pikepdf.String(NAME))]
        )
        pdf.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String(f"app.alert('{NAME}')")
        )
        page = pdf.pages[0]
        page.PieceInfo = pikepdf.Dictionary(Editor=pikepdf.String(NAME))
        page.contents_add(
            b"/Span <</ActualText (Quillfeather)>> BDC EMC /P <</E (Quillfeather)>> DP"
        )

    written = copied(draw, change=change)
    with pikepdf.open(io.BytesIO(written.data)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages", "/Lang"}
        assert dict(pdf.docinfo.items()) == {"/Title": "Review 7, overview report"}
        assert "/Annots" not in pdf.pages[0]
    assert written.pictures == {}


def test_the_gate_looks_into_strings_names_and_streams(tmp_path):
    def refused(change: Callable[[pikepdf.Pdf], None]) -> None:
        pdf = pikepdf.new()
        pdf.add_blank_page()
        change(pdf)
        file = io.BytesIO()
        pdf.save(file)
        with pytest.raises(CopyRefused) as refusal:
            check_pdf(file.getvalue(), KNOWN)
        assert "Quill" not in str(refusal.value)

    refused(lambda pdf: pdf.docinfo.update({"/Title": NAME}))
    refused(lambda pdf: pdf.Root.update({"/Perpetua_Quillfeather": 1}))
    refused(lambda pdf: pdf.Root.update({"/X": pdf.make_stream(f"<x>{NAME}</x>".encode())}))


def test_names_that_are_words_of_the_format_or_of_a_font_do_not_stop_a_copy(copied):
    known = Known({"Page": "[A]", "Lang": "[B]", "Helvetica": "[C]", "Mr Font": "[D]"})
    written = copied(lambda c: c.drawString(72, 700, "Mr Font and Ms Page met."), known=known)
    for text in texts(written.data).values():
        assert "[D]" in text and "[A]" in text and "Page" not in text and "and Ms" in text


@pytest.mark.skipif(not ocr.available(), reason="tesseract is not installed")
def test_a_scan_is_painted_in_the_picture_itself(tmp_path):
    image = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(image)
    for line, text in enumerate([f"The victim was {NAME} of this town.", REST, REST]):
        draw.text((100, 200 + 60 * line), text, 0, ImageFont.load_default(24))
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=A4, invariant=1)
    canvas.drawImage(ImageReader(image), 0, 0, *A4)
    canvas.save()
    written = copy_pdf(tmp_path / "scan.pdf", KNOWN, title="Review 7")
    assert (written.replacements, written.pictures) == (1, {1: SCAN})
    page = pdfium.PdfDocument(written.data)[0]
    seen = read(page, 1).text
    assert "Quill" not in seen and "The victim was" in seen and "practice nurse" in seen


def test_what_a_second_reader_finds_outside_the_boxes_stops_the_copy(tmp_path):
    canvas = Canvas(str(tmp_path / "report.pdf"), pagesize=A4)
    canvas.drawString(72, 700, f"She is {NAME}.")
    canvas.save()
    data = (tmp_path / "report.pdf").read_bytes()
    check_boxes(data, {1: [(100, 690, 260, 715)]}, KNOWN)
    with pytest.raises(CopyRefused, match="page 1"):
        check_boxes(data, {1: [(300, 690, 400, 715)]}, KNOWN)


def test_what_redaction_replaced_and_no_page_shows_stops_the_copy(copied):
    passage = KnownPassage(
        "Told by Ottoline Vane.", 1, 1, (Span(8, 21, "Ottoline Vane", "[PERSON 1]"),)
    )
    with pytest.raises(CopyRefused, match="page 1"):
        copied(lambda c: None, known=Known({}, passages=(passage,)))
