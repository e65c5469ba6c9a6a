"""Lines and tables of a PDF's pages to blocks: paragraphs, headings, list items, rows, notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pipeline.extract import numbers
from pipeline.extract.block import Block, Box
from pipeline.extract.columns import in_columns
from pipeline.extract.footnotes import Note, take_footnotes
from pipeline.extract.furniture import drop_furniture
from pipeline.extract.grid import Grid
from pipeline.extract.headings import (
    CAPTION,
    Style,
    has_leaders,
    heading_levels,
    is_title,
    split_heading,
)
from pipeline.extract.hyphens import Hyphens
from pipeline.extract.lines import Line
from pipeline.extract.measures import Measures, body, measure
from pipeline.extract.page import Page
from pipeline.extract.rows import table_blocks
from pipeline.extract.words import confidence
from pipeline.vocabulary import MONTHS

PARAGRAPH_GAP = 1.22
"""A gap this many times the usual leading parts paragraphs."""
INDENT = 0.8
"""Share of the font size from which on a different left edge counts as an indent."""
_ENDED = re.compile(r"[.!?:;][\"'”’)\]]*$")
_ALONE = re.compile(r"\d{1,2}(?:\.\d{1,3})+\.?")
_BEFORE_CAPITAL = re.compile(r"(\d{1,3})\s+[\"'“‘(]?[A-Z]")
_DATE = re.compile(rf"(?:\d{{1,2}}(?:st|nd|rd|th)? )?(?:{'|'.join(MONTHS)}) (?:19|20)\d\d")


@dataclass
class Draft:
    """A block in the making: its lines, with the page of each."""

    lines: list[Line]
    pages: list[Page]
    number: str | None = None
    bullet: bool = False
    hanging: float | None = None
    """Left edge of the text, where a number or bullet stands out to its left."""
    first_text: str = ""
    """The first line without its number or bullet."""

    @property
    def last(self) -> Line:
        """The last line so far."""
        return self.lines[-1]

    @property
    def edge(self) -> float:
        """Left edge that the next line has if it belongs to this block."""
        pairs = zip(self.lines[1:], self.pages[1:], strict=True)
        # Left and right pages may have different margins.
        here = [line.x0 for line, page in pairs if page is self.pages[-1]]
        if here:
            return min(here)
        return self.lines[0].x0 if self.hanging is None else self.hanging

    @property
    def bold(self) -> bool:
        """Whether all lines are bold."""
        return all(line.bold for line in self.lines)


@dataclass
class _Printed:
    """A block with what decides on its heading level and its footnotes' place."""

    block: Block
    style: Style | None = None
    marks: list[str] = field(default_factory=list)


def lay_out(pages: list[Page]) -> list[Block]:
    """The blocks of a PDF in reading order; running headers and footers are left out."""
    drop_furniture(pages)
    notes = take_footnotes(pages, body(pages)[0])
    # A column is laid out like a page: what it breaks off goes on at the head of the next.
    parts = [part for page in pages for part in in_columns(page)]
    hyphens = Hyphens(line.text for part in parts for line in part.lines)
    printed = _Builder(measure(parts), hyphens).build(parts)
    return _with_notes(_levelled(printed), notes, hyphens)


