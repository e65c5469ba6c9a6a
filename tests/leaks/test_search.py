"""The search: every spelling of a known string is found, and ordinary words are left alone."""

import pytest

from pipeline.contracts import REDACTED, REDACTION_LOG
from pipeline.leaks.known import hidden_names, known_strings, misspelt
from pipeline.leaks.search import Cell, Search, Standing

LOG = [
    (7, "PERSON", "[RELATIVE 1]", "Hannah Dransley"),
    (7, "PERSON", "[PROFESSIONAL 1]", "PC 4471 Tollgate"),
    (7, "PERSON", "[PERSON 2]", "Siân O’Brien-Fosse"),
    (7, "PERSON", "[PERSON 3]", "Hope"),
    (7, "PERSON", "[PERSON 4]", "Will Marsh"),
    (7, "PERSON", "[PERSON 5]", "JT"),
    (7, "PLACE", "[PLACE 1]", "14 Plover Lane, Wexmere"),
    (7, "PLACE", "[PLACE 2]", "Quarrendon-on-Sea"),
    (7, "CODE", "[REFERENCE 1]", "WX/48213/13"),
    (7, "CODE", "[REFERENCE 2]", "0417"),
    (7, "CONTACT", "[PHONE 1]", "01632 960417"),
    (7, "CONTACT", "[EMAIL 1]", "i.ravenscar@chairs.example"),
    (7, "CONTACT", "[POSTCODE 1]", "WX7 4QD"),
    (7, "DATE", "[DATE 2013]", "14 March 2013"),
    (7, "DATE", "[DATE 2012]", "2012"),
    (7, "AGE", "[AGE 30-39]", "34"),
    (9, "PERSON", "[PERSON 1]", "Mary Pellow"),
]


def passage(text, review=7, n=1, heading=""):
    return {
        "review_id": review, "passage_id": f"{review}-{n}", "document_id": "d", "ordinal": n,
        "heading_path": heading, "section_role": "analysis", "role_confidence": 0.9,
        "kind": "paragraph", "text": text,
    }  # fmt: skip


def log_of(rows, score=0.9):
    return REDACTION_LOG.frame(
        {
            "review_id": review, "passage_id": f"{review}-0", "start": n, "end": n + 1,
            "redacted_start": 0, "redacted_end": 1, "type": kind, "rule": "test", "score": score,
            "pseudonym": pseudonym, "surface": surface,
        }
        for n, (review, kind, pseudonym, surface) in enumerate(rows)
    )  # fmt: skip


def found(text, *, review=None, column="text", passages=(), accepted=(), rejected=(), log=None):
    """Pairs of pseudonym and surface that a text gives away."""
    frame = REDACTED.frame(passages)
    known = misspelt(known_strings(log_of(LOG) if log is None else log), frame)
    standing = Standing(frame, categories=["Wexmere"], accepted=accepted, rejected=rejected)
    cell = Cell("file", column, "row", text, review, passage=review is not None)
    hits = Search(known, standing, key=b"k" * 32).hits([cell])
    return [(hit["pseudonym"], hit["surface"]) for hit in hits.to_dict("records")]


@pytest.mark.parametrize(
    ("text", "pseudonym"),
    [
        ("Hannah Dransley rang.", "[RELATIVE 1]"),
        ("It was Dransley’s car.", "[RELATIVE 1]"),
        ("MRS DRANSLEY", "[RELATIVE 1]"),
        ("DRANSLEY, Hannah", "[RELATIVE 1]"),
        ("hannah_dransley.csv", "[RELATIVE 1]"),
        ("HannahDransley", "[RELATIVE 1]"),
        ("Officer Tollgate attended.", "[PROFESSIONAL 1]"),
        ("O'Brien Fosse", "[PERSON 2]"),
        ("OBRIEN-FOSSE", "[PERSON 2]"),
        ("Sian told him", "[PERSON 2]"),
        ("Sia\u0302n told him", "[PERSON 2]"),
        ("She lived in Wexmere.", "[PLACE 1]"),
        ("Quarrendon on Sea", "[PLACE 2]"),
        ("QUARRENDON", "[PLACE 2]"),
        ("crime wx 48213 13", "[REFERENCE 1]"),
        ("(01632) 960-417", "[PHONE 1]"),
        ("01632960417", "[PHONE 1]"),
        ("I.RAVENSCAR@CHAIRS.EXAMPLE", "[EMAIL 1]"),
        ("Ms Ravenscar", "[EMAIL 1]"),
        ("wx74qd", "[POSTCODE 1]"),
    ],
)
def test_what_can_be_nothing_else_is_found_everywhere_in_every_spelling(text, pseudonym):
    assert [p for p, _ in found(text)] == [pseudonym]
    assert [p for p, _ in found(text, review=8)] == [pseudonym]


