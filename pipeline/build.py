"""Order of stages: which reviews are stale, run them, set aside what fails, resume.

A review's output at a stage is fresh when the fingerprint in its file is the one expected from
today's documents, settings, codebook, models and stage versions. Modification times are never
asked. Every file is written whole or not at all, so a killed run leaves nothing to repair: the
next one does what is not fresh.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pandas as pd
from filelock import FileLock, Timeout

from pipeline import aggregate, contracts, extract, flow, leaks, redact, tag, topics
from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.aggregate.coders import counts
from pipeline.codebook import Codebook, model_path, read_codebook
from pipeline.corpus import (
    THEME_TABLES,
    TOPIC_TABLES,
    build_tables,
    build_topics,
    cited_recommendations,
    coded_excerpts,
    counted_source,
    excerpts_as,
    table_paths,
    topic_paths,
)
from pipeline.engines import Engine
from pipeline.errors import BadUsage, LeakFound, MissingInput, ReviewError
from pipeline.files import replacing
from pipeline.fingerprints import fingerprint
from pipeline.flow import SetAside
from pipeline.models import model_versions
from pipeline.study import Intake, LanguageModelSettings, Review, Study
from pipeline.tasks import (
    DocumentInput,
    ExtractJob,
    Job,
    Outcome,
    RedactJob,
    TagJob,
    copy_documents,
    died,
    machine_coder,
    perform,
)

if TYPE_CHECKING:
    from pipeline.aggregate.made import Source
    from pipeline.asking import Judge, Open
    from pipeline.copies.written import Written
    from pipeline.release import Found, LeakCheck
    from pipeline.review.attachment import Attached
    from pipeline.tag.coder import Coder
    from pipeline.tag.language_model.store import Store

REVIEW_STAGES = ("extract", "redact", "tag")
CORPUS_STAGES = ("topics", "aggregate")
STAGES = (*REVIEW_STAGES, *CORPUS_STAGES)

VERSIONS = {
    "extract": extract.VERSION,
    "redact": redact.VERSION,
    "tag": tag.VERSION,
    "topics": topics.VERSION,
    "aggregate": aggregate.VERSION,
}
_LIBRARIES = {
    "extract": ("pypdfium2", "pdfplumber", "python-docx", "rapidfuzz"),
    "redact": ("spacy", "phonenumbers", "python-stdnum"),
    "tag": ("spacy", "lemminflect", "scikit-learn"),
    "topics": ("bertopic", "scikit-learn"),
    "aggregate": ("pandas", "scipy", "matplotlib", "xlsxwriter", "jinja2", "python-docx"),
}
_TABLES: dict[str, tuple[contracts.Table, ...]] = {
    "extract": (
        contracts.PASSAGES,
        contracts.EXTRACTED_DOCUMENTS,
        *contracts.LEFT_OUT.values(),
    ),
    "redact": (
        contracts.REDACTED,
        contracts.SPANS,
        contracts.ROLES_TABLE,
        contracts.REDACTION_LOG,
        contracts.DECIDED,
    ),
    "tag": (contracts.CODINGS, contracts.ANSWERS, contracts.RECOMMENDATIONS),
    "topics": tuple(TOPIC_TABLES.values()),
    "aggregate": (
        *THEME_TABLES.values(),
        *(e.table for e in CATALOGUE),
        contracts.CHECKED_CODINGS,
        contracts.LEAKS,
        contracts.RISKS,
    ),
}
State = Literal["fresh", "stale", "set aside"]


class Progress(Protocol):
    """Told of a stage's beginning, of each item done, and of its end."""

    def wait(self) -> None:
        """Another run is building the same outputs; this one waits for it."""

    def tell(self, line: str) -> None:
        """Something that the user is to know before it is done."""

    def start(self, stage: str, items: int) -> None:
        """A stage begins, with so many items to do."""

    def advance(self) -> None:
        """One item is done."""

    def stop(self) -> None:
        """The stage has ended."""


@dataclass(frozen=True)
class StageRun:
    """How one stage of a run went; written to run/<stage>.json for the closing summary."""

    stage: str
    done: int
    set_aside: int
    seconds: float


