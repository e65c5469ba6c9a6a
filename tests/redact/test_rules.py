"""Each rule file against a table of what it finds and what it leaves."""

import pytest

from pipeline.redact.ages import band_of, find_ages
from pipeline.redact.contacts import find_contacts
from pipeline.redact.dates import find_dates, iso, relation_to_death
from pipeline.redact.find import Find, resolve
from pipeline.redact.learn import find_initials
from pipeline.redact.people import find_people
from pipeline.redact.places import find_places
from pipeline.redact.protect import LABEL, cited_authors
from pipeline.redact.references import find_references
from pipeline.redact.sayings import find_sayings
from pipeline.redact.shortened import find_shortened, initials_of
from pipeline.redact.trades import find_trades
from pipeline.redact.whole import whole


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
        ("In March, she left; the house was sold by July.", ["March", "July"]),
        ("Two calls w/c 8 Sept and wk beg. 9 June 2015.", ["w/c 8 Sept", "wk beg. 9 June 2015"]),
        ("Detox 6 weeks to 20 Nov 2015", ["6 weeks to 20 Nov 2015"]),
        ("born 1979.03.02, on the bank holiday Monday", ["1979.03.02", "the bank holiday Monday"]),
        ("a visit set for the 13th; moved to the 5th of that month", ["the 13th", "the 5th"]),
        ("Adroddiad ar 1af Mawrth 2016", ["1af Mawrth 2016"]),
        ("Seen on the 6th or 7th and on 3, 4 and 9 March.", ["6th or 7th", "3, 4 and 9 March"]),
        ("the last week of Feb. was quiet", ["the last week of Feb."]),
        ("the imam on Thurs 11.", ["Thurs 11"]),
        ("She waited for Nowruz, the week before Diwali.", ["Nowruz", "the week before Diwali"]),
        ("In the autumn half-term of 2015 on 22.xi.15", ["autumn half-term of 2015", "22.xi.15"]),
        ("The 14th was a Sunday; bailed 14/3.", ["14th", "14/3"]),
        ("June–August 2013; the tenth of the month", ["June", "August 2013", "the tenth"]),
        ("It was Jubilee weekend, June 2022.", ["Jubilee weekend, June 2022"]),
        ("On the assumption that he would be on holiday", []),
        ("4.1 The night of the call", []),
        ("The panel met in May and again on a Monday.", ["May"]),
        ("It lasted three weeks, then a fortnight.", []),
        ("He may 5 times have called; 24/7 cover; 9/10 for care.", []),
        ("Paid £12.50 on each of 10 visits to section 4.12", []),
        ("12/6 – seen by GP. No reply w/e 20/11 or w/c 29th.", ["12/6", "20/11", "w/c 29th"]),
        ("On a wet Thursday in May 2017 they met.", ["a wet Thursday in May 2017"]),
        ("Seen on 14/09, 15/09 and 3/10; bail to 4/11.", ["14/09", "15/09", "3/10", "4/11"]),
        ("Seen on the 24th, the 29th and the 31st.", ["the 24th", "the 29th", "the 31st"]),
        ("On the night of the fourth he came. Next visit 23rd.", ["the fourth", "23rd"]),
        ("The day after the General Election she rang.", ["The day after the General Election"]),
        ("Delayed June 2021 | Overdue 2020 | Due May 2022", ["June 2021", "2020", "May 2022"]),
        ("He came at Carnival 2014 and May Fair 2015.", ["Carnival 2014", "May Fair 2015"]),
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
        ("20/11", ""),
        ("4/7", ""),
        ("11/2015", "2015-11"),
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
        ("Record of a patient (34F) and a man, 41M.", ["34", "41"]),
        ("Her daughters Maja (12) and Lena (8) were away.", ["12", "8"]),
        ("Elis, 5, and Nia, 1, were in the house.", ["5", "1"]),
        (
            "She came from Ghana at six. He was diagnosed at thirty-three and",
            ["six", "thirty-three"],
        ),
        ("The officer, a trainee of 24, asked", ["24"]),
        ("James, nine at the time, was shown, at ten, a page", ["nine", "ten"]),
        ("Seen by all. Nia, 3, in the hall", ["3"]),
        ("Orla, then 12: “no”. When she was nine she had told Finn, 8, drawing.", ["12", "nine"]),
        ("Jake, at eight, drew it. Twenty-three at the time, she left.", ["eight", "Twenty-three"]),
        ("a mother of two (11 and 14); Moira HALE 59 yrs, calm", ["11", "14", "59"]),
        (
            "Mr A, a 62yr old man; patient 44 yo F; their baby, ten months old",
            ["62", "44", "ten months"],
        ),
        ("At the meeting, 8 agencies agreed. The police, at 8, left.", []),
        ("too many for a woman of seven stone", []),
        ("people aged 16 or over; those aged 65", []),
        ("women aged 18-24; the 12 years of marriage", []),
        ("He was 15 minutes late and paid 30 pounds.", []),
        (
            "in her fifteenth year; in the seventieth; his thirtieth year of life",
            ["fifteenth", "thirtieth"],
        ),
        ("In her first year of service, in his second year at college, his twentieth as", []),
    ],
)
def test_ages(text, expected):
    assert surfaces(text, find_ages(text)) == expected


