"""Recommendations: chosen by agency, cited and quoted."""

from __future__ import annotations

import pandas as pd

from pipeline.contracts import RECOMMENDATIONS, REDACTED
from pipeline.export.recommendations import CITED, as_csv, as_markdown, cited

PASSAGES = REDACTED.frame(
    {
        "review_id": 7, "passage_id": f"p{n}", "document_id": "d", "ordinal": n, "number": number,
        "heading_path": heading, "role_confidence": 0.9, "section_role": role, "kind": kind,
        "page": 30 + n, "page_end": 30 + n, "page_label": None, "text": "as in the review",
    }
    for n, (number, heading, role, kind) in enumerate(
        [
            ("Recommendation 1", "Recommendations", "recommendations", "paragraph"),
            (None, "Action plan", "action-plan", "table-row"),
        ]
    )
)  # fmt: skip
PLACE = {"review_id": 7, "document_id": "d"}
FOUND = RECOMMENDATIONS.frame(
    [
        PLACE | {
            "passage_id": "p1", "ordinal": 1, "kind": "action-plan row", "number": "1",
            "recommendation": "1", "text": "Reading", "agencies": "police ; csp",
            "scope": "local", "lead": "Police; CSP", "lead_agencies": "police ; csp",
            "target_date": "[DATE 2014]", "status": "not stated",
        },
        PLACE | {
            "passage_id": "p0", "ordinal": 0, "kind": "recommendation",
            "number": "Recommendation 1", "recommendation": "1",
            "text": "Every form should be *read*.", "agencies": "pcc", "status": "not stated",
        },
    ]
)  # fmt: skip


def of(agency: str | None = None) -> pd.DataFrame:
    return cited(FOUND, PASSAGES, agency=agency)


def test_each_row_is_cited_in_reading_order() -> None:
    assert of()["citation"].tolist() == [
        "Review 7, Recommendation 1, p. 30",
        "Review 7, row of table under Action plan, p. 31",
    ]


def test_an_agency_is_chosen_whole() -> None:
    assert of("csp")["kind"].tolist() == ["action-plan row"]
    assert of("pcc")["kind"].tolist() == ["recommendation"]
    assert of("police")["kind"].tolist() == ["action-plan row"]
    assert of("cps").empty


def test_csv_has_every_column() -> None:
    header, *rows = as_csv(of()).splitlines()
    assert header.split(",") == CITED.names
    assert len(rows) == 2


def test_markdown_quotes_and_lists_the_plan() -> None:
    assert as_markdown(of()) == (
        "# Recommendations\n\n"
        "> “Every form should be \\*read\\*.”\n>\n"
        "> — Review 7, Recommendation 1, p. 30 (pcc)\n\n"
        "> “Reading”\n>\n"
        "> — Review 7, row of table under Action plan, p. 31 "
        "(police ; csp, local, action plan, recommendation 1, not stated)\n\n"
        "- Lead: Police; CSP\n- Target date: \\[DATE 2014\\]\n"
    )
    assert "There is none" in as_markdown(of("cps"))
