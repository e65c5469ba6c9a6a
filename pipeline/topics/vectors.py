"""Vectors of passages that know how the words of this corpus go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.models import Embedder, Vectors

MAX_WORDS = 5_000
"""Words that have vectors of their own, the most frequent; each pair of them is looked at."""
MIN_DOCUMENTS = 2
CHUNK = 10_000
"""Texts whose vectors are computed together: bounds memory, changes nothing else."""


class CorpusVectors:
    """A text's vector: what the embedder makes of it, plus what the corpus makes of its words.

    A general embedder does not know that "bail" and "non-molestation" go together. So each word's
    vector is drawn towards the words that it shares passages with more often than chance would
    have it (weights: positive pointwise mutual information), after the idea of retrofitting
    (Faruqui et al. 2015, NAACL). A text's words are averaged, rare ones weighing more. Means are
    taken out of both halves: the direction that all texts of a genre share tells none apart.
    """

    words_: list[str]

    def __init__(self, embedder: Embedder, *, token: str, stop_words: Sequence[str]) -> None:
        self.embedder = embedder
        self.token = token
        self.stop_words = stop_words

    def fit(self, texts: Sequence[str]) -> Self:
        """Learn words, their vectors and the means from the texts."""
        self.fit_transform(texts)
        return self

    def fit_transform(self, texts: Sequence[str]) -> Vectors:
        """The same, and the texts' vectors, each text read once."""
        counts = CountVectorizer(
            token_pattern=self.token, stop_words=list(self.stop_words), binary=True
        )
        present, words = _frequent(counts, texts)
        self.words_ = words
        self._counter = CountVectorizer(token_pattern=self.token, vocabulary=words, binary=True)
        documents = np.asarray(present.sum(axis=0), dtype=np.float64).ravel()
        self._word_vectors = self._adapted(present, documents)
        # The root: rare words tell more, but the rarest are often chance.
        self._rarity = np.sqrt(np.log(len(texts) / documents)).astype(np.float32)
        halves = self._halves(texts)
        self._means = [half.mean(axis=0) for half in halves]
        return self._joined(halves)

    def _adapted(self, present: sparse.csr_matrix, documents: NDArray[np.float64]) -> Vectors:
        if not self.words_:
            return self.embedder.encode(["word"])[:0]
        own = self.embedder.encode(self.words_)
        own = unit(own - own.mean(axis=0))
        together = (present.T @ present).toarray().astype(np.float32)
        with np.errstate(divide="ignore"):
            # Three steps in place: the matrix may hold 25 million pairs.
            together *= np.float32(present.shape[0]) / documents.astype(np.float32)
            together /= documents.astype(np.float32)[:, None]
            np.log(together, out=together)
        np.maximum(together, 0, out=together)
        np.fill_diagonal(together, 0)
        return unit(own + unit(together @ own))

    def _halves(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        whole = self.embedder.encode(list(texts))
        if not self.words_:
            return whole, np.zeros_like(whole)
        present = self._counter.transform(texts).astype(np.float32)
        return whole, unit(present.multiply(self._rarity).tocsr() @ self._word_vectors)

    def transform(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimensions of the embedder)."""
        parts = [self._encode(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
        return np.concatenate(parts) if parts else self.embedder.encode([])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self._joined(self._halves(texts))

    def _joined(self, halves: tuple[Vectors, Vectors]) -> Vectors:
        whole, words = (unit(half - mean) for half, mean in zip(halves, self._means, strict=True))
        return unit(whole + words)


def _frequent(
    counter: CountVectorizer, texts: Sequence[str]
) -> tuple[sparse.csr_matrix, list[str]]:
    """Texts x words, of the words that stand in enough texts, in alphabetical order."""
    try:
        present = counter.fit_transform(texts).astype(np.float32)
    except ValueError:
        # No text has a word that is not a stop word.
        return sparse.csr_matrix((len(texts), 0), dtype=np.float32), []
    documents = np.asarray(present.sum(axis=0)).ravel()
    order = np.argsort(-documents, kind="stable")[:MAX_WORDS]
    kept = np.sort(order[(documents[order] >= MIN_DOCUMENTS) & (documents[order] < len(texts))])
    return present[:, kept], counter.get_feature_names_out()[kept].tolist()


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """The vectors at length 1; zeros stay zeros."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return np.asarray(scaled, dtype=np.float32)
