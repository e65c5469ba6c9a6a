"""Coding of whole reviews: sections, polarity, subject, evidence and its place."""

import pytest

from pipeline.codebook import Codebook
from pipeline.contracts import REDACTED, ROLES_TABLE
from pipeline.models import embedder
from pipeline.tag.coder import Coder, tag
from pipeline.tag.tokens import sentences

COMMON = {"name": "n", "definition": "d", "include": "i", "exclude": "e"}
CODEBOOK = Codebook.model_validate(
    {
        "id": "tiny",
        "title": "Tiny",
        "version": "1",
        "theme": [{"id": "people", "name": "People", "definition": "d"}],
        "code": [
            {
                "id": "drink", "theme": "people", **COMMON,
                "subject": "perpetrator", "only_subject": True,
                "indicators": ["alcohol misuse", "drunk"],
                "exclusions": ["drunk tank"],
                "prototypes": ["He was drunk most evenings.", "His drinking had become heavy."],
                "match": ["a", "b", "c"], "not_match": ["d", "e"],
            },
            {
                "id": "enquiry", "theme": "people", **COMMON,
                "subject": "agency", "omission": True,
                "indicators": ["routine enquiry"], "patterns": ["not ask ~2 home"],
                "weak_indicators": ["ask"],
                "prototypes": ["Nobody asked her whether she was safe at home.",
                               "She was not asked about abuse by the nurse."],
                "match": ["a", "b", "c"], "not_match": ["d", "e"],
            },
        ],
    }
)  # fmt: skip
ROLES = ROLES_TABLE.frame(
    [
        {"review_id": 1, "label": "Adult A", "role": "victim", "evidence": "declared"},
        {"review_id": 1, "label": "Adult B", "role": "perpetrator", "evidence": "declared"},
    ]
)


@pytest.fixture(scope="module")
def coder():
    return Coder(CODEBOOK, embedder("wordllama"))


def code(coder, text, section="analysis", kind="paragraph", more=()):
    texts = [text, *more]
    passages = REDACTED.frame(
        {
            "review_id": 1, "passage_id": f"p{n}", "document_id": "d", "ordinal": n,
            "heading_path": "", "section_role": section, "role_confidence": 0.9, "kind": kind,
            "text": text,
        }
        for n, text in enumerate(texts)
    )  # fmt: skip
    return tag(passages, ROLES, coder)


@pytest.mark.parametrize(
    ("text", "section", "code_id", "polarity"),
    [
        ("Adult B was drunk when officers came.", "analysis", "drink", "present"),
        ("There was no evidence of alcohol misuse by Adult B.", "analysis", "drink", "absent"),
        ("Adult B was never drunk at work.", "background", "drink", "absent"),
        ("Alcohol misuse by Adult B was ruled out.", "analysis", "drink", "absent"),
        ("There was no history of alcohol misuse.", "analysis", "drink", "absent"),
        ("Staff did not recognise the alcohol misuse of Adult B.", "analysis", "drink", "present"),
        ("Staff did not recognise alcohol misuse.", "analysis", "drink", "present"),
        ("No referral was made, but Adult B was drunk.", "analysis", "drink", "present"),
        ("No agency knew of the alcohol misuse of Adult B.", "analysis", "drink", "present"),
        ("None of the services was aware of alcohol misuse.", "analysis", "drink", "present"),
        ("Adult B never sought help for alcohol misuse.", "analysis", "drink", "present"),
        ("Adult B did not receive treatment for alcohol misuse.", "analysis", "drink", "present"),
        ("Agencies held no record of alcohol misuse.", "analysis", "drink", "absent"),
        ("She was not asked about home.", "analysis", "enquiry", "present"),
        ("There was good practice in the routine enquiry.", "analysis", "enquiry",
         "good-practice"),
        ("Routine enquiry was made at each visit.", "good-practice", "enquiry", "good-practice"),
        ("There were no concerns about routine enquiry.", "analysis", "enquiry", "absent"),
        ("That routine enquiry be made.", "recommendations", "enquiry", "hypothetical"),
    ],
)  # fmt: skip
def test_polarity(coder, text, section, code_id, polarity):
    (row,) = code(coder, text, section).to_dict("records")
    assert (row["code"], row["polarity"]) == (code_id, polarity)


