"""What to tell about text and things in a PDF that its publisher may not know of.

A message says how many and where, and never what they say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.extract.block import DocumentWarning, LeftOut
from pipeline.vocabulary import HIDDEN, WARNINGS

_MARKED = HIDDEN[-1]
_TELL = "tell the publisher"
_MESSAGES = {
    HIDDEN[0]: ("word", f"cannot be seen in print, perhaps under a black box; {_TELL}"),
    HIDDEN[1]: ("word", f"outside what is printed of the page; {_TELL}"),
    HIDDEN[2]: ("word", f"in letters too small to read; {_TELL}"),
    HIDDEN[3]: ("word", f"covered by other words; {_TELL}"),
    HIDDEN[4]: ("word", f"in the file in place of what is printed; {_TELL}"),
    "note": ("note", "by a reader, which the published file should not have; " + _TELL),
    "form field": ("filled form field", "left out; look there for text that you need"),
    "attachment": ("attached file", f"inside the PDF, left out; {_TELL}"),
    "script": ("script", f"inside the PDF, never run; {_TELL}"),
    "repair": ("fault", "that damaged the file, mended as far as that goes; fetch it again"),
    "earlier version": ("word", f"in an earlier version that the file still holds; {_TELL}"),
}


def warnings(
    counts: Counter[str], left_out: Iterable[LeftOut] = (), *, page: int | None = None,
    redactions: int = 0,
) -> Iterator[DocumentWarning]:  # fmt: skip
    """What to warn of on a page (1-based), or in the whole document.

    `counts` holds things by kind; `redactions` marks that were never applied.
    """
    words = Counter(counts)
    for text in left_out:
        words[text.kind] += len(text.text.split())
    where = "" if page is None else f"page {page}: "
    for kind in WARNINGS:
        if kind == _MARKED and redactions:
            yield DocumentWarning(page, kind, redactions, where + _marked(redactions, words[kind]))
        elif kind in _MESSAGES and (n := words[kind]):
            noun, rest = _MESSAGES[kind]
            yield DocumentWarning(page, kind, n, f"{where}{_count(n, noun)} {rest}")


def _marked(marks: int, words: int) -> str:
    return (
        f"{_count(marks, 'redaction mark')} never applied, so that everybody can read the "
        f"{_count(words, 'word')} below; left out here; {_TELL}"
    )


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
