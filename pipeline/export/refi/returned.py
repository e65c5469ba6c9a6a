"""What a person changed in a project, told as decisions; what cannot be told is refused.

A project that comes back is compared with the one that went out, coding by coding: one that is gone
was rejected, one that is new was added, one that stands elsewhere in its passage or has another
polarity or subject was changed. One that stands as it did was perhaps never looked at: it is no
decision, unless the person says that they looked at all, or put the same code there again in their
own name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.codebook import Codebook
from pipeline.errors import BadUsage
from pipeline.export.refi import places
from pipeline.export.refi.codebook import guid
from pipeline.export.refi.differences import PIECE, PLACE, compared, day
from pipeline.export.refi.incoming import Project
from pipeline.export.refi.marks import marks
from pipeline.export.refi.positions import Counting, Text, counting_of, placed
from pipeline.export.refi.source import Source, export_of, source
from pipeline.vocabulary import by_machine

CHANGES = [*PLACE, "coder", "decision", "polarity", "subject", "start", "end", "when", "note"]
REFUSED = ["source", "passage_id", "code", "reason"]
ALIKE = 0.5
"""Share of a review's passages that a text must hold to be its text."""
_REVIEW = re.compile(r"\bReview (\d+)\b")

NO_TEXT = "the file holds no plain text of it; export the texts with the project"
NO_REVIEW = "the study has no such review"
OTHER_TEXT = "it is not the text of the review as it stands today"
NO_EXPORT = (
    "what was exported is not in the study's private/exchange/: put the file that went out there "
    "again, with --exported"
)
NO_CODE = "the codebook has no such code; add it to the codebook, or use one that it has"
OTHER_USER = "it was put there by another user; take theirs in by themselves, with --user"
MANY_USERS = "it is gone, and several people worked in the file: who deleted it is not told"
MAYBE_MOVED = "it is gone, but a coding by its code has no place that can be told"
ELSEWHERE = "it is on {what}, which is no place in a passage"


class Returned(NamedTuple):
    """What came back."""

    changes: pd.DataFrame
    """A row per decision: `CHANGES`. `start` and `end` are in the redacted passage; polarity and
    subject are null where the coding's stay."""
    refused: pd.DataFrame
    """A row per thing that was not taken in, with the reason: `REFUSED`. `code` is what the program
    calls it; passage_id is null where it has none."""
    kept: int
    """Codings that came back as they went out."""
    counting: Counting
    """How the program counts characters."""


class _Texts(NamedTuple):
    """The texts of a project, put to the reviews of today."""

    texts: list[Text]
    lines: dict[int, places.Lines]
    """Position among the project's sources → lines; only of texts that are a review's."""
    reviews: dict[int, int]
    """Position → review number, of the same."""
    refused: list[tuple[str, str]]
    """Source name, reason, of the others."""


def returned(
    project: Project,
    exported: Callable[[str], Project | None],
    passages: pd.DataFrame,
    codebook: Codebook,
    *,
    coder: str,
    users: Collection[str] = (),
    accept_kept: bool = False,
    when: str,
) -> Returned:
    """The decisions of `coder`, who worked in a project.

    `exported` gives the project that was exported under an id, if it was kept; `passages` are
    `contracts.REDACTED` of today. `users` are names in the program whose codings are theirs: all,
    unless the file has work of several. `when` is the date of what has none.

    Raises `BadUsage` when the file has work of several people and `users` does not say whose to
    take, `MissingInput` when places cannot be told (see `positions.counting_of`).
    """
    today = {
        int(str(number)): source(int(str(number)), own, export="")
        for number, own in passages.groupby("review_id")
    }
    theirs = _texts(project, today, exported)
    ids = {export_of(theirs.texts[at].text) or "" for at in theirs.reviews}
    before = [_before(sent, today, codebook) for id in sorted(ids) if (sent := exported(id))]
    went = _concat([pieces for pieces, _ in before], [*PIECE, "user", "note", "when"])
    went = went[went["review_id"].isin(list(theirs.reviews.values()))]
    stood = pd.concat([at for _, at in before]) if before else went.assign(first=0, last=0)
    counting = counting_of(
        project.selections[project.selections["source"].isin(list(theirs.reviews))],
        theirs.texts,
        {at: _places(stood, review) for at, review in theirs.reviews.items()},
    )
    came, refused = _pieces(project, theirs, counting, codebook)
    came, by_others, several = _by(came, went, users)
    changes, told, kept = compared(
        came, went, codebook, coder=coder, accept_kept=accept_kept,
        when=day(project.modified) or when,
    )  # fmt: skip
    changes, doubtful = _sure(changes, theirs, refused, several=several)
    parts = [refused, by_others, told, doubtful]
    return Returned(changes[CHANGES], _refusals(project, theirs, parts), kept, counting)


def _texts(
    project: Project,
    today: Mapping[int, Source],
    exported: Callable[[str], Project | None] | None,
) -> _Texts:
    """`exported` is None for a project as it went out."""
    found = _Texts([Text.of(s.text or "") for s in project.sources], {}, {}, [])
    for at, one in enumerate(project.sources):
        text = found.texts[at].text
        said = _REVIEW.search(text.partition("\n")[0]) or _REVIEW.search(one.name)
        review = int(said[1]) if said else 0
        lines = places.lines(text, today[review]) if review in today else None
        if one.text is None:
            found.refused.append((one.name, NO_TEXT))
        elif lines is None:
            found.refused.append((one.name, NO_REVIEW))
        elif lines.alike < ALIKE:
            found.refused.append((one.name, OTHER_TEXT))
        elif exported and not exported(export_of(text) or ""):
            found.refused.append((one.name, NO_EXPORT))
        else:
            found.lines[at], found.reviews[at] = lines, review
    return found


