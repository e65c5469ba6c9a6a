"""Attacks on the leak check: identifiers planted in every kind of output of a real study."""

from __future__ import annotations

import io
import json
import shutil
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from fictional import SURFACES, contents
from pipeline import contracts

LEAK = 6


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A study that was built, to be copied by each test."""
    import sys

    from fictional import FIRST, PROJECT, SECOND, run, write_study

    folder = tmp_path_factory.mktemp("leaks")
    study = write_study(folder / "study", {"first report.txt": FIRST, "second.txt": SECOND})
    done = run(sys.executable, "-m", "pipeline.cli", "run", "--study", study, "--outputs",
               folder / "outputs", "--engine", "serial", PYTHONPATH=str(PROJECT))  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert "leaks         none found" in done.stdout
    return folder


@pytest.fixture
def study(built, tmp_path):
    shutil.copytree(built / "study", tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture
def outputs(built, tmp_path):
    shutil.copytree(built / "outputs", tmp_path / "outputs")
    return tmp_path / "outputs"


@pytest.fixture
def leaks(dhr, study, outputs):
    def command(*options):
        return dhr("leaks", "--study", study, "--outputs", outputs, *options)

    return command


def numbers(outputs):
    return sorted(int(path.stem) for path in (outputs / "redact").glob("*.parquet")
                  if path.stem.isdecimal())  # fmt: skip


def of_dransley(outputs):
    """The number of the review in which Hannah Dransley is replaced."""
    for path in (outputs / "private" / "redact").glob("*.log.parquet"):
        if pd.read_parquet(path)["surface"].str.contains("Dransley").any():
            return int(path.name.split(".")[0])
    raise AssertionError


def rewrite(path, change, table):
    """Write a table again with one change, its fingerprint kept."""
    frame = contracts.read(path, table)
    change(frame)
    contracts.write(frame, table, path, fingerprint=contracts.fingerprint(path))


def table_cell(outputs):
    def change(frame):
        frame.loc[0, "name"] = "Abuse by Dransley"

    rewrite(outputs / "tables" / "prevalence.parquet", change, contracts.PREVALENCE)


def passage(outputs):
    path = outputs / "redact" / f"{of_dransley(outputs)}.parquet"

    def change(frame):
        frame.loc[4, "text"] += " So said Hannah DRANSLEY’s mother."

    rewrite(path, change, contracts.REDACTED)


def metadata(outputs):
    path = outputs / "tables" / "topics.parquet"
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({b"made by": b"Imelda Fosse"}), path)


def column_name(outputs):
    pq.write_table(pa.table({"Marriner": [1]}), outputs / "tables" / "mine.parquet")


def csv_cell(outputs):
    (outputs / "tables" / "mine.csv").write_text('n,who\n1,"Dransley, H."\n', encoding="utf-8")


def excerpt(outputs):
    (outputs / "excerpts.md").write_text("> “**Tollgate** rang”\n", encoding="utf-8")


def html(outputs):
    path = outputs / "tables" / "report.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</body>", "<p>Plover <b>L</b>ane, Drans<i>ley</i></body>"),
                    encoding="utf-8")  # fmt: skip


def html_attribute(outputs):
    (outputs / "page.html").write_text('<img alt="F&#111;sse">', encoding="utf-8")


def workbook(outputs, **properties):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.set_properties(properties)
        yield book
    (outputs / "tables" / "own.xlsx").write_bytes(content.getvalue())


def xlsx_property(outputs):
    for book in workbook(outputs, author="DC Marriner"):
        book.add_worksheet()


def xlsx_cell(outputs):
    for book in workbook(outputs):
        bold = book.add_format({"bold": True})
        book.add_worksheet().write_rich_string("B2", "Drans", bold, "ley")


def xlsx_sheet_name(outputs):
    for book in workbook(outputs):
        book.add_worksheet("Tollgate")


def docx(outputs):
    from docx import Document

    document = Document()
    document.add_paragraph().add_run("Drans")
    document.paragraphs[0].add_run("ley")
    document.save(outputs / "report.docx")


def json_text(outputs):
    (outputs / "run" / "notes.json").write_text(json.dumps({"é": ["Mr Fosse"]}), encoding="utf-8")


def log_file(outputs):
    (outputs / "run" / "run.log").write_text("done\nfailed at Dransley\n", encoding="utf-8")


def file_name(outputs):
    (outputs / "tables" / "Hannah_Dransley.txt").touch()


def document_name(outputs):
    (outputs / "notes.txt").write_text("made from 'first report.txt'\n", encoding="utf-8")


PLANTS = [table_cell, passage, metadata, column_name, csv_cell, excerpt, html, html_attribute,
          xlsx_property, xlsx_cell, xlsx_sheet_name, docx, json_text, log_file, file_name,
          document_name]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_an_identifier_planted_in_any_output_is_found(plant, leaks, outputs):
    before = set(contents(outputs))
    plant(outputs)
    done = leaks()
    assert done.returncode == LEAK, done.stdout + done.stderr
    assert "leaks: none" not in done.stdout
    assert "next: have it replaced" in done.stdout
    assert not [surface for surface in SURFACES if surface in done.stdout + done.stderr]
    for name in set(contents(outputs)) - before:
        said = "tables/(a name that gives it away)" if plant is file_name else name
        assert said in done.stdout


def test_a_clean_study_passes_and_the_words_are_shown_only_when_asked_for(leaks, outputs):
    done = leaks()
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("leaks: none found")
    passage(outputs)
    assert "DRANSLEY" not in leaks().stdout
    shown = leaks("--private")
    assert "“Hannah DRANSLEY" in shown.stdout
    assert shown.returncode == LEAK


def test_a_file_that_cannot_be_searched_is_named(leaks, outputs):
    (outputs / "chart.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with zipfile.ZipFile(outputs / "own.xlsx", "w") as file:
        file.writestr("xl/media/image1.png", b"\x89PNG")
    said = leaks().stdout
    assert "chart.png: cannot be searched" in said
    assert "own.xlsx: cannot be searched" in said


def test_excerpts_and_recommendations_print_nothing_that_leaks(dhr, study, outputs):
    where = ("--study", study, "--outputs", outputs)
    number = of_dransley(outputs)
    clean = dhr("excerpts", *where)
    assert clean.returncode == 0
    assert "Review" in clean.stdout

    def change(frame):
        frame["text"] = "Dransley: " + frame["text"]

    rewrite(outputs / "redact" / f"{number}.parquet", change, contracts.REDACTED)
    rewrite(outputs / "tag" / f"{number}.recommendations.parquet", change,
            contracts.RECOMMENDATIONS)  # fmt: skip
    for command in ("excerpts", "recommendations"):
        done = dhr(command, "--format", "md", *where)
        assert done.returncode == LEAK
        assert done.stdout == ""
        assert f"{command}, text, Review {number}, " in done.stderr
        assert "nothing was written" in done.stderr
        assert f"PERSON, [RELATIVE 1] of Review {number}" in done.stderr
        assert not [surface for surface in SURFACES if surface in done.stderr]
    (other,) = set(numbers(outputs)) - {number}
    assert dhr("excerpts", "--review", other, *where).returncode == 0


def test_tables_with_a_leak_are_not_written_and_old_ones_are_taken_back(dhr, study, outputs):
    run = ("aggregate", "--study", study, "--outputs", outputs)
    (study / "study.toml").write_text('title = "The Dransley case"\n', encoding="utf-8")
    done = dhr(*run)
    assert done.returncode == LEAK
    assert "no table was written" in done.stderr
    assert "tables/report.html" in done.stderr
    assert "Dransley" not in done.stdout + done.stderr
    assert not list((outputs / "tables").glob("*.csv"))
    assert (outputs / "private" / "leaks" / "withheld" / "tables" / "report.html").exists()
    again = dhr(*run)
    assert (again.returncode, again.stderr) == (LEAK, done.stderr)
    (study / "study.toml").write_text('title = "A case"\n', encoding="utf-8")
    assert dhr(*run).returncode == 0
    assert (outputs / "tables" / "report.html").exists()
    assert not (outputs / "private" / "leaks" / "withheld").exists()


def test_a_leak_outside_the_tables_leaves_them_and_is_said_at_the_end(dhr, study, outputs):
    run = ("run", "--study", study, "--outputs", outputs, "--engine", "serial")
    passage(outputs)
    (study / "study.toml").write_text('title = "Another title"\n', encoding="utf-8")
    done = dhr(*run)
    assert done.returncode == 1
    assert "leaks         1 outside the tables: see `dhr leaks`" in done.stdout
    assert (outputs / "tables" / "report.html").exists()
    assert dhr(*run).returncode == 1
    assert "DRANSLEY" not in done.stdout + done.stderr
    (hit,) = pd.read_parquet(outputs / "private" / "leaks" / "leaks.parquet").to_dict("records")
    (study / "decisions").mkdir()
    (study / "decisions" / "not-leaks.csv").write_text(
        f"id,reason\n{hit['id']},a test\n", encoding="utf-8"
    )
    assert dhr(*run).returncode == 0


def test_areas_may_stand_in_their_column(leaks, outputs):
    """Both reviews are of Wexmere, which is replaced in one of them."""
    assert "Wexmere" in (outputs / "tables" / "reviews.csv").read_text(encoding="utf-8")
    assert leaks().returncode == 0


def test_rare_combinations_of_a_review_are_listed(leaks, outputs):
    number = of_dransley(outputs)
    assert "rare combinations: 0 passages" in leaks(number).stdout
    rows = [{"review_id": number, "passage_id": "p", "n": 3, "kinds": "age ; faith ; health",
             "facts": "[age 30-39] ; quaker ; epilepsy", "n_reviews": 1, "n_like": 2}]  # fmt: skip
    path = outputs / "private" / "leaks" / "risks.parquet"
    contracts.write(contracts.RISKS.frame(rows), contracts.RISKS, path)
    said = leaks(number).stdout
    assert "age ; faith ; health; told in 1 of the study's reviews" in said
    assert "1 passages in 1 reviews" in leaks().stdout


def test_no_command_says_what_was_replaced(dhr, study, outputs):
    (study / "broken.pdf").write_bytes(b"%PDF-1.7\n garbage by Hannah Dransley")
    for command in ("run", "status", "check", "leaks", "excerpts", "recommendations"):
        done = dhr(command, "--study", study, "--outputs", outputs)
        assert not [s for s in SURFACES if s in done.stdout + done.stderr], command
    for path in [*(outputs / "run").iterdir(), *(outputs / "set-aside").glob("*")]:
        assert not [s for s in SURFACES if s in path.read_text(encoding="utf-8")], path.name


def test_an_unexpected_error_of_the_leak_check_says_nothing_of_a_report(dhr, leaks, outputs):
    path = next((outputs / "private" / "redact").glob("*.log.parquet"))
    table = pq.read_table(path)
    pq.write_table(
        table.drop_columns(["surface"]).append_column("Dransley", table["surface"]), path
    )
    done = leaks()
    assert done.returncode not in (0, 1)
    assert "Traceback" not in done.stderr
