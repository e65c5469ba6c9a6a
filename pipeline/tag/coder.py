"""The machine coder: a codebook, compiled once, applied to the passages of a review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from pipeline.codebook import Code, Codebook
from pipeline.contracts import CODINGS
from pipeline.models import Embedder, Vectors
from pipeline.tag.cues import Cues, cue_patterns
from pipeline.tag.layers import CAUTIOUS_SECTIONS, codable
from pipeline.tag.learnt import Learnt
from pipeline.tag.model import RULES, Array, CodingModel, Seen, Why, polarity_features
from pipeline.tag.patterns import Find, PatternSet, Row, rows
from pipeline.tag.recommendations import carried_out, recommendations
from pipeline.tag.similarity import Prototypes
from pipeline.tag.subjects import SubjectFinder
from pipeline.tag.tokens import sentences, tokens
from pipeline.vocabulary import MACHINE

# Strength of evidence. Not probabilities: an order of trust, strongest first.
SCORES = {"indicator": 0.9, "pattern": 0.8, "weak indicator": 0.6}
MIN_SCORE = 0.5
WORDS = "words"
"""The kind of evidence that only the model's word weights give."""


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


class Coder:
    """A codebook ready to code: patterns compiled, prototypes embedded, its model at hand.

    `learnt` are the codes that the model applies; without a model, rules apply every code.
    `from_people` is what was learnt from people's decisions, over the model.
    """

    def __init__(
        self,
        codebook: Codebook,
        embedder: Embedder,
        model: CodingModel | None = None,
        from_people: Learnt | None = None,
    ) -> None:
        self.model = model
        self._from_people = from_people
        self.learnt = frozenset(model.column if model else ()) & codebook.codes.keys()
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

    def similarity(self, texts: list[str]) -> Vectors:
        """Of each sentence to the prototypes of each code of the codebook, shape (n, codes)."""
        return self._prototypes.similarity(self._embedder.encode(texts))

    def evidence(self, texts: list[str]) -> list[list[Evidence]]:
        """Per sentence, all evidence that stands (weak indicators only where supported)."""
        return self.judge(list(rows(map(tokens, texts))), self.similarity(texts))

    def judge(self, laid: list[Row], similarity: Vectors) -> list[list[Evidence]]:
        """As `evidence`, of sentences that are laid in rows and set beside prototypes already."""
        supported = self._prototypes.supports(similarity)
        column = {code: n for n, code in enumerate(self._prototypes.codes)}
        return [
            [
                Evidence(code, kind, span, float(similarity[n, column[code]]))
                for code, kind, span in finds
                if kind != "weak indicator" or supported[n, column[code]]
            ]
            for n, finds in enumerate(self.finds(laid))
        ]

    def finds(self, laid: Iterable[Row]) -> Iterator[list[tuple[str, str, Find]]]:
        """Per sentence, code, kind and place of whatever the patterns find."""
        for row in laid:
            by_kind = {kind: set_.find_all(row) for kind, set_ in self._patterns.items()}
            excluded = self._exclusions.find_all(row)
            for n in range(len(row.texts)):
                yield [
                    (code, kind, span)
                    for kind, found in by_kind.items()
                    for code, spans in found[n].items()
                    for span in spans
                    if not _touched(span, excluded[n].get(code, ()))
                ]

    def over(self, from_people: Learnt | None) -> Coder:
        """The same coder with something else learnt from people, or nothing."""
        return Coder(self.codebook, self._embedder, self.model, from_people)

    def told(self, seen: Seen) -> tuple[Array, Array]:
        """How probable the model's codes are in a review's passages, and from where each applies.

        Shapes (n, codes) and (codes,). Only for a coder with a model.
        """
        assert self.model is not None
        if self._from_people is None:
            return self.model.look_again(seen), self.model.thresholds
        return self._from_people.look_again(seen, self.model), self._from_people.thresholds

    def cues(self, laid: Iterable[Row]) -> list[Cues]:
        """The cues of each sentence."""
        return [
            Cues(sentence, found)
            for row in laid
            for sentence, found in zip(row.texts, self._cues.find_all(row), strict=True)
        ]


