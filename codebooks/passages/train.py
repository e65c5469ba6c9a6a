"""Makes the model of a codebook, and says how well it does on texts kept aside.

    python codebooks/passages/train.py READ

It learns from the passages in dhr/, and from what encoders read in them: READ is the folder that
encoder.py filled. The figures are of a cross-validation, each text coded by a
model that has not seen it, and of the example's reviews of development, from which only the common
threshold is taken. docs/coding.md explains the method.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupKFold

import codebooks
from pipeline.aggregate.units import COUNTED_LAYERS
from pipeline.codebook import Codebook, model_path, read_codebook
from pipeline.contracts import LEAST, REDACTED, ROLES_TABLE
from pipeline.evaluate.gold import development_sources, second_coding
from pipeline.evaluate.markup import Coding, Source, parse
from pipeline.models import embedder
from pipeline.review.reliability import kappa
from pipeline.tag.coder import Coder, Reading, polarity_seen, seen, subject_seen
from pipeline.tag.encoder import DECIMALS as READ_DECIMALS
from pipeline.tag.layers import codable
from pipeline.tag.model import (
    DECIMALS,
    HEADING_SCALE,
    RULES,
    TEXT_SCALE,
    Array,
    CodingModel,
    heading_terms,
    log_odds,
    rule_counts,
    text_terms,
)
from pipeline.tag.regression import ALWAYS, NOTHING_LEARNT, Regression
from pipeline.tag.second_look import Trees, features, learn_trees

HERE = Path(__file__).parent
CODEBOOK = Path(codebooks.__file__).with_name("dhr.toml")
EXAMPLE = HERE.parent.parent / "corpus/example"
FOLDS = 5
CODABLE = ("P", "L", "T", "R")
"""Kinds of blocks that can be coded; the header of a table cannot."""
RAREST, MOST_TERMS = 2, 40_000
"""Terms of fewer passages are left out; of the others the most frequent are kept."""
STRENGTH, POLARITY_STRENGTH, SUBJECT_STRENGTH = 2.0, 0.1, 0.3
"""Inverse strength of the L2 penalty."""
GRID = np.round(np.arange(0.01, 0.6, 0.005), DECIMALS)
SHARES = (0.008, 0.009, 0.01, 0.011, 0.012, 0.013, 0.014, 0.015, 0.016, 0.018, 0.02)
"""What `contracts.SHARE` could be."""


Read = tuple[Reading, list[dict[str, Coding]]]
"""A text as the coder reads it, with the codings of each passage by code."""


@dataclass(frozen=True)
class Coded:
    """Passages of some texts: what the model sees, and what is right.

    groups: number of the text, shape (n,); finds: shape (n, codes, kinds); likeness, read and right
    (whether a code was applied): shape (n, codes); polarities, by the encoder: (n, codes, 4).
    """

    groups: Array
    texts: Sequence[str]
    headings: Sequence[tuple[str, str]]
    finds: Array
    likeness: Array
    read: Array
    polarities: Array
    right: Array

    def part(self, rows: Array) -> Coded:
        """Some of the passages."""
        return Coded(
            self.groups[rows], [self.texts[n] for n in rows], [self.headings[n] for n in rows],
            self.finds[rows], self.likeness[rows], self.read[rows], self.polarities[rows],
            self.right[rows],
        )  # fmt: skip


def passages(folder: str = "dhr") -> list[Source]:
    """The texts that the model learns from, or those kept aside, in `check`."""
    return [parse(path.read_text("utf-8")) for path in sorted((HERE / folder).glob("*.txt"))]


def agreement(codes: Sequence[str]) -> str:
    """How far a second coder agrees, on the texts that one coded."""
    told: list[tuple[list[bool], list[bool]]] = []
    for path in sorted((HERE / "dhr").glob("*.txt")):
        source = parse(path.read_text("utf-8"))
        if (second := second_coding(path, source)) is None:
            continue
        for n, block in enumerate(source.printed):
            if block.kind in CODABLE and not block.header:
                pair = ({c.code for c in some} for some in (block.codes, second.get(n, ())))
                told.append(tuple([code in some for code in codes] for some in pair))
    first, other = (np.array(coder) for coder in zip(*told, strict=True))
    return f"{len(first)} passages coded by two, kappa {kappa(first, other):.3f}"


def development() -> list[Source]:
    """The example's overview reports of development."""
    return [one for one in development_sources(EXAMPLE) if "Summary" not in one.meta["file"]]


