"""The text of a document's pages as one stream, and which of its signs have to go."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.copies.known import Known, KnownPassage, pattern
from pipeline.leaks.words import normal, squeeze

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points of the page, y upward."""


# pdfium puts a mark of its own in place of a hyphen and the end of its line.
_BREAKS = {0x0D: "\n", 0x02: "-\n", 0xFFFE: "-\n"}


@dataclass(frozen=True, slots=True)
class Sign:
    """One letter or other sign of a page; `box` and `origin` are None for what leaves no ink.

    `angle` is that of its line, in degrees.
    """

    text: str
    box: Box | None = None
    origin: tuple[float, float] | None = None
    angle: int = 0


@dataclass
class PageText:
    """What a page (1-based `number`) says, sign by sign in reading order."""

    number: int
    signs: list[Sign]
    text: str = field(init=False)
    owners: list[int] = field(init=False)
    """For each letter of `text` the place of its sign in `signs`."""

    def __post_init__(self) -> None:
        letters: list[str] = []
        self.owners = []
        for index, sign in enumerate(self.signs):
            if letters and unicodedata.combining(sign.text[:1] or " "):
                letters[-1] = unicodedata.normalize("NFC", letters[-1] + sign.text)[:1]
                continue
            for letter in normal(sign.text.translate(_BREAKS)):
                letters.append(letter)
                self.owners.append(index)
        self.text = "".join(letters)


@dataclass(frozen=True)
class Cut:
    """One replacement on one page: the signs that go, as places in `PageText.signs`.

    `pseudonym` is empty for the rest of a replacement that began on the page before.
    """

    signs: tuple[int, ...]
    pseudonym: str


class Unfound(Exception):
    """What redaction replaced on a page cannot be found there; `page` is 1-based."""

    def __init__(self, page: int) -> None:
        super().__init__(page)
        self.page = page


def cuts(pages: Sequence[PageText], known: Known) -> dict[int, list[Cut]]:
    """Page number -> what has to go from it.

    Raises `Unfound` for a replaced text that the pages do not show.
    """
    whole = _Whole(pages, known)
    found = list(whole.placed(known.passages))
    # A header is no part of the body, and a name may run from one page to the next.
    found += list(whole.searched(known, whole.body))
    for page in pages:
        places = [(page.number, index) for index in range(len(page.text))]
        found += list(whole.searched(known, (page.text, places)))
    return whole.merged(found)


_Places = list[tuple[int, int]]
"""For each letter its page and its place in `PageText.text`."""


class _Whole:
    """All pages, and their body: the text without running lines."""

    def __init__(self, pages: Sequence[PageText], known: Known) -> None:
        self.pages = {page.number: page for page in pages}
        running: dict[int, set[str]] = {}
        for number, line in known.running:
            running.setdefault(number, set()).add(squeeze(line))
        letters: list[str] = []
        places: _Places = []
        self.starts: dict[int, int] = {}
        for page in pages:
            self.starts[page.number] = len(letters)
            for start, end in _lines(page.text):
                if squeeze(page.text[start:end]) not in running.get(page.number, ()):
                    letters += page.text[start:end]
                    places += [(page.number, index) for index in range(start, end)]
            letters.append("\n")
            places.append((page.number, len(page.text)))
        self.body = ("".join(letters), places)
        self.squeezed = [
            (small, index)
            for index, letter in enumerate(letters)
            for small in letter.casefold()
            if small.isalnum()
        ]
        self.letters = "".join(small for small, _ in self.squeezed)
        self.at = [index for _, index in self.squeezed]

    def searched(
        self, known: Known, stream: tuple[str, _Places]
    ) -> Iterator[tuple[list[tuple[int, int]], str]]:
        text, places = stream
        for found in known.find(text):
            yield places[found.start : found.end], found.pseudonym

    def placed(
        self, passages: Sequence[KnownPassage]
    ) -> Iterator[tuple[list[tuple[int, int]], str]]:
        """The replaced spans in their places; a passage is found by its letters."""
        next_at: dict[str, int] = {}
        for passage in passages:
            letters = squeeze(passage.text)
            first = passage.page or min(self.pages, default=1)
            after = max(next_at.get(letters, 0), self._letter(self.starts.get(first, 0)))
            start = self.letters.find(letters, after)
            if not passage.spans:
                continue
            if start < 0:
                yield from self._on_pages(passage)
                continue
            next_at[letters] = start + 1
            for span in passage.spans:
                before = len(squeeze(passage.text[: span.start]))
                count = len(squeeze(passage.text[span.start : span.end]))
                if count:
                    begin, end = start + before, start + before + count
                    stretch = range(self.at[begin], self.at[end - 1] + 1)
                    yield [self.body[1][index] for index in stretch], span.pseudonym

    def _letter(self, body_index: int) -> int:
        from bisect import bisect_left

        return bisect_left(self.at, body_index)

    def _on_pages(self, passage: KnownPassage) -> Iterator[tuple[list[tuple[int, int]], str]]:
        """The spans wherever they stand on the pages of a passage whose order is another there.

        Too much rather than too little: where not the whole is found, every word of it goes.
        """
        first = passage.page or min(self.pages, default=1)
        pages = [self.pages[n] for n in range(first, (passage.page_end or first) + 1)
                 if n in self.pages]  # fmt: skip
        for span in passage.spans:
            if not squeeze(span.surface):
                continue
            found = list(_everywhere(pages, [span.surface], span.pseudonym))
            if not found:
                words = [word for word in span.surface.split() if squeeze(word)]
                each = [list(_everywhere(pages, [word], span.pseudonym)) for word in words]
                if not all(each):
                    raise Unfound(first)
                found = [one for some in each for one in some]
            yield from found

    def merged(self, found: Sequence[tuple[list[tuple[int, int]], str]]) -> dict[int, list[Cut]]:
        """Cuts by page; of two that overlap, the earlier found one grows."""
        taken: dict[tuple[int, int], int] = {}
        signs: list[dict[int, set[int]]] = []
        labels: list[str] = []
        for places, pseudonym in found:
            owned = [
                (number, self.pages[number].owners[index])
                for number, index in places
                if index < len(self.pages[number].owners)
            ]
            known = next((taken[one] for one in owned if one in taken), None)
            if known is None:
                known = len(signs)
                signs.append({})
                labels.append(pseudonym)
            for number, sign in owned:
                if taken.setdefault((number, sign), known) == known:
                    signs[known].setdefault(number, set()).add(sign)
        result: dict[int, list[Cut]] = {}
        for label, by_page in zip(labels, signs, strict=True):
            for nth, number in enumerate(sorted(by_page)):
                cut = Cut(tuple(sorted(by_page[number])), "" if nth else label)
                result.setdefault(number, []).append(cut)
        return {number: sorted(result[number], key=lambda c: c.signs) for number in sorted(result)}


def _everywhere(
    pages: Sequence[PageText], surfaces: Sequence[str], pseudonym: str
) -> Iterator[tuple[list[tuple[int, int]], str]]:
    for page in pages:
        for match in pattern(surfaces).finditer(page.text):
            yield [(page.number, index) for index in range(*match.span())], pseudonym


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each line, its line break included."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield start, end
        start = end
