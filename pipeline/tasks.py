"""What a worker does for one review at one stage: read its files, call the stage, write.

Jobs are small and picklable, and so are their outcomes: no frame travels between processes.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import contracts
from pipeline.errors import (
    BadSettings,
    ContractBroken,
    DocumentUnreadable,
    NotAnswered,
    ReviewError,
)
from pipeline.files import write
from pipeline.redact.policy import PUBLISH, Policy
from pipeline.tag.language_model import LanguageModel

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.copies.written import Written
    from pipeline.extract import Limits, ParsedDocument
    from pipeline.redact.decision import Decision
    from pipeline.tag.coder import Coder
    from pipeline.tag.language_model.answer import Read


@dataclass(frozen=True)
class Job:
    """One review at one stage: what it reads, what it writes, what it is built from."""

    stage: str
    review_id: int
    fingerprint: str
    inputs: dict[str, Path]
    outputs: dict[str, Path]
    trace: Path
    """Where an unexpected error is written down: a private file, since it may quote text."""


@dataclass(frozen=True)
class DocumentInput:
    """One document of an `ExtractJob`."""

    path: Path
    document_id: str
    document_type: str
    password: str = field(default="", repr=False)
    overrules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ExtractJob(Job):
    """Documents → passages."""

    documents: tuple[DocumentInput, ...] = ()
    key: bytes = b""
    memory_mb: int = 2048
    seconds: int = 600


@dataclass(frozen=True)
class RedactJob(Job):
    """Passages → redacted passages, log, spans, roles, and what became of the decisions."""

    spacy: str = ""
    year_of_death: int | None = None
    decisions: tuple[Decision, ...] = ()
    policy: Policy = PUBLISH


@dataclass(frozen=True)
class TagJob(Job):
    """Redacted passages → codings, recommendations."""

    codebook: Path = field(default_factory=Path)
    codebook_content: str = ""
    model_content: str = ""
    learnt: Path = field(default_factory=Path)
    embeddings: str = ""
    min_score: float = 0.5
    language_model: LanguageModel | None = None
    kept_answers: Path = field(default_factory=Path)
    """The folder of the language model's answers about this review."""
    all_answers: bool = False
    """Set the review aside where a passage has no answer that can be used: its codings would be
    counted in part."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job. `reason` is None when it succeeded; it never quotes a review."""

    stage: str
    review_id: int
    fingerprint: str
    seconds: float
    reason: str | None = None
    wants: str | None = None


def perform(job: Job) -> Outcome:
    """Do a job; whatever goes wrong with this review becomes its outcome, not an exception.

    Bad settings are nobody's review: they are raised.
    """
    started = time.perf_counter()
    reason = wants = None
    try:
        _ACTIONS[job.stage](job)
    except ReviewError as error:
        reason, wants = str(error), error.wants
    except ContractBroken as error:
        reason = str(error)
    except BadSettings:
        raise
    except Exception as error:
        # The message of an unknown error may hold report text: it stays in the private folder.
        job.trace.parent.mkdir(parents=True, exist_ok=True)
        job.trace.write_text(traceback.format_exc(), encoding="utf-8")
        reason = (
            f"an unexpected {type(error).__name__} in stage {job.stage}; this is a fault of the "
            "software: please report it (private/errors in the outputs holds the details)"
        )
    seconds = time.perf_counter() - started
    return Outcome(job.stage, job.review_id, job.fingerprint, seconds, reason, wants)


def died(job: Job) -> Outcome:
    """The outcome of a job that took its worker process down."""
    reason = (
        f"the process that worked on it in stage {job.stage} was killed, probably for want of "
        "memory; close other programs or use fewer --workers, then `dhr run --retry`"
    )
    return Outcome(job.stage, job.review_id, job.fingerprint, 0.0, reason)


def _write(job: Job, name: str, frame: pd.DataFrame, table: contracts.Table) -> None:
    contracts.write(frame, table, job.outputs[name], fingerprint=job.fingerprint)