def _touched(span: Find, by: Iterable[Find]) -> bool:
    return any(other.start < span.end and span.start < other.end for other in by)


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
    Codes that the coder's model knows are applied where it finds them probable enough; `min_score`
    is for the others.
    """
    reading = Reading(passages, roles, coder)
    rows = [*_by_rules(reading, min_score), *_by_model(reading)]
    return CODINGS.frame(rows)


class Candidate(NamedTuple):
    """Evidence for a code in sentence number `at` of a review, with what it says of the code."""

    at: int
    evidence: Evidence
    subject: str | None
    polarity: str

    @property
    def rank(self) -> tuple[float, bool, int, int]:
        """Strongest first; present weighs more than absent at equal strength."""
        score = SCORES.get(self.evidence.kind, 0.0)
        return -score, self.polarity == "absent", self.at, self.evidence.span.start


class Reading:
    """The passages of one review that may be coded, with everything that its rules find there.

    kept: these passages, contracts.REDACTED with `layer`; passages: the same as records.
    """

    def __init__(self, passages: pd.DataFrame, roles: pd.DataFrame, coder: Coder) -> None:
        """Read `passages`, all of one review (contracts.REDACTED), in the order of its pages."""
        # Tables lie in the order of the passages' ids, which are drawn by chance.
        passages = passages.sort_values("ordinal")
        self.coder = coder
        self._whole = passages
        self.kept = kept = codable(passages)
        self.passages = kept.to_dict("records")
        self.sentences = [
            Sentence(n, offset, text)
            for n, whole in enumerate(kept["text"])
            for offset, text in sentences(whole)
        ]
        self.of_passage: dict[int, list[int]] = defaultdict(list)
        for at, sentence in enumerate(self.sentences):
            self.of_passage[sentence.passage].append(at)
        self.subjects = SubjectFinder(roles, kept["text"])
        texts = [s.text for s in self.sentences]
        laid = list(rows(map(tokens, texts)))
        self._cues = coder.cues(laid)
        self.similarity = coder.similarity(texts)
        self.evidence = coder.judge(laid, self.similarity)

    def passage(self, at: int) -> dict[Any, Any]:
        """The passage that a sentence stands in."""
        return self.passages[self.sentences[at].passage]

    @cached_property
    def finds(self) -> dict[tuple[int, str], list[Candidate]]:
        """(number of passage, code) → what the rules find, strongest first.

        A code that only has evidence about somebody else stands there without a candidate.
        """
        found: dict[tuple[int, str], list[Candidate]] = defaultdict(list)
        for at, evidence in enumerate(self.evidence):
            for one in evidence:
                candidate = self.candidate(at, one)
                found[self.sentences[at].passage, one.code] += [candidate] if candidate else []
        return {key: sorted(some, key=lambda c: c.rank) for key, some in found.items()}

    @cached_property
    def carries_out(self) -> dict[int, str]:
        """Number of the passage of an action plan's row → text of its recommendation."""
        whole = self._whole.set_index("passage_id")
        found = recommendations(self._whole)
        # Printed again in the same document, it is one recommendation.
        stands = found.set_index("passage_id")["document_id"]
        first = found["passage_id"].map(whole["repeats"]).map(stands)
        carried = carried_out(found[first.isna() | (first != found["document_id"])])
        ids = enumerate(self.kept["passage_id"])
        return {n: whole["text"][carried[row]] for n, row in ids if row in carried}

    def candidate(self, at: int, evidence: Evidence) -> Candidate | None:
        """What evidence says of its code; None where it does not count."""
        code, passage = self.coder.codebook.codes[evidence.code], self.passage(at)
        if code.sections and passage["section_role"] not in code.sections:
            return None
        cautious = passage["section_role"] in CAUTIOUS_SECTIONS
        if cautious and evidence.kind not in ("indicator", "pattern"):
            return None
        span = evidence.span
        subject = self.subjects.subject(self.sentences[at].text, span.start)
        if code.only_subject and subject not in (code.subject, None):
            return None
        says = polarity(code, span, self.around(at), passage)
        return Candidate(at, evidence, _subject_of(code, subject), says)

    def around(self, at: int) -> Around:
        """The cues of a sentence and of its neighbours."""

        def beside(n: int) -> Cues | None:
            same = 0 <= n < len(self.sentences)
            same = same and self.sentences[n].passage == self.sentences[at].passage
            return self._cues[n] if same else None

        return Around(beside(at - 1), self._cues[at], beside(at + 1))

    def weighed(self, n: int, code: str, why: Why) -> list[Candidate]:
        """The sentence of passage `n` whose words speak most for a code.

        A list of one candidate, or empty where the sentence is about somebody else.
        """
        places = self.of_passage[n]
        by_role = self.subjects.by_role
        best = max(places, key=lambda at: why.weight(by_role(self.sentences[at].text).text),
                   default=None)  # fmt: skip
        if best is None:
            return []
        text = self.sentences[best].text
        span = next(iter(self.heaviest(text, why)), Find(0, len(text)))
        candidate = self.candidate(best, Evidence(code, WORDS, span, 0.0))
        return [candidate] if candidate else []

    def as_read(self, n: int) -> str:
        """The text of passage `n` as the model reads it: people by role.

        After the row of an action plan comes the recommendation that it carries out: "3 | Flag at
        referral | June" says little by itself.
        """
        texts = [self.passages[n]["text"], self.carries_out.get(n)]
        return " ".join(self.subjects.by_role(text).text for text in texts if text)

    def heaviest(self, text: str, why: Why) -> list[Find]:
        """Where in a text the words stand that speak for a code, heaviest first."""
        by_role = self.subjects.by_role(text)
        return [Find(*by_role.printed(t.start, t.end)) for t in why.heaviest(by_role.text)]

    def row(self, candidate: Candidate, span: Find, *, score: float, reason: str) -> dict[str, Any]:
        """A coding, with its evidence at a span of the candidate's sentence."""
        sentence, passage = self.sentences[candidate.at], self.passage(candidate.at)
        code, here = self.coder.codebook.codes[candidate.evidence.code], self._cues[candidate.at]
        return {
            "review_id": passage["review_id"],
            "passage_id": passage["passage_id"],
            "code": code.id,
            "theme": code.theme,
            "coder": MACHINE,
            "start": sentence.offset + span.start,
            "end": sentence.offset + span.end,
            "polarity": candidate.polarity,
            "subject": candidate.subject,
            "layer": passage["layer"],
            "source": _source(here, passage),
            "time": _time(here, passage["layer"]),
            "score": score,
            "reason": reason,
        }

    def reason(self, candidates: list[Candidate]) -> str:
        """What the rules found, in words."""
        texts = (_reason(c.evidence, self.sentences[c.at].text) for c in candidates)
        return "; also ".join([*dict.fromkeys(texts)][:4])


