"""The second look: a passage's codes told again with the other codes, and the passages beside it.

The regression for each code sees little but words. Boosted trees (Friedman 2001), common to all
codes, then look at what it says of this code and of the others, of the passages before and after,
of the review as a whole; at what the encoder reads; at rule finds, likeness to the code's
prototypes, section, length. They are kept as arrays, so that the file holds nothing that could be
run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from pipeline.vocabulary import SECTION_ROLES

Array = NDArray[Any]

SEEN = (
    "log-odds", "likeness", "rank", "rank of likeness", "beside", "two away", "of review",
    "second best", "best of passage", "length", "section", "indicators", "patterns",
    "weak indicators", "codes of passage", "read", "rank of read", "read beside", "read of review",
    "codes read", "code",
)  # fmt: skip
"""What the trees see, in order."""
LOWEST = -7.0
"""Log-odds beside a passage that has no neighbour."""
CODE = SEEN.index("code")
TREES, RATE, LEAVES, FEWEST, PENALTY = 200, 0.06, 15, 60, 5.0
"""Number of trees, learning rate, leaves of each, examples in a leaf, L2 penalty: chosen on the
reviews of development."""
MOST_CODES = 255
"""Codes that scikit-learn's trees can tell apart; those beyond are one."""


@dataclass(frozen=True)
class Trees:
    """Boosted trees as arrays: a node for each place, those of one tree beside each other.

    feature: what a node asks about, -1 in a leaf; bound: goes left up to that; left, right: places;
    value: log-odds that a leaf adds; roots: the place of each tree's first node; start: log-odds
    before any tree. choice: of a node that asks which code it is, its row in `chosen`, else -1;
    chosen: codes that go left there, as bits, shape (choices, 8).
    """

    feature: Array
    bound: Array
    left: Array
    right: Array
    value: Array
    roots: Array
    start: Array
    choice: Array
    chosen: Array

    def odds(self, features: Array) -> Array:
        """Log-odds of rows of features, shape (..., len(SEEN)) → (...)."""
        rows = np.ascontiguousarray(features, dtype=np.float64).reshape(-1, features.shape[-1])
        values, start = rows.ravel(), np.arange(len(rows)) * rows.shape[1]
        codes = rows[:, CODE].astype(np.int64)
        feature, bounds, then = self._steps(int(codes.max(initial=0)) + 1)
        bound, of_code = bounds.ravel(), codes * len(feature)
        total = np.full(len(rows), float(self.start[0]))
        for root in self.roots:
            at = np.full(len(rows), root)
            while True:
                after = then[2 * at + (values[start + feature[at]] <= bound[of_code + at])]
                if (after == at).all():
                    break
                at = after
            total += self.value[at]
        return total.reshape(features.shape[:-1])

    def _steps(self, codes: int) -> tuple[Array, Array, Array]:
        """The nodes in a form that all rows can walk at once.

        Feature of each node; bound of each for each code (endless for the codes that go left where
        a node asks which code it is, whatever the feature), shape (codes, nodes); where each leads
        to, right then left. A leaf leads to itself.
        """
        leaf, asks_code = self.feature < 0, self.choice >= 0
        here, code = np.arange(len(leaf)), np.arange(codes)
        feature = np.where(leaf, 0, self.feature).astype(np.int64)
        then = np.where(leaf, here, np.stack([self.right, self.left])).T.astype(np.int64).ravel()
        goes_left = self.chosen[:, code // 32] >> (code % 32).astype(np.uint32) & np.uint32(1)
        bounds = np.repeat(self.bound[None], codes, axis=0)
        bounds[:, asks_code] = np.where(goes_left[self.choice[asks_code]].T, np.inf, -np.inf)
        return feature, bounds, then


NO_TREES = Trees(*(np.zeros(0) for _ in range(9)))


def features(
    odds: Array, read: Array, likeness: Array, finds: Array,
    headings: Sequence[tuple[str, str]], texts: Sequence[str],
) -> Array:  # fmt: skip
    """What the trees see of one review's passages, in reading order: (n, codes, len(SEEN)).

    odds: log-odds by the regressions, read: by the encoder, likeness: to the codes' prototypes, all
    of shape (n, codes); finds: by rules, shape (n, codes, kinds); headings: with section roles.
    """
    n, codes = odds.shape
    if not n:
        return np.zeros((0, codes, len(SEEN)))
    probable, likely = expit(odds), expit(read)
    best_two = np.sort(np.vstack([np.full((2, codes), LOWEST), odds]), axis=0)

    def each(of_passage: Array) -> Array:
        return np.repeat(np.asarray(of_passage, dtype=float)[:, None], codes, axis=1)

    columns = [
        odds,
        likeness,
        _rank(odds),
        _rank(likeness),
        np.maximum(_shifted(odds, 1), _shifted(odds, -1)),
        np.maximum(_shifted(odds, 2), _shifted(odds, -2)),
        np.broadcast_to(np.log((probable.sum(axis=0) + 0.1) / n), odds.shape),
        np.broadcast_to(best_two[-2], odds.shape),
        each(odds.max(axis=1)),
        each(np.log([len(text) + 1 for text in texts])),
        each(np.array([SECTION_ROLES.index(role) for _, role in headings])),
        *(finds[:, :, kind] for kind in range(finds.shape[2])),
        each(probable.sum(axis=1)),
        read,
        _rank(read),
        np.maximum(_shifted(read, 1), _shifted(read, -1)),
        np.broadcast_to(np.log((likely.sum(axis=0) + 0.1) / n), odds.shape),
        each(likely.sum(axis=1)),
        np.broadcast_to(np.minimum(np.arange(codes), MOST_CODES - 1.0), odds.shape),
    ]
    # Rounded, so that the order of summation on another machine cannot send one to another leaf.
    return np.stack([np.round(column, 4) for column in columns], axis=2)


def learn_trees(features: Array, right: Array, *, trees: int = TREES) -> Trees:
    """Trees learnt from rows of features, shape (n, len(SEEN)), and whether a code applies."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=RATE, max_leaf_nodes=LEAVES, min_samples_leaf=FEWEST,
        l2_regularization=PENALTY, early_stopping=False, random_state=0,
        categorical_features=[CODE],
    )  # fmt: skip
    # One thread: sums in one order, so that the same decisions give the same bytes.
    with threadpool_limits(1):
        model.fit(features, right)
    return _trees(model)


def _trees(model: Any) -> Trees:
    """The nodes of a fitted scikit-learn model; a test holds them against its own predictions."""
    predictors = [each[0] for each in model._predictors]
    nodes = [predictor.nodes for predictor in predictors]
    choices = [predictor.raw_left_cat_bitsets.reshape(-1, 8) for predictor in predictors]
    first = np.repeat(np.cumsum([0, *map(len, choices)])[:-1], [len(some) for some in nodes])
    roots = np.cumsum([0, *map(len, nodes)])[:-1]
    every = np.concatenate(nodes)
    # scikit-learn sees the codes before the other columns, and as numbers of those that it met.
    columns = np.array([CODE, *(n for n in range(model.n_features_in_) if n != CODE)])
    met = model._preprocessor.named_transformers_["encoder"].categories_[0].astype(int)
    offset = np.repeat(roots, [len(some) for some in nodes])
    leaf = every["is_leaf"].astype(bool)
    return Trees(
        feature=np.where(leaf, -1, columns[every["feature_idx"]]).astype(np.int16),
        bound=every["num_threshold"].astype(np.float64),
        left=(every["left"] + offset).astype(np.int32),
        right=(every["right"] + offset).astype(np.int32),
        value=np.where(leaf, every["value"], 0.0).astype(np.float64),
        roots=roots.astype(np.int32),
        start=np.asarray(model._baseline_prediction, dtype=np.float64).reshape(1),
        choice=np.where(every["is_categorical"], every["bitset_idx"] + first, -1).astype(np.int32),
        chosen=_renumbered(np.concatenate(choices), met),
    )


def _renumbered(choices: Array, met: Array) -> Array:
    """Bits for each code met in learning, as bits for the codes themselves."""
    chosen = np.zeros(choices.shape, dtype=np.uint32)
    for n, code in enumerate(met):
        bits = choices[:, n // 32] >> np.uint32(n % 32) & np.uint32(1)
        chosen[:, code // 32] |= bits.astype(np.uint32) << np.uint32(code % 32)
    return chosen


def _rank(values: Array) -> Array:
    """0 for the code that a passage speaks most for."""
    return (-values).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")


def _shifted(odds: Array, by: int) -> Array:
    """The log-odds of the passage so many places before (or, below 0, after) each."""
    moved = np.full_like(odds, LOWEST)
    if by > 0:
        moved[by:] = odds[:-by]
    else:
        moved[:by] = odds[-by:]
    return moved
