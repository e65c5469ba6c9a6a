"""Work that few people do: a net braider or a harbour master is known by it for miles around.

Who does what many do (nurse, driver, builder) cannot be told by it, and coders need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.redact.find import Find
from pipeline.redact.gated import Gated
from pipeline.redact.words import WORDS

_USUAL = frozenset((*WORDS["usual_jobs"], *WORDS["no_jobs"], *WORDS["job_words"]))
_RARE = "|".join(WORDS["rare_trades"])
_STOP = "|".join(sorted(word for word in STOP_WORDS if word.isalpha()))
_WORD = rf"(?!(?:{_STOP})\b)[a-zà-ÿ]+(?:[’'-][a-zà-ÿ]+)*"
_AGENT = (
    r"\b[a-z]+(?:-[a-z]+)*(?:er|or|ist|ian|man|woman|smith|wright|monger|keeper|master|mistress|"
    r"maker|herd|grapher|eer)"
)
_BOUND = (
    r"(?=[.,;:)”|]|’(?!s)|$| \||(?: in| at| on| by| and| who| until| when| but| for| with| from| "
    r"of| to|"
    r" before| after| since| while| whose| where| or)\b)"
)
_NOUN = rf"(?:{_WORD} ){{0,3}}?(?:{_AGENT}|{_RARE}){_BOUND}"
_OF = rf"(?: (?:of|for|to) (?:the |a |an )?(?:{_WORD} ){{0,2}}{_WORD}{_BOUND})?"
_TRADE = rf"(?P<trade>(?P<noun>{_NOUN}){_OF})"
_KIN = (
    r"(?:[Ss]he|[Hh]e|[Ww]ho|[Ff]ather|[Mm]other|[Bb]rother|[Ss]ister|[Uu]ncle|[Aa]unt|[Ss]on|"
    r"[Dd]aughter|[Hh]usband|[Ww]ife|[Pp]artner|[Gg]randfather|[Nn]eighbour|[Ff]riend|"
    r"(?!(?:It|This|That|There|These|Those|What|Which|Here|Such|One|The)\b)[A-Z][\w’-]*(?: "
    r"[A-Z0-9]+)?)"
)
_FRAMES = {
    "trades.worked-as": rf"\b(?:work(?:s|ed|ing)?|employ(?:ed|ment)|train(?:ed|ing)|apprenticed|"
    rf"retrained|qualified|"
    r"jobs?|career|post|living|latterly|later|then|first|served|volunteered|started|began)"
    rf"(?: [\w’-]+){{0,3}}? as (?:an? |the |their |its )?{_TRADE}",
    "trades.was": rf"\b{_KIN}(?:, [^.,;|]{{2,40}},)? (?:was|is|[’']s|had been|has been|became|"
    rf"becomes|had become|were) "
    rf"(?:now |then |once |still |by then |also |formerly |again |for [a-z]+ years )?(?:an? |the "
    rf")(?:last |only )?{_TRADE}",
    "trades.retired": r"\b(?:[Rr]etired|[Ff]ormer|[Ss]elf-employed|[Aa]pprentice|[Ff]reelance|"
    r"[Ss]killed|[Mm]aster|"
    rf"[Jj]obbing|[Ii]tinerant|[Uu]nemployed|[Pp]rofessional|[Ss]easonal|one-time|erstwhile) "
    rf"{_TRADE}",
    "trades.by-trade": rf"\b(?:an? )?(?P<trade>(?P<noun>(?:{_WORD} ){{0,2}}{_WORD})) by (?:trade|"
    rf"profession|calling|occupation)\b",
    "trades.apposed": rf"(?:[A-Z0-9][\w’)-]*, (?:an?|the)|[a-z], an?(?= [\w-]+[ -]\w)) "
    rf"{_TRADE}(?=[,.;)])",
    "trades.office": rf"(?:^|[.;|] )The {_TRADE}, (?=(?:Mr|Mrs|Ms|Miss|Dr|Capt)\b|[A-Z][a-z]+ "
    rf"[A-Z][a-z]+)",
}
_COMPILED = {rule: Gated(pattern) for rule, pattern in _FRAMES.items()}
_ANYWHERE = re.compile(
    rf"\b(?P<trade>(?:(?:head|chief|master|professional|assistant|consultant|ship[’']s|[Pp]aralympic|"
    rf"[Oo]lympic|principal) )?(?P<noun>(?:{_RARE})))(?:s\b|\b)"
)
# "an embroiderer in the cathedral's vestment workshop"
_WHERE = re.compile(
    r" (?:in|at|with|for|on) (?:the|an?|his|her) [^.,;:|()”\"]{3,50}?"
    r"(?=[.,;:)”|]|$| (?:and|who|when|until|while|but|he|she|in the|at the|before|since|from)\b)"
)
_LAST = re.compile(r"[a-zà-ÿ]+$")


def find_trades(text: str) -> Iterator[Find]:
    """Rare occupations and offices, where the words around say that somebody's work is told."""
    for rule, pattern in _COMPILED.items():
        for match in pattern.finditer(text):
            if _rare(match["noun"]):
                yield Find(*match.span("trade"), "OTHER", rule, 0.7)
    for match in _ANYWHERE.finditer(text):
        where = _WHERE.match(text, match.end())
        end = where.end() if where else match.end("trade")
        yield Find(match.start(), end, "OTHER", "trades.rare", 0.7)


def _rare(noun: str) -> bool:
    """Whether the last word of a job's name is none that many do, nor no job at all."""
    head = _LAST.search(noun)
    if head is None or noun.replace(" ", "-") in _USUAL:
        return False
    return not {head.group(), head.group().removesuffix("s")} & _USUAL
