"""Who is who: roles proposed from what a review says about its labels and its people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.redact import titles
from pipeline.redact.find import Find
from pipeline.redact.identities import Key
from pipeline.redact.protect import LABEL, PERSON_HEADS
from pipeline.redact.role_model import MARK, Label, probabilities

Roles = dict[str, tuple[str, str]]
"""Label -> (role, the rule that proposed it)."""

_CHILD = r"(?:son|daughter|child|children|baby|infant|stepson|stepdaughter|sons|daughters)"
_RELATIVE = (
    r"(?:mother|father|mum|dad|parents?|sister|brother|sibling|grand\w+|uncle|aunt|cousin|niece|"
    r"nephew|"
    r"friend|neighbour|colleague|step(?:mother|father)|\w+-in-law|(?:ex-|former |"
    r"late )?(?:husband|wife|"
    r"partner)|ex-\w+|landlord|landlady|carer|employer)"
)
_JOB = (
    r"(?:officer|constable|sergeant|inspector|superintendent|doctor|GP|nurse|midwife|visitor|"
    r"worker|"
    r"adviser|advisor|manager|assistant|co-?ordinator|consultant|psychiatrist|psychologist|"
    r"therapist|"
    r"counsellor|teacher|headteacher|tutor|mentor|caretaker|receptionist|paramedic|handler|"
    r"practitioner|"
    r"advocate|IDVA|ISVA|coroner|judge|pathologist|chair|author|interpreter|pharmacist|detective|"
    r"crew)"
)
_VICTIM = r"(?:victim|deceased)\b(?! of)"
_PERPETRATOR = r"(?:perpetrator|offender|defendant|suspect)\b"
_IS = (
    r"[’”'*]?(?: \((?:(?:an?|the) )?(?:\w+ )??|"
    r"(?: ?[:=–—-]| \|| is| was| being|,)?(?: an?| the| is the)?(?: \w+)?? )"
)
_KILLING = r"(?:murder|manslaughter|killing|homicide)"

MAIN = ("victim", "perpetrator")
DECLARED = 10
"""Weight of the rules that see a label called so outright."""
# Weight, role, pattern; {L} stands for the label. A declaration outweighs what events suggest.
_RULES = (
    (DECLARED, "victim", "declared", rf"{{L}}{_IS}{_VICTIM}"),
    (DECLARED, "perpetrator", "declared", rf"{{L}}{_IS}{_PERPETRATOR}"),
    (6, "victim", "declared", rf"\bthe {_VICTIM},? ?[(‘“']?(?:is |was |called |as )?[(‘“']?{{L}}"),
    (6, "perpetrator", "declared",
        rf"\bthe {_PERPETRATOR},? ?[(‘“']?(?:is |was |as )?[(‘“']?{{L}}"),
    (4, "victim", "event",
        r"\b(?:[Dd]eath|DEATH|[Kk]illing|[Mm]urder|"
        r"[Mm]anslaughter) of (?:\w+ )?{L}(?![’']s \w)|"
        r"\b[Dd]eath of [^.;]{0,60}?\((?:[a-z ]+ as )?{L}"),
    (3, "victim", "event",
        r"\b(?:killed|murdered) (?:his|her|their) \w+,? {L}|\bkilled {L}|"
        r"{L},? (?:who )?(?:died|was (?:fatally|killed|murdered|pronounced))"),
    (3, "perpetrator", "event",
        rf"{{L}}[^.]{{0,60}}? (?:convicted|guilty|charged|acquitted|arrested|"
        rf"sentenced)\b[^.]{{0,40}}?{_KILLING}"),
    (3, "perpetrator", "event",
        r"\b(?:killed|murdered) by [^.]{0,40}?{L}|{L},? who (?:killed|murdered)|"
        r"\b[Hh]er (?:husband|partner|ex-partner|son),? {L}, killed"),
    (5, "child", "relation", rf"{{L}}{_IS}(?:[\w’'-]+ (?:\w+[’']s )?){{0,3}}?{_CHILD}\b"),
    (5, "relative", "relation",
        rf"{{L}}{_IS}(?:[\w’'-]+ (?:[A-Z0-9]+[’']s )?){{0,3}}?{_RELATIVE}\b"),
    (2, "relative", "relation", rf"\b(?:her|his|their|the) (?:\w+ )?{_RELATIVE},? ?\(?{{L}}"),
    (2, "child", "relation", rf"\b(?:her|his|their) (?:\w+ )?{_CHILD},? ?\(?{{L}}"),
    (2, "professional", "job", rf"\b{_JOB},? ?\(?{{L}}"),
)  # fmt: skip
# One mark for any label, so that each pattern is compiled once.
_COMPILED = [
    (weight, role, rule, re.compile(template.replace("{L}", f"[‘“'(]?{MARK}")))
    for weight, role, rule, template in _RULES
]
_HEAD_ROLES = tuple(
    (role, re.compile(rf"(?:\w+ )?(?:{heads})\b(?! manager)", re.IGNORECASE))
    for role, heads in PERSON_HEADS.items()
    if role != "unknown"
)
LIKELY, POSSIBLE = 0.5, 0.25
"""From which probability a role is told; for a victim or perpetrator where nobody else is one."""
OFTEN = 3
"""In so many places a victim or perpetrator stands at least, where no rule tells that it is one."""
_PARTNER = re.compile(r"\bthe (?:husband|wife|partner|ex-partner|ex-husband|ex-wife)\b", re.I)
_QUOTED_LABEL = re.compile(
    r"(?:called|known as|referred to as|or) [‘“'\"](the (?:\w+ )?(?:husband|wife|partner|"
    r"ex-partner|"
    r"mother|father|brother|sister|son|daughter|friend|neighbour|victim|perpetrator|"
    r"deceased))[’”'\"]"
)


def labels_in(texts: Iterable[str], pseudonyms: frozenset[str]) -> list[str]:
    """The report's own labels for people in its texts, in order of first appearance."""
    names = "|".join(map(re.escape, sorted(pseudonyms)))
    named = re.compile(rf"(?<![\w\[])(?:{names})(?![\w\]])") if names else None
    found: dict[str, None] = {}
    for text in texts:
        found.update((match.group(), None) for match in LABEL.finditer(text))
        found.update((match[1], None) for match in _QUOTED_LABEL.finditer(text))
        if named:
            found.update((match.group(), None) for match in named.finditer(text))
        for label in ("the victim", "the perpetrator"):
            if label in text.casefold():
                found[label] = None
    return list(found)


