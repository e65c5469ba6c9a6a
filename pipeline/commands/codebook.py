"""`dhr codebook`: parses, calls, prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

import codebooks
from pipeline.errors import BadSettings, BadUsage, MissingInput

FORMS = ("qdc", "csv", "xlsx", "md")


def example(*lines: str) -> str:
    """The example that a command's help ends in."""
    return "\b\nExample:\n  " + "\n  ".join(lines)


class CodebookPath(click.ParamType[Path]):
    """A codebook: a file, or the name of a shipped one."""

    name = "codebook"

    def convert(self, value: Any, param: Any, ctx: Any) -> Path:
        """The codebook's file; a shipped one goes before a file without an ending."""
        shipped = Path(codebooks.__file__).parent / f"{value}.toml"
        return shipped if shipped.exists() else Path(value)


CODEBOOK = CodebookPath()
of_codebook = click.option("--codebook", type=CODEBOOK, default="dhr", show_default=True,
                           help="The codebook's file, or the name of a shipped one.")  # fmt: skip


@click.group()
def codebook() -> None:
    """Check, show, compare and exchange codebooks."""


@codebook.command(epilog=example("dhr codebook check our-codebook.toml"))
@click.argument("path", metavar="[CODEBOOK]", type=CODEBOOK, default="dhr")
def check(path: Path) -> None:
    """Say everything that is wrong with a codebook, with line and code; ends with 5 if anything is.

    Every match and not-match sentence is tried.
    """
    from pipeline.codebooks.check import check as faults_of

    faults = faults_of(path)
    for fault in faults:
        click.echo(f"{path.name}, {fault}")
    counted = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"
    click.echo(counted if faults else "nothing wrong", err=bool(faults))
    sys.exit(BadSettings.exit_code if faults else 0)


@codebook.command(
    epilog=example("dhr codebook show", "dhr codebook show routine-enquiry",
                   "dhr codebook show recognition --format md > recognition.md")
)  # fmt: skip
@click.argument("name", metavar="[CODE|THEME]", required=False)
@of_codebook
@click.option("--format", "form", type=click.Choice(["text", "md", "csv"]), default="text",
              show_default=True)  # fmt: skip
def show(name: str | None, codebook: Path, form: str) -> None:
    """Show all themes and codes, one theme, or all that there is about one code."""
    from pipeline.codebook import read_draft
    from pipeline.codebooks import entries

    book = read_draft(codebook)
    as_form = {"text": entries.as_text, "md": entries.as_markdown, "csv": entries.as_csv}[form]
    click.echo(as_form(book, entries.chosen(book, name)), nl=False)


@codebook.command(
    epilog=example("dhr codebook diff dhr our-codebook.toml",
                   "dhr codebook diff dhr our-codebook.toml --study corpus/example")
)  # fmt: skip
@click.argument("old", type=CODEBOOK)
@click.argument("new", type=CODEBOOK)
@click.option("--study", "folder", type=click.Path(path_type=Path, file_okay=False),
              help="A built study: say which cells of its tables would move, too.")  # fmt: skip
@click.option(
    "--outputs",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where its outputs are.  [default: outputs/<name of the study's folder>]",
)
@click.option("--workers", type=click.IntRange(min=1),
              help="Worker processes.  [default: one per core]")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text",
              show_default=True, help="csv: only the cells that move.")  # fmt: skip
def diff(
    old: Path,
    new: Path,
    folder: Path | None,
    outputs: Path | None,
    workers: int | None,
    form: str,
) -> None:
    """Say what changed from one codebook to another, and what it does to a study's tables.

    The study is coded with both; its own outputs stay as they are.
    """
    from pipeline.codebook import read_draft
    from pipeline.codebooks.changes import changes

    if form == "csv" and folder is None:
        raise BadUsage("--format csv prints the cells that move: it needs --study")
    words = changes(read_draft(old), read_draft(new))
    if form == "text":
        click.echo("\n".join(words or ["the codebooks say the same"]))
    if folder is None:
        return
    from pipeline.codebooks.effect import effect
    from pipeline.engines import engine
    from pipeline.study import Study

    if not folder.is_dir():
        raise MissingInput(f"there is no study at {folder}")
    study = Study(folder, outputs or Path("outputs") / folder.resolve().name)
    with engine("processes", workers=workers) as where:
        cells, lines = effect(study, old, new, where)
    if form == "csv":
        click.echo(cells.to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        click.echo("\n".join(["", *lines]))


@codebook.command(
    "import",
    epilog=example("dhr codebook import from-nvivo.qdc --output our-codebook.toml",
                   "dhr codebook import from-nvivo.qdc --into our-codebook.toml"),
)  # fmt: skip
@click.argument("file", metavar="FILE.qdc", type=click.Path(path_type=Path, exists=True,
                                                            dir_okay=False))  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False),
              help="The new file.  [default: FILE.toml, here]")  # fmt: skip
@click.option(
    "--into",
    type=CODEBOOK,
    help="Write nothing; say how this codebook differs from the one in the file.",
)
def import_(file: Path, output: Path | None, into: Path | None) -> None:
    """Take in the codebook of NVivo, ATLAS.ti, MAXQDA or QualCoder: a .qdc or a .qdpx file."""
    from pipeline.codebooks import exchange

    if into is not None:
        if output is not None:
            raise BadUsage("--into writes nothing, so --output does not go with it")
        lines: Sequence[str] = exchange.differences(file, into)
        click.echo("\n".join(lines or ["they say the same"]))
        return
    target = output or Path(f"{file.stem}.toml")
    for lost in exchange.take_in(file, target):
        click.echo(f"not kept: {lost}", err=True)
    click.echo(f"wrote {target}")
    click.echo(f"next: add prototypes and sentences to its codes, then dhr codebook check {target}")


@codebook.command(epilog=example("dhr codebook export --format qdc --output dhr.qdc"))
@of_codebook
@click.option("--format", "form", type=click.Choice(FORMS), default="qdc", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False),
              help="The file to write.  [default: the terminal, but not for xlsx]")  # fmt: skip
def export(codebook: Path, form: str, output: Path | None) -> None:
    """Write a codebook for NVivo, ATLAS.ti, MAXQDA, QualCoder (qdc), a spreadsheet or a reader."""
    from pipeline.codebook import read_draft
    from pipeline.codebooks.exchange import export as as_form
    from pipeline.files import write

    if output is None and form == "xlsx":
        raise BadUsage("a workbook cannot be printed: name a file with --output")
    content = as_form(read_draft(codebook), form)
    if output is None:
        click.echo(content, nl=False)
        return
    write(output, content)
    click.echo(f"wrote {output}")
