"""Small fictional reviews and studies, and the means to run commands on them."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parent.parent

REVIEW = """Domestic Homicide Review: Overview Report

1 Introduction

1.1 This report concerns the death of Adult A, who was killed by her husband, Adult B, at {place} on {date}.

2 Terms of reference

2.1 Were risk assessment, information sharing, coercive control and substance misuse considered by each agency?

3 Background

3.1 Adult A worked at {place} and had told her sister, {relative}, that Adult B timed her trips to the shop.

4 Analysis

4.1 {officer} attended on {date} and did not complete a risk assessment, although Adult A said that he had put his hands round her throat.

4.2 There was no evidence that Adult A misused alcohol.

4.3 {finding}

5 Recommendations

5.1 That all staff receive training in domestic abuse.
"""

FIRST = REVIEW.format(
    place="14 Plover Lane, Wexmere",
    date="14 March 2013",
    relative="Hannah Dransley",
    officer="PC 4471 Tollgate",
    finding="The surgery did not pass the letter to the health visitor, and the file did not "
    "follow the family when they moved.",
)
SECOND = REVIEW.format(
    place="Quarrendon House, Saltreach",
    date="2 May 2016",
    relative="Imelda Fosse",
    officer="DC Marriner",
    finding="He controlled her wages, and her bank card was found in his wallet. No referral was "
    "made to MARAC.",
)
THIRD = FIRST.replace("Hannah Dransley", "Olwen Peake").replace("Wexmere", "Harrowmead")

SURFACES = ("Plover Lane", "Dransley", "Tollgate", "4471", "14 March", "Fosse", "Marriner")
"""Identifiers of FIRST and SECOND."""


def run(*command: object, cwd: Path = PROJECT, **environment: str):
    """Run a command as a person would, also when `make` runs the tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**own, **environment},
        timeout=300,
    )


def write_study(folder: Path, documents: dict[str, str]) -> Path:
    """A study with the given TXT documents, each a review of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["document,review,document_type,area,case_type,year_of_death,status"]
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
        rows.append(f'"{name}",,,Wexmere,intimate partner,2013,published')
    (folder / "reviews.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def contents(outputs: Path) -> dict[str, str]:
    """Hash of every built file, by path; how long a stage took is not part of what is built."""
    return {
        str(path.relative_to(outputs)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(outputs.rglob("*"))
        if path.is_file() and path.relative_to(outputs).parts[0] not in ("run", "stamps")
    }
