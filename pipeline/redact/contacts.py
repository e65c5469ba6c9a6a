"""Telephone numbers, e-mail and web addresses, postcodes, handles, addresses of devices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from pipeline.redact.find import Find, Span

_DOMAIN = (
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:co\.uk|org\.uk|ac\.uk|gov\.uk|nhs\.uk|police\.uk|com|org|"
    r"net|info|uk|example)"
)
# Also "a.b (at) c.org", "a.b [at] c [dot] org" and "a dot b at c dot org"
_AT = r"(?: ?@ ?| ?[(\[]at[)\]] ?)"
_DOT = r"(?:\.| \. | ?[(\[]dot[)\]] ?)"
_EMAIL = re.compile(
    r"[\w.+%-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    rf"|(?<![\w.])(?:[\w+-]{{1,30}}{_DOT})*[\w+-]+{_AT}[A-Za-z0-9-]+(?:{_DOT}[A-Za-z0-9-]{{2,}})+"
    r"|(?<!\w)[\w.+-]+(?: dot [\w-]+)* at [\w-]+(?: dot [\w-]+)+"
)
_MAIL_LIKELY = re.compile(r"@|[(\[]at[)\]]| dot ")
_URL = re.compile(
    rf"(?:https?://|www\.)[^\s|,;)>”\"]+|(?<![@\w.-]){_DOMAIN}\b(?:/[^\s|,;)>”\"]*)?"
    # Shortened links: "bit.ly/3xN", "t.me/quiet"
    r"|(?<![@\w./-])[a-z0-9-]+\.[a-z]{2,7}/[\w@][^\s|,;)>”\"’]*",
    re.IGNORECASE,
)
# Nationwide sources that reports cite; they lead to nobody.
_NATIONAL = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:(?<![\w-])gov\.uk|legislation\.gov\.uk|nice\.org\.uk|"
    r"safelives\.org\.uk|womensaid\.org\.uk|refuge\.org\.uk|nhs\.uk|ons\.gov\.uk)(?:/|$)",
    re.IGNORECASE,
)
# Where the Home Office takes in reports
_ENQUIRIES = re.compile(r"\w*enquir\w*@(?:[\w-]+\.)*gov\.uk", re.IGNORECASE)
_PLATFORM = (
    r"(?:Instagram|Snapchat|Facebook|TikTok|Twitter|WhatsApp|Telegram|Discord|Tinder|Bumble|Hinge|"
    r"Grindr|OnlyFans|Skype|Signal|Roblox|Minecraft|Fortnite|Xbox|PlayStation|Steam|Twitch|Reddit|"
    r"YouTube|Vinted|PayPal|Monzo|Revolut)"
)
_HANDLE = re.compile(
    r"(?<![\w@.])@[A-Za-z]\w{2,}(?:\.\w+)*|(?<=[Uu]sername )\S+\b|(?<=[Uu]ser name )\S+\b|"
    rf"\b{_PLATFORM}(?: account| profile| name| page)? [‘“'\"](?P<quoted>[^’”'\"]+)[’”'\"]"
    # "on Instagram as kaz_82", "the profile j.smith"
    rf"|\b(?:{_PLATFORM}|[Uu]ser(?:name)?|[Pp]rofile|[Hh]andle|[Gg]amer ?tag|[Ss]creen name)"
    r"(?: (?:user|account|profile|name|handle|as|called|named|was|is|by|under|the))*:? "
    r"(?P<told>(?=\w*(?:[._]\w|\d))[A-Za-z][\w.]*\w)"
    r"|(?<=[‘“'\"])[a-z]+(?:_[a-z0-9_]+|[a-z]*\d{2,}[a-z0-9]*)(?=[’”'\"])"
    # "Snapchat (kaz82)", "an OnlyFans page in her name (sweet.kaz.21)"
    rf"|\b{_PLATFORM}\b[^()|.]{{0,40}} \((?P<bracketed>(?=[^()]*[._\d])[A-Za-z][\w.]*\w)\)"
    # "live:.cid.00ff41", "big_kaz_82": hardly anything else looks like it
    r"|\blive:[\w.]+\w|(?<![\w@./])[A-Za-z]\w*[^\W_]_[^\W_]\w*(?!\.?\w)"
    r"|\b[Pp]ass(?:code|word)s?(?: was| is)?:? [‘“'\"]?(?P<password>(?=\w*\d)\w{4,})"
)
# Royal Mail's shape; the area letters are not checked, as a typing error must not let one through.
_INWARD = "[abd-hjlnp-uw-z]"
_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b(?:PO|P\.O\.) Box \d+\b|\b[A-Z]{1,2}\d{1,2}(?: \d)?"
    r"(?=[’']? (?:area|postcode)\b)|\bDX:? \d{3,6}(?: [A-Z][a-z]+)?(?: \d{1,2}\b)?"
    # Typed small, "zz94qy", and as a scanner reads it: "QX1O 9Zl", "SE3 4Q Y"
    r"|\b(?:[a-z]{1,2}|[A-Z]{1,2}|[A-Z][a-z])\d[a-z\d]? ?\d(?!st|nd|rd|th|yr|hr|ft)"
    rf"{_INWARD}{{2}}\b"
    r"|\b[A-Z]{1,2}[\dO][\dO]? [\dO] ?[A-Z] ?[A-Zl](?![\w’'])"
)
_EXTENSION = re.compile(r"\b[Ee]xt(?:ension)?\b\.? (?P<number>\d{3,5})\b")
# A scanner reads O for 0, I and l for 1.
_DIGIT = r"[\dOoIl]"
_PHONE = re.compile(
    rf"(?<![\w/.-])(?:\+\d{{2}}|\(?0 ?{_DIGIT})(?:{_DIGIT}|[ ().-]){{7,22}}{_DIGIT}(?![\w/])"
    r"(?: ?(?:ext\.?|x) ?\d+)?"
)
_SPOKEN_DIGIT = (
    r"(?:zero|nought|oh|one|two|three|four|five|six|seven|eight|nine|hundred|double|treble|triple|"
    r"\d{1,5})"
)
_SPOKEN = re.compile(
    rf"\b(?:(?:double[ -])?(?:oh|zero|nought)|07\d{{3}})(?:,? (?:{_SPOKEN_DIGIT}-?)+){{4,}}\b",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"\b(?:number|mobile|phone|line)s? ending (?:in )?(?P<number>\d[\d ]{1,8}\d)\b"
)
_CALL_SIGN = re.compile(
    r"\b[Cc]all[ -]?signs?(?: was| is|:)? (?P<sign>[A-Z\d][\w-]*(?: (?:[A-Z][\w-]*|\d+)){0,4})"
)
_NETWORK = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[\da-fA-F]{0,4}:){2,7}[\da-fA-F]{1,4})(?![\w:]|\.\d)"
)
_VERSION_BEFORE = re.compile(r"(?:\bv|[Vv]ersion|[Rr]elease|[Pp]ara(?:graph)?s?|[Ss]ections?)\.? $")
_HARDWARE = re.compile(r"\b[\dA-F]{2}(?:[:-][\dA-F]{2}){5}\b", re.IGNORECASE)
_HELPLINE = re.compile(r"(?<![\w.+-])(?:0(?:800|808)(?: ?\d){4,7}|116 ?\d{3})(?![\w-]|\.\d)")

_SIMPLE = (
    (_HANDLE, "HANDLE", "contacts.handle", 0.8),
    (_POSTCODE, "POSTCODE", "contacts.postcode", 0.95),
    (_EXTENSION, "PHONE", "contacts.extension", 0.8),
    (_ENDING, "PHONE", "contacts.ending", 0.8),
    (_SPOKEN, "PHONE", "contacts.spoken", 0.8),
    (_CALL_SIGN, "HANDLE", "contacts.call-sign", 0.7),
    (_HARDWARE, "HANDLE", "contacts.hardware", 0.95),
)


def find_contacts(text: str) -> Iterator[Find]:
    """Ways to reach a person, a small organisation or a device of theirs."""
    for match in _EMAIL.finditer(text) if _MAIL_LIKELY.search(text) else ():
        if not _ENQUIRIES.fullmatch(match.group()):
            yield Find(match.start(), match.end(), "EMAIL", "contacts.email", 1.0)
    for match in _URL.finditer(text):
        surface = match.group().rstrip(".:’'")
        if not _NATIONAL.match(surface):
            yield Find(match.start(), match.start() + len(surface), "URL", "contacts.url", 0.95)
    for pattern, kind, rule, score in _SIMPLE:
        for match in pattern.finditer(text):
            yield Find(*match.span(match.lastgroup or 0), kind, rule, score)
    for match in _PHONE.finditer(text):
        if _is_private_number(match.group()):
            yield Find(match.start(), match.end(), "PHONE", "contacts.phone", 0.95)
    for match in _NETWORK.finditer(text):
        if _is_address(match.group()) and not _VERSION_BEFORE.search(text[: match.start()]):
            yield Find(*match.span(), "HANDLE", "contacts.network", 0.9)


def helplines(text: str) -> list[Span]:
    """Freephone numbers: they are for everybody, and reports print them for readers."""
    return [match.span() for match in _HELPLINE.finditer(text)]


def _is_address(surface: str) -> bool:
    try:
        ip_address(surface)
    except ValueError:
        return False
    return True


_EXTRA = re.compile(r" ?(?:ext|x)")
_AS_READ = str.maketrans("OoIl", "0011")


def _is_private_number(surface: str) -> bool:
    if sum(map(str.isdigit, surface)) < 6:
        return False  # "0 Ill"
    try:
        number = phonenumbers.parse(_EXTRA.split(surface)[0].translate(_AS_READ), "GB")
    except NumberParseException:
        return False
    # "Possible" is enough: reports misprint digits.
    toll_free = phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE
    return phonenumbers.is_possible_number(number) and not toll_free
