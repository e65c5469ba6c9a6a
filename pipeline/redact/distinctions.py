"""What everybody in a place knows about somebody: offices, honours, titles won, few of a kind.

None of it holds a name, and each leads to one person for those who live there.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.redact.find import Find
from pipeline.redact.gated import Gated
from pipeline.redact.words import NAME_WORD, WORDS

_REST = r"[^.,;:|()”\"]{3,60}"
_COUNTED = rf"(?:\d{{1,3}}|(?:{'|'.join((*WORDS['units'], *WORDS['tens']))})(?:-[a-z]+)?|a dozen)"
_RANK = (
    r"(?:(?:the|an?|its|their|county|club|parish|branch|local|former|past|ex-|assistant|deputy|vice|"
    r"honorary|longest-serving|founding|then|youngest|first|last|that year[’']s|joint|life)[ -]?)*"
)
_OFFICE = (
    r"(?:chair(?:man|woman|(?= of))|president|vice-president|secretary|treasurer|(?:tower "
    r")?captain|clerk|"
    r"organist|choir(?:master|mistress)|conductor|band(?:master|sman)|churchwarden|[Mm]ayor(?:ess)?|"
    r"[Ss]heriff|commodore|coxswain|founder|patron|umpire|referee|judge|standard[- ]bearer|Akela|"
    r"scoutmaster|bell-?ringer|steward|caller|drum major|musical director|landlady|head girl|"
    r"head boy)"
)
_CIRCLE = (
    r"(?:associations?|clubs?|societ(?:y|ies)|choirs?|bands?|teams?|leagues?|church|chapel|cathedral|"
    r"abbey|temple|mosque|gurdwara|guilds?|institut(?:e|ion)|union|lodge|branch|troop|pack|"
    r"bell-?ringers|Farmers|Guides|Scouts|Brownies|Cubs|Cadets|regatta|shows?|carnival|gala|festival|"
    r"championships?|legion|lifeboat|borough|city|town|village|island|parish|county|harbour|port|"
    r"burial fund|fund|commissioners|fire brigade|hunt|pier|allotments?|council|congress|"
    r"federation|"
    r"orchestra|circus|school|college|university|regiment)"
)
_FEAT = (
    r"(?:championships?|champion|quarter-finals?|semi-finals?|(?:gold|silver|bronze) "
    r"medal(?:list)?|"
    r"world record|record holder|Olympics?|Paralympics?|Commonwealth Games|grandmaster|"
    r"best (?:in show|of breed)|Masters? title)"
)
_OF_WHAT = (
    r"(?:British|English|Welsh|Scottish|Irish|European|world|World|national|international|county|"
    r"regional|area|district|junior|senior|masters|Masters|veterans?|under-\d+|ladies[’']?|women[’']s|"
    r"men[’']s|supreme|all-England|Commonwealth|Olympic|Paralympic|amateur|club|borough|city|schools?)"
)
_SHOWN = (
    r"(?:film|edition|episode|series|television show|TV show|talent show|song|album|novel|"
    r"memoir|blog|vlog|podcast|column|channel|(?:Facebook|online|WhatsApp|"
    r"Instagram) (?:page|group)|painting|play|poem|hymn|documentary|boat|"
    r"yacht|trawler|narrowboat|traction engine|locomotive|steam engine)"
)
_QUOTED = r"(?:“[^”]{3,60}”|‘[^’]{3,60}’(?!\w)|\"[^\"]{3,60}\")"
_KEEPS = (
    r"(?:woman|man|girl|boy|widow|couple|household|family|families|hotel|farm|shop|stall|pub|inn|"
    r"bakery|forge|mill|smallholding|garage|taxi|boat|speaker|player|pupil|villager|islander|"
    r"resident|member|lady|one there|house|cottage|croft|student|native|survivor|driver|black|"
    r"foreign(?:er)?|deaf|blind)"
)
_GUN = r"(?:punt gun|blunderbuss|musket|flintlock|harpoon|cutlass|kukri|halberd|longbow|assegai)"

_BEAST = (
    r"(?:emus?|penguins?|caimans?|crocodiles?|alligators?|monkeys?|capuchins?|lemurs?|meerkats?|llamas?|"
    r"alpacas?|ostrich(?:es)?|wallab(?:y|ies)|kangaroos?|wolfhounds?|falcons?|hawks?|kestrels?|owls?|"
    r"vultures?|pythons?|iguanas?|peacocks?|camels?|elephants?|racing pigeons?|bloodhounds?|"
    r"beagles pack)"
)
_ODD_HOME = (
    r"(?:railway carriage|windmill|lighthouse|water tower|signal box|pumping station|oast house|"
    r"toll ?house|"
    r"gatehouse|lock cottage|lock-keeper[’']s cottage|crossing keeper[’']s cottage|[Mm]artello "
    r"tower|"
    r"boathouse|observatory|fire station|lifeboat station|ice house|folly)"
)
_BROADCAST = (
    r"(?:Blue Peter|Songs of Praise|Crimewatch|Bake Off|Strictly Come Dancing|Britain[’']s "
    r"Got Talent|"
    r"(?:the |The )?X Factor|Mastermind|University Challenge|Countdown|Gogglebox|Antiques Roadshow|"
    r"Dragons[’'] Den|Gardeners[’'] World|Countryfile|Eurovision|Crufts|Love Island|"
    r"Master[Cc]hef|Top of the Pops|Opportunity Knocks|Stars in Their Eyes|Question "
    r"Time)"
)

_PATTERNS = {
    # "tower captain of the bell-ringers", "organist at the chapel"
    "distinctions.office": (
        rf"\b(?P<found>{_RANK}(?!(?:chair|chairman|secretary|judge) of (?:the )?(?:panel|review))"
        rf"{_OFFICE} (?:of|to|at|for|on) (?:the |an? |its |their )?(?:(?!Safe|Crown|High|County "
        rf"Court|"
        rf"Family|Safeguarding|governors)[\w’'-]+ ){{0,3}}{_CIRCLE})\b(?! (?:Safety|"
        rf"Safeguarding|Court|"
        rf"Partnership|Board|panel|safety))(?: in the [A-Z]\w+ year)?"
    ),
    "distinctions.officer": (
        r"\b(?P<found>(?:the |an? )?(?:deputy |former |Lord |high |High |assistant |parish |"
        r"town |head )?"
        r"(?:verger|organist|churchwarden|sexton|deacon|mayor|Mayor|Mayoress|alderman|town "
        r"crier|beadle|"
        r"bandsman|goat major|lord lieutenant|Lord Lieutenant|parish clerk|town clerk|coroner[’']s "
        r"officer|lay reader|lay preacher|harbour-?master)(?! of London)(?: (?:at|in|of|for) "
        r"(?:the )?[^.,;:|"
        r"()”\"]{3,40})?)"
        r"(?=[.,;:)”|]|$| (?:and|who|when|until|while|but|he|she)\b)"
    ),
    "distinctions.embassy": (
        r"\b(?P<found>(?:an? |the )?(?!appointment|visit|meeting|interview)[a-z]+ (?:at|for|"
        r"with|in) (?:an?|the|the same|his|her) (?:[A-Z]\w+ )?(?:embassy|"
        r"High Commission|consulate|circus|lighthouse|windmill|monastery|convent|observatory|"
        r"royal palace|"
        r"zoo|safari park))\b"
    ),
    "distinctions.honour": (
        r"\b(?P<found>(?:the |an? )?(?:British Empire Medal|George (?:Medal|Cross)|Victoria Cross|"
        r"Military (?:Cross|Medal)|(?:Queen|King)[’']s [A-Z]\w+ Medal|BEM|MBE|OBE|CBE)(?: for "
        r"(?:his|her|"
        r"services?|work)[^.,;|]{0,50})?)(?!\w)"
        r"|\b(?P<award>(?:the |an? )?(?:lifetime|bravery|gallantry|civic|long service|Royal Humane "
        r"Society) (?:[\w-]+ )?(?:award|medal|commendation|honour|certificate)(?: (?:for|from|by) "
        rf"{_REST})?)"
        r"|\b(?P<free>(?:the )?(?:freedom|freeman|freewoman) of the (?:city|borough|town))\b"
    ),
    # not "the domestic abuse champion"
    "distinctions.feat": (
        rf"\b(?P<found>(?:the |an? )?(?:[a-z-]+ )?{_OF_WHAT} (?:[\w’'-]+ ){{0,3}}?{_FEAT}s?(?: "
        rf"(?:of|at|in|"
        rf"for) {_REST})?)"
        rf"|\b(?P<of>(?:the |an? )?(?<!abuse )(?<!violence )(?<!safeguarding ){_FEAT} (?:of|at|"
        rf"in) (?:the |"
        rf"an? )(?!IMR|agency|practice|trust|service)(?:[\w’'-]+ ){{0,4}}(?:[\w’'-]+))"
    ),
    "distinctions.player": (
        r"\b(?P<found>(?:the |an? )?(?:opening )?(?:batsman|bowler|wicketkeeper|goalkeeper|striker|"
        r"fly-half|scrum-half|prop forward|full ?back|winger|cox|oarsman|sprinter|jockey) "
        r"(?:for|at|with) "
        r"(?:the |his |her )?[^.,;|]{3,40})"
    ),
    # "in a film called “The Winter Herd”", "his videos on mowers"
    "distinctions.title": (
        rf"\b(?P<found>(?:an? |the )?{_SHOWN}(?: [\w’'-]+){{0,3}}?(?: of| as| called| titled| "
        rf"entitled| "
        rf"named| under the name)?,? {_QUOTED})"
        r"|\b(?P<videos>(?:[Hh]is|[Hh]er|[Tt]heir) (?:videos?|channel|blog|vlog|podcast) (?:on|"
        r"about|of) "
        rf"{_REST}?)(?=[.,;|]|$| (?:had|has|was|were|and|which|drew|got)\b)"
    ),
    "distinctions.broadcast": (
        rf"\b(?P<found>(?:[a-z]+ (?:[a-z]+ )?(?:on|at|for|in) )?{_BROADCAST})\b"
    ),
    "distinctions.record": (
        r"\b(?P<found>(?:the |an? )?(?:county|world|British|club|course|Guinness) record "
        rf"(?:for|in|at) {_REST}?)(?=[.,;:)”|]|$| (?:and|which|until|when)\b)"
        rf"|\b(?P<prize>(?:first|second|third|top) prize (?:for|in|at) {_REST})"
        r"|\b(?P<most>(?:the |one of the )?(?:smallest|oldest|tallest|best-known) "
        r"(?!group|force|council|authority|population|community|service|people)[^.,;|]{3,40} in "
        r"the (?:country|county|world|city|town|village|valley|island|region))\b"
        r"|\b(?P<top>in the world[’']s top [a-z]+|ranked [\w-]+ in the (?:world|country|county))\b"
    ),
    "distinctions.won": (
        r"\b(?P<found>(?:won|winning|the win|a win|winners?) [^;|]{0,30}?(?:lottery|Premium "
        r"Bonds|football "
        r"pools|jackpot)(?: in \d{4})?)\b|\b(?P<bond>the million-pound [a-z]+)\b"
    ),
    "distinctions.peer": (
        r"\b(?P<found>(?:an? |the )?(?:hereditary peer|life peer|baronet|earl|viscount|marquess|"
        r"duke|duchess|"
        r"countess))\b"
    ),
    "distinctions.beast": (
        rf"\b(?:an?|the|his|her|their|with|of|kept|keeping|:|\.) (?P<found>(?:[2-9] x "
        rf")?(?:(?:an? )?(?:troop|pack|pair|"
        rf"flock|herd) of )?(?:(?:an? |his |her )?[\w-]+ ){{0,2}}{_BEAST})\b(?! (?:eye|view))"
    ),
    "distinctions.home": (
        rf"\b(?P<found>(?:converted|disused|deconsecrated|redundant|decommissioned|former) "
        rf"(?:{_ODD_HOME}|chapel|"
        rf"church|prison|bus|mill|station|brewery|ambulance|lifeboat))\b"
        rf"|\b(?P<old>(?:the |an? )?(?:old )?{_ODD_HOME})\b"
    ),
    "distinctions.body": (
        r"\b(?P<found>born (?:without (?:an? |his |her )?[^.,;|]{3,30}|joined to [^.,;|]{3,40}|"
        r"with (?:one|six|"
        r"no) [^.,;|]{3,30}))(?=[.,;|]|$| (?:and|which|who)\b)"
        r"|\b(?P<lost>(?:lost|without) (?:both|one|an?|his|her)(?: of (?:his|her))?(?: left| "
        r"right)? (?:hands?|"
        r"arms?|legs?|eyes?|foot|feet))\b|\b(?P<sign>(?:one|two|three|only) (?:other "
        r")?(?:users?|speakers?|students?) "
        r"of [A-Z\w ]{3,30}?)(?=[.,;|]|$| (?:in|at|there|and|on)\b)"
    ),
    "distinctions.fostered": (
        rf"\b(?P<found>(?:fostered|adopted|raised) (?:more than |over )?{_COUNTED} (?:[a-z]+ )?"
        r"children)\b"
    ),
    "distinctions.kin-of": (
        r"\b(?P<found>(?:son|daughter|wife|husband|brother|sister|widow|nephew|niece) of the "
        r"(?:then |former )?"
        r"(?:chief constable|bishop|mayor|MP|coroner|chief executive|leader of the council|"
        r"archdeacon|vicar|"
        r"minister|headteacher|head teacher|lord lieutenant|high sheriff|ambassador))\b"
        r"|\b(?P<wed>two sisters (?:had )?married two brothers|two brothers (?:had )?married "
        r"two sisters)\b"
    ),
    "distinctions.event": (
        rf"\b(?P<found>(?:the )?(?:siege|sinking|rescue|hijack(?:ing)?|wreck|bombing) (?:at|of|"
        rf"on|aboard) "
        rf"(?:the )?{NAME_WORD}(?: (?:{NAME_WORD}|crew))*)"
        rf"|\b(?P<so>(?:murdered|killed|attacked) by the so-called {NAME_WORD}(?: {NAME_WORD})*)"
    ),
    "distinctions.band": (
        r"\b(?P<found>(?:the |an? )?(?:lead singer|singer|bass player|drummer|(?:lead |bass "
        r")?guitarist|"
        r"keyboard player|frontman) (?:in|with|for|of) [^.,;|]{3,40}?)(?=[.,;:)”|]|$| (?:and|"
        r"until|when|which)\b)"
        rf"|\b(?P<act>(?:an? )?{NAME_WORD} {NAME_WORD} (?:impersonator|tribute (?:act|singer|"
        rf"band)|lookalike))\b"
    ),
    "distinctions.first-office": (
        r"\b(?P<found>(?:the )?(?:first|only|last|youngest) (?:[\w-]+ ){0,3}(?:mayor|councillor|"
        r"magistrate|piper|"
        r"bishop|priest|rabbi|imam|surgeon|judge|MP|headmistress|headmaster|sergeant-major)(?: "
        r"(?:of|in|among) "
        r"[^.,;|]{3,40}?)?)(?=[.,;:)”|]|$| (?:and|when|who)\b)"
    ),
    "distinctions.presides": (
        r"\b(?P<found>(?:an? |the )?(?:past |former )?(?:president|patron|commodore|archivist|"
        r"grand master) of (?:the|"
        r"an?) (?!Royal College|Family Division|Law Society)[^.,;:|]{3,50}?)(?=[.,;:)”|]|$| "
        r"(?:and|who|when|"
        r"until)\b)|\b(?P<board>(?:chair|chairman|member) of the (?:drainage|harbour|mosque|"
        r"temple) (?:board|"
        r"committee))\b"
    ),
    "distinctions.on-the-news": (
        r"\b(?P<found>(?:an? |the )(?:[\w’'-]+ ){1,3}(?:which|that) (?:was|were|had been) on "
        r"the (?:\w+ "
        r")?news(?: for [^.,;|]{3,30})?)"
    ),
    "distinctions.born-with": (
        r"\b(?P<found>(?:one of )?(?:(?:identical|conjoined|the) )?(?:triplets?|quadruplets?|"
        r"quintuplets?|"
        r"quins))\b|\b(?P<twins>(?:one of (?:the )?|conjoined |identical |mirror )twins?(?: "
        r"(?:sisters|"
        rf"brothers))?(?: (?:who|in|on) {_REST})?)"
    ),
    "distinctions.condition": rf"\b(?P<found>(?i:{'|'.join(WORDS['rare_conditions'])}))\b",
    "distinctions.nation": rf"\b(?P<found>{'|'.join(WORDS['rare_nations'])})\b",
    "distinctions.weapon": (
        rf"\b(?P<found>(?:an? |the |his )?(?:{_GUN}|(?:ceremonial|samurai|antique|cavalry|"
        rf"regimental|"
        r"ornamental|Victorian|Viking) (?:sword|sabre|dagger|bayonet|pistol|axe|spear)(?: (?:in|"
        r"with|from) "
        r"[^.,;|]{3,30})?))\b"
    ),
    "distinctions.unit": (
        rf"\b(?P<found>(?:(?:\d{{1,2}}(?:st|nd|rd|th)?|First|Second|Third) (?:Battalion,? "
        rf")?(?:of )?)?(?:[Tt]he "
        rf")?(?!(?:Security|Crossing|Air|Gas|Heating|Network|Border)\b)(?:{NAME_WORD} "
        rf"){{1,3}}(?:Regiment|Fusiliers|Guards|Hussars|Lancers|Dragoons|Rifles|"
        r"Highlanders|Borderers|Marines|Commandos?|Battalion|Artillery|Engineers|Yeomanry|"
        r"Gurkha Rifles))\b"
        rf"|\b(?P<ship>(?:HMS|RFA|MV|RMS) {NAME_WORD}(?: {NAME_WORD})?)"
        r"|\b(?P<flight>flight [A-Z]{2} ?\d{2,4}(?: (?:to|from) [A-Z]\w+)?)"
    ),
    # "some sixty people in the whole of London", "perhaps thirty families in the country"
    "distinctions.few": (
        rf"(?<!\bin )(?<!\bevery )\b(?P<found>(?:some |perhaps |about |around |only |barely |"
        rf"fewer than |no more than |"
        rf"all )?"
        rf"{_COUNTED} (?:or so )?(?:people|families|households|souls|names|speakers|members|"
        rf"villagers|"
        rf"islanders|houses)(?: of (?:her|his|their) [a-z]+)? (?:in|on) (?:the|this|its) "
        rf"(?:whole (?:of )?)?"
        r"(?:(?:the )?(?:country|city|county|town|borough|village|valley|island|region|"
        r"congregation|"
        r"United Kingdom|UK|world|parish|electoral roll|roll|register)|(?:of )?[A-Z][a-z]+)"
        r"(?: from (?:that|the same|her|his) \w+)?)\b"
        rf"|\b[Tt]he (?:valley|village|hamlet|island|community|congregation|settlement|chapel) "
        rf"(?:has|had|"
        rf"numbers|numbered|is|was|counts) (?P<souls>(?:some |about |only )?{_COUNTED} "
        rf"(?:people|souls|"
        rf"households|houses|members|inhabitants|residents))\b"
    ),
    "distinctions.tattoo": (
        r"\b(?P<found>(?:\w+ )?tattoo(?:ed)? (?:of|on|round|around|across|saying|reading|with) "
        rf"{_REST})"
    ),
    # "the only one there selling momo", "the first farm on the moor to be culled"
    "distinctions.only": (
        rf"\b(?P<found>(?:the|one of the|an?) (?:only|last|first|sole) (?:(?!contact|time|"
        rf"referral|child\b)"
        rf"[\w’'-]+ ){{0,3}}?{_KEEPS}s?(?: [\w’'-]+){{0,1}} (?:among|amongst|selling|to (?!die|"
        rf"be killed|be "
        rf"murdered|see|speak|report|have contact)|left|between|for miles|still|on (?:the|that) "
        rf"(?!panel|ward|scene)) ?{_REST})"
    ),
}
_COMPILED = {rule: Gated(pattern) for rule, pattern in _PATTERNS.items()}


def find_distinctions(text: str) -> Iterator[Find]:
    """Offices, honours, feats, titles, units and rare conditions of people in the text."""
    for rule, pattern in _COMPILED.items():
        for match in pattern.finditer(text):
            group = next(name for name, told in match.groupdict().items() if told)
            yield Find(*match.span(group), "OTHER", rule, 0.7)
