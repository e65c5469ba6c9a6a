"""What a person changed in a project comes back as decisions, exactly or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_exchange import (
    NAMESPACE,
    add,
    all_of,
    changed,
    codings,
    exported,
    opened,
    passages,
    quotes,
    recounted,
    remove,
    taken_in,
    text_of,
    with_other_guids,
)
from fake_study import CODEBOOK
from lxml import etree

from pipeline.errors import BadUsage, MissingInput
from pipeline.export.refi import differences, places, returned
from pipeline.export.refi.positions import Counting

SENT = exported()
WORKED = [
    ("add", "information-sharing", "🆘🆘” to Sis"),
    ("reject", "routine-enquiry", "did not ask <why>"),
]


def at(words: str, review: int = 7) -> tuple[int, int]:
    """Where words stand in a text, which has stand-ins for emoji."""
    plain = "".join("□" if ord(letter) > 0xFFFF else letter for letter in words)
    start = text_of(SENT.content, review).index(plain)
    return start, start + len(plain)


def worked() -> list[Callable[[etree._Element], None]]:
    """One coding added behind an emoji, one deleted behind a combining mark and a tab."""
    return [
        remove("did not ask <why>", SENT.content, 0, 7),
        add(0, *at("🆘🆘” to Sis"), ["Information sharing"]),
    ]


def test_what_was_left_as_it_was_is_no_decision(tmp_path: Path) -> None:
    back = taken_in(SENT.content, tmp_path)
    assert back.changes.empty and back.refused.empty and back.kept == 7


def test_adding_and_deleting(tmp_path: Path) -> None:
    back = taken_in(changed(SENT.content, *worked()), tmp_path)
    assert quotes(back.changes) == WORKED and back.refused.empty and back.kept == 6
    assert back.changes["coder"].tolist() == ["Ann", "machine"]
    assert back.changes["when"].tolist() == ["2024-06-02", "2024-05-01"]
    assert back.changes["polarity"].isna().all()


@pytest.mark.parametrize(
    ("line_end", "mark", "counts_mark", "ends", "other_guids"),
    [
        (1, False, False, "\n", False),  # the standard
        (2, True, False, "\r\n", False),  # NVivo for Windows
        (1, True, False, "\r\n", False),  # ATLAS.ti
        (1, True, False, "\n", True),  # QualCoder
        (1, False, False, "\r\n", True),  # QualCoder, line ends for MAXQDA
        (2, True, True, "\r\n", False),
        (1, False, False, "\r", False),
    ],
)
def test_however_a_program_spells_and_counts(
    tmp_path: Path, line_end: int, mark: bool, counts_mark: bool, ends: str, other_guids: bool
) -> None:
    content = changed(
        SENT.content, *worked(), recounted(line_end, counts_mark),
        *[with_other_guids] * other_guids,
        spell=lambda text: b"\xef\xbb\xbf" * mark + text.replace(b"\n", ends.encode()),
        folder="Sources",
    )  # fmt: skip
    back = taken_in(content, tmp_path)
    assert quotes(back.changes) == WORKED and back.refused.empty and back.kept == 6
    assert back.counting == Counting(line_end, mark=counts_mark)


def test_codings_that_a_program_moved_are_not_taken_for_those_of_a_person(tmp_path: Path) -> None:
    words = ["the nurse", "any", "panel", "worker", "form", "calls"]
    extra = [add(0, *at(word), ["Dvds"]) for word in words]
    count_only_new = recounted(2, only=slice(-len(extra), None))
    with pytest.raises(MissingInput, match="has moved the codings"):
        taken_in(changed(SENT.content, *extra, count_only_new), tmp_path)


def test_a_selection_across_passages_is_one_decision_for_each(tmp_path: Path) -> None:
    start, end = at("She texted")[0], at("saw it")[1]
    back = taken_in(changed(SENT.content, add(0, start, end, ["Dvds"])), tmp_path)
    assert quotes(back.changes) == [
        ("add", "dvds", "She texted “help 🆘🆘” to Sis."),
        ("add", "dvds", "The cafe\u0301 owner\tsaw it"),
    ]


def test_a_coding_that_moved_within_its_passage_is_changed(tmp_path: Path) -> None:
    content = changed(
        SENT.content,
        remove("no form was filled in", SENT.content, 0, 7),
        add(0, *at("3 calls"), ["Risk assessment"]),
    )
    back = taken_in(content, tmp_path)
    assert quotes(back.changes) == [("change", "risk-assessment", "3 calls")]
    assert back.changes["coder"].item() == "machine" and back.changes["polarity"].isna().all()


def test_polarity_and_subject_are_codes_at_the_same_place(tmp_path: Path) -> None:
    content = changed(
        SENT.content,
        add(0, *at("did not ask <why>"), ["Polarity: absent"]),
        add(0, *at("The panel"), ["Dvds", "Polarity: hypothetical", "Subject: child"]),
        *[_without_marks(1)],
    )
    told = taken_in(content, tmp_path).changes.set_index("code")
    assert told[["decision", "polarity", "subject"]].fillna("").to_dict("index") == {
        "routine-enquiry": {"decision": "change", "polarity": "absent", "subject": ""},
        "dvds": {"decision": "add", "polarity": "hypothetical", "subject": "child"},
        "perp-substance-use": {"decision": "change", "polarity": "present", "subject": ""},
    }


def _without_marks(source: int) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        grey = {c.get("guid") for c in all_of(root, "Code") if c.get("color") == "#777777"}
        for selection in all_of(root, "TextSource")[source]:
            for coding in selection.findall(NAMESPACE + "Coding"):
                if coding[0].get("targetGUID") in grey:
                    selection.remove(coding)

    return change


def test_two_polarities_at_one_place_are_refused(tmp_path: Path) -> None:
    both = ["Dvds", "Polarity: absent", "Polarity: present"]
    back = taken_in(changed(SENT.content, add(0, *at("The panel"), both)), tmp_path)
    assert back.changes.empty and back.refused["reason"].tolist() == [differences.TWO]


def test_kept_codings_are_accepted_on_request_or_when_coded_again(tmp_path: Path) -> None:
    again = changed(SENT.content, add(0, *at("Nobody asked her"), ["Routine enquiry"]))
    assert quotes(taken_in(again, tmp_path).changes) == [
        ("accept", "routine-enquiry", "Nobody asked her")
    ]
    back = taken_in(SENT.content, tmp_path, accept_kept=True)
    assert len(back.changes) == back.kept == 7
    assert set(back.changes["decision"]) == {"accept"}
    said = back.changes.set_index("code")[["polarity", "subject"]]
    assert said.loc["perp-substance-use"].tolist() == ["absent", "victim"]
    assert said.loc["training", "polarity"] == "good-practice"


def test_a_comment_on_what_was_kept_is_told_not_lost(tmp_path: Path) -> None:
    def comment(root: etree._Element) -> None:
        all_of(root, "Description")[-2].text = "I would put it more strongly."

    content = changed(SENT.content, comment)
    assert taken_in(content, tmp_path).refused["reason"].tolist() == [differences.COMMENT]
    accepted = taken_in(content, tmp_path, accept_kept=True).changes
    assert accepted["note"].dropna().tolist() == ["I would put it more strongly."]


def test_what_has_no_place_or_no_code_is_refused_with_the_reason(tmp_path: Path) -> None:
    def code(root: etree._Element) -> None:
        etree.SubElement(all_of(root, "Codes")[0], NAMESPACE + "Code", name="My own",
                         guid="44444444-4444-4444-4444-444444444444", isCodable="true")  # fmt: skip

    content = changed(
        SENT.content, code, add(0, *at("The panel"), ["My own"]),
        add(0, *at("4.3"), ["Dvds"]), add(0, 9000, 9001, ["Dvds"]),
        add(0, *at("Police"), ["Polarity: absent"]),
    )  # fmt: skip
    back = taken_in(content, tmp_path)
    assert back.changes.empty
    assert set(zip(back.refused["code"], back.refused["reason"], strict=True)) == {
        ("My own", returned.NO_CODE), ("Dvds", places.NOWHERE), ("Dvds", places.OUTSIDE),
        ("Polarity: absent", differences.LONELY),
    }  # fmt: skip


def test_on_text_that_was_changed_nothing_is_taken_in_and_the_rest_is(tmp_path: Path) -> None:
    content = changed(
        SENT.content, *worked(), add(0, *at("saw it"), ["Dvds"]),
        spell=lambda text: text.replace(b"saw it", b"SAW IT"),
    )  # fmt: skip
    back = taken_in(content, tmp_path)
    assert quotes(back.changes) == WORKED[:1]
    assert set(back.refused["reason"]) == {places.CHANGED}
    assert sorted(back.refused["code"]) == ["Dvds", "routine-enquiry"]


def test_blank_lines_more_or_less_shift_nothing(tmp_path: Path) -> None:
    # As a program writes that drops empty paragraphs, and has counted without them.
    def without_blanks(root: etree._Element) -> None:
        for source, review in zip(all_of(root, "TextSource"), (7, 31), strict=True):
            text = text_of(SENT.content, review)
            for selection in source.findall(NAMESPACE + "PlainTextSelection"):
                for name in ("startPosition", "endPosition"):
                    place = int(selection.get(name))
                    selection.set(name, str(place - text[:place].count("\n\n")))

    content = changed(
        SENT.content, *worked(), without_blanks, spell=lambda text: text.replace(b"\n\n", b"\n")
    )
    back = taken_in(content, tmp_path)
    assert quotes(back.changes) == WORKED and back.kept == 6


def test_the_work_of_several_people_is_not_given_to_one(tmp_path: Path) -> None:
    content = changed(
        SENT.content, *worked(), add(1, *at("the file", 31), ["Record keeping"], user="Ben")
    )
    with pytest.raises(BadUsage, match=r"Ann, Ben.*--user"):
        taken_in(content, tmp_path)
    back = taken_in(content, tmp_path, users=["Ben"], coder="Benjamin")
    assert quotes(back.changes) == [("add", "record-keeping", "the file")]
    assert sorted(back.refused["reason"]) == sorted([returned.OTHER_USER, returned.MANY_USERS])


def test_what_a_person_coded_before_is_theirs_still(tmp_path: Path) -> None:
    sent = exported(codings(coder="Cleo"))
    back = taken_in(
        changed(sent.content, remove("did not ask <why>", sent.content, 0, 7)), tmp_path, sent
    )
    assert back.changes[["decision", "coder"]].to_numpy().tolist() == [["reject", "Cleo"]]


def test_texts_that_were_not_exported_from_here_are_refused(tmp_path: Path) -> None:
    sent = opened(changed(SENT.content, *worked()), tmp_path)
    options = {"coder": "Ann", "when": "2024-05-01"}
    back = returned.returned(sent, lambda _: None, passages(), CODEBOOK, **options)
    assert back.changes.empty and set(back.refused["reason"]) == {returned.NO_EXPORT}
    other = passages().query("review_id == 31")
    back = returned.returned(sent, {SENT.id: sent}.get, other, CODEBOOK, **options)
    assert back.refused["reason"].tolist() == [returned.NO_REVIEW]


def test_what_is_coded_as_a_whole_or_has_no_code_is_told(tmp_path: Path) -> None:
    def whole(root: etree._Element) -> None:
        source = all_of(root, "TextSource")[0]
        source.append(etree.fromstring(etree.tostring(all_of(root, "Coding")[0])))
        etree.SubElement(source, NAMESPACE + "PlainTextSelection", startPosition="1",
                         endPosition="2", guid="55555555-5555-5555-5555-555555555555")  # fmt: skip

    refused = taken_in(changed(SENT.content, whole), tmp_path).refused
    assert refused["reason"].str.contains("as a whole|a comment without a code").sum() == 2


def test_atlas_names_of_codes_in_groups(tmp_path: Path) -> None:
    def grouped(root: etree._Element) -> None:
        for code in all_of(root, "Code"):
            code.set("name", f"Group::{code.get('name')}")

    content = changed(SENT.content, *worked(), grouped, with_other_guids)
    assert quotes(taken_in(content, tmp_path).changes) == WORKED


def test_what_was_built_anew_since_is_neither_deleted_nor_kept(tmp_path: Path) -> None:
    content = changed(SENT.content, *worked())
    today = passages()
    texts = today["text"].mask(today["passage_id"] == "7-3", "The owner saw nothing.")
    back = returned.returned(
        opened(content, tmp_path), {SENT.id: opened(SENT.content, tmp_path)}.get,
        today.assign(text=texts), CODEBOOK, coder="Ann", when="2024-05-01",
    )  # fmt: skip
    assert quotes(back.changes) == WORKED[:1] and back.refused.empty and back.kept == 6


def test_the_way_to_a_nested_code_may_be_in_its_name(tmp_path: Path) -> None:
    nested = CODEBOOK.model_copy(
        update={"code": tuple(
            code.model_copy(update={"name": f"Other :: {code.name}"}) if code.id == "dvds" else code
            for code in CODEBOOK.code
        )}
    )  # fmt: skip

    def renamed(root: etree._Element) -> None:
        for code in all_of(root, "Code"):
            if code.get("name") == "Dvds":
                code.set("name", "Other :: Dvds")

    content = changed(SENT.content, add(0, *at("panel"), ["Dvds"]), renamed, with_other_guids)
    back = returned.returned(
        opened(content, tmp_path), {SENT.id: opened(SENT.content, tmp_path)}.get, passages(),
        nested, coder="Ann", when="2024-05-01",
    )  # fmt: skip
    assert quotes(back.changes) == [("add", "dvds", "panel")]
