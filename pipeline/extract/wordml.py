"""WordprocessingML as it reads: changes accepted, nothing hidden, nothing twice.

Word keeps what was deleted, hidden or moved away in the file, and a text box two times. Names
of elements are those of ECMA-376, part 1, chapter 17.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_GONE = {f"{W}{name}" for name in ("del", "moveFrom", "delText")}
# Properties and field codes; none of them is text of the document.
_SILENT = _GONE | {
    f"{W}{name}"
    for name in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "fldData")
}
_BOX = f"{W}txbxContent"
_NOTES = (f"{W}footnoteReference", f"{W}endnoteReference")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# What Word's own AutoCorrect and bullet menus put in from symbol fonts.
_SYMBOLS = {
    ("wingdings", 0xE0): "→", ("wingdings", 0xDF): "←", ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFB): "✗", ("wingdings", 0xFE): "☑", ("wingdings", 0xA8): "☐",
    ("symbol", 0xB7): "•", ("symbol", 0xA3): "≤", ("symbol", 0xB3): "≥", ("symbol", 0xB0): "°",
    ("symbol", 0xB1): "±", ("symbol", 0xB4): "×", ("symbol", 0xAE): "→", ("symbol", 0x2D): "-",
}  # fmt: skip


@dataclass
class Paragraph:
    """What one paragraph prints, tabs kept; `element` carries its style and numbering.

    `bold` tells that all of its signs are; `notes` are the references in it, `boxes` the
    contents of its text boxes, and `contents` that it is a line of a generated contents list.
    """

    element: Any
    raw: str = ""
    bold: bool = False
    notes: list[Any] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    contents: bool = False

    @property
    def text(self) -> str:
        """The text with every stretch of white space as one space."""
        return clean(self.raw)


class Styles:
    """The document's styles, and what they say of a paragraph or run."""

    def __init__(self, root: Any) -> None:
        styles = list(root.iter(f"{W}style"))
        self.by_id = {style.get(f"{W}styleId"): style for style in styles}
        self.default = next(
            (style.get(f"{W}styleId") for style in styles
             if style.get(f"{W}type") == "paragraph" and is_on(style.get(f"{W}default", "0"))), None
        )  # fmt: skip
        self._chain = cache(self._based_on)
        self._says = cache(self._look_up)

    def of(self, paragraph: Any) -> list[Any]:
        """The paragraph's style and those that it is based on."""
        return self._chain(value(paragraph, "pPr/pStyle") or self.default)

    def name(self, paragraph: Any) -> str:
        """The name of the paragraph's style in small letters; "" for none."""
        return next(((value(style, "name") or "").casefold() for style in self.of(paragraph)), "")

    def says(self, paragraph: Any, run: Any, switch: str) -> bool:
        """Whether a switch (`b`, `vanish`) is on for a run, by itself or by a style."""
        own = run.find(f"{W}rPr/{W}{switch}")
        if own is not None:
            return is_on(own.get(f"{W}val", "1"))
        by_run = self._says(value(run, "rPr/rStyle"), switch)
        if by_run is not None:
            return by_run
        return bool(self._says(value(paragraph, "pPr/pStyle") or self.default, switch))

    def _look_up(self, style_id: str | None, switch: str) -> bool | None:
        for style in self._chain(style_id):
            found = style.find(f"{W}rPr/{W}{switch}")
            if found is not None:
                return is_on(found.get(f"{W}val", "1"))
        return None

    def _based_on(self, style_id: str | None) -> list[Any]:
        chain: list[Any] = []
        style = self.by_id.get(style_id)
        while style is not None and style not in chain:
            chain.append(style)
            style = self.by_id.get(value(style, "basedOn"))
        return chain


def is_on(word: str) -> bool:
    """Whether the value of an on-off property means on."""
    return word not in ("0", "false", "off", "none")


def value(element: Any, path: str) -> str | None:
    """The `w:val` of a descendant, by a path of names; None where there is none."""
    found = element.find("/".join(f"{W}{name}" for name in path.split("/")))
    return None if found is None else found.get(f"{W}val")


