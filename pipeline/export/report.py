"""The report: a study's tables, charts, passages and methods, as one page for screen and paper.

`Report` is what it says; `as_html` prints it here, `pipeline.export.word` for Word. The page has no
scripts and loads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.contracts import Table
from pipeline.export.charts import (
    Chart,
    heat_map,
    pair_map,
    period_trends,
    share_bars,
    theme_bars,
    topic_map,
)
from pipeline.export.methods import Part
from pipeline.export.pages import template
from pipeline.export.printed import Grid, grid

FOLDED = 100
"""A table with more rows is folded on the page, and cut to `SHORTENED` rows in Word."""
SHORTENED = 30
AGENCIES = 15
"""Agencies that the chart shows."""
SECTIONS = (
    ("The reviews", "reviews", ("corpus_flow", "reviews_by_", "people")),
    ("Themes", "themes", ("theme", "good_practice")),
    ("Recommendations and actions", "recommendations", ("recs_", "actions_")),
    ("Published figures", "published", ("comparison",)),
    ("Codebook", "codebook-section", ("codebook",)),
)
"""Title, id, and how the ids of the section's tables begin."""
CHARTS = {
    "themes": ("bars", "map", "periods", "pairs"),
    "recommendations": ("agencies",),
    "topics": ("topics",),
}


@dataclass(frozen=True)
class ReportTable:
    """One table of the report."""

    id: str
    title: str
    notes: str
    grid: Grid
    quoted: pd.DataFrame
    """The passages quoted for its numbers: row, column, rank, of, citation, evidence, …"""
    same: Mapping[str, str]
    """Columns that stand on the same passages as another: that other column."""
    number: int
    """Its number in the report, from 1."""
    row: str
    """What one row is."""

    @cached_property
    def long(self) -> bool:
        """Whether it has too many rows to stand on a page."""
        return len(self.grid.rows) > FOLDED

    @cached_property
    def anchors(self) -> Mapping[tuple[int, str], str]:
        """Row (from 1) and column of a number → where its passages stand on the page."""
        found: dict[tuple[int, str], str] = {}
        for row, column in self.quoted[["row", "column"]].drop_duplicates().itertuples(index=False):
            found[int(row), str(column)] = f"q-{self.id}-{row}-{column}"
        also = {
            (row, column): anchor
            for (row, quoted), anchor in found.items()
            for column, other in self.same.items()
            if other == quoted
        }
        return found | also

    def numbers(self) -> list[dict[str, Any]]:
        """For each number with passages: its anchor, what it is, and the passages."""
        headers = {header.column: header.label for header in self.grid.headers}
        groups = []
        for (row, column), own in self.quoted.groupby(["row", "column"], sort=False):
            cells = self.grid.rows[int(str(row)) - 1]
            names = [c.text for c in cells if not c.number and c.text][:2]
            value = next(c.text for c in cells if c.column == column)
            groups.append({
                "anchor": self.anchors[int(str(row)), str(column)],
                "name": ", ".join(names),
                "value": f"{headers[str(column)]}: {value}",
                "command": f"dhr trace {self.id} {row} --column {column}",
                "shown": len(own),
                "of": int(own["of"].iloc[0]),
                "passages": own.sort_values("rank").to_dict("records"),
            })  # fmt: skip
        return groups


@dataclass(frozen=True)
class Report:
    """What the report of a study says."""

    title: str
    summary: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    """Name and value of the study's main numbers."""
    tables: tuple[ReportTable, ...]
    charts: Mapping[str, Chart]
    topics: pd.DataFrame
    """label, n_passages, n_reviews: those that may be printed."""
    topics_left_out: int
    methods: tuple[Part, ...]
    citation: str
    quote_rule: str
    public: bool
    """Whether disclosure control was on."""
    minimum: int

    def of_section(self, begins: Sequence[str]) -> list[ReportTable]:
        """The tables whose ids begin so."""
        return [table for table in self.tables if table.id.startswith(tuple(begins))]

    def excerpts(self) -> list[dict[str, Any]]:
        """Every passage that is quoted, once, by review."""
        frames = [table.quoted for table in self.tables if len(table.quoted)]
        if not frames:
            return []
        found = pd.concat(frames)[["review_id", "passage_id", "citation", "text"]]
        found = found.drop_duplicates("passage_id").sort_values(["review_id", "citation", "text"])
        return found.to_dict("records")  # type: ignore[return-value]


def report_table(
    number: int,
    title: str,
    notes: str,
    frame: pd.DataFrame,
    table: Table,
    quoted: pd.DataFrame,
    same: Mapping[str, str],
) -> ReportTable:
    """A table of the report from its frame; `quoted` are the passages of all tables."""
    own = quoted[quoted["table"] == table.name]
    return ReportTable(table.name, title, notes, grid(frame, table), own, same, number, table.row)


def charts(
    frames: Mapping[str, pd.DataFrame],
    topics: pd.DataFrame,
    *,
    states: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> dict[str, Chart]:
    """The charts of the published tables, by id; those that have nothing to show are not made.

    `states` are review_themes and prevalence, for the map of reviews and themes: for research only.
    """
    found = []
    ranking = frames["theme_ranking"]
    if (ranking["state"] == "shown").all() and ranking["of_reviews"].gt(0).all():
        found.append(theme_bars(ranking))
        themes = ranking.loc[ranking["level"] == "theme", "theme"]
        pairs = frames["theme_pairs"].query("level == 'theme'")
        if len(pairs):
            found.append(pair_map(pairs, themes))
        by_period = frames["themes_by_period"]
        if by_period["period"].nunique() > 1:
            found.append(period_trends(by_period, themes))
    agencies = frames["recs_by_agency"]
    if (agencies["state"] == "shown").all() and agencies["n_recommendations"].gt(0).any():
        most = agencies.sort_values(
            ["n_recommendations", "agency"], ascending=[False, True], kind="stable"
        ).head(AGENCIES)
        most = most[most["n_recommendations"] > 0].assign(name=most["agency_name"])
        found.append(
            share_bars(most, "agencies", f"Recommendations by agency (the {len(most)} most "
                       "addressed)", "recommendations", "Recommendations that address the agency")
        )  # fmt: skip
    if states is not None:
        found.append(heat_map(*states))
    if topics["topic"].ge(0).any():
        found.append(topic_map(topics))
    return {chart.id: chart for chart in found}


def summary(n_built: int, *, checked: bool) -> tuple[str, ...]:
    """What the report is and is not; `checked`: whether a person made or changed any coding."""
    if not n_built:
        return ("No review was built, so there is nothing to count.",)
    by_whom = (
        "The codings were made by machine; those that a person made or changed are counted as the "
        "person decided."
        if checked
        else "The codings were made by machine and have not been checked by a person."
    )
    return (
        f"This report counts in how many of {n_built} reviews each theme of the codebook was "
        f"found. {by_whom} They show where to read, not what to conclude.",
        "It does not say what caused a death, how common a theme is among all such deaths, or what "
        "a person or agency did wrong. A review that does not mention a theme does not show that "
        "it was not there.",
    )


def as_html(report: Report) -> str:
    """The report as one HTML page."""
    sections = [
        {"title": title, "id": id, "tables": report.of_section(begins),
         "charts": [report.charts[c] for c in CHARTS.get(id, ()) if c in report.charts]}
        for title, id, begins in SECTIONS
    ]  # fmt: skip
    svg = {id: Markup(chart.svg) for id, chart in report.charts.items()}
    return template("report.html").render(report=report, sections=sections, svg=svg, folded=FOLDED)
