"""Topics against the codebook and over periods: what is counted, and out of how many."""

import pandas as pd
import pytest

from pipeline.aggregate.topic_tables import NOT_STATED, compare_topics, period_of
from pipeline.codebook import Codebook
from pipeline.contracts import (
    CODINGS,
    REVIEWS,
    TOPIC_ASSIGNMENTS,
    TOPIC_SIMILARITIES,
    TOPICS,
)


def code(id):
    words = dict.fromkeys(("name", "definition", "include", "exclude"), "x")
    lists = {"prototypes": ["a", "b"], "match": ["a", "b", "c"], "not_match": ["d", "e"]}
    return {"id": id, "theme": "one", **words, **lists}


CODEBOOK = Codebook.model_validate(
    {
        "id": "tiny", "title": "Tiny", "version": "1",
        "theme": [{"id": "one", "name": "One", "definition": "x"}],
        "code": [code("drink"), code("home")],
    }
)  # fmt: skip
YEARS = {1: 2012, 2: 2017, 3: None}


def assignment(topic, n, state="in topic"):
    return {"review_id": 1 + n % 3, "passage_id": f"{topic}-{n:02}-{state[0]}", "topic": topic,
            "nearest": topic, "state": state, "similarity": 0.5}  # fmt: skip


ASSIGNMENTS = TOPIC_ASSIGNMENTS.frame(
    [assignment(topic, n) for topic in (0, 1) for n in range(10)]
    + [assignment(0, n, state) for n in range(6) for state in ("outlier", "repeat")]
)
ROWS = TOPICS.frame(
    {"topic": n, "label": f"label {n}", "n_passages": 10, "n_outliers": 0, "n_repeats": 0,
     "n_reviews": 3, "representative": ""}
    for n in (-1, 0, 1)
)  # fmt: skip
SIMILARITIES = TOPIC_SIMILARITIES.frame(
    {"topic": topic, "code": code, "similarity": similarity}
    for topic, code, similarity in [
        (0, "drink", 0.6), (0, "home", 0.1), (1, "drink", 0.2), (1, "home", 0.25),
    ]
)  # fmt: skip
BUILT = REVIEWS.frame(
    {"review_id": n, "status": "built" if n < 4 else "set aside", "year_of_death": year,
     "documents": 1, "passages": 9, "repeats": 0, "identifiers": 0, "codings": 0}
    for n, year in {**YEARS, 4: 2012}.items()
)  # fmt: skip


def coding(row, code, polarity="present"):
    return {"review_id": row["review_id"], "passage_id": row["passage_id"], "code": code,
            "theme": "one", "coder": "machine", "start": 0, "end": 1, "polarity": polarity,
            "layer": "recommendation", "score": 1.0, "reason": "x"}  # fmt: skip


def compared(n_drink, topic=0):
    rows = ASSIGNMENTS[ASSIGNMENTS["topic"] == topic].to_dict("records")
    inside = [row for row in rows if row["state"] == "in topic"][:n_drink]
    other = [row for row in rows if row["state"] != "in topic"]
    codings = CODINGS.frame([coding(row, "drink", "absent") for row in inside + other])
    return compare_topics(ASSIGNMENTS, ROWS, SIMILARITIES, codings, BUILT, CODEBOOK)


def test_neither_outliers_nor_repeats_are_counted():
    codes = compared(4).topic_codes.set_index(["topic", "code"])
    row = codes.loc[(0, "drink")]
    assert (row["n_passages"], row["of_passages"], row["percent"]) == (4, 10, 40.0)
    assert row["percent_elsewhere"] == 0 and row["nearness"] == 1


@pytest.mark.parametrize(("coded", "verdict"), [(2, "in"), (1, "not in"), (0, "not in")])
def test_a_topic_is_in_the_codebook_when_a_code_has_enough_of_its_passages(coded, verdict):
    row = compared(coded).topic_codebook.set_index("topic").loc[0]
    assert row["verdict"] == f"{verdict} the codebook"
    assert (row["n_passages"], row["n_coded"], row["of_passages"]) == (coded, coded, 10)
    assert row["nearest"] == "drink" and (row["code"] == "drink" if coded else pd.isna(row["code"]))


def test_a_code_that_is_not_near_does_not_cover_a_topic():
    table = compared(9, topic=1).topic_codebook.set_index("topic")
    assert table.loc[1, "verdict"] == "not in the codebook"
    assert "9 of 10 passages, 90.0% against 0.0% elsewhere" in table.loc[1, "reason"]


def test_a_code_that_is_everywhere_does_not_cover_a_topic():
    everywhere = ASSIGNMENTS[ASSIGNMENTS["state"] == "in topic"].to_dict("records")
    codings = CODINGS.frame([coding(row, "drink") for row in everywhere])
    result = compare_topics(ASSIGNMENTS, ROWS, SIMILARITIES, codings, BUILT, CODEBOOK)
    assert set(result.topic_codebook["verdict"]) == {"not in the codebook"}


def test_codes_that_the_codebook_no_longer_has_are_not_counted():
    rows = ASSIGNMENTS[ASSIGNMENTS["topic"] == 0].to_dict("records")
    codings = CODINGS.frame([coding(row, "gone") for row in rows])
    result = compare_topics(ASSIGNMENTS, ROWS, SIMILARITIES, codings, BUILT, CODEBOOK)
    assert result.topic_codebook["n_coded"].sum() == 0


def test_periods_have_denominators_and_name_what_has_no_year():
    periods = compared(0).topic_periods.set_index(["topic", "period"])
    assert len(periods) == 2 * 3
    row = periods.loc[(0, "2011–2015")]
    assert (row["n_passages"], row["of_passages"], row["percent"]) == (4, 8, 50.0)
    # The fourth review is of the same years, and was set aside.
    assert (row["n_reviews"], row["of_reviews"]) == (1, 1)
    assert periods.loc[(1, NOT_STATED), "n_passages"] == 3


def test_a_period_is_five_years():
    years = pd.Series([2010, 2011, 2015, 2016, None], dtype="Int64")
    assert period_of(years).tolist() == [
        "2006–2010", "2011–2015", "2011–2015", "2016–2020", NOT_STATED,
    ]  # fmt: skip


def test_without_topics_there_are_no_rows():
    none = [TOPIC_ASSIGNMENTS.frame(), TOPICS.frame(), TOPIC_SIMILARITIES.frame()]
    result = compare_topics(*none, CODINGS.frame(), BUILT, CODEBOOK)
    assert [len(frame) for frame in result] == [0, 0, 0]
