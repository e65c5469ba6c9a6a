"""Who is who in a review's texts."""

import pytest

from pipeline.contracts import ROLES_TABLE
from pipeline.tag.subjects import SubjectFinder

PEOPLE = {"Mary": "victim", "Mr T": "perpetrator", "Tom": "child", "[PERSON 2]": "perpetrator",
          "Neighbour 1": "relative"}  # fmt: skip
SHE_DIED = "Mary said that she was tired."
HE_DIED = "Mary said that he was tired."


def finder(*texts: str) -> SubjectFinder:
    roles = ROLES_TABLE.frame(
        {"review_id": 1, "label": label, "role": role, "evidence": "declared"}
        for label, role in PEOPLE.items()
    )
    return SubjectFinder(roles, texts)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Mary told Mr T’s sister.", "victim told perpetrator’s sister."),
        ("[PERSON 2] met Tom and Neighbour 1", "perpetrator met child and Neighbour 1"),
        ("Maryport is a town, and so is mary.", "Maryport is a town, and so is mary."),
        ("", ""),
    ],
)
def test_people_stand_by_their_role(text: str, read: str) -> None:
    assert finder(SHE_DIED).by_role(text).text == read


def test_where_words_stood_before() -> None:
    text = "Then Mr T drank with Mary"
    by_role = finder(SHE_DIED).by_role(text)
    at = by_role.text.index("drank")
    start, end = by_role.printed(at, at + len("drank with victim"))
    assert text[start:end] == "drank with Mary"
    start, end = by_role.printed(5, 8)  # A part of a name is the name.
    assert text[start:end] == "Mr T"


def test_sexes_are_exchanged_where_he_is_the_victim() -> None:
    text = "He told his Wife that the man hit her and himself; the theme is heroic."
    assert finder(SHE_DIED).by_role(text).text == text
    assert finder(HE_DIED).by_role(text).text == (
        "she told her husband that the woman hit his and herself; the theme is heroic."
    )


def test_where_both_are_of_one_sex_nothing_is_exchanged() -> None:
    text = "He hit him."
    assert finder(HE_DIED, "Mr T said that he was.").by_role(text).text == text