def _by_rules(reading: Reading, min_score: float) -> Iterator[dict[str, Any]]:
    """The codings of codes that no model knows."""
    for (_, code), found in reading.finds.items():
        if found and code not in reading.coder.learnt:
            score = SCORES[found[0].evidence.kind]
            if score >= min_score:
                reason = reading.reason(found)
                yield reading.row(found[0], found[0].evidence.span, score=score, reason=reason)


def _by_model(reading: Reading) -> Iterator[dict[str, Any]]:
    """The codings of codes that the model knows: where it finds them probable enough."""
    model = reading.coder.model
    if model is None:
        return
    finds = reading.finds
    seen_here = seen(reading, model)
    probable, thresholds = reading.coder.told(seen_here)
    for n, column in np.argwhere(probable >= thresholds):
        code = str(model.codes[column])
        if code not in reading.coder.learnt:
            continue
        why = model.why(seen_here.words[n], code)
        found = finds[n, code] if (n, code) in finds else reading.weighed(n, code, why)
        if found:
            best = judged(reading, found[0], model, seen_here.polarities[n, column])
            read = seen_here.read[n, column] if len(model.encoder) else None
            yield _learnt_row(reading, best, found, why, read, float(probable[n, column]))


def seen(reading: Reading, model: CodingModel) -> Seen:
    """What the model sees of the passages of a review."""
    texts = [reading.as_read(n) for n in range(len(reading.passages))]
    headings = [
        (passage["heading_path"].split(" > ")[-1], passage["section_role"])
        for passage in reading.passages
    ]
    counts = np.zeros((len(texts), len(model.codes), len(RULES)), dtype=np.int64)
    for sentence, evidence in zip(reading.sentences, reading.evidence, strict=True):
        for one in evidence:
            if one.code in model.column:
                place = sentence.passage, model.column[one.code], RULES.index(one.kind)
                counts[place] += 1
    read = model.read(texts, headings)
    return Seen(
        texts, model.words(texts), headings, counts, _likeness(reading, model), read[:, :, 0],
        read[:, :, 1:],
    )  # fmt: skip


