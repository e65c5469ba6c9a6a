"""How much redaction finds, beside Presidio and spaCy's labels on the same text in the same run.

    DHR_REFERENCE_DATA=/path/to/data python tests/benchmarks/redaction.py OUTPUTS [--dev] \\
        [--model NAME]

reads `redaction/tab_train_92.json` (and tab_dev_21.json with `--dev`: once, at the end) under that
folder: judgments from the Text Anonymization Benchmark (Pilán and others 2022, Computational
Linguistics 48(4)), redacted under profile `everything`. Measures as they define them: an entity is
removed when all its mentions are masked but for function words; recall is given for entities
marked DIRECT and QUASI; precision is over masked words, of which those inside a span that must be
masked are right.

Nothing here is fitted to numbers: the rules are written by hand. Those of `pipeline.redact.quasi`
were written while looking at what was missed in the training judgments, so that the figures by
fold (five folds, every fifth judgment) show how they vary and no more than that; the development
judgments are the ones that nothing was written on.

Presidio (`pip install presidio-analyzer`, wanted by nothing else) is left out, with a message,
where it is not installed. Speed is CPU seconds of one process, same model and same passages: of the
judgments, which are short (a table takes as long for twenty paragraphs as for a review), and of
whole reviews, those in the outputs of a study (outputs/example), the least of three rounds.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from spacy.language import Language

from pipeline import contracts
from pipeline.evaluate.redaction import FUNCTION_WORDS
from pipeline.models import SPACY_PACKAGES, spacy_model
from pipeline.redact.policy import Profile, policy_of
from pipeline.redact.redaction import redact

FOLDS = 5
Span = tuple[int, int]
Masker = Callable[[str], list[Span]]


@dataclass(frozen=True)
class Judgment:
    """One judgment: its text, and per entity the identifier type and the mentions."""

    text: str
    entities: tuple[tuple[str, tuple[Span, ...]], ...]


def judgments(path: Path) -> list[Judgment]:
    """The judgments of one file; what need not be masked is left out."""
    return [_judgment(one) for one in json.loads(path.read_bytes())]


def _judgment(one: dict[str, Any]) -> Judgment:
    annotators = one["annotations"]
    if isinstance(annotators, str):
        annotators = ast.literal_eval(annotators)
    entities: dict[str, tuple[set[str], list[Span]]] = defaultdict(lambda: (set(), []))
    for annotator in annotators.values():
        for mention in annotator["entity_mentions"]:
            if mention["identifier_type"] != "NO_MASK":
                kinds, spans = entities[mention["entity_id"]]
                kinds.add(mention["identifier_type"])
                spans.append((mention["start_offset"], mention["end_offset"]))
    return Judgment(
        one["text"],
        tuple(
            ("DIRECT" if "DIRECT" in k else "QUASI", tuple(spans)) for k, spans in entities.values()
        ),
    )


def passages(text: str) -> list[tuple[int, str]]:
    """Where each paragraph of a text begins, and the paragraph."""
    return [(match.start(), match.group()) for match in re.finditer(r"[^\n]+", text)]


def ours(nlp: Language, profile: Profile) -> Masker:
    """The stage, with a profile."""
    policy = policy_of(profile, {})

    def mask(text: str) -> list[Span]:
        lines = passages(text)
        rows = [
            {
                "review_id": 1, "passage_id": f"p{n:05}", "document_id": "d", "ordinal": n,
                "heading_path": "", "section_role": "body", "role_confidence": 0.3,
                "kind": "paragraph", "text": line,
            }
            for n, (_, line) in enumerate(lines)
        ]  # fmt: skip
        log = redact(contracts.PASSAGES.frame(rows), nlp=nlp, policy=policy).log
        starts = [lines[int(passage_id[1:])][0] for passage_id in log["passage_id"]]
        return [
            (at + start, at + end)
            for at, start, end in zip(starts, log["start"], log["end"], strict=True)
        ]

    return mask


def labels(nlp: Language) -> Masker:
    """Every entity of spaCy's model but laws and ordinals."""

    def mask(text: str) -> list[Span]:
        lines = passages(text)
        docs = nlp.pipe(line for _, line in lines)
        return [
            (at + entity.start_char, at + entity.end_char)
            for (at, _), doc in zip(lines, docs, strict=True)
            for entity in doc.ents
            if entity.label_ not in ("LAW", "ORDINAL", "LANGUAGE")
        ]

    return mask


def presidio(package: str) -> Masker | None:
    """Presidio's analyser as it comes, with the same model; None where it is not installed."""
    try:
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import NlpEngineProvider
    except ImportError:
        return None
    models = [{"lang_code": "en", "model_name": package}]
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    engine = AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["en"])
    # Its e-mail recogniser fetches a list of domains while it runs.
    engine.registry.remove_recognizer("EmailRecognizer")

    def mask(text: str) -> list[Span]:
        return [
            (at + found.start, at + found.end)
            for at, line in passages(text)
            for found in engine.analyze(line, language="en")
        ]

    return mask


