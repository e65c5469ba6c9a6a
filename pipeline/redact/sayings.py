"""Headlines and descriptions that single somebody out although they hold no name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.find import Find
from pipeline.redact.gated import Gated
from pipeline.redact.words import KNOWN, NAME_WORD, common, ordinary

_QUOTED = r"(?:“[^”]{8,}”|‘[^’]{8,}’(?!\w)|\"[^\"]{8,}\")"
_PAPERS = (
    r"Gazette|Courier|Mail|Echo|Herald|Chronicle|Advertiser|Argus|Mercury|Observer|Press|Post|News|"
    r"Telegraph|Times|Tribune|Journal"
)
_NEWS = (
    r"\b(?:(?:news)?papers?|press|media|coverage|reporters?|editors?|columns?|front pages?|"
    rf"reporting|tabloids?|headlines?|weekl(?:y|ies)|covered|widely reported|{_PAPERS})\b"
)
_WHERE = (
    r"(?:country|nationality|faith|village|town|island|shore|district|area|county|city|port|parish|"
    r"borough|college|school|coast|valley|estate|region|street|river|estuary|fen|marsh|lake|loch|"
    r"hills?|dale|moors?|trade|docks?|quay)"
)
_COLOURS = (
    "black|white|silver|grey|gray|red|dark red|blue|dark blue|light blue|pale blue|navy|green|"
    "dark green|yellow|gold|bronze|brown|beige|cream|maroon|burgundy|orange|purple|lilac|pink|"
    "turquoise|"
    "metallic blue|two-tone"
)
_MAKES = (
    "Alfa Romeo|Aston Martin|Audi|BMW|Bentley|Chevrolet|Chrysler|Citro[eë]n|Dacia|Daewoo|Daihatsu|"
    "Ducati|Ferrari|Fiat|Ford|Harley|Harley-Davidson|Honda|Hyundai|Isuzu|Iveco|Jaguar|Jeep|Kawasaki|Kia|"
    "Lada|Lambretta|Land Rover|Lexus|Mazda|Mercedes|Mercedes-Benz|Mitsubishi|Nissan|Opel|Peugeot|"
    "Porsche|Range Rover|Renault|Saab|[SŠ]koda|Ssangyong|Subaru|Suzuki|Tesla|Toyota|Vauxhall|Vespa|"
    "Volkswagen|Volvo|VW|Yamaha"
)
_ALSO_NAMES = "Austin|Bedford|Lotus|MG|Mini|Morgan|Morris|Reliant|Rover|Seat|SEAT|Smart|Triumph"
VEHICLES = ("sayings.vehicle", "sayings.odd-vehicle", "sayings.adorned-vehicle")
"""Rules that find a vehicle."""
_CARS = ("car", "van", "truck", "pick-up", "taxi", "bus", "lorry", "bike", "motorbike", "estate")
_KNOWN_BY_COLOUR = re.compile(
    r"\b(?:yellow|gold|bronze|maroon|burgundy|orange|purple|lilac|pink|turquoise|lime green|"
    r"bright green|pale green|pea-green|pale blue)\b"
)
_ODD = re.compile(
    r"\b(?:hearse|ice[- ]cream van|fire engine|milk float|horsebox|narrowboat|houseboat|quad bike|"
    r"camper van|tractor|London taxi|sidecar)\b"
)
"""Colours and kinds of vehicles by which one is known."""
_FEW = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PATTERNS = {
    "sayings.headline": Gated(
        r"\b(?:[Hh]eadlined?s?|was headed|were headed)\b[^“‘\"'.|]{0,40}(?P<found>“[^”]+”|"
        r"‘.+?’(?!\w)|\"[^\"]+\")"
    ),
    "sayings.reported-as": Gated(
        rf"{_NEWS}[^.;|“‘]*? (?:as|under|beneath|with|words|on|of|about|called|calling|dubbed|"
        rf"named|nicknamed|christened|labelled|branded|put it|had it|ran|read|entitled|titled)"
        rf"(?: (?:it|her|him|them|the|a|an|name|title|words|case|couple|story|murder|killing|"
        rf"heading))*,? "
        rf"(?P<found>{_QUOTED})"
        rf"|(?:as|under|with|words) (?P<before>{_QUOTED})(?=[^.;|]*{_NEWS})"
    ),
    "sayings.named-crime": Gated(
        r"\b(?:reference to|known as|dubbed|called|so-called|headlined?|nicknamed) [“‘\"]?"
        r"(?P<found>the (?!murder|killing)(?:[\w’'-]+ ){1,3}(?:murders?|killings?|killer|"
        r"murderer|tragedy|stabbing|shooting|strangler|death|horror)\b)"
    ),
    "sayings.only-one": Gated(
        r"\b(?P<found>(?:\w+ of )?(?:the|one of the) (?:only|last|first|oldest|youngest) "
        r"(?!day|week|time|visit|contact|call|report|occasion|month|year)[^.,;|]{3,60}? "
        rf"(?:from|in|of|on|at) (?:her|his|their|that|the|this) (?:[\w-]+ )?{_WHERE}\b"
        r"(?: (?:that|this) year| (?:who|that) [^.,;|]{3,60})?)"
    ),
    "sayings.first-to": Gated(
        r"\b(?P<found>(?:the )?(?:first|only|last|oldest|youngest) (?:[\w-]+ )?(?:woman|man|"
        r"girl|boy|"
        r"person|"
        r"female|male|couple|family|villager|pupil|player) (?:ever )?(?:to (?!die|be killed|"
        r"report)|in the|"
        r"who (?:had |has )?ever )[^.,;|]{3,60}"
        rf"|the first [a-z][a-z’ -]{{3,40}} (?:in|of|from) the {_WHERE} to (?:be|become|have|win)\b"
        r"(?: [^.,;|]{3,40})?)"
    ),
    "sayings.of-the-town": Gated(
        r"\b(?P<found>(?:the|that|her|his) (?:town|village|county|street|city|island|parish|"
        r"valley)[’']s "
        r"[A-Z][a-z]+(?: [A-Z][a-z]+)*)"
    ),
    "sayings.record": Gated(
        r"\b(?P<found>(?:a|an|the|her|his|their) (?:record|prize|award|medal|cup)-(?:breaking|"
        r"winning|"
        r"holding) [^.;|]{3,50}?)(?=,? (?:and|but|which|who)\b|[.;|]|$)"
    ),
    "sayings.crowned": Gated(
        r"\b(?P<found>(?:crowned|voted|elected|named|chosen as|won the title of|title of|once|"
        r"reigning|"
        r"the [a-z]+[’']s) (?:the )?(?:[A-Z][\w’-]+ ){1,3}(?:Queen|King|Princess|Prince|"
        r"Champion|Star|"
        r"Maiden|"
        r"of the Year)\b(?: (?:in|of|for|at) [^.,;|]{3,50})?)"
    ),
    "sayings.on-air": Gated(
        r"\b(?P<found>(?:appear(?:ed|ing)|broadcast|featured|interviewed|recognised|competed|contestant|"
        r"finalist|runner-up|had been|seen|shown|was) (?:[\w’-]+ ){0,3}?(?:on|in|from) (?:(?:an?|"
        r"the|local|"
        r"national|regional|live|BBC|ITV|Channel \d) )*(?:television|TV|radio|documentary|quiz "
        r"show|game show|"
        r"talent show|soap opera|soap|film|(?:television|TV) (?:series|programme))\b(?: (?:about|"
        r"in|with) "
        r"[^.,;|]{3,40})?)"
        r"|\b(?P<fewer>(?:runner-up|winner|(?:semi-)?finalist|contestant|medallist|champion) "
        r"(?:in|of|on|at) "
        r"(?:an?|the) (?!case|trial|end|family)[^.,;|]{3,50})"
        r"|\b(?P<before>(?:an?|the) (?:BBC|ITV|Channel \d|Netflix|television|TV|radio) (?:[\w-]+ )?"
        r"(?:programme|documentary|series|show|film)(?: (?:about|on|with) [^.,;|]{3,40})?)"
    ),
    # "played hockey for her county", "a former judo player for his island at the Games"
    "sayings.for-county": Gated(
        r"\b(?P<found>(?:(?:a )?former |ex-|played |ran |rode |rowed |boxed |swam |raced |"
        r"fought |shot )"
        r"[a-z][^.,;|]{0,40}? for (?:his|her|their|the|England|Scotland|Wales|Ireland|Great "
        r"Britain|GB)"
        r"(?: (?:island|country|county|nation|region|army|"
        r"navy))?(?<!his)(?<!her)(?<!the)(?<!their)\b"
        r"(?: (?:at|in) the [A-Z][\w ]+)?)"
    ),
    "sayings.last-of": Gated(
        r"\b(?P<found>one of (?:the )?last (?:few |remaining |two |three |four |five "
        r")?(?!people|times|contacts|"
        r"occasions|professionals|to see)[^.,;|]{3,60})"
        r"|\b(?:[Ss]?he|who|father|mother|husband|wife|brother|sister|uncle|aunt)(?:, [^.;|"
        r"]{3,40},)? (?:was|had been) "
        r"(?P<before>the last (?!person|people|to|of|time|one|contact|professional|agency|"
        r"family|member|known|"
        r"victim|few|part|straw|in)[a-z][^.,;|]{3,50})"
        r"|\b(?P<fewer>the (?:only|last) (?!contact|agency|agencies|person|people|professional|"
        r"service|time|record|"
        r"recorded|one|other|specialist|way|evidence|information|reference|mention|occasion|police|exception|gp|"
        r"call|referral|indication|member|child|adult|witness|entry|visit)[a-z][a-z’' -]{3,40}"
        r"(?: in [A-Z][a-z]+| on the [A-Z][a-z]+ (?:market|front|green|estate)| from the "
        r"(?:village|valley|island|estate)"
        r"[^.,;|]{0,60}))"
    ),
    "sayings.known-for": Gated(
        r"\b(?:known|remembered|famous|celebrated|renowned)(?: [\w’-]+){0,4}? (?:as the (?:man|"
        r"woman|boy|"
        r"girl|one|person|family|couple) who) (?P<found>[^.,;|]{5,60})"
    ),
    "sayings.only-trade": Gated(
        r"\b(?P<found>(?:the |one of the )?(?:only|last|sole) (?!officer|person|member|worker|"
        r"professional|"
        r"practitioner|manager|driver|carer|partner|other|number|matter|letter|order|offender)"
        r"(?:[a-z-]+ ){0,2}[a-z-]+(?:er|or|ist|ian|man|woman|smith|wright)s? (?:to (?:serve|hold|"
        r"work|make|"
        r"play|have)|between|within|north|south|east|west|left|still|ever|outside|for miles) "
        r"[^.,;|]{3,60})"
    ),
    "sayings.few-of-a-trade": Gated(
        rf"\b(?P<found>one of (?:only |just |the )?(?:{_FEW}) (?!children|people|men|women|"
        rf"officers|boys|"
        r"girls|sons|daughters|siblings|brothers|sisters|agencies|cases|occasions|victims|calls|visits)"
        r"(?:[a-z-]+ ){1,3}?(?!officers|workers|members|carers|practitioners|offenders|partners)"
        r"[a-z-]*(?:ers|ors|ists|ians|men|women|smiths|wrights|pilots))\b"
    ),
    "sayings.people": Gated(
        r"\b(?:belong(?:s|ed|ing)? to|members? of|of|from|one of|born (?:in)?to) "
        rf"(?P<found>(?:the )?(?P<folk>{NAME_WORD}) (?:people|tribe|clan|caste|sect|ethnic group|"
        rf"minority))\b"
    ),
    "sayings.rare-faith": Gated(
        r"\b(?P<found>(?:Poor Clares?|Carmelites?|Benedictines?|Jesuits?|Franciscans?|Dominicans|"
        r"(?:Plymouth|Exclusive|Open) Brethren|Amish|Hutterites?|Zoroastrians?|Parsis?|Druze|"
        r"Yazidis?|"
        r"Mandaeans?|Bah[aá][’']?[ií]s?|Ismailis?|Ahmadiyya|Ahmadis?|Alevis?|Copts?|Coptic|Jains?|"
        r"Christadelphians?|Moravians?|Swedenborgians?|Wiccans?|Druids?|Unitarians?|Samaritan "
        r"woman))\b"
    ),
    "sayings.rare-condition": Gated(
        rf"\b(?P<found>(?P<eponym>{NAME_WORD})(?:[’']s)? (?:syndrome|disease|anomaly|dystrophy))\b"
        r"|\brare (?:[a-z]+ )?(?:condition|disease|disorder|illness|cancer)(?:,| called| known as) "
        r"(?P<before>[^.,;|]{3,40})"
    ),
    "sayings.operation": Gated(
        r"\bOperation (?P<found>(?!Encompass|Sanctuary|Provide|Soteria|Bluestone|Liberty|"
        r"Nightingale|"
        r"Signature|Manager|Centre|Team|Lead|Policy|Group|Board)[A-Z][a-z]{2,}(?: [A-Z][a-z]+)?)\b"
    ),
    "sayings.vehicle": Gated(
        rf"\b(?P<found>(?:(?:{_COLOURS}) )?(?:{_MAKES}) (?:[A-Z][\w-]+|\d{{2,4}}[A-Za-z]*\b)(?: "
        rf"[A-Z][a-z]+)?)"
        rf"|\b(?P<before>(?:{_COLOURS}) (?:{_MAKES}|{_ALSO_NAMES}|{NAME_WORD})(?: [A-Z][\w-]+)*)"
        r"(?= (?:car|van|estate|saloon|pick-up|with|in|,|registered|registration|which|that|and|"
        r"was|"
        r"had|he|she|[A-Z]{2}\d{2})\b|[,.;]|$)"
        rf"|\b(?P<fewer>(?:vintage|classic|veteran|converted|hand-painted|customised|restored|pink|purple|"
        r"lilac|orange|turquoise|gold|19\d\d) (?:[a-z-]+ ){0,2}(?:car|van|motorbike|motorcycle|"
        r"scooter|"
        r"caravan|lorry|truck|boat|bus|ambulance|taxi|hearse|float|tractor|fire engine|"
        r"narrowboat|camper|pick-up|pickup|jeep|minibus|coach|trike|quad bike|horsebox))\b"
        rf"|\b(?P<painted>(?:(?:matt|bright|lime|pale|dark|canary|day-glo|pillar-box|metallic) "
        rf")?(?:{_COLOURS}) "
        r"(?:[\w-]+ ){0,3}(?:pick-up|pickup|hearse|ambulance|tractor|fire engine|camper(?: "
        r"van)?|minibus|"
        r"motorbike|motorcycle|scooter|trike|quad bike|narrowboat|taxi|coach|bus|lorry|truck|"
        r"mini|limousine)"
        r"(?: with (?:[^.,;|(]{3,60}))?)"
    ),
    # "a van with a badger painted on the bonnet"
    "sayings.adorned-vehicle": Gated(
        r"\b(?P<found>(?:an? |the |his |her )?(?:[\w-]+ ){0,4}(?:van|car|taxi|cab|lorry|truck|bus|"
        r"bike|motorbike|scooter|caravan|boat|Mini|Beetle|estate|saloon|pick-up|hatchback|jeep) "
        r"with "
        r"[^.,;|]{3,60}? (?:on|to|across|along|down|for|upon|round) (?:its|the|a|both|each) "
        r"(?:[a-z]+ )?(?:sides?|bonnet|roof|back|front|doors?|tailgate|boot|bumper|windscreen|"
        r"grille|aerial)\b)"
    ),
    "sayings.odd-vehicle": Gated(
        r"\b(?:her|his|their|the|an?) (?P<found>(?:[a-z-]+ )?(?:hearse|ice[- ]cream van|milk "
        r"float|horsebox|"
        r"narrowboat|houseboat|unicycle|penny-farthing|sidecar|motor tricycle|hovercraft|fire "
        r"engine|"
        r"cinema van|mobile library|mobile cinema(?: van)?|burger van|fish van|rag-and-bone "
        r"cart))\b"
    ),
    "sayings.hashtag": Gated(r"(?<!\w)(?P<found>#[A-Za-z]\w{5,})"),
    # "one of the very few … in the country", "one of only four of its kind still turning"
    "sayings.few": Gated(
        rf"\b(?P<found>one of (?:the |only |just |about )?(?:very few|few|only {_FEW}|{_FEW}|a "
        rf"handful of) "
        r"[^.,;|]{3,60}? (?:in (?:the|this|that) (?:country|county|world|north|south|east|west|"
        r"kingdom|region|UK)|"
        r"of (?:its|their|his|her) kind|still|left)\b(?: [a-z]+){0,6})"
        r"|\b(?P<before>(?:the |that )?(?:[\w-]+ )?(?:congregation|community|families|parish) "
        r"of (?:only )?"
        rf"(?:{_FEW})(?= (?:at|in|on)\b|[.,;]))"
    ),
    "sayings.one-of-few": Gated(
        rf"\b(?P<found>one of (?:only )?(?:{_FEW}) [^.,;|]{{3,60}}? (?:in|at|on|of) (?:the|this|"
        rf"that) "
        rf"(?:whole |entire )?{_WHERE}\b)"
        r"|\b(?P<fewer>(?:fewer|less) than (?:\w+) (?:[\w-]+ )?(?:speakers|families|households))\b"
        rf"|\b(?P<before>(?:{_FEW}) (?:[\w-]+ ){{0,2}}(?:speakers|families|households) (?:in|at|"
        rf"on) "
        rf"(?:the|this) (?:whole |entire )?{_WHERE}\b)"
    ),
}


_USUAL_CONDITIONS = frozenset(
    (
        "alzheimer", "asperger", "crohn", "cushing", "down", "graves", "hodgkin",
        "korsakoff", "lyme", "munchausen", "parkinson", "raynaud", "stevens", "stockholm",
        "tourette", "wernicke",
    )
)  # fmt: skip


def _usual(eponym: str) -> bool:
    """Whether a condition's name is met every day: Down's, Parkinson's."""
    if eponym in ("Usher", "Hunter", "Angelman", "Noonan", "Turner", "Pick", "Still", "Castle"):
        return False  # words, and names of conditions that few have
    bare = eponym.casefold().replace("’", "'").removesuffix("'s").removesuffix("s")
    known = {bare, f"{bare}s"} & _USUAL_CONDITIONS
    return bool(eponym) and (bool(known) or ordinary(eponym))


def find_sayings(text: str) -> Iterator[Find]:
    """Newspaper headlines about the case, and 'the only … from her country'."""
    for rule, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            groups = match.groupdict()
            group = next(
                name for name in ("found", "before", "fewer", "painted") if groups.get(name)
            )
            folk = (groups.get("folk") or "").casefold()
            if folk in KNOWN or common(folk) or _usual(groups.get("eponym") or ""):
                continue
            yield Find(*match.span(group), "OTHER", rule, 0.7)


def short_for(vehicle: str) -> Iterator[str]:
    """What a vehicle that everybody knows is called for short: "yellow car", "hearse"."""
    if colour := _KNOWN_BY_COLOUR.search(vehicle):
        yield from (f"{colour.group()} {noun}" for noun in _CARS)
    if odd := _ODD.search(vehicle):
        yield odd.group()
