"""The stages that look at all reviews at once: read their tables, call the stage, write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pipeline import contracts
from pipeline.codebook import Codebook
from pipeline.files import replacing

if TYPE_CHECKING:
    from pipeline.review.attachment import Attached

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
    """The files of aggregate: tables as parquet and CSV, the codings, workbook, summary."""
    tables = outputs / "tables"
    return {
        **{name: tables / f"{name}.parquet" for name in THEME_TABLES},
        **{f"{name}.csv": tables / f"{name}.csv" for name in THEME_TABLES},
        "codings": tables / "codings.parquet",
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
    passages: Sequence[Path],
    decisions: pd.DataFrame,
    codebook: Codebook,
    title: str,
    models: Mapping[str, str],
    fingerprint: str,
) -> None:
    """Codings, decisions, topics and the corpus flow → theme tables, workbook and summary page.

    `topics` are the files of the topics stage; the tables go below `outputs`.
    """
    from pipeline.aggregate.theme_tables import aggregate
    from pipeline.export.delimited import as_csv
    from pipeline.export.summary import as_page
    from pipeline.export.workbook import as_workbook

    evidence, _ = checked_codings(passages, codings, decisions, codebook)
    counted = aggregate(evidence, reviews, codebook)
    frames = {
        **counted._asdict(),
        "topics": contracts.read(topics["topics"], contracts.TOPICS),
        "topic_terms": contracts.read(topics["terms"], contracts.TOPIC_TERMS),
        "reviews": reviews,
        "documents": documents,
        "excluded": documents[documents["status"] == "set aside"],
    }
    about = {
        "software": f"dhr-pipeline {version('dhr-pipeline')}",
        "codebook": f"{codebook.title} ({codebook.id} {codebook.version})",
        **models,
    }
    paths = table_paths(outputs)
    contracts.write(evidence, contracts.CHECKED_CODINGS, paths["codings"], fingerprint=fingerprint)
    _put(paths["summary"], as_page(frames, codebook, title=title, about=about).encode())
    _put(paths["workbook"], as_workbook(frames, THEME_TABLES, title=title, about=about))
    for name, table in THEME_TABLES.items():
        _put(paths[f"{name}.csv"], as_csv(frames[name], table))
        contracts.write(frames[name], table, paths[name], fingerprint=fingerprint)


def checked_codings(
    passages: Sequence[Path],
    codings: Sequence[Path],
    decisions: pd.DataFrame,
    codebook: Codebook,
) -> tuple[pd.DataFrame, Attached]:
    """`contracts.CHECKED_CODINGS`: decisions over codings; and where the decisions stand."""
    from pipeline.review.attachment import attach
    from pipeline.review.override import checked

    texts = contracts.read_all(passages, contracts.REDACTED)
    attached = attach(decisions, texts)
    found = contracts.read_all(codings, contracts.CODINGS)
    return checked(found, attached.decisions, texts, codebook), attached


def _put(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def coded_excerpts(
    passages: Sequence[Path],
    codings: Sequence[Path],
    decisions: pd.DataFrame,
    codebook: Codebook,
    *,
    code: str | None,
    theme: str | None,
    review: int | None,
) -> pd.DataFrame:
    """Coded excerpts of the passages, in `EXCERPTS`' columns.

    Raises `MissingInput` for a code, theme or review that the study does not have.
    """
    from pipeline.export.excerpts import excerpts

    found, _ = checked_codings(passages, codings, decisions, codebook)
    return excerpts(
        found,
        contracts.read_all(passages, contracts.REDACTED),
        codebook,
        code=code,
        theme=theme,
        review=review,
    )


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
