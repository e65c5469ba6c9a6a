"""Models: found in packages, folders refused with the next move, unit vectors, no network."""

import numpy as np
import pytest

from pipeline.errors import BadSettings
from pipeline.models import embedder, model_versions, spacy_model


def test_the_packaged_spacy_model_finds_names():
    doc = spacy_model("en_core_web_sm")("Sarah Wilkinson lives in Manchester.")
    assert {ent.label_ for ent in doc.ents} >= {"PERSON", "GPE"}
    assert spacy_model("en_core_web_sm") is spacy_model("en_core_web_sm")


def test_a_spacy_model_in_a_folder_is_loaded(tmp_path):
    import spacy

    spacy.blank("en").to_disk(tmp_path / "own")
    assert spacy_model(str(tmp_path / "own")).lang == "en"


def test_the_packaged_embedder_gives_unit_vectors_and_zeros_for_nothing(monkeypatch):
    vectors = embedder("wordllama").encode(["He controlled her money.", ""])
    assert vectors.shape == (2, 256)
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)
    assert embedder("wordllama").encode([]).shape == (0, 256)


def test_alike_sentences_are_nearer_than_others():
    one, two, three = embedder("wordllama").encode(
        ["He took her wages.", "Her pay was taken by him.", "The panel met in the town hall."]
    )
    assert one @ two > one @ three


@pytest.mark.parametrize("name", ["no_such_model", "/no/such/folder"])
def test_a_model_that_is_not_there_says_what_to_do(name):
    with pytest.raises(BadSettings, match=r"study\.toml"):
        spacy_model(name)
    with pytest.raises(BadSettings, match=r"study\.toml"):
        embedder(name)


def test_versions_are_known_without_loading():
    versions = model_versions(spacy="en_core_web_sm", embeddings="wordllama")
    assert versions["spacy"].startswith("en_core_web_sm")
    assert versions["embeddings"].startswith("wordllama ")
