"""The parquet tables: every column with type, unit and meaning; read, validate, write.

Stages exchange tables only through this module. A table is a pandas frame in memory and one
parquet file on disk, whose schema metadata carries what each column means and whose file
metadata carries the fingerprint that it was built from.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import files
from pipeline.errors import ContractBroken
from pipeline.vocabulary import (
    ANSWER_OUTCOMES,
    CASE_TYPES,
    CHOICES,
    CODING_DECISIONS,
    DECISIONS,
    DOCUMENT_TYPES,
    HIDDEN,
    IDENTIFIER_TYPES,
    KINDS,
    LAYERS,
    OUTCOMES,
    POLARITIES,
    PROGRESS,
    RECOMMENDATION_KINDS,
    REMOVED,
    ROLES,
    SCOPES,
    SECTION_ROLES,
    SOURCES,
    STATES,
    STATUSES,
    SUBJECTS,
    TIMES,
    TOPIC_STATES,
    VERDICTS,
    WARNINGS,
)

TEXT = pa.string()
INT = pa.int64()
REAL = pa.float64()
YES_NO = pa.bool_()

# Nullable integers stay integers; everything else takes pandas' own reading of the Arrow type.
_PANDAS_TYPES = {pa.int64(): pd.Int64Dtype()}


@dataclass(frozen=True)
class Column:
    """One column: `vocabulary` lists the only values it may hold; `unit` is for numbers."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    nullable: bool = False
    vocabulary: tuple[str, ...] = ()

    @property
    def field(self) -> pa.Field:
        """The Arrow field, with meaning, unit and vocabulary as its metadata."""
        metadata = {"meaning": self.meaning}
        if self.unit:
            metadata["unit"] = self.unit
        if self.vocabulary:
            metadata["vocabulary"] = ", ".join(self.vocabulary)
        return pa.field(self.name, self.type, nullable=self.nullable, metadata=metadata)


@dataclass(frozen=True)
class Table:
    """A table's contract: what one row is, its key (never null, unique) and its columns."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def schema(self) -> pa.Schema:
        """Arrow schema of the table; column order is the order of `columns`."""
        return pa.schema(
            [column.field for column in self.columns],
            metadata={"table": self.name, "row": self.row, "key": ", ".join(self.key)},
        )

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [column.name for column in self.columns]

    def frame(self, rows: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
        """A validated frame from rows; a nullable column that a row lacks is null."""
        return self.validate(pd.DataFrame.from_records(list(rows), columns=self.names))

    def validate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame in contract order and types, sorted by its key.

        Raises `ContractBroken` naming table, column and rule (never a value).
        """
        return _to_pandas(self._arrow(frame))

    def _arrow(self, frame: pd.DataFrame) -> pa.Table:
        unknown = sorted(set(frame.columns) - set(self.names))
        missing = sorted(set(self.names) - set(frame.columns))
        if unknown or missing:
            raise ContractBroken(f"table {self.name}: missing columns {missing}, unknown {unknown}")
        frame = frame.sort_values(list(self.key), kind="stable") if self.key else frame
        try:
            # Nulls are looked for by _check, which names the column; Arrow's own error does not.
            lenient = pa.schema([field.with_nullable(True) for field in self.schema])
            table = pa.Table.from_pandas(frame[self.names], schema=lenient, preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError):
            # The Arrow message quotes the value, which may be report text: name the column only.
            raise ContractBroken(self._first_bad_type(frame)) from None
        self._check(table)
        return pa.Table.from_arrays(table.columns, schema=self.schema)

    def _first_bad_type(self, frame: pd.DataFrame) -> str:
        for column in self.columns:
            try:
                pa.Array.from_pandas(frame[column.name], type=column.type)
            except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError):
                return f"table {self.name}: column {column.name} is not of type {column.type}"
        return f"table {self.name}: does not fit its schema"

    def _check(self, table: pa.Table) -> None:
        for column in self.columns:
            values = table.column(column.name)
            if not column.nullable and values.null_count:
                raise ContractBroken(f"table {self.name}: column {column.name} has empty cells")
            if column.vocabulary:
                allowed = {*column.vocabulary, None}
                if not set(values.unique().to_pylist()) <= allowed:
                    raise ContractBroken(
                        f"table {self.name}: column {column.name} holds a word outside "
                        f"{', '.join(column.vocabulary)}"
                    )
        if self.key:
            keys = table.select(list(self.key))
            if keys.group_by(list(self.key)).aggregate([]).num_rows != table.num_rows:
                raise ContractBroken(f"table {self.name}: key {', '.join(self.key)} is not unique")


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(types_mapper=_PANDAS_TYPES.get)
    return frame


