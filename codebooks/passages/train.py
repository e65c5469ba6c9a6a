"""Makes the model of a codebook, and says how well it does on texts kept aside.

    python codebooks/passages/train.py ENCODER

ENCODER is the file that encoder.py wrote. It and the regressions over words learnt from the
passages in dhr/; what both say of the texts aside (`ASIDE`), which they have not seen, teaches the
second look. The figures are of these texts, told by trees of others of them, and of the example's
reviews of development, from which only the common threshold is taken.
docs/coding.md explains the method.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupKFold

import codebooks
from pipeline.aggregate.review_evidence import evidence
from pipeline.aggregate.units import COUNTED_LAYERS
from pipeline.codebook import Codebook, model_path, read_codebook
from pipeline.contracts import REDACTED, ROLES_TABLE
from pipeline.evaluate.gold import development_sources, second_coding
from pipeline.evaluate.markup import Block, Coding, Source, parse
from pipeline.models import embedder
from pipeline.review.reliability import kappa
from pipeline.tag.coder import Coder, Reading, polarity_seen, seen, subject_seen
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
from pipeline.tag.regression import ALWAYS, Regression, both
from pipeline.tag.second_look import Trees, features, learn_trees
from pipeline.vocabulary import MACHINE, ROLES

HERE = Path(__file__).parent
CODEBOOK = Path(codebooks.__file__).with_name("dhr.toml")
EXAMPLE = HERE.parent.parent / "corpus/example"
ASIDE = "s"
"""Texts whose names begin so teach the second look alone, which has to learn from what encoder and
regressions say of texts that they have not seen."""
FOLDS = 5
"""Parts of the texts aside; the second look at each is measured by trees of the others."""
CODABLE = ("P", "L", "T", "R")
"""Kinds of blocks that can be coded; the header of a table cannot."""
KINDS = {"L": "list-item", "T": "table-row"}
"""The kinds of passage that they are; the others are paragraphs."""
RAREST, MOST_TERMS = 2, 40_000
"""Terms of fewer passages are left out; of the others the most frequent are kept."""
STRENGTH, POLARITY_STRENGTH, SUBJECT_STRENGTH = 2.0, 0.1, 0.3
"""Inverse strength of the L2 penalty."""
PLAIN = 2.0
"""What a plain sentence of the codebook weighs beside a coding of the texts aside, where it is
learnt how regression and encoder tell polarities together; the encoder takes most for denials."""
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
    """The texts that the model learns from, those aside included, or those in `check`."""
    return [parse(path.read_text("utf-8")) for path in sorted((HERE / folder).glob("*.txt"))]


def is_aside(source: Source) -> bool:
    """Whether a text is one of those aside."""
    return source.meta["id"].startswith(ASIDE)


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
    blocks, header = [], None
    for block in source.printed:
        if block.kind == "T":
            block = replace(block, text=block.text.replace("|", " | "))
        if block.header:
            header = block.text
        elif block.kind in CODABLE:
            blocks.append((block, header if block.kind == "T" else None))
    frame = REDACTED.frame(
        {
            "review_id": 1, "passage_id": f"{n:05}", "document_id": "d", "ordinal": n,
            "heading_path": block.section, "section_role": block.role, "role_confidence": 1.0,
            "kind": KINDS.get(block.kind, "paragraph"), "table_header": header,
            "number": block.number if block.kind in ("P", "R") else None,
            "text": block.text,
        }
        for n, (block, header) in enumerate(blocks)
    )  # fmt: skip
    roles = ROLES_TABLE.frame(
        {"review_id": 1, "label": label, "role": role, "evidence": "declared"}
        for label, role in source.roles.items()
        if role in ROLES
    )
    read = Reading(frame, roles, coder)
    right = [{c.code: c for c in blocks[int(n)][0].codes} for n in read.kept["passage_id"]]
    return read, right


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
    return model.probabilities(model.words(known.texts), known.headings, known.finds)


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


def figures_at_best(probable: Array, known: Coded) -> str:
    """The figures at the common threshold that is best for them."""
    return figures(known.right, probable >= common_threshold(probable, known.right))


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
    words = model.words(known.texts)
    rows_of = ((group, one, n, row) for group, (one, rows) in enumerate(read)
               for n, row in enumerate(rows))  # fmt: skip
    for passage, (group, one, n, row) in enumerate(rows_of):
        layer = one.passages[n]["layer"]
        for column in np.flatnonzero(applied[passage] | known.right[passage]):
            code, here = str(model.codes[column]), known.polarities[passage, column]
            this = partial(Told, group, (passage, int(column)), layer, here)
            why = model.why(words[passage], code)
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


def presence(
    read: Sequence[Read], applied: Array, told: Sequence[Told], says: Sequence[str | None],
    codebook: Codebook,
) -> Iterator[str]:  # fmt: skip
    """How well what the model finds tells the codes and themes of a text, for some `SHARES`.

    applied: how probable each code is that the model applies, else 0, shape (n, codes); says: of
    each of `told` its polarity.
    """
    codes = list(codebook.codes)
    theme = {code.id: code.theme for code in codebook.code}
    of_theme = [
        [n for n, code in enumerate(codes) if theme[code] == one] for one in codebook.themes
    ]
    there = np.zeros((len(read), len(codes)), dtype=bool)
    for group, (one, rows) in enumerate(read):
        for n, row in enumerate(rows):
            if one.passages[n]["layer"] in COUNTED_LAYERS:
                for code, right in row.items():
                    there[group, codes.index(code)] |= right.polarity == "present"
    codings = pd.DataFrame(
        [
            (coding.group, theme[codes[column]], codes[column], n, applied[n, column], MACHINE)
            for coding, said in zip(told, says, strict=True)
            for n, column in (coding.place,)
            if coding.layer in COUNTED_LAYERS and said == "present" and applied[n, column]
        ],
        columns=["review_id", "theme", "code", "passage_id", "score", "coder"],
    )
    for share in SHARES:
        told_of = evidence(codings, share=share)
        found = np.zeros(there.shape, dtype=bool)
        for group, _, code in told_of.index[told_of["expected"] >= told_of["enough"]]:
            found[group, codes.index(code)] = True
        of_themes = [
            np.stack([cells[:, columns].any(axis=1) for columns in of_theme])
            for cells in (there, found)
        ]
        yield (
            f"present from a share of {share}: codes {kappa(there, found):.3f}, "
            f"themes {kappa(*of_themes):.3f}"
        )


def words_told(
    polarities: Sequence[Told], of_polarities: Regression, together: Sequence[str],
    subjects: Sequence[Told], of_subjects: Regression,
) -> str:  # fmt: skip
    """How well both are told; `together`: the polarities by regression and encoder."""
    alone = [of_polarities.says(one.features) for one in polarities]
    about = [of_subjects.says(one.features) for one in subjects]
    return (
        f"polarity {told_figures(polarities, together)}, "
        f"the regression alone {told_figures(polarities, alone)}; "
        f"subject {told_figures(subjects, about)}"
    )


def learn_together(
    aside: Sequence[Told], plain: Sequence[Told], polarity: Regression
) -> tuple[Array, list[str], list[str]]:
    """`Regression.together`, learnt from what neither regression nor encoder has seen.

    And what they say of the texts aside, and of the plain sentences, weighed by others of these.
    """
    every = [*aside, *plain]
    seen = np.array(
        [both(polarity.log_probabilities(one.features), one.read)[:-1] for one in every]
    )
    texts = 1 + max(one.group for one in aside)
    groups = [one.group for one in aside] + [texts + one.group for one in plain]
    right = np.array([one.right or "" for one in every])
    weights = np.repeat([1.0, PLAIN], [len(aside), len(plain)]) * (right != "")
    says = np.empty(len(every), dtype=polarity.labels.dtype)

    def fitted(rows: Array) -> LogisticRegression:
        rows = rows[weights[rows] > 0]
        model = LogisticRegression(max_iter=2000)
        return model.fit(seen[rows], right[rows], sample_weight=weights[rows])

    for rows, kept in GroupKFold(FOLDS).split(seen, groups=groups):
        says[kept] = fitted(rows).predict(seen[kept])
    model = fitted(np.arange(len(every)))
    learnt = np.vstack([model.coef_.T, model.intercept_]).round(4)
    return learnt, says[: len(aside)].tolist(), says[len(aside) :].tolist()


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


def plain_sentences(model: CodingModel, coder: Coder) -> list[Told]:
    """The polarities of the sentences that the codebook gives for its codes, each code a text."""
    sources = [
        Source(
            {},
            tuple(
                Block("P", section="Analysis", role="analysis", text=text,
                      codes=(Coding(code.id, "present", None),))
                for text in (*code.match, *code.prototypes)
            ),
        )
        for code in coder.codebook.code
    ]  # fmt: skip
    read = [reading(source, coder) for source in sources]
    known = coded(read, model)
    return told(read, known, known.right, model)[0]


def threshold_of_each(probable: Array, known: Coded) -> str:
    """Whether a threshold for each code, chosen by F1 on half of the texts, does better."""
    chosen_on, other = (np.flatnonzero(known.groups % 2 == n) for n in (0, 1))
    common = np.full(
        known.right.shape[1], common_threshold(probable[chosen_on], known.right[chosen_on])
    )
    own = [
        max(
            GRID,
            key=lambda t, n=n: f1_score(known.right[chosen_on, n], probable[chosen_on, n] >= t),
        )
        for n in range(len(common))
    ]
    lines = (
        f"{name} {figures(known.right[other], probable[other] >= thresholds)}, macro F1 "
        f"{f1_score(known.right[other], probable[other] >= thresholds, average='macro'):.3f}"
        for name, thresholds in (("common threshold", common), ("one for each code", own))
    )
    return f"on the other half of the texts: {'; '.join(lines)}"


def kept_aside(model: CodingModel, coder: Coder) -> str:
    """How well a model does on the texts that nothing was learnt from, and nothing chosen on."""
    known = coded([reading(source, coder) for source in passages("check")], model)
    says = told_again(model, known) >= model.thresholds
    return f"{len(known.texts)} passages kept aside: {figures(known.right, says)}"


def main() -> None:
    """Learn, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("encoder", type=Path, help="file that encoder.py wrote")
    encoder = np.frombuffer(parser.parse_args().encoder.read_bytes(), dtype=np.uint8)
    codebook = read_codebook(CODEBOOK)
    codes = list(codebook.codes)
    print(agreement(codes))
    coder = Coder(codebook, embedder("wordllama"))
    sources = passages()
    read_others, read_aside = (
        [reading(source, coder) for source in sources if is_aside(source) == aside]
        for aside in (False, True)
    )
    read_development = [reading(source, coder) for source in development()]
    nothing = blank(codes)
    with_encoder = replace(nothing, encoder=encoder)
    others, aside = coded(read_others, nothing), coded(read_aside, with_encoder)
    check = coded(read_development, with_encoder)
    for name, some in (("learnt from", others), ("aside", aside)):
        print(f"{name}: {len(np.unique(some.groups))} texts, {len(some.texts)} passages, "
              f"{some.right.sum()} codings")  # fmt: skip

    model = replace(learn(others, codes), encoder=encoder)
    found = probabilities(model, aside)
    calibration = calibrate(found, aside.right)
    found = expit(calibration[0] * log_odds(found) + calibration[1]).round(DECIMALS)
    print(f"aside, first look: {figures_at_best(found, aside)}")
    print(f"aside, encoder alone: {figures_at_best(expit(aside.read), aside)}")

    seen_aside = second_look(found, aside)
    trees = trees_of(seen_aside, aside.right)
    model = replace(model, calibration=calibration, trees=trees)
    found = looked_again(seen_aside, aside)
    print(f"aside, second look: {figures_at_best(found, aside)}")
    print(f"development, encoder alone: {figures_at_best(expit(check.read), check)}")
    print(f"development, first look: {figures_at_best(probabilities(model, check), check)}")
    probable = told_again(model, check)
    common = common_threshold(probable, check.right)
    model = replace(
        model, thresholds=np.full(len(codes), common), positives=aside.right.sum(axis=0),
        kappas=kappas(aside.right, found >= common),
    )  # fmt: skip
    print(f"common threshold {common}, calibration {calibration}")
    print(threshold_of_each(found, aside))
    rules = check.finds.sum(axis=2) > 0
    for name, applied in (("rules", rules), ("model", probable >= common)):
        print(f"development, {name}: {figures(check.right, applied)}")

    found, probable = (one * (one >= common) for one in (found, probable))
    of_others = told(read_others, others, others.right, model)
    of_aside = told(read_aside, aside, found > 0, model)
    strengths = POLARITY_STRENGTH, SUBJECT_STRENGTH
    polarity, subject = map(learn_to_tell, of_others, strengths)
    plain = plain_sentences(model, coder)
    weighed, says, of_plain = learn_together(of_aside[0], plain, polarity)
    print(f"aside: {words_told(of_aside[0], polarity, says, of_aside[1], subject)}")
    alone = [polarity.says(one.features) for one in plain]
    print(f"plain sentences: {told_figures(plain, of_plain)}; "
          f"the regression alone {told_figures(plain, alone)}")  # fmt: skip
    print(*presence(read_aside, found, of_aside[0], says, codebook), sep="\n")
    of_all = [[*some, *more] for some, more in zip(of_others, of_aside, strict=True)]
    polarity, subject = map(learn_to_tell, of_all, strengths)
    polarity = replace(polarity, together=weighed)
    model = replace(model, polarity=polarity, subject=subject)
    polarities, subjects = told(read_development, check, probable > 0, model)
    says = [str(polarity.says(one.features, one.read)) for one in polarities]
    print(f"development: {words_told(polarities, polarity, says, subjects, subject)}")
    print(*presence(read_development, probable, polarities, says, codebook), sep="\n")
    model_path(CODEBOOK).write_bytes(model.to_bytes())
    print(kept_aside(model, coder))


if __name__ == "__main__":
    main()
