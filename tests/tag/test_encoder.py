"""The encoder: what it is given, and that it reads a passage the same in whatever company."""

from pathlib import Path

import numpy as np
import pytest

import codebooks
from pipeline.tag.encoder import LENGTH, POLARITIES, pairs, tokenizer
from pipeline.tag.model import read_model
from pipeline.tag.regression import ALWAYS, Regression

MODEL = read_model(Path(codebooks.__file__).with_name("dhr.toml"))
ANALYSIS = ("Police", "analysis")
EACH = (len(MODEL.codes), 1 + len(POLARITIES))


def read(*texts):
    return MODEL.read(texts, [ANALYSIS] * len(texts))


def test_what_redaction_put_in_place_of_a_name_is_read_as_a_word():
    assert pairs(
        ["[PERSON 3] left on [DATE 2018]. [Sic]"], [("[PLACE 1] Council", "analysis")]
    ) == [("analysis : place Council", "person left on date. [Sic]")]


def test_a_passage_is_read_the_same_alone_and_among_others():
    texts = [
        "He was drunk most evenings, the daughter said, and had been since he lost his licence.",
        "The risk was graded as standard. " * 5,
        "No.",
        "",
    ] * 6
    together = read(*texts)
    assert together.shape == (24, *EACH)
    assert (together == np.concatenate([read(text) for text in texts])).all()


def test_the_end_of_a_very_long_passage_is_not_read():
    long = "The officer graded the risk as standard and went away. " * 200
    assert (read(long) == read(long + "He strangled her.")).all()


def test_a_heading_may_be_longer_than_what_is_read():
    heading = ("What the police knew of him and what they did about it " * 20, "analysis")
    assert MODEL.read(["He was drunk.", ""], [heading] * 2).shape == (2, *EACH)


def test_words_in_another_order_are_read_otherwise():
    one = "She told her GP that he had hit her."
    assert (read(one) != read("He told his GP that she had hit him.")).any()


def test_a_denial_is_read_as_such():
    told = read(
        "She was not known to drink, and there was no record of drugs in any agency's files.",
        "She drank a bottle of vodka a day and used heroin when she could afford it.",
    )[:, MODEL.column["victim-substance-use"], 1:]
    absent, present = (POLARITIES.index(polarity) for polarity in ("absent", "present"))
    # Of plain sentences it may be unsure; words have their say, too (Regression.together).
    denied, plain = told[:, absent] - told[:, present]
    assert denied > 0 and denied > plain + 5


def test_what_is_read_outvotes_words_only_in_doubt():
    words = Regression(
        labels=np.array(["absent", "present"]),
        names=np.array([ALWAYS, "plainly so"]),
        weights=np.array([[0.0, 0.0], [0.0, 3.0]]),
        together=np.array([[1.0, 0.0], [0.0, 1.0], [0.3, 0.0], [0.0, 0.3], [0.0, 0.0]]),
    )
    a_denial = np.array([9.0, 0.0])
    assert words.says([], a_denial) == "absent"
    assert words.says(["plainly so"], a_denial) == words.says(["plainly so"]) == "present"


def test_no_passages_give_no_rows():
    assert MODEL.read([], []).shape == (0, *EACH)


def test_the_tokenizer_cuts_pairs_at_the_passage(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({"[UNK]": 0, "[S]": 1, "a": 2}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        pair="$A [S] $B", special_tokens=[("[S]", 1)]
    )
    made.enable_padding(length=500)
    ids = tokenizer(made.to_str()).encode("a a", "a " * 300).ids
    assert ids == [2, 2, 1, *[2] * (LENGTH - 3)]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("perp-substance-use", "The perpetrator drank a bottle of vodka a day."),
        ("risk-assessment", "No DASH was completed by either officer."),
        ("strangulation", "He put his hands round her throat until she passed out."),
    ],
)
def test_it_knows_plain_cases(code, text):
    assert read(text)[0, MODEL.column[code], 0] > 0
