"""Theme tables: typed three-row frames, and random codings against a slow recomputation."""

from __future__ import annotations

import random
from itertools import combinations
from math import sqrt

import pandas as pd
import pytest

from pipeline.aggregate.theme_tables import ThemeTables, aggregate
from pipeline.codebook import Codebook
from pipeline.contracts import CODINGS, REVIEWS
from pipeline.vocabulary import LAYERS, POLARITIES

PLACES = {"wind": "weather", "rain": "weather", "oak": "trees", "elm": "trees", "pike": "fish"}


def code(id: str, theme: str) -> dict[str, object]:
    words = dict.fromkeys(("name", "definition", "include", "exclude"), f"About {id}.")
    lists = {"prototypes": ["a", "b"], "match": ["a", "b", "c"], "not_match": ["d", "e"]}
    return {"id": id, "theme": theme, **words, **lists}


CODEBOOK = Codebook.model_validate(
    {
        "id": "nature",
        "title": "Nature",
        "version": "1",
        "theme": [
            {"id": id, "name": id.title(), "definition": f"All {id}."}
            for id in ("weather", "trees", "fish")
        ],
        "code": [code(id, theme) for id, theme in PLACES.items()],
    }
)


def coding(
    review: int,
    passage: str,
    code: str,
    polarity: str = "present",
    layer: str = "finding",
    coder: str = "machine",
) -> dict[str, object]:
    return {
        "review_id": review, "passage_id": passage, "code": code, "theme": PLACES.get(code, "x"),
        "coder": coder, "start": 0, "end": 4, "polarity": polarity, "layer": layer, "score": 1.0,
        "reason": "phrase",
    }  # fmt: skip


def reviews_frame(built: list[int], set_aside: list[int] | None = None) -> pd.DataFrame:
    status = dict.fromkeys(built, "built") | dict.fromkeys(set_aside or [], "set aside")
    counts = dict.fromkeys(("documents", "passages", "repeats", "identifiers", "codings"), 1)
    return REVIEWS.frame({"review_id": id, "status": word, **counts} for id, word in status.items())


def run(rows: list[dict[str, object]], reviews: pd.DataFrame) -> ThemeTables:
    return aggregate(CODINGS.frame(rows), reviews, CODEBOOK)


def prevalence_row(tables: ThemeTables, id: str) -> pd.Series:
    table = tables.prevalence
    return table[(table["code"] == id) | ((table["code"] == "") & (table["theme"] == id))].iloc[0]


def state(table: pd.DataFrame, review: int, column: str, id: str) -> tuple[str, int]:
    row = table[(table["review_id"] == review) & (table[column] == id)].iloc[0]
    return row["state"], row["n_passages"]


def test_a_passage_counts_once_per_theme_and_once_however_many_coders() -> None:
    tables = run(
        [
            coding(1, "p", "wind"),
            coding(1, "p", "wind", coder="rowan"),
            coding(1, "p", "rain", layer="fact"),
        ],
        reviews_frame([1, 2, 3, 4]),
    )
    theme = prevalence_row(tables, "weather")
    assert (theme["n_reviews"], theme["of_reviews"], theme["n_passages"]) == (1, 4, 1)
    assert (theme["percent"], theme["low"], theme["high"]) == (25.0, 4.6, 69.9)
    assert prevalence_row(tables, "rain")["n_passages"] == 1


@pytest.mark.parametrize(
    ("polarity", "layer", "column"),
    [
        ("absent", "finding", "n_passages_absent"),
        ("present", "recommendation", "n_passages_recommendation"),
        ("good-practice", "finding", "n_passages_good_practice"),
        ("hypothetical", "finding", None),
        ("present", "literature", None),
        ("absent", "boilerplate", None),
    ],
)
def test_what_is_not_a_present_finding_is_counted_apart(
    polarity: str, layer: str, column: str | None
) -> None:
    row = prevalence_row(run([coding(1, "p", "oak", polarity, layer)], reviews_frame([1])), "oak")
    apart = ["n_passages_absent", "n_passages_recommendation", "n_passages_good_practice"]
    assert {name: row[name] for name in apart} == {name: int(name == column) for name in apart}
    assert (row["n_reviews"], row["n_passages"]) == (0, 0)
    assert row["n_reviews_absent"] == int(column == "n_passages_absent")


