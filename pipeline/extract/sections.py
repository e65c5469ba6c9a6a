"""What each section of a review is for, told by its headings and a few set phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from pipeline.extract.block import Block
from pipeline.extract.headings import LEADERS

# Heading cues of the Home Office templates (2011, 2013, 2016, DARDR) and of local variants;
# the first that is found decides, so the specific stand before the general.
_CUES: tuple[tuple[str, str], ...] = (
    ("contents", r"^(?:table of )?contents(?: page)?$|^index$"),
    ("action-plan", r"\baction plans?\b|^actions?$"),
    ("executive-summary", r"\bexecutive summary\b"),
    ("glossary", r"\bglossary\b|\babbreviations\b|\bacronyms\b|\bkey to (?:names|terms)\b"
                 r"|\bterminology\b"),
    ("good-practice", r"\b(?:good|best|effective|notable|positive) practice\b"
                      r"|\bwhat (?:went|worked) well\b"),
    ("recommendations", r"\brecommendations?\b"),
    ("family-views", r"\b(?:involvement|views?|voices?|contributions?|perspectives?|engagement|"
                     r"participation|contact|information|accounts?)\b.{0,40}\b(?:famil(?:y|ies)|"
                     r"friends?|relatives|colleagues|wider community)\b"
                     r"|\bfamil(?:y|ies)\b.{0,40}\b(?:involvement|views?|voices?|contributions?|"
                     r"perspectives?|engagement|participation)\b|\bpen portrait\b"),
    ("panel", r"\bpanel members(?:hip)?\b|\breview panel\b|\bpanel composition\b"
              r"|\bmembers(?:hip)? of the (?:review )?panel\b|^(?:the )?panel$"
              r"|\bauthors? of the (?:overview )?report\b|\bchair (?:and|&|of)\b"
              r"|\bindependent (?:chair|author)\b|\boverview author\b"),
    ("analysis", r"\banalysis\b|\bagainst the terms of reference\b|\bcommentary\b"
                 r"|\bkey issues\b|\bfindings\b|\bevidence of domestic (?:abuse|violence)\b"
                 r"|\bcritical (?:issues|analysis)\b|\bthemes\b"),
    ("terms-of-reference", r"\bterms of reference\b|\bkey lines of (?:enquiry|inquiry)\b"
                           r"|\bkloe?s?\b|\bscope (?:of|and)\b|^scope$"
                           r"|\bquestions for the review\b"),
    ("statutory-purpose", r"\bpurpose\b|^definitions?\b|\bdefinitions?$|\bdefinitions? of"
                          r" (?:domestic|terms|coercive|controlling)\b|\blegislation\b"
                          r"|\blegal (?:context|basis|framework)\b|\bstatutory\b|\bsection 9\b"),
    ("preface", r"\bcondolences?\b|\btributes?\b|\bpreface\b|\bforeword\b|\bsympath(?:y|ies)\b"
                r"|\backnowledge?ments?\b|\bstatement from\b|\bin memor(?:y|iam)\b"
                r"|\bpseudonyms?\b"),
    ("equality", r"\bequalit(?:y|ies)\b|\bdiversity\b|\bprotected characteristics?\b"),
    ("methodology", r"\bmethod(?:ology|s)?\b|\btime ?scales?\b|\bconfidentiality\b"
                    r"|\bcontributors?\b|\bparallel (?:reviews?|processes|proceedings|inquiries)\b"
                    r"|\bdissemination\b|\bindividual management reviews?\b|\bimrs?\b"
                    r"|\bestablishing\b|\breview process\b|\bprocess of the review\b|\bhindsight\b"
                    r"|\bcommissioning\b|\bdecision to (?:hold|undertake)\b|\bhow the review\b"
                    r"|\bagencies (?:involved|participating|contributing)\b|\banonymity\b"
                    r"|\bsubjects of the review\b|\bthe review$|^introduction to the review\b"),
    ("lessons", r"\blessons?\b|\blearning\b|\bwhat (?:have )?we (?:have )?learn(?:ed|t)\b"),
    ("conclusions", r"\bconclu(?:sions?|ding)\b|\bpreventab(?:le|ility)\b"
                    r"|\bpredictab(?:le|ility)\b"),
    ("chronology", r"\bchronolog(?:y|ies|ical)\b|\bkey events\b|\btime ?line\b"
                  r"|\bsequence of events\b|\bnarrative\b|\bagency (?:involvement|contacts?)\b"
                  r"|\bcontacts? with agencies\b|\bfacts by agency\b"),
    ("background", r"\bbackground\b|\bthe facts\b|^facts\b|\bfamily history\b"
                   r"|\bcircumstances (?:of|leading)\b|\bthe (?:homicide|death|murder|incident)\b"
                   r"|\bwhat happened\b|\bsummary of (?:the case|events)\b"),
    ("analysis", r"^(?:the )?overview$|\boverview of\b|\bsummary of (?:agency|information)\b"),
    ("front-matter", r"\b(?:overview|final|anonymised) report\b|\bdomestic homicide review\b"
                     r"|\bdomestic abuse related death review\b|^(?:dhr|dardr)\b"),
    ("appendix", r"\bappendi(?:x|ces)\b|\bann?ex(?:es)?\b|\bbibliography\b|^references\b"
                 r"|\bquality assurance\b|\bhome office (?:letter|feedback)\b|\bhelplines?\b"
                 r"|\bsources of (?:help|support)\b|\bfurther (?:reading|information)\b"),
)  # fmt: skip
_PATTERNS = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in _CUES)

FINDINGS = frozenset({"background", "chronology", "analysis", "conclusions", "lessons", "body"})
_DEEPEST = 99
# What a line of a cover may seem to name: "Report into the death of …", "Independent chair: …".
_COVER = frozenset({None, "front-matter", "background", "panel", "appendix"})
# What a sub-heading of these sections may turn to; any other cue there is a topic of the findings.
_LEAVES_ANALYSIS = frozenset(
    {"good-practice", "family-views", "lessons", "recommendations", "conclusions", "action-plan",
     "glossary", "appendix"}
)  # fmt: skip
_CLOSED = frozenset({"executive-summary", "action-plan", "recommendations", "contents", "glossary"})
# An unnumbered heading without a cue goes on with the section before it, not with a new one.
_GOES_ON = frozenset({"analysis", "chronology", "background", "appendix"})

_CONTENTS_LINE = re.compile(r"\S\s+(?:\d{1,3}|[ivx]{1,5})$|Error! Bookmark not defined")
_PLAN_HEADER = re.compile(r"\b(?:recommendation|action)\b", re.IGNORECASE)
_PLAN_COLUMN = re.compile(
    r"\b(?:lead|target|milestones?|timescales?|completion|owner|outcomes?|scope)\b", re.IGNORECASE
)
_RECOMMENDATION = re.compile(r"(?:.*\brecommendation\b|R(?:ec)?\.? ?)\s*\d", re.IGNORECASE)

# A year in brackets after a name, unless the name is that of a law or a policy.
_CITATION = re.compile(
    r"\b(?!(?:Act|Regulations|Order|Guidance|Strategy|Policy|Code|Guidelines|January|February|March|"
    r"April|May|June|July|August|September|October|November|December)\b)"
    r"[A-Z][\w’'-]+(?: (?:and (?:others|colleagues)|et al\.?))?,? \((?:19|20)\d\d[a-z]?\)"
    r"|\bet al\b|\b(?i:studies|research)(?: \w+){0,3} (?:shows?|suggests?|suggested|showed|"
    r"indicates?|found|finds|demonstrates?|supported|identified|has found)\b"
    r"|\baccording to (?:the )?research\b"
)
_STATUTORY = re.compile(
    r"section 9\b.{0,80}domestic violence,? crime and victims act"
    r"|\bpurposes? of (?:a|the|this)? ?(?:domestic homicide review|DHR|domestic abuse[- ]related "
    r"death review|DARDR)s?\b"
    r"|any incident or pattern of incidents of controlling"
    r"|\b(?:controlling|coercive) behaviour is (?:a range|an act|a pattern)"
    r"|establish what lessons (?:are|can|may)"
    r"|identified and responded to effectively at the earliest"
    r"|contribute to a better understanding of the nature of domestic",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Placed:
    """A block with the headings above it and the role of its section."""

    block: Block
    heading_path: str
    role: str


@dataclass(frozen=True)
class _Open:
    """A heading whose section is not over."""

    title: str
    level: int
    role: str
    numbered: bool


def cue(heading: str) -> str | None:
    """The role that a heading's words name; None when they name none."""
    return next((role for role, pattern in _PATTERNS if pattern.search(heading)), None)


