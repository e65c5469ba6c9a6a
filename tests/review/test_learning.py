"""Learning from decisions: what is learnt, the gate, what is suggested, what the audit says."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import codebooks
from pipeline.codebook import read_codebook
from pipeline.codings import CodingReview
from pipeline.contracts import ROLES_TABLE
from pipeline.errors import BadSettings, MissingInput
from pipeline.models import embedder
from pipeline.review.attachment import attach
from pipeline.review.decision import frame, quote_at
from pipeline.review.learning import Examples, Lesson, examples, learn, suggestions
from pipeline.review.reliability import FEWEST, audit
from pipeline.study import Study
from pipeline.tag.coder import Coder
from pipeline.tag.learnt import read_learnt
from pipeline.tag.model import read_model
from pipeline.tag.second_look import CODE, SEEN
from review.test_decision import TEXT, codings, decision, machine, passages

FILE = Path(codebooks.__file__).with_name("dhr.toml")
CODEBOOK, MODEL = read_codebook(FILE), read_model(FILE)
CODES = ["marac", "dvds", "housing"]
SMALL = replace(MODEL, codes=np.array(CODES), thresholds=np.full(3, 0.3))


def known(*, helpful: bool, reviews: int = 4, n: int = 160) -> Examples:
    """Passages of which a feature (or nothing) tells people's word, and the model says little."""
    random = np.random.default_rng(7)
    shape = (reviews * n, len(CODES))
    right = random.random(shape) < 0.15
    features = random.normal(size=(*shape, len(SEEN)))
    features[:, :, CODE] = np.arange(len(CODES))
    features[:, :, 1] = np.where(right, 2.0, 0.0) if helpful else 0.0
    probable = np.where(right, 0.35, 0.15) + random.normal(scale=0.15, size=shape)
    return Examples(
        groups=np.repeat(np.arange(reviews), n), features=features,
        probable=probable.clip(0.01, 0.99).round(3), decided=np.ones(shape, dtype=bool),
        right=right, whole=np.ones(len(right), dtype=bool), words=np.full(len(right), 2),
    )  # fmt: skip


def test_what_helps_is_learnt_and_reproducible() -> None:
    lesson = learn(known(helpful=True), SMALL)
    assert lesson.learnt.used.all()
    assert lesson.after > lesson.before + 0.2
    assert "3 of 3 codes are told anew" in "\n".join(lesson.lines())
    assert next(lesson.lines()).startswith("learnt from 1,280 decisions about 640 passages")
    assert learn(known(helpful=True), SMALL).learnt.to_bytes() == lesson.learnt.to_bytes()


def test_which_number_chance_gave_a_review_changes_nothing() -> None:
    given = known(helpful=True, reviews=8, n=40)
    other = replace(given, groups=np.array([31, 5, 8, 77, 2, 60, 1, 9])[given.groups])
    assert learn(other, SMALL).learnt.to_bytes() == learn(given, SMALL).learnt.to_bytes()


def test_the_gate_keeps_out_what_people_gave_too_rarely() -> None:
    given = known(helpful=True)
    rare = given.right.copy()
    rare[np.flatnonzero(rare[:, 2])[7:], 2] = False
    assert learn(replace(given, right=rare), SMALL).learnt.used.tolist() == [True, True, False]


def test_single_decisions_leave_the_threshold_alone() -> None:
    few = known(helpful=True)
    lesson = learn(replace(few, whole=np.zeros_like(few.whole)), SMALL)
    assert lesson.learnt.thresholds.tolist() == [0.3] * 3


def test_what_does_worse_in_reviews_left_out_is_not_learnt() -> None:
    random = np.random.default_rng(19)
    vague = known(helpful=True, reviews=3, n=60)
    hint, guess = (
        np.where(random.random(vague.right.shape) < often, vague.right, ~vague.right)
        for often in (0.75, 0.85)
    )
    vague.features[:, :, 1] = hint
    lesson = learn(replace(vague, probable=guess.clip(0.1, 0.9)), SMALL)
    assert lesson.after < lesson.before - 0.02
    assert not lesson.learnt.used.any()


def test_each_code_has_a_gate_of_its_own() -> None:
    given = known(helpful=True)
    sure = given.probable.copy()
    sure[:, 0] = np.where(given.right[:, 0], 0.32, 0.28)
    given.features[:, 0, 1] = np.random.default_rng(3).normal(size=len(sure))
    lesson = learn(replace(given, probable=sure), SMALL)
    assert lesson.learnt.used.tolist() == [False, True, True]


def test_where_people_only_accepted_nothing_is_learnt() -> None:
    given = known(helpful=True)
    lesson = learn(replace(given, decided=given.right), SMALL)
    assert not lesson.learnt.used.any()
    assert "nothing is told anew" in "\n".join(lesson.lines())
    only = given.decided.copy()
    only[:, 1] = given.right[:, 1]
    assert learn(replace(given, decided=only), SMALL).learnt.used.tolist() == [
        True, False, True,
    ]  # fmt: skip


def test_what_teaches_nothing_is_not_written(monkeypatch, tmp_path) -> None:
    whole = passages(("aa", TEXT))
    study = Study(tmp_path, tmp_path)
    build = SimpleNamespace(
        coded=lambda: (whole, codings(), attach(frame([decision()]), whole)),
        study=study, intake=SimpleNamespace(reviews=[]),
    )  # fmt: skip
    given = known(helpful=True)
    something, nothing = (learn(one, SMALL) for one in (given, replace(given, decided=given.right)))

    def learnt(lesson: Lesson) -> str:
        monkeypatch.setattr(CodingReview, "lesson", lambda *_: lesson)
        return "\n".join(CodingReview(build).learn())

    assert "nothing is written" in learnt(nothing) and not study.learnt_path.exists()
    assert f"wrote {study.learnt_path}\nnext: dhr run" in learnt(something)
    assert study.learnt_path.read_bytes() == something.learnt.to_bytes()
    assert "deleted" in learnt(nothing) and not study.learnt_path.exists()


