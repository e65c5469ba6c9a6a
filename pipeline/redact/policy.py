"""What is replaced and how much of it stays: the profiles of `[redact]` in study.toml."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from pipeline.redact.find import QUASI, Find
from pipeline.vocabulary import MONTHS

Profile = Literal["publish", "share", "everything"]
Dates = Literal["year", "month", "remove", "keep"]
Ages = Literal["band", "remove", "keep"]
Choice = Literal["remove", "keep"]


@dataclass(frozen=True)
class Policy:
    """What happens to each kind of identifier; people, references and contacts always go."""

    dates: Dates = "year"
    ages: Ages = "band"
    places: Choice = "remove"
    nationalities: Choice = "keep"
    occupations: Choice = "keep"
    health: Choice = "keep"
    organisations: Choice = "keep"
    money: Choice = "keep"
    numbers: Choice = "keep"
    durations: Choice = "keep"
    target_dates: bool = True
    """Whether dates in action plans, which lie after the case, keep month and year."""

    def replaces(self, find: Find) -> bool:
        """Whether a find is replaced at all."""
        if find.rule == "dates.month" and self.dates == "month":
            return False
        setting = {"DATE": "dates", "AGE": "ages", "PLACE": "places", **QUASI}.get(find.kind)
        return setting is None or getattr(self, setting) != "keep"

    @property
    def describes(self) -> bool:
        """Whether any kind of `QUASI` is replaced, so that they must be looked for."""
        return any(getattr(self, setting) != "keep" for setting in QUASI.values())

    def told(self, find: Find, section_role: str) -> str:
        """What the pseudonym of a date or an age still tells: 'March 2016', '2016', '30-39', ''."""
        if find.kind == "AGE":
            return find.value if self.ages == "band" else ""
        if self.target_dates and section_role == "action-plan":
            return _month_and_year(find.value)
        return {"year": find.value[:4], "month": _month_and_year(find.value)}.get(self.dates, "")


def _month_and_year(value: str) -> str:
    year, month = value[:4], value[5:7]
    return f"{MONTHS[int(month) - 1]} {year}" if month else year


PUBLISH = Policy()
_PROFILES: dict[Profile, Policy] = {
    "publish": PUBLISH,
    "share": Policy(dates="month"),
    "everything": Policy(
        dates="remove",
        ages="remove",
        nationalities="remove",
        occupations="remove",
        health="remove",
        organisations="remove",
        money="remove",
        numbers="remove",
        durations="remove",
        target_dates=False,
    ),
}


def policy_of(profile: Profile, overrides: dict[str, Any]) -> Policy:
    """The policy of a profile, with the settings that are not None set otherwise."""
    chosen = {name: value for name, value in overrides.items() if value is not None}
    return replace(_PROFILES[profile], **chosen)