def reading(source: Source, coder: Coder) -> Read:
    """A source as the coder would read it, with the coding of each code of each passage."""
    blocks = [
        b for b in source.printed
        if b.kind in CODABLE and not b.header
    ]  # fmt: skip
    frame = REDACTED.frame(
        {
            "review_id": 1, "passage_id": f"{n:05}", "document_id": "d", "ordinal": n,
            "heading_path": block.section, "section_role": block.role, "role_confidence": 1.0,
            "kind": "paragraph", "text": block.text.replace("|", " | ") if block.kind == "T"
            else block.text,
        }
        for n, block in enumerate(blocks)
    )  # fmt: skip
    roles = ROLES_TABLE.frame(
        {"review_id": 1, "label": label, "role": role, "evidence": "declared"}
        for label, role in source.roles.items()
        if role in ("victim", "perpetrator", "child")
    )
    kept = codable(frame)
    right = [{c.code: c for c in blocks[int(n)].codes} for n in kept["passage_id"]]
    return Reading(kept, roles, coder), right


def coded(read: Sequence[Read], model: CodingModel) -> Coded:
    """The passages of some texts, for the codes of a model."""
    parts = [seen(one, model) for one, _ in read]
    right = [[[code in row for code in model.codes] for row in rows] for _, rows in read]
    return Coded(
        np.repeat(np.arange(len(read)), [len(rows) for rows in right]),
        [text for part in parts for text in part.texts],
        [heading for part in parts for heading in part.headings],
        np.concatenate([part.finds for part in parts]),
        np.concatenate([part.likeness for part in parts]),
        np.concatenate([part.read for part in parts]),
        np.concatenate([part.polarities for part in parts]),
        np.concatenate([np.array(rows, dtype=bool) for rows in right]),
    )


def blank(codes: Sequence[str]) -> CodingModel:
    """A model that has learnt nothing yet."""
    none, words = np.zeros(0), np.zeros(0, dtype="<U1")
    return CodingModel(
        codes=np.array(codes), thresholds=np.full(len(codes), 0.5), terms=words, idf=none,
        heading_terms=words, heading_idf=none, weights=none, heading_weights=none, scale=none,
        rules=np.zeros((len(codes), len(RULES))), intercept=none, calibration=np.array([1.0, 0.0]),
        kappas=none, positives=none, encoder=np.zeros(0, dtype=np.uint8),
    )  # fmt: skip


def learn(known: Coded, codes: Sequence[str]) -> CodingModel:
    """A model of some passages: uncalibrated, without thresholds of its own."""
    vectorizer = partial(TfidfVectorizer, min_df=RAREST)
    texts = vectorizer(analyzer=text_terms, sublinear_tf=True, max_features=MOST_TERMS)
    headings = vectorizer(analyzer=heading_terms, sublinear_tf=True)
    matrix = hstack(
        [
            TEXT_SCALE * texts.fit_transform(known.texts),
            HEADING_SCALE * headings.fit_transform(known.headings),
        ]
    ).tocsr()
    rules = rule_counts(known.finds)
    fitted = Parallel(2, prefer="threads")(
        delayed(_regression)(hstack([matrix, csr_matrix(rules[:, n])]).tocsr(), known.right[:, n])
        for n in range(len(codes))
    )
    weights = np.stack([row for row, _ in fitted], axis=1)
    words, ends = len(texts.vocabulary_), len(texts.vocabulary_) + len(headings.vocabulary_)
    scale = np.abs(weights[:ends]).max(axis=0) / 127
    whole = np.round(weights[:ends] / scale).astype(np.int8)
    return replace(
        blank(codes), terms=texts.get_feature_names_out().astype(str), scale=scale,
        idf=texts.idf_.astype(np.float32), weights=whole[:words],
        heading_terms=headings.get_feature_names_out().astype(str),
        heading_idf=headings.idf_.astype(np.float32), heading_weights=whole[words:],
        rules=weights[ends:].T.round(4), intercept=np.array([b for _, b in fitted]).round(4),
    )  # fmt: skip


