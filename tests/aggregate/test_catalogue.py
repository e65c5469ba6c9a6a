"""Every table of the catalogue against a slow recount in plain loops, and against its trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations, product
from math import sqrt
from typing import Any

import pandas as pd
import pytest
import synthetic
from synthetic import AGENCIES, CODEBOOK, RELIABILITY, THEME_OF, THEMES, Study

from pipeline.aggregate.catalogue import BY_ID, CATALOGUE, behind
from pipeline.aggregate.counts import Count
from pipeline.aggregate.made import pairs
from pipeline.aggregate.publication import published, research
from pipeline.aggregate.rules import Disclosure
from pipeline.vocabulary import PROGRESS, SCOPES, SUBJECTS

GAP = "not stated"
Rows = list[dict[str, Any]]
Cells = dict[tuple[str, ...], dict[str, int]]


@pytest.fixture(scope="module", params=[1, 2])
def study(request: pytest.FixtureRequest) -> Study:
    return synthetic.study(request.param, 24)


@pytest.fixture(scope="module")
def tables(study: Study) -> dict[str, pd.DataFrame]:
    return published(study.source(), Disclosure(off=True)).frames


class Recount:
    """The study's rows once more, with what the tables' notes say of them and nothing else."""

    def __init__(self, study: Study) -> None:
        self.built = {r["review_id"]: r for r in study.reviews if r["status"] == "built"}
        self.codings = [c for c in study.codings if c["review_id"] in self.built
                        and c["code"] in THEME_OF]  # fmt: skip
        self.roles = [r for r in study.roles if r["review_id"] in self.built]
        self.fault: dict[tuple[Any, ...], list[str]] = {}
        for *place, agency in study.at_fault:
            self.fault.setdefault(tuple(place), []).append(agency)
        kinds = {d["document_id"]: d["document_type"] for d in study.documents}
        self.recommendations: Rows = []
        for review, kind in product(self.built, ("recommendation", "action-plan row")):
            own = [r for r in study.recommendations
                   if r["review_id"] == review and r["kind"] == kind]  # fmt: skip
            main = [r for r in own if kinds[r["document_id"]] == "overview report"]
            self.recommendations += main or own

    def of(self, kind: str) -> Rows:
        return [r for r in self.recommendations if r["kind"] == kind]

    def there(self, present: Rows) -> Rows:
        """Those of codes of which a review is expected to have enough right passages."""
        best: dict[tuple[Any, ...], float] = {}
        for c in present:
            at = c["review_id"], c["code"], c["passage_id"]
            best[at] = max(best.get(at, 0.0), 1.0 if c["coder"] != "machine" else c["score"])
        expected: dict[tuple[Any, ...], float] = {}
        for (review, code, _), score in best.items():
            expected[review, code] = expected.get((review, code), 0.0) + score
        sure = {(review, code) for (review, code, _), score in best.items() if score >= 1}
        of_review = {r: sum(v for (n, _), v in expected.items() if n == r) for r in self.built}
        enough = {
            at: at in sure or round(score, 4) >= max(0.5, round(0.015 * of_review[at[0]], 4))
            for at, score in expected.items()
        }
        return [c for c in present if enough[c["review_id"], c["code"]]]

    def facet(self, name: str) -> Rows:
        counted = [c for c in self.codings if c["layer"] in ("finding", "fact")]
        return {
            "present": self.there([c for c in counted if c["polarity"] == "present"]),
            "absent": [c for c in counted if c["polarity"] == "absent"],
            "recommended": [c for c in self.codings if c["layer"] == "recommendation"],
            "praised": [c for c in self.codings if c["polarity"] == "good-practice"],
        }[name]

    def value(self, review: int, dimension: str) -> str:
        row = self.built[review]
        if dimension != "period":
            return row[dimension] or GAP
        year = row["year_of_death"]
        if year is None:
            return GAP
        first = [f for f in (2011, 2016, 2021) if year >= f]
        names = {2011: "2011-2015", 2016: "2016-2020", 2021: "2021 and later"}
        return names[first[-1]] if first else "before 2011"

    def values(self, dimension: str) -> set[str]:
        return {self.value(review, dimension) for review in self.built}

    def themes_of(self, row: dict[str, Any]) -> list[str]:
        own = {
            THEME_OF[c["code"]]
            for c in self.facet("recommended")
            if (c["review_id"], c["passage_id"]) == (row["review_id"], row["passage_id"])
        }
        return sorted(own) or [GAP]


def agencies(row: dict[str, Any]) -> list[str]:
    return row["agencies"].split(" ; ") if row["agencies"] else [GAP]


def n_reviews(rows: Iterable[dict[str, Any]]) -> int:
    return len({row["review_id"] for row in rows})


def n_passages(rows: Iterable[dict[str, Any]]) -> int:
    return len({(row["review_id"], row["passage_id"]) for row in rows})


def share(n: int, of: int) -> dict[str, float]:
    z, p = 1.959963984540054, n / of
    centre, margin = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    ends = [100 * (centre + sign * margin) / (1 + z * z / of) for sign in (-1, 1)]
    return {"percent": 100 * p, "low": ends[0], "high": ends[1]}


def check(frame: pd.DataFrame, key: tuple[str, ...], wanted: Cells) -> None:
    """The frame has exactly the wanted rows, with the numbers wanted and their share."""
    rows = {tuple(row[k] for k in key): row for row in frame.to_dict("records")}
    assert set(rows) == set(wanted)
    for at, numbers in wanted.items():
        assert {name: rows[at][name] for name in numbers} == numbers, at
        n, of, *_ = numbers.values()
        if of:
            ours = {name: rows[at][name] for name in ("percent", "low", "high")}
            assert ours == pytest.approx(share(n, of), abs=0.051), at
        else:
            assert pd.isna(rows[at]["percent"])


@pytest.mark.parametrize("dimension", ["area", "period", "case_type"])
def test_breakdowns(study: Study, tables: dict[str, pd.DataFrame], dimension: str) -> None:
    again = Recount(study)
    inside = {v: {r for r in again.built if again.value(r, dimension) == v}
              for v in again.values(dimension)}  # fmt: skip
    check(tables[f"reviews_by_{dimension}"], (dimension,), {
        (v,): {"n_reviews": len(rows), "of_reviews": len(again.built)} for v, rows in inside.items()
    })  # fmt: skip
    check(tables[f"people_by_{dimension}"], ("role", dimension), {
        (role, v): {"n_reviews": n_reviews(r for r in again.roles if r["role"] == role
                                           and r["review_id"] in rows), "of_reviews": len(rows)}
        for role in ("victim", "perpetrator", "child") for v, rows in inside.items()
    })  # fmt: skip
    own = {
        (t, v): [
            c for c in again.facet("present") if THEME_OF[c["code"]] == t and c["review_id"] in rows
        ]
        for t in THEMES
        for v, rows in inside.items()
    }
    check(tables[f"themes_by_{dimension}"], ("theme", dimension), {
        (t, v): {"n_reviews": n_reviews(rows), "of_reviews": len(inside[v]),
                 "n_passages": n_passages(rows)} for (t, v), rows in own.items()
    })  # fmt: skip


def test_people(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again = Recount(study)
    check(tables["people"], ("role",), {
        (role,): {"n_reviews": n_reviews(r for r in again.roles if r["role"] == role),
                  "of_reviews": len(again.built)} for role in ("victim", "perpetrator", "child")
    })  # fmt: skip


def leveled(rows: Rows) -> Callable[[str, str], Rows]:
    return lambda theme, code: [r for r in rows if THEME_OF[r["code"]] == theme
                                and code in ("", r["code"])]  # fmt: skip


UNITS = [*((t, "") for t in THEMES), *((t, c) for c, t in THEME_OF.items())]


def test_ranking(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again, frame = Recount(study), tables["theme_ranking"]
    facets = {name: leveled(again.facet(name)) for name in
              ("present", "absent", "recommended", "praised")}  # fmt: skip
    wanted = {}
    for unit in UNITS:
        rows = {name: facet(*unit) for name, facet in facets.items()}
        present = {r["review_id"] for r in rows["present"]}
        wanted[unit] = {
            "n_reviews": len(present),
            "of_reviews": len(again.built),
            "n_passages": n_passages(rows["present"]),
            "n_reviews_absent": len({r["review_id"] for r in rows["absent"]} - present),
            "n_passages_absent": n_passages(rows["absent"]),
            "n_passages_recommendation": n_passages(rows["recommended"]),
            "n_passages_good_practice": n_passages(rows["praised"]),
        }
    check(frame, ("theme", "code"), wanted)
    size = {unit: (-n["n_reviews"], -n["n_passages"]) for unit, n in wanted.items()}
    order = sorted(UNITS, key=lambda u: (size[u[0], ""], u[0], u[1] != "", size[u], u[1]))
    assert list(zip(frame["theme"], frame["code"], strict=True)) == order


def test_exemplars(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again = Recount(study)
    texts = {p["passage_id"]: p for p in study.passages if p["kind"] != "table-row"}
    for row in tables["theme_ranking"].to_dict("records"):
        own = [c for c in leveled(again.facet("present"))(row["theme"], row["code"])
               if c["passage_id"] in texts]  # fmt: skip
        if not own:
            assert pd.isna(row["exemplar"])
            continue
        text = {c["passage_id"]: texts[c["passage_id"]]["text"] for c in own}
        best = min(own, key=lambda c: (c["coder"] == "machine", len(text[c["passage_id"]]) > 400,
                                       -c["score"], len(text[c["passage_id"]]), c["review_id"],
                                       texts[c["passage_id"]]["ordinal"]))  # fmt: skip
        assert (row["passage_id"], row["exemplar"]) == (best["passage_id"],
                                                        text[best["passage_id"]])  # fmt: skip
        assert row["citation"] == f"Review {best['review_id']}"


def test_subjects_and_good_practice(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again = Recount(study)
    own = {(t, s): [c for c in again.facet("present") if THEME_OF[c["code"]] == t
                    and (c["subject"] or GAP) == s]
           for t in THEMES for s in (*SUBJECTS, GAP)}  # fmt: skip
    counts = lambda rows: {"n_reviews": n_reviews(rows), "of_reviews": len(again.built),  # noqa: E731
                           "n_passages": n_passages(rows)}  # fmt: skip
    check(tables["themes_by_subject"], ("theme", "subject"),
          {at: counts(rows) for at, rows in own.items()})  # fmt: skip
    praised = leveled(again.facet("praised"))
    check(tables["good_practice"], ("theme", "code"), {u: counts(praised(*u)) for u in UNITS})


def test_agencies_at_fault(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again = Recount(study)
    own: dict[tuple[str, str], Rows] = {
        at: [] for at in product(THEMES, (*sorted(AGENCIES), GAP))
    }  # fmt: skip
    for c in again.facet("present"):
        if c["subject"] == "agency" or (c["subject"] is None and c["code"] == "elm"):
            place = (c["review_id"], c["passage_id"], c["code"], c["coder"])
            for agency in again.fault.get(place, [GAP]):
                own[THEME_OF[c["code"]], agency].append(c)
    check(tables["themes_by_agency"], ("theme", "agency"), {
        at: {"n_reviews": n_reviews(rows), "of_reviews": len(again.built),
             "n_passages": n_passages(rows)} for at, rows in own.items()
    })  # fmt: skip


def test_recommendations(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again = Recount(study)
    told = again.of("recommendation")

    def counts(holds: Callable[[dict[str, Any]], bool]) -> dict[str, int]:
        own = [r for r in told if holds(r)]
        return {"n_recommendations": len(own), "of_recommendations": len(told),
                "n_reviews": n_reviews(own)}  # fmt: skip

    named, themes = (*AGENCIES, GAP), (*THEMES, GAP)
    check(tables["recs_by_agency"], ("agency",),
          {(a,): counts(lambda r, a=a: a in agencies(r)) for a in named})  # fmt: skip
    check(tables["recs_by_theme"], ("theme",),
          {(t,): counts(lambda r, t=t: t in again.themes_of(r)) for t in themes})  # fmt: skip
    check(
        tables["recs_by_scope"],
        ("scope",),
        {(s,): counts(lambda r, s=s: (r["scope"] or GAP) == s) for s in (*SCOPES, GAP)},
    )
    check(tables["recs_by_theme_and_agency"], ("theme", "agency"), {
        (t, a): counts(lambda r, t=t, a=a: t in again.themes_of(r) and a in agencies(r))
        for t in themes for a in named
    })  # fmt: skip


def test_action_plans(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again = Recount(study)
    plan = again.of("action-plan row")
    check(tables["actions_by_status"], ("status",), {
        (s,): {"n_actions": sum(r["status"] == s for r in plan), "of_actions": len(plan),
               "n_reviews": n_reviews(r for r in plan if r["status"] == s)} for s in PROGRESS
    })  # fmt: skip


def test_a_codebook_with_one_theme_has_no_pairs_of_themes(study: Study) -> None:
    fish = replace(study, codings=[row for row in study.codings if row["theme"] == "fish"])
    one = CODEBOOK.but(
        theme=[theme for theme in CODEBOOK.theme if theme.id == "fish"],
        code=[code for code in CODEBOOK.code if code.theme == "fish"],
    )
    assert pairs(fish.source(codebook=one)).empty


def test_pairs(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again, wanted = Recount(study), {}
    present = again.facet("present")
    chances = {}
    for level, ids in (("theme", THEMES), ("code", THEME_OF)):
        name = (lambda c: THEME_OF[c["code"]]) if level == "theme" else (lambda c: c["code"])
        for a, b in combinations(sorted(ids), 2):
            sides = [[c for c in present if name(c) == side] for side in (a, b)]
            reviews = [{c["review_id"] for c in side} for side in sides]
            passages = [{c["passage_id"] for c in side} for side in sides]
            both = len(reviews[0] & reviews[1])
            if both or level == "theme":
                wanted[level, a, b] = {"n_reviews": both, "of_reviews": len(again.built),
                                       "n_passages": len(passages[0] & passages[1])}  # fmt: skip
                chances[level, a, b] = len(reviews[0]) * len(reviews[1]) / len(again.built)
    check(tables["theme_pairs"], ("level", "first", "second"), wanted)
    for row in tables["theme_pairs"].to_dict("records"):
        chance = chances[row["level"], row["first"], row["second"]]
        assert row["expected"] == pytest.approx(chance)
        assert row["lift"] == pytest.approx(row["n_reviews"] / chance)


def test_corpus_flow(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    again = Recount(study)
    wanted: Counter[tuple[str, str, str]] = Counter()
    for unit, rows in (("documents", study.documents), ("reviews", study.reviews)):
        for row in rows:
            wanted[unit, "found", ""] += 1
            step = (unit, "built", "") if row["status"] == "built" else (
                unit, "set aside at extract", "no text layer")  # fmt: skip
            wanted[step] += 1
    wanted["reviews", "with a coding", ""] = n_reviews(again.codings)
    wanted["passages", "found", ""] = sum(r["passages"] for r in again.built.values())
    wanted["passages", "set aside: repeat another", ""] = sum(
        r["repeats"] for r in again.built.values()
    )
    wanted["passages", "coded", ""] = n_passages(again.codings)
    wanted["codings", "found", ""] = len(again.codings)
    check(tables["corpus_flow"], ("unit", "step", "reason"), {
        step: {"n": n, "of": wanted[step[0], "found", ""]} for step, n in wanted.items()
    })  # fmt: skip


def test_needs_human_coding(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    needed = dict(zip(RELIABILITY["code"], RELIABILITY["needs_human"], strict=True))
    present = leveled(Recount(study).facet("present"))
    for row in tables["theme_ranking"].to_dict("records"):
        known = [needed[c["code"]] for c in present(row["theme"], row["code"])
                 if c["code"] in needed]  # fmt: skip
        if known:
            wanted = 100 * sum(known) / len(known)
            assert row["needs_human_coding"] == pytest.approx(wanted, abs=0.051)
        else:
            assert pd.isna(row["needs_human_coding"])
    words = tables["codebook"].set_index("code")["needs_human"]
    assert dict(words[["wind", "rain", "elm"]]) == {
        "wind": "no", "rain": "yes", "elm": "not measured"}  # fmt: skip
    for entry in CATALOGUE:
        shows = {"theme", "code"} & set(entry.table.names)
        marks = {"needs_human_coding", "needs_human"} & set(entry.table.names)
        assert bool(shows) == bool(marks) or entry.id == "theme_pairs"


def test_the_rows_behind_a_cell_give_its_number(study: Study) -> None:
    made = published(study.source(), Disclosure(off=True))
    keys = {
        "reviews": ["review_id"],
        "passages": ["review_id", "passage_id"],
        "recommendations": ["review_id", "passage_id"],
        "actions": ["review_id", "passage_id"],
    }
    for entry in CATALOGUE:
        if isinstance(entry, Count):
            for _, row in made.frames[entry.id].iterrows():
                rows = behind(entry.id, row, made.units)
                for unit in (entry.unit, *entry.also):
                    assert len(rows[keys[unit]].drop_duplicates()) == row[f"n_{unit}"]
    for _, row in made.frames["theme_ranking"].iterrows():
        assert behind("theme_ranking", row, made.units)["review_id"].nunique() == row["n_reviews"]
    for _, row in made.frames["theme_pairs"].iterrows():
        assert behind("theme_pairs", row, made.units)["review_id"].nunique() == row["n_reviews"]
    for _, row in made.frames["corpus_flow"].iterrows():
        assert behind("corpus_flow", row, made.units)["n"].sum() == row["n"]


def test_merged_values_keep_their_trace(study: Study) -> None:
    made = published(study.source(), Disclosure(minimum=7))
    frame = made.frames["reviews_by_area"]
    assert frame["area"].str.startswith("other").any()
    for _, row in frame.iterrows():
        assert len(behind("reviews_by_area", row, made.units)) == row["n_reviews"] >= 7


def test_matrix(study: Study) -> None:
    again, frames = Recount(study), research(study.source()).frames
    matrix = frames["matrix"].set_index("review_id")
    assert set(matrix.index) == set(again.built)
    columns = frames["matrix_columns"].query("level != 'review'")
    assert ["review_id", *matrix.columns] == list(frames["matrix_columns"]["column"])
    assert columns["column"].str.fullmatch(r"[tc]_[a-z0-9_]{1,62}").all()
    for column in columns.itertuples():
        unit = (column.id, "") if column.level == "theme" else (THEME_OF[column.id], column.id)
        present, absent = ({r["review_id"] for r in leveled(again.facet(name))(*unit)}
                           for name in ("present", "absent"))  # fmt: skip
        wanted = {r: 1 if r in present else 2 if r in absent else 0 for r in again.built}
        assert matrix[column.column].to_dict() == wanted


def test_published_figures_stand_beside_ours() -> None:
    source = synthetic.study(1, 12).source()
    frame = published(source, Disclosure()).frames["comparison"]
    assert len(frame) > 8 and frame["published_percent"].between(0, 100).all()
    exact = frame["published_n"] / frame["published_of"] * 100
    assert (exact - frame["published_percent"]).abs().dropna().lt(0.6).all()
    assert set(frame["code"]) == {""}  # A codebook without these codes has none of its own.


def test_every_table_is_in_the_contents(tables: dict[str, pd.DataFrame]) -> None:
    contents = tables["contents"]
    assert list(contents["table"]) == [entry.id for entry in CATALOGUE] == list(BY_ID)
    assert contents["notes"].str.len().gt(20).all() and contents["title"].is_unique
    off = contents.set_index("table")["notes"]["themes_by_area"]
    assert "switched off" in off


def test_the_order_of_rows_does_not_matter(study: Study) -> None:
    forwards = published(study.source(), Disclosure()).frames
    turned = Study(**{name: rows[::-1] for name, rows in vars(study).items()})
    for name, frame in published(turned.source(), Disclosure()).frames.items():
        pd.testing.assert_frame_equal(frame, forwards[name])


@pytest.mark.parametrize("reviews", [0, 1, 4])
def test_small_studies(reviews: int) -> None:
    made = published(synthetic.study(3, reviews, set_aside=False).source(), Disclosure())
    counts = made.frames["theme_ranking"]
    assert len(counts) == 8 and counts["n_reviews"].isna().all()
    assert set(counts["state"]) == {"suppressed"} and counts["exemplar"].isna().all()


def test_of_a_small_study_no_table_tells_what_is_not_nought() -> None:
    """Another study with as many reviews, whatever they say, has the same tables."""
    one, other = (
        published(synthetic.study(seed, 4, set_aside=False).source(), Disclosure()).frames
        for seed in (3, 4)
    )
    for name in one:
        if "state" in one[name]:
            pd.testing.assert_frame_equal(one[name], other[name])
