"""A study: its settings, what is in its folder, and the only place that builds paths."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

import codebooks
from pipeline import manifest
from pipeline.aggregate.rules import PERIODS, Disclosure
from pipeline.decisions import decisions_of, read_decisions
from pipeline.errors import (
    BadSettings,
    BadUsage,
    DocumentMissing,
    DocumentUnreadable,
    DuplicateDocument,
    MissingInput,
    NotInManifest,
    ReviewError,
    UnsupportedFormat,
)
from pipeline.faults import faults_in, plainly
from pipeline.files import replacing
from pipeline.inputs import SHEETS
from pipeline.redact.decision import Decision
from pipeline.redact.policy import Ages, Choice, Dates, Policy, Profile, policy_of
from pipeline.register import Register, private_folder
from pipeline.tag.language_model import LanguageModel
from pipeline.toml_lines import Lines, Place, read_toml
from pipeline.vocabulary import DOCUMENT_TYPES, MACHINE

if TYPE_CHECKING:
    import pandas as pd

DOCUMENT_SUFFIXES = (".pdf", ".docx", ".txt")
MAIN_DOCUMENT = DOCUMENT_TYPES[0]
"""The overview report: without it, a review's other documents would understate it."""
FOREIGN_SUFFIXES = (
    ".doc", ".rtf", ".odt", ".pages", ".html", ".htm", ".xls", ".xlsx", ".ppt", ".pptx", ".zip",
    ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".eml", ".msg", ".epub",
)  # fmt: skip
"""Kinds of file in which somebody may have put a review: set aside with advice, not ignored."""


class _Section(BaseModel):
    # Strict: "5" for 5 and "true" for true are slips of the pen.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_FROM_LIST = Field(strict=False)
"""TOML has lists, settings tuples; what stands in them is as strict as the rest."""


class ModelSettings(_Section):
    """[models]: an installed package, a folder, or (embeddings) a hub id."""

    spacy: str = "en_core_web_sm"
    embeddings: str = "wordllama"


class ExtractSettings(_Section):
    """[extract]: what reading one document may cost."""

    memory_mb: Annotated[int, Field(ge=256)] = 2048
    seconds: Annotated[int, Field(ge=1)] = 600


class RedactSettings(_Section):
    """[redact]: a profile, and single settings of it set otherwise."""

    profile: Profile = "publish"
    dates: Dates | None = None
    ages: Ages | None = None
    places: Choice | None = None
    nationalities: Choice | None = None
    occupations: Choice | None = None
    health: Choice | None = None
    organisations: Choice | None = None
    money: Choice | None = None
    numbers: Choice | None = None
    durations: Choice | None = None

    @property
    def policy(self) -> Policy:
        """What is replaced, and how much of it stays."""
        return policy_of(self.profile, self.model_dump(exclude={"profile"}))


class LanguageModelSettings(_Section):
    """[tag.language_model]: the one address that redacted passages may be sent to, and how."""

    address: Annotated[str, Field(pattern=r"^https?://[^\s@/?#]+(/[^\s@?#]*)?$")]
    """Neither user name, password nor query: those would stand in messages."""
    model: Annotated[str, Field(pattern=r"^\S+$")]
    key_variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    timeout_s: Annotated[float, Field(gt=0)] = 120
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    tries: Annotated[int, Field(ge=1, le=10)] = 4
    seed: Annotated[int, Field(ge=0)] = 20110413
    max_tokens: Annotated[int, Field(ge=0)] = 2048

    @property
    def asked(self) -> LanguageModel:
        """What its answers depend on."""
        return LanguageModel(self.model, self.seed, self.max_tokens)

    def key(self) -> str | None:
        """The server's key, from the environment; None when it wants none.

        Raises `BadSettings` when the variable that was named does not hold one.
        """
        if self.key_variable is None:
            return None
        key = os.environ.get(self.key_variable, "")
        if not key or not key.isascii() or not key.isprintable():
            raise BadSettings(
                f"[tag.language_model] key_variable names {self.key_variable}, and that variable "
                "is empty or no key: set it where you start dhr, or take the line out of study.toml"
            )
        return key