def _regression(matrix: csr_matrix, right: Array) -> tuple[Array, float]:
    model = LogisticRegression(C=STRENGTH, solver="liblinear", intercept_scaling=5, max_iter=300)
    model.fit(matrix, right)
    return model.coef_[0], float(model.intercept_[0])


def probabilities(model: CodingModel, known: Coded) -> Array:
    """How probable the model finds each code in each passage."""
    return model.probabilities(known.texts, known.headings, known.finds)


def cross_validated(known: Coded, codes: Sequence[str]) -> Array:
    """The probabilities that models give which have not seen the text."""
    found = np.zeros(known.right.shape)
    for seen_rows, kept in GroupKFold(FOLDS).split(found, groups=known.groups):
        model = learn(known.part(seen_rows), codes)
        found[kept] = probabilities(model, known.part(kept))
    return found


def calibrate(probable: Array, right: Array) -> Array:
    """Slope and intercept that make probabilities those of the passages (Platt 1999)."""
    fitted = LogisticRegression(C=1e6).fit(log_odds(probable).reshape(-1, 1), right.ravel())
    return np.array([fitted.coef_[0, 0], fitted.intercept_[0]]).round(4)


def second_look(probable: Array, known: Coded) -> Array:
    """What the trees see of passages that the regressions find so probable."""
    return np.concatenate(
        [
            features(
                log_odds(probable[rows]), part.read, part.likeness, part.finds, part.headings,
                part.texts,
            )
            for rows in (np.flatnonzero(known.groups == g) for g in np.unique(known.groups))
            for part in (known.part(rows),)
        ]
    )  # fmt: skip


def told_again(model: CodingModel, known: Coded) -> Array:
    """How probable the model finds each code after its second look."""
    seen = second_look(probabilities(model, known), known)
    return expit(model.trees.odds(seen)).round(DECIMALS)


def looked_again(seen: Array, known: Coded) -> Array:
    """The probabilities by trees that have not seen the text."""
    found = np.zeros(known.right.shape)
    for rows, kept in GroupKFold(FOLDS).split(found, groups=known.groups):
        trees = trees_of(seen[rows], known.right[rows])
        found[kept] = expit(trees.odds(seen[kept])).round(DECIMALS)
    return found


def trees_of(seen: Array, right: Array) -> Trees:
    """Trees of passages, all codes together."""
    return learn_trees(seen.reshape(-1, seen.shape[2]), right.ravel())


def kappas(right: Array, told: Array) -> Array:
    """Cohen's kappa of each code."""
    each = [kappa(right[:, n], told[:, n]) for n in range(right.shape[1])]
    return np.array(each).round(4)


def figures(right: Array, told: Array) -> str:
    """Kappa, precision and recall in words."""
    both = (right & told).sum()
    return (
        f"kappa {kappa(right, told):.3f}, precision {both / max(told.sum(), 1):.3f}, "
        f"recall {both / right.sum():.3f}"
    )


def common_threshold(probable: Array, right: Array) -> float:
    """The one threshold of all codes with the best kappa."""
    return float(max(GRID, key=lambda t: kappa(right, probable >= t)))


@dataclass(frozen=True)
class Told:
    """A word told of a coding: what the model sees, what rules say, what is right.

    place: passage and code; layer: of the passage; read: what the encoder says of each polarity;
    right: None where nobody gave the code, the model alone did.
    """

    group: int
    place: tuple[int, int]
    layer: str
    read: Array
    features: Sequence[str]
    rules: str | None
    right: str | None


def told(
    read: Sequence[Read], known: Coded, applied: Array, model: CodingModel
) -> tuple[list[Told], list[Told]]:
    """Polarities, and subjects, of the codings of some texts, whose passages are `known`.

    Each at the evidence that the coder would show for it; codings that have no subject tell none.
    `applied`, shape (n, codes): which codes the model applies; these have polarities, too.
    """
    polarities, subjects = [], []
    rows_of = ((group, one, n, row) for group, (one, rows) in enumerate(read)
               for n, row in enumerate(rows))  # fmt: skip
    for passage, (group, one, n, row) in enumerate(rows_of):
        text, layer = one.passages[n]["text"], one.passages[n]["layer"]
        for column in np.flatnonzero(applied[passage] | known.right[passage]):
            code, here = str(model.codes[column]), known.polarities[passage, column]
            this = partial(Told, group, (passage, int(column)), layer, here)
            why = model.why(model.row(text), code)
            for best in (one.finds.get((n, code)) or one.weighed(n, code, why))[:1]:
                coding = row.get(code)
                right = coding.polarity if coding else None
                polarities.append(this(polarity_seen(one, best), best.polarity, right))
                if coding and coding.subject:
                    subjects.append(this(subject_seen(one, best), best.subject, coding.subject))
    return polarities, subjects


