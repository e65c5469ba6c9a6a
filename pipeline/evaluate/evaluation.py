"""A study measured against its gold: held-out reviews apart from those of development."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline import contracts
from pipeline.build import Build
from pipeline.errors import MissingInput
from pipeline.evaluate.alignment import align
from pipeline.evaluate.coding import CodingMeasures, Unit, coding, units
from pipeline.evaluate.extraction import Read, extraction, lost
from pipeline.evaluate.gold import DEVELOPMENT, SPLITS, GoldDocument, read_gold
from pipeline.evaluate.redaction import missed, redaction
from pipeline.evaluate.resampling import Measure
from pipeline.files import replacing


@dataclass
class Split:
    """The measures of one split; `reviews` and `documents` are the numbers measured."""

    name: str
    reviews: int
    documents: int
    extraction: dict[str, Measure] = field(default_factory=dict)
    redaction: dict[str, Measure] = field(default_factory=dict)
    coding: CodingMeasures = field(default_factory=CodingMeasures)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "reviews": self.reviews,
            "documents": self.documents,
            "extraction": _plain(self.extraction),
            "redaction": _plain(self.redaction),
            "coding": _plain(self.coding.pooled),
            "codes": {code: _rounded(row) for code, row in self.coding.codes.items()},
            "themes": self.coding.themes,
            "codes_not_in_codebook": self.coding.unknown,
        }


@dataclass
class Evaluation:
    """All splits, held-out first, and the annotated reviews that could not be measured."""

    title: str
    splits: list[Split]
    not_measured: int

    def as_json(self) -> str:
        """The whole evaluation; undefined values are null."""
        content = {
            "study": self.title,
            "reviews_not_measured": self.not_measured,
            "splits": {split.name: split.plain() for split in self.splits},
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _plain(measures: dict[str, Measure]) -> dict[str, Any]:
    return {name: measure.plain() for name, measure in measures.items()}


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (None if np.isnan(x) else round(x, 4)) if isinstance(x, float) else x
        for name, x in row.items()
    }


def evaluate(build: Build) -> Evaluation:
    """Measure what was built against the study's gold, and write evaluation.json.

    Raises `MissingInput` when there is no gold, or when the build is not up to date.
    """
    documents = read_documents(build)
    reviews = build.built("tag")
    ids = sorted({one.gold.review_id for one in documents})
    log = _tables(build, "redact", "log", contracts.REDACTION_LOG, ids)
    codings = _tables(build, "tag", "codings", contracts.CODINGS, ids)
    of_split = {name: [d for d in documents if d.gold.split == name] for name in SPLITS}
    language_model = build.settings.tag.language_model
    model = language_model.asked.coder if language_model else None
    coded = {name: units(of_split[name], codings, model=model) for name in SPLITS}
    splits = [
        _measure(name, of_split[name], coded, log, build) for name in SPLITS if of_split[name]
    ]
    not_built = build.study.held_out - {review.name for review in reviews}
    evaluation = Evaluation(build.settings.title, splits, len(not_built))
    _write(build, evaluation, of_split[DEVELOPMENT], log)
    return evaluation


def read_documents(build: Build) -> list[Read]:
    """The documents that there is gold for, with their passages put to it.

    Raises `MissingInput` when there is no gold, or when the build is not up to date.
    """
    reviews = build.built("tag")
    stale = [r for r in reviews if build.state("tag", r) != "fresh"]
    if stale:
        raise MissingInput(f"{len(stale)} reviews are not built yet; `dhr run` first")
    return [_read(build, one) for one in read_gold(build.study, reviews)]


def _read(build: Build, gold: GoldDocument) -> Read:
    path = build.paths("extract", gold.review_id)["passages"]
    passages = contracts.read(path, contracts.PASSAGES).sort_values("ordinal")
    passages = passages[passages["document_id"] == gold.document_id].reset_index(drop=True)
    passages = passages.fillna({"number": ""})
    return Read(gold, passages, align(gold.blocks, passages), _recommendations(build, gold))


def _recommendations(build: Build, gold: GoldDocument) -> dict[str, dict[str, Any]]:
    table = _tables(build, "tag", "recommendations", contracts.RECOMMENDATIONS, [gold.review_id])
    table = table[table["document_id"] == gold.document_id].astype(object)
    rows = table.where(table.notna(), None).to_dict("records")
    return {row["passage_id"]: {str(name): row[name] for name in row} for row in rows}


def _tables(
    build: Build, stage: str, name: str, table: contracts.Table, ids: Sequence[int]
) -> pd.DataFrame:
    return contracts.read_all([build.paths(stage, i)[name] for i in ids], table)


def _measure(
    name: str, documents: list[Read], coded: dict[str, list[Unit]], log: pd.DataFrame, build: Build
) -> Split:
    reviews = {read.gold.review_id for read in documents}
    coding_measures = coding(coded[name], coded[DEVELOPMENT] or coded[name], build.codebook)
    if build.settings.tag.language_model:
        answers = build.answers()
        outcomes = answers.loc[answers["review_id"].isin(reviews), "outcome"]
        n, of = int((outcomes == "answered").sum()), len(outcomes)
        share = Measure(n / of if of else np.nan, n, of, np.nan, np.nan)
        coding_measures.pooled["language model: passages answered"] = share
    return Split(
        name,
        len(reviews),
        len(documents),
        extraction(documents),
        redaction(documents, log),
        coding_measures,
    )


def _write(
    build: Build, evaluation: Evaluation, development: list[Read], log: pd.DataFrame
) -> None:
    """The figures, and in private/ what was missed in the reviews of development.

    Never what was missed in a review that is held out: who has seen it can tune on it.
    """
    with replacing(build.study.output("evaluate", "evaluation.json")) as temporary:
        temporary.write_text(evaluation.as_json(), encoding="utf-8")
    rows = [
        (read.gold.name, "extract", what, block.number, block.text)
        for read in development
        for block, what in lost(read)
    ] + [
        (read.gold.name, "redact", identifier.type, None, identifier.surface)
        for read in development
        for identifier in missed(read, log)
    ]
    frame = pd.DataFrame(rows, columns=["source", "stage", "what", "number", "text"])
    with replacing(build.study.private("evaluate", "missed.csv")) as temporary:
        frame.to_csv(temporary, index=False)
