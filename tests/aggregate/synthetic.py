"""A study that never was, as plain rows: codings, recommendations, roles, reviews, passages."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.aggregate.made import Source
from pipeline.aggregate.units import counted_units
from pipeline.codebook import Codebook
from pipeline.contracts import (
    CODINGS,
    DOCUMENTS,
    RECOMMENDATIONS,
    REDACTED,
    REVIEWS,
    ROLES_TABLE,
)
from pipeline.vocabulary import LAYERS, POLARITIES, PROGRESS, SUBJECTS

THEMES = {
    "weather": ("wind", "rain"),
    "trees": ("oak", "elm"),
    "fish": ("pike",),
}
THEME_OF = {code: theme for theme, codes in THEMES.items() for code in codes}
AGENCIES = {"police": "Police", "gp": "General practice", "marac": "MARAC"}
AREAS = ("Wexmere", "Dunverley", "Saltreach", None)
CASES = ("intimate partner", "adult family", None)
RELIABILITY = pd.DataFrame(
    [("wind", 0.8, 40, False), ("rain", 0.2, 3, True), ("oak", 0.7, 30, False)],
    columns=["code", "kappa", "n_positives", "needs_human"],
)


def _code(id: str, theme: str) -> dict[str, Any]:
    words = dict.fromkeys(("name", "definition", "include", "exclude"), f"About {id}.")
    lists = {"prototypes": ["a", "b"], "match": [f"The {id}.", "b", "c"], "not_match": ["d", "e"]}
    # What is said of elms without a subject is said of agencies.
    return {
        "id": id,
        "theme": theme,
        "subject": "agency" if id == "elm" else None,
        **words,
        **lists,
    }


CODEBOOK = Codebook.model_validate(
    {
        "id": "nature",
        "title": "Nature",
        "version": "1",
        "theme": [{"id": id, "name": id.title(), "definition": f"All {id}."} for id in THEMES],
        "code": [_code(code, theme) for code, theme in THEME_OF.items()],
    }
)


@dataclass
class Study:
    """Rows as they are written by the stages before."""

    codings: list[dict[str, Any]] = field(default_factory=list)
    at_fault: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    recommendations: list[dict[str, Any]] = field(default_factory=list)
    roles: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    passages: list[dict[str, Any]] = field(default_factory=list)

    def source(
        self, reliability: pd.DataFrame | None = RELIABILITY, codebook: Codebook = CODEBOOK
    ) -> Source:
        """What the catalogue's tables are made from."""
        passages = REDACTED.frame(self.passages)
        passages = passages.assign(citation="Review " + passages["review_id"].astype(str))
        columns = ["review_id", "passage_id", "code", "coder", "agency"]
        units = counted_units(
            codings=CODINGS.frame(self.codings),
            at_fault=pd.DataFrame(self.at_fault, columns=columns),
            recommendations=RECOMMENDATIONS.frame(self.recommendations),
            roles=ROLES_TABLE.frame(self.roles),
            documents=DOCUMENTS.frame(self.documents),
            reviews=REVIEWS.frame(self.reviews),
            codebook=codebook,
            agencies=AGENCIES,
            reliability=reliability,
        )
        return Source(units, passages, codebook, reliability)


def study(
    seed: int,
    reviews: int,
    *,
    rate: float = 0.25,
    set_aside: bool = True,
    passages: int = 6,
    sure: bool = False,
) -> Study:
    """A seeded study; `rate` is how often a passage has a code, `sure` that all scores are 1."""
    chance = random.Random(seed)
    made = Study()
    for review in range(1, reviews + 1):
        _review(made, chance, review, aside=set_aside and chance.random() < 0.1)
        common = {code: chance.random() < 0.6 for code in (*THEME_OF, "basalt")}
        for n in range(passages):
            passage = f"{review}-{n}"
            made.passages.append(_passage(review, passage, n, chance))
            for code in common:
                for coder in ("machine", "rowan"):
                    often = rate if coder == "machine" else rate / 8
                    if common[code] and chance.random() < often:
                        _coding(made, chance, review, passage, code, coder, sure)
        _recommendations(made, chance, review)
    return made


def _review(made: Study, chance: random.Random, review: int, *, aside: bool) -> None:
    status = {"status": "set aside", "stage": "extract", "reason": "no text layer"} if aside else {
        "status": "built"}  # fmt: skip
    counts = {"documents": 1, "passages": 6, "repeats": chance.randrange(3), "identifiers": 3}
    described = {"area": chance.choice(AREAS), "case_type": chance.choice(CASES),
                 "year_of_death": chance.choice((2009, 2012, 2014, 2017, 2022, None))}  # fmt: skip
    made.reviews.append({"review_id": review, **described, **counts, "codings": 4, **status})
    for kind in ("overview report", "executive summary")[: chance.randint(1, 2)]:
        made.documents.append({"document_id": f"d{review}{kind[0]}", "document_type": kind,
                               "review_id": review, "passages": 6, **status})  # fmt: skip
    for label in chance.sample(("Ann", "Ben", "Cleo", "Dan"), 3):
        role = {"Ann": "victim", "Ben": "perpetrator"}.get(label, "child")
        made.roles.append({"review_id": review, "label": label, "role": role, "evidence": "event"})


def _passage(review: int, passage: str, n: int, chance: random.Random) -> dict[str, Any]:
    return {
        "review_id": review, "passage_id": passage, "document_id": f"d{review}o", "ordinal": n,
        "heading_path": "Analysis", "section_role": "analysis", "role_confidence": 0.9,
        "kind": chance.choice(("paragraph", "list-item", "table-row")),
        "text": "The officer did not ask. " * chance.choice((1, 2, 30)),
    }  # fmt: skip


def _coding(
    made: Study,
    chance: random.Random,
    review: int,
    passage: str,
    code: str,
    coder: str,
    sure: bool,
) -> None:
    made.codings.append({
        "review_id": review, "passage_id": passage, "code": code, "coder": coder,
        "theme": THEME_OF.get(code, "x"), "start": 0, "end": 4,
        "polarity": chance.choices(POLARITIES, (6, 3, 1, 2))[0],
        "layer": chance.choices(LAYERS, (5, 3, 3, 1, 1))[0],
        "subject": chance.choice((*SUBJECTS, "agency", None)),
        "score": 1.0 if (drawn := chance.random()) < 0.6 or sure else round(drawn, 2),
        "reason": "phrase",
    })  # fmt: skip
    for agency in chance.sample(list(AGENCIES), chance.choice((0, 1, 2))):
        made.at_fault.append((review, passage, code, coder, agency))


def _recommendations(made: Study, chance: random.Random, review: int) -> None:
    own = [d["document_id"] for d in made.documents if d["review_id"] == review]
    for n, passage in enumerate(f"{review}-{n}" for n in range(6)):
        if chance.random() < 0.6:
            agencies = chance.sample(list(AGENCIES), chance.choice((0, 1, 2)))
            made.recommendations.append({
                "review_id": review, "passage_id": passage, "document_id": chance.choice(own),
                "ordinal": n, "kind": chance.choice(("recommendation", "action-plan row")),
                "text": "Ask.", "agencies": " ; ".join(agencies) or None,
                "scope": chance.choice(("local", "national", None)),
                "status": chance.choice(PROGRESS),
            })  # fmt: skip