def _extract(job: Job) -> None:
    from pipeline.extract import extract

    assert isinstance(job, ExtractJob)
    parsed, rows = _parse_all(job)
    passages = extract(parsed, review_id=job.review_id, key=job.key)
    counts = passages.groupby("document_id").size()
    for row in rows:
        row["passages"] = int(counts.get(row["document_id"], 0))
    documents = contracts.EXTRACTED_DOCUMENTS.frame(rows)
    _write(job, "documents", documents, contracts.EXTRACTED_DOCUMENTS)
    for name, table in contracts.LEFT_OUT.items():
        _write(job, name, table.frame(_beside(parsed, name, job.review_id)), table)
    _write(job, "passages", passages, contracts.PASSAGES)


def _beside(documents: list[ParsedDocument], name: str, review_id: int) -> Iterator[dict[str, Any]]:
    """Rows of warnings, hidden text or removed text, numbered in each document."""
    for document in documents:
        for ordinal, one in enumerate(getattr(document, name), start=1):
            ids = {"review_id": review_id, "document_id": document.document_id}
            yield {**ids, "ordinal": ordinal, **asdict(one)}


def _parse_all(job: ExtractJob) -> tuple[list[ParsedDocument], list[dict[str, object]]]:
    """Every document of the review, and a row for each with how reading it went.

    A review whose overview report cannot be read is set aside whole: coding its other
    documents alone would understate it. Another document's failure is noted in its row.
    """
    from pipeline.extract import Limits, parse
    from pipeline.extract.sections import overruled_headings

    limits = Limits(memory_mb=job.memory_mb, seconds=job.seconds)
    main = min(job.documents, key=lambda d: d.document_type != "overview report")
    parsed, rows = [], []
    for document in job.documents:
        row: dict[str, object] = {
            "review_id": job.review_id,
            "document_id": document.document_id,
            "status": "built",
        }
        try:
            found = parse(
                document.path,
                document_id=document.document_id,
                document_type=document.document_type,
                limits=limits,
                password=document.password,
            )
            # A heading that is not there must not go unnoticed: the analyst counts on it.
            overruled_headings(found.blocks, document.overrules)
        except ReviewError as error:
            if document.document_type == main.document_type:
                raise
            row |= {"status": "set aside", "reason": str(error)}
        else:
            row |= {
                "pages": found.pages,
                "pages_ocr": found.pages_ocr,
                "pages_without_text": _without_text(found),
            }
            parsed.append(replace(found, overrules=document.overrules))
        rows.append(row)
    return parsed, rows


def _without_text(document: ParsedDocument) -> int | None:
    """How many of a document's pages nothing was read from: blank ones, or scans among others."""
    if document.pages is None:
        return None
    spans = ((b.page, b.page_end or b.page) for b in document.blocks if b.page is not None)
    return document.pages - len({page for first, last in spans for page in range(first, last + 1)})


def _redact(job: Job) -> None:
    from pipeline.models import spacy_model
    from pipeline.redact.redaction import redact

    assert isinstance(job, RedactJob)
    passages = contracts.read(job.inputs["passages"], contracts.PASSAGES)
    redaction = redact(
        passages,
        nlp=spacy_model(job.spacy),
        year_of_death=job.year_of_death,
        decisions=job.decisions,
        policy=job.policy,
    )
    _write(job, "decided", redaction.decided, contracts.DECIDED)
    _write(job, "log", redaction.log, contracts.REDACTION_LOG)
    _write(job, "spans", redaction.spans, contracts.SPANS)
    _write(job, "roles", redaction.roles, contracts.ROLES_TABLE)
    _write(job, "passages", redaction.passages, contracts.REDACTED)


def _tag(job: Job) -> None:
    from pipeline.tag.coder import tag
    from pipeline.tag.recommendations import recommendations

    assert isinstance(job, TagJob)
    passages = contracts.read(job.inputs["passages"], contracts.REDACTED)
    roles = contracts.read(job.inputs["roles"], contracts.ROLES_TABLE)
    content = job.codebook_content + job.model_content
    coder = _coder(job.codebook, job.learnt, content, job.embeddings)
    answers = contracts.ANSWERS.frame()
    codings = tag(passages, roles, coder, min_score=job.min_score)
    if job.language_model is not None:
        read = _read_answers(job, job.language_model, passages)
        codings, answers = (
            contracts.joined([codings, read.codings], contracts.CODINGS),
            read.answers,
        )
    _write(job, "recommendations", recommendations(passages), contracts.RECOMMENDATIONS)
    _write(job, "answers", answers, contracts.ANSWERS)
    _write(job, "codings", codings, contracts.CODINGS)