@pytest.mark.parametrize(
    ("number", "band"),
    [
        ("7", "under 18"),
        ("Sixteen", "under 18"),
        ("eighteen", "18-29"),
        ("forty-two", "40-49"),
        ("91", "90-99"),
    ],
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
        ("paid to GB29 NWBK 6016 1331 9268 19", ["GB29 NWBK 6016 1331 9268 19"]),
        ("seen at 51.5072, -0.1276 that night", ["51.5072, -0.1276"]),
        ("exhibit JH/12 was the knife", ["JH/12"]),
        ("PC Hale attended with 4471", ["4471"]),
        ("CRIS 4419/14 and report 3604417/10", ["CRIS 4419/14", "3604417/10"]),
        (
            "an analysis (StEIS 2018/90117), certificate RFD 3 0092",
            ["StEIS 2018/90117", "RFD 3 0092"],
        ),
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
        ("then Łukasz Wiśniewski’s uncle, Dr Çağla Şahin, rang", ["Wiśniewski", "Dr Çağla Şahin"]),
        ("T/DCI Summer Hale and SC Varley", ["T/DCI Summer Hale", "SC Varley"]),
        ("by His Honour Judge Farrow", ["His Honour Judge Farrow"]),
        ("Police | HALE, F left before arrival", ["HALE, F"]),
        ("Pastor B. saw marks; worker Rose C. | GP", ["Pastor B.", "Rose C."]),
        ("by W. G. THARLE, QPM", ["W. G. THARLE"]),
        ("anonymous call re Z’s mother", ["Z"]),
        ("a man known on the landing as Captain", ["Captain"]),
        ("Tharle, the huntsman, told the chair", ["Tharle"]),
        ("a speech by Mr F.L. and Mr C.-H. Lindqvist", ["Mr F.L.", "Mr C.-H. Lindqvist"]),
        ("Records show SZABONY, TIMEA; TRELLIS M, too", ["SZABONY, TIMEA"]),
        ("FENN, Mr A | Headteacher", ["FENN, Mr A"]),
        ("agreed (L Quigley). “Seen. K Stead”", ["L Quigley", "K Stead"]),
        ("“asks if windows lock. Shirin T”", ["Shirin T"]),
        ("Adult B (A Level) and Force A; Child C.", []),
        ("She told the Ward Sister. It was not in the notes.", []),
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
        ("written to Thorle Vale Council", ["Thorle Vale"]),
        ("the Larkfold bypass", ["the Larkfold"]),
        ("the nursery, Little Acorns, said", ["Little Acorns"]),
        ("lived at 12b and drove along the A617", ["12b", "A617"]),
        ("by Three Rivers Constabulary", ["Rivers"]),
        ("In Tharle, where she drank", ["Tharle"]),
        ("a house in Needless, a village of one street", ["Needless"]),
        ("caught the bus to Tally Edge", ["Tally Edge"]),
        ("in-patient on Ward 8C", ["Ward 8C"]),
        (
            "Fen Pelham Church of England Primary School",
            ["Fen Pelham Church of England Primary School"],
        ),
        ("At the Royal the triage nurse", ["the Royal"]),
        ("On St Valentine’s Day at home", ["St Valentine’s"]),
        ("the Crown Court, the Primary School and the Care Home", []),
        ("the Emergency Department at the Acute Hospital", []),
        ("The neighbours at 14 say that he lived in 2016", ["14"]),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TPFT is the Tharleshire Partnership NHS Foundation Trust", ["TPFT"]),
        ("by Wexby Homes (“WHo”) in May", ["WHo"]),
        ("EMH, the arm’s length management organisation", ["EMH"]),
        ("FenCare and SystmOne", ["FenCare"]),
        ("Multi-Agency Risk Assessment Conference (MARAC)", []),
    ],
)
def test_short_names_of_local_bodies(text, expected):
    assert surfaces(text, find_shortened(text)) == expected


