"""GUIDs that are the same from export to export, and tell nobody outside the study anything."""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID, uuid5


class Identity:
    """Draws the GUIDs of one study's things from its key."""

    def __init__(self, key: bytes) -> None:
        self._namespace = UUID(bytes=hmac.new(key, b"REFI-QDA", sha256).digest()[:16])

    def guid(self, *parts: object) -> str:
        """The GUID of a thing, which is told by its kind and its key."""
        return str(uuid5(self._namespace, "\x1f".join(map(str, parts))))
