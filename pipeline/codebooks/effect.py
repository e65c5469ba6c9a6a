"""What another codebook would change in a study's tables; the study's outputs stay as they are."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pandas as pd

from pipeline import contracts
from pipeline.aggregate.moved import moved
from pipeline.aggregate.theme_tables import ThemeTables, aggregate
from pipeline.build import Build
from pipeline.codebook import model_path, read_codebook
from pipeline.corpus import checked_codings
from pipeline.engines import Engine
from pipeline.errors import MissingInput
from pipeline.study import Study
from pipeline.tasks import TagJob, died, perform

KEY = ["level", "theme", "code"]
WHAT = {
    "n_reviews": "reviews",
    "n_passages": "passages",
    "n_passages_absent": "passages that say it was absent",
    "n_passages_recommendation": "passages of recommendations",
    "n_passages_good_practice": "passages of good practice",
}


def effect(study: Study, old: Path, new: Path, engine: Engine) -> tuple[pd.DataFrame, list[str]]:
    """Cells of the prevalence table that move when `new` takes the place of `old`, and in words.

    The frame is what `aggregate.moved` gives for the key level, theme, code; `reviews` is a
    column of it, with the numbers of the reviews that hold the code. Raises `MissingInput` when
    the study is not built as it stands today, or a review cannot be coded, and `LeakFound`.
    """
    build = Build(study)
    if not build.built("tag") or any(build.state("tag", r) != "fresh" for r in build.built("tag")):
        raise MissingInput("the study is not built as it stands today; run `dhr run` first")
    before, after = (_tables(build, path, engine) for path in (old, new))
    values = [*WHAT, "reviews"]
    cells = moved(before.prevalence, after.prevalence, key=KEY, values=values)
    build.leak_check.frame(cells.astype("str"), "moved cells")
    return cells, [*_notes(old, new), *in_words(cells)]


def in_words(cells: pd.DataFrame) -> list[str]:
    """A line per theme and code that moved: counts before and after, reviews that came or went."""
    lines = []
    for (level, theme, code), of in cells.groupby(KEY, sort=False):
        sides = {c: (b, a) for c, b, a in zip(of["column"], of["before"], of["after"], strict=True)}
        was, now = ({*_text(side).split()} for side in sides.pop("reviews", ("", "")))
        parts = [f"{WHAT[c]} {_count(b)} → {_count(a)}" for c, (b, a) in sides.items()]
        for verb, reviews in (("in", now - was), ("out", was - now)):
            if reviews:
                parts.append(f"{verb}: Review {', '.join(sorted(reviews, key=int))}")
        lines.append(f"{level} {code or theme}: {'; '.join(parts)}")
    return lines or ["no cell of the tables moves"]


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _count(cell: object) -> str:
    return "–" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]


def _notes(old: Path, new: Path) -> list[str]:
    has = [model_path(path).exists() for path in (old, new)]
    if has[0] == has[1]:
        return []
    names = ("the old", "the new") if has[0] else ("the new", "the old")
    return [
        f"note: {names[0]} codebook has a model beside it and {names[1]} has none and is coded by "
        "rules alone, so cells move for that, too; copy the model beside it to see the codebook's "
        "effect alone"
    ]


def _tables(build: Build, codebook: Path, engine: Engine) -> ThemeTables:
    current = build.study.codebook_path
    if codebook.resolve() == current.resolve():
        codings = [build.paths("tag", r.review_id)["codings"] for r in build.built("tag")]
        return _counted(build, codings, codebook)
    with tempfile.TemporaryDirectory(prefix="dhr-codebook-") as folder:
        return _counted(build, _coded(build, codebook, engine, Path(folder)), codebook)


def _counted(build: Build, codings: Sequence[Path], path: Path) -> ThemeTables:
    """Counted as `dhr run` counts: people's decisions over the codings, coders as the study says.

    What a person decided about a code that the codebook lacks is not counted.
    """
    codebook = read_codebook(path)
    texts = [build.paths("redact", r.review_id)["passages"] for r in build.built("tag")]
    evidence, _ = checked_codings(
        contracts.read_all(texts, contracts.REDACTED), codings, build.study.coding_decisions,
        codebook, coders=build.settings.tables.count_coders,
    )  # fmt: skip
    return aggregate(evidence, build.reviews(), codebook)


def _coded(build: Build, codebook: Path, engine: Engine, folder: Path) -> list[Path]:
    """Codings of all built reviews with a codebook, as files in a folder."""
    read_codebook(codebook)  # A faulty one is told before any work is done.
    model = model_path(codebook)
    jobs: list[TagJob] = []
    for review in build.built("tag"):
        job = build.tag_job(review)
        jobs.append(
            replace(
                job,
                outputs={name: folder / path.name for name, path in job.outputs.items()},
                trace=folder / "trace" / job.trace.name,
                codebook=codebook,
                codebook_content=sha256(codebook.read_bytes()).hexdigest(),
                model_content=sha256(model.read_bytes()).hexdigest() if model.exists() else "",
            )
        )
    failed = [o.review_id for o in engine.map(perform, jobs, died) if o.reason is not None]
    if failed:
        numbers = ", ".join(map(str, sorted(failed)))
        raise MissingInput(f"with {codebook.name} Review {numbers} cannot be coded; nothing is "
                           "compared, since the counts would be too low")  # fmt: skip
    return [job.outputs["codings"] for job in jobs]
