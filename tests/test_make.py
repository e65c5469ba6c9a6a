"""`make` run for real: it sees every change of a study's content, and none that is not one."""

from __future__ import annotations

import os
import shutil

import pytest

from fictional import FIRST, PROJECT, SECOND, THIRD, run, write_study

pytestmark = pytest.mark.skipif(
    not (PROJECT / ".venv" / "ready").exists(), reason="needs `make setup`"
)


@pytest.fixture
def make(tmp_path):
    study = write_study(tmp_path / "study", {"first report.txt": FIRST, "second.txt": SECOND})

    def command(*goals):
        return run("make", *goals, f"STUDY={study}", f"OUTPUTS={tmp_path / 'out'}", "ENGINE=serial")

    command.study, command.outputs = study, tmp_path / "out"
    return command


def up_to_date(make):
    return make("-q").returncode == 0


def test_make_builds_once_and_knows_when_nothing_changed(make):
    assert not up_to_date(make)
    assert "2 built of 2" in make().stdout
    assert up_to_date(make)
    assert make().stdout == "make: Nothing to be done for 'all'.\n"


def test_a_document_with_an_old_date_and_a_space_in_its_name_is_seen(make, tmp_path):
    make()
    old = tmp_path / "an old one.txt"
    old.write_text(THIRD, encoding="utf-8")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    shutil.copy2(old, make.study / old.name)
    with (make.study / "reviews.csv").open("a", encoding="utf-8") as rows:
        rows.write("an old one.txt,,,,,,\n")
    assert not up_to_date(make)
    assert "3 built of 3" in make().stdout


def test_new_content_under_an_old_date_is_seen(make):
    make()
    document = make.study / "second.txt"
    before = document.stat()
    document.write_text(SECOND.replace("wages", "pension"), encoding="utf-8")
    os.utime(document, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "extract: 1 built" in make().stderr


def test_a_removed_document_is_seen_and_fails_nothing(make):
    make()
    (make.study / "second.txt").unlink()
    assert not up_to_date(make)
    done = make()
    assert done.returncode == 0
    assert "set aside: second.txt" in done.stderr + done.stdout.replace("    ", "set aside: ")
    assert up_to_date(make)


def test_touching_a_file_changes_nothing(make):
    make()
    (make.study / "second.txt").touch()
    assert up_to_date(make)


def test_a_study_without_documents_fails_and_says_how_to_add_one(make):
    for path in make.study.glob("*.txt"):
        path.unlink()
    done = make()
    assert done.returncode != 0
    assert "dhr add FILE" in done.stderr


def test_bad_settings_fail_the_build(make):
    (make.study / "study.toml").write_text("colour = 1\n", encoding="utf-8")
    done = make()
    assert done.returncode != 0
    assert "colour" in done.stderr


def test_help_and_clean_need_no_setup(tmp_path):
    shutil.copy(PROJECT / "Makefile", tmp_path)
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / ".gitkeep").touch()
    (tmp_path / "outputs" / "corpus").mkdir()
    shown = run("make", "help", cwd=tmp_path)
    assert "make example" in shown.stdout
    assert run("make", "clean", cwd=tmp_path).returncode == 0
    assert [p.name for p in (tmp_path / "outputs").iterdir()] == [".gitkeep"]
    assert not (tmp_path / ".venv").exists()


def test_a_path_with_spaces_is_refused_with_the_way_out(tmp_path):
    done = run("make", f"STUDY={tmp_path}/my study")
    assert done.returncode != 0
    assert "dhr run --study" in done.stderr
