"""Fingerprints: keyed hashes of everything that an output is built from.

They are keyed with the study's key, because they stand in files outside private/: without the
key nobody can hash a published report and find its number.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

DIGITS = 32


def fingerprint(key: bytes, parts: Mapping[str, Any]) -> str:
    """Keyed hash of JSON-able parts; the order of keys does not matter."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:DIGITS]
