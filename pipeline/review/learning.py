"""Learning from decisions: examples, a model laid over the codebook's, a gate, before and after.

Reviews are left out in turn (ten parts at the most), and every figure is about a review that the
trees had not seen, with gate and threshold chosen on the others. docs/coding.md explains it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.errors import MissingInput
from pipeline.review.decision import PASSAGE
from pipeline.review.override import APPLIES
from pipeline.review.reliability import kappa
from pipeline.tag.coder import Coder, Reading, seen
from pipeline.tag.learnt import Learnt, digest, leaning_of, together, with_leaning
from pipeline.tag.model import Array, CodingModel, log_odds
from pipeline.tag.second_look import Trees, learn_trees

FEWEST = 8
"""Passages that people gave a code, or denied it, under which the model keeps its word."""
FEWEST_REVIEWS = 3
"""Reviews with decisions under which nothing can be left out and still be learnt from."""
FEWEST_WHOLE = 100
"""Passages read as a whole under which the threshold stays: single decisions are no sample."""
PARTS = 10
TREES = 20
"""Chosen on the reviews of development, each left out in turn, like the other constants here."""
GRID = np.round(np.arange(0.02, 0.6, 0.005), 3)


@dataclass(frozen=True)
class Examples:
    """Passages about which people decided something.

    groups: review, shape (n,); features: shape (n, codes, k); probable: by the codebook's model,
    decided: whether a person decided about the code, right: whether it applies by their word: all
    of shape (n, codes); whole: whether the passage was read as a whole, words: how many decisions
    say so (one about a passage as a whole decides every code), both of shape (n,).
    """

    groups: Array
    features: Array
    probable: Array
    decided: Array
    right: Array
    whole: Array
    words: Array


def examples(
    passages: pd.DataFrame, roles: pd.DataFrame, decisions: pd.DataFrame, coder: Coder
) -> Examples:
    """What attached decisions say, with what the model sees of their passages.

    Whole reviews are read, since the passages beside one are part of what is seen. Raises
    `MissingInput` when there is no model to learn over, or nothing was decided.
    """
    if coder.model is None:
        raise MissingInput("there is no model beside the codebook that decisions could correct")
    ids = sorted(set(decisions["review_id"]))
    if not ids:
        raise MissingInput("nothing was decided yet; `dhr suggest` writes a sheet to begin with")
    parts = [
        _examples(
            _of_review(passages, review_id), _of_review(roles, review_id), decisions, coder,
            coder.model,
        )
        for review_id in ids
    ]  # fmt: skip
    return Examples(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _of_review(frame: pd.DataFrame, review_id: int) -> pd.DataFrame:
    return frame[frame["review_id"] == review_id]


def _examples(
    passages: pd.DataFrame,
    roles: pd.DataFrame,
    decisions: pd.DataFrame,
    coder: Coder,
    model: CodingModel,
) -> tuple[Array, ...]:
    reading = Reading(passages, roles, coder)
    kept, here = reading.kept, seen(reading, model)
    place = {passage_id: n for n, passage_id in enumerate(kept["passage_id"])}
    decided, right, whole, words = _told(place, decisions, model)
    rows = decided.any(axis=1)
    columns = (*model.second_look(here), decided, right, whole, words)
    return kept["review_id"].to_numpy()[rows], *(column[rows] for column in columns)


def _told(
    place: dict[str, int], decisions: pd.DataFrame, model: CodingModel
) -> tuple[Array, Array, Array, Array]:
    """Decided, right, whole and words. In a passage read as a whole no other code applies."""
    shape = len(place), len(model.codes)
    decided, right = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    mine = decisions[decisions["passage_id"].isin(place)].sort_values(["when", "who"])
    mine = mine[mine["code"].isin([PASSAGE, *model.column])]
    last = mine.drop_duplicates(["passage_id", "code"], keep="last")
    whole = np.isin(list(place), last.loc[last["code"] == PASSAGE, "passage_id"])
    decided[whole] = True
    coded = last[last["code"] != PASSAGE]
    decided[_at(coded, place, model)] = True
    right[_at(coded, place, model)] = coded["decision"].map(APPLIES).to_numpy(dtype=bool)
    words = last["passage_id"].value_counts().reindex(list(place), fill_value=0)
    return decided, right, whole, words.to_numpy()


def _at(rows: pd.DataFrame, place: dict[str, int], model: CodingModel) -> tuple[Array, Array]:
    return (
        rows["passage_id"].map(place).to_numpy(dtype=int),
        rows["code"].map(model.column).to_numpy(dtype=int),
    )


# Learning ----------------------------------------------------------------------------------


class Lesson(NamedTuple):
    """What was learnt, and how it did in the reviews that were left out.

    before, after: pooled kappa with people over what they decided; codes: one row per code.
    """

    learnt: Learnt
    passages: int
    decisions: int
    reviews: int
    before: float
    after: float
    codes: pd.DataFrame

    def lines(self) -> Iterator[str]:
        """The lesson in words, and a table of the codes that it changed."""
        used = self.codes[self.codes["used"]]
        yield (
            f"learnt from {self.decisions:,} decisions about {self.passages:,} passages of "
            f"{self.reviews} reviews, each review left out in its turn"
        )
        if math.isnan(self.before):
            yield (
                "people only accepted, or only rejected: that does not tell whether learning "
                "helps, and nothing is told anew. Read passages as a whole, too"
            )
            return
        yield f"agreement with people in reviews left out (kappa): {self.before:.3f} before, " + (
            f"{self.after:.3f} after"
        )
        yield (
            f"{len(used)} of {len(self.codes)} codes are told anew; of the others people gave too "
            "few passages, or denied too few, or the codebook's model did better"
        )
        yield f"  {'code':26} {'people':>6} {'before':>7} {'after':>7}"
        for row in used.itertuples():
            yield f"  {row.code:26} {row.positives:>6} {row.before:>7.2f} {row.after:>7.2f}"


def learn(known: Examples, model: CodingModel) -> Lesson:
    """Lay what people decided over the model, for the codes where that does better.

    Raises `MissingInput` when too few reviews have decisions.
    """
    reviews = np.unique(known.groups)
    if len(reviews) < FEWEST_REVIEWS:
        raise MissingInput(
            f"decisions are about {len(reviews)} review(s); from {FEWEST_REVIEWS} on, one can be "
            "left out to see whether learning helps"
        )
    part = np.searchsorted(reviews, known.groups) % min(PARTS, len(reviews))
    aside = np.zeros(known.right.shape)
    for n in np.unique(part):
        aside[part == n] = _told_by(_rows(known, part != n), _rows(known, part == n))
    chosen = [_chosen(_rows(known, part != n), aside[part != n], model) for n in np.unique(part)]
    honest = np.zeros(known.right.shape, dtype=bool)
    for n, (used, thresholds) in zip(np.unique(part), chosen, strict=True):
        rows = part == n
        honest[rows] = np.where(used, aside[rows], known.probable[rows]) >= thresholds
    now = known.probable >= model.thresholds
    used, thresholds = _chosen(known, aside, model)
    if _pooled(known, honest) < _pooled(known, now):
        used, thresholds = np.zeros_like(used), np.asarray(model.thresholds, dtype=float)
    before, after = (_kappas(known, told) for told in (now, honest))
    positives = (known.right & known.decided).sum(axis=0)
    leaning = leaning_of(known.right, known.decided, known.probable)
    learnt = Learnt(
        base=np.array(digest(model)), used=used, thresholds=thresholds, leaning=leaning,
        trees=_trees(known, leaning),
    )  # fmt: skip
    codes = pd.DataFrame(
        {"code": model.codes, "positives": positives, "before": before, "after": after,
         "used": used}
    )  # fmt: skip
    return Lesson(
        learnt=learnt, passages=len(known.groups), decisions=int(known.words.sum()),
        reviews=len(reviews), before=_pooled(known, now), after=_pooled(known, honest),
        codes=codes,
    )  # fmt: skip


def _pooled(known: Examples, told: Array) -> float:
    """Kappa over all that was decided; nan where people only accepted, or only rejected."""
    right = known.right[known.decided]
    one_sided = right.all() or not right.any()
    return float("nan") if one_sided else kappa(right, told[known.decided])


def _rows(known: Examples, rows: Array) -> Examples:
    return Examples(*(column[rows] for column in vars(known).values()))


def _trees(known: Examples, leaning: Array) -> Trees:
    return learn_trees(
        with_leaning(known.features, leaning)[known.decided],
        known.right[known.decided],
        trees=TREES,
    )


def _told_by(known: Examples, other: Examples) -> Array:
    """What trees of the known say of the others, together with the model."""
    leaning = leaning_of(known.right, known.decided, known.probable)
    trees = _trees(known, leaning)
    return together(other.probable, trees.odds(with_leaning(other.features, leaning)))


def _chosen(known: Examples, aside: Array, model: CodingModel) -> tuple[Array, Array]:
    """Which codes are told anew, and every code's threshold.

    A code is told anew if people gave and denied it often enough and it is told no worse; none is,
    if all of them together are told worse.
    """
    old = np.asarray(model.thresholds, dtype=float)
    common = _threshold(known, aside)
    new = np.full(len(old), common) if common else old
    before, after = known.probable >= old, aside >= new
    given, denied = known.right & known.decided, ~known.right & known.decided
    enough = np.minimum(given.sum(axis=0), denied.sum(axis=0)) >= FEWEST
    used = enough & (_kappas(known, after) >= _kappas(known, before))
    if _pooled(known, np.where(used, after, before)) < _pooled(known, before):
        used = np.zeros_like(used)
    return used, np.where(used, new, old)


def _threshold(known: Examples, aside: Array) -> float | None:
    """The one threshold with the best kappa over passages read as a whole."""
    if known.whole.sum() < FEWEST_WHOLE:
        return None
    right, told = known.right[known.whole], aside[known.whole]
    return float(max(GRID, key=lambda t: kappa(right, told >= t)))


def _kappas(known: Examples, told: Array) -> Array:
    """Kappa of each code over what was decided about it; 0 where that is not defined."""
    columns = range(known.right.shape[1])
    each = [
        kappa(known.right[known.decided[:, n], n], told[known.decided[:, n], n]) for n in columns
    ]
    return np.asarray(np.nan_to_num(each)).round(4)


def at_random(known: pd.DataFrame, decisions: pd.DataFrame, *, n: int) -> pd.DataFrame:
    """Passages for the audit, of those that may be coded: review_id, passage_id, how.

    It goes on through all of them in one order that chance gave, whatever was decided about them:
    were they drawn from those that are left, the audit would lack the passages that teach most.
    """
    drawn = decisions.loc[decisions["how"] == "random", "passage_id"]
    waiting = known.loc[~known["passage_id"].isin(drawn), ["review_id", "passage_id"]]
    chance = waiting["passage_id"].map(lambda one: sha256(one.encode()).digest())
    return waiting.iloc[np.argsort(chance.to_numpy())[:n]].assign(how="random")


def suggestions(
    known: pd.DataFrame, probable: Array, thresholds: Array, decisions: pd.DataFrame,
    *, n: int, audit: int,
) -> pd.DataFrame:  # fmt: skip
    """Some passages `at_random`, and those whose decision would teach most, in the same columns.

    `known` are the passages that may be coded, in the order of `probable`'s rows. What teaches are
    passages that nobody decided about. One counts by how unsure the model is of its codes, each
    weighed by how rare the code is.
    """
    random = at_random(known, decisions, n=audit)
    rare = 1 / np.sqrt(1 + (probable >= thresholds).sum(axis=0))
    # 1 at the threshold, 0 where the model is sure either way (in log-odds, as it adds them up).
    far = np.abs(log_odds(probable) - log_odds(np.asarray(thresholds)))
    teaches = (np.exp(-far) * rare).sum(axis=1)
    taken = pd.concat([decisions["passage_id"], random["passage_id"]])
    order = np.lexsort((known["passage_id"], -teaches))
    waiting = order[~known["passage_id"].isin(taken).to_numpy()[order]]
    chosen = known.iloc[waiting[: max(0, n - len(random))]][["review_id", "passage_id"]]
    return pd.concat([random, chosen.assign(how="chosen")])