def clean(text: str) -> str:
    """NFC, without invisible signs, every stretch of white space one space."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def children(element: Any, name: str) -> Iterator[Any]:
    """The elements of a name in a body, table or row, also those in content controls."""
    for child in _live(element):
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag not in (f"{W}p", f"{W}tbl", f"{W}tr", f"{W}tc"):
            yield from children(child, name)


def blocks(element: Any, styles: Styles) -> Iterator[Paragraph | Any]:
    """Paragraphs and tables (`w:tbl` elements) of a body, cell, note or text box, in order.

    A paragraph whose mark was deleted runs on into the next one; one that is hidden whole is
    left out, so that it takes no number in a list.
    """
    begun: list[Paragraph] = []
    for item in _items(element):
        if item.tag == f"{W}p":
            read = _read(item, styles)
            if _is_hidden(read, styles):
                continue
            begun.append(read)
            if _mark_is_gone(item):
                continue
            yield _joined(begun)
        else:
            yield from _rest(begun)
            yield item
        begun = []
    yield from _rest(begun)


def _items(element: Any) -> Iterator[Any]:
    for child in _live(element):
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        else:
            yield from _items(child)


def _live(element: Any) -> Iterator[Any]:
    """The children that are read; of two versions of one thing the first."""
    for child in element.iterchildren(tag="*"):
        if child.tag == f"{_MC}AlternateContent":
            chosen = next(child.iterchildren(f"{_MC}Choice", f"{_MC}Fallback"), None)
            if chosen is not None:
                yield chosen
        elif child.tag not in _SILENT:
            yield child


def _mark_is_gone(paragraph: Any) -> bool:
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(child.tag in _GONE for child in mark)


def _is_hidden(paragraph: Paragraph, styles: Styles) -> bool:
    properties = paragraph.element.find(f"{W}pPr")
    holds = paragraph.text or paragraph.boxes or paragraph.notes
    # The paragraph's mark has its properties where a run has them.
    return (
        not holds
        and properties is not None
        and styles.says(paragraph.element, properties, "vanish")
    )


def _joined(begun: list[Paragraph]) -> Paragraph:
    """One paragraph, formatted like the last part that has text."""
    kept = [part for part in begun if part.text] or begun[-1:]
    return Paragraph(
        element=kept[-1].element,
        raw="".join(part.raw for part in kept),
        bold=all(part.bold for part in kept),
        notes=[note for part in begun for note in part.notes],
        boxes=[box for part in begun for box in part.boxes],
        contents=kept[-1].contents,
    )


def _rest(begun: list[Paragraph]) -> Iterator[Paragraph]:
    """What is left of paragraphs that run on into nothing."""
    if any(part.text or part.boxes for part in begun):
        yield _joined(begun)


def _read(element: Any, styles: Styles) -> Paragraph:
    paragraph = Paragraph(element)
    reader = _Runs(paragraph, styles)
    reader.walk(element)
    paragraph.raw = "".join(reader.parts)
    paragraph.bold = reader.bold and bool(paragraph.text)
    # A tab and a page number end the line; a link inside a sentence is no contents list.
    listed = styles.name(element).startswith(("toc ", "table of figures"))
    paged = re.search(r"\t\s*(?:\d{1,4}|[ivxlc]+)\s*$", paragraph.raw)
    paragraph.contents = bool((listed and "heading" not in styles.name(element))
                              or (reader.linked and paged))  # fmt: skip
    return paragraph


class _Runs:
    """Walks through a paragraph's runs and keeps what they print."""

    def __init__(self, paragraph: Paragraph, styles: Styles) -> None:
        self.paragraph, self.styles = paragraph, styles
        self.parts: list[str] = []
        self.bold = True
        self.linked = False
        # For each open field whether its code, which is not printed, is still going on.
        # A field that is not closed ends with the paragraph: better to read too much.
        self.codes: list[bool] = []

    def walk(self, element: Any) -> None:
        for child in _live(element):
            if child.tag == _BOX:
                self.paragraph.boxes.append(child)
            elif child.tag == f"{W}r":
                self._run(child)
            else:
                self._link(child.get(f"{W}anchor") if child.tag == f"{W}hyperlink" else None)
                self.walk(child)

    def _link(self, anchor: str | None) -> None:
        self.linked = self.linked or bool(anchor and anchor.startswith("_Toc"))

    def _run(self, run: Any) -> None:
        hidden = self.styles.says(self.paragraph.element, run, "vanish")
        before = len(self.parts)
        for child in _live(run):
            if child.tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType"))
            elif child.tag == f"{W}instrText":
                self._link("_Toc" if "PAGEREF _Toc" in (child.text or "") else None)
            elif not hidden and not any(self.codes):
                self._print(child)
        if "".join(self.parts[before:]).strip():
            self.bold = self.bold and self.styles.says(self.paragraph.element, run, "b")

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self.codes.append(True)
        elif self.codes and kind == "separate":
            self.codes[-1] = False
        elif self.codes and kind == "end":
            self.codes.pop()

    def _print(self, child: Any) -> None:
        if child.tag in _NOTES:
            self.paragraph.notes.append(child)
        elif child.tag == f"{W}sym":
            self.parts.append(_symbol(child))
        elif child.tag == f"{W}t":
            self.parts.append(child.text or "")
        elif child.tag in _SIGNS:
            self.parts.append(_SIGNS[child.tag])
        else:
            self.walk(child)


_SIGNS = {
    f"{W}{name}": sign
    for name, sign in {
        "tab": "\t", "ptab": "\t", "br": " ", "cr": " ", "noBreakHyphen": "-", "softHyphen": "",
    }.items()
}  # fmt: skip


def _symbol(element: Any) -> str:
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    # Symbol fonts have their signs at F000 and up.
    font = (element.get(f"{W}font") or "").casefold()
    return _SYMBOLS.get((font, code & 0xFF), chr(code) if code else "")
