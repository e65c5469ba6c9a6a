"""Section roles and heading paths."""

from __future__ import annotations

import pytest

from pipeline.errors import HeadingNotFound
from pipeline.extract import Block, section_model, sections
from pipeline.extract.cues import cue
from pipeline.extract.section_model import Section, decode
from pipeline.extract.sections import Placed, place
from tests.extract.outlines import train


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
        ("Recommendations and action plan", "recommendations"),
        ("Conclusions and lessons", "conclusions"),
        ("Lessons learned / recommendations", "lessons"),
        ("Appendix 2: Action plan for recommendations", "action-plan"),
        ("Introduction", "introduction"),
        ("Part One: Introduction to the review", "introduction"),
        ("Introduction and timescales", "introduction"),
        ("Establishing the DHR", "introduction"),
        ("Background to the review", "introduction"),
        ("Circumstances leading to the review", "introduction"),
        ("Why this review was held", "introduction"),
        ("Circumstances leading to the death", "background"),
        ("Part C - Key events", "chronology"),
        ("Section 9 of the Act", "statutory-purpose"),
        ("Overview report into the death of Adult Q", "front-matter"),
        ("Those close to Adult Q", "family-views"),
        ("Words and short forms", "glossary"),
        ("Abbreviations used", "glossary"),
        ("Clinical Commissioning Group", None),
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
    assert placed(paragraph(), heading("Analysis"))[0].role == "front-matter"


def test_cover_lines_name_no_section() -> None:
    cover = [heading("Overview Report"), heading("Report into the death of Adult Q"),
             heading("Independent chair: A. Person"), heading("Introduction", 1, "1"),
             paragraph()]  # fmt: skip
    found = placed(*cover)
    assert [one.role for one in found[:4]] == ["front-matter"] * 3 + ["introduction"]
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
        ("Introduction", "Terms of reference", "terms-of-reference"),
        ("Background", "Introduction", "background"),
        ("Chronology", "Hillside Housing Association", "chronology"),
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
    assert role(*blocks, paragraph()) == "introduction"


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


def item(text: str) -> Block:
    return Block(kind="list-item", text=text)


def row(text: str, header: str | None = None) -> Block:
    return Block(kind="table-row", text=text, table_header=header)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The panel offers its condolences to the family of Adult Q.", "preface"),
        ("The purpose of undertaking a DHR is to learn.", "statutory-purpose"),
        ("The government definition of domestic abuse covers any incident.", "statutory-purpose"),
        ("Adult Q was found at home in March.", "introduction"),
    ],
)
def test_what_an_introduction_holds(text: str, expected: str) -> None:
    assert role(heading("Introduction"), paragraph(text)) == expected


def test_an_agency_after_the_analysis_goes_on_with_it() -> None:
    assert role(heading("Analysis", 1, "9"), heading("Metshire Police", 1, "10"),
                paragraph()) == "analysis"  # fmt: skip


def test_questions_within_the_analysis_are_terms_and_their_answers_are_not() -> None:
    found = placed(
        heading("Analysis against the terms of reference"),
        heading("Question 1: sharing information", 2),
        paragraph("Did agencies share what they knew, and was it acted on?"),
        paragraph("They did not. Who knew of the bail?  The practice did."),
        paragraph("Whether policies were followed."),
    )
    terms, analysis = "terms-of-reference", "analysis"
    assert [one.role for one in found] == [analysis, terms, terms, analysis, terms]


def test_a_question_as_heading_of_its_own_answer() -> None:
    blocks = [heading("Analysis"), heading("Term of reference 2", 1), paragraph()]
    assert [one.role for one in placed(*blocks)] == [
        "analysis", "terms-of-reference", "analysis",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "header", "expected"),
    [
        ("Methodology", "Name | Job title | Agency", "panel"),
        ("Who took part", "Name | Role | Organisation", "panel"),
        ("What we know", "Date | Agency | Event", "chronology"),
        ("Analysis", "Date | Agency | Event", "analysis"),
        ("Appendix 3", "Term | Meaning", "glossary"),
        ("Appendix 3", "Name | Score | Weight", "appendix"),
    ],
)
def test_tables_are_told_by_their_columns(title: str, header: str, expected: str) -> None:
    found = placed(heading(title), row(header), row("a | b | c", header))
    assert [one.role for one in found[1:]] == [expected] * 2


def test_sections_without_cue_are_told_by_what_they_hold() -> None:
    found = placed(
        heading("Matters to look into"),
        item("Whether risk was assessed."), item("How did agencies work together?"),
        item("To establish what was known."),
        heading("The way ahead"),
        paragraph("Metshire Police should train its call handlers."),
        paragraph("The practice should ask every patient, alone."),
        heading("Thoughts"),
        paragraph("The practice should have asked. The nurse did not."),
        paragraph("The police should have known."),
        paragraph("Both should listen better."),
    )  # fmt: skip
    roles = [one.role for one in found if one.block.kind != "heading"]
    assert roles == ["terms-of-reference"] * 3 + ["recommendations"] * 2 + ["analysis"] * 3
    assert {one.confidence for one in found[1:4] + found[-3:]} == {0.6}


