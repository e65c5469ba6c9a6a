"""What a person does with a review's redaction: look through it, decide, correct who is who."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import contracts
from pipeline.build import Build
from pipeline.decisions import (
    REDACTION_COLUMNS,
    ROLE_COLUMNS,
    WITHDRAW,
    fullest,
    read_redaction_sheet,
    read_role_sheet,
    taken_in,
    write_decisions,
)
from pipeline.errors import BadSheet, MissingInput
from pipeline.export.redactions import people, replacements
from pipeline.redact.decision import CONTEXT, Decision
from pipeline.redact.quote import locate
from pipeline.sheets import quoted, write_sheet
from pipeline.study import Review

SAID = {
    "applied": "applied",
    "not found": "NOT APPLIED: the review does not hold these words any more",
    "context gone": "CHECK: the words stand in the review, but what stood around them does not",
    "several places": "NOT APPLIED: several places fit; decide again from a new sheet",
    "covered": "NOT APPLIED: a longer replacement lies over the words",
    "entity gone": "CHECK: replaced, but nobody and nothing in the review has the entity's name",
}


class ReviewRedaction:
    """The redaction of one review that is built, as an analyst sees it."""

    def __init__(self, build: Build, number: int) -> None:
        """Raises `MissingInput` for a review that is not there."""
        self._build = build
        self._review = _review(build, number)

    # Looking ---------------------------------------------------------------------------------

    def lines(self, *, private: bool) -> Iterator[str]:
        """Each replacement with its citation; its words only if `private`."""
        found = self._replacements()
        counts = ", ".join(f"{kind} {n}" for kind, n in found["type"].value_counts().items())
        yield f"Review {self._review.review_id}: {len(found)} replacements ({counts or 'none'})"
        for row in _records(found):
            words = f"  {quoted(row['surface'])}" if private else ""
            yield (
                f"{row['citation']}  {row['type']}  {row['rule']}  {row['score']:.2f}  "
                f"{row['pseudonym']} ({row['how_many']} in all){words}"
            )
            yield f"    … {row['redacted']} …"
        yield from self._decision_lines(private=private)

    def role_lines(self, *, private: bool) -> Iterator[str]:
        """Each label and pseudonym with its role; the names behind it only if `private`."""
        for row in _records(self._people()):
            names = "  " + "; ".join(map(quoted, row["names"])) if private and row["names"] else ""
            yield (
                f"{row['label']}  {row['role']}  ({row['evidence']}; "
                f"mentions: {row['how_many']}){names}"
            )

    def _decision_lines(self, *, private: bool) -> Iterator[str]:
        decided = self._decided()
        if len(decided):
            yield f"{len(decided)} decisions:"
        for row in _records(decided):
            words = f" {quoted(row['text'])}" if private else ""
            yield (
                f"  {row['decision']}{words} ({row['who']}, {row['when']}): "
                f"{SAID[row['outcome']]}; places: {row['places']}"
            )

    # Sheets ----------------------------------------------------------------------------------

    def export(self, wanted: Path | None) -> Path:
        """Write the sheet of replacements, with the decisions that there are; where it is.

        Raises `BadUsage` as `Study.sheet_path` and `write_sheet` do.
        """
        return self._write("redactions", wanted, REDACTION_COLUMNS, self._sheet_rows())

    def export_roles(self, wanted: Path | None) -> Path:
        """Write the sheet of people, with the corrections that there are; where it is.

        Raises `BadUsage` as `Study.sheet_path` and `write_sheet` do.
        """
        return self._write("roles", wanted, ROLE_COLUMNS, self._role_rows())

    def _write(
        self,
        what: str,
        wanted: Path | None,
        columns: Sequence[str],
        rows: Iterable[Mapping[str, object]],
    ) -> Path:
        name = f"review-{self._review.review_id}-{what}.csv"
        path = self._build.study.sheet_path(name, wanted)
        write_sheet(path, columns, rows)
        return path

    def apply(self, path: Path) -> str:
        """Take in a filled-in sheet of replacements; what it changed, in a sentence."""
        return self._take_in(path, read_redaction_sheet)

    def apply_roles(self, path: Path) -> str:
        """Take in a filled-in sheet of people; what it changed, in a sentence."""
        return self._take_in(path, read_role_sheet)

    def _take_in(self, path: Path, read: Callable[[Path, int], dict[int, Decision]]) -> str:
        study = self._build.study
        found = read(path, self._review.review_id)
        stored = study.decisions
        self._refuse_what_fits_nowhere(path, {n: d for n, d in found.items() if d not in stored})
        after = taken_in(stored, found.values())
        changed = len(set(after) ^ set(stored))
        if changed:
            write_decisions(study.decisions_path, after)
        new, gone = len(set(after) - set(stored)), len(set(stored) - set(after))
        return (
            f"{len(found)} decisions in the sheet: {new} new or changed, "
            f"{gone} replaced or taken back, {len(set(found.values()) & set(stored))} known already"
        )

    def _refuse_what_fits_nowhere(self, path: Path, found: dict[int, Decision]) -> None:
        """A word that was mistyped must not wait for the next build to be noticed."""
        passages = self._extracted().sort_values("ordinal")
        pairs = list(zip(passages["passage_id"], passages["text"], strict=True))
        labels = pd.concat([passages["heading_path"], passages["table_header"]]).dropna().unique()
        pairs += [("", str(label)) for label in labels]
        faults = [
            f"row {number}, column {column}: {SAID[outcome].partition(': ')[2]}"
            for number, decision in found.items()
            if decision.decision != WITHDRAW
            for column, quote in (("text", decision), ("entity", _entity(decision)))
            if quote.text and (outcome := locate(quote, pairs)) != "applied"
        ]
        if faults:
            raise BadSheet(f"{path} was not applied:\n  " + "\n  ".join(faults))

    def _sheet_rows(self) -> Iterator[dict[str, object]]:
        decisions = self._build.study.decisions_of(self._review.review_id)
        waiting = {d.place: d for d in decisions if d.decision != "role"}
        outcomes = {
            (row["decision"], row["text"]): SAID[row["outcome"]]
            for row in _records(self._decided())
        }
        for row in _records(self._replacements()):
            here = Decision(
                self._review.review_id, "", row["surface"], row["before"], row["after"],
                row["passage_id"],
            )  # fmt: skip
            decision = waiting.pop(here.place, None) or self._unplaced(here, waiting)
            yield {
                **row,
                "review": self._review.review_id,
                "text": quoted(row["surface"]),
                "before": quoted(row["before"]),
                "after": quoted(row["after"]),
                "redacted": quoted(row["redacted"]),
                "passage": quoted(row["passage_id"]),
                **(_decided_cells(decision, outcomes) if decision else {}),
            }
        for decision in waiting.values():
            yield {
                "review": self._review.review_id,
                "text": quoted(decision.text),
                "before": quoted(decision.before) if decision.before else "",
                "after": quoted(decision.after) if decision.after else "",
                "passage": quoted(decision.passage_id) if decision.passage_id else "",
                **_decided_cells(decision, outcomes),
            }

    @staticmethod
    def _unplaced(here: Decision, waiting: dict[Any, Decision]) -> Decision | None:
        """A decision about the words wherever they stand is shown in their first row."""
        place = here._replace(before="", after="", passage_id="").place
        decision = waiting.get(place)
        # In a row with a place, an `add` without one would mean that place only.
        return waiting.pop(place) if decision and decision.decision != "add" else None

    def _role_rows(self) -> Iterator[dict[str, object]]:
        review_id = self._review.review_id
        waiting = {
            d.text: d for d in self._build.study.decisions_of(review_id) if d.decision == "role"
        }
        for row in _records(self._people()):
            drawn = row["names"]
            known = next((name for name in [*drawn, row["label"]] if name in waiting), None)
            name = known or (fullest(drawn) if drawn else "")
            others = "; ".join(quoted(other) for other in drawn if other != name)
            yield {
                **row,
                "review": review_id,
                "name": quoted(name) if drawn else "",
                "other_names": others,
                **(_role_cells(waiting.pop(known)) if known else {}),
            }
        for decision in waiting.values():
            named = {"label": "[PERSON]", "name": quoted(decision.text)}
            label = named if decision.type else {"label": quoted(decision.text)}
            yield {"review": review_id, **label, **_role_cells(decision)}

    # Tables ----------------------------------------------------------------------------------

    def _path(self, stage: str, name: str) -> Path:
        path = self._build.paths(stage, self._review.review_id)[name]
        if self._build.state(stage, self._review) != "fresh":
            raise MissingInput(
                f"stage {stage} is not up to date for review {self._review.review_id}; "
                f"run `dhr {stage}` first, or `dhr run` for all stages"
            )
        return path

    def _extracted(self) -> pd.DataFrame:
        return contracts.read(self._path("extract", "passages"), contracts.PASSAGES)

    def _log(self) -> pd.DataFrame:
        return contracts.read(self._path("redact", "log"), contracts.REDACTION_LOG)

    def _passages(self) -> pd.DataFrame:
        return contracts.read(self._path("redact", "passages"), contracts.REDACTED)

    def _decided(self) -> pd.DataFrame:
        return contracts.read(self._path("redact", "decided"), contracts.DECIDED)

    def _replacements(self) -> pd.DataFrame:
        return replacements(self._log(), self._passages(), self._extracted(), context=CONTEXT)

    def _people(self) -> pd.DataFrame:
        roles = contracts.read(self._path("redact", "roles"), contracts.ROLES_TABLE)
        return people(roles, self._log(), self._passages())


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def _review(build: Build, number: int) -> Review:
    for review in build.intake.reviews:
        if review.review_id == number:
            return review
    raise MissingInput(f"there is no review {number}; `dhr status` lists them")


def _entity(decision: Decision) -> Decision:
    return decision._replace(decision="same as", text=decision.entity)


def _decided_cells(decision: Decision, outcomes: dict[tuple[str, str], str]) -> dict[str, object]:
    own = {"type": decision.type} if decision.type else {}
    return {
        **own,
        "decision": decision.decision,
        "entity": quoted(decision.entity) if decision.entity else "",
        "who": decision.who,
        "when": decision.when,
        "outcome": outcomes.get((decision.decision, decision.text), ""),
    }


def _role_cells(decision: Decision) -> dict[str, object]:
    return {"corrected_role": decision.role, "who": decision.who, "when": decision.when}
