"""Files written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


class replacing:
    """A temporary path beside `path` that takes its place when the block ends without an error."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.temporary

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            os.replace(self.temporary, self.path)
        else:
            self.temporary.unlink(missing_ok=True)


def write(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Put a file in its place, whole; with the permissions `mode`, if told."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)
        if mode is not None:
            temporary.chmod(mode)
