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


def _any_of(kind: str) -> str:
    spelt = (
        word.strip().replace("'", "['’]") for word in " ".join(_LISTS[kind].split()).split(",")
    )
    return rf"\b(?:{'|'.join(spelt)})(?=s?\b)"


# For text in small letters: an alternation that must mind the case is ten times slower.
_FACTS = {
    "age": re.compile(rf"\[age [^\]]+\]|\b(?:his|her|their) (?:early |mid-|mid |late )?{_DECADE}"),
    "occupation": re.compile(
        r"\b(?:worked|working|employed|trained|apprenticed) as (?:an? |the )?"
        r"[a-z-]+(?: [a-z]+er\b)?|\ba retired [a-z-]+(?: [a-z]+er\b)?|" + _any_of("occupation")
    ),
    "children": re.compile(
        rf"\b{_NUMBER} (?:young |small |older |adult )?(?:children|sons?|daughters?|stepchildren)\b"
        r"|\bpregnant\b"
    ),
    "birth": re.compile(r"\bborn\b[^.;]{0,40}\[date \d{4}\]"),
    **{kind: re.compile(_any_of(kind)) for kind in ("origin", "faith", "health", "place")},
}
"""Kind of fact -> how it stands in redacted text."""
_SENTENCE = re.compile(r"[^.;!?]+(?:[.;!?]+(?=\s|$)|[.;!?](?=\S)[^.;!?]*)*")

Facts = frozenset[tuple[str, str]]
"""Pairs of kind and fact."""


def risks(passages: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """`contracts.RISKS` from redacted passages (`contracts.REDACTED`) and `contracts.REVIEWS`.

    One row per passage that tells three kinds of facts, or two in one sentence.
    """
    people = passages[~passages["section_role"].isin(SECTIONS_WITHOUT_PEOPLE)]
    columns = people[["review_id", "passage_id", "text"]].itertuples(index=False)
    told = [(int(r), passage, text, facts_of(text)) for r, passage, text in columns]
    where = _reviews_with((review, facts) for review, _, _, facts in told)
    like = _like(reviews)
    return RISKS.frame(
        {
            "review_id": review,
            "passage_id": passage,
            "n": len(together),
            "kinds": " ; ".join(kind for kind, _ in sorted(together)),
            "facts": " ; ".join(fact for _, fact in sorted(together)),
            "n_reviews": len(frozenset.intersection(*(where[fact] for fact in together))),
            "n_like": like.get(review, 1),
        }
        for review, passage, text, facts in told
        if (together := _together(text, facts))
    )


def _together(text: str, facts: Facts) -> Facts:
    """The facts of a text if there are enough, else of a sentence that has enough, else none."""
    kinds = {kind for kind, _ in facts}
    if len(kinds) >= IN_A_PASSAGE:
        return _first_of_each(facts)
    if len(kinds) < IN_A_SENTENCE:
        return frozenset()
    most = max((_first_of_each(facts_of(s)) for s in _SENTENCE.findall(text)), key=len)
    return most if len(most) >= IN_A_SENTENCE else frozenset()


def facts_of(text: str) -> Facts:
    """The facts that redacted text tells, in small letters."""
    small = text.lower()
    return frozenset(
        (kind, match.group())
        for kind, pattern in _FACTS.items()
        for match in pattern.finditer(small)
    )


def _first_of_each(facts: Facts) -> Facts:
    return frozenset({kind: (kind, fact) for kind, fact in sorted(facts, reverse=True)}.values())


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
