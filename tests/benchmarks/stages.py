"""How fast each stage is, beside the plain library on the same input in the same run.

    DHR_REFERENCE_DATA=/path/to/data python tests/benchmarks/stages.py

reads `reports/*.pdf` under that folder, or the example study's PDFs when it is not set. CPU
seconds of this process and its children, one core, unless a row says otherwise; the ratios are what
can be compared between machines.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import pandas as pd
import pdfplumber
import spacy
from spacy.matcher import PhraseMatcher

import codebooks
from pipeline.codebook import read_codebook
from pipeline.errors import ReviewError
from pipeline.extract import Limits, ParsedDocument, extract, parse
from pipeline.models import embedder, spacy_model
from pipeline.redact.redaction import redact
from pipeline.tag.coder import Coder, tag
from pipeline.tag.model import read_model
from pipeline.tag.patterns import rows
from pipeline.tag.tokens import sentences, tokens
from pipeline.topics.model import topics

PROJECT = Path(__file__).parent.parent.parent
CODEBOOK = Path(codebooks.__file__).parent / "dhr.toml"
KEY = bytes(32)
WORDS = 90


def documents() -> list[Path]:
    """The PDFs to measure on."""
    data = os.environ.get("DHR_REFERENCE_DATA")
    return sorted((Path(data) / "reports" if data else PROJECT / "corpus/example").glob("*.pdf"))


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds that some work takes, here and in child processes."""

    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    before = used()
    work()
    return used() - before


def read(path: Path) -> ParsedDocument | None:
    """A document, or None where it cannot be read (a scan)."""
    try:
        return parse(path, document_id=path.name, document_type="other", limits=Limits())
    except ReviewError:
        return None


def plain_text(paths: list[Path]) -> None:
    """What pdfplumber takes for the bare text of the same pages."""
    for path in paths:
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                page.extract_text()
                page.close()


def patterns_alone(passages: list[str], coder: Coder) -> None:
    """Sentences, tokens and whatever the codebook's patterns find in them."""
    cut = (tokens(sentence) for text in passages for _, sentence in sentences(text))
    for _ in coder.finds(rows(cut)):
        pass


def wall_seconds_of_two(work: Callable[[Sequence[Any]], None], parts: Sequence[Any]) -> float:
    """Seconds by the clock that two processes take for some work, models loaded before."""
    with Pool(2, initializer=_load) as pool:
        pool.map(work, [parts[:1], parts[:1]], chunksize=1)
        started = time.perf_counter()
        pool.map(work, [[part] for part in parts], chunksize=1)
        return time.perf_counter() - started


def _load() -> None:
    global _coder
    _coder = the_coder()


def the_coder() -> Coder:
    """The default codebook with its model."""
    return Coder(read_codebook(CODEBOOK), embedder("wordllama"), read_model(CODEBOOK))


def _patterns_of(parts: Sequence[list[str]]) -> None:
    for passages in parts:
        patterns_alone(passages, _coder)


def _tagged(reviews: Sequence[tuple[pd.DataFrame, pd.DataFrame]]) -> None:
    for review, roles in reviews:
        tag(review, roles, _coder)


def row(stage: str, amount: str, per_second: float, beside: str, ratio: float) -> None:
    """Print one line of the table."""
    print(f"| {stage} | {amount} | {per_second:,.0f}/s | {beside} | {ratio:.2f} |")


def main() -> None:
    """Measure and print the table."""
    parsed: list[ParsedDocument | None] = []
    paths = documents()
    seconds = cpu_seconds(lambda: parsed.extend(map(read, paths)))
    read_paths = [path for path, found in zip(paths, parsed, strict=True) if found]
    found = [document for document in parsed if document]
    pages = sum(document.pages or 0 for document in found)
    print(f"{len(found)} of {len(paths)} documents, {pages} pages, Python {sys.version.split()[0]}")
    print("\n| stage | amount | speed (1 core) | beside | its time / ours |\n|---|---|---|---|---|")
    plain = cpu_seconds(lambda: plain_text(read_paths))
    row("extract", f"{pages} pages", pages / seconds, "pdfplumber.extract_text", plain / seconds)

    reviews = [extract([d], review_id=n, key=KEY) for n, d in enumerate(found, start=1)]
    n = sum(map(len, reviews))
    nlp = spacy_model("en_core_web_sm")
    texts = [text for review in reviews for text in review["text"]]
    plain = cpu_seconds(lambda: list(nlp.pipe(texts)))
    redacted: list[pd.DataFrame] = []
    roles: list[pd.DataFrame] = []

    def redact_all() -> None:
        for review in reviews:
            redaction = redact(review, nlp=nlp)
            redacted.append(redaction.passages)
            roles.append(redaction.roles)

    seconds = cpu_seconds(redact_all)
    row("redact", f"{n} passages", n / seconds, "spaCy's NER alone", plain / seconds)

    codebook = read_codebook(CODEBOOK)
    coder = the_coder()
    blank = spacy.blank("en")
    matcher = PhraseMatcher(blank.vocab, attr="LOWER")
    for code in codebook.code:
        matcher.add(code.id, [blank(phrase) for phrase in code.indicators])
    plain = cpu_seconds(lambda: [matcher(doc) for doc in blank.pipe(texts)])
    pairs = list(zip(redacted, roles, strict=True))
    tag(*pairs[0], coder)  # Loads the encoder.
    seconds = cpu_seconds(lambda: [tag(*pair, coder) for pair in pairs])
    row("tag", f"{n} passages", n / seconds, "spaCy's PhraseMatcher, indicators only",
        plain / seconds)  # fmt: skip
    two = n / wall_seconds_of_two(_tagged, pairs)
    print(f"| tag, two processes, by the clock | the same | {two:,.0f}/s | | |")
    # Passages of one length, so that the figure does not hang on how a report is set.
    words = " ".join(texts).split()
    even = [" ".join(words[i : i + WORDS]) for i in range(0, len(words) - WORDS, WORDS)]
    plain = cpu_seconds(lambda: [matcher(doc) for doc in blank.pipe(even)])
    seconds = cpu_seconds(lambda: patterns_alone(even, coder))
    row("patterns of tag alone", f"{len(even)} passages of {WORDS} words", len(even) / seconds,
        "spaCy's PhraseMatcher, indicators only", plain / seconds)  # fmt: skip
    two = len(even) / wall_seconds_of_two(_patterns_of, [even[::2], even[1::2]])
    print(f"| patterns of tag alone, two processes, by the clock | the same | {two:,.0f}/s | | |")

    stacked, all_roles = pd.concat(redacted), pd.concat(roles)
    vectors = embedder("wordllama")
    plain = cpu_seconds(lambda: vectors.encode(stacked["text"].tolist()))
    topics(stacked.head(200), all_roles, codebook, embedder=vectors)  # Loads BERTopic.
    seconds = cpu_seconds(lambda: topics(stacked, all_roles, codebook, embedder=vectors))
    row("topics", f"{n} passages", n / seconds, "wordllama's embeddings alone", plain / seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nPeak memory: {peak:,.0f} MB here, {child:,.0f} MB in the largest child (reading).")


if __name__ == "__main__":
    main()
