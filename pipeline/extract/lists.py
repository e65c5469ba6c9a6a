"""Automatic numbers of Word paragraphs, counted as Word counts them (numbering.xml)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"),
          (4, "iv"), (1, "i"))  # fmt: skip


class ListNumbers:
    """Gives each paragraph the label that Word would print before it; call in body order."""

    def __init__(self, document: Any) -> None:
        self.levels: dict[str, dict[int, Any]] = {}
        self.abstract: dict[str, str] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for scheme in root.iter(f"{_W}abstractNum"):
            levels = {int(level.get(f"{_W}ilvl")): level for level in scheme.iter(f"{_W}lvl")}
            self.levels[scheme.get(f"{_W}abstractNumId")] = levels
        for num in root.iter(f"{_W}num"):
            self.abstract[num.get(f"{_W}numId")] = _value(num, "abstractNumId") or ""

    def label(self, paragraph: Any) -> str | None:
        """The printed number without trailing dot, "" for a bullet, None outside lists."""
        num_id, depth = _numbering(paragraph)
        scheme = self.abstract.get(num_id or "")
        level = self.levels.get(scheme or "", {}).get(depth)
        if scheme is None or level is None:
            return None
        style = _value(level, "numFmt") or "decimal"
        if style in ("bullet", "none"):
            return "" if style == "bullet" else None
        self._count(scheme, depth, level)
        pattern = _value(level, "lvlText") or ""
        return re.sub(r"%(\d)", lambda m: self._part(scheme, int(m[1]) - 1), pattern).rstrip(".: ")

    def _count(self, scheme: str, depth: int, level: Any) -> None:
        counts = self.counts[scheme]
        start = int(_value(level, "start") or 1)
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]

    def _part(self, scheme: str, depth: int) -> str:
        level = self.levels[scheme].get(depth)
        style = (_value(level, "numFmt") if level is not None else None) or "decimal"
        return _printed(self.counts[scheme].get(depth, 1), style)


def _numbering(paragraph: Any) -> tuple[str | None, int]:
    """List and depth of a paragraph, its own or its style's."""
    elements = [paragraph._p]
    style = paragraph.style
    while style is not None:
        elements.append(style.element)
        style = style.base_style
    for element in elements:
        numbering = element.find(f"{_W}pPr/{_W}numPr")
        if numbering is not None:
            num_id = _value(numbering, "numId")
            return (None if num_id == "0" else num_id), int(_value(numbering, "ilvl") or 0)
    return None, 0


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{_W}{name}")
    return None if child is None else child.get(f"{_W}val")


def _printed(count: int, style: str) -> str:
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        roman = _roman(count)
        return roman if style == "lowerRoman" else roman.upper()
    return f"{count:02d}" if style == "decimalZero" else str(count)


def _roman(count: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (count // value)
        count %= value
    return text
