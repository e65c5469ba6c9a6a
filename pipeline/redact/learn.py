"""The second pass: what was learnt anywhere in a review is found everywhere in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.redact import titles
from pipeline.redact.analysed import Analysed
from pipeline.redact.capitals import in_prose
from pipeline.redact.context import Context
from pipeline.redact.find import Find, Span, inside, overlaps
from pipeline.redact.names import name_key, parts, variants
from pipeline.redact.protect import TITLED_LABEL
from pipeline.redact.sayings import VEHICLES, short_for
from pipeline.redact.shortened import initials_of
from pipeline.redact.words import (
    GENERIC,
    LANDFORMS,
    MONTH_BEFORE,
    MONTHS,
    NAME_WORD,
    NATIONAL,
    ROLES,
    WORD_NAMES,
    WORDS,
    ordinary,
    sentence_initial,
)

NAMES = ("PERSON", "PLACE", "ORGANISATION")
"""The kinds that are names."""
RARE = 2
"""A label that a report chose stands in it more often."""
FIRM = 0.7
"""Finds below this score are replaced where they stand but teach nothing."""

_SAID = re.compile(
    r" (?:(?:also|then|later|never|again|first|had|has|did|does|would|could|should|might) )?"
    r"(?:\w+ed|told|said|rang|took|was|had|has|did|saw|went|wrote|spoke|gave|felt|held|knew|left|"
    r"came|got|made|met|kept|began|lost|paid|sent|sat|stood|thought|heard|found|ran|put|read|set|"
    r"slept|drove|bought|brought|became|rose|drank|grew|says|tells|lives|works|would|could)\b"
    r"|, (?:who|whose|he|she|they|her|his)\b|[’']s\b"
)

_ACTS = re.compile(
    r"[’']s? (?:mother|father|sister|brother|son|daughter|partner)\b|"
    r" (?:told|said|rang|saw|went|wrote|spoke|felt|left|knew|accepted|asked|called|reported)\b"
)
"""What makes the first word of a sentence a person's name."""
_JOB_WORDS = frozenset((*WORDS["job_words"], *ROLES, "judge", "ford"))
_FOLLOWER = re.compile(rf" ({NAME_WORD})")
_TIMES = {*MONTHS, "spring", "summer", "autumn", "winter"}
_ORDINAL = re.compile(rf"(?:[Tt]he )?(?:{'|'.join(WORDS['ordinals'])})")
_CELL = re.compile(r"\| $")
_DOES = re.compile(r" (?:[a-z]+s|to [a-z]+)\b")
"""What follows a name at the head of a cell: "Bill attends", "Rose to ring back"."""
_ACTED_ON = re.compile(r"\b(?:mr|mrs|ms|miss|dr|by|with|from|told|[a-z]+ed) $")
"""What stands before a name in capitals that no other word would follow."""
_IS_TO = re.compile(r" to [a-z]+\b")
_STARTS = re.compile(r"(?:^|[.;|] )$")


_INITIALS = re.compile(r"(?<![\w&/.’'-])[A-Z]{2,3}(?:/[A-Z]{2,3})*(?![\w&/’-])")
_TOLD_BEFORE = re.compile(r"(?:^|[.;|] |\| ?)(?P<letters>[A-Z]{2,3}) ?(?:\||[:–—=-]) ?$")
_TOLD_AFTER = re.compile(r",? ?(?:\(|\| ?)(?P<letters>[A-Z]{2,3})(?:\)| ?\||$)")
_BY = re.compile(
    r"\b(?:[Bb]y|[Tt]asked to|[Pp]assed to|[Ss]poke (?:to|with)|[Aa]sked|[Tt]old|per) $"
)
_HEAD = re.compile(r"(?:^|[.;|] |[“‘\"]|\d\.\d{1,2}\.? )$")
_CELL_END = re.compile(r" \||[”\"]|\.?$")
_SAID_OR_SO = re.compile(
    r" (?:to (?:[a-z]+)|[a-z]+ed|seems?|appears?|denies|admits|presents|wants|feels|felt|refuses|"
    r"states|said|says|asks|told|tells|left|rang|rings|notes|reports|will|advises|visits|attends|"
    r"calls|spoke)\b"
)


class Learnt(NamedTuple):
    """Names to look for: surface -> kind."""

    kinds: dict[str, str]
    pattern: re.Pattern[str] | None


