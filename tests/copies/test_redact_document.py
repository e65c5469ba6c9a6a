"""The command `dhr redact-document` run for real."""

import csv

from fictional import SURFACES


def number_of(study, name):
    with (study / "private" / "review_numbers.csv").open(encoding="utf-8", newline="") as file:
        return next(row["number"] for row in csv.DictReader(file) if name in row["review"])


def test_a_copy_of_a_text_and_what_is_said_of_it(dhr, study, tmp_path):
    folders = ("--study", study, "--outputs", tmp_path / "out")
    early = dhr("redact-document", "1000", *folders)
    assert early.returncode == 2
    number = number_of(study, "first")
    assert dhr("redact-document", number, *folders).returncode == 3
    dhr("extract", *folders, "--engine", "serial")
    dhr("redact", *folders, "--engine", "serial")
    done = dhr("redact-document", number, *folders, "--output", tmp_path / "copies")
    assert done.returncode == 0, done.stderr
    (copy,) = (tmp_path / "copies").iterdir()
    assert copy.name == f"Review {number}, overview report.txt"
    text = copy.read_text(encoding="utf-8")
    assert not any(surface in text for surface in SURFACES)
    assert "[ADDRESS 1]" in text and "3.1 Adult A worked at" in text
    assert f"{text.count('[')} replacements" in done.stdout
    assert "a person must read it" in done.stdout


def test_the_copies_of_a_review_that_left_the_study_go(dhr, study, tmp_path):
    folders = ("--study", study, "--outputs", tmp_path / "out")
    dhr("extract", *folders, "--engine", "serial")
    dhr("redact", *folders, "--engine", "serial")
    for name in ("first", "second"):
        assert dhr("redact-document", number_of(study, name), *folders).returncode == 0
    (study / "second.txt").unlink()
    rows = (study / "reviews.csv").read_text(encoding="utf-8").splitlines()
    (study / "reviews.csv").write_text("\n".join(rows[:2]) + "\n", encoding="utf-8")
    dhr("extract", *folders, "--engine", "serial")
    (left,) = (tmp_path / "out" / "documents").iterdir()
    assert left.name.startswith(f"Review {number_of(study, 'first')},")
