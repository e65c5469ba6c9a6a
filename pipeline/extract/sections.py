"""What each section of a review is for: told by the analyst, by headings, or by what it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile

from pipeline.errors import HeadingNotFound
from pipeline.extract.block import Block
from pipeline.extract.cues import (
    AGENCY_HEADING,
    CITATION,
    CONDOLENCES,
    QUESTION_HEADING,
    STATUTORY,
    addressed,
    aims,
    asks,
    cue,
    table_cue,
)
from pipeline.extract.headings import has_leaders
from pipeline.extract.section_model import Section, decode
from pipeline.vocabulary import LAYER_OF_SECTION

Overrules = Sequence[tuple[str, str]]
"""Headings as printed, with or without their numbers, and the roles that the analyst gives them."""

# How a role is known; the order of trust matters, the figures are no probabilities.
ANALYST, HEADING, INHERITED, CONTENT, NO_CUE = 1.0, 0.9, 0.7, 0.6, 0.3

LIKELY = 0.25
"""A role that a section's words make less probable than this is a guess."""
FINDINGS = frozenset({"background", "chronology", "analysis", "conclusions", "lessons", "body"})
_DEEPEST = 99
# What a line of a cover may seem to name: "Report into the death of …", "Independent chair: …".
_COVER = frozenset({None, "front-matter", "background", "panel", "appendix"})
# What a sub-heading of these sections may turn to; any other cue there is a topic of the findings.
_LEAVES_ANALYSIS = frozenset(
    {"good-practice", "family-views", "lessons", "recommendations", "conclusions", "action-plan",
     "glossary", "appendix", "literature"}
)  # fmt: skip
_CLOSED = frozenset({"executive-summary", "action-plan", "recommendations", "contents", "glossary"})
# The name of an agency as a heading goes on with the section before it, not with a new one.
_GOES_ON = frozenset({"analysis", "chronology", "background", "appendix"})
# Where a table of people is the panel, whatever the heading: the parts that set out the review.
_SETS_OUT = frozenset(
    {"introduction", "methodology", "terms-of-reference", "equality", "front-matter", "body"}
)
_SHORTEST_RUN = {"recommendations": 2, "terms-of-reference": 3}
"""How many neighbours must look alike where no heading tells what they are."""

_CONTENTS_LINE = re.compile(r"\S\s+(?:\d{1,3}|[ivx]{1,5})$|Error! Bookmark not defined")
_PLAN_HEADER = re.compile(r"\b(?:recommendation|action)\b", re.IGNORECASE)
_PLAN_COLUMN = re.compile(
    r"\b(?:lead|target|milestones?|timescales?|completion|owner|outcomes?|scope)\b", re.IGNORECASE
)
_WHO_AND_WHEN = {"who", "when"}
_RECOMMENDATION = re.compile(r"(?:.*\brecommendation\b|R(?:ec)?\.? ?)\s*\d", re.IGNORECASE)


@dataclass(frozen=True)
class Placed:
    """A block with the headings above it and the role of its section.

    `confidence` (0 to 1) tells how the role is known; `summary` whether the block belongs to an
    executive summary, whatever its role.
    """

    block: Block
    heading_path: str
    role: str
    confidence: float
    summary: bool


@dataclass(frozen=True)
class _Open:
    """A heading whose section is not over."""

    title: str
    level: int
    role: str
    numbered: bool
    confidence: float


def place(
    blocks: Sequence[Block], *, document_type: str, overrules: Overrules = ()
) -> Iterator[Placed]:
    """Each block with its heading path and section role.

    Raises `HeadingNotFound` when `overrules` names a heading that the document does not have.
    """
    placed = _by_headings(blocks, document_type, overruled_headings(blocks, overrules))
    yield from _by_content(list(placed), document_type)


def overruled_headings(blocks: Sequence[Block], overrules: Overrules) -> dict[int, str]:
    """Position of each heading that the analyst gives a role → that role.

    A heading that is exactly the analyst's is meant, or else all that begin with it. Raises
    `HeadingNotFound` when there is neither.
    """
    found: dict[int, str] = {}
    headings = {
        position: {_comparable(block.text), _comparable(_title(block))}
        for position, block in enumerate(blocks)
        if block.kind == "heading"
    }
    for nth, (heading, role) in enumerate(overrules, start=1):
        wanted = _comparable(heading)
        meant = [at for at, forms in headings.items() if wanted in forms] or [
            at for at, forms in headings.items() if any(form.startswith(wanted) for form in forms)
        ]
        if not meant:
            raise HeadingNotFound(
                f"the column sections of reviews.csv gives a role to a heading (number {nth} in "
                "its cell) that is not found in the document; copy the heading as the "
                "document prints it"
            )
        found |= dict.fromkeys(meant, role)
    return found


def _comparable(heading: str) -> str:
    plain = " ".join(heading.casefold().replace("’", "'").replace("‘", "'").split())
    return re.sub(r"^(\S*[\w)])[.:](?= )", r"\1", plain).rstrip(" .:")


