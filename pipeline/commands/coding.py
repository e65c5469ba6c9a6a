"""`dhr codings`, `decisions`, `suggest`, `learn`: people check the machine's codings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipeline.commands.options import example, study_options
from pipeline.errors import BadUsage
from pipeline.study import Study


@click.command(
    epilog=example(
        "dhr codings 42 --export review-42.csv --passages",
        "dhr codings --apply review-42.csv",
    )
)
@click.argument("review", required=False, type=int)
@click.option("--export", "to", metavar="FILE.csv", type=click.Path(path_type=Path),
              help="Write a sheet with a row for each machine coding of the REVIEW.")  # fmt: skip
@click.option("--passages", is_flag=True,
              help="In the sheet, also a row for each passage as a whole.")  # fmt: skip
@click.option("--apply", "sheet", metavar="FILE.csv", type=click.Path(path_type=Path),
              help="Take in the decisions of a filled-in sheet.")  # fmt: skip
@study_options
def codings(
    study: Callable[[], Study],
    folder: Path,
    review: int | None,
    to: Path | None,
    passages: bool,
    sheet: Path | None,
) -> None:
    """Write a sheet to check a review's codings in, and take in what people decided.

    The sheet holds redacted text. In its column decision write accept, reject, change (with another
    polarity or subject), add (with the id of a code) or withdraw.
    """
    from pipeline.build import Build
    from pipeline.codings import CodingReview

    if (to is None) == (sheet is None):
        raise BadUsage("say either --export FILE.csv or --apply FILE.csv")
    of = CodingReview(Build(study()))
    if sheet is not None:
        click.echo(of.apply(sheet, review))
        click.echo(f"next: dhr run --study {folder}, or dhr learn --study {folder}")
    elif to is not None:
        if review is None:
            raise BadUsage("say which review the sheet is of; `dhr status` lists them")
        click.echo(f"wrote {of.export(to, review, passages=passages)} rows to {to}")


@click.command(epilog=example("dhr decisions", "dhr decisions 42"))
@click.argument("review", required=False, type=int)
@study_options
def decisions(study: Callable[[], Study], folder: Path, review: int | None) -> None:
    """List what people decided about codings, where it stands today, and what the audit says."""
    from pipeline.build import Build
    from pipeline.codings import CodingReview

    for line in CodingReview(Build(study())).lines(review):
        click.echo(line)


@click.command(epilog=example("dhr suggest to-check.csv --n 20"))
@click.argument("path", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--n", type=click.IntRange(1, 1000), default=20, show_default=True,
              help="Passages in all.")  # fmt: skip
@click.option("--audit", type=click.IntRange(0, 1000), default=5, show_default=True,
              help="So many of them are drawn at random: only these tell reliability.")  # fmt: skip
@study_options
def suggest(study: Callable[[], Study], folder: Path, path: Path, n: int, audit: int) -> None:
    """Write a sheet of the passages whose decision would teach most, and of random ones."""
    from pipeline.build import Build
    from pipeline.codings import CodingReview

    if audit > n:
        raise BadUsage("--audit cannot be more than --n")
    told = CodingReview(Build(study())).suggest(path, n=n, audit=audit)
    click.echo(f"wrote {told} to {path}")
    click.echo(f"next: fill it in, then dhr codings --apply {path} --study {folder}")


@click.command(epilog=example("dhr learn --study corpus/example"))
@study_options
def learn(study: Callable[[], Study], folder: Path) -> None:
    """Learn from what people decided about codings; `dhr tag` then codes with it.

    Writes decisions/learnt.npz, if anything was learnt. Nothing is learnt about held-out reviews.
    """
    from pipeline.build import Build
    from pipeline.codings import CodingReview

    for line in CodingReview(Build(study())).learn():
        click.echo(line)
