"""Makes pipeline/extract/section_model.json, and says how well it does on texts kept aside.

    python tests/extract/outlines/train.py

It learns from the outlines in development/ and from the example's reviews of development. The
figures are of a cross-validation, each review read by a model that has not seen it, and of the
outlines in check/, from which nothing is learnt.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.evaluate.gold import development_sources
from pipeline.evaluate.markup import Source, parse
from pipeline.extract import section_model
from pipeline.extract.block import Block
from pipeline.extract.headings import split_heading
from pipeline.extract.section_model import Model, Section, features
from pipeline.extract.sections import place, sections_of

HERE = Path(__file__).parent
EXAMPLE = HERE.parent.parent.parent / "corpus/example"
TARGET = Path(section_model.__file__).with_name("section_model.json")
KINDS = {"P": "paragraph", "R": "paragraph", "X": "paragraph", "L": "list-item", "T": "table-row",
         "F": "footnote"}  # fmt: skip
RAREST = 4
"""Features of fewer sections are left out."""
FOLDS = 5

Annotated = tuple[list[Block], list[str]]
"""The blocks of a document, and their roles."""


def annotated(source: Source) -> Annotated:
    """A source as the extraction would see it."""
    blocks: list[Block] = []
    header = None
    for block in source.printed:
        header = block.text if block.header else header
        if block.kind in ("h1", "h2"):
            number, text = split_heading(block.text)
            blocks.append(Block(kind="heading", text=text, number=number, level=int(block.kind[1])))
        else:
            above = header if block.kind == "T" and not block.header else None
            kind = KINDS[block.kind]
            blocks.append(
                Block(kind=kind, text=block.text, number=block.number, table_header=above)
            )
    return blocks, [block.role for block in source.printed]


def outlines(part: str) -> list[Annotated]:
    """The outlines of a folder."""
    return [
        annotated(parse(path.read_text("utf-8"))) for path in sorted((HERE / part).glob("*.txt"))
    ]


def reviews() -> list[Annotated]:
    """The example's reviews of development."""
    return [annotated(source) for source in development_sources(EXAMPLE)]


def by_section(document: Annotated) -> tuple[list[Section], list[str]]:
    """A document's sections, as the headings alone tell them, with their right roles."""
    blocks, roles = document
    with patch("pipeline.extract.sections.decode", lambda parts: [("body", 0.0)] * len(parts)):
        parts = sections_of(list(place(blocks, document_type="overview report")))
    ends = np.cumsum([len(found) for _, found in parts])
    return [section for section, _ in parts], [
        roles[end - len(found)] for (_, found), end in zip(parts, ends, strict=True)
    ]


def learn(documents: list[Annotated]) -> Model:
    """A model of some documents."""
    sections = [by_section(document) for document in documents]
    seen = [features(parts, at) for parts, _ in sections for at in range(len(parts))]
    right = [role for _, roles in sections for role in roles]
    often = Counter(name for row in seen for name in row)
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(
        [{name: value for name, value in row.items() if often[name] >= RAREST} for row in seen]
    )
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(matrix, right)
    roles = [str(role) for role in fitted.classes_]
    steps = np.full((len(roles), len(roles)), 0.3)
    for _, known in sections:
        for one, following in pairwise(known):
            steps[roles.index(one), roles.index(following)] += 1
    names = vectors.get_feature_names_out()
    return Model(
        roles,
        fitted.intercept_.round(2).tolist(),
        dict(zip(map(str, names), fitted.coef_.T.round(2).tolist(), strict=True)),
        np.log(steps / steps.sum(axis=1, keepdims=True)).round(2).tolist(),
    )


def right(documents: list[Annotated], model: Model) -> tuple[int, int]:
    """How many blocks of some documents get the right role, of how many."""
    with patch.object(section_model, "model", lambda: model):
        told = [
            (one.role, role)
            for blocks, roles in documents
            for one, role in zip(place(blocks, document_type="overview report"), roles, strict=True)
        ]
    return sum(found == role for found, role in told), len(told)


def main() -> None:
    """Learn, measure, write."""
    documents = [*outlines("development"), *reviews()]
    counts = np.zeros(2, dtype=int)
    for fold in range(FOLDS):
        others = [d for at, d in enumerate(documents) if at % FOLDS != fold]
        counts += right(documents[fold::FOLDS], learn(others))
    model = learn(documents)
    for name, (found, of) in (
        ("cross-validated", counts),
        ("outlines kept aside", right(outlines("check"), model)),
    ):
        print(f"{name}: {found} of {of} blocks have the right role ({found / of:.3f})")
    TARGET.write_text(json.dumps(vars(model), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
