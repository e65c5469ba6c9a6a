"""Everything that is wrong with a codebook: its form, its patterns, its sentences, its sources."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import codebooks
from pipeline.codebook import Code, Codebook, CodebookFile, Fault
from pipeline.errors import BadSettings
from pipeline.models import embedder
from pipeline.tag.coder import Coder
from pipeline.tag.patterns import PatternSet
from pipeline.tag.tokens import sentences, tokens

PATTERN_KEYS = ("indicators", "patterns", "weak_indicators", "exclusions")
UNVERIFIED = "(not verified)"
# A figure, and no year, section or page.
_FIGURE = re.compile(r"\d\s*%|\d+ (?:of|in) (?:the )?\d|\bOR \d|£\d")
_DRAFT_MARK = re.compile(r"\[[A-Z]\]|\[title seen\]")


def check(path: Path, *, embeddings: str = "wordllama") -> list[Fault]:
    """All faults of a codebook, in the order of its lines.

    Sentences are tried with what is left of the codebook without its other faults. Raises
    `BadSettings` when the file is no TOML file in UTF-8.
    """
    file = CodebookFile(path)
    patterns = dict(_bad_patterns(file))
    faults = [*file.structural(), *file.wanting(), *patterns.values(), *_sources(file)]
    if file.codebook is not None:
        faults += _sentence_faults(
            file, _usable(file.codebook, {p for _, p in patterns}), embeddings
        )
    return sorted(faults)


def home_office_tags() -> frozenset[str]:
    """The values that the Home Office DHR Library can be filtered by."""
    path = Path(codebooks.__file__).parent / "home_office_tags.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return frozenset(row["tag"] for row in csv.DictReader(file))


def _entries(file: CodebookFile) -> Iterator[tuple[int, dict[str, Any]]]:
    codes = file.content.get("code", [])
    return ((n, c) for n, c in enumerate(codes if isinstance(codes, list) else [])
            if isinstance(c, dict))  # fmt: skip


def _texts(entry: dict[str, Any], key: str) -> list[tuple[int, str]]:
    """The texts of a list with their positions; what is empty or no text is a fault already."""
    texts = entry.get(key, [])
    return [(i, t) for i, t in enumerate(texts if isinstance(texts, list) else [])
            if isinstance(t, str) and t]  # fmt: skip


def _bad_patterns(file: CodebookFile) -> Iterator[tuple[tuple[str, str], Fault]]:
    """(code, pattern) → what is wrong with it."""
    for n, entry in _entries(file):
        code = str(entry.get("id"))
        for key in PATTERN_KEYS:
            for i, pattern in _texts(entry, key):
                try:
                    PatternSet([(code, pattern)])
                except BadSettings as error:
                    what = str(error).removeprefix(f"code {code}: ")
                    yield (code, pattern), file.fault(("code", n, key, i), what)


def _sources(file: CodebookFile) -> Iterator[Fault]:
    """References and tags that cannot stand as they are."""
    tags = home_office_tags()
    for n, entry in _entries(file):
        for key in ("references", "home_office_tags"):
            texts = [text for _, text in _texts(entry, key)]
            for i, text in _texts(entry, key):
                if text in texts[:i]:
                    yield file.fault(("code", n, key, i), f"{text!r} stands there twice")
        for i, tag in _texts(entry, "home_office_tags"):
            if tag not in tags:
                what = f"the Home Office library has no tag {tag!r}"
                yield file.fault(("code", n, "home_office_tags", i), what)
        for i, reference in _texts(entry, "references"):
            if _DRAFT_MARK.search(reference):
                what = f"{reference!r} has a mark of a draft; write {UNVERIFIED!r} or check it"
                yield file.fault(("code", n, "references", i), what)
            elif UNVERIFIED in reference and _FIGURE.search(reference):
                what = f"{reference!r} has a figure that nobody has verified; take it out"
                yield file.fault(("code", n, "references", i), what)


def _usable(codebook: Codebook, bad: set[str]) -> Codebook:
    """The codebook without patterns that cannot be compiled and without ids that come again."""
    first = {code.id: code for code in reversed(codebook.code)}
    return codebook.but(
        code=tuple(
            code.model_copy(
                update={
                    **{k: tuple(p for p in getattr(code, k) if p not in bad) for k in PATTERN_KEYS},
                    # A stand-in, so that the others can be tried; it is a fault already.
                    "prototypes": code.prototypes or (code.name,),
                }
            )
            for code in codebook.code
            if first[code.id] is code
        )
    )


def _sentence_faults(file: CodebookFile, codebook: Codebook, embeddings: str) -> Iterator[Fault]:
    """Sentences that are not coded as they should be, each with the pattern that is to blame."""
    tried = [
        (n, codebook.codes[str(entry["id"])], key, i, text)
        for n, entry in _entries(file)
        if str(entry.get("id")) in codebook.codes
        for key in ("match", "not_match")
        for i, text in _texts(entry, key)
    ]
    cut = [[sentence for _, sentence in sentences(text)] for *_, text in tried]
    evidence = iter(Coder(codebook, embedder(embeddings)).evidence([s for c in cut for s in c]))
    for (n, code, key, i, text), parts in zip(tried, cut, strict=True):
        found = [next(evidence) for _ in parts]
        coded = any(one.code == code.id for of in found for one in of)
        if coded != (key == "match"):
            why = "; ".join(_finds(code, parts)) or "none of its patterns finds anything in it"
            verb = "is not coded" if key == "match" else "is coded"
            yield file.fault(("code", n, key, i), f"{text!r} {verb}: {why}")


def _finds(code: Code, parts: list[str]) -> Iterator[str]:
    """What each pattern of a code finds in some sentences, in words."""
    patterns = {
        f"{key} {pattern!r}": pattern for key in PATTERN_KEYS for pattern in getattr(code, key)
    }
    found = PatternSet(list(patterns.items()))
    for part in parts:
        for name, spans in found.find(tokens(part)).items():
            words = ", ".join(repr(part[span.start : span.end]) for span in spans)
            weak = " (too far from the prototypes to count)" if name.startswith("weak") else ""
            cancels = " and cancels what touches it" if name.startswith("exclusions") else ""
            yield f"{name} finds {words}{weak}{cancels}"
