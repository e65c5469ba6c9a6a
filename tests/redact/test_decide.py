"""Decisions put over what the finders found, and quotes attached again."""

import pytest

from pipeline.redact.decision import EVERY_REVIEW, Decision
from pipeline.redact.quote import NEAR, find_quote


def decision(word, text, **cells):
    return Decision(7, word, text, who="R. Analyst", when="2024-05-31", **cells)


def texts(redaction):
    return redaction.passages.sort_values("ordinal")["text"].tolist()


def outcome(redaction):
    return redaction.decided["outcome"].tolist()


PAGES = [
    ("p1", "She rang Marlpit House on the Monday about the key."),
    ("p2", "Nobody at Marlpit House answered her letter that week."),
]


@pytest.mark.parametrize(
    ("cells", "places"),
    [
        ({"before": "Nobody at ", "after": " answered"}, [1]),
        ({"before": "Nobody in the place of ", "after": " answered her"}, [1]),
        ({"before": "rang  ", "passage_id": "gone"}, [0]),
        ({}, [0, 1]),
    ],
)
def test_a_quote_is_found_where_its_context_is(cells, places):
    found = find_quote(decision("add", "Marlpit House", **cells), PAGES)
    assert [place.number for place in found.places] == places
    assert found.likeness >= NEAR


def test_equal_quotes_are_told_apart_by_their_passage():
    pages = [("p1", "Marlpit House"), ("p2", "Marlpit House")]
    found = find_quote(decision("reject", "Marlpit House", passage_id="p2"), pages)
    assert [place.number for place in found.places] == [1]


def test_white_space_may_change():
    assert find_quote(decision("add", "Marlpit  House"), PAGES).places


def test_strange_context_is_not_near():
    quote = decision("reject", "Marlpit House", before="xyz qrs tuv ", after=" 123 456")
    assert find_quote(quote, PAGES).likeness < NEAR


def test_a_typed_word_is_not_found_within_a_longer_one(run):
    redacted = run("The annual plan named ann twice.",
                   decisions=[decision("add", "ann", type="PERSON")])  # fmt: skip
    assert texts(redacted) == ["The annual plan named [PERSON 1] twice."]


@pytest.mark.parametrize(
    ("kind", "text", "pseudonym"),
    [
        ("AGE", "forty-one", "[AGE 40-49]"),
        ("DATE", "that May of 2011", "[DATE 2011]"),
        ("CODE", "k-twelve", "[REFERENCE 1]"),
        ("CONTACT", "kev at home", "[CONTACT 1]"),
        ("OTHER", "the only beekeeper", "[OTHER 1]"),
    ],
)
def test_added_text_becomes_what_its_type_says(run, kind, text, pseudonym):
    redacted = run(f"They wrote {text} into it.", decisions=[decision("add", text, type=kind)])
    assert texts(redacted) == [f"They wrote {pseudonym} into it."]
    assert redacted.spans["rule"].tolist() == ["analyst.add"]
    assert redacted.spans["type"].tolist() == [kind]


def test_the_narrower_decision_wins(run):
    line = "Ms Quill rang Marlpit House."
    never = Decision(EVERY_REVIEW, "never", "Marlpit House")
    everywhere = decision("everywhere", "Marlpit House", type="PLACE")
    reject = decision("reject", "Marlpit House", before="saw ")
    lines = (line, "He saw Marlpit House.")
    assert "Marlpit House" in texts(run(*lines, decisions=[never]))[0]
    assert "Marlpit" not in " ".join(texts(run(*lines, decisions=[never, everywhere])))
    both = texts(run(*lines, decisions=[never, everywhere, reject]))
    assert "Marlpit" not in both[0]
    assert both[1] == "He saw Marlpit House."


def test_everywhere_takes_capitals_too(run):
    redacted = run("WHAT BAZZA DID", "It was Bazza.",
                   decisions=[decision("everywhere", "Bazza", type="PERSON")])  # fmt: skip
    assert texts(redacted) == ["WHAT [PERSON 1] DID", "It was [PERSON 1]."]


def test_a_reject_that_fits_two_places_is_not_carried_out(run):
    redacted = run("Ms Quill", "Ms Quill", decisions=[decision("reject", "Ms Quill")])
    assert "Quill" not in " ".join(texts(redacted))
    assert outcome(redacted) == ["several places"]


def test_a_reject_under_a_longer_replacement_is_reported(run):
    redacted = run("It was Ms Oona Quill who rang.", decisions=[decision("reject", "Quill")])
    assert "Quill" not in texts(redacted)[0]
    assert outcome(redacted) == ["covered"]


def test_headings_above_a_passage_and_table_headers_are_decided_with_it(run):
    redacted = run(
        ("Contact with bazza", {"kind": "heading"}),
        ("Nothing more.", {"heading_path": "Contact with bazza", "table_header": "bazza | Job"}),
        decisions=[decision("add", "bazza", before="with ", type="PERSON")],
    )
    last = redacted.passages.sort_values("ordinal").iloc[-1]
    assert last["heading_path"] == "Contact with [PERSON 1]"
    only_header = run(
        ("Nothing more.", {"table_header": "bazza | Job"}),
        decisions=[decision("add", "bazza", type="PERSON")],
    )
    assert only_header.passages["table_header"].tolist() == ["[PERSON 1] | Job"]


def test_a_join_or_role_of_somebody_who_is_not_there_is_reported(run):
    redacted = run(
        "Ms Oona Quill rang.",
        decisions=[
            decision("same as", "Oona Quill", type="PERSON", entity="Gail Stroud"),
            decision("role", "Gail Stroud", type="PERSON", role="victim"),
            decision("role", "Adult Z", role="victim"),
        ],
    )
    assert outcome(redacted) == ["not found"] * 3


def test_the_role_of_a_joined_person_counts_for_both(run):
    redacted = run(
        "Ms Oona Quill rang. Then Gail Stroud rang.",
        decisions=[
            decision("same as", "Gail Stroud", type="PERSON", entity="Ms Oona Quill"),
            decision("role", "Gail Stroud", type="PERSON", role="victim"),
        ],
    )
    assert texts(redacted) == ["[VICTIM] rang. Then [VICTIM] rang."]
    assert outcome(redacted) == ["applied"] * 2


def test_added_text_whose_entity_is_not_there_is_replaced_and_reported(run):
    redacted = run("It was bazza.", decisions=[
        decision("add", "bazza", type="PERSON", entity="Gail Stroud")])  # fmt: skip
    assert texts(redacted) == ["It was [PERSON 1]."]
    assert outcome(redacted) == ["entity gone"]
