"""Places that narrow down where somebody lived, worked or died."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find
from pipeline.redact.words import GENERIC, KNOWN, NAME_WORD

_STREETS = (
    "Street|Road|Close|Court|Lane|Avenue|Crescent|Drive|Way|Terrace|Gardens|Grove|Square|Rise|Fold|"
    "Walk|Row|Mews|View|Quay|Wharf|Parade|Stairs|Hill|Place|Park|Bank|Green|Gate|Yard|Passage|"
    "Croft|"
    "Meadows?|Heights|Towers?|Mansions|Cottages?|Buildings|Estate|Wynd|Vale|Mount|Broadway|"
    "Embankment|"
    "St|Rd|Ave|Cl|Cres|Ln|Sq|Tce"
)
_PREMISES = (
    "Surgery|Medical Centre|Medical Practice|Medical Group|Health Centre|Group Practice|"
    "Family Practice|"
    "Practice|Hospital|Infirmary|Hospice|Clinic|General|Royal|Primary School|Junior School|"
    "Infant School|"
    "Infants School|High School|Secondary School|Grammar School|Comprehensive School|Comprehensive|"
    "School|Academy|College|University|Nursery|Pre-School|Playgroup|Care Home|Nursing Home|"
    "Residential Home|Rest Home|House|Lodge|Hall|Farm|Grange|Manor|Chapel|Church|Mosque|Temple|"
    "Synagogue|"
    "Gurdwara|Cathedral|Abbey|Priory|Parish|Hotel|Inn|Arms|Tavern|Homes|Housing Association|"
    "Housing Trust|"
    "Housing Group|Housing|Walk-in Centre|Walk-In Centre|Dental Care|Dental Practice|"
    "Dental Surgery|"
    "Pharmacy|Children[’']s Centre|Community Centre|Leisure Centre|Shopping Centre|Day Centre|"
    "Centre|"
    "Prison|Barracks|Bakery|Bakeries|Stores?|Cold Store|Ltd|Limited|plc|PLC|& Sons?|& Co|Club|"
    "Café|Cafe|"
    "Restaurant|Station|Railway Station|Bridge|Marina|Harbour|Beach|Lights|Works|Mill|Factory|"
    "Garage|Lines|Haven|Shelter|Wing|Ward"
)
_CAP = rf"(?:{NAME_WORD}(?:[’']s?)?|St\.?|[A-Z]{{3,}})"
_LINKED = (
    rf"{_CAP}(?:,? (?:(?:of|and|&|the|on|upon|le|in|by|under|y|next)(?:[ -]the)?[ -])*{_CAP})*?"
)

_ADDRESS = re.compile(
    rf"\b(?:(?:Flat|Apartment|Unit|Room|Plot|"
    rf"Block) ?\d{{0,3}}[A-Za-z]?,? )?(?:No\.? ?)?\d{{1,4}}[A-Za-z]?(?:[-/]\d+)?,? "
    rf"(?:The )?(?:{NAME_WORD}[’']?s? ){{0,3}}(?:{_STREETS}|House|Chambers|Barn|Farm|"
    rf"Forge)\b(?:,(?: (?:{NAME_WORD})){{1,3}})*"
)
_ROAD = re.compile(
    rf"(?:(?<=at )|(?<=to )|(?<=of )|(?<=in )|(?<=address ))(?:[Tt]he )?(?:{NAME_WORD},? ){{1,3}}"
    rf"(?:{_STREETS}),(?: (?:{NAME_WORD})){{1,3}}\b"
    rf"|\b(?:{NAME_WORD}[’']?s? ){{1,3}}(?:{_STREETS})\b(?![’']s\b)"
)
_FLAT = re.compile(r"\b(?:Flat|Apartment|Plot) (?:No\.? )?\d{1,4}[A-Za-z]?\b")
_SITE = re.compile(rf"\b(?:[Tt]he )?{_LINKED} (?:{_PREMISES})\b(?! (?:{NAME_WORD}))")
_WELSH = re.compile(rf"\bYsgol(?: (?:{NAME_WORD}|y|yr|a|ap))+")
_SAINT = re.compile(
    rf"\bSt\.? {NAME_WORD}(?:[’']s)?(?: (?:and|&) St\.? {NAME_WORD}(?:[’']s)?)?(?: (?:C of E|"
    rf"CofE|CE|RC|Catholic|Church of England))?(?: (?:{_PREMISES}|Primary|Secondary|Infants|"
    rf"Juniors?|{_STREETS}))?"
)
_KNOWN_AS = re.compile(
    rf"\b(?:known locally as|locally known as|trading as|[Ss]ervice (?:called|named|known as)|"
    rf"(?:refuge|charity|project|pub|public house|café|club|shop|hotel|home|agency|company|firm|"
    rf"provider|programme provider|surgery|practice|school|college|hospital|church|mosque|estate|"
    rf"village|town|hostel),? (?:called |named |known as )?)"
    rf"[‘“'\"]?(?P<name>(?:the |The )?{_CAP}(?: (?:(?:and|&|of|the) )?{_CAP})*)"
)
_BRACKETED = re.compile(
    rf"\b(?:practice|surgery|service|school|refuge|hospital|charity|employer|association|hostel|"
    rf"agency|"
    rf"provider|nursery|college|company|hotel|pub|home)s? \("
    rf"(?P<name>(?:the |The )?(?:{NAME_WORD})(?: (?:{NAME_WORD}))*)\)"
)
_SETTLED = re.compile(
    rf"\b(?:[Vv]illage|[Tt]own|[Cc]ity|[Bb]orough|[Dd]istrict|[Hh]amlet|[Ss]uburb|[Pp]arish|"
    rf"[Aa]rea|[Cc]ounty|[Ee]state) of "
    rf"(?P<name>(?:{NAME_WORD})(?:[ -](?:(?:on|upon|under|le|in|by|"
    rf"next)(?:-the)?-)?(?:{NAME_WORD}))*)"
    rf"|\b(?P<before>(?:[Tt]he )?(?:{NAME_WORD} )+(?:estate|village|district|harbour|marina|"
    rf"ward of|housing estate|valley|moor|peninsula|caravan park|industrial estate))\b"
)
_AT = re.compile(
    rf"\b(?:at|near|outside|opposite|behind|beside|inside|visited|attended|via|between) "
    rf"(?P<name>(?:the (?:{NAME_WORD}) (?:(?:and|&) )?(?:{NAME_WORD})|"
    rf"{NAME_WORD}(?:[’']s)?(?: (?:(?:and|&|of|the) )?(?:{NAME_WORD}))*))"
)
_EMPLOYED = re.compile(
    rf"\b(?:employed (?:by|at)|employer,?|worked (?:for|at|in)|works? (?:for|at)|working (?:for|"
    rf"at)|job (?:at|with)|"
    rf"shifts? at|customers? of|trainee at|tenant of|resident of|patient of|pupil at|student at|"
    rf"lived (?:in|at|near)|drank (?:in|at)|drinking (?:in|at)|(?:barred|banned|ejected) from|"
    rf"regular (?:in|at)|lives (?:in|at|near)|living (?:in|at|near)|resided (?:in|at)|"
    rf"moved (?:to|from|in to|into)|"
    rf"discharged to|born in|brought up in|grew up in|travelled to|returned to|went to|home in|"
    rf"house in|flat in|"
    rf"address in|office in|registered (?:at|with)) "
    rf"(?P<name>(?:the )?{NAME_WORD}(?: (?:(?:and|&|of|the) )?(?:{NAME_WORD}))*)"
)

_RULES = {
    "places.road": (_ROAD, 0.8),
    "places.premises": (_SITE, 0.85),
    "places.welsh": (_WELSH, 0.9),
    "places.saint": (_SAINT, 0.8),
    "places.known-as": (_KNOWN_AS, 0.75),
    "places.bracketed": (_BRACKETED, 0.75),
    "places.settled": (_SETTLED, 0.8),
    "places.at": (_AT, 0.6),
    "places.connected": (_EMPLOYED, 0.65),
}
"""Rule -> pattern, and how sure a find of it is."""


def find_places(text: str, *, labels: frozenset[str] = frozenset()) -> Iterator[Find]:
    """Addresses, named premises and settlements; `labels` are words that are pseudonyms."""
    for match in _ADDRESS.finditer(text):
        yield Find(match.start(), match.end(), "PLACE", "places.address", 0.95)
    for match in _FLAT.finditer(text):
        yield Find(match.start(), match.end(), "PLACE", "places.flat", 0.7)
    for rule, (pattern, score) in _RULES.items():
        for match in pattern.finditer(text):
            if span := _particular(match, text, labels):
                yield Find(*span, "PLACE", rule, score)


def _particular(match: re.Match[str], text: str, labels: frozenset[str]) -> tuple[int, int] | None:
    """The phrase without generic words before it; None when nothing particular is left."""
    groups = match.groupdict()
    group = next((name for name in ("name", "before") if groups.get(name)), 0)
    start, end = match.span(group)
    words = [(m.start(), m.group()) for m in re.finditer(r"[^\s,]+", text[start:end])]
    core = [word for _, word in words if word[0].isupper()]
    if not any(_distinct(word, labels) for word in core):
        return None
    if group == 0 and match.re is _SITE:
        first = next(at for at, word in words if word[0].isupper() and _distinct(word, labels))
        start += _with_adjective(text[start:end], first)
    if match.re in (_AT, _EMPLOYED):
        # "at Wexmere City Council": coders need to know that it was the council.
        last = max(
            n for n, (_, word) in enumerate(words) if word[0].isupper() and _distinct(word, labels)
        )
        end = match.start(group) + words[last][0] + len(words[last][1])
    return start, end


def _with_adjective(phrase: str, first: int) -> int:
    """Where the name in `phrase` begins: 'New Cross Hospital', but not 'Police Cross Hospital'."""
    before = re.search(
        r"(?:(?:[Tt]he|New|Old|Great|Little|North|South|East|West|Royal|Upper|Lower) )+$",
        phrase[:first],
    )
    return before.start() if before else first


def _distinct(word: str, labels: frozenset[str]) -> bool:
    bare = re.sub(r"[’']s?$", "", word)
    return not (
        bare in labels
        or bare.casefold().replace("’", "") in GENERIC
        or (bare.isupper() and len(bare) < 7)
        or bare.casefold() in KNOWN
    )
