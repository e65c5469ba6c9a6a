"""Headlines and descriptions that single somebody out although they hold no name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find

_PATTERNS = {
    "sayings.headline": re.compile(
        r"\b[Hh]eadlined?s?\b[^“‘\"'.|]{0,40}(?P<found>“[^”]+”|‘.+?’(?!\w)|\"[^\"]+\")"
    ),
    "sayings.reported-as": re.compile(
        r"\b(?:reported|dubbed|billed|described|splashed|ran|carried|known|referred to)\b"
        r"[^.;|“‘\"]{0,25} (?:as|under|with) "
        r"(?P<found>“[^”]{8,}”|‘[^’]{8,}’(?!\w)|\"[^\"]{8,}\")(?=[^.;|]*\b(?:paper|press|news\w*|"
        r"media|tabloids?|headlines?|radio|television|online)\b)"
    ),
    "sayings.named-crime": re.compile(
        r"\b(?:reference to|known as|dubbed|called|so-called|headlined?|nicknamed) [“‘\"]?"
        r"(?P<found>the (?!murder|killing)(?:[\w’'-]+ ){1,3}(?:murders?|killings?|killer|"
        r"murderer|tragedy|stabbing|shooting|strangler|death|horror)\b)"
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
