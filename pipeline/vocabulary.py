"""The closed word lists that tables, gold and decisions share. Imports nothing.

It stands apart from `contracts` because the child process that parses a document needs the
words and must load neither pandas nor pyarrow.
"""

from __future__ import annotations

SECTION_ROLES = (
    "front-matter",
    "contents",
    "preface",
    "introduction",
    "statutory-purpose",
    "terms-of-reference",
    "methodology",
    "panel",
    "equality",
    "family-views",
    "background",
    "chronology",
    "analysis",
    "literature",
    "conclusions",
    "lessons",
    "good-practice",
    "recommendations",
    "action-plan",
    "executive-summary",
    "glossary",
    "appendix",
    "body",
)
"""What a section is for; `body` where no cue tells."""

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
KINDS = ("heading", "paragraph", "list-item", "table-row", "footnote", "caption")
DOCUMENT_TYPES = ("overview report", "executive summary", "action plan", "other")
CASE_TYPES = ("intimate partner", "adult family", "suicide", "other")
PUBLICATION = ("published", "not yet published")
STATUSES = ("built", "set aside")
HIDDEN = (
    "text under a box or in the colour of the paper",
    "text outside the page",
    "text too small to read",
    "text under other text",
    "text that is not what is printed",
    "redaction mark that was not applied",
)
"""How text of a PDF can be hidden from a reader of its print, or was meant to be."""
WARNINGS = (*HIDDEN, "note", "form field", "attachment", "script", "earlier version", "repair")
REMOVED = ("running line", "page number", "watermark")
"""What is printed round the text of a page, and enters no passage."""
IDENTIFIER_TYPES = ("PERSON", "PLACE", "DATE", "AGE", "CODE", "CONTACT", "OTHER")
ROLES = ("victim", "perpetrator", "child", "relative", "professional", "unknown")
DECISIONS = ("reject", "never", "everywhere", "add", "same as", "role")
"""What an analyst can decide about a redaction."""
OUTCOMES = (
    "applied",
    "not found",
    "context gone",
    "several places",
    "covered",
    "entity gone",
)
"""What became of a decision. `context gone`: the words stand in the review, but not between those
that stood around them (an `add` then replaces them wherever they stand, a `reject` does nothing);
`several places`: a `reject` fits more than one; `covered`: a longer replacement lies over it;
`entity gone`: the words are replaced, but nothing in the review has the name of their entity."""
ANSWER_OUTCOMES = ("answered", "not usable", "withheld", "not answered")
"""What can become of a passage that a language model is to be asked about. `not usable`: nothing of
the answer can be used (see `pipeline.asking`); `withheld`: the leak check found something in the
passage, and it was not sent."""
MACHINE = "machine"
"""The coder that every study has: rules, and the codebook's own model."""
MODEL_CODER = "model:"
"""What the name of a coder by a language model begins with."""


def by_machine(coder: str) -> bool:
    """Whether a name is that of a machine, and not of a person."""
    return coder == MACHINE or coder.startswith(MODEL_CODER)


CODING_DECISIONS = ("accept", "reject", "add", "change")
"""What a person can decide about a coding. `accept` without a code is about the passage as a whole:
it was read, and no other code applies. `reject` of a code that nobody applied says that it does not
apply."""
CHOICES = ("random", "chosen")
"""How a passage came to be decided on: drawn as part of an audit sample, or picked."""
POLARITIES = ("present", "absent", "hypothetical", "good-practice")
SUBJECTS = ("victim", "perpetrator", "child", "agency", "network")
LAYERS = ("finding", "fact", "recommendation", "literature", "boilerplate")
SOURCES = ("agency", "family", "perpetrator", "panel", "research")
TIMES = ("before", "at", "after")
RECOMMENDATION_KINDS = ("recommendation", "action-plan row")
SCOPES = ("local", "regional", "national")
PROGRESS = ("complete", "in progress", "not started", "unclear", "not stated")
TOPIC_STATES = ("in topic", "outlier", "repeat", "left out")
VERDICTS = ("in the codebook", "not in the codebook")
STATES = ("present", "absent", "not mentioned")

LAYER_OF_SECTION = {
    "equality": "finding",
    "family-views": "finding",
    "background": "fact",
    "chronology": "fact",
    "analysis": "finding",
    "conclusions": "finding",
    "lessons": "finding",
    "good-practice": "finding",
    "recommendations": "recommendation",
    "action-plan": "recommendation",
    "executive-summary": "finding",
    "body": "finding",
}
"""Section role → layer. Sections that are not listed are never coded: the statutory purpose,
the terms of reference and the glossary name every theme of the codebook, the panel table names
every service, and quoted research is about other people."""