def _before(
    project: Project, today: Mapping[int, Source], codebook: Codebook
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pieces of a project as it went out, on today's passages, and the places of its codings."""
    texts = _texts(project, today, None)
    pieces, _ = _pieces(project, texts, Counting(), codebook)
    stood = placed(project.selections, texts.texts, Counting())
    return pieces, stood.assign(review_id=stood["source"].map(texts.reviews))


def _places(stood: pd.DataFrame, review: int) -> frozenset[tuple[int, int]]:
    own = stood[stood["review_id"] == review]
    return frozenset(zip(own["first"], own["last"], strict=True))


def _sure(
    changes: pd.DataFrame, texts: _Texts, refused: pd.DataFrame, *, several: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The changes without rejections of what may not have been deleted at all; those."""
    there: set[str] = set().union(*(lines.passages for lines in texts.lines.values()))
    unsure = set(zip(refused["review_id"], refused["code_id"], strict=True))
    gone = changes["decision"] == "reject"
    pairs = zip(changes["review_id"], changes["code"], strict=True)
    maybe = pd.Series([pair in unsure for pair in pairs], index=changes.index, dtype=bool)
    reason = pd.Series("", index=changes.index).mask(gone & maybe, MAYBE_MOVED)
    reason = reason.mask(gone & ~changes["passage_id"].isin(there), places.CHANGED)
    reason = reason.mask(gone & several, MANY_USERS)
    return changes[reason == ""].reset_index(drop=True), changes.assign(reason=reason)[reason != ""]


def _resolved(codes: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """GUID, name → `kind` (code, polarity, subject) and `value`; null where the codebook has none.

    By GUID, else by name: QualCoder gives new GUIDs. Names that two codes have tell nothing.
    """
    known = [("code", code.id, guid(codebook, code).strip("{}").lower(), code.name)
             for code in codebook.code]  # fmt: skip
    known += [(*mark, mark.guid, mark.name) for mark in marks()]
    of = pd.DataFrame(known, columns=["kind", "value", "guid", "known_name"])
    by_guid = of.set_index("guid")[["kind", "value"]]
    unique = of.assign(name=of["known_name"].str.casefold()).drop_duplicates("name", keep=False)
    by_name = unique.set_index("name")[["kind", "value"]]
    names = codes["name"].str.casefold().str.strip()
    # ATLAS.ti writes a code in a group as "Group::code".
    last = names.str.rpartition("::")[2].str.strip()
    found = by_guid.reindex(codes["guid"]).set_axis(codes.index)
    for also in (names, last):
        found = found.fillna(by_name.reindex(also).set_axis(codes.index))
    return codes.assign(kind=found["kind"], value=found["value"])


def _pieces(
    project: Project,
    texts: _Texts,
    counting: Counting,
    codebook: Codebook,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row per coding and passage that it lies on, and what has no place or no code."""
    at = placed(project.selections, texts.texts, counting)
    codes = _resolved(project.codes, codebook).drop_duplicates("guid").rename(
        columns={"guid": "code", "name": "code_name"}
    )  # fmt: skip
    at = at[at["source"].isin(list(texts.reviews))].merge(codes, on="code", how="left")
    at = at.assign(
        review_id=at["source"].map(texts.reviews),
        user=at["user"].map(project.users).fillna(""),
        code_name=at["code_name"].fillna("a code that the file does not have"),
    )
    strange = at[at["kind"].isna()].assign(reason=NO_CODE)
    found, refused = [], [strange]
    for position, own in at[at["kind"].notna()].groupby("source"):
        there, nowhere = places.pieces(own, texts.lines[int(str(position))])
        found.append(there)
        refused.append(nowhere)
    columns = [*PIECE, "user", "note", "when", "code_name"]
    no = _concat(refused, ["review_id", "code_name", "kind", "value", "reason"])
    code_id = no["value"].where(no["kind"] == "code")
    return _concat(found, columns)[columns], no.assign(code_id=code_id)


def _by(
    came: pd.DataFrame, went: pd.DataFrame, users: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame, bool]:
    """What came, without what others added; that; whether several people added something."""
    old = came.merge(went[PIECE].drop_duplicates(), on=PIECE, how="left", indicator="known")
    added = (old["known"] == "left_only").to_numpy()
    people = sorted(name for name in set(came.loc[added, "user"]) if name and not by_machine(name))
    if len(people) > 1 and not users:
        raise BadUsage(
            f"several people worked in the file ({', '.join(people)}): say whose codings to take "
            "in with --user, one import for each"
        )
    others = added & came["user"].isin(set(people) - set(users)).to_numpy() & bool(users)
    return (
        came[~others].reset_index(drop=True),
        came[others].assign(reason=OTHER_USER),
        bool(set(people) - set(users)) and len(people) > 1,
    )


def _refusals(project: Project, texts: _Texts, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """All that was refused, in `REFUSED`'s columns."""
    named = {review: project.sources[at].name for at, review in texts.reviews.items()}
    told = [
        frame.reindex(columns=[*PLACE, "code_name", "value", "reason"])
        for frame in parts
        if len(frame)
    ]
    places_of = _concat(told, [*PLACE, "code_name", "value", "reason"])
    codings = places_of.assign(
        source=places_of["review_id"].map(named),
        code=places_of["code_name"].fillna(places_of["value"]).fillna(places_of["code"]),
    )
    whole = pd.DataFrame(texts.refused, columns=["source", "reason"])
    elsewhere = project.elsewhere.assign(
        reason=[ELSEWHERE.format(what=what) for what in project.elsewhere["what"]]
    )
    rest = pd.concat([whole, elsewhere])[["source", "reason"]].assign(code="", passage_id=None)
    return _concat([codings[REFUSED], rest[REFUSED]], REFUSED)


def _concat(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