def test_a_section_is_told_by_its_words_and_its_place() -> None:
    found = placed(
        heading("Terms of reference"), paragraph("Whether risk was assessed."),
        heading("Saltings"),
        paragraph("Mrs B was born abroad and had three children. She worked as a cook."),
        heading("Chronology"), paragraph("On 3 May 2014 police attended."),
        heading("Tea and toast"),
        paragraph("The panel considered that the nurse should have asked. It is not apparent why "
                  "the practice did not follow its policy. This was a missed opportunity."),
        heading("Recommendations"), paragraph("The practice should ask."),
    )  # fmt: skip
    told = {one.heading_path: one.role for one in found if one.block.kind != "heading"}
    assert told["Saltings"] == "background"
    assert told["Tea and toast"] == "analysis"


@pytest.mark.parametrize(
    ("guess", "expected"),
    [
        (("panel", 0.9), ("panel", 0.6)),
        (("panel", 0.2), ("body", 0.3)),
        (("chronology", 0.2), ("chronology", 0.3)),
    ],
)
def test_a_guess_keeps_nothing_from_being_coded(
    guess: tuple[str, float], expected: tuple[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "decode", lambda parts: [guess] * len(parts))
    found = placed(heading("Analysis"), paragraph(), heading("Nightfall", 1, "7"), paragraph())
    assert [(one.role, one.confidence) for one in found[:2]] == [("analysis", 0.9)] * 2
    assert [(one.role, one.confidence) for one in found[2:]] == [expected] * 2


def test_known_sections_stand_fast_when_others_are_sought() -> None:
    known = [Section("Chronology", False, role, True) for role in ("chronology", "analysis")]
    assert decode(known) == [("chronology", 1.0), ("analysis", 1.0)]


def test_outlines_kept_aside_are_told_as_well_as_measured() -> None:
    found, of = train.right(train.outlines("check"), section_model.model())
    assert found >= 0.65 * of


def test_a_slip_in_a_telling_word_is_forgiven() -> None:
    assert cue("CONCULSIONS") == "conclusions"
    assert cue("Recomendations") == "recommendations"
    assert cue("Nightfall") is None


def test_without_any_heading_the_text_is_body() -> None:
    assert role(paragraph(), paragraph()) == "body"


def test_recommendations_are_told_without_any_heading() -> None:
    found = placed(
        paragraph("Metshire Police should train its call handlers."),
        paragraph("The practice should ask every patient, alone."),
    )
    assert [(one.role, one.confidence) for one in found] == [("recommendations", 0.6)] * 2


def test_confidence_tells_how_a_role_is_known() -> None:
    found = placed(
        heading("Analysis"), paragraph(), heading("Police", 2), paragraph(),
        paragraph("Okonjo and others (2014) found that few were asked."),
        heading("Afterwards", 1, "9"), paragraph(),
    )  # fmt: skip
    assert [one.confidence for one in found] == [0.9, 0.9, 0.7, 0.7, 0.6, 0.6, 0.6]


def test_the_cover_of_a_summary_is_no_part_of_it() -> None:
    found = placed(heading("Executive Summary"), heading("Independent chair: A. Person"),
                   heading("Key issues"), paragraph(),
                   document_type="executive summary")  # fmt: skip
    assert [one.role for one in found] == ["front-matter"] * 2 + ["executive-summary"] * 2
    assert all(one.summary for one in found)


OVERRULED = [
    heading("Overview", 1, "4"), paragraph(), heading("Recommendations", 2, "4.1"),
    paragraph("Research suggests that leaving is a time of risk."),
    heading("Key findings", 2, "4.2"), paragraph(), heading("Conclusions", 1, "5"), paragraph(),
]  # fmt: skip


@pytest.mark.parametrize("printed", ["4. overview", "Overview", "4 Over", " OVERVIEW "])
def test_the_analyst_overrules_a_section_with_its_sub_sections(printed: str) -> None:
    overrules = [(printed, "background"), ("Key findings", "lessons")]
    found = list(place(OVERRULED, document_type="overview report", overrules=overrules))
    assert [one.role for one in found] == (
        ["background"] * 4 + ["lessons"] * 2 + ["conclusions"] * 2
    )  # fmt: skip
    assert [one.confidence for one in found] == [1.0] * 6 + [0.9] * 2


def test_the_exact_heading_is_meant_before_those_that_begin_like_it() -> None:
    blocks = [heading("Police"), paragraph(), heading("Police bail"), paragraph()]
    found = list(place(blocks, document_type="other", overrules=[("Police", "analysis")]))
    assert [one.confidence for one in found] == [1.0, 1.0, 0.6, 0.6]
    found = list(place(blocks, document_type="other", overrules=[("Pol", "lessons")]))
    assert [one.role for one in found] == ["lessons"] * 4


def test_the_analysts_word_stands_in_a_summary_too() -> None:
    found = list(place([heading("Analysis"), paragraph()], document_type="executive summary",
                       overrules=[("Analysis", "lessons")]))  # fmt: skip
    assert found[-1].role == "lessons"


def test_a_heading_that_is_not_there_is_named_by_its_place_only() -> None:
    with pytest.raises(HeadingNotFound, match="number 2") as caught:
        list(place(OVERRULED, document_type="overview report",
                   overrules=[("Overview", "background"), ("Adult Q", "lessons")]))  # fmt: skip
    assert "Adult Q" not in str(caught.value)
