"""Starts the process that reads a document, and turns whatever happens to it into an answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pipeline
from pipeline import errors
from pipeline.extract.block import Block, DocumentWarning, LeftOut, ParsedDocument

TOO_LARGE = "reading the file takes more memory than the limit; raise it or split the file"
NO_PASSWORD = (
    "the file asks for a password; write it into the column `password` of reviews.csv, or save a "
    "copy without one, then make"
)
WRONG_PASSWORD = (
    "the password in reviews.csv does not open the file; correct it there, mind capitals, then make"
)
_CHILD = ["-m", "pipeline.extract.child"]
_OUT_OF_MEMORY = {"SIGABRT", "SIGKILL", "SIGTRAP", "SIGILL"}
"""How pdfium and the system end a process that asks for too much memory."""


@dataclass(frozen=True)
class Limits:
    """What reading one document may take."""

    memory_mb: int = 2048
    seconds: int = 600


def parse(
    path: Path, *, document_id: str, document_type: str, limits: Limits, password: str = ""
) -> ParsedDocument:
    """Read one document in a process of its own; `password` opens an encrypted one.

    Raises a `ReviewError` that says why it cannot be read, without naming it.
    """
    if not path.is_file():
        raise errors.DocumentMissing("the document is not there; put it back, then make")
    answer = ask(_CHILD, path.resolve(), password.encode(), limits)
    if "error" in answer:
        raise getattr(errors, answer["error"])(answer["message"], wants=answer.get("wants"))
    blocks = [_block(block) for block in answer["blocks"]]
    if not blocks:
        raise errors.DocumentUnreadable("the file holds no text; check it, then make")
    return ParsedDocument(
        document_id,
        document_type,
        answer["pages"],
        answer["pages_ocr"],
        blocks,
        [DocumentWarning(**warning) for warning in answer["warnings"]],
        [LeftOut(**text) for text in answer["hidden"]],
        [LeftOut(**text) for text in answer["removed"]],
    )


def _block(values: dict[str, Any]) -> Block:
    box = values.pop("box")
    return Block(**values, box=tuple(box) if box else None)


def ask(child: Sequence[str], path: Path, question: bytes, limits: Limits) -> dict[str, Any]:
    """The answer of what Python is told to run on a document, in a process of its own.

    `question` comes to it on standard input. Raises `LimitExceeded` or `DocumentUnreadable`.
    """
    with subprocess.Popen(
        [sys.executable, "-P", *child, str(path), str(limits.memory_mb)],
        # A password goes this way because command lines and environments can be listed.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What libraries print about a document may quote it.
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(question, timeout=limits.seconds)
        except BaseException as error:
            _kill(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise errors.LimitExceeded(
                    f"reading the file takes more than {limits.seconds} seconds; raise the limit "
                    "or export the file anew, then make"
                ) from None
            raise
    return _decoded(process.returncode, output)


def _environment() -> dict[str, str]:
    """The package must be found from any folder, and one thread needs no pool's memory."""
    root = str(Path(pipeline.__file__).parent.parent)
    inherited = os.environ.get("PYTHONPATH")
    paths = os.pathsep.join([root, inherited] if inherited else [root])
    return {**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError):
        process.kill()
    process.wait()


def _decoded(code: int, output: bytes) -> dict[str, Any]:
    if code < 0 and signal.Signals(-code).name in _OUT_OF_MEMORY:
        raise errors.LimitExceeded(TOO_LARGE)
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError:
        raise errors.DocumentUnreadable(
            "the file is damaged: its reader broke down; export it anew, then make"
        ) from None
    return answer
