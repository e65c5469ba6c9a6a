from __future__ import annotations

import pandas as pd

from pipeline.evaluate.alignment import align
from pipeline.evaluate.markup import Block

LONG = "The panel found that nobody had asked Quill how matters stood at home in those months."
OTHER = "The housing officer wrote three letters to the flat and closed the file in the spring."


def passages(*texts: str, numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    known = [*numbers, *[""] * (len(texts) - len(numbers))]
    return pd.DataFrame({"text": texts, "number": known})


def test_a_passage_that_is_the_block_is_whole() -> None:
    first, second = align([Block("P", text=LONG), Block("P", text=OTHER)], passages(OTHER, LONG))
    assert (first.whole, first.passages, first.found) == (1, (1,), True)
    assert second.whole == 0


def test_quotation_marks_and_spaces_do_not_part_them() -> None:
    (match,) = align([Block("P", text=f"“{LONG}”")], passages(f' "{LONG}" '))
    assert match.whole == 0


def test_a_block_cut_in_two_is_found_and_not_whole() -> None:
    (match,) = align([Block("P", text=LONG + " " + OTHER)], passages(LONG, OTHER))
    assert match.whole is None
    assert match.found
    assert match.passages == (0, 1)


def test_blocks_merged_into_one_passage_are_found_and_not_whole() -> None:
    matches = align([Block("P", text=LONG), Block("P", text=OTHER)], passages(f"{LONG} {OTHER}"))
    assert [m.whole for m in matches] == [None, None]
    assert [m.found for m in matches] == [True, True]
    assert [m.passages for m in matches] == [(0,), (0,)]


def test_a_lost_block_is_lost() -> None:
    (match,) = align([Block("P", text=LONG)], passages(OTHER))
    assert (match.whole, match.passages, match.found) == (None, (), False)
    assert not align([Block("P", text=LONG)], passages())[0].found


def test_of_equal_blocks_each_has_its_own_passage_in_order() -> None:
    blocks = [Block("T", text="Police | Closed"), Block("P", text=LONG),
              Block("T", text="Police | Closed")]  # fmt: skip
    found = [m.whole for m in align(blocks, passages("Police | Closed", LONG, "Police | Closed"))]
    assert found == [0, 1, 2]


def test_a_number_may_stand_in_the_text_or_apart() -> None:
    block = Block("R", "4", text="R4 The police should act upon every third report.", lead=2)
    (match,) = align([block], passages("The police should act upon every third report.",
                                       numbers=("R4",)))  # fmt: skip
    assert match.whole == 0
