"""Text files to blocks."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from printed import FILLER, read

TEXT = [
    "ANALYSIS", "4. Police", f"4.1 {FILLER}", "• One of two.", "(a) the first;", f"Plain. {FILLER}",
    "Recommendations", f"Recommendation 2: {FILLER}",
]  # fmt: skip
BLOCKS = [
    ("heading", None, "ANALYSIS"), ("heading", "4", "Police"), ("paragraph", "4.1", FILLER),
    ("list-item", None, "One of two."), ("list-item", "(a)", "the first;"),
    ("paragraph", None, f"Plain. {FILLER}"), ("heading", None, "Recommendations"),
    ("paragraph", "Recommendation 2", FILLER),
]  # fmt: skip


@pytest.mark.parametrize("width", [0, 72])
def test_blocks_of_long_and_of_wrapped_lines(tmp_path: Path, width: int) -> None:
    wrapped = [textwrap.fill(text, width) if width else text for text in TEXT]
    (tmp_path / "a.txt").write_text("\n\n".join(wrapped))
    blocks = read(tmp_path / "a.txt").blocks
    assert [(b.kind, b.number, b.text) for b in blocks] == BLOCKS


def test_one_paragraph_per_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(TEXT))
    blocks = read(tmp_path / "a.txt").blocks
    assert [(b.kind, b.number, b.text) for b in blocks] == BLOCKS


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16", "utf-16-le", "utf-32"]
)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = f"The sister’s “account” was heard at the café on the quay. {FILLER} " * 3
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert read(tmp_path / "a.txt").blocks[0].text == text.strip()


def test_form_feeds_end_pages_and_page_numbers_are_labels(tmp_path: Path) -> None:
    broken = f"{textwrap.fill(FILLER, 72)}\nIt was not until\n\n8\n\fthe spring that he rang."
    (tmp_path / "a.txt").write_text(f"Analysis\n\n4.1 {broken}\n\nPage 9 of 9\n\f")
    document = read(tmp_path / "a.txt")
    assert (document.pages, document.pages_ocr) == (2, 0)
    heading, paragraph = document.blocks
    assert (heading.text, heading.page, heading.page_label) == ("Analysis", 1, "8")
    assert paragraph.text == f"{FILLER} It was not until the spring that he rang."
    assert (paragraph.page, paragraph.page_end) == (1, 2)


def test_without_form_feeds_no_page_is_known(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{FILLER}\n\n8\n")
    document = read(tmp_path / "a.txt")
    assert document.pages is None
    assert document.blocks[0].page is None


def test_a_long_web_address_does_not_unwrap_a_file(tmp_path: Path) -> None:
    paragraphs = [textwrap.fill(FILLER, 72)] * 20 + ["https://example.org/" + "x" * 120]
    (tmp_path / "a.txt").write_text("\n\n".join(paragraphs))
    assert [b.text for b in read(tmp_path / "a.txt").blocks] == [FILLER] * 20 + paragraphs[-1:]


def test_indented_first_lines_begin_paragraphs(tmp_path: Path) -> None:
    paragraph = textwrap.fill(FILLER, 72, initial_indent="   ")
    (tmp_path / "a.txt").write_text("\n".join([paragraph] * 3))
    assert [b.text for b in read(tmp_path / "a.txt").blocks] == [FILLER] * 3


def test_signs_are_clean(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The re\u00adcord of the cafe\u0301\u200b  is kept.")
    assert read(tmp_path / "a.txt").blocks[0].text == "The record of the café is kept."
