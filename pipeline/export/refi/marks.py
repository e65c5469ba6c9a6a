"""Polarity and subject as codes of their own.

A coding in our tables has a polarity and a subject. No program keeps those of another, but all keep
codes. So they are codes, put at the same place as the code that they belong to, and only where they
say something: where a coding is not simply present, or is not about whom its code usually is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid5

import pandas as pd
from lxml import etree

from pipeline.codebook import Codebook
from pipeline.export.refi.codebook import NAMESPACE
from pipeline.vocabulary import POLARITIES, SUBJECTS

VALUES = {"polarity": POLARITIES, "subject": SUBJECTS}
GREY = "#777777"
_ADVICE = {
    "polarity": "Put one of these at the same place as a code. Without one the code is present; in "
    "a recommendation, hypothetical.",
    "subject": "Put one of these at the same place as a code that is not about whom it usually is "
    "about.",
}


class Mark(NamedTuple):
    """A polarity or subject."""

    kind: str
    value: str

    @property
    def name(self) -> str:
        """As the code is called: 'Polarity: absent'."""
        return f"{self.kind.capitalize()}: {self.value}"

    @property
    def guid(self) -> str:
        """The code's GUID, the same in every project."""
        return str(uuid5(NAMESPACE, f"mark/{self.kind}/{self.value}"))


def marks() -> Iterator[Mark]:
    """All of them."""
    return (Mark(kind, value) for kind, values in VALUES.items() for value in values)


def add_to(codes: Any) -> None:
    """Put the marks at the end of an element Codes, under a parent for each kind."""
    name = f"{{{etree.QName(codes).namespace}}}"
    for kind, advice in _ADVICE.items():
        top = Mark(kind, "")
        about = {"guid": top.guid, "name": kind.capitalize(), "isCodable": "false", "color": GREY}
        parent = etree.SubElement(codes, f"{name}Code", about)
        etree.SubElement(parent, f"{name}Description").text = advice
        for mark in marks():
            if mark.kind == kind:
                own = {"guid": mark.guid, "name": mark.name, "isCodable": "true", "color": GREY}
                etree.SubElement(parent, f"{name}Code", own)


def marks_of(codings: pd.DataFrame, codebook: Codebook) -> list[tuple[Mark, ...]]:
    """The marks of each coding (`contracts.CODINGS`): what its code alone would not say."""
    usual = codings["code"].map({code.id: code.subject for code in codebook.code})
    rows = zip(codings["polarity"], codings["subject"], usual, strict=True)
    return [
        tuple(
            [Mark("polarity", polarity)] * (polarity != "present")
            + [Mark("subject", subject)] * (pd.notna(subject) and subject != usual)
        )
        for polarity, subject, usual in rows
    ]
