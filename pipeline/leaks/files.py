"""Files outside private/ → cells of text, each kind read as those read it who open it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.leaks.search import Cell

_OFFICE = (".xlsx", ".docx", ".pptx", ".odt", ".ods")
_INLINE = frozenset({"a", "b", "em", "i", "mark", "span", "strong", "sub", "sup", "tspan", "u"})
_BLOCKS = ("p", "si", "is")
"""Elements of office files whose text may be cut into runs: paragraphs, shared strings."""
_CITED = re.compile(r"Review (\d+)")
_KEYS = ("review_id", "passage_id", "citation")
_KEYED_HASH = re.compile(r"(?=.*[a-f])[0-9a-f]{16,}")
_REASON = "reason"
"""A column of the software's own words, which quote a word or two of a passage."""
_OF_ONE_REVIEW = ("Case", "TextSource", "Note")
_SAYING = ("name", "id", "origin", "basePath", "plainTextPath", "richTextPath", "path")
"""Attributes of REFI-QDA that are no numbers, dates or GUIDs."""
_OF_REVIEW = re.compile(r"(\d+)\.")


class HoldsFiles(ValueError):
    """An office file whose text was searched, but not the `parts` that are no text."""

    def __init__(self, parts: list[str]) -> None:
        super().__init__("it holds files within")
        self.parts = parts


def cells(path: Path, name: str) -> Iterator[Cell]:
    """The cells of one file, which is called `name` below the outputs; its name is the first.

    Raises `ValueError` when the file cannot be searched: a picture, or damaged; `HoldsFiles`, which
    is one, after the cells of an office file with pictures.
    """
    yield Cell(name, "file name", "", name)
    reader = _READERS.get(path.suffix.lower(), _plain)
    try:
        yield from reader(path, name)
    except HoldsFiles:
        raise
    except (OSError, ValueError, KeyError, pa.ArrowInvalid, ElementTree.ParseError,
            zipfile.BadZipFile) as error:  # fmt: skip
        raise ValueError(type(error).__name__) from None


def _review(name: str) -> int | None:
    """The review that a file is of: '7.spans.parquet' is of Review 7."""
    match = _OF_REVIEW.match(Path(name).name)
    return int(match[1]) if match else None


def _parquet(path: Path, name: str) -> Iterator[Cell]:
    table = pq.read_table(path, partitioning=None)
    metadata = [table.schema.metadata, *(field.metadata for field in table.schema)]
    for key, value in (item for found in metadata for item in (found or {}).items()):
        yield Cell(name, "metadata", key.decode(errors="replace"), value.decode(errors="replace"))
    yield Cell(name, "metadata", "columns", "\n".join(table.column_names))
    texts = [f.name for f in table.schema if not _numeric(f.type)]
    wanted = [n for n in table.column_names if n in {*texts, *_KEYS}]
    for position, row in enumerate(table.select(wanted).to_pylist(), start=1):
        yield from _row(name, row, texts, str(position))


def _numeric(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))


def _row(name: str, row: dict[str, Any], texts: list[str], position: str) -> Iterator[Cell]:
    """The cells of one row; a row with a passage id holds a review's own text."""
    review = str(row.get("review_id") or "")
    if not review and (cited := _CITED.match(str(row.get("citation") or ""))):
        review = cited[1]
    passage = row.get("passage_id")
    at = str(passage or position)
    own = int(review) if review.isdecimal() else None
    for column in texts:
        text = "" if row[column] is None else str(row[column])
        if text and not _KEYED_HASH.fullmatch(text):
            quoted = bool(passage) and column != _REASON
            yield Cell(name, column, at, text, own, passage=quoted)


def _delimited(path: Path, name: str) -> Iterator[Cell]:
    text = path.read_bytes().decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="more", restval="")
    yield Cell(name, "header", "1", "\n".join(reader.fieldnames or ()))
    for row in reader:
        filled = {column: value for column, value in row.items() if value}
        yield from _row(name, filled, list(filled), str(reader.line_num))


