"""A codebook in REFI-QDA: the CodeBook element of projects and the .qdc file.

Themes are parent codes, which may not be applied themselves. A description holds the definition,
then what to include and to exclude, so that a coder sees them in whatever program.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from lxml import etree

from pipeline.codebook import Code, Codebook, Theme

CODEBOOK = "urn:QDA-XML:codebook:1.0"
"""Namespace of .qdc files."""
PROJECT = "urn:QDA-XML:project:1.0"
"""Namespace of the .qde file in a project."""
NAMESPACE = UUID("5b0f7a0c-1f3e-5d3c-9a53-0d6f3c6b7e11")
"""Of all GUIDs that are made from a name: the same name gives the same GUID everywhere."""
INCLUDE, EXCLUDE = "\n\nInclude: ", "\n\nExclude: "
PALETTE = (
    "#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BB5566", "#DDAA33",
    "#004488", "#997700", "#44AA99", "#882255",
)  # fmt: skip
"""Paul Tol's schemes bright and high-contrast: told apart by colour-blind readers, too."""


def guid(codebook: Codebook, part: Theme | Code) -> str:
    """The GUID of a theme or code: its own, or one made from the ids of codebook and part."""
    kind = "code" if isinstance(part, Code) else "theme"
    return part.guid or str(uuid5(NAMESPACE, f"{codebook.id}/{kind}/{part.id}"))


def description(part: Theme | Code) -> str:
    """Definition, include and exclude in one text; see `read.definition_of` for the way back."""
    text = part.definition
    if isinstance(part, Code):
        text += INCLUDE + part.include if part.include else ""
        text += EXCLUDE + part.exclude if part.exclude else ""
    return text


def codebook_element(codebook: Codebook, ns: str) -> Any:
    """The `CodeBook` element of a codebook, as lxml, in namespace `ns` (CODEBOOK or PROJECT)."""
    root = etree.Element(f"{{{ns}}}CodeBook", nsmap={None: ns})
    codes = etree.SubElement(root, f"{{{ns}}}Codes")
    for n, theme in enumerate(codebook.theme):
        # What came from other software without a colour stays without one.
        color = theme.color or ("" if theme.guid else PALETTE[n % len(PALETTE)])
        parent = codes
        if not theme.ungrouped:
            parent = _code(codes, codebook, theme, color, codable=theme.codable)
        for code in codebook.code:
            if code.theme == theme.id:
                _code(parent, codebook, code, code.color or color, codable=True)
    return root


def _code(parent: Any, codebook: Codebook, part: Theme | Code, color: str, *, codable: bool) -> Any:
    ns = etree.QName(parent).namespace
    attributes = {
        "guid": guid(codebook, part),
        "name": part.name,
        "isCodable": str(codable).lower(),
        **({"color": color} if color else {}),
    }
    element = etree.SubElement(parent, f"{{{ns}}}Code", attributes)
    if text := description(part):
        etree.SubElement(element, f"{{{ns}}}Description").text = text
    return element


def as_qdc(codebook: Codebook, *, origin: str) -> bytes:
    """A codebook as a .qdc file; `origin` names the software."""
    root = codebook_element(codebook, CODEBOOK)
    root.set("origin", origin)
    content: bytes = etree.tostring(
        root, xml_declaration=True, encoding="utf-8", pretty_print=True, standalone=True
    )
    return content