def told_figures(told: Sequence[Told], says: Sequence[str | None]) -> str:
    """How many are right, the mean F1 of what is told, and how many the rules have right."""
    right = [(one, said) for one, said in zip(told, says, strict=True) if one.right]
    words, ours = [one.right for one, _ in right], [said for _, said in right]
    return (
        f"{len(right)}, right {accuracy_score(words, ours):.3f}, "
        f"macro F1 {f1_score(words, ours, average='macro'):.3f}, "
        f"by rules {np.mean([one.right == one.rules for one, _ in right]):.3f}"
    )


def told_aside(told: Sequence[Told], strength: float) -> list[Regression]:
    """For each a regression that has not seen the text."""
    found = [NOTHING_LEARNT] * len(told)
    for rows, kept in GroupKFold(FOLDS).split(told, groups=[one.group for one in told]):
        model = learn_to_tell([told[n] for n in rows], strength)
        for n in kept:
            found[n] = model
    return found


def presence(
    read: Sequence[Read], applied: Array, told: Sequence[Told], says: Sequence[str | None],
    codebook: Codebook,
) -> Iterator[str]:  # fmt: skip
    """How well what the model finds tells the codes and themes of a text, for some `SHARES`.

    applied: how probable each code is that the model applies, else 0, shape (n, codes); says: of
    each of `told` its polarity.
    """
    codes = list(codebook.codes)
    themes = np.array([codebook.codes[code].theme for code in codes])
    of_theme = [np.flatnonzero(themes == theme) for theme in np.unique(themes)]
    there = np.zeros((len(read), len(codes)), dtype=bool)
    expected = np.zeros(there.shape)
    for coding, said in zip(told, says, strict=True):
        if coding.layer in COUNTED_LAYERS and said == "present":
            expected[coding.group, coding.place[1]] += applied[coding.place]
    for group, (one, rows) in enumerate(read):
        for n, row in enumerate(rows):
            if one.passages[n]["layer"] in COUNTED_LAYERS:
                for code, right in row.items():
                    there[group, codes.index(code)] |= right.polarity == "present"
    for share in SHARES:
        found = expected >= np.maximum(LEAST, share * expected.sum(axis=1, keepdims=True))
        of_themes = [
            np.stack([cells[:, columns].any(axis=1) for columns in of_theme])
            for cells in (there, found)
        ]
        yield (
            f"present from a share of {share}: codes {kappa(there, found):.3f}, "
            f"themes {kappa(*of_themes):.3f}"
        )


def words_told(
    polarities: Sequence[Told], of_polarities: Iterable[Regression],
    subjects: Sequence[Told], of_subjects: Iterable[Regression],
) -> tuple[list[str | None], str]:  # fmt: skip
    """The polarities, as regressions and the encoder tell them together; and figures in words.

    For each word there is the regression that tells it.
    """
    pairs = list(zip(of_polarities, polarities, strict=False))
    together = [model.says(one.features, one.read) for model, one in pairs]
    alone = [model.says(one.features) for model, one in pairs]
    about = [
        model.says(one.features) for model, one in zip(of_subjects, subjects, strict=False)
    ]  # fmt: skip
    return together, (
        f"polarity {told_figures(polarities, together)}, "
        f"the regression alone {told_figures(polarities, alone)}; "
        f"subject {told_figures(subjects, about)}"
    )


def learn_to_tell(told: Sequence[Told], strength: float) -> Regression:
    """A regression that tells such words."""
    right = [one for one in told if one.right]
    vectors = DictVectorizer(dtype=np.float32)
    matrix = vectors.fit_transform([dict.fromkeys(one.features, 1.0) for one in right])
    often = np.asarray((matrix > 0).sum(axis=0)).ravel() >= RAREST
    fitted = LogisticRegression(C=strength, max_iter=2000)
    fitted.fit(matrix[:, often], [one.right for one in right])
    return Regression(
        labels=fitted.classes_.astype(str),
        names=np.append(vectors.get_feature_names_out()[often].astype(str), ALWAYS),
        weights=np.vstack([fitted.coef_.T, fitted.intercept_]).astype(np.float16),
    )


