"""Starts the process that writes a copy, and turns whatever happens to it into an answer."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

from pipeline import errors
from pipeline.copies.known import Known
from pipeline.copies.written import Written
from pipeline.extract.reading import Limits, ask

CHILD = ["-m", "pipeline.copies.child"]


def copy(path: Path, known: Known, *, title: str, limits: Limits, password: str = "") -> Written:
    """A redacted copy of one document, made in a process of its own.

    Raises a `ReviewError` that says why there is none, without naming the document.
    """
    # A copy is read, written and read again.
    limits = replace(limits, seconds=3 * limits.seconds)
    question = {"known": known.as_json(), "title": title, "password": password}
    answer = ask(CHILD, path.resolve(), json.dumps(question).encode(), limits)
    if "error" in answer:
        raise getattr(errors, answer["error"])(answer["message"], wants=answer.get("wants"))
    data = base64.b64decode(answer.pop("data"))
    pictures = {int(page): why for page, why in answer.pop("pictures").items()}
    return Written(data, pictures=pictures, **answer)
