"""The child process: what can go wrong becomes an error that tells the next move."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from printed import FILLER, Press, read

from pipeline import errors
from pipeline.extract import Limits, parse, reading

SECRET = "Quillfeather"


def parse_here(path: Path, *, memory_mb: int = 1024, seconds: int = 30) -> object:
    limits = Limits(memory_mb, seconds)
    return parse(path, document_id="d", document_type="other", limits=limits)


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("empty.pdf", b"", errors.DocumentUnreadable),
        ("page.pdf", b"<html>Quillfeather</html>", errors.DocumentUnreadable),
        ("cut.docx", b"PK\x03\x04Quillfeather", errors.DocumentUnreadable),
        ("old.docx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 99, errors.UnsupportedFormat),
        ("noise.txt", bytes(range(256)) * 9, errors.DocumentUnreadable),
        ("empty.txt", b" \n", errors.DocumentUnreadable),
        ("Quillfeather.odt", b"x", errors.UnsupportedFormat),
    ],
)
def test_bad_files(tmp_path: Path, name: str, data: bytes, error: type[Exception]) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(error) as caught:
        parse_here(tmp_path / name)
    assert SECRET not in str(caught.value)
    assert name not in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(errors.DocumentMissing):
        parse_here(tmp_path / "gone.pdf")


def test_password(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "locked.pdf"), encrypt="secret")
    canvas.drawString(72, 700, FILLER)
    canvas.save()
    with pytest.raises(errors.DocumentEncrypted):
        parse_here(tmp_path / "locked.pdf")


def test_one_page_without_text_is_no_scan(tmp_path: Path) -> None:
    press = Press(tmp_path / "mixed.pdf")
    press.say(FILLER)
    press.page()
    press.canvas.rect(100, 100, 300, 300, fill=1)
    press.page()
    document = press.read()
    assert document.pages == 2
    assert len(document.blocks) == 1


def test_memory_limit(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<" * (600 << 20), compresslevel=1)
    with pytest.raises(errors.LimitExceeded):
        parse_here(tmp_path / "bomb.docx")


def test_time_limit_ends_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    press = Press(tmp_path / "long.pdf")
    press.say(FILLER)
    press.read()
    monkeypatch.setattr(reading, "_CHILD", ["-c", "import time; time.sleep(60)"])
    started = time.monotonic()
    with pytest.raises(errors.LimitExceeded, match="1 seconds"):
        parse_here(press.path, seconds=1)
    assert time.monotonic() - started < 10


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("name", "error"),
    [("SIGSEGV", errors.DocumentUnreadable), ("SIGABRT", errors.LimitExceeded),
     ("SIGKILL", errors.LimitExceeded)],
)  # fmt: skip
def test_a_crash_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: type[Exception]
) -> None:
    (tmp_path / "a.txt").write_text(FILLER)
    crash = f"import os, signal; os.kill(os.getpid(), signal.{name})"
    monkeypatch.setattr(reading, "_CHILD", ["-c", crash])
    with pytest.raises(error):
        read(tmp_path / "a.txt")


def test_the_child_loads_no_table_library() -> None:
    code = "import pipeline.extract.child, pipeline.extract.pdf, pipeline.extract.docx, sys;"
    code += "print({'pandas', 'pyarrow', 'spacy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env=reading._environment())  # fmt: skip
    assert done.stdout.strip() == "set()"


def test_reading_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(FILLER)
    read(tmp_path / "a.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
