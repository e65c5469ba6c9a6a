"""What the columns of an action plan hold, whatever their order and names."""

from __future__ import annotations

import re

from pipeline.vocabulary import SCOPES

# The columns of the Home Office's template (2016 guidance), and what others call them. The first
# that fits counts: "Key milestones achieved in enacting recommendation" are milestones.
_COLUMNS = (
    ("outcome", r"\bcomplet(?:ion|ed?)\b|(?<!expected )(?<!desired )(?<!intended )\boutcomes?\b"
                r"|\bstatus\b|\brag\b"),
    ("milestones", r"\bmilestones?\b|\bevidence\b"),
    ("progress", r"\bprogress\b|\bupdates?\b"),
    ("scope", r"\bscope\b|\bregional\b"),
    ("target_date", r"\btarget\b|\bdeadline\b|\btime ?(?:scale|frame|line)s?\b|\bwhen\b|\bdue\b"
                    r"|\bdate\b"),
    ("number", r"^(?:rec(?:ommendation)?s?\.? ?)?(?:nos?|number|ref(?:erence)?|item|#)\.?$"),
    ("lead", r"\blead\b|\bowners?\b|\brespons\w+\b|\bagenc(?:y|ies)\b|\bwhom?\b|\baccountab\w+\b"
             r"|\borganisations?\b"),
    ("text", r"\brecommendations?\b|\blearning\b|\bissues?\b"),
    ("action", r"\bactions?\b|\btasks?\b|\bsteps?\b|\boutcomes?\b"),
)  # fmt: skip
_PATTERNS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _COLUMNS)

_DATE_ONLY = re.compile(r"\[DATE[^\]]*\]\.?|[\d ./-]+", re.IGNORECASE)
# In this order: "not yet started" and "partly complete" hold the words of what follows.
_DONE = r"(?:complet\w*|implemented|achieved|done|delivered)\b"
_STATUSES = (
    ("not started", r"\bnot (?:yet )?(?:been )?(?:started|begun|commenced)\b"
                    r"|\byet to (?:start|begin)\b"),
    ("in progress", rf"\bpart(?:ly|ially)?[ -]{_DONE}|\bincomplete\b"
                    rf"|\b(?:not|nearly|almost|to be|when|once|until)(?: \w+)? {_DONE}"),
    ("complete", r"\b(?:complet(?:e|ed|ion)|done|achieved|implemented|finished|delivered|"
                 r"closed)\b"),
    ("in progress", r"\b(?:in progress|ongoing|on-going|under ?way|on track|continu\w+|"
                    r"outstanding|overdue|delayed?|await\w*|pending|due|amber|in hand|to follow|"
                    r"started|begun)\b"),
)  # fmt: skip
_PROGRESS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _STATUSES)


def cells(text: str) -> list[str]:
    """The cells of a table row as it stands in a passage."""
    return [cell.strip() for cell in text.split("|")]


def columns(header: str) -> list[str | None]:
    """What each column is for, by its header cell, as a column of `contracts.RECOMMENDATIONS`.

    Progress is the outcome, unless another column tells that.
    """
    found = [
        next((name for name, pattern in _PATTERNS if pattern.search(cell)), None)
        for cell in cells(header)
    ]
    progress = "milestones" if "outcome" in found else "outcome"
    return [progress if name == "progress" else name for name in found]


def by_column(text: str, header: str) -> dict[str, str]:
    """The cells of a row that are not empty, by what they are for; "; " joins two of a kind."""
    found: dict[str, list[str]] = {}
    for name, cell in zip(columns(header), cells(text), strict=False):
        if name and cell:
            found.setdefault(name, []).append(cell)
    return {name: "; ".join(parts) for name, parts in found.items()}


def scope(text: str) -> str | None:
    """Local, regional or national; the widest that a text names."""
    return next((s for s in reversed(SCOPES) if re.search(rf"\b{s}", text, re.IGNORECASE)), None)


def status(outcome: str | None) -> str:
    """How far an action is, by what its outcome says; a date alone is that of its completion."""
    if not outcome:
        return "not stated"
    if _DATE_ONLY.fullmatch(outcome):
        return "complete"
    return next((name for name, pattern in _PROGRESS if pattern.search(outcome)), "unclear")
