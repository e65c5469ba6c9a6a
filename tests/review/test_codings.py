"""What a person does with codings through the real command."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd


def test_a_decision_reaches_the_tables_and_codes_nothing_anew(
    dhr: Any, study: Path, tmp_path: Path
) -> None:
    where = ("--study", study, "--outputs", tmp_path / "outputs")
    assert dhr("run", *where, "--engine", "serial").returncode == 0
    before = pd.read_parquet(tmp_path / "outputs/tables/codings.parquet")
    assert len(before) and not before["checked"].any()
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
    with filled.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
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
