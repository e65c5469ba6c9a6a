"""The plain-text source of an annotated review: its text, with the gold that it carries.

Front matter between two `---` lines, then one block per line:

    # {role} text, ## {role} text  heading of level 1, 2; the role of its section may be left out
    P NUMBER {codes} text          paragraph; NUMBER is printed, - for none
    L {codes} text                 bullet
    T {codes} cell | cell          table row; the first of a run is the header row
    F text                         footnote to the block above
    R NUMBER {codes} agency :: text    recommendation
    X {} text                      boilerplate paragraph, never coded
    PAGEBREAK, LANDSCAPE, PORTRAIT

`{codes}` are code ids with `;` between, each with `@subject`, `/neg`, `/good` or `/rec` where it
applies; `=role` among them gives the block a role of its own, as a paragraph of literature has
within an analysis. `[[TYPE:surface]]` or `[[TYPE#entity:surface]]` marks an identifier, which is
printed as its surface; mentions with one entity name are one person or thing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.vocabulary import IDENTIFIER_TYPES, SECTION_ROLES, SUBJECTS

POLARITIES = {None: "present", "neg": "absent", "good": "good-practice", "rec": "hypothetical"}
BREAKS = ("PAGEBREAK", "LANDSCAPE", "PORTRAIT")
HEADINGS = {"#": "h1", "##": "h2"}
CODED = ("P", "L", "T", "R", "X")

COVER_LINE = 240
"""Characters: a longer line after the title is a paragraph and no line of the cover."""

RECOMMENDATION = "Recommendation {number} ({agency}):"
"""How a recommendation opens in print unless the front matter's `recommendations` says else."""

_IDENTIFIER = re.compile(r"\[\[([A-Z]+)(?:#([a-z0-9-]+))?:([^\[\]]+)\]\]")
_CODED = re.compile(r"\{([^{}]*)\} (.+)")
_ROLE = re.compile(r"\{([a-z-]+)\} (.+)")
_CODE = re.compile(r"([a-z][a-z0-9-]*)((?:@[a-z]+|/(?:neg|good|rec))*)")
_SUBJECT, _POLARITY = re.compile(r"@([a-z]+)"), re.compile(r"/([a-z]+)")
_LEADER = re.compile(r"(.+?) *\.{4,} *(.+)")


@dataclass(frozen=True)
class Coding:
    """One code of a block; `polarity` as in the codings that the pipeline makes."""

    code: str
    polarity: str
    subject: str | None


@dataclass(frozen=True)
class Identifier:
    """What a redaction must remove; `start` and `end` (exclusive) are offsets in `Block.text`.

    Mentions with the same type and `entity` are of one person or thing.
    """

    type: str
    start: int
    end: int
    surface: str
    entity: str


