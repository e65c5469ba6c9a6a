"""Similarity of sentences to a code's prototypes, judged by the codebook's own scale.

Cosines of one embedding model mean little for another, and codes differ in how alike their own
sentences are. So each code's thresholds come from its own prototypes: how near each of them is
to the rest of its code (leave one out).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.models import Embedder, Vectors

# Quantile of the leave-one-out similarities within a code.
SUPPORT_QUANTILE = 0.25
N_NEAREST = 2


class Prototypes:
    """The prototypes of every code as unit vectors, with each code's thresholds."""

    def __init__(self, codebook: Codebook, embedder: Embedder) -> None:
        self.codes = list(codebook.codes)
        sentences = [(c.id, text) for c in codebook.code for text in c.prototypes]
        self._vectors = embedder.encode([text for _, text in sentences])
        owners = np.array([code for code, _ in sentences])
        self._rows = {code: np.flatnonzero(owners == code) for code in self.codes}
        near = [self._own_similarities(code) for code in self.codes]
        self.support = np.array([np.quantile(n, SUPPORT_QUANTILE) for n in near])

    def _own_similarities(self, code: str) -> Vectors:
        own = self._vectors[self._rows[code]]
        cosines = own @ own.T
        np.fill_diagonal(cosines, -1.0)
        best: Vectors = cosines.max(axis=1)
        return best

    def similarity(self, vectors: Vectors) -> Vectors:
        """Cosine of each sentence to its best prototype of each code, shape (n, codes).

        Rounded to 4 decimals, so that the order of summation on another machine cannot move a
        coding over a threshold.
        """
        cosines = vectors @ self._vectors.T
        best = np.stack([cosines[:, self._rows[code]].max(axis=1) for code in self.codes], axis=1)
        return np.asarray(np.round(best, 4), dtype=np.float32)

    def supports(self, similarity: Vectors) -> NDArray[np.bool_]:
        """Where a sentence is near enough to a code to lend weight to a weak indicator.

        It must be as near as the code's own sentences are to each other, and hardly any other
        code may be nearer. Similarity alone is no evidence: on the example study one in eight
        of the passages that it would have coded by itself was rightly coded.
        """
        rank = (-similarity).argsort(axis=1, kind="stable").argsort(axis=1)
        near: NDArray[np.bool_] = (similarity >= self.support) & (rank < N_NEAREST)
        return near
