"""What was learnt from people's decisions, over the codebook's model: `dhr learn` writes the file.

Trees like those of the second look, learnt from the decisions, tell each code again; what counts is
the mean of the two log-odds, so that the codebook's model stays the prior. Codes that did not pass
the gate (`pipeline.review.learning`) keep the model's word.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

from pipeline.errors import BadSettings
from pipeline.tag.model import DECIMALS, Array, CodingModel, Seen, log_odds
from pipeline.tag.second_look import Trees
from pipeline.tag.weights import DAMAGED, arrays_of, record_of


@dataclass(frozen=True)
class Learnt:
    """What is laid over a model of the same codes.

    base: digest of that model; used: whether a code passed the gate; thresholds: probability from
    which a code is applied, shape (codes,); leaning: what decisions say of each code as a whole,
    shape (codes, 2), see `leaning_of`.
    """

    base: Array
    used: Array
    thresholds: Array
    leaning: Array
    trees: Trees

    def look_again(self, seen: Seen, model: CodingModel) -> Array:
        """How probable each code is in each passage of a review, shape (n, codes)."""
        features, before = model.second_look(seen)
        if not seen.texts:
            return before
        after = together(before, self.trees.odds(with_leaning(features, self.leaning)))
        return np.where(self.used, after, before)

    def to_bytes(self) -> bytes:
        """The file; the same decisions give the same bytes."""
        file = io.BytesIO()
        np.savez_compressed(file, **arrays_of(self))  # type: ignore[arg-type]
        return file.getvalue()


def read_learnt(path: Path, model: CodingModel | None) -> Learnt | None:
    """What was learnt, to be laid over the model; None where nothing was learnt, or no model is.

    Raises `BadSettings` when the file cannot be used, or was learnt over another model.
    """
    if model is None or not path.exists():
        return None
    again = "delete it, then `dhr run` and `dhr learn` make it again"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            learnt = record_of(Learnt, arrays, trees=Trees)
    except DAMAGED:
        raise BadSettings(f"decisions/{path.name} cannot be read; {again}") from None
    if str(learnt.base) != digest(model):
        raise BadSettings(
            f"decisions/{path.name} was learnt over another model of the codebook; {again}"
        )
    return learnt


def digest(model: CodingModel) -> str:
    """A hash of all that the model weighs."""
    content = hashlib.sha256()
    for name, array in sorted(arrays_of(model).items()):
        content.update(name.encode() + np.ascontiguousarray(array).tobytes())
    return content.hexdigest()


def together(before: Array, odds: Array) -> Array:
    """Probabilities of the model and log-odds of the trees, as one probability."""
    mean = (log_odds(before) + odds) / 2
    return np.asarray(np.round(expit(mean), DECIMALS))


def leaning_of(right: Array, decided: Array, probable: Array) -> Array:
    """How much commoner people find each code than the model does, and how common it is, in logs.

    All of shape (n, codes) → (codes, 2); where nothing was decided, nothing is leant to.
    """
    n = decided.sum(axis=0)
    people, model = (right & decided).sum(axis=0) + 1, (probable * decided).sum(axis=0) + 1
    return np.stack([np.log(people / model), np.log(people / (n + 1))], axis=1).round(4)


def with_leaning(features: Array, leaning: Array) -> Array:
    """Features of shape (n, codes, k), with each code's leaning behind them."""
    leant = np.broadcast_to(leaning, (*features.shape[:2], leaning.shape[1]))
    return np.concatenate([features, leant], axis=2)