class TagSettings(_Section):
    """[tag]: codings by rules alone under this score are left out; a language model beside them."""

    min_score: Annotated[float, Field(ge=0, le=1)] = 0.5
    language_model: LanguageModelSettings | None = None


class TopicSettings(_Section):
    """[topics]: the first seed of the clustering; how many topics, if not by the corpus' size."""

    seed: Annotated[int, Field(ge=0)] = 20110413
    number: Annotated[int, Field(ge=2, le=500)] | None = None


class TableSettings(_Section):
    """[tables]: which machine coders' codings count beside people's, and the periods of death."""

    count_coders: Annotated[tuple[str, ...], _FROM_LIST] = (MACHINE,)
    periods: Annotated[tuple[int, ...], _FROM_LIST, Field(min_length=1)] = PERIODS

    @field_validator("periods")
    @classmethod
    def _rising(cls, periods: tuple[int, ...]) -> tuple[int, ...]:
        if list(periods) != sorted(set(periods)):
            raise ValueError("write the first year of each period once, the earliest first")
        return periods


class DisclosureSettings(_Section):
    """[disclosure]: which counts are withheld from tables/publication/."""

    minimum: Annotated[int, Field(ge=2)] = 5
    method: Literal["suppress", "round"] = "suppress"
    off: bool = False

    @property
    def rules(self) -> Disclosure:
        """The same for the aggregate stage."""
        return Disclosure(**self.model_dump())


class EvaluateSettings(_Section):
    """[evaluate]: where the gold lies, and the reviews (by name) that nothing is tuned on."""

    gold: str = "gold"
    held_out: Annotated[tuple[str, ...], _FROM_LIST] = ()


class Settings(_Section):
    """study.toml."""

    title: str = "Domestic Homicide Reviews"
    codebook: str = "dhr"
    models: ModelSettings = ModelSettings()
    extract: ExtractSettings = ExtractSettings()
    redact: RedactSettings = RedactSettings()
    tag: TagSettings = TagSettings()
    topics: TopicSettings = TopicSettings()
    tables: TableSettings = TableSettings()
    disclosure: DisclosureSettings = DisclosureSettings()
    evaluate: EvaluateSettings = EvaluateSettings()

    @model_validator(mode="after")
    def _coders(self) -> Settings:
        model = self.tag.language_model
        known = [MACHINE, *([model.asked.coder] if model else [])]
        unknown = [coder for coder in self.tables.count_coders if coder not in known]
        if unknown:
            raise ValueError(
                f"tables.count_coders names {', '.join(unknown)}; this study has {', '.join(known)}"
            )
        return self


@dataclass(frozen=True)
class Document:
    """One document that has a place in a review."""

    path: Path
    document_id: str
    document_type: str
    content: str
    """SHA-256 of the file's bytes, hex."""
    password: str = field(default="", repr=False)
    sections: tuple[tuple[str, str], ...] = ()
    """Headings as printed, each with the section role that the analyst gives it."""


@dataclass(frozen=True)
class Review:
    """One review, with its documents in reading order (the overview report first)."""

    review_id: int
    name: str
    documents: tuple[Document, ...]
    area: str
    case_type: str
    year_of_death: int | None


@dataclass(frozen=True)
class SetAsideDocument:
    """A document that could not be given to a review, or that its review lists in vain."""

    name: str
    document_id: str
    error: ReviewError
    review_id: int | None = None
    document_type: str | None = None


@dataclass
class Intake:
    """What the study's folder holds today."""

    reviews: list[Review] = field(default_factory=list)
    set_aside: list[SetAsideDocument] = field(default_factory=list)


