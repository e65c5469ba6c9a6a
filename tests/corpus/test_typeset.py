from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pdfplumber
import pypdfium2
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from markup import Block, Review, parse
from pages import pdf
from typeset import main
from word import docx

EXAMPLE = Path(__file__).parents[2] / "corpus" / "example"
BUILT = {
    "adult-a": "Wexmere Adult A - Overview Report.pdf",
    "edith": "Saltreach Edith - Overview Report.pdf",
    "noor": "Harrowmead Noor - DARDR.pdf",
}
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NOTE_SIZE, MARK_SIZE = 8.5, 7


def squeezed(text: str) -> str:
    """Text without what typesetting may change: white space, leader dots, hyphens at line ends."""
    return re.sub(r"[\s.\-\x02\ufffe]", "", text)


def printed(block: Block) -> str:
    if block.kind == "R":
        return squeezed("".join(block.lead))
    number = block.number or "" if block.kind == "P" else ""
    return squeezed(number + block.text.replace("|", ""))


def assert_in_order(blocks: list[Block], text: str) -> None:
    place = 0
    for block in blocks:
        found = text.find(printed(block), place)
        assert found >= 0, f"{block.kind} {block.number} is missing or out of order"
        place = found + len(printed(block))


def texts(built: bytes) -> list[str]:
    """The text of each page, without running header and footer."""
    pages = pypdfium2.PdfDocument(built)
    return [
        page.get_textpage().get_text_bounded(bottom=60, top=page.get_height() - 60)
        for page in pages
    ]


def long_review(front_matter: str, *, filler: int, notes: int = 4) -> Review:
    """Paragraphs of uneven length, each with a footnote that repeats the paragraph's own word."""
    lines = []
    for number in range(1, notes + 1):
        lines.append(f"P {number} {{}} " + f"body{number} " * (filler + 60 * number))
        lines.append(f"F note{number} " + "small print " * 30)
    return parse(front_matter + "\n".join(line.strip() for line in lines))


def test_every_block_is_printed_in_order(source: str) -> None:
    review = parse(source)
    body = squeezed("".join(texts(pdf(review))))
    assert_in_order([b for b in review.blocks if b.text and b.kind != "F"], body)


@pytest.mark.parametrize("name", BUILT)
def test_the_examples_are_printed_in_order(name: str) -> None:
    review = parse((EXAMPLE / "source" / f"{name}.txt").read_text(encoding="utf-8"))
    # Footnotes part a paragraph that runs over the page, and a row may be split as well.
    blocks = [block for block in review.blocks if block.kind not in ("F", "T")]
    body = squeezed("".join(texts(pdf(Review(review.meta, tuple(blocks))))))
    assert_in_order([block for block in blocks if block.text], body)


@pytest.mark.parametrize(("name", "file"), BUILT.items())
def test_the_example_documents_are_built_from_their_sources(name: str, file: str) -> None:
    review = parse((EXAMPLE / "source" / f"{name}.txt").read_text(encoding="utf-8"))
    built = (EXAMPLE / file).read_bytes()
    assert texts(built) == texts(pdf(review)), "run typeset.py on the changed source"


