"""The catalogue: every table for publication once, with title, contract, notes, and its trace.

CSV, workbook, report and trace read the tables from here. `CATALOGUE` holds them in printing
order; `behind` gives the rows of counted units that stand behind a row of any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.aggregate import made
from pipeline.aggregate.counts import NEEDS_HUMAN, STATE, Count, behind_cell, share_columns
from pipeline.aggregate.units import DIMENSIONS, Units
from pipeline.contracts import INT, LEAST, REAL, SHARE, TEXT, Column, Table

REVIEWS = "A review counts once, however many of its passages do. Denominator: all reviews built."
PRESENT = (
    "A passage counts when it says, among a review's findings or facts, that the theme is present, "
    "and the scores of the review's passages with the same code add up to enough: to "
    f"{LEAST}, and to {SHARE:.1%} of those of all codes; or a person checked one of the codings."
)
CLUSTERED = (
    "The interval takes each as drawn by itself; those of one review are alike, so it is "
    "too narrow for other reviews."
)
WITHIN = "Denominator: the reviews built of the same {}."
PASSAGES = "Passages are not counted here: their numbers would give withheld counts back."
AGENCY = (
    "Counted are codings about what agencies did or left undone. The agency is the one named after "
    "'by' in the sentence of the evidence, else the one named first in it, with those joined to it "
    "by 'and', else the one that the innermost heading names; else it is not stated. A review "
    "counts under every agency of which it says so. The words decide; nobody judged the fault."
)
ONCE = (
    "Counted are the recommendations of one document of each review: the overview report, or where "
    "it has none the action plan, the executive summary, another document."
)


@dataclass(frozen=True)
class Made:
    """A table that is not a plain count; `make` computes it."""

    id: str
    title: str
    table: Table
    make: Callable[[made.Source], pd.DataFrame]
    units: str = ""
    """The frame of units that stands behind its rows; none for what is not counted."""
    by: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Entry = Count | Made

_UNIT_NAME = Column("name", TEXT, "name in the codebook")
_THEME = (
    Column("theme", TEXT, "theme id"),
    Column("code", TEXT, "code id; empty in a theme's row"),
)

FLOW = Table(
    "corpus_flow",
    "one step of the way from documents to codings",
    ("order",),
    (
        Column("order", INT, "order of the steps", unit="1-based position"),
        Column("unit", TEXT, "what is counted: documents, reviews, passages, …"),
        Column("step", TEXT, "found, set aside at a stage, built, coded, …"),
        Column("reason", TEXT, "why they were set aside; empty at other steps"),
        Column("n", INT, "how many", unit="of the unit"),
        Column("of", INT, "how many were found", unit="of the unit"),
        *share_columns("n")[2:],
    ),
)
RANKING = Table(
    "theme_ranking",
    "one theme, or one code under it, with the reviews in which it is present",
    ("rank",),
    (
        Column("rank", INT, "themes by number of reviews, then of passages; each with its codes",
               unit="1-based position"),
        Column("level", TEXT, "whether the row is a theme or a code",
               vocabulary=("theme", "code")),
        *_THEME,
        _UNIT_NAME,
        *share_columns("reviews"),
        Column("n_passages", INT, "passages counted", unit="passages", nullable=True),
        Column("n_reviews_absent", INT, "reviews that say it is absent, and where it does not "
               "count as present", unit="reviews", nullable=True),
        Column("n_passages_absent", INT, "passages that say it is absent", unit="passages",
               nullable=True),
        Column("n_passages_recommendation", INT, "passages that recommend it", unit="passages",
               nullable=True),
        Column("n_passages_good_practice", INT, "passages that praise it", unit="passages",
               nullable=True),
        NEEDS_HUMAN,
        Column("exemplar", TEXT, "a passage in which it is present, redacted", nullable=True),
        Column("citation", TEXT, "where the exemplar stands", nullable=True),
        Column("passage_id", TEXT, "the exemplar's passage", nullable=True),
        STATE,
    ),
)  # fmt: skip
PAIRS = Table(
    "theme_pairs",
    "one pair of themes, or of codes, and the reviews in which both are present",
    ("level", "first", "second"),
    (
        Column("level", TEXT, "whether the pair is of themes or of codes",
               vocabulary=("theme", "code")),
        Column("first", TEXT, "id of the first, in alphabetical order"),
        Column("second", TEXT, "id of the second"),
        Column("first_name", TEXT, "name of the first"),
        Column("second_name", TEXT, "name of the second"),
        *share_columns("reviews"),
        Column("expected", REAL, "reviews expected if they were independent", unit="reviews",
               nullable=True),
        Column("lift", REAL, "n_reviews / expected", unit="ratio", nullable=True),
        Column("n_passages", INT, "passages where both are present", unit="passages",
               nullable=True),
        NEEDS_HUMAN,
        STATE,
    ),
)  # fmt: skip
CODEBOOK = Table(
    "codebook",
    "one theme or code of the codebook",
    ("order",),
    (
        Column("order", INT, "order of the codebook", unit="1-based position"),
        Column("level", TEXT, "theme or code", vocabulary=("theme", "code")),
        *_THEME,
        _UNIT_NAME,
        Column("definition", TEXT, "what it means"),
        Column("include", TEXT, "what counts", nullable=True),
        Column("exclude", TEXT, "what does not", nullable=True),
        Column("example", TEXT, "a sentence that is given the code", nullable=True),
        Column("kappa", REAL, "Cohen's kappa with the coder of fictional texts that the model had "
               "not seen; empty if no model knows the code",
               nullable=True),
        Column("n_positives", INT, "passages of those texts with the code", unit="passages",
               nullable=True),
        Column("needs_human", TEXT, "whether a person must code it before it is counted on",
               vocabulary=("yes", "no", "not measured")),
    ),
)  # fmt: skip
COMPARISON = Table(
    "comparison",
    "one published figure, with ours of the code that comes nearest",
    ("order",),
    (
        Column("order", INT, "order of the table", unit="1-based position"),
        Column("measure", TEXT, "what the source counted"),
        Column("published_n", INT, "the source's numerator", nullable=True),
        Column("published_of", INT, "the source's denominator", nullable=True),
        Column("published_percent", REAL, "the source's percentage", unit="%"),
        Column("published_unit", TEXT, "what the source's denominator counts"),
        Column("source", TEXT, "where the figure was read"),
        Column("note", TEXT, "why the two cannot be compared one to one"),
        Column("theme", TEXT, "theme id of the code", nullable=True),
        Column("code", TEXT, "code id of ours; empty if the codebook lacks it"),
        Column("code_name", TEXT, "the code's name"),
        *share_columns("reviews"),
        NEEDS_HUMAN,
        STATE,
    ),
)  # fmt: skip


def _reviews_by(dimension: str, title: str) -> Count:
    return Count(
        f"reviews_by_{dimension}", f"Reviews by {title}", "reviews", (dimension,), notes=(REVIEWS,)
    )


def _people_by(dimension: str, title: str) -> Count:
    note = "People are counted by their roles in a review: the children of one review count once."
    of, within = (dimension,), WITHIN.format(title)
    return Count(
        f"people_by_{dimension}", f"People by {title}", "people", ("role", dimension), of=of,
        of_meaning=f"reviews of the same {title}", notes=(note, within),
    )  # fmt: skip


def _themes_by(dimension: str, title: str) -> Count:
    return Count(
        f"themes_by_{dimension}",
        f"Themes by {title}",
        "present",
        ("theme", dimension),
        of=(dimension,),
        of_meaning=f"reviews of the same {title}",
        also=("passages",),
        notes=(PRESENT, WITHIN.format(title), PASSAGES),
    )


_TITLES = {"area": "area", "period": "period", "case_type": "case type"}

CATALOGUE: tuple[Entry, ...] = (
    Made(
        "corpus_flow", "From documents to codings", FLOW, made.flow, "flow", ("unit", "step",
        "reason"), ("Denominator of a step: all of the same unit that were found.",
        "A document or review that was set aside is in no other table."),
    ),
    *(_reviews_by(dimension, title) for dimension, title in _TITLES.items()),
    Count("people", "People in the reviews", "people", ("role",), notes=(
        "Reviews whose redacted text names such a person. One person may stand under several "
        "labels, so people are counted by role: the children of one review count once.",)),
    *(_people_by(dimension, title) for dimension, title in _TITLES.items()),
    Made(
        "theme_ranking", "Themes and codes by number of reviews", RANKING, made.ranking, "present",
        ("theme", "code"), (PRESENT, REVIEWS, "What is said to be absent, recommended or "
        "praised is counted apart and is in no other column. A review counts as absent that says "
        "so and does not count as present.", made.EXEMPLAR_RULE),
    ),
    *(_themes_by(dimension, title) for dimension, title in _TITLES.items()),
    Count("themes_by_subject", "Themes by whom they are told of", "present", ("theme", "subject"),
          also=("passages",), notes=(PRESENT, REVIEWS, "The subject is the person named nearest "
          "before the evidence, by the review's roles, or the code's own.")),
    Count("themes_by_agency", "Themes by agency at fault", "fault", ("theme", "agency"),
          also=("passages",), notes=(AGENCY, REVIEWS)),
    Made("theme_pairs", "Themes and codes in the same review", PAIRS, made.pairs, "present",
         ("first", "second"), (PRESENT, REVIEWS, "Expected: reviews with both if the two had "
         "nothing to do with each other. Lift above 1 is more than that; it is no test. Pairs of "
         "codes without a common review are left out.")),
    Count("good_practice", "Good practice", "praised", ("theme", "code"), also=("passages",),
          notes=("Passages that praise what was done.", REVIEWS)),
    Count("recs_by_agency", "Recommendations by agency", "recommendations_by_agency", ("agency",),
          "recommendations", "recommendations", of_meaning="recommendations counted",
          also=("reviews",), notes=(ONCE, CLUSTERED, "A recommendation counts under every agency "
          "that it addresses, so the rows add up to more than all.")),
    Count("recs_by_theme", "Recommendations by theme", "recommendations_by_theme", ("theme",),
          "recommendations", "recommendations", of_meaning="recommendations counted",
          also=("reviews",), notes=(ONCE, CLUSTERED, "The themes are those of the recommendation's "
          "own codings; it counts under each, and under 'not stated' when it has none.")),
    Count("recs_by_scope", "Recommendations by scope", "recommendations", ("scope",),
          "recommendations", "recommendations", of_meaning="recommendations counted",
          also=("reviews",), notes=(ONCE, CLUSTERED)),
    Count("recs_by_theme_and_agency", "Recommendations by theme and agency",
          "recommendations_by_both", ("theme", "agency"), "recommendations", "recommendations",
          of_meaning="recommendations counted", also=("reviews",), notes=(ONCE, CLUSTERED, "A "
          "recommendation counts under each of its themes and agencies.")),
    Count("actions_by_status", "Action plans by status", "actions", ("status",), "actions",
          "actions", of_meaning="rows of action plans counted", also=("reviews",), notes=(
          "Rows of the action plan of one document of each review, by the words of their outcome.",
          CLUSTERED)),
    Made("comparison", "Published figures beside ours", COMPARISON, made.comparison, "present",
         ("code",), ("Other denominators, years, areas and ways of coding: never test "
         "the difference.",)),
    Made("codebook", "Codebook", CODEBOOK, made.codebook_table, notes=(
        "Reliability is agreement beyond chance with the coder of fictional texts that the model "
        "had not seen; on the reviews of a study dhr evaluate measures it.",)),
)  # fmt: skip
BY_ID = {entry.id: entry for entry in CATALOGUE}

CONTENTS = Table(
    "contents",
    "one table of the catalogue",
    ("order",),
    (
        Column("order", INT, "order of the tables", unit="1-based position"),
        Column("table", TEXT, "its id: the name of its files and, in words, of its sheet"),
        Column("title", TEXT, "what stands above it"),
        Column("row", TEXT, "what one row is"),
        Column("notes", TEXT, "definitions, denominators, and what was withheld"),
    ),
)


def dimension_of(entry: Entry) -> str | None:
    """The identifying dimension that the table breaks down by, if it does."""
    return next((name for name in entry.by if name in DIMENSIONS), None)


def behind(table: str, row: pd.Series[Any], units: Units) -> pd.DataFrame:
    """The rows of counted units behind a row of a table: codings, recommendations, reviews.

    `units` are those that the table was made from: `Tables.units` of those that hold it.
    Raises `KeyError` for a table that the catalogue lacks; a table that counts nothing has no rows
    behind it.
    """
    entry = BY_ID[table]
    if not entry.units:
        return pd.DataFrame()
    if entry.id == "theme_pairs":
        return made.behind_pair(row, units)
    return behind_cell(units.frames[entry.units], row, entry.by)
