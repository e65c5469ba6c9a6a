"""Headlines and descriptions that single somebody out although they hold no name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find

_QUOTED = r"(?:“[^”]{8,}”|‘[^’]{8,}’(?!\w)|\"[^\"]{8,}\")"
_NEWS = (
    r"\b(?:(?:news)?papers?|press|media|coverage|"
    r"reporting|tabloids?|headlines?|widely reported)\b"
)
_WHERE = (
    r"(?:country|nationality|faith|village|town|island|shore|district|area|county|city|port|parish|"
    r"borough|college|school|coast|valley|estate|region|street|river|estuary|fen|marsh|lake|loch|"
    r"hills?|dale|moors?|trade|docks?|quay)"
)
_FEW = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PATTERNS = {
    "sayings.headline": re.compile(
        r"\b[Hh]eadlined?s?\b[^“‘\"'.|]{0,40}(?P<found>“[^”]+”|‘.+?’(?!\w)|\"[^\"]+\")"
    ),
    "sayings.reported-as": re.compile(
        rf"{_NEWS}[^.;|“‘]*? (?:as|under|with|words|on|of|about) (?:the |a |an "
        rf")?(?P<found>{_QUOTED})"
        rf"|(?:as|under|with|words) (?P<before>{_QUOTED})(?=[^.;|]*{_NEWS})"
    ),
    "sayings.named-crime": re.compile(
        r"\b(?:reference to|known as|dubbed|called|so-called|headlined?|nicknamed) [“‘\"]?"
        r"(?P<found>the (?!murder|killing)(?:[\w’'-]+ ){1,3}(?:murders?|killings?|killer|"
        r"murderer|tragedy|stabbing|shooting|strangler|death|horror)\b)"
    ),
    "sayings.only-one": re.compile(
        r"\b(?P<found>(?:\w+ of )?(?:the|one of the) (?:only|last|first|oldest|youngest) "
        r"(?!day|week|time|visit|contact|call|report|occasion|month|year)[^.,;|]{3,60}? "
        rf"(?:from|in|of|on|at) (?:her|his|their|that|the|this) (?:[\w-]+ )?{_WHERE}\b"
        r"(?: (?:that|this) year| (?:who|that) [^.,;|]{3,60})?)"
    ),
    "sayings.first-to": re.compile(
        r"\b(?P<found>the (?:first|only|last|oldest|youngest) (?:[\w-]+ )?(?:woman|man|girl|boy|"
        r"person|"
        r"female|male|couple|family|villager|pupil|player) (?:ever )?(?:to (?!die|be killed|"
        r"report)|in the|"
        r"who (?:had |has )?ever )[^.,;|]{3,60})"
    ),
    "sayings.of-the-town": re.compile(
        r"\b(?P<found>(?:the|that|her|his) (?:town|village|county|street|city|island|parish|"
        r"valley)[’']s "
        r"[A-Z][a-z]+(?: [A-Z][a-z]+)*)"
    ),
    "sayings.record": re.compile(
        r"\b(?P<found>(?:a|an|the|her|his|their) (?:record|prize|award|medal|cup)-(?:breaking|"
        r"winning|"
        r"holding) [^.;|]{3,50}?)(?=,? (?:and|but|which|who)\b|[.;|]|$)"
    ),
    "sayings.hashtag": re.compile(r"(?<!\w)(?P<found>#[A-Za-z]\w{5,})"),
    "sayings.one-of-few": re.compile(
        rf"\b(?P<found>one of (?:only )?(?:{_FEW}) [^.,;|]{{3,60}}? (?:in|at|on|of) (?:the|this|"
        rf"that) "
        rf"(?:whole |entire )?{_WHERE}\b)"
        r"|\b(?P<fewer>(?:fewer|less) than (?:\w+) (?:[\w-]+ )?(?:speakers|families|households))\b"
        rf"|\b(?P<before>(?:{_FEW}) (?:[\w-]+ ){{0,2}}(?:speakers|families|households) (?:in|at|"
        rf"on) "
        rf"(?:the|this) (?:whole |entire )?{_WHERE}\b)"
    ),
}


def find_sayings(text: str) -> Iterator[Find]:
    """Newspaper headlines about the case, and 'the only … from her country'."""
    for rule, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            group = match.lastgroup or "found"
            yield Find(*match.span(group), "OTHER", rule, 0.7)
