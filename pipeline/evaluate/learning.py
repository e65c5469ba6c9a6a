"""How much people's decisions help: learnt from the gold of development, measured held out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline import contracts
from pipeline.build import Build
from pipeline.codings import CodingReview
from pipeline.errors import MissingInput
from pipeline.evaluate.coding import CodingMeasures, coding, units
from pipeline.evaluate.evaluation import read_documents
from pipeline.evaluate.extraction import Read
from pipeline.evaluate.gold import DEVELOPMENT, HELD_OUT
from pipeline.review.attachment import attach
from pipeline.review.decision import PASSAGE, CodingDecision, frame, quote_at
from pipeline.review.learning import Lesson
from pipeline.tag.coder import Coder, tag
from pipeline.vocabulary import MACHINE

WHO = "first coder"
LOSS = 0.01
"""Kappa that learning may cost before it is said to have cost something."""


@dataclass(frozen=True)
class LearningEvaluation:
    """The held-out reviews, without decisions and with those of the reviews of development."""

    title: str
    reviews: int
    lesson: Lesson
    without: CodingMeasures
    with_decisions: CodingMeasures

    def as_json(self) -> str:
        """For machines; undefined values are null."""
        both = {"without": self.without, "with": self.with_decisions}
        content = {
            "study": self.title,
            "held_out_reviews": self.reviews,
            "decisions": self.lesson.decisions,
            "codes_not_in_codebook": self.without.unknown,
            **{
                name: {measure: found.plain() for measure, found in measures.pooled.items()}
                for name, measures in both.items()
            },
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def lines(self) -> Iterator[str]:
        """The figures side by side, each with its interval."""
        yield f"{self.title}: what decisions are worth"
        yield ""
        yield from self.lesson.lines()
        yield ""
        yield f"== HELD-OUT: {self.reviews} reviews =="
        yield f"  {'':52} {'without decisions':>22} {'with':>22}"
        for name, without in self.without.pooled.items():
            learnt = self.with_decisions.pooled[name]
            yield f"  {name:52} {_cell(without):>22} {_cell(learnt):>22}"
        yield from (f"  {line}" for line in self.without.left_out())
        gain = self._kappa(self.with_decisions) - self._kappa(self.without)
        verdict = "they cost nothing" if gain >= -LOSS else "THEY COST MORE THAN THEY MAY"
        yield ""
        yield f"decisions change the held-out kappa by {gain:+.3f}: {verdict}"
        yield "value [95% bootstrap interval over reviews and their passages]"

    @staticmethod
    def _kappa(measures: CodingMeasures) -> float:
        return measures.pooled["machine: kappa"].value


def _cell(measure: Any) -> str:
    if np.isnan(measure.value):
        return "-"
    interval = "" if np.isnan(measure.low) else f" [{measure.low:.2f}, {measure.high:.2f}]"
    return f"{measure.value:.3f}{interval}"


def evaluate_learning(build: Build) -> LearningEvaluation:
    """Learn from the gold of development and measure the reviews held out.

    The study's own decisions are not touched. Raises `MissingInput` when there is no gold of
    either part, or the build is not up to date.
    """
    of = CodingReview(build)
    documents = read_documents(build)
    parts = {name: [d for d in documents if d.gold.split == name] for name in
             (DEVELOPMENT, HELD_OUT)}  # fmt: skip
    if not all(parts.values()):
        raise MissingInput("learning is measured with gold of reviews of both parts; see "
                           "docs/evaluation.md")  # fmt: skip
    passages, codings = of.passages, of.codings
    decisions = as_decisions(parts[DEVELOPMENT], codings, passages)
    lesson = of.lesson(attach(decisions, passages).decisions)
    model = build.coder
    coder = model.over(lesson.learnt)
    ids = sorted({d.gold.review_id for d in parts[HELD_OUT]})
    told = [_coded(build, passages, model, ids), _coded(build, passages, coder, ids)]
    development = units(parts[DEVELOPMENT], codings)
    measured = [coding(units(parts[HELD_OUT], one), development, build.codebook) for one in told]
    return LearningEvaluation(build.settings.title, len(ids), lesson, *measured)


def _coded(build: Build, passages: pd.DataFrame, coder: Coder, ids: Sequence[int]) -> pd.DataFrame:
    roles = build.roles()
    found = [
        tag(passages[passages["review_id"] == n], roles[roles["review_id"] == n], coder,
            min_score=build.settings.tag.min_score)
        for n in ids
    ]  # fmt: skip
    return contracts.CODINGS.validate(pd.concat(found))


def as_decisions(
    documents: Sequence[Read], codings: pd.DataFrame, passages: pd.DataFrame
) -> pd.DataFrame:
    """The gold of some documents as `contracts.DECIDED_CODINGS`: every passage read as a whole."""
    texts = dict(zip(passages["passage_id"], passages["text"], strict=True))
    machine = set(zip(codings["passage_id"], codings["code"], strict=True))
    applied = codings.groupby("passage_id")["code"].agg(list).to_dict()
    return frame(
        decision
        for read in documents
        if not read.gold.repeats
        for passage_id, right in _right(read).items()
        for decision in _decisions(
            read.gold.review_id, passage_id, texts[passage_id], right,
            applied.get(passage_id, []), machine,
        )
    )  # fmt: skip


def _right(read: Read) -> dict[str, dict[str, tuple[str, str | None]]]:
    """Passage → code → polarity and subject, by the first coder."""
    ids = read.passages["passage_id"].to_list()
    found: dict[str, dict[str, tuple[str, str | None]]] = {}
    for match in read.matches:
        for place in match.passages:
            codes = {c.code: (c.polarity, c.subject) for c in match.block.codes}
            found.setdefault(ids[place], {}).update(codes)
    return found


def _decisions(
    review_id: int,
    passage_id: str,
    text: str,
    right: dict[str, tuple[str, str | None]],
    applied: Sequence[str],
    machine: set[tuple[str, str]],
) -> Iterator[CodingDecision]:
    def decided(code: str, word: str, *told: str | None) -> CodingDecision:
        coder = WHO if word == "add" else MACHINE
        polarity, subject = told or (None, None)
        return CodingDecision(
            review_id, passage_id, code, coder, word, polarity, subject, *quote_at(text),
            WHO, "2000-01-01", how="chosen",
        )  # fmt: skip

    yield decided(PASSAGE, "accept")
    for code, told in right.items():
        known = (passage_id, code) in machine
        yield decided(code, "accept" if known else "add", *told)
    for code in applied:
        if code not in right:
            yield decided(code, "reject")
