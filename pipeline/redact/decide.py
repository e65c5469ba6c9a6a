"""An analyst's decisions put over what the finders found.

The narrower decision wins: what is decided about one place (`reject`, `add`) over what is decided
about the review (`everywhere`), and that over what is decided about the study (`never`). In doubt
the text is replaced: a `reject` needs one place that fits, an `add` takes all that may be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pipeline.redact.ages import band_in
from pipeline.redact.dates import iso
from pipeline.redact.decision import Decision
from pipeline.redact.find import KIND_OF_TYPE, Find, inside, overlaps, resolve
from pipeline.redact.identities import Identities, Key
from pipeline.redact.quote import Found, Place, find_quote, occurrences, standing, words

ANALYST = "analyst"
"""The evidence of a role that the analyst gave."""


class Searched(NamedTuple):
    """One text of a review with what was found in it; labels have no passage id."""

    passage_id: str
    text: str
    finds: list[Find]


class Outcome(NamedTuple):
    """What became of a decision: a word of `vocabulary.OUTCOMES`, and at how many places."""

    decision: Decision
    outcome: str
    places: int


class Decided(NamedTuple):
    """The finds of each text, and the outcomes of the decisions about texts."""

    finds: list[list[Find]]
    outcomes: list[Outcome]


def decide(
    decisions: Sequence[Decision],
    passages: Sequence[Searched],
    labels: Sequence[Searched],
    *,
    latest_year: int,
) -> Decided:
    """Finds of `passages`, then of `labels` (heading paths, table headers), as decided."""
    desk = _Desk(passages, labels, latest_year)
    outcomes = [
        act(decision)
        for word, act in (
            ("never", desk.never),
            ("everywhere", desk.everywhere),
            ("reject", desk.reject),
            ("add", desk.add),
        )
        for decision in decisions
        if decision.decision == word
    ]
    return Decided(desk.finds, outcomes)


class _Desk:
    """The texts of one review while decisions are put over them."""

    def __init__(
        self, passages: Sequence[Searched], labels: Sequence[Searched], latest_year: int
    ) -> None:
        self._all = [*passages, *labels]
        self._texts = [searched.text for searched in self._all]
        self._first_label = len(passages)
        self._latest_year = latest_year
        self.finds = [searched.finds for searched in self._all]

    def never(self, decision: Decision) -> Outcome:
        """Nothing that reads like the words is replaced."""
        pattern = words(decision.text)
        places = [
            (number, find)
            for number, finds in enumerate(self.finds)
            for find in finds
            if pattern.fullmatch(self._texts[number][find.start : find.end])
        ]
        for number, find in places:
            self.finds[number] = [other for other in self.finds[number] if other != find]
        # That the words are not in this review is no reason to speak of it.
        return Outcome(decision, "applied", len(places))

    def everywhere(self, decision: Decision) -> Outcome:
        """The words are replaced wherever they stand, also in capitals."""
        spellings = dict.fromkeys((decision.text, decision.text.upper()))
        places = [p for spelling in spellings for p in occurrences(spelling, self._texts)]
        self._cover(decision, places)
        return Outcome(decision, "applied" if places else "not found", len(places))

    def reject(self, decision: Decision) -> Outcome:
        """What lies within the words is not replaced at the one place that is meant."""
        found = self._find(decision)
        outcome = standing(decision, found)
        if outcome != "applied":
            return Outcome(decision, outcome, 0)
        places = [*found.places, *self._echoes(found.places)]
        for number, *span in places:
            self.finds[number] = [
                find for find in self.finds[number] if not inside(find[:2], [(span[0], span[1])])
            ]
        (number, start, end), *_ = found.places
        covered = overlaps((start, end), [find[:2] for find in self.finds[number]])
        return Outcome(decision, "covered" if covered else "applied", int(not covered))

    def add(self, decision: Decision) -> Outcome:
        """The words are replaced at every place that may be meant."""
        found = self._find(decision)
        places, outcome = found.places, standing(decision, found)
        if outcome == "context gone":
            whole = not decision.passage_id
            places = list(occurrences(decision.text, self._texts, whole=whole))
        self._cover(decision, [*places, *self._echoes(places)])
        return Outcome(decision, outcome, len(places))

    def _find(self, decision: Decision) -> Found:
        """Places in the passages; in headings and headers only when no passage has the words."""
        pairs = [(searched.passage_id, searched.text) for searched in self._all]
        found = find_quote(decision, pairs[: self._first_label])
        if found.places:
            return found
        shift = self._first_label
        places, likeness = find_quote(decision, pairs[shift:])
        return Found([p._replace(number=p.number + shift) for p in places], likeness)

    def _echoes(self, places: Sequence[Place]) -> Iterator[Place]:
        """The same places in the headings and headers that repeat a passage's whole text."""
        for number, start, end in places:
            if number < self._first_label:
                labels = self._texts[self._first_label :]
                for label, at, _ in occurrences(self._texts[number], labels):
                    yield Place(label + self._first_label, at + start, at + end)

    def _cover(self, decision: Decision, places: Sequence[Place]) -> None:
        for number, start, end in places:
            find = self._as_find(decision, start, end)
            others = [f for f in self.finds[number] if not inside(f[:2], [(start, end)])]
            self.finds[number] = resolve([*others, find], self._texts[number])

    def _as_find(self, decision: Decision, start: int, end: int) -> Find:
        value = ""
        if decision.type == "DATE":
            value = iso(decision.text, latest_year=self._latest_year)
        elif decision.type == "AGE":
            value = band_in(decision.text)
        return Find(start, end, _kind(decision), f"analyst.{decision.decision}", 1.0, value)


