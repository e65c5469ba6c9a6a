"""What was learnt about a codebook's codes from coded passages: how probable each is, and why.

One logistic regression for each code looks at the words and pairs of words of a passage, at its
heading and section, and at what the rules of the code find in it. Two others, common to all codes,
tell a finding from its denial, from praise and from a wish, and whom it is about. The weights stand
beside the codebook (`dhr.toml`, `dhr.model.npz`); codebooks/passages/train.py makes that file, and
docs/coding.md explains the method.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.codebook import model_path
from pipeline.errors import BadSettings
from pipeline.tag.encoder import POLARITIES, Encoder
from pipeline.tag.regression import NOTHING_LEARNT, Regression
from pipeline.tag.second_look import NO_TREES, Trees, features
from pipeline.tag.weights import DAMAGED, arrays_of, record_of

RULES = ("indicator", "pattern", "weak indicator")
"""Kinds of rule finds, in the order of `CodingModel.rules`."""
BEGINNING = 5
"""Letters of a word that are left when it is cut short."""
MOST_FINDS = 2
"""How often finds of one kind count at the most, in one passage."""
TEXT_SCALE, HEADING_SCALE, RULE_SCALE = 2.8, 0.7, 1.5
"""How much each part weighs before anything is learnt; found by cross-validation."""
DECIMALS = 3
"""Probabilities are rounded before they are compared with a threshold, so that the order of
summation on another machine cannot move a coding over it."""
NEEDS_HUMANS = 0.6
"""Kappa under which a code's machine codings need a human coder (Landis and Koch 1977,
Biometrics 33, call what is above substantial)."""
FEWEST_POSITIVES = 20
"""Passages with the code under which its kappa is too uncertain to trust: among 20 the standard
error of the share that is found is about 0.11, so that 0.6 cannot be told from 0.4."""

# What redaction put in place of a name says nothing about a code.
_WORD = re.compile(r"\[[A-Z][^\[\]]*\]|[a-z]+(?:['’][a-z]+)?", re.IGNORECASE)

Array = NDArray[Any]


class Seen(NamedTuple):
    """What a model sees of a review's passages, in reading order.

    texts: people by role (`Reading.as_read`); words: `CodingModel.words` of them; headings: pairs
    of nearest heading and section role; finds: of each code's rules, shape (n, codes, kinds of
    RULES); likeness: to the codes' prototypes, of the likest sentence, shape (n, codes); read:
    log-odds by the encoder, shape (n, codes); polarities: what it says of each polarity, shape (n,
    codes, polarities).
    """

    texts: Sequence[str]
    words: csr_matrix
    headings: Sequence[tuple[str, str]]
    finds: Array
    likeness: Array
    read: Array
    polarities: Array


class Term(NamedTuple):
    """Something that the regression knows by name, and where it stands in the text."""

    name: str
    start: int
    end: int


def terms(text: str) -> list[Term]:
    """The words of a text, its pairs of words, and the same with long words cut short.

    Lower case; numbers and replacements are left out. Cut words stand for their inflections.
    """
    words = [
        Term(m[0].lower().replace("’", "'"), m.start(), m.end())
        for m in _WORD.finditer(text)
        if m[0][0] != "["
    ]
    cut = [
        Term(w.name[:BEGINNING] + "-" * (len(w.name) > BEGINNING), w.start, w.end) for w in words
    ]
    whole = words + _pairs(words)
    known = set(whole)
    return whole + [term for term in cut + _pairs(cut) if term not in known]


def _pairs(words: list[Term]) -> list[Term]:
    return [Term(f"{a.name} {b.name}", a.start, b.end) for a, b in pairwise(words)]


def text_terms(text: str) -> list[str]:
    """What the regression sees of a passage's text."""
    return [term.name for term in terms(text)]


def heading_terms(heading_and_role: tuple[str, str]) -> list[str]:
    """What it sees of the nearest heading and of the section role."""
    heading, role = heading_and_role
    words = [m[0].lower() for m in _WORD.finditer(heading) if m[0][0] != "["]
    return [*words, f"role={role}"]


def rule_counts(finds: Array) -> Array:
    """What it sees of the numbers of finds by the code's rules, shape (…, kinds)."""
    return RULE_SCALE * np.minimum(finds, MOST_FINDS)


