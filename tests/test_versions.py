"""A stage whose output changes must change its version: else stale tables would stay.

The hashes in golden.json belong to the lock files and one type of processor. When a change of
output is meant, raise the stage's VERSION and run `python tests/test_versions.py`.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fictional import PROJECT
from pipeline.build import VERSIONS

GOLDEN = PROJECT / "tests" / "golden.json"
FILES = {
    "extract": ["private/extract/*.parquet", "extract/*.parquet"],
    "redact": ["redact/*.parquet", "private/redact/*.parquet"],
    "tag": ["tag/*.parquet"],
    "topics": ["topics/*.parquet"],
    "aggregate": ["tables/*.parquet", "tables/*.csv"],
}


def outputs_of_example() -> dict[str, dict[str, str]]:
    """Version and hash of what each stage writes for the example study."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pipeline.cli", "run", "--study", "corpus/example",
                   "--outputs", folder]  # fmt: skip
        subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
        return {
            stage: {"version": VERSIONS[stage], "hash": _hash(Path(folder), patterns)}
            for stage, patterns in FILES.items()
        }


def _hash(folder: Path, patterns: list[str]) -> str:
    content = hashlib.sha256()
    for path in sorted(p for pattern in patterns for p in folder.glob(pattern)):
        if path.suffix == ".parquet":
            # The data alone: the fingerprint in the file changes with every library.
            content.update(str(pq.read_table(path).to_pylist()).encode())
        else:
            content.update(path.read_bytes())
    return content.hexdigest()


def test_no_output_changes_without_its_version():
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    if golden["machine"] != platform.machine():
        pytest.skip("made on another type of processor")
    found = outputs_of_example()
    for stage, expected in golden["stages"].items():
        if found[stage]["hash"] != expected["hash"]:
            assert found[stage]["version"] != expected["version"], (
                f"stage {stage} writes something else than before: raise its VERSION, then run "
                "`python tests/test_versions.py`"
            )
            pytest.fail("run `python tests/test_versions.py` to take the new version down")
        assert found[stage]["version"] == expected["version"]


if __name__ == "__main__":
    record = {"machine": platform.machine(), "stages": outputs_of_example()}
    GOLDEN.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
