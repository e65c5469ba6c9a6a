"""The stages that look at all reviews at once: read their tables, call the stage, write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline import contracts
from pipeline.aggregate.catalogue import CATALOGUE, dimension_of
from pipeline.aggregate.rules import Disclosure
from pipeline.codebook import Codebook
from pipeline.files import write

if TYPE_CHECKING:
    from pipeline.aggregate.made import Source
    from pipeline.aggregate.publication import Tables
    from pipeline.export.report import Report
    from pipeline.review.attachment import Attached

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
PUBLICATION = (*(entry.id for entry in CATALOGUE), "contents", "quoted")
RESEARCH = (*(e.id for e in CATALOGUE if dimension_of(e)), "matrix", "matrix_columns")
"""Tables of tables/publication/ and tables/research/."""


EMPTY_MAP = '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
"""No review was built, so no map is drawn."""
FOLDERS = {"publication": PUBLICATION, "research": RESEARCH}


def topic_paths(outputs: Path) -> dict[str, Path]:
    """The files of the topics stage, by table."""
    return {name: outputs / "topics" / f"{name}.parquet" for name in TOPIC_TABLES}


def table_paths(outputs: Path) -> dict[str, Path]:
    """The files of aggregate: tables as parquet and CSV, codings, workbooks, the report."""
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
        "codings": tables / "codings.parquet",
        "workbook": tables / "theme_tables.xlsx",
        "report": tables / "report.html",
        "report.docx": tables / "report.docx",
        "map": tables / "research" / "map.svg",
        "made-from": outputs / "run" / "made-from.json",
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
    decisions: pd.DataFrame,
    codebook: Codebook,
    periods: Sequence[int],
    rules: Disclosure,
    title: str,
    coders: Sequence[str],
    spans: Sequence[Path],
    made_from: Mapping[str, Any],
    fingerprint: str,
    reliability: pd.DataFrame | None = None,
) -> None:
    """Codings, decisions, topics and the corpus flow → theme tables, workbooks and report.

    `topics` are the files of the topics stage; `coders` are the machines whose codings count; the
    tables go below `outputs`. `made_from` says what the build was made from; it is written beside
    them. `reliability` has code, kappa, n_positives and needs_human.
    """
    from pipeline.aggregate.publication import published, research
    from pipeline.aggregate.theme_tables import aggregate
    from pipeline.aggregate.topic_tables import compare_topics
    from pipeline.aggregate.trace import QUOTED, quoted
    from pipeline.export.charts import heat_map
    from pipeline.export.delimited import as_csv
    from pipeline.export.report import as_html
    from pipeline.export.word import as_docx
    from pipeline.export.workbook import as_workbook

    texts = contracts.read_all(passages, contracts.REDACTED)
    evidence, _ = checked_codings(texts, codings, decisions, codebook, coders=coders)
    found = {name: contracts.read(topics[name], table) for name, table in TOPIC_TABLES.items()}
    compared = compare_topics(
        found["assignments"],
        found["topics"],
        found["similarities"],
        evidence,
        reviews,
        codebook,
        periods,
    )
    frames = {
        **aggregate(evidence, reviews, codebook)._asdict(),
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
        "machine coders that count": ", ".join(coders) or "none",
        **made_from["models"],
    }
    paths = table_paths(outputs)
    contracts.write(evidence, contracts.CHECKED_CODINGS, paths["codings"], fingerprint=fingerprint)
    write(paths["workbook"], as_workbook(frames, THEME_TABLES, title=title, about=about))
    for name, table in THEME_TABLES.items():
        write(paths[f"{name}.csv"], as_csv(frames[name], table))
        contracts.write(frames[name], table, paths[name], fingerprint=fingerprint)
    source = counted_source(
        codings=evidence,
        recommendations=contracts.read_all(recommendations, contracts.RECOMMENDATIONS),
        passages=texts,
        roles=contracts.read_all(roles, contracts.ROLES_TABLE),
        documents=documents,
        reviews=reviews,
        codebook=codebook,
        periods=periods,
        reliability=reliability,
    )
    public = published(source, rules)
    public.frames["quoted"] = quoted(public, source.passages, rules)
    public.tables["quoted"] = QUOTED
    for folder, made in {"publication": public, "research": research(source)}.items():
        book = as_workbook(made.frames, made.tables, title=title, about=about, matrices={})
        write(paths[f"{folder}/workbook"], book)
        for name, table in made.tables.items():
            write(paths[f"{folder}/{name}.csv"], as_csv(made.frames[name], table))
            path = paths[f"{folder}/{name}"]
            contracts.write(made.frames[name], table, path, fingerprint=fingerprint)
    report = study_report(
        public, frames, contracts.read_all(spans, contracts.SPANS), made_from, rules, title=title
    )
    write(paths["report"], as_html(report).encode())
    write(paths["report.docx"], as_docx(report))
    built = (reviews["status"] == "built").any()
    drawn = heat_map(frames["review_themes"], frames["prevalence"]).svg if built else EMPTY_MAP
    write(paths["map"], drawn.encode())
    write(paths["made-from"], (json.dumps(made_from, indent=1, sort_keys=True) + "\n").encode())


def study_report(
    public: Tables,
    frames: Mapping[str, pd.DataFrame],
    spans: pd.DataFrame,
    made_from: Mapping[str, Any],
    rules: Disclosure,
    *,
    title: str,
) -> Report:
    """The report of published tables; `frames` are the working tables, `spans` of all reviews."""
    from pipeline.aggregate.trace import QUOTE_RULE, on_the_same
    from pipeline.export.methods import Counts, citation, methods
    from pipeline.export.report import Report, charts, report_table, summary

    notes = public.frames["contents"].set_index("table")["notes"]
    quoted = public.frames["quoted"]
    tables = tuple(
        report_table(n, e.title, notes[e.id], public.frames[e.id], e.table, quoted,
                     on_the_same(e))
        for n, e in enumerate(CATALOGUE, start=1)
    )  # fmt: skip
    built = frames["reviews"][frames["reviews"]["status"] == "built"]
    topics = frames["topics"][frames["topics"]["topic"] >= 0]
    enough = topics["n_reviews"] >= (1 if rules.off else rules.minimum)
    states = (frames["review_themes"], frames["prevalence"])
    counts = Counts(
        public.frames["corpus_flow"],
        spans.groupby("type").size().rename("n").reset_index(),
        public.frames["codebook"],
    )
    rule = QUOTE_RULE.format(minimum=rules.minimum)
    people = public.units.frames["codings"]["checked"].any()
    sums = built[["passages", "identifiers", "codings"]].sum()
    return Report(
        title=title,
        summary=summary(len(built), checked=bool(people)),
        figures=(
            ("reviews", f"{len(built)} of {len(frames['reviews'])}"),
            ("passages read", f"{sums['passages']:,}"),
            ("identifiers replaced", f"{sums['identifiers']:,}"),
            ("codings", f"{sums['codings']:,}"),
        ),
        tables=tables,
        charts=charts(
            public.frames, topics[enough], states=states if rules.off and len(built) else None
        ),
        topics=topics[enough],
        topics_left_out=int((~enough).sum()),
        methods=methods(made_from, counts, quote_rule=rule),
        citation=citation(title, made_from),
        quote_rule=rule,
        public=not rules.off,
        minimum=rules.minimum,
    )


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


def checked_codings(
    passages: pd.DataFrame,
    codings: Sequence[Path],
    decisions: pd.DataFrame,
    codebook: Codebook,
    *,
    coders: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, Attached]:
    """`contracts.CHECKED_CODINGS`: decisions over codings; and where the decisions stand.

    `passages` are `contracts.REDACTED`, of the same reviews as the files of `codings`. `coders`
    are the machines whose codings count; all, unless told. What a person accepted of another
    machine's is the person's own.
    """
    from pipeline.aggregate.coders import counts
    from pipeline.review.attachment import attach
    from pipeline.review.override import checked

    attached = attach(decisions, passages)
    found = contracts.read_all(codings, contracts.CODINGS)
    if coders is not None:
        found = found[counts(found["coder"], coders)]
    return checked(found, attached.decisions, passages, codebook), attached


def coded_excerpts(
    passages: Sequence[Path],
    codings: Sequence[Path],
    decisions: pd.DataFrame,
    codebook: Codebook,
    **wanted: Any,
) -> pd.DataFrame:
    """Coded excerpts of the passages, in `EXCERPTS`' columns; `wanted` as `excerpts` has it.

    Raises `MissingInput` for a code, theme, review or coder that the study does not have.
    """
    from pipeline.export.excerpts import excerpts

    texts = contracts.read_all(passages, contracts.REDACTED)
    found, _ = checked_codings(texts, codings, decisions, codebook)
    return excerpts(found, texts, codebook, **wanted)


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
