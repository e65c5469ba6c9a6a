"""PDF pages to blocks, on documents typeset here."""

from __future__ import annotations

from pathlib import Path

import pytest
from printed import FILLER, HEIGHT, LANDSCAPE, LEADING, LEFT, Press, read

from pipeline.extract import Block


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "report.pdf")


def kinds(blocks: list[Block], kind: str) -> list[Block]:
    return [block for block in blocks if block.kind == kind]


def test_hanging_numbers_are_not_part_of_the_text(press: Press) -> None:
    press.say(FILLER, x=110, number="4.1")
    press.say(FILLER, x=110, number="4.2.")
    blocks = press.read().blocks
    assert [(b.number, b.text) for b in blocks] == [("4.1", FILLER), ("4.2", FILLER)]


def test_numbers_in_the_line_and_straight_numbers(press: Press) -> None:
    press.say(f"17. {FILLER}")
    press.say(f"18. {FILLER}")
    assert [b.number for b in press.read().blocks] == ["17", "18"]


def test_straight_numbers_without_dot_count_past_lists_and_headings(press: Press) -> None:
    press.say("3. What was known", size=14, bold=True)
    press.say(f"1 {FILLER}")
    press.say("2 The panel asked:")
    press.say("(a) whether the practice had a policy.", x=90)
    press.say("4. What was done", size=14, bold=True)
    press.say(f"3 {FILLER}")
    press.say("12 Officers of two forces came, which was unusual. " + FILLER)
    assert [b.number for b in press.read().blocks] == ["3", "1", "2", "(a)", "4", "3", None]


def test_a_number_at_a_wrapped_line_start_is_text(press: Press) -> None:
    text = "The nurse explained to the panel that the procedure then in force was section\n17. The"
    press.say(f"4.1 {text} rest of it goes on.")
    (block,) = press.read().blocks
    assert block.number == "4.1"
    assert block.text.endswith("section 17. The rest of it goes on.")


def test_items_bullets_and_recommendations(press: Press) -> None:
    press.say("The panel asked:")
    press.say("(a) whether the practice had a policy;", x=90)
    press.say("(b) whether anybody followed it.", x=90)
    press.say("• a bullet that is long enough to wrap " + FILLER, x=104, first=90)
    press.say("Recommendation 3: The partnership should write to the surgery.")
    press.say("R4 The partnership should write again.")
    blocks = press.read().blocks
    assert [(b.kind, b.number) for b in blocks] == [
        ("paragraph", None), ("list-item", "(a)"), ("list-item", "(b)"), ("list-item", None),
        ("paragraph", "Recommendation 3"), ("paragraph", "R4"),
    ]  # fmt: skip
    assert blocks[3].text.startswith("a bullet that is long")


def test_running_lines_go_and_the_printed_page_number_stays(press: Press) -> None:
    for page in range(1, 5):
        press.at(LEFT, 805, "RESTRICTED - the case of Adult Q")
        press.at(250, 40, f"Page {page + 2} of 9")
        press.say(f"{'ABCDE'[page]} begins this page. {FILLER}")
        press.page()
    blocks = press.read().blocks
    assert not any("RESTRICTED" in b.text or "of 9" in b.text for b in blocks)
    assert [(b.page, b.page_label) for b in blocks] == [(1, "3"), (2, "4"), (3, "5"), (4, "6")]


def test_a_paragraph_runs_over_the_page_and_past_footnotes(press: Press) -> None:
    press.y = 130
    press.say(FILLER.rstrip("."), x=110, number="2.1")
    words = press.read().blocks
    assert len(words) == 1
    assert (words[0].page, words[0].page_end) == (1, 2)
    assert words[0].text == FILLER.rstrip(".")


