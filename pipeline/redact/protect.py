"""What must survive because coders need it: labels, agencies, statutes, citations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.redact.contacts import helplines
from pipeline.redact.find import Span, overlaps
from pipeline.redact.words import LOWER, NAME_WORD, SENTENCE, UPPER, WORD_NAMES, WORDS, ordinary
from pipeline.vocabulary import MONTHS

PERSON_HEADS = {
    "victim": "Victim|Deceased",
    "perpetrator": "Perpetrator|Offender|Suspect|Defendant|Alleged Perpetrator",
    "child": (
        "Child|Boy|Girl|Baby|Infant|Daughter|Son|Stepson|Stepdaughter|Stepchild|Grandchild|Sibling"
    ),
    "relative": (
        "Mother|Father|Sister|Brother|Parent|Grandmother|Grandfather|Grandparent|Aunt|Uncle|Cousin|"
        "Nephew|Niece|Relative|Family Member|Friend|Workmate|Classmate|Housemate|Flatmate|"
        "Neighbour|Colleague|Partner|Ex-Partner|"
        "Former Partner|Ex-partner|Former partner|Family member|Associate|Landlord|Employer|"
        "Step-father|Step-mother|Stepfather|Stepmother|Husband|Wife|In-law"
    ),
    "professional": (
        "GP|Doctor|Nurse|Practice Nurse|Midwife|Health Visitor|School Nurse|Consultant|"
        "Psychiatrist|Psychologist|Social Worker|Support Worker|Key Worker|Keyworker|Care Worker|"
        "Carer|Police Officer|Officer|Constable|Sergeant|Inspector|Detective|PC|DC|DS|Professional|"
        "Practitioner|Worker|Teacher|Headteacher|Tutor|Probation Officer|Offender Manager|"
        "Housing Officer|IDVA|ISVA|Counsellor|Therapist|Paramedic|Manager|Advocate|Solicitor|"
        "Interpreter|Pharmacist|Dentist|Care Coordinator|Care Co-ordinator|CPN|AMHP|Agency"
    ),
    "unknown": (
        "Adult|Male|Female|Subject|Person|Witness|Man|Woman|Party|Individual|Resident|Service User"
    ),
}
"""Role -> words that, with a letter or a number, are a report's own label for a person."""

_HEADS = "|".join(
    sorted("|".join(PERSON_HEADS.values()).split("|"), key=lambda head: (-len(head), head))
)
_CAPITAL_HEADS = "|".join(head.upper() for head in _HEADS.split("|"))
_TITLED_LABEL = (
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? "
    rf"(?:[‘'“][A-Z][’'”]|[A-Z](?!\w|-\w|[’'](?!s\b)|\.[ -]?(?!(?:Mr|Mrs|Ms|Miss|Dr|PC|DC|DS)\b)"
    rf"[{UPPER}]))(?! [{UPPER}][{LOWER}’'])"
)
TITLED_LABEL = re.compile(_TITLED_LABEL)
LABEL = re.compile(
    rf"\b(?:(?:Male|Female|MALE|FEMALE|Ex|Former) )?(?:{_HEADS}|{_CAPITAL_HEADS}) "
    rf"(?:[‘'“][A-Z][’'”]|[A-Z]{{1,2}}\d?|\d{{1,2}}[A-Z]?)(?![\w/])|{_TITLED_LABEL}"
)
"""A report's own label: 'Adult A', 'Child 1', 'MALE ADULT A', 'GP 2', 'Mr K', "Mrs 'Z'"."""