def kept_aside(model: CodingModel, coder: Coder) -> str:
    """How well a model does on the texts that nothing was learnt from, and nothing chosen on."""
    known = coded([reading(source, coder) for source in passages("check")], model)
    says = told_again(model, known) >= model.thresholds
    return f"{len(known.texts)} passages kept aside: {figures(known.right, says)}"


def main() -> None:
    """Learn, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("read", type=Path, help="folder that encoder.py filled")
    asked = parser.parse_args()
    encoder = np.frombuffer((asked.read / "encoder.onnx").read_bytes(), dtype=np.uint8)
    codebook = read_codebook(CODEBOOK)
    codes = list(codebook.codes)
    print(agreement(codes))
    coder = Coder(codebook, embedder("wordllama"))
    read = [reading(source, coder) for source in passages()]
    read_development = [reading(source, coder) for source in development()]
    with np.load(asked.read / "aside.npz") as aside_of:
        of_texts = np.concatenate([aside_of[source.meta["id"]] for source in passages()])
    of_texts = of_texts.round(READ_DECIMALS)
    known = replace(
        coded(read, blank(codes)), read=of_texts[:, :, 0], polarities=of_texts[:, :, 1:]
    )
    check = coded(read_development, replace(blank(codes), encoder=encoder))
    print(f"{len(known.texts)} passages of {len(read)} texts, {known.right.sum()} codings")

    aside = cross_validated(known, codes)
    calibration = calibrate(aside, known.right)
    aside = expit(calibration[0] * log_odds(aside) + calibration[1]).round(DECIMALS)
    print(f"cross-validated: {figures(known.right, aside >= common_threshold(aside, known.right))}")

    model = replace(learn(known, codes), calibration=calibration, encoder=encoder)
    # The trees learn from what regressions say that have not seen the text: so it is in use.
    seen_aside = second_look(aside, known)
    model = replace(model, trees=trees_of(seen_aside, known.right))
    aside = looked_again(seen_aside, known)
    best = common_threshold(aside, known.right)
    print(f"cross-validated, second look: {figures(known.right, aside >= best)}")
    probable = expit(check.read)
    best = common_threshold(probable, check.right)
    print(f"development, encoder alone: {figures(check.right, probable >= best)}")
    first = probabilities(model, check)
    best = common_threshold(first, check.right)
    print(f"development, first look: {figures(check.right, first >= best)}")
    probable = told_again(model, check)
    common = common_threshold(probable, check.right)
    model = replace(
        model, thresholds=np.full(len(codes), common), positives=known.right.sum(axis=0),
        kappas=kappas(known.right, aside >= common),
    )  # fmt: skip
    print(f"common threshold {common}, calibration {calibration}")
    rules = check.finds.sum(axis=2) > 0
    for name, says in (("rules", rules), ("model", probable >= common)):
        print(f"development, {name}: {figures(check.right, says)}")

    aside, probable = (found * (found >= common) for found in (aside, probable))
    polarities, subjects = told(read, known, aside > 0, model)
    model = replace(
        model, polarity=learn_to_tell(polarities, POLARITY_STRENGTH),
        subject=learn_to_tell(subjects, SUBJECT_STRENGTH),
    )  # fmt: skip
    says, line = words_told(
        polarities, told_aside(polarities, POLARITY_STRENGTH),
        subjects, told_aside(subjects, SUBJECT_STRENGTH),
    )  # fmt: skip
    print(f"cross-validated: {line}")
    print(*presence(read, aside, polarities, says, codebook), sep="\n")
    polarities, subjects = told(read_development, check, probable > 0, model)
    says, line = words_told(polarities, repeat(model.polarity), subjects, repeat(model.subject))
    print(f"development: {line}")
    print(*presence(read_development, probable, polarities, says, codebook), sep="\n")
    model_path(CODEBOOK).write_bytes(model.to_bytes())
    print(kept_aside(model, coder))


if __name__ == "__main__":
    main()
