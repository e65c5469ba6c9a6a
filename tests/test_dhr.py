"""The `dhr` command run for real: incremental, honest, deterministic, quiet about text."""

from __future__ import annotations

import csv
import random
import signal
import subprocess
import sys
import time

import docx
import pandas as pd
import pytest

from fictional import FIRST, PROJECT, SECOND, SURFACES, THIRD, contents, run, write_study
from pipeline import contracts


def build(dhr, study, outputs, *options):
    return dhr("run", "--study", study, "--outputs", outputs, "--engine", "serial", *options)


def table(outputs, name):
    with (outputs / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def outputs(tmp_path):
    return tmp_path / "outputs"


def test_a_run_builds_every_table_and_says_where_they_are(dhr, study, outputs):
    done = build(dhr, study, outputs)
    assert done.returncode == 0, done.stderr
    assert "2 built of 2" in done.stdout
    assert str(outputs / "tables") in done.stdout
    themes = {row["theme"]: row for row in table(outputs, "prevalence") if row["level"] == "theme"}
    assert themes["abuse"]["of_reviews"] == "2"
    abuse = [row for row in table(outputs, "review_themes") if row["theme"] == "abuse"]
    assert len(abuse) == 2 and all(int(row["n_passages"]) > 0 for row in abuse)


def test_a_second_run_does_nothing(dhr, study, outputs):
    build(dhr, study, outputs)
    before = {p: p.stat().st_mtime_ns for p in outputs.rglob("*.parquet")}
    again = build(dhr, study, outputs)
    assert again.stderr.count("nothing to do") == 5
    assert {p: p.stat().st_mtime_ns for p in outputs.rglob("*.parquet")} == before


def test_a_new_document_rebuilds_one_review_and_the_corpus_stages(dhr, study, outputs, tmp_path):
    build(dhr, study, outputs)
    before = contents(outputs)
    new = tmp_path / "third one.txt"
    new.write_text(THIRD, encoding="utf-8")
    added = dhr("add", new, "--study", study, "--area", "Harrowmead", "--year", "2014")
    number = added.stdout.split("as Review ")[1].split()[0]
    done = build(dhr, study, outputs)
    assert "extract: 1 built" in done.stderr
    assert "tag: 1 built" in done.stderr
    after = contents(outputs)
    changed = {path for path in after if before.get(path) != after[path]}
    of_all = ("tables/", "topics/", "private/leaks/")
    assert all(path.startswith(of_all) or f"/{number}." in path for path in changed)
    assert "3 built of 3" in done.stdout


def test_a_codebook_edit_codes_again_and_redacts_nothing(dhr, study, outputs):
    text = (PROJECT / "codebooks" / "dhr.toml").read_text(encoding="utf-8")
    (study / "own.toml").write_text(text, encoding="utf-8")
    (study / "study.toml").write_text('codebook = "own.toml"\n', encoding="utf-8")
    build(dhr, study, outputs)
    edited = text.replace('theme = "abuse"', 'theme = "abuse"\nweak_indicators_ = 1', 1)
    (study / "own.toml").write_text(edited, encoding="utf-8")
    assert build(dhr, study, outputs).returncode == 5
    (study / "own.toml").write_text(
        text.replace("indicators = [", 'indicators = ["wallet",', 1), encoding="utf-8"
    )
    done = build(dhr, study, outputs)
    assert "redact: nothing to do" in done.stderr
    assert "tag: 2 built" in done.stderr


def test_wording_for_people_does_not_code_again(dhr, study, outputs):
    text = (PROJECT / "codebooks" / "dhr.toml").read_text(encoding="utf-8")
    (study / "own.toml").write_text(text, encoding="utf-8")
    (study / "study.toml").write_text('codebook = "own.toml"\n', encoding="utf-8")
    build(dhr, study, outputs)
    (study / "own.toml").write_text(
        text.replace('definition = "', 'definition = "Reworded. '), encoding="utf-8"
    )
    done = build(dhr, study, outputs)
    assert "tag: nothing to do" in done.stderr
    assert "aggregate: 1 built" in done.stderr


def test_a_removed_document_leaves_the_tables_and_the_outputs(dhr, study, outputs):
    build(dhr, study, outputs)
    (study / "second.txt").unlink()
    rows = (study / "reviews.csv").read_text(encoding="utf-8").splitlines()[:2]
    (study / "reviews.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = build(dhr, study, outputs)
    assert done.returncode == 0
    assert "1 built of 1" in done.stdout
    assert len(table(outputs, "reviews")) == 1
    for folder in (outputs / "tag", outputs / "private" / "extract"):
        assert len({path.name.split(".")[0] for path in folder.glob("*.parquet")}) == 1


def test_a_removed_document_whose_row_stays_is_listed_as_missing(dhr, study, outputs):
    (study / "second.txt").unlink()
    done = build(dhr, study, outputs)
    assert done.returncode == 1
    excluded = table(outputs, "excluded")
    assert len(excluded) == 1
    assert "not in the folder" in excluded[0]["reason"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("broken.pdf", b"%PDF-1.7\n garbage", "damaged"),
        ("empty.pdf", b"", "empty"),
        ("pretends.docx", b"not a zip", "DOCX"),
    ],
)
def test_a_broken_document_is_set_aside_and_the_rest_is_built(
    dhr, study, outputs, name, content, reason
):
    (study / name).write_bytes(content)
    with (study / "reviews.csv").open("a", encoding="utf-8") as rows:
        rows.write(f"{name},,,,,,\n")
    done = build(dhr, study, outputs)
    assert done.returncode == 1
    assert "2 built of 3" in done.stdout
    (excluded,) = table(outputs, "excluded")
    assert reason in excluded["reason"]
    assert name not in (outputs / "tables" / "excluded.csv").read_text(encoding="utf-8")
    assert {row["of_reviews"] for row in table(outputs, "prevalence")} == {"2"}
    status = dhr("status", "--study", study, "--outputs", outputs).stdout
    assert name in status
    assert reason in status
    # Another run does not try again, unless it is told to.
    assert "extract: nothing to do, 1 set aside" in build(dhr, study, outputs).stderr
    again = build(dhr, study, outputs, "--retry")
    assert again.returncode == 1
    assert "extract: 1 to do" not in again.stderr


def test_a_document_without_a_row_is_set_aside_never_ignored(dhr, study, outputs):
    (study / "stray.txt").write_text(THIRD, encoding="utf-8")
    (study / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    done = build(dhr, study, outputs)
    assert done.returncode == 1
    reasons = " ".join(row["reason"] for row in table(outputs, "excluded"))
    assert "no row in reviews.csv" in reasons
    assert "save the document as PDF, DOCX or TXT" in reasons


def test_a_copy_of_a_document_is_not_counted_twice(dhr, study, outputs):
    write_study(study, {"first report.txt": FIRST, "second.txt": SECOND, "again.txt": FIRST})
    done = build(dhr, study, outputs)
    assert done.returncode == 1
    assert "2 built of 3" in done.stdout
    assert "same bytes as another document" in done.stdout


def test_two_documents_can_belong_to_one_review(dhr, tmp_path, outputs):
    study = write_study(tmp_path / "study", {"a.txt": FIRST, "b.txt": SECOND})
    rows = (study / "reviews.csv").read_text(encoding="utf-8")
    rows = rows.replace('"a.txt",,', '"a.txt",One,').replace('"b.txt",,', '"b.txt",One,action plan')
    (study / "reviews.csv").write_text(rows, encoding="utf-8")
    done = build(dhr, study, outputs)
    assert "1 built of 1 (2 documents of 2)" in done.stdout


def test_serial_and_processes_write_the_same_bytes(dhr, study, tmp_path):
    build(dhr, study, tmp_path / "serial")
    done = dhr("run", "--study", study, "--outputs", tmp_path / "many",
               "--engine", "processes", "--workers", "2")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "serial") == contents(tmp_path / "many")


def test_a_run_killed_at_any_moment_is_finished_by_the_next(dhr, study, tmp_path):
    build(dhr, study, tmp_path / "whole")
    outputs = tmp_path / "killed"
    for wait in sorted(random.Random(7).uniform(0.5, 6) for _ in range(4)):
        command = [sys.executable, "-m", "pipeline.cli", "run", "--study", str(study),
                   "--outputs", str(outputs), "--workers", "2"]  # fmt: skip
        process = subprocess.Popen(
            command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert build(dhr, study, outputs).returncode == 0
    assert contents(outputs) == contents(tmp_path / "whole")


def test_two_runs_at_once_wait_for_each_other(dhr, study, tmp_path):
    build(dhr, study, tmp_path / "alone")
    outputs = tmp_path / "shared"
    command = [sys.executable, "-m", "pipeline.cli", "run", "--study", str(study),
               "--outputs", str(outputs), "--engine", "serial"]  # fmt: skip
    both = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert contents(outputs) == contents(tmp_path / "alone")


def test_no_identifier_outside_private(dhr, study, outputs):
    done = build(dhr, study, outputs)
    log = contracts.read_all(
        (outputs / "private" / "redact").glob("*.log.parquet"), contracts.REDACTION_LOG
    )
    assert set(SURFACES) <= {s for s in SURFACES for found in log["surface"] if s in found}
    for path in outputs.rglob("*"):
        if path.is_file() and "private" not in path.parts:
            text = path.read_bytes()
            if path.suffix == ".parquet":
                text = pd.read_parquet(path).to_csv().encode()
            assert not [s for s in SURFACES if s.encode() in text], path.name
    assert not [s for s in SURFACES if s in done.stdout + done.stderr]
    assert (outputs / "private").stat().st_mode & 0o077 == 0


def test_excerpts_cite_and_come_from_redacted_text(dhr, study, outputs):
    build(dhr, study, outputs)
    where = ("--study", study, "--outputs", outputs)
    found = dhr("excerpts", "--theme", "abuse", "--format", "md", *where)
    assert found.returncode == 0, found.stderr
    assert "para 4.1" in found.stdout
    assert not [s for s in SURFACES if s in found.stdout]
    document = outputs.parent / "abuse.docx"
    written = dhr("excerpts", "--theme", "abuse", "--coder", "machine", "--context", "1",
                  "--format", "docx", "--output", document, *where)  # fmt: skip
    assert (written.returncode, written.stdout) == (0, ""), written.stderr
    texts = [p.text for p in docx.Document(document).paragraphs]
    assert any(text.startswith("Context before: ") for text in texts)
    assert not [s for s in SURFACES if s in "".join(texts)]
    wrong = dhr("excerpts", "--code", "coercive-contrl", *where)
    assert wrong.returncode == 3
    assert "coercive-control" in wrong.stderr


def test_recommendations_cite_and_come_from_redacted_text(dhr, study, outputs):
    first = study / "first report.txt"
    text = first.read_text(encoding="utf-8")
    first.write_text(
        text.replace("That all staff", "The police and PC 4471 Tollgate should see that staff"),
        encoding="utf-8",
    )
    build(dhr, study, outputs)
    where = ("--study", study, "--outputs", outputs)
    found = dhr("recommendations", "--agency", "police", "--format", "md", *where)
    assert found.returncode == 0, found.stderr
    assert "para 5.1 (police)" in found.stdout
    assert found.stdout.count("> “") == 1
    assert not [s for s in SURFACES if s in found.stdout]
    everything = dhr("recommendations", *where).stdout.splitlines()
    assert everything[0].startswith("citation,kind,number,") and len(everything) == 3
    wrong = dhr("recommendations", "--agency", "polis", *where)
    assert wrong.returncode == 3
    assert "police" in wrong.stderr


def test_check_says_everything_at_once(dhr, study):
    (study / "stray.txt").write_text(THIRD, encoding="utf-8")
    with (study / "reviews.csv").open("a", encoding="utf-8") as rows:
        rows.write("gone.pdf,,,,,,\nsecond.txt,,,,,,\nbad.pdf,,,,murder,,\n")
    (study / "copy.txt").write_text(FIRST, encoding="utf-8")
    done = dhr("check", "--study", study)
    assert done.returncode == 3
    for words in (
        "stray.txt: the document has no row",
        "gone.pdf: reviews.csv lists a document that is not in the folder",
        "line 5, second.txt: the document has a row above already",
        "line 6, bad.pdf: case_type is none of",
    ):
        assert words in done.stdout
    (study / "study.toml").write_text("[topics]\nsede = 3\n", encoding="utf-8")
    wrong = dhr("check", "--study", study)
    assert wrong.returncode == 5
    assert "topics.sede" in wrong.stdout


def test_check_tries_every_pattern_and_model(dhr, study):
    text = (PROJECT / "codebooks" / "dhr.toml").read_text(encoding="utf-8")
    text = text.replace("indicators = [", 'indicators = ["{bogus} x",', 1)
    text = text.replace("patterns = [", 'patterns = ["~3",', 1)
    (study / "own.toml").write_text(text, encoding="utf-8")
    settings = 'codebook = "own.toml"\n[models]\nspacy = "no_such_model"\n'
    (study / "study.toml").write_text(settings, encoding="utf-8")
    done = dhr("check", "--study", study)
    assert done.returncode == 5
    assert "{bogus}" in done.stdout
    assert "'~3'" in done.stdout
    assert "no_such_model" in done.stdout


def test_init_add_and_run_from_nothing(dhr, tmp_path):
    source = tmp_path / "My Report (final).txt"
    source.write_text(FIRST, encoding="utf-8")
    assert dhr("run", "--study", tmp_path / "new").returncode == 3
    assert dhr("init", "--study", tmp_path / "new").returncode == 0
    empty = dhr("run", "--study", tmp_path / "new")
    assert empty.returncode == 3
    assert "dhr add FILE" in empty.stderr
    added = dhr("add", source, "--study", tmp_path / "new", "--case-type", "suicide")
    assert added.returncode == 0, added.stderr
    assert dhr("add", source, "--study", tmp_path / "new").returncode == 2
    done = dhr("run", "--study", tmp_path / "new", "--engine", "serial")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "outputs" / "new" / "tables" / "prevalence.csv").exists()


def test_outputs_that_cannot_be_written_are_named_without_a_traceback(dhr, study, tmp_path):
    (tmp_path / "outputs").write_text("a file, not a folder", encoding="utf-8")
    done = dhr("run", "--study", study, "--outputs", tmp_path / "outputs" / "below")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "outputs") in done.stderr