def learn(found: Iterable[tuple[str, Find]], context: Context, texts: Iterable[str]) -> Learnt:
    """What the (surface, find) pairs of a review's first pass teach; `texts` are all of it."""
    found = list(found)
    places = [bare for s, find in found if find.kind == "PLACE" for bare in [_bare(s)]]
    kinds: dict[str, str] = {
        acronym: "PLACE"
        for acronym in initials_of(texts, places)
        if acronym not in context.initials and not context.kept([acronym])
    }
    for surface, find in found:
        if find.score >= FIRM and find.kind in NAMES:
            names = [*(_person(surface) if find.kind == "PERSON" else _place(surface))]
            if find.kind == "PERSON":
                names += [f"the {name}{'es' if name.endswith('s') else 's'}" for name in names]
            for name in (*variants(names), *_in_small_letters(names, context)):
                if not context.kept([name]):
                    kinds.setdefault(name, find.kind)
    return Learnt(kinds, _any_of(kinds))


def _in_small_letters(names: Iterable[str], context: Context) -> Iterator[str]:
    """Names as a text message has them, "kuba dont want go bed", unless that is a word."""
    for name in names:
        words = name.split()
        small = name.lower()
        named = len(name) > 3 and words[0] != "the" and not all(map(ordinary, words))
        if named and not set(small.split()) <= context.lowercase:
            yield small


def _person(surface: str) -> Iterator[str]:
    given, surname = parts(surface)
    for part in (*given[:1], surname):
        spelt = re.search(re.escape(part), surface.replace("’", "'"), re.IGNORECASE)
        word = surface[slice(*spelt.span())] if spelt else ""
        begins = part != surname and part in ("april", "may", "june")
        if len(word) > 2 and word[:1].isupper() and (begins or part not in _JOB_WORDS):
            yield word if not word.isupper() else word.title()
    full = re.search(rf"{NAME_WORD} {NAME_WORD}$", titles.bare(surface))
    if full:
        yield full.group()


def _place(surface: str) -> Iterator[str]:
    bare = _bare(surface)
    words = re.findall(NAME_WORD, bare)
    if len(words) > 1 or (words and bare.casefold() not in GENERIC | ROLES):
        yield bare
    yield from (word for word in words if len(word) > 3 and not ordinary(word))
    if re.fullmatch(r"[A-Z]\w*[A-Z]\w*", bare):
        yield bare
    if len(words) == 2 and words[1].casefold() in LANDFORMS:
        yield f"the {words[1]}"
    inn = re.fullmatch(rf"({NAME_WORD}) (?:and|&|in|o[’']) .+", bare)
    if inn and surface != bare:
        yield f"the {inn[1]}"


def again(found: Iterable[tuple[str, Find]], context: Context) -> Learnt:
    """All names that were replaced anywhere, also those that no second mention was sure of.

    And dates: kinds are "DATE " and the value. And rare trades, with what they are about.
    """
    kinds: dict[str, str] = {}
    for surface, find in found:
        if find.rule in ("identity.initials", "people.signed") or surface.casefold() in ROLES:
            continue  # "AP" is an approved premises, too; "Boyfriend" whoever that is.
        if find.kind == "DATE" and not re.fullmatch(r"\d{4}", surface):
            kinds.setdefault(surface, f"DATE {find.value}")
        elif find.kind == "OTHER" and find.rule.startswith("trades."):
            # A compiler of tide tables: the tables alone tell who is meant, too.
            told = (surface, surface.partition(" of ")[2])
            kinds.update((words, "OTHER") for words in told if " " in words)
        elif find.rule == "recognised.OTHER" and " " in surface:
            kinds.setdefault(surface, "OTHER")
        elif find.rule in VEHICLES:
            kinds.update(dict.fromkeys(short_for(surface), "OTHER"))
        elif find.kind in ("PERSON", "PLACE"):
            names = [titles.bare(_bare(surface))]
            if find.kind == "PERSON":
                given, surname = (parts(surface)[0], parts(surface)[1])
                names += [*_person(surface), " ".join([surname, *given]).title()]
            else:
                names += _place(surface)
            for name in variants(names):
                if (
                    name not in NATIONAL
                    and (len(name) > 2 or (name == surface and name.isupper() and name.isalpha()))
                    and name[0].isupper()
                    and not context.kept(name.split())
                ):
                    kinds.setdefault(name, find.kind)
            for name in _in_small_letters(names, context):
                kinds.setdefault(name, find.kind)
    return Learnt(kinds, _any_of(kinds, hyphened=True))


