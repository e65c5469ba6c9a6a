"""The process that reads one document: `python -m pipeline.extract.child PATH MEMORY_MB`.

The document's password, if it has one, comes on standard input. It prints one JSON object, with
the blocks or with the reason why there are none. Nothing that goes wrong here, be it a crash of
the PDF library, can harm the process that asked. It imports neither pandas nor pyarrow: they
would cost more memory and time than the document.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.errors import DocumentUnreadable, LimitExceeded, ReviewError, UnsupportedFormat
from pipeline.extract.block import Reading
from pipeline.extract.reading import TOO_LARGE

MAX_LETTERS = 50_000_000
"""A review has a million; more would fill the memory of the process that asked."""


def limit_memory(megabytes: int) -> None:
    """Limit this process's address space, and leave no core dump, which would hold the text."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit still holds.
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def end_with_parent() -> None:
    """End this process when the one that asked is gone: nobody else watches its time."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def read(path: Path, password: str) -> Reading:
    """What a document holds, read by the end of its name."""
    if path.stat().st_size == 0:
        raise DocumentUnreadable("the file is empty; fetch it again, then make")
    suffix = path.suffix.casefold()
    if suffix == ".pdf":
        from pipeline.extract.pdf import read_pdf

        return read_pdf(path, password)
    if suffix == ".docx":
        from pipeline.extract.docx import read_docx

        return Reading(blocks=read_docx(path, password))
    if suffix == ".txt":
        from pipeline.extract.plain import read_text

        pages, blocks = read_text(path)
        return Reading(pages=pages, pages_ocr=None if pages is None else 0, blocks=blocks)
    raise UnsupportedFormat("the file is not PDF, DOCX or TXT; save it as one of them, then make")


def answer(path: Path, password: str) -> dict[str, Any]:
    """What to tell the parent: the reading, or the class and message of the error."""
    try:
        found = read(path, password)
        if sum(len(block.text) for block in found.blocks) > MAX_LETTERS:
            raise LimitExceeded(
                f"the file holds more than {MAX_LETTERS} letters; split it or check that it is a "
                "review"
            )
        return asdict(found)
    except ReviewError as error:
        return {"error": type(error).__name__, "message": str(error), "wants": error.wants}
    except MemoryError:
        return {"error": LimitExceeded.__name__, "message": TOO_LARGE}
    except Exception:
        # The message of an unforeseen error may quote the document.
        message = "the file is damaged; fetch it again or export it anew, then make"
        return {"error": DocumentUnreadable.__name__, "message": message}


def main() -> None:
    """Read the document that the command line names."""
    path, megabytes = sys.argv[1:]
    password = sys.stdin.buffer.read().decode()
    limit_memory(int(megabytes))
    end_with_parent()
    # One document and it ends: to look for what could be freed takes a tenth of its time.
    gc.disable()
    sys.stdout.buffer.write(json.dumps(answer(Path(path), password), ensure_ascii=True).encode())


if __name__ == "__main__":
    main()
