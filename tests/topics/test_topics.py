"""Topics: sensible on small corpora, the same every time, no passage lost."""

import pandas as pd
import pytest

from pipeline.contracts import REDACTED, ROLES_TABLE
from pipeline.models import embedder
from pipeline.topics.model import MIN_PASSAGES, NO_TOPIC, n_topics, topics

SUBJECTS = {
    "alcohol": "He drank cider every evening and the alcohol worker discharged him after {n} "
    "missed appointments at the clinic.",
    "housing": "The housing officer refused the tenancy transfer and the rent arrears grew to "
    "{n} pounds on the flat.",
    "court": "The prosecutor discontinued the charge and the court adjourned the trial for {n} "
    "weeks without a witness.",
    "school": "The teacher noticed that the child was tired in class on {n} mornings and told "
    "the school nurse.",
}


def corpus(each, section="analysis"):
    rows = [
        {
            "review_id": 1 + n % 3, "passage_id": f"{subject}{n:03}", "document_id": "d",
            "ordinal": n, "heading_path": "", "section_role": section,
            "role_confidence": 0.9, "kind": "paragraph",
            "text": text.format(n=n),
        }
        for subject, text in SUBJECTS.items()
        for n in range(each)
    ]  # fmt: skip
    return REDACTED.frame(rows)


NO_ROLES = ROLES_TABLE.frame()


@pytest.fixture(scope="module")
def found():
    return topics(corpus(15), NO_ROLES, embedder=embedder("wordllama"))


def test_subjects_come_apart(found):
    subject = found.assignments["passage_id"].str[:-3]
    of_topic = pd.crosstab(found.assignments["topic"], subject)
    assert ((of_topic > 0).sum(axis=1) == 1).all()


def test_every_topic_has_terms_and_passages_that_can_be_traced(found):
    assert set(found.terms["topic"]) == set(found.topics["topic"])
    assert found.topics["n_passages"].sum() == len(found.assignments)
    known = set(found.assignments["passage_id"])
    assert all(set(ids.split()) <= known for ids in found.topics["representative"])


def test_the_same_input_gives_the_same_topics_in_any_order(found):
    shuffled = corpus(15).sample(frac=1, random_state=3)
    again = topics(shuffled, NO_ROLES, embedder=embedder("wordllama"))
    for one, other in zip(found, again, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_boilerplate_takes_no_part_and_is_not_lost():
    passages = pd.concat([corpus(15), corpus(2, "glossary").assign(review_id=9)])
    result = topics(passages, NO_ROLES, embedder=embedder("wordllama"))
    nine = result.assignments[result.assignments["review_id"] == 9]
    assert len(nine) == 8
    assert set(nine["topic"]) == {NO_TOPIC}


def test_labels_of_people_do_not_make_topics():
    passages = corpus(15)
    passages["text"] = "Gwenda [PERSON 4] " + passages["text"]
    roles = ROLES_TABLE.frame(
        {"review_id": n, "label": "Gwenda", "role": "victim", "evidence": "x"} for n in (1, 2, 3)
    )
    result = topics(passages, roles, embedder=embedder("wordllama"))
    assert not result.terms["term"].str.contains("gwenda|person").any()


def test_a_tiny_corpus_gets_no_topics_but_keeps_its_passages():
    result = topics(corpus(2), NO_ROLES, embedder=embedder("wordllama"))
    assert len(result.assignments) == 8 < MIN_PASSAGES
    assert set(result.assignments["topic"]) == {NO_TOPIC}
    empty = topics(REDACTED.frame(), NO_ROLES, embedder=embedder("wordllama"))
    assert [len(frame) for frame in empty] == [0, 0, 0]


def test_the_number_of_topics_grows_slowly():
    assert [n_topics(n) for n in (20, 200, 2_000, 400_000)] == [4, 8, 25, 120]
