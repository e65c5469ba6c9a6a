"""What analysts decided about redactions: kept in the study, taken in from sheets.

`private/redactions.csv` of a study holds every decision, one row each. Nobody edits it by hand:
the sheets that `dhr redactions` and `dhr roles` write are filled in and applied.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from pipeline.errors import BadSheet, MissingInput
from pipeline.redact.decision import EVERY_REVIEW, Decision
from pipeline.sheets import private_file, read_sheet, unquoted
from pipeline.vocabulary import IDENTIFIER_TYPES, MACHINE, MODEL_CODER, ROLES

REDACTION_COLUMNS = (
    "review", "citation", "type", "text", "before", "after", "pseudonym", "how_many", "rule",
    "score", "redacted", "decision", "entity", "who", "when", "outcome", "passage",
)  # fmt: skip
"""The sheet of a review's replacements; the analyst fills in the columns from `decision` to `when`,
and in a row of their own `type`, `text` and, if there are several such places, `before`, `after`.
"""
ROLE_COLUMNS = (
    "review", "label", "name", "other_names", "role", "evidence", "how_many", "corrected_role",
    "who", "when",
)  # fmt: skip
"""The sheet of a review's people; the analyst fills in the last three columns."""
WITHDRAW = "withdraw"
"""Written instead of a decision: takes back what was decided about the row's words."""
WORDS = ("reject", "never", "everywhere", "add", "same as", WITHDRAW)
ENTITY_TYPES = ("PERSON", "PLACE", "CODE")
"""The types whose pseudonyms stand for one person or thing."""
_PSEUDONYM = re.compile(r"\[.+\]")


def decisions_of(decisions: Iterable[Decision], review_id: int) -> list[Decision]:
    """The decisions that bear on one review."""
    return [d for d in decisions if d.review_id in (review_id, EVERY_REVIEW)]


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a study, none when there is no file yet.

    Raises `MissingInput` when the file is damaged.
    """
    try:
        # A spreadsheet that saved the file may have put a byte order mark before it.
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        if tuple(header) != Decision._fields:
            raise ValueError
        return [Decision(int(review), *cells) for review, *cells in rows]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError):
        raise MissingInput(f"{path} is damaged; restore it from a backup") from None


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Keep the decisions of a study."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Decision._fields)
    writer.writerows(sorted(decisions))
    private_file(path, text.getvalue())


def taken_in(stored: Sequence[Decision], sheet: Iterable[Decision]) -> list[Decision]:
    """The stored decisions with those of a sheet: later words about the same replace earlier."""
    sheet = list(sheet)
    withdrawn = [d for d in sheet if d.decision == WITHDRAW]
    kept = {d.place: d for d in stored if not any(_takes_back(w, d) for w in withdrawn)}
    return sorted((kept | {d.place: d for d in sheet if d.decision != WITHDRAW}).values())


def _takes_back(withdrawal: Decision, decision: Decision) -> bool:
    about = decision.review_id in (withdrawal.review_id, EVERY_REVIEW)
    about_role = (withdrawal.role != "") == (decision.decision == "role")
    anywhere = not (decision.before or decision.after or decision.passage_id)
    return (
        about
        and about_role
        and decision.text == withdrawal.text
        and (anywhere or decision.place[3:] == withdrawal.place[3:])
    )


# Sheets ------------------------------------------------------------------------------------


class Faults(list[str]):
    """What is wrong with a sheet's rows; never a cell's content."""

    def add(self, row: int, column: str, message: str) -> None:
        """One fault, by row and column."""
        self.append(f"row {row}, column {column}: {message}")


def read_redaction_sheet(path: Path, review_id: int) -> dict[int, Decision]:
    """Row → decision or withdrawal, of the rows that have one.

    Raises `BadSheet` with all that is wrong, and as `read_sheet` does.
    """
    rows = read_sheet(path, [c for c in REDACTION_COLUMNS if c not in ("outcome", "citation")])
    names, types = _entities([cells for _, cells in rows])
    faults = Faults()
    found = {}
    for number, cells in rows:
        cells = cells | {c: unquoted(cells[c]) for c in ("text", "before", "after", "passage")}
        word = cells["decision"].lower()
        if not word and not cells["entity"]:
            continue
        if word not in WORDS:
            faults.add(number, "decision", f"write one of: {', '.join(WORDS)}")
            continue
        _check_review(number, cells, review_id, faults)
        kind = _type(number, cells, word, faults)
        entity = _entity(number, cells, word, kind, names, types, faults)
        who, when = signed(number, cells, faults)
        if not cells["text"].strip():
            faults.add(number, "text", "the words that the decision is about are missing")
        found[number] = _redaction(word, cells, review_id, kind, entity, who, when)
    refuse(path, [*faults, *_contradictions(found)])
    return found


def _redaction(
    word: str,
    cells: Mapping[str, str],
    review_id: int,
    kind: str,
    entity: str,
    who: str,
    when: str,
) -> Decision:
    placed = word in ("reject", "add", WITHDRAW)
    return Decision(
        review_id=EVERY_REVIEW if word == "never" else review_id,
        decision=word,
        text=cells["text"],
        before=cells["before"] if placed else "",
        after=cells["after"] if placed else "",
        passage_id=cells["passage"] if placed else "",
        type=kind if word in ("everywhere", "add", "same as") else "",
        entity=entity,
        who=who,
        when=when,
    )


def read_role_sheet(path: Path, review_id: int) -> dict[int, Decision]:
    """Row → corrected role or withdrawal, of the rows that have one.

    Raises `BadSheet` with all that is wrong, and as `read_sheet` does.
    """
    faults = Faults()
    found = {}
    for number, cells in read_sheet(path, ["label", "name", "corrected_role", "who", "when"]):
        role = cells["corrected_role"].lower()
        if not role:
            continue
        if role not in (*ROLES, WITHDRAW):
            faults.add(number, "corrected_role", f"write one of: {', '.join((*ROLES, WITHDRAW))}")
        _check_review(number, cells, review_id, faults)
        who, when = signed(number, cells, faults)
        name, label = unquoted(cells["name"]), unquoted(cells["label"])
        drawn = bool(_PSEUDONYM.fullmatch(label))
        if not label or (drawn and not name):
            faults.add(number, "name" if drawn else "label", "leave it as --export wrote it")
        found[number] = Decision(
            review_id=review_id,
            decision=WITHDRAW if role == WITHDRAW else "role",
            text=name if drawn else label,
            type="PERSON" if drawn else "",
            role=role,
            who=who,
            when=when,
        )
    refuse(path, [*faults, *_contradictions(found)])
    return found


def _entities(rows: list[dict[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Pseudonym → the fullest name that it stands for, and → type, as the sheet shows them."""
    names: dict[str, str] = {}
    for cells in rows:
        at, name = cells["pseudonym"], unquoted(cells["text"])
        if at and name:
            names[at] = fullest([name, *([names[at]] if at in names else [])])
    return names, {cells["pseudonym"]: cells["type"] for cells in rows}