def write(frame: pd.DataFrame, table: Table, path: Path, *, fingerprint: str = "") -> None:
    """Write a validated table to `path` in one step: a reader sees the old file or the whole one.

    Raises `ContractBroken` when the frame does not fit the contract.
    """
    content = as_parquet(frame, table, fingerprint=fingerprint)
    files.write(path, content)


def as_parquet(frame: pd.DataFrame, table: Table, *, fingerprint: str = "") -> bytes:
    """A validated table as a parquet file.

    Raises `ContractBroken` when the frame does not fit the contract.
    """
    arrow = table._arrow(frame)
    metadata = {**(table.schema.metadata or {}), b"fingerprint": fingerprint.encode()}
    content = io.BytesIO()
    pq.write_table(arrow.replace_schema_metadata(metadata), content, compression="zstd")
    return content.getvalue()


def read(path: Path, table: Table) -> pd.DataFrame:
    """Read and validate one table.

    Raises `ContractBroken` when the file is damaged or holds something else.
    """
    try:
        arrow = pq.read_table(path, partitioning=None)
    except (pa.ArrowInvalid, OSError):
        raise ContractBroken(
            f"a file of table {table.name} is missing or damaged; run `make` again, "
            "or `make clean` first if that does not help"
        ) from None
    return table.validate(_to_pandas(arrow))


def read_all(paths: Iterable[Path], table: Table) -> pd.DataFrame:
    """Read several files of one table into one frame, in key order."""
    return joined([read(path, table) for path in paths], table)


def joined(frames: Iterable[pd.DataFrame], table: Table) -> pd.DataFrame:
    """Several frames of one table as one, in key order."""
    filled = [frame for frame in frames if len(frame)]
    return table.validate(pd.concat(filled)) if filled else table.frame()


def n_rows(path: Path) -> int:
    """How many rows a table's file holds, from its footer.

    Raises `ContractBroken` when the file is missing or damaged.
    """
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowInvalid, OSError):
        raise ContractBroken("a table's file is missing or damaged; run `make` again") from None


def n_filled(path: Path, column: str) -> int:
    """How many rows of a table's file hold a value in the column.

    Raises `ContractBroken` when the file is missing or damaged.
    """
    try:
        return int(pc.count(pq.read_table(path, columns=[column])[column]).as_py())
    except (pa.ArrowInvalid, OSError):
        raise ContractBroken("a table's file is missing or damaged; run `make` again") from None


def values(path: Path, column: str) -> pd.Series[Any]:
    """One column of a table's file.

    Raises `ContractBroken` when the file is missing or damaged.
    """
    try:
        found: pd.Series[Any] = pq.read_table(path, columns=[column])[column].to_pandas()
    except (pa.ArrowInvalid, OSError):
        raise ContractBroken("a table's file is missing or damaged; run `make` again") from None
    return found


