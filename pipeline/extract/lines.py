"""Words of one page to printed lines, top to bottom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from statistics import mode

from pipeline.extract.words import Word

RAISED_SIZE = 0.8
"""A footnote mark is smaller than this share of its line."""


@dataclass(eq=False)
class Line:
    """One printed line; `marks` are the footnote numbers that were taken out of its text."""

    words: list[Word]
    marks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        first, last = self.words[0], self.words[-1]
        if len(self.words) == 2 and first.size == last.size and first.baseline == last.baseline:
            # Most lines are read in two pieces that are alike.
            self.size, self.baseline = round(first.size * 2) / 2, round(first.baseline, 1)
            self.top, self.bottom = min(first.top, last.top), max(first.bottom, last.bottom)
            self.x1 = max(first.x1, last.x1)
        else:
            self.size, main = self._main()
            self.baseline = mode([round(word.baseline, 1) for word in main])
            self.top = min([word.top for word in main])
            self.bottom = max([word.bottom for word in main])
            self.x1 = max([word.x1 for word in self.words])
        self.x0 = first.x0
        self.read()

    def read(self) -> None:
        """Set `text`, with one space between words, and `bold`: whether nearly all letters are."""
        self.text = join_words(self.words)
        self.bold = any(word.bold for word in self.words) and self._is_bold()

    def _is_bold(self) -> bool:
        letters = [(sum(map(str.isalnum, word.text)), word.bold) for word in self.words]
        total = sum(count for count, _ in letters)
        return total > 0 and sum(count for count, bold in letters if bold) >= 0.85 * total

    def _main(self) -> tuple[float, list[Word]]:
        """The size that most letters have, and the words of about that size."""
        sizes: dict[float, int] = {}
        for word in self.words:
            size = round(word.size * 2) / 2
            sizes[size] = sizes.get(size, 0) + len(word.text)
        usual = max(sizes, key=sizes.__getitem__)
        return usual, [word for word in self.words if abs(word.size - usual) < 0.6] or self.words

    def is_raised(self, word: Word) -> bool:
        """Whether a word is a raised number: a footnote mark."""
        small = word.size < RAISED_SIZE * self.size or word.size <= self.size - 3
        higher = self.baseline - word.baseline > 0.1 * self.size
        return small and higher and word.text.isdecimal() and len(word.text) <= 3

    def take_marks(self) -> None:
        """Move the footnote marks out of the text; one that opens the line stays."""
        marks = [word for word in self.words[1:] if self.is_raised(word)]
        if not marks:
            return
        self.marks += [word.text for word in marks]
        self.words = [word for word in self.words if word not in marks]
        self.read()


def join_words(words: Iterable[Word]) -> str:
    """The text of words that follow one another on a line."""
    parts: list[str] = []
    previous: Word | None = None
    for word in words:
        far = previous is not None and word.x0 - previous.x1 > 0.3 * word.size
        parts.append(f" {word.text}" if parts and (word.spaced or far) else word.text)
        previous = word
    return "".join(parts)


def lines_of(words: list[Word]) -> list[Line]:
    """The words as lines, top to bottom; words on one baseline make a line."""
    rows: list[list[Word]] = []
    anchor: Word | None = None
    for word in sorted(words, key=attrgetter("baseline", "x0")):
        if anchor and _on_one_line(word, anchor):
            rows[-1].append(word)
            anchor = word if word.size > anchor.size else anchor
        else:
            rows.append([word])
            anchor = word
    return [Line(sorted(row, key=attrgetter("x0"))) for row in rows]


def _on_one_line(word: Word, other: Word) -> bool:
    if word.baseline == other.baseline:
        return True
    large, small = max(word.size, other.size), min(word.size, other.size)
    # A raised mark is small, and stands up to half a line higher.
    reach = 0.55 if small < 0.87 * large else 0.45
    return abs(word.baseline - other.baseline) < reach * large
