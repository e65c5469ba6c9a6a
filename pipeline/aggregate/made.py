"""The tables that are more than a count: flow, ranking with exemplars, pairs, codebook, figures."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from pipeline.aggregate.counts import Count, behind_cell, distinct, shares
from pipeline.aggregate.units import KEYS, Units
from pipeline.codebook import Codebook

FIGURES: list[dict[str, Any]] = tomllib.loads(
    files(__package__).joinpath("comparison.toml").read_text("utf-8")
)["figure"]
SHORT = 400
"""Characters up to which a passage is short enough to be quoted whole."""
EXEMPLAR_RULE = (
    "The exemplar is, of the passages counted, one that a person checked if there is any, then one "
    f"of at most {SHORT} characters, then the one with the highest score, then the shortest, "
    "then the first by review number and reading order."
)


@dataclass(frozen=True)
class Source:
    """What tables are made of beside the counted units."""

    units: Units
    passages: pd.DataFrame
    """contracts.REDACTED, with a column `citation`."""
    codebook: Codebook
    reliability: pd.DataFrame | None = None
    """code, kappa, n_positives, needs_human."""


def flow(source: Source) -> pd.DataFrame:
    """FLOW: sums of the units' n, in the order in which the steps come."""
    rows = source.units.frames["flow"]
    by = ["unit", "step", "reason"]
    table = rows.groupby(by, sort=False)["n"].sum().astype(int).reset_index()
    found = table[table["step"] == "found"].set_index("unit")["n"]
    of = table["unit"].map(found).fillna(0).astype(int)
    table = table.assign(of=of, order=range(1, len(table) + 1))
    return table.join(shares(table["n"], of))


def ranking(source: Source) -> pd.DataFrame:
    """RANKING: every theme, those in most reviews first, each followed by its codes."""
    frames = source.units.frames
    by = ("theme", "code")
    counted = Count("theme_ranking", "", "present", by, also=("passages",)).count(source.units)
    leveled = {
        name: pd.concat([frames[name].assign(code=""), frames[name]])
        for name in ("present", "absent", "recommended", "praised")
    }
    for name, column in (("absent", "absent"), ("recommended", "recommendation"),
                         ("praised", "good_practice")):  # fmt: skip
        counted[f"n_passages_{column}"] = distinct(counted, leveled[name], by, "passages")
    key = ["review_id", *by]
    present = leveled["present"][key].drop_duplicates()
    only = leveled["absent"].merge(present, on=key, how="left", indicator=True)
    only = only[only["_merge"] == "left_only"]
    counted["n_reviews_absent"] = distinct(counted, only, by, "reviews")
    table = counted.merge(_exemplars(leveled["present"], source.passages), on=by, how="left")
    order = _order(table)
    table = table.loc[order].assign(rank=range(1, len(table) + 1))
    is_code = table["code"] != ""
    names = table["code_name"].where(is_code, table["theme_name"])
    level = is_code.map({True: "code", False: "theme"})
    return table.assign(name=names, level=level).drop(columns=["theme_name", "code_name"])


def _order(table: pd.DataFrame) -> pd.Index[int]:
    counts = ["n_reviews", "n_passages"]
    of_theme = table[table["code"] == ""].set_index("theme")[counts]
    ranked = table.join(of_theme.add_suffix("_theme"), on="theme")
    ranked["beneath"] = ranked["code"] != ""
    by = ["n_reviews_theme", "n_passages_theme", "theme", "beneath", *counts, "code"]
    return ranked.sort_values(by, ascending=[False, False, True, True, False, False, True]).index