def test_three_states() -> None:
    tables = run(
        [coding(1, "p", "oak"), coding(1, "q", "oak", "absent"), coding(2, "r", "elm", "absent")],
        reviews_frame([1, 2, 3]),
    )
    states = [state(tables.review_themes, review, "theme", "trees") for review in (1, 2, 3)]
    assert states == [("present", 1), ("absent", 0), ("not mentioned", 0)]
    assert state(tables.review_codes, 1, "code", "elm") == ("not mentioned", 0)


@pytest.mark.parametrize(
    ("scores", "others", "enough", "there"),
    [
        ([0.49], 0, 0.5, False),
        ([0.5], 0, 0.5, True),
        ([0.9], 100, 1.1817, False),  # among hundred others one that may be false is too little,
        ([0.9, 0.6], 100, 1.1895, True),  # two are enough,
        ([1.0], 100, 1.183, False),  # however sure the machine is.
    ],
)
def test_a_code_is_there_from_a_share_of_the_reviews_codings_on(
    scores: list[float], others: int, enough: float, there: bool
) -> None:
    few = [coding(1, f"p{n}", "oak") | {"score": score} for n, score in enumerate(scores)]
    many = [coding(1, f"q{n}", "wind") | {"score": 0.9} for n in range(others)]
    tables = run(few + many, reviews_frame([1, 2]))
    cell = tables.review_codes.set_index(["review_id", "code"]).loc[1, "oak"]
    assert cell["enough"] == pytest.approx(enough)
    assert (cell["state"] == "present") == there == (cell["expected"] >= cell["enough"])
    assert prevalence_row(tables, "oak")["n_reviews"] == prevalence_row(tables, "trees")[
        "n_reviews"
    ] == int(there)  # fmt: skip
    told = run([one | {"coder": "Ines"} for one in few] + many, reviews_frame([1, 2]))
    assert prevalence_row(told, "oak")["n_reviews"] == 1, "one that a person decided is enough"
    assert tables.review_codes.query("review_id == 2")["enough"].tolist() == [0.5] * len(PLACES)


def test_set_aside_reviews_and_unknown_codes_do_not_count() -> None:
    tables = run(
        [coding(1, "p", "oak"), coding(2, "q", "oak"), coding(1, "r", "basalt")],
        reviews_frame([1, 3], set_aside=[2]),
    )
    row = prevalence_row(tables, "oak")
    assert (row["n_reviews"], row["of_reviews"], row["reviews"]) == (1, 2, "1")
    assert set(tables.review_codes["review_id"]) == {1, 3}
    assert "basalt" not in set(tables.prevalence["code"])


def test_the_codebook_decides_the_theme() -> None:
    moved = coding(1, "p", "oak") | {"theme": "fish"}
    assert prevalence_row(run([moved], reviews_frame([1])), "trees")["n_reviews"] == 1


@pytest.mark.parametrize("built", [[], [5, 9]])
def test_everything_has_a_row_without_codings(built: list[int]) -> None:
    tables = run([], reviews_frame(built))
    assert len(tables.prevalence) == 3 + 5
    assert len(tables.review_themes) == 3 * len(built)
    assert len(tables.review_codes) == 5 * len(built)
    assert set(tables.cooccurrence["level"]) == {"theme"} and len(tables.cooccurrence) == 3
    assert tables.cooccurrence["lift"].isna().all()
    assert tables.prevalence["percent"].isna().all() == (not built)


def wilson(n: int, of: int) -> tuple[float, float]:
    z, p = 1.959963984540054, n / of
    centre, margin = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = ((centre + sign * margin) / (1 + z * z / of) for sign in (-1, 1))
    return round(100 * low, 1), round(100 * high, 1)


