"""Redaction against the source: what was removed, what was removed in vain, what was kept."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from rapidfuzz.distance import Indel

from pipeline.evaluate.alignment import Match
from pipeline.evaluate.extraction import Read
from pipeline.evaluate.markup import Identifier, Source
from pipeline.evaluate.resampling import Measure, Resampling
from pipeline.vocabulary import IDENTIFIER_TYPES

FUNCTION_WORDS = frozenset(
    (
        "a", "an", "and", "at", "by", "de", "for", "from", "in", "into", "la", "of", "off", "on",
        "or", "over", "s", "th", "the", "to", "until", "up", "with",
    )
)  # fmt: skip
"""Words of an identifier that tell nothing when they are left standing (as in the Text
Anonymization Benchmark, Pilán and others 2022, Computational Linguistics 48(4))."""

NEEDED = re.compile(
    r"\b(?:police|probation|prison|court|MARAC|MAPPA|MASH|IDVAs?|ISVA|DASH|DARA|SPECSS|IRIS|IMRs?|"
    r"GPs?|CCG|ICB|PCT|NHS|CPS|CSP|CAFCASS|Cafcass|CPA|DVPOs?|DVPNs?|Home Office|refuge|"
    r"social workers?|health visitors?|midwi(?:fe|ves)|school nurses?|housing (?:officers?|"
    r"association)|mental health trust|children’s social care|adult social care|"
    r"Mental (?:Health|Capacity) Act|Care Act|Children Act)\b"
)
"""Agencies, tools and statutes that coders need; a report's own labels come from its source."""


@dataclass(frozen=True)
class _Mention:
    """One mention of an identifier, and whether nothing that tells was left of it."""

    review_id: int
    identifier: Identifier
    removed: bool


class _Document:
    """One document, with the stretches of each passage that were replaced."""

    def __init__(self, read: Read, log: pd.DataFrame) -> None:
        self.read = read
        self.masked = defaultdict(list)
        for row in log.itertuples():
            self.masked[row.passage_id].append((row.start, row.end))

    @cached_property
    def coverage(self) -> list[np.ndarray]:
        """For each passage, which of its characters were replaced."""
        found = []
        for text, passage_id in zip(
            self.read.passages["text"], self.read.passages["passage_id"], strict=True
        ):
            covered = np.zeros(len(text), dtype=bool)
            for start, end in self.masked[passage_id]:
                covered[start:end] = True
            found.append(covered)
        return found

    @cached_property
    def standing(self) -> list[tuple[Match, np.ndarray]]:
        """Each block that was found, with which of its characters stand in the redacted text."""
        return [(match, self._standing(match)) for match in self.read.matches if match.passages]

    def _standing(self, match: Match) -> np.ndarray:
        standing = np.zeros(len(match.block.text), dtype=bool)
        for place in match.passages:
            text = str(self.read.passages["text"].iloc[place])
            for edit in Indel.opcodes(match.block.text, text):
                if edit.tag == "equal":
                    kept = ~self.coverage[place][edit.dest_start : edit.dest_end]
                    standing[edit.src_start : edit.src_end] |= kept
        return standing


def redaction(documents: Sequence[Read], log: pd.DataFrame) -> dict[str, Measure]:
    """Every measure by name; `log` is `contracts.REDACTION_LOG` of the same reviews.

    A mention is removed when no letter or digit of a word that tells is left; an entity, when
    all its mentions are. Precision is over replaced words. Mentions in blocks that were not
    found at all are not counted: nothing of them can leak.
    """
    read = [_Document(one, log) for one in documents]
    mentions = [mention for document in read for mention in _mentions(document)]
    measures = {"mentions removed": _mention_recall(mentions)}
    measures |= {
        f"mentions removed: {kind}": _mention_recall(
            [m for m in mentions if m.identifier.type == kind]
        )
        for kind in IDENTIFIER_TYPES
    }
    measures["entities removed"] = _entity_recall(mentions)
    measures |= {
        f"entities removed: {kind}": _entity_recall(
            [m for m in mentions if m.identifier.type == kind]
        )
        for kind in IDENTIFIER_TYPES
    }
    measures["replaced words that had to go"] = _words(read)
    measures["needed terms kept"] = _kept(read)
    return measures


def missed(document: Read, log: pd.DataFrame) -> Iterator[Identifier]:
    """The mentions of which something was left: private, for whoever mends the rules."""
    return (m.identifier for m in _mentions(_Document(document, log)) if not m.removed)


def _mentions(document: _Document) -> Iterator[_Mention]:
    review_id = document.read.gold.review_id
    for match, standing in document.standing:
        for identifier in match.block.identifiers:
            yield _Mention(review_id, identifier, not _tells(identifier, standing))


def _tells(identifier: Identifier, standing: np.ndarray) -> bool:
    return any(
        word[0].casefold() not in FUNCTION_WORDS
        and standing[identifier.start + word.start() : identifier.start + word.end()].any()
        for word in re.finditer(r"\w+", identifier.surface)
    )


def _mention_recall(mentions: Sequence[_Mention]) -> Measure:
    reviews = np.array([m.review_id for m in mentions])
    return Resampling(reviews).share(np.array([m.removed for m in mentions]))


def _entity_recall(mentions: Sequence[_Mention]) -> Measure:
    entities: dict[tuple[int, str, str], bool] = {}
    for m in mentions:
        key = (m.review_id, m.identifier.type, m.identifier.entity)
        entities[key] = entities.get(key, True) and m.removed
    reviews = np.array([review for review, *_ in entities])
    return Resampling(reviews).share(np.array(list(entities.values())))


def _words(documents: Sequence[_Document]) -> Measure:
    """Share of the replaced words that stand in an identifier of the source."""
    reviews, hits = [], []
    for document in documents:
        for match, standing in document.standing:
            inside = np.zeros(len(match.block.text), dtype=bool)
            for identifier in match.block.identifiers:
                inside[identifier.start : identifier.end] = True
            for word in re.finditer(r"\w+", match.block.text):
                if not standing[word.start() : word.end()].any():
                    reviews.append(document.read.gold.review_id)
                    hits.append(inside[word.start() : word.end()].any())
    return Resampling(np.array(reviews)).share(np.array(hits))


def _kept(documents: Sequence[_Document]) -> Measure:
    """Share of the needed terms, outside identifiers, that stand in the redacted text."""
    reviews, hits = [], []
    for document in documents:
        terms = [NEEDED, *_labels(document.read.gold.source)]
        for match, standing in document.standing:
            inside = [range(i.start, i.end) for i in match.block.identifiers]
            for term in terms:
                for found in term.finditer(match.block.text):
                    if not any(found.start() in span for span in inside):
                        reviews.append(document.read.gold.review_id)
                        hits.append(bool(standing[found.start() : found.end()].all()))
    return Resampling(np.array(reviews)).share(np.array(hits))


def _labels(source: Source) -> Iterator[re.Pattern[str]]:
    """The report's own names and labels for people, as the source's front matter lists them."""
    for quoted in source.roles:
        label = quoted.strip("‘’'\"“”*")
        if label and not label.casefold().startswith("the "):
            yield re.compile(rf"(?<!\w){re.escape(label)}(?!\w)")
