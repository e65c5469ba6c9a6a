"""What a person does with codings through the real command."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from fictional import PROJECT
from pipeline.codings import CodingReview
from pipeline.errors import MissingInput
from pipeline.review.attachment import attach
from pipeline.review.decision import frame
from pipeline.study import Study
from review.test_decision import TEXT, codings, decision, passages


def test_a_decision_reaches_the_tables_and_codes_nothing_anew(
    dhr: Any, study: Path, tmp_path: Path
) -> None:
    where = ("--study", study, "--outputs", tmp_path / "outputs")
    assert dhr("run", *where, "--engine", "serial").returncode == 0
    before = pd.read_parquet(tmp_path / "outputs/tables/codings.parquet")
    assert len(before) and not before["checked"].any()
    by_machine = passages_by_code(tmp_path)
    review = int(before["review_id"].iloc[0])
    tagged = {p: p.stat().st_mtime_ns for p in (tmp_path / "outputs/tag").iterdir()}
    sheet = tmp_path / "sheet.csv"
    told = dhr("codings", review, "--export", sheet, "--passages", *where)
    assert told.returncode == 0, told.stderr
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    first = next(row for row in rows if row["code"])
    passage = next(row for row in rows if not row["code"])
    first |= {"decision": "reject", "who": "Ines", "when": "2026-01-02"}
    passage |= {"decision": "add", "code": "housing", "who": "Ines", "when": "2026-01-02"}
    filled = tmp_path / "filled.csv"
    log = pd.read_parquet(tmp_path / f"outputs/private/redact/{review}.log.parquet")
    name = log.loc[log["type"] == "PERSON", "surface"].iloc[0]
    fill(filled, [row | {"who": name} if row["decision"] else row for row in rows])
    refused = dhr("codings", "--apply", filled, *where)
    assert "sign with initials" in refused.stderr and name not in refused.stderr
    fill(filled, rows)
    told = dhr("codings", "--apply", filled, *where)
    assert "2 decisions in the sheet: 2 new" in told.stdout, told.stderr
    assert "2 known already" in dhr("codings", "--apply", filled, *where).stdout
    assert dhr("run", *where, "--engine", "serial").returncode == 0
    assert tagged == {p: p.stat().st_mtime_ns for p in (tmp_path / "outputs/tag").iterdir()}
    after = pd.read_parquet(tmp_path / "outputs/tables/codings.parquet")
    assert after.loc[after["checked"], "coder"].to_list() == ["Ines"]
    assert len(after) == len(before)
    listed = dhr("decisions", *where).stdout
    assert "add housing (Ines, 2026-01-02)" in listed
    assert "decisions are about 1 review" in dhr("learn", *where).stderr
    # What another codebook would change starts from the same counts as the tables.
    text = (PROJECT / "codebooks" / "dhr.toml").read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(text.replace('id = "housing"', 'id = "homes"'), encoding="utf-8")
    counted = passages_by_code(tmp_path)["housing"]
    assert counted == by_machine["housing"] + 1
    told = dhr("codebook", "diff", "dhr", other, *where)
    (line,) = (one for one in told.stdout.splitlines() if one.startswith("code housing: "))
    assert f" passages {counted} → –" in line
    (study / "study.toml").write_text("[tables]\ncount_coders = []\n", encoding="utf-8")
    told = dhr("run", *where, "--engine", "serial").stdout
    assert "1 codings, of people only: [tables] count_coders in study.toml names no mach" in told


def test_a_misspelt_name_of_a_held_out_review_is_told_and_nothing_is_learnt(
    dhr: Any, study: Path, tmp_path: Path
) -> None:
    text, names = "[evaluate]\nheld_out = ['first report.txt', '{}']\n", ("second.txt", "Secnd")
    right, wrong = (text.format(name) for name in names)
    (study / "study.toml").write_text(right, encoding="utf-8")
    message = "holds out reviews that reviews.csv does not have (1 of 2)"
    where = ("--study", study, "--outputs", tmp_path / "outputs")
    assert "nothing wrong" in dhr("check", "--study", study).stdout
    (study / "study.toml").write_text(wrong, encoding="utf-8")
    checked = dhr("check", "--study", study)
    assert checked.returncode == 3 and message in checked.stdout
    assert f"held out: study.toml {message}" in dhr("status", *where).stdout
    whole = passages(("aa", TEXT))
    of = Study(study, tmp_path)
    coded = whole, codings(), attach(frame([decision()]), whole)
    build = SimpleNamespace(coded=lambda: coded, study=of, intake=of.intake())
    with pytest.raises(MissingInput, match=re.escape(message)):
        list(CodingReview(build).learn())


def test_orphans_and_codes_that_have_gone_are_told() -> None:
    decided = frame([
        decision("housing"),
        decision("homes"),
        decision("homes", passage_id="zz", quote="Nowhere to be found at all."),
        decision("", passage_id="zz", quote="Nowhere to be found at all."),
    ])  # fmt: skip
    text = passages(("aa", TEXT)).assign(page=1, number="")
    build = SimpleNamespace(
        coded=lambda: (text, codings(), attach(decided, text)),
        codebook=SimpleNamespace(codes={"housing": None}),
    )
    told = list(CodingReview(build).lines(7))
    (orphan,) = (line for line in told if "ORPHANED" in line and "homes" not in line)
    assert "Review 7: accept the passage as a whole (Ines, 2026-01-02)" in orphan
    assert "2 decisions are about codes that the codebook no longer has" in told


def fill(sheet: Path, rows: list[dict[str, str]]) -> None:
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def passages_by_code(folder: Path) -> dict[str, int]:
    prevalence = pd.read_parquet(folder / "outputs/tables/prevalence.parquet")
    codes = prevalence[prevalence["level"] == "code"]
    return dict(zip(codes["code"], codes["n_passages"].astype(int), strict=True))
