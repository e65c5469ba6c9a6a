"""Exact ages, as numbers or words; bands ('in his forties') and legal thresholds stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find
from pipeline.redact.gated import Gated
from pipeline.redact.words import WORDS
from pipeline.vocabulary import MONTHS

_UNITS, _TENS = WORDS["units"], WORDS["tens"]
_SMALL = "|".join(sorted(_UNITS, key=len, reverse=True))
_NUMBER = rf"(?:\d{{1,2}}|10\d|(?:{'|'.join(_TENS)})(?:[- ](?:{_SMALL}))?|(?:{_SMALL}))\b"
_SPELLED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{_SMALL}))?|\w+teen)\b"
_CHILDREN = (
    r"(?:child|children|boys?|girls?|sons?|daughters?|siblings?|brothers?|sisters?|twins|"
    r"grandchild|grandchildren|grandsons?|granddaughters?|nieces?|nephews?)"
)
_NO_SPAN = (
    r"(?! ?(?:months?|weeks?|days?|hours?|minutes?|occasions?|times|stone|per cent|%|"
    rf"(?:to|past) (?:\d|{_SMALL})|years? (?!old)))"
)
_ORDINAL_TENS = [re.sub("y$", "ieth", ten) for ten in _TENS]
_DECADES = [re.sub("y$", "ies", ten) for ten in _TENS]
_ORDINAL_SMALL = WORDS["ordinals"]
_TEEN_OR_OVER = rf"(?:1[3-9]|[2-9]\d|{_SPELLED})"
_ADULT_ORDINAL = (
    rf"(?:\d{{2}}(?:st|nd|rd|th)|(?:(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_ORDINAL_SMALL[:9])}))|"
    rf"{'|'.join([*_ORDINAL_SMALL[12:], *_ORDINAL_TENS])})"
)
_ORDINAL = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)|(?:(?:{'|'.join(_TENS)})[- ])?(?:{'|'.join(_ORDINAL_SMALL)})|"
    rf"{'|'.join(_ORDINAL_TENS)})"
)

_WHOSE = (
    r"(?:[Ss]?he|[Ww]ho|I|[Tt]hey|both|[Vv]ictim|[Pp]erpetrator|[Dd]eceased|[Ee]ldest|[Yy]oungest|"
    rf"[Oo]lder|[Yy]ounger|mother|father|mum|dad|husband|wife|partner|{_CHILDREN}|"
    r"(?!(?:There|These|Those|This|That|It|All|Some|Most|Both|Calls|Police|What|"
    r"Scale|Score|Inventory|Questionnaire)\b)"
    r"[A-Z][a-zß-ÿ’'-]+(?: [A-Z]| \d{1,2})?|[A-Z]{2})"
)
_NEARLY = (
    r"(?:(?:then|now|only|just|nearly|almost|barely|already|still|not yet|not quite|about|around|"
    r"at most|by then|by now|at the time|turning|rising|approaching|nearing|short of|about to turn|"
    r"about to be|due to turn|coming up to|going on|just short of|the age of|aged) )*"
)
_BE = (
    r"(?:was|is|were|are|be|been|[’']d been|[’']s|[’']m|turns|turned|turning|becomes|became|"
    r"reached|"
    r"reaching|rising|approaching|nearing|approached|hits|hit)"
)
_ENDS = (
    r"(?=[.,;:)!?”’\"|]|$| (?:when|at|in|on|that|and|but|who|with|then|now|the|this|by|next|last|"
    r"or|"
    r"years?[- ]old|yrs|a|an|had|has|lived|lives|his|her|she|he|they|before|after|while)\b)"
)
_YEARS = r"(?:[- ]?(?:years?|yrs?|yr|y)[- .]?(?:old\b|o(?:ld)?\b|of age\b)|[- ]?y/?\.?o\b)"

_PATTERNS = {
    "ages.aged": (
        rf"\b(?:[Aa]ged?|AGE|[Aa]ge[ds]? (?:of|at)|ages|[Aa]ge(?: at death)?:)(?: ?\|)? "
        rf"{_NEARLY}({_NUMBER})"
    ),
    "ages.years-old": (
        rf"\b({_NUMBER}|\d{{1,3}}(?=[a-z]))(?:[½¼¾]|[- ](?:and a (?:half|quarter)))?{_YEARS}"
    ),
    "ages.months-old": rf"\b({_NUMBER}[- ](?:months?|weeks?|days?))(?=[- ]old\b)",
    "ages.years": (
        rf"(?<=[,(|] )({_NUMBER}) ?(?:yrs?|y/?o|y|years)\b\.?(?=[.,;)]| \||$)|"
        rf"(?<=[“‘\"'])({_NUMBER}) ?(?:yrs?|y/?o)\b|\(({_NUMBER}) "
        rf"?(?:yrs?|y|years)\b"
    ),
    "ages.then": (
        rf"\b(?:[Tt]hen|only|just|nearly|almost|now|aged|[Nn]ot (?:yet|quite)) (?:aged "
        rf")?({_NUMBER})(?=[,;.:)])"
    ),
    "ages.be": (
        rf"\b{_WHOSE}(?:,? |(?=[’']))(?:(?:had|has|would have|will|would|might have) )?(?:just |"
        rf"recently )?{_BE} {_NEARLY}({_NUMBER}){_NO_SPAN}{_ENDS}"
    ),
    "ages.of": (
        rf"\b(?:[Mm]an|[Ww]oman|[Bb]oy|[Gg]irl|[Ll]ady|[Ll]ad|[Tt]eenager|[Pp]erson|[Yy]outh|"
        rf"[Cc]hild|"
        r"[Bb]aby|[Tt]oddler|[Ss]on|[Dd]aughter|[Ss]ons|[Dd]aughters|[Bb]oys|[Gg]irls|[Tt]wins|"
        rf"[Pp]ensioner|[Ss]tudent|[Tt]rainee|[Aa]pprentice|[Rr]ecruit|[Ll]earner|[Pp]atient|"
        rf"[Gg]entleman|[Ww]idow(?:er)?|age|someone|somebody) "
        rf"of "
        rf"{_NEARLY}({_NUMBER}){_NO_SPAN}(?! ?[%a-z]*(?:children|reviews|cases))"
    ),
    "ages.kin-of": (
        rf"\b(?:[Hh]usband|[Ww]ife|[Bb]rother|[Ss]ister) of ({_TEEN_OR_OVER}){_NO_SPAN}{_ENDS}"
    ),
    "ages.moment": rf"\b(?:[Aa]t|[Aa]t only|[Aa]t just|[Bb]y) ({_NUMBER}),? (?=(?:she|he|they) )",
    "ages.moment-named": rf"\b[Aa]t ({_SPELLED}),? (?=[A-Z])",
    "ages.after": (
        rf"\b(?:at|At) ((?:{'|'.join(_TENS)})[- ](?:{_SMALL})|\w+teen){_NO_SPAN}"
        r"(?=[,.;)]| (?:and|with|she|he|they|after|when)\b)"
    ),
    "ages.came-at": (
        r"\b(?:came|arrived|moved|emigrated|taken|brought|sent|married|diagnosed|diagnosis|expelled|excluded|orphaned|adopted|"
        rf"fostered|removed|left) (?:[\w’'-]+ ){{0,5}}at ({_NUMBER}){_NO_SPAN}(?! ?[ap]\.?m)"
        r"(?=[,.;)]| (?:and|with|for|by|after|to)\b)"
    ),
    # "married at sixteen herself", "died at four under a trailer", "at 16 came home"
    "ages.life-at": (
        r"\b(?:married|wed|widowed|orphaned|died|killed|drowned|born again|mother|father|bride) at "
        rf"({_NUMBER}){_NO_SPAN}(?! ?[ap]\.?m| o[’']clock|[.:]\d)(?= (?:herself|himself|under|"
        rf"from|of|"
        r"on|when|having|while|during|in (?!the (?:morning|evening|afternoon)))\b)"
        rf"|\b(?:and|[Ss]he|[Hh]e|who|but),? at ({_TEEN_OR_OVER}),? (?=(?:came|went|left|joined|"
        rf"began|"
        r"started|moved|married|became|was (?:sent|taken|placed|adopted)|enlisted|emigrated)\b)"
        rf"|(?:^|(?<=[.;] ))(?:To|From) [A-Z][a-z]+ at ({_NUMBER}){_NO_SPAN}(?=[.,;]|$)(?!\.\d)"
    ),
    # "C1, five, and C2, two"
    "ages.label-pair": (rf"\b[A-Z]{{1,2}}\d, ({_NUMBER})(?=,? and [A-Z]{{1,2}}\d, {_NUMBER}[.,;])"),
    "ages.label-pair-last": (
        rf"\b[A-Z]{{1,2}}\d, {_NUMBER},? and [A-Z]{{1,2}}\d, ({_NUMBER})(?=[.,;])"
    ),
    # "he being then 33 and she 74", "at twelve had been"
    "ages.contrasted": (
        rf"\b(?:he|she) (?:being )?(?:then )?({_TEEN_OR_OVER}),? and (?=(?:he|she) "
        rf"{_TEEN_OR_OVER})"
    ),
    "ages.contrasted-last": (
        rf"\b(?:he|she) (?:being )?(?:then )?{_TEEN_OR_OVER},? and (?:he|she) "
        rf"({_TEEN_OR_OVER})(?=[.,;])"
    ),
    "ages.at-had": (
        rf"\b[Aa]t ({_NUMBER}){_NO_SPAN} (?=(?:(?:she|he|they|[Tt]he (?:victim|perpetrator)) )?"
        r"had (?:been|drawn|already|left|won)\b)"
    ),
    # "Child 1 was ten and Child 2 four when"
    "ages.ellipsis": (
        rf"\b(?:was|were|is) {_NUMBER},? and (?:[A-Z]\w+(?: \w{{1,2}})?|the (?:elder|younger|"
        rf"other|youngest|"
        rf"eldest)) ({_NUMBER}){_NO_SPAN}(?=[,.;]| when\b)"
    ),
    "ages.at-the-time": rf"(?:^|(?<=, )|(?<=[.;] ))((?i:{_NUMBER}))(?= at the time\b)",
    # "her early thirties" tells more than a band of ten years
    "ages.part-of-band": (
        rf"\b(?:[Hh]er|[Hh]is|[Tt]heir|my) ((?:very )?(?:early|mid|late)[- "
        rf"](?:{'|'.join(_DECADES)}))\b"
    ),
    "ages.letter": (
        rf"(?:^|(?<=[.;|] )|(?<=, )|(?<=and ))[A-Z] (?:is|was|now|turned) ((?:1[3-9]|[2-9]\d)|"
        rf"{_SPELLED})"
        rf"{_NO_SPAN}(?=[.,;)]| and\b| \|)"
    ),
    "ages.next-birthday": (
        rf"\b(?:is|was|be|turns?|turning) ({_TEEN_OR_OVER}) (?=next (?:{'|'.join(MONTHS)}|birthday|"
        r"week|month)\b)"
    ),
    "ages.nth-alone": (
        rf"\b(?:[Hh](?:er|is)|(?:mum|dad|mother|father|[A-Z][a-z]+)[’']s) ({_ADULT_ORDINAL})"
        rf"(?= (?:would|was|is|had|fell|should)\b)"
    ),
    "ages.either": rf"\b(?:was|is|be|aged|about|looked) ({_TEEN_OR_OVER})(?= or "
    rf"{_TEEN_OR_OVER}{_ENDS})",
    "ages.or": rf"\b(?:was|is|be) (?:{_TEEN_OR_OVER}) or ({_TEEN_OR_OVER}){_ENDS}",
    "ages.apart": rf"(?<=, at )({_NUMBER})(?=, (?:a|an|the|he|she|to) )",
    # "Beth, at twelve, rang", not "The police, at 10, rang"
    "ages.apart-named": (
        rf"\b(?!Police\b)[A-Z][a-zß-ÿ’'-]+(?: [A-Z]| \d)?, at (?:just |only )?({_NUMBER})(?=, "
        rf"[a-z])"
    ),
    "ages.died-at": (
        rf"\bdied of [a-z -]{{3,30}} at ({_NUMBER}){_NO_SPAN}(?=[,;]|\.(?!\d)|$| and\b)"
    ),
    "ages.child-at": (
        rf"\b(?:had|having|bore) (?:(?:her|their) (?:first|eldest|second) (?:child|baby|son|"
        rf"daughter)|"
        rf"a baby|[A-Z][a-z]+) at ({_TEEN_OR_OVER}){_NO_SPAN}(?=[,;.]| (?:with|by|and|when)\b)"
    ),
    "ages.milestone": (
        r"\b(?:came out|[a-z]+ed|left|school|care|home|began|pregnant|mother|father|wed|dead|met|"
        r"ran|"
        r"away|work|college|university|went|parent|bride|groom|country|England|Britain|UK|adult|"
        r"army)"
        rf" (?:again )?at (?:just |only |the age of )?({_TEEN_OR_OVER}){_NO_SPAN}(?=[,.;)]| "
        rf"(?:and|to|after|with|without|having|because|for|she|he)\b)"
    ),
    "ages.nearing": (
        rf"\b(?:rising|turning|turned|not yet|going on|nearly|almost|barely|all of|just turned) "
        rf"({_NUMBER}){_NO_SPAN}(?=[,.;)]| (?:when|and|that)\b)"
    ),
    "ages.from": (
        rf"\b[Ff]rom (?:just )?({_SPELLED})(?= (?:she|he|they|worked|lived|had|was|onwards?)\b)"
    ),
    "ages.given": (
        rf"\b[Aa]ge (?:on|at) [^.;|]{{3,25}} (?:was|is) ({_NUMBER})(?=[,;]|\.(?!\d)|$)|"
        rf"\b[Aa]ge (?:(?:was|is|as|given|recorded|shown|stated|of|then|now|:) ?)+({_NUMBER})\b"
    ),
    "ages.order": (
        rf"\b(?:eldest|youngest|oldest|older|younger|other|elder)(?: {_CHILDREN})?,? \(?"
        rf"(?:was |is |aged |then |now )?({_NUMBER}){_NO_SPAN}(?=[,.;)]| and\b)"
    ),
    # "in her fifteenth year", not "in her first year of service" or "his second year at college"
    "ages.nth-year": (
        rf"\b(?:her|his|their) ({_ORDINAL})"
        r"(?= year\b(?! (?:as|at (?:school|college|university)|of (?!(?:\w+ )?life\b|age\b))\b))"
    ),
    "ages.birthday": (
        rf"\b({_ORDINAL})(?= birthday)|\b(?:her|his|their) ({_ADULT_ORDINAL})(?=[.,;]| (?:in|at|"
        rf"on|with)\b)"
    ),
    "ages.listed": (
        rf"\b(?:{_CHILDREN}|(?:Child|Sibling|Son|Daughter) \w{{1,2}}|"
        rf"(?:mother|father|mum|dad|parents?) of (?:{_SMALL})) \((?:aged )?({_NUMBER}){_NO_SPAN}"
    ),
    "ages.beside-name": (
        r"\b(?!(?:[A-Z][a-z]+day|Table|Figure|Part|Section|Page|Term|Step|Stage|Level|"
        r"Year)s?\b)[A-Z][a-zß-ÿ’-]+, "
        r"(\d{1,2}), (?=[a-z]+ed\b|(?:who|whose|then|now|told|drew|said|wrote|rang|ran|went|had|"
        r"is|in|asleep|upstairs|present|at|there|heard|saw|was|crying|awake|"
        r"watching)\b)"
    ),
    "ages.and-when": rf"\band ({_NUMBER}) when (?:she|he|they|her|his|their)\b",
    "ages.apposed": (
        rf"\b(?:{_CHILDREN}|mother|father|husband|wife|partner|himself|herself|themselves|"
        rf"[Vv]ictim|[Pp]erpetrator|(?:Adult|Child|Male|Female|Friend|Sibling|Mr|Mrs|Ms) "
        rf"[A-Z0-9]{{1,2}}),? "
        rf"(?:[A-Z]\w+, )?(?:then |now |aged )?({_NUMBER})(?=[,;.)]| and (?:{_NUMBER})[,.;])"
    ),
    "ages.after-name": (
        rf"\b(?!(?:{'|'.join(MONTHS)})\b)"
        rf"[A-Z][a-zß-ÿ’'-]+, (?:then |now )?((?:1[1-9]|[2-9]\d)|{_SPELLED}|(?:{_SMALL})\b)(?=, "
        rf"[a-z]|\)|\.$)"
        rf"|[A-Z][\w’'-]* \([“‘]?(?:Mr|Mrs|Ms|Miss) [A-Z][”’]?\), ((?:1[1-9]|[2-9]\d)|"
        rf"{_SPELLED})(?=, )"
    ),
    "ages.children": (rf"\b{_CHILDREN} (?:was|were|are|is) {_NEARLY}({_NUMBER})(?=,| and|\.|;)"),
    "ages.bracket": (
        rf"(?<=[A-Za-z0-9’'”] \()(?:aged |then |now )?((?:1\d|[2-9]\d)|{_SPELLED})(?=[),;])"
    ),
    # "Maja (12) and Lena (8)", "Elis, 5, and Nia, 1, were"
    "ages.both": (r"\b[A-Z][a-zß-ÿ’'-]+ \(\d{1,2}\)(?:,|,? and) [A-Z][a-zß-ÿ’'-]+ \((\d{1,2})\)"),
    "ages.both-first": (
        r"\b[A-Z][a-zß-ÿ’'-]+ \((\d{1,2})\)(?=(?:,|,? and) [A-Z][a-zß-ÿ’'-]+ \(\d{1,2}\))"
    ),
    "ages.pair": r"[A-Z][a-zß-ÿ’'-]+, \d{1,2},? and [A-Z][a-zß-ÿ’'-]+, (\d{1,2})(?=,)",
    "ages.pair-first": r"\b[A-Z][a-zß-ÿ’'-]+, (\d{1,2})(?=,? and [A-Z][a-zß-ÿ’'-]+, \d{1,2},)",
    "ages.separated": (
        r"\b[A-Z][a-zß-ÿ’'-]+, (?:from|with|to) whom [^.,]{3,50}, (?:was|is) (\d{2})\b(?=[.,])"
    ),
    # "Moira HALE 59 yrs, no complaints"
    "ages.after-capitals": (
        rf"\b[A-ZÀ-Þ][A-ZÀ-Þ’'-]{{2,}},? ({_NUMBER}) ?(?:yrs?|y/?o|years)\b(?=[,.;)]| \||$)"
    ),
    "ages.sex": (
        r"(?<![\w/])((?:1\d|[2-9]\d)) ?(?=(?:[MF]|m|f|male|female)\b)(?![mf] )"
        r"|\b(?:[MF]|[Mm]ale|[Ff]emale)(?:, | / |/| )((?:1\d|[2-9]\d))(?![\w/.%])"
    ),
}
_COMPILED = {rule: Gated(pattern) for rule, pattern in _PATTERNS.items()}
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
            group = match.lastindex or 0
            if _threshold(text, match.start(), match.end(group)):
                continue
            yield _age(rule, match, small=rule == "ages.months-old")
            yield from _series(text, match, rule)


def _series(text: str, match: re.Match[str], rule: str) -> Iterator[Find]:
    # "aged nine and six", "aged 9, 6 and 3"
    if rule not in (
        "ages.aged",
        "ages.children",
        "ages.listed",
        "ages.be",
        "ages.of",
        "ages.apposed",
    ):
        return
    end = match.end(match.lastindex or 0)
    while further := _FURTHER.match(text, end):
        yield _age(rule, further)
        end = further.end()


def _threshold(text: str, start: int, end: int) -> bool:
    return bool(_THRESHOLD_AFTER.match(text, end) or _THRESHOLD_BEFORE.search(text[:start]))


def _age(rule: str, match: re.Match[str], *, small: bool = False) -> Find:
    group = match.lastindex or 0
    band = "under 18" if small else band_of(match[group])
    return Find(*match.span(group), "AGE", rule, 0.9, band)


def band_in(text: str) -> str:
    """The band of the first number in a text; '' when there is none."""
    number = re.search(rf"\b{_NUMBER}", text)
    return band_of(number.group()) if number else ""


def band_of(number: str) -> str:
    """'under 18', '18-29' for young adults, else the ten years: '30-39'."""
    digits = re.match(r"\d+", number)
    years = int(digits.group()) if digits else _spelt(number)
    if years < 18:
        return "under 18"
    return "18-29" if years < 30 else f"{years // 10 * 10}-{years // 10 * 10 + 9}"


def _spelt(words: str) -> int:
    words = re.sub(r"^(?:very )?(?:early|mid|late) ", "", words.casefold().replace("-", " "))
    tens, _, units = words.partition(" ")
    for counted in (_TENS, _ORDINAL_TENS, _DECADES):
        if tens in counted:
            return 20 + 10 * counted.index(tens) + (_small(units) if units else 0)
    return _small(tens)


def _small(word: str) -> int:
    return (_UNITS if word in _UNITS else _ORDINAL_SMALL).index(word) + 1
