"""`dhr trace` and `dhr diff`: parse, call, print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipeline.commands.options import example, study_options
from pipeline.study import Study


@click.command(
    epilog="\b\nExample:\n  cp -r outputs/corpus outputs-of-may\n  dhr run\n"
    "  dhr diff outputs-of-may outputs/corpus"
)
@click.argument("old", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("new", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text",
              show_default=True, help="csv: only the numbers that moved.")  # fmt: skip
def diff(old: Path, new: Path, form: str) -> None:
    """Say which numbers of the tables moved between two folders of outputs, and why.

    For each: the passages that came and went, and what differs in what the builds were made from.
    """
    from pipeline.differences import differences

    click.echo(differences(old, new).text(form), nl=False)


@click.command(
    epilog=example(
        "dhr trace theme_ranking theme=recognition",
        "dhr trace theme_ranking code=routine-enquiry --column n_passages --format csv",
        "dhr trace research/themes_by_area theme=recognition area=Wexmere",
    ),
)
@click.argument("table")
@click.argument("cell", nargs=-1, required=True)
@click.option("--column", help="The number's column.  [default: the row's first number]")
@click.option("--format", "form", type=click.Choice(["md", "csv"]), default="md",
              show_default=True)  # fmt: skip
@study_options
def trace(
    study: Callable[[], Study],
    folder: Path,
    table: str,
    cell: tuple[str, ...],
    column: str | None,
    form: str,
) -> None:
    """Print what stands behind a number of a TABLE: passages, recommendations, documents.

    CELL is the row: its position from 1, or KEY=VALUE for the columns that tell it.
    """
    from pipeline.build import Build
    from pipeline.tracing import trace

    found = trace(Build(study()), table, cell, column)
    if found.withheld:
        click.echo(f"warning: {found.withheld}; what follows is for you alone", err=True)
    click.echo(found.text(form), nl=False)
    click.echo(f"{found.column} = {found.value}: {found.counts}", err=True)