def place(blocks: Sequence[Block], *, document_type: str) -> Iterator[Placed]:
    """Each block with its heading path and section role."""
    stack: list[_Open] = []
    purpose = False
    cover = _cover(blocks)
    for index, block in enumerate(blocks):
        block = _contents_entry(block, stack)
        if block.kind == "heading":
            stack = _push(stack, block, on_cover=index < cover)
            path, role = _path(stack[:-1]), stack[-1].role
        else:
            section = stack[-1].role if stack else "front-matter"
            path, role = _path(stack), _own_role(block, section, purpose=purpose)
        purpose = role == "statutory-purpose" and (block.kind == "list-item" or _opens_list(block))
        yield Placed(block, path, _in_document(role, document_type))


def _cover(blocks: Sequence[Block]) -> int:
    """How many headings at the start are the lines of a cover: no text stands between them."""
    lines = list(takewhile(_on_cover, blocks))
    return len(lines) if any(cue(line.text) == "front-matter" for line in lines) else 0


def _on_cover(block: Block) -> bool:
    section = block.number is not None or block.text.casefold().startswith("introduction")
    return block.kind == "heading" and not section and cue(block.text) in _COVER


def _contents_entry(block: Block, stack: list[_Open]) -> Block:
    """A line of a contents page may be printed like the heading that it points to."""
    in_contents = bool(stack) and stack[-1].role == "contents"
    if block.kind == "heading" and in_contents and _CONTENTS_LINE.search(block.text):
        return replace(block, kind="paragraph", level=0)
    return block


