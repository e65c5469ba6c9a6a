"""Charts: well-formed, described, and as large as the number of reviews asks."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import fake_study
import pandas as pd
import pytest

from pipeline.export.charts import (
    BAND,
    heat_map,
    pair_map,
    period_trends,
    ranked_themes,
    theme_bars,
    topic_map,
)

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def description(svg: str) -> str:
    root = parsed(svg)
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    return desc.text or ""


def test_bars_say_the_same_as_the_table() -> None:
    prevalence = fake_study.frames(13)["prevalence"]
    themes = ranked_themes(prevalence)
    assert themes["n_reviews"].is_monotonic_decreasing
    lines = themes["name"] + ": " + themes["n_reviews"].astype(str) + " of 13"
    assert description(theme_bars(prevalence).svg) == "; ".join(lines)


@pytest.mark.parametrize("reviews", [1, 60])
def test_the_map_marks_every_state(reviews: int) -> None:
    frames = fake_study.frames(reviews)
    svg = heat_map(frames["review_themes"], frames["prevalence"]).svg
    # matplotlib writes the text of each label in a comment before its outlines.
    states = frames["review_themes"]["state"].value_counts()
    assert svg.count("<!-- – -->") == states.get("absent", 0)
    assert svg.count("fill: url(#map-") == states.get("absent", 0)
    present = frames["review_themes"].query("state == 'present'")["n_passages"]
    numbers = [*range(1, reviews + 1), *present]
    for number in set(numbers):
        assert svg.count(f"<!-- {number} -->") == numbers.count(number)


def test_the_map_grows_downwards_only() -> None:
    sizes = []
    for reviews in (2, 3, BAND + 1):
        frames = fake_study.frames(reviews)
        root = parsed(heat_map(frames["review_themes"], frames["prevalence"]).svg)
        sizes.append((root.get("width"), float(str(root.get("height")).removesuffix("pt"))))
    assert len({width for width, _ in sizes}) == 1
    assert sizes[0][1] == sizes[1][1] < sizes[2][1]


def test_ids_of_two_charts_do_not_meet() -> None:
    frames = fake_study.frames(3)
    charts = [theme_bars(frames["prevalence"]).svg,
              heat_map(frames["review_themes"], frames["prevalence"]).svg]  # fmt: skip
    ids = [element.get("id") for svg in charts for element in parsed(svg).iter()]
    named = [id for id in ids if id]
    assert len(named) == len(set(named))


def test_the_map_of_topics_names_each_and_marks_the_doubtful() -> None:
    topics = fake_study.frames(3)["topics"]
    svg = topic_map(topics).svg
    assert (
        description(svg) == "police, call, officer: 30 passages; school, nurse, child: 29 passages"
    )
    for name in ("police, call, officer", "school, nurse, child"):
        assert svg.count(f"<!-- {name} -->") == 1
    assert svg.count("stroke-dasharray") == 1
    assert svg == topic_map(topics.sample(frac=1, random_state=1)).svg


def test_a_map_of_one_topic() -> None:
    topics = fake_study.frames(3)["topics"]
    assert parsed(topic_map(topics[topics["topic"] == 0]).svg) is not None


def test_pairs_are_each_drawn_once() -> None:
    pairs = pd.DataFrame(
        [("a", "b", "A", "B", 3, 1.4), ("a", "c", "A", "C", 2, 0.8), ("b", "c", "B", "C", 0, None)],
        columns=["first", "second", "first_name", "second_name", "n_reviews", "lift"],
    )
    chart = pair_map(pairs, ["c", "a", "b"])
    assert description(chart.svg) == "A and B: 3; A and C: 2; B and C: 0"
    for label in ("3+", "2", "0"):
        assert chart.svg.count(f"<!-- {label} -->") == 1
    assert chart.png.startswith(b"\x89PNG")


def test_a_withheld_period_is_a_letter_and_no_mark() -> None:
    columns = ["theme", "theme_name", "period", "n_reviews", "of_reviews", "percent", "low",
               "high", "state"]  # fmt: skip
    themes = pd.DataFrame(
        [("a", "A", "2011-2015", 6, 8, 75.0, 40.9, 92.9, "shown"),
         ("a", "A", "2016 and later", None, 9, None, None, None, "suppressed")], columns=columns,
    )  # fmt: skip
    svg = period_trends(themes, ["a"]).svg
    assert description(svg) == "A: 2011-2015 6 of 8, 2016 and later withheld"
    assert svg.count("<!-- c -->") == 1
