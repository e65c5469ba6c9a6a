"""Answers kept on disk, one file each, named by the hash of what was sent.

They lie in private/: a model's words may hold what nobody gave it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.files import replacing
from pipeline.tag.language_model.prompt import Request
from pipeline.vocabulary import ANSWER_OUTCOMES


class Kept(NamedTuple):
    """What is kept of one passage; `outcome` as in `contracts.ANSWERS`."""

    outcome: str
    answer: str | None = None


class Store:
    """The answers to the passages of one review, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def outcomes(self, requests: Iterable[Request]) -> dict[str, str]:
        """Passage id → what became of it; answers are not opened."""
        names = {path.name for path in self._folder.glob("*")}
        return {r.passage_id: _outcome(r.key, names) for r in requests}

    def read(self, requests: Iterable[Request]) -> dict[str, Kept]:
        """Passage id → what is kept of it."""
        wanted = list(requests)
        outcomes = self.outcomes(wanted)
        return {r.passage_id: self._read(r.key, outcomes[r.passage_id]) for r in wanted}

    def _read(self, key: str, outcome: str) -> Kept:
        if outcome != ANSWERED:
            return Kept(outcome)
        try:
            return Kept(outcome, str(json.loads(self._answer(key).read_bytes())["answer"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Kept(outcome, "")

    def put(self, request: Request, answer: str, *, served_by: str) -> None:
        """Keep an answer, with the name under which the server says that its model runs."""
        content = {"answer": answer, "served_by": served_by}
        with replacing(self._answer(request.key)) as temporary:
            temporary.write_text(json.dumps(content, ensure_ascii=True, indent=1), encoding="utf-8")
        for earlier in (self._withheld(request.key), self._refused(request.key)):
            earlier.unlink(missing_ok=True)

    def refuse(self, request: Request) -> None:
        """Lay an answer that cannot be used aside, for people to look at; it will not be read."""
        # Passages of the same words under the same heading have one answer between them.
        with suppress(FileNotFoundError):
            self._answer(request.key).replace(self._refused(request.key))

    def withhold(self, request: Request) -> None:
        """Note that the leak check kept a passage from being sent."""
        with replacing(self._withheld(request.key)) as temporary:
            temporary.touch()

    def _answer(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _withheld(self, key: str) -> Path:
        return self._folder / f"{key}.withheld"

    def _refused(self, key: str) -> Path:
        return self._folder / f"{key}.refused"


ANSWERED, NOT_USABLE, WITHHELD, NOT_ANSWERED = ANSWER_OUTCOMES


def _outcome(key: str, names: set[str]) -> str:
    if f"{key}.json" in names:
        return ANSWERED
    if f"{key}.withheld" in names:
        return WITHHELD
    return NOT_USABLE if f"{key}.refused" in names else NOT_ANSWERED
