"""Fixtures for tests that run the real command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fictional import FIRST, PROJECT, SECOND, run, write_study

Dhr = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def dhr(tmp_path: Path) -> Dhr:
    """The real `dhr`, in a process of its own, in a folder of its own."""

    def command(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return run(sys.executable, "-m", "pipeline.cli", *words, cwd=tmp_path,
                   PYTHONPATH=str(PROJECT), **environment)  # fmt: skip

    return command


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Two reviews, one with a space in its document's name."""
    return write_study(tmp_path / "study", {"first report.txt": FIRST, "second.txt": SECOND})
