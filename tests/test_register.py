"""Random numbers: drawn once, stable, unlinked to order; the key; what is private."""

import stat

import pytest

from pipeline.errors import MissingInput
from pipeline.register import Register


def test_numbers_are_stable_unique_and_survive(tmp_path):
    names = [f"Review of {n}" for n in range(40)]
    first = Register(tmp_path)
    numbers = first.numbers(names)
    first.save()
    again = Register(tmp_path).numbers([*reversed(names), "one more"])
    assert {name: again[name] for name in names} == numbers
    assert len(set(again.values())) == 41


def test_a_number_tells_nothing_about_order(tmp_path):
    draws = [Register(tmp_path / str(n)).numbers(["a", "b"]) for n in range(60)]
    rising = sum(d["a"] < d["b"] for d in draws)
    assert 10 < rising < 50


def test_numbers_of_removed_reviews_are_not_given_again(tmp_path):
    register = Register(tmp_path)
    old = set(register.numbers([f"old {n}" for n in range(45)]).values())
    fresh = set(register.numbers([f"fresh {n}" for n in range(45)]).values())
    assert not old & fresh


def test_only_the_owner_can_read_it(tmp_path):
    register = Register(tmp_path / "private")
    register.numbers(["a"])
    register.save()
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o700
    for name in ("key", "review_numbers.csv"):
        assert stat.S_IMODE((tmp_path / "private" / name).stat().st_mode) == 0o600


def test_a_document_keeps_its_id_by_name_and_by_content(tmp_path):
    register = Register(tmp_path)
    first = register.document_id("a.pdf", "hash-1", {"a.pdf"})
    assert register.document_id("a.pdf", "hash-2", {"a.pdf"}) == first
    assert register.document_id("renamed.pdf", "hash-2", {"renamed.pdf"}) == first


def test_a_copy_beside_the_original_gets_an_id_of_its_own(tmp_path):
    register = Register(tmp_path)
    present = {"a.pdf", "copy.pdf"}
    first = register.document_id("a.pdf", "hash", present)
    assert register.document_id("copy.pdf", "hash", present) != first


def test_a_missing_document_keeps_the_content_that_it_had(tmp_path):
    register = Register(tmp_path)
    first = register.document_id("a.pdf", "hash", {"a.pdf"})
    assert register.document_id("a.pdf", "", set()) == first
    assert register.document_id("b.pdf", "hash", {"b.pdf"}) == first


def test_a_lost_key_is_never_replaced_in_silence(tmp_path):
    register = Register(tmp_path)
    register.numbers(["a"])
    register.save()
    (tmp_path / "key").unlink()
    with pytest.raises(MissingInput, match="restore it from a backup"):
        Register(tmp_path)


def test_a_damaged_key_is_never_replaced_in_silence(tmp_path):
    Register(tmp_path)
    (tmp_path / "key").write_text("damaged", encoding="ascii")
    with pytest.raises(MissingInput, match="restore it from a backup"):
        Register(tmp_path)