def _push(stack: list[_Open], block: Block, *, on_cover: bool) -> list[_Open]:
    if on_cover:
        # No section belongs to a line of the cover, however large it is printed.
        return [_Open(_title(block), _DEEPEST, "front-matter", False)]
    before = stack[-1:]
    above = [one for one in stack if one.level < block.level]
    siblings = [one for one in stack if one.level == block.level]
    numbered = block.number is not None
    role = _heading_role(cue(block.text), above, siblings or before, numbered)
    # No section belongs to the contents page, however large its title is printed.
    level = _DEEPEST if role == "contents" else block.level
    return [*above, _Open(_title(block), level, role, numbered)]


def _title(block: Block) -> str:
    return f"{block.number} {block.text}" if block.number else block.text


def _heading_role(own: str | None, above: list[_Open], before: list[_Open], numbered: bool) -> str:
    parent = above[-1].role if above else None
    # A cover's title stands above everything, so it cannot tell what its parts are for.
    if parent is None or parent in ("front-matter", "contents", "body", "preface"):
        return own or _goes_on(before, numbered) or "body"
    if own is None or (parent in _CLOSED and own != "appendix"):
        return parent
    if parent in ("analysis", "chronology") and own not in _LEAVES_ANALYSIS:
        return parent
    return own


def _goes_on(before: list[_Open], numbered: bool) -> str | None:
    last = before[-1] if before else None
    return last.role if last and last.role in _GOES_ON and not numbered else None


def _own_role(block: Block, section: str, *, purpose: bool) -> str:
    """The role of a block that its own words may set apart from its section."""
    text = block.text
    if LEADERS.search(text) and block.kind != "table-row":
        return "contents"
    if section == "contents" and not _CONTENTS_LINE.search(text) and _is_prose(block):
        # No heading ended the contents page.
        return "front-matter"
    if block.kind == "table-row" and _is_plan(block.table_header or text):
        return "action-plan"
    if _RECOMMENDATION.match(block.number or "") and section != "contents":
        return section if section == "action-plan" else "recommendations"
    if _STATUTORY.search(text) and section not in ("recommendations", "action-plan", "glossary"):
        return "statutory-purpose"
    if purpose and block.kind == "list-item":
        return "statutory-purpose"
    if section in FINDINGS and block.kind == "paragraph" and _CITATION.search(text):
        return "literature"
    return section


def _is_prose(block: Block) -> bool:
    return block.kind != "paragraph" or block.text.endswith((".", ":")) or len(block.text) > 120


def _is_plan(header: str) -> bool:
    return bool(_PLAN_HEADER.search(header) and _PLAN_COLUMN.search(header))


def _opens_list(block: Block) -> bool:
    return block.text.endswith(":")


def _in_document(role: str, document_type: str) -> str:
    # The executive summary repeats the overview; its findings must be told apart from it.
    if document_type == "executive summary" and role in FINDINGS:
        return "executive-summary"
    return "action-plan" if document_type == "action plan" and role == "body" else role


def _path(stack: list[_Open]) -> str:
    return " > ".join(one.title for one in stack)