def test_a_later_stage_alone_says_which_stage_comes_first(dhr, study, outputs):
    done = dhr("tag", "--study", study, "--outputs", outputs)
    assert done.returncode == 3
    assert "run `dhr extract` first" in done.stderr


def test_every_command_has_help_that_ends_in_an_example(dhr):
    listed = dhr("--help").stdout.split("Commands:")[1].split()
    commands = [
        "run",
        "extract",
        "redact",
        "tag",
        "topics",
        "aggregate",
        "status",
        "init",
        "add",
        "check",
        "excerpts",
        "recommendations",
        "redactions",
        "roles",
        "leaks",
    ]
    assert set(commands) <= set(listed)
    for command in commands:
        assert f"dhr {command}" in dhr(command, "--help").stdout.split("Example:")[1]


def test_usage_errors_end_with_two(dhr):
    assert dhr("run", "--engine", "steam").returncode == 2


def test_the_command_starts_fast():
    """Help must not load models, pandas or plotting."""
    code = "import sys, pipeline.cli; print([m for m in ('pandas', 'spacy') if m in sys.modules])"
    assert run(sys.executable, "-c", code).stdout.strip() == "[]"


def test_a_summary_is_not_built_without_its_overview_report(dhr, tmp_path, outputs):
    study = write_study(tmp_path / "study", {"a.txt": FIRST, "b.txt": SECOND, "c.txt": THIRD})
    rows = (study / "reviews.csv").read_text(encoding="utf-8")
    rows = rows.replace('"a.txt",,', '"a.txt",One,')
    rows = rows.replace('"b.txt",,', '"b.txt",One,executive summary')
    (study / "reviews.csv").write_text(rows, encoding="utf-8")
    (study / "a.txt").unlink()
    done = build(dhr, study, outputs)
    assert done.returncode == 1
    assert "1 built of 2" in done.stdout
    assert "the overview report of its review was set aside" in done.stdout


