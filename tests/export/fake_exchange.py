"""A small study, its project as it goes out, and programs that change it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from fake_study import CODEBOOK
from lxml import etree

from pipeline.contracts import CHECKED_CODINGS, REDACTED, REVIEWS
from pipeline.export.refi.incoming import Project, read_project
from pipeline.export.refi.project import Exported, as_project
from pipeline.export.refi.returned import Returned, returned

KEY = b"k" * 32
NAMESPACE = "{urn:QDA-XML:project:1.0}"
TEXTS = {
    7: [
        ("heading", None, "Analysis"),
        ("paragraph", "4.1", "Nobody asked her, at *any* visit. She texted “help 🆘🆘” to Sis."),
        ("paragraph", "4.2", "The cafe\u0301 owner\tsaw it; the nurse did not ask <why> & left."),
        ("table-row", None, "Police | 3 calls | no form was filled in"),
        ("paragraph", "4.3", "The panel praises the worker who stayed."),
    ],
    31: [
        ("paragraph", "1", "He was told of the risk 👍 at once, and the file was kept."),
        ("paragraph", None, "There was no sign that she drank."),
    ],
}  # fmt: skip
CODED = [
    # review, passage, words, code, polarity, subject
    (7, 2, "Nobody asked her", "routine-enquiry", "present", None),
    (7, 2, "help 🆘🆘", "informal-networks", "present", "network"),
    (7, 3, "did not ask <why>", "routine-enquiry", "present", None),
    (7, 4, "no form was filled in", "risk-assessment", "present", "agency"),
    (7, 5, "panel praises", "training", "good-practice", None),
    (31, 1, "told of the risk 👍 at once", "information-sharing", "present", None),
    (31, 2, "no sign that she drank", "perp-substance-use", "absent", "victim"),
]


def passages() -> pd.DataFrame:
    return REDACTED.frame(
        {
            "review_id": review, "passage_id": f"{review}-{n}", "document_id": f"d{review}",
            "ordinal": n, "number": number, "heading_path": "", "section_role": "analysis",
            "role_confidence": 0.9, "kind": kind, "page": n, "text": text,
        }
        for review, own in TEXTS.items()
        for n, (kind, number, text) in enumerate(own, start=1)
    )  # fmt: skip


def codings(coder: str = "machine") -> pd.DataFrame:
    return CHECKED_CODINGS.frame(
        {
            "review_id": review, "passage_id": f"{review}-{n}", "code": code,
            "theme": CODEBOOK.codes[code].theme, "coder": coder,
            "start": TEXTS[review][n - 1][2].index(words),
            "end": TEXTS[review][n - 1][2].index(words) + len(words), "polarity": polarity,
            "subject": subject, "layer": "finding", "score": 0.8, "reason": "phrase",
            "checked": False,
        }
        for review, n, words, code, polarity, subject in CODED
    )  # fmt: skip


def reviews() -> pd.DataFrame:
    counts = {"documents": 1, "passages": 5, "repeats": 0, "identifiers": 1, "codings": 5}
    return REVIEWS.frame(
        {"review_id": n, "area": "Wexmere", "case_type": "suicide", "year_of_death": 2013,
         "status": "built", **counts}
        for n in TEXTS
    )  # fmt: skip


def exported(coded: pd.DataFrame | None = None, **options: Any) -> Exported:
    own = passages()
    return as_project(
        own, codings() if coded is None else coded, reviews(), CODEBOOK,
        citations=pd.Series("Review, p. 1", index=own["passage_id"]), title="A study",
        software="dhr-pipeline 0", key=KEY, **options,
    )  # fmt: skip


Change = Callable[[etree._Element], None]
Spell = Callable[[bytes], bytes]


def changed(
    content: bytes,
    *changes: Change,
    spell: Spell = lambda text: text,
    folder: str = "sources",
) -> bytes:
    """A project as another program writes it, after `changes`; `spell` rewrites its texts."""
    before, after = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(after, "w") as file:
        for name in before.namelist():
            member = before.read(name)
            if name == "project.qde":
                root = etree.fromstring(member)
                for change in changes:
                    change(root)
                member = etree.tostring(root)
            else:
                member, name = spell(member), f"{folder}/{Path(name).name}"
            file.writestr(name, member)
    return after.getvalue()


def all_of(root: etree._Element, name: str) -> list[etree._Element]:
    return list(root.iter(NAMESPACE + name))


def text_of(content: bytes, review: int) -> str:
    project = zipfile.ZipFile(io.BytesIO(content))
    texts = [project.read(name).decode() for name in project.namelist()[1:]]
    return next(text for text in texts if text.startswith(f"Review {review}."))


def opened(content: bytes, folder: Path) -> Project:
    path = folder / "project.qdpx"
    path.write_bytes(content)
    return read_project(path)


def taken_in(
    content: bytes, folder: Path, before: Exported | None = None, **options: Any
) -> Returned:
    sent = before or exported()
    out = opened(sent.content, folder)
    return returned(
        opened(content, folder), {sent.id: out}.get, passages(), CODEBOOK,
        **{"coder": "Ann", "when": "2024-05-01", **options},
    )  # fmt: skip


def quotes(changes: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Decision, code, and the words that it is about."""
    texts = passages().set_index("passage_id")["text"]
    return sorted(
        (row.decision, row.code, texts[row.passage_id][row.start : row.end])
        for row in changes.itertuples()
    )


