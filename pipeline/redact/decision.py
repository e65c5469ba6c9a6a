"""What an analyst decides about a redaction. Imports nothing heavy: the study reads it, too."""

from __future__ import annotations

from typing import NamedTuple

EVERY_REVIEW = 0
"""The `review_id` of a decision that holds for the whole study."""
CONTEXT = 32
"""Characters of a quote's context on each side."""


class Decision(NamedTuple):
    """One decision, told by a quote from the extracted text, so that it outlasts ids and offsets.

    The quote is the Web Annotation model's TextQuoteSelector: `text` is its `exact`, `before` its
    `prefix`, `after` its `suffix`. They are empty where no single place is meant. Cells that a
    decision has no use for are empty.
    """

    review_id: int
    """The review, or `EVERY_REVIEW`."""
    decision: str
    """A word of `vocabulary.DECISIONS`."""
    text: str
    """The words that it is about; for a role: a name of the person, or the report's own label."""
    before: str = ""
    after: str = ""
    passage_id: str = ""
    """Where the quote stood when it was decided on: looked at first."""
    type: str = ""
    """A word of `vocabulary.IDENTIFIER_TYPES`; for a role: PERSON, or empty for a label."""
    entity: str = ""
    """A name of the person or thing that the words belong to."""
    role: str = ""
    """A word of `vocabulary.ROLES`."""
    who: str = ""
    when: str = ""
    """The date as the analyst gave it, ISO."""

    @property
    def place(self) -> tuple[int, bool, str, str, str, str]:
        """What it is about: of two decisions about the same, the later one replaces the other."""
        about_role = self.decision == "role"
        return (
            self.review_id, about_role, self.text, self.before, self.after, self.passage_id
        )  # fmt: skip