@dataclass(frozen=True)
class Block:
    """One line of the source.

    kind: h1, h2, P, L, T, F, R, X or one of BREAKS
    number: as printed; a footnote's is its mark
    section: text of the nearest heading
    role: what the section, or the block itself, is for; "" where the source does not say
    text: as printed, without marks of identifiers; `cell | cell` in T; R with its opening words
    lead: how many characters of an R's text open it, in bold
    agency: to whom an R is addressed
    header: whether it is the header row of a table
    """

    kind: str
    number: str | None = None
    section: str = ""
    role: str = ""
    text: str = ""
    codes: tuple[Coding, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    header: bool = False
    lead: int = 0
    agency: str | None = None

    @property
    def cells(self) -> list[str]:
        """The cells of a table row, some of which may be empty."""
        return [cell.strip() for cell in self.text.split("|")]

    @property
    def contents_entry(self) -> tuple[str, str] | None:
        """Entry and page of a line of the contents list; None when it is no such line."""
        match = _LEADER.fullmatch(self.text) if self.kind == "X" else None
        return (match[1], match[2]) if match else None


@dataclass(frozen=True)
class Source:
    """An annotated document: its front matter and its blocks in reading order."""

    meta: dict[str, str]
    blocks: tuple[Block, ...]

    @property
    def printed(self) -> list[Block]:
        """The blocks that have text: all but the page breaks. Second coders count these from 0."""
        return [block for block in self.blocks if block.text]

    @property
    def roles(self) -> dict[str, str]:
        """Label of a person → the first word of the role that the front matter gives it."""
        pairs = (one.partition("=") for one in self.meta.get("roles", "").split(";") if "=" in one)
        return {label.strip(): role.split()[0] for label, _, role in pairs}

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


def parse(text: str) -> Source:
    """Read a source.

    Raises ValueError with the number of the first line that the format does not allow.
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    if lines.count("---") < 2 or lines[0] != "---":
        raise ValueError("line 1: the source must begin with front matter between two --- lines")
    end = lines.index("---", 1)
    pairs = (line.partition(":") for line in lines[1:end] if line.strip())
    meta = {key.strip(): value.strip() for key, _, value in pairs}
    body = ((i, line.strip()) for i, line in enumerate(lines[end + 1 :], end + 2) if line.strip())
    opening = meta.get("recommendations", RECOMMENDATION)
    return Source(meta, tuple(_in_sections(_blocks(body, opening))))


def parse_codes(marked: str) -> tuple[tuple[Coding, ...], str]:
    """The codings between two braces, and the block's own role, "" when it has none.

    Raises ValueError when a part of it is neither.
    """
    parts = [part.strip() for part in marked.split(";") if part.strip()]
    roles = [part[1:] for part in parts if part.startswith("=")]
    codes = tuple(_coding(part) for part in parts if not part.startswith("="))
    if any(code.subject not in (None, *SUBJECTS) for code in codes):
        raise ValueError(f"a subject is none of {', '.join(SUBJECTS)}")
    if not set(roles) <= set(SECTION_ROLES):
        raise ValueError("a role is none of those in docs/schema.md")
    return codes, roles[-1] if roles else ""


def _coding(marked: str) -> Coding:
    match = _CODE.fullmatch(marked)
    if match is None:
        raise ValueError("a code is not of the form id@subject/polarity")
    subject, polarity = _SUBJECT.search(match[2]), _POLARITY.search(match[2])
    return Coding(
        match[1], POLARITIES[polarity[1] if polarity else None], subject[1] if subject else None
    )


def _blocks(lines: Iterable[tuple[int, str]], opening: str) -> Iterator[Block]:
    previous, notes = "", 0
    for position, line in lines:
        kind, _, rest = line.partition(" ")
        try:
            block = _block(HEADINGS.get(kind, kind), rest, opening)
            if block.kind == "F":
                if previous in ("", *BREAKS):
                    raise ValueError("a footnote needs a block above it")
                notes += 1
                block = replace(block, number=str(notes))
        except ValueError as error:
            raise ValueError(f"line {position}: {error}") from None
        yield replace(block, header=block.kind == "T" != previous)
        previous = block.kind


def _block(kind: str, rest: str, opening: str) -> Block:
    if kind in BREAKS and not rest:
        return Block(kind)
    if kind in HEADINGS.values() and rest:
        given = _ROLE.fullmatch(rest)
        if given and given[1] not in SECTION_ROLES:
            raise ValueError("a heading's role is none of those in docs/schema.md")
        text, identifiers = _unwrap(given[2] if given else rest)
        return Block(kind, role=given[1] if given else "", text=text, identifiers=identifiers)
    if kind == "F" and rest:
        text, identifiers = _unwrap(rest)
        return Block(kind, text=text, identifiers=identifiers)
    if kind not in CODED:
        raise ValueError("not a block of the format")
    return _coded(kind, rest, opening)


def _coded(kind: str, rest: str, opening: str) -> Block:
    number = None
    if kind in ("P", "R"):
        number, _, rest = rest.partition(" ")
    match = _CODED.fullmatch(rest)
    if match is None or (kind == "R" and " :: " not in match[2]):
        raise ValueError(f"block {kind} lacks its {{codes}}, its text or its agency")
    codes, role = parse_codes(match[1])
    number = None if number == "-" else number
    if kind == "R":
        return _recommendation(number, codes, match[2], opening)
    text, identifiers = _unwrap(match[2])
    return Block(kind, number, role=role, text=text, codes=codes, identifiers=identifiers)


def _recommendation(
    number: str | None, codes: tuple[Coding, ...], marked: str, opening: str
) -> Block:
    agency, _, body = marked.partition(" :: ")
    lead = opening.format(number=number or "", agency=agency).strip()
    text, identifiers = _unwrap(f"{lead} {body}")
    return Block(
        "R", number, role="recommendations", text=text, codes=codes, identifiers=identifiers,
        lead=len(_unwrap(lead)[0]), agency=_unwrap(agency)[0],
    )  # fmt: skip


def _in_sections(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with section and role: a heading without a role has that of the one above it."""
    section = role = top = ""
    for block in blocks:
        if block.kind in HEADINGS.values():
            section = block.text
            role = block.role or (top if block.kind == "h2" else "")
            top = role if block.kind == "h1" else top
        yield replace(block, section=section, role=block.role or role)


def _unwrap(marked: str) -> tuple[str, tuple[Identifier, ...]]:
    text, end, found = "", 0, []
    for match in _IDENTIFIER.finditer(marked):
        kind, entity, surface = match.groups()
        if kind not in IDENTIFIER_TYPES:
            raise ValueError("an identifier has an unknown type")
        text += marked[end : match.start()]
        start = len(text)
        text, end = text + surface, match.end()
        found.append(Identifier(kind, start, len(text), surface, entity or surface.casefold()))
    text += marked[end:]
    if "[[" in text or "]]" in text:
        raise ValueError("the brackets of an identifier do not match")
    return text, tuple(found)