@dataclass
class Score:
    """Counts of one system on some judgments."""

    removed: dict[str, int]
    entities: dict[str, int]
    right: int = 0
    masked: int = 0
    seconds: float = 0.0

    def line(self, name: str) -> str:
        """One row of the table."""
        recall = (
            self._share(self.removed[kind], self.entities[kind]) for kind in ("DIRECT", "QUASI")
        )
        precision = self._share(self.right, self.masked)
        return f"| {name} | {' | '.join(recall)} | {precision} | {self.seconds:.1f} |"

    @staticmethod
    def _share(part: int, whole: int) -> str:
        return f"{part / max(whole, 1):.3f} ({part}/{whole})"


def score(masker: Masker, documents: Iterable[Judgment]) -> Score:
    """Recall of entities by type, precision of words, and CPU seconds."""
    total = Score(defaultdict(int), defaultdict(int))
    for document in documents:
        started = time.process_time()
        spans = masker(document.text)
        total.seconds += time.process_time() - started
        _count(total, document, spans)
    return total


def _count(total: Score, document: Judgment, spans: Sequence[Span]) -> None:
    masked, gold = bytearray(len(document.text)), bytearray(len(document.text))
    for start, end in spans:
        masked[start:end] = b"\1" * (end - start)
    for kind, mentions in document.entities:
        total.entities[kind] += 1
        total.removed[kind] += all(_gone(document.text, masked, mention) for mention in mentions)
        for start, end in mentions:
            gold[start:end] = b"\1" * (end - start)
    for word in re.finditer(r"\w+", document.text):
        if any(masked[word.start() : word.end()]):
            total.masked += 1
            total.right += any(gold[word.start() : word.end()])


def _gone(text: str, masked: bytearray, mention: Span) -> bool:
    words = re.finditer(r"\w+", text[slice(*mention)])
    return all(
        word.group().casefold() in FUNCTION_WORDS
        or all(masked[mention[0] + word.start() : mention[0] + word.end()])
        for word in words
    )


def on_reviews(outputs: Path, nlp: Language, other: Masker | None) -> str:
    """CPU seconds for the reviews of a study, the least of three rounds each."""
    folder = outputs / "private" / "extract"
    reviews = [pd.read_parquet(p) for p in sorted(folder.glob("*.parquet")) if p.stem.isdigit()]
    if not reviews:
        sys.exit(f"{folder} has no passages: name the outputs of a study that was built")
    texts = [text for review in reviews for text in review["text"]]
    systems: dict[str, Callable[[], object]] = {
        "this stage": lambda: [redact(review, nlp=nlp) for review in reviews],
        "the model alone": lambda: list(nlp.pipe(texts)),
    }
    if other:
        systems["Presidio"] = lambda: [other(text) for text in texts]
    seconds = {name: min(_cpu(run) for _ in range(3)) for name, run in systems.items()}
    told = ", ".join(
        f"{name} {taken:.1f} ({taken / seconds['this stage']:.2f} times this stage)"
        for name, taken in seconds.items()
    )
    return f"{len(reviews)} reviews, {len(texts)} passages, CPU seconds: {told}"


def _cpu(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def main() -> None:
    """Measure and print the tables."""
    data = os.environ.get("DHR_REFERENCE_DATA")
    if not data:
        sys.exit("set DHR_REFERENCE_DATA to the folder that has redaction/tab_train_92.json")
    model = sys.argv[sys.argv.index("--model") + 1] if "--model" in sys.argv else "en_core_web_sm"
    nlp = spacy_model(model)

    train = judgments(Path(data) / "redaction" / "tab_train_92.json")
    systems = {
        "this stage, everything": ours(nlp, "everything"),
        "this stage, publish": ours(nlp, "publish"),
        "spaCy's labels": labels(nlp),
    }
    installed = next(p for p in SPACY_PACKAGES.get(model, (model,)) if importlib.util.find_spec(p))
    if other := presidio(installed):
        systems["Presidio"] = other
    else:
        print(
            "Presidio is not installed here: `pip install presidio-analyzer` to compare with it.\n"
        )
    print(f"{len(train)} judgments, model {nlp.meta['name']}\n")
    print("| | DIRECT | QUASI | precision of words | CPU s |\n|---|---|---|---|---|")
    systems["this stage, everything"](train[0].text)  # Warms the dictionaries.
    results = {name: score(masker, train) for name, masker in systems.items()}
    for name, result in results.items():
        print(result.line(name))
    for fold in range(FOLDS):
        part = train[fold::FOLDS]
        print(score(systems["this stage, everything"], part).line(f"everything, fold {fold + 1}"))
    if "--dev" in sys.argv:
        dev = judgments(Path(data) / "redaction" / "tab_dev_21.json")
        print(score(systems["this stage, everything"], dev).line("development judgments"))
    if "Presidio" in results:
        for name in ("this stage, everything", "this stage, publish"):
            ratio = results["Presidio"].seconds / results[name].seconds
            print(f"Presidio takes {ratio:.2f} times the time of {name}.")
    if sys.argv[1:] and not sys.argv[1].startswith("--"):
        print(on_reviews(Path(sys.argv[1]), nlp, other))


if __name__ == "__main__":
    main()
