"""What an analyst does with a redaction by hand, through the real command."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import shutil
import sys
from types import SimpleNamespace
from unittest import mock

import pytest

from fictional import contents, write_study
from pipeline import cli, contracts
from pipeline.decisions import read_decisions, write_decisions
from pipeline.inputs import listing

FIRST = """Overview Report

1 Introduction

1.1 This review is about a woman who was found at 14 Plover Lane, Wexmere on 14 March 2013.

2 Background

2.1 Hannah Dransley rang the surgery. Ms Oona Quill rang it, too; her key worker knew.

2.2 The key worker wrote to Hannah Dransley about Larkfold House.

2.3 Ms Quill was told that bazza had a key, and that Tollgate Lodge was full.

3 Analysis

3.1 Tollgate Lodge did not ask Oonagh Trebilcock about the key, although bazza was there.

3.2 Oonagh Trebilcock had injuries: she was punched and kicked.

3.3 Larkfold House was told of it.
"""
SECOND = FIRST.replace("Hannah Dransley", "Imelda Fosse").replace("Wexmere", "Saltreach")
SIGNED = {"who": "R. Analyst", "when": "2024-05-31"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A study of two reviews and its outputs, redacted once."""
    folder = tmp_path_factory.mktemp("built")
    write_study(folder / "study", {"first report.txt": FIRST, "second.txt": SECOND})
    Desk(folder).build(extract=True)
    return folder


