"""The plain-text source of a fictional review: read, with the gold that it carries.

Front matter between two `---` lines, then one block per line:

    # text, ## text                heading of level 1, 2
    P NUMBER {codes} text          paragraph; NUMBER is printed, - for none
    L {codes} text                 bullet
    T {codes} cell | cell          table row; the first of a run is the header row
    F text                         footnote to the block above
    R NUMBER {codes} agency :: text    recommendation
    X {} text                      boilerplate paragraph, never coded
    PAGEBREAK, LANDSCAPE, PORTRAIT

`{codes}` are code ids with `;` between, each with `@subject`, `/neg`, `/good` or `/rec` where it
applies. `[[TYPE:surface]]` marks an identifier, which is printed as its surface.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

IDENTIFIER_TYPES = ("PERSON", "PLACE", "DATE", "AGE", "CODE", "CONTACT", "OTHER")
POLARITIES = {None: "present", "neg": "absent", "good": "good-practice", "rec": "hypothetical"}
BREAKS = ("PAGEBREAK", "LANDSCAPE", "PORTRAIT")
HEADINGS = {"#": "h1", "##": "h2"}

COVER_LINE = 240
"""Characters: a longer line after the title is a paragraph and no line of the cover."""

_IDENTIFIER = re.compile(r"\[\[([A-Z]+):([^\[\]]+)\]\]")
_CODED = re.compile(r"\{([^{}]*)\} (.+)")
_CODE = re.compile(r"([a-z][a-z0-9-]*)(?:@([a-z]+))?(?:/(neg|good|rec))?")
_LEADER = re.compile(r"(.+?) *\.{4,} *(.+)")


@dataclass(frozen=True)
class Coding:
    """One code of a block; `polarity` as in the codings that the pipeline makes."""

    code: str
    polarity: str
    subject: str | None


@dataclass(frozen=True)
class Identifier:
    """What a redaction must remove; `start` and `end` (exclusive) are offsets in `Block.text`."""

    type: str
    start: int
    end: int
    surface: str


@dataclass(frozen=True)
class Block:
    """One line of the source.

    kind: h1, h2, P, L, T, F, R, X or one of BREAKS
    number: as printed; a footnote's is its mark
    section: text of the nearest heading
    text: without marks of identifiers; `agency :: text` in R and `cell | cell` in T, as written
    header: whether it is the header row of a table
    """

    kind: str
    number: str | None = None
    section: str = ""
    text: str = ""
    codes: tuple[Coding, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    header: bool = False

    @property
    def cells(self) -> list[str]:
        """The cells of a table row, some of which may be empty."""
        return [cell.strip() for cell in self.text.split("|")]

    @property
    def lead(self) -> tuple[str, str]:
        """A recommendation as printed: the words in bold that open it, and what follows them."""
        agency, text = self.text.split(" :: ", 1)
        return f"Recommendation {self.number} ({agency}):", text

    @property
    def contents_entry(self) -> tuple[str, str] | None:
        """Entry and page of a line of the contents list; None when it is no such line."""
        match = _LEADER.fullmatch(self.text) if self.kind == "X" else None
        return (match[1], match[2]) if match else None


@dataclass(frozen=True)
class Review:
    """A fictional review: its front matter and its blocks in reading order."""

    meta: dict[str, str]
    blocks: tuple[Block, ...]

    @property
    def gold(self) -> dict[str, Any]:
        """What an evaluation reads: `meta`, and `blocks` without the page breaks, as plain data."""
        return {"meta": self.meta, "blocks": [asdict(b) for b in self.blocks if b.text]}

    @property
    def cover(self) -> int:
        """How many blocks at the start are the cover: the title and the lines under it."""
        lines = (b.kind == "X" and len(b.text) < COVER_LINE for b in self.blocks[1:])
        count = next((i for i, is_line in enumerate(lines) if not is_line), 0)
        return count + 1 if count and self.blocks[0].kind == "h1" else 0

    @property
    def groups(self) -> list[list[Block]]:
        """What is set as one: a block, or all rows of a table, and then its footnotes."""
        groups: list[list[Block]] = []
        for block in self.blocks:
            if block.kind == "F" or (block.kind == "T" and not block.header):
                groups[-1].append(block)
            else:
                groups.append([block])
        return groups


def parse(text: str) -> Review:
    """Read a source.

    Raises ValueError with the number of the first line that the format does not allow.
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    if lines.count("---") < 2 or lines[0] != "---":
        raise ValueError("line 1: the source must begin with front matter between two --- lines")
    end = lines.index("---", 1)
    pairs = (line.partition(":") for line in lines[1:end] if line.strip())
    meta = {key.strip(): value.strip() for key, _, value in pairs}
    body = ((i, line) for i, line in enumerate(lines[end + 1 :], end + 2) if line.strip())
    return Review(meta, tuple(_blocks(body)))


def _blocks(lines: Iterable[tuple[int, str]]) -> Iterator[Block]:
    section, previous, notes = "", "", 0
    for position, line in lines:
        kind, _, rest = line.strip().partition(" ")
        kind = HEADINGS.get(kind, kind)
        try:
            number, codes, marked = _fields(kind, rest)
            text, identifiers = _unwrap(marked)
        except ValueError as error:
            raise ValueError(f"line {position}: {error}") from None
        if kind == "F":
            if previous in ("", *BREAKS):
                raise ValueError(f"line {position}: a footnote needs a block above it")
            notes += 1
            number = str(notes)
        section = text if kind in HEADINGS.values() else section
        header = kind == "T" != previous
        yield Block(kind, number, section, text, codes, identifiers, header)
        previous = kind


def _fields(kind: str, rest: str) -> tuple[str | None, tuple[Coding, ...], str]:
    if kind in BREAKS and not rest:
        return None, (), ""
    if kind in (*HEADINGS.values(), "F") and rest:
        return None, (), rest
    if kind not in ("P", "L", "T", "R", "X"):
        raise ValueError("not a block of the format")
    number = None
    if kind in ("P", "R"):
        number, _, rest = rest.partition(" ")
    match = _CODED.fullmatch(rest)
    if match is None or (kind == "R" and " :: " not in match[2]):
        raise ValueError(f"block {kind} lacks its {{codes}}, its text or its agency")
    return None if number == "-" else number, _codes(match[1]), match[2]


def _codes(marked: str) -> tuple[Coding, ...]:
    matches = [_CODE.fullmatch(part.strip()) for part in marked.split(";") if part.strip()]
    if None in matches:
        raise ValueError("a code is not of the form id@subject/polarity")
    return tuple(Coding(m[1], POLARITIES[m[3]], m[2]) for m in matches if m)


def _unwrap(marked: str) -> tuple[str, tuple[Identifier, ...]]:
    text, end, found = "", 0, []
    for match in _IDENTIFIER.finditer(marked):
        kind, surface = match.groups()
        if kind not in IDENTIFIER_TYPES:
            raise ValueError("an identifier has an unknown type")
        text += marked[end : match.start()]
        found.append(Identifier(kind, len(text), len(text) + len(surface), surface))
        text, end = text + surface, match.end()
    text += marked[end:]
    if "[[" in text or "]]" in text:
        raise ValueError("the brackets of an identifier do not match")
    return text, tuple(found)