_NO_HEADS = "|".join(
    word.title()
    for word in (
        *sorted(STOP_WORDS),
        *WORDS["days"],
        *["mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun"],
        *["aged", "age", "nearly", "barely", "turning", "approaching", "rising"],
    )
    if word.isalpha()
)
# "Workmate 2", "Force A": a common word with a number or a letter.
_NUMBERED = re.compile(
    rf"\b(?!(?:{'|'.join(MONTHS)}|{_NO_HEADS})\b)[A-Z][a-z]+(?: [A-Z][a-z]+)? "
    r"(?:\d{1,2}|(?!I\b)[A-Z])(?![\w/.:’'-]|,\d| [A-Z]| (?:of|and) [A-Z]| (?:years?|yrs?|y/?o)\b)"
)
_AGENCIES = re.compile(
    r"\b(?:Domestic (?:Abuse|Homicide|Violence)(?: (?:and )?(?:Abuse|Review|Reviews|Related|"
    r"Death|Act|Protection|Disclosure|Scheme|Order|Notice|Bill|Commissioner|Service|Services|"
    r"Unit|Team|Forum|Board|Strategy|Risk|Coordinator|Co-ordinator|Adviser|Advisor|Advocate))*|"
    r"Home Office|Home Secretary|NHS England|Fire and Rescue(?: Services?)?|"
    r"NHS(?: [A-Z][a-z]+)* (?:Trusts?|Foundation Trusts?)|Women[’']s Aid|Victim Support|Age UK|"
    r"Citizens Advice(?: Bureau)?|Karma Nirvana|Southall Black Sisters|Turning Point|Mind|"
    r"Honour[- ]Based (?:Violence|Abuse)|"
    r"Men[’']s Advice Line|Women[’']s Institute|Salvation Army|"
    r"(?:Royal )?British Legion|"
    r"St John Ambulance|Jobcentre Plus|Legal Aid|Child in Need|Children in Need|"
    r"Early Help|Team Around the (?:Child|Family)|Think Family|Operation Encompass|"
    r"Crimestoppers|Forced Marriage Unit|Independent Office for Police Conduct|"
    r"Independent Police Complaints Commission|Live Fear Free|Multi-Agency Risk Assessment "
    r"Conferences?|"
    r"Forward Trust|White Ribbon|Crown Prosecution Service|Crown Court|County Court|High Court|"
    r"Family Court|Magistrates[’']? Court|Court of (?:Protection|Appeal)|Old Bailey|Youth Court|"
    r"Clare[’']s Law|Sarah[’']s Law|Care Quality Commission|Healthwatch|Royal College of [A-Z]\w+|"
    r"Children[’']s (?:Social Care|Services|Centre)|Local Authority|Probation Service|"
    r"Care Programme Approach|Equality Act|Care Act|Mental Health Act|Mental Capacity Act|"
    r"(?:Duluth|Barnardo[’']s|Campbell|Freedom|Caring Dads|Building Better Relationships)"
    r"(?: (?:Wheel|Model|Programme|matrix|Danger Assessment))?|"
    r"(?:White|Black|Asian|Mixed|Other|Roma|Irish) (?:British|Irish|European|African|Caribbean|"
    r"Other)|"
    r"West Midlands|East Midlands|North (?:East|West)|South (?:East|West)|Home Counties|"
    r"Great Britain|United Kingdom|Northern Ireland|Refuge|Safe ?Lives(?: D(?:ash|ASH))?|"
    r"Next of Kin|Root Cause Analysis|Royal Assent|Memory Clinics?|Herbert Protocol|Admiral "
    r"Nurses?|"
    r"Singing for the Brain|Dementia UK|Alzheimer[’']s Society|Royal Colleges?(?: of [A-Z]\w+)?|"
    r"(?:Did Not|Was Not|Not) (?:Wait|Attend|Brought)|Dual Diagnosis|Land Rover|"
    r"Achieving Best Evidence|Making Safeguarding Personal|Making Every Contact Count|"
    r"Home Affairs (?:Select )?Committee|National Confidential Inquiry|One Chance Rule|"
    r"Destitution Domestic Violence|Sojourner Project|Surviving Economic Abuse|Ask for ANI|Ask "
    r"and Act|"
    r"College of Policing|Authorised Professional Practice|Police National (?:Legal )?Database|"
    r"Federation of Small Businesses|Active Offer|Signs of Safety|Flying Start|Sure Start|Dewis "
    r"Choice|"
    r"Respect(?= and | (?:Men|helpline|phoneline|standard|accredit))|Student Loans Company|"
    r"(?:Edinburgh|Glasgow|Cambridge|Oxford|Hamilton|Beck|Zarit|Addenbrooke[’']s|Geriatric|Barthel|"
    r"Waterlow|Abbreviated|Mini)(?: [A-Z][\w-]*)* (?:Scale|Score|Test|Inventory|Index|Examination|"
    r"Interview|Depression Scale)|(?:[A-Z][\w’'-]+ ){1,5}(?:Inventory|Questionnaire|Coma Scale)|"
    r"(?:Human Rights and )?Fundamental Freedoms|Rape Crisis|Power and Control Wheel|"
    r"Cycle of (?:Abuse|Violence)|Non-Molestation Orders?|Rapid (?:Review|Response)|"
    r"Body Worn Video|Cognitive Behavioural Therapy|Language Line|Bright Sky|Inter Faith|"
    r"Read [Cc]odes?|Out of Hours|Rough Sleepers?(?: Team)?|Registered Provider|Supported Housing)"
    r"\b"
)
# What somebody scored is no age: "Her PHQ-9 was 21".
_SCORED = re.compile(
    r"\b(?:PHQ-?9|GAD-?7|AUDIT(?:-C)?|EPDS|MMSE|[Ss]cale|[Ss]core|[Ii]nventory|[Qq]uestionnaire)"
    r"(?: [Ss]core)?(?: was| is| of|:| fell to| rose to) \d{1,3}\b"
)
_LAW = re.compile(
    r"(?:\b[A-Z][\w’'-]*,?(?: (?:\((?:[^)]*)\)|of|and|the|from|to|for|against|in|on|with|etc\.?|"
    r"[A-Z][\w’'-]*),?)* )?"
    r"(?:Act|Acts|Regulations|Order|Rules|Measure|Bill|Code of Practice|Circular|Guidance|"
    r"Convention|"
    r"Strategy|Guidelines?)(?: of)?,? \(?(?:18|19|20)\d\d\)?(?:[-–/]\d{2,4})?"
    r"|\bthe (?:18|19|20)\d\d (?:Act|Regulations|guidance|Guidance|definition)\b"
    r"|\b(?:[Ss]ections?|[Ss]\.|ss?\.|[Pp]aragraphs?|[Pp]aras?\.?|[Pp]art|[Cc]hapter|[Aa]ppendix|"
    r"[Rr]ecommendations?|[Ff]igure|[Tt]able|[Pp]ages?|[Aa]rticle|[Ss]chedule|[Tt]ier|[Ll]evel|"
    r"[Bb]and|"
    r"[Gg]rade|[Ss]tep|[Ss]tage|[Vv]ersion) \d[\d.()a-zA-Z]*"
    r"|\b(?:COVID|Covid)-19\b"
)
_AUTHORS = (
    rf"{NAME_WORD}(?:(?:[ -]|, (?=[A-Z]\.)){NAME_WORD}|,? (?:[A-Z]\.,? ?)+)?"
    rf"(?:(?:,? (?:and|&) |, ){NAME_WORD}(?: {NAME_WORD})?,?(?: (?:[A-Z]\.,? ?)+)?)*"
)
_NO_AUTHORS = frozenset(MONTHS)
CITATION = re.compile(
    rf"(?P<authors>{_AUTHORS})(?:,? et al\.?| and (?:others|colleagues))?,? ?\((?:19|"
    rf"20)\d\d[a-z]?\b[^)]*\)"
    rf"|\((?:[^()]*?; ?)?(?P<bracketed>{_AUTHORS})(?:,? et al\.?| and others)?,? (?:19|"
    rf"20)\d\d[a-z]?[^)]*\)"
    rf"|(?P<open>{_AUTHORS})(?:,? et al\.?| and others),? (?:19|20)\d\d\b"
)
"""Authors with the year of what they published: 'Stark (2007)', '(Kelly et al., 2014)'."""

