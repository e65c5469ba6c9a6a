"""`dhr export` and `dhr import`: coded excerpts and projects of other programs, out and back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import click

from pipeline.commands.options import example, study_options
from pipeline.study import Study

FORMS = ("csv", "xlsx", "docx", "html", "md", "parquet", "qdpx", "qdc")


@click.command(
    epilog=example(
        "dhr export --study corpus/example --to example.qdpx",
        "dhr export --theme recognition --to recognition.parquet",
    )
)
@click.option("--format", "form", type=click.Choice(FORMS), help="[default: by the file's name]")
@click.option("--to", "path", required=True, type=click.Path(path_type=Path, dir_okay=False),
              help="File to write.")  # fmt: skip
@click.option("--code", help="Only this code.")
@click.option("--theme", help="Only the codes of this theme.")
@click.option("--review", type=int, help="Only the review of this number.")
@click.option("--line-ends", type=click.Choice(("lf", "crlf")), default="lf", show_default=True,
              help="Line ends in the texts of a qdpx; crlf for MAXQDA on Windows.")  # fmt: skip
@click.option("--least", type=click.IntRange(min=1), default=3, show_default=True,
              help="In a qdpx, reviews that must share the area, case type and year that it "
              "shows; 1 shows all.")  # fmt: skip
@study_options
def export(
    study: Callable[[], Study],
    folder: Path,
    form: str | None,
    path: Path,
    line_ends: str,
    least: int,
    **wanted: object,
) -> None:
    """Write coded excerpts, or a project (qdpx) for NVivo, ATLAS.ti, MAXQDA or QualCoder.

    csv, xlsx, docx, html, md and parquet hold excerpts with their citations; qdc is the codebook.
    """
    from pipeline.build import Build
    from pipeline.exchange import Exchange, Wanted, form_of

    exchange = Exchange(Build(study()))
    form = form or form_of(path)
    exchange.export(form, Wanted(**wanted), path, line_ends=line_ends, least=least)  # type: ignore[arg-type]
    click.echo(f"wrote {path}")


@click.command("import", epilog=example("dhr import nvivo.qdpx --coder 'Ann Other'"))
@click.argument("path", metavar="FILE.qdpx", type=click.Path(path_type=Path))
@click.option("--coder", required=True, help="Whose decisions these are.")
@click.option("--user", "users", multiple=True, metavar="NAME",
              help="Their name in the program, if several people worked in the file.")  # fmt: skip
@click.option("--accept-kept", is_flag=True,
              help="They looked at every coding: what they left is accepted.")  # fmt: skip
@click.option("--when", type=click.DateTime(["%Y-%m-%d"]),
              help="Date of what the file does not date.  [default: today]")  # fmt: skip
@click.option("--exported", multiple=True, type=click.Path(path_type=Path),
              help="The project that went out, if the study's own copy is gone.")  # fmt: skip
@study_options
def import_(
    study: Callable[[], Study],
    folder: Path,
    path: Path,
    coder: str,
    users: Sequence[str],
    accept_kept: bool,
    when: date | None,
    exported: Sequence[Path],
) -> None:
    """Take in what a person coded in a project that `dhr export` wrote, as their decisions.

    Ends with 1 when something could not be taken in; it is listed with the reason.
    """
    from pipeline.build import Build
    from pipeline.exchange import Exchange

    taken = Exchange(Build(study())).take_in(
        path,
        coder=coder,
        users=users,
        accept_kept=accept_kept,
        when=f"{when or date.today():%Y-%m-%d}",
        exported=exported,
    )
    for line in taken.lines:
        click.echo(line)
    if len(taken.returned.changes):
        click.echo(f"wrote {taken.stored}\nnext: dhr run --study {folder}")
    sys.exit(1 if len(taken.returned.refused) else 0)
