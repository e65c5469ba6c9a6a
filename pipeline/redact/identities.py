"""Which mentions in a review are of one person or thing, as far as rules and the analyst tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.redact.names import People, name_key

Key = tuple[str, int | str]
"""Kind of a find, and who or what it is."""


class Identities:
    """The identities of one review's mentions."""

    def __init__(
        self, mentions: Iterable[tuple[str, str]], joins: Iterable[tuple[str, str, str]] = ()
    ) -> None:
        """Learn from (kind, surface) pairs; `joins` are (kind, surface, surface) of one thing."""
        mentions = list(mentions)
        self._people = People(surface for kind, surface in mentions if kind == "PERSON")
        self._joined: dict[Key, Key] = {}
        self._known = {self._alone(kind, surface) for kind, surface in mentions}
        for kind, surface, other in joins:
            key, same = self.key(kind, surface), self.key(kind, other)
            if key != same and self.knows(kind, surface) and self.knows(kind, other):
                self._joined[key] = same

    def key(self, kind: str, surface: str) -> Key:
        """Who or what a mention is of; the same key for all that is one."""
        key = self._alone(kind, surface)
        while key in self._joined:
            key = self._joined[key]
        return key

    def knows(self, kind: str, surface: str) -> bool:
        """Whether any mention is of what the surface names."""
        return self._alone(kind, surface) in self._known

    def _alone(self, kind: str, surface: str) -> Key:
        if kind == "PERSON":
            return kind, self._people.identity(surface)
        if kind == "PLACE":
            return kind, name_key(surface)
        return kind, re.sub(r"[\W_]", "", surface.casefold())
