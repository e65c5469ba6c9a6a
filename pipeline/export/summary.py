"""The summary page: one HTML file without scripts or remote assets, for screen and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from pipeline.codebook import Codebook
from pipeline.export.charts import heat_map, ranked_themes, theme_bars

PAIRS = 10
"""Pairs of themes that are shown."""


def as_page(
    frames: Mapping[str, pd.DataFrame],
    codebook: Codebook,
    *,
    title: str,
    about: Mapping[str, str],
) -> str:
    """The page of a study.

    `frames` holds prevalence, review_themes, cooccurrence, topics, documents and reviews;
    `about` says what made them (software, models).
    """
    prevalence, reviews = frames["prevalence"], frames["reviews"]
    built = reviews[reviews["status"] == "built"]
    charts: dict[str, Markup] = {}
    if len(built):
        charts["bars"] = Markup(theme_bars(prevalence))
        charts["map"] = Markup(heat_map(frames["review_themes"], prevalence))
    return template("summary.html").render(
        title=title,
        about=about,
        codebook=codebook,
        names=codebook.themes,
        example=codebook.code[0],
        n_built=len(built),
        totals=built[["passages", "identifiers", "codings"]].sum(),
        flow=[_flow("Documents", frames["documents"]), _flow("Reviews", reviews)],
        set_aside=_documents_aside(frames["documents"]) + _reviews_aside(reviews),
        themes=_themes(prevalence),
        pairs=_pairs(frames["cooccurrence"]),
        topics=_topics(frames["topics"]),
        **charts,
    )


def template(name: str) -> Template:
    """A page's template; whatever is put into it is escaped."""
    environment = Environment(
        loader=PackageLoader("pipeline.export"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(name)


def _flow(name: str, frame: pd.DataFrame) -> tuple[str, int, int, int]:
    built = int((frame["status"] == "built").sum())
    return name, len(frame), len(frame) - built, built


def _documents_aside(documents: pd.DataFrame) -> list[tuple[str, str]]:
    aside = documents[documents["status"] == "set aside"]
    counts = aside["reason"].fillna("no reason is recorded").value_counts().sort_index()
    return [(f"{n} document{'s' if n > 1 else ''}", str(reason)) for reason, n in counts.items()]


def _reviews_aside(reviews: pd.DataFrame) -> list[tuple[str, str]]:
    aside = reviews[reviews["status"] == "set aside"]
    reasons = aside["reason"].fillna("no reason is recorded")
    return [(f"Review {id}", why) for id, why in zip(aside["review_id"], reasons, strict=True)]


def _themes(prevalence: pd.DataFrame) -> list[list[Any]]:
    """For each theme its own row, then those of its codes; both by number of reviews."""
    codes = prevalence[prevalence["level"] == "code"]
    codes = codes.sort_values(
        ["n_reviews", "n_passages", "code"], ascending=[False, False, True], kind="stable"
    )
    return [
        [theme, *codes[codes["theme"] == theme.theme].itertuples()]
        for theme in ranked_themes(prevalence).itertuples()
    ]


def _pairs(cooccurrence: pd.DataFrame) -> list[Any]:
    themes = cooccurrence[(cooccurrence["level"] == "theme") & (cooccurrence["n_reviews"] > 0)]
    order = ["n_reviews", "lift", "n_passages", "first", "second"]
    ranked = themes.sort_values(order, ascending=[False, False, False, True, True])
    return list(ranked.head(PAIRS).itertuples())


def _topics(topics: pd.DataFrame) -> list[Any]:
    """Largest first; the passages in no topic come last."""
    return list(topics.sort_values("topic", key=lambda topic: topic.mask(topic < 0)).itertuples())