def test_a_copy_without_a_row_does_not_displace_the_original(dhr, study, outputs):
    (study / "Copy of second.txt").write_text(SECOND, encoding="utf-8")
    done = build(dhr, study, outputs)
    assert "2 built of 2" in done.stdout
    assert "Copy of second.txt: the document has no row" in done.stdout


def give_sections(study, first):
    """Write the column sections, with a cell for the first document."""
    lines = (study / "reviews.csv").read_text(encoding="utf-8").splitlines()
    cells = ["sections", f'"{first}"', '""']
    text = "\n".join(f"{line},{cell}" for line, cell in zip(lines, cells, strict=True))
    (study / "reviews.csv").write_text(text + "\n", encoding="utf-8")


def test_the_analysts_sections_are_read_again_for_their_review_only(dhr, study, outputs):
    build(dhr, study, outputs)
    before = {row["review_id"]: int(row["codings"]) for row in table(outputs, "reviews")}
    give_sections(study, "4. Analysis = methodology")
    done = build(dhr, study, outputs)
    assert done.returncode == 0, done.stderr
    assert "extract: 1 built" in done.stderr
    after = {row["review_id"]: int(row["codings"]) for row in table(outputs, "reviews")}
    assert [after[review] < before[review] for review in before].count(True) == 1
    assert build(dhr, study, outputs).stderr.count("nothing to do") == 5


