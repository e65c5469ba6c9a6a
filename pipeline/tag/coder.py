"""The machine coder: a codebook, compiled once, applied to the passages of a review."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.codebook import Code, Codebook
from pipeline.contracts import CODINGS
from pipeline.models import Embedder
from pipeline.tag.cues import Cues, cue_patterns
from pipeline.tag.layers import CAUTIOUS_SECTIONS, codable
from pipeline.tag.patterns import Find, PatternSet, tokens
from pipeline.tag.similarity import Prototypes
from pipeline.tag.subjects import SubjectFinder

MACHINE = "machine"
# Strength of evidence. Not probabilities: an order of trust, strongest first.
SCORES = {"indicator": 0.9, "pattern": 0.8, "weak indicator": 0.6}
MIN_SCORE = 0.5


class Sentence(NamedTuple):
    """One sentence of a passage; `offset` is where it starts in the passage's text."""

    passage: int
    offset: int
    text: str


class Around(NamedTuple):
    """The cues of a sentence and of its neighbours in the passage."""

    before: Cues | None
    here: Cues
    after: Cues | None

    def praised(self) -> bool:
        """Whether praise stands in the sentence or beside it."""
        return any(cues.has("praise") for cues in self if cues is not None)


class Evidence(NamedTuple):
    """One reason to apply a code to a sentence; the span is in the sentence."""

    code: str
    kind: str
    span: Find
    similarity: float


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """(offset, sentence) of a text; a table cell ends a sentence."""
    cutter = _sentence_cutter()
    offset = 0
    for cell in text.split(" | "):
        for sentence in cutter(cell).sents:
            if sentence.text.strip():
                yield offset + sentence.start_char, sentence.text
        offset += len(cell) + 3


@cache
def _sentence_cutter() -> Language:
    cutter = spacy.blank("en")
    cutter.add_pipe("sentencizer")
    return cutter


class Coder:
    """A codebook ready to code: patterns compiled, prototypes embedded."""

    def __init__(self, codebook: Codebook, embedder: Embedder) -> None:
        self.codebook = codebook
        self._embedder = embedder
        self._prototypes = Prototypes(codebook, embedder)
        self._cues = cue_patterns()
        self._patterns = {
            "indicator": _pattern_set(codebook, "indicators"),
            "pattern": _pattern_set(codebook, "patterns"),
            "weak indicator": _pattern_set(codebook, "weak_indicators"),
        }
        self._exclusions = _pattern_set(codebook, "exclusions")

    def evidence(self, texts: list[str]) -> list[list[Evidence]]:
        """Per sentence, all evidence that stands (weak indicators only where supported)."""
        similarity = self._prototypes.similarity(self._embedder.encode(texts))
        supported = self._prototypes.supports(similarity)
        column = {code: n for n, code in enumerate(self._prototypes.codes)}
        return [
            [
                Evidence(code, kind, span, float(similarity[n, column[code]]))
                for code, kind, span in self._finds(tokens(text))
                if kind != "weak indicator" or supported[n, column[code]]
            ]
            for n, text in enumerate(texts)
        ]

    def _finds(self, sentence: Doc) -> Iterator[tuple[str, str, Find]]:
        found = [
            (code, kind, span)
            for kind, patterns in self._patterns.items()
            for code, spans in patterns.find(sentence).items()
            for span in spans
        ]
        excluded = self._exclusions.find(sentence) if found else {}
        for code, kind, span in found:
            around = excluded.get(code, ())
            if not any(e.start < span.end and span.start < e.end for e in around):
                yield code, kind, span

    def cues(self, sentence: str) -> Cues:
        """The cues of a sentence."""
        return Cues(self._cues, tokens(sentence))


def polarity(code: Code, span: Find, around: Around, passage: Mapping[Any, Any]) -> str:
    """What the evidence says of the code, in the vocabulary of polarities."""
    here, after = around.here, around.after
    if passage["layer"] == "recommendation":
        return "hypothetical"
    if here.has("searched") and after is not None and after.has("found-nothing"):
        return "absent"
    if not code.omission:
        return "absent" if here.negates(span) else "present"
    if passage["section_role"] == "good-practice" or around.praised():
        return "good-practice"
    return "absent" if here.has("in-order") else "present"


