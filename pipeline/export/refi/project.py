"""A study's redacted, coded reviews as a REFI-QDA project (.qdpx)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import pandas as pd
from lxml import etree
from lxml.builder import ElementMaker

from pipeline.codebook import Codebook
from pipeline.export.archive import packed, xml_text
from pipeline.export.refi.codebook import PROJECT, codebook_element, guid
from pipeline.export.refi.identity import Identity
from pipeline.export.refi.marks import add_to, marks_of
from pipeline.export.refi.source import Source, source
from pipeline.vocabulary import MACHINE

CREATED = "2011-04-13T00:00:00Z"
"""A fixed date, so that the same study gives the same bytes: the day on which section 9 of the
Domestic Violence, Crime and Victims Act 2004 came into force."""
VARIABLES = {"case_type": "Text", "area": "Text", "year_of_death": "Integer"}
"""Columns of contracts.REVIEWS → type of variable, those that tell least first."""
LEAST = 3
"""Reviews that must share what a case shows."""
ABOUT = (
    "Coded, redacted text of Domestic Homicide Reviews: deaths through domestic abuse.\n\n"
    "Codings by “machine” were made by software, and have not been checked by a person. Delete "
    "what is wrong, add what is missing, and leave the texts as they are. Whatever you change "
    "comes back with the project: export it as a REFI-QDA project (.qdpx), then run `dhr import "
    "FILE.qdpx --coder YOUR-NAME`.\n\n"
    "Freephone National Domestic Abuse Helpline 0808 2000 247; Samaritans 116 123."
)


def shared(reviews: pd.DataFrame, *, least: int = LEAST) -> pd.DataFrame:
    """`contracts.REVIEWS` without what would lead from a text to a published report.

    Case type, then area with it, then year with both are left empty where fewer than `least` built
    reviews of the study have the same.
    """
    columns = list(VARIABLES)
    built = reviews[reviews["status"] == "built"].copy()
    for n in range(1, len(columns) + 1):
        few = built.groupby(columns[:n], dropna=False)["review_id"].transform("size") < least
        built[columns[n - 1 :]] = built[columns[n - 1 :]].mask(few)
    return built


class Exported(NamedTuple):
    """A project as it goes out."""

    id: str
    """Stands in the first line of every text; a project that comes back is compared with it."""
    content: bytes


def as_project(
    passages: pd.DataFrame,
    codings: pd.DataFrame,
    reviews: pd.DataFrame,
    codebook: Codebook,
    *,
    citations: pd.Series[str],
    title: str,
    software: str,
    key: bytes,
    line_ends: str = "lf",
) -> Exported:
    """The project of some reviews.

    From `contracts.REDACTED`, `CHECKED_CODINGS` and `REVIEWS`; `citations` are those of the
    passages, by passage id. `line_ends` may be `crlf`: texts then have both characters
    at the end of a line, counted as one. Codings by codes that the codebook does not have are left
    out.
    """
    codings = codings[codings["code"].isin(list(codebook.codes))]
    id = export_id(passages, codings, codebook, key)
    identity = Identity(key)
    sources = [
        source(int(str(number)), own, export=id) for number, own in passages.groupby("review_id")
    ]
    make = ElementMaker(namespace=PROJECT, nsmap={None: PROJECT})
    known = reviews[reviews["review_id"].isin([found.review_id for found in sources])]
    coders = sorted({MACHINE, *codings["coder"]}, key=lambda coder: (coder != MACHINE, coder))
    note = identity.guid("note", "about")
    project = make.Project(
        make.Users(*(_user(make, identity, coder) for coder in coders)),
        _codes(codebook),
        *_variables(make, identity, known),
        make.Cases(*(_case(make, identity, row) for row in known.to_dict("records"))),
        make.Sources(
            *(
                _source(make, identity, found, _placed(codings, found, citations), codebook)
                for found in sources
            )
        ),
        make.Notes(
            make.Note(
                make.PlainTextContent(ABOUT), guid=note, name="About this project",
                creatingUser=identity.guid("user", MACHINE), creationDateTime=CREATED,
            )
        ),
        make.Description(ABOUT),
        make.NoteRef(targetGUID=note),
        name=title,
        origin=software,
        creatingUserGUID=identity.guid("user", MACHINE),
        creationDateTime=CREATED,
    )  # fmt: skip
    content = etree.tostring(project, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    end = {"lf": "\n", "crlf": "\r\n"}[line_ends]
    members = {"project.qde": content} | {
        f"sources/{_file(identity, found)}": found.text.replace("\n", end).encode()
        for found in sources
    }
    return Exported(id, packed(members))


def export_id(passages: pd.DataFrame, codings: pd.DataFrame, codebook: Codebook, key: bytes) -> str:
    """A keyed hash of what is exported, in 12 hexadecimal digits."""
    told = hashlib.blake2b(key=key[:64], digest_size=6)
    for frame, columns in (
        (passages, ["review_id", "passage_id", "ordinal", "number", "text"]),
        (codings, ["review_id", "passage_id", "code", "coder", "start", "end", "polarity",
                   "subject"]),
    ):  # fmt: skip
        ordered = frame.sort_values(columns[:2], kind="stable")[columns]
        told.update(ordered.to_csv(index=False, lineterminator="\n").encode())
    told.update(f"{codebook.id} {codebook.version}".encode())
    return told.hexdigest()


def _placed(codings: pd.DataFrame, of: Source, citations: pd.Series[str]) -> pd.DataFrame:
    """The codings of one review with `first` and `last`, their place in its text."""
    placed = codings[codings["review_id"] == of.review_id].merge(
        of.places[["passage_id", "start"]].rename(columns={"start": "passage_start"}),
        on="passage_id",
    )
    return placed.assign(
        first=placed["passage_start"] + placed["start"],
        last=placed["passage_start"] + placed["end"],
        citation=placed["passage_id"].map(citations),
    ).sort_values(["first", "last", "code", "coder"], kind="stable")


def _codes(codebook: Codebook) -> Any:
    element = codebook_element(codebook, PROJECT)
    add_to(element[0])
    return element


def _user(make: ElementMaker, identity: Identity, coder: str) -> etree._Element:
    return make.User(guid=identity.guid("user", coder), name=coder)


def _variables(
    make: ElementMaker, identity: Identity, reviews: pd.DataFrame
) -> list[etree._Element]:
    told = [
        make.Variable(guid=identity.guid("variable", name), name=name, typeOfVariable=kind)
        for name, kind in VARIABLES.items()
        if reviews[name].notna().any()
    ]
    return [make.Variables(*told)] if told else []


def _case(make: ElementMaker, identity: Identity, review: Mapping[Any, Any]) -> etree._Element:
    values = [
        make.VariableValue(
            make.VariableRef(targetGUID=identity.guid("variable", name)),
            make(f"{kind}Value", str(review[name])),
        )
        for name, kind in VARIABLES.items()
        if pd.notna(review[name])
    ]
    number = review["review_id"]
    return make.Case(
        *values,
        make.SourceRef(targetGUID=identity.guid("source", number)),
        guid=identity.guid("case", number),
        name=_name(number),
    )


def _name(review: int) -> str:
    return f"Review {review}"


def _file(identity: Identity, of: Source) -> str:
    return f"{identity.guid('source', of.review_id)}.txt"


def _source(
    make: ElementMaker,
    identity: Identity,
    of: Source,
    codings: pd.DataFrame,
    codebook: Codebook,
) -> etree._Element:
    called = codings["code"].map({code.id: code.name for code in codebook.code})
    marks = pd.Series(marks_of(codings, codebook), index=codings.index, dtype=object)
    codings = codings.assign(marks=marks, called=called)
    at_place = groupby(codings.to_dict("records"), key=itemgetter("first", "last"))
    selections = [_selection(make, identity, list(rows), codebook) for _, rows in at_place]
    return make.TextSource(
        *selections,
        guid=identity.guid("source", of.review_id),
        name=_name(of.review_id),
        plainTextPath=f"internal://{_file(identity, of)}",
        creatingUser=identity.guid("user", MACHINE),
        creationDateTime=CREATED,
    )


def _selection(
    make: ElementMaker,
    identity: Identity,
    codings: Sequence[Mapping[Any, Any]],
    codebook: Codebook,
) -> etree._Element:
    """All codings of one place, with what the machine says about each."""
    one = codings[0]
    place = ("selection", one["passage_id"], one["start"], one["end"])
    user = identity.guid("user", one["coder"])
    marks = dict.fromkeys(mark for coding in codings for mark in coding["marks"])
    return make.PlainTextSelection(
        make.Description(xml_text("\n".join(map(_said, codings)))),
        *(
            _coding(
                make,
                identity.guid("coding", *(c[n] for n in ("passage_id", "code", "coder"))),
                identity.guid("user", c["coder"]),
                guid(codebook, codebook.codes[c["code"]]),
            )
            for c in codings
        ),
        *(_coding(make, identity.guid("mark", *place, *mark), user, mark.guid) for mark in marks),
        guid=identity.guid(*place),
        name=xml_text(one["citation"]),
        startPosition=str(one["first"]),
        endPosition=str(one["last"]),
        creatingUser=user,
        creationDateTime=CREATED,
    )


def _coding(make: ElementMaker, guid: str, user: str, code: str) -> etree._Element:
    return make.Coding(
        make.CodeRef(targetGUID=code), guid=guid, creatingUser=user, creationDateTime=CREATED
    )


def _said(coding: Mapping[Any, Any]) -> str:
    """What stands at the coding for a reader: who, how sure, and why."""
    facts = filter(pd.notna, (coding["polarity"], coding["subject"], coding["layer"]))
    score = f"score {coding['score']:.2f}; " if pd.notna(coding["score"]) else ""
    by = coding["coder"]
    if coding["checked"] and coding["checked_by"] != by:
        by += f", checked by {coding['checked_by']}"
    return f"{coding['called']}, by {by}: {', '.join(facts)}; {score}{coding['reason']}"
