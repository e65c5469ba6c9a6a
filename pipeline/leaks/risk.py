"""Rare combinations: facts that no rule replaces, and that may single a person out together.

Measured from redacted text and manifest alone, over the reviews of one study. How rare a
combination is among everybody in a town, no table here can tell.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.resources import files

import pandas as pd

from pipeline.contracts import RISKS

IN_A_SENTENCE, IN_A_PASSAGE = 2, 3
"""Kinds of facts that make a passage worth a person's look: area, year and case type, which the
table of reviews tells, come on top."""
SECTIONS_WITHOUT_PEOPLE = frozenset(
    ("contents", "statutory-purpose", "terms-of-reference", "methodology", "panel", "literature",
     "recommendations", "action-plan", "glossary")
)  # fmt: skip

_LISTS = tomllib.loads(files(__package__).joinpath("facts.toml").read_text("utf-8"))
_NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|only|twin)"
_DECADE = r"(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)"


def _any_of(words: str) -> str:
    spelt = "|".join(re.escape(word.strip()).replace("'", "['’]") for word in words.split(","))
    return rf"\b(?:{spelt})(?=s?\b)"


_FACTS = {
    "age": re.compile(
        rf"\[AGE [^\]]+\]|\b(?:his|her|their) (?:early |mid-|mid |late )?{_DECADE}", re.I
    ),
    "occupation": re.compile(
        r"\b(?:worked|working|employed|trained|apprenticed) as (?:an? |the )?"
        r"[a-z-]+(?: [a-z]+er\b)?|\ba retired [a-z-]+(?: [a-z]+er\b)?|"
        + _any_of(_LISTS["occupation"]), re.I),
    "children": re.compile(
        rf"\b{_NUMBER} (?:young |small |older |adult )?(?:children|sons?|daughters?|stepchildren)\b"
        r"|\bpregnant\b", re.I),
    "birth": re.compile(r"\bborn\b[^.;]{0,40}\[DATE \d{4}\]", re.I),
    **{k: re.compile(_any_of(_LISTS[k]), re.I) for k in ("origin", "faith", "health", "place")},
}  # fmt: skip
"""Kind of fact -> how it stands in redacted text."""
_SENTENCE = re.compile(r"[^.;!?]+(?:[.;!?]+(?=\s|$)|[.;!?](?=\S)[^.;!?]*)*")

Facts = frozenset[tuple[str, str]]
"""Pairs of kind and fact."""


def risks(passages: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """`contracts.RISKS` from redacted passages (`contracts.REDACTED`) and `contracts.REVIEWS`.

    One row per passage that tells three kinds of facts, or two in one sentence.
    """
    people = passages[~passages["section_role"].isin(SECTIONS_WITHOUT_PEOPLE)]
    columns = people[["review_id", "passage_id", "text"]]
    rows = [
        (int(review), passage, text) for review, passage, text in columns.itertuples(index=False)
    ]
    where = _reviews_with(
        [(r, facts) for r, _, text in rows for facts in (facts_of(text), _together(text))]
    )
    like = _like(reviews)
    return RISKS.frame(
        {
            "review_id": review,
            "passage_id": passage,
            "n": len(facts),
            "kinds": " ; ".join(kind for kind, _ in sorted(facts)),
            "facts": " ; ".join(fact for _, fact in sorted(facts)),
            "n_reviews": len(frozenset.intersection(*(where[fact] for fact in facts))),
            "n_like": like.get(review, 1),
        }
        for review, passage, text in rows
        if (facts := _together(text))
    )


def _together(text: str) -> Facts:
    """The facts of a text if there are enough, else of a sentence that has enough, else none."""
    facts = facts_of(text)
    if len(facts) >= IN_A_PASSAGE:
        return facts
    most = max(map(facts_of, _SENTENCE.findall(text)), key=len, default=frozenset())
    return most if len(most) >= IN_A_SENTENCE else frozenset()


def facts_of(text: str) -> Facts:
    """The first fact of each kind in redacted text, in small letters."""
    return frozenset(
        (kind, match.group().casefold())
        for kind, pattern in _FACTS.items()
        if (match := pattern.search(text))
    )


def _reviews_with(
    told: Iterable[tuple[int, Facts]],
) -> Mapping[tuple[str, str], frozenset[int]]:
    """Fact -> the reviews that tell it."""
    where: dict[tuple[str, str], set[int]] = defaultdict(set)
    for review, facts in told:
        for fact in facts:
            where[fact].add(review)
    return {fact: frozenset(found) for fact, found in where.items()}


def _like(reviews: pd.DataFrame) -> dict[int, int]:
    """Review -> how many built reviews of the study share its area, case type and year."""
    built = reviews[reviews["status"] == "built"]
    keys = [built[c].astype("str").fillna("") for c in ("area", "case_type", "year_of_death")]
    sizes = built.groupby(keys)["review_id"].transform("size")
    return {int(r): int(n) for r, n in zip(built["review_id"], sizes, strict=True)}