def tag(
    passages: pd.DataFrame,
    roles: pd.DataFrame,
    coder: Coder,
    *,
    min_score: float = MIN_SCORE,
) -> pd.DataFrame:
    """Code one review: contracts.REDACTED and ROLES_TABLE in, contracts.CODINGS out.

    One row per passage and code: the strongest evidence, with the others named in its reason.
    """
    kept = codable(passages)
    subjects = SubjectFinder(roles, kept["text"])
    cut = [
        Sentence(n, offset, text)
        for n, whole in enumerate(kept["text"])
        for offset, text in sentences(whole)
    ]
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    records = kept.to_dict("records")
    # A sentence is also its neighbours' neighbour: its cues are found once.
    cues = cache(lambda n: coder.cues(cut[n].text))
    for at, evidence in enumerate(coder.evidence([s.text for s in cut])):
        if not evidence:
            continue
        sentence, passage = cut[at], records[cut[at].passage]
        for row in _codings(passage, sentence, evidence, _around(cut, at, cues), coder, subjects):
            rows.setdefault((passage["passage_id"], row["code"]), []).append(row)
    codings = [_strongest(found) for found in rows.values()]
    return CODINGS.frame([c for c in codings if c["score"] >= min_score])


def _around(cut: list[Sentence], at: int, cues: Callable[[int], Cues]) -> Around:
    def beside(n: int) -> Cues | None:
        same = 0 <= n < len(cut) and cut[n].passage == cut[at].passage
        return cues(n) if same else None

    return Around(beside(at - 1), cues(at), beside(at + 1))


def _codings(
    passage: dict[Any, Any],
    sentence: Sentence,
    evidence: list[Evidence],
    around: Around,
    coder: Coder,
    subjects: SubjectFinder,
) -> Iterator[dict[str, Any]]:
    for found in evidence:
        code = coder.codebook.codes[found.code]
        cautious = passage["section_role"] in CAUTIOUS_SECTIONS
        if cautious and found.kind not in ("indicator", "pattern"):
            continue
        subject = subjects.subject(sentence.text, found.span.start, found.span.end)
        if code.only_subject and subject not in (code.subject, None):
            continue
        yield {
            "review_id": passage["review_id"],
            "passage_id": passage["passage_id"],
            "code": code.id,
            "theme": code.theme,
            "coder": MACHINE,
            "start": sentence.offset + found.span.start,
            "end": sentence.offset + found.span.end,
            "polarity": polarity(code, found.span, around, passage),
            "subject": _subject_of(code, subject),
            "layer": passage["layer"],
            "source": _source(around.here, passage),
            "time": _time(around.here, passage["layer"]),
            "score": SCORES[found.kind],
            "reason": _reason(found, sentence.text),
        }


def _subject_of(code: Code, found: str | None) -> str | None:
    """Practice codes are about the agency whoever is named; others about the person found."""
    if code.subject in ("agency", "network"):
        return code.subject
    return found or code.subject


def _source(cues: Cues, passage: dict[Any, Any]) -> str | None:
    if passage["layer"] == "recommendation":
        return "panel"
    if passage["section_role"] == "family-views" or cues.has("family"):
        return "family"
    if cues.has("panel"):
        return "panel"
    if cues.has("agency") or passage["layer"] == "fact":
        return "agency"
    return "panel"


def _time(cues: Cues, layer: str) -> str | None:
    if layer == "recommendation":
        return None
    return "after" if cues.has("after") else "before"


def _reason(found: Evidence, sentence: str) -> str:
    evidence = sentence[found.span.start : found.span.end]
    return f"{found.kind} '{evidence}'; similarity to the code's prototypes {found.similarity:.2f}"


def _strongest(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The row of the strongest evidence; present weighs more than absent at equal strength."""
    best = min(found, key=lambda r: (-r["score"], r["polarity"] == "absent", r["start"]))
    others = dict.fromkeys(r["reason"] for r in found if r is not best)
    return {**best, "reason": "; also ".join([best["reason"], *others][:4])}


def _pattern_set(codebook: Codebook, key: str) -> PatternSet:
    return PatternSet([(code.id, p) for code in codebook.code for p in getattr(code, key)])
