"""Word documents (DOCX) to blocks."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pipeline.errors import (
    DocumentEncrypted,
    DocumentUnreadable,
    LimitExceeded,
    UnsupportedFormat,
)
from pipeline.extract import numbers
from pipeline.extract.block import Block
from pipeline.extract.headings import CAPTION, LONGEST_TITLE, has_leaders, split_heading
from pipeline.extract.lists import ListNumbers, printed
from pipeline.extract.reading import NO_PASSWORD, WRONG_PASSWORD
from pipeline.extract.wordml import Paragraph, Styles, W, blocks, children, clean, is_on, value

MAX_UNPACKED = 512 << 20
"""Bytes of XML; a review's has a few million. A zip bomb has more."""
OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How a password-protected DOCX begins (and an old DOC): MS-CFB, section 2.2."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds a password-protected DOCX: MS-OFFCRYPTO, section 2.3.4."""
LONGEST_HEADING = 200
"""Signs; whoever needs Word's numbers gives whole paragraphs the style of a heading."""
_NOTE_FORMATS = {"footnote": "decimal", "endnote": "lowerRoman"}
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_ENTRY = re.compile(r"(.*)\t\s*(\d{1,4}|[ivxlc]+)\s*", re.DOTALL)


def read_docx(path: Path, password: str = "") -> list[Block]:
    """Blocks of a Word document in body order; pages are not known.

    Raises `DocumentUnreadable`, `DocumentEncrypted`, `UnsupportedFormat` or `LimitExceeded`.
    """
    with opened(path, password) as package:
        return list(_Reader(_document(package)).blocks())


@contextmanager
def opened(path: Path, password: str = "") -> Iterator[IO[bytes]]:
    """The package of a Word document, decrypted; raises as `read_docx` does."""
    with path.open("rb") as file:
        locked = file.read(len(OLE_SIGNATURE)) == OLE_SIGNATURE
        file.seek(0)
        package = _unlocked(file, password) if locked else file
        _check(package)
        yield package


def _unlocked(file: IO[bytes], password: str) -> IO[bytes]:
    if _ENCRYPTED not in file.read():
        raise UnsupportedFormat("the file is an old DOC; open it, save it as DOCX, then make")
    if not password:
        raise DocumentEncrypted(NO_PASSWORD)
    try:
        import msoffcrypto
        from msoffcrypto import exceptions
    except ImportError:
        raise DocumentEncrypted(
            "the package msoffcrypto-tool, which opens a DOCX with its password, is not "
            "installed; run `make setup`, or save a copy without a password; then "
            "`dhr run --retry`"
        ) from None
    unlocked = io.BytesIO()
    try:
        file.seek(0)
        locked = msoffcrypto.OfficeFile(file)
        locked.load_key(password=password, verify_password=True)
        locked.decrypt(unlocked)
    except exceptions.InvalidKeyError:
        raise DocumentEncrypted(WRONG_PASSWORD) from None
    except (exceptions.DecryptionError, exceptions.FileFormatError, exceptions.ParseError):
        raise DocumentEncrypted(
            "the file is encrypted in a way that is not read; save a copy without a password, "
            "then make"
        ) from None
    return unlocked


