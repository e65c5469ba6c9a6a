"""Identifiers that no rule foresaw, and what the recogniser may not take for one."""

import spacy

from pipeline.redact.analysed import Analysed, deferred
from pipeline.redact.recogniser import LEAST, recognise, tagger
from pipeline.vocabulary import IDENTIFIER_TYPES


def found(text):
    (finds,) = recognise([spacy.blank("en")(text)])
    return {text[find.start : find.end]: find for find in finds}


def test_it_knows_every_type_of_identifier():
    assert {*LEAST} == {*IDENTIFIER_TYPES} < {*tagger().labels}


def test_a_name_among_plain_words_is_recognised_with_its_type_and_how_sure_it_is():
    name = found("She rang Keziah Trounson at the surgery in Porthkerris.")["Keziah Trounson"]
    assert (name.kind, name.rule) == ("PERSON", "recognised.PERSON")
    assert LEAST["PERSON"] <= name.score <= 1


def test_a_text_without_identifiers_has_none():
    assert not found("The panel heard that no agency had asked about abuse in the home.")


def test_runs_begin_and_end_with_a_word_that_tells():
    for surface in found("He lived at 14 Tanner Street, in Wexcombe, with Mr Tolliver."):
        assert surface[0].isalnum()
        assert surface[-1].isalnum()


def test_a_number_of_the_report_is_no_reference_and_a_preposition_no_date():
    finds = found("7(c) The panel saw this as serious, before and after the birth of the child.")
    assert not {find.kind for find in finds.values()} & {"REFERENCE", "DATE"}


def test_parts_of_speech_are_worked_out_when_one_is_asked_for(nlp):
    assert deferred(nlp) == ["tok2vec", "tagger"]
    (doc,) = nlp.pipe(["She was walking home."], disable=deferred(nlp))
    read = Analysed(doc, nlp)
    assert not doc.has_annotation("TAG")
    assert read.tag(8) == "VBG"
    assert read.tag(9) == ""


def test_what_is_recognised_goes_from_the_headings_above_other_passages(run):
    told = "the lollipop lady outside Hazelbank for thirty-one years"
    above = {"heading_path": f"4 Nan, {told}"}
    redacted = run(f"Nan was {told}.", ("She was asked about it.", above)).passages
    assert "lollipop" not in redacted["text"].iloc[0]
    assert not redacted["heading_path"].str.contains("lollipop").any()
