"""Titles, ranks and letters after a name: what tells that the words between are a name."""

from __future__ import annotations

import re

_LAY = (
    "Mr and Mrs|Mr & Mrs|Dr and Mrs|Mrs|Mr|Ms|Miss|Mx|Master|Father|Sir|Dame|Lord|Lady|Uncle|"
    "Auntie|Aunty|Aunt|Nan|Granny|Grandad|Baroness|Baron|Viscount|Haji|Hajji|Hajja|Begum|Sheikh|"
    "Shri|Smt"
)
PROFESSIONAL = (
    "(?:HM |H M )?(?:Senior |Assistant |Area )?Coroner,? (?:Mr|Mrs|Ms|Miss|Dr)|RMN|RGN|SW|MW|HV|"
    "HCA|Sr|Colonel|Col|Lieutenant Colonel|Lt Col|Lieutenant|Lt|Wing Commander|"
    "Squadron Leader|Flight Lieutenant|Commander|Cdr|Captain|Capt|Brigadier|Warrant Officer|"
    "Corporal|Cpl|Maulana|Mufti|Ustad|Granthi|Archdeacon|Bishop|Deacon|Chaplain|Recorder|"
    "(?:Deputy )?District Judge|Circuit Judge|"
    "(?:Temporary |Acting )?(?:Detective |Deputy |Assistant )?"
    "(?:Chief )?(?:Superintendent|Inspector|Sergeant|Constable)|Commissioner|"
    "Doctor|Dr|Professor|Prof|Reverend|Revd|Rev|Parch|Fr|Sister|Canon|Imam|Rabbi|Pastor|Cllr|Councillor|"
    "(?:His|Her) Honour(?: Judge)?|HHJ|HH Judge|Judge|Mr Justice|Mrs Justice|Justice|"
    "Staff Nurse|Nurse|Midwife|Matron|Paramedic|"
    "(?:[AT]/|Temp\\.? |Acting |A/)?(?:PC|PS|DC|DS|DI|DCI|CI|Insp|Sgt|Supt|DSupt|DCS)|SC|"
    "CPN|PCSO|WPC|WDC|TDC|DSUPT|DSU|DCC|ADI|TDI|"
    "(?:[AT]/|Temp\\.? |Acting )?Det\\.? (?:Supt|Con|Sgt|Insp)|Det\\.? Ch(?:ief)?\\.? Insp|"
    "D/Supt|ACC|CC|SO|C/Insp|Ch Insp|C/Supt|"
    "D/Sgt|D/Insp|Police Constable|Constable|Sergeant|Chief Inspector|Inspector|"
    "Chief Superintendent|Superintendent"
)
"""Titles and ranks of people at work."""
_COLLAR = r"(?: \d{2,6}[A-Z]{0,2}| [A-Z]{1,2}\d{2,6})?"

# "Met by Aunt. Coral not seen": no full stop after a title that is a whole word.
_STOP = r"(?:(?<![a-z]{4})(?<!\bAunt)(?<!\bNan)\.)?"
TITLE = rf"(?:{PROFESSIONAL}|{_LAY}){_STOP}(?: \((?:retired|retd?\.?)\))?{_COLLAR}"
"""A title or rank, with the collar number that may follow it."""
POST_NOMINALS = (
    r"(?:,? (?:QC|KC|OBE|MBE|CBE|MVO|BEM|QFSM|QGM|JP|QPM|KPM|DL|QAM|PhD|FRCP|FRCPsych|MRCGP|"
    r"MRCPsych|RGN|RMN)\b)*"
)

JOB_TITLE = (
    r"(?:(?!(?:The|An?|Her|His|Their|Our|My|This|That|When|By|To|From|With|And|But|For|As|In|On|At|"
    r"Former|Independent|Domestic|Violence|Abuse)\b)[A-Z][a-z]+ ){0,2}"
    r"(?:Officer|Worker|Nurse|Visitor|Manager|Co-?ordinator|Practitioner|Caretaker|Warden|Teacher|Headteacher|Tutor|Registrar|"
    r"Detective)"
)
"""What somebody does, written as a title before the name: 'Housing Officer Rose Hart'."""

SEXED = re.compile(r"(Mr|Mrs|Ms|Miss)\b")
"""The titles that tell man from woman, at the head of a mention."""

_BEFORE = re.compile(rf"^(?:{TITLE}|{JOB_TITLE})\s+")
_AFTER = re.compile(rf"{POST_NOMINALS}$")
_PROFESSIONAL_BEFORE = re.compile(rf"^(?:{PROFESSIONAL}|{JOB_TITLE})\b")


def bare(surface: str) -> str:
    """A mention of a person without title, collar number and post-nominals."""
    return _AFTER.sub("", _BEFORE.sub("", surface))


def professional(surface: str) -> bool:
    """Whether a mention begins with the title or rank of somebody at work."""
    return bool(_PROFESSIONAL_BEFORE.match(surface))
