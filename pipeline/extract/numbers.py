"""Numbers printed at the left edge of a paragraph, heading or list item."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Signs of Word's symbol fonts lie in the private use area.
BULLETS = "•▪◦‣●○■□◆➢➤✓\ue000-\uf8ff"
_BULLET = re.compile(rf"(?:[{BULLETS}]\s*|[-–—−*o]\s+)(?=\S)")

_DECIMAL = (
    r"(?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3})+\.?(?=\s|[A-Z\"“‘])"
    r"|\d{1,3}[A-Z]?[.)](?!\d)|\d{1,3}[A-Z](?=\s)"
)
_LETTER = r"\(?[a-z]\)|\(?[ivx]{1,5}\)|\(\d{1,2}\)|[a-z]\.(?=\s)|[ivx]{1,5}\.(?=\s)"
_RECOMMENDATION = (
    r"(?:(?:Overview|National|Local|Single[- ]agency|Multi[- ]agency)\s+)?"
    r"(?:Recommendation|Learning Point|Lesson|Action)\s*(?:No\.?\s*)?\d{1,3}[a-z]?(?:\.\d+)*"
    r"|R(?:ec)?\.?\s?\d{1,3}[a-z]?"
)
_NUMBER = re.compile(rf"({_DECIMAL}|{_LETTER})\s*(?=\S)")
_NAMED = re.compile(rf"({_RECOMMENDATION})(?:\s*[:.–-]\s*|\s+(?=\()|\s*$)", re.IGNORECASE)
_SHORT = re.compile(rf"((?i:{_RECOMMENDATION}))\s+(?=[\"'“‘]?[A-Z])")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv",
          "xv", "xvi", "xvii", "xviii", "xix", "xx")  # fmt: skip
_FIRST = ("1", "a", "i", "A")
# Numbers that only their place tells from words: 17, A1, 4(a), 7(iii).
_BARE = re.compile(r"(\d{1,3}(?:\((?:[a-z]|[ivx]{1,5})\))?|[A-Z]\d{1,2})\s+(?=\S)")


def split_bullet(text: str) -> str | None:
    """The text after a bullet sign; None when there is no bullet."""
    match = _BULLET.match(text)
    return text[match.end() :] if match else None


def split_number(text: str, *, bare: bool = False) -> tuple[str | None, str]:
    """Number without its trailing dot or colon, and the text after it.

    `bare` accepts a number without dot or bracket ("17 The panel", "A1 The panel"), which only
    the place on the page tells from a sentence that begins with a number.
    """
    for pattern in (_NAMED, _SHORT, _NUMBER):
        if match := pattern.match(text):
            return match[1].rstrip(".:"), text[match.end() :]
    if bare and (match := _BARE.match(text)):
        return match[1], text[match.end() :]
    return None, text


def parts(number: str | None) -> tuple[int, ...]:
    """The numbers of a decimal number: "4.12" is (4, 12); empty for all other kinds."""
    found = re.fullmatch(r"\d+(?:\.\d+)*", number or "")
    return tuple(map(int, found[0].split("."))) if found else ()


def is_item(number: str) -> bool:
    """Whether a number is that of a list item: (a), iv), c."""
    return bool(re.fullmatch(r"\(?[a-z]\)?|\(?[ivx]+\)?|\(\d{1,2}\)", number))


def follows(number: str, previous: str | None) -> bool:
    """Whether a number is the next after another: 4.12 → 4.13, 5, 4.12.1; (a) → (b); A9 → B1."""
    new, old = _components(number), _components(previous or "")
    if not new or not old:
        return False
    if new[:-1] == old and new[-1] in _FIRST:
        return True
    return any(
        new[:depth] == old[:depth]
        and new[depth : depth + 1] in ([after] for after in _after(old[depth]))
        and all(part in _FIRST for part in new[depth + 1 :])
        for depth in range(len(old))
    )


def _components(number: str) -> list[str]:
    return re.findall(r"\d+|[A-Z]+|[a-z]+", number.removeprefix("Recommendation "))


def _after(part: str) -> Iterator[str]:
    """What may come after a number, a letter or a Roman numeral."""
    if part.isdecimal():
        yield str(int(part) + 1)
    elif len(part) == 1:
        yield chr(ord(part) + 1)
    if part in _ROMAN[:-1]:
        yield _ROMAN[_ROMAN.index(part) + 1]
