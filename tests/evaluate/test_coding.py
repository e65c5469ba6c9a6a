"""What is counted when codings are held against gold."""

from __future__ import annotations

from dataclasses import replace

from pipeline.evaluate.coding import Unit, coding
from pipeline.evaluate.evaluation import Evaluation, Split
from pipeline.evaluate.table import lines
from tests.evaluate.test_coding_by_model import CODEBOOK, by


def test_boilerplate_is_what_the_source_says_not_what_it_leaves_out() -> None:
    drink = by("drink")
    units = [
        Unit(1, "analysis", drink, None, drink),
        Unit(1, "", drink, None, drink),  # its section has no role in the source
        Unit(1, "", {}, None, drink, boilerplate=True),
        Unit(1, "analysis", {}, None, {}, boilerplate=True),
        Unit(1, "terms-of-reference", {}, None, {}),
    ]
    found = coding(units, units, CODEBOOK).pooled
    coded = found["never coded sections: passages the machine coded"]
    assert (coded.n, coded.of) == (1, 3)


def test_codes_of_the_gold_that_the_codebook_does_not_have_are_told_and_left_out() -> None:
    units = [Unit(1, "analysis", by("drink"), by("drink"), by("drink"))] * 3
    more = [replace(units[0], first=by("drink", "homes"), second=by("money", "drink", "homes"))]
    plain, told = (coding(some, some, CODEBOOK) for some in ([*units, units[0]], [*units, *more]))
    assert told.unknown == {"homes": 2, "money": 1} and not plain.unknown
    assert repr(told.pooled) == repr(plain.pooled), "no measure counts them"
    split = Split("held-out", 1, 1, coding=told)
    assert split.plain()["codes_not_in_codebook"] == {"homes": 2, "money": 1}
    shown = "\n".join(lines(Evaluation("T", [split], 0)))
    assert "left out: 3 codings of the gold, " in shown and ": homes (2), money (1)\n" in shown
