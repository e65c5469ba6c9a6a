"""Looking for known strings in cells of text: hits, without what a report is free to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from unicodedata import normalize

import pandas as pd
from spacy.lang.en import English
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from pipeline.contracts import LEAKS
from pipeline.fingerprints import fingerprint
from pipeline.leaks.known import Known, Meaning, Phrase
from pipeline.leaks.words import Word, forms, numbers, words
from pipeline.redact.ages import find_ages
from pipeline.redact.context import Context, context_of
from pipeline.redact.find import Span, inside, overlaps
from pipeline.redact.learn import NAMES, stands_as_date, stands_as_name
from pipeline.redact.protect import protected
from pipeline.redact.words import ordinary

_AGE_NEAR = re.compile(
    r"\b(?:aged?|turned|birthday)(?: of)? $|^(?:[- ]years?[- ]old|[- ]?yrs?[- ]old|[- ]?y/?o\b|"
    r"[- ]years? of age)"
)
"""Words beside a number that make it an age."""
_SHORT = 60
"""Characters; words of a vocabulary are asked for once, however many cells hold them."""
_BESIDE = 16
"""Characters; the widest that `_AGE_NEAR` looks at on either side."""


class Cell(NamedTuple):
    """One piece of text outside private/, and where it stands."""

    file: str
    """Path below the outputs folder."""
    column: str
    row: str
    text: str
    review_id: int | None = None
    """The review that the text is of, where one can tell."""
    passage: bool = False
    """Whether it is a review's own text, or copied from it."""


CATEGORY = "area"
"""The column in which the manifest's own areas may stand."""


class Standing:
    """What the reviews of a study may say, although it was replaced elsewhere."""

    def __init__(
        self,
        passages: pd.DataFrame,
        *,
        categories: Iterable[str],
        accepted: Iterable[str] = (),
        rejected: Iterable[tuple[int, str]] = (),
    ) -> None:
        """Of redacted `passages` (`contracts.REDACTED`) of all reviews.

        `categories` are the manifest's areas; `accepted` are ids of hits that a person passed;
        `rejected` are words that a person put back in a review as no identifier there.
        """
        self.categories = frozenset(map(forms, categories))
        self.accepted = frozenset(accepted)
        self.rejected = frozenset((r, tuple(w.form for w in words(text))) for r, text in rejected)
        self._passages = {int(str(r)): own for r, own in passages.groupby("review_id")}
        self._contexts: dict[int, Context] = {}

    def context(self, review: int | None) -> Context | None:
        """What one review tells about its own words; read when it is first asked for."""
        if review is None or review not in self._passages:
            return None
        if review not in self._contexts:
            own = self._passages[review]
            pairs = list(zip(own["heading_path"], own["text"], strict=True))
            self._contexts[review] = context_of(pairs, year_of_death=None)
        return self._contexts[review]

    def contexts(self) -> Iterator[Context]:
        """The same of all reviews."""
        return (found for review in self._passages if (found := self.context(review)))


