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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = f"The sister’s “account” was heard at the café on the quay. {FILLER} " * 3
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert read(tmp_path / "a.txt").blocks[0].text == text.strip()


def test_signs_are_clean(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The re\u00adcord of the cafe\u0301\u200b  is kept.")
    assert read(tmp_path / "a.txt").blocks[0].text == "The record of the café is kept."
