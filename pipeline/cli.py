"""The `dhr` command: parses, calls, prints. Nothing is decided here.

Exit codes: 0 done, 1 done but something was set aside or not answered, 2 usage, 3 bad or missing
input, 4 contract broken, 5 bad settings or codebook, 6 the leak check stopped an export or found
something, 70 a fault of the software.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.commands import coding
from pipeline.commands.codebook import codebook
from pipeline.commands.exchange import export, import_
from pipeline.commands.options import Command, example, study_options
from pipeline.commands.tables import diff, trace
from pipeline.engines import ENGINES, engine
from pipeline.errors import BadUsage, DhrError, LeakFound, MissingInput
from pipeline.study import Study
from pipeline.vocabulary import CASE_TYPES, DOCUMENT_TYPES, POLARITIES, PUBLICATION, SUBJECTS

SOFTWARE_FAULT = 70
"""As in sysexits.h."""


def run_options(command: Command) -> Command:
    """Options of every command that builds."""
    for option in reversed(
        (
            click.option("--engine", "engine_name", type=click.Choice(ENGINES),
                         default="processes", show_default=True, help="Where work runs."),
            click.option("--workers", type=click.IntRange(min=1),
                         help="Worker processes.  [default: one per core]"),
            click.option("--retry", is_flag=True,
                         help="Try again what was set aside before."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="dhr-pipeline", prog_name="dhr")
def dhr() -> None:
    """Thematic analysis of Domestic Homicide Reviews: from documents to theme tables."""


@dhr.command(epilog=example("dhr run --study corpus/example --outputs outputs/example"))
@study_options
@run_options
def run(study: Callable[[], Study], folder: Path, **options: Any) -> None:
    """Bring all stages up to date: extract, redact, tag, topics, aggregate."""
    from pipeline.build import STAGES

    _build(study(), STAGES, closing=True, **options)


def _stage_command(stage: str, summary: str) -> None:
    @dhr.command(name=stage, help=summary, epilog=example(f"dhr {stage} --study corpus/example"))
    @study_options
    @run_options
    def command(study: Callable[[], Study], folder: Path, **options: Any) -> None:
        _build(study(), [stage], closing=stage == "aggregate", **options)


for _name, _summary in {
    "extract": "Documents to passages, for every review that is stale.",
    "redact": "Passages to redacted passages, for every review that is stale.",
    "tag": "Redacted passages to codings and recommendations, for every review that is stale.",
    "topics": "Topics over the redacted passages of all reviews.",
    "aggregate": "Theme tables, workbooks and report from all codings.",
}.items():
    _stage_command(_name, _summary)


def _build(
    study: Study,
    stages: Sequence[str],
    *,
    closing: bool,
    engine_name: str,
    workers: int | None,
    retry: bool,
) -> None:
    from pipeline import report
    from pipeline.build import Build

    build = Build(study, retry=retry)
    with engine(engine_name, workers=workers) as where:
        runs = build.run(stages, where, report.progress())
    for line in report.stage_lines(runs):
        click.echo(line, err=True)
    if closing:
        click.echo("\n".join(report.summary(build)))
    else:
        told = [*report.set_aside_lines(build), *report.lost_lines(build)]
        told += report.language_model_lines(build) if "tag" in stages else []
        for line in told:
            click.echo(line, err=True)
    leaked = closing and len(build.recorded_leaks())
    sys.exit(1 if build.anything_set_aside() or leaked or build.answers_missing() else 0)


@dhr.command(epilog=example("dhr status --study corpus/example"))
@study_options
def status(study: Callable[[], Study], folder: Path) -> None:
    """Show every review: which stages are fresh, stale or set aside, and why."""
    from pipeline import report
    from pipeline.build import Build

    click.echo("\n".join(report.status(Build(study()))))


@dhr.command(epilog=example("dhr init --study ~/studies/midlands-2014"))
@study_options
def init(study: Callable[[], Study], folder: Path) -> None:
    """Start a study: its folder with study.toml, reviews.csv, decisions/ and private/."""
    from pipeline.study import start

    for path in start(folder):
        click.echo(f"wrote {path}")
    click.echo(f"next: dhr add FILE --study {folder}")


@dhr.command(
    epilog=example(
        "dhr add 'Overview Report.pdf' --area Wexmere --case-type 'intimate partner' --year 2013",
        "dhr add summary.docx --review 'Adult A' --document-type 'executive summary'",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--review", default="", help="Your name for the review, if it has several documents.")
@click.option("--document-type", type=click.Choice(DOCUMENT_TYPES), default="overview report",
              show_default=True)  # fmt: skip
@click.option("--area", default="", help="Area, as it should stand in the tables.")
@click.option("--case-type", type=click.Choice(CASE_TYPES), default=None)
@click.option("--year", type=click.IntRange(1990, 2100), help="Year of death.")
@click.option("--status", "publication", type=click.Choice(PUBLICATION), default=None)
@study_options
def add(study: Callable[[], Study], folder: Path, files: Sequence[Path], **row: Any) -> None:
    """Copy documents into a study, write their rows and draw their random review numbers."""
    from pipeline.intake import add_document
    from pipeline.study import start

    start(folder)
    for file in files:
        number = add_document(study(), file, **row)
        click.echo(f"added {file.name} as Review {number}")
    click.echo("next: " + ("make" if folder == Path("corpus") else f"dhr run --study {folder}"))


@dhr.command(epilog=example("dhr check --study corpus"))
@study_options
def check(study: Callable[[], Study], folder: Path) -> None:
    """Say everything that is wrong with a study, each with the next move."""
    from pipeline.intake import problems

    found = problems(study())
    for problem in found:
        click.echo(problem.text)
    if not found:
        click.echo("nothing wrong")
    sys.exit(max((problem.exit_code for problem in found), default=0))


@dhr.command(epilog=example("dhr evaluate --study corpus/example --outputs outputs/example"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--learn", "learning", is_flag=True,
              help="Take the gold of the reviews of development for people's decisions, learn from "
                   "it, and measure the held-out reviews with and without.")  # fmt: skip
@study_options
def evaluate(study: Callable[[], Study], folder: Path, as_json: bool, learning: bool) -> None:
    """Measure a built study against its gold; writes evaluate/evaluation.json, too."""
    from pipeline.build import Build
    from pipeline.evaluate.evaluation import evaluate
    from pipeline.evaluate.learning import evaluate_learning
    from pipeline.evaluate.table import lines

    if learning:
        measured = evaluate_learning(Build(study()))
        click.echo(measured.as_json() if as_json else "\n".join(measured.lines()) + "\n", nl=False)
        return
    evaluation = evaluate(Build(study()))
    shown = evaluation.as_json() if as_json else "\n".join(lines(evaluation)) + "\n"
    click.echo(shown, nl=False)


@dhr.command(
    epilog=example(
        "dhr excerpts --study corpus/example --theme recognition --format md > recognition.md",
        "dhr excerpts --code routine-enquiry --context 1 --format docx --output enquiry.docx",
    )
)
@click.option("--code", help="Only this code.")
@click.option("--theme", help="Only the codes of this theme.")
@click.option("--review", type=int, help="Only the review of this number.")
@click.option("--polarity", type=click.Choice(POLARITIES), help="Only codings that say so.")
@click.option("--subject", type=click.Choice(SUBJECTS), help="Only codings about them.")
@click.option("--coder", help="Only codings by this coder: machine, model:NAME, a person.")
@click.option(
    "--context",
    type=click.IntRange(0, 9),
    default=0,
    show_default=True,
    help="Passages of the section before and after each, marked as context.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "md", "html", "docx", "xlsx"]),
    default="csv",
    show_default=True,
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False),
              help="File to write.  [default: print]")  # fmt: skip
@study_options
def excerpts(
    study: Callable[[], Study], folder: Path, form: str, output: Path | None, **wanted: Any
) -> None:
    """Print or write coded excerpts with their citations, from redacted text only."""
    from pipeline.build import Build
    from pipeline.files import write

    if output is None and form in ("docx", "xlsx") and sys.stdout.isatty():
        raise BadUsage(f"a terminal cannot show {form}; name a file with --output")
    content = Build(study()).excerpts(form=form, **wanted)
    if output is None:
        click.echo(content, nl=False)
    else:
        write(output, content)
        click.echo(f"wrote {output}", err=True)


@dhr.command(epilog=example("dhr recommendations --study corpus/example --agency police"))
@click.option("--agency", metavar="ID", help="Only those that this agency is to carry out.")
@click.option("--format", "form", type=click.Choice(["csv", "md"]), default="csv",
              show_default=True)  # fmt: skip
@study_options
def recommendations(
    study: Callable[[], Study], folder: Path, agency: str | None, form: str
) -> None:
    """Print recommendations and action-plan rows with their citations, from redacted text only."""
    from pipeline.build import Build

    click.echo(Build(study()).recommendations(agency=agency, form=form), nl=False)


def sheet_options(command: Command) -> Command:
    """Options of the commands that show a review's private record, and take a sheet in."""
    for option in reversed(
        (
            click.argument("review", type=int),
            click.option("--private", is_flag=True,
                         help="Print the identifying text, too: mind who can see your screen."),
            click.option("--export", is_flag=False, flag_value="", metavar="[FILE.csv]",
                         help="Write a sheet to decide in; it holds identifying text.  "
                         "[default: the study's private/sheets/]"),
            click.option("--apply", metavar="FILE.csv", type=click.Path(path_type=Path),
                         help="Take in the decisions of a sheet."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


@dhr.command(
    epilog=example(
        "dhr redactions 42",
        "dhr redactions 42 --export",
        "dhr redactions 42 --apply corpus/private/sheets/review-42-redactions.csv",
    )
)
@sheet_options
@study_options
def redactions(study: Callable[[], Study], folder: Path, review: int, **options: Any) -> None:
    """Show what was replaced in a review; write and take in sheets of decisions about it."""
    from pipeline.build import Build
    from pipeline.redactions import ReviewRedaction

    of = ReviewRedaction(Build(study()), review)
    _sheet(of.lines, of.export, of.apply, folder, **options)


@dhr.command(
    epilog=example(
        "dhr roles 42",
        "dhr roles 42 --export",
        "dhr roles 42 --apply corpus/private/sheets/review-42-roles.csv",
    )
)
@sheet_options
@study_options
def roles(study: Callable[[], Study], folder: Path, review: int, **options: Any) -> None:
    """Show who is who in a review; write and take in sheets of corrected roles."""
    from pipeline.build import Build
    from pipeline.redactions import ReviewRedaction

    of = ReviewRedaction(Build(study()), review)
    _sheet(of.role_lines, of.export_roles, of.apply_roles, folder, **options)


def _sheet(
    lines: Callable[..., Iterable[str]],
    write: Callable[[Path | None], Path],
    take_in: Callable[[Path], str],
    folder: Path,
    *,
    private: bool,
    export: str | None,
    apply: Path | None,
) -> None:
    if export is not None and apply:
        raise BadUsage("--export and --apply do not go together: fill the sheet in first")
    if apply:
        click.echo(take_in(apply))
        click.echo(f"next: dhr run --study {folder}")
    elif export is not None:
        path = write(Path(export) if export else None)
        click.echo(f"wrote {path}: it holds identifying text; delete it when it is applied")
    else:
        if private:
            click.echo("this prints identifying text", err=True)
        for line in lines(private=private):
            click.echo(line)


@dhr.command(
    "redact-document",
    epilog=example("dhr redact-document 7 --study corpus/example --outputs outputs/example"),
)
@click.argument("review", type=int)
@click.option("--output", "folder_for_copies", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for the copies.  [default: documents/ in the outputs]")  # fmt: skip
@study_options
def redact_document(
    study: Callable[[], Study], folder: Path, review: int, folder_for_copies: Path | None
) -> None:
    """Write redacted copies of a review's own documents, for a person to check and send on."""
    from pipeline import report
    from pipeline.build import Build
    from pipeline.errors import ReviewError

    refused = False
    for path, outcome in Build(study()).copy_documents(review, folder_for_copies):
        refused |= isinstance(outcome, ReviewError)
        click.echo("\n".join(report.copy_lines(path, outcome)))
    sys.exit(1 if refused else 0)


@dhr.command(epilog=example("dhr leaks --study corpus/example", "dhr leaks 7"))
@click.argument("review", required=False, type=int)
@click.option("--private", is_flag=True,
              help="Show the words themselves, too: for your own screen only.")  # fmt: skip
@study_options
def leaks(study: Callable[[], Study], folder: Path, review: int | None, private: bool) -> None:
    """Search everything outside private/ for what redaction replaced; say what and where.

    With the number of a REVIEW also its rare combinations of facts. Ends with 6 on a hit.
    """
    from pipeline import report
    from pipeline.build import Build

    build = Build(study())
    found = build.leaks()
    click.echo("\n".join(report.leaks(build, found, review=review, private=private)))
    sys.exit(LeakFound.exit_code if len(found.hits) else 0)


for _command in (
    codebook, coding.codings, coding.decisions, coding.learn, coding.suggest, diff, trace, export,
    import_,
):  # fmt: skip
    dhr.add_command(_command)


def main() -> None:
    """Entry point: the one place where errors become messages and exit codes."""
    try:
        dhr.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("dhr: stopped; the next run goes on from here", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DhrError as error:
        click.echo(f"dhr: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        # A full disk, or a folder that may not be written to.
        click.echo(f"dhr: {error.strerror}: {error.filename}; mend it, then run again", err=True)
        sys.exit(MissingInput.exit_code)
    except Exception as error:
        # Its message may quote a report. Never code 1: that means done, with something set aside.
        name = type(error).__name__
        click.echo(
            f"dhr: an unexpected {name}: a fault of the software; please report it", err=True
        )
        sys.exit(SOFTWARE_FAULT)


if __name__ == "__main__":
    main()
