"""Automatic numbers of Word paragraphs, counted as Word counts them (numbering.xml).

ECMA-376, part 1, section 17.9. Lists (`w:num`) of one scheme (`w:abstractNum`) go on counting
together; a list may start a level anew or replace it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from pipeline.extract.wordml import Styles, W, is_on, value

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
MOST_ROMAN = 3999


class ListNumbers:
    """Gives each paragraph the label that Word would print before it; call in body order."""

    def __init__(self, root: Any | None, styles: Styles) -> None:
        """`root` is the root of numbering.xml, None for a document without lists."""
        self.styles = styles
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.begun: set[tuple[str, int]] = set()
        parts = [] if root is None else list(root)
        self.schemes = {
            part.get(f"{W}abstractNumId"): part for part in parts if part.tag == f"{W}abstractNum"
        }
        self.lists = {part.get(f"{W}numId"): part for part in parts if part.tag == f"{W}num"}
        self.levels = {list_id: self._levels(list_id) for list_id in self.lists}

    def label(self, paragraph: Any) -> str | None:
        """The printed number without trailing dot, "" for a bullet, None outside lists."""
        list_id, depth = self._place(paragraph)
        level = self.levels.get(list_id or "", {}).get(depth)
        if list_id is None or level is None:
            return None
        scheme = self._scheme(list_id)
        self._count(scheme, list_id, depth)
        form = value(level, "numFmt") or "decimal"
        if form == "bullet":
            return ""
        legal = level.find(f"{W}isLgl")
        plain = legal is not None and is_on(legal.get(f"{W}val", "1"))
        printed = re.sub(
            r"%([1-9])",
            lambda match: self._part(scheme, list_id, int(match[1]) - 1, plain),
            value(level, "lvlText") or "",
        )
        return printed.strip().rstrip(".: ") or None

    def _scheme(self, list_id: str) -> str:
        """The scheme that a list uses, also where it only names the style that defines it."""
        scheme = value(self.lists[list_id], "abstractNumId") or ""
        element = self.schemes.get(scheme)
        link = value(element, "numStyleLink") if element is not None else None
        style = self.styles.by_id.get(link) if link else None
        linked = value(style, "pPr/numPr/numId") if style is not None else None
        if linked in self.lists and linked != list_id:
            return value(self.lists[linked], "abstractNumId") or ""
        return scheme

    def _levels(self, list_id: str) -> dict[int, Any]:
        scheme = self.schemes.get(self._scheme(list_id))
        found = [] if scheme is None else scheme.findall(f"{W}lvl")
        found += self.lists[list_id].findall(f"{W}lvlOverride/{W}lvl")
        return {_whole(level.get(f"{W}ilvl"), 0): level for level in found}

    def _place(self, paragraph: Any) -> tuple[str | None, int]:
        """List and depth of a paragraph, its own or its style's."""
        depth: int | None = None
        for holder in (paragraph, *self.styles.of(paragraph)):
            own = value(holder, "pPr/numPr/ilvl")
            depth = _whole(own, 0) if own is not None and depth is None else depth
            list_id = value(holder, "pPr/numPr/numId")
            if list_id is not None:
                linked = self._linked(list_id, paragraph) if holder is not paragraph else None
                level = depth if linked is None else linked
                return (None if list_id == "0" else list_id), level or 0
        return None, 0

    def _linked(self, list_id: str, paragraph: Any) -> int | None:
        """The depth whose level names the paragraph's style, or one that it is based on."""
        depths = {
            value(level, "pStyle"): depth for depth, level in self.levels.get(list_id, {}).items()
        }
        names = (style.get(f"{W}styleId") for style in self.styles.of(paragraph))
        return next((depths[name] for name in names if name in depths), None)

    def _count(self, scheme: str, list_id: str, depth: int) -> None:
        counts = self.counts[scheme]
        anew = self._anew(list_id, depth)
        if anew is not None:
            counts[depth] = anew
        else:
            counts[depth] = counts.get(depth, self._start(list_id, depth) - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            if self._restarts(list_id, deeper, depth):
                del counts[deeper]

    def _anew(self, list_id: str, depth: int) -> int | None:
        """Where a list's first paragraph of a depth starts, if it does not go on counting."""
        if (list_id, depth) in self.begun:
            return None
        self.begun.add((list_id, depth))
        for override in self.lists[list_id].findall(f"{W}lvlOverride"):
            start = value(override, "startOverride")
            if start is not None and _whole(override.get(f"{W}ilvl"), 0) == depth:
                return _whole(start, 1)
        return None

    def _restarts(self, list_id: str, deeper: int, depth: int) -> bool:
        """Whether a paragraph of `depth` lets the count of a deeper level start again."""
        level = self.levels[list_id].get(deeper)
        after = value(level, "lvlRestart") if level is not None else None
        # The value is the 1-based level after which to start again; 0 means never.
        return after is None or depth < _whole(after, deeper)

    def _start(self, list_id: str, depth: int) -> int:
        level = self.levels[list_id].get(depth)
        return _whole(value(level, "start") if level is not None else None, 1)

    def _part(self, scheme: str, list_id: str, depth: int, plain: bool) -> str:
        level = self.levels[list_id].get(depth)
        form = (value(level, "numFmt") if level is not None else None) or "decimal"
        count = self.counts[scheme].get(depth, self._start(list_id, depth))
        return printed(count, "decimal" if plain and form != "none" else form)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else default


def printed(count: int, form: str) -> str:
    """A count in one of Word's number formats; formats that nobody uses read as decimal."""
    if form in ("none", "bullet"):
        return ""
    if form in ("lowerLetter", "upperLetter") and 0 < count < 1000:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < count <= MOST_ROMAN:
        roman = _roman(count)
        return roman if form == "lowerRoman" else roman.upper()
    return f"{count:02d}" if form == "decimalZero" else str(count)


def _roman(count: int) -> str:
    text = ""
    for size, sign in _ROMAN:
        text += sign * (count // size)
        count %= size
    return text
