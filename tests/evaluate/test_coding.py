"""What is counted when codings are held against gold."""

from __future__ import annotations

from pipeline.evaluate.coding import Unit, coding
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
