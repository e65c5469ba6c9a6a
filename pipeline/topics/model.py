"""The stage: topics of the passages of all reviews, as tables.

How it works, how good it is and how to read what it finds: docs/topics.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.contracts import (
    TOPIC_ASSIGNMENTS,
    TOPIC_RUNS,
    TOPIC_SIMILARITIES,
    TOPIC_TERMS,
    TOPICS,
)
from pipeline.models import Embedder, Vectors
from pipeline.topics.fit import NO_TOPIC, SEED, Fit, fit_topics, nothing_fitted
from pipeline.topics.vectors import unit
from pipeline.topics.words import TOKEN, topic_texts
from pipeline.vocabulary import LAYER_OF_SECTION

MIN_PASSAGES = 20
"""Below this a topic would be one or two passages; nothing is fitted."""
N_LABEL_TERMS = 4
N_REPRESENTATIVE = 5

WEIGHT_OF_LAYER = {"finding": 1.0, "fact": 0.5, "recommendation": 0.5}
"""What a passage weighs in clustering. Chronologies and action plans are long and alike; what was
found is what the reviews are for."""


class TopicTables(NamedTuple):
    """Frames that fit the contracts of topic tables."""

    assignments: pd.DataFrame
    terms: pd.DataFrame
    topics: pd.DataFrame
    similarities: pd.DataFrame
    runs: pd.DataFrame


def topics(
    passages: pd.DataFrame,
    roles: pd.DataFrame,
    codebook: Codebook,
    *,
    embedder: Embedder,
    seed: int = SEED,
    number: int | None = None,
) -> TopicTables:
    """Fit topics to the passages of all reviews (contracts.REDACTED and ROLES_TABLE, stacked).

    Headings, very short passages, sections that are never coded and repeats take no part; they
    stand in `assignments` with topic -1 (a repeat with the topic of what it repeats), and so do
    all passages of a corpus under `MIN_PASSAGES`. `number` of topics: see
    `fit.n_topics`; a small corpus may have fewer.
    """
    # One thread: the sums of threaded products depend on how many cores the machine has.
    from threadpoolctl import threadpool_limits

    passages = passages.sort_values(["review_id", "ordinal", "passage_id"], ignore_index=True)
    texts = topic_texts(passages, roles)
    used = passages.index[(texts != "") & passages["repeats"].isna()]
    weights = passages["section_role"].map(LAYER_OF_SECTION).map(WEIGHT_OF_LAYER)
    with threadpool_limits(limits=1):
        if len(used) < MIN_PASSAGES:
            return _tables(passages, used, nothing_fitted(len(used)), codebook, seed)
        fit = fit_topics(
            texts[used].tolist(),
            groups=passages["review_id"].to_numpy(dtype=np.int64)[used],
            weights=np.asarray(weights[used], dtype=np.float64),
            embedder=embedder,
            seed=seed,
            number=number,
        )
        return _tables(passages, used, fit, codebook, seed)


def _tables(
    passages: pd.DataFrame, used: pd.Index[int], fit: Fit, codebook: Codebook, seed: int
) -> TopicTables:
    assignments = _assignments(passages, used, fit)
    terms = TOPIC_TERMS.frame(
        {"topic": n, "rank": rank, "term": term, "weight": round(weight, 4)}
        for n, found in fit.terms.items()
        for rank, (term, weight) in enumerate(found, start=1)
        if n != NO_TOPIC
    )
    return TopicTables(
        TOPIC_ASSIGNMENTS.validate(assignments),
        terms,
        TOPICS.validate(_topic_rows(assignments, passages, terms, fit)),
        TOPIC_SIMILARITIES.validate(_similarities(fit, codebook)),
        TOPIC_RUNS.validate(_run_rows(fit, seed)),
    )


def _assignments(passages: pd.DataFrame, used: pd.Index[int], fit: Fit) -> pd.DataFrame:
    rows = passages[["review_id", "passage_id", "repeats"]].assign(
        topic=NO_TOPIC, nearest=NO_TOPIC, state="left out", similarity=np.nan
    )
    rows.loc[used, "topic"] = fit.topic
    rows.loc[used, "nearest"] = fit.nearest
    rows.loc[used, "state"] = np.where(fit.topic == NO_TOPIC, "outlier", "in topic")
    if len(fit.centres):
        cosines = np.einsum("ij,ij->i", fit.vectors, fit.centres[fit.nearest])
        rows.loc[used, "similarity"] = np.round(cosines.astype(np.float64), 4)
    else:
        rows["state"] = "left out"
    return _with_repeats(rows)


def _with_repeats(rows: pd.DataFrame) -> pd.DataFrame:
    """A repeat has the topic of the passage that it repeats, and is counted nowhere."""
    at = ["review_id", "passage_id"]
    original = rows.set_index(at)[["topic", "nearest"]]
    repeats = rows[rows["repeats"].notna()]
    places = pd.MultiIndex.from_frame(repeats[["review_id", "repeats"]], names=at)
    found = original.reindex(places, fill_value=NO_TOPIC)
    rows.loc[repeats.index, ["topic", "nearest"]] = found.to_numpy()
    rows.loc[repeats.index, "state"] = "repeat"
    return rows.drop(columns="repeats")


def _topic_rows(
    assignments: pd.DataFrame, passages: pd.DataFrame, terms: pd.DataFrame, fit: Fit
) -> pd.DataFrame:
    numbers = [*range(len(fit.centres)), NO_TOPIC]
    if (assignments["nearest"] != NO_TOPIC).all():
        numbers.remove(NO_TOPIC)
    number = pd.Index(numbers, dtype=np.int64, name="topic")
    counts = assignments.groupby(["nearest", "state"]).size().unstack(fill_value=0)
    counts = counts.reindex(
        index=number, columns=["in topic", "outlier", "repeat", "left out"], fill_value=0
    )
    members = assignments[assignments["state"] == "in topic"].merge(
        passages[["review_id", "passage_id", "text"]], on=["review_id", "passage_id"]
    )
    nearest = _representatives(members)
    places = _places(fit.centres)
    rows = pd.DataFrame(
        {
            "label": _labels(terms, nearest).reindex(number, fill_value="(took no part)"),
            "n_passages": counts["in topic"] + counts["left out"],
            "n_outliers": counts["outlier"],
            "n_repeats": counts["repeat"],
            "n_reviews": members.groupby("topic")["review_id"].nunique().reindex(number),
            "stability": pd.Series(fit.stability.round(3)).reindex(number),
            "representative": nearest.groupby("topic")["passage_id"].agg(" ".join).reindex(number),
            "x": pd.Series(places[:, 0]).reindex(number),
            "y": pd.Series(places[:, 1]).reindex(number),
        }
    )
    return rows.fillna({"n_reviews": 0, "representative": ""}).reset_index()


def _representatives(members: pd.DataFrame) -> pd.DataFrame:
    """The passages nearest to their topic's centre: one of each review before a second of any."""
    # The passage id breaks ties, so that equal similarities cannot change the order.
    ranked = members.sort_values(
        ["topic", "similarity", "passage_id"], ascending=[True, False, True]
    )
    turn = ranked.groupby(["topic", "review_id"]).cumcount().rename("turn")
    ranked = ranked.join(turn).sort_values(["topic", "turn"], kind="stable")
    return ranked.groupby("topic").head(N_REPRESENTATIVE)