def _read_answers(job: TagJob, model: LanguageModel, passages: pd.DataFrame) -> Read:
    """What the answers that are kept come to; nothing is sent from here.

    Raises `NotAnswered` when all were wanted, and some are missing or cannot be used.
    """
    from pipeline.codebook import read_codebook
    from pipeline.tag.language_model.answer import read_answers
    from pipeline.tag.language_model.prompt import asked, requests
    from pipeline.tag.language_model.store import ANSWERED, Store

    codebook = read_codebook(job.codebook)
    wanted = asked(passages)
    kept = Store(job.kept_answers).read(requests(wanted, codebook, model))
    read = read_answers(wanted, kept, codebook, coder=model.coder)
    outcomes = read.answers["outcome"]
    missing = outcomes[outcomes != ANSWERED]
    if len(missing) and job.all_answers:
        told = ", ".join(f"{n} {outcome}" for outcome, n in sorted(Counter(missing).items()))
        raise NotAnswered(
            f"the language model has no usable answer about {len(missing)} of its {len(wanted)} "
            f"passages ({told}), and its codings are to count: run again to ask again (of passages "
            "withheld see `dhr leaks`), or take it out of [tables] count_coders in study.toml"
        )
    return read


def copy_documents(
    documents: Sequence[DocumentInput],
    tables: dict[str, Path],
    folder: Path,
    *,
    review_id: int,
    limits: Limits,
) -> Iterator[tuple[Path, Written | ReviewError]]:
    """Write a redacted copy of each document; yields its path with what to say of it, or why not.

    `tables` are the review's passages, log, redacted passages and running lines.
    """
    from pipeline.copies.copying import copy
    from pipeline.copies.gather import gather

    known = gather(*(contracts.read(tables[name], table) for name, table in _COPIED.items()))
    taken: Counter[str] = Counter()
    for document in documents:
        kind = document.document_type
        taken[kind] += 1
        again = f" {taken[kind]}" if taken[kind] > 1 else ""
        title = f"Review {review_id}, {kind}{again}"
        path = folder / f"{title}{document.path.suffix.lower()}"
        try:
            if document.document_id not in known:
                raise DocumentUnreadable("it was set aside by extraction; see `dhr status`")
            written = copy(
                document.path, known[document.document_id], title=title, limits=limits,
                password=document.password,
            )  # fmt: skip
        except ReviewError as error:
            # A copy of an earlier day may hold what is known by now.
            path.unlink(missing_ok=True)
            yield path, error
            continue
        write(path, written.data)
        yield path, written


_COPIED = {
    "passages": contracts.PASSAGES,
    "log": contracts.REDACTION_LOG,
    "redacted": contracts.REDACTED,
    "removed": contracts.REMOVED_TABLE,
}


@cache
def _coder(codebook: Path, learnt: Path, content: str, embeddings: str) -> Coder:
    """The machine coder, made once per process; `content` are hashes, for the cache."""
    return machine_coder(codebook, learnt, embeddings)


def machine_coder(codebook: Path, learnt: Path, embeddings: str) -> Coder:
    """The coder of a codebook, with the model beside it and what was learnt from decisions."""
    from pipeline.codebook import read_codebook
    from pipeline.models import embedder
    from pipeline.tag.coder import Coder
    from pipeline.tag.learnt import read_learnt
    from pipeline.tag.model import read_model

    model = read_model(codebook)
    return Coder(read_codebook(codebook), embedder(embeddings), model, read_learnt(learnt, model))


_ACTIONS: dict[str, Callable[[Job], None]] = {"extract": _extract, "redact": _redact, "tag": _tag}
