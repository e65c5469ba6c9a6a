"""Plain text files to blocks; a form feed ends a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from pipeline.errors import DocumentUnreadable
from pipeline.extract import numbers
from pipeline.extract.block import Block
from pipeline.extract.headings import Style, has_leaders, heading_levels, is_title, split_heading
from pipeline.extract.hyphens import Hyphens

_RULE = re.compile(r"[-=_*\s]+$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_PAGE_LABEL = re.compile(r"(?:page )?(\d{1,4})(?: (?:of|/) \d{1,4})?", re.IGNORECASE)
WRAPPED_WIDTH = 100
"""A file whose lines are shorter than this many signs was wrapped at a fixed width."""
WRAPPED_LINES = 0.98
"""Share of the lines of which that is true: a web address cannot be wrapped."""
ENCODINGS = ["utf_16", "utf_32", "utf_16_le", "utf_16_be", "cp1252", "mac_roman"]
"""What text in English comes in beside UTF-8; a guess among all encodings is often wrong."""


@dataclass(frozen=True)
class _Line:
    """One line, white space cleaned; `page` is 1-based."""

    text: str
    page: int
    indented: bool = False
    label: str | None = None


def read_text(path: Path) -> tuple[int | None, list[Block]]:
    """Number of pages, None without form feeds, and blocks of a text file in whatever encoding.

    Raises `DocumentUnreadable` for binary data.
    """
    pages = decode(path.read_bytes()).rstrip().split("\f")
    lines = [line for number, page in enumerate(pages, start=1) for line in _lines(page, number)]
    if len(pages) > 1:
        lines = _labelled(lines)
    texts = [line.text for line in lines]
    groups = _joined(lines) if _is_wrapped(texts) else ([line] for line in lines if line.text)
    hyphens = Hyphens(texts)
    blocks = [
        replace(_block(text), **(_pages(group) if len(pages) > 1 else {}))
        for group in groups
        if not _RULE.fullmatch(text := hyphens.join(line.text for line in group))
    ]
    return (len(pages) if len(pages) > 1 else None), _levelled(blocks)


def _lines(page: str, number: int) -> list[_Line]:
    return [
        _Line(" ".join(line.split()), number, line[:1].isspace())
        for line in re.split(r"\r\n|[\n\r\v]", page)
    ]


def _labelled(lines: list[_Line]) -> list[_Line]:
    """The lines without the page numbers at the head or foot of each page, which they bear."""
    kept: list[_Line] = []
    for _, page in groupby(lines, key=lambda line: line.page):
        body = list(page)
        filled = [line for line in body if line.text]
        found = (_PAGE_LABEL.fullmatch(line.text) for line in [*filled[-1:], *filled[:1]])
        match = next(filter(None, found), None)
        if match:
            body = [replace(line, label=match[1]) for line in body if line.text != match[0]]
            while body and not body[-1].text:
                body.pop()
        kept += body
    return kept


def _pages(group: list[_Line]) -> dict[str, Any]:
    first, last = group[0], group[-1]
    return {"page": first.page, "page_end": last.page, "page_label": first.label}


def decode(data: bytes) -> str:
    """Text from bytes of whatever encoding; raises `DocumentUnreadable` for binary data."""
    from charset_normalizer import from_bytes

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    # English in UTF-16 without a mark is UTF-8 with a zero byte after each letter.
    if not text or "\0" in text:
        best = from_bytes(data, cp_isolation=ENCODINGS).best()
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
    short = sum(len(line) <= WRAPPED_WIDTH for line in filled)
    return bool(filled) and short >= WRAPPED_LINES * len(filled) and pairs > 0


def _joined(lines: list[_Line]) -> Iterator[list[_Line]]:
    """The lines of each paragraph."""
    open_lines: list[_Line] = []
    for line in lines:
        if open_lines and (not line.text or _starts(line, open_lines)):
            yield open_lines
            open_lines = []
        if line.text:
            open_lines.append(line)
    if open_lines:
        yield open_lines


def _starts(line: _Line, open_lines: list[_Line]) -> bool:
    """Whether a line begins a paragraph although no blank line stands before it."""
    first, last = open_lines[0], open_lines[-1]
    if line.indented and first.indented and not last.indented:
        return True
    if numbers.split_bullet(line.text) is not None or has_leaders(last.text):
        return True
    number, _ = numbers.split_number(line.text)
    ended = re.search(r"[.!?:;]\W*$", last.text)
    return bool(number and ended) or _heading(first.text)


def _heading(text: str) -> bool:
    number, rest = split_heading(text)
    return not has_leaders(text) and is_title(rest, number=number, alone=True)


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
