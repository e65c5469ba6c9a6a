"""Encrypted documents: opened with the password of reviews.csv, which is written nowhere."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import pytest
from docx import Document
from printed import FILLER
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from fictional import FIRST, write_study
from pipeline import errors
from pipeline.extract import Limits, ParsedDocument, parse, reading

WORD = "Plover-9 ß"
LIMITS = Limits(1024, 30)
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def opened(path: Path, password: str = "") -> ParsedDocument:
    return parse(path, document_id="d", document_type="other", limits=LIMITS, password=password)


def locked_pdf(path: Path, user: str, text: str = FILLER) -> Path:
    encryption = StandardEncryption(user, ownerPassword="owner", canPrint=0, canCopy=0)
    canvas = Canvas(str(path), encrypt=encryption)
    lines = canvas.beginText(72, 760)
    lines.textLines(text)
    canvas.drawText(lines)
    canvas.save()
    return path


def test_the_password_opens_a_pdf(tmp_path: Path) -> None:
    path = locked_pdf(tmp_path / "a.pdf", "Plover-9")
    assert "practice nurse" in opened(path, "Plover-9").blocks[0].text
    with pytest.raises(errors.DocumentEncrypted, match="asks for a password; write it into"):
        opened(path)
    with pytest.raises(errors.DocumentEncrypted, match=r"password in reviews.csv does not") as told:
        opened(path, "Lapwing-3")
    assert "Lapwing" not in str(told.value)


@pytest.mark.parametrize("password", ["", "any"])
def test_a_pdf_that_only_its_owner_may_change_is_just_read(tmp_path: Path, password: str) -> None:
    assert opened(locked_pdf(tmp_path / "a.pdf", ""), password).blocks


def test_no_list_of_processes_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    child = (
        "import json, os, sys; word = sys.stdin.buffer.read().decode();"
        "seen = word in ' '.join(sys.orig_argv) or word in str(os.environ);"
        "print(json.dumps({'error': 'DocumentUnreadable', 'message': f'{seen} {word}'}))"
    )
    monkeypatch.setattr(reading, "_CHILD", ["-c", child])
    with pytest.raises(errors.DocumentUnreadable, match=f"False {WORD}"):
        opened(tmp_path / "a.pdf", WORD)


def test_an_old_doc_and_a_locked_docx_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "old.docx").write_bytes(OLE + b"\0" * 99)
    (tmp_path / "locked.docx").write_bytes(OLE + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(errors.UnsupportedFormat, match="old DOC"):
        opened(tmp_path / "old.docx", WORD)
    with pytest.raises(errors.DocumentEncrypted, match="asks for a password"):
        opened(tmp_path / "locked.docx")


@pytest.mark.skipif(importlib.util.find_spec("msoffcrypto") is not None, reason="is installed")
def test_what_opens_a_docx_is_named_where_it_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(OLE + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(errors.DocumentEncrypted, match=r"msoffcrypto-tool.*make setup"):
        opened(tmp_path / "a.docx", WORD)


def test_the_password_opens_a_docx(tmp_path: Path) -> None:
    ooxml = pytest.importorskip("msoffcrypto.format.ooxml")
    plain, path = io.BytesIO(), tmp_path / "a.docx"
    document = Document()
    document.add_paragraph(FILLER)
    document.save(plain)
    with path.open("wb") as file:
        ooxml.OOXMLFile(plain).encrypt(WORD, file)
    assert opened(path, WORD).blocks[0].text == FILLER
    with pytest.raises(errors.DocumentEncrypted, match=r"password in reviews.csv does not"):
        opened(path, "Lapwing-3")


def test_a_run_with_a_wrong_and_then_the_right_password(tmp_path: Path, dhr) -> None:
    study, outputs = write_study(tmp_path / "study", {}), tmp_path / "outputs"
    locked_pdf(study / "a.pdf", "Plover-9", FIRST)
    header = "document,review,document_type,area,case_type,year_of_death,status,password\n"
    said = ""
    for word, code in (("Lapwing-3", 1), ("Plover-9", 0)):
        (study / "reviews.csv").write_text(f"{header}a.pdf,,,,,,,{word}\n", encoding="utf-8")
        done = dhr("run", "--study", study, "--outputs", outputs, "--engine", "serial")
        assert done.returncode == code, done.stderr
        said += done.stdout + done.stderr
    assert "does not open the file" in said
    written = b"".join(path.read_bytes() for path in outputs.rglob("*") if path.is_file())
    kept = b"".join(path.read_bytes() for path in (study / "private").iterdir())
    for word in ("Lapwing-3", "Plover-9"):
        assert word not in said
        assert word.encode() not in written + kept