_YEAR_TOLD = re.compile(r"\b(?:19|20)\d\d")
_LEGAL = re.compile(
    r"\b(?:[Cc]ame into force|Royal Assent|Statutory [Gg]uidance|statutory guidance|"
    r"[Gg]overnment[’']?s? definition|cross-government|new offence|was enacted|"
    r"legislation)\b"
)
_RESEARCH = re.compile(r"\b(?:published|study|studies|survey|research|statistics)\b")
_YEAR_ALONE = re.compile(r"(?<=[a-z] )(?:19|20)\d\d\b")
_YEAR_IN = re.compile(r"(?:\d{1,2} )?(?:[A-Z][a-z]+ )?(?:19|20)\d\d")


def protected(text: str, *, labels: Iterable[str] = ()) -> list[Span]:
    """Stretches of a text that no uncertain finder may touch; `labels` are whole ones to keep."""
    whole = _whole(tuple(labels))
    spans = [
        match.span()
        for match in (whole.finditer(text) if whole else ())
        if not _name_follows(text, match.end())
    ]
    spans += [
        match.span()
        for pattern in (LABEL, _AGENCIES, _SCORED, _LAW)
        for match in pattern.finditer(text)
    ]
    spans += [
        match.span()
        for match in _NUMBERED.finditer(text)
        if all(map(ordinary, match.group().split()[:-1]))
        and not _first_name_and_letter(match)
        and not LABEL.search(text, match.start() + 1, match.end())  # "at Marsh Adult A"
    ]
    spans += [match.span() for match in _citations(text)]
    spans += helplines(text)
    for sentence in SENTENCE.finditer(text) if _YEAR_TOLD.search(text) else ():
        if _LEGAL.search(sentence.group()):
            spans += [m.span() for m in _YEAR_IN.finditer(text, *sentence.span())]
        if _RESEARCH.search(sentence.group()):
            spans += [m.span() for m in _YEAR_ALONE.finditer(text, *sentence.span())]
    return spans


