"""Tokens and sentences are those of spaCy, only faster."""

from pathlib import Path

import pytest
import spacy

import codebooks
from pipeline.codebook import read_codebook
from pipeline.tag.tokens import sentences, tokenizer, tokens

CODEBOOK = read_codebook(Path(codebooks.__file__).parent / "dhr.toml")
TEXTS = [
    *(text for code in CODEBOOK.code for text in (*code.match, *code.not_match)),
    'She said "no." He left (at 9 p.m.). "Why?" asked Dr. Hale... Then: nothing!',
    "Two  spaces. And a\ttab.\nA new line. ",
    " Leading blank. It's don't-know e.g. this; etc. £4.50/wk",
    "One. | Two? Three. | | Four",
    "",
    " ",
]


@pytest.mark.parametrize("n", range(0, len(TEXTS), 60))
def test_tokens_are_those_of_spacy(n):
    for text in TEXTS[n : n + 60]:
        found = tokens(text)
        again = [text[s : s + len(t)] for t, s in zip(*found, strict=True)]
        assert [len(a) for a in again] == [len(t) for t in found.texts]
    plain = [t for t in TEXTS[n : n + 60] if "-" not in t and "’" not in t]
    assert [list(tokens(t).texts) for t in plain] == [
        [w.text for w in tokenizer()(t)] for t in plain
    ]


def test_sentences_are_those_of_spacy():
    cutter = spacy.blank("en")
    cutter.add_pipe("sentencizer")
    for text in TEXTS:
        expected = [
            s.text for cell in text.split(" | ") for s in cutter(cell).sents if s.text.strip()
        ]
        assert [s for _, s in sentences(text)] == [s.rstrip(" ") for s in expected], text
        assert all(text[at:].startswith(s) for at, s in sentences(text))
