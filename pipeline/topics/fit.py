"""BERTopic over texts, with parts chosen for corpora of a hundred to hundreds of thousands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.models import Embedder, Vectors
from pipeline.topics.clusters import NeighbourMeans, PassageClusters
from pipeline.topics.vectors import CorpusVectors, unit
from pipeline.topics.words import HOUSE_WORDS, TOKEN

if TYPE_CHECKING:
    from bertopic import BERTopic

SEED = 20110413
"""The day on which section 9 of the 2004 Act came into force; any fixed number would do."""
SEEDS = 5
"""Runs with the seed and the numbers after it: how far topics depend on where k-means begins."""

NO_TOPIC = -1
MAX_FITTED = 20_000
"""From a larger corpus so many passages are drawn to fit topics to; the others join the nearest."""
WORDS_OF_A_PASSAGE = 50
N_TERMS = 10
MIN_TERM_PASSAGES = 3
MIN_TERM_REVIEWS = 2
"""A term that one review alone has would tell that review, not a topic."""

OUTLIER = 0.95
"""A passage is an outlier when it is no nearer to its topic than one in 20 of those in other
topics are: the quantile of their cosines to the topic's centre."""


@dataclass(frozen=True)
class Fit:
    """Topics of some texts."""

    topic: NDArray[np.int64]
    """Topic of each text, largest first from 0; -1 for outliers."""
    nearest: NDArray[np.int64]
    """Topic whose centre is nearest, outlier or not."""
    vectors: Vectors
    """Unit vector of each text."""
    centres: Vectors
    """Unit vector of each topic: the mean of its texts."""
    terms: dict[int, list[tuple[str, float]]]
    """Topic → its terms with their weights, the weightiest first."""
    stability: NDArray[np.float64]
    """Of each topic, 0 to 1; see `PassageClusters.stability`."""
    agreement: NDArray[np.float64]
    """Adjusted Rand index of every pair of runs, shape (seeds, seeds)."""
    best: int
    """The run that was kept."""
    words: CorpusVectors | None
    """How the texts' vectors were made, for texts that topics are compared with."""


def n_topics(n_words: int) -> int:
    """How many topics to look for: about half the square root of the corpus, 4 to 120.

    The corpus is measured in passages of 50 running words, since short texts tell less: 200 such
    passages give 8, 2,000 give 25, 40,000 give 110, few enough to read through.
    """
    return int(np.clip(round(0.55 * (n_words / WORDS_OF_A_PASSAGE) ** 0.5), 4, 120))


def fit_topics(
    texts: list[str],
    *,
    groups: NDArray[np.int64],
    weights: NDArray[np.float64],
    embedder: Embedder,
    seed: int = SEED,
    number: int | None = None,
) -> Fit:
    """Fit topics to texts as `topic_texts` makes them.

    `groups` are their reviews, `weights` what they weigh in clustering.
    """
    from threadpoolctl import threadpool_limits

    number = number or n_topics(sum(text.count(" ") + 1 for text in texts))
    drawn = _drawn(len(texts), seed)
    sample = [texts[n] for n in drawn]
    vocabulary = _vocabulary(sample, groups[drawn])
    if not vocabulary:
        return nothing_fitted(len(texts))
    with threadpool_limits(limits=1):
        words = CorpusVectors(embedder, token=TOKEN, stop_words=stop_words())
        vectors = words.fit_transform(sample)
        if len(sample) < len(texts):
            vectors = words.transform(texts)
        clusters = PassageClusters(
            min(number, len(sample)), seeds=range(seed, seed + SEEDS), weights=weights[drawn]
        )
        model = bertopic(clusters, vocabulary)
        nearest = _nearest(model, texts, vectors, drawn)
        centres = _centres(vectors, nearest)
        outlier = _outliers(vectors, centres, nearest, drawn)
    order = _clusters_of_topics(model)
    terms = {
        n: [(t, w) for t, w in found if t and w > 0] for n, found in model.get_topics().items()
    }
    return Fit(
        topic=np.where(outlier, NO_TOPIC, nearest),
        nearest=nearest,
        vectors=vectors,
        centres=centres,
        terms=terms,
        stability=clusters.stability()[order],
        agreement=clusters.agreement(),
        best=clusters.best_,
        words=words,
    )


