"""What a study decides about its tables: settings of the stage, without what the stage loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PERIODS = (2011, 2016, 2021)
"""First years of periods: section 9 of the Domestic Violence, Crime and Victims Act 2004 came into
force in 2011, and the statutory guidance was revised at the end of 2016."""


@dataclass(frozen=True)
class Disclosure:
    """Counts below `minimum` are withheld or rounded; see `pipeline.aggregate.disclosure`."""

    minimum: int = 5
    method: Literal["suppress", "round"] = "suppress"
    off: bool = False
