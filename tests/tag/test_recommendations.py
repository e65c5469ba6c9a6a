"""Recommendations and action-plan rows of whole reviews, in the forms that reviews give them."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.contracts import RECOMMENDATIONS, REDACTED
from pipeline.tag.action_plan import by_column, columns, scope, status
from pipeline.tag.recommendations import carried_out, recommendations

TEMPLATE = (
    "Recommendation | Scope of recommendation (i.e. local or regional) | Action to take | "
    "Lead Agency | Key milestones achieved in enacting recommendation | Target Date | "
    "Date of completion and outcome"
)


def passage(text: str, number: str | None = None, **cells: object) -> dict[str, object]:
    usual = {
        "document_id": "d", "number": number, "heading_path": "9 Recommendations",
        "role_confidence": 0.9, "section_role": "recommendations", "kind": "paragraph",
        "text": text,
    }  # fmt: skip
    return usual | cells


def row(text: str, header: str | None = TEMPLATE, **cells: object) -> dict[str, object]:
    usual = {"section_role": "action-plan", "kind": "table-row", "heading_path": "Action plan"}
    return passage(text, table_header=header, **(usual | cells))


def found(*passages: dict[str, object]) -> pd.DataFrame:
    keys = ({"review_id": 7, "passage_id": f"p{n}", "ordinal": n} for n, _ in enumerate(passages))
    frame = REDACTED.frame(key | cells for key, cells in zip(keys, passages, strict=True))
    return recommendations(frame).sort_values("ordinal").reset_index(drop=True)


def listed(frame: pd.DataFrame, name: str) -> list[object]:
    return [None if pd.isna(value) else value for value in frame[name]]


def test_named_recommendations_leave_out_what_stands_around_them() -> None:
    table = found(
        passage("Recommendations", kind="heading"),
        passage("The panel makes the following recommendations.", "9.1"),
        passage("(Police): Every form should be read.", "Recommendation 1"),
        passage("Housing: Officers should ask the tenant alone.", "R2"),
        passage("R3 – The CCG should train surgeries."),
        passage("The action plan is monitored by the partnership.", "9.2"),
        passage("Recommendation 2 of an earlier review was much the same.", "9.3"),
        passage("See the letter of [DATE 2014].", "1", kind="footnote"),
    )
    assert listed(table, "number") == ["Recommendation 1", "R2", "R3"]
    assert listed(table, "recommendation") == ["1", "2", "3"]
    assert listed(table, "agencies") == ["police", "housing", "nhs-commissioner"]
    assert table["text"].iloc[2] == "The CCG should train surgeries."
    assert set(table["kind"]) == {"recommendation"}
    assert set(table["status"]) == {"not stated"}


def test_numbered_paragraphs_and_list_items() -> None:
    table = found(
        passage("Each IMR has recommendations of its own. The panel adds three:", "14"),
        passage("That the Partnership seeks assurance from the police.", "15"),
        passage("Commission training for every practice.", "(b)", kind="list-item"),
        passage("It is recommended that the CCG and the mental health trust share letters."),
        passage("The panel thanks all who took part."),
    )
    assert listed(table, "recommendation") == ["15", "b", None]
    assert listed(table, "agencies") == ["csp", None, "nhs-commissioner ; mental-health"]


def test_headings_give_theme_addressee_and_scope() -> None:
    below = "9 Recommendations > Theme 2 – Processes"
    table = found(
        passage("Staff should be told.", "1", heading_path="9 Recommendations > Police"),
        passage("The CCG should say so.", "2", heading_path="9 Recommendations > Police"),
        passage("Staff should be told.", "R3", heading_path=below),
        passage("The Home Office should say so.", "National Recommendation 4", heading_path=below),
        passage("Staff should be told.", "5", heading_path="Part G: Recommendations"),
    )
    assert listed(table, "agencies") == ["police", "nhs-commissioner", None, "home-office", None]
    assert listed(table, "theme") == ["Police", "Police", *["Theme 2 – Processes"] * 2, None]
    assert listed(table, "scope") == [None, None, None, "national", None]


def test_a_plan_in_the_home_offices_template() -> None:
    table = found(
        passage("(Police): Every form should be read.", "Recommendation 1"),
        row(TEMPLATE, None),
        row("1. Reading | Local and regional | Daily sift | Police; CSP, [PERSON 2] | Agreed | "
            "[DATE 2014] | Complete; audit due"),
        row("2 Training | National | Course | | | [DATE 2015] |"),
        row(TEMPLATE),
    )  # fmt: skip
    plan = table[table["kind"] == "action-plan row"]
    assert len(plan) == 2
    first = plan.iloc[0]
    expected = {
        "number": "1", "recommendation": "1", "text": "Reading", "scope": "regional",
        "action": "Daily sift", "lead": "Police; CSP, [PERSON 2]", "agencies": "police ; csp",
        "lead_agencies": "police ; csp", "milestones": "Agreed", "target_date": "[DATE 2014]",
        "outcome": "Complete; audit due", "status": "complete",
    }  # fmt: skip
    assert first[list(expected)].to_dict() == expected
    second = plan.iloc[1]
    assert pd.isna(second["lead"]) and pd.isna(second["outcome"])
    assert (second["scope"], second["status"]) == ("national", "not stated")


def test_rows_that_go_on_and_headings_within_a_plan() -> None:
    header = "No. | Recommendation | Action | Responsible agency | Timescale | Progress | Status"
    table = found(
        passage("The CCG should tell every surgery of the scheme.", "Recommendation 2"),
        row("Theme 1 – Training | | | | | |", header),
        row("1 | Train staff | Write course | CCG | [DATE 2014] | Written | Ongoing", header),
        row(" | | Hold course | GPs | [DATE 2015] | | Not yet started", header),
        row(" | The CCG should tell every surgery of the scheme | Letter | ICB | | Sent | Done",
            header),
        row(" | Something else entirely was asked for | Call | ICB | | | Green", header),
    )  # fmt: skip
    plan = table[table["kind"] == "action-plan row"]
    assert listed(plan, "recommendation") == ["1", "1", "2", None]
    assert listed(plan, "text")[:2] == ["Train staff", "Hold course"]
    assert set(plan["theme"]) == {"Theme 1 – Training"}
    assert listed(plan, "status") == ["in progress", "not started", "complete", "unclear"]
    assert listed(plan, "lead_agencies")[:2] == ["nhs-commissioner", "gp"]


def test_recommendations_under_a_heading_that_names_both() -> None:
    both = {"heading_path": "Recommendations and action plan", "section_role": "action-plan"}
    table = found(
        passage("Agencies’ own recommendations are monitored apart.", "72", **both),
        passage("Police: One officer should have charge.", "Recommendation 1", **both),
    )
    assert listed(table, "agencies") == ["police"]


def test_other_sections_have_none() -> None:
    table = found(
        passage("The police should have asked.", "4.1", section_role="analysis"),
        row("[DATE 2013] | Police | Call", "Date | Agency | Event", section_role="chronology"),
    )
    assert table.empty
    assert list(table.columns) == RECOMMENDATIONS.names


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (TEMPLATE, "text scope action lead milestones target_date outcome"),
        ("Ref | Action | Owner | By when | Expected outcome | RAG",
         "number action lead target_date action outcome"),
        ("Recommendation number | Who | Deadline | Date completed",
         "number lead target_date outcome"),
    ],
)  # fmt: skip
def test_columns(header: str, names: str) -> None:
    assert columns(header) == names.split()


def test_two_columns_of_a_kind_are_joined() -> None:
    row = by_column("Done | [DATE 2014] | ?", "Status | Date of completion | Colour")
    assert row == {"outcome": "Done; [DATE 2014]"}


def test_progress_is_the_outcome_where_no_other_column_tells_it() -> None:
    assert columns("Action | Progress | Status") == ["action", "milestones", "outcome"]
    assert columns("Action | Key milestones | Updates") == ["action", "milestones", "outcome"]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (None, "not stated"),
        ("Completed [DATE 2014]", "complete"),
        ("[DATE 2014]", "complete"),
        ("Part complete", "in progress"),
        ("Not yet completed", "in progress"),
        ("To be completed by [DATE 2015]", "in progress"),
        ("Ongoing", "in progress"),
        ("Not started", "not started"),
        ("Two nurses recruited", "unclear"),
    ],
)
def test_status(outcome: str | None, expected: str) -> None:
    assert status(outcome) == expected


def test_scope_is_the_widest() -> None:
    assert [scope(text) for text in ("Local", "Local/Regional", "nationally", "")] == [
        "local", "regional", "national", None,
    ]  # fmt: skip


def test_which_recommendation_a_row_carries_out() -> None:
    table = found(
        passage("Police: Read every form.", "Recommendation 1"),
        passage("Housing: Ask the tenant alone.", "Recommendation 2"),
        row("1 | Local | Amend template | Police | | |"),
        row("| Local | Train desks | Police | | |"),
        row("Recommendation 2 | Local | Revise guide | Housing | | |"),
        row("7 | Local | Revise guide | Housing | | |"),
    )
    assert carried_out(table) == {"p2": "p0", "p3": "p0", "p4": "p1"}


def test_of_recommendations_with_one_number_that_of_the_same_theme_is_carried_out() -> None:
    police, housing = ({"heading_path": f"Recommendations > {name}"} for name in ("Risk", "Homes"))
    told_apart = (
        passage("That forms are read.", "1", **police),
        passage("That tenants are asked alone.", "1", **housing),
        row("1 | Local | Amend template | | | |", heading_path="Action plan > Homes"),
    )
    assert carried_out(found(*told_apart)) == {"p2": "p1"}
    not_told_apart = (*told_apart[:2], row("1 | Local | Amend template | | | |"))
    assert carried_out(found(*not_told_apart)) == {}
    another_theme = (told_apart[0], told_apart[2])
    assert carried_out(found(*another_theme)) == {}
    assert carried_out(found(passage("Nothing is recommended."))) == {}