def _check(package: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(package) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise DocumentUnreadable(
            "the file is damaged or not a DOCX; fetch it again or save it anew, then make"
        ) from None
    if size > MAX_UNPACKED:
        raise LimitExceeded("the DOCX unpacks to more than 512 MB; save it without pictures")


def _document(package: IO[bytes]) -> Any:
    from docx import Document

    try:
        return Document(package)
    except (KeyError, ValueError):
        raise DocumentUnreadable(
            "the file holds no Word document, or one in the 'strict' form; open it, save it as "
            "'Word Document (.docx)', then make"
        ) from None


@dataclass(eq=False)
class _Row:
    """One row of a table; a cell that is merged with the one above is None.

    `header` tells that Word repeats it on each page; `after` are the blocks that follow it.
    """

    cells: list[str | None]
    header: bool
    after: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The cells with ' | ' between; merged cells are left out."""
        return " | ".join(cell for cell in self.cells if cell is not None).strip()


class _Reader:
    """Reads one document's body; keeps the list counters and the notes."""

    def __init__(self, document: Any) -> None:
        self.body = document.element.body
        self.styles = Styles(document.styles.element)
        self.lists = ListNumbers(_part(document, "numbering"), self.styles)
        self.notes = _Notes(document, self.styles)
        levels = (_level(paragraph, self.styles) for paragraph in self.body.iter(f"{W}p"))
        titles = ("title", "toc heading")
        self.bold_headings = not any(
            level and self.styles.name(paragraph) not in titles
            for level, paragraph in zip(levels, self.body.iter(f"{W}p"), strict=True)
        )
        self.printed = 0

    def blocks(self) -> Iterator[Block]:
        yield from self._flow(self.body)

    def _flow(self, element: Any) -> Iterator[Block]:
        for item in blocks(element, self.styles):
            if isinstance(item, Paragraph):
                yield from self._paragraph(item)
            else:
                yield from self._table(item)

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Block]:
        # Word counts an empty paragraph of a list, too.
        label = self.lists.label(paragraph.element)
        if paragraph.text:
            yield self._block(paragraph, label)
        yield from self._attached(paragraph)

    def _attached(self, paragraph: Paragraph) -> Iterator[Block]:
        """The notes that a paragraph refers to, and the text boxes that hang on it."""
        yield from filter(None, map(self.notes.block, paragraph.notes))
        for box in paragraph.boxes:
            yield from self._flow(box)

    def _block(self, paragraph: Paragraph, label: str | None) -> Block:
        text, style = paragraph.text, self.styles.name(paragraph.element)
        if paragraph.contents:
            return _contents_line(paragraph, label)
        if style.startswith("caption") or (CAPTION.match(text) and len(text) < 200):
            return Block(kind="caption", text=text)
        level = _level(paragraph.element, self.styles) or self._looks_like_heading(paragraph)
        if level and _is_short(text) and not has_leaders(text):
            number, rest = (label, text) if label else split_heading(text)
            return Block(kind="heading", text=rest, number=number, level=level)
        if label is not None:
            kind = "list-item" if not label or numbers.is_item(label) else "paragraph"
            return Block(kind=kind, text=text, number=label or None)
        if (item := numbers.split_bullet(text)) is not None:
            return Block(kind="list-item", text=item)
        return self._numbered(paragraph, style)

    def _numbered(self, paragraph: Paragraph, style: str) -> Block:
        text = paragraph.text
        # A tab after the number tells it from a sentence that begins with a number.
        tabbed = bool(re.match(r"\s*\S{1,8}\t", paragraph.raw))
        follows = re.match(r"(\d{1,3}) [\"'“‘(]?[A-Z]", text)
        bare = tabbed or bool(follows and int(follows[1]) in (self.printed, self.printed + 1))
        number, rest = numbers.split_number(text, bare=bare)
        if not rest:
            number, rest = None, text
        if number and number.isdecimal():
            self.printed = int(number)
        listed = style.startswith("list") or bool(number and numbers.is_item(number))
        return Block(kind="list-item" if listed else "paragraph", text=rest, number=number)

    def _looks_like_heading(self, paragraph: Paragraph) -> int:
        """1 for a short bold paragraph of a document that uses no heading styles."""
        text = paragraph.text
        short = len(text) < 120 and not re.search(r"[.;,]$", text)
        return int(self.bold_headings and short and paragraph.bold)

    def _table(self, table: Any) -> Iterator[Block]:
        rows = [row for row in children(table, "tr") if not _row_is_gone(row)]
        if all(len(_cells(row)) < 2 for row in rows):
            # A box round paragraphs is no table.
            for cell in (cell for row in rows for cell in _cells(row)):
                yield from self._flow(cell)
        else:
            yield from _rows([self._row(row) for row in rows])

    def _row(self, row: Any) -> _Row:
        flag = row.find(f"{W}trPr/{W}tblHeader")
        read = _Row([], flag is not None and is_on(flag.get(f"{W}val", "1")))
        for cell in _cells(row):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            above = merged is not None and merged.get(f"{W}val", "continue") == "continue"
            text = self._cell(cell, read)
            read.cells.append(None if above and not text else text)
        return read

    def _cell(self, cell: Any, row: _Row) -> str:
        """The text of a cell; what cannot stand on one line with it goes after the row."""
        parts = []
        for item in blocks(cell, self.styles):
            if isinstance(item, Paragraph):
                label = self.lists.label(item.element)
                if item.text:
                    parts.append(item.text if label is None else f"{label or '•'} {item.text}")
                row.after.extend(self._attached(item))
            else:
                row.after.extend(self._table(item))
        return " ".join(parts)


