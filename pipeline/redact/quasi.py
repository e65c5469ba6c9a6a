"""What describes somebody without leading to anybody by itself: profile `everything` only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.redact.find import Find, overlaps
from pipeline.redact.protect import law_and_labels
from pipeline.redact.words import LOWER, UPPER, WORDS, ordinary

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_ENTITIES = {
    "NORP": "NATIONALITY",
    "GPE": "PLACE",
    "LOC": "PLACE",
    "FAC": "PLACE",
    "ORG": "ORGANISATION",
    "PRODUCT": "ORGANISATION",
    "EVENT": "ORGANISATION",
    "MONEY": "MONEY",
    "PERCENT": "NUMBER",
    "QUANTITY": "NUMBER",
    "CARDINAL": "NUMBER",
    "DATE": "DURATION",
    "TIME": "DURATION",
}
_SPELT = "|".join(
    (*WORDS["units"], *WORDS["tens"], "hundred", "thousand", "million", "half", "dozen")
)
_NUMBER = rf"(?:\d[\d,.]*|(?:{_SPELT})(?:[- ](?:and )?(?:{_SPELT}))*)"
_UNIT = r"(?:years?|months?|weeks?|fortnights?|days?|hours?|minutes?|decades?)"
_COIN = (
    r"(?:pounds sterling|pounds?|pence|euros?|dollars?|cents?|zlotys?|liras?|krona|kronor|"
    r"kroner?|francs?|marks?|"
    r"schillings?|roubles?|rupees?|forints?|levs?|lei|dinars?|shillings?)"
)
_PATTERNS = {
    "MONEY": re.compile(
        r"(?:approx(?:\.|imately) )?"
        rf"(?:(?:[£$€] ?|\b[A-Z]{{3}} )\d[\d,.]*\d?(?: ?(?:million|billion|thousand|k|m|bn)\b)?"
        rf"|\b{_NUMBER} (?:(?:million|billion) )?(?:[A-Z][\w-]+ ){{0,2}}(?i:{_COIN})\b(?: "
        rf"?\([A-Z]{{3}}\))?"
        r"|\b\d[\d,.]* (?:[A-Z]{3})\b(?: \([a-z]+\))?"
        r")"
    ),
    "DURATION": re.compile(
        rf"\b(?:{_NUMBER}|several|a few|many)(?: ?and a half)?[- ]{_UNIT}\b[’']?"
        rf"(?:,? and {_NUMBER} {_UNIT}[’']?)?(?: (?:old|of age)\b)?",
        re.IGNORECASE,
    ),
    "NUMBER": re.compile(
        rf"\b(?:{'|'.join(WORDS['tens'])}|(?!(?:1[89]|20)\d\d )\d{{2,}})(?:-(?:{_SPELT}))? "
        r"(?:[a-z-]+ )?[a-z]{3,}s\b|"
        rf"\b{_NUMBER} ?(?:%|per cent|km/h|mph|km|kg|metres?|kilometres?|miles?|litres?|grams?|"
        rf"mg|cm|m²|"
        r"hectares?|acres?|tonnes?)",
        re.IGNORECASE,
    ),
    "NATIONALITY": re.compile(
        rf"\b[{UPPER}]\w+(?:an|ish|ese|ch|ic|ss|ek)(?= (?:Government|authorities)\b)"
    ),
    "REFERENCE": re.compile(
        r"\b(?:(?:plot|block|parcel|sheet|sheet/plan|plan) )?(?<!Law )(?<!Decree )nos?\. "
        r"?\w*\d[\w/.-]*\b"
        r"(?:(?: of|,)? (?:plot|block|parcel|sheet|sheet/plan|plan) (?:no\. ?)?[\w/.-]+\b)*"
        r"|\bsheet/plan [\d/.]+\d"
    ),
    "ORGANISATION": re.compile(rf"(?<![\w&/.’'-])[{UPPER}]{{3,6}}(?:-[{UPPER}])?(?![\w&/’-]|\.\w)"),
    "OCCUPATION": re.compile(rf"\b(?:{'|'.join(WORDS['occupations'])})s?\b", re.IGNORECASE),
    "HEALTH": re.compile(
        rf"\b(?:{'|'.join(WORDS['conditions'])})\b(?: (?:of|to|in) (?:the|his|her|a)(?: "
        rf"[\w-]+){{1,3}})?|\b(?!diploma)\w{{3,}}(?:itis|osis|phrenia|"
        rf"aemia|emia|oma|"
        rf"pathy|"
        r"ectomy|plegia|algia)\b",
        re.IGNORECASE,
    ),
}
# "the Warsaw District Court (Sąd Rejonowy)": a body and what its own language calls it.
_BODY = re.compile(
    rf"\b(?:[{UPPER}][\w’'-]+ )+(?:(?:of|for|and|the) )*(?:[{UPPER}][\w’'-]+ )*"
    r"(?:Court|Tribunal|Prison|Hospital|University|Authority|Municipality|Council|Office|Chamber|"
    r"Academy|Institute|Clinic|Union|Party|Association|Ministry|Directorate|Board|Bank|Company|"
    rf"Commandership|Inspectorate|Commission)(?: (?:of|for) (?:the )?[{UPPER}][\w’'-]+"
    rf"(?: (?:and )?[{UPPER}][\w’'-]+)*)?(?: \([^()]{{3,60}}\))?"
    # "the regional health insurance fund (“the CRAM”)": a body that is given a short name
    rf"|(?<=the )(?:[a-z]+ ){{1,14}}[a-z]+ (?=\([“\"](?:the )?[{UPPER}]{{3,}}[”\"]\))"
    rf"|\b(?:[{UPPER}][{LOWER}]+ )+(?:AG|GmbH|Ltd|Limited|plc|Inc|S\.A\.|SpA|NV|AB|A\.Ş\.)(?!\w)"
)
# Of a kind that a word in front makes particular: "Edirne F-type prison", "the county of Jämtland".
_PLACE = re.compile(
    rf"\b[{UPPER}][\w-]+ (?:[\w-]+ ){{0,2}}(?:cemetery|prison|hospital|school|university|station|"
    r"factory|barracks|museum|airport|harbour)\b"
    r"|\b(?i:municipality|county|district|province|village|town|city|region|department|parish|"
    r"area) "
    rf"of (?:the )?[{UPPER}][\w-]+"
    r"|\b(?:northern|southern|eastern|western|central) (?:parts?\b|"
    rf"[{UPPER}][\w-]+)"
)
# A state, its government and its nationals as a whole single nobody out.
_STATE = re.compile(
    r"(?:[Tt]he )?(?:[\w-]+ )?(?:Government|State|Republic|Kingdom)(?: of (?:the )?[A-Z]\w+)?|"
    r"[^A-Z]+|[A-Z ]+S"
)
_BRACKETED = re.compile(rf" \([{UPPER}][^()]{{1,60}}\)")
_NATIONAL = re.compile(r" (?:nationals?|citizens?|origin|nationality|descent)\b")
_TELLS = re.compile(rf"\d|\b(?:{_SPELT})\b", re.IGNORECASE)
_ALONE = frozenset(WORDS["offices"])


def find_quasi(doc: Doc) -> Iterator[Find]:
    """Nationality, occupation, health, money, organisations, numbers and durations of one text."""
    kept = law_and_labels(doc.text)
    for find in (*_from_model(doc), *_from_patterns(doc)):
        words = re.findall(r"[^\W\d_]{2,}", doc.text[find.start : find.end].casefold())
        if not overlaps(find[:2], kept) and not (words and _ALONE.issuperset(words)):
            yield find


def _from_model(doc: Doc) -> Iterator[Find]:
    for entity in doc.ents:
        if kind := _ENTITIES.get(entity.label_):
            start, end = entity.start_char, entity.end_char
            if kind == "ORGANISATION":
                if _STATE.fullmatch(entity.text):
                    continue
                end = _extended(_BRACKETED, doc.text, end)
            if kind == "NATIONALITY":
                end = _extended(_NATIONAL, doc.text, end)
            if kind == "DURATION" and not _TELLS.search(entity.text):
                continue
            if kind == "NUMBER" and entity.label_ == "CARDINAL":
                if entity.text.casefold() in ("one", "first", "both"):
                    continue
                end = _counted(doc[entity.end - 1], doc)
                if entity.text.isdigit() and end == entity.end_char:
                    continue
            yield Find(start, end, kind, f"model.{entity.label_}", 0.7)


def _extended(pattern: re.Pattern[str], text: str, end: int) -> int:
    after = pattern.match(text, end)
    return after.end() if after else end


def _counted(number: Token, doc: Doc) -> int:
    """The end of what a number counts: 'five envelopes', 'seven other persons'."""
    end = number
    for token in doc[number.i + 1 : number.i + 4]:
        if token.tag_ not in ("JJ", "NN", "NNS"):
            break
        end = token
        if token.tag_ != "JJ":
            break
    return end.idx + len(end)


def _from_patterns(doc: Doc) -> Iterator[Find]:
    numbers = {token.idx: token.i for token in doc}
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(doc.text):
            start = match.start()
            if kind in ("OCCUPATION", "HEALTH"):
                start = _modified(doc, numbers.get(start), start)
            if kind == "OCCUPATION" and doc.text.startswith(" practising", match.end()):
                continue  # Who represents somebody acts in public.
            if kind == "ORGANISATION" and ordinary(match.group()):
                continue  # "THE FACTS"
            yield Find(start, match.end(), kind, f"quasi.{kind.lower()}", 0.6)
    for match in _BODY.finditer(doc.text):
        yield Find(*match.span(), "ORGANISATION", "quasi.body", 0.7)
    for match in _PLACE.finditer(doc.text):
        yield Find(*match.span(), "PLACE", "quasi.place", 0.6)


def _modified(doc: Doc, number: int | None, start: int) -> int:
    """Where the words begin that qualify a noun: 'forklift driver', 'paranoid schizophrenia'."""
    if number is None:
        return start
    first = number
    while 0 < first > number - 3 and doc[first - 1].tag_ in ("JJ", "NN", "NNP", "HYPH"):
        first -= 1
    return doc[first].idx