@pytest.mark.parametrize("filler", range(0, 240, 30))
def test_a_footnote_stands_at_the_foot_of_the_page_of_its_mark(
    front_matter: str, filler: int
) -> None:
    with pdfplumber.open(io.BytesIO(pdf(long_review(front_matter, filler=filler)))) as document:
        pages = [page.crop((0, 70, page.width, page.height - 70)) for page in document.pages]
    marks = []
    for page in pages:
        notes = [c for c in page.chars if c["size"] == NOTE_SIZE]
        body = [c for c in page.chars if c["size"] == 11]
        small = [c["text"] for c in page.chars if c["size"] == MARK_SIZE]
        in_body, at_foot = small[: len(small) // 2], small[len(small) // 2 :]
        assert in_body == at_foot
        assert bool(notes) == bool(in_body)
        marks += in_body
        if notes:
            assert max(c["bottom"] for c in body) < min(c["top"] for c in notes)
            assert max(c["bottom"] for c in notes) <= page.bbox[3]
    assert marks == ["1", "2", "3", "4"]


def test_a_table_repeats_its_header_and_splits_a_tall_row(front_matter: str) -> None:
    words = " ".join(f"word{number}." for number in range(900))
    rows = f"T {{}} Date | Event\nT {{}} May 2014 | {words}\nT {{}} June 2014 | The last.\n"
    pages = texts(pdf(parse(front_matter + rows)))
    assert len(pages) > 1
    assert all(page.lstrip().startswith("Date") for page in pages)
    assert re.findall(r"word\d+", " ".join(pages)) == re.findall(r"word\d+", words)


def test_pages_are_a4_and_the_action_plan_lies_on_its_side(source: str) -> None:
    sizes = [page.get_size() for page in pypdfium2.PdfDocument(pdf(parse(source)))]
    upright = [width < height for width, height in sizes]
    assert upright == [True, True, False, True]
    assert {tuple(sorted(map(round, size))) for size in sizes} == {(595, 842)}


def test_every_page_has_its_running_lines(source: str) -> None:
    pages = pypdfium2.PdfDocument(pdf(parse(source)))
    for number, page in enumerate(pages, 1):
        text = page.get_textpage().get_text_range()
        assert "RESTRICTED" in text
        assert f"Fennimore DHR - page {number} of {len(pages)}" in text


def test_fonts_are_embedded_and_quotes_survive(source: str) -> None:
    with pdfplumber.open(io.BytesIO(pdf(parse(source)))) as document:
        chars = [char for page in document.pages for char in page.chars]
    assert {char["fontname"].partition("+")[2] for char in chars} == {
        "DejaVuSans",
        "DejaVuSans-Bold",
    }
    assert {"’", "“", "”", "•", "&", "<"} <= {char["text"] for char in chars}


@pytest.mark.parametrize("suffix", ["pdf", "docx"])
def test_another_process_builds_the_same_bytes(tmp_path: Path, source: str, suffix: str) -> None:
    script, text, out = EXAMPLE / "source/typeset.py", tmp_path / "s.txt", tmp_path / f"o.{suffix}"
    text.write_text(source, encoding="utf-8")
    subprocess.run([sys.executable, script, text, out], check=True)
    write = {"pdf": pdf, "docx": docx}[suffix]
    assert out.read_bytes() == write(parse(source)) == write(parse(source))


@pytest.mark.parametrize("out", ["o.odt", "o.pdf"])
def test_the_command_says_what_is_wrong(
    tmp_path: Path, out: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "s.txt"
    text.write_text("no front matter", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["typeset.py", str(text), str(tmp_path / out)])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert ("front matter" if out == "o.pdf" else ".pdf or .docx") in capsys.readouterr().err
    assert not (tmp_path / out).exists()


def test_the_word_file_holds_every_block_in_order(source: str) -> None:
    review = parse(source)
    document = Document(io.BytesIO(docx(review)))
    body = squeezed("".join(node.text or "" for node in document.element.body.iter(f"{WORD}t")))
    assert_in_order([b for b in review.blocks if b.text and b.kind != "F"], body)


def test_the_word_file_has_styles_tables_and_typed_numbers(source: str) -> None:
    document = Document(io.BytesIO(docx(parse(source))))
    styles = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert styles["Domestic Homicide Review"] == "Title"
    assert styles["2. Analysis"] == "Heading 1"
    assert styles["The chronology of 2014"] == "Heading 2"
    assert styles["The nurse, Ms Orr, rang back."] == "List Bullet"
    assert any(text.startswith("1.1\tQuill") for text in styles)
    assert [len(table.rows) for table in document.tables] == [3, 2]
    assert [section.orientation for section in document.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]


def test_the_word_file_has_real_footnotes_and_page_fields(source: str) -> None:
    built = docx(parse(source))
    with zipfile.ZipFile(io.BytesIO(built)) as archive:
        notes = ElementTree.fromstring(archive.read("word/footnotes.xml"))
        main = ElementTree.fromstring(archive.read("word/document.xml"))
        footer = next(name for name in archive.namelist() if name.startswith("word/footer"))
        fields = re.findall(r'w:instr="(\w+)"', archive.read(footer).decode())
    written = {
        note.get(f"{WORD}id"): "".join(t.text or "" for t in note.iter(f"{WORD}t")).strip()
        for note in notes
        if note.get(f"{WORD}type") is None
    }
    marks = [mark.get(f"{WORD}id") for mark in main.iter(f"{WORD}footnoteReference")]
    assert marks == list(written) == ["1", "2"]
    assert written["2"] == "Section 47 of the Children Act 1989."
    assert fields == ["PAGE", "NUMPAGES"]