def test_footnotes_follow_the_paragraph_that_cites_them(press: Press) -> None:
    press.say("A sentence with a mark here")
    press.at(LEFT + 136, press.y + 8 + 14 + 4.5, "1", size=6.5)
    press.say("A second paragraph of the ordinary kind. " + FILLER)
    press.at(LEFT, 104, "1", size=6)
    press.at(LEFT + 5, 100, "Small print of the first footnote, which wraps", size=8)
    press.at(LEFT, 90, "onto a second line.", size=8)
    blocks = press.read().blocks
    assert [b.kind for b in blocks] == ["paragraph", "footnote", "paragraph"]
    assert blocks[0].text == "A sentence with a mark here"
    assert blocks[1].number == "1"
    assert blocks[1].text == "Small print of the first footnote, which wraps onto a second line."


def test_hyphens_at_line_ends_follow_the_document(press: Press) -> None:
    press.say("Good information came late. A multi-agency meeting was held, they said. " + FILLER)
    press.say("The panel heard that such informa-\ntion was shared at the multi-\nagency meeting.")
    assert press.read().blocks[1].text == (
        "The panel heard that such information was shared at the multi-agency meeting."
    )


def test_headings_have_levels_and_numbers(press: Press) -> None:
    press.page()
    press.say("16. Analysis", size=16, bold=True)
    press.say("Police", size=13, bold=True)
    press.say(FILLER)
    press.say("An emphasised sentence in bold that ends like a sentence does.", bold=True)
    press.say(FILLER)
    blocks = press.read().blocks
    headings = [(b.number, b.text, b.level) for b in kinds(blocks, "heading")]
    assert headings == [("16", "Analysis", 1), (None, "Police", 2)]


def test_dot_leaders_keep_one_line_each(press: Press) -> None:
    press.say("Contents", size=15, bold=True)
    press.say("1. Introduction ............................ 3")
    press.say("2. Background .............................. 5")
    assert len(press.read().blocks) == 3


def test_table_rows_with_header(press: Press) -> None:
    press.say(FILLER)
    press.table([("Date", "Agency", "Event"), ("May", "GP", "Seen\ntwice"), ("June", "Police", "")])
    press.say("After the table. " + FILLER)
    rows = kinds(press.read().blocks, "table-row")
    assert [row.text for row in rows] == [
        "Date | Agency | Event", "May | GP | Seen twice", "June | Police |",
    ]  # fmt: skip
    assert [row.table_header for row in rows] == [None, "Date | Agency | Event",
                                                  "Date | Agency | Event"]  # fmt: skip


def test_a_table_runs_over_the_page(press: Press) -> None:
    press.table([("Date", "Event"), ("May", "The row begins")], y=200)
    press.page()
    press.table([("Date", "Event"), ("", "and ends here."), ("June", "Another row")], y=760)
    rows = kinds(press.read().blocks, "table-row")
    assert [row.text for row in rows] == [
        "Date | Event", "May | The row begins and ends here.", "June | Another row",
    ]  # fmt: skip
    assert (rows[1].page, rows[1].page_end) == (1, 2)
    assert rows[2].table_header == "Date | Event"


def test_a_box_round_a_paragraph_is_no_table(press: Press) -> None:
    press.canvas.rect(60, press.y - 60, 470, 80)
    press.say(FILLER)
    assert [b.kind for b in press.read().blocks] == ["paragraph"]


def test_landscape_and_sideways_pages(tmp_path: Path) -> None:
    press = Press(tmp_path / "wide.pdf", size=LANDSCAPE)
    press.say(FILLER)
    press.page((LANDSCAPE[1], LANDSCAPE[0]))
    press.canvas.translate(LANDSCAPE[1], 0)
    press.canvas.rotate(90)
    press.table([("Date", "Event"), ("May", "Read sideways")], y=500)
    blocks = press.read().blocks
    assert [b.text for b in blocks] == [FILLER, "Date | Event", "May | Read sideways"]
    assert blocks[1].box is not None
    assert blocks[1].box[0] == pytest.approx(LEFT, abs=1)


def test_a_slanting_watermark_is_no_text(press: Press) -> None:
    press.canvas.saveState()
    press.canvas.translate(200, 300)
    press.canvas.rotate(45)
    press.canvas.setFont("Helvetica", 60)
    press.canvas.drawString(0, 0, "DRAFT")
    press.canvas.restoreState()
    press.say(FILLER)
    assert [b.text for b in press.read().blocks] == [FILLER]


