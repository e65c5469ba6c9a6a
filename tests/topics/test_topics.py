"""Topics: sensible on small corpora, the same every time, no passage lost or counted twice."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.codebook import Codebook
from pipeline.contracts import REDACTED, ROLES_TABLE
from pipeline.models import embedder
from pipeline.topics import fit
from pipeline.topics.clusters import NeighbourMeans, PassageClusters
from pipeline.topics.fit import NO_TOPIC, SEEDS, n_topics
from pipeline.topics.model import MIN_PASSAGES, topics
from pipeline.topics.vectors import CorpusVectors, unit

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


def code(id, *prototypes):
    words = dict.fromkeys(("name", "definition", "include", "exclude"), "x")
    lists = {"prototypes": prototypes, "match": ["a", "b", "c"], "not_match": ["d", "e"]}
    return {"id": id, "theme": "one", **words, **lists}


CODEBOOK = Codebook.model_validate(
    {
        "id": "tiny", "title": "Tiny", "version": "1",
        "theme": [{"id": "one", "name": "One", "definition": "x"}],
        "code": [
            code("drink", "He drank cider and other alcohol.", "The alcohol worker saw him."),
            code("home", "Her rent arrears grew.", "The housing officer refused a tenancy."),
        ],
    }
)  # fmt: skip
NO_ROLES = ROLES_TABLE.frame()


def fitted(passages, roles=NO_ROLES, **options):
    return topics(passages, roles, CODEBOOK, embedder=embedder("wordllama"), **options)


@pytest.fixture(scope="module")
def found():
    return fitted(corpus(15))


def real(result):
    return result.topics[result.topics["topic"] != NO_TOPIC].reset_index(drop=True)


def by_subject(result):
    assignments = result.assignments[result.assignments["state"].isin(["in topic", "outlier"])]
    return pd.crosstab(assignments["nearest"], assignments["passage_id"].str[:-3])


def test_subjects_come_apart(found):
    assert ((by_subject(found) > 0).sum(axis=1) == 1).all()


def test_every_topic_has_terms_and_passages_that_can_be_traced(found):
    assert set(found.terms["topic"]) == set(real(found)["topic"])
    known = set(found.assignments["passage_id"])
    assert all(ids and set(ids.split()) <= known for ids in real(found)["representative"])


def test_representative_passages_come_from_different_reviews(found):
    review = found.assignments.set_index("passage_id")["review_id"]
    for ids in real(found)["representative"]:
        assert len({review[id] for id in ids.split()[:3]}) == 3


def test_a_label_begins_with_a_word_of_its_representative_passages(found):
    text = corpus(15).set_index("passage_id")["text"].str.lower()
    for row in real(found).itertuples():
        said = " ".join(text[id] for id in row.representative.split())
        assert row.label.split(", ")[0] in said


def test_the_same_input_gives_the_same_topics_in_any_order(found):
    again = fitted(corpus(15).sample(frac=1, random_state=3))
    for one, other in zip(found, again, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_boilerplate_takes_no_part_and_is_not_lost():
    passages = pd.concat([corpus(15), corpus(2, "glossary").assign(review_id=9)])
    result = fitted(passages)
    nine = result.assignments[result.assignments["review_id"] == 9]
    assert len(nine) == 8
    assert set(nine["topic"]) == {NO_TOPIC} and set(nine["state"]) == {"left out"}
    counts = result.topics[["n_passages", "n_outliers", "n_repeats"]]
    assert counts.to_numpy().sum() == len(passages)


def test_a_repeat_has_its_originals_topic_and_changes_nothing_else(found):
    again = corpus(5).query("review_id == 1").copy()
    again["repeats"] = again["passage_id"]
    again["passage_id"] = "r" + again["passage_id"]
    lost = again.head(1).assign(passage_id="rx", repeats="gone")
    result = fitted(pd.concat([corpus(15), again, lost]))
    assignments = result.assignments.set_index("passage_id")
    repeats = again["passage_id"].tolist()
    assert set(assignments.loc[[*repeats, "rx"], "state"]) == {"repeat"}
    topic_of = assignments["topic"]
    assert topic_of[repeats].tolist() == topic_of[again["repeats"].tolist()].tolist()
    assert topic_of["rx"] == NO_TOPIC
    assert result.topics["n_repeats"].sum() == len(again) + 1
    frames = (real(result).drop(columns="n_repeats"), real(found).drop(columns="n_repeats"))
    pd.testing.assert_frame_equal(*frames)
    pd.testing.assert_frame_equal(result.terms, found.terms)


def test_labels_of_people_do_not_make_topics():
    passages = corpus(15)
    passages["text"] = "Gwenda [PERSON 4] " + passages["text"]
    roles = ROLES_TABLE.frame(
        {"review_id": n, "label": "Gwenda", "role": "victim", "evidence": "x"} for n in (1, 2, 3)
    )
    result = fitted(passages, roles)
    assert not result.terms["term"].str.contains("gwenda|person").any()


def test_a_word_of_one_review_is_no_term():
    passages = corpus(15)
    own = passages["review_id"] == 1
    passages.loc[own, "text"] = passages.loc[own, "text"] + " Moorcock lighthouse."
    assert not fitted(passages).terms["term"].str.contains("lighthouse").any()


def test_a_tiny_corpus_gets_no_topics_but_keeps_its_passages():
    result = fitted(corpus(2))
    assert len(result.assignments) == 8 < MIN_PASSAGES
    assert set(result.assignments["topic"]) == {NO_TOPIC}
    assert result.topics["n_passages"].tolist() == [8]
    empty = fitted(REDACTED.frame())
    assert [len(frame) for frame in empty] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("text", ["He said that he would not be there with them.", "1 2 3 4 5 6 7"])
def test_passages_without_a_telling_word_do_no_harm(text):
    result = fitted(corpus(15).assign(text=text))
    assert len(result.assignments) == 60


def test_a_code_is_nearest_to_the_topic_that_talks_of_it(found):
    codes = found.similarities.pivot(index="topic", columns="code", values="similarity")
    subject = by_subject(found).idxmax(axis=1)
    assert subject[codes.idxmax()].tolist() == ["alcohol", "housing"]


def test_stability_is_told_by_five_runs(found):
    assert len(found.runs) == SEEDS and found.runs["kept"].sum() == 1
    assert found.runs["adjusted_rand"].between(0.5, 1).all()
    assert real(found)["stability"].between(0, 1).all()


def test_a_large_corpus_is_fitted_to_a_part_and_all_its_passages_find_their_topic(monkeypatch):
    monkeypatch.setattr(fit, "MAX_FITTED", 80)
    result = fitted(corpus(50))
    assert by_subject(result).to_numpy().sum() == 200
    assert ((by_subject(result) > 0).sum(axis=1) == 1).all()


def test_the_number_of_topics_can_be_given():
    assert real(fitted(corpus(15), number=2))["topic"].tolist() == [0, 1]


def test_the_number_of_topics_grows_slowly():
    of_passages = (20, 200, 2_000, 400_000)
    assert [n_topics(50 * n) for n in of_passages] == [4, 8, 25, 120]


def blobs():
    chance = np.random.default_rng(1)
    middles = np.repeat(np.eye(3, 8), 20, axis=0)
    return unit(middles + 0.05 * chance.normal(size=middles.shape)).astype(np.float32)


def test_clusters_that_stand_apart_are_stable_and_predicted():
    clusters = PassageClusters(3, seeds=range(4)).fit(blobs())
    assert clusters.stability().tolist() == [1, 1, 1]
    assert (clusters.agreement() == 1).all()
    assert (clusters.predict(blobs()) == clusters.labels_).all()


def test_what_weighs_nothing_makes_no_cluster():
    weights = np.repeat([1.0, 1.0, 1e-9], 20)
    clusters = PassageClusters(2, seeds=range(3), weights=weights).fit(blobs())
    assert clusters.labels_[0] != clusters.labels_[20]


def test_neighbours_draw_dense_regions_together():
    vectors = blobs()
    moved = NeighbourMeans(5).fit(vectors).transform(vectors)
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    assert (moved[:20] @ moved[:20].T).mean() > (vectors[:20] @ vectors[:20].T).mean()


def test_words_that_go_together_in_the_corpus_come_nearer():
    texts = ["bail arrest charge", "bail arrest court", "garden seed", "garden soil"] * 5
    vectors = CorpusVectors(embedder("wordllama"), token=r"\w+", stop_words=[]).fit(texts)
    plain = unit(embedder("wordllama").encode(["bail", "arrest", "garden"]))
    bail, arrest, garden = vectors.transform(["bail", "arrest", "garden"])
    gain = (bail @ arrest - bail @ garden) - (plain[0] @ plain[1] - plain[0] @ plain[2])
    assert gain > 0


def test_terms_are_words_that_stand_together():
    from pipeline.topics.terms import CoherentTerms

    class Model:
        vectorizer_model = CountVectorizer()

    texts = ["always bail charge", "always bail charge", "always seed", "always soil"]
    Model.vectorizer_model.fit(texts)
    candidates = {0: [("bail", 1.0), ("seed", 0.9), ("charge", 0.8), ("always", 0.7)]}
    documents = pd.DataFrame({"Document": texts})
    chosen = CoherentTerms(3).extract_topics(Model, documents, None, candidates)
    # "always" tells nothing, and does less harm than a word that is never beside the others.
    assert [word for word, _ in chosen[0]] == ["bail", "charge", "always"]