def find_again(
    text: str, names: Learnt, spans: list[Span], taken: list[Span], context: Context
) -> Iterator[Find]:
    """Mentions that still stand of names replaced elsewhere: a name goes everywhere or nowhere.

    `spans` are the stretches that are protected, `taken` those already replaced.
    """
    for match in names.pattern.finditer(text) if names.pattern else ():
        if overlaps(match.span(), taken) or inside(match.span(), spans):
            continue
        kind, _, value = names.kinds[match.group()].partition(" ")
        if kind == "DATE":
            if stands_as_date(text, match.span()):
                yield Find(*match.span(), kind, "identity.again", 0.4, value)
            continue
        common = all(word.casefold() in context.lowercase for word in match.group().split())
        if not (common and kind == "PLACE" and " " not in match.group()) and stands_as_name(
            text, match.span(), common=common
        ):
            yield Find(*match.span(), kind, "identity.again", 0.4)


def stands_as_date(text: str, span: Span) -> bool:
    """Whether the words of a date stand as one: not "May it be asked", "for the first time"."""
    surface = text[slice(*span)]
    if _ORDINAL.fullmatch(surface) or (surface.casefold() in MONTHS and not surface[0].isupper()):
        return False
    return surface not in ("May", "March") or not sentence_initial(text, span[0])


def stands_as_name(text: str, span: Span, *, common: bool) -> bool:
    """Whether words that may be words like any other stand as a name here.

    `common`: the review writes them without a capital, too.
    """
    surface = text[slice(*span)]
    if " " in surface:
        return True
    if surface in NATIONAL:
        return False
    short_name = text.isupper() and surface.casefold() in WORD_NAMES
    if surface.isupper() and len(surface) <= 3 and not short_name:
        return not text.isupper()  # "JD" is initials.
    if surface.isupper():
        return not ordinary(surface) or _meant_in_capitals(text, span, common=common)
    if surface.casefold() in MONTHS and (
        MONTH_BEFORE.search(text[: span[0]]) or re.match(r",? \d", text[span[1] :])
    ):
        return False
    if surface.casefold() in GENERIC:
        return False
    if _ACTS.match(text, span[1]) or not ordinary(surface):
        return True
    if not sentence_initial(text, span[0]):
        return True
    # "Best practice would have been", "Hope is no plan"
    return not common and bool(_SAID.match(text, span[1]) or _IS_TO.match(text, span[1]))


def _meant_in_capitals(text: str, span: Span, *, common: bool) -> bool:
    """Whether a name that is a word, too, is meant by it in capitals: 'PETER', not 'HOPE'.

    'HOPE' of a review that also speaks of hope only where somebody acts or is acted upon.
    """
    before, word, after = text[: span[0]].lower(), text[slice(*span)].lower(), text[span[1] :]
    if word in MONTHS and (MONTH_BEFORE.search(before) or re.match(r",? \d", after)):
        return False
    if word in GENERIC:
        return False
    if not common or _SAID.match(after.lower()) or _ACTED_ON.search(before):
        return True
    return word in WORD_NAMES and word not in STOP_WORDS and in_prose(text, *span)


def find_initials(
    text: str, initials: frozenset[str], told: frozenset[str], spans: list[Span], taken: list[Span]
) -> Iterator[Find]:
    """Initials of people whose names the review tells, where nobody but a person can be meant.

    "Tasked to COB", "AP to send": as a cell, before a verb, after a word for who did it; and
    wherever they stand those `told` beside the name.
    """
    known = initials | told
    for match in _INITIALS.finditer(text) if known else ():
        letters = set(match.group().split("/"))
        if not letters <= known or overlaps(match.span(), [*spans, *taken]):
            continue
        before = text[: match.start()]
        if (
            letters <= told
            or _BY.search(before)
            or (_HEAD.search(before) and _SAID_OR_SO.match(text, match.end()))
            or (_HEAD.search(before) and _CELL_END.match(text, match.end()))
        ):
            yield Find(*match.span(), "PERSON", "identity.initials", 0.5)


def initials_of_people(found: Iterable[tuple[str, Find]], context: Context) -> frozenset[str]:
    """The initials of all people who are told by first name and surname."""
    names = {s for s, find in found if find.kind == "PERSON" and " " in s}
    known = set[str]().union(*map(_initials_of, names))
    return frozenset(known - NATIONAL - context.initials - context.pseudonyms)


def _initials_of(name: str) -> set[str]:
    given, surname = parts(name)
    if not (given and surname and len(given[0]) > 1):
        return set()
    last = "".join(part[:1] for part in re.split(r"[-’']", surname))
    initials = {given[0][0] + last, given[0][0] + last[0], "".join(n[0] for n in given) + last}
    return {letters.upper() for letters in initials if len(letters) in (2, 3)}