def _part(document: Any, name: str) -> Any | None:
    """The root of a part of the document, by its relation; None where it has none."""
    from docx.oxml import parse_xml

    parts = (relation.target_part for relation in document.part.rels.values()
             if relation.reltype == _RELATIONS + name and not relation.is_external)  # fmt: skip
    part = next(parts, None)
    return None if part is None else parse_xml(part.blob)


class _Notes:
    """Footnotes and endnotes, numbered in the order in which the text refers to them."""

    def __init__(self, document: Any, styles: Styles) -> None:
        self.styles = styles
        self.counts: Counter[str] = Counter()
        self.texts: dict[str, dict[str, Any]] = {}
        self.formats: dict[str, str] = {}
        settings = _part(document, "settings")
        for kind, form in _NOTE_FORMATS.items():
            root = _part(document, f"{kind}s")
            found = [] if root is None else root.iter(f"{W}{kind}")
            self.texts[kind] = {note.get(f"{W}id"): note for note in found}
            chosen = (
                value(holder, f"{kind}Pr/numFmt")
                for holder in (document.element.body.find(f"{W}sectPr"), settings)
                if holder is not None
            )
            self.formats[kind] = next(filter(None, chosen), form)

    def block(self, reference: Any) -> Block | None:
        """The note that a reference in the text points to; None for an empty one."""
        kind = "footnote" if reference.tag == f"{W}footnoteReference" else "endnote"
        number = None
        # A mark that the author typed takes no number.
        if not is_on(reference.get(f"{W}customMarkFollows", "0")):
            self.counts[kind] += 1
            number = printed(self.counts[kind], self.formats[kind])
        note = self.texts[kind].get(reference.get(f"{W}id"))
        paragraphs = [] if note is None else blocks(note, self.styles)
        text = " ".join(
            part.text for part in paragraphs if isinstance(part, Paragraph) and part.text
        )
        return Block(kind="footnote", text=text, number=number) if text else None


def _contents_line(paragraph: Paragraph, label: str | None) -> Block:
    """A line of a contents list, with the dots that Word prints before the page number."""
    entry = _ENTRY.fullmatch(paragraph.raw)
    text = f"{clean(entry[1])} .... {entry[2]}" if entry else paragraph.text
    number, rest = (label, text) if label else split_heading(text)
    return Block(kind="paragraph", text=rest, number=number)


def _rows(rows: list[_Row]) -> Iterator[Block]:
    from pipeline.extract.rows import names_columns

    filled = [row for row in rows if row.text.strip("| ")]
    flagged = [row for row in filled if row.header]
    if flagged == filled:
        flagged = []
    if (
        not flagged
        and len(filled) > 1
        and names_columns([c for c in filled[0].cells if c is not None])
    ):
        flagged = filled[:1]
    header = flagged[-1].text if flagged else None
    for row in rows:
        if row in filled:
            above = None if row in flagged else header
            yield Block(kind="table-row", text=row.text, table_header=above)
        yield from row.after


def _cells(row: Any) -> list[Any]:
    return [cell for cell in children(row, "tc") if cell.find(f"{W}tcPr/{W}cellDel") is None]


def _row_is_gone(row: Any) -> bool:
    """Whether a row was deleted or is hidden."""
    return any(row.find(f"{W}trPr/{W}{name}") is not None for name in ("del", "hidden"))


def _is_short(text: str) -> bool:
    return len(text) <= (LONGEST_TITLE if text.endswith(".") else LONGEST_HEADING)


def _level(paragraph: Any, styles: Styles) -> int:
    """The depth of a heading by style or outline level, 0 for all else.

    A title, and the heading of a contents list, stand with the first level.
    """
    if styles.name(paragraph) in ("title", "toc heading"):
        return 1
    own = value(paragraph, "pPr/outlineLvl")
    if own is not None:
        return _depth(own)
    for style in styles.of(paragraph):
        match = re.match(r"heading (\d)", value(style, "name") or "", re.IGNORECASE)
        outline = value(style, "pPr/outlineLvl")
        if match or outline is not None:
            return int(match[1]) if match else _depth(outline or "")
    return 0


def _depth(outline: str) -> int:
    """Outline levels count from 0; 9 is body text."""
    return int(outline) + 1 if re.fullmatch("[0-8]", outline) else 0
