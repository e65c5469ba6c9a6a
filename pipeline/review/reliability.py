"""How well the machine agrees with people, by the passages that were drawn at random.

Chosen passages are those where the machine is unsure, or where somebody looked because something
was wrong: agreement there says nothing about the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.review.override import APPLIES
from pipeline.tag.model import NEEDS_HUMANS

FEWEST = 20
"""Audited passages under which no kappa is printed."""


def kappa(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Cohen's kappa (1960) of two coders' yes and no; nan where there is nothing or no variance."""
    if not first.size:
        return float("nan")
    agreed = (first == second).mean()
    chance = first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean())
    return float((agreed - chance) / (1 - chance)) if chance < 1 else float("nan")


@dataclass(frozen=True)
class Audit:
    """The audited passages: codes, and which of them the person and the machine apply.

    person, machine: shape (passages, codes)
    """

    codes: Sequence[str]
    person: NDArray[np.bool_]
    machine: NDArray[np.bool_]

    @property
    def kappa(self) -> float:
        """Cohen's kappa, pooled over passages and codes."""
        return kappa(self.person, self.machine)

    def lines(self) -> Iterator[str]:
        """The audit in words; nothing where no passage was drawn."""
        n = len(self.person)
        if not n:
            return
        if n < FEWEST:
            yield f"audit: {n} random passages read; from {FEWEST} on, kappa is estimated"
            return
        sure = "" if self.kappa >= NEEDS_HUMANS else "; people must check before it is quoted"
        yield (
            f"audit: kappa {self.kappa:.2f} between people and machine, on {n} random passages "
            f"read as a whole ({int(self.person.sum())} codings of people, "
            f"{int(self.machine.sum())} of the machine){sure}"
        )


def audit(codings: pd.DataFrame, decisions: pd.DataFrame, codes: Sequence[str]) -> Audit:
    """The passages drawn at random that a person read as a whole, as both coded them."""
    random = decisions[decisions["how"] == "random"].sort_values(["when", "who"])
    read = random.loc[random["code"] == "", "passage_id"].drop_duplicates().sort_values()
    place = pd.Series(np.arange(len(read)), index=read.to_numpy())
    machine = _table(codings, place, codes)
    person = np.zeros_like(machine)
    told = random[random["passage_id"].isin(place.index) & random["code"].isin(list(codes))]
    told = told.drop_duplicates(["passage_id", "code"], keep="last")
    column = {code: n for n, code in enumerate(codes)}
    at = place[told["passage_id"]].to_numpy(), told["code"].map(column).to_numpy(dtype=int)
    person[at] = told["decision"].map(APPLIES).to_numpy(dtype=bool)
    return Audit(codes, person, machine)


def _table(codings: pd.DataFrame, place: pd.Series[int], codes: Sequence[str]) -> NDArray[np.bool_]:
    column = {code: n for n, code in enumerate(codes)}
    mine = codings[codings["passage_id"].isin(place.index) & codings["code"].isin(column)]
    yes = np.zeros((len(place), len(codes)), dtype=bool)
    yes[place[mine["passage_id"]].to_numpy(), mine["code"].map(column).to_numpy(dtype=int)] = True
    return yes
