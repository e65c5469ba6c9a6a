"""Hyphens at line ends: the document's own words tell which belong to the word."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Prefixes that British English usually parts by a hyphen, for compounds seen only once.
HYPHENATED_PREFIXES = frozenset(
    {"anti", "co", "cross", "ex", "half", "high", "inter", "intra", "long", "low", "mid",
     "multi", "non", "one", "part", "post", "pre", "pro", "quasi", "re", "self", "semi",
     "short", "single", "step", "sub", "two", "three", "un", "under", "well"}
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+)[-‐‑]$")
_CONTINUED = re.compile(r"[^\W\d_]+")
# A dash between numbers, or a stroke between words, ends a line without a space after it.
_STROKES = "-‐‑–/"
# An address that is too long for a table's cell is broken anywhere: "info@fern", "-house.o", "rg".
_ADDRESS = re.compile(r"(?:\S@|https?://|www\.)[\w./-]*$")
_ENDINGS = frozenset(
    ("com", "cymru", "eu", "example", "gov", "info", "london", "net", "org", "uk", "wales")
)
_PIECE = re.compile(r"[a-z\d./-][\w./-]*")
_TIGHT = re.compile(r"(?:\w[-‐‑]|\d–|\w/)$")


class Hyphens:
    """Joins lines; learns from the document's words that are whole on one line."""

    def __init__(self, lines: Iterable[str]) -> None:
        # A line's end ends a word, though the last one may be only a part of one.
        self.words = set(map(str.casefold, _WORD.findall("\n".join(lines))))

    def join(self, lines: Iterable[str]) -> str:
        """The lines as one text."""
        text = ""
        for line in filter(None, map(str.strip, lines)):
            text = self._append(text, line) if text else line
        return " ".join(text.split())

    def _append(self, text: str, line: str) -> str:
        if _goes_on(text.rpartition(" ")[2], line):
            return text + line
        if text[-1] not in _STROKES:
            return f"{text} {line}"
        end = text.rpartition(" ")[2]
        if self._is_split(end, line):
            return text[:-1] + line
        return text + line if _TIGHT.search(end) else f"{text} {line}"

    def _is_split(self, end: str, line: str) -> bool:
        """Whether the hyphen that ends a text's last word was put there by the typesetter."""
        broken, continued = _BROKEN.search(end), _CONTINUED.match(line)
        if not broken or not continued or not continued[0][0].islower():
            return False
        first, second = broken[1].casefold(), continued[0].casefold()
        if f"{first}-{second}" in self.words:
            return False
        if first + second in self.words:
            return True
        compound = first in HYPHENATED_PREFIXES or {first, second} <= self.words
        return not compound


def _goes_on(end: str, line: str) -> bool:
    """Whether an address that ends a text goes on in the next line: it has no ending yet."""
    address, piece = _ADDRESS.search(end), _PIECE.match(line)
    if not address or not piece:
        return False
    ending = address[0].rpartition(".")[2] if "." in address[0].removeprefix("www.") else ""
    longer = ending + re.split(r"[./]", piece[0])[0]
    broken = len(ending) < 2 or piece[0].startswith(".")
    return broken or (ending not in _ENDINGS and longer in _ENDINGS)
