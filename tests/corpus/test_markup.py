from __future__ import annotations

from pathlib import Path

import pytest
from markup import IDENTIFIER_TYPES, POLARITIES, Block, Coding, parse

from pipeline import vocabulary

SOURCES = sorted((Path(__file__).parents[2] / "corpus" / "example" / "source").glob("*.txt"))
MARKS = {polarity: f"/{mark}" if mark else "" for mark, polarity in POLARITIES.items()}


def written(block: Block) -> str:
    """The line that a block was read from, in the one order of marks that we write."""
    text = block.text
    for found in reversed(block.identifiers):
        text = f"{text[: found.start]}[[{found.type}:{found.surface}]]{text[found.end :]}"
    codes = "; ".join(
        c.code + (f"@{c.subject}" if c.subject else "") + MARKS[c.polarity] for c in block.codes
    )
    head = {"h1": "#", "h2": "##"}.get(block.kind, block.kind)
    if block.kind in ("P", "R"):
        head += f" {block.number or '-'}"
    if block.kind in ("P", "R", "L", "T", "X"):
        head += f" {{{codes}}}"
    return f"{head} {text}".strip()


def body(source: str) -> list[str]:
    return [line.strip() for line in source.split("---\n", 2)[2].splitlines() if line.strip()]


def test_every_line_of_a_source_is_read_without_loss(source: str) -> None:
    assert [written(block) for block in parse(source).blocks] == body(source)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_examples_are_read_without_loss(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [written(block) for block in parse(text).blocks] == body(text)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_examples_speak_the_words_of_the_contracts(path: Path) -> None:
    review = parse(path.read_text(encoding="utf-8"))
    subjects = {code.subject for block in review.blocks for code in block.codes}
    assert subjects <= {None, *vocabulary.SUBJECTS}
    assert review.meta["document"] in vocabulary.DOCUMENT_TYPES
    assert review.meta["status"] in vocabulary.PUBLICATION


def test_words_are_those_of_the_contracts() -> None:
    assert IDENTIFIER_TYPES == vocabulary.IDENTIFIER_TYPES
    assert set(POLARITIES.values()) == set(vocabulary.POLARITIES)


def test_identifiers_are_unwrapped_and_found_at_their_offsets(source: str) -> None:
    note = next(block for block in parse(source).blocks if block.kind == "F")
    assert note.text == "Log 0417 was closed by PC Ames the same day."
    assert [(i.type, i.start, i.end, i.surface) for i in note.identifiers] == [
        ("CODE", 4, 8, "0417"),
        ("PERSON", 23, 30, "PC Ames"),
    ]


def test_codes_carry_polarity_and_subject(source: str) -> None:
    blocks = {block.number: block for block in parse(source).blocks if block.kind in "PR"}
    assert blocks["2.1"].codes == (
        Coding("information-sharing", "present", None),
        Coding("marac", "absent", "agency"),
    )
    assert {code.polarity for code in blocks["1"].codes} == {"hypothetical"}


def test_front_matter_keeps_colons_in_its_values(front_matter: str) -> None:
    text = front_matter.replace("RESTRICTED", "Official: Sensitive")
    assert parse(text).meta["header"] == "Official: Sensitive"


def test_gold_is_plain_data_without_page_breaks(source: str) -> None:
    gold = parse(source).gold
    assert {"PAGEBREAK", "LANDSCAPE", "PORTRAIT"}.isdisjoint(b["kind"] for b in gold["blocks"])
    row = next(block for block in gold["blocks"] if block["codes"])
    assert row["section"] == "The chronology of 2014"
    assert row["codes"] == (
        {"code": "physical-violence", "polarity": "present", "subject": "victim"},
    )


def test_a_table_and_its_footnote_are_one_group(source: str) -> None:
    groups = [group for group in parse(source).groups if group[0].kind == "T"]
    assert [[block.kind for block in group] for group in groups] == [
        ["T", "T", "T", "F"],
        ["T", "T"],
    ]
    assert [block.header for block in groups[0]] == [True, False, False, False]
    assert groups[1][1].cells == ["1. Training", "Police", ""]


def test_the_cover_ends_where_the_lines_under_the_title_end(source: str) -> None:
    review = parse(source)
    assert review.cover == 3
    assert parse(source.replace("X {} Fenn", "P 1 {} Fenn", 1)).cover == 0


def test_footnotes_are_numbered_through_the_report(source: str) -> None:
    assert [b.number for b in parse(source).blocks if b.kind == "F"] == ["1", "2"]


@pytest.mark.parametrize(
    "line",
    [
        "Q 1 {} no such block",
        "P 1 no codes",
        "P 1 {} ",
        "P 1 {Coercive Control} not an id",
        "P 1 {marac/maybe} no such polarity",
        "R 1 {} no agency",
        "#",
        "PAGEBREAK now",
        "F a note to nothing",
        "P 1 {} [[PERSON:Ann Vane] spoke",
        "P 1 {} [[NAME:Ann Vane]] spoke",
    ],
)
def test_a_malformed_line_is_named_by_its_number(front_matter: str, line: str) -> None:
    with pytest.raises(ValueError, match=r"^line 8: "):
        parse(f"{front_matter}{line}\n")


def test_front_matter_is_asked_for() -> None:
    with pytest.raises(ValueError, match="front matter"):
        parse("# Domestic Homicide Review\n")
