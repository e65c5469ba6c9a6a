"""Topics: coherence, diversity, agreement with labels and between seeds, CPU; and other ways.

    DHR_REFERENCE_DATA=/path/to/data python tests/benchmarks/topics.py OUTPUTS [--minilm FOLDER]
    python tests/benchmarks/topics.py OUTPUTS --scale

M10 is 8,355 titles of papers in ten fields (topics/M10 in the data folder). It is cut in two by a
fixed seed: parts and settings were chosen on the first half, and on the development reviews of the
example study, whose OUTPUTS are given. What is reported on the *second half of M10* and on the
*held-out reviews of the example* was chosen on nothing of theirs. All of M10 and the development
reviews are reported for comparison only.

All systems get the same texts and the same embeddings, and run under the same five seeds. With
--minilm BERTopic is run besides as it comes, with the embedder that it chooses for itself
(all-MiniLM-L6-v2, in FOLDER; needs the extra `transformers`). NPMI is
the mean over topics of the mean over pairs of their first ten words; words go together when they
stand in one text; pairs that never do get 1e-12, as in gensim's `c_npmi`. Diversity is the share of
different words among all of them (Dieng et al. 2020). NMI with the fields counts outliers as one
cluster, in every system. CPU seconds are of one process and one fit, embedding included; for this
stage a fit is all five seeds. Models are loaded before.

`--scale` prints CPU seconds and peak memory of the whole stage instead, each size in a process of
its own. Its passages are made of development passages: four in five words drawn from one of them,
the others from all.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
import tomllib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from pipeline import contracts
from pipeline.codebook import read_codebook
from pipeline.models import embedder
from pipeline.register import Register
from pipeline.topics.fit import SEED, SEEDS, fit_topics, n_topics, stop_words
from pipeline.topics.model import topics
from pipeline.topics.words import TOKEN, topic_texts

PROJECT = Path(__file__).parent.parent.parent
STUDY = PROJECT / "corpus" / "example"
N_WORDS = 10
SIZES = (100, 1_000, 10_000, 100_000, 400_000)
PASSAGES_OF_A_REVIEW = 400

Words = list[list[str]]
Labels = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Corpus:
    """Texts as `topic_texts` makes them, with their reviews and, if known, their labels."""

    texts: list[str]
    groups: Labels
    labels: Labels | None = None

    @property
    def number(self) -> int:
        """How many topics this stage looks for; given to the systems that must be told."""
        return n_topics(sum(text.count(" ") + 1 for text in self.texts))

    def part(self, positions: Labels) -> Corpus:
        """Some of the texts."""
        labels = None if self.labels is None else self.labels[positions]
        return Corpus([self.texts[n] for n in positions], self.groups[positions], labels)


def embedded(texts: list[str]) -> Any:
    return embedder("wordllama").encode(texts)


def ours(corpus: Corpus, seed: int) -> tuple[Labels, Words, float]:
    """The stage; its agreement is that of its own five runs."""
    fit = fit_topics(
        corpus.texts, groups=corpus.groups, weights=np.ones(len(corpus.texts)),
        embedder=embedder("wordllama"), seed=seed,
    )  # fmt: skip
    pairs = fit.agreement[np.triu_indices(len(fit.agreement), 1)]
    words = [[word for word, _ in fit.terms[n]] for n in sorted(fit.terms)]
    return fit.topic, words, float(pairs.mean())


def of_bertopic(model: Any, corpus: Corpus, vectors: Any) -> tuple[Labels, Words, None]:
    found, _ = model.fit_transform(corpus.texts, embeddings=vectors)
    words = [[w for w, _ in terms if w] for n, terms in model.get_topics().items() if n >= 0]
    return np.asarray(found), words, None


def _umap(seed: int) -> Any:
    # BERTopic's own default, but for the seed.
    from umap import UMAP

    return UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed
    )  # fmt: skip


def bertopic_defaults(corpus: Corpus, seed: int) -> tuple[Labels, Words, None]:
    """UMAP, HDBSCAN, class-based TF-IDF of all words."""
    from bertopic import BERTopic

    return of_bertopic(BERTopic(umap_model=_umap(seed)), corpus, embedded(corpus.texts))


def bertopic_with(minilm: Path) -> Callable[[Corpus, int], tuple[Labels, Words, None]]:
    """BERTopic as it comes: the defaults over the embeddings that it makes itself."""
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(minilm), device="cpu")

    def fit(corpus: Corpus, seed: int) -> tuple[Labels, Words, None]:
        from bertopic import BERTopic

        return of_bertopic(BERTopic(embedding_model=encoder, umap_model=_umap(seed)), corpus, None)

    return fit


def bertopic_stop_words(corpus: Corpus, seed: int) -> tuple[Labels, Words, None]:
    """The same without stop words and house words."""
    from bertopic import BERTopic

    counter = CountVectorizer(stop_words=stop_words(), token_pattern=TOKEN)
    model = BERTopic(umap_model=_umap(seed), vectorizer_model=counter, language="multilingual")
    return of_bertopic(model, corpus, embedded(corpus.texts))


def bertopic_k_means(corpus: Corpus, seed: int) -> tuple[Labels, Words, None]:
    """UMAP, and k-means for as many topics as this stage has."""
    from bertopic import BERTopic

    counter = CountVectorizer(stop_words=stop_words(), token_pattern=TOKEN)
    k_means = KMeans(corpus.number, random_state=seed, n_init=10)
    model = BERTopic(
        umap_model=_umap(seed), hdbscan_model=k_means, vectorizer_model=counter,
        language="multilingual",
    )  # fmt: skip
    return of_bertopic(model, corpus, embedded(corpus.texts))


def plain_k_means(corpus: Corpus, seed: int) -> tuple[Labels, Words, None]:
    """K-means on the embeddings, class-based TF-IDF: what this stage was before."""
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction

    model = BERTopic(
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=KMeans(corpus.number, random_state=seed, n_init=10),
        vectorizer_model=CountVectorizer(stop_words=stop_words(), token_pattern=TOKEN),
        language="multilingual",
    )
    return of_bertopic(model, corpus, embedded(corpus.texts))


def nmf(corpus: Corpus, seed: int) -> tuple[Labels, Words, None]:
    """Non-negative factors of TF-IDF."""
    weigher = TfidfVectorizer(
        stop_words=stop_words(), token_pattern=TOKEN, sublinear_tf=True, min_df=2
    )
    weights = weigher.fit_transform(corpus.texts)
    model = NMF(corpus.number, random_state=seed, init="nndsvda", max_iter=400)
    found = model.fit_transform(weights).argmax(axis=1)
    names = weigher.get_feature_names_out()
    words = [names[np.argsort(-row, kind="stable")[:N_WORDS]].tolist() for row in model.components_]
    return found, words, None


SYSTEMS: dict[str, Callable[[Corpus, int], tuple[Labels, Words, Any]]] = {
    "this stage": ours,
    "BERTopic, defaults": bertopic_defaults,
    "BERTopic, stop words out": bertopic_stop_words,
    "BERTopic, UMAP and k-means": bertopic_k_means,
    "k-means on embeddings": plain_k_means,
    "NMF on TF-IDF": nmf,
}


def coherence(words: Words, texts: Sequence[str]) -> float:
    """Mean NPMI of the topics; see above."""
    vocabulary = sorted({word for topic in words for word in topic})
    place = {word: n for n, word in enumerate(vocabulary)}
    counter = CountVectorizer(vocabulary=vocabulary, binary=True, token_pattern=r"(?u)\b\w[\w'’-]*")
    present = counter.transform(texts).astype(float)
    together = (present.T @ present).toarray() / len(texts)
    return float(np.mean([_npmi([place[w] for w in topic], together) for topic in words if topic]))


def _npmi(topic: list[int], together: Any) -> float:
    values = []
    for one, other in combinations(topic, 2):
        both, chance = together[one, other] + 1e-12, together[one, one] * together[other, other]
        values.append(np.log(both / chance) / -np.log(both) if chance else -1.0)
    return float(np.mean(values)) if values else 0.0


def diversity(words: Words) -> float:
    """Share of different words among the words of all topics."""
    every = [word for topic in words for word in topic]
    return len(set(every)) / max(len(every), 1)


def row(system: Callable[[Corpus, int], Any], corpus: Corpus) -> list[str]:
    """The cells of one system on one corpus."""
    runs, seconds = [], []
    for seed in range(SEED, SEED + SEEDS):
        started = time.process_time()
        runs.append(system(corpus, seed))
        seconds.append(time.process_time() - started)
    found = [labels for labels, _, _ in runs]
    between = np.mean([adjusted_rand_score(a, b) for a, b in combinations(found, 2)])
    within = [agreement for _, _, agreement in runs if agreement is not None]
    return [
        f"{np.mean([len(words) for _, words, _ in runs]):.0f}",
        f"{np.mean([coherence(words, corpus.texts) for _, words, _ in runs]):.3f}",
        f"{np.mean([diversity(words) for _, words, _ in runs]):.3f}",
        _mean([normalized_mutual_info_score(corpus.labels, f) for f in found])
        if corpus.labels is not None else "–",
        _mean([max((f == n).mean() for n in set(f.tolist()) if n >= 0) if (f >= 0).any() else 0.0
               for f in found]),
        _mean([(f < 0).mean() for f in found]),
        f"{np.mean(within) if within else between:.2f}",
        f"{np.mean(seconds):.1f}",
    ]  # fmt: skip


def _mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f}"


def compare(name: str, corpus: Corpus, *, without: Sequence[str] = ()) -> None:
    """Print the table of one corpus."""
    print(f"\n**{name}**: {len(corpus.texts):,} texts\n")
    print("| | topics | NPMI | diversity | NMI | largest | outliers | five seeds | CPU s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for system, fit in SYSTEMS.items():
        if system not in without:
            print(f"| {system} | {' | '.join(row(fit, corpus))} |", flush=True)


def m10(data: Path) -> Corpus:
    """The titles with their fields; each is a review of its own."""
    texts = (data / "topics" / "M10" / "corpus.txt").read_text("utf-8").splitlines()
    labels = (data / "topics" / "M10" / "labels.txt").read_text("utf-8").split()
    return Corpus(texts, np.arange(len(texts)), np.array(labels))


def example(outputs: Path, *, held_out: bool) -> pd.DataFrame:
    """Redacted passages of the example's held-out, or other, reviews, with a column `words`."""
    names = tomllib.loads((STUDY / "study.toml").read_text("utf-8"))["evaluate"]["held_out"]
    kept = set(Register(STUDY / "private").numbers(names).values())
    found = {int(p.stem) for p in (outputs / "redact").glob("*.parquet") if p.stem.isdecimal()}
    numbers = sorted(found & kept if held_out else found - kept)
    at = outputs / "redact"
    passages = contracts.read_all([at / f"{n}.parquet" for n in numbers], contracts.REDACTED)
    roles = contracts.read_all([at / f"{n}.roles.parquet" for n in numbers], contracts.ROLES_TABLE)
    return passages.assign(words=topic_texts(passages, roles))


