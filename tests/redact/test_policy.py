"""What the profiles replace, and how much of it stays."""

import pytest
from pydantic import ValidationError

from pipeline.redact.redaction import redact
from pipeline.study import RedactSettings

LINES = (
    "Rosalind Thackwray, aged 41, died on 14 March 2016 in Upper Thorle.",
    ("Train all staff | July 2017", {"section_role": "action-plan"}),
)


@pytest.mark.parametrize(
    ("settings", "first", "second"),
    [
        ({}, "[VICTIM], aged [AGE 40-49], died on [DATE 2016] in [PLACE 1].", "[DATE July 2017]"),
        (
            {"profile": "share"},
            "[VICTIM], aged [AGE 40-49], died on [DATE March 2016] in [PLACE 1].",
            "[DATE July 2017]",
        ),
        (
            {"profile": "everything"},
            "[VICTIM], aged [AGE], died on [DATE] in [PLACE 1].",
            "[DATE]",
        ),
        (
            {"dates": "keep", "ages": "remove", "places": "keep"},
            "[VICTIM], aged [AGE], died on 14 March 2016 in Upper Thorle.",
            "July 2017",
        ),
    ],
)
def test_profiles_and_overrides(nlp, passages, settings, first, second):
    policy = RedactSettings(**settings).policy
    redaction = redact(passages(*LINES), nlp=nlp, year_of_death=2016, policy=policy)
    victim, plan = redaction.passages["text"]
    assert victim.replace("[PERSON 1]", "[VICTIM]") == first
    assert plan == f"Train all staff | {second}"


def test_an_override_is_what_settings_say_whatever_the_profile():
    assert RedactSettings(profile="everything", money="keep").policy.money == "keep"
    assert RedactSettings(profile="share", dates="year").policy == RedactSettings().policy


@pytest.mark.parametrize("slip", [{"profile": "open"}, {"dates": "day"}, {"names": "keep"}])
def test_a_slip_in_the_settings_is_refused(slip):
    with pytest.raises(ValidationError):
        RedactSettings(**slip)
