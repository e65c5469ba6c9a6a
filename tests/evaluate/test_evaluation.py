"""`dhr evaluate` run for real, on a small study with gold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from annotated import SOURCE
from chat_server import Reply, serving
from pipeline.evaluate.markup import parse

BRUISE, TRAY = (
    next(n for n, block in enumerate(parse(SOURCE).printed) if words in block.text)
    for words in ("Bruise seen", "The form stayed")
)
SECOND = {BRUISE: ["physical-violence@victim"], TRAY: ["information-sharing@agency"]}


def printed(source: str) -> str:
    """The source as a plain text document: what a reader would see."""
    lines = []
    for block in parse(source).printed:
        number = f"{block.number} " if block.kind == "P" and block.number else ""
        lines.append(f"{number}{block.text}")
    return "\n\n".join(lines) + "\n"


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    study = tmp_path / "study"
    (study / "gold").mkdir(parents=True)
    (study / "quill.txt").write_text(printed(SOURCE), encoding="utf-8")
    (study / "reviews.csv").write_text(
        "document,review,document_type,area,case_type,year_of_death,status\n"
        "quill.txt,Quill,,,,2014,\n",
        encoding="utf-8",
    )
    (study / "gold" / "quill.txt").write_text(SOURCE, encoding="utf-8")
    return study


def build(dhr: Any, study: Path, outputs: Path) -> None:
    done = dhr("run", "--study", study, "--outputs", outputs, "--engine", "serial")
    assert done.returncode == 0, done.stderr


def test_it_prints_and_writes_every_measure(dhr: Any, annotated: Path, tmp_path: Path) -> None:
    (annotated / "study.toml").write_text('[evaluate]\nheld_out = ["Quill"]\n', encoding="utf-8")
    (annotated / "gold" / "quill.coder2.json").write_text(json.dumps(SECOND), encoding="utf-8")
    outputs = tmp_path / "outputs"
    build(dhr, annotated, outputs)
    shown = dhr("evaluate", "--study", annotated, "--outputs", outputs)
    assert shown.returncode == 0, shown.stderr
    assert "HELD-OUT: 1 reviews, 1 documents" in shown.stdout
    assert "DEVELOPMENT" not in shown.stdout
    assert "always yes: precision" in shown.stdout
    machine = dhr("evaluate", "--study", annotated, "--outputs", outputs, "--json")
    measured = json.loads(machine.stdout)["splits"]["held-out"]
    assert machine.stdout == (outputs / "evaluate" / "evaluation.json").read_text(encoding="utf-8")
    found = measured["extraction"]["passages found"]
    assert found["value"] == 1
    assert found["of"] == len(parse(SOURCE).printed) - 2  # the lines of the contents list
    counts = {name: (m["n"], m["of"]) for name, m in measured["extraction"].items()}
    assert counts["recommendations found"] == counts["recommendation agencies right"] == (1, 1)
    # Plain text has no tables, hence no rows of an action plan.
    assert counts["action-plan rows found"] == counts["action-plan lead agencies right"] == (0, 1)
    assert counts["rows of recommendations that are none"] == (0, 1)
    ages = measured["redaction"]["mentions removed: AGE"]
    assert (ages["n"], ages["of"]) == (1, 1)
    assert measured["codes"]["information-sharing"]["positives"] == 1
    assert measured["codes"]["information-sharing"]["second coder’s positives"] == 1
    assert measured["codes"]["physical-violence"]["coders’ kappa"] == 1
    assert measured["themes"]["abuse"]["of"] == 1


def test_a_language_model_is_measured_beside_the_machine(
    dhr: Any, annotated: Path, tmp_path: Path
) -> None:
    outputs = tmp_path / "outputs"
    with serving(lambda _: Reply()) as server:
        (annotated / "study.toml").write_text(
            f"[tag.language_model]\naddress = '{server.address}'\nmodel = 'tiny'\n",
            encoding="utf-8",
        )
        build(dhr, annotated, outputs)
    shown = dhr("evaluate", "--study", annotated, "--outputs", outputs, "--json")
    measured = json.loads(shown.stdout)["splits"]["development"]
    assert measured["coding"]["language model: recall"]["value"] == 0
    assert measured["coding"]["machine: recall"]["value"] > 0
    answered = measured["coding"]["language model: passages answered"]
    assert answered["n"] == answered["of"] > 0
    assert measured["codes"]["information-sharing"]["language model"] == 0


def test_what_was_missed_is_private_and_never_of_a_held_out_review(
    dhr: Any, annotated: Path, tmp_path: Path
) -> None:
    outputs = tmp_path / "outputs"
    build(dhr, annotated, outputs)
    dhr("evaluate", "--study", annotated, "--outputs", outputs)
    missed = outputs / "private" / "evaluate" / "missed.csv"
    lines = missed.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "source,stage,what,number,text"
    surfaces = {i.surface for b in parse(SOURCE).blocks for i in b.identifiers}
    public = (outputs / "evaluate" / "evaluation.json").read_text(encoding="utf-8")
    # Some identifiers are digits, which may be part of a figure.
    told = [s for s in surfaces if re.search(rf"(?<![\w.]){re.escape(s)}(?!\w)", public)]
    assert not [surface for surface in told if len(surface) > 3]
    (annotated / "study.toml").write_text('[evaluate]\nheld_out = ["Quill"]\n', encoding="utf-8")
    dhr("evaluate", "--study", annotated, "--outputs", outputs)
    assert len(missed.read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: (s / "gold" / "quill.txt").unlink(), "there is no gold"),
        (lambda s: (s / "gold" / "quill.txt").rename(s / "gold" / "other.txt"), "file: NAME"),
        (lambda s: (s / "gold" / "quill.txt").write_text("---\n---\nP none\n"), "line 3"),
        (lambda s: (s / "gold" / "quill.coder2.json").write_text('{"1": [3]}'), "no second coding"),
        (lambda s: (s / "gold" / "quill.coder2.json").write_text('{"99": ["marac"]}'), "has not"),
        (lambda s: (s / "study.toml").write_text('[evaluate]\nheld_out = ["X"]\n'), "reviews.csv"),
    ],
)
def test_faulty_gold_is_named(
    dhr: Any, annotated: Path, tmp_path: Path, spoil: Any, message: str
) -> None:
    build(dhr, annotated, tmp_path / "outputs")
    spoil(annotated)
    done = dhr("evaluate", "--study", annotated, "--outputs", tmp_path / "outputs")
    assert done.returncode == 3
    assert message in done.stderr


def test_a_study_that_is_not_built_is_not_measured(
    dhr: Any, annotated: Path, tmp_path: Path
) -> None:
    done = dhr("evaluate", "--study", annotated, "--outputs", tmp_path / "outputs")
    assert done.returncode == 3
    assert "dhr run" in done.stderr
