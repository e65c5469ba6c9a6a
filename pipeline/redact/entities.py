"""Names that the language model finds, and capitalised words that are in no dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.redact.analysed import Analysed
from pipeline.redact.context import Context
from pipeline.redact.dates import iso
from pipeline.redact.find import Find, Span, overlaps
from pipeline.redact.words import (
    COMMON,
    COMPASS,
    GENERIC,
    KNOWN,
    LOWER,
    MONTH_BEFORE,
    NAME_WORD,
    WORD_NAMES,
    WORDS,
    common,
    ordinary,
    sentence_initial,
)
from pipeline.vocabulary import MONTHS

if TYPE_CHECKING:
    from spacy.tokens import Span as Entity

_KINDS = {"PERSON": "PERSON", "GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE"}
_PARTICLE = r"(?:de|da|dos|du|van|von|der|den|bin|bint|ibn|al|el|ap|ab|ferch|ní|nic|mac|le|la)"
_RUN = re.compile(rf"\b(?:{NAME_WORD})(?: (?:[A-Z]\. ?)?(?:{_PARTICLE} ){{0,2}}(?:{NAME_WORD}))*")
_WORD = re.compile(rf"\b{NAME_WORD}")
_CALENDAR_DATE = re.compile(rf"(?=.*\b(?:19|20)\d\d\b)(?=.*\b(?:{'|'.join(MONTHS)}|\w+day)\b)")
_BEFORE_PLACE = re.compile(r"\b(?:in|at|near|around|outside|across|towards|the|of|to|from) $")
_AFTER_PLACE = re.compile(
    r" (?:Council|Police|Hospital|District|County|Borough|City|Town|Community|Probation|Safe|"
    r"Constabulary|NHS|Trust|Partnership|Crown|Magistrates|area|estate|village)\b"
)


_NAMED_AFTER = re.compile(r", (?:who|he|she|they|her|his|the [a-z]+[’']s)\b")
_SAID = re.compile(r" (?:was|had|said|told|rang|came|went|knew|thought|did|asked|made)\b")
_JOB_WORDS = frozenset(WORDS["job_words"])
# "the Bus Driver": a report's label
_JOB_AFTER = re.compile(
    r" (?:Driver|Owner|Worker|Lead|Manager|Officer|Assistant|Friend|Neighbour)\b"
)
_NO_SURNAMES = GENERIC | KNOWN | _JOB_WORDS
_PREFIXES = frozenset(WORDS["prefixes"])


def find_entities(read: Analysed, spans: list[Span], context: Context) -> Iterator[Find]:
    """People, places and dates among the model's entities, outside the protected `spans`."""
    doc = read.doc
    for entity in doc.ents:
        if entity.label_ == "DATE" and _CALENDAR_DATE.search(entity.text):
            told = entity.text.partition(" |")[0]
            before, _, last = told.rpartition(" ")
            told = before if context.kept([last]) else told  # "Wednesday 22 March 2016 Ann"
            value = iso(told, latest_year=context.latest_year)
            end = entity.start_char + len(told)
            yield Find(entity.start_char, end, "DATE", "model.DATE", 0.5, value)
        elif kind := _KINDS.get(entity.label_):
            for match in _RUN.finditer(doc.text, entity.start_char, entity.end_char):
                start = _name_start(entity, match, read)
                words = _WORD.findall(doc.text, start, match.end())
                if _prefix(doc.text, words[-1], match.end()) or _qualifies(entity, words, read):
                    continue
                if not overlaps((start, match.end()), spans) and _is_name(words, context):
                    yield Find(start, match.end(), kind, f"model.{entity.label_}", 0.7)


def _qualifies(entity: Entity, words: list[str], read: Analysed) -> bool:
    """Whether a word that is also a name opens a sentence before a noun: 'Frank discussion'."""
    if len(words) > 1 or words[0].casefold() not in WORD_NAMES or entity.end == len(entity.doc):
        return False
    text, following = entity.doc.text, entity.doc[entity.end]
    return (
        following.text.islower()
        and sentence_initial(text, entity.start_char)
        and read.tag(following.idx) in ("NN", "NNS")
    )