class Why(NamedTuple):
    """What of a passage speaks for a code: name of each term → its share of the log-odds."""

    shares: Mapping[str, float]

    def weight(self, text: str) -> float:
        """How much a part of the passage speaks for the code."""
        return sum(self.shares.get(name, 0.0) for name in sorted(set(text_terms(text))))

    def heaviest(self, text: str) -> list[Term]:
        """The terms of a part of the passage that speak for the code, heaviest first, none twice.

        Those that share a word with a heavier one are left out.
        """
        found = [term for term in terms(text) if self.shares.get(term.name, 0.0) > 0]
        found.sort(key=lambda t: (-self.shares[t.name], t.start))
        kept: list[Term] = []
        for term in found:
            if not any(term.start < k.end and k.start < term.end for k in kept):
                kept.append(term)
        return kept


@dataclass(frozen=True)
class CodingModel:
    """The weights; all arrays, so that the file holds nothing that could be run.

    codes: ids of the codes that it knows, shape (codes,)
    thresholds: the probability from which a code is applied, shape (codes,)
    terms, idf: vocabulary of texts and inverse document frequencies, shape (terms,)
    heading_terms, heading_idf: the same of headings and section roles
    weights, heading_weights: whole numbers of `scale`, shape (terms, codes)
    scale: log-odds for each unit of `weights` and `heading_weights`, shape (codes,)
    rules: weights of the finds of each kind, shape (codes, kinds of RULES)
    intercept: log-odds of a passage in which nothing is found, shape (codes,)
    calibration: slope and intercept that turn log-odds into those of the passages kept aside
    polarity, subject: what tells them of each coding; where nothing was learnt, rules do
    trees: the second look (`pipeline.tag.second_look`); without any, regressions have the last word
    kappas, positives: Cohen's kappa with the coder of the texts aside, coded by a model that had
        not seen them, and how many of their passages have the code, shape (codes,)
    encoder: the graph of `pipeline.tag.encoder`, as bytes; without any nothing is read
    """

    codes: Array
    thresholds: Array
    terms: Array
    idf: Array
    heading_terms: Array
    heading_idf: Array
    weights: Array
    heading_weights: Array
    scale: Array
    rules: Array
    intercept: Array
    calibration: Array
    kappas: Array
    positives: Array
    encoder: Array
    polarity: Regression = NOTHING_LEARNT
    subject: Regression = NOTHING_LEARNT
    trees: Trees = NO_TREES

    def words(self, texts: Sequence[str]) -> csr_matrix:
        """The terms of passages as they are weighed, shape (n, terms)."""
        if not texts or not len(self.terms):
            return csr_matrix((len(texts), len(self.terms)))
        return csr_matrix(self._texts.transform(texts))

    def probabilities(
        self, words: csr_matrix, headings: Sequence[tuple[str, str]], finds: Array
    ) -> Array:
        """How probable each code is in each passage, by the regressions, shape (n, codes).

        `words` are those of the passages, as `words` gives them, and `headings` pairs of heading
        and section role; `finds` counts the finds of each code's rules, shape (n, codes, kinds of
        RULES).
        """
        if not headings:
            return np.zeros((0, len(self.codes)))
        odds = words @ (TEXT_SCALE * self._weights)
        odds += self._headings.transform(headings) @ (HEADING_SCALE * self._heading_weights)
        odds += (rule_counts(finds) * self.rules).sum(axis=2) + self.intercept
        slope, intercept = self.calibration
        return np.asarray(np.round(expit(slope * odds + intercept), DECIMALS))

    def look_again(self, seen: Seen) -> Array:
        """How probable each code is in each passage of a review, with all that is known of it.

        Shape (n, codes).
        """
        return self.second_look(seen)[1]

    def second_look(self, seen: Seen) -> tuple[Array, Array]:
        """What trees see of a review's passages (`second_look.features`), and what they say."""
        probable = self.probabilities(seen.words, seen.headings, seen.finds)
        shown = features(
            log_odds(probable), seen.read, seen.likeness, seen.finds, seen.headings, seen.texts
        )
        if len(self.trees.roots) and seen.texts:
            probable = np.round(expit(self.trees.odds(shown)), DECIMALS)
        return shown, probable

    def read(self, texts: Sequence[str], headings: Sequence[tuple[str, str]]) -> Array:
        """What the encoder says of each code in each passage; see `Encoder.read`."""
        if self._encoder is None or not texts:
            return np.zeros((len(texts), len(self.codes), 1 + len(POLARITIES)))
        return self._encoder.read(texts, headings)

    def why(self, row: csr_matrix, code: str) -> Why:
        """Which words of a passage speak for a code, and against it; `row` is one of `words`."""
        shares = row.data * self._weights[row.indices, self.column[code]]
        return Why(
            dict(zip(self.terms[row.indices].tolist(), shares.round(5).tolist(), strict=True))
        )

    @cached_property
    def column(self) -> dict[str, int]:
        """Code id → its place."""
        return {str(code): n for n, code in enumerate(self.codes)}

    @cached_property
    def _texts(self) -> TfidfVectorizer:
        return _vectorizer(text_terms, self.terms, self.idf)

    @cached_property
    def _headings(self) -> TfidfVectorizer:
        return _vectorizer(heading_terms, self.heading_terms, self.heading_idf)

    @cached_property
    def _encoder(self) -> Encoder | None:
        return Encoder(self.encoder.tobytes()) if len(self.encoder) else None

    @cached_property
    def _weights(self) -> Array:
        return self.weights * self.scale

    @cached_property
    def _heading_weights(self) -> Array:
        return self.heading_weights * self.scale

    def to_bytes(self) -> bytes:
        """The model as a file."""
        file = io.BytesIO()
        np.savez_compressed(file, **arrays_of(self))  # type: ignore[arg-type]
        return file.getvalue()