def dhr(*words):
    """The command with all its parsing and error handling, but without a process of its own."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["dhr", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


class Desk:
    """An analyst at a copy of the study."""

    def __init__(self, folder):
        self.study, self.outputs = folder / "study", folder / "out"
        self.sheet = folder / "sheet.csv"

    def run(self, *words, code=0):
        done = dhr(*words, "--study", self.study, "--outputs", self.outputs)
        assert done.returncode == code, done.stderr
        return done

    def build(self, *, extract=False):
        if extract:
            self.run("extract", "--engine", "serial")
        return self.run("redact", "--engine", "serial")

    @property
    def number(self):
        rows = (self.study / "private" / "review_numbers.csv").read_text(encoding="utf-8")
        return next(int(r.split(",")[1]) for r in rows.splitlines() if r.startswith("first"))

    @property
    def other(self):
        names = (self.outputs / "redact").glob("*.spans.parquet")
        return next(n for n in (int(p.name.split(".")[0]) for p in names) if n != self.number)

    def rows(self, command="redactions"):
        """The rows of a fresh sheet."""
        self.sheet.unlink(missing_ok=True)
        self.run(command, self.number, "--export", self.sheet)
        text = self.sheet.read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def write(self, rows, *, encoding="utf-8-sig", delimiter=","):
        text = io.StringIO()
        writer = csv.DictWriter(text, dict.fromkeys(c for r in rows for c in r),
                                delimiter=delimiter)  # fmt: skip
        writer.writeheader()
        writer.writerows(rows)
        self.sheet.write_text(text.getvalue(), encoding=encoding, newline="")

    def apply(self, rows, command="redactions", code=0, **how):
        self.write(rows, **how)
        return self.run(command, self.number, "--apply", self.sheet, code=code)

    def text(self, number=None):
        """The redacted text of a review."""
        path = self.outputs / "redact" / f"{number or self.number}.parquet"
        found = contracts.read(path, contracts.REDACTED).sort_values("ordinal")
        return "\n".join(found["text"])


@pytest.fixture
def desk(built, tmp_path):
    at = Desk(tmp_path)
    shutil.copytree(built / "study", at.study)
    shutil.copytree(built / "out", at.outputs)
    return at


def decide(rows, text, word, nth=0, **cells):
    """Fill in the decision of the nth row with this text."""
    row = [row for row in rows if row["text"] == f"“{text}”"][nth]
    row.update(decision=word, **SIGNED, **cells)
    return row


def added(text, **cells):
    return {"text": text, "decision": "add", "type": "PERSON", **SIGNED, **cells}


def test_the_log_is_shown_without_the_words_unless_they_are_asked_for(desk):
    done = desk.run("redactions", desk.number)
    assert "para 2.1  PERSON" in done.stdout
    assert "[ADDRESS 1] on [DATE 2013]" in done.stdout
    assert not [w for w in ("Dransley", "Plover", "Quill") if w in done.stdout + done.stderr]
    told = desk.run("redactions", desk.number, "--private")
    assert "“Hannah Dransley”" in told.stdout
    assert "identifying text" in told.stderr
    assert "“Hannah Dransley”" in desk.run("roles", desk.number, "--private").stdout
    assert "Dransley" not in desk.run("roles", desk.number).stdout


def test_every_decision_is_seen_in_the_redacted_text_and_outlasts_a_rebuild(desk):
    before = desk.text()
    assert "Tollgate Lodge" not in before
    assert before.count("bazza") == 2
    rows = desk.rows()
    decide(rows, "Larkfold House", "reject", nth=1)
    decide(rows, "Tollgate Lodge", "never")
    rows += [
        added("key worker", decision="everywhere", type="OTHER"),
        added("bazza", after=" had a key", entity=entity_of(rows, "Hannah Dransley")),
        added("the surgery", type="PLACE"),
    ]
    decide(rows, "Oonagh Trebilcock", "same as", entity=entity_of(rows, "Ms Oona Quill"))
    said = desk.apply(rows).stdout
    assert "6 decisions in the sheet: 6 new or changed" in said
    status = desk.run("status").stdout
    assert status.count("stale") >= 2
    assert "redact: 2 built" in desk.build().stderr
    text = desk.text()
    assert "Larkfold House was told of it" in text
    assert "Larkfold" not in text.replace("Larkfold House was told of it", "")
    assert text.count("Tollgate Lodge") == 2
    assert "key worker" not in text and "[OTHER 1]" in text
    assert "the surgery" not in text
    assert text.count("bazza") == 1 and "bazza was there" in text
    names = pseudonyms(desk)
    assert names["bazza"] == names["Hannah Dransley"]
    assert names["Oonagh Trebilcock"] == names["Ms Quill"] == names["Ms Oona Quill"]
    assert desk.text(desk.other).count("Tollgate Lodge") == 2
    assert "bazza was there" in desk.text(desk.other)

    assert "0 new or changed, 0 replaced or taken back, 6 known" in desk.apply(rows).stdout
    assert "0 new or changed, 0 replaced" in desk.apply(desk.rows()).stdout
    assert "redact: nothing to do" in desk.build().stderr
    shutil.rmtree(desk.outputs)
    desk.build(extract=True)
    assert desk.text() == text


def entity_of(rows, text):
    return next(row["pseudonym"] for row in rows if row["text"] == f"“{text}”")


def pseudonyms(desk):
    path = desk.outputs / "private" / "redact" / f"{desk.number}.log.parquet"
    log = contracts.read(path, contracts.REDACTION_LOG)
    return dict(zip(log["surface"], log["pseudonym"], strict=True))


def test_a_decision_is_attached_again_after_a_change_of_text_and_reported_when_it_cannot(desk):
    rows = desk.rows()
    decide(rows, "Larkfold House", "reject", nth=1)
    decide(rows, "Tollgate Lodge", "reject")
    rows.append(added("bazza", before="that ", after=" had a key"))
    desk.apply(rows)
    document = desk.study / "first report.txt"
    changed = FIRST.replace("3.3 Larkfold House was told of it.",
                            "3.3 In the end Larkfold House was told of it, too.")  # fmt: skip
    changed = changed.replace("bazza had a key", "bazza kept a bunch of keys")
    document.write_text(changed.replace("Tollgate Lodge", "Marlpit Lodge"), encoding="utf-8")
    done = desk.build(extract=True)
    assert f"2 of 3 of Review {desk.number} no longer fit" in done.stderr
    assert "Tollgate" not in done.stderr
    text = desk.text()
    assert "In the end Larkfold House was told of it" in text
    # What stood around it is gone: in doubt it is replaced wherever it stands.
    assert "bazza" not in text
    listed = desk.run("redactions", desk.number).stdout
    assert "NOT APPLIED: the review does not hold these words any more" in listed
    assert "CHECK: the words stand in the review" in listed
    assert "2 of 3" in desk.run("status").stdout
    kept = (desk.study / "private" / "redactions.csv").read_text(encoding="utf-8")
    assert "Tollgate Lodge" in kept
    rows = desk.rows()
    decide(rows, "Tollgate Lodge", "withdraw")
    assert "1 replaced or taken back" in desk.apply(rows).stdout


def test_a_corrected_role_changes_the_pseudonym_and_codes_again(desk):
    desk.run("tag", "--engine", "serial")
    rows = desk.rows("roles")
    row = next(r for r in rows if "Trebilcock" in r["name"])
    assert row["role"] == "unknown"
    row.update(corrected_role="victim", **SIGNED)
    rows.append({"label": "bazza", "corrected_role": "perpetrator", **SIGNED})
    assert "2 new or changed" in desk.apply(rows, "roles").stdout
    assert "redact: 1 built" in desk.build().stderr
    assert "did not ask [VICTIM] about the key" in desk.text()
    tagged = desk.run("tag", "--engine", "serial")
    assert "tag: 1 built" in tagged.stderr
    path = desk.outputs / "redact" / f"{desk.number}.roles.parquet"
    roles = contracts.read(path, contracts.ROLES_TABLE).set_index("label")
    assert tuple(roles.loc["[VICTIM]", ["role", "evidence"]]) == ("victim", "analyst")
    assert roles.loc["bazza", "role"] == "perpetrator"
    codings = contracts.read(desk.outputs / "tag" / f"{desk.number}.parquet", contracts.CODINGS)
    assert "victim" in set(codings["subject"])
    assert "0 new or changed" in desk.apply(rows, "roles").stdout
    fresh = desk.rows("roles")
    assert "0 new or changed" in desk.apply(fresh, "roles").stdout
    assert next(r for r in fresh if r["label"] == "[VICTIM]")["corrected_role"] == "victim"


def test_sheets_with_identifying_text_lie_in_private_places_only(desk, tmp_path):
    watched = listing(desk.study)
    done = desk.run("redactions", desk.number, "--export")
    assert listing(desk.study) == watched
    (sheet,) = (desk.study / "private" / "sheets").iterdir()
    assert str(sheet) in done.stdout
    assert "it holds identifying text" in done.stdout
    assert sheet.stat().st_mode & 0o077 == 0
    assert sheet.parent.stat().st_mode & 0o077 == 0
    assert "is there already" in desk.run("redactions", desk.number, "--export", code=2).stderr
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    for place in (desk.outputs / "s.csv", desk.outputs / "redact" / "s.csv", desk.study / "s.csv",
                  tree / "below" / "s.csv"):  # fmt: skip
        refused = desk.run("redactions", desk.number, "--export", place, code=2)
        assert "identifying text" in refused.stderr
        assert not place.exists()
    inside = desk.outputs / "private" / "s.csv"
    desk.run("roles", desk.number, "--export", inside)
    assert inside.stat().st_mode & 0o077 == 0


def test_a_sheet_comes_back_from_a_spreadsheet(desk):
    rows = desk.rows()
    decide(rows, "Larkfold House", "reject", nth=0)["when"] = "31/05/2024"
    rows.append(added("bazza", after=" had a key"))
    rows[-1]["who"] = "'=SUM(A1)"
    assert "2 new or changed" in desk.apply(rows, delimiter=";", encoding="utf-8").stdout
    assert "2 known already" in desk.apply(rows, delimiter="\t").stdout
    kept = (desk.study / "private" / "redactions.csv").read_text(encoding="utf-8")
    assert kept.count("2024-05-31") == 2
    desk.build()
    assert "'=SUM(A1)" in {row["who"] for row in desk.rows()}
    assert (desk.study / "private" / "redactions.csv").stat().st_mode & 0o077 == 0


def test_faults_are_told_by_row_and_column_and_nothing_is_taken_in(desk):
    rows = desk.rows()
    decide(rows, "Larkfold House", "rejekt")
    decide(rows, "Tollgate Lodge", "never")["when"] = "last week"
    rows[0].update(decision="reject", who="", when="2024-05-31")
    start = len(rows) + 2
    rows += [
        added("bazza", type="NAME"),
        added("bazza", before="was told that ", entity="[PERSON 99]"),
        added("bazza", decision="same as", entity=entity_of(rows, "Larkfold House")),
    ]
    refused = desk.apply(rows, code=3).stderr
    for words in ("row 2, column who:", "column decision: write one of: reject, never",
                  "column when: write the date as", f"row {start}, column type:",
                  f"row {start + 1}, column entity: no row of the sheet",
                  f"row {start + 2}, column entity: it is of another type"):  # fmt: skip
        assert words in refused
    assert not [w for w in ("Larkfold", "bazza", "last week", "rejekt") if w in refused]
    assert not (desk.study / "private" / "redactions.csv").exists()
    nobody = desk.apply([*desk.rows(), added("bazza", entity="Gail Stroud")], code=3).stderr
    assert "column entity: the review does not hold these words" in nobody
    mistyped = desk.apply([*desk.rows(), added("bazzza")], code=3).stderr
    assert "column text: the review does not hold these words" in mistyped
    assert "bazz" not in mistyped.replace(str(desk.sheet), "")
    assert "there is no review" in desk.run("redactions", 9999, code=3).stderr


def test_serial_and_processes_decide_alike(desk):
    rows = desk.rows()
    decide(rows, "Tollgate Lodge", "never")
    decide(rows, "Oonagh Trebilcock", "same as", entity=entity_of(rows, "Ms Oona Quill"))
    rows.append(added("bazza"))
    desk.apply(rows)
    desk.build()
    serial = contents(desk.outputs)
    shutil.rmtree(desk.outputs)
    desk.run("extract", "--engine", "serial")
    desk.run("redact", "--engine", "processes", "--workers", "2")
    assert contents(desk.outputs) == serial


def test_decisions_that_a_spreadsheet_saved_are_read(tmp_path):
    path = tmp_path / "redactions.csv"
    write_decisions(path, [])
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    assert read_decisions(path) == []
