"""Exact ages, as numbers or words; bands ('in his forties') and legal thresholds stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find
from pipeline.redact.words import WORDS

_UNITS, _TENS = WORDS["units"], WORDS["tens"]
_SMALL = "|".join(sorted(_UNITS, key=len, reverse=True))
_NUMBER = rf"(?:\d{{1,2}}|10\d|(?:{'|'.join(_TENS)})(?:[- ](?:{_SMALL}))?|(?:{_SMALL}))\b"
_WHO = r"(?:[Ss]?he|[Ww]ho|[A-Z][\w’'-]+(?: [A-Z0-9]{1,2})?)"

_PATTERNS = {
    "ages.aged": rf"\b[Aa]ged? (?:of )?({_NUMBER})",
    "ages.years-old": (
        rf"\b({_NUMBER})(?:(?:[- ](?:(?:and a half)[- ])?years?[- ]?old)|[- ]?yrs?[- ]old"
        r"|[- ]?y/?o\b|[- ]years? of age|[- ](?:months?|weeks?)[- ]old)"
    ),
    "ages.then": rf"\b(?:then|only|just|nearly|almost) (?:aged )?({_NUMBER})(?=[,;.)])",
    "ages.was": (
        rf"\b{_WHO} (?:was|is|were|had (?:just )?turned|turned) (?:then |nearly |almost )?"
        r"((?:1\d|[2-9]\d))(?=[,.;)]| when | at (?:the )?(?:time|death)| and (?:a|had|was|lived|"
        r"in|\d+) )"
    ),
    "ages.at": (
        rf"\b(?:was|were|turned) (?:then )?({_NUMBER})(?= at the time| when (?:he|she|they|the)\b)"
    ),
    "ages.children": (
        r"\b(?:children|boys|girls|sons|daughters|siblings) (?:was|were|are) (?:then )?"
        rf"({_NUMBER})(?=,| and)"
    ),
    "ages.bracket": r"(?<=[A-Za-z’'] \()((?:1\d|[2-9]\d))(?=[),;])",
    "ages.label": rf"\bAge(?: at death)?:? ?\|? ?({_NUMBER})",
}
_COMPILED = {rule: re.compile(pattern) for rule, pattern in _PATTERNS.items()}
_FURTHER = re.compile(
    rf"(?:,| and|, and| or| to) (?:aged )?({_NUMBER})(?! (?:months?|weeks?|days?|children|"
    rf"occasions)\b| years?\b(?! old))"
)
# "aged 16 or over", "aged between 18 and 24" and "over 65" describe a law or a statistic.
_THRESHOLD_AFTER = re.compile(
    r"\s*(?:years )?(?:or|and) (?:over|above|older|under|younger)|\+|-\d|–\d|\s?%"
)
_THRESHOLD_BEFORE = re.compile(
    r"\b(?:those|people|women|men|adults|persons?|children|residents|anyone) $"
)


def find_ages(text: str) -> Iterator[Find]:
    """Numbers, in digits or words, that tell somebody's age; `value` is the band."""
    for rule, pattern in _COMPILED.items():
        for match in pattern.finditer(text):
            if _threshold(text, match):
                continue
            small = bool(re.search(r"(?:month|week)s?[- ]old$", match.group()))
            yield _age(rule, match, small=small)
            yield from _series(text, match, rule)


def _series(text: str, match: re.Match[str], rule: str) -> Iterator[Find]:
    # "aged nine and six", "aged 9, 6 and 3"
    if rule not in ("ages.aged", "ages.children"):
        return
    end = match.end()
    while further := _FURTHER.match(text, end):
        yield _age(rule, further)
        end = further.end()


def _threshold(text: str, match: re.Match[str]) -> bool:
    return bool(
        _THRESHOLD_AFTER.match(text, match.end(1))
        or _THRESHOLD_BEFORE.search(text[: match.start()])
    )


def _age(rule: str, match: re.Match[str], *, small: bool = False) -> Find:
    band = "under 18" if small else band_of(match[1])
    return Find(match.start(1), match.end(1), "AGE", rule, 0.9, band)


def band_in(text: str) -> str:
    """The band of the first number in a text; '' when there is none."""
    number = re.search(rf"\b{_NUMBER}", text)
    return band_of(number.group()) if number else ""


def band_of(number: str) -> str:
    """'under 18', '18-29' for young adults, else the ten years: '30-39'."""
    years = int(number) if number.isdigit() else _spelt(number)
    if years < 18:
        return "under 18"
    return "18-29" if years < 30 else f"{years // 10 * 10}-{years // 10 * 10 + 9}"


def _spelt(words: str) -> int:
    tens, _, units = words.replace("-", " ").partition(" ")
    if tens in _TENS:
        return 20 + 10 * _TENS.index(tens) + (_UNITS.index(units) + 1 if units else 0)
    return _UNITS.index(tens) + 1
