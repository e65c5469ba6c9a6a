"""Taking documents into a study, and saying all that is wrong with what is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline import manifest
from pipeline.codebook import read_codebook
from pipeline.errors import BadSettings, BadUsage, DhrError, MissingInput
from pipeline.files import replacing
from pipeline.models import embedder, spacy_model
from pipeline.study import DOCUMENT_SUFFIXES, Study


class Problem(NamedTuple):
    """One thing that is wrong, with the next move, and the exit code that it is worth."""

    text: str
    exit_code: int


def add_document(
    study: Study,
    file: Path,
    *,
    review: str,
    document_type: str,
    area: str,
    case_type: str | None,
    year: int | None,
    publication: str | None,
) -> int:
    """Copy a document in, write its row; the random number of its review.

    Raises `BadUsage` when the file is of a kind that is not read, or its name is taken.
    """
    if file.suffix.lower() not in DOCUMENT_SUFFIXES:
        raise BadUsage(f"{file.name}: only PDF, DOCX and TXT are read; save it as one of these")
    target = study.folder / file.name
    listed = manifest.read_manifest(study.manifest_path).rows
    if target.exists() and not target.samefile(file):
        raise BadUsage(f"{target} is there already; delete it first if this is a better copy")
    if manifest.plain_name(file.name) in listed:
        raise BadUsage(f"{study.manifest_path} has a row for {file.name} already; edit that row")
    if not target.exists():
        with replacing(target) as temporary:
            shutil.copyfile(file, temporary)
    cells = {
        "document": manifest.plain_name(file.name),
        "review": review,
        "document_type": document_type,
        "area": area,
        "case_type": case_type or "",
        "year_of_death": str(year or ""),
        "status": publication or "",
    }
    manifest.add_row(study.manifest_path, cells)
    name = review or manifest.plain_name(file.name)
    number = study.register.numbers([name])[name]
    study.register.save()
    return number


def problems(study: Study) -> list[Problem]:
    """Everything that is wrong with a study's settings, codebook, manifest and documents."""
    found: list[Problem] = []
    for examine in (_settings, _codebook, _manifest, _documents):
        try:
            found.extend(examine(study))
        except DhrError as error:
            found.append(Problem(str(error), error.exit_code))
            if isinstance(error, BadSettings) and examine is _settings:
                break
    return list(dict.fromkeys(found))


def _settings(study: Study) -> Iterator[Problem]:
    models = study.settings.models
    for load, name in ((spacy_model, models.spacy), (embedder, models.embeddings)):
        try:
            load(name)
        except BadSettings as error:
            yield Problem(str(error), error.exit_code)
    if language_model := study.settings.tag.language_model:
        language_model.key()


def _codebook(study: Study) -> Iterator[Problem]:
    # Imported here: `dhr add` needs no spaCy.
    from pipeline.tag.patterns import PatternSet

    for code in read_codebook(study.codebook_path).code:
        for pattern in code.all_patterns():
            try:
                PatternSet([(code.id, pattern)])
            except BadSettings as error:
                yield Problem(str(error), error.exit_code)


def _manifest(study: Study) -> Iterator[Problem]:
    for fault in manifest.read_manifest(study.manifest_path).faults:
        name = fault.document or "(no document)"
        yield Problem(
            f"reviews.csv line {fault.line}, {name}: {fault.message}", MissingInput.exit_code
        )
    _ = study.held_out  # Raises where reviews.csv does not have one of them.


def _documents(study: Study) -> Iterator[Problem]:
    for aside in study.intake().set_aside:
        yield Problem(f"{aside.name}: {aside.error}", MissingInput.exit_code)
