"""The table of passages and its ids."""

from __future__ import annotations

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
