"""The words that tell what a section is for: of its heading, and of what stands in it.

The patterns that tell one role each are in cues.toml.
"""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from importlib.resources import files

from pipeline.vocabulary import MONTHS

_FILE = tomllib.loads(files(__package__).joinpath("cues.toml").read_text("utf-8"))


def _compiled(patterns: list[str]) -> re.Pattern[str]:
    """Patterns of cues.toml as one."""
    pattern = "|".join(patterns)
    for name, words in _FILE["words"].items():
        pattern = pattern.replace(f"{{{name}}}", words)
    return re.compile(pattern, re.IGNORECASE)


_HEADINGS = [(entry["role"], _compiled(entry["patterns"])) for entry in _FILE["heading"]]

_PART = re.compile(
    r"^(?:(?:part|chapter)\s+(?:\w+)\s*[:.–—-]?|section\s+\w+\s*[:.–—-]|[A-Z][.)])\s+(?=\w)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s+(?:and|&)\s+|\s*[/;,]\s*", re.IGNORECASE)
_TELLING = (
    "introduction", "background", "methodology", "chronology", "analysis", "conclusion",
    "conclusions", "recommendation", "recommendations", "appendix", "glossary", "equality",
    "diversity", "homicide", "overview", "lessons", "practice", "confidentiality", "timescales",
    "contributors", "dissemination", "reference", "preventability",
)  # fmt: skip
_APPENDIX = re.compile(r"(?:appendix|ann?ex)\b", re.IGNORECASE)
# What keeps its role at the end of a report.
_APPENDED = frozenset({"action-plan", "glossary", "recommendations", "terms-of-reference"})
SPELT = 0.85
"""Likeness of two spellings from which on one is taken for a slip in the other."""
# Sections that are often printed under one heading; the text under it is of the first-named, and
# its other half begins with a heading, a table or a numbered recommendation of its own.
_FIRST_NAMED = frozenset({"introduction", "conclusions", "lessons", "recommendations"})

QUESTION_HEADING = re.compile(
    r"^(?:(?:questions?|terms? of reference|tor|kloe|(?:key )?lines? of (?:enquiry|inquiry))\s+"
    r"(?:no\.? ?)?|q)\d",
    re.IGNORECASE,
)
"""A question of the terms of reference, as the heading of its answer."""

AGENCY_HEADING = re.compile(
    r"^(?:[\w’'&.-]+ ){0,4}(?:police|constabulary|force|nhs|(?:foundation )?trust|ccg|icb|pct|"
    r"gp|general practice|primary care|hospital|health|maternity|housing|social care|"
    r"social services|probation|ambulance|cafcass|cps|schools?|college|education|council|"
    r"service|services|mash|marac|refuge|prison|group)$",
    re.IGNORECASE,
)
"""A heading that is nothing but the name of an agency."""

# A year in brackets after a name, unless the name is that of a law or a policy.
CITATION = re.compile(
    r"\b(?!(?:Act|Regulations|Order|Guidance|Strategy|Policy|Code|Guidelines|"
    rf"{'|'.join(MONTHS)})\b)"
    r"[A-Z][\w’'-]+(?: (?:and (?:others|colleagues)|et al\.?))?,? \((?:19|20)\d\d[a-z]?\)"
    r"|\bet al\b|\b(?i:studies|research)(?: \w+){0,8} (?:shows?|suggests?|suggested|showed|"
    r"indicates?|has found|finds|demonstrates?|supported|identified)\b"
    r"|\b(?i:studies|research)(?: \w+){0,3} found\b"
    r"|\baccording to (?:the )?research\b|\bit has been estimated that\b"
    r"|\btimes (?:more|as) likely to\b|\bbeen associated with\b"
    r"|\b(?:study|inquiry|survey) (?:of|into) (?:\d|those|women|men)"
    r"|\bdata set suggests\b"
)
_NAMES = r"(?:domestic homicide reviews?|DHRs?|domestic abuse[- ]related death reviews?|DARDRs?)"
STATUTORY = re.compile(
    r"section 9\b.{0,80}domestic violence,? crime and victims act"
    r"|\bpurposes? (?:of|for|in)(?: (?:undertaking|conducting|holding|commissioning))?"
    r"(?: (?:a|the|this|these))? " + _NAMES + r"\b"
    r"|\bdefinition of domestic (?:violence|abuse)\b.{0,60}\b(?:is|as|covers|includes|states)\b"
    r"|any incident or pattern of incidents of controlling"
    r"|\b(?:controlling|coercive) behaviour is (?:a range|an act|a pattern)"
    r"|establish what lessons (?:are|can|may)"
    r"|identified and responded to effectively at the earliest"
    r"|contribute to a better understanding of the nature of domestic",
    re.IGNORECASE,
)
CONDOLENCES = re.compile(
    r"\b(?:offer|express|extend|convey|send)(?:s|ing|ed)? (?:[\w’']+ ){0,4}"
    r"(?:condolences|sympath(?:y|ies))\b",
    re.IGNORECASE,
)