def _name_start(entity: Entity, run: re.Match[str], read: Analysed) -> int:
    """Where a run begins without a verb that opens the sentence: 'Completed St David'."""
    text = run.string
    opening = next((token for token in entity if token.idx == run.start()), None)
    if opening is None or opening.text.casefold() in WORD_NAMES or not ordinary(opening.text):
        return run.start()
    rest = _WORD.search(text, run.start() + len(opening), run.end())
    if rest and sentence_initial(text, run.start()) and read.tag(run.start()).startswith("VB"):
        return rest.start()
    return run.start()


def _is_name(words: list[str], context: Context) -> bool:
    if context.kept(words):
        return False
    strange = any(_strange(word, context) for word in words)
    return strange or words[0].casefold() in WORD_NAMES


def _strange(word: str, context: Context) -> bool:
    return (
        not ordinary(word)
        and word.casefold() not in context.lowercase
        and word not in context.pseudonyms
        and word not in context.authors
    )


def find_unknown(text: str, spans: list[Span], context: Context) -> Iterator[Find]:
    """Runs of capitalised words around one that no dictionary and no lower case of it explains."""
    for run in _RUN.finditer(text):
        words = [
            m
            for m in _WORD.finditer(text, *run.span())
            if not (overlaps(m.span(), spans) or _prefix(text, m.group(), m.end()))
        ]
        strange = [n for n, word in enumerate(words) if _strange(word.group(), context)]
        if strange:
            yield from (_unknown(text, words, group, context) for group in _groups(words, strange))
        elif pair := _word_names(text, words, context):
            yield Find(*pair, "PERSON", "unknown.word-names", 0.7)
        elif len(words) == 1 and _is_word_name(text, words[0], context):
            yield Find(*words[0].span(), "PERSON", "unknown.word-name", 0.5)
        elif not _title_case(text, run) and (odd := _odd_words(text, words, context)):
            place = _BEFORE_PLACE.search(text[: odd[0]]) or _AFTER_PLACE.match(text, odd[1])
            yield Find(*odd, "PLACE" if place else "PERSON", "unknown.capital", 0.4)
        elif len(words) == 1 and _is_town(text, words[0], context):
            yield Find(*words[0].span(), "PLACE", "unknown.in-place", 0.5)


def _prefix(text: str, word: str, end: int) -> bool:
    """Whether a hyphen joins the word to one in lower case, as in 'Co-ordinators', 'Non-fatal'."""
    rest = re.match(rf"-([{LOWER}]+)", text[end:])
    if rest is None:
        return False
    return word.casefold() in _PREFIXES or ordinary(word + rest[1])


def _groups(words: list[re.Match[str]], strange: list[int]) -> list[list[int]]:
    """Strange words, apart where a word for a kind of body lies between them."""
    groups = [[strange[0]]]
    for before, number in pairwise(strange):
        if any(word.group().casefold() in GENERIC for word in words[before:number]):
            groups.append([number])
        else:
            groups[-1].append(number)
    return groups


def _unknown(text: str, words: list[re.Match[str]], strange: list[int], context: Context) -> Find:
    first, last = strange[0], strange[-1]
    named = first > 0 and _may_begin_a_name(text, words[first - 1])
    adjective = first > 0 and words[first - 1].group().casefold() in COMPASS
    first -= named or adjective
    # "Gareth Oakes": a surname may be a dictionary word; "Wexmere Probation" may not grow.
    if first == last and last + 1 == len(words) - 1:
        follower = words[last + 1].group()
        last += (
            follower.casefold() not in GENERIC
            and not context.kept([follower])  # "On Christmas Eve Annie went"
            and not _BEFORE_PLACE.search(text[: words[first].start()])
        )
    start, end = words[first].start(), words[last].end()
    place = adjective or _BEFORE_PLACE.search(text[:start]) or _AFTER_PLACE.match(text, end)
    return Find(start, end, "PLACE" if place else "PERSON", "unknown.word", 0.7 if named else 0.45)