def fingerprint(path: Path) -> str | None:
    """The fingerprint that a table's file was written with; None when there is no whole file."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (pa.ArrowInvalid, OSError):
        return None
    return str(metadata.get(b"fingerprint", b""), "ascii")


_REVIEW = Column("review_id", INT, "random number of the review, as printed in citations")
_PASSAGE = Column("passage_id", TEXT, "keyed hash of document, normalised text and ordinal")
_DOCUMENT = Column("document_id", TEXT, "random id of the document, drawn at intake")
_PLACE_IN_DOCUMENT = (
    Column("ordinal", INT, "reading order within the review", unit="1-based position"),
    Column("number", TEXT, "paragraph number as printed, without trailing dot", nullable=True),
    Column("heading_path", TEXT, "headings above the passage, outermost first, ' > ' between"),
    Column("section_role", TEXT, "what the section is for", vocabulary=SECTION_ROLES),
    Column(
        "role_confidence",
        REAL,
        "trust in section_role: 1 the analyst's word, 0.9 its heading's, 0.7 from a heading "
        "above or before, 0.6 from its content, 0.3 no cue",
        unit="0 to 1",
    ),
    Column("kind", TEXT, "what the passage is", vocabulary=KINDS),
    Column("page", INT, "page on which it begins", unit="1-based page", nullable=True),
    Column("page_end", INT, "page on which it ends", unit="1-based page", nullable=True),
    Column("page_label", TEXT, "page number as printed on its first page", nullable=True),
    Column(
        "ocr_confidence",
        REAL,
        "mean confidence of its words where they were read from a picture",
        unit="0 to 1",
        nullable=True,
    ),
    Column(
        "repeats",
        TEXT,
        "passage_id of the passage of the review that says the same; such a repeat is not coded",
        nullable=True,
    ),
)

PASSAGES = Table(
    "passages",
    "one passage as extracted, identifiers included",
    ("review_id", "passage_id"),
    (
        _REVIEW,
        _PASSAGE,
        _DOCUMENT,
        *_PLACE_IN_DOCUMENT,
        Column("text", TEXT, "text in NFC, one line; ' | ' between the cells of a table row"),
        Column("table_header", TEXT, "header cells of the row's table, ' | ' between",
               nullable=True),
        Column("x0", REAL, "left edge on its first page", unit="points from left", nullable=True),
        Column("top", REAL, "top edge on its first page", unit="points from top", nullable=True),
        Column("x1", REAL, "right edge on its first page", unit="points from left", nullable=True),
        Column("bottom", REAL, "bottom edge on its first page", unit="points from top",
               nullable=True),
    ),
)  # fmt: skip

_AS_READ = (
    Column("pages", INT, "pages read", unit="pages", nullable=True),
    Column("pages_without_text", INT, "pages that hold no text: blank, or a scan",
           unit="pages", nullable=True),
    Column("pages_ocr", INT, "pages read from pictures", unit="pages", nullable=True),
    Column("passages", INT, "passages found", unit="passages"),
)  # fmt: skip

EXTRACTED_DOCUMENTS = Table(
    "extracted_documents",
    "one document of a review that was built, as the reader found it",
    ("document_id",),
    (
        _REVIEW,
        _DOCUMENT,
        Column("status", TEXT, "whether its text could be read", vocabulary=STATUSES),
        Column("reason", TEXT, "why it was set aside, and the next move", nullable=True),
        *_AS_READ,
    ),
)

_LEFT_OUT_KEY = ("review_id", "document_id", "ordinal")
_ORDINAL = Column("ordinal", INT, "order within the document", unit="1-based position")

WARNINGS_TABLE = Table(
    "warnings",
    "one thing in a document that its publisher should know of, without its text",
    _LEFT_OUT_KEY,
    (
        _REVIEW,
        _DOCUMENT,
        _ORDINAL,
        Column("page", INT, "where it is; empty for the whole document", unit="1-based page",
               nullable=True),
        Column("kind", TEXT, "what it is", vocabulary=WARNINGS),
        Column("n", INT, "how many words, marks, notes, fields, files or scripts", unit="count"),
        Column("message", TEXT, "the same in a sentence, with the next move"),
    ),
)  # fmt: skip

HIDDEN_TABLE = Table(
    "hidden",
    "text of a page that its print does not show, or was not meant to: private",
    _LEFT_OUT_KEY,
    (
        _REVIEW,
        _DOCUMENT,
        _ORDINAL,
        Column("page", INT, "where it is", unit="1-based page"),
        Column("kind", TEXT, "how it is hidden", vocabulary=HIDDEN),
        Column("text", TEXT, "its words, in the order of the file"),
    ),
)

REMOVED_TABLE = Table(
    "removed",
    "text printed round the text of a page, which enters no passage: private",
    _LEFT_OUT_KEY,
    (
        _REVIEW,
        _DOCUMENT,
        _ORDINAL,
        Column("page", INT, "where it is", unit="1-based page"),
        Column("kind", TEXT, "what it is", vocabulary=REMOVED),
        Column("text", TEXT, "the text as printed"),
    ),
)

LEFT_OUT = {"warnings": WARNINGS_TABLE, "hidden": HIDDEN_TABLE, "removed": REMOVED_TABLE}
"""What extraction tells of beside the passages, by the name of its file."""

REDACTED = Table(
    "redacted",
    "one passage with its identifiers replaced",
    ("review_id", "passage_id"),
    (
        _REVIEW,
        _PASSAGE,
        _DOCUMENT,
        *_PLACE_IN_DOCUMENT,
        Column("text", TEXT, "redacted text"),
        Column("table_header", TEXT, "redacted header cells of the row's table", nullable=True),
    ),
)

_SPAN = (
    Column("type", TEXT, "what kind of identifier was replaced", vocabulary=IDENTIFIER_TYPES),
    Column("rule", TEXT, "which rule or model found it"),
    Column("score", REAL, "confidence of the finder", unit="0 to 1"),
    Column("pseudonym", TEXT, "what stands in its place"),
)

REDACTION_LOG = Table(
    "redaction_log",
    "one replaced span, with its surface text: private",
    ("review_id", "passage_id", "start"),
    (
        _REVIEW,
        _PASSAGE,
        Column("start", INT, "start in the extracted text", unit="characters"),
        Column("end", INT, "end in the extracted text, exclusive", unit="characters"),
        Column("redacted_start", INT, "start in the redacted text", unit="characters"),
        Column("redacted_end", INT, "end in the redacted text, exclusive", unit="characters"),
        *_SPAN,
        Column("surface", TEXT, "the text that was replaced"),
    ),
)

SPANS = Table(
    "spans",
    "one replaced span, without its surface text",
    ("review_id", "passage_id", "start"),
    (
        _REVIEW,
        _PASSAGE,
        Column("start", INT, "start in the redacted text", unit="characters"),
        Column("end", INT, "end in the redacted text, exclusive", unit="characters"),
        *_SPAN,
        Column("relation_to_death", TEXT, "for a date: when it lies relative to the death",
               nullable=True, vocabulary=(*TIMES, "unknown")),
    ),
)  # fmt: skip

ROLES_TABLE = Table(
    "roles",
    "one label as it stands in the redacted text, with the person's role",
    ("review_id", "label"),
    (
        _REVIEW,
        Column("label", TEXT, "label or pseudonym as printed in the redacted text"),
        Column("role", TEXT, "who the person is", vocabulary=ROLES),
        Column("evidence", TEXT, "which rule proposed the role, or `words around it`"),
    ),
)

DECIDED = Table(
    "decided",
    "one decision of an analyst about the redaction, and what became of it: private",
    ("review_id", "ordinal"),
    (
        _REVIEW,
        Column("ordinal", INT, "order among the decisions", unit="1-based position"),
        Column("decision", TEXT, "what was decided", vocabulary=DECISIONS),
        Column("text", TEXT, "the words that it is about"),
        Column("type", TEXT, "the type that the analyst gives them", nullable=True),
        Column("who", TEXT, "who decided"),
        Column("when", TEXT, "the date that the analyst gave, ISO"),
        Column("outcome", TEXT, "what became of it", vocabulary=OUTCOMES),
        Column("places", INT, "places that it changed; 1 for a join or a role", unit="places"),
    ),
)

CODINGS = Table(
    "codings",
    "one code applied to one passage by one coder",
    ("review_id", "passage_id", "code", "coder"),
    (
        _REVIEW,
        _PASSAGE,
        Column("code", TEXT, "code id in the codebook"),
        Column("theme", TEXT, "theme id in the codebook"),
        Column("coder", TEXT, "'machine', 'model:' with the name of a language model, or the name "
               "of a human coder"),
        Column("start", INT, "start of the evidence in the redacted text", unit="characters"),
        Column("end", INT, "end of the evidence, exclusive", unit="characters"),
        Column("polarity", TEXT, "present, explicitly absent, …", vocabulary=POLARITIES),
        Column("subject", TEXT, "whom it is about", nullable=True, vocabulary=SUBJECTS),
        Column("layer", TEXT, "what the passage does in the review", vocabulary=LAYERS),
        Column("source", TEXT, "who tells it", nullable=True, vocabulary=SOURCES),
        Column("time", TEXT, "when it lies relative to the death", nullable=True,
               vocabulary=TIMES),
        Column("score", REAL, "by the machine: how probable the codebook's model finds the code, "
               "calibrated on passages that it had not seen; where it has no model of the code, "
               "an order of trust in the rule; empty where a language model applied it, which "
               "gives none", unit="0 to 1", nullable=True),
        Column("reason", TEXT, "why the code was applied, in words"),
    ),
)  # fmt: skip

ANSWERS = Table(
    "answers",
    "one passage that a language model was to be asked about, and what became of it",
    ("review_id", "passage_id"),
    (
        _REVIEW,
        _PASSAGE,
        Column("coder", TEXT, "'model:' with the name of the language model"),
        Column("outcome", TEXT, "what became of it", vocabulary=ANSWER_OUTCOMES),
        Column("codings", INT, "codings that stand", unit="codings"),
        Column("quote_not_found", INT, "codings refused: their quote is not in the passage",
               unit="codings"),
        Column("unknown_code", INT, "codings refused: no such code in the codebook",
               unit="codings"),
        Column("not_in_form", INT, "codings refused: a part is missing or outside its words",
               unit="codings"),
        Column("repeated", INT, "codings left out: the passage has one of the same code before",
               unit="codings"),
    ),
)  # fmt: skip

DECIDED_CODINGS = Table(
    "decided_codings",
    "one person's decision about one code of one passage, with a quote that finds the place again",
    ("review_id", "passage_id", "code", "coder", "who"),
    (
        _REVIEW,
        _PASSAGE,
        Column("code", TEXT, "code id in the codebook; empty where the passage as a whole was read "
               "and no other code applies"),
        Column("coder", TEXT, "whose coding it is about: 'machine' or a person; who adds a code is "
               "its coder"),
        Column("decision", TEXT, "what was decided", vocabulary=CODING_DECISIONS),
        Column("polarity", TEXT, "polarity of what was accepted, added or changed", nullable=True,
               vocabulary=POLARITIES),
        Column("subject", TEXT, "subject of what was accepted, added or changed", nullable=True,
               vocabulary=SUBJECTS),
        Column("quote", TEXT, "the evidence, from the redacted text; the whole passage where no "
               "part of it was named"),
        Column("before", TEXT, "the redacted text before it, 32 characters at the most"),
        Column("after", TEXT, "the redacted text after it, 32 characters at the most"),
        Column("start", INT, "start of the quote in the redacted text", unit="characters"),
        Column("end", INT, "end of the quote, exclusive", unit="characters"),
        Column("who", TEXT, "who decided"),
        Column("when", TEXT, "the date that they gave, ISO"),
        Column("note", TEXT, "what they say about it", nullable=True),
        Column("how", TEXT, "how the passage came to be decided on", vocabulary=CHOICES),
    ),
)  # fmt: skip

CHECKED_CODINGS = Table(
    "checked_codings",
    "one coding as it is counted: the machine's with people's decisions over it, and people's own",
    CODINGS.key,
    (
        *CODINGS.columns,
        Column("checked", YES_NO, "whether a person decided about it"),
        Column("checked_by", TEXT, "who decided, ' ; ' between several", nullable=True),
    ),
)

RECOMMENDATIONS = Table(
    "recommendations",
    "one recommendation, or one row of an action plan",
    ("review_id", "passage_id"),
    (
        _REVIEW,
        _PASSAGE,
        _DOCUMENT,
        Column("ordinal", INT, "reading order within the review", unit="1-based position"),
        Column("kind", TEXT, "what the row is", vocabulary=RECOMMENDATION_KINDS),
        Column("number", TEXT, "number as printed: '4', 'R4', 'Recommendation 4'", nullable=True),
        Column("recommendation", TEXT, "number of the recommendation that it is or, for an "
               "action-plan row, that it belongs to, without word or brackets", nullable=True),
        Column("theme", TEXT, "redacted heading above it where recommendations are grouped",
               nullable=True),
        Column("text", TEXT, "redacted text; of an action-plan row its recommendation cell, or "
               "its action where that is empty"),
        Column("agencies", TEXT, "ids of the agencies that it addresses, ' ; ' between; of an "
               "action-plan row those that lead it, if it names any", nullable=True),
        Column("scope", TEXT, "how far it reaches; the widest where it names several",
               nullable=True, vocabulary=SCOPES),
        Column("action", TEXT, "redacted action to take", nullable=True),
        Column("lead", TEXT, "redacted lead agency as printed", nullable=True),
        Column("lead_agencies", TEXT, "ids of the lead agencies, ' ; ' between", nullable=True),
        Column("milestones", TEXT, "redacted milestones", nullable=True),
        Column("target_date", TEXT, "target date as in the redacted text", nullable=True),
        Column("outcome", TEXT, "redacted date of completion and outcome", nullable=True),
        Column("status", TEXT, "how far it is, by the words of the outcome; 'in progress' is all "
               "that is said to be unfinished", vocabulary=PROGRESS),
    ),
)  # fmt: skip

LEAKS = Table(
    "leaks",
    "one place outside private/ where a replaced identifier stands: private",
    ("file", "column", "row", "start"),
    (
        Column("file", TEXT, "path below the outputs folder"),
        Column("column", TEXT, "column, part or property of the file"),
        Column("row", TEXT, "passage_id, row, cell, line or page in the file"),
        Column("start", INT, "start in that text", unit="characters"),
        Column("review_id", INT, "random number of the review that the text is of",
               nullable=True),
        Column("type", TEXT, "what kind of identifier it is", vocabulary=IDENTIFIER_TYPES),
        Column("of_review", INT, "random number of the review whose identifier it is"),
        Column("pseudonym", TEXT, "what stands in its place in that review"),
        Column("id", TEXT, "keyed hash of the words and their place, by which it is accepted"),
        Column("surface", TEXT, "the words themselves"),
    ),
)  # fmt: skip

RISKS = Table(
    "risks",
    "one passage in which facts about people stand together that may single one out: private",
    ("review_id", "passage_id"),
    (
        _REVIEW,
        _PASSAGE,
        Column("n", INT, "kinds of facts that stand together", unit="kinds"),
        Column("kinds", TEXT, "those kinds, ' ; ' between"),
        Column("facts", TEXT, "the facts as in the redacted text, ' ; ' between"),
        Column("n_reviews", INT, "reviews of the study that tell all of these facts somewhere",
               unit="reviews"),
        Column("n_like", INT, "reviews of the study with its area, case type and year",
               unit="reviews"),
    ),
)  # fmt: skip

_TOPIC = Column("topic", INT, "topic number, largest first from 0")

TOPIC_ASSIGNMENTS = Table(
    "topic_assignments",
    "one passage with its topic",
    ("review_id", "passage_id"),
    (
        _REVIEW,
        _PASSAGE,
        Column("topic", INT, "topic number; -1 for passages in no topic; of a repeat that of the "
               "passage that it repeats"),
        Column("nearest", INT, "topic whose centre is nearest, near enough or not; -1 for "
               "passages that took no part"),
        Column("state", TEXT, "only those in a topic are counted; an outlier is too far from its "
               "nearest topic; headings, short passages and sections that are never coded are "
               "left out", vocabulary=TOPIC_STATES),
        Column("similarity", REAL, "cosine between passage and centre of its nearest topic",
               unit="-1 to 1", nullable=True),
    ),
)  # fmt: skip

TOPIC_TERMS = Table(
    "topic_terms",
    "one term of a topic",
    ("topic", "rank"),
    (
        _TOPIC,
        Column("rank", INT, "rank of the term within the topic", unit="1-based position"),
        Column("term", TEXT, "word that several passages have, of several reviews if there are"),
        Column("weight", REAL, "class-based TF-IDF weight"),
    ),
)

TOPICS = Table(
    "topics",
    "one topic; the three counts of passages add up to all passages of the built reviews",
    ("topic",),
    (
        Column("topic", INT, "topic number, largest first from 0; -1 for what took no part"),
        Column("label", TEXT, "terms, those first that its representative passages have"),
        Column("n_passages", INT, "passages in the topic", unit="passages"),
        Column("n_outliers", INT, "passages nearest to the topic and too far to be in it",
               unit="passages"),
        Column("n_repeats", INT, "passages that repeat one of these, and are not counted",
               unit="passages"),
        Column("n_reviews", INT, "reviews with a passage in the topic", unit="reviews"),
        Column("stability", REAL, "mean Jaccard to the nearest topic of each other run; under 0.6 "
               "doubtful, from 0.75 stable", unit="0 to 1", nullable=True),
        Column("representative", TEXT, "passage ids nearest its centre, one of each review "
               "first, spaces between"),
        Column("x", REAL, "place in a picture of the topics, across", nullable=True),
        Column("y", REAL, "place in a picture of the topics, upwards", nullable=True),
    ),
)  # fmt: skip

TOPIC_SIMILARITIES = Table(
    "topic_similarities",
    "one topic and code, and how alike they are by their words",
    ("topic", "code"),
    (
        _TOPIC,
        Column("code", TEXT, "code id in the codebook"),
        Column("similarity", REAL, "cosine between topic's centre and code's prototypes",
               unit="-1 to 1"),
    ),
)  # fmt: skip

TOPIC_RUNS = Table(
    "topic_runs",
    "one run of the clustering, under its own seed",
    ("seed",),
    (
        Column("seed", INT, "its seed"),
        Column("kept", YES_NO, "whether the topics are this run's: it fits best"),
        Column("adjusted_rand", REAL, "mean adjusted Rand index with the other runs",
               unit="1 is the same, 0 is chance"),
        Column("lowest", REAL, "the lowest of these", unit="1 is the same, 0 is chance"),
    ),
)  # fmt: skip

TOPIC_CODES = Table(
    "topic_codes",
    "one topic and code: the nearest codes by words, and all that its passages are coded with",
    ("topic", "code"),
    (
        _TOPIC,
        Column("code", TEXT, "code id in the codebook"),
        Column("theme", TEXT, "theme id in the codebook"),
        Column("similarity", REAL, "cosine between topic's centre and code's prototypes",
               unit="-1 to 1"),
        Column("nearness", INT, "rank by similarity among the codes", unit="1-based position"),
        Column("n_passages", INT, "passages of the topic in which the code is present",
               unit="passages"),
        Column("of_passages", INT, "denominator: passages in the topic", unit="passages"),
        Column("percent", REAL, "100 x n_passages / of_passages", unit="%"),
        Column("percent_elsewhere", REAL, "the same share of all other topics' passages",
               unit="%", nullable=True),
    ),
)  # fmt: skip

TOPIC_CODEBOOK = Table(
    "topic_codebook",
    "one topic against the codebook",
    ("topic",),
    (
        _TOPIC,
        Column("label", TEXT, "its first terms"),
        Column("verdict", TEXT, "whether the codebook covers it", vocabulary=VERDICTS),
        Column("reason", TEXT, "the numbers behind the verdict, in words"),
        Column("code", TEXT, "the code that most of its passages have", nullable=True),
        Column("n_passages", INT, "passages of the topic with that code", unit="passages"),
        Column("n_coded", INT, "passages of the topic with any code present", unit="passages"),
        Column("of_passages", INT, "denominator: passages in the topic", unit="passages"),
        Column("nearest", TEXT, "the code nearest by words"),
        Column("similarity", REAL, "cosine between topic's centre and that code's prototypes",
               unit="-1 to 1"),
    ),
)  # fmt: skip

TOPIC_PERIODS = Table(
    "topic_periods",
    "one topic and period of years of death",
    ("topic", "period"),
    (
        _TOPIC,
        Column("period", TEXT, "years of death, or 'not stated'"),
        Column("n_passages", INT, "passages of the period in the topic", unit="passages"),
        Column("of_passages", INT, "denominator: passages of the period in any topic",
               unit="passages"),
        Column("percent", REAL, "100 x n_passages / of_passages", unit="%", nullable=True),
        Column("n_reviews", INT, "reviews of the period with a passage in the topic",
               unit="reviews"),
        Column("of_reviews", INT, "denominator: reviews of the period that were built",
               unit="reviews"),
    ),
)  # fmt: skip

DOCUMENTS = Table(
    "documents",
    "one document of the study, built or set aside",
    ("document_id",),
    (
        _DOCUMENT,
        Column("review_id", INT, "random number of its review", nullable=True),
        Column("document_type", TEXT, "kind of document", nullable=True,
               vocabulary=DOCUMENT_TYPES),
        Column("status", TEXT, "whether it is in the tables", vocabulary=STATUSES),
        Column("stage", TEXT, "the stage at which it was set aside", nullable=True),
        Column("reason", TEXT, "why it was set aside, and the next move", nullable=True),
        *_AS_READ,
    ),
)  # fmt: skip

REVIEWS = Table(
    "reviews",
    "one review of the study, built or set aside: the denominators",
    ("review_id",),
    (
        _REVIEW,
        Column("area", TEXT, "area as the manifest says", nullable=True),
        Column("case_type", TEXT, "case type as the manifest says", nullable=True,
               vocabulary=CASE_TYPES),
        Column("year_of_death", INT, "year of death", unit="year", nullable=True),
        Column("status", TEXT, "whether it is in the tables", vocabulary=STATUSES),
        Column("stage", TEXT, "the stage at which it was set aside", nullable=True),
        Column("reason", TEXT, "why it was set aside, and the next move", nullable=True),
        Column("documents", INT, "documents read", unit="documents"),
        Column("passages", INT, "passages found", unit="passages"),
        Column("repeats", INT, "passages that repeat another, and are not coded",
               unit="passages"),
        Column("identifiers", INT, "spans replaced", unit="spans"),
        Column("codings", INT, "codings by the coders that count", unit="codings"),
    ),
)  # fmt: skip

_SHARE = (
    Column("n_reviews", INT, "reviews with at least one counted passage", unit="reviews"),
    Column("of_reviews", INT, "denominator: reviews built and coded", unit="reviews"),
    Column("percent", REAL, "100 x n_reviews / of_reviews", unit="%", nullable=True),
    Column("low", REAL, "lower end of the 95% Wilson interval", unit="%", nullable=True),
    Column("high", REAL, "upper end of the 95% Wilson interval", unit="%", nullable=True),
    Column("n_passages", INT, "passages counted", unit="passages"),
)

PREVALENCE = Table(
    "prevalence",
    "one theme or code, with the reviews in which it is present",
    ("level", "theme", "code"),
    (
        Column("level", TEXT, "whether the row is a theme or a code",
               vocabulary=("theme", "code")),
        Column("theme", TEXT, "theme id"),
        Column("code", TEXT, "code id; empty in a theme's row"),
        Column("name", TEXT, "name in the codebook"),
        *_SHARE,
        Column("n_reviews_absent", INT, "reviews that say it is absent, and where it does not "
               "count as present", unit="reviews"),
        Column("n_passages_absent", INT, "passages that say it is absent", unit="passages"),
        Column("n_passages_recommendation", INT, "passages that recommend it",
               unit="passages"),
        Column("n_passages_good_practice", INT, "passages that praise it", unit="passages"),
        Column("reviews", TEXT, "numbers of the reviews where it is present, spaces between"),
    ),
)  # fmt: skip

LEAST, SHARE = 0.5, 0.013
"""Scores of a code's codings must add up to so much, and to such a share of all scores of the
review, for the code to be there; docs/coding.md says how they were chosen."""

_EXPECTED = Column(
    "expected",
    REAL,
    "how many of these are expected to be right: their scores added up, at least `enough` where "
    "one is certain, as what people checked; of a theme those of its strongest code",
    unit="passages",
)
_ENOUGH = Column(
    "enough",
    REAL,
    f"how many must be, in this review: {SHARE:.1%} of those of all codes together, "
    f"{LEAST} at the least",
    unit="passages",
)

REVIEW_THEMES = Table(
    "review_themes",
    "one review and theme: the review x theme matrix, long",
    ("review_id", "theme"),
    (
        _REVIEW,
        Column("theme", TEXT, "theme id"),
        Column("state", TEXT, "present, where `expected` is `enough` or more; "
               "else explicitly absent, or not mentioned", vocabulary=STATES),
        Column("n_passages", INT, "passages where it is present", unit="passages"),
        _EXPECTED,
        _ENOUGH,
    ),
)  # fmt: skip

REVIEW_CODES = Table(
    "review_codes",
    "one review and code: the review x code matrix, long",
    ("review_id", "code"),
    (
        _REVIEW,
        Column("code", TEXT, "code id"),
        Column("theme", TEXT, "theme id"),
        Column("state", TEXT, "present, where `expected` is `enough` or more; "
               "else explicitly absent, or not mentioned", vocabulary=STATES),
        Column("n_passages", INT, "passages where it is present", unit="passages"),
        _EXPECTED,
        _ENOUGH,
    ),
)  # fmt: skip

COOCCURRENCE = Table(
    "cooccurrence",
    "one pair of themes, or of codes, and the reviews in which both are present",
    ("level", "first", "second"),
    (
        Column("level", TEXT, "whether the pair is of themes or of codes",
               vocabulary=("theme", "code")),
        Column("first", TEXT, "id of the first, in alphabetical order"),
        Column("second", TEXT, "id of the second"),
        Column("n_reviews", INT, "reviews where both are present", unit="reviews"),
        Column("of_reviews", INT, "denominator: reviews built and coded", unit="reviews"),
        Column("expected", REAL, "reviews expected if they were independent", unit="reviews"),
        Column("lift", REAL, "n_reviews / expected", unit="ratio", nullable=True),
        Column("n_passages", INT, "passages where both are present", unit="passages"),
    ),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    PASSAGES,
    EXTRACTED_DOCUMENTS,
    WARNINGS_TABLE,
    HIDDEN_TABLE,
    REMOVED_TABLE,
    REDACTED,
    REDACTION_LOG,
    SPANS,
    ROLES_TABLE,
    DECIDED,
    CODINGS,
    ANSWERS,
    DECIDED_CODINGS,
    CHECKED_CODINGS,
    RECOMMENDATIONS,
    TOPIC_ASSIGNMENTS,
    TOPIC_TERMS,
    TOPICS,
    TOPIC_SIMILARITIES,
    TOPIC_RUNS,
    TOPIC_CODES,
    TOPIC_CODEBOOK,
    TOPIC_PERIODS,
    DOCUMENTS,
    REVIEWS,
    PREVALENCE,
    REVIEW_THEMES,
    REVIEW_CODES,
    COOCCURRENCE,
    LEAKS,
    RISKS,
)
