"""Telephone numbers, e-mail and web addresses, postcodes and social media handles."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from pipeline.redact.find import Find

_DOMAIN = (
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:co\.uk|org\.uk|ac\.uk|gov\.uk|nhs\.uk|police\.uk|com|org|"
    r"net|info|uk|example)"
)
_EMAIL = re.compile(r"[\w.+%-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_URL = re.compile(
    rf"(?:https?://|www\.)[^\s|,;)>”\"]+|(?<![@\w.-]){_DOMAIN}\b(?:/[^\s|,;)>”\"]*)?", re.I
)
# Nationwide sources that reports cite; they lead to nobody.
_NATIONAL = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:(?<![\w-])gov\.uk|legislation\.gov\.uk|nice\.org\.uk|"
    r"safelives\.org\.uk|womensaid\.org\.uk|refuge\.org\.uk|nhs\.uk|ons\.gov\.uk)(?:/|$)",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?<![\w@.])@[A-Za-z]\w{2,}(?:\.\w+)*|(?<=[Uu]sername )\S+\b|(?<=[Uu]ser name )\S+\b|"
    r"\b(?:Instagram|Snapchat|Facebook|TikTok|Twitter|WhatsApp)(?: account| profile| name| page)? "
    r"[‘“'\"](?P<quoted>[^’”'\"]+)[’”'\"]"
    # "on Instagram as kaz_82", "the profile j.smith"
    r"|\b(?:Instagram|Snapchat|Facebook|TikTok|Twitter|WhatsApp|Telegram|Discord|Tinder|OnlyFans|"
    r"[Uu]ser(?:name)?|[Pp]rofile|[Hh]andle|[Gg]amertag|[Ss]creen name)(?: (?:user|account|profile|"
    r"name|handle|as|called|named|was|is|by|under|the))*:? "
    r"(?P<told>(?=\w*(?:[._]\w|\d))[A-Za-z][\w.]*\w)"
    r"|(?<=[‘“'\"])[a-z]+(?:_[a-z0-9_]+|[a-z]*\d{2,}[a-z0-9]*)(?=[’”'\"])"
)
# Royal Mail's shape; the area letters are not checked, as a typing error must not let one through.
_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b(?:PO|P\.O\.) Box \d+\b|\b[A-Z]{1,2}\d{1,2}(?= "
    r"(?:area|postcode)\b)"
)
_EXTENSION = re.compile(r"\b[Ee]xt(?:ension)?\b\.? (\d{3,5})\b")
_PHONE = re.compile(
    r"(?<![\w/.-])(?:\+\d{2}|\(?0\d)[\d ().-]{7,15}\d(?![\w/])(?: ?(?:ext\.?|x) ?\d+)?"
)


def find_contacts(text: str) -> Iterator[Find]:
    """Ways to reach a person or a small organisation."""
    for match in _EMAIL.finditer(text):
        yield Find(match.start(), match.end(), "EMAIL", "contacts.email", 1.0)
    for match in _URL.finditer(text):
        surface = match.group().rstrip(".:’'")
        if not _NATIONAL.match(surface):
            yield Find(match.start(), match.start() + len(surface), "URL", "contacts.url", 0.95)
    for match in _HANDLE.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        yield Find(start, end, "HANDLE", "contacts.handle", 0.8)
    for match in _POSTCODE.finditer(text):
        yield Find(match.start(), match.end(), "POSTCODE", "contacts.postcode", 0.95)
    for match in _EXTENSION.finditer(text):
        yield Find(*match.span(1), "PHONE", "contacts.extension", 0.8)
    for match in _PHONE.finditer(text):
        if _is_private_number(match.group()):
            yield Find(match.start(), match.end(), "PHONE", "contacts.phone", 0.95)


def _is_private_number(surface: str) -> bool:
    try:
        number = phonenumbers.parse(surface, "GB")
    except NumberParseException:
        return False
    # Freephone numbers are helplines for everybody. "Possible" is enough: reports misprint digits.
    toll_free = phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE
    return phonenumbers.is_possible_number(number) and not toll_free