def _first_name_and_letter(match: re.Match[str]) -> bool:
    """Whether a label may be a person's: "Dawn S", not "Force A"."""
    *words, last = match.group().split()
    return last.isalpha() and len(words) == 1 and words[0].casefold() in WORD_NAMES


@lru_cache(maxsize=2048)
def _citations(text: str) -> tuple[re.Match[str], ...]:
    # The pattern is slow and asked for several times; most texts cannot hold a citation.
    possible = _YEAR_TOLD.search(text) and re.search(r"\(|et al|and others", text)
    return tuple(m for m in CITATION.finditer(text) if _authors(m)) if possible else ()


def _authors(match: re.Match[str]) -> set[str]:
    """The surnames in a citation; none where a month stands in their place: "(June 2004)"."""
    names = match["authors"] or match["bracketed"] or match["open"]
    return set(re.findall(NAME_WORD, names)) - _NO_AUTHORS


@cache
def _whole(labels: tuple[str, ...]) -> re.Pattern[str] | None:
    alternatives = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    return re.compile(rf"\b(?:{alternatives})(?!\w|\.[ -]?[{UPPER}]\.)") if labels else None


def _name_follows(text: str, end: int) -> bool:
    """Whether a label is an initial here: 'Mr C. Çalış'."""
    after = re.match(rf"\. ?({NAME_WORD})", text[end:])
    return bool(after and not ordinary(after[1]))


def law_and_labels(text: str) -> list[Span]:
    """Statutes, citations and the report's own labels: what stays in every profile."""
    found = (match for pattern in (LABEL, _LAW) for match in pattern.finditer(text))
    return [match.span() for match in (*found, *_citations(text))]


def borne_by_others(authors: frozenset[str], texts: Sequence[str]) -> set[str]:
    """Names of cited `authors` that somebody in the review has, too: Kelly (2016), Kelly Hale."""
    if not authors:
        return set()
    any_author = "|".join(map(re.escape, sorted(authors)))
    beside = re.compile(
        rf"\b(?P<first>{any_author}) (?P<next>{NAME_WORD})"
        rf"|\b(?:Mr|Mrs|Ms|Miss|Mx|PC|DC|DS|DI|Nurse) (?P<titled>{any_author})\b"
    )
    return {
        match["first"] or match["titled"]
        for text in texts
        for match in beside.finditer(text)
        if not overlaps(match.span(), [m.span() for m in _citations(text)])
        and not (match["next"] and (ordinary(match["next"]) or match["next"] in authors))
    }


def cited_authors(text: str) -> set[str]:
    """Surnames of authors of published work: public, and needed to read the argument."""
    return set().union(*map(_authors, _citations(text)))
