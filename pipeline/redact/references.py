"""Numbers that lead to a record: NHS, police, court, hospital, housing, vehicle, bank."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban
from stdnum.gb import nhs

from pipeline.redact.find import Find
from pipeline.redact.words import WORDS

# The number itself: groups with a digit, joined by / - . or a space before another digit group.
_TOKEN = r"(?=[A-Za-z0-9/.-]*\d)[A-Z0-9][A-Za-z0-9]*(?:[/.-][A-Za-z0-9]+)*"
_NUMBER = (
    rf"({_TOKEN}(?: (?:of )?(?:\d[\dA-Z]*(?:[/.-][A-Z0-9]+)*|[A-Z]{{1,3}}\d[\dA-Z/.-]*|"
    rf"[A-D]\b))*)"
)
_CUE = (
    r"(?:(?i:\b(?:(?:police |crime |incident |command and control |custody |999 |CAD |STORM )?"
    r"(?:log|crime|incident|custody record|custody|CAD|URN|URNs|intelligence report)"
    r"|(?:our |your |case |file |crime |court |visa |incident |claim |order |account |tenancy |"
    r"police |housing |safeguarding |council tax )?ref(?:erence|s)?|case|claim|court|indictment|"
    r"NHS|N\.H\.S\.|hospital|patient|unit|MRN|K|student|pupil|UPN|UTR|staff|employee|payroll|"
    r"collar|account|a/c|sort code|card|contract|tenancy|policy|licence|passport|visa|permit|"
    r"PNC(?: ID)?|CRO|NI|NINO|National Insurance|prison|prisoner|VIPER|MERLIN|Niche|COMPASS|"
    r"registration|certificate|warrant|docket|invoice|serial|badge|county court|crown court|"
    r"record)\b))"
)
_LABEL = (
    r"(?:\s?(?i:numbers?|nos?\b\.?|num\b\.?|ref(?:erence)?\b\.?|ID|code|plate|mark|#|was|is|:|-|"
    r"–|\())*\s?"
)

_PATTERNS = {
    "references.cued": re.compile(rf"{_CUE}\.?{_LABEL}\s?[:#(]?\s?{_NUMBER}"),
    "references.hospital": re.compile(
        r"\b(?:[Hh]ospital|[Pp]atient|[Uu]nit|MRN|NHS) (?:[Nn]o\.?|[Nn]umber) ([A-Z]{1,3} "
        r"\d{2,4}(?: \d{2,5})*)\b"
    ),
    "references.nino": re.compile(r"\b([A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])\b"),
    "references.vehicle": re.compile(r"\b([A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]\d{1,3} [A-Z]{3})\b"),
    "references.mixed": re.compile(
        r"(?<![\w/£@.-])((?=(?:[^\s]*\d){3})(?=[^\s]*[A-Z])[A-Z0-9]{1,}(?:[/-][A-Z0-9]+)+"
        r"|(?=(?:\w*\d){4})(?=\w*[A-Z])[A-Z]{1,5}\d[A-Z0-9]{4,}"
        r"|[A-Z]{2,4}\d \d{5,}"
        r"|\d{3,}[/-]\d{3,}(?:[/-]\d+)*|(?!(?:19|20)\d\d/)\d{4,}/\d\d)(?![\w/])"
    ),
    "references.system": re.compile(
        r"\b((?:CAD|URN|STORM|[Nn]iche|NICHE|MERLIN|VIPER|COMPASS|IML|SYSTM1|PNC) ?"
        r"\d{3,}[A-Z0-9/-]*)\b"
    ),
    # A crime of a force and a year: "41/24466/17"
    "references.crime": re.compile(r"(?<![\w/.-])(\d\d[A-Z]?/\d{4,6}/\d\d)(?![\w/]|\.\d)"),
    # "StEIS 2018/90117", "RFD 3 0092"
    "references.year-first": re.compile(r"\b([A-Z][A-Za-z]{1,7} (?:19|20)\d\d/\d{3,})\b"),
    # A court abroad ("II K 318/06"), a tracked parcel ("RR 1234 5678 9GB")
    "references.foreign": re.compile(r"\b([IVX]{1,4} [A-Z]{1,3} \d{1,5}/\d{2,4})\b"),
    "references.parcel": re.compile(r"\b([A-Z]{2} ?\d{4} ?\d{4} ?\d ?[A-Z]{2})\b"),
    "references.plate": re.compile(r"\b(\d{2,3}-[A-Z]{1,2}-\d{1,6}|[A-Z]{3} \d{1,3}[A-Z])\b(?!-)"),
    "references.part-of-plate": re.compile(
        r"\b(?:registration|plate|index|VRM|VRN)\b[^.;|]{0,40}? ([A-Z]{2}\d{2})\b"
    ),
    # "under number A4471CK", "call sign RB41", "Unit RB41"
    "references.call-sign": re.compile(
        r"\b(?:[Cc]all[- ]?sign|[Uu]nit|[Cc]rew|[Pp]atrol|[Tt]asked|[Dd]eployed) "
        r"([A-Z]{2}\d{2,3})\b"
    ),
    "references.grouped": re.compile(r"\b([A-Z]{2,4} \d{1,2} \d{4,6})\b"),
    "references.collar": re.compile(
        r"\b(?:attend(?:s|ed)?|together|along|accompanied|crewed|paired) (?:with|by) (\d{3,6})\b"
    ),
    "references.further": re.compile(
        r"\b(?:numbers|nos\.?|refs?|references|records|logs|incidents|cases) (?:[\w/-]+, )*"
        r"[\w/-]*\d[\w/-]*,? (?:and|&|or) ((?=[\w/-]*\d)[A-Z0-9][\w/-]{2,})"
    ),
    "references.coordinates": re.compile(
        r"(?<![\d.])(-?\d{1,2}\.\d{3,}°?(?:\s?[NS])?,\s?-?\d{1,3}\.\d{3,}°?(?:\s?[EW])?)(?!\d)"
        r"|(?<!\w)(///\w+\.\w+\.\w+)"
    ),
    "references.address": re.compile(
        r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])"
        r"|(?<![\w:])((?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2})(?![\w:])"
    ),
    "references.exhibit": re.compile(r"\b[Ee]xhibits? ([A-Z]{2,4}/?\d{1,4})\b"),
    # After "number", "no." or "ref" whatever it counts: "locker no. 4417", "plan ref AB/12".
    "references.numbered": re.compile(
        r"\b(?i:numbers?|nos?\.|no|refs?\.?|reference|ID|serial)\s?[:.#]?\s?(?:is |was |ending "
        r"(?:in )?)?"
        r"((?=[\w/.-]*\d[\w/.-]*\d)(?=[\w/.-]{3,})[A-Z0-9][A-Za-z0-9]*(?:[/.-][A-Za-z0-9]+)*)"
    ),
    "references.list": re.compile(
        r"\b(?:[Nn]os\.?|[Nn]umbers|[Pp]lots?|[Ff]iles?|[Rr]ef(?:erence)?s) "
        r"((?:[\w/.-]*\d[\w/-]*(?:, and |, | and | & ))+[\w/.-]*\d[\w/-]*)"
    ),
    "references.ending": re.compile(
        r"\b(?:ending|ends|ended|last (?:four|three) digits)(?: in| with|:)? (?:the digits "
        r")?(\d{2,4})\b"
    ),
    "references.officer": re.compile(
        r"\b(?:PC|PCSO|PS|DC|DS|WPC|[Oo]fficers?|[Cc]onstables?|[Ss]ergeants?|collar|badge|"
        r"shoulder|warrant|"
        r"IR|intel|[Ii]ntelligence|STORM|CHI|[Tt]ag|[Ll]ocker|[Hh]andset|[Ii]nvoice|[Tt]icket|"
        r"[Ss]eal) "
        r"(?:no\.? |number |log |report )?(\d{3,6}[A-Z]?)\b"
    ),
    # Four or five digits alone: neither a year nor a time nor a count.
    "references.alone": re.compile(
        r"(?<![\w£$€.,:/+-])(?<!at )(?!(?:19|20)\d\d)(\d{4,5})(?![\w%:/]|[.,-]\d| ?(?:hours|hrs|"
        r"hr|h|am|pm|"
        r"people|women|men|children|victims|incidents|cases|calls|words|pages|officers|pounds|"
        r"miles|"
        r"metres|households|residents|km|sq|square|in every|per)\b)"
    ),
    "references.account": re.compile(r"(?<![\d-])(\d\d-\d\d-\d\d \d{6,8})(?!\d)"),
    "references.sort-code": re.compile(r"(?<![\d-])(\d\d-\d\d-\d\d)(?![\d-])"),
    "references.digits": re.compile(
        r"(?<![\w£$€,.+/-])(\d{6,}|\d{4} \d{4} \d{4} \d{4})(?![\w,%]|\.\d)"
    ),
}
_SYSTEM = re.compile(r"(?<![\w-])([A-Z]{2,6}|RiO|SystmOne|Liquidlogic|Mosaic|Athena) $")
_KEPT = frozenset(WORDS["kept_acronyms"])
_NHS = re.compile(r"(?<![\d-])(\d{3}[ -]?\d{3}[ -]?\d{4})(?![\d-])")
# "NHS number, 999 410 2287": one that was copied wrongly leads to its owner, too.
_NHS_SHAPED = re.compile(r"(?<![\w-])(\d{3} \d{3} \d{4})(?![\w-])")
_IBAN = re.compile(r"\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)\b")
# A paragraph, section or guideline number, a year or a plain count after a cue is no record.
_NOT_A_RECORD = re.compile(
    r"(?:19|20)\d\d|\d{1,2}|[A-Z]\d?|\d{1,2}\.\d{1,2}(?:\.\d+)*|COVID-19|\d+(?:st|nd|rd|th)|"
    r"\d{1,2}/\d"
)
_COUNTED = re.compile(
    r"\s(?:hours|hrs|cases|calls|times|days|weeks|months|years|people|reviews|referrals)\b"
)


def find_references(text: str) -> Iterator[Find]:
    """Record numbers: those after words that announce one, and those of an unmistakable shape."""
    for match in _NHS.finditer(text):
        if nhs.is_valid(match[1]):
            yield _reference("references.nhs", match, 1.0)
    for match in _NHS_SHAPED.finditer(text):
        yield _reference("references.nhs-shaped", match, 0.9)
    for match in _IBAN.finditer(text):
        if iban.is_valid(match[1]):
            yield _reference("references.iban", match, 1.0)
    for rule, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            number = match[match.lastindex or 0]
            if not _NOT_A_RECORD.fullmatch(number) and not _COUNTED.match(text, match.end()):
                yield _reference(rule, match, 0.9)


def _reference(rule: str, match: re.Match[str], score: float) -> Find:
    start, end = match.span(match.lastindex or 0)
    system = _SYSTEM.search(match.string[:start])
    if system and system[1] not in _KEPT:
        start = system.start(1)  # "IR 4432": the system is part of the number.
    return Find(start, end, "REFERENCE", rule, score)
