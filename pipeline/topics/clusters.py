"""The two parts that BERTopic is given in place of UMAP and HDBSCAN.

UMAP and HDBSCAN can put nearly all of a few hundred passages of one genre into two topics, leave
a third of many thousands in none, and take most of the time. Both parts here keep the interface
that BERTopic asks of its parts (fit, transform; fit, predict, labels_).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix
from sklearn.neighbors import NearestNeighbors

from pipeline.models import Vectors
from pipeline.topics.vectors import unit

NEIGHBOURS = 20
RESTARTS = 4
"""Beginnings of k-means under each seed, of which the best counts."""
PASSES = 2
CHUNK = 2_000

Labels = NDArray[np.int64]


class NeighbourMeans(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Each vector half its own, half the mean of its nearest among the fitted ones (cosine).

    What UMAP gives clustering (dense regions drawn together), without a random layout. The second
    pass looks for neighbours among the vectors as the first one left them.
    """

    def __init__(self, neighbours: int = NEIGHBOURS, passes: int = PASSES) -> None:
        self.neighbours = neighbours
        self.passes = passes

    def fit(self, X: Vectors, y: Any = None) -> Self:
        """Keep the vectors, shape (n, m), of length 1, as each pass finds them."""
        # A tenth at most: the mean of half a small corpus is the same for all.
        n_neighbours = max(1, min(self.neighbours, len(X) // 10))
        self.fitted_: list[tuple[Vectors, NearestNeighbors]] = []
        for _ in range(self.passes):
            # Of vectors of length 1 the nearest are those with the greatest cosine.
            self.fitted_.append(
                (X, NearestNeighbors(n_neighbors=n_neighbours, algorithm="brute").fit(X))
            )
            X = self.last_ = _drawn_together(X, *self.fitted_[-1])
        return self

    def fit_transform(self, X: Vectors, y: Any = None) -> Vectors:
        """What `transform` makes of the vectors that are fitted, without passing them twice."""
        return self.fit(X).last_

    def transform(self, X: Vectors) -> Vectors:
        """Unit vectors, shape (n, m); a fitted vector is among its own neighbours."""
        for vectors, search in self.fitted_:
            X = _drawn_together(X, vectors, search)
        return X


def _drawn_together(X: Vectors, vectors: Vectors, search: NearestNeighbors) -> Vectors:
    if not len(X):
        return X
    # Sorted: a sum of floats must not depend on the order in which they were found.
    nearest = np.sort(search.kneighbors(X, return_distance=False), axis=1)
    parts = (vectors[nearest[at : at + CHUNK]].mean(axis=1) for at in range(0, len(nearest), CHUNK))
    return unit(X + unit(np.concatenate(list(parts))))


class PassageClusters(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Weighted k-means under several seeds: the best run is kept, the others say how stable it is.

    Like BERTopic's other cluster models it is fitted once, and then predicts.
    """

    runs_: NDArray[np.int64]
    """Cluster of each vector under each seed, shape (seeds, n)."""
    best_: int
    """Position of the run that is kept: the least sum of squared distances."""

    def __init__(
        self, n_clusters: int, *, seeds: Sequence[int], weights: NDArray[np.floating] | None = None
    ) -> None:
        self.n_clusters = n_clusters
        self.seeds = seeds
        self.weights = weights

    def fit(self, X: Vectors, y: Any = None) -> Self:
        """Cluster the vectors, shape (n, m), of length 1."""
        runs = [
            KMeans(self.n_clusters, n_init=RESTARTS, random_state=seed).fit(
                X, sample_weight=self.weights
            )
            for seed in self.seeds
        ]
        self.runs_ = np.stack([run.labels_ for run in runs]).astype(np.int64)
        self.best_ = min(range(len(runs)), key=lambda n: runs[n].inertia_)
        self._kept = runs[self.best_]
        self.labels_ = self.runs_[self.best_]
        return self

    def predict(self, X: Vectors) -> Labels:
        """The cluster whose centre is nearest to each vector."""
        return np.asarray(self._kept.predict(X), dtype=np.int64)

    def agreement(self) -> NDArray[np.float64]:
        """Adjusted Rand index of every pair of runs, shape (seeds, seeds); 1 is the same."""
        found = np.eye(len(self.runs_))
        for one, other in combinations(range(len(found)), 2):
            found[one, other] = adjusted_rand_score(self.runs_[one], self.runs_[other])
        return np.maximum(found, found.T)

    def stability(self) -> NDArray[np.float64]:
        """For each cluster the mean Jaccard to its nearest match in each other run.

        Hennig, C. (2007), Computational Statistics & Data Analysis 52: under 0.6 a cluster should
        not be trusted, from 0.75 it is stable. There over resamples, here over seeds. 1 when there
        is one run.
        """
        others = np.delete(self.runs_, self.best_, axis=0)
        best = [_best_jaccard(self.labels_, other, self.n_clusters) for other in others]
        return np.mean(best, axis=0) if best else np.ones(self.n_clusters)


def _best_jaccard(one: Labels, other: Labels, n_clusters: int) -> NDArray[np.float64]:
    shared = contingency_matrix(one, other)
    either = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    best = np.zeros(n_clusters)
    best[np.unique(one)] = (shared / either).max(axis=1)
    return best