def _title_case(text: str, run: re.Match[str]) -> bool:
    """Whether capitals tell nothing: next to all words of the run's sentence or cell have one."""
    start = max(text.rfind(mark, 0, run.start()) for mark in ("|", ". ")) + 1
    end = min((at for mark in ("|", ". ") if (at := text.find(mark, run.end())) >= 0), default=None)
    words: list[str] = re.findall(r"[^\W\d_]{4,}", text[start:end])
    return sum(word.islower() for word in words) < 2


def _odd_words(text: str, words: list[re.Match[str]], context: Context) -> Span | None:
    """From the first to the last word that has a capital for no reason but that it is a name."""
    odd = [
        word
        for word in words
        if not common(word.group().casefold())
        and f"{word.group().casefold()}s" not in COMMON
        and not context.kept([word.group()])
        and not sentence_initial(text, word.start())
        and not text[: word.start()].endswith(("-", "/", "’", "'"))
        and not _JOB_AFTER.match(text, word.end())
    ]
    return (odd[0].start(), odd[-1].end()) if odd else None


def _word_names(text: str, words: list[re.Match[str]], context: Context) -> Span | None:
    """Where a first name that is a word stands before a surname that is one: 'Rose Price'."""
    for first, last in pairwise(words):
        surname = last.group().casefold()
        if (
            _may_begin_a_name(text, first)
            and last.start() == first.end() + 1
            and not context.kept([first.group()])
            and (surname not in _NO_SURNAMES or _ends_a_name(text, last))
            and not (sentence_initial(text, first.start()) and surname in context.lowercase
                     and not _NAMED_AFTER.match(text, last.end()))
        ):  # fmt: skip
            return first.start(), last.end()
    return None


def _ends_a_name(text: str, word: re.Match[str]) -> bool:
    """Whether a surname that is a word for a body ends here: 'Christian Young (CCG)'."""
    ends = re.match(r"[,.;:)]| \(| \||$", text[word.end() :]) or _SAID.match(text, word.end())
    return bool(ends) and word.group().casefold() in WORDS["surnames"]


def _may_begin_a_name(text: str, word: re.Match[str]) -> bool:
    first_name = word.group().casefold()
    month = first_name in ("april", "may", "june") and not MONTH_BEFORE.search(text[: word.start()])
    return first_name in WORD_NAMES or month


def _quoted(text: str, word: re.Match[str]) -> bool:
    """Whether the word opens a quotation as its subject: "“Dean checks my phone”"."""
    opens = text[: word.start()].endswith(("“", '"'))
    verb = r" (?:[a-z]+(?:s|ed)|told|said|had|never|would)\b"
    return opens and bool(re.match(verb, text[word.end() :]))


def _is_town(text: str, word: re.Match[str], context: Context) -> bool:
    # "born in Limerick": a capital after "in" that lower case never has in this review.
    name = word.group().casefold()
    return (
        bool(re.search(r"[a-z\d,] in $", text[: word.start()]))
        and not ({name, name.removesuffix("s")} & (COMMON | context.lowercase))
        and not context.kept([word.group()])
    )


def _is_word_name(text: str, word: re.Match[str], context: Context) -> bool:
    name = word.group().casefold()
    if name in ("april", "may", "june"):
        return bool(_SAID.match(text, word.end())) and not MONTH_BEFORE.search(text[: word.start()])
    return (
        name in WORD_NAMES
        and not context.kept([word.group()])
        and (
            not sentence_initial(text, word.start())
            or _quoted(text, word)
            or bool(_NAMED_AFTER.match(text, word.end()))
            or bool(_SAID.match(text, word.end()))
        )
        and not re.search(r"\b(?:[Aa]n?|[Tt]he|every|any|no) $", text[: word.start()])
        and not re.search(r"[A-Z][\w’']* $", text[: word.start()])
        and not re.match(r"[-/]| [A-Z0-9]", text[word.end() : word.end() + 2])
        and not text[: word.start()].endswith(("-", "/"))
    )