def told_initials(found: Iterable[tuple[str, Find]], context: Context) -> frozenset[str]:
    """Initials that stand beside the name that they are of: "HJ | Huw Jarman", "Huw Jarman (HJ)".

    `found` are pairs of a whole text and a find in it.
    """
    told = set()
    for text, find in found:
        if find.kind == "PERSON" and " " in (name := text[find.start : find.end]):
            beside = (
                _TOLD_BEFORE.search(text[: find.start]),
                _TOLD_AFTER.match(text, find.end),
            )
            told |= {match["letters"] for match in beside if match} & _initials_of(name)
    return frozenset(told - context.pseudonyms)


def slipped_labels(found: Iterable[tuple[str, Find]], texts: Iterable[str]) -> frozenset[str]:
    """What reads like a label ("Mr P") but is a name cut short: rare, beside a 'Mr Pickard'."""
    told = Counter(match for text in texts for match in TITLED_LABEL.findall(text))
    names = {
        f"{title[1]} {surname[0].upper()}"
        for surface, find in found
        if find.kind == "PERSON" and (title := titles.SEXED.match(surface))
        for surname in [parts(surface)[1]]
        if len(surname) > 1
    }
    return frozenset(label for label, times in told.items() if times <= RARE and label in names)


def find_slipped(text: str, labels: frozenset[str]) -> Iterator[Find]:
    """Mentions of such labels."""
    for match in TITLED_LABEL.finditer(text) if labels else ():
        if match.group() in labels:
            yield Find(*match.span(), "PERSON", "identity.title-letter", 0.6)


def _any_of(names: Iterable[str], *, hyphened: bool = False) -> re.Pattern[str] | None:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    alternatives = "|".join(map(re.escape, longest_first))
    beside = r"\w" if hyphened else r"[\w-]"
    return re.compile(rf"(?<!{beside})(?:{alternatives})(?!{beside})") if alternatives else None


def _bare(surface: str) -> str:
    return re.sub(r"^[Tt]he ", "", surface)


def agreed_kinds(found: Iterable[tuple[str, Find]]) -> dict[str, str]:
    """Name -> PERSON or PLACE, whichever its finds in one review speak for more strongly.

    The first name of somebody whom the review names in full is no place because the language model
    takes it for one.
    """
    names = [(name_key(surface), surface, find) for surface, find in found if find.kind in NAMES]
    first = {
        name_key(surface.split()[0])
        for _, surface, find in names
        if find.kind == "PERSON" and " " in surface
    }
    votes: dict[str, Counter[str]] = {}
    for name, _, find in names:
        person = name in first and find.rule.startswith("model.")
        kind = "PERSON" if person else find.kind
        votes.setdefault(name, Counter())[kind] += round(100 * find.score)
    return {name: max(sorted(ballot), key=ballot.__getitem__) for name, ballot in votes.items()}


def find_learnt(
    text: str, learnt: Learnt, spans: list[Span], read: Analysed | None = None
) -> Iterator[Find]:
    """Every mention of a learnt name outside the protected `spans`."""
    if learnt.pattern is None:
        return
    for match in learnt.pattern.finditer(text):
        kind = learnt.kinds[match.group()]
        if not overlaps(match.span(), spans) and _meant(text, match, read, kind):
            yield Find(*match.span(), kind, "identity.learnt", 0.65)


def _meant(text: str, match: re.Match[str], read: Analysed | None, kind: str) -> bool:
    """Whether a learnt name that is also a word stands as a name here."""
    surface = match.group()
    if " " in surface or not ordinary(surface):
        return True
    if surface.casefold() in _TIMES and (
        MONTH_BEFORE.search(text[: match.start()]) or re.match(r",? \d", text[match.end() :])
    ):
        return False
    if surface.casefold() in GENERIC:
        # "PC Ward": of a word for a kind of body, only who does something is meant.
        opens = _STARTS.search(text[: match.start()])
        alone = opens or not sentence_initial(text, match.start())
        return bool(alone and _SAID.match(text, match.end()))
    if surface.isupper() and kind == "PLACE":
        return not text.isupper()
    if surface.isupper():
        return not text.isupper() and len(surface) > 4
    if kind == "PERSON" and _CELL.search(text[: match.start()]) and _DOES.match(text, match.end()):
        return True
    follower = _FOLLOWER.match(text, match.end())
    if _SAID.match(text, match.end()) or (follower and not ordinary(follower[1])):
        return True
    if not sentence_initial(text, match.start()):
        return True
    return read is not None and read.tag(match.start()) in ("NNP", "NNPS")