class _Builder:
    """Walks the pages once and keeps one draft open."""

    def __init__(self, measures: Measures, hyphens: Hyphens) -> None:
        self.measures = measures
        self.hyphens = hyphens
        self.done: list[_Printed] = []
        self.draft: Draft | None = None
        self.number: str | None = None
        self.straight = 0
        self.grids: list[tuple[Page, Grid]] = []

    def build(self, pages: list[Page]) -> list[_Printed]:
        for page in pages:
            elements: list[Line | Grid] = [*page.lines, *page.grids]
            for element in sorted(elements, key=lambda element: element.top):
                if isinstance(element, Grid):
                    self._close()
                    self.grids.append((page, element))
                else:
                    self._close_tables()
                    self._take(element, page)
        self._close()
        self._close_tables()
        return self.done

    def _take(self, line: Line, page: Page) -> None:
        opened = self._open(line, page)
        if self.draft and not self._starts(line, page, opened):
            self.draft.lines.append(line)
            self.draft.pages.append(page)
            return
        self._close()
        self.draft = opened
        self.number = opened.number or self.number
        if opened.number and opened.number.isdecimal() and line.bold == self.measures.bold:
            self.straight = int(opened.number)

    def _open(self, line: Line, page: Page) -> Draft:
        """A draft that begins with this line."""
        text = line.text
        rest = numbers.split_bullet(text)
        if rest is not None:
            return Draft([line], [page], None, True, _second_edge(line), rest)
        hangs = len(line.words) > 1 and _gap(line, 0) > 0.6 * line.size
        number, rest = numbers.split_number(text, bare=hangs or self._next_bare(text))
        # A number on its own is the number of the paragraph whose text follows it.
        if not number and _ALONE.fullmatch(text):
            number, rest = text.rstrip("."), ""
        edge = _text_edge(line, number) if number else None
        return Draft([line], [page], number, False, edge, rest)

    def _next_bare(self, text: str) -> bool:
        """Whether a number before a capital is the next paragraph's, or begins a count.

        Reports skip and repeat numbers, so the next but one and the same again will do.
        """
        match = _BEFORE_CAPITAL.match(text)
        number = int(match[1]) if match else 0
        return number == 1 or (number > 0 and 0 <= number - self.straight <= 2)

    def _starts(self, line: Line, page: Page, opened: Draft) -> bool:
        """Whether a line begins a new block."""
        draft = self.draft
        assert draft is not None
        if draft.pages[-1] is not page:
            return self._starts_on_new_page(line, page, opened)
        if draft.number and not draft.first_text and len(draft.lines) == 1:
            return bool(opened.number or opened.bullet)
        if _ends_entry(draft.last) or opened.bullet or self._is_far(line):
            return True
        if self._changes_style(line, page):
            return True
        if opened.number and self._counts(line, opened):
            return True
        return self._is_indented(line) or self._ended_early(line, page)

    def _starts_on_new_page(self, line: Line, page: Page, opened: Draft) -> bool:
        draft = self.draft
        assert draft is not None
        if self._changes_style(line, page) or opened.bullet or _ends_entry(draft.last):
            return True
        if opened.number and (self._counts(line, opened) or _ENDED.search(draft.last.text)):
            return True
        margin = self.measures.margins[id(draft.pages[-1])]
        full = not self._would_fit(line, margin)
        if not _ENDED.search(draft.last.text):
            title = draft.bold and not self.measures.bold
            return line.text[:1].isupper() and (title or not full)
        if line.text[:1].islower():
            return False
        lefts = self.measures.lefts
        before = draft.edge - lefts[id(draft.pages[-1])]
        at_edge = abs(line.x0 - lefts[id(page)] - before) < INDENT * line.size
        # In a numbered report a paragraph without number goes on with the one before.
        return not (draft.number and at_edge and full)

    def _changes_style(self, line: Line, page: Page) -> bool:
        draft = self.draft
        assert draft is not None
        if abs(line.size - draft.last.size) > 0.6:
            return True
        if line.bold == draft.last.bold or _letters(line) < 3 or _letters(draft.last) < 3:
            return False
        # Stress that happens to fill a line changes nothing: the sentence goes on.
        mixed = len({other.bold for other in draft.lines}) > 1
        runs_on = line.text[:1].islower() and not _ENDED.search(draft.last.text)
        full = not self._would_fit(line, self.measures.margins[id(page)])
        return not (mixed or full or (runs_on and (len(draft.lines) > 1 or draft.number)))

    def _is_far(self, line: Line) -> bool:
        draft = self.draft
        assert draft is not None
        gap = line.baseline - draft.last.baseline
        usual = self.measures.leading(line.size)
        if len(draft.lines) > 1 and draft.pages[-1] is draft.pages[-2]:
            own = draft.lines[-1].baseline - draft.lines[-2].baseline
            usual = max(own, usual) if own < 1.6 * usual else usual
        return gap > PARAGRAPH_GAP * usual or gap < 0

    def _counts(self, line: Line, opened: Draft) -> bool:
        """Whether a number at the start of a line is a paragraph's, not a sentence's."""
        draft = self.draft
        assert draft is not None and opened.number is not None
        if draft.edge > draft.lines[0].x0 + 0.5 * line.size and line.x0 < draft.edge - 2:
            return True
        title = draft.bold and not self.measures.bold
        ended = bool(_ENDED.search(draft.last.text)) or title
        follows = numbers.follows(opened.number, self.number)
        item = numbers.is_item(opened.number)
        return (ended and (follows or item or "." in opened.number)) or (follows and item)

    def _is_indented(self, line: Line) -> bool:
        draft = self.draft
        assert draft is not None
        moved = line.x0 - draft.edge
        # The second line shows the edge: of a number's text, or after a first-line indent.
        if len(draft.lines) == 1 and (draft.number or (moved < 0 and not draft.bullet)):
            return False
        if line.text[:1].islower() and not _ENDED.search(draft.last.text):
            return False
        return abs(moved) > INDENT * line.size and not _centred(line, draft.last)

    def _ended_early(self, line: Line, page: Page) -> bool:
        """Whether the line before broke off although the next word had room."""
        draft = self.draft
        assert draft is not None
        margin = self.measures.margins[id(page)]
        if not self._would_fit(line, margin) or _centred(line, draft.last):
            return False
        if _ENDED.search(draft.last.text):
            return True
        short = draft.last.x1 < draft.last.x0 + 0.6 * (margin - draft.last.x0)
        return short and line.text[:1].isupper() and not (draft.bold and line.bold)

    def _would_fit(self, line: Line, margin: float) -> bool:
        draft = self.draft
        assert draft is not None
        first = line.words[0]
        return draft.last.x1 + (first.x1 - first.x0) + line.size < margin

    def _close_tables(self) -> None:
        if self.grids:
            blocks = table_blocks(self.grids, self.hyphens)
            self.done += [_Printed(block, marks=marks) for block, marks in blocks]
            self.grids = []

    def _close(self) -> None:
        if self.draft:
            self._close_tables()
            self.done.append(self._printed(self.draft))
        self.draft = None

    def _printed(self, draft: Draft) -> _Printed:
        texts = [draft.first_text, *(line.text for line in draft.lines[1:])]
        marks = [mark for line in draft.lines for mark in line.marks]
        block = Block(
            kind="list-item" if draft.bullet else "paragraph",
            text=self.hyphens.join(texts),
            number=draft.number,
            page=draft.pages[0].number,
            page_end=draft.pages[-1].number,
            page_label=draft.pages[0].label,
            box=_box(draft),
            ocr_confidence=confidence(word for line in draft.lines for word in line.words),
        )
        return self._classified(draft, block, marks)

    def _classified(self, draft: Draft, block: Block, marks: list[str]) -> _Printed:
        whole = block.text
        if draft.first_text != draft.lines[0].text:
            whole = self.hyphens.join(line.text for line in draft.lines)
        if not block.text:
            block = replace(block, text=whole, number=None)
        if CAPTION.match(whole) and len(whole) < 200 and not has_leaders(whole):
            return _Printed(replace(block, kind="caption", text=whole, number=None), None, marks)
        if not draft.bullet and self._is_heading(draft, whole):
            number, text = split_heading(whole)
            style = Style(draft.lines[0].size, draft.bold, numbers.parts(number))
            return _Printed(replace(block, kind="heading", number=number, text=text), style, marks)
        if block.number and numbers.is_item(block.number):
            block = replace(block, kind="list-item")
        return _Printed(block, None, marks)

    def _is_heading(self, draft: Draft, whole: str) -> bool:
        if has_leaders(whole) or not any(map(str.isalpha, whole)) or len(draft.lines) > 4:
            return False
        # The date on a cover, or the "and" between the two lines of a title, heads nothing.
        if draft.pages[0].number == 1 and (_DATE.fullmatch(whole) or re.fullmatch("[a-z]+", whole)):
            return False
        number, text = split_heading(whole)
        if draft.lines[0].size >= 1.12 * self.measures.size:
            return len(whole) < 250
        stands_out = draft.bold and not self.measures.bold
        if number and (numbers.is_item(number) or (number[:1].isalpha() and len(text) > 60)):
            # An item, or a recommendation's own words, in bold.
            return False
        if stands_out:
            # Nor does a sentence, with its source in brackets behind it or not.
            return len(whole) < 160 and not re.search(r"[.;,]$|\(\d+(?:\.\d+)+\)$", whole)
        smaller = draft.lines[0].size < 0.93 * self.measures.size
        return len(draft.lines) == 1 and not smaller and is_title(text, number=number)


