"""Who is who in a review's texts."""

import pandas as pd
import pytest

from pipeline.contracts import ROLES_TABLE
from pipeline.tag.subjects import SubjectFinder

PEOPLE = {"Mary": "victim", "Adult T": "perpetrator", "Tom": "child", "[PERSON 2]": "perpetrator",
          "Neighbour 1": "relative"}  # fmt: skip
SHE_DIED = "Mary said that she was tired."
HE_DIED = (
    "Mary said that he was tired, that he slept badly, and that his chest hurt him.",
    "Adult T said that she drank, and that her mother and her aunt knew that she did.",
)


def people(roles: dict[str, str]) -> pd.DataFrame:
    return ROLES_TABLE.frame(
        {"review_id": 1, "label": label, "role": role, "evidence": "declared"}
        for label, role in roles.items()
    )


def finder(*texts: str) -> SubjectFinder:
    return SubjectFinder(people(PEOPLE), texts)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Mary told Adult T’s sister.", "victim told perpetrator’s sister."),
        ("[PERSON 2] met Tom and Neighbour 1", "perpetrator met child and Neighbour 1"),
        ("Maryport is a town, and so is mary.", "Maryport is a town, and so is mary."),
        ("", ""),
    ],
)
def test_people_stand_by_their_role(text: str, read: str) -> None:
    assert finder(SHE_DIED).by_role(text).text == read


def test_where_words_stood_before() -> None:
    text = "Then Adult T drank with Mary"
    by_role = finder(SHE_DIED).by_role(text)
    at = by_role.text.index("drank")
    start, end = by_role.printed(at, at + len("drank with victim"))
    assert text[start:end] == "drank with Mary"
    start, end = by_role.printed(5, 8)  # A part of a name is the name.
    assert text[start:end] == "Adult T"


def test_sexes_are_exchanged_where_he_is_the_victim() -> None:
    text = "He told his Wife that the man hit her and himself; the theme is heroic."
    assert finder(SHE_DIED).by_role(text).text == text
    assert finder(*HE_DIED).by_role(text).text == (
        "she told her husband that the woman hit his and herself; the theme is heroic."
    )


@pytest.mark.parametrize(
    "texts",
    [
        (HE_DIED[0], "Adult T said that he drank, and that his mother knew of him."),  # One sex.
        HE_DIED[:1],  # Nobody knows hers.
        ("He was with Mary.", "She was with Adult T."),  # Too little.
        ("Mary: he, she. Mary: her, his.", "Adult T: she. Adult T: he."),  # Now so, now so.
    ],
)
def test_where_pronouns_do_not_tell_them_apart_nothing_is_exchanged(texts: tuple[str, ...]) -> None:
    text = "He hit him."
    assert finder(*texts).by_role(text).text == text


@pytest.mark.parametrize(
    ("victim", "perpetrator", "told"),
    [
        ("Mr N", "Mrs N", True),
        ("Mr. N", "[FEMALE 1]", True),
        ("Female 1", "Male 1", False),
        ("Mr N", "Mr T", False),
        ("the father", "Adult B", True),  # "his daughter, Adult B"
        ("Mr T's wife", "Adult B", False),
        ("husband of Mrs T", "Mrs T", True),
        ("MR", "MS", False),  # Initials.
        ("Adult A", "Adult B", False),
    ],
)
def test_sexes_from_labels_and_nouns(victim: str, perpetrator: str, told: bool) -> None:
    roles = people({victim: "victim", perpetrator: "perpetrator"})
    texts = [f"Police met his daughter, {perpetrator}."] * 6
    told_by = SubjectFinder(roles, texts)
    assert told_by.by_role("Her mum").text == ("his dad" if told else "Her mum")


def test_victims_of_both_sexes_have_none() -> None:
    roles = people({"Mr N": "victim", "Mrs N": "victim", "Miss N": "perpetrator"})
    he_and_she = SubjectFinder(roles, [])
    assert he_and_she.by_role("She ate.").text == "She ate."
    assert he_and_she.subject("She was hurt", 8) is None


def test_pronouns_of_others_are_not_counted() -> None:
    roles = people({"Mary": "victim", "Adult C": "relative", "Father": "relative"})
    texts = ["Mary rested. Adult C said that he would call; Father said so."] * 5
    assert SubjectFinder(roles, texts).subject("He was hurt", 7) is None


def test_titles_are_exchanged_before_names_only() -> None:
    roles = people({"Mr N": "victim", "Mrs N": "perpetrator"})
    text = "Miss K and Dr L did not miss that she had MS; an MR scan was booked."
    assert SubjectFinder(roles, []).by_role(text).text == (
        "Mr K and Dr L did not miss that he had MS; an MR scan was booked."
    )


def test_a_year_or_another_word_after_a_label_is_nobody() -> None:
    may = SubjectFinder(people({"May": "victim", "B": "perpetrator"}), [])
    assert may.subject("In May 2014 drinking at the B&B began", 12) is None
    assert may.subject("May was drinking", 8) == "victim"


@pytest.mark.parametrize("text", ["the B&Mary on the quay", "Mary-Ann", "Mary 2014", "Mary&Co"])
def test_what_only_begins_like_a_label_is_left(text: str) -> None:
    assert finder(SHE_DIED).by_role(text).text == text


def test_letters_that_only_look_like_those_of_a_word_are_left() -> None:
    text = "Burak told hım to leave, and HİS neighbour."
    assert finder(*HE_DIED, "A wıfe, Mary, and a ſon Mary.").by_role(text).text == text


def test_labels_that_say_the_role_already_are_left() -> None:
    roles = people({"the victim": "victim", "A": "victim", "the perpetrator": "perpetrator"})
    text = "The victim met A neighbour; the victim knew the perpetrator."
    assert SubjectFinder(roles, [text]).by_role(text).text == text