def _labels(terms: pd.DataFrame, representatives: pd.DataFrame) -> pd.Series:
    """The first terms of each topic, those first that its representative passages have."""
    texts = representatives.groupby("topic")["text"].agg(" ".join).str.lower()
    said = texts.str.findall(TOKEN).explode().rename("term").reset_index().drop_duplicates()
    marked = terms.merge(said, on=["topic", "term"], how="left", indicator="seen")
    ranked = marked.assign(unseen=marked["seen"] != "both").sort_values(["topic", "unseen", "rank"])
    return ranked.groupby("topic")["term"].agg(lambda found: ", ".join(found[:N_LABEL_TERMS]))


def _places(centres: Vectors) -> NDArray[np.float64]:
    """Where each topic stands in a picture, shape (topics, 2): like topics side by side.

    The first two principal components of the centres; each points where its largest value is
    positive, since their signs mean nothing.
    """
    if len(centres) < 3:
        return np.column_stack([np.arange(len(centres)), np.zeros(len(centres))]).astype(float)
    left, sizes, _ = np.linalg.svd(
        centres.astype(np.float64) - centres.mean(axis=0), full_matrices=False
    )
    places = left[:, :2] * sizes[:2]
    largest = np.abs(places).argmax(axis=0)
    return np.asarray(np.round(places * np.sign(places[largest, [0, 1]]), 4))


def _similarities(fit: Fit, codebook: Codebook) -> pd.DataFrame:
    """Every topic x code: cosine of the topic's centre and the mean of the code's prototypes."""
    if fit.words is None:
        return TOPIC_SIMILARITIES.frame()
    texts = [(code.id, text.lower()) for code in codebook.code for text in code.prototypes]
    vectors = pd.DataFrame(fit.words.transform([text for _, text in texts]))
    of_codes = vectors.groupby([code for code, _ in texts], sort=False).mean()
    cosines = np.round((fit.centres @ unit(of_codes.to_numpy()).T).astype(np.float64), 4)
    wide = pd.DataFrame(cosines, columns=of_codes.index).rename_axis(index="topic")
    return wide.reset_index().melt("topic", var_name="code", value_name="similarity")


def _run_rows(fit: Fit, seed: int) -> pd.DataFrame:
    runs = range(len(fit.agreement))
    others = [np.delete(fit.agreement[n], n) for n in runs]
    return pd.DataFrame(
        {
            "seed": [seed + n for n in runs],
            "kept": [n == fit.best for n in runs],
            "adjusted_rand": [round(float(other.mean()), 4) for other in others],
            "lowest": [round(float(other.min()), 4) for other in others],
        }
    )
