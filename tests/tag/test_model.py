"""The learnt part of the coder: its words, its file, and what it does beside the rules."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_coder import CODEBOOK as TINY

import codebooks
from codebooks.passages import train
from pipeline.codebook import model_path, read_codebook
from pipeline.contracts import CODINGS, REDACTED, ROLES_TABLE
from pipeline.errors import BadSettings
from pipeline.models import embedder
from pipeline.review.reliability import kappa
from pipeline.tag.coder import Coder, Reading, tag
from pipeline.tag.model import (
    FEWEST_POSITIVES,
    NEEDS_HUMANS,
    RULES,
    Seen,
    read_model,
    reliability,
    text_terms,
)

SHIPPED = Path(codebooks.__file__).parent / "dhr.toml"
MODEL = read_model(SHIPPED)
ROLES = ROLES_TABLE.frame(
    [
        {"review_id": 1, "label": "Adult A", "role": "victim", "evidence": "declared"},
        {"review_id": 1, "label": "Adult B", "role": "perpetrator", "evidence": "declared"},
    ]
)
RECEIPTS = (
    "They had met at work. He paid her an allowance of five pounds, kept her bank card in his own "
    "wallet and went through every receipt when she came home from the shop."
)
GARDEN = "The garden was tidy and the weather was mild for the time of year."


@pytest.fixture(scope="module")
def codebook():
    return read_codebook(SHIPPED)


@pytest.fixture(scope="module")
def coder(codebook):
    return Coder(codebook, embedder("wordllama"), MODEL)


def passage(n, text, **cells):
    return {
        "review_id": 1, "passage_id": f"p{n}", "document_id": "d", "ordinal": n,
        "heading_path": "Analysis", "section_role": "analysis", "role_confidence": 0.9,
        "kind": "paragraph", "text": text, **cells,
    }  # fmt: skip


def code(coder, *texts, section="analysis"):
    rows = (passage(n, text, section_role=section) for n, text in enumerate(texts))
    return tag(REDACTED.frame(rows), ROLES, coder)


def without_rules(codebook):
    """The same codes, with nothing that rules could find."""
    nothing = {"indicators": (), "weak_indicators": (), "patterns": ()}
    return codebook.model_copy(
        update={"code": tuple(code.model_copy(update=nothing) for code in codebook.code)}
    )


def test_terms_are_words_pairs_and_both_cut_short_without_numbers_and_replacements():
    found = text_terms("Receipts on [DATE 2014] kept: 12")
    assert found == [
        "receipts", "on", "kept", "receipts on", "on kept", "recei-", "recei- on",
    ]  # fmt: skip


def test_a_passage_coded_by_words_alone_shows_the_sentence_that_weighs_most(codebook):
    coder = Coder(without_rules(codebook), embedder("wordllama"), MODEL)
    rows = code(coder, RECEIPTS, GARDEN).set_index("code")
    assert set(rows["passage_id"]) == {"p0"}
    row = rows.loc["economic-abuse"]
    assert RECEIPTS[row["start"] : row["end"]] == RECEIPTS.partition(". ")[2]
    assert row["reason"].startswith("words that weigh: ")
    assert row["reason"].endswith(f"probability {row['score']:.2f}")


def test_the_evidence_of_a_rule_is_the_span_and_the_score_is_the_probability(coder):
    rows = code(coder, "Adult A said that Adult B had strangled her.").set_index("code")
    row = rows.loc["strangulation"]
    assert "strangled" in row["reason"]
    assert "probability" in row["reason"]
    column = MODEL.column["strangulation"]
    assert MODEL.thresholds[column] <= row["score"] <= 1
    assert row["score"] == round(row["score"], 3)


def test_a_rule_alone_does_not_code_what_the_model_finds_improbable(coder):
    never = replace(MODEL, thresholds=np.full(len(MODEL.codes), 1.1))
    text = "Adult A said that Adult B had strangled her."
    assert not code(coder, text).empty
    assert code(Coder(coder.codebook, embedder("wordllama"), never), text).empty


def test_boilerplate_is_never_coded(coder):
    assert code(coder, RECEIPTS, section="terms-of-reference").empty


def test_evidence_about_the_other_person_does_not_count(coder):
    text = "Adult A drank heavily and Adult A was drunk on most evenings."
    assert "perp-substance-use" not in set(code(coder, text)["code"])


def test_what_was_done_to_the_victim_is_about_the_victim_whoever_is_named_nearest(coder):
    text = (
        "Adult B strangled her. The neighbours heard it, and Adult B told them that he was sorry."
    )
    row = code(coder, text).set_index("code").loc["strangulation"]
    assert row["subject"] == "victim"
    by_rules = Coder(coder.codebook, coder._embedder)
    assert code(by_rules, text).set_index("code").loc["strangulation", "subject"] == "perpetrator"


def test_whom_a_code_of_either_is_about_is_told_from_who_is_named(coder):
    texts = {
        "victim": "Adult A was the sole carer of Adult B, and had no respite from caring for him.",
        "perpetrator": "Adult B was the sole carer of Adult A, and had no respite from caring.",
    }
    for person, text in texts.items():
        found = code(coder, text).set_index("code")
        assert found.loc["carer-dynamics", "subject"] == person


def test_who_drank_is_known_from_the_roles_alone(coder):
    text = "Sam drank a bottle of vodka a day."
    passages = REDACTED.frame([passage(0, text)])
    for role, drinks in (
        ("victim", "victim-substance-use"), ("perpetrator", "perp-substance-use"),
    ):  # fmt: skip
        roles = ROLES_TABLE.frame(
            [{"review_id": 1, "label": "Sam", "role": role, "evidence": "declared"}]
        )
        assert set(tag(passages, roles, coder)["code"]) == {drinks}


def test_a_row_of_an_action_plan_is_read_with_the_recommendation_that_it_carries_out(coder):
    said = "Every woman should be asked about strangulation, and marks on the neck photographed."
    plan = {"section_role": "action-plan", "heading_path": "Action plan", "kind": "table-row",
            "table_header": "No. | Action | Lead"}  # fmt: skip
    passages = [
        passage(0, said, number="Recommendation 4", section_role="recommendations",
                heading_path="Recommendations"),
        passage(1, "4 | Amend template | Police", **plan),
        passage(2, "5 | Amend template | Police", **plan),
    ]  # fmt: skip
    found = tag(REDACTED.frame(passages), ROLES, coder).set_index(["code", "passage_id"])
    there = found.loc["strangulation"]
    assert set(there.index) == {"p0", "p1"}
    assert "read with the recommendation that it carries out" in there.loc["p1", "reason"]
    assert "read with" not in there.loc["p0", "reason"]
    # The recommendation says it, no cell of the row: the evidence is the row.
    assert tuple(there.loc["p1", ["start", "end"]]) == (0, len("4 | Amend template | Police"))


def test_a_recommendation_that_is_not_coded_itself_is_read_with_its_row_all_the_same(coder):
    said = passage(0, "Ask about pets.", number="4", section_role="recommendations",
                   heading_path="Recommendations", repeats="p7")  # fmt: skip
    row = passage(1, "4 | Amend form | Police", section_role="action-plan", kind="table-row",
                  heading_path="Action plan", table_header="No. | Action | Lead")  # fmt: skip
    read = Reading(REDACTED.frame([said, row]), ROLES, coder)
    assert read.kept["passage_id"].tolist() == ["p1"]
    assert read.as_read(0) == "4 | Amend form | Police Ask about pets."
    # Of two that say the same in one document there is one.
    first = passage(7, said["text"], number="4", section_role="recommendations",
                    heading_path="Recommendations")  # fmt: skip
    both = Reading(REDACTED.frame([first, said, row]), ROLES, coder)
    assert (
        both.as_read([*both.kept["passage_id"]].index("p1"))
        == "4 | Amend form | Police Ask about pets."
    )


def test_a_plain_sentence_is_told_present_and_a_denial_absent(coder):
    sentences = {
        "absent": "She was not known to drink, and there was no record of drugs in any agency's "
                  "files.",
        "present": "She drank a bottle of vodka a day and used heroin when she could afford it.",
    }  # fmt: skip
    for polarity, text in sentences.items():
        found = code(coder, text).set_index("code")
        assert found.loc["victim-substance-use", "polarity"] == polarity


def test_codes_that_the_model_does_not_know_are_coded_by_rules():
    coder = Coder(TINY, embedder("wordllama"), MODEL)
    by_rules = Coder(TINY, embedder("wordllama"))
    text = "Adult B was drunk when officers came."
    assert not coder.learnt
    assert code(coder, text).equals(code(by_rules, text))


def test_the_first_look_is_at_the_passage_alone_the_second_at_the_review():
    def looked(*texts):
        n = len(texts)
        nothing = np.zeros((n, len(MODEL.codes), len(RULES)), dtype=int)
        likeness = np.zeros((n, len(MODEL.codes)))
        headings = [("Analysis", "analysis")] * n
        read = MODEL.read(texts, headings)
        words = MODEL.words(texts)
        seen = Seen(texts, words, headings, nothing, likeness, read[:, :, 0], read[:, :, 1:])
        first = MODEL.probabilities(words, seen.headings, seen.finds)
        return first[0], MODEL.look_again(seen)[0]

    alone, together = looked(RECEIPTS), looked(RECEIPTS, RECEIPTS, GARDEN)
    assert (alone[0] == together[0]).all()
    assert (alone[1] != together[1]).any()


def test_passages_are_read_in_the_order_of_the_pages_whatever_their_ids(coder):
    filler = [f"{GARDEN} It was the {n}th of the month." for n in range(8)]
    rows = [passage(n, text) for n, text in enumerate([RECEIPTS, RECEIPTS, *filler])]
    read = tag(REDACTED.frame(rows), ROLES, coder)
    assert len(read)
    # Sorted by these ids, the second passage stands far from the first.
    drawn = {row["passage_id"]: f"q{(7 * n) % 10}" for n, row in enumerate(rows)}
    shuffled = [row | {"passage_id": drawn[row["passage_id"]]} for row in rows]
    again = tag(REDACTED.frame(shuffled), ROLES, coder)
    expected = CODINGS.validate(read.assign(passage_id=read["passage_id"].map(drawn)))
    pd.testing.assert_frame_equal(again, expected)


def test_a_codebook_without_a_model_has_none_and_a_file_that_is_none_is_refused(tmp_path):
    codebook = tmp_path / "ours.toml"
    assert read_model(codebook) is None
    half = model_path(SHIPPED).read_bytes()[:10_000_000]
    for damaged in (b"no model", b"", half):
        model_path(codebook).write_bytes(damaged)
        with pytest.raises(BadSettings, match=r"ours\.model\.npz"):
            read_model(codebook)


def test_the_file_holds_the_whole_model(tmp_path):
    path = tmp_path / "again.toml"
    model_path(path).write_bytes(MODEL.to_bytes())
    assert model_path(path).read_bytes() == model_path(SHIPPED).read_bytes()
    assert model_path(path).stat().st_size < 35_000_000


def test_the_model_knows_every_code_of_the_codebook(codebook):
    assert list(MODEL.codes) == list(codebook.codes)


def test_the_model_agrees_with_the_coder_of_the_reviews_of_development(codebook):
    coder = Coder(codebook, embedder("wordllama"))
    known = train.coded([train.reading(source, coder) for source in train.development()], MODEL)
    told = train.told_again(MODEL, known) >= MODEL.thresholds
    by_rules = known.finds.sum(axis=2) > 0
    assert kappa(known.right, told) > 0.65
    assert kappa(known.right, told) > kappa(known.right, by_rules) + 0.1


def test_the_model_says_how_far_each_code_can_be_trusted(codebook):
    table = reliability(MODEL, list(codebook.codes)).set_index("code")
    assert list(table.index) == list(codebook.codes)
    weak = (table["kappa"] < NEEDS_HUMANS) | (table["n_positives"] < FEWEST_POSITIVES)
    assert table["needs_human"].equals(weak)
    assert table["needs_human"].any() and not table["needs_human"].all()
    assert table["n_positives"].min() > 0


def test_a_code_that_no_model_knows_needs_a_human(codebook):
    unknown = reliability(MODEL, ["our-own-code"])
    assert unknown["needs_human"].all() and unknown["kappa"].isna().all()
    assert reliability(None, list(codebook.codes))["needs_human"].all()