def coding(code: str, user: str) -> etree._Element:
    element = etree.Element(NAMESPACE + "Coding", guid="11111111-1111-1111-1111-111111111111",
                            creatingUser=user, creationDateTime="2024-06-02T10:00:00Z")  # fmt: skip
    etree.SubElement(element, NAMESPACE + "CodeRef", targetGUID=code)
    return element


def add(source: int, start: int, end: int, codes: Iterable[str], *, user: str = "Ann",
        note: str = "", name: str = "") -> Change:  # fmt: skip
    """Select a stretch of the text at a position, and give it codes by name."""

    def change(root: etree._Element) -> None:
        guids = {c.get("name"): c.get("guid") for c in all_of(root, "Code")}
        users = {u.get("name"): u.get("guid") for u in all_of(root, "User")}
        if user not in users:
            users[user] = f"22222222-2222-2222-2222-{len(users):012d}"
            etree.SubElement(all_of(root, "Users")[0], NAMESPACE + "User",
                             guid=users[user], name=user)  # fmt: skip
        selection = etree.Element(
            NAMESPACE + "PlainTextSelection", guid="33333333-3333-3333-3333-333333333333",
            name=name, startPosition=str(start), endPosition=str(end),
        )  # fmt: skip
        if note:
            etree.SubElement(selection, NAMESPACE + "Description").text = note
        selection.extend(coding(guids[code], users[user]) for code in codes)
        all_of(root, "TextSource")[source].append(selection)

    return change


def remove(words: str, content: bytes, source: int, review: int) -> Change:
    """Delete what is coded at some words."""

    def change(root: etree._Element) -> None:
        text = text_of(content, review)
        own = all_of(root, "TextSource")[source]
        for selection in own.findall(NAMESPACE + "PlainTextSelection"):
            at = slice(int(selection.get("startPosition")), int(selection.get("endPosition")))
            if text[at] == words:
                own.remove(selection)

    return change


def recounted(line_end: int = 1, shift: int = 0, *, only: slice = slice(None)) -> Change:
    """Count positions as another program does: line ends as so many, all shifted by a mark."""

    def change(root: etree._Element) -> None:
        for source, review in zip(all_of(root, "TextSource"), sorted(TEXTS), strict=True):
            text = text_of(exported().content, review)
            for selection in source.findall(NAMESPACE + "PlainTextSelection")[only]:
                for name in ("startPosition", "endPosition"):
                    at = int(selection.get(name))
                    more = text[:at].count("\n") * (line_end - 1) + shift
                    selection.set(name, str(at + more))

    return change


def with_other_guids(root: etree._Element) -> None:
    """As QualCoder writes: every GUID new, the words of a selection as its name."""
    fresh: dict[str, str] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            if "guid" in name.lower() or name == "creatingUser":
                new = f"{len(fresh) + 1:08d}-0000-0000-0000-000000000000"
                element.set(name, fresh.setdefault(value, new))
