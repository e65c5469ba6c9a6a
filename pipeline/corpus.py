"""The stages that look at all reviews at once: read their tables, call the stage, write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import contracts
from pipeline.codebook import Codebook
from pipeline.files import replacing

TOPIC_TABLES = {
    "assignments": contracts.TOPIC_ASSIGNMENTS,
    "terms": contracts.TOPIC_TERMS,
    "topics": contracts.TOPICS,
}
THEME_TABLES = {
    "prevalence": contracts.PREVALENCE,
    "review_themes": contracts.REVIEW_THEMES,
    "review_codes": contracts.REVIEW_CODES,
    "cooccurrence": contracts.COOCCURRENCE,
    "topics": contracts.TOPICS,
    "topic_terms": contracts.TOPIC_TERMS,
    "reviews": contracts.REVIEWS,
    "documents": contracts.DOCUMENTS,
    "excluded": contracts.DOCUMENTS,
}
"""`excluded` holds the rows of `documents` that were set aside."""


def topic_paths(outputs: Path) -> dict[str, Path]:
    """The files of the topics stage, by table."""
    return {name: outputs / "topics" / f"{name}.parquet" for name in TOPIC_TABLES}


def table_paths(outputs: Path) -> dict[str, Path]:
    """The files of the aggregate stage: each table as parquet, its CSV, workbook, summary."""
    tables = outputs / "tables"
    return {
        **{name: tables / f"{name}.parquet" for name in THEME_TABLES},
        **{f"{name}.csv": tables / f"{name}.csv" for name in THEME_TABLES},
        "workbook": tables / "theme_tables.xlsx",
        "summary": tables / "summary.html",
    }


def build_topics(
    passages: Sequence[Path],
    roles: Sequence[Path],
    outputs: Path,
    *,
    embeddings: str,
    seed: int,
    fingerprint: str,
) -> None:
    """Redacted passages and roles of all reviews → the topic tables."""
    from pipeline.models import embedder
    from pipeline.topics.model import topics

    found = topics(
        contracts.read_all(passages, contracts.REDACTED),
        contracts.read_all(roles, contracts.ROLES_TABLE),
        embedder=embedder(embeddings),
        seed=seed,
    )
    paths = topic_paths(outputs)
    for name, frame in found._asdict().items():
        contracts.write(frame, TOPIC_TABLES[name], paths[name], fingerprint=fingerprint)


def build_tables(
    outputs: Path,
    *,
    topics: Mapping[str, Path],
    documents: pd.DataFrame,
    reviews: pd.DataFrame,
    codings: Sequence[Path],
    codebook: Codebook,
    title: str,
    coders: Sequence[str],
    models: Mapping[str, str],
    fingerprint: str,
) -> None:
    """Codings, topics and the corpus flow → theme tables, workbook and summary page.

    `topics` are the files of the topics stage; `coders` are the machines whose codings count; the
    tables go below `outputs`.
    """
    from pipeline.aggregate.coders import counts
    from pipeline.aggregate.theme_tables import aggregate
    from pipeline.export.delimited import as_csv
    from pipeline.export.summary import as_page
    from pipeline.export.workbook import as_workbook

    coded = contracts.read_all(codings, contracts.CODINGS)
    themes = aggregate(coded[counts(coded["coder"], coders)], reviews, codebook)
    frames = {
        **themes._asdict(),
        "topics": contracts.read(topics["topics"], contracts.TOPICS),
        "topic_terms": contracts.read(topics["terms"], contracts.TOPIC_TERMS),
        "reviews": reviews,
        "documents": documents,
        "excluded": documents[documents["status"] == "set aside"],
    }
    about = {
        "software": f"dhr-pipeline {version('dhr-pipeline')}",
        "codebook": f"{codebook.title} ({codebook.id} {codebook.version})",
        "machine coders that count": ", ".join(coders) or "none",
        **models,
    }
    paths = table_paths(outputs)
    _put(paths["summary"], as_page(frames, codebook, title=title, about=about).encode())
    _put(paths["workbook"], as_workbook(frames, THEME_TABLES, title=title, about=about))
    for name, table in THEME_TABLES.items():
        _put(paths[f"{name}.csv"], as_csv(frames[name], table))
        contracts.write(frames[name], table, paths[name], fingerprint=fingerprint)


def _put(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def coded_excerpts(
    passages: Sequence[Path],
    codings: Sequence[Path],
    codebook: Codebook,
    **wanted: Any,
) -> pd.DataFrame:
    """Coded excerpts of the passages, in `EXCERPTS`' columns; `wanted` as `excerpts` has it.

    Raises `MissingInput` for a code, theme, review or coder that the study does not have.
    """
    from pipeline.export.excerpts import excerpts

    return excerpts(
        contracts.read_all(codings, contracts.CODINGS),
        contracts.read_all(passages, contracts.REDACTED),
        codebook,
        **wanted,
    )


def excerpts_as(form: str, found: pd.DataFrame) -> bytes:
    """Coded excerpts as a file of the form csv, md, html, docx, xlsx or parquet."""
    from pipeline.export.excerpts import EXCERPTS, NOTE, as_csv, as_markdown

    match form:
        case "html":
            from pipeline.export.excerpt_page import as_page

            return as_page(found).encode()
        case "docx":
            from pipeline.export.excerpt_document import as_document

            return as_document(found)
        case "xlsx":
            from pipeline.export.workbook import as_sheet

            return as_sheet(found, EXCERPTS, note=NOTE)
        case "parquet":
            return contracts.as_parquet(found, EXCERPTS)
        case _:
            return (as_markdown if form == "md" else as_csv)(found).encode()


def cited_recommendations(
    passages: Sequence[Path], recommendations: Sequence[Path], *, agency: str | None
) -> pd.DataFrame:
    """Recommendations and action-plan rows, in `CITED`'s columns.

    Raises `MissingInput` for an agency that agencies.toml does not have.
    """
    from pipeline.export.excerpts import check
    from pipeline.export.recommendations import cited
    from pipeline.tag.agencies import IDS

    check("agency", agency, IDS)
    return cited(
        contracts.read_all(recommendations, contracts.RECOMMENDATIONS),
        contracts.read_all(passages, contracts.REDACTED),
        agency=agency,
    )
