"""The stage: one review's passages in, redacted passages, log, spans and roles out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from pipeline import contracts
from pipeline.redact.ages import band_in, find_ages
from pipeline.redact.analysed import Analysed, deferred
from pipeline.redact.capitals import names_in
from pipeline.redact.contacts import find_contacts
from pipeline.redact.context import Context, context_of
from pipeline.redact.dates import find_dates, is_death_date, iso, relation_to_death
from pipeline.redact.decide import (
    Outcome,
    Searched,
    decide,
    decided_rows,
    joins,
    label_corrections,
    person_corrections,
    with_people,
)
from pipeline.redact.decision import Decision
from pipeline.redact.distinctions import find_distinctions
from pipeline.redact.entities import find_entities, find_unknown
from pipeline.redact.find import TYPES, Find, Span, inside, left, overlaps, resolve
from pipeline.redact.identities import Identities, Key
from pipeline.redact.learn import (
    NAMES,
    again,
    agreed_kinds,
    find_again,
    find_initials,
    find_learnt,
    find_slipped,
    initials_of_people,
    learn,
    slipped_labels,
    told_initials,
)
from pipeline.redact.names import name_key
from pipeline.redact.people import find_listed, find_people
from pipeline.redact.places import find_places
from pipeline.redact.policy import PUBLISH, Policy
from pipeline.redact.protect import LABEL, protected
from pipeline.redact.pseudonyms import Pseudonyms
from pipeline.redact.quasi import find_quasi
from pipeline.redact.recogniser import recognise
from pipeline.redact.references import find_references
from pipeline.redact.replace import Replacement, replace
from pipeline.redact.role_model import MARK
from pipeline.redact.roles import Roles, label_roles, main_roles, mention_role, winner
from pipeline.redact.sayings import find_sayings
from pipeline.redact.shortened import find_shortened
from pipeline.redact.sorts import sort_of
from pipeline.redact.trades import find_trades
from pipeline.redact.whole import whole, with_initials
from pipeline.redact.words import NAMELESS, WORD_NAMES, ordinary, sentence_initial

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


SURE = 0.5
"""From which score on a single plain word is taken to single somebody out."""


class Redaction(NamedTuple):
    """One review after redaction; only `log` and `decided` still hold what was replaced."""

    passages: pd.DataFrame
    """`contracts.REDACTED`"""
    log: pd.DataFrame
    """`contracts.REDACTION_LOG`: private"""
    spans: pd.DataFrame
    """`contracts.SPANS`"""
    roles: pd.DataFrame
    """`contracts.ROLES_TABLE`"""
    decided: pd.DataFrame
    """`contracts.DECIDED`: private"""


@dataclass
class _Text:
    """One text of the review on its way through the passes."""

    text: str
    doc: Doc
    header: str | None = None
    section_role: str = "body"
    read: Analysed | None = None
    spans: list[Span] = field(default_factory=list)
    labels: list[Span] = field(default_factory=list)
    finds: list[Find] = field(default_factory=list)

    redacted: str = ""
    log: list[Replacement] = field(default_factory=list)

    def surface(self, find: Find) -> str:
        return self.text[find.start : find.end]

    def redact(self, pseudonyms: Pseudonyms, policy: Policy) -> None:
        spans = [
            (f.start, f.end, pseudonyms.of(f, self.surface(f), policy.told(f, self.section_role)))
            for f in self.finds
        ]
        self.redacted, self.log = replace(self.text, spans)


def redact(
    passages: pd.DataFrame,
    *,
    nlp: Language,
    year_of_death: int | None = None,
    decisions: Sequence[Decision] = (),
    policy: Policy = PUBLISH,
) -> Redaction:
    """Replace what identifies people in one review's `passages` (`contracts.PASSAGES`).

    `nlp` finds entities and tags. `year_of_death` decides the century of two-digit years and,
    where no exact date is told, how dates relate to the death. `policy` says what goes;
    `decisions` of an analyst overrule what was found.
    """
    ordered = passages.sort_values("ordinal", kind="stable")
    pairs = list(zip(ordered["heading_path"], ordered["text"], strict=True))
    context = context_of(pairs, year_of_death=year_of_death)
    texts = _texts(ordered, nlp, tagged=policy.describes)
    labels = _labels(ordered, nlp)
    everything = [*texts, *labels.values()]
    _search(everything, context, describes=policy.describes)
    death = _death(texts, year_of_death)
    for text in everything:
        text.finds = [find for find in text.finds if policy.replaces(find)]
    outcomes = _decide(decisions, ordered, texts, labels, context)
    own_roles = label_roles([text.text for text in texts], context.pseudonyms)
    own_roles |= label_corrections(decisions)
    identities = _identities(texts, decisions)
    roles_of = _person_roles(texts, own_roles, identities, decisions)
    pseudonyms = Pseudonyms(identities, roles_of, _place_sorts(texts, identities))
    for text in everything:
        text.redact(pseudonyms, policy)
    log = pd.DataFrame.from_records(_log(ordered, texts), columns=contracts.REDACTION_LOG.names)
    roles = list(_roles(ordered, own_roles, pseudonyms, texts))
    outcomes = with_people(outcomes, decisions, identities, {row["label"] for row in roles})
    return Redaction(
        _redacted(ordered, texts, labels),
        contracts.REDACTION_LOG.validate(log),
        contracts.SPANS.frame(_spans(ordered, texts, death)),
        contracts.ROLES_TABLE.frame(roles),
        contracts.DECIDED.frame(decided_rows(ordered["review_id"], outcomes)),
    )


def _texts(passages: pd.DataFrame, nlp: Language, *, tagged: bool) -> list[_Text]:
    columns = passages[["text", "table_header", "section_role"]].itertuples(index=False)
    docs = nlp.pipe(passages["text"], disable=() if tagged else deferred(nlp))
    return [
        _Text(text, doc, None if pd.isna(header) else header, role, Analysed(doc, nlp))
        for (text, header, role), doc in zip(columns, docs, strict=True)
    ]


def _labels(passages: pd.DataFrame, nlp: Language) -> dict[str, _Text]:
    """The texts of the columns that repeat others: headings above and table headers."""
    values = pd.concat([passages["heading_path"], passages["table_header"]]).dropna()
    return {value: _Text(value, nlp.make_doc(value)) for value in values.unique()}


def _search(texts: list[_Text], context: Context, *, describes: bool) -> None:
    """Fill in the finds of all texts, in two passes: what the first learns, the second uses."""
    for text in texts:
        text.spans = protected(text.text, labels=context.labels)
        text.labels = [label.span() for label in LABEL.finditer(text.text)]
        text.finds = [*_admitted(_first_pass(text, context), text, context)]
    recognised = recognise([text.doc for text in texts])
    for text, runs in zip(texts, recognised, strict=True):
        finds = [
            fitted
            for run in runs
            for part in names_in(run, text.text, context.lowercase)
            for fitted in _fitted(part, text, context)
        ]
        text.finds += _admitted(finds, text, context)
        if describes and text.read is not None:
            text.finds += find_quasi(text.doc)
    found = [(t.surface(find), find) for t in texts for find in resolve(t.finds, t.text)]
    learnt = learn(found, context, [text.text for text in texts])
    initials = initials_of_people(found, context)
    told = told_initials(((text.text, find) for text in texts for find in text.finds), context)
    slipped = slipped_labels(found, [text.text for text in texts])
    for text in texts:
        taken = [find[:2] for find in text.finds]
        known = find_learnt(text.text, learnt, text.spans, text.read)
        signed = find_initials(text.text, initials, told, text.spans, taken)
        found_here = [*text.finds, *known, *signed, *find_slipped(text.text, slipped)]
        text.finds = resolve(
            [with_initials(f, text.text, text.labels, context.letters) for f in found_here],
            text.text,
        )
    standing = again(((t.surface(find), find) for t in texts for find in t.finds), context)
    for text in texts:
        taken = [find[:2] for find in text.finds]
        more = find_again(text.text, standing, text.spans, taken, context)
        text.finds = resolve([*text.finds, *more], text.text)
    kinds = agreed_kinds((text.surface(find), find) for text in texts for find in text.finds)
    for text in texts:
        text.finds = [
            find._replace(kind=kinds.get(name_key(text.surface(find)), find.kind))
            if find.kind in NAMES
            else find
            for find in text.finds
        ]


def _admitted(finds: Iterable[Find], text: _Text, context: Context) -> Iterator[Find]:
    for find in (_clear(find, text) for find in finds):
        if _allowed(find, text, context):
            yield whole(find, text.text, text.spans)


def _fitted(run: Find, text: _Text, context: Context) -> Iterator[Find]:
    """A recognised run as far as rules left it: they know more exactly what something is."""
    if run.kind in ("DATE", "AGE"):
        run = _without_people(run, text, context)
    words = text.surface(run)
    names = [word for word in _WORD.findall(words) if word[0].isupper()]
    met = [find for find in text.finds if overlaps(run[:2], [find[:2]])]
    if (names and all(map(context.usual, names))) or inside(run[:2], [find[:2] for find in met]):
        return
    if not met and words in NAMELESS:
        return
    if not met and " " not in words and ordinary(words) and _doubtful(run, text.text):
        return
    if run.kind == "DATE":
        run = run._replace(value=iso(words, latest_year=context.latest_year))
    elif run.kind == "AGE":
        run = run._replace(value=band_in(words))
    kinds = {find.kind for find in met}
    if len(kinds) == 1 and {TYPES[kind] for kind in kinds} == {TYPES[run.kind]}:
        yield run._replace(kind=kinds.pop())  # A rule found part of it.
    else:
        yield from left(run, [find[:2] for find in met], text.text)


def _without_people(run: Find, text: _Text, context: Context) -> Find:
    """The run without the people at its ends: "on 18 March Femi found", "Esther, July 2022"."""
    words = list(_WORD.finditer(text.text, run.start, run.end))
    while len(words) > 1 and context.names_nobody(words[0].group()):
        words.pop(0)
    while len(words) > 1 and context.names_nobody(words[-1].group()):
        words.pop()
    return run._replace(start=words[0].start(), end=words[-1].end()) if words else run


def _doubtful(run: Find, text: str) -> bool:
    """Whether a plain word is a name only for its place in a sentence, or hardly distinctive."""
    if run.kind in ("PERSON", "PLACE"):
        opens = sentence_initial(text, run.start)
        return opens and text[run.start : run.end].casefold() not in WORD_NAMES
    return run.kind == "OTHER" and run.score < SURE


def _first_pass(text: _Text, context: Context) -> Iterator[Find]:
    words = text.text
    yield from find_contacts(words)
    yield from find_references(words)
    yield from find_dates(words, latest_year=context.latest_year)
    yield from find_ages(words)
    yield from find_sayings(words)
    yield from find_distinctions(words)
    yield from find_trades(words)
    yield from find_people(words, usual=context.initials, letters=context.letters)
    yield from find_places(words, labels=context.pseudonyms)
    yield from find_shortened(words)
    yield from find_unknown(words, text.spans, context)
    if text.read is not None:
        yield from find_listed(words, text.header)
        yield from find_entities(text.read, text.spans, context)


_WORD = re.compile(r"\w+")
_ALWAYS = ("EMAIL", "URL", "PHONE", "POSTCODE", "HANDLE", "OTHER")
_NUMBERED = ("places.door", "places.flat")


_BETWEEN = re.compile(r"[\s.,;:–—-]*(?:(?:and|to|or) )?")


def _clear(find: Find, text: _Text) -> Find:
    """A find without the label that it ran into: "GP 1 – 11 January", "Marram House Adult A"."""
    if find.kind not in ("DATE", "PERSON", "PLACE"):
        return find
    for start, end in text.labels:
        if start <= find.start < end < find.end:
            after = _BETWEEN.match(text.text, end)
            return find._replace(start=after.end() if after else end)
        if find.start < start < find.end <= end:
            return find._replace(end=len(text.text[:start].rstrip(" ,;:–—-")))
    return find


def _allowed(find: Find, text: _Text, context: Context) -> bool:
    if find.kind in _ALWAYS or find.rule in _NUMBERED:
        return True
    surface = text.surface(find)
    words = [word for word in surface.replace("’s", "").split() if word[:1].isupper()]
    if find.kind in ("PERSON", "PLACE") and words and all(map(context.names_nobody, words)):
        return False
    if find.rule == "dates.month" and words and context.pseudonyms.issuperset(words):
        return False
    if find.kind == "PLACE":
        return any(
            word[0].isupper() and not overlaps((start, start + 1), text.spans)
            for start, word in (
                (m.start() + find.start, m.group()) for m in _WORD.finditer(surface)
            )
        )
    if find.kind == "REFERENCE":
        return not inside(find[:2], text.spans)
    if find.rule == "people.surname-first":
        return not inside(find[:2], text.spans)  # "Mr A" of "FENN, Mr A" is no label.
    return not overlaps(find[:2], text.spans)


def _decide(
    decisions: Sequence[Decision],
    passages: pd.DataFrame,
    texts: list[_Text],
    labels: dict[str, _Text],
    context: Context,
) -> list[Outcome]:
    """Put the decisions about texts over the finds."""
    if not decisions:
        return []
    everything = [*texts, *labels.values()]
    searched = [
        Searched(at, text.text, text.finds)
        for at, text in zip([*passages["passage_id"], *[""] * len(labels)], everything, strict=True)
    ]
    decided = decide(
        decisions,
        searched[: len(texts)],
        searched[len(texts) :],
        latest_year=context.latest_year,
    )
    for text, finds in zip(everything, decided.finds, strict=True):
        text.finds = finds
    return decided.outcomes


def _identities(texts: list[_Text], decisions: Sequence[Decision]) -> Identities:
    mentions = [(find.kind, text.surface(find)) for text in texts for find in text.finds]
    return Identities(mentions, joins(decisions))


def _person_roles(
    texts: list[_Text], roles: Roles, identities: Identities, decisions: Sequence[Decision]
) -> dict[Key, tuple[str, str]]:
    ballots: dict[Key, Counter[tuple[str, str]]] = {}
    people: dict[Key, tuple[str, list[str]]] = {}
    for text in texts:
        spans: dict[Key, list[tuple[int, int, str]]] = {}
        for find in text.finds:
            if find.kind == "PERSON":
                surface = text.surface(find)
                who = identities.key("PERSON", surface)
                ballot = ballots.setdefault(who, Counter())
                ballot.update(mention_role(text.text, find, text.section_role, roles))
                people.setdefault(who, (surface, []))
                spans.setdefault(who, []).append((find.start, find.end, MARK))
        for who, marks in spans.items():
            people[who][1].append(replace(text.text, marks)[0])
    proposed = {who: winner(ballot) for who, ballot in ballots.items() if ballot}
    for who, told in main_roles(people, roles).items():
        if proposed.get(who, told)[0] != "professional":
            proposed[who] = told
    return proposed | person_corrections(decisions, identities)


def _place_sorts(texts: list[_Text], identities: Identities) -> dict[Key, str]:
    surfaces: dict[Key, list[str]] = {}
    for text in texts:
        for find in text.finds:
            if find.kind == "PLACE":
                surface = text.surface(find)
                surfaces.setdefault(identities.key("PLACE", surface), []).append(surface)
    return {place: sort_of(names) for place, names in surfaces.items()}


def _log(passages: pd.DataFrame, texts: list[_Text]) -> Iterator[dict[str, Any]]:
    for review, passage, text in zip(
        passages["review_id"], passages["passage_id"], texts, strict=True
    ):
        for find, entry in zip(text.finds, text.log, strict=True):
            yield {
                "review_id": review,
                "passage_id": passage,
                **entry._asdict(),
                "type": TYPES[find.kind],
                "rule": find.rule,
                "score": find.score,
            }


def _spans(passages: pd.DataFrame, texts: list[_Text], death: str) -> Iterator[dict[str, Any]]:
    values = (find.value for text in texts for find in text.finds)
    for row, value in zip(_log(passages, texts), values, strict=True):
        start, end = row.pop("redacted_start"), row.pop("redacted_end")
        del row["surface"]
        relation = relation_to_death(value, death=death) if row["type"] == "DATE" else None
        yield {**row, "start": start, "end": end, "relation_to_death": relation}


def _death(texts: list[_Text], year_of_death: int | None) -> str:
    """The date of death: the exact one most often told, else the year, else ''."""
    told = Counter(
        find.value for text in texts for find in text.finds
        if find.kind == "DATE" and is_death_date(text.text, find)
        and (year_of_death is None or find.value.startswith(str(year_of_death)))
    )  # fmt: skip
    return told.most_common(1)[0][0] if told else str(year_of_death or "")


def _redacted(passages: pd.DataFrame, texts: list[_Text], labels: dict[str, _Text]) -> pd.DataFrame:
    clean = {value: text.redacted for value, text in labels.items()}
    frame = passages.assign(
        text=[text.redacted for text in texts],
        heading_path=passages["heading_path"].map(clean),
        table_header=passages["table_header"].map(clean),
    )
    return contracts.REDACTED.validate(frame[contracts.REDACTED.names])


def _roles(
    passages: pd.DataFrame, own: Roles, pseudonyms: Pseudonyms, texts: list[_Text]
) -> Iterator[dict[str, Any]]:
    """Rows for the labels that still stand in the redacted texts, and for drawn pseudonyms."""
    redacted = "\n".join(text.redacted for text in texts)
    standing = {
        label: role for label, role in own.items() if label.casefold() in redacted.casefold()
    }
    for label, (role, evidence) in {**standing, **pseudonyms.roles()}.items():
        yield {
            "review_id": passages["review_id"].iloc[0],
            "label": label,
            "role": role,
            "evidence": evidence,
        }
