"""The stories of a Word file (body, headers, footers, notes) as they print, and their letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.extract.wordml import Styles, W

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SHAPES = ("/picture", "/wordprocessingShape", "/wordprocessingGroup", "/wordprocessingCanvas")
"""Ends of the kinds of drawings that are kept: all other kinds have their text elsewhere."""


def _w(*names: str) -> set[str]:
    return {f"{W}{name}" for name in names}


_GONE = _w(
    "del", "moveFrom", "delText", "delInstrText", "commentRangeStart", "commentRangeEnd",
    "commentReference", "annotationRef", "proofErr", "permStart", "permEnd", "object", "control",
    "fldData", "subDoc", "altChunk", "contentPart", "softHyphen", "lastRenderedPageBreak",
    "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "rPrChange",
    "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange",
    "tblPrExChange", "numberingChange", "cellIns", "customXmlInsRangeStart",
    "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd", "sdtPr",
    "sdtEndPr", "customXmlPr", "smartTagPr",
)  # fmt: skip
"""Changes and what they changed, comments, marks of the editor, objects of other programs."""
_COUNTED = _w("commentReference", "object", "control", "subDoc", "altChunk", "contentPart")
_WRAPPERS = _w("ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "hyperlink",
               "fldSimple")  # fmt: skip
"""What stands round text and names a person, a target or a source."""
_SAFE_FIELD = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|PAGEREF\s+_Toc\w+)\b[^\"]*$")
_GENERATED = re.compile(r"_(?:Toc|Ref)\d+")
_TOLD = {"descr", "title", "alt", "href", "tooltip", "target"}
"""Attributes of drawings that say what they show or lead to."""
_EDITORS = {"paraId", "textId", "author", "initials"}
_SPACES = _w("tab", "ptab", "br", "cr")


def clean(root: Any, styles: Styles) -> int:
    """Leave in a story what prints; returns how many comments and objects were left out."""
    dropped = sum(element.tag in _COUNTED for element in root.iter("*"))
    for element in list(root.iter(f"{_MC}Fallback")):
        if element.getparent().find(f"{_MC}Choice") is not None:
            element.getparent().remove(element)
    _accept_rows(root)
    _accept_marks(root)
    _fields(root)
    _runs(root, styles)
    for element in list(root.iter("*")):
        if element.tag in _GONE:
            _remove(element)
    dropped += _drawings(root)
    _bookmarks(root)
    for element in list(root.iter(*_WRAPPERS)):
        _unwrap(element)
    for element in root.iter("*"):
        _attributes(element)
    return dropped


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _accept_rows(root: Any) -> None:
    for row in list(root.iter(f"{W}tr")):
        if any(row.find(f"{W}trPr/{W}{name}") is not None for name in ("del", "hidden")):
            _remove(row)
    for cell in list(root.iter(f"{W}tc")):
        if cell.find(f"{W}tcPr/{W}cellDel") is not None:
            _remove(cell)


def _accept_marks(root: Any) -> None:
    """A paragraph whose mark was deleted runs on into the next one."""
    for paragraph in list(root.iter(f"{W}p")):
        mark = paragraph.find(f"{W}pPr/{W}rPr")
        following = paragraph.getnext()
        if mark is None or following is None or following.tag != f"{W}p":
            continue
        if any(mark.find(f"{W}{name}") is not None for name in ("del", "moveFrom")):
            content = [child for child in paragraph if child.tag != f"{W}pPr"]
            at = 1 if following.find(f"{W}pPr") is not None else 0
            for offset, child in enumerate(content):
                following.insert(at + offset, child)
            _remove(paragraph)


def _fields(root: Any) -> None:
    """Leave of a field its result; page numbers are counted by Word."""
    open_fields: list[dict[str, Any]] = []
    for element in list(root.iter(f"{W}fldChar", f"{W}instrText", f"{W}t")):
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            open_fields.append({"parts": [], "code": "", "text": [], "in_code": True})
        if not open_fields:
            if element.tag != f"{W}t":
                _remove(element)
            continue
        field = open_fields[-1]
        if element.tag != f"{W}t":
            field["parts"].append(element)
        elif field["in_code"]:
            field["text"].append(element)
        if element.tag == f"{W}instrText":
            field["code"] += element.text or ""
        elif kind == "separate":
            field["in_code"] = False
        elif kind == "end":
            _close(open_fields.pop())
    for field in open_fields:
        _close({**field, "text": []})


def _close(field: dict[str, Any]) -> None:
    gone = field["text"] if _SAFE_FIELD.match(field["code"]) else field["parts"] + field["text"]
    for element in gone:
        _remove(element)


def _runs(root: Any, styles: Styles) -> None:
    for run in list(root.iter(f"{W}r")):
        paragraph = next(run.iterancestors(f"{W}p"), None)
        if paragraph is not None and styles.says(paragraph, run, "vanish"):
            _remove(run)


def _drawings(root: Any) -> int:
    dropped = 0
    for drawing in list(root.iter(f"{W}drawing")):
        kinds = [data.get("uri") or "" for data in drawing.iter(f"{_A}graphicData")]
        if not kinds or not all(kind.endswith(_SHAPES) for kind in kinds):
            _remove(drawing)
            dropped += 1
    for element in list(root.iter(f"{_A}hlinkClick", f"{_A}hlinkHover", f"{_A}extLst")):
        _remove(element)
    return dropped


def _bookmarks(root: Any) -> None:
    gone = set()
    for mark in list(root.iter(f"{W}bookmarkStart")):
        if not _GENERATED.fullmatch(mark.get(f"{W}name") or ""):
            gone.add(mark.get(f"{W}id"))
            _remove(mark)
    for mark in list(root.iter(f"{W}bookmarkEnd")):
        if mark.get(f"{W}id") in gone:
            _remove(mark)


def _unwrap(element: Any) -> None:
    """Put what is in an element in its place."""
    if element.tag == f"{W}fldSimple" and _SAFE_FIELD.match(element.get(f"{W}instr", "")):
        return
    anchor = element.get(f"{W}anchor") or ""
    if element.tag == f"{W}hyperlink" and _GENERATED.fullmatch(anchor):
        for key in list(element.attrib):
            if key != f"{W}anchor":
                del element.attrib[key]
        return
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    for offset, child in enumerate(list(element)):
        parent.insert(at + offset, child)
    parent.remove(element)


def _attributes(element: Any) -> None:
    drawn = not element.tag.startswith(W)
    for key in list(element.attrib):
        name = str(key).rpartition("}")[2]
        if (
            name.startswith("rsid")
            or name in ("paraId", "textId", "author", "initials")
            or (drawn and name in _TOLD)
        ):
            del element.attrib[key]
        elif drawn and name == "name" and element.tag.endswith(("docPr", "cNvPr")):
            element.set(key, "")


@dataclass(frozen=True, eq=False)
class Letter:
    """One letter of a story, and the element that holds it; None between paragraphs."""

    text: str
    element: Any = None

    @property
    def holds_text(self) -> bool:
        """Whether other text can be put there."""
        return self.element is not None and self.element.tag == f"{W}t"


def letters(root: Any) -> Iterator[Letter]:
    """The letters of a story, paragraph by paragraph, with a line break after each."""
    for paragraph in root.iter(f"{W}p"):
        yield from _of_paragraph(paragraph)
        yield Letter("\n")


def _of_paragraph(element: Any) -> Iterator[Letter]:
    for child in element.iterchildren(tag="*"):
        if child.tag == f"{W}t":
            for sign in child.text or "":
                yield Letter(sign, child)
        elif child.tag in _SPACES:
            yield Letter(" ", child)
        elif child.tag == f"{W}noBreakHyphen":
            yield Letter("-", child)
        elif child.tag == f"{W}sym":
            yield Letter("\ufffd", child)
        elif child.tag not in (f"{W}p", f"{W}pPr", f"{W}rPr", f"{W}instrText"):
            yield from _without_paragraphs(child)


def _without_paragraphs(element: Any) -> Iterator[Letter]:
    # A text box in a paragraph has paragraphs of its own, which come by themselves.
    if element.tag != f"{W}txbxContent":
        yield from _of_paragraph(element)


def drop_empty_runs(root: Any) -> None:
    """Take out the runs that nothing is left of."""
    for run in list(root.iter(f"{W}r")):
        if not any(child.tag != f"{W}rPr" for child in run):
            _remove(run)
