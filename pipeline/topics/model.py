"""BERTopic over all passages, with parts chosen for corpora from one review to thousands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.contracts import TOPIC_ASSIGNMENTS, TOPIC_TERMS, TOPICS
from pipeline.models import Embedder, Vectors
from pipeline.vocabulary import LAYER_OF_SECTION

if TYPE_CHECKING:
    from bertopic import BERTopic

SEED = 20110413
"""The day on which section 9 of the 2004 Act came into force; any fixed number would do."""

NO_TOPIC = -1
MIN_PASSAGES = 20
"""Below this a topic would be one or two passages; nothing is fitted."""
MIN_WORDS = 6
LARGE = 20_000
"""From this many passages k-means reads them in batches."""
MAX_TERMS = 100_000
N_TERMS = 10
N_LABEL_TERMS = 4
N_REPRESENTATIVE = 5

_PSEUDONYM = re.compile(r"\[[A-Z]+[^\]]*\]")
_TOKEN = r"(?u)\b[a-z][a-z'’-]*[a-z]\b"
# Words that stand in every review and tell no topics apart.
_HOUSE_WORDS = (
    "review", "reviews", "report", "panel", "author", "imr", "imrs", "chair", "homicide",
    "victim", "perpetrator", "deceased", "death", "mr", "mrs", "ms", "dr", "adult", "said",
    "told", "did", "does", "having", "would", "could", "should", "may", "might", "say", "asked",
    "came", "went", "kept", "made", "makes", "knew", "left", "like", "following", "follows",
)  # fmt: skip


class TopicTables(NamedTuple):
    """The three topic tables of contracts.py."""

    assignments: pd.DataFrame
    terms: pd.DataFrame
    topics: pd.DataFrame


def topics(
    passages: pd.DataFrame, roles: pd.DataFrame, *, embedder: Embedder, seed: int = SEED
) -> TopicTables:
    """Fit topics to the passages of all reviews (contracts.REDACTED and ROLES_TABLE, stacked).

    Headings, very short passages and sections that are never coded take no part: they stand in
    `assignments` with topic -1. So do all passages of a corpus under `MIN_PASSAGES`.
    """
    passages = passages.sort_values(["review_id", "ordinal", "passage_id"], ignore_index=True)
    texts = _topic_texts(passages, roles)
    used = np.flatnonzero(texts != "")
    if len(used) < MIN_PASSAGES:
        return _tables(passages, np.full(len(passages), NO_TOPIC), np.zeros(len(passages)), {})
    vectors = embedder.encode(passages["text"].iloc[used].tolist())
    labels, terms = _fit(texts.iloc[used].tolist(), vectors, seed)
    topic = np.full(len(passages), NO_TOPIC)
    similarity = np.zeros(len(passages))
    topic[used] = labels
    similarity[used] = _to_centre(vectors, labels)
    return _tables(passages, topic, similarity, terms)


def n_topics(n_passages: int) -> int:
    """How many topics to look for: about half the square root of the corpus, 4 to 120.

    200 passages give 8, 2,000 give 25, 40,000 give 110: few enough to read through.
    """
    return int(np.clip(round(0.55 * n_passages**0.5), 4, 120))


def _topic_texts(passages: pd.DataFrame, roles: pd.DataFrame) -> pd.Series:
    """Lower-case text without pseudonyms and labels; empty where the passage takes no part."""
    texts = passages["text"].str.replace(_PSEUDONYM, " ", regex=True)
    for review_id, labels in roles.groupby("review_id")["label"]:
        names = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
        own = passages["review_id"] == review_id
        texts = texts.mask(own, texts.str.replace(rf"\b(?:{names})\b", " ", regex=True))
    taking_part = (
        passages["section_role"].isin(LAYER_OF_SECTION)
        & ~passages["kind"].isin(["heading", "caption"])
        & (passages["text"].str.count(r"\b\w+\b") >= MIN_WORDS)
    )
    return texts.str.lower().where(taking_part, "")


def _fit(
    texts: list[str], vectors: Vectors, seed: int
) -> tuple[NDArray[np.int64], dict[int, list[tuple[str, float]]]]:
    # One thread: the sums of a threaded k-means depend on how many cores the machine has.
    from threadpoolctl import threadpool_limits

    model = _model(len(texts), seed)
    with threadpool_limits(limits=1):
        labels, _ = model.fit_transform(texts, embeddings=vectors)
    terms = {int(n): found for n, found in model.get_topics().items()}
    return np.asarray(labels, dtype=np.int64), terms


def _model(n_passages: int, seed: int) -> BERTopic:
    """BERTopic without UMAP and HDBSCAN: k-means on the embeddings as they are.

    That default can put nearly all of a few hundred passages of one genre into two topics;
    k-means leaves no passage out, and behaves alike on small and large corpora.
    """
    # Imported here: loading BERTopic takes seconds, and only this stage needs it.
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    k_means = MiniBatchKMeans if n_passages >= LARGE else KMeans
    return BERTopic(
        embedding_model=None,
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=k_means(n_topics(n_passages), random_state=seed, n_init=10),
        vectorizer_model=CountVectorizer(
            stop_words=sorted({*ENGLISH_STOP_WORDS, *_HOUSE_WORDS}),
            token_pattern=_TOKEN,
            ngram_range=(1, 2),
            max_features=MAX_TERMS,
        ),
        ctfidf_model=ClassTfidfTransformer(),
        top_n_words=N_TERMS,
        calculate_probabilities=False,
    )


def _to_centre(vectors: Vectors, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cosine of each passage to the mean of its topic, to 4 decimals."""
    centres = np.zeros((labels.max() + 1, vectors.shape[1]))
    np.add.at(centres, labels, vectors)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return np.asarray(np.round((vectors * centres[labels]).sum(axis=1), 4))


def _tables(
    passages: pd.DataFrame,
    topic: NDArray[Any],
    similarity: NDArray[Any],
    terms: dict[int, list[tuple[str, float]]],
) -> TopicTables:
    assignments = passages[["review_id", "passage_id"]].assign(topic=topic, similarity=similarity)
    ranked = [
        {"topic": n, "rank": rank, "term": term, "weight": round(weight, 4)}
        for n, found in terms.items()
        for rank, (term, weight) in enumerate((f for f in found if f[0]), start=1)
    ]
    return TopicTables(
        TOPIC_ASSIGNMENTS.validate(assignments),
        TOPIC_TERMS.frame(ranked),
        TOPICS.validate(_topic_rows(assignments, terms)),
    )


def _topic_rows(
    assignments: pd.DataFrame, terms: dict[int, list[tuple[str, float]]]
) -> pd.DataFrame:
    # The passage id breaks ties, so that equal similarities cannot change the order.
    nearest = assignments.sort_values(["similarity", "passage_id"], ascending=[False, True])
    rows = nearest.groupby("topic", as_index=False).agg(
        n_passages=("passage_id", "size"),
        n_reviews=("review_id", "nunique"),
        representative=("passage_id", lambda ids: " ".join(ids.head(N_REPRESENTATIVE))),
    )
    labels = {n: ", ".join(t for t, _ in found[:N_LABEL_TERMS]) for n, found in terms.items()}
    rows["label"] = rows["topic"].map({**labels, NO_TOPIC: "(in no topic)"})
    rows.loc[rows["topic"] == NO_TOPIC, "representative"] = ""
    return rows