def random_codings(random_: random.Random, reviews: int) -> list[dict[str, object]]:
    rows = {}
    for _ in range(random_.randrange(150)):
        key = (random_.randint(1, reviews), f"p{random_.randrange(6)}",
               random_.choice(list(PLACES)), random_.choice(["machine", "rowan"]))  # fmt: skip
        review, passage, code, coder = key
        polarity = random_.choices(POLARITIES, [5, 3, 1, 1])[0]
        layer = random_.choices(LAYERS, [4, 3, 1, 1, 1])[0]
        rows[key] = coding(review, passage, code, polarity, layer, coder)
    return list(rows.values())


@pytest.mark.parametrize("seed", range(12))
def test_random_codings_agree_with_a_slow_recomputation(seed: int) -> None:
    random_ = random.Random(seed)
    reviews = random_.randint(1, 14)
    built = [id for id in range(1, reviews + 1) if id == 1 or random_.random() < 0.8]
    rows = random_codings(random_, reviews)
    tables = run(rows, reviews_frame(built, sorted({*range(1, reviews + 1)} - {*built})))

    def passages(review: int, members: set[str], wanted: str) -> set[str]:
        tests = {
            "present": lambda r: r["polarity"] == "present" and r["layer"] in ("finding", "fact"),
            "absent": lambda r: r["polarity"] == "absent" and r["layer"] in ("finding", "fact"),
            "recommendation": lambda r: r["layer"] == "recommendation",
            "good_practice": lambda r: r["polarity"] == "good-practice",
        }
        return {
            str(r["passage_id"])
            for r in rows
            if r["review_id"] == review and r["code"] in members and tests[wanted](r)
        }

    units = {("theme", t): {c for c in PLACES if PLACES[c] == t} for t in CODEBOOK.themes}
    units |= {("code", c): {c} for c in PLACES}
    present_in = {}
    for (level, id), members in units.items():
        row = prevalence_row(tables, id)
        present = [b for b in built if passages(b, members, "present")]
        absent = [b for b in built if b not in present and passages(b, members, "absent")]
        present_in[level, id] = set(present)
        expected = {
            "n_reviews": len(present),
            "of_reviews": len(built),
            "percent": round(100 * len(present) / len(built), 1),
            "n_reviews_absent": len(absent),
            "n_passages": sum(len(passages(b, members, "present")) for b in built),
            "reviews": " ".join(map(str, present)),
        }
        for facet in ("absent", "recommendation", "good_practice"):
            counts = [len(passages(b, members, facet)) for b in built]
            expected[f"n_passages_{facet}"] = sum(counts)
        assert {name: row[name] for name in expected} == expected
        assert (row["low"], row["high"]) == pytest.approx(wilson(len(present), len(built)), abs=0.1)
        matrix = tables.review_themes if level == "theme" else tables.review_codes
        for b in built:
            word = "present" if b in present else "absent" if b in absent else "not mentioned"
            assert state(matrix, b, level, id) == (word, len(passages(b, members, "present")))

    pairs = tables.cooccurrence.set_index(["level", "first", "second"])
    for (level, a), (other, b) in combinations(sorted(units), 2):
        if level != other:
            continue
        both = present_in[level, a] & present_in[level, b]
        if level == "code" and not both:
            assert (level, a, b) not in pairs.index
            continue
        pair = pairs.loc[(level, a, b)]
        chance = len(present_in[level, a]) * len(present_in[level, b]) / len(built)
        common = [passages(r, units[level, a], "present") & passages(r, units[level, b], "present")
                  for r in built]  # fmt: skip
        assert (pair["n_reviews"], pair["n_passages"]) == (len(both), sum(map(len, common)))
        assert pair["expected"] == pytest.approx(chance)
        assert pd.isna(pair["lift"]) if not chance else pair["lift"] * chance == len(both)
    assert len(pairs.loc["theme"]) == 3


def test_row_order_of_the_input_does_not_matter() -> None:
    rows = random_codings(random.Random(7), 6)
    forwards = run(rows, reviews_frame([1, 2, 3, 4, 5, 6]))
    backwards = run(rows[::-1], reviews_frame([6, 5, 4, 3, 2, 1]))
    for one, other in zip(forwards, backwards, strict=True):
        pd.testing.assert_frame_equal(one, other)
