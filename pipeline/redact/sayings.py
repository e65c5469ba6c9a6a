"""Headlines and descriptions that single somebody out although they hold no name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find

_PATTERNS = {
    "sayings.headline": re.compile(
        r"\b[Hh]eadlined?s?\b[^“‘\"'.|]{0,40}(?P<found>“[^”]+”|‘.+?’(?!\w)|\"[^\"]+\")"
    ),
    "sayings.only-one": re.compile(
        r"\b(?P<found>(?:the|one of the) (?:only|last|first) [^.,;|]{3,40}? (?:from|in|of|on) "
        r"(?:her|his|their|that|the) (?:country|nationality|faith|village|town|island|shore|"
        r"district|area|county)\b"
        r"(?: (?:that|this) year)?)"
    ),
}


def find_sayings(text: str) -> Iterator[Find]:
    """Newspaper headlines about the case, and 'the only … from her country'."""
    for rule, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            yield Find(*match.span("found"), "OTHER", rule, 0.7)