def test_captions(press: Press) -> None:
    press.say("Figure 2: Contacts by month")
    press.say(FILLER)
    assert [b.kind for b in press.read().blocks] == ["caption", "paragraph"]


def test_reading_twice_gives_the_same(press: Press) -> None:
    press.say(FILLER, x=110, number="1.1")
    press.table([("Date", "Event"), ("May", "Seen")])
    first = press.read().blocks
    assert read(press.path).blocks == first


def test_a_chapter_name_over_two_pages_is_a_running_line(press: Press) -> None:
    for page in range(8):
        if page in (3, 4):
            press.at(LEFT, 805, "Chapter 2: What the agencies knew")
        press.say(f"{'ABCDEFGH'[page]} begins this page. {FILLER}")
        press.page()
    assert len(press.read().blocks) == 8


def test_a_recommendation_at_the_head_of_each_page_stays(press: Press) -> None:
    for page in range(5):
        press.say(f"Recommendation {page + 1}", bold=True)
        press.say(f"{'ABCDE'[page]} begins this page. {FILLER}")
        press.page()
    numbers = [block.number for block in press.read().blocks if block.number]
    assert numbers == [f"Recommendation {n}" for n in range(1, 6)]


def test_left_and_right_pages_with_other_margins(press: Press) -> None:
    press.y = 125
    lines = FILLER.split(" and ", 1)
    press.say(f"{lines[0]} and", x=LEFT + 20, number="9.")
    press.page()
    press.y = HEIGHT - 80
    press.say(lines[1], x=LEFT + 48)
    (block,) = press.read().blocks
    assert (block.number, block.text, block.page_end) == ("9", FILLER, 2)


def test_contents_with_page_numbers_to_the_right(press: Press) -> None:
    for title, page in (("Introduction", "3"), ("Background", "5"), ("Analysis", "9")):
        press.at(LEFT, press.y, title)
        press.at(500, press.y, page)
        press.y -= LEADING
    assert len(press.read().blocks) == 3


def test_a_contents_entry_of_two_lines_is_one(press: Press) -> None:
    press.say("1. What the agencies knew about the\nfamily before 2014 ................. 3", x=90)
    press.say("2. Analysis ............................ 9", x=90)
    blocks = press.read().blocks
    assert [block.text[:20] for block in blocks] == ["What the agencies kn", "Analysis ..........."]


def test_bold_items_are_no_headings(press: Press) -> None:
    press.say(FILLER)
    press.say("Recommendation 2 That the partnership write to each of the surgeries in the area "
              "and ask (4.1)", bold=True)  # fmt: skip
    press.say("b) what each of them does; and", bold=True, x=90)
    press.say(FILLER)
    assert [block.kind for block in press.read().blocks] == [
        "paragraph", "paragraph", "list-item", "paragraph",
    ]  # fmt: skip


def test_two_columns_are_read_one_after_the_other(press: Press) -> None:
    press.say("Key findings", size=16, bold=True)
    top, halves = press.y, (FILLER + " " + FILLER.replace("nurse", "manager")).split()
    lines = [" ".join(halves[n : n + 6]) for n in range(0, len(halves), 6)]
    middle = len(lines) // 2
    for index, line in enumerate(lines):
        column, row = divmod(index, middle) if index < 2 * middle else (1, middle)
        press.at(LEFT + 240 * column, top - 14 * row, line)
    press.y = top - 14 * (middle + 3)
    press.say("Next steps", size=16, bold=True)
    blocks = press.read().blocks
    assert [b.text for b in blocks] == ["Key findings", " ".join(halves), "Next steps"]


def test_dates_beside_their_text_are_no_column(press: Press) -> None:
    for day in range(1, 12):
        press.at(LEFT, press.y, f"{day} May 2014")
        press.at(LEFT + 160, press.y, "The surgery wrote to the flat and nobody came to the door.")
        press.y -= 22
    blocks = press.read().blocks
    assert (
        blocks[0].text == ("1 May 2014 The surgery wrote to the flat and nobody came to the door.")
        or blocks[0].number == "1"
    )
    assert len(blocks) == 11