def _likeness(reading: Reading, model: CodingModel) -> NDArray[np.float64]:
    """Of each passage's likest sentence to each of the model's codes; 0 for unknown codes."""
    place = {code: n for n, code in enumerate(reading.coder.codebook.codes)}
    likeness = np.zeros((len(reading.passages), len(model.codes)))
    known = [n for n, code in enumerate(model.codes) if str(code) in place]
    columns = [place[str(model.codes[n])] for n in known]
    at = np.array([sentence.passage for sentence in reading.sentences], dtype=int)
    best = np.zeros((len(reading.passages), len(known)))
    np.maximum.at(best, at, reading.similarity[:, columns])
    likeness[:, known] = best
    return likeness


def _learnt_row(
    reading: Reading, best: Candidate, found: list[Candidate], why: Why, read: float | None,
    probability: float,
) -> dict[str, Any]:  # fmt: skip
    sentence, passage = reading.sentences[best.at], reading.passage(best.at)
    text, by_rule = sentence.text, best.evidence.kind != WORDS
    whole = passage["text"] if by_rule else text
    heaviest = reading.heaviest(whole, why)[:3]
    words = ", ".join(whole[word.start : word.end].lower() for word in heaviest)
    parts = [reading.reason(found)] if by_rule else []
    parts += [f"words that weigh: {words}"] if words else []
    parts += [f"read as a whole {expit(read):.2f}"] if read is not None else []
    carries_out = sentence.passage in reading.carries_out
    parts += ["read with the recommendation that it carries out"] if carries_out else []
    reason = "; ".join([*parts, f"probability {probability:.2f}"])
    span = best.evidence.span if by_rule else Find(0, len(text))
    if carries_out and not by_rule:
        # The recommendation says it; no cell of the row, such as "Police", does so alone. A span
        # counts from the sentence.
        span = Find(-sentence.offset, len(passage["text"]) - sentence.offset)
    return reading.row(best, span, score=probability, reason=reason)


def judged(reading: Reading, candidate: Candidate, model: CodingModel, read: Array) -> Candidate:
    """The candidate with the polarity and the subject that the model gives it.

    `read` is what the encoder says of each polarity.
    """
    polarity = model.polarity.says(polarity_seen(reading, candidate), read)
    subject = model.subject.says(subject_seen(reading, candidate))
    return candidate._replace(
        polarity=polarity or candidate.polarity, subject=subject or candidate.subject
    )


def polarity_seen(reading: Reading, candidate: Candidate) -> list[str]:
    """What the model sees of a candidate when it tells the polarity."""
    passage, around = reading.passage(candidate.at), reading.around(candidate.at)
    cues = ((place, c.groups) for place, c in around._asdict().items() if c is not None)
    return polarity_features(
        reading.sentences[candidate.at].text,
        cues,
        omission=reading.coder.codebook.codes[candidate.evidence.code].omission,
        code=candidate.evidence.code,
        layer=passage["layer"],
        section=passage["section_role"],
        rules=candidate.polarity,
    )


def subject_seen(reading: Reading, candidate: Candidate) -> list[str]:
    """What the model sees of a candidate when it tells whom the coding is about."""
    sentence, code = reading.sentences[candidate.at], candidate.evidence.code
    whole = reading.passage(candidate.at)["text"]
    known = [
        f"rules {candidate.subject}",
        *reading.subjects.named(sentence.text, candidate.evidence.span.start, whole),
    ]
    return [f"code {code}", *known, *(f"code {code} {name}" for name in known)]


def _subject_of(code: Code, found: str | None) -> str | None:
    """Practice codes are about the agency whoever is named; others about the person found."""
    if code.subject in ("agency", "network"):
        return code.subject
    return found or code.subject


def _source(cues: Cues, passage: dict[Any, Any]) -> str | None:
    if passage["layer"] == "recommendation":
        return "panel"
    if cues.has("perpetrator"):
        return "perpetrator"
    if cues.has("professional"):
        return "agency"
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
    return "after" if cues.has("after") and not cues.has("earlier-death") else "before"


def _reason(found: Evidence, sentence: str) -> str:
    evidence = sentence[found.span.start : found.span.end]
    return f"{found.kind} '{evidence}'; similarity to the code's prototypes {found.similarity:.2f}"


def _pattern_set(codebook: Codebook, key: str) -> PatternSet:
    return PatternSet([(code.id, p) for code in codebook.code for p in getattr(code, key)])
