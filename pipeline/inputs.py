"""What `make` watches: one file that lists a study's inputs by path and content.

Documents cannot be prerequisites of make themselves: their names may hold spaces, a copy may
carry an old date, and a removed one would not be missed. So when make starts, this file is
rewritten, but only if something changed, and the first stage depends on it.

Runs before anything is installed: the standard library only. The list names files, so it lies
in the outputs' private folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parent.parent

# Written by dhr itself, from documents and manifest: watching them would run everything twice.
REGISTER = ("key", "review_numbers.csv", "document_ids.csv")
# Sheets count when they are applied, not while somebody fills them in.
SHEETS = "sheets"


def inputs(study: Path) -> Iterator[Path]:
    """Every file that the study's tables depend on, and the programs that make them."""
    yield from (p for p in study.iterdir() if p.is_file() and not p.name.startswith("."))
    for folder in ("decisions", "private"):
        people_made = (p for p in (study / folder).rglob("*") if p.name not in REGISTER)
        yield from (p for p in people_made if p.is_file() and p.parent.name != SHEETS)
    yield from _codebooks(study)
    ours = (p for p in (PROJECT / "pipeline").rglob("*") if "__pycache__" not in p.parts)
    yield from (p for p in ours if p.is_file())
    # Installed later, it reads the scans that were set aside without it.
    yield from (Path(program) for program in [shutil.which("tesseract")] if program)


def _codebooks(study: Path) -> Iterator[Path]:
    """The codebook that study.toml names, if it is there; a bad study.toml is dhr's to report."""
    try:
        settings = tomllib.loads((study / "study.toml").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        settings = {}
    name = str(settings.get("codebook", "dhr"))
    candidates = (PROJECT / "codebooks" / f"{name}.toml", study / name)
    yield from (path for path in candidates if path.is_file())


def listing(study: Path) -> str:
    """One line per input, sorted: content hash and path."""
    if not study.is_dir():
        return "no study\n"
    lines = []
    for path in sorted(set(inputs(study))):
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            content = "unreadable"
        lines.append(f"{content}  {path}\n")
    return "".join(lines)


def write_listing(study: Path, target: Path) -> bool:
    """Write the listing if it differs from what stands there, or answers are missing.

    Returns whether it was written.
    """
    text = listing(study)
    # Written by `dhr tag` when a language model did not answer: another run may have better luck.
    asks_again = (target.parent.parent / "run" / "language_model.json").exists()
    known = target.read_text(encoding="utf-8", errors="replace") if target.exists() else None
    if known == text and not asks_again:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(target.parent, 0o700)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, target)
    return True


if __name__ == "__main__":
    write_listing(Path(sys.argv[1]), Path(sys.argv[2]))
