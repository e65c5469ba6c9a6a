"""Putting pseudonyms in place of finds, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Replacement(NamedTuple):
    """One replaced stretch, with its place in the text before and after."""

    start: int
    end: int
    pseudonym: str
    redacted_start: int
    redacted_end: int
    surface: str


def replace(text: str, spans: Sequence[tuple[int, int, str]]) -> tuple[str, list[Replacement]]:
    """The text with each (start, end, pseudonym) replaced; spans are in order, without overlap."""
    pieces: list[str] = []
    done: list[Replacement] = []
    shift = at = 0
    for start, end, pseudonym in spans:
        pieces += [text[at:start], pseudonym]
        begins = start + shift
        surface = text[start:end]
        done.append(Replacement(start, end, pseudonym, begins, begins + len(pseudonym), surface))
        shift += len(pseudonym) - (end - start)
        at = end
    return "".join([*pieces, text[at:]]), done


def restore(redacted: str, log: Sequence[Replacement]) -> str:
    """The original text, from the redacted one and its log."""
    back = [(entry.redacted_start, entry.redacted_end, entry.surface) for entry in log]
    return replace(redacted, back)[0]
