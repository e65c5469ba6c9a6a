"""Two sets of codings of the same passages, before and after a person worked on them: decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from pipeline.codebook import Codebook
from pipeline.export.refi.marks import VALUES
from pipeline.export.refi.project import CREATED
from pipeline.vocabulary import MACHINE, by_machine

PLACE = ["review_id", "passage_id", "code"]
PIECE = ["review_id", "passage_id", "kind", "value", "from", "to"]
"""A code or mark (`kind`, `value`) on a stretch of a passage."""
TWO = "several polarities or subjects stand at its place"
LONELY = "a polarity or subject that stands at no code"
COMMENT = "a comment on a coding that was left as it is; --accept-kept takes it in"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def compared(
    came: pd.DataFrame,
    went: pd.DataFrame,
    codebook: Codebook,
    *,
    coder: str,
    accept_kept: bool,
    when: str,
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Changes, what was refused with its reason, and how many codings were kept."""
    old_notes = frozenset(went["note"])
    after, lonely = _with_marks(came)
    before, _ = _with_marks(went)
    new_lonely = lonely.merge(went[PIECE].drop_duplicates(), on=PIECE, how="left",
                              indicator="known")  # fmt: skip
    lonely = lonely[(new_lonely["known"] == "left_only").to_numpy()].assign(reason=LONELY)
    old = _keyed(before, old_notes).drop(columns=["note", "when"])
    new = _keyed(after, old_notes)
    both = old.merge(new, on=PLACE, how="outer", suffixes=("_old", ""), indicator="found")
    both = both.merge(_standing(after, before), on=PLACE, how="left")
    rows = [
        row | {"decision": d, "reason": r, "polarity": p, "subject": s}
        for row in both.to_dict("records")
        for d, r, p, s in [_decided(row, codebook, accept_kept=accept_kept)]
    ]
    told = pd.DataFrame(rows, columns=[*both.columns.drop(["polarity", "subject"]), "decision",
                                       "reason", "polarity", "subject"])  # fmt: skip
    gone = told["found"] == "left_only"
    told = told.assign(
        coder=told["user_old"].fillna(coder).replace("", MACHINE),
        start=told["start"].where(~gone, told["start_old"]),
        end=told["end"].where(~gone, told["end_old"]),
        when=[day(str(said)) or when for said in told["when"]],
        note=told["note"].replace("", None),
    )
    changes = told[told["decision"] != ""]
    # The machine's date is no date of a decision.
    kept = int(((told["found"] == "both") & ~told["decision"].isin(["change"])).sum())
    return changes.astype({"start": "int64", "end": "int64"}), pd.concat(
        [lonely, told[told["reason"] != ""].rename(columns={"code": "value"})]
    ), kept  # fmt: skip


def _with_marks(pieces: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The codes among the pieces with the polarities and subjects at them, and marks at no code.

    A mark belongs to the codes at its own place or, where there is none, to those that it overlaps.
    """
    codes = pieces[pieces["kind"] == "code"].reset_index(drop=True)
    own = pieces[pieces["kind"] != "code"].reset_index(drop=True)
    at = own.rename_axis("mark").reset_index().merge(
        codes.rename_axis("piece").reset_index(), on=["review_id", "passage_id"],
        suffixes=("", "_code"),
    )  # fmt: skip
    at = at[(at["from"] < at["to_code"]) & (at["from_code"] < at["to"])]
    exact = (at["from"] == at["from_code"]) & (at["to"] == at["to_code"])
    at = at[exact | ~at["mark"].isin(at.loc[exact, "mark"])]
    for kind in VALUES:
        values = at[at["kind"] == kind].groupby("piece")["value"].agg(frozenset)
        told = [v if isinstance(v, frozenset) else frozenset() for v in values.reindex(codes.index)]
        codes[kind] = pd.Series(told, index=codes.index, dtype=object)
    return codes.rename(columns={"value": "code"}), own[~own.index.isin(at["mark"])]


def _keyed(codes: pd.DataFrame, old_notes: frozenset[str]) -> pd.DataFrame:
    """A row per code of a passage: from the first place to the last, all marks, new comments."""
    codes = codes.sort_values([*PLACE, "from", "to"], kind="stable")
    return codes.groupby(PLACE, as_index=False).agg(
        start=("from", "min"),
        end=("to", "max"),
        user=("user", _machine_first),
        note=("note", partial(_new_notes, old=old_notes)),
        when=("when", "max"),
        polarity=("polarity", _union),
        subject=("subject", _union),
    )


def _standing(after: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Per code of a passage: whether its old place `stays`, and was coded `again` by a person."""
    place = [*PLACE, "from", "to"]
    same = after.merge(before[[*place, "user"]].drop_duplicates(place), on=place,
                       suffixes=("", "_old"))  # fmt: skip
    coders = same.groupby(PLACE)["user"].agg(lambda names: len(set(names) - {""}) > 1)
    return coders.rename("again").reset_index().assign(stays=True)


def _decided(
    row: Mapping[Any, Any], codebook: Codebook, *, accept_kept: bool
) -> tuple[str, str, str | None, str | None]:
    """Decision, reason of a refusal, polarity and subject of one code of one passage."""
    if row["found"] == "left_only":
        return "reject", "", None, None
    polarity, subject = row["polarity"], row["subject"]
    if row["found"] == "right_only":
        if max(len(polarity), len(subject)) > 1:
            return "", TWO, None, None
        return "add", "", _only(polarity), _only(subject)
    moved = row["stays"] is not True
    turned = {
        kind: row[kind] != row[f"{kind}_old"] and not (moved and not row[kind]) for kind in VALUES
    }
    if any(turned[kind] and max(len(row[kind]), len(row[f"{kind}_old"])) > 1 for kind in VALUES):
        return "", TWO, None, None
    said = (_only(polarity) or "present", _only(subject) or codebook.codes[row["code"]].subject)
    if moved or any(turned.values()):
        told = [value if turned[kind] else None for kind, value in zip(VALUES, said, strict=True)]
        return "change", "", told[0], told[1]
    if accept_kept or row["again"] is True:
        # What was accepted is what was seen, whatever the machine says another time.
        sure = max(len(polarity), len(subject)) < 2
        return "accept", "", *(said if sure else (None, None))
    return "", COMMENT if row["note"] else "", None, None


def _only(values: frozenset[str]) -> str | None:
    return next(iter(values), None)


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _machine_first(names: Iterable[str]) -> str:
    return min(names, key=lambda name: (not by_machine(name), name))


def _new_notes(notes: Iterable[str], old: frozenset[str]) -> str:
    return "\n".join(dict.fromkeys(note for note in notes if note and note not in old))


def day(said: str) -> str:
    """The day of a date and time; empty where there is none, or it is that of the export."""
    found = _DATE.match(said)
    return found[0] if found and found[0] != CREATED[:10] else ""
