"""Agencies named and addressed, under all their names."""

import re

import pytest

from pipeline.tag.agencies import AGENCIES, IDS, addressed, named, names_only


def test_ids_and_names_are_there_once():
    assert len(set(IDS)) == len(IDS) == len({agency["name"] for agency in AGENCIES})
    for agency in AGENCIES:
        assert set(agency) <= {"id", "name", "names", "phrases", "acronyms", "bare", "sorts"}
        assert re.fullmatch(r"[a-z-]+", agency["id"])


ERAS = [(agency["id"], era) for agency in AGENCIES for era in agency.get("names", ())]


@pytest.mark.parametrize(("agency", "era"), ERAS, ids=lambda x: x if isinstance(x, str) else "")
def test_every_name_of_every_era_is_read(agency, era):
    assert set(named(f"{era['name']} and the Coroner")) == {agency, "coroner"}
    assert named(era["name"].lower()) == (agency,)
    assert set(era) <= {"name", "since", "until"}
    dates = [era[end] for end in ("since", "until") if end in era]
    assert dates == sorted(dates) and all(re.fullmatch(r"20\d\d-[01]\d", d) for d in dates)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Police", "police"),
        ("Forces C and D", "police"),
        ("Police and Crime Commissioner", "pcc"),
        ("PCC; Fenwold Police", "police pcc"),
        ("CCG/ICB", "nhs-commissioner"),
        ("GP", "gp"),
        ("GPs' surgeries", "gp"),
        ("Children's Services", "childrens-social-care"),
        ("Adults’ and Children’s Social Care", "childrens-social-care adult-social-care"),
        ("Social services", "social-care"),
        ("Housing Options", "housing"),
        ("Health visitors", "community-health"),
        ("Community mental health team", "mental-health"),
        ("Royal Fenwold Hospital NHS Foundation Trust", "acute-hospital"),
        ("Health Trust", "nhs-trust"),
        ("CRC", "probation"),
        ("Drug & Alcohol Service", "substance-use"),
        ("Jobcentre Plus", "dwp"),
        ("MARAC Steering Group", "marac"),
        ("LSCB and SAB", "childrens-board adults-board"),
        ("Ms Vane, Head of Service", ""),
        ("it was cps-like", ""),
    ],
)
def test_named(text, ids):
    assert set(named(text)) == set(ids.split())


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # Labels: in brackets, before a colon or a dash, in bold without a sign.
        ("(Police): Every form should be read by the MARAC.", "police"),
        ("(CCG and acute trust): To ask all alone.", "nhs-commissioner acute-hospital"),
        ("Housing: Officers should tell the police.", "housing"),
        ("CCG – that practices are told of the police scheme.", "nhs-commissioner"),
        ("Police No log should leave the CPS out.", "police"),
        ("CCG Health providers’ policies should be rewritten.", "nhs-commissioner"),
        ("Training: All agencies should train staff with the police.", "all-agencies"),
        # Subjects.
        ("The police and children’s services should tell schools.", "police childrens-social-care"),
        ("The police, the CCG and Housing must agree.", "police nhs-commissioner housing"),
        ("That the Partnership seeks assurance from the CCG.", "csp"),
        ("It is recommended that the ICB and the mental health trust review this with housing "
         "providers.", "nhs-commissioner mental-health"),
        ("The panel recommends that [PLACE 3] Council reviews its policy.", "local-authority"),
        ("[PLACE 3] Clinical Commissioning Group to remind GPs.", "nhs-commissioner"),
        ("[NHS TRUST 1] should review its policy.", "nhs-trust"),
        ("[MENTAL HEALTH TRUST 1]’s board should review it.", "mental-health"),
        ("[SCHOOL 2] to train all staff.", "education"),
        ("Where a man is bailed, Probation should be told, and the police should say so at once.",
         "police probation"),
        ("Police officers who attend should carry the card.", "police"),
        ("A campaign should be run by the Community Safety Partnership in schools.", "csp"),
        ("Training for the police should be led by the CPS.", "cps"),
        ("There is a need for the police to read the IMR.", "police"),
        ("Each case needs a plan. The Home Office should fund it.", "home-office"),
        # No addressee: what is only mentioned.
        ("Referrals to the MARAC should be quicker.", ""),
        ("Staff should know how to reach the police.", ""),
        ("Partners who harm should have a programme.", ""),
        ("Education about abuse should begin early.", ""),
    ],
)  # fmt: skip
def test_addressed(text, ids):
    assert set(addressed(text)) == set(ids.split())


def test_a_heading_names_agencies_only_when_it_names_nothing_else():
    assert names_only("Police")
    assert names_only("Recommendations for the Clinical Commissioning Group and [PLACE 2] Council")
    assert not names_only("Police response to counter-allegations")
    assert not names_only("Recommendations")