def joins(decisions: Sequence[Decision]) -> list[tuple[str, str, str]]:
    """(kind, name, name) of what the analyst says is one person or thing."""
    return [(_kind(d), d.text, d.entity) for d in decisions if d.entity]


def label_corrections(decisions: Sequence[Decision]) -> dict[str, tuple[str, str]]:
    """The report's own labels → the role that the analyst gives them, and `ANALYST`."""
    return {d.text: (d.role, ANALYST) for d in decisions if d.role and not d.type}


def person_corrections(
    decisions: Sequence[Decision], identities: Identities
) -> dict[Key, tuple[str, str]]:
    """People that have pseudonyms → the role that the analyst gives them; the later word wins."""
    given = sorted((d for d in decisions if d.role and d.type), key=lambda d: (d.when, d))
    return {identities.key("PERSON", d.text): (d.role, ANALYST) for d in given}


def with_people(
    outcomes: Sequence[Outcome],
    decisions: Sequence[Decision],
    identities: Identities,
    labels: set[str],
) -> list[Outcome]:
    """All outcomes: those about texts, seen again for their entities, and of joins and roles.

    `labels` are those of the roles table.
    """
    return [
        outcome._replace(outcome="entity gone")
        if outcome.outcome == "applied" and not _has_entity(outcome.decision, identities)
        else outcome
        for outcome in outcomes
    ] + [
        Outcome(decision, "applied" if there else "not found", int(there))
        for decision in decisions
        if decision.decision in ("same as", "role")
        for there in [_is_there(decision, identities, labels)]
    ]


def _is_there(decision: Decision, identities: Identities, labels: set[str]) -> bool:
    if not decision.type:
        return decision.text in labels
    there = identities.knows(_kind(decision), decision.text)
    return there and _has_entity(decision, identities)


def _has_entity(decision: Decision, identities: Identities) -> bool:
    return not decision.entity or identities.knows(_kind(decision), decision.entity)


def decided_rows(
    review_ids: Iterable[int], outcomes: Sequence[Outcome]
) -> Iterator[dict[str, Any]]:
    """Rows of `contracts.DECIDED`; `review_ids` are those of the passages, all alike."""
    review_id = next(iter(review_ids), None)
    if review_id is None:
        return
    for ordinal, (decision, outcome, places) in enumerate(sorted(outcomes), 1):
        yield {
            "review_id": review_id,
            "ordinal": ordinal,
            "decision": decision.decision,
            "text": decision.text,
            "type": decision.type or None,
            "who": decision.who,
            "when": decision.when,
            "outcome": outcome,
            "places": places,
        }


def _kind(decision: Decision) -> str:
    return KIND_OF_TYPE.get(decision.type, decision.type)
