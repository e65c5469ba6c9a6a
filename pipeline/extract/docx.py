"""Word documents (DOCX) to blocks."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.errors import DocumentEncrypted, DocumentUnreadable, LimitExceeded
from pipeline.extract import numbers
from pipeline.extract.block import Block
from pipeline.extract.headings import CAPTION, LEADERS, split_heading
from pipeline.extract.lists import ListNumbers

MAX_UNPACKED = 512 << 20
"""Bytes of XML; a review's has a few million. A zip bomb has more."""
OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How a password-protected DOCX begins (and an old DOC): MS-CFB, section 2.2."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def read_docx(path: Path) -> list[Block]:
    """Blocks of a Word document in body order; pages are not known.

    Raises `DocumentUnreadable`, `DocumentEncrypted` or `LimitExceeded`.
    """
    _check(path)
    from docx import Document

    return list(_Reader(Document(str(path))).blocks())


def _check(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(8) == OLE_SIGNATURE:
            raise DocumentEncrypted(
                "the file asks for a password, or is an old DOC; save it as DOCX without, then make"
            )
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise DocumentUnreadable(
            "the file is damaged or not a DOCX; fetch it again or save it anew, then make"
        ) from None
    if size > MAX_UNPACKED:
        raise LimitExceeded("the DOCX unpacks to more than 512 MB; save it without pictures")


class _Reader:
    """Reads one document's body; keeps the list counters and the footnotes."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.lists = ListNumbers(document)
        self.notes = _footnotes(document)
        self.bold_headings = not any(_level(paragraph) for paragraph in document.paragraphs)
        self.printed = 0

    def blocks(self) -> Iterator[Block]:
        from docx.table import Table

        for item in self.document.iter_inner_content():
            if isinstance(item, Table):
                yield from self._rows(item)
            else:
                yield from self._paragraph(item)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        # A page break or a line break inside a paragraph is one space.
        text = _clean(_text(paragraph._p))
        if text:
            yield self._block(paragraph, text)
        yield from self._cited(paragraph._p)

    def _block(self, paragraph: Any, text: str) -> Block:
        label = self.lists.label(paragraph)
        style = (paragraph.style.name or "").casefold() if paragraph.style else ""
        if style.startswith(("caption",)) or (CAPTION.match(text) and len(text) < 200):
            return Block(kind="caption", text=text)
        level = _level(paragraph) or self._looks_like_heading(paragraph, text)
        if level and not LEADERS.search(text):
            number, rest = (label, text) if label else split_heading(text)
            return Block(kind="heading", text=rest, number=number, level=level)
        if label is not None:
            kind = "list-item" if not label or numbers.is_item(label) else "paragraph"
            return Block(kind=kind, text=text, number=label or None)
        if (item := numbers.split_bullet(text)) is not None:
            return Block(kind="list-item", text=item)
        return self._numbered(paragraph, text, style)

    def _numbered(self, paragraph: Any, text: str, style: str) -> Block:
        # A tab after the number tells it from a sentence that begins with a number.
        tabbed = bool(re.match(r"\s*\d{1,3}\t", _text(paragraph._p)))
        follows = re.match(r"(\d{1,3}) [\"'“‘(]?[A-Z]", text)
        bare = tabbed or bool(follows and int(follows[1]) in (self.printed, self.printed + 1))
        number, rest = numbers.split_number(text, bare=bare)
        if not rest:
            number, rest = None, text
        if number and number.isdecimal():
            self.printed = int(number)
        listed = style.startswith("list") or bool(number and numbers.is_item(number))
        return Block(kind="list-item" if listed else "paragraph", text=rest, number=number)

    def _looks_like_heading(self, paragraph: Any, text: str) -> int:
        """1 for a short bold paragraph of a document that uses no heading styles."""
        runs = [run for run in paragraph.runs if run.text.strip()]
        short = len(text) < 120 and not re.search(r"[.;,]$", text)
        bold = bool(runs) and all(run.bold for run in runs)
        return int(self.bold_headings and short and bold)

    def _rows(self, table: Any) -> Iterator[Block]:
        from pipeline.extract.rows import names_columns

        rows = [(row, _cells(row)) for row in table.rows]
        rows = [(row, cells) for row, cells in rows if any(cells)]
        header = None
        if len(rows) > 1 and names_columns(rows[0][1]):
            header = " | ".join(rows[0][1])
        for index, (row, cells) in enumerate(rows):
            above = header if index else None
            if len(cells) == 1:
                # A box round a paragraph.
                yield Block(kind="paragraph", text=cells[0])
            else:
                yield Block(kind="table-row", text=" | ".join(cells).strip(), table_header=above)
            yield from self._cited(row._tr)

    def _cited(self, element: Any) -> Iterator[Block]:
        """The footnotes that an element refers to."""
        for reference in element.iter(f"{_W}footnoteReference"):
            note = self.notes.get(reference.get(f"{_W}id"))
            if note and note.text:
                yield note


def _cells(row: Any) -> list[str]:
    """The text of each cell; a cell merged over columns counts once."""
    seen: list[Any] = []
    for cell in row.cells:
        if cell._tc not in seen:
            seen.append(cell._tc)
    return [_clean(" ".join(_text(paragraph) for paragraph in tc.iter(f"{_W}p"))) for tc in seen]


def _level(paragraph: Any) -> int:
    """The depth of a heading style, 0 for all else; a title stands with the first level."""
    name = (paragraph.style.name or "") if paragraph.style else ""
    if name == "Title":
        return 1
    match = re.match(r"heading (\d)", name, re.IGNORECASE)
    if match:
        return int(match[1])
    outline = paragraph._p.find(f"{_W}pPr/{_W}outlineLvl")
    depth = int(outline.get(f"{_W}val", "9")) if outline is not None else 9
    return depth + 1 if depth < 9 else 0


def _text(element: Any) -> str:
    """Text of a paragraph as it reads with all changes accepted; hidden text is left out."""
    parts: list[str] = []
    for node in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        tag = node.tag.removeprefix(_W)
        if tag == "tab" and node.getparent().tag == f"{_W}tabs":
            continue
        parts.append({"t": node.text or "", "noBreakHyphen": "-", "tab": "\t"}.get(tag, " "))
    return "".join(parts)


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def _footnotes(document: Any) -> dict[str, Block]:
    """The footnotes by the id that references use, numbered in order of reference."""
    from docx.oxml import parse_xml

    part = next((relation.target_part for relation in document.part.rels.values()
                 if relation.reltype == _FOOTNOTES), None)  # fmt: skip
    if part is None:
        return {}
    texts = {
        note.get(f"{_W}id"): _clean(" ".join(_text(p) for p in note.iter(f"{_W}p")))
        for note in parse_xml(part.blob).iter(f"{_W}footnote")
    }
    cited = [node.get(f"{_W}id") for node in document.element.iter(f"{_W}footnoteReference")]
    blank = Block(kind="footnote", text="")
    return {
        identity: replace(blank, text=texts.get(identity, ""), number=str(number))
        for number, identity in enumerate(dict.fromkeys(cited), start=1)
    }
