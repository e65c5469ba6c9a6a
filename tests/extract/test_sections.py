"""Section roles and heading paths."""

from __future__ import annotations

import pytest

from pipeline.extract import Block
from pipeline.extract.sections import Placed, cue, place


def heading(text: str, level: int = 1, number: str | None = None) -> Block:
    return Block(kind="heading", text=text, level=level, number=number)


def paragraph(text: str = "The panel heard from the practice.") -> Block:
    return Block(kind="paragraph", text=text)


def placed(*blocks: Block, document_type: str = "overview report") -> list[Placed]:
    return list(place(blocks, document_type=document_type))


def role(*blocks: Block, document_type: str = "overview report") -> str:
    return placed(*blocks, document_type=document_type)[-1].role


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Contents", "contents"),
        ("Timescales", "methodology"),
        ("Confidentiality", "methodology"),
        ("Terms of reference", "terms-of-reference"),
        ("Involvement of family, friends, work colleagues, neighbours and wider community",
         "family-views"),
        ("Contributors to the review", "methodology"),
        ("Review panel members", "panel"),
        ("Author of the overview report", "panel"),
        ("Parallel reviews", "methodology"),
        ("Equality and diversity", "equality"),
        ("Dissemination", "methodology"),
        ("Background information (the facts)", "background"),
        ("Chronology", "chronology"),
        ("Overview", "analysis"),
        ("Commentary, analysis and key learning", "analysis"),
        ("Analysis against the terms of reference", "analysis"),
        ("Lessons to be learnt", "lessons"),
        ("Predictability and preventability", "conclusions"),
        ("Recommendations and action plan", "action-plan"),
        ("Establishing the DHR", "methodology"),
        ("Definition of domestic violence", "statutory-purpose"),
        ("Appendix 3: Home Office letter", "appendix"),
        ("Appendix B: Glossary", "glossary"),
        ("Housing", None),
    ],
)  # fmt: skip
def test_cues(text: str, expected: str | None) -> None:
    assert cue(text) == expected


def test_paths_keep_numbers_as_printed() -> None:
    blocks = [heading("Analysis", 1, "16"), heading("Police", 2, "16.3"), paragraph()]
    assert [one.heading_path for one in placed(*blocks)] == [
        "", "16 Analysis", "16 Analysis > 16.3 Police",
    ]  # fmt: skip


def test_before_the_first_heading_is_front_matter() -> None:
    assert role(paragraph()) == "front-matter"


def test_cover_lines_name_no_section() -> None:
    cover = [heading("Overview Report"), heading("Report into the death of Adult Q"),
             heading("Independent chair: A. Person"), heading("Introduction", 1, "1"),
             paragraph()]  # fmt: skip
    found = placed(*cover)
    assert [one.role for one in found[:4]] == ["front-matter"] * 3 + ["body"]
    assert found[-1].heading_path == "1 Introduction"


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("Analysis", "Risk assessment", "analysis"),
        ("Analysis", "Equality", "analysis"),
        ("Analysis", "Terms of reference 3: information sharing", "analysis"),
        ("Analysis", "Good practice", "good-practice"),
        ("Executive summary", "Lessons", "executive-summary"),
        ("Recommendations", "Analysis of need", "recommendations"),
        ("Methodology", "Review panel", "panel"),
        ("The case", "Chronology", "chronology"),
    ],
)
def test_sub_headings(parent: str, child: str, expected: str) -> None:
    assert role(heading(parent), heading(child, 2), paragraph()) == expected


def test_a_section_without_cue_is_body() -> None:
    assert role(heading("Recommendations", 1, "8"), heading("Afterwards", 1, "9"),
                paragraph()) == "body"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Okonjo and others (2014) found that few were asked.", "literature"),
        ("Research suggests that leaving is a time of risk.", "literature"),
        ("Under the Care Act (2014) a duty arose in March (2016).", "analysis"),
        ("The panel saw the letter of 3 March 2014.", "analysis"),
        ("Coercive behaviour is an act or a pattern of acts of assault.", "statutory-purpose"),
    ],
)
def test_set_phrases_within_findings(text: str, expected: str) -> None:
    assert role(heading("Analysis"), paragraph(text)) == expected


def test_the_list_of_purposes_is_statutory() -> None:
    items = [Block(kind="list-item", text="highlight good practice.")]
    blocks = [heading("Introduction"), paragraph("The purposes of a DHR are to:"), *items]
    assert role(*blocks) == "statutory-purpose"
    assert role(*blocks, paragraph()) == "body"


def test_contents_entries_are_no_headings() -> None:
    blocks = [heading("Contents"), heading("Analysis 12"), paragraph("Lessons ........ 15")]
    found = placed(*blocks)
    assert [one.role for one in found] == ["contents"] * 3
    assert found[1].block.kind == "paragraph"


def test_tables_with_the_columns_of_a_plan() -> None:
    header = "Recommendation | Scope | Action to take | Lead agency | Target date"
    row = Block(kind="table-row", text="1 | Local | Write | CSP | May", table_header=header)
    assert role(heading("Appendix 1"), row) == "action-plan"


def test_numbered_recommendations_anywhere() -> None:
    block = Block(kind="paragraph", text="Write to the practice.", number="Recommendation 2")
    assert role(heading("Analysis"), block) == "recommendations"


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Analysis", "executive-summary"), ("Recommendations", "recommendations"),
     ("Review panel", "panel")],
)  # fmt: skip
def test_an_executive_summary_is_told_apart(title: str, expected: str) -> None:
    assert role(heading(title), paragraph(), document_type="executive summary") == expected


def test_an_action_plan_is_a_plan() -> None:
    assert role(heading("Housing"), paragraph(), document_type="action plan") == "action-plan"
