"""What a section is for where its heading does not say: from its words, and from its neighbours.

Reports follow an order, so the sections of a document are looked at together: the likeliest run of
roles is sought (Viterbi 1967), in which the sections whose headings tell their role stand fast. How
likely a role is by the words of a section, a logistic regression says. Its weights stand in
section_model.json; tests/extract/outlines/train.py makes that file, from fictional reviews only.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

STEP = 0.5
"""How much the order of sections weighs beside their words."""
_WORD = re.compile(r"[a-z]+|\d+")
_MOST = 3
"""How often a word counts at the most, in one section."""
_CERTAIN = -50.0
"""Log-odds of every role but the one that a heading tells."""


@dataclass(frozen=True)
class Section:
    """A heading and the blocks under it, down to the next heading of any level.

    `role` is what its heading or its place tells, "body" where they tell nothing; `known`, whether
    that stands fast; `texts` are those of its blocks and `kinds` the kinds of these.
    """

    heading: str
    nested: bool
    role: str
    known: bool
    texts: Sequence[str] = ()
    kinds: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Model:
    """`weights` and `bias` give the log-odds of the roles, `steps` those of one after another."""

    roles: list[str]
    bias: list[float]
    weights: dict[str, list[float]]
    steps: list[list[float]]


@cache
def model() -> Model:
    """The model that comes with the software."""
    return Model(**json.loads(files(__package__).joinpath("section_model.json").read_bytes()))


def decode(sections: Sequence[Section]) -> list[tuple[str, float]]:
    """The role of each section of a document, with how probable it is by the section's words."""
    given = model()
    scores = [_scores(given, sections, at) for at in range(len(sections))]
    return [
        (given.roles[best], math.exp(row[best]))
        for best, row in zip(_likeliest(scores, given.steps), scores, strict=True)
    ]


def features(sections: Sequence[Section], at: int) -> dict[str, float]:
    """What the regression sees of a section: name of each feature → its value."""
    section, count = sections[at], len(sections)
    words = Counter(map(_kind, _WORD.findall(" ".join(section.texts).casefold())))
    length = math.sqrt(words.total()) or 1.0
    found = {f"text {word}": _MOST * min(n, _MOST) / length for word, n in words.items()}
    found |= {f"heading {word}": 1.0 for word in _WORD.findall(section.heading.casefold())}
    found |= {f"kind {kind}": 1.0 for kind in section.kinds}
    found |= {f"cue {section.role} {section.known}": 1.5, "nested": float(section.nested)}
    found |= {"place": 2 * at / count, "place squared": 2 * (at / count) ** 2}
    if section.nested:
        parents = (other for other in reversed(sections[:at]) if not other.nested)
        found |= {f"under {parent.role}": 1.5 for parent in list(parents)[:1]}
    if at:
        found[f"after {sections[at - 1].role}"] = 0.7
    if at + 1 < count:
        found[f"before {sections[at + 1].role}"] = 0.7
    if any("?" in text for text in section.texts):
        found["asks"] = 1.0
    return found


def _kind(word: str) -> str:
    """A word as it is counted: years and other numbers are all alike."""
    return word if word.isalpha() else "year" if len(word) == 4 else "number"


def _scores(given: Model, sections: Sequence[Section], at: int) -> list[float]:
    """Log-probability of each role."""
    section = sections[at]
    if section.known and section.role in given.roles:
        return [0.0 if role == section.role else _CERTAIN for role in given.roles]
    scores = list(given.bias)
    for name, value in features(sections, at).items():
        for index, weight in enumerate(given.weights.get(name, ())):
            scores[index] += value * weight
    most = max(scores)
    total = most + math.log(sum(math.exp(score - most) for score in scores))
    return [score - total for score in scores]


def _likeliest(scores: Sequence[Sequence[float]], steps: Sequence[Sequence[float]]) -> list[int]:
    """The run of roles with the greatest sum of scores and steps (Viterbi 1967)."""
    if not scores:
        return []
    roles = range(len(scores[0]))
    best, ways = list(scores[0]), []
    for row in scores[1:]:
        way = [max(roles, key=lambda a, b=b: best[a] + STEP * steps[a][b]) for b in roles]  # type: ignore[misc]
        best = [best[a] + STEP * steps[a][b] + row[b] for b, a in enumerate(way)]
        ways.append(way)
    path = [max(roles, key=best.__getitem__)]
    for way in reversed(ways):
        path.append(way[path[-1]])
    return path[::-1]
