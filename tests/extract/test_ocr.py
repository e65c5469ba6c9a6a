"""Pages that are pictures, read by the real tesseract."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from printed import FILLER, LEFT, Press, read

from pipeline import errors
from pipeline.extract import Limits, parse

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract")
ROWS = [["Date", "Agency", "Event"], ["3 May 2014", "Police", "Log closed"],
        ["9 June 2014", "Surgery", "Letter sent twice"]]  # fmt: skip


def letter(path: Path) -> Press:
    press = Press(path)
    press.say("Analysis of agency involvement", size=16, bold=True)
    press.say(FILLER, x=LEFT + 50, number="4.1")
    press.say("General practice", size=11, bold=True)
    press.say(FILLER.replace("nurse", "manager"), x=LEFT + 50, number="4.2")
    press.table(ROWS)
    return press


def photographed(path: Path, *, turned: float = 0.0) -> Path:
    """The same pages as pictures."""
    pages = [
        page.render(scale=200 / 72, grayscale=True).to_pil().rotate(turned, fillcolor=255)
        for page in pypdfium2.PdfDocument(path)
    ]
    scan = path.with_stem("scan")
    pages[0].save(scan, "PDF", resolution=200, save_all=True, append_images=pages[1:])
    return scan


def without_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@needs_tesseract
@pytest.mark.parametrize("turned", [0.0, 0.6, -0.6])
def test_a_scan_reads_like_the_page(tmp_path: Path, turned: float) -> None:
    press = letter(tmp_path / "plain.pdf")
    plain = press.read()
    scan = read(photographed(press.path, turned=turned))
    assert (scan.pages, scan.pages_ocr, plain.pages_ocr) == (1, 1, 0)
    for old, new in zip(plain.blocks, scan.blocks, strict=True):
        assert (new.kind, new.number, new.level) == (old.kind, old.number, old.level)
        assert new.text.split() == old.text.split()
        assert new.ocr_confidence is not None
        assert 0.8 < new.ocr_confidence <= 1
        assert new.box is not None
        assert old.box is not None
        assert new.box[1] == pytest.approx(old.box[1], abs=8)
    assert all(block.ocr_confidence is None for block in plain.blocks)


@needs_tesseract
def test_of_a_mixed_document_only_the_pictures_are_read_by_ocr(tmp_path: Path) -> None:
    press = letter(tmp_path / "plain.pdf")
    press.canvas.save()
    mixed = Press(tmp_path / "mixed.pdf")
    mixed.say("Background", size=16, bold=True)
    mixed.say(FILLER, x=LEFT + 50, number="3.1")
    mixed.page()
    picture = pypdfium2.PdfDocument(press.path)[0].render(scale=200 / 72).to_pil()
    picture.save(tmp_path / "page.png")
    mixed.canvas.drawImage(str(tmp_path / "page.png"), 0, 0, *mixed.size)
    mixed.page()
    document = mixed.read()
    assert (document.pages, document.pages_ocr) == (2, 1)
    assert [b.number for b in document.blocks if b.number] == ["3.1", "4.1", "4.2"]
    assert {b.page: b.ocr_confidence is not None for b in document.blocks} == {1: False, 2: True}


def test_without_tesseract_a_scan_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = letter(tmp_path / "plain.pdf")
    press.canvas.save()
    scan = photographed(press.path)
    without_tesseract(monkeypatch, tmp_path)
    with pytest.raises(errors.ScannedDocument, match="install tesseract") as caught:
        read(scan)
    assert caught.value.wants == "tesseract"


@needs_tesseract
def test_pictures_without_words_are_no_report(tmp_path: Path) -> None:
    press = Press(tmp_path / "boxes.pdf")
    for _ in range(3):
        press.canvas.rect(100, 100, 300, 300, fill=1)
        press.page()
    with pytest.raises(errors.ScannedDocument, match="300 dpi") as caught:
        press.read()
    assert caught.value.wants is None


def test_a_failing_tesseract_is_no_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = letter(tmp_path / "plain.pdf")
    press.canvas.save()
    scan = photographed(press.path)
    fake = tmp_path / "bin" / "tesseract"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(errors.ScannedDocument, match="list-langs"):
        parse(scan, document_id="d", document_type="other", limits=Limits(1024, 60))


@needs_tesseract
def test_a_scan_is_tried_again_once_tesseract_is_installed(
    dhr: Any, study: Path, tmp_path: Path
) -> None:
    press = letter(tmp_path / "plain.pdf")
    press.canvas.save()
    shutil.copy(photographed(press.path), study / "scan.pdf")
    with (study / "reviews.csv").open("a", encoding="utf-8") as rows:
        rows.write("scan.pdf,,,,,,\n")
    words = ("run", "--study", study, "--outputs", tmp_path / "out", "--engine", "serial")
    without = dhr(*words, PATH=str(tmp_path))
    assert without.returncode == 1
    assert "2 built of 3" in without.stdout
    assert "install tesseract" in without.stdout
    again = dhr(*words, PATH=str(tmp_path))
    assert "extract: nothing to do" in again.stderr
    after = dhr(*words)
    assert after.returncode == 0
    assert "3 built of 3" in after.stdout
    assert "read by OCR   1 pages" in after.stdout
