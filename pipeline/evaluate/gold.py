"""The gold of a study: annotated sources, a second coder's codings, and which reviews are held out.

A study's gold lies in the folder that study.toml names (`[evaluate] gold`, by default `gold/`):
one source in the format of `markup` for each annotated document, and beside it, where a second
coder has coded the same text blind, `<source>.coder2.json`: the number of a block (from 0, page
breaks not counted) → its codes, as the source writes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import MissingInput
from pipeline.evaluate.markup import Block, Coding, Source, parse, parse_codes
from pipeline.manifest import plain_name
from pipeline.study import MAIN_DOCUMENT, Review, Study
from pipeline.toml_lines import read_toml

DEVELOPMENT, HELD_OUT = "development", "held-out"
SPLITS = (HELD_OUT, DEVELOPMENT)


@dataclass(frozen=True)
class GoldDocument:
    """One annotated document of a review that was built.

    `second` has the second coder's codings by number of block, None where there is no such coder;
    `repeats` tells that it is no overview report although its review has one: what it says is
    said there, and is not counted twice.
    """

    name: str
    review_id: int
    document_id: str
    split: str
    source: Source
    second: Mapping[int, tuple[Coding, ...]] | None
    repeats: bool

    @property
    def blocks(self) -> list[Block]:
        """The blocks of the source, numbered as the second coder's codings number them."""
        return self.source.printed


def read_gold(study: Study, reviews: Sequence[Review]) -> list[GoldDocument]:
    """The gold of those reviews of a study.

    Raises `MissingInput` when there is none, when a file of it cannot be used, or when a review is
    held out that the study does not have.
    """
    folder = study.folder / study.settings.evaluate.gold
    sources = {path: _source(path) for path in sorted(folder.glob("*.txt"))}
    if not sources:
        raise MissingInput(
            f"there is no gold in {folder}: put an annotated source there for each document "
            "(docs/evaluation.md shows the format)"
        )
    found = [
        _gold(path, source, review, document_id, study)
        for review in reviews
        for document_id, name in _documents(review)
        for path, source in sources.items()
        if name in (source.meta.get("file"), f"{path.stem}{Path(name).suffix}")
    ]
    if not found:
        raise MissingInput(
            f"no source in {folder} belongs to a built review: give each the name of its document, "
            "or a line `file: NAME` in its front matter"
        )
    return found


def _documents(review: Review) -> list[tuple[str, str]]:
    return [(d.document_id, plain_name(d.path.name)) for d in review.documents]


def _gold(
    path: Path, source: Source, review: Review, document_id: str, study: Study
) -> GoldDocument:
    types = {d.document_id: d.document_type for d in review.documents}
    return GoldDocument(
        name=path.stem,
        review_id=review.review_id,
        document_id=document_id,
        split=HELD_OUT if review.name in study.held_out else DEVELOPMENT,
        source=source,
        second=second_coding(path, source),
        repeats=types[document_id] != MAIN_DOCUMENT and MAIN_DOCUMENT in types.values(),
    )


def _source(path: Path) -> Source:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError) as error:
        raise MissingInput(f"{path.name} is no annotated source: {error}") from None


def development_sources(study: Path) -> list[Source]:
    """The sources of a study's folder whose reviews are not held out, by name of the file.

    For scripts that learn from them: the study need not be built. The front matter's `file` tells
    the review, as a word of its own.
    """
    settings = read_toml(study / "study.toml", "study.toml")[0]["evaluate"]
    held_out = {name.casefold() for name in settings["held_out"]}
    sources = [_source(path) for path in sorted((study / settings["gold"]).glob("*.txt"))]
    return [
        source
        for source in sources
        if not any(f" {name} " in source.meta["file"].casefold() for name in held_out)
    ]


def second_coding(path: Path, source: Source) -> Mapping[int, tuple[Coding, ...]] | None:
    """Number of a block → the second coder's codings, of the source at `path`; None without any.

    Raises `MissingInput` when the file beside the source is no second coding.
    """
    path = path.with_suffix(".coder2.json")
    if not path.exists():
        return None
    try:
        marked = {int(n): codes for n, codes in json.loads(path.read_bytes()).items()}
        codings = {n: parse_codes(";".join(codes))[0] for n, codes in marked.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise MissingInput(f"{path.name} is no second coding: {error}") from None
    if codings and max(codings) >= len(source.printed):
        raise MissingInput(f"{path.name} codes a block that {path.stem.split('.')[0]}.txt has not")
    return codings
