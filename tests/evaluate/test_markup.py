from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotated import FRONT_MATTER, SOURCE
from fictional import PROJECT
from pipeline import vocabulary
from pipeline.codebook import read_codebook
from pipeline.evaluate.markup import POLARITIES, Block, Coding, parse, parse_codes

SOURCES = sorted((PROJECT / "corpus" / "example" / "source").glob("*.txt"))
MARKS = {polarity: f"/{mark}" if mark else "" for mark, polarity in POLARITIES.items()}


def words(text: str) -> str:
    """A line of a source without its marks."""
    return "".join(text.split())


def test_every_line_of_a_source_is_read_without_loss() -> None:
    body = SOURCE.split("---\n", 2)[2]
    for block in parse(SOURCE).blocks:
        found = [line for line in body.splitlines() if line.startswith(_opens(block))]
        text = block.text[block.lead :]
        for identifier in block.identifiers:
            assert block.text[identifier.start : identifier.end] == identifier.surface
            text = text.replace(identifier.surface, "")
        pieces = [piece for piece in text.split() if piece != "|"]
        assert any(all(piece in line for piece in pieces) for line in found)


def _opens(block: Block) -> str:
    return {"h1": "# ", "h2": "## "}.get(block.kind, block.kind)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_examples_speak_the_words_of_the_contracts(path: Path) -> None:
    source = parse(path.read_text(encoding="utf-8"))
    codes = set(read_codebook(PROJECT / "codebooks" / "dhr.toml").codes)
    assert {c.code for b in source.blocks for c in b.codes} <= codes
    assert source.meta["document"] in vocabulary.DOCUMENT_TYPES
    assert source.meta["status"] in vocabulary.PUBLICATION
    assert all(b.role for b in source.printed)
    assert (path.parents[1] / source.meta["file"]).is_file()
    plain = [c for b in source.blocks for c in b.codes if c.polarity != "hypothetical"]
    assert all(c.subject for c in plain)
    people = [i for b in source.blocks for i in b.identifiers if i.type == "PERSON"]
    assert all(" " not in i.entity for i in people)


def test_words_are_those_of_the_contracts() -> None:
    assert set(POLARITIES.values()) == set(vocabulary.POLARITIES)


def test_identifiers_are_unwrapped_and_found_at_their_offsets() -> None:
    note = next(block for block in parse(SOURCE).blocks if block.kind == "F")
    assert note.text == "Log 0417 was closed by PC Ames the same day."
    assert [(i.type, i.start, i.end, i.surface, i.entity) for i in note.identifiers] == [
        ("CODE", 4, 8, "0417", "0417"),
        ("PERSON", 23, 30, "PC Ames", "ames"),
    ]


def test_codes_carry_polarity_and_subject() -> None:
    blocks = {block.number: block for block in parse(SOURCE).blocks if block.kind in "PR"}
    assert blocks["2.1"].codes == (
        Coding("information-sharing", "present", None),
        Coding("marac", "absent", "agency"),
    )
    assert {code.polarity for code in blocks["1"].codes} == {"hypothetical"}


def test_marks_of_a_code_stand_in_any_order() -> None:
    assert parse_codes("marac/neg@agency") == parse_codes("marac@agency/neg")


def test_roles_come_from_headings_and_a_block_may_have_its_own() -> None:
    roles = {block.text[:18]: block.role for block in parse(SOURCE).blocks}
    assert roles["The form stayed in"] == "analysis"
    assert roles["Stanley and others"] == "literature"
    assert roles["Recommendation 1 ("] == "recommendations"
    assert roles["Quill, aged 61, li"] == ""


def test_a_sub_heading_without_a_role_has_that_of_the_heading_above() -> None:
    text = "# {analysis} One\n## Two\nP - {} a\n## {lessons} Three\nP - {} b\n# Four\nP - {} c\n"
    roles = [b.role for b in parse(FRONT_MATTER + text).blocks if b.kind == "P"]
    assert roles == ["analysis", "lessons", ""]


def test_a_recommendation_is_read_as_it_is_printed() -> None:
    (block,) = [block for block in parse(SOURCE).blocks if block.kind == "R"]
    assert block.text == "Recommendation 1 (Police, Supt Vane): Officers should read it."
    assert block.text[: block.lead] == "Recommendation 1 (Police, Supt Vane):"
    assert block.agency == "Police, Supt Vane"
    (vane,) = block.identifiers
    assert block.text[vane.start : vane.end] == "Supt Vane"
    front = FRONT_MATTER.replace("---\n", "---\nrecommendations: R{number}\n", 1)
    (short,) = parse(front + "R 4 {} Police :: The police should act.\n").blocks
    assert (short.text, short.agency) == ("R4 The police should act.", "Police")


def test_front_matter_keeps_colons_in_its_values() -> None:
    text = FRONT_MATTER.replace("RESTRICTED", "Official: Sensitive")
    assert parse(text).meta["header"] == "Official: Sensitive"


def test_a_table_and_its_footnote_are_one_group() -> None:
    groups = [group for group in parse(SOURCE).groups if group[0].kind == "T"]
    assert [[block.kind for block in group] for group in groups] == [
        ["T", "T", "T", "F"],
        ["T", "T"],
    ]
    assert [block.header for block in groups[0]] == [True, False, False, False]
    assert groups[1][1].cells == ["1. Training", "Police", ""]


def test_the_cover_ends_where_the_lines_under_the_title_end() -> None:
    assert parse(SOURCE).cover == 3
    assert parse(SOURCE.replace("X {} Fenn", "P 1 {} Fenn", 1)).cover == 0


def test_footnotes_are_numbered_through_the_report() -> None:
    assert [b.number for b in parse(SOURCE).blocks if b.kind == "F"] == ["1", "2"]


@pytest.mark.parametrize(
    "line",
    [
        "Q 1 {} no such block",
        "P 1 no codes",
        "P 1 {} ",
        "P 1 {Coercive Control} not an id",
        "P 1 {marac/maybe} no such polarity",
        "P 1 {marac@somebody} no such subject",
        "P 1 {=nothing} no such role",
        "# {nothing} no such role",
        "R 1 {} no agency",
        "#",
        "PAGEBREAK now",
        "F a note to nothing",
        "P 1 {} [[PERSON:Ann Vane] spoke",
        "P 1 {} [[NAME:Ann Vane]] spoke",
    ],
)
def test_a_malformed_line_is_named_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match=r"^line 8: "):
        parse(f"{FRONT_MATTER}{line}\n")


def test_front_matter_is_asked_for() -> None:
    with pytest.raises(ValueError, match="front matter"):
        parse("# Domestic Homicide Review\n")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_second_coders_code_what_may_be_coded(path: Path) -> None:
    source = parse(path.read_text(encoding="utf-8"))
    second = path.with_suffix(".coder2.json")
    if source.meta["document"] != "overview report":
        assert not second.exists()
        return
    for number, codes in json.loads(second.read_bytes()).items():
        block = source.printed[int(number)]
        assert block.kind in ("P", "L", "T", "R", "X") and not block.header
        assert parse_codes(";".join(codes))[0]