def as_corpus(passages: pd.DataFrame) -> Corpus:
    """The passages that topics are fitted to."""
    used = passages[(passages["words"] != "") & passages["repeats"].isna()]
    return Corpus(used["words"].tolist(), used["review_id"].to_numpy(dtype=np.int64))


def quality(data: Path, outputs: Path, minilm: Path | None) -> None:
    """Print all tables of quality."""
    if minilm:
        SYSTEMS["BERTopic as it comes"] = bertopic_with(minilm)
    titles = m10(data)
    order = np.random.default_rng(SEED).permutation(len(titles.texts))
    second = titles.part(np.sort(order[len(order) // 2 :]))
    development = as_corpus(example(outputs, held_out=False))
    few = np.random.default_rng(SEED).choice(len(development.texts), 200, replace=False)
    few_texts = development.part(np.sort(few))
    bertopic_defaults(few_texts, SEED)  # Compiles numba's functions, which is no fit's work.
    no_stop_words = ["BERTopic, stop words out"]  # The titles have none to begin with.
    compare("M10, second half (held out)", second, without=no_stop_words)
    compare("Example, held-out reviews", as_corpus(example(outputs, held_out=True)))
    compare("Example, 200 passages of development reviews", few_texts)
    compare("All of M10 (half of it developed on)", titles, without=no_stop_words)
    compare("Example, development reviews", development)


def made_of(passages: pd.DataFrame, n: int) -> pd.DataFrame:
    """As many passages as asked for, of the words of some."""
    chance = np.random.default_rng(SEED)
    words = [np.array(text.split()) for text in passages["text"]]
    every = np.concatenate(words)
    base = chance.integers(len(words), size=n)
    texts = []
    for at in base:
        own, size = words[at], len(words[at])
        mixed = np.where(
            chance.random(size) < 0.8, own[chance.integers(size, size=size)],
            every[chance.integers(len(every), size=size)],
        )  # fmt: skip
        texts.append(" ".join(mixed))
    rows = passages.iloc[base].drop(columns="words").reset_index(drop=True)
    return rows.assign(
        review_id=np.arange(n) // PASSAGES_OF_A_REVIEW + 1,
        passage_id=[f"p{at:07}" for at in range(n)],
        ordinal=np.arange(n) % PASSAGES_OF_A_REVIEW,
        text=texts,
    )


def one_size(outputs: Path, n: int) -> None:
    """Print the row of one size."""
    used = example(outputs, held_out=False)
    passages = made_of(used[(used["words"] != "") & used["repeats"].isna()], n)
    codebook = read_codebook(PROJECT / "codebooks" / "dhr.toml")
    roles = contracts.ROLES_TABLE.frame()
    topics(passages.head(100), roles, codebook, embedder=embedder("wordllama"))  # Imports.
    before = time.process_time()
    found = topics(passages, roles, codebook, embedder=embedder("wordllama"))
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    number = int((found.topics["topic"] >= 0).sum())
    agreement = found.runs["adjusted_rand"].mean()
    print(f"| {n:,} | {number} | {agreement:.2f} | {seconds:.1f} | {peak:,.0f} |", flush=True)


def scale(outputs: Path) -> None:
    """Print CPU seconds and memory of all sizes."""
    print("| passages | topics | five seeds | CPU s | MB at the most |\n|---|---|---|---|---|",
          flush=True)  # fmt: skip
    for n in SIZES:
        subprocess.run([sys.executable, __file__, str(outputs), "--one", str(n)], check=True)


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("outputs", type=Path, help="outputs of the example study")
    parser.add_argument("--minilm", type=Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--scale", action="store_true", help="CPU and memory by size")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    warnings.filterwarnings("ignore")
    if asked.one:
        one_size(asked.outputs, asked.one)
    elif asked.scale:
        scale(asked.outputs)
    elif data := os.environ.get("DHR_REFERENCE_DATA"):
        quality(Path(data), asked.outputs, asked.minilm)
    else:
        sys.exit("set DHR_REFERENCE_DATA to the folder that has topics/M10")


if __name__ == "__main__":
    main()