def fullest(names: Iterable[str]) -> str:
    """The name with most words, then letters: least likely to be somebody else's, too."""
    return min(names, key=lambda name: (-len(name.split()), -len(name), name))


def _type(number: int, cells: Mapping[str, str], word: str, faults: Faults) -> str:
    kind = cells["type"].upper()
    if word in ("everywhere", "add", "same as") and kind not in IDENTIFIER_TYPES:
        faults.add(number, "type", f"write one of: {', '.join(IDENTIFIER_TYPES)}")
    return kind


def _entity(
    number: int,
    cells: Mapping[str, str],
    word: str,
    kind: str,
    names: Mapping[str, str],
    types: Mapping[str, str],
    faults: Faults,
) -> str:
    entity = unquoted(cells["entity"])
    if word not in ("add", "everywhere", "same as"):
        return ""
    if not entity:
        if word == "same as":
            faults.add(number, "entity", "write the pseudonym of whom or what it is the same as")
        return ""
    if kind not in ENTITY_TYPES:
        faults.add(number, "entity", f"only these types have one: {', '.join(ENTITY_TYPES)}")
    elif _PSEUDONYM.fullmatch(entity) and entity not in names:
        faults.add(number, "entity", "no row of the sheet has this pseudonym; leave such a row in")
    elif types.get(entity, kind) != kind:
        faults.add(number, "entity", "it is of another type; correct the type with `everywhere`")
    return names.get(entity, entity)


def _check_review(number: int, cells: Mapping[str, str], review_id: int, faults: Faults) -> None:
    if cells.get("review") not in (None, "", str(review_id)):
        faults.add(number, "review", f"it is another review than {review_id}, which was named")


def signed(number: int, cells: Mapping[str, str], faults: Faults) -> tuple[str, str]:
    """Who decided and when; the day comes first where there are slashes, as Excel writes it."""
    if not cells["who"]:
        faults.add(number, "who", "write who decided")
    elif cells["who"].lower() == MACHINE or cells["who"].lower().startswith(MODEL_CODER):
        faults.add(number, "who", "write a person's name; this one is a machine coder's")
    day = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", cells["when"])
    iso = f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else cells["when"]
    try:
        when = date.fromisoformat(iso)
    except ValueError:
        faults.add(number, "when", "write the date as 2024-05-31 or 31/05/2024")
        return cells["who"], ""
    if when > date.today():
        faults.add(number, "when", "the date is yet to come; write the day of the decision")
    return cells["who"], when.isoformat()


def _contradictions(found: Mapping[int, Decision]) -> Iterator[str]:
    first: dict[object, int] = {}
    for number, decision in found.items():
        other = first.setdefault(decision.place, number)
        if found[other]._replace(who="", when="") != decision._replace(who="", when=""):
            yield f"row {number}: it decides otherwise about the same words than row {other}"


def refuse(path: Path, faults: Sequence[str]) -> None:
    """Raise `BadSheet` with all faults, if there are any."""
    if faults:
        raise BadSheet(f"{path} was not applied:\n  " + "\n  ".join(faults))
