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
_SPELLED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{_SMALL}))?|\w+teen)\b"
_CHILDREN = (
    r"(?:child|children|boys?|girls?|sons?|daughters?|siblings?|brothers?|sisters?|twins|"
    r"grandchild|grandchildren|grandsons?|granddaughters?|nieces?|nephews?)"
)
_NO_SPAN = r"(?! ?(?:months?|weeks?|days?|hours?|minutes?|occasions?|times|years? (?!old)))"
_ORDINAL_TENS = [re.sub("y$", "ieth", ten) for ten in _TENS]
_ORDINAL_SMALL = WORDS["ordinals"]
_ORDINAL = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)|(?:(?:{'|'.join(_TENS)})[- ])?(?:{'|'.join(_ORDINAL_SMALL)})|"
    rf"{'|'.join(_ORDINAL_TENS)})"
)

_PATTERNS = {
    "ages.aged": rf"\b[Aa]ged? (?:of )?({_NUMBER})",
    "ages.years-old": (
        rf"\b({_NUMBER})(?:(?:[- ](?:(?:and a half)[- ])?years?[- ]?old\b)|[- ]?yrs?[- ]old"
        r"|[- ]?y/?o\b|[- ]years? of age|[- ](?:months?|weeks?)[- ]old)"
    ),
    "ages.then": rf"\b(?:then|only|just|nearly|almost) (?:aged )?({_NUMBER})(?=[,;.)])",
    "ages.was": (
        rf"\b{_WHO} (?:was|is|were|had (?:just )?turned|turned) (?:then |nearly |almost )?"
        r"((?:1\d|[2-9]\d))(?=[,.;)]| when\b| at (?:the )?(?:time|death)| and (?:a|had|was|lived|"
        r"in|\d+) )"
    ),
    "ages.spelled": (
        rf"\b{_WHO} (?:was|is) (?:then |now |nearly |only )?({_SPELLED})(?=[,.;)]| when\b)"
    ),
    "ages.when": (
        rf"\b(?:[Ww]hen|before|until|since) (?:[Ss]?he|they|[A-Z][\w’'-]+) (?:was|were|turned) "
        rf"({_NUMBER}){_NO_SPAN}"
    ),
    "ages.would-be": (
        rf"\b(?:would (?:have been|be)|will be|turning|turned|approaching|rising) ({_NUMBER})"
        r"(?=[,.;)’”]| (?:the|that|this|in|on|next|when)\b)"
    ),
    "ages.of": (
        rf"\b(?:[Mm]an|[Ww]oman|[Bb]oy|[Gg]irl|[Ll]ady|[Ll]ad|[Tt]eenager|[Pp]erson|[Yy]outh|"
        rf"[Gg]entleman|[Ww]idow|[Ww]idower|age) of (?:about |only |just )?({_NUMBER}){_NO_SPAN}"
        r"(?! ?[%a-z]*children)"
    ),
    "ages.moment": rf"\b(?:[Aa]t|[Aa]t only|[Aa]t just|[Bb]y) ({_NUMBER}),? (?=(?:she|he|they) )",
    "ages.moment-named": rf"\b[Aa]t ({_SPELLED}),? (?=[A-Z])",
    "ages.had-been": rf"\b[Ss]?[Hh]e had (?:been|turned|just turned) ({_NUMBER})(?=[.,;)])",
    "ages.milestone": (
        r"\b(?:came out|married|left (?:school|home|care)|pregnant|a (?:mother|father)|widowed|"
        rf"died|dead|orphaned|retired) at ({_NUMBER})(?=[,.;)]| (?:and|to|after|with)\b)"
    ),
    "ages.child-was": rf"\b{_CHILDREN},? (?:[A-Z]\w+ ?\d?,? )?(?:was|is) ({_NUMBER})(?=[.,;])",
    "ages.now": rf"(?:(?<=, )now|(?<=\b[Ww]ho )(?:was|is)) ({_NUMBER})(?=[,.;)])",
    "ages.self": rf"\b(?:[Hh]im|[Hh]er|[Tt]hem)sel(?:f|ves),? ({_NUMBER})(?=[,.;)])",
    "ages.years": rf"(?<=[,(] )({_NUMBER}) ?(?:yrs?|y/?o|yrs\.)(?=[,.;) ])",
    "ages.birthday": rf"\b({_ORDINAL})(?= birthday)",
    "ages.listed": rf"\b{_CHILDREN} \(({_NUMBER}){_NO_SPAN}",
    "ages.after-name": (
        rf"\b(?!(?:{'|'.join(month.title() for month in WORDS['months'])})\b)"
        rf"[A-Z][a-z’'-]+, ((?:1[1-9]|[2-9]\d)|{_SPELLED}|(?:{_SMALL})\b)(?=, [a-z])"
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
    if rule not in ("ages.aged", "ages.children", "ages.listed"):
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


def band_of(number: str) -> str:
    """'under 18', '18-29' for young adults, else the ten years: '30-39'."""
    digits = re.match(r"\d+", number)
    years = int(digits.group()) if digits else _spelt(number)
    if years < 18:
        return "under 18"
    return "18-29" if years < 30 else f"{years // 10 * 10}-{years // 10 * 10 + 9}"


def _spelt(words: str) -> int:
    tens, _, units = words.replace("-", " ").partition(" ")
    for counted in (_TENS, _ORDINAL_TENS):
        if tens in counted:
            return 20 + 10 * counted.index(tens) + (_small(units) if units else 0)
    return _small(tens)


def _small(word: str) -> int:
    return (_UNITS if word in _UNITS else _ORDINAL_SMALL).index(word) + 1