def bertopic(clusters: PassageClusters, vocabulary: list[str]) -> BERTopic:
    """BERTopic with this stage's parts in its slots, and its own class-based TF-IDF.

    Its words are candidates, of which those are kept that stand together.
    """
    # Imported here: loading BERTopic takes seconds, and only this stage needs it.
    from bertopic import BERTopic
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    from pipeline.topics.terms import CoherentTerms

    return BERTopic(
        # Of English it would keep A to Z only: no accents, no hyphens.
        language="multilingual",
        umap_model=NeighbourMeans(),
        hdbscan_model=clusters,
        vectorizer_model=CountVectorizer(vocabulary=vocabulary, token_pattern=TOKEN),
        ctfidf_model=ClassTfidfTransformer(),
        representation_model=CoherentTerms(N_TERMS),
        top_n_words=N_TERMS,
        calculate_probabilities=False,
    )


def _drawn(n: int, seed: int) -> NDArray[np.int64]:
    """Positions of the texts that topics are fitted to, in order."""
    if n <= MAX_FITTED:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, MAX_FITTED, replace=False))


def stop_words() -> list[str]:
    """Words that are no terms: English stop words, and those of the house."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return sorted({*ENGLISH_STOP_WORDS, *HOUSE_WORDS})


def _vocabulary(texts: list[str], groups: NDArray[np.int64]) -> list[str]:
    """The words that may be terms: found in several passages, of several reviews."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(token_pattern=TOKEN, stop_words=stop_words(), binary=True)
    try:
        present = counter.fit_transform(texts)
    except ValueError:
        # No text has a word that is not a stop word.
        return []
    review = np.unique(groups, return_inverse=True)[1]
    rows = csr_matrix((np.ones(len(texts)), (review, np.arange(len(texts)))))
    enough = (present.getnnz(axis=0) >= MIN_TERM_PASSAGES) & (
        (rows @ present).getnnz(axis=0) >= min(MIN_TERM_REVIEWS, rows.shape[0])
    )
    words = pd.Index(counter.get_feature_names_out())
    return list(words[enough]) or list(words)


def _nearest(
    model: BERTopic, texts: list[str], vectors: Vectors, drawn: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Topic of each text: fitted to those drawn, found for the others."""
    nearest = np.full(len(texts), NO_TOPIC)
    nearest[drawn], _ = model.fit_transform([texts[n] for n in drawn], embeddings=vectors[drawn])
    others = np.setdiff1d(np.arange(len(texts)), drawn)
    if len(others):
        nearest[others], _ = model.transform([texts[n] for n in others], vectors[others])
    return nearest


def _centres(vectors: Vectors, nearest: NDArray[np.int64]) -> Vectors:
    """The mean of each topic's vectors, at length 1."""
    sums = np.zeros((nearest.max() + 1, vectors.shape[1]), dtype=np.float64)
    np.add.at(sums, nearest, vectors)
    return unit(sums)


def _outliers(
    vectors: Vectors, centres: Vectors, nearest: NDArray[np.int64], drawn: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which texts are no nearer to their topic than texts of other topics may be by chance."""
    if len(centres) < 2:
        return np.zeros(len(vectors), dtype=np.bool_)
    cosines = vectors[drawn] @ centres.T
    cosines[np.arange(len(drawn)), nearest[drawn]] = np.nan
    fences = np.nanquantile(cosines, OUTLIER, axis=0)
    own = np.einsum("ij,ij->i", vectors, centres[nearest])
    return np.asarray(own < fences[nearest])


def _clusters_of_topics(model: BERTopic) -> NDArray[np.int64]:
    """The cluster that each topic is: BERTopic numbers topics by size."""
    topic_of = model.topic_mapper_.get_mappings(original_topics=True)
    pairs = sorted((topic, cluster) for cluster, topic in topic_of.items() if topic != NO_TOPIC)
    return np.array([cluster for _, cluster in pairs])


def nothing_fitted(n: int) -> Fit:
    """Of a corpus too small or without a telling word: no topic, and every text in none."""
    none, vectors = np.full(n, NO_TOPIC), np.zeros((n, 1), dtype=np.float32)
    return Fit(none, none, vectors, vectors[:0], {}, np.zeros(0), np.zeros((0, 0)), 0, None)
