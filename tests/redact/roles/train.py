"""Makes the regression of `pipeline.redact.role_model`, and says how well roles are told.

    python tests/redact/roles/train.py [--folds]

It learns from the people of the passages in codebooks/passages and of the extracts in development/.
The figures are of the example's reviews of development and of the extracts in check/, from which
nothing is learnt; with --folds also of the texts that it learns from, by cross-validation.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from pipeline.evaluate.gold import development_sources
from pipeline.evaluate.markup import Source, parse
from pipeline.redact import role_model
from pipeline.redact.role_model import FILE, Label, vectors
from pipeline.redact.roles import label_roles, seen_labels

PROJECT = Path(__file__).parent.parent.parent.parent
PASSAGES = PROJECT / "codebooks/passages/dhr"
EXTRACTS = PROJECT / "tests/redact/extracts"
EXAMPLE = PROJECT / "corpus/example"
ROLES = ("victim", "perpetrator", "child", "relative", "professional")
STRENGTH = 1.0
WHOLE = 3.0
"""What a label of a whole review counts beside one of the parts of reviews in PASSAGES."""
FOLDS = 5


class People(NamedTuple):
    """Texts, and the role of each label of theirs."""

    texts: list[str]
    roles: dict[str, str]
    whole: bool

    def labels(self) -> list[Label]:
        """The labels as the regression sees them."""
        return seen_labels(self.texts, list(self.roles))


def people(source: Source, *, whole: bool) -> People:
    """The people of an annotated source; those whose role is told in other words are left out."""
    texts = [block.text for block in source.printed]
    return People(
        texts,
        {
            label: role for label, role in source.roles.items()
            if role in ROLES and any(label in text for text in texts)
        },
        whole,
    )  # fmt: skip


def folder(at: Path, *, whole: bool) -> list[People]:
    """The people of all texts of a folder."""
    sources = (parse(path.read_text("utf-8")) for path in sorted(at.glob("*.txt")))
    return [people(source, whole=whole) for source in sources]


def learn(known: Sequence[People], file: Path) -> None:
    """Fit, write the model, and tell roles by it in this process."""
    rows = vectors([label for one in known for label in one.labels()])
    right = [role for one in known for role in one.roles.values()]
    weights = [WHOLE if one.whole else 1.0 for one in known for _ in one.roles]
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(rows, right, sample_weight=weights)
    np.savez_compressed(
        file, roles=fitted.classes_.astype(str), weights=fitted.coef_.T.astype(np.float16),
        bias=fitted.intercept_.astype(np.float32),
    )  # fmt: skip
    role_model.FILE = file
    role_model._model.cache_clear()


def counts(known: Sequence[People]) -> np.ndarray:
    """Of each role: labels that have it, those told rightly, others told to have it."""
    found = np.zeros((len(ROLES), 3), dtype=int)
    for one in known:
        told = label_roles(one.texts, frozenset(one.roles))
        for label, role in one.roles.items():
            # A label that only stands within another one's name is not told.
            says = told.get(label, ("unknown",))[0]
            found[ROLES.index(role)] += [1, says == role, 0]
            if says in ROLES and says != role:
                found[ROLES.index(says), 2] += 1
    return found


def say(name: str, found: np.ndarray) -> None:
    """Print one line of counts."""
    told = (
        f"{r} {right}/{n} (+{wrong})" for r, (n, right, wrong) in zip(ROLES, found, strict=True)
    )
    print(f"{name}: {found[:, 1].sum()} of {found[:, 0].sum()}; {', '.join(told)}")


def cross_validate(known: Sequence[People]) -> None:
    """Print how many are told in folds that are not learnt from."""
    aside = np.zeros((2, len(ROLES), 3), dtype=int)
    # Not over the model in use: others may be reading it.
    with TemporaryDirectory() as folder:
        for seen, kept in KFold(FOLDS, shuffle=True, random_state=0).split(known):
            learn([known[n] for n in seen], Path(folder) / "fold.npz")
            for n in kept:
                aside[int(known[n].whole)] += counts([known[n]])
    say("parts of reviews, folds", aside[0])
    say("whole reviews, folds", aside[1])


def main() -> None:
    """Make the regression, and measure it."""
    known = [
        *folder(PASSAGES, whole=False),
        *folder(EXTRACTS / "development", whole=True),
    ]
    if "--folds" in sys.argv:
        cross_validate(known)
    learn(known, FILE)
    example = [people(source, whole=True) for source in development_sources(EXAMPLE)]
    say("example's reviews of development", counts(example))
    say("extracts of check/", counts(folder(EXTRACTS / "check", whole=True)))


if __name__ == "__main__":
    main()