def label_roles(texts: Sequence[str], pseudonyms: frozenset[str]) -> Roles:
    """Label -> (role, what told it), for the labels that the texts use."""
    labels = labels_in(texts, pseudonyms)
    roles = {label: told for label in labels if (told := _by_own_word(label))}
    others = seen_labels(texts, [label for label in labels if label not in roles])
    of_others = _told(others, known={role for role, _ in roles.values()})
    roles |= {label.name: role for label, role in zip(others, of_others, strict=True)}
    if "perpetrator" not in _told_of_somebody(roles):
        roles |= {label: ("perpetrator", "partner of the victim") for label in labels
                  if _PARTNER.fullmatch(label)}  # fmt: skip
    return {label: roles[label] for label in labels}


def main_roles(
    people: Mapping[Key, tuple[str, Sequence[str]]], roles: Roles
) -> dict[Key, tuple[str, str]]:
    """Who of the people that the report names is a victim or perpetrator, with what told it.

    people: a name and the passages that have it, with `MARK` in its place; roles: those of labels.
    Of a role that a label has nobody else is told. Nor is one by the words around a name alone:
    where a report names professionals only, one of them would be the likeliest.
    """
    wanted = set(MAIN) - _told_of_somebody(roles)
    if not wanted:
        return {}
    seen = _seen(list(people.values()))
    told = _told(seen, known=set(MAIN) - wanted)
    return {
        who: (role, why)
        for who, person, (role, why) in zip(people, seen, told, strict=True)
        if role in wanted and _rules(person, role)
    }


def _told_of_somebody(roles: Roles) -> set[str]:
    """The roles of labels that stand for one person, and not for whoever has that role."""
    return {
        role for label, (role, _) in roles.items() if label not in ("the victim", "the perpetrator")
    }


def seen_labels(texts: Sequence[str], names: Sequence[str]) -> list[Label]:
    """Labels as the regression sees them in the texts."""
    marked = []
    for name in names:
        alone = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        passages = [alone.sub(MARK, text) for text in texts if name in text]
        marked.append((name, [text for text in passages if MARK in text]))
    return _seen(marked)


def _seen(marked: Sequence[tuple[str, Sequence[str]]]) -> list[Label]:
    found = []
    for name, passages in marked:
        votes = [sum(1 for text in passages if pattern.search(text)) for *_, pattern in _COMPILED]
        found.append((sum(text.count(MARK) for text in passages), name, passages, votes))
    most = max((places for places, *_ in found), default=0)
    order = sorted(range(len(found)), key=lambda n: -found[n][0])
    ranks = {n: rank for rank, n in enumerate(order)}
    return [
        Label(name, passages, votes, places, ranks[n], places / max(most, 1))
        for n, (places, name, passages, votes) in enumerate(found)
    ]


