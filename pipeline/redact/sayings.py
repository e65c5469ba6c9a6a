"""Headlines and descriptions that single somebody out although they hold no name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find

_QUOTED = r"(?:“[^”]{8,}”|‘[^’]{8,}’(?!\w)|\"[^\"]{8,}\")"
_NEWS = r"\b(?:(?:news)?papers?|press|tabloids?|headlines?|newspapers?|widely reported)\b"
_WHERE = (
    r"(?:country|nationality|faith|village|town|island|shore|district|area|county|city|port|parish|"
    r"borough|college|school|coast|valley|estate|region|street)"
)
_FEW = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PATTERNS = {
    "sayings.headline": re.compile(
        r"\b[Hh]eadlined?s?\b[^“‘\"'.|]{0,40}(?P<found>“[^”]+”|‘.+?’(?!\w)|\"[^\"]+\")"
    ),
    "sayings.reported-as": re.compile(
        rf"{_NEWS}[^.;|“‘]*? (?:as|under|with|words) (?P<found>{_QUOTED})"
        rf"|(?:as|under|with|words) (?P<before>{_QUOTED})(?=[^.;|]*{_NEWS})"
    ),
    "sayings.named-crime": re.compile(
        r"\b(?:reference to|known as|dubbed|called|so-called|headlined?|nicknamed) [“‘\"]?"
        r"(?P<found>the (?!murder|killing)(?:[\w’'-]+ ){1,3}(?:murders?|killings?|killer|"
        r"murderer|tragedy|stabbing|shooting|strangler|death|horror)\b)"
    ),
    "sayings.only-one": re.compile(
        r"\b(?P<found>(?:the|one of the) (?:only|last|first|oldest|youngest) [^.,;|]{3,60}? "
        rf"(?:from|in|of|on|at) (?:her|his|their|that|the|this) (?:[\w-]+ )?{_WHERE}\b"
        r"(?: (?:that|this) year)?)"
    ),
    "sayings.one-of-few": re.compile(
        rf"\b(?P<found>one of (?:only )?(?:{_FEW}) [^.,;|]{{3,60}}? (?:in|at|on|of) (?:the|this|"
        rf"that) "
        rf"(?:whole |entire )?{_WHERE}\b)"
        rf"|\b(?P<before>(?:{_FEW}) (?:[\w-]+ ){{0,2}}(?:speakers|families|households) (?:in|at|"
        rf"on) "
        rf"(?:the|this) (?:whole |entire )?{_WHERE}\b)"
    ),
}


def find_sayings(text: str) -> Iterator[Find]:
    """Newspaper headlines about the case, and 'the only … from her country'."""
    for rule, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            group = "found" if match["found"] else "before"
            yield Find(*match.span(group), "OTHER", rule, 0.7)