def test_a_passage_read_as_a_whole_decides_every_code_and_the_last_word_holds() -> None:
    coder = Coder(CODEBOOK, embedder("wordllama"), model=MODEL)
    whole = decision("", passage_id="bb", **quote_at(TEXT)._asdict())
    words = [
        decision("marac", when="2026-03-01", decision="reject"),
        decision("marac", who="Omar"),
        decision("dvds", passage_id="bb"),
    ]
    roles = ROLES_TABLE.frame()
    read = passages(("aa", TEXT), ("bb", TEXT), ("cc", TEXT))
    found = examples(read, roles, frame([whole, *words]), coder)
    marac, dvds = MODEL.column["marac"], MODEL.column["dvds"]
    assert found.whole.tolist() == [False, True]
    assert (found.decided.sum(axis=1) == [1, len(MODEL.codes)]).all()
    assert not found.right[0, marac], "the later word is the reject"
    assert found.right[1].sum() == 1 and found.right[1, dvds]
    assert found.words.tolist() == [1, 2], "decisions that hold, not codes that they decide"


def test_too_few_reviews_are_told() -> None:
    with pytest.raises(MissingInput, match="2 review"):
        learn(known(helpful=True, reviews=2), SMALL)


def test_what_was_learnt_over_another_model_is_refused(tmp_path) -> None:
    lesson = learn(known(helpful=True), SMALL)
    path = tmp_path / "learnt.npz"
    assert read_learnt(path, SMALL) is None
    path.write_bytes(lesson.learnt.to_bytes())
    learnt = read_learnt(path, SMALL)
    assert learnt is not None and learnt.to_bytes() == path.read_bytes()
    with pytest.raises(BadSettings, match="another model"):
        read_learnt(path, replace(SMALL, thresholds=np.full(3, 0.2)))
    whole = path.read_bytes()
    for damaged in (b"nothing", b"", whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(BadSettings, match="cannot be read"):
            read_learnt(path, SMALL)


def test_the_unsure_and_some_at_random_are_suggested() -> None:
    waiting = pd.DataFrame({"review_id": 7, "passage_id": [f"p{n:02}" for n in range(40)]})
    probable = np.full((40, 3), 0.01)
    probable[[5, 9], 1] = 0.29
    ask = partial(suggestions, waiting, probable, SMALL.thresholds, n=6, audit=3)
    found = ask(frame([]))
    assert found["how"].to_list() == ["random"] * 3 + ["chosen"] * 3
    assert {"p05", "p09"} <= set(found["passage_id"])
    assert not found["passage_id"].duplicated().any()
    drawn = found["passage_id"][:3].to_list()
    chosen = frame([decision(passage_id=i) for i in (*drawn, "p05")])
    assert ask(chosen)["passage_id"][:3].to_list() == drawn, "chance does not heed decisions"
    common = probable.copy()
    common[20:, 1], common[5, 0] = 0.9, 0.29
    rare = suggestions(waiting, common, SMALL.thresholds, frame([]), n=1, audit=0)
    assert rare["passage_id"].to_list() == ["p05"]
    assert "p05" not in set(ask(chosen)["passage_id"][3:])
    audited = frame([decision(passage_id=i, how="random") for i in drawn])
    assert not {*drawn} & {*ask(audited)["passage_id"]}


def test_passages_at_random_need_no_model(tmp_path) -> None:
    texts = passages(("aa", TEXT), ("bb", TEXT), ("cc", TEXT)).assign(page=1, number="")
    build = SimpleNamespace(
        coded=lambda: (texts, codings(machine("marac")), attach(frame([]), texts)),
        codebook=CODEBOOK,
        coder=SimpleNamespace(model=None),
        leak_check=SimpleNamespace(frame=lambda *_: None),
    )
    told = CodingReview(build).suggest(tmp_path / "to-check.csv", n=2, audit=2)
    assert told == "2 passages (2 of them drawn at random for the audit)"
    assert (tmp_path / "to-check.csv").exists()
    with pytest.raises(MissingInput, match="with --audit as large as --n"):
        CodingReview(build).suggest(tmp_path / "other.csv", n=2, audit=1)


def test_reliability_is_told_from_random_passages_only() -> None:
    ids = [f"p{n:02}" for n in range(FEWEST)]
    whole = [decision("", passage_id=i, how="random", **quote_at(TEXT)._asdict()) for i in ids]
    coded = codings(*(machine("marac", i) for i in ids[:10]))
    wrong = [decision("marac", passage_id=i, decision="reject", how="random") for i in ids[:2]]
    chosen = [decision("marac", passage_id=i, decision="reject", who="Omar") for i in ids[2:9]]
    right = [decision("marac", passage_id=i, how="random") for i in ids[2:10]]
    found = audit(coded, frame(whole + wrong + right + chosen), CODES)
    assert (int(found.person.sum()), int(found.machine.sum())) == (8, 10)
    today = audit(codings(machine("dvds", ids[0])), frame(whole + wrong + right), CODES)
    assert (int(today.person.sum()), int(today.machine.sum())) == (8, 1)
    assert f"on {FEWEST} random passages" in next(found.lines())
    few = audit(coded, frame(whole[:3]), CODES)
    assert "from 20 on, kappa" in next(few.lines())
    assert not list(audit(coded, frame(chosen), CODES).lines())
