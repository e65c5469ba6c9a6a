"""A study's private register: its key, and the random numbers of reviews and documents.

Numbers are drawn once, at random, and never used again, so that nothing about a review (not
even when it was added) can be read from its number. The register lives in the study's
`private/` folder; whoever holds it can tell which document became which review.
"""

from __future__ import annotations

import csv
import os
import secrets
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import MissingInput
from pipeline.files import replacing

KEY_BYTES = 32


class DocumentEntry(NamedTuple):
    """One document as it was taken in."""

    document: str
    content: str
    document_id: str


class Register:
    """The register of one study; reading creates what is missing, `save` keeps it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        private_folder(folder)
        self.key = _read_or_draw_key(folder / "key")
        self._numbers = {
            review: int(n) for review, n in _rows(folder / "review_numbers.csv", width=2)
        }
        entries = [DocumentEntry(*row) for row in _rows(folder / "document_ids.csv", width=3)]
        self._documents = {entry.document: entry for entry in entries}
        self._changed = False

    def numbers(self, reviews: list[str]) -> dict[str, int]:
        """Review name → number; draws numbers for those that have none."""
        for review in reviews:
            if review not in self._numbers:
                self._numbers[review] = _draw(set(self._numbers.values()), len(reviews))
                self._changed = True
        return {review: self._numbers[review] for review in reviews}

    def document_id(self, document: str, content: str, present: set[str]) -> str:
        """The id of a document by name or, when it was renamed, by the hash of its content.

        `present` are the names in the folder today: a second file with the content of one of
        them is a copy, not a renamed document. `content` is empty for a document that is missing
        or may not be opened.
        """
        entry = self._documents.get(document) or self._renamed(content, present)
        document_id = entry.document_id if entry else secrets.token_hex(4)
        current = DocumentEntry(document, content or (entry.content if entry else ""), document_id)
        if self._documents.get(document) != current:
            self._documents[document] = current
            self._changed = True
        return document_id

    def _renamed(self, content: str, present: set[str]) -> DocumentEntry | None:
        return next(
            (
                entry
                for entry in self._documents.values()
                if content and entry.content == content and entry.document not in present
            ),
            None,
        )

    def save(self) -> None:
        """Write what was drawn since the register was read."""
        if not self._changed:
            return
        _write(self._folder / "review_numbers.csv", sorted(self._numbers.items()))
        _write(self._folder / "document_ids.csv", sorted(self._documents.values()))
        self._changed = False


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner can look into."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    return folder


def _draw(used: set[int], wanted: int) -> int:
    """A free number, from a range that stays at least half empty, so that order cannot show."""
    top = 99
    while (len(used) + wanted) * 2 > top:
        top = top * 10 + 9
    return secrets.choice(sorted(set(range(1, top + 1)) - used))


def _read_or_draw_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        if (path.parent / "review_numbers.csv").exists():
            raise MissingInput(
                f"the study's key {path} is gone; restore it from a backup, or delete "
                f"{path.parent} to draw new numbers for all reviews"
            ) from None
        key = secrets.token_bytes(KEY_BYTES)
        with replacing(path) as temporary:
            temporary.write_text(key.hex() + "\n", encoding="ascii")
            os.chmod(temporary, 0o600)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise MissingInput(
            f"the study's key in {path} is damaged; restore it from a backup. Without it, "
            "passage ids change and decisions must be attached again"
        )
    return key


def _rows(path: Path, *, width: int) -> list[list[str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    if any(len(row) != width for row in rows):
        raise MissingInput(f"{path} is damaged; restore it from a backup")
    return rows


def _write(path: Path, rows: list[tuple[str, int]] | list[DocumentEntry]) -> None:
    header = {"review_numbers": ("review", "number")}.get(path.stem, DocumentEntry._fields)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    os.chmod(path, 0o600)