class Study:
    """One study and its outputs."""

    def __init__(self, folder: Path, outputs: Path) -> None:
        """Raises `MissingInput` when there is no such folder."""
        if not folder.is_dir():
            raise MissingInput(f"there is no folder {folder}; `dhr init --study {folder}` makes it")
        self.folder = folder
        self.outputs = outputs

    @cached_property
    def settings(self) -> Settings:
        """The settings; a study without study.toml has the defaults.

        Raises `BadSettings` with every fault, by key.
        """
        path = self.folder / "study.toml"
        if not path.exists():
            _refuse_misnamed(path)
            return Settings()
        content, lines = read_toml(path, str(path))
        try:
            return Settings.model_validate(content)
        except ValidationError as error:
            faults = "\n".join(f"  {_fault(e, lines)}" for e in faults_in(error))
            raise BadSettings(
                f"{path} cannot be used (docs/settings.md lists the keys):\n{faults}"
            ) from None

    @cached_property
    def held_out(self) -> frozenset[str]:
        """Names of the reviews that nothing is tuned on, and nothing learnt from.

        Raises `MissingInput` when reviews.csv does not have one: under a name that is misspelt
        nothing is held out.
        """
        names = frozenset(self.settings.evaluate.held_out)
        rows = manifest.read_manifest(self.manifest_path).rows if names else {}
        unknown = names - {row.review for row in rows.values()}
        if unknown:
            raise MissingInput(
                f"study.toml holds out reviews that reviews.csv does not have ({len(unknown)} of "
                f"{len(names)}); write their names as in its column review"
            )
        return names

    @cached_property
    def register(self) -> Register:
        """The private register."""
        return Register(self.folder / "private")

    @property
    def manifest_path(self) -> Path:
        """reviews.csv."""
        return self.folder / "reviews.csv"

    @property
    def decisions_path(self) -> Path:
        """What analysts decided about redactions: private, since it names what is identifying."""
        return self.folder / "private" / "redactions.csv"

    @cached_property
    def decisions(self) -> list[Decision]:
        """All decisions about redactions; raises `MissingInput` when their file is damaged."""
        return read_decisions(self.decisions_path)

    def decisions_of(self, review_id: int) -> list[Decision]:
        """The decisions that bear on one review."""
        return decisions_of(self.decisions, review_id)

    @property
    def coding_decisions_path(self) -> Path:
        """What people decided about codings: redacted text only, so that it can live in git."""
        return self.folder / "decisions" / "codings.csv"

    @cached_property
    def coding_decisions(self) -> pd.DataFrame:
        """`contracts.DECIDED_CODINGS`; raises `MissingInput` when their file is damaged."""
        from pipeline.review.decision import read_decisions

        return read_decisions(self.coding_decisions_path)

    @property
    def learnt_path(self) -> Path:
        """What `dhr learn` learnt from those decisions."""
        return self.folder / "decisions" / "learnt.npz"

    def sheet_path(self, name: str, wanted: Path | None) -> Path:
        """Where a sheet with identifying text is to be written: the study's private/sheets/.

        Raises `BadUsage` when `wanted` lies where such text must not be: in the study or its
        outputs, but not in private/, or in a work tree of git, from where it would be published.
        """
        private = private_folder(self.folder / "private")
        path = wanted or private_folder(private / SHEETS) / name
        place = path.resolve()
        if any(place.is_relative_to(p.resolve()) for p in (private, self.outputs / "private")):
            return path
        if any(place.is_relative_to(p.resolve()) for p in (self.folder, self.outputs)):
            raise BadUsage(
                f"the sheet holds identifying text: write it into {private / SHEETS} (leave the "
                "file's name away), or outside the study and its outputs"
            )
        if any((parent / ".git").exists() for parent in place.parents):
            raise BadUsage(
                "the sheet holds identifying text, and that folder is under version control: "
                f"write it into {private / SHEETS} (leave the file's name away)"
            )
        return path

    @property
    def not_leaks_path(self) -> Path:
        """What a person says is no leak."""
        return self.folder / "decisions" / "not-leaks.csv"

    @property
    def codebook_path(self) -> Path:
        """The codebook's file: a shipped one by its name, else a path from the study's folder.

        Raises `BadSettings` when there is none.
        """
        shipped = Path(codebooks.__file__).parent / f"{self.settings.codebook}.toml"
        path = shipped if shipped.exists() else self.folder / self.settings.codebook
        if not path.is_file():
            raise BadSettings(
                f"there is no codebook at {path}; set `codebook` in study.toml to a file or to "
                "'dhr'"
            )
        return path

    # Outputs -------------------------------------------------------------------------------

    def output(self, stage: str, name: str) -> Path:
        """A file of a stage that is free of identifiers: outputs/<stage>/<name>."""
        return self.outputs / stage / name

    def private(self, stage: str, name: str) -> Path:
        """A file of a stage that may hold identifiers: outputs/private/<stage>/<name>."""
        return private_folder(self.outputs / "private") / stage / name

    # Intake --------------------------------------------------------------------------------

    def files(self) -> list[Path]:
        """The files in the study's folder that are, or look like, documents."""
        wanted = (*DOCUMENT_SUFFIXES, *FOREIGN_SUFFIXES)
        return sorted(
            path
            for path in self.folder.iterdir()
            if path.is_file()
            and path.suffix.lower() in wanted
            and not path.name.startswith((".", "~$", "README"))
        )

    def intake(self) -> Intake:
        """Match documents with the manifest; draw ids and numbers for what is there anew.

        Raises `MissingInput` when there is no document at all, or no usable manifest.
        """
        files = self.files()
        if not files:
            raise MissingInput(
                f"there is no document in {self.folder} yet; add one with "
                f"`dhr add FILE --study {self.folder}`, then run again"
            )
        rows = manifest.read_manifest(self.manifest_path)
        intake = Intake()
        contents = {manifest.plain_name(path.name): _hash(path) for path in files}
        numbers = self.register.numbers(sorted({r.review for r in rows.rows.values()}))
        placed: dict[str, list[tuple[manifest.Row, Document]]] = {}
        for path in files:
            self._place(path, contents, rows, numbers, intake, placed)
        for row in rows.rows.values():
            if row.document not in contents:
                self._miss(row, numbers[row.review], set(contents), intake)
        self._withhold(placed, intake, numbers)
        intake.reviews = sorted(
            (_review(name, numbers[name], found) for name, found in placed.items()),
            key=lambda review: review.review_id,
        )
        self.register.save()
        return intake

    def _place(
        self,
        path: Path,
        contents: dict[str, str],
        rows: manifest.Manifest,
        numbers: dict[str, int],
        intake: Intake,
        placed: dict[str, list[tuple[manifest.Row, Document]]],
    ) -> None:
        name = manifest.plain_name(path.name)
        content = contents[name]
        document_id = self.register.document_id(name, content, set(contents))
        row = rows.rows.get(name)
        # Of several files with the same bytes one that has a row is read.
        alike = (other for other, theirs in contents.items() if theirs == content)
        original = min(alike, key=lambda other: (other not in rows.rows, other))
        error = _objection(path, row, rows, content, duplicate=original != name)
        if error or row is None:
            number, kind = (numbers[row.review], row.document_type) if row else (None, None)
            aside = SetAsideDocument(name, document_id, error or NotInManifest(), number, kind)
            intake.set_aside.append(aside)
            return
        document = Document(
            path, document_id, row.document_type, content, row.password, row.sections
        )
        placed.setdefault(row.review, []).append((row, document))

    def _withhold(
        self,
        placed: dict[str, list[tuple[manifest.Row, Document]]],
        intake: Intake,
        numbers: dict[str, int],
    ) -> None:
        """Set aside what is left of a review whose overview report is not to be had."""
        lost = {a.review_id for a in intake.set_aside if a.document_type == MAIN_DOCUMENT}
        error = DocumentMissing(
            "the overview report of its review was set aside; mend that, and this is read with it"
        )
        for name in [name for name in placed if numbers[name] in lost]:
            if any(document.document_type == MAIN_DOCUMENT for _, document in placed[name]):
                continue
            for row, document in placed.pop(name):
                aside = SetAsideDocument(
                    row.document, document.document_id, error, numbers[name], row.document_type
                )
                intake.set_aside.append(aside)

    def _miss(self, row: manifest.Row, number: int, present: set[str], intake: Intake) -> None:
        error = DocumentMissing(
            "reviews.csv lists a document that is not in the folder; put it back, or delete its row"
        )
        document_id = self.register.document_id(row.document, "", present)
        intake.set_aside.append(
            SetAsideDocument(row.document, document_id, error, number, row.document_type)
        )


