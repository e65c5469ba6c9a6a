"""The stages that look at all reviews at once: read their tables, call the stage, write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pipeline import contracts
from pipeline.aggregate.catalogue import CATALOGUE, dimension_of
from pipeline.aggregate.rules import Disclosure
from pipeline.codebook import Codebook
from pipeline.files import replacing

if TYPE_CHECKING:
    from pipeline.aggregate.made import Source

TOPIC_TABLES = {
    "assignments": contracts.TOPIC_ASSIGNMENTS,
    "terms": contracts.TOPIC_TERMS,
    "topics": contracts.TOPICS,
    "similarities": contracts.TOPIC_SIMILARITIES,
    "runs": contracts.TOPIC_RUNS,
}
THEME_TABLES = {
    "prevalence": contracts.PREVALENCE,
    "review_themes": contracts.REVIEW_THEMES,
    "review_codes": contracts.REVIEW_CODES,
    "cooccurrence": contracts.COOCCURRENCE,
    "topics": contracts.TOPICS,
    "topic_terms": contracts.TOPIC_TERMS,
    "topic_codebook": contracts.TOPIC_CODEBOOK,
    "topic_codes": contracts.TOPIC_CODES,
    "topic_periods": contracts.TOPIC_PERIODS,
    "topic_runs": contracts.TOPIC_RUNS,
    "reviews": contracts.REVIEWS,
    "documents": contracts.DOCUMENTS,
    "excluded": contracts.DOCUMENTS,
}
"""`excluded` holds the rows of `documents` that were set aside."""
PUBLICATION = (*(entry.id for entry in CATALOGUE), "contents")
RESEARCH = (*(e.id for e in CATALOGUE if dimension_of(e)), "matrix", "matrix_columns")
"""Tables of tables/publication/ and tables/research/."""


FOLDERS = {"publication": PUBLICATION, "research": RESEARCH}


def topic_paths(outputs: Path) -> dict[str, Path]:
    """The files of the topics stage, by table."""
    return {name: outputs / "topics" / f"{name}.parquet" for name in TOPIC_TABLES}


def table_paths(outputs: Path) -> dict[str, Path]:
    """The files of the aggregate stage: each table as parquet, its CSV, workbook, summary."""
    tables = outputs / "tables"
    return {
        **{name: tables / f"{name}.parquet" for name in THEME_TABLES},
        **{f"{name}.csv": tables / f"{name}.csv" for name in THEME_TABLES},
        **{
            f"{folder}/{name}{suffix}": tables / folder / f"{name}{suffix or '.parquet'}"
            for folder, names in FOLDERS.items()
            for name in names
            for suffix in ("", ".csv")
        },
        **{f"{folder}/workbook": tables / folder / f"{folder}.xlsx" for folder in FOLDERS},
        "workbook": tables / "theme_tables.xlsx",
        "summary": tables / "summary.html",
    }


def build_topics(
    passages: Sequence[Path],
    roles: Sequence[Path],
    outputs: Path,
    codebook: Codebook,
    *,
    embeddings: str,
    seed: int,
    number: int | None,
    fingerprint: str,
) -> None:
    """Redacted passages and roles of all reviews, and the codebook → the topic tables."""
    from pipeline.models import embedder
    from pipeline.topics.model import topics

    found = topics(
        contracts.read_all(passages, contracts.REDACTED),
        contracts.read_all(roles, contracts.ROLES_TABLE),
        codebook,
        embedder=embedder(embeddings),
        seed=seed,
        number=number,
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
    recommendations: Sequence[Path],
    passages: Sequence[Path],
    roles: Sequence[Path],
    codebook: Codebook,
    periods: Sequence[int],
    rules: Disclosure,
    title: str,
    models: Mapping[str, str],
    fingerprint: str,
    reliability: pd.DataFrame | None = None,
) -> None:
    """Codings, topics and the corpus flow → theme tables, workbook and summary page.

    `topics` are the files of the topics stage; the tables go below `outputs`. `reliability` has
    code, kappa, n_positives and needs_human.
    """
    from pipeline.aggregate.publication import published, research
    from pipeline.aggregate.theme_tables import aggregate
    from pipeline.aggregate.topic_tables import compare_topics
    from pipeline.export.delimited import as_csv
    from pipeline.export.summary import as_page
    from pipeline.export.workbook import as_workbook

    coded = contracts.read_all(codings, contracts.CODINGS)
    found = {name: contracts.read(topics[name], table) for name, table in TOPIC_TABLES.items()}
    compared = compare_topics(
        found["assignments"], found["topics"], found["similarities"], coded, reviews, codebook
    )
    frames = {
        **aggregate(coded, reviews, codebook)._asdict(),
        "topics": found["topics"],
        "topic_terms": found["terms"],
        "topic_runs": found["runs"],
        **compared._asdict(),
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
    _put(paths["summary"], as_page(frames, codebook, title=title, about=about).encode())
    _put(paths["workbook"], as_workbook(frames, THEME_TABLES, title=title, about=about))
    for name, table in THEME_TABLES.items():
        _put(paths[f"{name}.csv"], as_csv(frames[name], table))
        contracts.write(frames[name], table, paths[name], fingerprint=fingerprint)
    source = counted_source(
        codings=coded,
        recommendations=contracts.read_all(recommendations, contracts.RECOMMENDATIONS),
        passages=contracts.read_all(passages, contracts.REDACTED),
        roles=contracts.read_all(roles, contracts.ROLES_TABLE),
        documents=documents,
        reviews=reviews,
        codebook=codebook,
        periods=periods,
        reliability=reliability,
    )
    for folder, made in {
        "publication": published(source, rules),
        "research": research(source),
    }.items():
        book = as_workbook(made.frames, made.tables, title=title, about=about, matrices={})
        _put(paths[f"{folder}/workbook"], book)
        for name, table in made.tables.items():
            _put(paths[f"{folder}/{name}.csv"], as_csv(made.frames[name], table))
            path = paths[f"{folder}/{name}"]
            contracts.write(made.frames[name], table, path, fingerprint=fingerprint)


def counted_source(
    *,
    codings: pd.DataFrame,
    recommendations: pd.DataFrame,
    passages: pd.DataFrame,
    roles: pd.DataFrame,
    documents: pd.DataFrame,
    reviews: pd.DataFrame,
    codebook: Codebook,
    periods: Sequence[int],
    reliability: pd.DataFrame | None,
) -> Source:
    """What the catalogue's tables are made from; `behind` traces their rows in its units."""
    from pipeline.aggregate.made import Source
    from pipeline.aggregate.units import COUNTED_LAYERS, counted_units
    from pipeline.export.excerpts import citations
    from pipeline.tag.agencies import NAMES
    from pipeline.tag.fault import at_fault

    blaming = codings[
        (codings["polarity"] == "present")
        & codings["layer"].isin(COUNTED_LAYERS)
        & codings["subject"].fillna("agency").eq("agency")
    ]
    units = counted_units(
        codings=codings,
        at_fault=at_fault(blaming, passages),
        recommendations=recommendations,
        roles=roles,
        documents=documents,
        reviews=reviews,
        codebook=codebook,
        agencies=NAMES,
        reliability=reliability,
        periods=periods,
    )
    cited = passages.assign(citation=citations(passages))
    return Source(units, cited, codebook, reliability)


def _put(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def coded_excerpts(
    passages: Sequence[Path],
    codings: Sequence[Path],
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

    return excerpts(
        contracts.read_all(codings, contracts.CODINGS),
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
