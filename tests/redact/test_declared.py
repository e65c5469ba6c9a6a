"""Which names a report declares as pseudonyms, and which it only mentions."""

import pytest

from pipeline.redact.declared import declared_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("‘Gwenda’ is the pseudonym given to the victim.", {"Gwenda"}),
        ("Claire and Simon are pseudonyms chosen by the family.", {"Claire", "Simon"}),
        ("Noor (a pseudonym) came to live here.", {"Noor"}),
        ("Her brother chose the name Noor.", {"Noor"}),
        ("She will be called Joan in what follows.", {"Joan"}),
        ("He is known as Eric for the purposes of this report.", {"Eric"}),
        ("The names of Edward* and Peter* are changed.", {"Edward", "Peter"}),
        ("Report into the death of ‘Emma’", {"Emma"}),
        ("Pseudonyms: Edith: the victim. Alan: Edith’s son.", {"Edith", "Alan"}),
        ("The names used below are not real. Joan is the victim; Eric, her son.", {"Joan", "Eric"}),
        (
            "Told here of a woman who is called ‘Rose’ in these pages. The names are false.",
            {"Rose"},
        ),
        ("They are known in this report: Ann, Jean (herself) and Tom.", {"Ann", "Jean", "Tom"}),
        ("Edward, Bethan and Peter were names drawn from a list.", {"Edward", "Bethan", "Peter"}),
        ("The baby was due in May. They had chosen the name Ireti.", set()),
        ("Report into the death of Rosalind Thackwray", set()),
        ("She gave the name Anna to the officer.", set()),
        ("He was known as ‘Baz’ to his friends; Shelley was the name she used.", set()),
        ("Her brother is called Darren and used an alias, Cope.", set()),
        (
            "“Lina” was chosen by the family. The name Col, for the man whose abuse is "
            "described, was given by the chair. All of these are pseudonyms.",
            {"Lina", "Col"},
        ),
        ("He is referred to as Kamil, by which all the family know him.", set()),
        ("A page of the appendix listed the victim as Kieran and was withdrawn.", set()),
        ("Akhter is a name given to girls.", set()),
    ],
)
def test_declared_names(text, names):
    assert declared_names([("", text)]) == names


def test_a_heading_tells_that_a_list_follows():
    text = "Joan: the victim. Eric: the perpetrator, Joan’s son."
    assert declared_names([("Pseudonyms used", text)]) == {"Joan", "Eric"}
    assert declared_names([("Panel", text)]) == set()
    row = "Lina | Col’s former partner | 34"
    assert declared_names([("Appendix B: Names used in this report", row)]) == {"Lina"}