def rows_of(name: str, frame: Any) -> Iterator[Cell]:
    """The cells of a frame that is about to be written or printed as `name`."""
    texts = [column for column in frame.columns if frame[column].dtype.kind not in "iufb"]
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    for position, row in enumerate(records, start=1):
        yield from _row(name, row, texts, str(position))


def _json(path: Path, name: str) -> Iterator[Cell]:
    for at, text in _strings(json.loads(path.read_bytes()), ""):
        yield Cell(name, "", at or "top", text)


def _strings(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield at, str(key)
            yield from _strings(inner, f"{at}.{len(at)}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _strings(inner, f"{at}.{position}")
    elif isinstance(value, str):
        yield at, value


class _Page(HTMLParser):
    """Text of a page and of its attributes, comments and scripts; a line per block.

    A cell of a table may name its column (`data-column`), as those of the report do.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.columns: list[tuple[str, list[str]]] = [("line", self.pieces)]
        """Columns and their pieces of text, in the order of the page."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end(tag)
        self.pieces += [f"\n{value}\n" for _, value in attrs if value and tag != "path"]
        if tag in ("td", "th"):
            self._begin(dict(attrs).get("data-column") or "line")

    def handle_endtag(self, tag: str) -> None:
        self._end(tag)
        if tag in ("td", "th"):
            self._begin("line")

    def _begin(self, column: str) -> None:
        if column != self.columns[-1][0]:
            self.pieces = []
            self.columns.append((column, self.pieces))

    def _end(self, tag: str) -> None:
        if tag not in _INLINE:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_comment(self, data: str) -> None:
        self.pieces.append(f"\n{data}\n")


def _page(path: Path, name: str) -> Iterator[Cell]:
    page = _Page()
    page.feed(path.read_bytes().decode())
    page.close()
    lines = [(column, line) for column, pieces in page.columns
             for line in "".join(pieces).splitlines()]  # fmt: skip
    yield from _lines(lines, name)


def _plain(path: Path, name: str) -> Iterator[Cell]:
    text = path.read_bytes().decode("utf-8-sig")
    yield from _lines([("line", line) for line in text.splitlines()], name)


def _lines(lines: Iterable[tuple[str, str]], name: str) -> Iterator[Cell]:
    for position, (column, line) in enumerate(lines, start=1):
        if line.strip():
            yield Cell(name, column, str(position), line)


def _office(path: Path, name: str) -> Iterator[Cell]:
    """Every part of a zipped office file: sheets by cell, the rest by paragraph and attribute."""
    with zipfile.ZipFile(path) as file:
        parts = {
            part: ElementTree.fromstring(file.read(part))
            for part in file.namelist()
            if part.endswith((".xml", ".rels"))
        }
        others = [part for part in file.namelist() if part not in parts and part[-1] != "/"]
    yield Cell(name, "part names", "", "\n".join([*parts, *others]))
    shared = [_text(s) for s in parts.get("xl/sharedStrings.xml", ElementTree.Element("none"))]
    for part, root in parts.items():
        if part.startswith("xl/worksheets/sheet"):
            yield from _sheet(name, part, root, shared)
        if part != "xl/sharedStrings.xml":
            yield from _blocks(name, part, root)
    if others:
        raise HoldsFiles(others)


def _sheet(name: str, part: str, root: ElementTree.Element, shared: list[str]) -> Iterator[Cell]:
    headers: dict[str, str] = {}
    for cell in root.iter():
        if _local(cell) != "c":
            continue
        at = cell.get("r", "")
        letters = at.rstrip("0123456789")
        text = "".join(_text(inner) for inner in cell if _local(inner) in ("v", "is"))
        if cell.get("t") == "s" and text.isdecimal():
            text = shared[int(text)]
        headers.setdefault(letters, text)
        yield Cell(name, headers[letters], f"{Path(part).stem}!{at}", text)


def _blocks(name: str, part: str, root: ElementTree.Element) -> Iterator[Cell]:
    columns = _columns(root)
    for position, element in enumerate(root.iter(), start=1):
        at = str(position)
        column = columns.get(element, part)
        if _local(element) in _BLOCKS:
            yield Cell(name, column, at, _text(element))
        elif element.text and element.text.strip() and _local(element) != "v":
            yield Cell(name, column, at, element.text)
        for value in element.attrib.values():
            if not value.isdecimal():
                yield Cell(name, part, at, value)


def _project(path: Path, name: str) -> Iterator[Cell]:
    """A REFI-QDA project: its texts by line, its XML by element and attribute."""
    with zipfile.ZipFile(path) as file:
        members = [part for part in file.namelist() if part[-1] != "/"]
        parts = {part: file.read(part) for part in members if part.endswith((".qde", ".txt"))}
    yield Cell(name, "part names", "", "\n".join(members))
    for part, content in parts.items():
        if part.endswith(".qde"):
            yield from _exchanged(name, part, ElementTree.fromstring(content))
        else:
            review, lines = None, content.decode("utf-8-sig").splitlines()
            for position, line in enumerate(lines, start=1):
                if position == 1 and (cited := _CITED.match(line)):
                    review = int(cited[1])
                if line:
                    yield Cell(name, part, str(position), line, review, passage=position > 1)
    if len(parts) < len(members):
        raise ValueError("it holds files within")


def _codebook(path: Path, name: str) -> Iterator[Cell]:
    yield from _exchanged(name, "codebook", ElementTree.parse(path).getroot())


def _exchanged(name: str, part: str, root: ElementTree.Element) -> Iterator[Cell]:
    """Texts and attributes of REFI-QDA; a variable's values stand in a column of its name."""
    named = {e.get("guid"): e.get("name", "") for e in root.iter() if _local(e) == "Variable"}
    review, column = None, part
    for position, element in enumerate(root.iter(), start=1):
        kind = _local(element)
        if kind in _OF_ONE_REVIEW:
            cited = _CITED.match(element.get("name", ""))
            review = int(cited[1]) if cited else None
        if kind == "VariableRef":
            column = named.get(element.get("targetGUID"), part)
        if element.text and element.text.strip():
            where = column if kind.endswith("Value") else part
            yield Cell(name, where, str(position), element.text, review)
        for attribute in _SAYING:
            if value := element.get(attribute):
                yield Cell(name, part, str(position), value, review)


def _columns(root: ElementTree.Element) -> dict[ElementTree.Element, str]:
    """What stands in a Word table below a row that heads it → the column, in small letters."""
    found: dict[ElementTree.Element, str] = {}
    for table in (element for element in root.iter() if _local(element) == "tbl"):
        head, *rows = [[c for c in row if _local(c) == "tc"] for row in table if
                       _local(row) == "tr"] or [[]]  # fmt: skip
        if not any(_local(element) == "tblHeader" for element in table.iter()):
            continue
        for row in rows:
            for title, cell in zip(map(_text, head), row, strict=False):
                found |= dict.fromkeys(cell.iter(), title.strip().lower())
    return found


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def _pdf(path: Path, name: str) -> Iterator[Cell]:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        for key, value in pdf.get_metadata_dict(skip_empty=True).items():
            yield Cell(name, "document properties", key, value)
        for position in range(len(pdf)):
            text = pdf[position].get_textpage().get_text_bounded().replace("\r\n", " ")
            yield Cell(name, "page", str(position + 1), text, _review(name))


_READERS: dict[str, Callable[[Path, str], Iterator[Cell]]] = {
    ".parquet": _parquet,
    ".csv": _delimited,
    ".json": _json,
    **dict.fromkeys((".html", ".htm", ".svg", ".xml"), _page),
    **dict.fromkeys(_OFFICE, _office),
    ".pdf": _pdf,
    ".qdpx": _project,
    ".qdc": _codebook,
}
