"""The process that writes one copy: `python -m pipeline.copies.child PATH MEMORY_MB`.

What is known of the document comes on standard input, as JSON; the copy and what is to be said
of it, or the reason why there is none, goes to standard output. See `pipeline.extract.child`.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.copies.known import Known
from pipeline.copies.written import Written
from pipeline.errors import DocumentUnreadable, LimitExceeded, ReviewError
from pipeline.extract.child import end_with_parent, limit_memory
from pipeline.extract.reading import TOO_LARGE


def write(path: Path, known: Known, title: str, password: str) -> Written:
    """The copy of a document, by the end of its name."""
    match path.suffix.casefold():
        case ".pdf":
            from pipeline.copies.pdf import copy_pdf

            return copy_pdf(path, known, title=title, password=password)
        case ".docx":
            from pipeline.copies.docx import copy_docx

            return copy_docx(path, known, title=title, password=password)
        case _:
            from pipeline.copies.plain import copy_text

            return copy_text(path, known)


def answer(path: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """What to tell the parent: the copy, or the class and message of the error."""
    try:
        known = Known.from_json(asked["known"])
        written = write(path, known, asked["title"], asked["password"])
        return {**asdict(written), "data": base64.b64encode(written.data).decode("ascii")}
    except ReviewError as error:
        return {"error": type(error).__name__, "message": str(error), "wants": error.wants}
    except MemoryError:
        return {"error": LimitExceeded.__name__, "message": TOO_LARGE}
    except Exception as error:
        # The message of an unforeseen error may quote the document.
        message = (
            f"an unexpected {type(error).__name__}, so no file was written; print the document to "
            "a new PDF and use that, and please report it"
        )
        return {"error": DocumentUnreadable.__name__, "message": message}


def main() -> None:
    """Copy the document that the command line names."""
    path, megabytes = sys.argv[1:]
    asked = json.loads(sys.stdin.buffer.read())
    limit_memory(int(megabytes))
    end_with_parent()
    sys.stdout.buffer.write(json.dumps(answer(Path(path), asked)).encode())


if __name__ == "__main__":
    main()
