"""The theme tables: prevalence, the review x theme and review x code matrices, co-occurrence.

A passage counts for a code when it says that the code is present, in the layer of findings or
of facts; what is recommended or praised is counted apart. A review counts when its passages
together are enough (`review_evidence`). A passage counts once per theme,
however many codes of the theme and however many coders it has. Codings of reviews that were
set aside, and of codes that the codebook does not have, are not counted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.aggregate.counts import shares
from pipeline.aggregate.review_evidence import established, evidence
from pipeline.aggregate.units import COUNTED_LAYERS
from pipeline.codebook import Codebook
from pipeline.contracts import COOCCURRENCE, LEAST, PREVALENCE, REVIEW_CODES, REVIEW_THEMES

COUNTS = ["n_passages", "n_passages_absent", "n_passages_recommendation",
          "n_passages_good_practice"]  # fmt: skip


class ThemeTables(NamedTuple):
    """Four frames that fit the contracts of the same names."""

    prevalence: pd.DataFrame
    review_themes: pd.DataFrame
    review_codes: pd.DataFrame
    cooccurrence: pd.DataFrame


def aggregate(codings: pd.DataFrame, reviews: pd.DataFrame, codebook: Codebook) -> ThemeTables:
    """Count codings over the reviews that were built.

    A built review without any coding counts in the denominator. Every review x theme and
    review x code has a row, and every theme and code a row of prevalence, zeros included.
    """
    built = pd.Index(reviews.loc[reviews["status"] == "built", "review_id"].sort_values())
    themes, codes = _units(codebook)
    # The codebook says which theme a code is in: it may have moved since a person coded it.
    known = codings[codings["review_id"].isin(built)].drop(columns="theme")
    known = known.merge(codes[["code", "theme"]], on="code")
    of_themes = _matrix(known, "theme", built, themes)
    of_codes = _matrix(known, "code", built, codes)
    present = established(_present(known))
    prevalence = [
        _prevalence(of_themes, present, "theme", themes, len(built)),
        _prevalence(of_codes, present, "code", codes, len(built)),
    ]
    pairs = [
        _cooccurrence(present, of_themes, "theme", prevalence[0]),
        _cooccurrence(present, of_codes, "code", prevalence[1]).query("n_reviews > 0"),
    ]
    return ThemeTables(
        PREVALENCE.validate(pd.concat(prevalence)),
        REVIEW_THEMES.validate(of_themes[REVIEW_THEMES.names]),
        REVIEW_CODES.validate(of_codes[REVIEW_CODES.names]),
        COOCCURRENCE.validate(pd.concat(pairs)),
    )


def _units(codebook: Codebook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Themes, and codes: theme id, code id (empty in a theme's row), name."""
    columns = ["theme", "code", "name"]
    themes = [(theme.id, "", theme.name) for theme in codebook.theme]
    codes = [(code.theme, code.id, code.name) for code in codebook.code]
    return pd.DataFrame(themes, columns=columns), pd.DataFrame(codes, columns=columns)


def _counted(codings: pd.DataFrame, polarity: str) -> pd.DataFrame:
    return codings[codings["layer"].isin(COUNTED_LAYERS) & (codings["polarity"] == polarity)]


def _present(codings: pd.DataFrame) -> pd.DataFrame:
    return _counted(codings, "present")


def _matrix(
    codings: pd.DataFrame, level: str, built: pd.Index[int], units: pd.DataFrame
) -> pd.DataFrame:
    """Every built review x theme (or code): distinct passages, how many to expect right, state."""
    facets = [
        _present(codings),
        _counted(codings, "absent"),
        codings[codings["layer"] == "recommendation"],
        codings[codings["polarity"] == "good-practice"],
    ]
    cells = pd.MultiIndex.from_product([built, units[level]], names=["review_id", level])
    counts = [
        facet.groupby(["review_id", level])["passage_id"].nunique().reindex(cells, fill_value=0)
        for facet in facets
    ]
    found = evidence(facets[0])
    expected = found["expected"].groupby(["review_id", level]).max().reindex(cells, fill_value=0.0)
    matrix = pd.concat([*counts, expected], axis=1, keys=[*COUNTS, "expected"]).reset_index()
    enough = found["enough"].groupby("review_id").first()
    matrix["enough"] = enough.reindex(matrix["review_id"], fill_value=LEAST).to_numpy(float)
    matrix["state"] = np.select(
        [matrix["expected"] >= matrix["enough"], matrix["n_passages_absent"] > 0],
        ["present", "absent"],
        "not mentioned",
    )
    return matrix.merge(units, on=level) if level == "code" else matrix


def _prevalence(
    matrix: pd.DataFrame,
    established_codings: pd.DataFrame,
    level: str,
    units: pd.DataFrame,
    of_reviews: int,
) -> pd.DataFrame:
    present, absent = (
        matrix[matrix["state"] == state].astype({"review_id": str}).groupby(level)["review_id"]
        for state in ("present", "absent")
    )
    counts = matrix.groupby(level)[COUNTS].sum()
    passages = established_codings[["review_id", "passage_id", level]].drop_duplicates()
    counts = counts.assign(
        n_passages=passages.groupby(level).size(),
        n_reviews=present.size(),
        n_reviews_absent=absent.size(),
    )
    table = units.join(counts, on=level).fillna(0).join(present.agg(" ".join), on=level)
    table = table.rename(columns={"review_id": "reviews"}).fillna({"reviews": ""})
    table = table.assign(level=level, of_reviews=of_reviews)
    return table.join(shares(table["n_reviews"], table["of_reviews"]))


def _cooccurrence(
    present: pd.DataFrame, matrix: pd.DataFrame, level: str, prevalence: pd.DataFrame
) -> pd.DataFrame:
    """Every pair, those without a common review included."""
    n_reviews = prevalence.set_index(level)["n_reviews"]
    of_reviews = int(prevalence["of_reviews"].iloc[0])
    ids = sorted(n_reviews.index)
    pairs = pd.MultiIndex.from_product([ids, ids], names=["first", "second"]).to_frame(index=False)
    pairs = pairs[pairs["first"] < pairs["second"]]
    units = matrix[matrix["state"] == "present"]
    together = {"n_reviews": _together(units, level, ["review_id"]),
                "n_passages": _together(present, level, ["review_id", "passage_id"])}  # fmt: skip
    for name, counts in together.items():
        pairs = pairs.join(counts.rename(name), on=["first", "second"]).fillna({name: 0})
    # 0 reviews leave 0 / 0: nothing is expected then.
    # Of a codebook with one theme there is no pair, and nothing tells that the cells are numbers.
    first, second = (pairs[of].map(n_reviews).astype(float) for of in ("first", "second"))
    expected = first * second / max(of_reviews, 1)
    return pairs.assign(
        level=level,
        of_reviews=of_reviews,
        expected=expected,
        lift=(pairs["n_reviews"] / expected).where(expected > 0),
    )


def _together(rows: pd.DataFrame, level: str, place: list[str]) -> pd.Series[int]:
    """Number of places that hold both, for every ordered pair that shares one."""
    units = rows[[*place, level]].drop_duplicates().rename(columns={level: "first"})
    both = units.merge(units.rename(columns={"first": "second"}), on=place)
    return both.groupby(["first", "second"]).size()
