"""Who is who: told by the label, by rules, or by all that stands around the label.

The people of the extracts in extracts/check/ were only ever counted;
`python tests/redact/roles/train.py --folds` counts them, and those that are learnt from.
"""

from pathlib import Path

import pytest

from pipeline.evaluate.markup import parse
from pipeline.redact.roles import label_roles

CHECK = Path(__file__).parent / "extracts/check"


def roles(texts, *names):
    return {label: role for label, (role, _) in label_roles(texts, frozenset(names)).items()}


def test_a_husband_who_killed_is_the_perpetrator_not_a_relative():
    texts = [
        "Marian was 41 when she died. Her husband, Owen, rang the ambulance service.",
        "Her husband, Owen, had lost his work in the spring. Her sister, Tess, saw bruises.",
        "Marian told her GP that Owen had pushed her. Marian and her husband, Owen, had two sons.",
        "Owen was arrested at the house and later charged with the murder of Marian.",
        "Owen pleaded guilty. He drank. Owen had assaulted Marian before, and police had come.",
    ]
    told = roles(texts, "Marian", "Owen", "Tess")
    assert told == {"Marian": "victim", "Owen": "perpetrator", "Tess": "relative"}


def test_somebody_who_killed_is_told_where_nobody_plainly_is():
    told = roles(
        ["Ivo stabbed Una. Una died.", "Una had left Ivo in May. Una was afraid. Ivo ran."],
        "Una",
        "Ivo",
    )
    assert told == {"Una": "victim", "Ivo": "perpetrator"}


@pytest.mark.parametrize(
    ("label", "role"),
    [("Son 1", "child"), ("the victim", "victim"), ("Offender Manager 1", "professional")],
)
def test_a_label_may_tell_the_role_itself(label, role):
    assert roles([f"{label} was spoken to by the panel, and {label} wrote to it."], label) == {
        label: role
    }


def test_a_role_in_brackets_is_told():
    told = roles(
        ["DM (perpetrator) met RS (the victim) in 2010. RS (a carer) left DM."], "DM", "RS"
    )
    assert told["DM"] == "perpetrator"
    assert told["RS"] == "victim"


def test_somebody_who_hardly_appears_is_not_told_to_have_killed():
    texts = ["Una (the victim) had left home. Una rang her GP. Una was afraid."] * 3
    told = roles([*texts, "Una and Sal met at a class, which Sal ran."], "Una", "Sal")
    assert told["Una"] == "victim"
    assert told["Sal"] != "perpetrator"
    assert roles([]) == {}


def test_evidence_is_a_rule_or_the_words_around():
    texts = ["Una is the victim.", "Ivo hit Una, and Ivo drank. Una was afraid of Ivo."] * 3
    told = label_roles(texts, frozenset({"Una", "Ivo"}))
    assert told["Una"] == ("victim", "declared")
    assert told["Ivo"] == ("perpetrator", "words around it")


def test_most_people_of_reviews_that_nothing_was_learnt_from_are_told():
    right, n = dict.fromkeys(("victim", "perpetrator"), 0), 0
    for path in sorted(CHECK.glob("*.txt")):
        source = parse(path.read_text("utf-8"))
        told = roles([block.text for block in source.printed], *source.roles)
        for label, role in source.roles.items():
            if role in right and label in told:
                n += 1
                right[role] += told[label] == role
    assert n >= 40
    assert right["victim"] >= 17 and right["perpetrator"] >= 16
