from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from typeset import SCAN_DPI, main, pdf
from word import docx

from annotated import SOURCE
from fictional import PROJECT
from pipeline.evaluate.markup import Block, Source, parse

EXAMPLE = PROJECT / "corpus" / "example"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SOURCES = {
    path.stem: parse(path.read_text(encoding="utf-8"))
    for path in sorted((EXAMPLE / "source").glob("*.txt"))
}
PRINTED = [
    name
    for name, source in SOURCES.items()
    if source.meta["file"].endswith(".pdf") and source.meta.get("scanned") != "yes"
]
COLUMNS = {"document_type": "document"} | {
    name: name for name in ("status", "area", "case_type", "year_of_death")
}
needs_soffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")


def squeezed(text: str) -> str:
    """Text without what typesetting may change: white space, leader dots, hyphens at line ends."""
    return re.sub(r"[\s.\-\x02\ufffe]", "", text)


def printed(block: Block) -> str:
    number = block.number or "" if block.kind == "P" else ""
    return squeezed(number + block.text)


def assert_in_order(blocks: list[Block], text: str) -> None:
    place = 0
    for block in blocks:
        found = text.find(printed(block), place)
        assert found >= 0, f"{block.kind} {block.number} is missing or out of order"
        place = found + len(printed(block))


def pages(path: Path) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text))


@pytest.mark.parametrize("name", PRINTED)
def test_the_printed_documents_say_what_their_sources_say(name: str) -> None:
    source = SOURCES[name]
    found = pages(EXAMPLE / source.meta["file"])
    assert 3 <= len(found) <= 16
    said = squeezed("".join(found))
    # What runs over a page is parted by running lines and footnotes.
    whole = [block for block in source.printed if block.kind != "T" and not block.contents_entry]
    parted = [block for block in whole if printed(block) not in said]
    assert len(parted) <= 3 * len(found)
    hyphenated = words_of(re.sub(r"[-\x02\ufffe]\s+", "", "".join(found)))
    for block in source.printed:
        # A cell may break a long word; nothing else does.
        lost = words_of(block.text) - words_of("".join(found)) - hyphenated
        assert not lost or block.kind == "T" or "-" in block.text, (block.number, lost)
        assert all(squeezed(cell)[:8] in said for cell in block.cells if block.kind == "T")
    headings = [block for block in source.printed if block.kind in ("h1", "h2")]
    assert_in_order(headings, said)


def test_the_word_document_is_its_source() -> None:
    (source,) = (s for s in SOURCES.values() if s.meta["file"].endswith(".docx"))
    assert (EXAMPLE / source.meta["file"]).read_bytes() == docx(source)


@needs_soffice
def test_the_scan_is_a_picture_of_its_source() -> None:
    (source,) = (s for s in SOURCES.values() if s.meta.get("scanned") == "yes")
    built, again = (
        list(pypdfium2.PdfDocument(file))
        for file in (EXAMPLE / source.meta["file"], io.BytesIO(pdf(source)))
    )
    assert len(built) == len(again) <= 16
    assert not "".join(page.get_textpage().get_text_range() for page in built).strip()
    for old, new in zip(built, again, strict=True):
        ink = [np.asarray(page.render(grayscale=True).to_numpy()) for page in (old, new)]
        # Another release of LibreOffice may set a letter a hair's breadth further left.
        assert ink[0].shape == ink[1].shape
        assert abs(float(ink[0].mean()) - float(ink[1].mean())) < 2


def test_every_document_has_its_row_and_its_source() -> None:
    rows = list(csv.DictReader((EXAMPLE / "reviews.csv").open(encoding="utf-8")))
    by_file = {source.meta["file"]: source.meta for source in SOURCES.values()}
    assert {row["document"] for row in rows} == set(by_file)
    for row in rows:
        meta = by_file[row["document"]]
        for column, key in COLUMNS.items():
            assert row[column] == meta[key], (row["document"], column)


@needs_soffice
def test_every_block_is_printed_in_order(tmp_path: Path) -> None:
    source = parse(SOURCE)
    (tmp_path / "a.pdf").write_bytes(pdf(source))
    said = squeezed("".join(pages(tmp_path / "a.pdf")))
    assert_in_order([b for b in source.printed if b.kind not in ("F", "T")], said)
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    upright = [page.get_width() < page.get_height() for page in document]
    assert upright == [True, True, False, True]
    for number, text in enumerate(pages(tmp_path / "a.pdf"), 1):
        assert "RESTRICTED" in text
        assert f"Fennimore DHR - page {number} of {len(document)}" in text


@needs_soffice
def test_a_scan_has_pictures_and_no_text() -> None:
    front = "---\nscanned: yes\n"
    built = pypdfium2.PdfDocument(pdf(parse(SOURCE.replace("---\n", front, 1))))
    assert not any(page.get_textpage().get_text_range().strip() for page in built)
    assert built[0].render(scale=SCAN_DPI / 72).to_numpy().min() == 0


def test_another_process_builds_the_same_bytes(tmp_path: Path) -> None:
    script, text, out = EXAMPLE / "source/typeset.py", tmp_path / "s.txt", tmp_path / "o.docx"
    text.write_text(SOURCE, encoding="utf-8")
    subprocess.run([sys.executable, script, text, out], check=True, cwd=PROJECT)
    assert out.read_bytes() == docx(parse(SOURCE)) == docx(parse(SOURCE))


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


def test_without_libreoffice_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "s.txt"
    text.write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["typeset.py", str(text), str(tmp_path / "o.pdf")])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "libreoffice-writer" in capsys.readouterr().err


def test_the_word_file_holds_every_block_in_order() -> None:
    source: Source = parse(SOURCE)
    document = Document(io.BytesIO(docx(source)))
    body = squeezed("".join(node.text or "" for node in document.element.body.iter(f"{WORD}t")))
    blocks = [b for b in source.printed if b.kind not in ("F", "T")]
    assert_in_order(blocks, body)


def test_the_word_file_has_styles_tables_and_typed_numbers() -> None:
    document = Document(io.BytesIO(docx(parse(SOURCE))))
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


def test_the_word_file_has_real_footnotes_and_page_fields() -> None:
    built = docx(parse(SOURCE))
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
