"""The shipped codebook carries its own tests: every match sentence is coded, no other is."""

from pathlib import Path

import pytest

import codebooks
from pipeline.codebook import read_codebook
from pipeline.models import embedder
from pipeline.tag.coder import Coder
from pipeline.tag.patterns import PatternSet
from pipeline.tag.tokens import sentences, tokens

CODEBOOK = read_codebook(Path(codebooks.__file__).parent / "dhr.toml")
CODES = [pytest.param(code, id=code.id) for code in CODEBOOK.code]


@pytest.fixture(scope="module")
def coder():
    return Coder(CODEBOOK, embedder("wordllama"))


def codes_of(coder, text):
    cut = [sentence for _, sentence in sentences(text)]
    return {found.code for row in coder.evidence(cut) for found in row}


@pytest.mark.parametrize("code", CODES)
def test_match_sentences_are_coded_and_not_match_sentences_are_not(coder, code):
    assert [s for s in code.match if code.id not in codes_of(coder, s)] == []
    assert [s for s in code.not_match if code.id in codes_of(coder, s)] == []


def test_every_code_has_two_match_sentences_without_any_of_its_indicators():
    phrases = PatternSet(
        [(c.id, p) for c in CODEBOOK.code for p in (*c.indicators, *c.weak_indicators)]
    )
    for code in CODEBOOK.code:
        without = [s for s in code.match if code.id not in phrases.find(tokens(s))]
        assert len(without) >= 2, code.id


def test_no_match_sentence_is_a_prototype():
    for code in CODEBOOK.code:
        assert not set(code.match) & set(code.prototypes), code.id


def test_the_codebook_has_the_sixty_codes_of_its_ten_themes():
    assert len(CODEBOOK.code) == 60
    assert len(CODEBOOK.theme) == 10