class Build:
    """One study as it stands today, and what is to do about it."""

    def __init__(self, study: Study, *, retry: bool = False) -> None:
        """Read the study's folder; raises as `Study.intake` does.

        `retry` forgets earlier failures: a machine with more memory may succeed.
        """
        self.study = study
        self.settings = study.settings
        self.key = study.register.key
        self._retry = retry
        self._expected: dict[tuple[str, int], str] = {}
        self._states: dict[tuple[str, int], State] = {}

    @cached_property
    def intake(self) -> Intake:
        """Reviews and set-aside documents of the study's folder."""
        return self.study.intake()

    # Fingerprints --------------------------------------------------------------------------

    def expected(self, stage: str, review: Review) -> str:
        """The fingerprint that the review's output of the stage should have."""
        at = (stage, review.review_id)
        if at not in self._expected:
            self._expected[at] = fingerprint(self.key, self._parts(stage, review))
        return self._expected[at]

    def _parts(self, stage: str, review: Review) -> dict[str, Any]:
        settings = self.settings
        match stage:
            case "extract":
                own: dict[str, Any] = {
                    "documents": [
                        (d.document_id, d.document_type, d.content, d.password, d.sections)
                        for d in review.documents
                    ],
                    "settings": settings.extract.model_dump(),
                }
            case "redact":
                own = {
                    "passages": self.expected("extract", review),
                    "model": self._models["spacy"],
                    "year_of_death": review.year_of_death,
                    "decisions": self.study.decisions_of(review.review_id),
                    "policy": asdict(settings.redact.policy),
                }
            case _:
                own = {
                    "passages": self.expected("redact", review),
                    "model": self._models["embeddings"],
                    "codebook": self._coding_slice,
                    "coding_model": self._model_content,
                    "settings": settings.tag.model_dump(exclude={"language_model"}),
                    **self._language_model_parts(review),
                }
        return {**self._software(stage), **own, "review": review.review_id}

    def _language_model_parts(self, review: Review) -> dict[str, Any]:
        """What the language model's codings are built from: the answers that are kept by now."""
        language_model = self.settings.tag.language_model
        if language_model is None:
            return {}
        own = {**asdict(language_model.asked), "all_answers": self._all_answers}
        path = self.paths("redact", review.review_id)["passages"]
        if contracts.fingerprint(path) != self.expected("redact", review):
            return {"language_model": own}
        from pipeline.tag.language_model.prompt import asked, requests

        wanted = asked(contracts.read(path, contracts.REDACTED))
        found = requests(wanted, self.codebook, language_model.asked)
        kept = self._answer_store(review.review_id).read(found)
        own["answers"] = sorted((r.key, kept[r.passage_id]) for r in found)
        return {"language_model": own}

    @property
    def _all_answers(self) -> bool:
        """Whether the language model's codings are to count."""
        language_model = self.settings.tag.language_model
        counted = self.settings.tables.count_coders
        return language_model is not None and language_model.asked.coder in counted

    def _answer_store(self, review_id: int) -> Store:
        from pipeline.tag.language_model.store import Store

        return Store(self._answer_folder(review_id))

    def _answer_folder(self, review_id: int) -> Path:
        return self.study.private("answers", str(review_id))

    @staticmethod
    @cache
    def _software(stage: str) -> dict[str, Any]:
        libraries = {name: version(name) for name in _LIBRARIES[stage]}
        contract = [table.schema.to_string() for table in _TABLES[stage]]
        own = {"stage": stage, "version": VERSIONS[stage], "contract": contract}
        return {**own, "libraries": libraries}

    @cached_property
    def _models(self) -> dict[str, str]:
        models = self.settings.models
        return model_versions(spacy=models.spacy, embeddings=models.embeddings)

    @cached_property
    def _codebook_content(self) -> str:
        return hashlib.sha256(self.study.codebook_path.read_bytes()).hexdigest()

    @cached_property
    def _model_content(self) -> str:
        """Of the codebook's model, and of what was learnt from decisions."""
        paths = (model_path(self.study.codebook_path), self.study.learnt_path)
        return " ".join(map(_content, paths)).strip()

    @property
    def _accepted_content(self) -> str:
        return _content(self.study.not_leaks_path)

    @cached_property
    def _coding_slice(self) -> str:
        content = json.dumps(self.codebook.coding_slice(), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def codebook(self) -> Codebook:
        """The study's codebook; raises `BadSettings` when it cannot be used."""
        return read_codebook(self.study.codebook_path)

    def expected_corpus(self, stage: str) -> str:
        """The fingerprint that a corpus-level stage's files should have."""
        if stage == "topics":
            own: dict[str, Any] = {
                "passages": {r.review_id: self.expected("redact", r) for r in self.built("redact")},
                "model": self._models["embeddings"],
                "settings": self.settings.topics.model_dump(),
                "prototypes": [(code.id, code.prototypes) for code in self.codebook.code],
            }
        else:
            own = {
                "codings": {r.review_id: self.expected("tag", r) for r in self.built("tag")},
                "topics": self.expected_corpus("topics"),
                "codebook": self._codebook_content,
                "decisions": _content(self.study.coding_decisions_path),
                "title": self.settings.title,
                "tables": self.settings.tables.model_dump(),
                "disclosure": self.settings.disclosure.model_dump(),
                "reviews": [
                    (r.review_id, r.area, r.case_type, r.year_of_death) for r in self.intake.reviews
                ],
                "documents": [
                    (d.document_id, d.review_id, str(d.error)) for d in self.intake.set_aside
                ],
                "leaks": (leaks.VERSION, self._document_names(), self._accepted_content),
                "set_aside": {n: asdict(failure) for n, failure in self._failures().items()},
                "models": self._models,
            }
        return fingerprint(self.key, {**self._software(stage), **own})

    def made_from(self, wanted: str) -> dict[str, Any]:
        """What the tables are made from, told so that two builds can be compared: no identifiers.

        Content that could be matched to a published document is hashed with the study's key.
        `wanted` is the fingerprint of the build.
        """
        settings, book = self.settings, self.codebook
        coded = book.coding_slice()
        return {
            "study": fingerprint(self.key, {"study": "its own"}),
            "build": wanted,
            "software": {"dhr-pipeline": version("dhr-pipeline")},
            "stages": {
                stage: {key: self._software(stage)[key] for key in ("version", "libraries")}
                for stage in STAGES
            },
            "models": self._models,
            "settings": {
                "extract": settings.extract.model_dump(),
                "redact": asdict(settings.redact.policy),
                "tag": {
                    "min_score": settings.tag.min_score,
                    "language_model": settings.tag.language_model
                    and asdict(settings.tag.language_model.asked),
                },
                "topics": settings.topics.model_dump(),
                "tables": settings.tables.model_dump(),
                "disclosure": settings.disclosure.model_dump(),
            },
            "codebook": {
                "id": book.id,
                "title": book.title,
                "version": book.version,
                "content": self._codebook_content,
                "theme": [{"id": theme.id, "name": theme.name} for theme in book.theme],
                "code": [
                    {
                        "id": code.id,
                        "name": code.name,
                        "theme": code.theme,
                        "subject": code.subject,
                        "content": hashlib.sha256(
                            json.dumps(coded[code.id], sort_keys=True).encode()
                        ).hexdigest(),
                    }
                    for code in book.code
                ],
            },
            "coding_model": self._model_content,
            **self._answered(),
            "reviews": {str(r.review_id): self._review_made_from(r) for r in self.intake.reviews},
        }

    def _review_made_from(self, review: Review) -> dict[str, str]:
        failure = self.set_aside(review)
        documents = self._parts("extract", review)["documents"]
        decisions = self._parts("redact", review)["decisions"]
        described = [review.area, review.case_type, review.year_of_death]
        stored = self.study.coding_decisions
        coded = stored[stored["review_id"] == review.review_id].to_csv(index=False)
        return {
            "status": f"set aside at {failure.stage}" if failure else "built",
            "documents": fingerprint(self.key, {"documents": documents}),
            "described": fingerprint(self.key, {"described": described}),
            "redaction decisions": fingerprint(self.key, {"decisions": decisions}),
            "coding decisions": fingerprint(self.key, {"decisions": coded}),
        }

    # State ---------------------------------------------------------------------------------

    def paths(self, stage: str, review_id: int) -> dict[str, Path]:
        """The files of one review at one stage, by what they hold."""
        study, name = self.study, str(review_id)
        match stage:
            case "extract":
                return {
                    "passages": study.private("extract", f"{name}.parquet"),
                    "documents": study.output("extract", f"{name}.documents.parquet"),
                    "warnings": study.output("extract", f"{name}.warnings.parquet"),
                    "hidden": study.private("extract", f"{name}.hidden.parquet"),
                    "removed": study.private("extract", f"{name}.removed.parquet"),
                }
            case "redact":
                return {
                    "passages": study.output("redact", f"{name}.parquet"),
                    "spans": study.output("redact", f"{name}.spans.parquet"),
                    "roles": study.output("redact", f"{name}.roles.parquet"),
                    "log": study.private("redact", f"{name}.log.parquet"),
                    "decided": study.private("redact", f"{name}.decided.parquet"),
                }
            case _:
                return {
                    "codings": study.output("tag", f"{name}.parquet"),
                    "answers": study.output("tag", f"{name}.answers.parquet"),
                    "recommendations": study.output("tag", f"{name}.recommendations.parquet"),
                }

    def state(self, stage: str, review: Review) -> State:
        """Whether the review's output of the stage is up to date."""
        at = (stage, review.review_id)
        if at not in self._states:
            self._states[at] = self._look(stage, review)
        return self._states[at]

    def _look(self, stage: str, review: Review) -> State:
        wanted = self.expected(stage, review)
        paths = self.paths(stage, review.review_id).values()
        if all(contracts.fingerprint(path) == wanted for path in paths):
            return "fresh"
        failure = self._failure(stage, review.review_id)
        # What failed for want of a program is tried again when the program is there.
        lasts = failure and failure.fingerprint == wanted and not _installed(failure.wants)
        return "set aside" if lasts else "stale"

    def set_aside(self, review: Review) -> SetAside | None:
        """Why the review is not in the tables; None when nothing went wrong with it."""
        for stage in REVIEW_STAGES:
            if self.state(stage, review) == "set aside":
                return self._failure(stage, review.review_id)
        return None

    def built(self, stage: str) -> list[Review]:
        """The reviews that got through the stage, or will.

        Reviews that are set aside at it, or before it, are not among them.
        """
        through = REVIEW_STAGES[: REVIEW_STAGES.index(stage) + 1]
        return [
            review
            for review in self.intake.reviews
            if all(self.state(s, review) != "set aside" for s in through)
        ]

    def corpus_state(self, stage: str) -> State:
        """Whether the files of a corpus-level stage are up to date."""
        wanted = self.expected_corpus(stage)
        paths = self._corpus_paths(stage)
        tables = [p for p in paths if p.suffix == ".parquet"]
        whole = all(p.exists() for p in paths)
        fresh = whole and all(contracts.fingerprint(p) == wanted for p in tables)
        return "fresh" if fresh else "stale"

    def _corpus_paths(self, stage: str) -> list[Path]:
        if stage == "topics":
            return list(topic_paths(self.study.outputs).values())
        return [*table_paths(self.study.outputs).values(), *self.leak_paths]

    def documents(self) -> pd.DataFrame:
        """contracts.DOCUMENTS: every document of the study, built or set aside."""
        paths = [
            p
            for r in self.intake.reviews
            if (p := self.paths("extract", r.review_id)["documents"]).exists()
        ]
        extracted = contracts.read_all(paths, contracts.EXTRACTED_DOCUMENTS)
        return flow.documents(self.intake, self._failures(), extracted)

    def warnings(self) -> pd.DataFrame:
        """contracts.WARNINGS_TABLE of all reviews that were extracted."""
        paths = self._paths_of("extract", "warnings")
        return contracts.read_all([p for p in paths if p.exists()], contracts.WARNINGS_TABLE)

    def reviews(self) -> pd.DataFrame:
        """contracts.REVIEWS: every review of the study, built or set aside, with its counts."""
        counts = {
            review.review_id: {
                "passages": contracts.n_rows(self.paths("redact", review.review_id)["passages"]),
                "repeats": contracts.n_filled(
                    self.paths("redact", review.review_id)["passages"], "repeats"
                ),
                "identifiers": contracts.n_rows(self.paths("redact", review.review_id)["spans"]),
                "codings": self._n_codings(review.review_id),
            }
            for review in self.built("tag")
        }
        return flow.reviews(self.intake, self._failures(), self.documents(), counts)

    def _n_codings(self, review_id: int) -> int:
        coders = contracts.values(self.paths("tag", review_id)["codings"], "coder")
        return int(counts(coders, self.settings.tables.count_coders).sum())

    def answers(self) -> pd.DataFrame:
        """contracts.ANSWERS of all reviews that are coded: what the language model said of each."""
        return contracts.read_all(
            (p for p in self._paths_of("tag", "answers") if p.exists()), contracts.ANSWERS
        )

    def _answered(self) -> dict[str, dict[str, int]]:
        """How many passages of the language model have which outcome; nothing when it is off."""
        if self.settings.tag.language_model is None:
            return {}
        return {"answers": dict(Counter(self.answers()["outcome"]))}

    def answers_missing(self) -> str | None:
        """Why passages have no usable answer of the language model; None if all have one."""
        path = self.study.output("run", "language_model.json")
        if self.settings.tag.language_model is None or not path.exists():
            return None
        return str(json.loads(path.read_bytes())["problem"])

    def anything_set_aside(self) -> bool:
        """Whether any document or review of the study is not in the tables."""
        documents = self.documents()
        return bool((documents["status"] == "set aside").any())

    def excerpts(self, *, form: str, **wanted: Any) -> bytes:
        """Coded excerpts of the built reviews; see `corpus.coded_excerpts` and `excerpts_as`.

        Raises `MissingInput` when the codings are not up to date, `LeakFound` when the leak check
        finds something in the excerpts.
        """
        self._check_upstream("aggregate")
        found = coded_excerpts(
            self._paths_of("redact", "passages"),
            self._paths_of("tag", "codings"),
            self.study.coding_decisions,
            self.codebook,
            **wanted,
        )
        self.leak_check.frame(found, "excerpts")
        return excerpts_as(form, found)

    def coded(self) -> tuple[pd.DataFrame, pd.DataFrame, Attached]:
        """`contracts.REDACTED` and `CODINGS` of the built reviews, and where decisions stand.

        Raises `MissingInput` when the codings are not up to date.
        """
        from pipeline.review.attachment import attach

        late = [r for r in self.built("tag") if self.state("tag", r) == "stale"]
        if late:
            raise MissingInput(
                f"the codings of {len(late)} review(s) are not up to date; run `dhr run` first"
            )
        passages = contracts.read_all(self._paths_of("redact", "passages"), contracts.REDACTED)
        codings = contracts.read_all(self._paths_of("tag", "codings"), contracts.CODINGS)
        return passages, codings, attach(self.study.coding_decisions, passages)

    @cached_property
    def coder(self) -> Coder:
        """The machine coder as `tag` has it.

        Raises `BadSettings` when the codebook, its model or what was learnt cannot be used.
        """
        return machine_coder(
            self.study.codebook_path, self.study.learnt_path, self.settings.models.embeddings
        )

    def roles(self) -> pd.DataFrame:
        """`contracts.ROLES_TABLE` of the built reviews."""
        return contracts.read_all(self._paths_of("redact", "roles"), contracts.ROLES_TABLE)

    def recommendations(self, *, agency: str | None, form: str) -> str:
        """Recommendations of the built reviews as text; see `corpus.cited_recommendations`.

        Raises `MissingInput` when they are not up to date, `LeakFound` when the leak check finds
        something in them.
        """
        from pipeline.export.recommendations import as_csv, as_markdown

        self._check_upstream("aggregate")
        found = cited_recommendations(
            self._paths_of("redact", "passages"),
            self._paths_of("tag", "recommendations"),
            agency=agency,
        )
        self.leak_check.frame(found, "recommendations")
        return as_markdown(found) if form == "md" else as_csv(found)

    def counted_source(self) -> Source:
        """What the tables that stand were counted from; see `corpus.counted_source`.

        Raises `MissingInput` when they are not up to date.
        """
        self._check_upstream("aggregate")
        if self.corpus_state("aggregate") == "stale":
            raise MissingInput("the tables are not up to date; run `dhr aggregate` first")
        return counted_source(
            codings=contracts.read(
                table_paths(self.study.outputs)["codings"], contracts.CHECKED_CODINGS
            ),
            recommendations=contracts.read_all(
                self._paths_of("tag", "recommendations"), contracts.RECOMMENDATIONS
            ),
            passages=contracts.read_all(self._paths_of("redact", "passages"), contracts.REDACTED),
            roles=contracts.read_all(self._paths_of("redact", "roles"), contracts.ROLES_TABLE),
            documents=self.documents(),
            reviews=self.reviews(),
            codebook=self.codebook,
            periods=self.settings.tables.periods,
            reliability=self._reliability,
        )

    @cached_property
    def _reliability(self) -> pd.DataFrame:
        """How far each code's machine codings can be trusted; see `tag.model.reliability`."""
        from pipeline.tag.model import read_model, reliability

        return reliability(read_model(self.study.codebook_path), list(self.codebook.codes))

    def copy_documents(
        self, number: int, folder: Path | None
    ) -> Iterator[tuple[Path, Written | ReviewError]]:
        """Redacted copies of the documents of a review; see `tasks.copy_documents`.

        Raises `BadUsage` when there is no such review, `MissingInput` when it is not redacted.
        """
        review = next((r for r in self.intake.reviews if r.review_id == number), None)
        if review is None:
            raise BadUsage(f"there is no Review {number}; `dhr status` lists the reviews")
        if any(self.state(stage, review) != "fresh" for stage in ("extract", "redact")):
            raise MissingInput(
                f"Review {number} is not redacted as it stands today; run `dhr run`, and see "
                "`dhr status` if it is set aside"
            )
        extracted, redacted = (self.paths(stage, number) for stage in ("extract", "redact"))
        return copy_documents(
            self._documents(review),
            {**extracted, "redacted": redacted["passages"], "log": redacted["log"]},
            folder or self.study.output("documents", ""),
            review_id=number,
            limits=extract.Limits(**self.settings.extract.model_dump()),
        )

    @staticmethod
    def _documents(review: Review) -> tuple[DocumentInput, ...]:
        return tuple(
            DocumentInput(d.path, d.document_id, d.document_type, d.password, d.sections)
            for d in review.documents
        )

    def _failures(self) -> dict[int, SetAside]:
        return {r.review_id: f for r in self.intake.reviews if (f := self.set_aside(r))}

    def _failure_path(self, stage: str, review_id: int) -> Path:
        return self.study.output("set-aside", f"{review_id}.{stage}.json")

    def _failure(self, stage: str, review_id: int) -> SetAside | None:
        try:
            return SetAside(**json.loads(self._failure_path(stage, review_id).read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    # Running -------------------------------------------------------------------------------

    def run(self, stages: Iterable[str], engine: Engine, progress: Progress) -> list[StageRun]:
        """Bring the stages up to date, in order.

        Raises `MissingInput` when a stage before them is not.
        """
        lock = FileLock(self.study.private("", "lock"))
        if lock_is_held(lock):
            progress.wait()
        with lock:
            self._states.clear()
            self.prune()
            return [self._run_one(stage, engine, progress) for stage in stages]

    def _run_one(self, stage: str, engine: Engine, progress: Progress) -> StageRun:
        self._check_upstream(stage)
        started = time.perf_counter()
        done, aside = self._run(stage, engine, progress)
        run = StageRun(stage, done, aside, time.perf_counter() - started)
        self._keep(run)
        return run

    def _run(self, stage: str, engine: Engine, progress: Progress) -> tuple[int, int]:
        """How many reviews were built, and how many stand aside, at the stage."""
        if stage in CORPUS_STAGES:
            return self._run_corpus(stage, progress)
        if stage == "tag":
            self._ask(progress)
        # The largest first: one that came last would keep a single worker busy alone.
        jobs = sorted(self._jobs(stage), key=_size, reverse=True)
        progress.start(stage, len(jobs))
        done = 0
        # Every document is read in a process of its own.
        for outcome in engine.map(perform, jobs, died, waits=stage == "extract"):
            self._settle(outcome)
            done += outcome.reason is None
            progress.advance()
        progress.stop()
        return done, sum(self.state(stage, r) == "set aside" for r in self.intake.reviews)

    def _ask(self, progress: Progress) -> None:
        """Have the language model answer about the passages without an answer that can be used.

        What goes wrong is kept for `answers_missing`; the codings by rules go on.
        """
        settings = self.settings.tag.language_model
        note = self.study.output("run", "language_model.json")
        note.unlink(missing_ok=True)
        if settings is None:
            return
        from pipeline.asking import faults, open_passages

        judge = partial(faults, codebook=self.codebook, hits=self.leak_check.hits)
        reviews = [review.review_id for review in self.built("redact")]
        stores = {review: self._answer_store(review) for review in reviews}
        paths = {review: self.paths("redact", review)["passages"] for review in reviews}
        still = open_passages(paths, stores, self.codebook, settings, judge)
        if still.requests:
            if problem := self._ask_about(still, stores, settings, judge, progress):
                _write_json(note, {"problem": problem})
            # What is expected of the stage depends on the answers that are there.
            self._expected.clear()
            self._states.clear()

    def _ask_about(
        self,
        still: Open,
        stores: dict[int, Store],
        settings: LanguageModelSettings,
        judge: Judge,
        progress: Progress,
    ) -> str | None:
        """Send what the leak check lets go; returns what went wrong, None if nothing."""
        from pipeline.asking import ask, notice, objection, withhold

        hits = self.leak_check.hits
        if problem := objection(self.codebook, hits):
            return problem
        clear = withhold(still, stores, hits)
        if not clear.requests:
            return None
        progress.tell(notice(settings, len(clear.requests)))
        progress.start("answers", len(clear.requests))
        try:
            return ask(
                clear, stores, settings, judge=judge, advance=progress.advance, tell=progress.tell
            )
        finally:
            progress.stop()

    def _run_corpus(self, stage: str, progress: Progress) -> tuple[int, int]:
        if self.corpus_state(stage) == "fresh":
            return 0, 0
        progress.start(stage, 1)
        wanted = self.expected_corpus(stage)
        if stage == "topics":
            build_topics(
                self._paths_of("redact", "passages"),
                self._paths_of("redact", "roles"),
                self.study.outputs,
                self.codebook,
                embeddings=self.settings.models.embeddings,
                **self.settings.topics.model_dump(),
                fingerprint=wanted,
            )
        else:
            self._aggregate(wanted)
        progress.advance()
        progress.stop()
        return 1, 0

    def _aggregate(self, wanted: str) -> None:
        """Tables are made in private/, searched, and moved to their place if they are clean.

        Raises `LeakFound` when they are not; then no table stands, old or new.
        """
        from pipeline.leaks.risk import risks
        from pipeline.release import in_tables, release, withhold

        outputs, staged = self.study.outputs, self.study.private("leaks", "withheld")
        shutil.rmtree(staged, ignore_errors=True)
        reviews = self.reviews()
        build_tables(
            staged,
            topics=topic_paths(outputs),
            documents=self.documents(),
            reviews=reviews,
            codings=self._paths_of("tag", "codings"),
            recommendations=self._paths_of("tag", "recommendations"),
            passages=self._paths_of("redact", "passages"),
            roles=self._paths_of("redact", "roles"),
            decisions=self.study.coding_decisions,
            codebook=self.codebook,
            periods=self.settings.tables.periods,
            rules=self.settings.disclosure.rules,
            title=self.settings.title,
            coders=self.settings.tables.count_coders,
            spans=self._paths_of("redact", "spans"),
            made_from=self.made_from(wanted),
            fingerprint=wanted,
            reliability=self._reliability,
        )
        hits, _ = self.leak_check.files(outputs, staged)
        stopped = in_tables(hits, outputs)
        leaked, rare = self.leak_paths
        if len(stopped):
            withhold(outputs)
            contracts.write(hits, contracts.LEAKS, leaked)
            raise LeakFound(self.leak_check.message(stopped, "no table was written"))
        release(staged, outputs)
        found = risks(self.leak_check.passages, reviews)
        contracts.write(found, contracts.RISKS, rare, fingerprint=wanted)
        contracts.write(hits, contracts.LEAKS, leaked, fingerprint=wanted)

    @property
    def leak_paths(self) -> tuple[Path, Path]:
        """What the last leak check found: `contracts.LEAKS` and `contracts.RISKS`."""
        at = self.study.private
        return at("leaks", "leaks.parquet"), at("leaks", "risks.parquet")

    @cached_property
    def leak_check(self) -> LeakCheck:
        """The search for everything that redaction replaced in the reviews as they are built."""
        from pipeline.release import LeakCheck, accepted_ids

        return LeakCheck(
            logs=self._paths_of("redact", "log"),
            hidden=self._paths_of("extract", "hidden"),
            passages=self._paths_of("redact", "passages"),
            names=self._document_names(),
            areas={review.area for review in self.intake.reviews},
            accepted=accepted_ids(self.study.not_leaks_path),
            decided=self._paths_of("redact", "decided"),
            key=self.key,
        )

    def leaks(self) -> Found:
        """Search all files outside private/ now; see `release.LeakCheck`.

        Raises `MissingInput` when redaction is not up to date: what it replaced is not known.
        """
        self._check_upstream("tag")
        return self.leak_check.files(self.study.outputs)

    def recorded_leaks(self) -> pd.DataFrame:
        """contracts.LEAKS of the last leak check; none before the first."""
        path = self.leak_paths[0]
        return contracts.read(path, contracts.LEAKS) if path.exists() else contracts.LEAKS.frame()

    def recorded_risks(self) -> pd.DataFrame:
        """contracts.RISKS of the last leak check; none before the first."""
        path = self.leak_paths[1]
        return contracts.read(path, contracts.RISKS) if path.exists() else contracts.RISKS.frame()

    def _document_names(self) -> list[tuple[int, str]]:
        """Review number (0: of no review) and file name of every document."""
        placed = [(r.review_id, d.path.name) for r in self.intake.reviews for d in r.documents]
        return placed + [(aside.review_id or 0, aside.name) for aside in self.intake.set_aside]

    def _paths_of(self, stage: str, name: str) -> list[Path]:
        return [self.paths(stage, r.review_id)[name] for r in self.built(stage)]

    def _check_upstream(self, stage: str) -> None:
        """A stage reads files of the stages before it: they must be today's."""
        through = {"redact": 1, "tag": 2, "topics": 2, "aggregate": 3}.get(stage, 0)
        for earlier in REVIEW_STAGES[:through]:
            late = [r for r in self.built(earlier) if self.state(earlier, r) == "stale"]
            if late:
                raise MissingInput(
                    f"stage {stage} needs stage {earlier}, which is not up to date for "
                    f"{len(late)} review(s); run `dhr {earlier}` first, or `dhr run` for all stages"
                )
        if stage == "aggregate" and self.corpus_state("topics") == "stale":
            raise MissingInput("stage aggregate needs stage topics; run `dhr topics` first")

    def _jobs(self, stage: str) -> Iterator[Job]:
        before = REVIEW_STAGES[: REVIEW_STAGES.index(stage)]
        for review in self.intake.reviews:
            if any(self.state(s, review) == "set aside" for s in before):
                continue
            state = self.state(stage, review)
            if state == "stale" or (state == "set aside" and self._retry):
                yield self._job(stage, review)

    def _job(self, stage: str, review: Review) -> Job:
        settings, at = self.settings, review.review_id
        job = Job(
            stage=stage,
            review_id=at,
            fingerprint=self.expected(stage, review),
            inputs={"extract": dict, "redact": lambda: self.paths("extract", at)}.get(
                stage, lambda: self.paths("redact", at)
            )(),
            outputs=self.paths(stage, at),
            trace=self.study.private("errors", f"{at}.{stage}.txt"),
        )
        match stage:
            case "extract":
                return ExtractJob(
                    **vars(job),
                    documents=self._documents(review),
                    key=self.key,
                    **settings.extract.model_dump(),
                )
            case "redact":
                return RedactJob(
                    **vars(job),
                    spacy=settings.models.spacy,
                    year_of_death=review.year_of_death,
                    decisions=tuple(self.study.decisions_of(at)),
                    policy=settings.redact.policy,
                )
            case _:
                return TagJob(
                    **vars(job),
                    codebook=self.study.codebook_path,
                    codebook_content=self._codebook_content,
                    model_content=self._model_content,
                    learnt=self.study.learnt_path,
                    embeddings=settings.models.embeddings,
                    min_score=settings.tag.min_score,
                    language_model=asked.asked if (asked := settings.tag.language_model) else None,
                    kept_answers=self._answer_folder(at),
                    all_answers=self._all_answers,
                )

    def tag_job(self, review: Review) -> TagJob:
        """The job that codes a review, whether it is to do or not."""
        job = self._job("tag", review)
        assert isinstance(job, TagJob)
        return job

    def _settle(self, outcome: Outcome) -> None:
        """Keep the record of a failure, and nothing that was built before it."""
        self._states.clear()
        record = self._failure_path(outcome.stage, outcome.review_id)
        if outcome.reason is None:
            record.unlink(missing_ok=True)
            return
        for stage in REVIEW_STAGES[REVIEW_STAGES.index(outcome.stage) :]:
            for path in self.paths(stage, outcome.review_id).values():
                path.unlink(missing_ok=True)
        failure = SetAside(outcome.stage, outcome.fingerprint, outcome.reason, outcome.wants)
        _write_json(record, asdict(failure))

    def prune(self) -> None:
        """Delete the outputs of reviews that are no longer in the study."""
        present = {str(review.review_id) for review in self.intake.reviews}
        outputs = self.study.outputs
        folders = [*REVIEW_STAGES, "set-aside", "private/extract", "private/redact",
                   "private/errors"]  # fmt: skip
        for folder in folders:
            for path in (outputs / folder).glob("*"):
                if path.name.split(".")[0] not in present or path.suffix == ".tmp":
                    path.unlink()
        for path in (outputs / "private" / "answers").glob("*"):
            if path.name not in present:
                shutil.rmtree(path)
        for path in (outputs / "documents").glob("Review *,*"):
            if path.name.split(",")[0].removeprefix("Review ") not in present:
                path.unlink()

    def _keep(self, run: StageRun) -> None:
        """A run that had nothing to do must not hide how long the work took."""
        path = self.study.output("run", f"{run.stage}.json")
        if run.done or not path.exists():
            _write_json(path, asdict(run))

    def last_runs(self) -> list[StageRun]:
        """How each stage went when it last ran."""
        runs = []
        for stage in STAGES:
            path = self.study.output("run", f"{stage}.json")
            if path.exists():
                runs.append(StageRun(**json.loads(path.read_bytes())))
        return runs


def _size(job: Job) -> int:
    """Bytes that a job reads."""
    of_documents = [d.path for d in job.documents] if isinstance(job, ExtractJob) else []
    paths = [*job.inputs.values(), *of_documents]
    return sum(path.stat().st_size for path in paths if path.exists())


def _content(path: Path) -> str:
    """Hash of a file's content; empty when there is no such file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _installed(program: str | None) -> bool:
    return program is not None and shutil.which(program) is not None


def lock_is_held(lock: FileLock) -> bool:
    """Whether another process holds the lock just now."""
    try:
        with lock.acquire(blocking=False):
            return False
    except Timeout:
        return True


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
