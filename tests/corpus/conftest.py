"""The builder of the example's documents, made importable."""

from __future__ import annotations

import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "corpus" / "example"
sys.path.insert(0, str(EXAMPLE / "source"))
