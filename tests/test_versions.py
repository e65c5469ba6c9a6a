"""A stage whose output changes must change its version: else stale tables would stay.

The hashes in golden.json belong to the lock files and one type of processor. When a change of
output is meant, raise the stage's VERSION and run `python tests/test_versions.py`.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
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


SCAN = "Brackenfold BDHR2011-12-07.pdf"
"""Left out: what is read from it depends on the release of tesseract, if there is one."""


def outputs_of_example() -> dict[str, dict[str, str]]:
    """Version and hash of what each stage writes for the example study, without its scan."""
    with tempfile.TemporaryDirectory() as folder:
        study, outputs = Path(folder, "study"), Path(folder, "outputs")
        shutil.copytree(
            PROJECT / "corpus" / "example", study, ignore=shutil.ignore_patterns(SCAN, "source")
        )
        rows = (study / "reviews.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(row for row in rows if not row.startswith(SCAN))
        (study / "reviews.csv").write_text(kept, encoding="utf-8")
        command = [sys.executable, "-m", "pipeline.cli", "run", "--study", str(study),
                   "--outputs", str(outputs)]  # fmt: skip
        done = subprocess.run(command, cwd=PROJECT, capture_output=True)
        # 1: the leak check has something to say of redacted passages.
        assert done.returncode in (0, 1), done.stderr
        return {
            stage: {"version": VERSIONS[stage], "hash": _hash(outputs, patterns)}
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
