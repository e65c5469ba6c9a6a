"""The table of passages and its ids."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline import contracts
from pipeline.extract import Block, ParsedDocument, extract
from pipeline.extract.passages import passage_id

KEY = b"k" * 32


def document(identity: str, *texts: str) -> ParsedDocument:
    blocks = [Block(kind="paragraph", text=text) for text in texts]
    return ParsedDocument(identity, "overview report", None, None, blocks)


def test_order_runs_over_the_documents() -> None:
    passages = extract([document("b", "One.", "Two."), document("a", "One.")], review_id=4, key=KEY)
    passages = passages.sort_values("ordinal")
    assert list(passages["ordinal"]) == [1, 2, 3]
    assert list(passages["document_id"]) == ["b", "b", "a"]
    assert set(passages["review_id"]) == {4}
    assert list(passages.columns) == contracts.PASSAGES.names


def test_ids_follow_text_document_and_key() -> None:
    found = extract([document("a", "Same.", "same. ", "Other.")], review_id=1, key=KEY)
    assert found["passage_id"].is_unique
    assert found["passage_id"].str.fullmatch("[0-9a-f]{16}").all()
    moved = extract([document("a", "First.", "Other.", "Same.")], review_id=1, key=KEY)
    other = passage_id(KEY, "a", "Other.", 0)
    assert other in set(found["passage_id"])
    assert other in set(moved["passage_id"])
    assert other != passage_id(b"x" * 32, "a", "Other.", 0)
    assert other != passage_id(KEY, "b", "Other.", 0)


def test_a_review_without_text_is_an_empty_table() -> None:
    assert extract([document("a")], review_id=1, key=KEY).empty


LONG = (
    "The practice did not ask Adult A about home although she came eleven times, and nobody "
    "noticed that a relative answered every question that was put to her in the surgery."
)
RECOMMENDATION = "The Partnership should pay for one adviser in every surgery of the district."


def review(*documents: list[Block]) -> pd.DataFrame:
    types = ("overview report", "executive summary")
    parsed = [
        ParsedDocument(str(n), kind, None, None, blocks)
        for n, (blocks, kind) in enumerate(zip(documents, types, strict=False))
    ]
    return extract(parsed, review_id=1, key=KEY).sort_values("ordinal")


def repeated(found: pd.DataFrame) -> list[tuple[int, int]]:
    """(ordinal of a repeat, ordinal of what it repeats)."""
    ordinals = dict(zip(found["passage_id"], found["ordinal"], strict=True))
    return [
        (row.ordinal, ordinals[row.repeats]) for row in found.dropna(subset="repeats").itertuples()
    ]


def heading(text: str) -> Block:
    return Block(kind="heading", text=text, level=1)


def paragraph(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def test_a_summary_repeats_its_report_though_printed_first() -> None:
    found = review([heading("Executive summary"), paragraph(LONG), heading("Analysis"),
                    paragraph(LONG)])  # fmt: skip
    assert repeated(found) == [(2, 4)]


def test_a_summary_of_its_own_may_shorten_what_it_repeats() -> None:
    shorter = "The practice did not ask Adult A about home although she came eleven times."
    other = "Her employer had a policy on domestic abuse that its foremen had never been shown."
    found = review([heading("Analysis"), paragraph(LONG)],
                   [heading("Key issues"), paragraph(shorter), paragraph(other)])  # fmt: skip
    assert repeated(found) == [(4, 2)]


def test_within_the_report_a_shorter_text_is_no_repeat() -> None:
    shorter = "The practice did not ask Adult A about home although she came eleven times."
    assert repeated(review([heading("Analysis"), paragraph(LONG), paragraph(shorter)])) == []


def test_later_copies_of_a_recommendation_repeat_the_first() -> None:
    copies = [paragraph(text) for text in (
        RECOMMENDATION, f"Recommendation 3: {RECOMMENDATION}", RECOMMENDATION.upper())]  # fmt: skip
    found = review([heading("Recommendations"), copies[0], heading("Conclusions"), copies[1],
                    heading("Appendix"), copies[2]])  # fmt: skip
    assert repeated(found) == [(4, 2), (6, 2)]


def test_a_copy_that_is_coded_is_the_original() -> None:
    found = review([heading("Methodology"), paragraph(LONG), heading("Analysis"), paragraph(LONG)])
    assert repeated(found) == [(2, 4)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (RECOMMENDATION, RECOMMENDATION.replace("Partnership", "Trust")),
        (LONG, LONG.replace("Adult A", "Adult B")),
        (LONG + " This was in 2011.", LONG + " This was in 2012."),
        ("No action was taken.", "No action was taken."),
    ],
)
def test_what_is_said_of_another_is_no_repeat(first: str, second: str) -> None:
    found = review([heading("Analysis"), paragraph(first), paragraph(second)])
    assert repeated(found) == []


def test_short_rows_and_headings_repeat_nothing() -> None:
    rows = [Block(kind="table-row", text="Police | Call to the house, no further action taken")] * 2
    title = heading("The practice and what it asked of Adult A in the year before")
    assert repeated(review([heading("Chronology"), *rows, title, title])) == []
