"""The notebook runs on a built study, and is committed without outputs."""

import json

import nbformat
from nbclient import NotebookClient

from fictional import PROJECT

NOTEBOOK = PROJECT / "notebooks" / "theme_tables.ipynb"


def test_no_outputs_are_committed():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not [c for c in cells if c.get("outputs") or c.get("execution_count")]


def test_it_runs_on_a_built_study(dhr, study, tmp_path, monkeypatch):
    done = dhr("run", "--study", study, "--outputs", tmp_path / "out", "--engine", "serial")
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("DHR_OUTPUTS", str(tmp_path / "out"))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(PROJECT)}}).execute()
    shown = str(notebook.cells[3].outputs)
    assert "of_reviews" in shown
