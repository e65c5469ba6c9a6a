"""The terms of a topic: words that are its own, and that stand together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from bertopic.representation import BaseRepresentation
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

TOGETHER = 1.0
"""What standing together counts for beside a word's weight, which is 1 for a topic's first word:
chosen on half of M10 and on the development reviews of the example."""
DECIMALS = 9
"""Scores are rounded, so that the order of summation on another machine chooses no other word."""

Terms = list[tuple[str, float]]


class CoherentTerms(BaseRepresentation):  # type: ignore[misc]
    """For BERTopic's slot: of a topic's weightiest words those that passages have together.

    Class-based TF-IDF alone puts words side by side that each are frequent in a topic, though in
    different passages of it. To re-rank candidates by normalised pointwise mutual information makes
    topics easier to name (after Alokaili, Aletras and Stevenson 2019, IWCS). From the weightiest
    word on, the word is added that is best by weight and by its mean NPMI with those chosen.
    """

    def __init__(self, n_terms: int) -> None:
        self.n_terms = n_terms

    def extract_topics(
        self, topic_model: Any, documents: pd.DataFrame, c_tf_idf: csr_matrix,
        topics: dict[int, Terms],
    ) -> dict[int, Terms]:  # fmt: skip
        """The terms of each topic, the weightiest first; `topics` are its candidates."""
        present = topic_model.vectorizer_model.transform(documents["Document"]) > 0
        place = topic_model.vectorizer_model.vocabulary_
        return {
            topic: self._chosen([term for term in candidates if term[0]], present, place)
            for topic, candidates in topics.items()
        }

    def _chosen(self, terms: Terms, present: csr_matrix, place: dict[str, int]) -> Terms:
        if len(terms) <= self.n_terms:
            return terms
        pairs = _npmi(present[:, [place[word] for word, _ in terms]])
        weights = np.array([weight for _, weight in terms])
        weights /= weights[0]
        chosen, beside = [0], pairs[0].copy()
        while len(chosen) < self.n_terms:
            scores = (weights + TOGETHER * beside / len(chosen)).round(DECIMALS)
            scores[chosen] = -np.inf
            best = int(scores.argmax())
            chosen.append(best)
            beside += pairs[best]
        return [terms[n] for n in sorted(chosen)]


def _npmi(present: csr_matrix) -> NDArray[np.float64]:
    """Normalised pointwise mutual information of words, shape (words, words); -1 if never met."""
    present = present.astype(np.float64)
    together = (present.T @ present).toarray() / present.shape[0]
    alone = together.diagonal()
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(together / np.outer(alone, alone)) / -np.log(together)
    # Words that every passage has tell nothing of each other: 0 by 0.
    return np.where(together > 0, np.nan_to_num(npmi), -1.0)