def _by_own_word(label: str) -> tuple[str, str] | None:
    if label in ("the victim", "the perpetrator"):
        return label[4:], "the label's own word"
    head = next((role for role, pattern in _HEAD_ROLES if pattern.match(label)), None)
    return (head, "the label's own word") if head else None


def _told(labels: Sequence[Label], known: set[str]) -> list[tuple[str, str]]:
    """What is told of labels that do not tell it themselves; `known` are the roles of others."""
    roles, probable = probabilities(labels)
    for role in MAIN:
        rare = [label.places < OFTEN and not _rules(label, role) for label in labels]
        probable[rare, roles.index(role)] = 0
    best = {n: roles[row.argmax()] for n, row in enumerate(probable) if row.max() >= LIKELY}
    best |= {n: says for n, label in enumerate(labels) if (says := _declared(label))}
    # Every review has a victim, and nearly every one somebody who killed.
    for role in MAIN:
        column = probable[:, roles.index(role)]
        if role not in {*known, *best.values()} and (column >= POSSIBLE).any():
            best[int(column.argmax())] = role
    return [
        (best[n], _evidence(label, best[n])) if n in best else ("unknown", "no rule")
        for n, label in enumerate(labels)
    ]


def _rules(label: Label, role: str) -> list[tuple[int, str]]:
    """Weight and name of the rules that say so of a label."""
    return [
        (weight, rule)
        for (weight, says, rule, _), votes in zip(_COMPILED, label.votes, strict=True)
        if votes and says == role
    ]


def _declared(label: Label) -> str | None:
    """The one role of which a sentence says that the label is it."""
    said = {role for role in MAIN if (DECLARED, "declared") in _rules(label, role)}
    return said.pop() if len(said) == 1 else None


def _evidence(label: Label, role: str) -> str:
    """The weightiest rule that says the same, or the words around the label."""
    return max(_rules(label, role), default=(0, "words around it"))[1]


_ROLE_BEFORE = (
    ("victim", re.compile(r"\b(?:[Dd]eath|[Mm]urder|[Kk]illing) of (?:the late )?$")),
    ("professional", re.compile(
        rf"\b{_JOB}s?(?:,| \(|:)? ?$|\b(?:led|chaired|written|completed) by $", re.I)),
    ("child", re.compile(rf"\b{_CHILD},? ?\(?$")),
    ("relative", re.compile(rf"\b{_RELATIVE},? ?\(?$")),
)  # fmt: skip
_ROLE_AFTER = (
    (
        "professional",
        re.compile(
            rf"(?:,| \(| [–-]) ?(?:an? |the |[A-Z][\w-]+ (?:[\w-]+ ){{0,3}}?)?(?i:{_JOB}|head of|"
            rf"director|lead|chief)\b"
        ),
    ),
    ("relative", re.compile(rf",? (?:\(|is |was )?(?:her|his|the victim[’']s) {_RELATIVE}\b")),
)
_PANEL_BEFORE = re.compile(r"\b(?:[Pp]anel members?|[Mm]embers of the (?:review )?panel)\b[^.]*$")
_ALIAS = re.compile(
    r",? ?\(?(?:(?:hereafter |to be |who is )?(?:referred to|known|called)(?: \w+)? as |"
    r"hereafter )?[‘“']?"
)


def mention_role(
    text: str, find: Find, section_role: str, roles: Roles
) -> Iterator[tuple[str, str]]:
    """The roles, surest first, that one mention of a person suggests, each with its rule."""
    after = text[find.end :]
    alias = _ALIAS.match(after)
    for label, (role, _) in roles.items():
        rest = after[alias.end() :] if alias and alias.end() else ""
        if rest.startswith(label) and role != "unknown":
            yield role, "declared as a label"
    if find.rule in ("people.table", "people.member-list") or section_role == "panel":
        yield "professional", "panel"
    if titles.professional(text[find.start : find.end]):
        yield "professional", "title or rank"
    if _PANEL_BEFORE.search(text[: find.start]):
        yield "professional", "panel"
    yield from ((role, "words before") for role, p in _ROLE_BEFORE if p.search(text[: find.start]))
    yield from ((role, "words after") for role, p in _ROLE_AFTER if p.match(after))


def winner(ballot: Counter[tuple[str, str]]) -> tuple[str, str]:
    """The role with most votes; one declared as a label outvotes all others."""
    declared = [vote for vote in ballot if vote[1] == "declared as a label"]
    return declared[0] if declared else ballot.most_common(1)[0][0]
