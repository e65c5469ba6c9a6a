"""Which cells of a table moved."""

import pandas as pd

from pipeline.aggregate.moved import moved


def frame(*rows):
    return pd.DataFrame(rows, columns=["code", "n", "share"])


def test_cells_that_differ_are_listed_with_both_values():
    before = frame(("a", 1, 10.0), ("b", 2, None))
    after = frame(("b", 3, None), ("a", 1, 12.5))
    found = moved(before, after, key=["code"], values=["n", "share"])
    assert found.to_numpy().tolist() == [["a", "share", 10.0, 12.5], ["b", "n", 2, 3]]


def test_rows_of_one_side_only_are_null_on_the_other():
    found = moved(frame(("a", 1, 1.0)), frame(("b", 0, None)), key=["code"], values=["n", "share"])
    rows = [tuple(row) for row in found.astype(object).where(found.notna(), None).to_numpy()]
    assert rows == [("a", "n", 1, None), ("a", "share", 1.0, None), ("b", "n", None, 0)]


def test_equal_frames_have_no_moved_cells():
    same = frame(("a", 1, None))
    found = moved(same, same.copy(), key=["code"], values=["n", "share"])
    assert list(found.columns) == ["code", "column", "before", "after"]
    assert found.empty
