"""What local bodies are called for short: acronyms and brand names that one review explains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.redact.find import Find
from pipeline.redact.words import KNOWN, NAME_WORD, NATIONAL, ordinary

_WORD = rf"(?:{NAME_WORD}(?:[’']s?)?|NHS)"
_LINKED = rf"(?:{_WORD}(?:(?: (?:and|of|for|the|in|to|against|&))*(?: |-){_WORD}){{1,8}})"
_TOLD = re.compile(
    rf"(?P<long>{_LINKED}) \([“‘\"']?(?:the "
    rf")?(?P<short>[A-Z](?=[A-Za-z]*[A-Z])[A-Za-z]{{1,9}})[”’\"']?\)"
    r"|\b(?P<short2>[A-Z]{3,8})(?:,? (?:\(|the |– |- )|: (?:the )?| (?:is|was|means) (?:the )?)"
    rf"(?P<long2>{_LINKED})"
)
_DESCRIBED = re.compile(
    r"\b(?P<short>[A-Z]{3,8}),? \(?(?:is |was )?(?:(?:an? |the )|(?=local |specialist |small |"
    r"county "
    r"|regional |voluntary |independent |community |domestic ))(?:[\w’'-]+ ){0,5}"
    r"(?:service|charity|project|provider|organisation|agency|association|landlord|company)\b"
)
_BRAND = re.compile(
    r"(?<![\w-])(?!(?:Mc|Mac|De|Le|La|Di|Fitz|Van)[A-Z])[A-Z][a-z]+(?:[A-Z][a-z]+)+(?!\w)"
)
_RUN = re.compile(_LINKED)
_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{3,8}(?![\w-])")


def find_shortened(text: str) -> Iterator[Find]:
    """Acronyms told to be of a local body, and names written like 'FenCare'."""
    for match in _TOLD.finditer(text):
        short = "short" if match["short"] else "short2"
        words = re.findall(NAME_WORD, match["long"] or match["long2"])
        if not all(map(ordinary, words)) and _stands_for(
            match[short], words, told=short == "short"
        ):
            # What usually means a national body teaches nothing.
            score = 0.65 if match[short] in NATIONAL else 0.75
            yield Find(*match.span(short), "PLACE", "shortened.told", score)
    for match in _DESCRIBED.finditer(text):
        if match["short"] not in NATIONAL:
            yield Find(*match.span("short"), "PLACE", "shortened.described", 0.75)
    for match in _BRAND.finditer(text):
        if match.group().casefold() not in KNOWN:
            yield Find(*match.span(), "PLACE", "shortened.brand", 0.75)


def _stands_for(short: str, words: list[str], *, told: bool) -> bool:
    # A bracket after a local body tells its short name, in whatever language.
    capitals = {letter for letter in short if letter.isupper()}
    if short == "".join(word[0] for word in words):
        return True
    bracketed = told and words[-1] in (
        "Board",
        "Homes",
        "Trust",
        "Council",
        "Housing",
        "Partnership",
    )
    return short not in NATIONAL and (bracketed or capitals <= {word[0] for word in words})


def initials_of(texts: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    """Acronyms in the texts that are the initials of what begins with one of the `names`."""
    texts = list(texts)
    told = {acronym for text in texts for acronym in _ACRONYM.findall(text)} - NATIONAL
    local = {name.split()[0] for name in names if name}
    for text in texts if told else ():
        for run in _RUN.findall(text):
            yield from told & set(_acronyms(run, local))


def _acronyms(run: str, local: set[str]) -> Iterator[str]:
    words = re.findall(r"[\w’']+", run)
    starts = [n for n, word in enumerate(words) if word in local]
    for start in {begin for n in starts for begin in (n, n - 1) if begin >= 0}:
        for end in range(start + 3, len(words) + 1):
            capitals = [word for word in words[start:end] if word[0].isupper()]
            yield "".join(word[0] for word in capitals)
            yield "".join(word[0] for word in capitals if word != "NHS")
            yield "".join(word if word == "NHS" else word[0] for word in capitals)
            yield "".join(word[0].upper() for word in words[start:end])
