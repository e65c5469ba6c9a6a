"""Rare combinations: facts that stand together, and how many reviews share them."""

from test_search import passage

from pipeline.contracts import REDACTED, REVIEWS
from pipeline.leaks.risk import risks

REVIEW = {"status": "built", "documents": 1, "passages": 1, "repeats": 0, "identifiers": 0,
          "codings": 0, "case_type": "suicide", "year_of_death": 2013}  # fmt: skip


def listed(*passages, areas=("Wexmere", "Wexmere")):
    reviews = REVIEWS.frame(
        REVIEW | {"review_id": n, "area": area} for n, area in zip((7, 8), areas, strict=True)
    )
    return risks(REDACTED.frame(passages), reviews).to_dict("records")


def test_two_facts_in_a_sentence_or_three_in_a_passage_are_listed():
    pair = "Adult A, aged [AGE 30-39], was a lighthouse keeper. She liked tea."
    (row,) = listed(passage(pair))
    assert row["kinds"] == "age ; place"
    assert row["facts"] == "[age 30-39] ; lighthouse"
    assert listed(passage("Adult A was [AGE 30-39]. She lived near a lighthouse.")) == []
    (row,) = listed(passage("She was [AGE 30-39]. He had diabetes. They had three children."))
    assert row["n"] == 3


def test_reviews_with_the_same_facts_and_of_the_same_kind_are_counted():
    text = "He was a Polish plumber."
    rows = listed(passage(text), passage(text, review=8, n=2))
    assert [(row["n_reviews"], row["n_like"]) for row in rows] == [(2, 2), (2, 2)]
    (row,) = listed(passage(text), areas=("Wexmere", "Saltreach"))
    assert (row["n_reviews"], row["n_like"]) == (1, 1)


def test_panels_and_recommendations_tell_nothing_of_a_person():
    panel = passage("A Polish plumber.") | {"section_role": "panel"}
    assert listed(panel) == []