def read_model(codebook: Path) -> CodingModel | None:
    """The model beside a codebook; None where there is none.

    Raises `BadSettings` when the file is no model.
    """
    path = model_path(codebook)
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return record_of(
                CodingModel, arrays, polarity=Regression, subject=Regression, trees=Trees
            )
    except DAMAGED:
        raise BadSettings(
            f"{path.name} beside the codebook is no coding model of this version; make it again "
            "(docs/coding.md says how), or delete it to code by rules alone"
        ) from None


def log_odds(probable: Array) -> Array:
    """Log-odds of probabilities that were rounded to `DECIMALS`."""
    clipped = np.clip(probable, 0.0005, 0.9995)
    return np.asarray(np.log(clipped / (1 - clipped)))


def reliability(model: CodingModel | None, codes: Sequence[str]) -> pd.DataFrame:
    """How far each code's machine codings can be trusted: code, kappa, n_positives, needs_human.

    One row for each of `codes`, in their order. A code needs a human coder when its kappa is under
    `NEEDS_HUMANS` or comes from fewer than `FEWEST_POSITIVES` passages; so does every code that no
    model knows, whose kappa is null.
    """
    columns = {"kappa": "float64", "n_positives": "int64"}
    known = pd.DataFrame(
        {"kappa": model.kappas, "n_positives": model.positives} if model else {},
        index=[str(code) for code in model.codes] if model else [],
        columns=list(columns),
    )
    found = known.reindex(list(codes)).fillna({"n_positives": 0}).astype(columns)
    sure = (found["kappa"] >= NEEDS_HUMANS) & (found["n_positives"] >= FEWEST_POSITIVES)
    return found.assign(needs_human=~sure).rename_axis("code").reset_index()


def _vectorizer(analyzer: Any, vocabulary: Array, idf: Array) -> TfidfVectorizer:
    vectorizer = TfidfVectorizer(
        analyzer=analyzer, vocabulary=vocabulary.tolist(), sublinear_tf=True
    )
    vectorizer.idf_ = idf.astype(float)
    return vectorizer


def polarity_features(
    sentence: str, around: Iterator[tuple[str, frozenset[str]]], **known: object
) -> list[str]:
    """What the regression of polarity sees: words of the sentence, cues in it and beside it."""
    omission = known["omission"]
    found = {f"word {term}" for term in text_terms(sentence)}
    found |= {f"{name} {value}" for name, value in known.items()}
    found |= {f"{name} {value} {omission}" for name, value in known.items() if name != "omission"}
    for place, cues in around:
        found |= {f"{place} {cue}" for cue in cues}
        found |= {f"{place} {cue} {omission}" for cue in cues}
    return sorted(found)
