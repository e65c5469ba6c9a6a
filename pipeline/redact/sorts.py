"""What sort of place a name is of, as far as the name itself says: it goes into the pseudonym."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.redact.places import STREETS

# "Forest Hill" and "Moss Bank" may be suburbs: these can only be streets.
_ROADS = (
    "Street|Road|Lane|Avenue|Crescent|Close|Drive|Terrace|Mews|Way|Gardens|Rd|Ave|Av|Cl|Cres|Gdns|Ln|"
    "Tce|Wk"
)
_SORTS = {
    "NEWSPAPER": r"(?:Gazette|Courier|Mail|Echo|Herald|Chronicle|Advertiser|Argus|Mercury|Observer|"
    r"Free Press|Sentinel|Tribune|Evening News|Evening Post|Telegraph)$",
    "SCHOOL": r"\b(?:Schools?|Academy|Nursery|Pre-School|Playgroup|Primary|Juniors?|Grammar|"
    r"Comprehensive)$|^Ysgol\b",
    "COLLEGE": r"\b(?:College|University|Sixth Form|Institute)\b",
    "SURGERY": r"\b(?:Surgery|Medical (?:Centre|Practice|Group)|Health Centre|Group Practice|"
    r"Family Practice|Practice)$",
    "MENTAL HEALTH TRUST": r"\bMental Health\b.* Trust$",
    "AMBULANCE TRUST": r"\bAmbulance\b.* Trust$",
    "HOSPITAL TRUST": r"\bHospitals?\b.* Trust$",
    "NHS TRUST": r"\b(?:NHS|Foundation|Health(?:care)?|Care|Partnership|Community)\b.* Trust$",
    "HEALTH BOARD": r" Health Board$",
    "WOMEN’S AID": r" Women[’']s Aid$",
    "HOSPITAL": r"\b(?:Hospitals?|Infirmary|Hospice)\b|^[Tt]he (?:Royal|General)$",
    "CARE HOME": r"\b(?:Care|Nursing|Residential|Rest) Home$",
    "CHURCH": r"\b(?:Church|Chapel|Cathedral|Abbey|Priory|Parish|Tabernacle)$",
    "MOSQUE": r"\b(?:Mosque|Masjid|Masjid .+)$",
    "TEMPLE": r"\b(?:Temple|Gurdwara|Mandir|Synagogue)$",
    "PUB": r"\b(?:Inn|Arms|Tavern)$",
    "HOTEL": r"\bHotel$",
    "PRISON": r"^HMP\b|\bPrison$",
    "COURT": r"\b(?:Crown|County|Magistrates[’']?|Family) Court$",
    "ESTATE": r"\b[Ee]state$",
    "ADDRESS": rf"^(?:(?:Flat|Apartment|Unit|Room|Plot|No)\b.*|\d+[A-Za-z]?,? .*)\b(?:{STREETS})\b",
    "STREET": rf"\b(?:{_ROADS})$",
    "VILLAGE": r"\b[Vv]illage$",
}
"""Sort -> how the names of such places read, the first that fits."""
_COMPILED = {sort: re.compile(pattern) for sort, pattern in _SORTS.items()}


def sort_of(surfaces: Iterable[str]) -> str:
    """The sort of the place that all `surfaces` name: 'SCHOOL'; 'PLACE' where none tells."""
    for surface in surfaces:
        for sort, pattern in _COMPILED.items():
            if pattern.search(surface):
                return sort
    return "PLACE"
