"""Each rule file against a table of what it finds and what it leaves."""

import pytest

from pipeline.redact.ages import band_of, find_ages
from pipeline.redact.contacts import find_contacts
from pipeline.redact.dates import find_dates, iso, relation_to_death
from pipeline.redact.find import Find, resolve
from pipeline.redact.people import find_people
from pipeline.redact.places import find_places
from pipeline.redact.protect import LABEL, cited_authors
from pipeline.redact.references import find_references


def surfaces(text, finds):
    return [text[f.start : f.end] for f in resolve(finds, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She died on 14th March 2016 at home.", ["14th March 2016"]),
        ("Seen on 03/09/14 and 14.03.2016.", ["03/09/14", "14.03.2016"]),
        ("Married in September 2003.", ["September 2003"]),
        ("They parted on Christmas Eve 2015.", ["Christmas Eve 2015"]),
        ("Booked for w/c 16 Nov. with the nurse", ["w/c 16 Nov."]),
        ("On Saturday 28 October 2017 he rang.", ["Saturday 28 October 2017"]),
        ("A call came on the 23rd September.", ["the 23rd September"]),
        ("They met in the summer of 2014.", ["the summer of 2014"]),
        ("By Nov 2015 and Feb '16 she had left.", ["Nov 2015", "Feb '16"]),
        ("The log is dated 2016-03-14.", ["2016-03-14"]),
        ("A visit on the 3rd of May followed.", ["the 3rd of May"]),
        ("He moved in 2011.", ["2011"]),
        ("Bail ran to 1st/2nd August 2013.", ["1st/2nd August 2013"]),
        ("May 5th, 2012 was a Saturday.", ["May 5th, 2012"]),
        ("The panel met in May and again on a Monday.", ["May"]),
        ("It lasted three weeks, then a fortnight.", []),
        ("He may 5 times have called; 24/7 cover; 9/10 for care.", []),
        ("Paid £12.50 on each of 10 visits to section 4.12", []),
    ],
)  # fmt: skip
def test_dates(text, expected):
    assert surfaces(text, find_dates(text, latest_year=2025)) == expected


@pytest.mark.parametrize(
    ("surface", "value"),
    [
        ("14th March 2016", "2016-03-14"),
        ("03/09/14", "2014-09-03"),
        ("12.11.78", "1978-11-12"),
        ("March 2016", "2016-03"),
        ("Christmas Eve 2015", "2015"),
        ("11-ix-23", "2023-09-11"),
        ("23rd September", ""),
        ("Feb ’16", "2016-02"),
    ],
)
def test_date_values(surface, value):
    assert iso(surface, latest_year=2025) == value


@pytest.mark.parametrize(
    ("value", "relation"),
    [
        ("2016-03-13", "before"),
        ("2016-03-14", "at"),
        ("2016-04", "after"),
        ("2016-03", "unknown"),
        ("2015", "before"),
        ("", "unknown"),
    ],
)
def test_relation_to_death(value, relation):
    assert relation_to_death(value, death="2016-03-14") == relation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She was aged 34 when she died.", ["34"]),
        ("A 34-year-old woman, then 35 years old.", ["34", "35"]),
        ("Child 1, then 11, was at school.", ["11"]),
        ("Two boys aged nine, six and three.", ["nine", "six", "three"]),
        ("Her husband, who was 37, worked away.", ["37"]),
        ("Adult B (41) was arrested.", ["41"]),
        ("a woman of forty-two years of age", ["forty-two"]),
        ("people aged 16 or over; those aged 65", []),
        ("women aged 18-24; the 12 years of marriage", []),
        ("He was 15 minutes late and paid 30 pounds.", []),
    ],
)
def test_ages(text, expected):
    assert surfaces(text, find_ages(text)) == expected


