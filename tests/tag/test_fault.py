"""The agency that a coding finds fault with."""

from __future__ import annotations

import pytest

from pipeline.contracts import CODINGS, REDACTED
from pipeline.tag.fault import at_fault


def found(text: str, heading: str = "Analysis", start: int | None = None) -> list[str]:
    passages = REDACTED.frame([{
        "review_id": 1, "passage_id": "p", "document_id": "d", "ordinal": 1, "text": text,
        "heading_path": heading, "section_role": "analysis", "role_confidence": 0.9,
        "kind": "paragraph",
    }])  # fmt: skip
    codings = CODINGS.frame([{
        "review_id": 1, "passage_id": "p", "code": "c", "theme": "t", "coder": "machine",
        "start": text.index("*") if start is None else start, "end": len(text),
        "polarity": "present", "layer": "finding", "score": 0.9, "reason": "phrase",
    }])  # fmt: skip
    return list(at_fault(codings, passages)["agency"])


@pytest.mark.parametrize(
    ("text", "agencies"),
    [
        ("The GP *did not ask about the bruise.", ["gp"]),
        ("The police and the GP *did not share what they knew with housing officers.",
         ["police", "gp"]),
        ("No referral to the MARAC *was made by the probation service.", ["probation"]),
        ("The police came at once. The GP *did not ask. Cafcass was told.", ["gp"]),
        ("Housing *did not ask why the door was broken.", ["housing"]),
        ("Her mental health *was not explored.", []),
        ("Nobody *asked.", []),
        ("The GP, Dr. [PERSON 3], *did not ask.", ["gp"]),
        ("Police | The officer *did not ask. | Housing", []),
    ],
)  # fmt: skip
def test_the_sentence_of_the_evidence_names_it(text: str, agencies: list[str]) -> None:
    assert found(text) == agencies


def test_else_a_heading_that_names_nothing_else() -> None:
    assert found("Nobody *asked.", "Analysis > Police") == ["police"]
    assert found("Nobody *asked.", "Police > What the police could have known") == []
    assert found("The GP *did not ask.", "Analysis > Police") == ["gp"]


def test_evidence_at_the_very_end() -> None:
    text = "The police came. The GP did not ask"
    assert found(text, start=len(text)) == ["gp"]
