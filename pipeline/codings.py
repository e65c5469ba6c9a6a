"""What a person does with codings: look at what was decided, take a sheet out and in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.build import Build
from pipeline.decisions import WITHDRAW, refuse
from pipeline.errors import BadUsage, MissingInput
from pipeline.export.excerpts import citations
from pipeline.files import write
from pipeline.review.attachment import Attached
from pipeline.review.decision import PASSAGE, CodingDecision, frame, merged, write_decisions
from pipeline.review.learning import Lesson, at_random, examples, learn, suggestions
from pipeline.review.override import accepted_as_a_whole, checked, disagreements, found_later
from pipeline.review.reliability import audit
from pipeline.review.sheet import COLUMNS, SheetReader, coding_rows
from pipeline.sheets import write_sheet
from pipeline.tag.coder import Reading, seen
from pipeline.tag.layers import codable
from pipeline.tag.learnt import Learnt
from pipeline.tag.model import Array

_KEY = ["review_id", "passage_id", "code", "coder", "who"]


class CodingReview:
    """The codings of a study that is built, as people check them."""

    def __init__(self, build: Build) -> None:
        """Raises `MissingInput` when the codings are not up to date."""
        self._build = build
        self.passages, self.codings, self._attached = build.coded()

    @property
    def attached(self) -> Attached:
        """Where decisions stand today."""
        return self._attached

    @cached_property
    def codable(self) -> pd.DataFrame:
        """The passages that may be coded, of all reviews."""
        parts = [codable(part) for _, part in self.passages.groupby("review_id")]
        return pd.concat(parts).drop(columns="layer") if parts else self.passages

    # Looking ---------------------------------------------------------------------------------

    def lines(self, review: int | None) -> Iterator[str]:
        """Decisions counted, listed, and what they say about the machine."""
        decisions, orphans = (self._of(rows, review) for rows in self._attached)
        words = ", ".join(f"{n} {w}" for w, n in decisions["decision"].value_counts().items())
        yield f"decisions: {len(decisions)} ({words or 'none'})"
        people = ", ".join(f"{who} {n}" for who, n in decisions["who"].value_counts().items())
        if people:
            yield f"by: {people}"
        cited = decisions.merge(self.passages, on=["review_id", "passage_id"], suffixes=("", "_of"))
        cited = cited.sort_values(["review_id", "ordinal", "code", "who"]).reset_index(drop=True)
        for place, row in zip(citations(cited), cited.to_dict("records"), strict=True):
            yield f"  {place}: {_in_words(row)}"
        for row in orphans.to_dict("records"):
            yield (
                f"  Review {row['review_id']}: {_in_words(row)}: ORPHANED: its passage is gone and "
                "its quote is nowhere"
            )
        known = [PASSAGE, *self._build.codebook.codes]
        if gone := sum((~rows["code"].isin(known)).sum() for rows in (decisions, orphans)):
            yield f"{gone} decisions are about codes that the codebook no longer has"
        differ = self._of(disagreements(decisions), review)
        if len(differ):
            yield f"people differ about {len(differ)} codes of passages; the latest word counts"
        later = self._of(found_later(self.codings, decisions), review)
        if len(later):
            yield (
                f"{len(later)} codings stand in passages that people read as a whole without "
                "them; they count as the machine's alone until somebody decides"
            )
        yield from audit(self.codings, decisions, list(self._build.codebook.codes)).lines()

    @staticmethod
    def _of(rows: pd.DataFrame, review: int | None) -> pd.DataFrame:
        return rows if review is None else rows[rows["review_id"] == review]

    # Sheets ----------------------------------------------------------------------------------

    def export(self, path: Path, review: int, *, passages: bool) -> int:
        """Write a review's sheet, with the decisions that there are; how many rows it has.

        `passages` adds a row without a code for each passage that may be coded. Raises
        `MissingInput` for a review that is not there, `LeakFound` when the leak check finds
        something, and as `write_sheet` does.
        """
        mine = self._of(self.passages, review)
        if mine.empty:
            raise MissingInput(f"there is no built review {review}; `dhr status` lists them")
        whole = self._of(self.codable, review)
        rows = coding_rows(
            self._of(self.codings, review),
            self._of(self._attached.decisions, review),
            mine,
            self._build.codebook,
            whole=whole if passages else whole.iloc[:0],
        )
        return self.write(path, rows)

    def write(self, path: Path, rows: pd.DataFrame) -> int:
        """Write rows of a sheet once they are searched; how many there are."""
        if path.suffix.lower() != ".csv":
            raise BadUsage("the sheet is a CSV file, which every spreadsheet opens: name it so")
        self._build.leak_check.frame(rows.rename(columns={"review": "review_id"}), "sheet")
        write_sheet(path, COLUMNS, _records(rows))
        return len(rows)

    def apply(self, path: Path, review: int | None) -> str:
        """Take in a filled-in sheet; what it changed, in a sentence.

        Raises `BadSheet` with all that is wrong with it, `LeakFound` when what was typed holds
        what redaction replaced; nothing is kept then.
        """
        study = self._build.study
        reader = SheetReader(
            self.passages, self.codings, self._build.codebook, self._attached.decisions
        )
        found = list(reader.read(path, review).values())
        self._check_names(path, found)
        # Decisions are kept in today's words: yesterday's may hold what is redacted since.
        stored = pd.concat([self._attached.decisions, self._attached.orphans])
        kept = _without(stored, found)
        after = merged(kept, frame(d for d in found if d.decision != WITHDRAW))
        standing = checked(self.codings, after, self.passages, self._build.codebook)
        shown = {"chosen": standing, "random": self.codings}
        whole = accepted_as_a_whole(found, kept, shown, self.passages)
        after = merged(after, frame(whole))
        self._build.leak_check.frame(after, "decisions")
        write_decisions(study.coding_decisions_path, after)
        before = set(map(tuple, stored.astype(object).fillna("").to_numpy()))
        new = set(map(tuple, after.astype(object).fillna("").to_numpy()))
        withdrawn = sum(d.decision == WITHDRAW for d in found)
        known = len(found) + len(whole) - len(new - before) - withdrawn
        accepted = f" and {len(whole)} codings accepted by reading passages as a whole"
        return (
            f"{len(found)} decisions in the sheet{accepted if whole else ''}: "
            f"{len(new - before)} new or changed, "
            f"{len(before - new)} replaced or taken back, {known} known already; "
            f"{len(after)} are kept in {study.coding_decisions_path}"
        )

    def _check_names(self, path: Path, found: list[CodingDecision]) -> None:
        """Who signs as somebody in a review is called could sign nothing that may leave."""
        names = pd.DataFrame({"who": sorted({d.who for d in found})}, dtype=str)
        if len(self._build.leak_check.hits(names, "sheet")):
            fault = (
                "column who: it is signed with a name that redaction replaced in a review; sign "
                "with initials, or with first name and surname"
            )
            refuse(path, [fault])

    # Learning --------------------------------------------------------------------------------

    def learn(self) -> Iterator[str]:
        """Learn from decisions and write what was learnt, if anything; what it did, line by line.

        Raises `MissingInput` when there are too few decisions, no model to learn over, or a review
        is held out that the study does not have.
        """
        study = self._build.study
        held_out = [r.review_id for r in self._build.intake.reviews if r.name in study.held_out]
        # What was drawn for the audit measures what is learnt.
        decisions = self._attached.decisions
        audited = decisions.loc[decisions["how"] == "random", "passage_id"]
        drawn = decisions["passage_id"].isin(audited)
        decisions = decisions[~drawn]
        if drawn.any():
            yield f"left out: {int(drawn.sum())} decisions about passages drawn for the audit"
        refused = decisions["review_id"].isin(held_out)
        if refused.any():
            yield (
                f"left out: {int(refused.sum())} decisions about reviews that study.toml holds "
                "out: what was learnt from is nothing to measure with"
            )
        lesson = self.lesson(decisions[~refused])
        yield from lesson.lines()
        yield from self._keep(lesson.learnt)

    def _keep(self, learnt: Learnt) -> Iterator[str]:
        """Without a file the codebook's model has the last word, and no coding is stale."""
        path = self._build.study.learnt_path
        if learnt.used.any():
            write(path, learnt.to_bytes())
            yield f"wrote {path}"
        elif path.exists():
            path.unlink()
            yield f"no code is told anew: deleted {path}"
        else:
            yield "no code is told anew: nothing is written, and codings stay as they are"
            return
        yield f"next: dhr run --study {self._build.study.folder}"

    def lesson(self, decisions: pd.DataFrame) -> Lesson:
        """What attached decisions teach; see `review.learning.learn`."""
        coder = self._build.coder
        known = examples(self.passages, self._build.roles(), decisions, coder)
        assert coder.model is not None
        return learn(known, coder.model)

    def suggest(self, path: Path, *, n: int, audit: int) -> str:
        """Write a sheet of the passages whose decision would teach most, and of random ones.

        Only what teaches is for a model to say. Raises `MissingInput` when there is none then, or
        no passage is left, and as `write` does.
        """
        decisions = self._attached.decisions
        if self.codable.empty:
            raise MissingInput("there is no passage that may be coded")
        if audit == n:
            chosen = at_random(self.codable, decisions, n=n)
        else:
            chosen = suggestions(*self._told(), decisions, n=n, audit=audit)
        if chosen.empty:
            raise MissingInput("every passage that may be coded was drawn, or is decided about")
        mine = self.passages[self.passages["passage_id"].isin(chosen["passage_id"])]
        codings = self.codings[self.codings["passage_id"].isin(chosen["passage_id"])]
        none = decisions.iloc[:0]
        how = dict(zip(chosen["passage_id"], chosen["how"], strict=True))
        rows = coding_rows(codings, none, mine, self._build.codebook, whole=mine, how=how)
        self.write(path, rows)
        drawn = sum(word == "random" for word in how.values())
        return f"{len(how)} passages ({drawn} of them drawn at random for the audit)"

    def _told(self) -> tuple[pd.DataFrame, Array, Array]:
        """The passages that may be coded, and what `Coder.told` says of them."""
        coder = self._build.coder
        if coder.model is None:
            raise MissingInput(
                "there is no model beside the codebook that could be unsure; with --audit as large "
                "as --n, all passages are drawn at random"
            )
        # The whole review is read: the passages beside one are part of what is seen.
        told, parts = [], []
        for review in sorted(set(self.codable["review_id"])):
            passages = self._of(self.passages, review)
            reading = Reading(passages, self._of(self._build.roles(), review), coder)
            probable, thresholds = coder.told(seen(reading, coder.model))
            told.append(probable)
            parts.append(reading.kept)
        return pd.concat(parts), np.concatenate(told), thresholds


def _in_words(row: Mapping[Any, Any]) -> str:
    what = row["code"] or "the passage as a whole"
    return f"{row['decision']} {what} ({row['who']}, {row['when']})"


def _records(rows: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): cell for name, cell in row.items()} for row in rows.to_dict("records")]


def _without(stored: pd.DataFrame, found: list[CodingDecision]) -> pd.DataFrame:
    """The decisions that no row of the sheet takes back."""
    gone = {tuple(getattr(d, name) for name in _KEY) for d in found if d.decision == WITHDRAW}
    mine = [tuple(row) not in gone for row in stored[_KEY].to_numpy()]
    return stored[pd.Series(mine, index=stored.index, dtype=bool)]
