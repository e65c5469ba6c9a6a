"""`dhr trace` and `dhr diff` on small studies."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pytest

from fictional import FIRST, SECOND, write_study

pytestmark = pytest.mark.xdist_group("trace-and-diff")


OFTEN = """4.4 He put his hands round her throat and she could not breathe.

4.5 In May he strangled her until she passed out on the stairs.

4.6 The neighbour saw marks of his fingers on her neck, and she said that he had choked her."""


@pytest.fixture
def built(dhr, tmp_path):
    # One coding is not enough to say that a theme is there.
    texts = {
        "one.txt": FIRST.replace("5 Recommendations", f"{OFTEN}\n\n5 Recommendations"),
        "two.txt": SECOND,
    }
    folder = write_study(tmp_path / "study", texts)
    outputs = tmp_path / "outputs"
    run = ("run", "--study", folder, "--outputs", outputs, "--engine", "serial")
    assert dhr(*run).returncode == 0
    return folder, outputs


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_from_the_tables_to_the_passages_and_between_two_builds(dhr, built, tmp_path):
    folder, outputs = built
    where = ("--study", folder, "--outputs", outputs)

    # Of two reviews every number is withheld, and its owner may look behind it.
    done = dhr("trace", "theme_ranking", "1", "--column", "n_passages", "--format", "csv", *where)
    assert done.returncode == 0
    assert "warning: this number is suppressed in the published table" in done.stderr
    assert "n_passages = c" in done.stderr
    found = rows(done.stdout)
    assert found and len({row["passage_id"] for row in found}) == len(found)
    research = dhr("trace", "research/themes_by_area", "1", *where)
    assert research.returncode == 0 and "for research" in research.stderr
    for words, said in (
        (["theme_rank", "1"], "theme_ranking"),
        (["theme_ranking", "999"], "rows 1 to"),
        (["theme_ranking", "theme=recogniton"], "recognition"),
        (["theme_ranking", "colour=red"], "KEY"),
        (["theme_ranking", "1", "--column", "n_passage"], "n_passages"),
        (["codebook", "1"], "counts nothing"),
    ):
        refused = dhr("trace", *words, *where)
        assert refused.returncode == 2 and said in refused.stderr
        assert refused.stdout == ""

    # A record that names no document, place or person.
    record = json.loads((outputs / "run" / "made-from.json").read_text())
    assert len(record["reviews"]) == 2
    text = json.dumps(record)
    assert not [word for word in ("one.txt", "Wexmere", "Dransley", "Marriner") if word in text]

    old = tmp_path / "old"
    shutil.copytree(outputs, old)
    same = dhr("diff", old, outputs)
    assert same.returncode == 0 and "No number moved." in same.stdout
    gone = rows((folder / "private" / "review_numbers.csv").read_text())
    (folder / "two.txt").unlink()
    manifest = folder / "reviews.csv"
    if manifest.exists():
        kept = [line for line in manifest.read_text().splitlines(True) if "two.txt" not in line]
        manifest.write_text("".join(kept))
    assert dhr("run", *where, "--engine", "serial").returncode == 0
    left = json.loads((outputs / "run" / "made-from.json").read_text())["reviews"]
    (number,) = {*record["reviews"]} - {*left}
    assert gone
    stale = dhr("diff", old, outputs, "--format", "csv")
    assert stale.returncode == 0
    cells = rows(stale.stdout)
    (documents,) = [c for c in cells if c["table"] == "corpus_flow" and c["column"] == "n"
                    and c["cell"] == "unit documents, step found"]  # fmt: skip
    assert (documents["before"], documents["after"]) == ("2", "1")
    assert documents["went"] == f"Review {number}" and not documents["came"]
    assert {c["why"] for c in cells} == {f"Review {number} was taken out"}
    told = dhr("diff", old, outputs)
    assert f"  Review {number} was taken out" in told.stdout

    (old / "run" / "made-from.json").unlink()
    refused = dhr("diff", old, outputs)
    assert refused.returncode == 3 and "dhr run" in refused.stderr


def test_builds_of_two_studies_are_not_compared(dhr, built, tmp_path):
    _, outputs = built
    other = tmp_path / "other"
    shutil.copytree(outputs, other)
    path = other / "run" / "made-from.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"study": "another"}))
    refused = dhr("diff", outputs, other)
    assert refused.returncode == 2 and "two studies" in refused.stderr
