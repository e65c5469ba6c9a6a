"""Codebooks of NVivo, ATLAS.ti, MAXQDA, QualCoder and others, read from REFI-QDA.

The top of their trees become themes. Programs nest codes as deeply as they like, and a codebook
has two levels: deeper codes go to the theme above them, with the way to them in their names.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from pipeline.codebook import Code, Codebook, Theme
from pipeline.errors import MissingInput
from pipeline.export.refi.codebook import EXCLUDE, INCLUDE, description

LARGEST = 200 * 2**20
"""Bytes of XML that are read at most."""
SEPARATOR = " :: "
"""Between the names of a nested code and of what it is nested in."""
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_COLOR = re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


class Imported(NamedTuple):
    """A codebook from elsewhere, and what of it could not be kept, in words."""

    codebook: Codebook
    lost: list[str]


def read_qdc(path: Path) -> Imported:
    """Read the codebook of a .qdc, .qde or .qdpx file.

    Raises `MissingInput` when it holds none.
    """
    return _Reader(path.stem).read(_root(path))


def definition_of(text: str) -> dict[str, Any]:
    """Definition, include and exclude of a description that this software wrote.

    Of any other description all is the definition.
    """
    head, _, exclude = text.partition(EXCLUDE)
    definition, _, include = head.partition(INCLUDE)
    parts: dict[str, Any] = {"definition": definition, "include": include, "exclude": exclude}
    again = description(Code(id="x", theme="x", name="x", **parts))
    return parts if again == text else {"definition": text}


def _root(path: Path) -> Any:
    # No entity is resolved and nothing is fetched: the file comes from somebody else.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False,
                             remove_comments=True, remove_pis=True)  # fmt: skip
    try:
        root = etree.fromstring(_content(path), parser)
    except (etree.XMLSyntaxError, zipfile.BadZipFile, NotImplementedError) as error:
        raise MissingInput(
            f"{path.name} is not a REFI-QDA file ({type(error).__name__}); export the codebook "
            "as .qdc or the project as .qdpx again"
        ) from None
    if root.getroottree().docinfo.doctype:
        raise MissingInput(f"{path.name} declares a document type, which no REFI-QDA file does")
    found = root if etree.QName(root).localname == "CodeBook" else root.find("{*}CodeBook")
    if found is None or found.find("{*}Codes") is None:
        raise MissingInput(f"{path.name} holds no codebook; export it with its codes")
    return found


def _content(path: Path) -> bytes:
    if path.suffix.lower() != ".qdpx":
        if path.stat().st_size > LARGEST:
            raise MissingInput(f"{path.name} is too large for a codebook")
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        inside = [i for i in archive.infolist() if i.filename.lower().endswith(".qde")]
        if len(inside) != 1 or inside[0].file_size > LARGEST:
            raise MissingInput(f"{path.name} is not a REFI-QDA project that can be read")
        return archive.read(inside[0])


class _Reader:
    """Reads one CodeBook element."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lost: list[str] = []
        self._taken: set[str] = set()

    def read(self, root: Any) -> Imported:
        themes: list[Theme] = []
        codes: list[Code] = []
        loose = []
        for element in root.find("{*}Codes").iterfind("{*}Code"):
            if element.find("{*}Code") is None:
                loose.append(element)
                continue
            theme = self._theme(element)
            themes.append(theme)
            codes += self._below(element, theme.id, ())
        if loose:
            theme = Theme(
                id=self._id("codes without a parent"),
                name="Codes without a parent",
                definition="Codes that stood under no other.",
                ungrouped=True,
            )
            themes.append(theme)
            codes += [self._code(element, theme.id, ()) for element in loose]
        for lost in ("Set", "NoteRef"):
            if n := sum(1 for _ in root.iterfind(f".//{{*}}{lost}")):
                what = "sets of codes" if lost == "Set" else "links from codes to notes"
                self._lost.append(f"{n} {what}")
        if not codes:
            raise MissingInput("the file holds no codes")
        identity = slug(self._name) or "codebook"
        title = self._name or "Codebook"
        return Imported(
            Codebook(id=identity, title=title, version="1.0.0", theme=tuple(themes),
                     code=tuple(codes)),
            self._lost,
        )  # fmt: skip

    def _theme(self, element: Any) -> Theme:
        codable = element.get("isCodable", "true") in ("true", "1")
        if codable:
            self._lost.append(
                f"theme {element.get('name')!r} could be applied itself; here only its codes are"
            )
        known = self._known(element, ())
        return Theme(**known, definition=_description(element), codable=codable)

    def _below(self, element: Any, theme: str, way: tuple[str, ...]) -> Iterator[Code]:
        for child in element.iterfind("{*}Code"):
            nested = child.find("{*}Code") is not None
            if nested and child.get("isCodable", "true") not in ("true", "1"):
                text = _description(child)
                self._lost.append(
                    f"group {child.get('name')!r}: it stands only in the names of its codes"
                    + (", and its description is gone" if text else "")
                )
            else:
                yield self._code(child, theme, way)
            if nested:
                yield from self._below(child, theme, (*way, child.get("name", "")))

    def _code(self, element: Any, theme: str, way: tuple[str, ...]) -> Code:
        if way:
            self._lost.append(f"code {element.get('name')!r} stood under {SEPARATOR.join(way)!r}: "
                              "this stands in its name now")  # fmt: skip
        known = self._known(element, way)
        return Code(**known, theme=theme, **definition_of(_description(element)))

    def _known(self, element: Any, way: tuple[str, ...]) -> dict[str, Any]:
        guid, color = element.get("guid", ""), element.get("color", "")
        name = SEPARATOR.join([*way, element.get("name", "")]) or "(no name)"
        for what, value, form in (("GUID", guid, _GUID), ("colour", color, _COLOR)):
            if value and not form.fullmatch(value):
                self._lost.append(f"the {what} of {name!r}, which is not valid")
        return {
            "id": self._id(name),
            "name": name,
            "guid": guid if _GUID.fullmatch(guid) else None,
            "color": color if _COLOR.fullmatch(color) else None,
        }

    def _id(self, name: str) -> str:
        base = slug(name) or "code"
        numbered = (f"{base}-{n}" for n in range(2, len(self._taken) + 3))
        found = next(i for i in (base, *numbered) if i not in self._taken)
        self._taken.add(found)
        return found


def _description(element: Any) -> str:
    return element.findtext("{*}Description") or ""


def slug(name: str) -> str:
    """A name as an id: Latin letters and digits, with hyphens between words."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
