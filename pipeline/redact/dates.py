"""Dates of events in every written form; weekdays and durations alone stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find
from pipeline.redact.gated import Gated
from pipeline.redact.words import LOWER, UPPER, WORDS
from pipeline.vocabulary import MONTHS

_SHORT_MONTH = r"(?:(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_MONTH = rf"(?:(?:{'|'.join(MONTHS)})\b|{_SHORT_MONTH})"
_DOUBTFUL_MONTHS = ("March", "April", "May", "June")
"""A verb and three names."""
_PLAIN_MONTH = rf"(?:{'|'.join(month for month in MONTHS if month not in _DOUBTFUL_MONTHS)})"
_STAMP_MONTH = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[A-Za-z]*"
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?)"
_YEAR = r"(?:(?:19|20)\d\d|[’'`]\d\d)(?!\d)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:\s?(?:st|nd|rd|th))?"
_FEAST = (
    r"(?:(?:Christmas|Xmas|NYE|New Year|Boxing|Valentine|Mother|Father|Bonfire|Guy Fawkes|Easter|"
    r"Good|"
    r"Halloween|Hallowe[’']en|Pancake|Shrove|Ash|Palm|Mothering|Remembrance|May|August|spring|"
    r"Eid|Diwali|Ramadan|Whit|Maundy|Advent|Burns|Twelfth|Midsummer|Hogmanay|Michaelmas|"
    r"Candlemas|Epiphany|Whitsun|Lent|Passover|Hanukkah|Yom Kippur|Rosh Hashanah|Holi|Vaisakhi|"
    r"Navratri|Pride|Chinese New Year|Jubilee|Armistice|All Saints|Independence|Thanksgiving|"
    r"(?:International|World|National) [A-Z][a-z]+|"
    rf"St\.? [{UPPER}][{LOWER}]+)[’']?s?"
    r"(?: (?:Day|Eve|Night|al-Fitr|al-Adha|Monday|Tuesday|Wednesday|Friday|Saturday|"
    r"Sunday|holidays?|bank holiday|weekend|period))*)"
)
_PART = (
    r"(?:(?:the )?(?:very )?(?:(?:first|second|third|last|final) (?:week|weekend|days?|fortnight)|"
    r"[Ee]arly|[Ll]ate|[Mm]id|middle|end|beginning|start|first half|second half|summer|autumn|"
    r"winter|spring|"
    r"Summer|Autumn|Winter|Spring)(?: (?:of|in)|-|,)?(?: the)? ?)"
)
_UNIT = rf"(?:{_WEEKDAY}|eve|day|night|morning|evening|week|weekend|month|fortnight)"
_PROPER_FEAST = rf"(?=[{UPPER}])(?i:{'|'.join(WORDS['feasts'])})\b"
_PROGRESS = (
    "Achieved|Begun|Closed|Complete|Completed|Delayed|Delivered|Due|Expected|Finished|Implemented|"
    "Ongoing|Outstanding|Overdue|Pending|Reviewed|Started|Target"
)
"""What an action plan says before a year: no event, and what tells how far the action is."""
# "3rd/4th", "3 and 5", "3-5": the first day of a range shares the month of the last.
_DAYS = rf"{_DAY}(?:\s?(?:/|-|–|&|and|to|or)\s?{_DAY})?"

# "w/c 3 May", "wk beg. 8 Sept", "6 weeks to 20 Nov"
_WEEK_OF = (
    rf"(?:(?:{_WEEKDAY} )?(?:w/[ce]|(?:wk|week)(?: (?:beg|beginning|commencing|ending|of))?)\b\.? |"
    r"\d{1,2} weeks? to )?"
)
_ORDINAL = rf"(?:(?:twenty|thirty)[- ])?(?:{'|'.join(WORDS['ordinals'])})|twentieth|thirtieth"
_BEFORE_MONTH = "|".join(
    rf"(?<=\b{word} )"
    for word in (
        "in", "In", "by", "By", "since", "Since", "until", "Until", "from", "From", "to", "between",
        "Between", "during", "During", "of", "that", "That", "this", "the", "each", "early", "late",
        "mid", "last", "next", "following", "same", "before", "after",
    )
)  # fmt: skip
_PATTERNS = {
    "dates.day-month": (
        rf"\b{_WEEK_OF}(?:the )?(?:following )?(?:{_WEEKDAY},?(?: the)? )?(?<![\d/.,:£-])\b{_DAYS}"
        rf"(?: day)?(?: of)?[ -]?{_MONTH}(?:,? ?-?{_YEAR})?"
    ),
    "dates.month-day": (
        rf"\b(?:{_WEEKDAY},? )?{_MONTH} (?:the )?{_DAY}(?![\d:%]|\.\d)(?:,? {_YEAR})?\b"
    ),
    "dates.spelled": (
        rf"\b(?:the )?(?:{_ORDINAL})(?: day)? of {_MONTH}(?:,? {_YEAR})?"
        rf"|\b{_MONTH} the (?:{_ORDINAL})\b"
    ),
    "dates.weekday-day": (
        r"\bw/[ce]\.? (?:the )?(?:[12]?\d|3[01])(?:st|nd|rd|th)\b|"
        rf"\b{_WEEKDAY},? (?:the )?(?:[12]?\d|3[01])(?:st|nd|rd|th)\b"
        rf"|\b(?:{_WEEKDAY})(?<!day) (?:[12]?\d|3[01])(?![\w:/%]|[.,]\d| [a-z]+s\b)"
    ),
    # A cell that is a day of a month told above, "the 6th or 7th", "on the eleventh"
    "dates.day-of-month": (
        r"(?:^|(?<=\| ))(?:the )?(?:[12]?\d|3[01])(?:st|nd|rd|th)(?= \|)"
        r"|(?<=\bThe )(?:[12]?\d|3[01])(?:st|nd|rd|th)(?= (?:was|is|had|fell|came)\b)"
        r"|(?<=\b[Oo]n the )(?:[12]?\d|3[01])(?:st|nd|rd|th)?(?: (?:and|or|to) (?:the )?"
        r"(?:[12]?\d|3[01])(?:st|nd|rd|th))(?![\w-])"
        rf"|(?<=\b[Oo]n the )(?!first|second\b)(?:{_ORDINAL})(?=[.,;]|$| (?:and|she|he|they)\b)"
        r"|\b[0-3]?\d(?:st|nd|rd|th)? (?:inst|ult|prox)\b\.?"
    ),
    "dates.day-of-meeting": (
        r"\b(?:[Mm]eeting|[Aa]ppointment|[Vv]isit|[Rr]eview|[Hh]earing|[Ss]tarts|[Ss]een|admitted) "
        r"(?P<date>(?:the )?(?:[12]?\d|3[01])(?:st|nd|rd|th))(?=[,.;]|$)"
    ),
    "dates.day-alone": (
        # "on the 24th, the 29th and the 31st", "her birthday is the 30th", "First meeting 23rd."
        r"(?<=\d(?:st|nd|rd|th), )the (?:[12]?\d|3[01])(?:st|nd|rd|th)(?=,| and\b| or\b)|"
        r"(?<=\b(?:is|as) )the (?:[12]?\d|3[01])(?:st|nd|rd|th)(?=[,.;]|$)|"
        r"(?:(?<=\b[Oo]n )|(?<=\b[Bb]y )|(?<=\bof )|(?<=\buntil )|(?<=\bsince )|(?<=\bfrom )|"
        r"(?<=\bbefore )|(?<=\bafter )|(?<=\bto )|(?<=\band )|(?<=\bbetween )|(?<=\bfor ))"
        r"(?:the )?(?:[12]?\d|3[01])(?:st|nd|rd|th)\b(?=[,.;:)]| (?:of (?:that|the same|this) "
        r"month|and|to|she|he|they|the|a|at|when|"
        r"but|or|for|in|by|as|who|which|that|this|so|then|because|while|until|again|alone|"
        r"after|before|with|it|was|were|had|found|heard|noted|recorded|records|says|shows|agreed)\b|$)"
        rf"|\bthe (?:{_ORDINAL})(?= of (?:the|that|this|the same) month\b)"
        rf"|\bthe (?:{_ORDINAL}) of the (?:following|next|previous) month\b"
        rf"|(?:(?<=\bsince )|(?<=\buntil )|(?<=\bbefore )|(?<=\bafter ))the "
        rf"(?!first|second|third|fourth)(?:{_ORDINAL})(?=[.,;]|$)"
        rf"|(?<=(?:ning|noon|ight) of )the (?:{_ORDINAL})(?! (?:day|week|month)\b)"
        r"|\b(?:discharged|seen|rang|attended|visited|reviewed|closed|called|booked|arrested|admitted|"
        r"referred|received|sent|due|bailed|charged|released|moved|died|born|"
        r"ends|ended|expires|expired|starts|started|begins|began|runs to|valid to|"
        r"[Bb]ail to|(?:bailed|adjourned|remanded|listed|booked|[Aa]llocated|rearranged|deferred|"
        r"postponed) (?:to|for|until)) "
        r"(?P<date>(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|1[0-2]))(?=[,.;:)]|$| (?:by|at|to|and|"
        r"with|from|for)\b)"
    ),
    # Days that everybody can look up
    "dates.public-day": (
        r"\b[Tt]he (?:day|night|morning|evening|weekend|week) (?:of|after|before) (?:the "
        r")?(?:royal wedding|cup final|"
        r"referendum|[Gg]eneral [Ee]lection|coronation|jubilee|state funeral|Grand National|"
        r"World Cup "
        r"final|eclipse)\b"
        r"|\bthe (?:day|night|weekend|morning) (?:that )?the clocks (?:went|go|were put|"
        r"changed)(?: (?:back|forward|on))?"
        rf"|\b(?:(?:A[- ]level|GCSE|exam) results|[Pp]olling|[Ee]lection) day(?:,? (?:in "
        rf")?{_YEAR})?"
    ),
    "dates.short-year": r"(?<=[a-z] )[’'‘](?:[0-3]\d|[7-9]\d)(?![\dA-Za-z])",
    "dates.years": r"(?<![\d/-])(?:19|20)\d\d[/–-](?:(?:19|20)\d\d|\d\d)(?![\d/-])",
    "dates.term": (
        rf"\b(?:Q[1-4]|[Qq]uarter [1-4]|(?:[Aa]utumn|[Ss]pring|[Ss]ummer) term|"
        rf"(?:(?:{_MONTH}|[Aa]utumn|[Ss]pring|[Ss]ummer) )?[Hh]alf[- ]term|"
        r"(?:the )?(?:first|second|third|fourth|last|final) (?:quarter|term|half)|"
        rf"(?:(?:{_MONTH}|[Ss]pring|[Ss]ummer|[Aa]ugust|[Ee]arly May) )?[Bb]ank [Hh]oliday)"
        rf"(?: (?:Monday|weekend))?,? (?:of |in )?{_YEAR}"
    ),
    "dates.month-short": rf"\b{_STAMP_MONTH}[-/]\d\d\b(?![-/])",
    "dates.american": (
        r"(?<![\d/.,:£-])(?:0?[1-9]|1[0-2])([/.-])(?:1[3-9]|2\d|3[01])\1(?:(?:19|20)\d\d|"
        r"\d\d)(?![\d/-])"
    ),
    "dates.spaced": (
        r"(?:(?<=\| )|^)(?:0[1-9]|[12]\d|3[01]) (?:0[1-9]|1[0-2]) (?:(?:19|20)\d\d|\d\d)(?!\d)"
    ),
    # "a wet Thursday in November 2017"
    "dates.some-weekday": (
        rf"\b(?:an? |the |one |that )(?:[a-z]+ )?{_WEEKDAY}(?: (?:morning|afternoon|evening|"
        rf"night))? "
        rf"(?:in|of) (?:{_PART})?{_MONTH}(?:,? {_YEAR})?"
    ),
    "dates.month-year": rf"\b(?:{_PART})?{_MONTH}(?:,| of)? ?-?{_YEAR}",
    "dates.feast": (
        rf"\b(?:the )?(?:(?:{_WEEKDAY}|eve|day|night|week|weekend) (?:before|after|of) )?(?:the )?"
        rf"{_PART}?{_FEAST}"
        rf"(?:,|,? in| of)? (?:{_MONTH} )?{_YEAR}"
        rf"|\bthe [Nn]ew [Yy]ear (?:of |in )?{_YEAR}"
    ),
    # "the night of Burns Night", "the week before Diwali", "the second Sunday in Advent"
    "dates.feast-by-name": (
        rf"\b(?:the )?(?:{_UNIT} (?:before|after|of|following) )?(?:the )?{_PART}?{_PROPER_FEAST}"
        rf"(?:,? (?:in |of )?{_YEAR})?"
        rf"|\bthe (?:\w+ )?{_UNIT} (?:before|after|of|following|in) {_FEAST}\b"
        rf"|\b{_PART}(?:of |in )?(?:{_FEAST})(?<!Day)(?<!May)(?<!August)(?<!spring)"
        rf"(?<!Good)(?<!Mother)(?<!Father)\b"
        rf"|\b(?:the )?(?:first|last|second|third|final) (?:night|day|week|Friday|Sunday|fast) of "
        rf"(?:{_FEAST}|{_PROPER_FEAST})"
        rf"|\bthe [Ff]east of (?:the )?(?:St\.? )?[{UPPER}][{LOWER}]+"
        rf"|\bthe (?:\w+ )?(?:May|August|[Ss]pring|[Ss]ummer) [Bb]ank [Hh]oliday"
        rf"|\b(?:(?:[Hh]er|[Hh]is|[Tt]heir|the) (?:\w+ )?|[{UPPER}][\w ]*[’']s (?:\w+ )?)"
        rf"(?:name day|saint[’']s day|wedding anniversary|anniversary of (?:her|his|their|the) "
        rf"[a-z]+)(?:,? {_YEAR})?"
        r"|\bthe (?:longest|shortest|hottest|coldest|wettest) day(?: of (?:that|the) (?:year|"
        r"summer|winter))?"
        r"(?! of)|\b(?:Carnival|Gala|Regatta|Sports|Market|Show|Polling|Election|Results|Derby) "
        r"Day\b"
    ),
    "dates.feast-named": (
        rf"\b(?:International|World|National) [A-Z][a-z]+(?: [A-Z][a-z]+)?(?:[’']s)? Day\b|"
        rf"\bNYE\b|\bPride (?:Saturday|Sunday|Day|weekend)\b|"
        r"\b(?:(?:Whit|Easter|Shrove|Ash|Palm|Mothering|Remembrance|Good|Maundy|Pancake|Boxing)"
        r" (?:Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Day)|(?:Bonfire|Burns|"
        r"Twelfth|"
        r"Guy Fawkes) Night|Hallowe[’']?en|Hogmanay|(?:New Year|Christmas|Midsummer|Valentine|"
        r"Mother|"
        rf"Father)(?:[’']s)? (?:Eve|Day|Night)|St\.? [{UPPER}][{LOWER}]+[’']s? (?:Day|Eve|Night))\b"
    ),
    "dates.counted-weekday": (
        rf"\b(?:the )?(?:first|second|third|fourth|last|next) {_WEEKDAY} (?:in|of|after|before) "
        rf"(?:the )?(?:{_MONTH}|{_FEAST}|Lent|Advent|term)(?:,? {_YEAR})?"
        rf"|\bthe {_WEEKDAY} (?:after|before|of|following) (?:{_FEAST}|Lent|Advent)"
    ),
    "dates.event-year": (
        r"\b(?:the )?(?!(?:In|By|Since|From|Until|During|Between|The|Of|And|Before|After)\b)"
        rf"(?!(?:{_PROGRESS})\b)"
        rf"(?:(?!{_MONTH} (?:19|20)\d\d)[{UPPER}][{LOWER}’']+ ){{1,3}}"
        r"(?:day |week |night |final )?(?:19[5-9]|20[0-3])\d\b(?![/-])"
    ),
    "dates.feast-day": (
        rf"(?<=\b[Oo]n )(?:the )?(?:{_FEAST})(?<=[a-z] (?:Day|Eve))\b"
        rf"|(?<=\b[Oo]n )(?:(?:Whit|Easter|Shrove|Ash|Palm|Mothering|Remembrance|Good|Maundy|"
        r"Bank Holiday|Boxing) (?:Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday)"
        r"|Bonfire Night|New Year[’']s Day|Burns Night|Hogmanay)\b"
    ),
    "dates.shared-year": (
        rf"\b{_MONTH}(?=(?: (?:and|or|to|until) |, |\s?[-–/]\s?)(?:{_DAY} )?{_MONTH},? {_YEAR})"
    ),
    "dates.stamp": (
        rf"(?<![\w-])(?:0?[1-9]|[12]\d|3[01])(?P<dash>[-./ ]?){_STAMP_MONTH}(?P=dash)"
        r"(?:(?:19|20)\d\d|\d\d)(?![\w-])"
    ),
    "dates.season": (
        rf"\b{_PART}(?:of )?{_YEAR}"
        rf"|\b(?:the )?(?:summers|winters|springs|autumns|(?:[a-z]+ )?harvest|haymaking|lambing|"
        rf"shearing|floods?|snows?|heatwave|drought|lockdown) (?:of |in )?{_YEAR}(?: (?:and|to) "
        rf"{_YEAR})?"
    ),
    "dates.numeric": (
        r"(?<![\d/.,:£-])(?:0?[1-9]|[12]\d|3[01])\s?([/.-])\s?(?:0?[1-9]|1[0-2])\s?\1\s?"
        r"(?:(?:19|20)\d\d|\d\d)(?![\d/-]|\.\d)"
    ),
    # A month alone: the year is told near by.
    "dates.month": (
        rf"\b(?:(?:that|this|the (?:following|same)) )?(?:{_PART})?{_PLAIN_MONTH}\b(?! \d)"
        rf"|\b{_PART}(?:March|April|May|June)\b(?! \d)"
        rf"|(?=[MAJ])(?:{_BEFORE_MONTH})(?:March|April|May|June)\b(?! \d)"
        rf"|\b{_PART}{_SHORT_MONTH}(?![\w’'-]| \d)"
        rf"|(?=[JFMASOND])(?:{_BEFORE_MONTH}|(?<=\| )|^){_SHORT_MONTH}(?=[,;:)]| \||\.?$| (?:and|"
        rf"he|she|they)\b)"
    ),
    "dates.several-days": rf"\b(?:{_DAY}, )+{_DAY},? (?:and|&|or) {_DAY} {_MONTH}(?:,? {_YEAR})?",
    "dates.feast-alone": (
        r"\bthe (?:Easter|Christmas) (?:holidays?|break|vacation)\b"
        r"|(?:(?<=\bAt )|(?<=\bBy )|(?<=\bAfter )|(?<=\bBefore )|(?<=\bSince )|(?<=\babout )|"
        r"(?<=\baround )|(?<=\bat )|(?<=\bby )|(?<=\bafter )|(?<=\bbefore )|(?<=\b[Oo]ver )|"
        r"(?<=\bsince )|(?<=\bprevious )|"
        r"(?<=\b[Bb]etween )|(?<=\buntil )|(?<=\bthat )|(?<=\bget )|(?<=\bfrom )|(?<=\blast )|"
        r"(?<=\bthis )|"
        r"(?<=\bfor ))"
        r"(?:Christmas|Xmas|NYE|Easter|New Year|Eid|Ramadan|Diwali|Halloween)\b(?! "
        r"[A-Za-z]*(?:day|lights|"
        r"cards?|dinner|presents?|party|tree|Day|Eve)\b)"
    ),
    "dates.bank-holiday": (
        r"\b(?:the )?(?:(?:August|May|Easter|[Ee]arly May|[Ll]ate May|[Ss]pring|[Ss]ummer) )?"
        r"(?:[Bb]ank [Hh]oliday (?:Monday|[Ww]eekend)|(?:August|May|[Ss]pring) [Bb]ank "
        r"[Hh]oliday)\b"
        r"|\b(?:May|Lady|VE|VJ|Armistice|Whit|Michaelmas|Midsummer[’']?s?) (?:Day|Eve)\b"
    ),
    "dates.welsh": (
        r"\b(?:\d{1,2}(?:af|il|ydd|fed|eg|ain)? )?(?:o )?(?:Ionawr|Chwefror|Mawrth|Ebrill|Mehefin|"
        r"Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr)(?: (?:19|20)\d\d)?\b"
    ),
    "dates.iso": (
        r"(?<![\d/-])(?:19|20)\d\d([-./])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)"
    ),
    "dates.roman": (r"(?<![\d-])\d{1,2}([-./ ])(?:i{1,3}|iv|vi{0,3}|ix|xi{0,2})\1(?:\d{4}|\d\d)\b"),
    "dates.numeric-month": r"(?<![\d/.-])(?:0?[1-9]|1[0-2])/(?:19|20)\d\d(?![\d/])",
    "dates.day-month-numeric": (
        r"(?:(?<=\bon )|(?<=\bby )|(?<=\bof )|(?<=\bfrom )|(?<=\bsince )|(?<=\bdated )|"
        r"(?<=\btill ))(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|1[0-2])(?![\d/%]|\.\d)"
        # A cell of its own; at the head of a line "4.2" is a number of the report.
        r"|(?:(?<=\| )|^)(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|1[0-2])(?= \|)"
        r"|(?<=\b[A-Z]{2} )(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?=[])])"
        # "on 14/09, 15/09 and 03/10"
        r"|(?:(?<=\d/\d\d, )|(?<=\d/\d\d and )|(?<=\d/\d, )|(?<=\d/\d and ))(?:0?[1-9]|[12]\d|"
        r"3[01])/(?:0?[1-9]|1[0-2])(?![\d/%])"
        # A note's own: "12/6 – seen", "w/e 20/11"
        r"|(?<=\bw/[ce] )(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?!\d)"
        r"|(?:(?<=[.;] )|(?<=[“‘])|^)(?!24/7)(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])"
        r"(?=:| [–—-] )"
    ),
}
_COMPILED = {rule: Gated(pattern) for rule, pattern in _PATTERNS.items()}

# Patterns that begin with a choice of words before them are slow where they cannot match. Those
# that need a word are gated by it; these need a figure beside it.
_ONLY_WITH = {
    "dates.day-alone": re.compile(
        r"\d(?:st|nd|rd|th)\b|\d[/.]\d|\b(?:the|that|this)(?: \w+)? month\b|"
        rf"\b(?:since|until|before|after|[a-z]+ning of|[a-z]+noon of|night of) the (?:{_ORDINAL})\b"
    ),
    "dates.day-month-numeric": re.compile(r"\d[/.]\d"),
}
_BARE_YEAR = re.compile(
    r"(?<![\w/.£$€,’'-])((?:19[3-9]|20[0-3])\d)(?![\w/%]|,\d|-\d| [a-z]+s\b(?<! was))"
)

_ROMAN = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10,
    "xi": 11, "xii": 12,
}  # fmt: skip


def find_dates(text: str, *, latest_year: int) -> Iterator[Find]:
    """Full and partial dates and bare years of events; two-digit years end at `latest_year`."""
    for rule, pattern in _COMPILED.items():
        if rule in _ONLY_WITH and not _ONLY_WITH[rule].search(text):
            continue
        for match in pattern.finditer(text):
            group = "date" if match.lastgroup == "date" else 0
            value = iso(match[group], latest_year=latest_year)
            yield Find(*match.span(group), "DATE", rule, 0.9, value)
    for match in _BARE_YEAR.finditer(text):
        if int(match[1]) <= latest_year + 8:
            yield Find(match.start(1), match.end(1), "DATE", "dates.year", 0.6, match[1])


def iso(surface: str, *, latest_year: int) -> str:
    """As much of an ISO date as a written date tells: '2016-03-14', '2016-03', '2016' or ''."""
    if re.fullmatch(r"\d{4}[-./]\d\d[-./]\d\d", surface):
        return re.sub(r"\D", "-", surface)
    numeric = re.fullmatch(r"(?:(\d+)[\s/.-]+)?(\d+|[ivx]+)[\s/.-]+(\d{2}|\d{4})", surface)
    # "20/11" is a day and a month: without a day it takes a year in full.
    if numeric and (numeric[1] or len(numeric[3]) == 4):
        day, month, year = numeric.groups()
        return _joined(_year(year, latest_year), _ROMAN.get(month) or int(month), int(day or 0))
    stamp = re.fullmatch(rf"(\d+)[-./ ]?({_STAMP_MONTH})[-./ ]?(\d{{4}}|\d\d)", surface)
    if stamp:
        day, name, year = stamp.groups()
        return _joined(_year(year, latest_year), _month(name), int(day))
    found = re.search(_YEAR, surface)
    if not found:
        return ""
    words = surface[: found.start()]
    month_name = re.search(_MONTH, words)
    number = _month(month_name.group()) if month_name else 0
    day_found = re.search(r"\d{1,2}(?=\D*$)", words)
    day_number = int(day_found.group()) if day_found and number else 0
    return _joined(_year(found.group().lstrip("’'`"), latest_year), number, day_number)


def _month(name: str) -> int:
    """The number of a month from its name or the beginning of it."""
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name[:3].title()))


def _joined(year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return str(year)
    return f"{year}-{month:02}-{day:02}" if day else f"{year}-{month:02}"


def _year(digits: str, latest_year: int) -> int:
    number = int(digits)
    if len(digits) == 4:
        return number
    century = latest_year - latest_year % 100
    return century + number if century + number <= latest_year else century - 100 + number


def relation_to_death(value: str, *, death: str) -> str:
    """Whether the date lies before, at or after the death; 'unknown' where precision is short."""
    if not value or not death:
        return "unknown"
    shared = min(len(value), len(death))
    if value[:shared] == death[:shared]:
        return "at" if shared == len("2016-03-14") else "unknown"
    return "before" if value[:shared] < death[:shared] else "after"


_DEATH = re.compile(
    r"(?:\bdied\b|\bkilled\b|\bmurdered\b|\bfatally\b|\bpronounced dead\b|\bfound dead\b|"
    r"\bdate of (?:her |his |the )?(?:death|murder|homicide)\b|\bdeath (?:occurred|took place)\b)"
    r"[^.;|]{0,60}$|\bnight of (?:the )?$"
)


def is_death_date(text: str, find: Find) -> bool:
    """Whether the words before a full date say that it is when the victim died."""
    return len(find.value) == len("2016-03-14") and bool(_DEATH.search(text[: find.start]))
