"""A redacted copy of a Word document.

A package is written anew from the parts that print: body, headers, footers, notes, styles,
numbering, pictures. Names of elements are those of ECMA-376, part 1.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.copies import gate
from pipeline.copies.cutter import without_notes
from pipeline.copies.known import Known
from pipeline.copies.stories import Letter, clean, drop_empty_runs, letters
from pipeline.copies.stream import PageText, Sign, Unfound, cuts
from pipeline.copies.written import Written
from pipeline.errors import CopyRefused
from pipeline.extract.docx import opened
from pipeline.extract.wordml import Styles, W

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_R = f"{{{_OFFICE}}}"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
_STORIES = ("header", "footer", "footnotes", "endnotes")
_KEPT = (*_STORIES, "styles", "numbering", "settings", "theme", "image")
"""Kinds of relations that are followed; nothing else is taken over."""
_PICTURES = {"png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg", "gif": "image/gif"}
"""Kinds of pictures that are taken over: drawings of other kinds may hold text."""
_SETTINGS = {
    f"{W}{name}"
    for name in (
        "mirrorMargins", "defaultTabStop", "autoHyphenation", "evenAndOddHeaders",
        "characterSpacingControl", "footnotePr", "endnotePr", "compat", "themeFontLang",
        "clrSchemeMapping", "decimalSymbol", "listSeparator",
    )
}  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)


def copy_docx(path: Path, known: Known, *, title: str, password: str = "") -> Written:
    """The copy of a Word document without what is `known`.

    Raises a `ReviewError`: `CopyRefused` when anything known would be left.
    """
    with opened(path, password) as file, zipfile.ZipFile(file) as archive:
        copy = _Copy(archive)
        replacements = copy.redact(known)
        data = copy.packed(title)
    gate.check_docx(data, known)
    return Written(data, replacements, images=copy.images, dropped=copy.dropped)


@dataclass
class _Part:
    """One part of the new package: `kind` is that of the relation to it."""

    name: str
    kind: str
    content: bytes = b""
    root: Any = None
    relations: dict[str, tuple[str, _Part]] = field(default_factory=dict)
    """New id -> (type of the relation, the part)."""


class _Copy:
    """Follows the relations from the main part, and cleans what it meets."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.parts: dict[str, _Part] = {}
        self.images = self.dropped = 0
        main = next(
            target for kind, target in self._relations("").values() if kind == "officeDocument"
        )
        styles = next(
            (target for kind, target in self._relations(main).values() if kind == "styles"), None
        )
        self.styles = Styles(self._xml(styles) if styles else etree.Element("none"))
        self.main = self._part(main, "document")

    def _relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Id -> (kind, name of the target) of the relations inside the package."""
        folder, base = posixpath.split(name)
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        if path not in self.archive.namelist():
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).strip(
                    "/"
                ),
            )
            for relation in self._xml(path)
            if relation.get("TargetMode") != "External"
        }

    def _xml(self, name: str) -> Any:
        parser = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True)
        return etree.fromstring(self.archive.read(name), parser)

    def _part(self, name: str, kind: str) -> _Part | None:
        """The new part of an old one; None for what is not taken over."""
        if name in self.parts:
            return self.parts[name]
        suffix = name.rpartition(".")[2].casefold()
        if kind == "image":
            if suffix not in _PICTURES:
                self.dropped += 1
                return None
            self.images += 1
            part = self.parts[name] = _Part(f"word/media/image{self.images}.{suffix}", kind)
            part.content = _picture(self.archive.read(name), suffix)
            return part
        count = sum(other.kind == kind for other in self.parts.values()) + 1
        own = f"{kind}{count}" if kind in ("header", "footer") else kind
        folder = "word/theme" if kind == "theme" else "word"
        part = self.parts[name] = _Part(f"{folder}/{own}.xml", kind, root=self._xml(name))
        if kind in ("document", *_STORIES):
            self.dropped += clean(part.root, self.styles)
        elif kind == "settings":
            _keep(part.root, _SETTINGS)
        elif kind == "numbering":
            _without_pictures(part.root)
        self._follow(part, name)
        return part

    def _follow(self, part: _Part, name: str) -> None:
        """Take over what a part refers to; drop references to all else."""
        new: dict[str, str] = {}
        for number, (old, (kind, target)) in enumerate(sorted(self._relations(name).items()), 1):
            implied = kind in ("styles", "numbering", "settings", "theme", "footnotes", "endnotes")
            wanted = kind in _KEPT and (implied or _refers(part.root, old))
            present = wanted and target in self.archive.namelist()
            if present and (other := self._part(target, kind)):
                new[old] = f"rId{number}"
                part.relations[new[old]] = (kind, other)
        for element in list(part.root.iter("*")):
            for key in [key for key in element.attrib if str(key).startswith(_R)]:
                if element.get(key) in new:
                    element.set(key, new[element.get(key)])
                else:
                    del element.attrib[key]
                    if element.tag in (f"{W}headerReference", f"{W}footerReference"):
                        element.getparent().remove(element)

    # Redaction -----------------------------------------------------------------------------

    def redact(self, known: Known) -> int:
        """Put pseudonyms into the stories; returns how many."""
        told = [
            letter
            for part in self.parts.values()
            if part.kind in ("document", *_STORIES)
            for letter in letters(part.root)
        ]
        page = PageText(1, [Sign(letter.text) for letter in told])
        try:
            found = cuts([page], known).get(1, [])
        except Unfound:
            raise CopyRefused(
                "a text that redaction replaced cannot be found again in the Word file; save the "
                "document as PDF, add that to the study, and redact it"
            ) from None
        put: dict[int, str] = {}
        for cut in found:
            put |= dict.fromkeys(cut.signs, "")
            first = next((n for n in cut.signs if told[n].holds_text), None)
            if first is not None:
                put[first] = cut.pseudonym
        _write(told, put)
        for part in self.parts.values():
            if part.root is not None:
                drop_empty_runs(part.root)
        return len(found)

    # The package ---------------------------------------------------------------------------

    def packed(self, title: str) -> bytes:
        """The new package; the same parts give the same bytes."""
        assert self.main is not None
        files = {"[Content_Types].xml": _types(list(self.parts.values()))}
        files["_rels/.rels"] = _relations_file(
            [("rId1", f"{_OFFICE}/officeDocument", self.main.name),
             ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")]
        )  # fmt: skip
        files["docProps/core.xml"] = _properties(title)
        for part in self.parts.values():
            files[part.name] = part.content if part.root is None else _serial(part.root)
            if part.relations:
                folder, base = posixpath.split(part.name)
                files[f"{folder}/_rels/{base}.rels"] = _relations_file(
                    [(own, f"{_OFFICE}/{kind}", f"/{other.name}")
                     for own, (kind, other) in part.relations.items()]
                )  # fmt: skip
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
        return packed.getvalue()


def _inside(folder: str, target: str) -> str:
    """The name of a part in the package, from a target as a relation of a folder gives it."""
    return posixpath.normpath(posixpath.join("/", folder, target)).strip("/")


def _refers(root: Any, relation: str) -> bool:
    return any(
        element.get(key) == relation
        for element in root.iter("*")
        for key in element.attrib
        if str(key).startswith(_R)
    )


def _keep(root: Any, tags: set[str]) -> None:
    for child in list(root):
        if child.tag not in tags:
            root.remove(child)


def _without_pictures(numbering: Any) -> None:
    for element in list(numbering.iter(f"{W}numPicBullet", f"{W}lvlPicBulletId")):
        element.getparent().remove(element)


def _picture(data: bytes, suffix: str) -> bytes:
    """A picture without what is written about it in its file."""
    if suffix in ("jpg", "jpeg"):
        return without_notes(data)
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        plain, file = image.copy(), io.BytesIO()
        plain.info = {k: v for k, v in plain.info.items() if k in ("transparency", "dpi")}
        plain.save(file, "GIF" if suffix == "gif" else "PNG")
    return file.getvalue()


def _write(told: list[Letter], put: dict[int, str]) -> None:
    """Put texts in place of letters."""
    by_element: dict[Any, list[str]] = {}
    for n, letter in enumerate(told):
        by_element.setdefault(letter.element, []).append(put.get(n, letter.text))
    for element in {told[n].element for n in put} - {None}:
        text = "".join(by_element[element])
        if element.tag == f"{W}t":
            element.text = text
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        elif not text and element.tag in (f"{W}noBreakHyphen", f"{W}sym"):
            element.getparent().remove(element)


def _serial(root: Any) -> bytes:
    etree.cleanup_namespaces(root, keep_ns_prefixes=_ignorable(root))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _ignorable(root: Any) -> list[str]:
    """Prefixes that must stay declared because attributes name them."""
    markup = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
    named = [root.get(f"{markup}Ignorable") or ""]
    named += [choice.get("Requires") or "" for choice in root.iter(f"{markup}Choice")]
    return sorted({prefix for names in named for prefix in names.split()})


def _types(parts: list[_Part]) -> bytes:
    root, add = _list(f"{_PACKAGE}/content-types", "Types")
    defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml",
                "xml": "application/xml", **_PICTURES}  # fmt: skip
    for suffix, kind in defaults.items():
        add("Default", Extension=suffix, ContentType=kind)
    named = [(part.name, _type(part.kind)) for part in parts if part.kind != "image"]
    named.append(
        ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
    )
    for name, kind in named:
        add("Override", PartName=f"/{name}", ContentType=kind)
    return _serial(root)


def _type(kind: str) -> str:
    if kind == "theme":
        return "application/vnd.openxmlformats-officedocument.theme+xml"
    return _WORD_TYPE.format("document.main" if kind == "document" else kind)


def _relations_file(relations: list[tuple[str, str, str]]) -> bytes:
    root, add = _list(f"{_PACKAGE}/relationships", "Relationships")
    for own, kind, target in relations:
        add("Relationship", Id=own, Type=kind, Target=target)
    return _serial(root)


def _list(space: str, name: str) -> tuple[Any, Callable[..., Any]]:
    """An XML list, and what adds an entry to it."""
    root = etree.Element(f"{{{space}}}{name}", nsmap={None: space})

    def add(entry: str, **attributes: str) -> Any:
        return etree.SubElement(root, f"{{{space}}}{entry}", **attributes)

    return root, add


def _properties(title: str) -> bytes:
    dc = "http://purl.org/dc/elements/1.1/"
    core = f"{_PACKAGE}/metadata/core-properties"
    root = etree.Element(f"{{{core}}}coreProperties", nsmap={"cp": core, "dc": dc})
    etree.SubElement(root, f"{{{dc}}}title").text = title
    return _serial(root)
