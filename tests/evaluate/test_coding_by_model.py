"""A language model's codings are measured beside the machine's, and change nothing of those."""

from __future__ import annotations

import pandas as pd

from pipeline.codebook import Codebook
from pipeline.evaluate.coding import Unit, coding
from pipeline.evaluate.evaluation import Evaluation, Split
from pipeline.evaluate.markup import Coding
from pipeline.evaluate.table import lines

WORDS = {"name": "n", "definition": "d", "include": "i", "exclude": "e", "prototypes": ["a", "b"],
         "match": ["a", "b", "c"], "not_match": ["d", "e"]}  # fmt: skip
CODEBOOK = Codebook.model_validate(
    {
        "id": "tiny", "title": "Tiny", "version": "1",
        "theme": [{"id": "people", "name": "People", "definition": "d"}],
        "code": [{"id": id, "theme": "people", **WORDS} for id in ("drink", "enquiry")],
    }
)  # fmt: skip


def by(*codes, polarity="present"):
    return {code: Coding(code, polarity, None) for code in codes}


def units(*, model):
    told = [by("drink"), by("drink"), by("drink", polarity="absent"), by("enquiry")]
    gold = [by("drink"), by("drink"), by("drink"), by()]
    rules = [by("drink"), by(), by(), by()]
    return [
        Unit(1 + n % 2, "analysis", gold[n], gold[n], rules[n], told[n] if model else None)
        for n in range(4)
    ]


def test_the_model_has_its_own_measures():
    found = coding(units(model=True), units(model=True), CODEBOOK)
    pooled = found.pooled
    assert (pooled["language model: recall"].value, pooled["machine: recall"].value) == (1, 1 / 3)
    assert pooled["language model: precision"].value == 0.75
    assert pooled["language model: kappa with the second coder"].n == 3
    assert pooled["language model: kappa with the machine"].n == 1
    assert pooled["language model: shared codings: polarity right"].value == 2 / 3
    assert found.codes["drink"]["language model"] == 3
    assert found.codes["drink"]["language model F1"] == 1
    assert found.themes["people"]["language model"] == 2


def test_one_coding_of_the_model_among_hundreds_is_no_theme_and_a_persons_is():
    gold = [by("drink")] * 200 + [by("enquiry")]
    themes = ("people", "asking")
    codes = [
        {"id": "drink", "theme": "people", **WORDS}, {"id": "enquiry", "theme": "asking", **WORDS},
    ]  # fmt: skip
    two = CODEBOOK.but(theme=[CODEBOOK.theme[0].model_copy(update={"id": t}) for t in themes],
                       code=codes)  # fmt: skip
    read = [Unit(1, "analysis", one, None, by(), one) for one in gold]
    row = coding(read, read, two).themes["asking"]
    assert (row["first coder"], row["language model"]) == (1, 0)
    assert "second coder" not in row, "nobody coded a second time"


def test_without_a_model_nothing_is_said_of_one_and_with_one_the_machine_is_as_before():
    with_it = coding(units(model=True), units(model=True), CODEBOOK)
    without = coding(units(model=False), units(model=False), CODEBOOK)
    assert "language model" not in str(vars(without))
    mine = {name: m for name, m in with_it.pooled.items() if "language model" not in name}
    pd.testing.assert_frame_equal(
        pd.DataFrame({n: m.plain() for n, m in mine.items()}),
        pd.DataFrame({n: m.plain() for n, m in without.pooled.items()}),
    )


def test_the_table_shows_it():
    def shown(model):
        measured = coding(units(model=model), units(model=model), CODEBOOK)
        return "\n".join(lines(Evaluation("T", [Split("held-out", 2, 2, coding=measured)], 0)))

    assert "its kappa" in shown(True) and "lang. model" in shown(True)
    assert "model" not in shown(False)