def _levelled(printed: list[_Printed]) -> list[_Printed]:
    # A cover's title is larger than all headings, but it is not what they belong to.
    inside = [one.style for one in printed if one.style and one.block.page != 1]
    levels = heading_levels(inside or [one.style for one in printed if one.style])
    for one in printed:
        if one.style:
            one.block = replace(one.block, level=levels.get(one.style, 1))
    return printed


def _with_notes(printed: list[_Printed], notes: list[Note], hyphens: Hyphens) -> list[Block]:
    """The blocks, each footnote after the block that refers to it, else at its page's end."""
    waiting = list(notes)
    blocks: list[Block] = []
    for index, one in enumerate(printed):
        blocks.append(one.block)
        page = one.block.page or 0
        last = one.block.page_end or page
        following = printed[index + 1].block.page if index + 1 < len(printed) else None
        ends_page = following is None or following > page
        due = [
            note for note in waiting
            if (note.number in one.marks and page <= note.page.number <= last)
            or (ends_page and note.page.number <= page)
            or following is None
        ]  # fmt: skip
        waiting = [note for note in waiting if note not in due]
        blocks += [_note_block(note, hyphens) for note in due]
    return blocks


def _note_block(note: Note, hyphens: Hyphens) -> Block:
    return Block(
        kind="footnote",
        text=hyphens.join(line.text for line in note.lines),
        number=note.number,
        page=note.page.number,
        page_end=note.page_end,
        page_label=note.page.label,
        box=_bounds(note.lines),
        ocr_confidence=confidence(word for line in note.lines for word in line.words),
    )


