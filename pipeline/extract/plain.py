"""Plain text files to blocks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from pipeline.errors import DocumentUnreadable
from pipeline.extract import numbers
from pipeline.extract.block import Block
from pipeline.extract.headings import LEADERS, Style, heading_levels, is_title, split_heading
from pipeline.extract.hyphens import Hyphens

_RULE = re.compile(r"[-=_*\s]+$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
WRAPPED_WIDTH = 100
"""A file whose lines are all shorter than this many signs was wrapped at a fixed width."""


def read_text(path: Path) -> list[Block]:
    """Blocks of a text file in whatever encoding; raises `DocumentUnreadable` for binary data."""
    text = _decode(path.read_bytes())
    lines = [" ".join(line.split()) for line in re.split(r"\r\n|[\n\r\f\v]", text)]
    hyphens = Hyphens(lines)
    paragraphs = _joined(lines, hyphens) if _is_wrapped(lines) else filter(None, lines)
    return _levelled([_block(text) for text in paragraphs if not _RULE.fullmatch(text)])


def _decode(data: bytes) -> str:
    from charset_normalizer import from_bytes

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        text = str(best) if best else ""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    printable = sum(sign.isprintable() or sign.isspace() for sign in text)
    if not text.strip() or printable < 0.95 * len(text):
        raise DocumentUnreadable(
            "the file is not plain text, or empty; save it anew as UTF-8 text, then make"
        )
    return text


def _is_wrapped(lines: list[str]) -> bool:
    """Whether paragraphs are parted by blank lines rather than each on one line."""
    filled = [line for line in lines if line]
    pairs = sum(bool(a and b) for a, b in pairwise(lines))
    return bool(filled) and max(map(len, filled)) <= WRAPPED_WIDTH and pairs > 0


def _joined(lines: list[str], hyphens: Hyphens) -> Iterator[str]:
    open_lines: list[str] = []
    for line in lines:
        if open_lines and (not line or _starts(line, open_lines)):
            yield hyphens.join(open_lines)
            open_lines = []
        if line:
            open_lines.append(line)
    if open_lines:
        yield hyphens.join(open_lines)


def _starts(line: str, open_lines: list[str]) -> bool:
    """Whether a line begins a paragraph although no blank line stands before it."""
    if numbers.split_bullet(line) is not None or LEADERS.search(open_lines[-1]):
        return True
    number, _ = numbers.split_number(line)
    ended = re.search(r"[.!?:;]\W*$", open_lines[-1])
    return bool(number and ended) or _heading(open_lines[0])


def _heading(text: str) -> bool:
    number, rest = split_heading(text)
    return not LEADERS.search(text) and is_title(rest, number=number, alone=True)


def _block(text: str) -> Block:
    if (item := numbers.split_bullet(text)) is not None:
        return Block(kind="list-item", text=item)
    if _heading(text):
        number, text = split_heading(text)
        return Block(kind="heading", text=text, number=number, level=1)
    # A sentence that begins with a number needs a capital after it to be a numbered paragraph.
    bare = bool(re.match(r"\d{1,3}\s+[\"'“‘(]?[A-Z]", text))
    number, rest = numbers.split_number(text, bare=bare)
    if not rest:
        return Block(kind="paragraph", text=text)
    kind = "list-item" if number and numbers.is_item(number) else "paragraph"
    return Block(kind=kind, text=rest, number=number)


def _levelled(blocks: list[Block]) -> list[Block]:
    styles = [Style(0, False, numbers.parts(block.number)) for block in blocks]
    levels = heading_levels([s for s, b in zip(styles, blocks, strict=True) if b.level])
    return [
        replace(block, level=levels[style]) if block.level else block
        for style, block in zip(styles, blocks, strict=True)
    ]
