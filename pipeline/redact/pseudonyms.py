"""One identity, one pseudonym, within one review."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from pipeline.redact.find import Find
from pipeline.redact.names import People, name_key

_PREFIXES = {
    "victim": "VICTIM",
    "perpetrator": "PERPETRATOR",
    "child": "CHILD",
    "relative": "RELATIVE",
    "professional": "PROFESSIONAL",
}
_NUMBERED_FROM_SECOND = ("VICTIM", "PERPETRATOR")


class Pseudonyms:
    """Draws pseudonyms in order of first appearance; the same thing gets the same one."""

    def __init__(self, people: People, roles: Mapping[int | str, tuple[str, str]]) -> None:
        self._people = people
        self._roles = roles
        self._drawn: dict[tuple[str, int | str], str] = {}
        self._counts: Counter[str] = Counter()

    def of(self, find: Find, surface: str, told: str = "") -> str:
        """The pseudonym of a find, in square brackets; `told` is what stays of a date or an age."""
        if find.kind in ("DATE", "AGE"):
            return f"[{find.kind} {told}]" if told else f"[{find.kind}]"
        key = (find.kind, self._key(find.kind, surface))
        if key not in self._drawn:
            self._drawn[key] = self._draw(self._prefix(*key))
        return self._drawn[key]

    def _key(self, kind: str, surface: str) -> int | str:
        if kind == "PERSON":
            return self._people.identity(surface)
        if kind == "PLACE":
            return name_key(surface)
        return re.sub(r"[\W_]", "", surface.casefold())

    def _prefix(self, kind: str, identity: int | str) -> str:
        role, _ = self._roles.get(identity, ("", "")) if kind == "PERSON" else ("", "")
        return _PREFIXES.get(role, kind)

    def _draw(self, prefix: str) -> str:
        self._counts[prefix] += 1
        number = self._counts[prefix]
        return (
            f"[{prefix}]"
            if prefix in _NUMBERED_FROM_SECOND and number == 1
            else f"[{prefix} {number}]"
        )

    def roles(self) -> dict[str, tuple[str, str]]:
        """Drawn pseudonym of a person -> (role, the rule that proposed it)."""
        unknown = ("unknown", "no rule")
        return {
            pseudonym: self._roles.get(identity, unknown)
            for (kind, identity), pseudonym in self._drawn.items()
            if kind == "PERSON"
        }
