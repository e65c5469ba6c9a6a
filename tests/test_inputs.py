"""What `make` watches."""

import os

from pipeline.inputs import PROJECT, listing


def test_word_lists_and_models_of_the_software_are_watched(tmp_path):
    told = listing(tmp_path)
    for file in ("pipeline/redact/words.toml", "pipeline/redact/declaration.npz"):
        assert f"  {PROJECT / file}\n" in told
    assert "__pycache__" not in told


def test_a_program_that_reads_scans_is_watched_from_when_it_is_installed(tmp_path, monkeypatch):
    study, programs = tmp_path / "study", tmp_path / "bin"
    study.mkdir()
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    before = listing(study)
    program = programs / "tesseract"
    program.write_text("#!/bin/sh\n")
    os.chmod(program, 0o700)
    more = set(listing(study).splitlines()) - set(before.splitlines())
    assert [line.partition("  ")[2] for line in more] == [str(program)]