def _box(draft: Draft) -> Box:
    first = draft.pages[0]
    pairs = zip(draft.lines, draft.pages, strict=True)
    return _bounds([line for line, page in pairs if page is first])


def _bounds(lines: list[Line]) -> Box:
    return (
        round(min(line.x0 for line in lines), 1), round(min(line.top for line in lines), 1),
        round(max(line.x1 for line in lines), 1), round(max(line.bottom for line in lines), 1),
    )  # fmt: skip


def _letters(line: Line) -> int:
    return sum(map(str.isalnum, line.text))


def _gap(line: Line, index: int) -> float:
    return line.words[index + 1].x0 - line.words[index].x1


def _second_edge(line: Line) -> float | None:
    return line.words[1].x0 if len(line.words) > 1 else None


def _text_edge(line: Line, number: str) -> float | None:
    """Left edge of the text after a number that stands apart from it."""
    length = 0
    for index, word in enumerate(line.words[:-1]):
        length += len(word.text)
        if length >= len(number.replace(" ", "")):
            return line.words[index + 1].x0 if _gap(line, index) > 0.6 * line.size else None
    return None


def _ends_entry(line: Line) -> bool:
    """Whether a line ends like an entry of a contents page: in a page number far to the right."""
    entry = len(line.words) > 1 and line.words[-1].text.isdecimal()
    return has_leaders(line.text) or (entry and _gap(line, -2) > 2 * line.size)


def _centred(line: Line, other: Line) -> bool:
    middle = abs((line.x0 + line.x1) / 2 - (other.x0 + other.x1) / 2)
    return middle < 2 and abs(line.x0 - other.x0) > 3
