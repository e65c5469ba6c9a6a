"""The pseudonyms that a report says it uses; they stay, since nobody is known by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.redact.declaration import told_pseudonyms
from pipeline.redact.gated import Gated
from pipeline.redact.titles import JOB_TITLE, PROFESSIONAL
from pipeline.redact.words import (
    CALENDAR,
    GENERIC,
    NAME_WORD,
    NATIONAL,
    NO_NAMES,
    SENTENCE,
    UPPER,
    WORD_NAMES,
    never_named,
    ordinary,
)

_QUOTE, _UNQUOTE = "[‘“'\"]", "[’”'\"]"
_NAME = rf"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?(?:{NAME_WORD}|[A-Z]{{1,3}}\b)"
_NAMES = rf"{_QUOTE}?{_NAME}{_UNQUOTE}?(?:(?:, | and |, and | or ){_QUOTE}?{_NAME}{_UNQUOTE}?)*"
_ROLE = (
    r"(?i:victim|deceased|perpetrator|offender|mother|father|parent|son|daughter|child|children|"
    r"sister|brother|husband|wife|partner|friend|neighbour|uncle|aunt|cousin|niece|nephew|"
    r"grand\w+|step\w+|colleague|man|woman|girl|boy)"
)
_QUOTED = f"{_QUOTE}{_NAME}{_UNQUOTE}"
_HERE = (
    r"(?:in|throughout|for the purposes? of) (?:this|the|these) (?:report|review|pages|account|"
    r"document)"
)
# "The family chose the name Noor"; whoever "gave the name Ann" gave her own.
_CHOSEN = Gated(
    r"(?:(?:chose|chosen|selected|picked|asked for) the names?|"
    rf"(?:gave|given|used?|adopted) the pseudonyms?) (?:of )?(?P<names>{_NAMES})"
)
_DECLARATIONS = (
    # "Noor is a pseudonym", "Ann is not her real name"
    Gated(
        rf"(?P<names>{_NAMES}),? (?:(?:is|are|was|were) )?(?:all |also )?"
        r"(?:(?:a |the )?pseudonyms?|not (?:her|his|their) (?:real|actual) names?)\b"
    ),
    Gated(rf"[Pp]seudonyms?(?: of| for the \w+ (?:is|was)|,|:)? (?P<names>{_NAMES})"),
    _CHOSEN,
    Gated(
        r"(?:referred to (?:(?!as\b)\w+ ){0,5}as|(?:known|named|called|appears?|described) "
        r"(?:(?!as\b)\w+ ){0,3}(?:report|review|here|throughout|hereafter) (?:simply |only |just "
        r")?as|(?:will|shall|to) be "
        rf"(?:called|known as|named|referred to as)) (?:either )?(?P<names>{_NAMES})"
    ),
    Gated(rf"(?:called|known as|named) (?P<names>{_NAMES})(?= {_HERE})"),
    Gated(
        rf"(?:known|named|called|appear|(?:referred|alluded) to) {_HERE}(?: as)?:? "
        rf"(?P<names>{_NAMES})"
    ),
    # "in the report Mair would be Ann and Gwil would be Tom"
    Gated(
        rf"{_HERE},?(?: [^.;|]{{0,60}},?(?: and)?)? {NAME_WORD} (?:would|will|shall|is to|was "
        rf"to) be "
        rf"(?:called )?(?P<names>{_QUOTE}?{_NAME}{_UNQUOTE}?)(?=[,.;]| and )"
    ),
    # The title itself: "Domestic Homicide Review: ‘Ann’"
    Gated(rf"(?:[Rr]eview|[Rr]eport|REVIEW|REPORT)(?::|,| –| -)? (?P<names>{_QUOTED})"),
    Gated(rf"{_HERE},? (?:\w+ ){{1,3}}(?:called|known as|named) (?P<names>{_NAMES})"),
    Gated(rf"(?P<names>{_NAMES}) ?\((?:a |family |the )?pseudonyms?\b"),
    Gated(
        r"\b(?:(?:whom |as )?(?:we|this (?:report|review)|the (?:report|review|panel|author))"
        r"(?: (?:shall|will|has|have))? (?:calls?|called|refers? to|name[sd]?) "
        rf"(?:her|him|them|the \w+)?(?: as)? ?|hereinafter |hereafter |given the names? |"
        r"the names? used (?:here )?(?:is|are) |she is |he is )"
        rf"(?P<names>{_QUOTED}(?:(?:, | and |, and | or ){_QUOTED})*)"
    ),
    Gated(
        rf"(?:[Ii]n (?:this|the) (?:report|review) (?:she|he|they|\w+ \w+) (?:is|are|was|were) "
        rf"(?:called )?|"
        rf"asked that (?:she|he|they) be (?:called |known as |named )?|"
        rf"(?:we|report|review|panel|author) (?:shall |will |has |have )?(?:call|calls|called|"
        rf"refers? to) "
        rf"(?:her|him|them|(?:the|her|his) \w+)(?: as)? |hereinafter |hereafter |by the names? "
        rf"(?:of )?|"
        rf"the (?:false|assumed|fictitious|invented) names? (?:of )?)(?P<names>{_NAMES})"
    ),
    Gated(
        rf"(?P<names>{_NAMES}),? (?:(?:is|are|was|were) )?(?:not (?:her|his|their|the) (?:own |"
        rf"real |true "
        r"|actual )?names?|(?:an? )?(?:invented|assumed|fictitious|false|made-up|substitute) "
        r"names?)\b"
    ),
    # "The names Joy and Frank were agreed with the family", "Joy is the name that her mother chose"
    Gated(
        rf"\bnames? (?:of )?(?P<names>{_NAMES})(?=(?:, for [^,.;]{{3,60}},)?,? (?:which |that "
        rf")?(?:was|were|are|is|have "
        rf"been|has been) "
        r"(?:all )?(?:agreed|chosen|picked|selected|given|used|suggested|invented|made up|adopted|"
        r"approved|preferred|taken|fictitious|not real)\b)"
    ),
    Gated(
        rf"(?P<names>{_NAMES}) (?:is|are|was|were) (?:the |a )?names? (?:that |by which |under "
        rf"which |"
        r"we |chosen|(?<!a name )given|used|picked|selected|agreed|suggested|drawn|taken|invented)"
    ),
    Gated(
        rf"(?P<names>{_NAMES}),? (?:as (?:she|he|they) (?:is|are|will be|shall be) (?:called|"
        rf"known)|"
        r"(?:so )?(?:called|known|named) (?:here|in this re\w+|throughout|hereafter)|"
        r"which (?:is|are|was) not (?:her|his|their) (?:real |own )?names?)"
    ),
    # "whom we call Ann", "Ann chose her own name for this report", "and so is Tom"
    Gated(
        r"\bwho(?:m|se \w+)? (?:we|I|the (?:panel|author)) "
        r"(?:(?:shall |will )?calls?|ha(?:s|ve) called) "
        rf"(?P<names>{_NAMES})"
    ),
    Gated(
        rf"(?P<names>{_NAME}) (?:chose|picked) (?:her|his|their) (?:own )?name for th(?:e|is) re"
    ),
    Gated(
        rf"\b(?:invented|made-up|false|fictitious) names?,? and so (?:is|are) (?P<names>{_NAMES})"
    ),
    # "the victim is referred to as TL and the perpetrator as CF"
    Gated(
        # but not "it listed the victim as Kieran B", which tells on somebody's error
        r"(?<!listed the )(?<!entered the )(?<!named the )(?<!recorded the )(?<!gives the )"
        rf"(?<!printed the )\b{_ROLE}(?: (?:is|was|are|here|hereafter|also|then|being))* as "
        rf"(?P<names>{_NAMES})"
    ),
    Gated(
        rf"(?:^|[.;,|:(] ?|and )(?P<names>[A-Z]{{2,3}})(?: ?(?::|=|–|-|—|\|)| is| was|,| \() ?"
        rf"(?:an? |the |her |his |their )?(?:\w+ ){{0,2}}{_ROLE}\b"
    ),
    Gated(r"\b(?:[Dd]eath|DEATH|[Mm]urder|[Hh]omicide) of (?P<names>[A-Z]{2,3})(?![\w’'-])"),
    Gated(rf"\b(?i:{_ROLE}) ?(?:[:|=]|\() ?(?P<names>[A-Z]{{2,3}})(?![\w’'-])"),
    # "Edward*, Peter*": the asterisk leads to "not their real names".
    Gated(rf"(?P<names>{_NAME})\*"),
    Gated(rf"\b(?:[Dd]eath|DEATH|[Mm]urder|[Hh]omicide) of (?P<names>{_QUOTED})"),
)
# Elsewhere "known as ‘Baz’" tells a real nickname: only where the passage speaks of pseudonyms.
_NAMED = re.compile(rf"(?P<names>{_QUOTED})")
_IN_LIST = re.compile(
    rf"(?:^|[.;,|:(] ?|and )(?P<names>{_QUOTE}?{_NAME}{_UNQUOTE}?)(?: ?(?::|=|–|-|—|\|)| is| was|"
    rf",| \() ?"
    rf"(?:(?i:an? |the |her |his |their )|{NAME_WORD}[’']s? ?(?:and {NAME_WORD}[’']s )?)?"
    rf"(?:\w+ ){{0,2}}{_ROLE}\b"
)
# "Ruth chose Ann for her daughter", "Tom was picked by", "Jo, which is the name used here for",
# "their son is called Kit"
_PICKED = re.compile(
    rf"\b(?:chose|picked|selected|suggested|preferred) (?P<names>{_NAME}) (?:for|because|as|"
    rf"since)\b"
    rf"|(?P<passive>{_NAME})(?:, for [^,.;]{{3,50}},)? (?:was|were) (?:picked|chosen|suggested|"
    r"selected|invented)\b"
    rf"|\b(?:is|are) called (?P<called>{_NAMES})"
    rf"|(?P<used>{_NAME}),? (?:which |that )?(?:is|was) the name (?:that (?:is|was) )?(?:used|"
    rf"chosen)\b"
)
# "referred to as Kalam, by which all the family know him": a real name
_REALLY_CALLED = re.compile(
    rf"(?P<names>{_NAME}),? (?:(?:the name )?by which|which is (?:the name|what)) (?:[\w’-]+ "
    rf"){{0,4}}"
    r"(?:family|friends|everybody|everyone|relatives|neighbours|mother|father|people)"
    r"(?: [\w’-]+){0,2} (?:knows?|knew|called|calls?)\b"
)
# "“Ann” was found on five pages": the real name, where it should not stand.
_SLIPPED = re.compile(
    r"\b(?:found|slipped|errors?|mistakes?|true names?|real names? (?:of|appear|remain|stand)|"
    r"removed?|"
    r"deleted?|replaced?|redact\w*|leaked?)\b"
)
_LIST_CUE = re.compile(
    r"[Pp]seudonym|PSEUDONYM|called \w+ (?:here|in this re\w+)\b|"
    r"[Ii]n (?:this|the) re\w+ (?:she|he|they) (?:is|are) called\b|"
    r"[Nn]ames? (?:is|are) not (?:her|his|their) own|"
    r"names? (?:used )?(?:in this report |below )?(?:are|is|have|"
    r"has) (?:not|been changed|all been)|\b[Nn]ames used (?:in|throughout) (?:this|the) re\w+|"
    r"names?\b[^.|]{0,60} (?:are|were|is) (?:all )?(?:false|fictitious|invented|made up)\b|"
    r"names? (?:and labels )?(?:are|is) used|anonymi[sz]|not (?:her|his|their) real name|"
    r"(?:chosen|changed|invented|fictitious|false|assumed) names?|names? (?:are|is|have been) "
    r"(?:fictitious|invented|altered|replaced|agreed|chosen)|names? \w+ was picked|real identit|"
    r"psuedonym"
)
# "known in this report: Ann, Jean (herself) and Tom"
_ASIDE = re.compile(r"(?<=\w) \((?![^()]*pseudonym)[a-z][^()]{0,30}\)")
# What parents call a child is its name.
_THEY_CHOSE = re.compile(r"\b[Tt]hey (?:had |have )?$")
_USUAL_ACRONYM = re.compile(r"\b[A-Z]{2}\b")


def declared_names(passages: Sequence[tuple[str, str]], *, by_rule: bool = False) -> frozenset[str]:
    """Names (single words) declared as pseudonyms in (heading path, text) pairs.

    `by_rule`: without those that only the words around them tell.
    """
    names: set[str] = set()
    listed: set[str] = set()
    for heading, text in passages:
        said = _ASIDE.sub("", text)
        for pattern in _DECLARATIONS:
            for match in pattern.finditer(said):
                if not (pattern is _CHOSEN and _THEY_CHOSE.search(said[: match.start()])):
                    names.update(_words(match["names"]))
        if _LIST_CUE.search(heading) or _LIST_CUE.search(text):
            listed.update(_listed(said))
    texts = [text for _, text in passages]
    # In a list of who is called what, a draft's real name can stand: it has a surname somewhere.
    names |= {name for name in listed if name.isupper() or alone(name, texts)}
    if not by_rule:
        names |= {name for name in told_pseudonyms(texts) if alone(name, texts) >= USED}
    for text in texts:
        for match in _REALLY_CALLED.finditer(text):
            names -= _words(match["names"])
    return frozenset(names | _treated_alike(texts, names))


def _listed(text: str) -> Iterator[str]:
    """Names that a passage about pseudonyms seems to give out as such."""
    for pattern in (_IN_LIST, _PICKED):
        for match in pattern.finditer(text):
            yield from _words(next(filter(None, match.groups())))
    for sentence in SENTENCE.finditer(text):
        if not _SLIPPED.search(sentence.group()):
            for match in _NAMED.finditer(sentence.group()):
                yield from _words(match["names"])


_BARE_NAME = re.compile(rf"(?<![\w.’'-]){NAME_WORD}(?![\w-])")
_KIN = re.compile(rf"{_ROLE},? (?P<names>{NAME_WORD})\b(?! {NAME_WORD})")
_PARTIES = re.compile(rf"(?P<names>{NAME_WORD}(?:(?:, | and |, and ){NAME_WORD})+)")


def _treated_alike(texts: list[str], declared: set[str], *, times: int = 5) -> set[str]:
    """Names that a review with declared pseudonyms uses as it uses those.

    'Mary, Peter and Jack' of a review that says who 'Mary' is: joined to a declared name, told
    again and again, and never with a surname, a title or an initial beside them.
    """
    joined = Counter(
        name
        for text in texts
        for match in _PARTIES.finditer(text)
        if declared & set(names := re.findall(NAME_WORD, match["names"]))
        for name in names
    )
    if any(len(name) > 3 for name in declared):
        joined.update(m["names"] for text in texts for m in _KIN.finditer(text))
    return {
        name
        for name in joined.keys() - declared
        if name.casefold() not in GENERIC | STOP_WORDS | CALENDAR and alone(name, texts) >= times
    }


_TITLES = ("Mr", "Mrs", "Ms", "Miss", "Dr")
USED = 3
"""So often a pseudonym stands by itself at least, where no rule sees that it is one."""
# An initial, "by J. Hale", but no label at the end of a sentence: "told Adult A. Hale"
_BEFORE_NAME = re.compile(
    rf"(?:{NAME_WORD}|[{UPPER}]{{3,}},?|[A-Z]|"
    rf"(?:^|[.|,;:(“‘\"] ?|(?<![\w’'-])[a-z][\w’'-]* )[A-Z]\.) $"
)
_RANK_BEFORE = re.compile(rf"\b(?:{PROFESSIONAL}|{JOB_TITLE})\.? $")
_WORK = (
    r"(?:Police|Constabulary|Council|Trust|NHS|Services?|Board|Partnership|Probation|Housing|"
    r"Safeguarding|Health|Care|Aid|Officer|Manager|Head|Chief|Director|Lead|Nurse|Midwife|Doctor|GP|"
    r"Constable|Sergeant|Inspector|Superintendent|Worker|Adviser|Advisor|Co-?ordinator|"
    r"Commissioner|Solicitor|Consultant)"
)
_AT_WORK = re.compile(rf"\b{_WORK}\b")
_AT_WORK_AFTER = re.compile(
    rf" {NAME_WORD}(?:-{NAME_WORD})?(?:, | \()(?:[A-Z][\w’'-]* |of |the ){{0,5}}{_WORK}\b"
)
_PARTY = re.compile(rf"\b{_ROLE}\b")
# "Tilda Marsh", "TILDA MARSH", "Tilda ‘Til’ J. de Marsh", "Tilda M.", "Tilda-Rose"
_AFTER_NAME = re.compile(
    rf"[’”'\"]?(?: [(‘“'\"]{{1,2}}{NAME_WORD}[)’”'\"]{{1,2}})?(?: [A-Z]\.?)?"
    rf"(?: (?:de|da|do|dos|du|van|von|der|den|la|le|bin|bint|ibn|al|el|ap|ab|ferch))*[ -]"
    rf"(?P<surname>{NAME_WORD}|[{UPPER}]{{3,}})(?!\w)"
    rf"|[’”'\"]? (?!I\b)[A-Z]\b"
)


def alone(name: str, texts: list[str]) -> int:
    """How often a name stands by itself; 0 when it ever stands beside another or a title.

    What follows may be a word, too: 'Tilda Marsh' tells a surname as surely as 'Tilda Hallowes'.
    Somebody else, at work, may bear the same name: "Det Sgt Mark Hallowes", "Mark Hallowes, Head of
    Housing", or a row of the panel's table.
    """
    times = 0
    spellings = {name, name.upper()}
    mention = re.compile(rf"\b(?:{'|'.join(sorted(spellings))})\b")
    for text in (text for text in texts if any(spelt in text for spelt in spellings)):
        for match in mention.finditer(text):
            start, end = match.span()
            if _of_somebody_at_work(text, start, end):
                continue
            before = _BEFORE_NAME.search(text, max(0, start - 40), start)
            after = _AFTER_NAME.match(text, end)
            capitals = match.group() != name
            if before and _first_name(before.group(), capitals=capitals):
                return 0
            if after and _surname(after):
                return 0
            times += not capitals
    return times


def _of_somebody_at_work(text: str, start: int, end: int) -> bool:
    """Whether a first name stands with a surname and the work of who bears it."""
    if not _AFTER_NAME.match(text, end):
        return False
    row = "|" in text and _AT_WORK.search(text) and not _PARTY.search(text)
    ranked = _RANK_BEFORE.search(text, max(0, start - 40), start)
    return bool(row or ranked or _AT_WORK_AFTER.match(text, end))


def _first_name(before: str, *, capitals: bool) -> bool:
    """Whether the word before a name is a name, a title or an initial: not 'When'.

    `capitals`: the name is in capitals, so that those of another word say nothing.
    """
    word = before.split()[-1].strip('.,;:|(“‘"')
    if word in _TITLES:
        return True
    told = not ordinary(word) or word.casefold() in WORD_NAMES or (word.isupper() and not capitals)
    return told and not never_named(word) and word not in NATIONAL


def _surname(after: re.Match[str]) -> bool:
    """Whether what follows a name can be a surname, as nearly every word with a capital can."""
    word = after["surname"]
    return word is None or not (never_named(word) or word in NATIONAL)


def _words(names: str) -> set[str]:
    words = re.findall(rf"{NAME_WORD}|[A-Z]{{2,3}}\b", names)
    return {w for w in words if w.casefold() not in NO_NAMES}


def frequent_initials(texts: Iterable[str], *, times: int = 6) -> frozenset[str]:
    """Two-letter capitals that are labels or acronyms: frequent, or expanded in brackets."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_USUAL_ACRONYM.findall(text))
        counts.update(dict.fromkeys(re.findall(r"\(([A-Z]{2})[);,/]", text), times))
        explained = r"(?:^|[.;] )([A-Z]{2})(?: \||:| –| -)(?= [a-z])|^([A-Z]{2})(?: \||:| –| -)"
        found = ("".join(letters) for letters in re.findall(explained, text))
        counts.update(dict.fromkeys(found, times))
    return frozenset(word for word, count in counts.items() if count >= times)


def frequent_letters(texts: Iterable[str], *, times: int = 3) -> frozenset[str]:
    """Single capitals that are labels of people: frequent, or after a word as in 'Adult A'."""
    counts: Counter[str] = Counter()
    for text in texts:
        # Not of "K Lowes", which tells a name
        counts.update(re.findall(r"(?<![\w.’'-])[A-Z](?![\w.]| [A-Z][a-z])", text))
        labels = re.findall(r"\b[A-Z][a-z]+ ([A-Z])(?![\w.]| [A-Z][a-z])", text)
        counts.update(dict.fromkeys(labels, times))
    return frozenset(letter for letter, count in counts.items() if count >= times)
