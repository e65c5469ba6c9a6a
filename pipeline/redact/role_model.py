"""Who somebody is in a case, told from all that a review says beside the label.

A logistic regression over what the rules of `pipeline.redact.roles` find, the words around the
label wherever it stands, and how often it does, learnt from fictional texts whose people are known;
`tests/redact/roles/train.py` makes it and says how well it does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.feature_extraction import FeatureHasher

FILE = Path(__file__).with_suffix(".npz")
DIMENSIONS = 2**14
MOST_VOTES = 3
"""Passages that count at the most for what a rule finds."""
MARK = "\0"
"""Stands for the label in its passages."""

_HASHED = FeatureHasher(DIMENSIONS)
_WORD = re.compile(rf"\w[\w’'-]*|[.,;:()|“”‘’]|{MARK}")
_NEAR = 60
"""Letters on either side in which words are looked for."""
_MOST_FREQUENT = 4
"""Labels are ranked by how often they stand; from here on the rank tells no more."""


class Label(NamedTuple):
    """A label as the regression sees it.

    passages: those that have it, with `MARK` in its place; votes: in how many of them each rule
    finds something; places: in how many it stands; rank: 0 for the label that stands in most;
    share: of the places of that one.
    """

    name: str
    passages: Sequence[str]
    votes: Sequence[int]
    places: int
    rank: int
    share: float


def features(label: Label) -> Iterator[tuple[str, float]]:
    """What the regression sees, with how much of it."""
    around: Counter[str] = Counter()
    for text in label.passages:
        for mark in re.finditer(MARK, text):
            around.update(set(_around(text, mark.start())))
    for name, n in around.items():
        yield name, (n / label.places) ** 0.5
    for rule, votes in enumerate(label.votes):
        yield f"rule {rule}", min(votes, MOST_VOTES) / MOST_VOTES
    yield f"rank {min(label.rank, _MOST_FREQUENT)}", 1.0
    yield f"words {min(len(label.name.split()), 3)}", 1.0
    yield "share", label.share
    yield "places", float(np.log1p(label.places)) / 4
    yield "number", float(any(letter.isdigit() for letter in label.name))


def _around(text: str, at: int) -> Iterator[str]:
    left = _words(text[max(0, at - _NEAR) : at])[-3:]
    right = _words(text[at + 1 : at + 1 + _NEAR])[:3]
    before, after = ["^"] * (3 - len(left)) + left, right + ["^"] * (3 - len(right))
    yield f"before {before[2]}"
    yield f"before {before[1]} {before[2]}"
    yield f"after {after[0]}"
    yield f"after {after[0]} {after[1]}"
    yield f"after {after[0]} {after[1]} {after[2]}"
    yield from (f"left {word}" for word in before)
    yield from (f"right {word}" for word in after)


def _words(text: str) -> list[str]:
    # Somebody else's name says nothing by itself.
    return [
        word if word == MARK else "NAME" if word[0].isupper() else word.lower()
        for word in _WORD.findall(text)
    ]


def vectors(labels: Sequence[Label]) -> csr_matrix:
    """One row of hashed features for each label."""
    return _HASHED.transform(dict(features(label)) for label in labels)


def probabilities(labels: Sequence[Label]) -> tuple[list[str], NDArray[np.float64]]:
    """The roles that can be told, and how probable each is of each label, (labels, roles)."""
    roles, weights, bias = _model()
    if not labels:
        return roles, np.zeros((0, len(roles)))
    return roles, np.asarray(softmax(vectors(labels) @ weights + bias, axis=1)).round(4)


@cache
def _model() -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    with np.load(FILE) as stored:
        roles = [str(role) for role in stored["roles"]]
        return roles, stored["weights"].astype(np.float64), stored["bias"].astype(np.float64)