class Search:
    """Looks for all known strings at once."""

    def __init__(self, known: Known, standing: Standing, *, key: bytes) -> None:
        self._known = known
        self._standing = standing
        self._key = key
        self._vocab = English().vocab
        self._first = {phrase[0] for phrase in known}
        self._blank: set[str] = set()
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        self._matcher.add("known", [Doc(self._vocab, words=list(phrase)) for phrase in known])

    def hits(self, cells: Iterable[Cell]) -> pd.DataFrame:
        """`contracts.LEAKS` of the cells."""
        rows = [row for cell in cells if cell.text for row in self._of(_composed(cell))]
        frame = pd.DataFrame.from_records(rows, columns=LEAKS.names)
        return LEAKS.validate(frame.drop_duplicates(list(LEAKS.key)))

    def _of(self, cell: Cell) -> Iterator[dict[str, object]]:
        if cell.column == CATEGORY and forms(cell.text) in self._standing.categories:
            return
        free: list[Span] | None = None
        end_of_last = 0
        for found in self._matches(cell.text):
            span = (found[0].start, found[-1].end)
            phrase = tuple(word.form for word in found)
            if span[0] < end_of_last:
                continue
            if (cell.review_id, phrase) in self._standing.rejected:
                end_of_last = span[1]
                continue
            if (meant := self._meant(cell, found)) is None:
                continue
            free = self._free(cell) if free is None else free
            if inside(span, free) and not _never_free(meant):
                continue
            end_of_last = span[1]
            row = self._row(cell, span, meant, phrase)
            if row["id"] not in self._standing.accepted:
                yield row

    def _matches(self, text: str) -> list[list[Word]]:
        """Stretches that are a known phrase; where they begin together, longest first."""
        if text in self._blank:
            return []
        all_words = list(words(text))
        found = []
        # Most texts hold no word that a phrase begins with: nothing is to be matched there.
        if any(word.form in self._first for word in all_words):
            doc = Doc(self._vocab, words=[word.form for word in all_words])
            found = [all_words[first:last] for _, first, last in self._matcher(doc)]
        found += [[number] for number in numbers(text) if (number.form,) in self._known]
        if not found and len(text) <= _SHORT:
            self._blank.add(text)
        return sorted(found, key=lambda stretch: (stretch[0].start, -stretch[-1].end))

    def _meant(self, cell: Cell, found: list[Word]) -> Meaning | None:
        """What the words give away here; the identifier of the cell's own review comes first."""
        meanings = self._known[tuple(word.form for word in found)]
        own = [m for m in meanings if m.of_review == cell.review_id]
        for meaning in own + [m for m in meanings if m.everywhere and m not in own]:
            if meaning.everywhere:
                if not self._stays(cell, found):
                    return meaning
            elif cell.passage and self._a_name_here(cell, found, meaning.type):
                return meaning
        return None

    def _a_name_here(self, cell: Cell, found: list[Word], kind: str) -> bool:
        context = self._standing.context(cell.review_id)
        small = STOP_WORDS | (context.lowercase if context else frozenset())
        common = all(word.form in small for word in found)
        # "Force A" of a review that also speaks of forces is no place, nor is its Rota a person.
        if common and kind in NAMES and not (kind == "PERSON" and ordinary(found[0].form)):
            return False
        return _a_name_here(cell.text, found, kind, common=common)

    def _stays(self, cell: Cell, found: list[Word]) -> bool:
        """Whether a report declares the words as its pseudonyms or cites them as authors."""
        own = self._standing.context(cell.review_id)
        where = self._standing.contexts() if cell.review_id is None else filter(None, [own])
        written = [re.sub(r"['’]s?$", "", cell.text[w.start : w.end]).title() for w in found]
        return any(context.kept(written) for context in where)

    def _free(self, cell: Cell) -> list[Span]:
        """Stretches that name a law, a label, a body that works nationwide, a cited author."""
        context = self._standing.context(cell.review_id)
        return protected(cell.text, labels=context.labels if context else ())

    def _row(self, cell: Cell, span: Span, meant: Meaning, phrase: Phrase) -> dict[str, object]:
        place = [cell.row] if cell.passage else [cell.file, cell.column, cell.row]
        return {
            "file": cell.file,
            "column": cell.column,
            "row": cell.row,
            "start": span[0],
            "review_id": cell.review_id,
            "type": meant.type,
            "of_review": meant.of_review,
            "pseudonym": meant.pseudonym,
            "id": fingerprint(self._key, {"leak": place, "words": phrase})[:12],
            "surface": cell.text[slice(*span)],
        }


def _composed(cell: Cell) -> Cell:
    text = cell.text
    return cell if text.isascii() else cell._replace(text=normalize("NFC", text))


def _never_free(meant: Meaning) -> bool:
    """Whether no law or agency makes it harmless: "Wexmere Strategy 2014" still says where."""
    return meant.type == "CONTACT" or (meant.type == "PLACE" and meant.everywhere)


def _a_name_here(text: str, found: list[Word], kind: str, *, common: bool) -> bool:
    """Whether words that are words like any other stand as a name, date or age here.

    `common`: the review writes them without a capital, too.
    """
    start, end = found[0].start, found[-1].end
    surface = text[start:end]
    if kind == "AGE":
        before, after = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
        near = any(_AGE_NEAR.search(beside) for beside in (before, after))
        return near or any(overlaps((start, end), [find[:2]]) for find in find_ages(text))
    if surface[0].isdigit():
        return kind == "DATE" or not (len(found) == 1 and kind != "CODE")
    if kind == "DATE":
        return stands_as_date(text, (start, end))
    if not surface[0].isupper():
        return False
    return stands_as_name(text, (start, end), common=common)
