"""One identity, one pseudonym, within one review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipeline.redact.find import Find
from pipeline.redact.identities import Identities, Key

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

    def __init__(
        self,
        identities: Identities,
        roles: Mapping[Key, tuple[str, str]],
        sorts: Mapping[Key, str],
    ) -> None:
        """`roles` are of people, with the rule that proposed each; `sorts` are of places."""
        self._identities = identities
        self._roles = roles
        self._sorts = sorts
        self._drawn: dict[Key, str] = {}
        self._counts: Counter[str] = Counter()

    def of(self, find: Find, surface: str, told: str = "") -> str:
        """The pseudonym of a find, in square brackets; `told` is what stays of a date or an age."""
        if find.kind in ("DATE", "AGE"):
            return f"[{find.kind} {told}]" if told else f"[{find.kind}]"
        key = self._identities.key(find.kind, surface)
        if key not in self._drawn:
            role, _ = self._roles.get(key, ("", ""))
            self._drawn[key] = self._draw(_PREFIXES.get(role, self._sorts.get(key, find.kind)))
        return self._drawn[key]

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
            pseudonym: self._roles.get(key, unknown)
            for key, pseudonym in self._drawn.items()
            if key[0] == "PERSON"
        }
