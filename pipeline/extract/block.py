"""What a reader hands on: a document as blocks in reading order. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in points from the left and top edges of the page as it is read."""


def around(boxes: Sequence[Box]) -> Box:
    """The box round some boxes."""
    x0s, tops, x1s, bottoms = zip(*boxes, strict=True)
    return min(x0s), min(tops), max(x1s), max(bottoms)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One heading, paragraph, list item, table row, footnote or caption.

    `number` is printed before the text and is not part of it; `level` is the depth of a
    heading, 1 outermost, and 0 for all else; pages are 1-based and None where the format has
    none; `table_header` belongs to the rows under a header row; `ocr_confidence` (0 to 1) is
    there for what was read from a picture.
    """

    kind: str
    text: str
    number: str | None = None
    level: int = 0
    page: int | None = None
    page_end: int | None = None
    page_label: str | None = None
    table_header: str | None = None
    box: Box | None = None
    ocr_confidence: float | None = None


@dataclass(frozen=True)
class LeftOut:
    """Text of a page (1-based) that enters no passage, and what kind of text it is."""

    page: int
    kind: str
    text: str


@dataclass(frozen=True)
class DocumentWarning:
    """Something in a document that its publisher should know of; it quotes nothing.

    `page` is 1-based, None for the whole document; `n` counts words or things of that kind.
    """

    page: int | None
    kind: str
    n: int
    message: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader found in one document; the pages are None where the format has none.

    `pages_ocr` counts the pages that were read from pictures. `hidden` is text that its print
    does not show, `removed` what is printed round the text: running lines and watermarks.
    """

    pages: int | None = None
    pages_ocr: int | None = None
    blocks: list[Block] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    hidden: list[LeftOut] = field(default_factory=list)
    removed: list[LeftOut] = field(default_factory=list)


@dataclass(frozen=True)
class ParsedDocument:
    """One document as read: see `Reading` for the fields that both have.

    `overrules` are headings with the section roles that the analyst gives them.
    """

    document_id: str
    document_type: str
    pages: int | None
    pages_ocr: int | None
    blocks: list[Block] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    hidden: list[LeftOut] = field(default_factory=list)
    removed: list[LeftOut] = field(default_factory=list)
    overrules: tuple[tuple[str, str], ...] = ()