@pytest.mark.parametrize(
    ("number", "band"),
    [("7", "under 18"), ("eighteen", "18-29"), ("forty-two", "40-49"), ("91", "90-99")],
)
def test_age_bands(number, band):
    assert band_of(number) == band


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ring 01632 960417 or +44 7700 900482.", ["01632 960417", "+44 7700 900482"]),
        ("Call (01632) 960 417 today.", ["(01632) 960 417"]),
        ("Write to j.doe-81@mail.example.org, please.", ["j.doe-81@mail.example.org"]),
        ("See https://www.thorle-news.co.uk/a?b=1.", ["https://www.thorle-news.co.uk/a?b=1"]),
        ("Posts by @hale_bakes appeared", ["@hale_bakes"]),
        ("At WX7 4QD, or EC1A 1BB.", ["WX7 4QD", "EC1A 1BB"]),
        ("The helpline is 0808 2000 247; see www.gov.uk/guidance.", []),
        ("In 2013 there were 412 calls to 101 and 999.", []),
    ],
)
def test_contacts(text, expected):
    assert surfaces(text, find_contacts(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Her NHS number was 943 476 5919.", ["943 476 5919"]),
        ("NHS number 943 476 5910 fails the check", ["943 476 5910"]),
        ("the record 9434765919 stands alone", ["9434765919"]),
        ("(National Insurance number QQ 12 34 56 C)", ["QQ 12 34 56 C"]),
        ("Police log 0917 of 13/10/12 refers", ["0917 of 13/10/12"]),
        ("crime number 20WV/45671H/18 was opened", ["20WV/45671H/18"]),
        ("a red van, YQ59 KWB, was parked", ["YQ59 KWB"]),
        ("incident AMB-18-0208-3317 was closed", ["AMB-18-0208-3317"]),
        ("in case no. WV18F00231 at court", ["WV18F00231"]),
        ("ref Inq/2019/0457", ["Inq/2019/0457"]),
        ("sort code 12-34-56, account 12345678", ["12-34-56", "12345678"]),
        ("hospital number RL4 0098127", ["RL4 0098127"]),
        ("section 47, Case 4, COVID-19 and a MARAC of 15 cases", []),
        ("a custody sergeant and 3 incidents in 2014", []),
    ],
)
def test_references(text, expected):
    assert surfaces(text, find_references(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seen by Dr Isolde Sandercott, who", ["Dr Isolde Sandercott"]),
        ("PC 4471 Hale attended", ["PC 4471 Hale"]),
        ("told DCI Hope that", ["DCI Hope"]),
        ("before HHJ Chambers QC.", ["HHJ Chambers QC"]),
        ("Mrs O’Donoghue’s account", ["Mrs O’Donoghue"]),
        ("minutes by P. Tunney and T.W.", ["P. Tunney", "T.W."]),
        ("held on WHITLOE, Mark Anthony", ["WHITLOE, Mark Anthony"]),
        ("her sister, Siân Pryce-Jones, said", ["Siân Pryce-Jones"]),
        ("the caretaker, Will, noticed", ["Will"]),
        ("the Nurse Practitioner and the Police Officer", []),
        ("her GP, Housing, and the manager of Adult Services", []),
    ],
)
def test_people(text, expected):
    assert surfaces(text, find_people(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a house at 17 Dyehouse Fold, with", ["17 Dyehouse Fold"]),
        ("lived in Flat 3b, 118 Old Mill Road until", ["Flat 3b, 118 Old Mill Road"]),
        ("registered at Larkfold Surgery.", ["Larkfold Surgery"]),
        ("taken to New Cross Hospital by", ["New Cross Hospital"]),
        ("at St Chad’s Church", ["St Chad’s Church"]),
        ("on the Rushbeck estate", ["the Rushbeck estate"]),
        ("in the village of Upper Thorle", ["Upper Thorle"]),
        ("met at the Packhorse and Bell", ["the Packhorse and Bell"]),
        ("the Crown Court, the Primary School and the Care Home", []),
        ("the Emergency Department at the Acute Hospital", []),
    ],
)
def test_places(text, expected):
    assert surfaces(text, find_places(text)) == expected


@pytest.mark.parametrize(
    "label", ["Adult A", "MALE ADULT A", "Child 1", "GP 2", "Mr K", "Mrs ‘Z’", "Friend 1"]
)
def test_labels_of_the_report(label):
    assert LABEL.search(f"then {label} said").group() == label


def test_cited_authors():
    assert cited_authors("as Stark (2007) and Monckton Smith et al. 2020 show") >= {
        "Stark",
        "Monckton",
        "Smith",
    }


def test_resolve_keeps_what_a_loser_covers():
    text = "Rev. Ogun of St Chad’s Church"
    finds = [Find(0, 9, "PERSON", "a", 0.9), Find(5, 29, "PLACE", "b", 0.8)]
    assert surfaces(text, finds) == ["Rev", "Ogun of St Chad’s Church"]