@pytest.mark.parametrize(
    ("text", "source", "time"),
    [
        ("Adult B was drunk, his sister said.", "family", "before"),
        ("A neighbour told the panel that Adult B was drunk.", "family", "before"),
        ("The perpetrator told the chair that he was drunk.", "perpetrator", "before"),
        ("[PERPETRATOR] told the review that he was drunk.", "perpetrator", "before"),
        ("[PERPETRATOR 2] told the review that he was drunk.", "perpetrator", "before"),
        ("[PROFESSIONAL 1] told the review that Adult B was drunk.", "agency", "before"),
        ("Her social worker told the panel that Adult B was drunk.", "agency", "before"),
        ("The log shows that Adult B was drunk.", "agency", "before"),
        ("The panel considers that Adult B was drunk.", "panel", "before"),
        ("Adult B was drunk.", "panel", "before"),
        ("Since the homicide Adult B has been drunk.", "panel", "after"),
        ("After the fatal attack Adult B was drunk.", "panel", "after"),
        ("Adult B, who was convicted of murder, was drunk.", "panel", "after"),
        ("Adult B was convicted of theft in his youth and was drunk.", "panel", "before"),
        ("After the incident officers found that Adult B was drunk.", "panel", "before"),
        ("After the death of his mother Adult B was drunk.", "panel", "before"),
    ],
)  # fmt: skip
def test_who_tells_it_and_when_it_was(coder, text, source, time):
    (row,) = code(coder, text).to_dict("records")
    assert (row["source"], row["time"]) == (source, time)


@pytest.mark.parametrize(
    "section",
    ["terms-of-reference", "statutory-purpose", "glossary", "panel", "methodology", "preface",
     "literature", "appendix", "contents", "front-matter"],
)  # fmt: skip
def test_boilerplate_is_never_coded(coder, section):
    assert code(coder, "Was routine enquiry made and alcohol misuse considered?", section).empty


def test_headings_are_never_coded(coder):
    assert code(coder, "Routine enquiry", kind="heading").empty


def test_evidence_about_the_other_person_does_not_count(coder):
    assert code(coder, "Adult A was drunk.").empty
    (row,) = code(coder, "Adult A said that Adult B was drunk.").to_dict("records")
    assert row["subject"] == "perpetrator"


def test_pronouns_are_learnt_from_the_review(coder):
    more = ("Adult A said that she was afraid.", "Adult B said that he was at work.")
    assert code(coder, "She was drunk.", more=more).empty
    assert len(code(coder, "He was drunk.", more=more)) == 1


def test_an_exclusion_cancels_what_lies_inside_it(coder):
    assert code(coder, "Adult B slept in the drunk tank.").empty


def test_the_span_is_the_evidence_in_the_passage(coder):
    text = "Adult B worked away. On that night Adult B was drunk, and Adult A was not."
    (row,) = code(coder, text).to_dict("records")
    assert text[row["start"] : row["end"]] == "drunk"
    assert row["reason"].startswith("indicator 'drunk'")


def test_a_passage_has_one_row_per_code(coder):
    rows = code(coder, "Adult B was drunk. Adult B was drunk again on [DATE 2014].")
    assert list(rows["code"]) == ["drink"]


def test_a_weak_indicator_alone_is_no_evidence(coder):
    assert code(coder, "The plumber was to ask for a ladder.").empty


def test_a_passage_that_repeats_another_is_not_counted(coder):
    passages = [
        {"review_id": 1, "passage_id": f"p{n}", "document_id": "d", "ordinal": n,
         "heading_path": "", "section_role": section, "role_confidence": 0.9,
         "kind": "paragraph", "text": "Adult B was drunk.", "repeats": repeats}
        for n, (section, repeats) in enumerate([("analysis", None), ("lessons", "p0")])
    ]  # fmt: skip
    rows = tag(REDACTED.frame(passages), ROLES, coder)
    assert list(rows["passage_id"]) == ["p0"]


def test_an_executive_summary_is_not_counted_beside_its_report(coder):
    text = "Adult B was drunk."
    assert len(code(coder, text, "executive-summary")) == 1
    passages = [
        {"review_id": 1, "passage_id": f"p{n}", "document_id": "d", "ordinal": n,
         "heading_path": "", "section_role": section, "role_confidence": 0.9,
         "kind": "paragraph", "text": text}
        for n, section in enumerate(("executive-summary", "analysis"))
    ]  # fmt: skip
    rows = tag(REDACTED.frame(passages), ROLES, coder)
    assert list(rows["passage_id"]) == ["p1"]


def test_sentences_end_at_cells_and_not_at_titles():
    text = "Seen by Dr. Hale. Discharged | No follow-up"
    assert [s for _, s in sentences(text)] == ["Seen by Dr. Hale.", "Discharged", "No follow-up"]
    assert all(text[offset:].startswith(s) for offset, s in sentences(text))


def test_a_code_occurs_only_in_its_sections():
    drink = CODEBOOK.codes["drink"].model_copy(update={"sections": ("analysis",)})
    book = CODEBOOK.but(code=(drink, CODEBOOK.codes["enquiry"]))
    restricted = Coder(book, embedder("wordllama"))
    text = "Adult B was drunk."
    assert list(code(restricted, text)["code"]) == ["drink"]
    assert code(restricted, text, section="conclusions").empty