def _by_headings(
    blocks: Sequence[Block], document_type: str, overruled: Mapping[int, str]
) -> Iterator[Placed]:
    is_summary = document_type == "executive summary"
    stack: list[_Open] = []
    purpose = False
    cover = _cover(blocks, is_summary=is_summary)
    headed = any(block.kind == "heading" for block in blocks)
    before = _Open("", 0, "front-matter", False, CONTENT)
    if not headed:
        before = _Open("", 0, "body", False, NO_CUE)
    for index, block in enumerate(blocks):
        block = _contents_entry(block, stack)
        section = stack[-1] if stack else before
        if block.kind == "heading":
            own = _own_cue(block.text, is_summary=is_summary)
            stack = _push(stack, block, own, overruled.get(index), on_cover=index < cover)
            section, path = stack[-1], _path(stack[:-1])
            role, confidence = _of_heading(block, section, path)
        else:
            path = _path(stack)
            role, confidence = _of_block(block, section, path, purpose=purpose)
        purpose = role == "statutory-purpose" and (block.kind == "list-item" or _opens_list(block))
        if confidence < ANALYST:
            role = _in_document(role, document_type)
        summary = is_summary or section.role == "executive-summary"
        yield Placed(block, path, role, confidence, summary)


def _own_cue(heading: str, *, is_summary: bool) -> str | None:
    role = cue(heading)
    # In a document of its own, "Executive summary" is the title of the document.
    return "front-matter" if is_summary and role == "executive-summary" else role


def _cover(blocks: Sequence[Block], *, is_summary: bool) -> int:
    """How many headings at the start are the lines of a cover: no text stands between them."""

    def on_cover(block: Block) -> bool:
        section = block.number is not None or block.text.casefold().startswith("introduction")
        named = _own_cue(block.text, is_summary=is_summary)
        return block.kind == "heading" and not section and named in _COVER

    lines = list(takewhile(on_cover, blocks))
    titled = any(_own_cue(line.text, is_summary=is_summary) == "front-matter" for line in lines)
    return len(lines) if titled else 0


def _contents_entry(block: Block, stack: list[_Open]) -> Block:
    """A line of a contents page may be printed like the heading that it points to."""
    in_contents = bool(stack) and stack[-1].role == "contents"
    if block.kind == "heading" and in_contents and _CONTENTS_LINE.search(block.text):
        return replace(block, kind="paragraph", level=0)
    return block


def _push(
    stack: list[_Open], block: Block, own: str | None, overruled: str | None, *, on_cover: bool
) -> list[_Open]:
    numbered = block.number is not None
    above = [one for one in stack if one.level < block.level]
    if overruled:
        return [*above, _Open(_title(block), block.level, overruled, numbered, ANALYST)]
    if on_cover:
        # No section belongs to a line of the cover, however large it is printed.
        return [_Open(_title(block), _DEEPEST, "front-matter", False, HEADING)]
    before = [one for one in stack if one.level == block.level] or stack[-1:]
    role, confidence = _heading_role(block.text, own, above, before, numbered=numbered)
    # No section belongs to the contents page, however large its title is printed.
    level = _DEEPEST if role == "contents" else block.level
    return [*above, _Open(_title(block), level, role, numbered, confidence)]


def _title(block: Block) -> str:
    return f"{block.number} {block.text}" if block.number else block.text


def _heading_role(
    text: str, own: str | None, above: list[_Open], before: list[_Open], *, numbered: bool
) -> tuple[str, float]:
    """The role of the section that a heading opens, and how far to trust it."""
    parent = above[-1] if above else None
    if parent and parent.confidence == ANALYST:
        return parent.role, ANALYST
    # A cover's title stands above everything, so it cannot tell what its parts are for.
    if parent is None or parent.role in ("front-matter", "contents", "body", "preface"):
        last = before[-1].role if before else None
        if QUESTION_HEADING.match(text) and last in FINDINGS - {"body"}:
            return "analysis", INHERITED
        if own:
            return own, HEADING
        if last in _GOES_ON and AGENCY_HEADING.match(text):
            return str(last), INHERITED
        if last == "appendix" and not numbered:
            return last, INHERITED
        return "body", NO_CUE
    if own == "contents":
        return own, HEADING
    if own is None or (parent.role in _CLOSED and own != "appendix"):
        return parent.role, INHERITED
    if parent.role in ("analysis", "chronology") and own not in _LEAVES_ANALYSIS:
        return parent.role, INHERITED
    if parent.role in FINDINGS and own == "introduction":
        return parent.role, INHERITED
    return own, HEADING


def _of_heading(block: Block, section: _Open, path: str) -> tuple[str, float]:
    question = QUESTION_HEADING.match(block.text) or (_names_terms(path) and asks(block.text))
    if section.role == "analysis" and section.confidence < ANALYST and question:
        return "terms-of-reference", CONTENT
    return section.role, section.confidence


def _names_terms(path: str) -> bool:
    return bool(
        re.search(
            r"\bterms? of reference\b|\blines? of (?:en|in)quiry\b|\bquestions?\b", path.casefold()
        )
    )