def _refuse_misnamed(path: Path) -> None:
    """Windows hides the ending .txt that its editor gives to a new file."""
    misnamed = path.with_name(f"{path.name}.txt")
    if misnamed.exists():
        raise BadSettings(f"{misnamed} is not read; rename it to {path.name}")


def _fault(error: ErrorDetails, lines: Lines) -> str:
    """A fault of study.toml, with its line and key; an item of a list by its number, from 1."""
    place = error["loc"]
    if not place:
        return plainly(error)
    named = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    known = _keys(place[:-1]) if error["type"] == "extra_forbidden" else ()
    return f"line {lines.of(place)}, {named}: {plainly(error, known=known)}"


def _keys(table: Place) -> Iterable[str]:
    """The keys that a table of study.toml may have."""
    section: type[BaseModel] = Settings
    for name in table:
        kind = section.model_fields[str(name)].annotation
        section = (*get_args(kind), kind)[0]
    return section.model_fields


def _hash(path: Path) -> str:
    """Hash of the content; empty for a file that may not be opened."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _objection(
    path: Path,
    row: manifest.Row | None,
    rows: manifest.Manifest,
    content: str,
    *,
    duplicate: bool,
) -> ReviewError | None:
    """Why a file cannot be given to a review; None when it can."""
    if path.suffix.lower() in FOREIGN_SUFFIXES:
        return UnsupportedFormat(
            f"{path.suffix.lower()} files are not read; save the document as PDF, DOCX or TXT"
        )
    if row is None:
        faults = [f for f in rows.faults if f.document == manifest.plain_name(path.name)]
        if faults:
            return NotInManifest(f"its row in reviews.csv cannot be used: {faults[0].message}")
        return NotInManifest(
            "the document has no row in reviews.csv; `dhr add` writes one, or add it by hand"
        )
    if not content:
        return DocumentUnreadable("the file may not be opened; give yourself permission to read it")
    if duplicate:
        return DuplicateDocument(
            "the file holds the same bytes as another document of the study; delete one of them"
        )
    return None


def _review(name: str, number: int, found: list[tuple[manifest.Row, Document]]) -> Review:
    order = {kind: n for n, kind in enumerate(DOCUMENT_TYPES)}
    found = sorted(found, key=lambda f: (order[f[1].document_type], f[0].line))
    rows = [row for row, _ in found]
    return Review(
        review_id=number,
        name=name,
        documents=tuple(document for _, document in found),
        area=next((r.area for r in rows if r.area), ""),
        case_type=next((r.case_type for r in rows if r.case_type), ""),
        year_of_death=next((r.year_of_death for r in rows if r.year_of_death), None),
    )


TEMPLATE = """\
# Settings of this study. Every line may be left out; docs/settings.md explains each.
title = "Domestic Homicide Reviews"

# The shipped codebook, or a file of your own: codebook = "our-codebook.toml"
codebook = "dhr"
"""


def start(folder: Path) -> list[Path]:
    """Start a study: its folder, study.toml, reviews.csv, decisions/ and private/.

    Leaves alone what is there. Returns what it wrote. Raises `BadSettings` where settings stand
    under a name that is not read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    settings, rows = folder / "study.toml", folder / "reviews.csv"
    if not settings.exists():
        _refuse_misnamed(settings)
        with replacing(settings) as temporary:
            temporary.write_text(TEMPLATE, encoding="utf-8")
        written.append(settings)
    if not rows.exists():
        manifest.write_template(rows)
        written.append(rows)
    (folder / "decisions").mkdir(exist_ok=True)
    Register(folder / "private")
    return written
