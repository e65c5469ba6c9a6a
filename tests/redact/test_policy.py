"""What the profiles replace, and how much of it stays."""

import re

import pytest
from pydantic import ValidationError

from pipeline.redact.redaction import redact
from pipeline.study import RedactSettings

LINES = (
    "The victim, Rosalind Thackwray, aged 41, died on 14 March 2016 in Upper Thorle.",
    ("Train all staff | July 2017", {"section_role": "action-plan"}),
)


@pytest.mark.parametrize(
    ("settings", "first", "second"),
    [
        ({}, ["AGE 40-49", "DATE 2016", "PLACE 1"], ["DATE July 2017"]),
        ({"profile": "share"}, ["AGE 40-49", "DATE March 2016", "PLACE 1"], ["DATE July 2017"]),
        ({"profile": "everything"}, ["AGE", "DATE", "ORGANISATION 1"], ["DATE"]),
        ({"dates": "keep", "ages": "remove", "places": "keep"}, ["AGE"], []),
    ],
)
def test_profiles_and_overrides(nlp, passages, settings, first, second):
    policy = RedactSettings(**settings).policy
    redaction = redact(passages(*LINES), nlp=nlp, year_of_death=2016, policy=policy)
    victim, plan = (re.findall(r"\[(.+?)\]", text) for text in redaction.passages["text"])
    assert victim[1:] == first  # After the name, which goes in every profile.
    assert plan == second


def test_an_override_is_what_settings_say_whatever_the_profile():
    assert RedactSettings(profile="everything", money="keep").policy.money == "keep"
    assert RedactSettings(profile="share", dates="year").policy == RedactSettings().policy


@pytest.mark.parametrize("slip", [{"profile": "open"}, {"dates": "day"}, {"names": "keep"}])
def test_a_slip_in_the_settings_is_refused(slip):
    with pytest.raises(ValidationError):
        RedactSettings(**slip)