def _of_block(block: Block, section: _Open, path: str, *, purpose: bool) -> tuple[str, float]:
    """The role of a block that its own words may set apart from its section."""
    if section.confidence == ANALYST:
        return section.role, ANALYST
    role = _own_role(block, section.role, path, purpose=purpose)
    return role, section.confidence if role == section.role else CONTENT


def _own_role(block: Block, section: str, path: str, *, purpose: bool) -> str:
    text = block.text
    if has_leaders(text) and block.kind != "table-row":
        return "contents"
    if section == "contents" and not _CONTENTS_LINE.search(text) and _is_prose(block):
        # No heading ended the contents page.
        return "front-matter"
    if block.kind == "table-row":
        return _of_row(block.table_header or text, section)
    if _RECOMMENDATION.match(block.number or "") and section != "contents":
        return section if section == "action-plan" else "recommendations"
    if STATUTORY.search(text) and section not in ("recommendations", "action-plan", "glossary"):
        return "statutory-purpose"
    if purpose and block.kind == "list-item":
        return "statutory-purpose"
    if section in _SETS_OUT - FINDINGS and CONDOLENCES.search(text):
        return "preface"
    if section == "analysis" and (asks(text) or (_names_terms(path) and aims(text))):
        # The question, printed again before its answer.
        return "terms-of-reference"
    if section in FINDINGS and block.kind == "paragraph" and CITATION.search(text):
        return "literature"
    return section


def _of_row(header: str, section: str) -> str:
    if _is_plan(header):
        return "action-plan"
    named = table_cue(header)
    if (named == "panel" and section in _SETS_OUT) or (named and section == "body"):
        return named
    return "glossary" if named == "glossary" and section == "appendix" else section


def _is_prose(block: Block) -> bool:
    return block.kind != "paragraph" or block.text.endswith((".", ":")) or len(block.text) > 120


def _is_plan(header: str) -> bool:
    cells = {cell.strip().casefold() for cell in header.split("|")}
    named = bool(_PLAN_HEADER.search(header) and _PLAN_COLUMN.search(header))
    return named or cells >= _WHO_AND_WHEN


def _opens_list(block: Block) -> bool:
    return block.text.endswith(":")


def _in_document(role: str, document_type: str) -> str:
    # The executive summary repeats the overview; its findings must be told apart from it.
    if document_type == "executive summary" and role in FINDINGS:
        return "executive-summary"
    return "action-plan" if document_type == "action plan" and role == "body" else role


def _by_content(placed: Sequence[Placed], document_type: str) -> Iterator[Placed]:
    """Sections that no cue names, by what they hold and where they stand."""
    listed = list(_by_runs(placed, document_type))
    parts = sections_of(listed)
    # Without a heading there are no sections to tell apart.
    if len(parts) < 2 or all(section.known for section, _ in parts):
        yield from listed
        return
    found = decode([section for section, _ in parts])
    for (section, blocks), (role, probability) in zip(parts, found, strict=True):
        if not section.known:
            unlikely = probability < LIKELY
            # A guess keeps nothing from being coded.
            if unlikely and role not in LAYER_OF_SECTION:
                role = "body"
            role = _in_document(role, document_type)
            confidence = NO_CUE if unlikely else CONTENT
            blocks = [
                replace(one, role=role, confidence=confidence) if one.confidence == NO_CUE else one
                for one in blocks
            ]
        yield from blocks


def sections_of(placed: Sequence[Placed]) -> list[tuple[Section, list[Placed]]]:
    """The blocks of a document by section: each heading with what stands under it."""
    parts: list[list[Placed]] = []
    for one in placed:
        if one.block.kind == "heading" or not parts:
            parts.append([])
        parts[-1].append(one)
    return [(_section(blocks), blocks) for blocks in parts]


def _section(blocks: Sequence[Placed]) -> Section:
    first = blocks[0]
    headed = first.block.kind == "heading"
    under = [one.block for one in blocks[headed:]]
    return Section(
        heading=first.block.text if headed else "",
        nested=bool(first.heading_path),
        role="body" if first.confidence == NO_CUE else first.role,
        known=first.confidence != NO_CUE,
        texts=[block.text for block in under],
        kinds=frozenset(block.kind for block in under),
    )


def _by_runs(placed: Sequence[Placed], document_type: str) -> Iterator[Placed]:
    for (role, _), run in groupby(placed, key=lambda one: (_looks_like(one), one.heading_path)):
        found = list(run)
        known = role is not None and len(found) >= _SHORTEST_RUN[role]
        yield from (
            replace(one, role=_in_document(str(role), document_type), confidence=CONTENT)
            if known
            else one
            for one in found
        )


def _looks_like(one: Placed) -> str | None:
    block = one.block
    if one.confidence != NO_CUE or block.kind not in ("paragraph", "list-item"):
        return None
    if addressed(block.text):
        return "recommendations"
    return "terms-of-reference" if aims(block.text) else None


def _path(stack: list[_Open]) -> str:
    return " > ".join(one.title for one in stack)