def test_a_section_that_cannot_be_overruled_is_never_ignored(dhr, study, outputs):
    give_sections(study, "Hannah and her neighbours = analysis")
    done = build(dhr, study, outputs)
    assert done.returncode == 1
    assert "the column sections of reviews.csv gives a role to a heading" in done.stdout
    assert "neighbours" not in done.stdout + done.stderr
    assert [row["status"] for row in table(outputs, "reviews")].count("set aside") == 1
    text = (study / "reviews.csv").read_text(encoding="utf-8")
    (study / "reviews.csv").write_text(text.replace("= analysis", "= story"), encoding="utf-8")
    checked = dhr("check", "--study", study)
    assert checked.returncode == 3
    assert "sections, part 1: the role is none of" in checked.stdout


def test_status_lists_sections_that_nothing_tells(dhr, tmp_path, outputs):
    text = "9 Hannah’s street\n\n9.1 The lamps were blue.\n\n9.2 The doors were green.\n"
    study = write_study(tmp_path / "study", {"one.txt": FIRST + "\n" + text})
    assert "Hannah" not in build(dhr, study, outputs).stdout
    shown = dhr("status", "--study", study, "--outputs", outputs).stdout
    assert "para 9.1" in shown and "confidence 0.3, 2 passages" in shown
    assert "Hannah" not in shown


def test_what_a_summary_repeats_is_counted_once(dhr, tmp_path, outputs):
    study = write_study(tmp_path / "study", {"a.txt": FIRST, "b.txt": FIRST + "\nThe end.\n"})
    rows = (study / "reviews.csv").read_text(encoding="utf-8")
    rows = rows.replace('"a.txt",,', '"a.txt",One,')
    rows = rows.replace('"b.txt",,', '"b.txt",One,executive summary')
    (study / "reviews.csv").write_text(rows, encoding="utf-8")
    done = build(dhr, study, outputs)
    assert int(table(outputs, "reviews")[0]["repeats"]) > 4
    assert "passages say again what others say" in done.stdout
    found = contracts.read_all((outputs / "redact").glob("[0-9]*[0-9].parquet"), contracts.REDACTED)
    codings = (path for path in (outputs / "tag").glob("*.parquet") if path.stem.isdecimal())
    coded = contracts.read_all(codings, contracts.CODINGS)
    repeats = found.loc[found["repeats"].notna(), "passage_id"]
    assert not coded["passage_id"].isin(repeats).any()
    assert found["repeats"].dropna().isin(found["passage_id"]).all()
