"""Makes the regression of `pipeline.redact.declaration`, and says what it finds by itself.

    python tests/redact/declarations/train.py [--folds]

It learns from the declarations in development/, from the extracts beside them and from the
example's reviews of development. The figures are of the declarations in check/, from which nothing
is learnt; with --folds also of those it learns from, by cross-validation.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from pipeline.evaluate.gold import development_sources
from pipeline.evaluate.markup import Source, parse
from pipeline.redact import declaration
from pipeline.redact.declaration import FILE, Mention, mentions, vectors
from pipeline.redact.declared import USED, alone, declared_names

HERE = Path(__file__).parent
EXTRACTS = HERE.parent / "extracts/development"
EXAMPLE = HERE.parent.parent.parent / "corpus/example"
STRENGTH = 100.0
FOLDS = 5
SHORT = 2
"""So often a name must stand by itself in a declaration, which is shorter than a review."""


class Told(NamedTuple):
    """Texts with the names that are pseudonyms in them and the words that identify somebody."""

    texts: list[str]
    pseudonyms: frozenset[str]
    real: frozenset[str]
    whole: bool
    """Whether it is a whole review, where a pseudonym stands in many sentences that tell
    nothing."""


def declarations(part: str) -> list[Told]:
    """The declarations of a folder."""
    lines = [
        json.loads(line)
        for path in sorted((HERE / part).glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return [
        Told(
            line["passages"],
            frozenset(line["pseudonyms"]),
            frozenset(line["real"]) - frozenset(line["pseudonyms"]),
            whole=False,
        )
        for line in lines
    ]


def reviews() -> list[Told]:
    """Marked reviews; their roles list the pseudonyms and labels."""
    extracts = [parse(path.read_text("utf-8")) for path in sorted(EXTRACTS.glob("*.txt"))]
    return [_told(source) for source in (*extracts, *development_sources(EXAMPLE))]


def _told(source: Source) -> Told:
    real = frozenset(
        word
        for block in source.printed
        for identifier in block.identifiers
        for word in re.findall(r"\w+", identifier.surface)
    )
    names = frozenset(re.findall(r"\w+", " ".join(source.roles))) - real
    return Told([block.text for block in source.printed], names, real, whole=True)


def examples(told: Sequence[Told]) -> Iterator[tuple[Mention, bool]]:
    """Mentions with whether a sentence tells of a pseudonym."""
    for texts, pseudonyms, _, whole in told:
        for mention in mentions(texts):
            is_pseudonym = mention.name in pseudonyms
            told_here = declared_names([("", mention.sentence)], by_rule=True)
            if whole and is_pseudonym and mention.name not in told_here:
                continue  # It is one, but this sentence need not say so.
            yield mention, is_pseudonym


def fit(told: Sequence[Told]) -> tuple[np.ndarray, float]:
    """Weights and bias."""
    given, labels = zip(*examples(told), strict=True)
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(vectors(given), labels)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def write(file: Path, weights: np.ndarray, bias: float) -> None:
    """Write the model, and tell pseudonyms by it in this process."""
    np.savez_compressed(file, weights=weights, bias=np.float32(bias))
    declaration.FILE = file
    declaration._model.cache_clear()


def report(told: Sequence[Told], name: str) -> np.ndarray:
    """Pseudonyms found and all, real names taken for one, by rules and regression and by both."""
    counts = np.zeros(5, dtype=int)
    for texts, pseudonyms, real, whole in told:
        least = USED if whole else SHORT
        by_rule = declared_names([("", text) for text in texts], by_rule=True)
        learnt = {
            word for word in declaration.told_pseudonyms(texts) if alone(word, texts) >= least
        }
        either = by_rule | learnt
        counts += [
            len(pseudonyms),
            len(pseudonyms & by_rule),
            len(pseudonyms & either),
            len(real & by_rule),
            len(real & either),
        ]
    if name:
        say(name, counts)
    return counts


def say(name: str, counts: np.ndarray) -> None:
    """Print one line of counts."""
    every, by_rule, either, rule_wrong, wrong = counts
    print(
        f"{name}: of {every} pseudonyms {by_rule} seen by rules, {either} by rules or regression;"
    )
    print(f"  words that identify somebody and were taken for one: {rule_wrong}, {wrong}")


def cross_validate() -> None:
    """Print what is found in folds that are not learnt from."""
    short, whole = declarations("development"), reviews()
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    sums = np.zeros((2, 5), dtype=int)
    # Not over the model in use: others may be reading it.
    with TemporaryDirectory() as folder:
        for (a, b), (c, d) in zip(folds.split(short), folds.split(whole), strict=True):
            write(Path(folder) / "fold.npz", *fit([*(short[i] for i in a), *(whole[i] for i in c)]))
            sums += [report([short[i] for i in b], ""), report([whole[i] for i in d], "")]
    say("declarations of development, folds", sums[0])
    say("reviews, folds", sums[1])


def main() -> None:
    """Make the regression."""
    if "--folds" in sys.argv:
        cross_validate()
    write(FILE, *fit([*declarations("development"), *reviews()]))
    report(declarations("check"), "declarations of check/")


if __name__ == "__main__":
    main()
