"""Which capitalised words are ordinary English, and which look like a name.

The dictionary is lemminflect's (the NIH SPECIALIST Lexicon): it holds ordinary and medical words
and next to no names, so that a capitalised word it does not know is nearly always a name.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import pycountry
from lemminflect import getAllLemmas
from spacy.lang.en.stop_words import STOP_WORDS

from pipeline import vocabulary

# The Latin letters of Unicode: re has no class for them, and Polish, Turkish or Welsh need it.
_LATIN = [chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00))]
UPPER = "".join(letter for letter in _LATIN if letter.isupper())
"""Capital letters, for a character class."""
LOWER = "".join(letter for letter in _LATIN if letter.islower())
"""Small letters, for a character class."""
NAME_WORD = (
    rf"(?:(?:Mc|Mac|O[’']|D[’']|Fitz|De|Le|La|Di)?[{UPPER}][{LOWER}]+"
    rf"(?:-(?:[{LOWER}]{{1,5}}-){{0,2}}[{UPPER}][{LOWER}]+|-(?:y|yr|ar|ger|cum|juxta)-[{LOWER}]+|"
    rf"[’'](?!s\b)[{LOWER}]+)*)(?![{UPPER}{LOWER}])"
)
"""One word of a name in mixed case: Hale, O'Donoghue, McKay, Pryce-Jones, Stow-on-the-Marsh; no
possessive."""
CAPITALS_WORD = rf"(?:(?:MC|MAC|O[’'])?[{UPPER}]{{4,}}(?:-[{UPPER}]{{2,}})*)"

_LISTS = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
WORDS: dict[str, list[str]] = {name: words.split() for name, words in _LISTS.items()}
"""The lists of words.toml, each in the order of the file."""
MONTHS = [month.casefold() for month in vocabulary.MONTHS]
"""The months in small letters."""
GENERIC = frozenset(WORDS["generic"])
"""Words that make a phrase in capitals a kind of body or a job, not one in particular."""
ROLES = frozenset(WORDS["role_words"])
"""Words for somebody’s part in a case or family: with a capital they are labels."""
OFFICIAL = frozenset({*WORDS["official"], *WORDS["job_words"], *ROLES})
"""Words that reports write with a capital although they name nobody."""
NATIONAL = frozenset((*WORDS["national"], *WORDS["kept_acronyms"]))
"""Acronyms of bodies, tools and posts that are the same everywhere."""
NAMELESS = {word for word in NATIONAL if len(word) > 2} - {*WORDS["acronym_names"]}
"""Those that are nobody's name or initials, though the recogniser takes one for a person."""
WORD_NAMES = frozenset(WORDS["word_names"])
"""First names that are also dictionary words."""
COMPASS = frozenset(WORDS["compass"])
"""Words that open the name of a place: 'Upper Thorle'."""
LANDFORMS = frozenset(WORDS["landforms"])
"""Words that end the name of a place: 'Corrie Head'."""
_MEDICINE = re.compile(
    r"\w{3,}(?:azine|azole|caine|cillin|codone|dipine|epam|mycin|olol|oxetine|parin|profen|"
    r"sartan|setron|statin|tidine|triptan|triptyline|zepine)"
)
MONTH_BEFORE = re.compile(
    r"\b(?:in|In|of|by|By|since|Since|until|to|from|From|late|early|mid|last|next|and|"
    r"\d{1,2}(?:st|nd|rd|th)?)[ -]$"
)
"""Words after which April, May or June is a month."""


def _country_names() -> set[str]:
    return {
        name.casefold()
        for country in pycountry.countries
        for name in (country.name, getattr(country, "common_name", country.name))
    }


# Countries that are people's names more often.
_ALSO_NAMES = {"chad", "georgia", "guernsey", "jersey", "jordan"}

_CALENDAR = {*MONTHS, *WORDS["days"], *(f"{day}s" for day in WORDS["days"])}
LAWS = frozenset(WORDS["laws"])
"""Words for laws: what a report calls "the Act" or "the Order" is one."""
CALENDAR = frozenset((*MONTHS, *(month[:3] for month in MONTHS), *WORDS["days"]))
"""Months, also cut short, and days of the week, in small letters."""
NO_NAMES = (GENERIC | STOP_WORDS | LAWS | CALENDAR) - WORD_NAMES - {"april", "may", "june", "jan"}
"""Capitalised words, in small letters, that are no pseudonyms."""
NATIONS_AND_DAYS = frozenset({*WORDS["days"], *_country_names()} - _ALSO_NAMES)
"""Names of countries and of days of the week, in small letters."""
KNOWN = (NATIONS_AND_DAYS | frozenset((*STOP_WORDS, *WORDS["known"], *_CALENDAR))) - _ALSO_NAMES
"""Capitalised words that are in no dictionary and yet single nobody out."""

COMMON = GENERIC | KNOWN | OFFICIAL
"""Words whose capital says nothing about whom or what they name."""


def common(word: str) -> bool:
    """Whether a casefolded word, or its singular, is one of `COMMON`."""
    return word in COMMON or word.removesuffix("s") in COMMON


_NAMES_FIRST = frozenset(WORDS["names_first"])


@cache
def ordinary(word: str) -> bool:
    """Whether a word, possessive and case aside, is English or names something known nationwide."""
    word = re.sub(r"[’'](?:s|ve|re|ll|d|t|m)?$", "", word.casefold().replace("’", "'"))
    if word in _NAMES_FIRST:
        return False
    if word in KNOWN or getAllLemmas(word) or _MEDICINE.fullmatch(word):
        return True
    parts = re.split(r"[-/']", word)
    return len(parts) > 1 and all(len(part) < 2 or ordinary(part) for part in parts)


_SMALL = STOP_WORDS - {*WORDS["small_surnames"]}


@cache
def acted(word: str) -> bool:
    """Whether a word is a verb in a form that is nothing else: 'was', 'fled', 'wants'."""
    kinds = getAllLemmas(word.casefold())
    return (
        bool(kinds)
        and kinds.keys() <= {"AUX", "VERB"}
        and not any(word.casefold() in lemmas for lemmas in kinds.values())
    )


@cache
def never_named(word: str) -> bool:
    """Whether a capital can tell no name: a small word, an adverb, what somebody did.

    'And', 'Was', 'Twice', 'Disclosed'; not 'Wood', 'Banks', 'Fielding' or 'May', which people have
    for surnames.
    """
    small = word.casefold()
    adverb = getAllLemmas(small).keys() == {"ADV"}
    return small in _SMALL or adverb or (acted(small) and not small.endswith("ing"))


SENTENCE = re.compile(r"[^.;|]+")
"""What stands between full stops and the ends of cells."""
_NUMBERED = re.compile(r"[A-Z]?\d[\d.]*\)?\s+[(‘“\"']?")


def sentence_initial(text: str, start: int) -> bool:
    """Whether the word at `start` has its capital from its position, not from being a name."""
    if _NUMBERED.fullmatch(text, max(0, start - 12), start) and start <= 12:
        return True  # "3 Views of the family"
    return not re.search(
        r"[\w,)’'&%-][\"”]?\s+[(‘“\"']?$|\([‘“\"']?$", text[max(0, start - 6) : start]
    )
