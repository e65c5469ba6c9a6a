"""People's names that their surroundings give away: title, rank, relation, job, panel table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.redact.ages import band_in
from pipeline.redact.find import Find, overlaps
from pipeline.redact.protect import protected
from pipeline.redact.titles import POST_NOMINALS, SEXED, TITLE
from pipeline.redact.words import (
    CAPITALS_WORD,
    COMMON,
    GENERIC,
    KNOWN,
    NAME_WORD,
    UPPER,
    WORD_NAMES,
    WORDS,
    common,
    ordinary,
)

_JOB_WORDS = frozenset(WORDS["job_words"])
# "Mr K." is a label of the report at the end of a sentence.
_LABEL_TITLES = ("Mr", "Mrs", "Ms", "Miss", "Mx", "Dr")
_ACRONYMS = frozenset(WORDS["acronyms"])
_NATIONAL = frozenset(WORDS["national"])
_KEPT = frozenset(WORDS["kept_acronyms"])
_PARTICLE = (
    r"(?:de|da|do|dos|du|van|von|der|den|la|le|y|bin|bint|ibn|al|el|ap|ab|ferch|Ó|Ní|Nic|Uí|St\.?)"
)
_FULL = (
    # "told Mrs G. Ms Bhatti said": a label ends one sentence, a name begins the next.
    rf"(?:(?:[{UPPER}]\.\s?)+(?!{TITLE} )|[{UPPER}] |(?:ap|ab|de|van|von|el|al) )?"
    rf"(?:{NAME_WORD}|{CAPITALS_WORD})(?: (?:[{UPPER}]\.? )?(?:{_PARTICLE} )*"
    rf"(?:{NAME_WORD}|{CAPITALS_WORD})){{0,2}}"
)
_TITLED = re.compile(rf"\b{TITLE} (?P<name>{_FULL}){POST_NOMINALS}")

_RELATIONS = (
    "mother|father|mum|dad|son|daughter|sister|brother|husband|wife|partner|ex-partner|boyfriend|"
    "girlfriend|fianc[ée]e?|friend|neighbour|neighbours|cousin|uncle|aunt|niece|nephew|grandmother|"
    "grandfather|grandson|granddaughter|stepson|stepdaughter|stepfather|stepmother|"
    "(?:mother|father|sister|brother|son|daughter)-in-law|half-brother|half-sister|twin|landlord|"
    "landlady|lodger|colleague|carer|childminder|babysitter|baby|toddler|child|children|boy|girl|"
    "boys|girls|sons|daughters|sisters|brothers|siblings|lover|solicitor|employer|customer|caller|witness|passer-by|passenger"
)
_JOBS = (
    "officer|officers|constable|sergeant|inspector|superintendent|doctor|GP|nurse|midwife|visitor|"
    "worker|adviser|advisor|manager|assistant|coordinator|co-ordinator|consultant|psychiatrist|"
    "psychologist|therapist|counsellor|teacher|headteacher|tutor|mentor|caretaker|warden|"
    "receptionist|"
    "paramedic|handler|social worker|practitioner|advocate|IDVA|ISVA|IDVAs|keyworker|coroner|judge|"
    "barrister|pathologist|chair|author|tutor|childminder|lecturer|facilitator|landlord|cleaner|"
    "driver|manageress|matron|chaplain|governor|councillor|magistrate|trainer|interpreter|priest|"
    "vicar|imam|pastor|pharmacist|dentist|"
    "operator|supervisor|leader|clerk|registrar|surgeon|secretary|volunteer|employee|librarian|"
    "barber|hairdresser|owner|student|detective|AMHP|CPN"
)
_ONE_NAME = rf"(?P<name>(?:{NAME_WORD})(?: (?:{NAME_WORD})){{0,2}})"
_APPOSITION = re.compile(
    rf"\b(?:{_RELATIONS}|{_JOBS})(?P<comma>, [‘“']|,| \(| ‘| “| '|:)? ?(?:(?:was|is|were|called|"
    rf"named) )?{_ONE_NAME}"
    r"(?P<close>(?=[,.;:)’”'|]|$))?"
)
_PAIR = re.compile(
    rf"\b(?:{_RELATIONS}|{_JOBS})(?:,|"
    rf":)? (?:{NAME_WORD}(?:, {NAME_WORD})*) and (?P<name>{NAME_WORD})"
)
_CALLED = re.compile(
    rf"\b(?:[Ff]irst name|[Ss]urname|[Mm]aiden name|n[ée]e|[Nn]icknamed?|[Kk]nown (?:to (?:her|"
    rf"his) \w+ )?as|our|[Dd]ear|"
    rf"put through to|spoke (?:to|with)|led by|sessions with|[Cc]haired by|[Cc]ompleted by|"
    rf"assessed by|seen by|[Ww]ritten by|"
    rf"[Aa]uthor(?:ed by|:)|[Cc]hair:|[Ss]igned(?: by)?:?) [‘“'\"]?{_ONE_NAME}"
)
_DOTTED = re.compile(
    rf"\b(?:[{UPPER}]\.-? ?){{1,3}}(?:(?:v\.|d\.|van|von|de|der|den|la|le) "
    rf"?){{0,2}}(?P<after>{NAME_WORD}|[{UPPER}]{{4,}}\b)|"
    rf"(?<![\w.])[{UPPER}]\.(?:-?[{UPPER}]\.|[{UPPER}]-[{UPPER}]\.){{1,3}}(?![A-Za-z])"
)
_BEFORE_INITIALS = re.compile(rf"\b(?:{'|'.join(_LABEL_TITLES)}|Prof|Professor|Judge)\.? $")
# "L Quigley" in brackets or a cell of its own: not "Adult L Quigley", nor "A Quigley is wanted".
_LETTER_SURNAME = re.compile(
    rf"(?:(?<=\()|(?<=\| )|(?<=\bby )|(?<=\bto )|(?<=[.;] )|(?<=[“‘\"])|^)(?!I )[{UPPER}] "
    rf"(?P<surname>{NAME_WORD})"
    r"(?=[”’\"),;.]| \||$| (?:to|and|will|[A-Z]{2,3})\b)"
)
# "D Ball" as a cell of its own, or signed under a note: of a word that may be a name
_LETTER_CELL = re.compile(
    rf"(?:(?<=\| )|^)(?!I )[{UPPER}] (?P<surname>{NAME_WORD})(?= \|)"
    rf"|(?<=[.;] )(?![IA] )[{UPPER}] (?P<signed>{NAME_WORD})(?=[”\"]|$)"
)
# "friend, Shirin T", "Dawn S”": not "Adult A", "Child C"
_NAME_LETTER = re.compile(
    rf"(?<![\w’-])(?P<name>{NAME_WORD}) (?!I\b)[{UPPER}](?=[”’\"),;]|\.?$|\.[ ”]| \|)"
)
# "STANKEVIC M", "FENN, Mr A"
_CAPITALS_LETTER = re.compile(
    rf"(?<![\w’-])(?P<surname>{CAPITALS_WORD})(?:,? [{UPPER}]|"
    rf", (?:{'|'.join(_LABEL_TITLES)})\.? [{UPPER}])(?=[”’\"),;|.]|$| \||, )"
)
_CAPITALS_PART = rf"[{UPPER}]{{3,}}(?:[-’'][{UPPER}]+)*"
_CAPITALS = re.compile(rf"(?<![\w-]){_CAPITALS_PART}(?: {_CAPITALS_PART}){{1,3}}(?![\w-])")
# "GRAHAM BANKS" as a cell of its own: a surname may be a word.
_CAPITALS_CELL = re.compile(
    rf"(?:(?<=\| )|^)(?P<given>[{UPPER}]{{3,}}) (?P<surname>[{UPPER}]{{3,}})(?= \||$)"
)
# "Hope ADELEKE" of a log
_CAPITAL_SURNAME = re.compile(rf"\b(?P<name>{NAME_WORD}) (?P<surname>{CAPITALS_WORD})(?![\w-])")
_HEAD_BEFORE = re.compile(r"\b[A-Z]\w+ $")
_DOCTOR_INITIALS = re.compile(r"\bDr\.? (?!II)[A-Z]{2}(?![\w’'/-])")
_TITLED_INITIAL = re.compile(rf"\b{TITLE} (?:[{UPPER}]\.(?= [a-z]|,| \||$)|O[’'][{UPPER}]\b)")
_NAME_INITIAL = re.compile(rf"\b(?P<name>{NAME_WORD} [{UPPER}]\.)(?= \|| [a-z]|,|$)")
_INITIALED_NOTE = re.compile(rf"(?<![\w.])(?P<name>[{UPPER}]{{2}})(?= \d{{1,2}}/\d{{1,2}}\b)")
_OPENING = re.compile(
    rf"(?:^|[.;] )(?P<name>{NAME_WORD}), the (?:[a-z-]+ )?(?:[a-z]+(?:man|woman|er|ian|ist)|"
    rf"eldest|youngest|oldest|{_JOBS}|{_RELATIONS})(?=[,.;])"
)
_NICKNAMED = re.compile(
    r"\b(?:nicknamed|(?:known|referred to) (?:to|on|in|at|among|by|amongst) (?:\w+ ){1,3}as) "
    r"[‘“'\"]?"
    rf"(?:the )?(?P<name>{NAME_WORD}(?: {NAME_WORD})?)"
)
# "PC 2217": whom a number tells who has no name here
_COLLAR = re.compile(
    r"\b(?:[AT]/)?(?:PC|PS|PCSO|DC|DS|WPC|TDC|SC) (?:no\.? ?)?(?:\d{3,5}[A-Z]?|[A-Z]{1,2}\d{3,4})"
    r"(?!\w| [A-Z][a-z])"
)
# The letters with which a note is signed: "Rv prn. VS”"
_SIGNED = re.compile(
    r"(?:(?<=[.!?] )|(?<= x )|(?<= xx ))(?P<name>(?:Dr )?(?P<letters>[A-Z]{2,3}))(?=\.?[”’\"]|"
    r"\.?$| \|)"
    r"|(?<=[.!?] )(?P<letter>(?![AI])[A-Z])(?=\.?x*[”\"])"
)
# "initialled “rb”", "with her initials, CO'D"
_INITIALLED = re.compile(
    r"\binitial(?:s|led)(?: (?:by|as|it|them|of))?,? [“‘\"']?"
    r"(?P<name>(?<=[“‘\"'])[a-z]{2,3}(?=[”’\"'])|(?:[A-Z]{1,3}[’'])?[A-Z]{1,3}(?![\w’'-]))"
)
_LETTER = re.compile(rf"(?<![\w.’'-])(?P<name>[{UPPER}])(?=[’']s (?:{_RELATIONS})\b)")
_OUR = re.compile(rf"\b(?:our|[Dd]ear) (?P<name>{NAME_WORD})(?! [A-Z])")
_POSSESSOR = re.compile(rf"\b(?P<name>{NAME_WORD})[’']s (?:{_RELATIONS})\b")
_EXPLAINED = re.compile(
    rf"(?<=[a-z] )(?P<name>{NAME_WORD}), (?:the|her|his|their|a|an) (?:\w+ )?"
    rf"(?:{_RELATIONS}|{_JOBS})\b"
)
_REVERSED = re.compile(
    rf"\b(?P<surname>{CAPITALS_WORD}), (?P<given>{NAME_WORD}(?: {NAME_WORD})?|{CAPITALS_WORD}|"
    rf"(?:[{UPPER}]\.)+|"
    rf"[{UPPER}]\b(?!\w|[’']))"
    rf"|\b(?P<mixed>{NAME_WORD}), (?:[{UPPER}]\.)+(?!\w)"
)
_INITIALS = re.compile(r"(?<![\w&/.’'-])[A-Z]{2}(?![\w&/’'-]|\.\w| \d)")
_PANEL_NAME = re.compile(r"\b(?:sur|fore)?names?\b|\bmembers?\b|\brepresentatives?\b", re.I)
_NAME_PART = re.compile(
    r"^\s*(?:(?:sur|fore|last |first |given |family |maiden )names?|initials)\s*$", re.I
)
_WHOLE_CELL = re.compile(r"\w(?:[^|]*[^\s|])?")
_AGE_COLUMN = re.compile(r"^\s*[Aa]ges?\b(?! (?:group|band|range))")
_AGE = re.compile(r"\s*(\d{1,3})(?: ?(?:years?|yrs?))?\s*")
_PANEL_BODY = re.compile(
    r"\b(?:organi[sz]ations?|agenc(?:y|ies)|employer|representing|service|body)\b", re.I
)
_USUAL_IN_BODIES = COMMON | frozenset(WORDS["offices"])
_CELL_NAME = re.compile(rf"(?:{NAME_WORD}|[A-Z]\.?)(?: (?:{NAME_WORD}|[A-Z]\.))+")
_LINE_NAME = re.compile(
    rf"^(?P<name>(?:{NAME_WORD})(?: (?:{NAME_WORD})){{1,2}})(?=,| [–—-]|:|;| \(| \|)"
)


def find_people(
    text: str, *, usual: frozenset[str] = frozenset(), letters: frozenset[str] = frozenset()
) -> Iterator[Find]:
    """Names beside a title, rank, relation or job; initials.

    `usual` are known acronyms, `letters` those by which the report calls people.
    """
    yield from _titled(text)
    yield from _beside_role(text)
    for match in _CALLED.finditer(text):
        if name := _unusual_words(match, text):
            yield name._replace(rule="people.called")
    for match in _LETTER.finditer(text):
        if match["name"] not in letters:
            yield Find(*match.span("name"), "PERSON", "people.letter", 0.5)
    for match in _TITLED_INITIAL.finditer(text):
        if len(match.group().split()) == 2 and match.group()[:-3] not in _LABEL_TITLES:
            yield Find(*match.span(), "PERSON", "people.title-initial", 0.8)
    for match in _NAME_INITIAL.finditer(text):
        if _could_name(match["name"].split()[0]) and _first_name(match["name"].split()[0]):
            yield Find(*match.span(), "PERSON", "people.name-initial", 0.75)
    for match in _DOCTOR_INITIALS.finditer(text):
        yield Find(*match.span(), "PERSON", "people.title-initial", 0.7)
    for match in _COLLAR.finditer(text):
        yield Find(*match.span(), "PERSON", "people.collar", 0.8)
    for match in _SIGNED.finditer(text):
        titled = match["name"] != match["letters"]
        signed = "letter" if match["letter"] else "name"
        if titled or match["letters"] not in _KEPT | _ACRONYMS | _NATIONAL | usual:
            yield Find(*match.span(signed), "PERSON", "people.signed", 0.6)
    for match in _INITIALLED.finditer(text):
        yield Find(*match.span("name"), "PERSON", "people.signed", 0.7)
    for match in _INITIALED_NOTE.finditer(text):
        if match["name"] not in _ACRONYMS:
            yield Find(*match.span(), "PERSON", "people.initials", 0.5)
    for pattern in (_OUR, _POSSESSOR, _EXPLAINED, _OPENING, _NICKNAMED):
        for match in pattern.finditer(text):
            opens = pattern is _OPENING and match["name"].casefold() in WORD_NAMES
            if opens or _could_name(match["name"]):
                yield Find(*match.span("name"), "PERSON", "people.kin", 0.6)
    for match in _DOTTED.finditer(text):
        after = match["after"] or ""
        if after and ordinary(after) and _HEAD_BEFORE.search(text[: match.start()]):
            continue  # "Appendix C. Research shows"
        if after.casefold() in COMMON:
            continue  # "vitamin B. All"
        if match.group() not in WORDS["dotted_acronyms"] and not re.search(
            r"\.[A-Z]\. ?The$", match.group()
        ):
            titled = _BEFORE_INITIALS.search(text[: match.start()])
            start = titled.start() if titled else match.start()
            yield Find(start, match.end(), "PERSON", "people.dotted-initials", 0.8)
    for match in _REVERSED.finditer(text):
        if _reversed_name(match):
            yield Find(match.start(), match.end(), "PERSON", "people.surname-first", 0.9)
    for match in _CAPITALS.finditer(text):
        if not any(ordinary(w) or w in _ACRONYMS | _NATIONAL for w in match.group().split()):
            yield Find(*match.span(), "PERSON", "people.capitals", 0.75)
    for match in _CAPITALS_CELL.finditer(text):
        named = not ordinary(match["given"]) and match["given"] not in _NATIONAL | _ACRONYMS
        if (named or match["given"].casefold() in WORD_NAMES) and not (
            common(match["surname"].casefold()) or match["surname"] in _NATIONAL
        ):
            yield Find(*match.span(), "PERSON", "people.capitals", 0.75)
    for match in _CAPITAL_SURNAME.finditer(text):
        if _first_name(match["name"]) and not (
            match["surname"] in _NATIONAL or common(match["surname"].casefold())
        ):
            yield Find(*match.span(), "PERSON", "people.capital-surname", 0.75)
    for match in _LETTER_SURNAME.finditer(text):
        if not ordinary(match["surname"]):
            yield Find(*match.span(), "PERSON", "people.letter-surname", 0.7)
    for match in _LETTER_CELL.finditer(text):
        if (match["surname"] or match["signed"]).casefold() not in COMMON:
            yield Find(*match.span(), "PERSON", "people.letter-surname", 0.6)
    for match in _NAME_LETTER.finditer(text):
        if _first_name(match["name"]) and match["name"].casefold() not in COMMON:
            yield Find(*match.span(), "PERSON", "people.name-letter", 0.6)
    for match in _CAPITALS_LETTER.finditer(text):
        if not ordinary(match["surname"]) and match["surname"] not in _ACRONYMS | _NATIONAL:
            yield Find(*match.span(), "PERSON", "people.surname-first", 0.75)
    for match in _INITIALS.finditer(text):
        if match.group() not in _ACRONYMS | usual and not text.isupper():
            yield Find(match.start(), match.end(), "PERSON", "people.initials", 0.5)


def _first_name(word: str) -> bool:
    return word.casefold() in WORD_NAMES or not ordinary(word)


def _could_name(word: str) -> bool:
    name = word.casefold()
    relation = re.fullmatch(rf"(?:{_RELATIONS}|{_JOBS})", name)
    return not relation and name not in GENERIC | KNOWN | {*WORDS["role_words"]}


def _titled(text: str) -> Iterator[Find]:
    for match in _TITLED.finditer(text):
        words = match["name"].split()
        # "Mr March", "Mrs Ward": after these titles nothing but a name can follow.
        if SEXED.match(match.group()) and words[0].casefold() not in STOP_WORDS:
            yield Find(match.start(), _name_end(match, text), "PERSON", "people.title", 0.95)
            continue
        if words[0].casefold() in _JOB_WORDS and (len(words) == 1 or words[0].isupper()):
            continue
        if words[0].casefold() in _JOB_WORDS and all(map(ordinary, words)):
            continue
        if words[0].casefold() in STOP_WORDS and re.search(
            r"[a-z]{3}\. $", text[match.start() : match.start("name")]
        ):
            continue  # "She told the Ward Sister. It was late."
        end = _name_end(match, text)
        yield Find(match.start(), end, "PERSON", "people.title", 0.95)


def _name_end(match: re.Match[str], text: str) -> int:
    # A job or body may follow a name without a comma: "Dr Hale Consultant Psychiatrist".
    end = match.start("name")
    for number, word in enumerate(re.finditer(r"\S+", match["name"])):
        token = word.group()
        body = token.isupper() and len(token) < 5 and token != "Ó"
        if number and (token.casefold() in _JOB_WORDS or body):
            break
        end = match.start("name") + word.end()
    else:
        return match.end()
    return end


def _beside_role(text: str) -> Iterator[Find]:
    for match in [*_APPOSITION.finditer(text), *_PAIR.finditer(text)]:
        if name := _unusual_words(match, text):
            yield name
        elif match.re is _APPOSITION and match["close"] is not None and _apposed_word(match):
            # What is often a first name teaches; another word is replaced here alone.
            score = 0.7 if match["name"].casefold() in WORD_NAMES else 0.55
            yield Find(*match.span("name"), "PERSON", "people.apposed-word", score)


def _apposed_word(match: re.Match[str]) -> bool:
    # "the caretaker, Will, said", "caller is daughter April,"; not "Police Officer, Housing,".
    word = match["name"].casefold()
    named = word in WORD_NAMES or word in ("april", "may", "june")
    return named or (match["comma"] == "," and " " not in word and word not in _JOB_WORDS | GENERIC)


def _unusual_words(match: re.Match[str], text: str) -> Find | None:
    # Dictionary words alone are a title-case phrase; a name has a word that is in no dictionary.
    if all(map(ordinary, re.split(r"[ -]", match["name"]))) and not _named_for_words(match["name"]):
        return None
    start, end = match.span("name")
    words = list(re.finditer(r"\S+", match["name"]))
    while words and words[-1].group().casefold() in _JOB_WORDS:
        end = start + words.pop().start()
    return Find(start, len(text[:end].rstrip()), "PERSON", "people.beside-role", 0.85)


def _reversed_name(match: re.Match[str]) -> bool:
    if match["mixed"]:
        return not ordinary(match["mixed"])
    given = match["given"].split()
    if given[0] in _ACRONYMS | _NATIONAL:
        return False  # "KOTHARI, MARAC"
    named = given[0].casefold() in WORD_NAMES or len(given[0]) == 1 or not all(map(ordinary, given))
    if len(given[0]) == 1:
        return "|" in match.string or not ordinary(match["surname"])  # "YOUNG, D" of a log
    return named and match["surname"].casefold() not in GENERIC | {w.casefold() for w in _NATIONAL}


def _named_for_words(name: str) -> bool:
    """Whether a first name that is a word stands before a surname: 'Christian Day'."""
    first, *rest = name.casefold().split()
    return first in WORD_NAMES and len(rest) == 1 and rest[0] not in KNOWN | _JOB_WORDS


def find_listed(text: str, header: str | None) -> Iterator[Find]:
    """Names in the name column of a table, or at the head of a line of a list of members.

    Beside a column of names also the bodies that these people are of; ages in a column of them.
    """
    cells = re.finditer(r"[^|]+", text)
    heads = (header or "").split("|")
    named = any(_PANEL_NAME.search(head) for head in heads)
    for head, cell in zip(heads, cells, strict=False):
        if _AGE_COLUMN.search(head) and (age := _AGE.fullmatch(cell.group())):
            yield Find(
                cell.start() + age.start(1), cell.start() + age.end(1), "AGE", "people.table-age",
                0.9, band_in(age[1]),
            )  # fmt: skip
        elif _NAME_PART.match(head):
            yield from _part_of_name(cell)
        elif _PANEL_NAME.search(head):
            yield from _in_cell(cell)
        elif named and _PANEL_BODY.search(head):
            yield from _body_in(cell)
    line = _LINE_NAME.match(text)
    if line and not all(map(ordinary, line["name"].split())):
        yield Find(*line.span("name"), "PERSON", "people.member-list", 0.8)


def _body_in(cell: re.Match[str]) -> Iterator[Find]:
    """The particular words of a cell that names a body: 'Stepping Stones', 'OHT'."""
    taken = protected(cell.string)
    end = cell.start() + len(cell.group().partition(" (")[0])
    words = [
        word
        for word in re.finditer(rf"\b{NAME_WORD}|\b[A-Z]{{3,8}}\b", cell.string[:end])
        if word.start() >= cell.start()
        and not overlaps(word.span(), taken)
        and word.group() not in _NATIONAL | _ACRONYMS | _KEPT
        and not {w := word.group().casefold(), w.removesuffix("s"), f"{w}s"} & _USUAL_IN_BODIES
    ]
    if words:
        yield Find(words[0].start(), words[-1].end(), "PLACE", "people.table-body", 0.7)


def _part_of_name(cell: re.Match[str]) -> Iterator[Find]:
    """A cell that holds a surname, a forename or initials alone."""
    told = _WHOLE_CELL.search(cell.group())
    if told and told.group().casefold() not in ("none", "unknown", "not known", "n/a", "vacant"):
        start = cell.start()
        yield Find(start + told.start(), start + told.end(), "PERSON", "people.table", 0.9)


def _in_cell(cell: re.Match[str]) -> Iterator[Find]:
    for match in _CELL_NAME.finditer(cell.group()):
        words = list(re.finditer(r"\S+", match.group()))
        while words and words[0].group().casefold() in _JOB_WORDS:
            words.pop(0)
        if words and words[0].group().casefold() not in ("role", "name"):
            start = cell.start() + match.start()
            yield Find(
                start + words[0].start(), start + words[-1].end(), "PERSON", "people.table", 0.9
            )
