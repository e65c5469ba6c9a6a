"""A REFI-QDA project of any program → frames: users, codes, text sources, selections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from lxml import etree

from pipeline.errors import MissingInput
from pipeline.export.refi.archive import Archive

INTERNAL = "internal://"
OTHER_KINDS = ("PictureSource", "PDFSource", "AudioSource", "VideoSource")
SELECTIONS = ["source", "selection", "start", "end", "name", "note", "code", "user", "when"]


class TextSource(NamedTuple):
    """One text of a project."""

    guid: str
    name: str
    text: str | None
    """As in the file: with its line ends and byte order mark. None where the file has no text."""


class Project(NamedTuple):
    """What a program wrote. GUIDs are in lower case without braces."""

    origin: str
    """The program, as it calls itself."""
    modified: str
    """ISO date and time of the last change, or empty."""
    users: dict[str, str]
    """GUID → name."""
    codes: pd.DataFrame
    """A row per code: guid, name."""
    sources: list[TextSource]
    selections: pd.DataFrame
    """A row per coding of a stretch of text: `SELECTIONS`. `source` is a position in
    `sources`; `start` and `end` count as the program counts; `code` and `user` are GUIDs; `note` is
    the comment, `name` often the words themselves."""
    elsewhere: pd.DataFrame
    """A row per coding of something else, which has no place in a review: source name, what."""


def read_project(path: Path) -> Project:
    """Read a .qdpx file.

    Raises `MissingInput` when it is none, is damaged, is far too large, declares entities, or is of
    another version of the standard.
    """
    with closing(Archive(path)) as archive:
        root = archive.project()
        if etree.QName(root).localname != "Project":
            raise MissingInput("the project.qde in the file is no REFI-QDA project")
        elements = _children(_child(root, "Sources"), "TextSource")
        sources = [_source(element, archive) for element in elements]
    cases = {_guid(case.get("guid")) for case in root.iter(_any("Case"))}
    rows = [
        row
        for position, element in enumerate(elements)
        for row in _selections(position, element)
        # NVivo codes the text of a case by the case.
        if row[SELECTIONS.index("code")] not in cases
    ]
    return Project(
        origin=root.get("origin", ""),
        modified=root.get("modifiedDateTime", ""),
        users={_guid(u.get("guid")): u.get("name", "") for u in root.iter(_any("User"))},
        codes=pd.DataFrame(
            [(_guid(c.get("guid")), c.get("name", "")) for c in root.iter(_any("Code"))],
            columns=["guid", "name"],
        ),
        sources=sources,
        selections=pd.DataFrame(rows, columns=SELECTIONS),
        elsewhere=pd.DataFrame(list(_elsewhere(root)), columns=["source", "what"]),
    )


def _source(element: etree._Element, archive: Archive) -> TextSource:
    path, content = element.get("plainTextPath", ""), _child(element, "PlainTextContent")
    # Paths outside the file are never followed. qualitative-coding leaves "internal://" away.
    outside = "://" in path and not path.startswith(INTERNAL)
    text = archive.text(path.removeprefix(INTERNAL)) if path and not outside else None
    if text is None and content is not None:
        text = content.text or ""
    return TextSource(_guid(element.get("guid")), element.get("name", ""), text)


def _selections(position: int, source: etree._Element) -> Iterator[tuple[object, ...]]:
    for selection in _children(source, "PlainTextSelection"):
        note = _child(selection, "Description")
        for coding in _children(selection, "Coding"):
            ref = _child(coding, "CodeRef")
            yield (
                position,
                _guid(selection.get("guid")),
                _number(selection.get("startPosition")),
                _number(selection.get("endPosition")),
                selection.get("name", ""),
                "" if note is None else (note.text or "").strip(),
                "" if ref is None else _guid(ref.get("targetGUID")),
                _guid(coding.get("creatingUser") or selection.get("creatingUser")),
                coding.get("creationDateTime") or selection.get("creationDateTime") or "",
            )


def _elsewhere(root: etree._Element) -> Iterator[tuple[str, str]]:
    sources = _child(root, "Sources")
    for source in _children(sources, "TextSource"):
        for _ in _children(source, "Coding"):
            yield source.get("name", ""), "the text as a whole"
        for selection in _children(source, "PlainTextSelection"):
            if not _children(selection, "Coding"):
                yield source.get("name", ""), "a comment without a code"
    for kind in OTHER_KINDS:
        for source in _children(sources, kind):
            for _ in source.iter(_any("Coding")):
                yield source.get("name", ""), "a picture, PDF or recording"


def _any(name: str) -> str:
    """An element of that name, whichever version of the standard its namespace names."""
    return f"{{*}}{name}"


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return None if element is None else element.find(_any(name))


def _children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if element is None else element.findall(_any(name))


def _guid(value: str | None) -> str:
    return (value or "").strip().strip("{}").lower()


def _number(value: str | None) -> int:
    """A position; -1, which is nowhere, for what is none."""
    try:
        return int(value or "")
    except ValueError:
        return -1
