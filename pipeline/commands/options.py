"""Options and help that commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.study import Study

Command = TypeVar("Command", bound=Callable[..., Any])


def study_options(command: Command) -> Command:
    """The one pair of options that says which study, and where its outputs are."""

    @click.option(
        "--study",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("corpus"),
        show_default=True,
        help="The study's folder.",
    )
    @click.option(
        "--outputs",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where its outputs are.  [default: outputs/<name of the study's folder>]",
    )
    @wraps(command)
    def with_study(*args: Any, folder: Path, outputs: Path | None, **options: Any) -> Any:
        name = folder.resolve().name
        return command(*args, study=lambda: Study(folder, outputs or Path("outputs") / name),
                       folder=folder, **options)  # fmt: skip

    return with_study  # type: ignore[return-value]


def example(*lines: str) -> str:
    """The example that a command's help ends in."""
    return "\b\nExample:\n  " + "\n  ".join(lines)
