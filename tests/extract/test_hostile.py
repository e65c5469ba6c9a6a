"""Broken and hostile files, written here: each gets an answer in time, and harms no other."""

from __future__ import annotations

import csv
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from printed import FILLER, Press
from reportlab.pdfgen.canvas import Canvas

from fictional import FIRST, write_study
from pipeline import errors
from pipeline.extract import Limits, parse

SECRET = "Quillfeather"
SECONDS = 30
LINE = f"BT /F1 12 Tf 72 700 Td ({SECRET} wrote that nobody had been told of it at all.) Tj ET"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
SQUASHED = b"/Filter/FlateDecode"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects; the first is its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, start)


def page(content: bytes, *, box: str = "0 0 595 842", font: bytes = FONT, more: bytes = b"",
         extra: tuple[bytes, ...] = ()) -> bytes:  # fmt: skip
    """A PDF of one page; `content` is its content stream, `more` goes into its resources."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>%s>>>>"
        % (box.encode(), more),
        content,
        font,
        *extra,
    )


def squashed(byte: bytes, megabytes: int) -> bytes:
    press = zlib.compressobj(1)
    return b"".join(press.compress(byte * (1 << 20))
                    for _ in range(megabytes)) + press.flush()  # fmt: skip


def truncated(path: Path) -> None:
    press = Press(path)
    for _ in range(9):
        press.say(f"{SECRET}. {FILLER}")
    press.canvas.save()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def too_many_pages(path: Path) -> None:
    canvas = Canvas(str(path))
    for number in range(5000):
        canvas.drawString(72, 700, f"{SECRET} {number}")
        canvas.showPage()
    canvas.save()


def docx_with(body: str, head: str = "") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        Document().save(path)
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        parts["word/document.xml"] = (
            f'{head}<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'.encode()
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    return write


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
IMAGE = b"<</Type/XObject/Subtype/Image/Width 50000/Height 50000/ColorSpace/DeviceGray"
TEXT = stream(LINE.encode())
CIPHERS = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]>>"
DESCENDANT = (
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo"
    b"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R>>"
)
DESCRIPTOR = (
    b"<</Type/FontDescriptor/FontName/X/Flags 4/FontBBox[0 0 9 9]/ItalicAngle 0/Ascent 9"
    b"/Descent 0/CapHeight 9/StemV 9>>"
)
FILES: dict[str, tuple[bytes | Callable[[Path], None], type[Exception] | None]] = {
    "zero.pdf": (b"", errors.DocumentUnreadable),
    "web page.pdf": (f"<html>{SECRET}</html>".encode(), errors.DocumentUnreadable),
    "truncated.pdf": (truncated, errors.DocumentUnreadable),
    "loop.pdf": (
        pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"),
        errors.ReviewError,
    ),
    "nested.pdf": (page(stream(b"q " * 1_000_000 + LINE.encode())), None),
    "brackets.pdf": (page(stream(b"[" * 1_000_000 + LINE.encode())), errors.ReviewError),
    "flate bomb.pdf": (page(stream(squashed(b" ", 1200), SQUASHED)), errors.LimitExceeded),
    "no size.pdf": (page(TEXT, box="0 0 0 0"), None),
    "huge.pdf": (page(TEXT, box="0 0 10000000 10000000"), None),
    "ciphers.pdf": (
        page(stream(b"BT /F1 12 Tf 72 700 Td <0001000200030004> Tj ET"), font=CIPHERS,
             extra=(DESCENDANT, DESCRIPTOR)),
        errors.ScannedDocument,
    ),
    "image bomb.pdf": (
        page(
            stream(b"595 0 0 842 0 0 cm /I Do"), more=b"/XObject<</I 6 0 R>>",
            extra=(stream(squashed(b"\0", 300), IMAGE[2:] + b"/BitsPerComponent 1" + SQUASHED),),
        ),
        errors.ReviewError,
    ),
    "many pages.pdf": (too_many_pages, errors.LimitExceeded),
    "deep.docx": (docx_with("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000), errors.DocumentUnreadable),
    "laughs.docx": (
        docx_with("<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>",
                  f'<!DOCTYPE x [<!ENTITY a0 "{SECRET}">{LAUGHS}]>'),
        errors.DocumentUnreadable,
    ),
    "binary.txt": (bytes(range(256)) * 9, errors.DocumentUnreadable),
}  # fmt: skip


def write(name: str, folder: Path) -> Path:
    content, _ = FILES[name]
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)
    return path


@pytest.mark.parametrize("name", FILES)
def test_each_gets_an_answer(tmp_path: Path, name: str) -> None:
    path = write(name, tmp_path)
    limits = Limits(1024, SECONDS)
    started = time.monotonic()
    error: errors.ReviewError | None = None
    try:
        document = parse(path, document_id="d", document_type="other", limits=limits)
    except errors.ReviewError as caught:
        error = caught
    assert time.monotonic() - started < SECONDS + 5
    expected = FILES[name][1]
    if expected is None:
        assert error is None
        assert SECRET in document.blocks[0].text
    else:
        assert isinstance(error, expected)
        assert "; " in str(error), "the message tells no next move"
        assert SECRET not in str(error)
        assert name not in str(error)


def test_five_thousand_pages_are_refused_at_once(tmp_path: Path) -> None:
    path = write("many pages.pdf", tmp_path)
    started = time.monotonic()
    with pytest.raises(errors.LimitExceeded, match="more than 3000 pages; split it"):
        parse(path, document_id="d", document_type="other", limits=Limits(1024, SECONDS))
    assert time.monotonic() - started < 10


def test_a_study_full_of_them_builds_what_can_be_read(tmp_path: Path, dhr) -> None:
    study = write_study(tmp_path / "study", {"good.txt": FIRST})
    settings = f"[extract]\nmemory_mb = 1024\nseconds = {SECONDS}\n"
    (study / "study.toml").write_text(settings, encoding="utf-8")
    with (study / "reviews.csv").open("a", encoding="utf-8") as rows:
        for name in FILES:
            write(name, study)
            rows.write(f'"{name}",,,,,,\n')
    outputs = tmp_path / "outputs"
    done = dhr("run", "--study", study, "--outputs", outputs, "--workers", "2")
    bad = sum(expected is not None for _, expected in FILES.values())
    assert done.returncode == 1, done.stderr
    assert SECRET not in done.stdout + done.stderr
    with (outputs / "tables" / "documents.csv").open(encoding="utf-8", newline="") as file:
        documents = list(csv.DictReader(file))
    aside = [row for row in documents if row["status"] == "set aside"]
    assert len(documents) == len(FILES) + 1
    assert len(aside) == bad
    assert all(row["reason"] and SECRET not in row["reason"] for row in aside)
    assert not list((outputs / "private" / "errors").glob("*"))
    with (outputs / "tables" / "reviews.csv").open(encoding="utf-8", newline="") as file:
        built = [row for row in csv.DictReader(file) if row["status"] == "built"]
    assert any(int(row["codings"]) for row in built)
