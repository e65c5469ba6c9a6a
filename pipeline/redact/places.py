"""Places that narrow down where somebody lived, worked or died."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find
from pipeline.redact.words import (
    COMMON,
    COMPASS,
    GENERIC,
    KNOWN,
    MONTHS,
    NAME_WORD,
    NATIONAL,
    OFFICIAL,
    UPPER,
    WORD_NAMES,
    WORDS,
    common,
    ordinary,
)

_KNOWN_ACRONYMS = NATIONAL | frozenset(WORDS["acronyms"])
_COURTS = frozenset(
    ("supreme", "administrative", "constitutional", "regional", "labour", "security", "appellate",
     "military", "federal", "assize", "criminal", "civil", "commercial", "appeal", "district")
)  # fmt: skip

STREETS = (
    "Street|Road|Close|Court|Lane|Avenue|Crescent|Drive|Way|Terrace|Gardens|Grove|Square|Rise|Fold|"
    "Walk|Row|Mews|View|Quay|Wharf|Parade|Stairs|Hill|Place|Park|Bank|Green|Gate|Yard|Passage|"
    "Croft|"
    "Meadows?|Heights|Towers?|Mansions|Cottages?|Buildings|Estate|Wynd|Vale|Mount|Broadway|"
    "Embankment|Approach|Path|Alley|Arcade|Circus|Bypass|Strand|Common|Brae|Spinney|Orchard|"
    "Paddock|Ridge|"
    r"St(?!\.? [A-Z])|Rd|Ave|Av|Cl|Cres|Ct|Gdns|Gr|Ln|Pl|Sq|Tce|Wk"
)
"""Words that close the name of a street."""
_PREMISES = (
    "(?:Church of England|C of E|CofE|CE|RC|Roman Catholic|Catholic|Church in Wales|Methodist) "
    "(?:(?:Voluntary|Aided|VA|VC|Controlled) )*(?:(?:Primary|Junior|Infants?|First|Middle|High|"
    "Secondary) )?"
    "(?:and Nursery )?(?:School|Academy)|Primary(?! (?:Care|School))|"
    "Surgery|Medical Centre|Medical Practice|Medical Group|Health Centre|Group Practice|"
    "Family Practice|Secondary Modern|Methodist(?: Chapel| Church| Hall)?|Domestic (?:Abuse|"
    "Violence) (?:Service|"
    "Project)|"
    "Practice|Hospital|Infirmary|Hospice|Clinic|General|Royal|Primary School|Junior School|"
    "Infant School|"
    "Infants School|High School|Secondary School|Grammar School|Comprehensive School|Comprehensive|"
    "School|Academy|College|University|Nursery|Pre-School|Playgroup|Care Home|Nursing Home|"
    "Residential Home|Rest Home|House|Lodge|Hall|Farm|Fm|Grange|Manor|Chapel|Church|Mosque|Temple|"
    "Synagogue|"
    "Gurdwara|Cathedral|Abbey|Priory|Parish|Hotel|Inn|Arms|Tavern|Homes|Housing Association|"
    "Housing Trust|"
    "Housing Group|Housing|Walk-in Centre|Walk-In Centre|Dental Care|Dental Practice|"
    "Dental Surgery|"
    "Pharmacy|(?:Young )?Carers[’']? (?:Hub|Centre)|Hub|Children[’']s Centre|Community Centre|"
    "Leisure Centre|Shopping Centre|Day Centre|"
    "Centre|"
    "Prison|Barracks|Bakery|Bakeries|Stores?|Cold Store|Ltd|Limited|plc|PLC|(?:&|and) (?:Sons?|"
    "Daughters?)|& Co|Club|"
    "Café|Cafe|"
    "Restaurant|Station|Railway Station|Bridge|Marina|Harbour|Beach|Lights|Works|Mill|Factory|"
    "Garage|Lines|Haven|Shelter|Wing|Ward|Exchange|Institute|Tabernacle|Masjid|Assembly Rooms|"
    "Minor Injuries Unit|Urgent Care Centre|Treatment Centre|Birth Centre|Women[’']s (?:Centre|"
    "Circle)|"
    "Food ?[Bb]ank|Post Office|Sub-[Pp]ost [Oo]ffice|Befrienders|Advice Centre|Resource Centre|"
    "Drop-[Ii]n|Packhouse|Landfill|Building Society|Credit Union|Allotments|Holiday Park|"
    "LLP|Consulting|Associates|Solicitors|Choral Society|Choir|Band|FC|RFC|Brewery|Forge|Juniors|"
    "Project|Foundation|Library|Museum|Theatre|Cinema|Stadium|Arena|Market|Mart|Society|Fellowship|"
    "Assembly|Tabernacle|Ministries|Gospel Hall|Mandir|Gurdwara|Guild|Rovers|Rangers|Wanderers|"
    "Harriers|Silver Band|Brass Band|Auctions|Motors|Foundry|Brewers|Tyres|Haulage|Scaffolding|"
    "Advice|Poultry|Foods|Meats|Logistics|Couriers|Cabs|Taxis|Builders|Plastics|Fisheries|Nurseries|"
    "Engineering|Roofing|Plumbing|Carpets|Furniture|Textiles|Supplies|Salon|Tearooms?|Electrical|"
    "Helpline|Residence|Hostel|Villa|Vineyard|Dockyard|Shipyard|Colliery|Quarries|Ironworks|Steelworks"
)
_CAP = rf"(?:{NAME_WORD}(?:[’']s?)?|St\.?|[A-Z]{{3,}})"
_LINKED = (
    rf"{_CAP}(?:,? (?:(?:of|and|&|the|on|upon|le|in|by|under|y|next)(?:[ -]the)?[ -])*{_CAP})*?"
)

_ADDRESS = re.compile(
    rf"\b(?:(?:Flat|Apartment|Unit|Room|Plot|"
    rf"Block) ?\d{{0,3}}[A-Za-z]?,? )?(?:No\.? ?)?\d{{1,4}}[A-Za-z]?(?:[-/]\d+)?,? "
    rf"(?:The )?(?:{NAME_WORD}[’']?s? ){{0,3}}(?:{STREETS}|House|Chambers|Barn|Farm|"
    rf"Forge|Steps|Corner|End|Stile|Cross|Field|Fields|Garth|Drove|Causeway|Wood|Dene|Holt|Nook|"
    rf"Ley|Leys|Reach|Ginnel|Snicket|Loke|Chare|Villas?|Knoll|Dell)\b(?:,(?: "
    rf"(?:{NAME_WORD})){{1,3}})*"
)
_ROAD = re.compile(
    rf"(?:(?<=at )|(?<=to )|(?<=of )|(?<=in )|(?<=address ))(?:[Tt]he )?(?:{NAME_WORD},? ){{1,3}}"
    rf"(?:{STREETS}),(?: (?:{NAME_WORD})){{1,3}}\b"
    rf"|\b(?!(?:In|At|On|From|To|Near|Off)\b)(?:{NAME_WORD}[’']?s? ){{1,3}}(?:{STREETS})\b"
    r"(?![’']s\b)"
)
_FLAT = re.compile(
    r"\b(?:[Ff]lat|[Aa]partment|Plot|[Bb]ungalow|Ward) (?:No\.? )?\d{1,4}[A-Za-z]?\b"
)
_SITE = re.compile(
    rf"\b(?:[Tt]he )?{_LINKED} (?:{_PREMISES})\b(?! (?!Mrs?\b|Ms\b|Miss\b|Dr\b|PC\b){NAME_WORD})"
)
_WELSH = re.compile(rf"\bYsgol(?: (?:{NAME_WORD}|y|yr|a|ap))+")
_SAINT = re.compile(
    rf"\bSt\.? {NAME_WORD}(?:[’']s)?(?: (?:and|&) St\.? {NAME_WORD}(?:[’']s)?)?(?: (?:C of E|"
    rf"CofE|CE|RC|Catholic|Church of England))?(?: (?:{_PREMISES}|Primary|Secondary|Infants|"
    rf"Juniors?|{STREETS}))?"
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
    rf"(?:moved|moving|move|relocated|returned|fled|drove|walked|cycled|travelled|came|gone|ran|"
    rf"sent|taken|driven|rehoused) (?:back |home |away |on |over |up |down |out )?"
    rf"(?:to|from|in to|into|towards|through|via)|"
    rf"(?:bus|buses|train|tram|taxi|lift|coach|ferry|road|route|walk|trip|journey|flight) "
    rf"(?:to|from|through|via)|"
    rf"(?:flats?|houses?|home|property|bedsit|lodgings|caravan|allotment|shop|job|sister|mother|"
    rf"family|relatives|parents) (?:at|near|in)|"
    rf"discharged to|born in|brought up in|grew up in|travelled to|returned to|went to|home in|"
    rf"house in|flat in|"
    rf"address in|office in|registered (?:at|with)) "
    rf"(?P<name>(?:the )?{NAME_WORD}(?: (?:(?:and|&|of|the) )?(?:{NAME_WORD}))*)"
)

# A street may be named after what is no name: "Station Road", "School Lane".
_STREET = re.compile(
    rf"\b(?!(?:The|In|At|On|From|To|And|Of|Off|Near|Along)\b)(?:{NAME_WORD}[’']?s? ){{1,3}}"
    r"(?:Street|Road|Lane|Avenue|Crescent|Terrace|Grove|Mews|Approach)\b"
)
_WELSH_STREET = re.compile(
    rf"\b(?:\d{{1,4}}[a-z]? )?(?:Heol|Ffordd|Stryd|Lôn|Maes|Clos|Rhodfa|Llys)"
    rf"(?: (?:y|yr|a|ap|{NAME_WORD}))+"
)
_DOOR = re.compile(
    r"(?:(?<=at )|(?<=of )|(?<=to )|(?<=from )|(?<=outside )|(?<=into ))"
    r"(?:[Nn]o\.? ?\d{1,4}[a-z]?|[Nn]umber \d{1,4}[a-z]?|\d{1,3}[a-h])\b"
)
_ROUTE = re.compile(
    r"(?:(?<=the )|(?<=on )|(?<=along )|(?<=off )|(?<=The ))[ABM]\d{1,4}(?:\(M\))?(?![\w-])"
)
_HOUSE_NUMBER = re.compile(
    r"\b(?:[Nn]eighbours?|door|house|home|address|residents?|staying|lived|lives|living|moved|"
    r"tenants?) "
    r"(?:at|to|of|from|in) (?:number )?(?!(?:19|20)\d\d\b)(\d{1,4}[a-z]?)"
    r"(?![\w:/%]|[.,]\d| (?:per|of|or)\b|"
    r" (?!(?:says|reports|states|hears|calls|rings|tells|complains|confirms)\b)[a-z]+s\b)"
)
_BODY = (
    r"(?:Partnership|(?:Safer |Stronger )?Communit(?:y|ies)(?: Safety)?(?: Partnership| Board)|CSP|"
    r"(?:(?:District|Borough|County|City|Town|Parish|Metropolitan|Unitary) )*Council|Constabulary|"
    r"Police|(?:University |Local )?Health Board|Public Services Board|CCG|ICB|PCT|"
    r"(?:[A-Z]\w+ )*NHS|(?:University |General |Teaching )?Hospitals?|Women[’']s Aid|"
    r"Clinical Commissioning|Integrated Care|Probation|Sixth Form|College|High School|"
    r"(?:Girls|Boys)[’']|(?:Primary|Secondary|Grammar) School|Medical Group|Fire and|"
    r"(?:(?:Mental )?Health(?:care)? |Care |Hospitals? |University |Foundation |Partnership |"
    r"Community )+"
    r"(?:NHS )?(?:Foundation )?Trust|"
    r"Ambulance Service|Magistrates|Crown Court|County Court|Coroner|Children[’']s|Adult Social|"
    r"Safeguarding|(?:Independent )?Domestic (?:Abuse|Violence)|Homecare|Home Care|Housing|Homes)"
)
_LOCAL = re.compile(
    rf"\b(?P<name>{NAME_WORD}(?:(?: (?:and|&|of|upon|on|with))? {NAME_WORD})*) (?={_BODY}\b)"
)
# A body that no one place shares with another goes whole; its sort stays in the pseudonym.
_TRUST = re.compile(
    rf"\b{NAME_WORD}(?:,? (?:(?:and|&|of|upon|on|with) )?{NAME_WORD})*? "
    r"(?:(?:and )?(?:(?:Mental )?Health(?:care)?|(?:Social )?Care|Community|Acute|Teaching|"
    r"University|"
    r"(?:District )?Hospitals?|Partnership|Ambulance(?: Service)?|NHS|Foundation) )+Trust\b"
    rf"|\b{NAME_WORD}(?:,? (?:(?:and|&) )?{NAME_WORD})*? "
    r"(?:Women[’']s Aid|(?:(?:University|Teaching|Local) )*Health Board)\b"
)
_LANDMARK = re.compile(
    rf"\b(?P<name>(?:[Tt]he )?{NAME_WORD}(?: {NAME_WORD})*) "
    r"(?=(?:bridge|bypass|roundabout|crossroads|viaduct|footbridge|car park|playing fields?|"
    r"allotments?|recreation ground|retail park|towpath|quarry|reservoir|interchange|flyover|"
    r"guest house|caravan park|nursing home|care home|holiday park|day centre|hostel|flats|"
    r"community centre|children[’']s centre|underpass|lay-by|cemetery|mosque|temple)\b)"
)
# "the Plough and Harrow": both words are ordinary, and no kind of body.
_INN = re.compile(
    r"\b(?:at|in|of|from|to|outside|near|behind|into|inside|opposite) "
    rf"(?P<name>the {NAME_WORD} (?:and|&|in|o[’']) (?:the )?(?!Articles?\b|Rules?\b|Sections?\b)"
    rf"{NAME_WORD})\b"
)
_APPOSED = re.compile(
    r"\b(?:nursery|pre-school|playgroup|pub|club|café|shop|hotel|hostel|charity|refuge|gym|salon|"
    r"bakery|factory|farm|church|chapel|mosque|temple|school|college|surgery|practice|hospital|"
    r"hospice|care home|nursing home|home|prison|company|firm|agency|employer|provider|centre|"
    r"service|association|village|town|estate|hamlet|suburb), "
    rf"(?P<name>(?:[Tt]he )?{NAME_WORD}(?:(?: (?:and|&|of|the|in))? {NAME_WORD})*)(?=[,.;)])"
)
_EXPLAINED = re.compile(
    rf"(?P<name>{NAME_WORD}(?:(?: (?:and|&|of|the))? {NAME_WORD}){{0,3}}) \((?:an? |the )?"
    r"(?:[a-z-]+ ){0,5}(?:service|charity|project|provider|organisation|refuge|hostel|helpline)\)"
)
# "In Thole, where she drank", "Needle, a village of one street"
_WHERE = re.compile(
    rf"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Tt]o|[Ff]rom) (?P<name>{NAME_WORD}(?: {NAME_WORD})*), where\b"
)
_DEFINED = re.compile(
    rf"(?P<name>{NAME_WORD}(?:(?: |-)(?:(?:on|upon|under|le|in|by|of|the)(?: |-))*{NAME_WORD})*)"
    r", (?:an?|the|her|his|their) (?:[\w-]+ ){0,3}?(?:village|town|hamlet|suburb|city|port|estate|"
    r"farm|pub|public house|hostel|cul-de-sac|island|resort|valley|beach|caf[eé]|nightclub|bar)\b"
)
# Papers of a place; the national ones stay.
# "Prism Advocacy, which provides the service", "the licensee of the Copper Still"
_RUNS = re.compile(
    rf"\b(?P<name>{NAME_WORD}(?: (?:and )?{NAME_WORD}){{0,2}}), which (?:provides|runs|ran|"
    rf"delivers|"
    r"manages|is commissioned|was commissioned|provided|delivered)\b"
)
_RUN_BY = re.compile(
    r"\b(?:licensee|landlord|landlady|manageress|barman|barmaid|regulars?|head chef|bouncers?|"
    r"doormen) "
    rf"(?:of|at|in) (?P<name>(?:[Tt]he )?{NAME_WORD}(?: (?:and )?{NAME_WORD}){{0,2}})"
)
_PRISON = re.compile(rf"\bHM(?:P(?:/YOI)?|YOI| Prison) {NAME_WORD}(?: {NAME_WORD})*")
_NUMBERED_STREET = re.compile(r"\b\d{1,2}(?:st|nd|rd|th) (?:St|Street|Ave|Avenue)\b")
_WELFARE = re.compile(
    r"\b[Tt]he (?:Miners|Working Men|Railway|Dockers)[’'](?:s)? (?:Welfare|Institute|Club)\b"
)
_HOSPITAL_ACRONYM = re.compile(
    r"\b(?:dead|care given|staff|admitted|taken|conveyed|transferred|brought|discharged|nurses?|"
    r"consultant|treated|seen|which runs|the site of) (?:(?:at|to|from|in|by) "
    r")?([A-Z]{3})(?![\w&/’-])"
)
_PAPER = re.compile(
    rf"\b(?!(?:The |the )?(?:Daily|Sunday|Financial|Radio|New York|Washington|Irish|British|"
    rf"National|"
    rf"Medical|Nursing|London)\b)(?P<name>{NAME_WORD}(?: (?:and )?{NAME_WORD})* (?:Gazette|"
    rf"Courier|Mail|"
    r"Echo|Herald|Chronicle|Advertiser|Argus|Mercury|Observer|Free Press|Sentinel|Tribune|"
    r"Bugle|Packet|Evening News|Evening Post|Weekly News|Telegraph))\b(?! [A-Z])|\bthe "
    r"(?P<before>Free Press|Western Mail|Evening [A-Z][a-z]+)\b"
)
# "in Wisbech and March", "from Tring, Ware and Eye"
_TOWNS = re.compile(
    rf"\b(?:in|near|from|between|around|at) (?P<first>{NAME_WORD})(?:, {NAME_WORD})* and "
    rf"(?P<name>{NAME_WORD})(?=[,.;)]|$| (?:has|have|had|was|were|is|are|who|which|where|on|in|to|"
    r"by|and|but|as|at|with|for)\b)"
)
# A church, a mosque or a school by what it is dedicated to
_DEDICATED = re.compile(
    rf"\b(?:(?:Jamia |Jame |Jamme )?(?:Masjid|Madrasah?|Gurdwara|Mandir)(?= [{UPPER}]| a[lnr]-)|"
    r"Our Lady(?: of| Star of| and)?|Holy (?:Rood|Cross|Trinity|Family|Innocents|Rosary|Spirit|"
    r"Name|Redeemer|Rosary)|"
    r"Sacred Heart|All (?:Saints|Souls|Hallows)|Christ Church|Corpus Christi|Immaculate Conception|"
    rf"Blessed {NAME_WORD}|Good Shepherd|Mountain of|Church of (?!England|Scotland|Ireland))"
    rf"(?:[’']s?)?(?: (?:(?:of|and|the|Star|in) )*(?:[Aa][lnr]-)?{NAME_WORD})*"
)
# What everybody in town calls its hospital
_THE_ROYAL = re.compile(
    r"\b[Tt]he (?:Royal|Infirmary|General)\b(?=[,.;)|]| \||$| (?:on|at|in|for|by|with|and|to|"
    r"where|was|"
    r"had|again|that|from|after|when|the|he|she|they|should|told)\b|[’']s\b)"
)
# Bodies that a city calls by what they are
_OF_THE_CITY = re.compile(
    r"\b(?:City|County|Borough|Town|Valley) (?:Homes|Housing)\b(?! (?:Association|Act|Options|"
    r"Officer|Team|Department|Service|Manager))|\bInfirmary\b|\bChildren[’']s Hospital\b"
)
_BUS = re.compile(r"\b(?:the |number |no\. ?|No\. ?)(\d{1,3}[A-Z]?)(?= (?:bus|tram|night bus)\b)")
_AT_ACRONYM = re.compile(r"\bat ((?!HM)[A-Z]{4,8})(?![\w’-])")
_RULES = {
    "places.paper": (_PAPER, 0.75),
    "places.towns": (_TOWNS, 0.7),
    "places.where": (_WHERE, 0.7),
    "places.runs": (_RUNS, 0.75),
    "places.run-by": (_RUN_BY, 0.75),
    "places.defined": (_DEFINED, 0.7),
    "places.road": (_ROAD, 0.8),
    "places.local-body": (_LOCAL, 0.75),
    "places.trust": (_TRUST, 0.8),
    "places.landmark": (_LANDMARK, 0.7),
    "places.inn": (_INN, 0.75),
    "places.apposed": (_APPOSED, 0.75),
    "places.explained": (_EXPLAINED, 0.75),
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
        if not any(_distinct(word, labels) for word in re.findall(NAME_WORD, match.group())[:-1]):
            continue  # "2 The Specialist Domestic Violence Court"
        if re.search(r"\b[A-Z]\w*\.? $", text[: match.start()]) and match.group()[0].isdigit():
            continue  # "GP 1, Dock Street Surgery"
        yield Find(match.start(), match.end(), "PLACE", "places.address", 0.95)
    for match in _FLAT.finditer(text):
        yield Find(match.start(), match.end(), "PLACE", "places.flat", 0.7)
    for rule, pattern in (
        ("places.street", _STREET),
        ("places.street", _WELSH_STREET),
        ("places.door", _DOOR),
        ("places.door", _HOUSE_NUMBER),
        ("places.door", _ROUTE),
        ("places.door", _BUS),
        ("places.dedicated", _DEDICATED),
        ("places.the-royal", _THE_ROYAL),
        ("places.the-welfare", _WELFARE),
        ("places.of-the-city", _OF_THE_CITY),
        ("places.street", _NUMBERED_STREET),
        ("places.prison", _PRISON),
    ):
        for match in pattern.finditer(text):
            yield Find(*match.span(match.lastindex or 0), "PLACE", rule, 0.7)
    for rule, pattern, known, score in (
        ("places.at-acronym", _AT_ACRONYM, NATIONAL, 0.6),
        ("places.hospital-acronym", _HOSPITAL_ACRONYM, _KNOWN_ACRONYMS, 0.75),
    ):
        for match in pattern.finditer(text):
            if match[1] not in known and not text.isupper():
                yield Find(*match.span(1), "PLACE", rule, score)
    for rule, (pattern, score) in _RULES.items():
        for match in pattern.finditer(text):
            if span := _particular(match, text, labels):
                yield Find(*span, "PLACE", rule, score)


_CALLED_FREELY = re.compile(
    r"(?:(?:District|Borough|County|City|Town|Parish) )*Council|Constabulary|Homes|Housing|CCG|"
    r"ICB|PCT"
)


def _local_body(match: re.Match[str]) -> bool:
    words = re.findall(NAME_WORD, match["name"])
    strange = any(not ordinary(word) for word in words)
    if _CALLED_FREELY.match(match.string, match.end("name") + 1):
        # "Three Rivers Constabulary": a body of this kind may have any word for its name.
        strange |= not all(common(word.casefold()) for word in words)
    return strange or (
        len(words) > 1
        and words[0].casefold() in COMPASS
        and words[1].casefold() not in GENERIC | KNOWN
    )


def _inn(match: re.Match[str]) -> bool:
    words = [word.casefold() for word in re.findall(NAME_WORD, match["name"])]
    return not any(word in GENERIC | KNOWN for word in words)


def _particular(match: re.Match[str], text: str, labels: frozenset[str]) -> tuple[int, int] | None:
    """The phrase without generic words before it; None when nothing particular is left."""
    groups = match.groupdict()
    group = next((name for name in ("name", "before") if groups.get(name)), 0)
    start, end = match.span(group)
    words = [(m.start(), m.group()) for m in re.finditer(r"[^\s,]+", text[start:end])]
    if match.re is _WHERE:
        common = KNOWN | OFFICIAL
        return (
            None if any(w.casefold() in common or w in labels for _, w in words) else (start, end)
        )
    if match.re is _EXPLAINED and words[0][1].casefold() in WORD_NAMES and len(words) == 2:
        return None  # "Bill Tranter (fire service)"
    if match.re is _TOWNS:
        first, last = match["first"], match["name"].casefold()
        return None if ordinary(first) or last in COMMON.difference(MONTHS) else (start, end)
    core = [word for _, word in words if word[0].isupper()]
    if match.re is _ROAD and core[-1] == "Court" and any(w.casefold() in _COURTS for w in core):
        return None
    if match.re is _TRUST and all(ordinary(word) for word in core):
        return None
    if (match.re is _LOCAL and not _local_body(match)) or (match.re is _INN and not _inn(match)):
        return None
    if not any(_distinct(word, labels) for word in core):
        return None
    if match.re in (_SITE, _LOCAL, _TRUST):
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