def test_initials_of_what_a_review_names():
    texts = ["Wexby Health Trust replied.", "The WHT and the CPS wrote to WHTX."]
    assert set(initials_of(texts, ["Wexby"])) == {"WHT"}


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Marion Crowe OBE spoke", "Marion Crowe", "Marion Crowe OBE"),
        ("then Mrs Wisniewska senior left", "Mrs Wisniewska", "Mrs Wisniewska senior"),
        ("by Three Rivers Constabulary", "Rivers", "Three Rivers"),
        ("drove to Corrie Head at night", "Corrie", "Corrie Head"),
        ("the Head of Corrie Head of Year", "Corrie", "Corrie"),
        ("at Outer Lea clinic", "Lea", "Outer Lea"),
        ("by South and West Wexmere Trust", "West Wexmere", "South and West Wexmere"),
        ("the Thorle Vale Harriers met", "Thorle Vale", "Thorle Vale Harriers"),
        ("Thorle Council met", "Thorle", "Thorle"),
        ("in Glan-wern and Glan-based", "Glan", "Glan-wern"),
    ],
)
def test_a_name_is_found_whole(text, found, expected):
    start = text.index(found)
    find = whole(
        Find(start, start + len(found), "PLACE" if found[0] not in "M" else "PERSON", "a", 1),
        text,
        [],
    )
    assert text[find.start : find.end] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "He was one of the last two swan-herds on the river.",
            ["one of the last two swan-herds on the river"],
        ),
        (
            "She was the first woman to ring its tenor bell, and",
            ["the first woman to ring its tenor bell"],
        ),
        ("as the town’s Mustard Queen", ["the town’s Mustard Queen"]),
        ("shared as #JusticeForNoor", ["#JusticeForNoor"]),
        ("the first time in the school year", []),
    ],
)
def test_sayings(text, expected):
    assert surfaces(text, find_sayings(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She worked as a net braider and then as a school cook.", ["net braider"]),
        ("Mr Y had been a bell-founder’s moulder until then.", ["bell-founder’s moulder"]),
        ("Neighbour 1, a retired signalman, noticed a van.", ["retired signalman"]),
        ("He was a compiler of tide tables.", ["compiler of tide tables"]),
        ("The harbour master, Mr Oakes, had it.", ["harbour master"]),
        ("She was a nurse, he was a lorry driver and a heavy drinker.", []),
        ("It was a factor. Communication was a barrier, not a deterrent.", []),
        ("He was a family member, a decision maker and a young father.", []),
    ],
)
def test_rare_trades_go_and_usual_jobs_stay(text, expected):
    assert surfaces(text, find_trades(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The papers called her “the botanist in the bath”.", ["“the botanist in the bath”"]),
        ("He drove a lilac Morris Traveller in town.", ["lilac Morris Traveller"]),
        ("She was one of two female river pilots.", ["one of two female river pilots"]),
        (
            "He had appeared on a BBC quiz show about dogs.",
            ["appeared on a BBC quiz show about dogs"],
        ),
        ("They belonged to the Gagauz people.", ["the Gagauz people"]),
        ("Her son has Fraser syndrome; he has Down’s syndrome.", ["Fraser syndrome"]),
        ("She was one of two children of the Traveller people.", []),
        ("The call was heard over the radio and seen on CCTV.", []),
    ],
)
def test_what_singles_out_without_a_name(text, expected):
    assert surfaces(text, find_sayings(text)) == expected


def test_ages_narrower_than_a_band_leave_the_band():
    found = list(find_ages("a woman in her early thirties, a man in his forties"))
    assert [(find.start, find.value) for find in found] == [(15, "30-39")]


def test_known_peoples_initials_go_where_a_person_is_meant():
    known = frozenset({"AP"})
    sent, *_ = find_initials("Rye | AP to send the file", known, frozenset(), [], [])
    assert (sent.start, sent.end) == (6, 8)
    assert not [*find_initials("AP readings", known, frozenset(), [], [])]


def test_a_law_that_the_report_calls_the_act_is_nobodys_label(run):
    roles = run("This is referred to in this report as the Act. The Act was not used.").roles
    assert "Act" not in set(roles["label"])