@pytest.mark.parametrize(
    ("text", "pseudonym"),
    [
        ("There she met Hope again.", "[PERSON 3]"),
        ("Hope rang twice.", "[PERSON 3]"),
        ("The letter was from Will Marsh.", "[PERSON 4]"),
        ("A note by JT was found.", "[PERSON 5]"),
        ("He lived in Plover Lane then.", "[PLACE 1]"),
        ("Log 0417 was closed.", "[REFERENCE 2]"),
        ("on 14th March 2013", "[DATE 2013]"),
        ("on 14/03/2013", "[DATE 2013]"),
        ("2013-03-14", "[DATE 2013]"),
        ("She was aged 34.", "[AGE 30-39]"),
        ("a 34-year-old woman", "[AGE 30-39]"),
    ],
)
def test_words_numbers_ages_and_dates_are_found_in_passages_of_their_own_review(text, pseudonym):
    assert [p for p, _ in found(text, review=7)] == [pseudonym]
    assert found(text, review=8) == []
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "They hope that agencies will learn.",
        "Will the agencies act?",
        "In 2012 there were 34 referrals, 14 in March.",
        "[PERSON 34] and [DATE 2012] and [AGE 30-39]",
        "a plover in the lane",
        "There were 417 cases.",
        "Dransleyville and Hannahs",
    ],
)
def test_ordinary_words_are_not_flagged(text):
    assert found(text, review=7) == []


def test_a_word_that_the_review_also_writes_small_is_a_name_only_where_somebody_acts():
    hopes = [passage("They had no hope.")]
    assert found("Hope is not a plan.", review=7, passages=hopes) == []
    assert found("Hope told her sister.", review=7, passages=hopes) != []
    assert found("HOPE AND LEARNING", review=7, passages=hopes) == []
    assert found("HOPE TOLD HER SISTER.", review=7, passages=hopes) != []
    assert found("SHE WILL NOT BE SEEN ALONE.", review=7) == []
    assert found("HE HAD THREATENED WILL.", review=7) != []


@pytest.mark.parametrize(
    "text",
    ["PETER THREATENED TO KILL HER.", "A LETTER TO PETER", "PETER AND HIS MOTHER", "It was PETER."],
)
def test_a_first_name_that_is_a_word_is_found_in_capitals(text):
    log = log_of([(7, "PERSON", "[PERPETRATOR]", "Peter Marsh")])
    assert found(text, review=7, log=log) == [("[PERPETRATOR]", "PETER")]
    assert found(text, review=8, log=log) == []


def test_declared_pseudonyms_cited_authors_and_agencies_are_no_identifiers():
    declares = [passage("Mary is a pseudonym.", review=8)]
    assert found("Mary left.", review=8, passages=declares) == []
    assert found("Mary left.", review=7, passages=declares) != []
    cites = [passage("As Dransley (2014) showed, control lasts.")]
    assert found("Dransley argues so.", review=7, passages=cites) == []
    assert found("Domestic Abuse Act 2012, section 34", review=7) == []


def test_an_area_is_free_in_its_own_column_and_nowhere_else():
    assert found("Wexmere", column="area") == []
    assert found("Wexmere", column="title") == [("[PLACE 1]", "Wexmere")]
    assert found("Quarrendon", column="area") != []


def test_a_slip_of_the_pen_is_found_in_its_own_review():
    slip = [passage("The letter to Mrs DRANSLAY came back.")]
    assert found("to Mrs DRANSLAY", review=7, passages=slip) == [("[RELATIVE 1]", "DRANSLAY")]


def test_what_redaction_was_not_sure_of_is_left_alone_elsewhere():
    unsure = log_of([(7, "PERSON", "[PERSON 9]", "Zorvan")], score=0.5)
    assert found("The Zorvan was late.", review=7, log=unsure) != []
    assert found("The Zorvan was late.", review=8, log=unsure) == []


def test_the_identifier_of_the_own_review_is_named_first_and_the_longest_match_wins():
    log = log_of([(3, "PERSON", "[PERSON 1]", "Dransley"), *LOG])
    assert found("Hannah Dransley", review=7, log=log) == [("[RELATIVE 1]", "Hannah Dransley")]
    assert found("Dransley", review=3, log=log) == [("[PERSON 1]", "Dransley")]


def test_names_in_hidden_text_and_file_names_are_known():
    from pipeline.contracts import HIDDEN_TABLE

    hidden = HIDDEN_TABLE.frame(
        [{"review_id": 7, "document_id": "d", "ordinal": 1, "page": 2, "text": "of Olwen Peake,",
          "kind": "text under a box or in the colour of the paper"}]
    )  # fmt: skip
    assert ("olwen", "peake") in hidden_names(hidden)
    assert ("of",) not in hidden_names(hidden)
    known = known_strings(log_of([]), [(7, "Overview Report (final).pdf")])
    assert list(known) == [("overview", "report", "final", "pdf")]


def test_a_hit_that_a_person_passed_is_not_found_again():
    frame = REDACTED.frame()
    cell = Cell("file", "text", "7-1", "Dransley", 7, passage=True)
    known = known_strings(log_of(LOG))
    (hit,) = Search(known, Standing(frame, categories=[]), key=b"k").hits([cell]).to_dict("records")
    passed = Standing(frame, categories=[], accepted=[hit["id"]])
    search = Search(known, passed, key=b"k")
    assert search.hits([cell]).empty
    assert len(search.hits([cell._replace(row="7-2")])) == 1


def test_words_that_a_person_put_back_are_no_leak_in_that_review():
    text = "Tollgate Lodge and Hannah Dransley"
    rejected = [(7, "Hannah Dransley")]
    assert found(text, review=7, rejected=rejected) == found("Tollgate Lodge", review=7)
    assert ("[RELATIVE 1]", "Hannah Dransley") in found(text, review=9, rejected=rejected)