_AGENCY_COLUMN = r"agency|agencies|organi[sz]ation|representing|service|employer"
_TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("panel", (r"names?|members?|representative", r"role|post|(?:job )?title|position|designation",
               _AGENCY_COLUMN)),
    ("chronology", (r"dates?|when|year", r"events?|contacts?|details?|what happened|incidents?|"
                    r"information|summary|entry|actions?")),
    ("glossary", (r"terms?|words?|abbreviations?|acronyms?|initials|short forms?",
                  r"meanings?|definitions?|explanations?|stands for|in full|full (?:name|form)")),
)  # fmt: skip

_ASKS = re.compile(
    r"^\W*(?:was|were|did|do|does|is|are|had|has|have|how|what|when|which|who|why|whether|could|"
    r"would|should|to what (?:extent|degree)|in what)\b[^.!]*\?\W*$",
    re.IGNORECASE,
)
_AIMS = re.compile(
    r"^\W*(?:whether|to (?:assess|consider|determine|establish|examine|explore|identify|"
    r"review|seek|understand))\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"^\W*[A-Z(][^.?!]{2,140}?\bshould (?!(?:not )?have\b|be noted\b|be remembered\b)"
    r"|^\W*(?:it is recommended|the (?:review )?panel recommends) that\b"
)


def cue(heading: str) -> str | None:
    """The role that a heading's words name, be they misspelt; None when they name none."""
    words = _PART.sub("", heading).lstrip(" |:.–—-")
    role = _joint_cue(words) or _joint_cue(_spelt(words))
    return role if role in _APPENDED or not _APPENDIX.match(words) else "appendix"


def _joint_cue(words: str) -> str | None:
    first = _cue(_JOINT.split(words, maxsplit=1)[0])
    return first if first in _FIRST_NAMED else _cue(words)


def _spelt(words: str) -> str:
    """The heading with the slips in its telling words mended."""
    return " ".join(
        next(iter(get_close_matches(word, _TELLING, n=1, cutoff=SPELT)), word)
        for word in words.casefold().split()
    )


def _cue(words: str) -> str | None:
    return next((role for role, pattern in _HEADINGS if pattern.search(words)), None)


def table_cue(header: str) -> str | None:
    """The role that a table's header cells (' | ' between) name; None when they name none."""
    cells = [cell.strip(" .:") for cell in header.split("|")]
    return next(
        (
            role
            for role, columns in _TABLES
            if all(_has_column(cells, column) for column in columns)
        ),
        None,
    )


def _has_column(cells: list[str], column: str) -> bool:
    words = re.compile(rf"(?:[\w/]+ ){{0,2}}(?:{column})\b.{{0,25}}", re.IGNORECASE)
    return any(words.fullmatch(cell) for cell in cells)


def asks(text: str) -> bool:
    """Whether a text is a question and nothing else."""
    return bool(_ASKS.match(text))


def aims(text: str) -> bool:
    """Whether a text says what a review is to find out: "whether …", "to consider …"."""
    return asks(text) or bool(_AIMS.match(text))


def addressed(text: str) -> bool:
    """Whether a text tells somebody what they should do from now on."""
    return bool(_ADDRESSED.match(text))