def _exemplars(present: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """theme, code, exemplar, citation, passage_id: see EXEMPLAR_RULE."""
    prose = passages[passages["kind"].isin(("paragraph", "list-item"))]
    place = ["review_id", "passage_id"]
    found = present[[*place, "theme", "code", "checked", "score"]]
    found = found.merge(prose[[*place, "ordinal", "text", "citation"]], on=place)
    length = found["text"].str.len()
    found = found.assign(long=length > SHORT, length=length)
    by = ["checked", "long", "score", "length", "review_id", "ordinal"]
    best = found.sort_values(by, ascending=[False, True, False, True, True, True])
    best = best.drop_duplicates(["theme", "code"]).rename(columns={"text": "exemplar"})
    return best[["theme", "code", "exemplar", "citation", "passage_id"]]


def pairs(source: Source) -> pd.DataFrame:
    """PAIRS: every pair of themes, and the pairs of codes that share a review."""
    units = source.units
    present, of = units.frames["present"], len(units.frames["reviews"])
    names = {**units.names["theme"], **units.names["code"]}
    ids = {"theme": units.values["theme"], "code": sorted(units.names["code"])}
    table = pd.concat([_pairs(present, level, sorted(ids[level]), of) for level in ids])
    table = table.reset_index(drop=True)
    table = table[(table["level"] == "theme") | (table["n_reviews"] > 0)]
    return table.join(shares(table["n_reviews"], table["of_reviews"])).assign(
        first_name=table["first"].map(names), second_name=table["second"].map(names),
        state="shown",
    )  # fmt: skip


def _pairs(present: pd.DataFrame, level: str, ids: list[str], of: int) -> pd.DataFrame:
    table = pd.MultiIndex.from_product([ids, ids], names=["first", "second"]).to_frame(index=False)
    table = table[table["first"] < table["second"]].assign(level=level, of_reviews=of)
    for unit in ("reviews", "passages"):
        key = list(KEYS[unit])
        rows = present[[*key, level]].drop_duplicates().rename(columns={level: "first"})
        both = rows.merge(rows.rename(columns={"first": "second"}), on=key)
        n = both.groupby(["first", "second"]).size().rename(f"n_{unit}")
        table = table.join(n, on=["first", "second"])
    table = table.fillna({"n_reviews": 0, "n_passages": 0})
    table = table.astype({"n_reviews": int, "n_passages": int})
    alone = present[["review_id", level]].drop_duplicates().groupby(level).size()
    # Of a codebook with one theme there is no pair, and nothing tells that the cells are numbers.
    first, second = (table[c].map(alone).fillna(0).astype(float) for c in ("first", "second"))
    # 0 reviews leave 0 / 0: nothing is expected then.
    table["expected"] = first * second / max(of, 1)
    table["lift"] = (table["n_reviews"] / table["expected"]).where(table["expected"] > 0)
    whose = present.groupby(level)["needs_human"].agg(["sum", "size"])
    needing, codings = (
        sum(table[c].map(whose[n]).astype(float).fillna(0) for c in ("first", "second"))
        for n in ("sum", "size")
    )
    table["needs_human_coding"] = np.round(100 * needing / codings, 1)
    if present["needs_human"].isna().all():
        table["needs_human_coding"] = float("nan")
    return table


def behind_pair(row: pd.Series[Any], units: Units) -> pd.DataFrame:
    """The codings of either member of a pair in the reviews that have both."""
    level = str(row["level"])
    rows = units.frames["present"]
    sides = [behind_cell(rows, row.rename({side: level}), [level]) for side in ("first", "second")]
    reviews = set(sides[0]["review_id"]) & set(sides[1]["review_id"])
    both = pd.concat(sides)
    return both[both["review_id"].isin(reviews)]


def codebook_table(source: Source) -> pd.DataFrame:
    """CODEBOOK: each theme, followed by its codes, in the codebook's order."""
    rows = []
    for theme in source.codebook.theme:
        rows.append({"level": "theme", "theme": theme.id, "code": "", "name": theme.name,
                     "definition": theme.definition})  # fmt: skip
        rows += [
            {"level": "code", "theme": theme.id, "code": code.id, "name": code.name,
             "definition": code.definition, "include": code.include, "exclude": code.exclude,
             "example": code.match[0]}
            for code in source.codebook.code
            if code.theme == theme.id
        ]  # fmt: skip
    table = pd.DataFrame(rows).assign(order=range(1, len(rows) + 1))
    columns = ["code", "kappa", "n_positives", "needs_human"]
    reliability = source.reliability
    if reliability is None:
        reliability = pd.DataFrame(columns=columns)
    table = table.merge(reliability[columns], on="code", how="left")
    words = {True: "yes", False: "no"}
    return table.assign(needs_human=table["needs_human"].map(words).fillna("not measured"))


def comparison(source: Source) -> pd.DataFrame:
    """COMPARISON: the figures of comparison.toml, and ours of the code that each names."""
    by = ("theme", "code")
    ours = Count("comparison", "", "present", by).count(source.units)
    ours = ours[ours["code"] != ""].drop(columns="theme_name")
    figures = pd.DataFrame(FIGURES, columns=["measure", "code", "n", "of", "percent", "unit",
                                             "source", "note"])  # fmt: skip
    published = {name: f"published_{name}" for name in ("n", "of", "percent", "unit")}
    table = figures.rename(columns=published).merge(ours, on="code", how="left")
    table["code"] = table["code"].where(table["theme"].notna(), "")
    return table.assign(
        order=range(1, len(table) + 1),
        code_name=table["code_name"].fillna(""),
        state="shown",
    )
