"""A redacted copy of a PDF.

The file is written anew from the pages alone: their letters, lines and pictures. Whatever else a
PDF can carry (notes, fields, bookmarks, tags, attachments, scripts, layers, earlier versions,
properties) is not taken over. A page from which letters cannot be taken out with certainty
becomes a picture of itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pipeline.copies import gate
from pipeline.copies.cutter import Cutter, Uncut
from pipeline.copies.known import Known
from pipeline.copies.marks import Mark, add_font, drawn, marks
from pipeline.copies.picture import jpeg, painted, scale_of
from pipeline.copies.sheet import LOOK_DPI, look, pixels, printed, read, read_drawn
from pipeline.copies.stream import Cut, PageText, Unfound, cuts
from pipeline.copies.written import Written
from pipeline.errors import CopyRefused, DocumentUnreadable, ScannedDocument
from pipeline.extract import ocr
from pipeline.extract.enclosed import pinned
from pipeline.extract.page import read_page
from pipeline.extract.pdf import READABLE_LETTERS, is_picture, open_pdf
from pipeline.vocabulary import HIDDEN as HIDDEN_KINDS

SCAN = "a scan"
HIDDEN = "text that nobody sees"
UNDER = "a picture under a replaced word"
MARKED = "a redaction mark that was never applied"
UNSURE = "words that could not be cut out one by one"
NEAR = 1.5
"""Points between a letter's place by pdfium and by its operator."""
READINGS = 3
"""How often a scan is read again before it is given up."""
DEEPEST_TREE = 50
SAME = 40
"""Grey levels by which a pixel may differ after a cut, outside the boxes,"""
FEW = 0.0005
"""and the share of pixels that may differ by more."""


def copy_pdf(path: Path, known: Known, *, title: str, password: str = "") -> Written:
    """The copy of a PDF without what is `known`.

    Raises a `ReviewError`: `CopyRefused` when anything known would be left.
    """
    data = _plain(path, password)
    original = pdfium.PdfDocument(data)
    try:
        pages, pictures = _texts(original)
        try:
            found = cuts(pages, known)
        except Unfound as lost:
            raise CopyRefused(
                f"a text that redaction replaced on page {lost.page} cannot be found there "
                "again; look at that page, and redact this document by hand"
            ) from None
        copy = _Copy(data, original, known, pages, found, pictures)
        written = copy.write(title)
    finally:
        original.close()
    gate.check_pdf(written.data, known)
    return written


def _plain(path: Path, password: str) -> bytes:
    """The file's last version, mended, without encryption."""
    document, _ = open_pdf(path, password)
    document.close()
    file = io.BytesIO()
    for word in dict.fromkeys(["", password]):
        try:
            with pikepdf.open(path, password=word) as pdf:
                pdf.save(file, encryption=False, deterministic_id=True)
                return file.getvalue()
        except pikepdf.PasswordError:
            continue
        except pikepdf.PdfError:
            break
    raise DocumentUnreadable("the file cannot be taken apart; export it anew, then make")


def _texts(document: pdfium.PdfDocument) -> tuple[list[PageText], dict[int, str]]:
    """The text of each page, and the pages that have to become pictures, with the reason."""
    pages, pictures = [], {}
    for number in range(1, len(document) + 1):
        with _page(document, number) as page:
            text = printed(page, number)
            few = sum(map(str.isalnum, text.text)) < READABLE_LETTERS
            scan = few and is_picture(page)
            pages.append(_read(page, number) if scan else text)
        if scan:
            pictures[number] = SCAN
        elif _hides(document, number):
            pictures[number] = HIDDEN
    return pages, pictures


@contextmanager
def _page(document: pdfium.PdfDocument, number: int) -> Iterator[pdfium.PdfPage]:
    page = document[number - 1]
    try:
        yield page
    finally:
        page.close()


def _read(page: pdfium.PdfPage, number: int) -> PageText:
    if not ocr.available():
        raise ScannedDocument(
            "a page is a picture, and tesseract is not installed; install it, then run the "
            "command again",
            wants=ocr.PROGRAM,
        )
    return read(page, number)


def _hides(document: pdfium.PdfDocument, number: int) -> bool:
    """Whether a page holds text that its print does not show; reading for it changes the page."""
    with _page(document, number) as page:
        return any(text.kind in HIDDEN_KINDS for text in read_page(page, number).left_out)


class _Copy:
    """Writes the pages of one document."""

    def __init__(
        self,
        data: bytes,
        original: pdfium.PdfDocument,
        known: Known,
        pages: Sequence[PageText],
        found: dict[int, list[Cut]],
        pictures: dict[int, str],
    ) -> None:
        self.pdf = pikepdf.open(io.BytesIO(data))
        self.cutter = Cutter(self.pdf, data)
        self.data, self.original, self.known = data, original, known
        self.pages, self.found = pages, found
        self.pictures = pictures
        self.unapplied: dict[int, list[Mark]] = {}
        self.images: dict[int, int] = {}
        self.dropped = 0

    def write(self, title: str) -> Written:
        sources = list(self.pdf.pages)
        for source in sources:
            if "/Annots" in source.obj:
                del source.obj["/Annots"]
        for page in self.pages:
            self._look_at_pins(page.number)
        made = [self._page(sources[page.number - 1], page) for page in self.pages]
        data = self._bound(made, title)
        if different := self._different(data):
            for number in different:
                self.pictures[number] = UNSURE
                made[number - 1] = self._as_picture(self.pages[number - 1])
            data = self._bound(made, title)
        pictures = dict(sorted(self.pictures.items()))
        texts = [number for number, why in pictures.items() if why != SCAN]
        boxes = {n: [mark.box for mark in self._marks(self.pages[n - 1])] for n in texts}
        gate.check_boxes(self.data, boxes, self.known)
        replacements = sum(bool(cut.pseudonym) for some in self.found.values() for cut in some)
        images = sum(n for number, n in self.images.items() if number not in self.pictures)
        return Written(data, replacements, len(made), pictures, images, self.dropped)

    def _look_at_pins(self, number: int) -> None:
        """Count what is pinned to a page; its publisher wanted gone what lies under some of it."""
        with _page(self.original, number) as page:
            pins = pinned(page)
        self.dropped += pins.counts.total() + pins.redactions
        if pins.marks:
            self.pictures[number] = MARKED
            self.unapplied[number] = [Mark(box, "") for box in pins.marks]

    def _marks(self, page: PageText) -> list[Mark]:
        cut = marks(page, self.found.get(page.number, []))
        return [*self.unapplied.get(page.number, []), *cut]

    def _page(self, source: pikepdf.Page, page: PageText) -> pikepdf.Dictionary:
        if page.number not in self.pictures:
            try:
                return self._cut(source, page)
            except Uncut:
                self.pictures[page.number] = UNSURE
        return self._as_picture(page)

    def _cut(self, source: pikepdf.Page, page: PageText) -> pikepdf.Dictionary:
        boxes = self._marks(page)
        cut = self.cutter.cut(source, lambda x, y: any(box.holds(x, y) for box in boxes))
        self._require_all(page, cut.origins)
        if any(_meet(image, mark.box) for image in cut.images for mark in boxes):
            self.pictures[page.number] = UNDER
            return self._as_picture(page)
        self.images[page.number] = len(cut.images)
        add_font(cut.resources)
        content = b"q\n" + cut.content + b"\nQ\n" + drawn(boxes)
        made = pikepdf.Dictionary(
            Type=pikepdf.Name.Page, MediaBox=source.mediabox, CropBox=source.cropbox,
            Rotate=_rotation(source.obj), Resources=cut.resources,
            Contents=self.pdf.make_stream(content),
        )  # fmt: skip
        for key in ("/UserUnit", "/Group"):
            if key in source.obj:
                made[key] = source.obj[key]
        return made

    def _require_all(self, page: PageText, origins: Sequence[tuple[float, float]]) -> None:
        """Every letter that has to go must have gone; raises `Uncut`."""
        wanted = [
            sign.origin for cut in self.found.get(page.number, []) for index in cut.signs
            if (sign := page.signs[index]).origin is not None
        ]  # fmt: skip
        if not wanted:
            return
        if not origins:
            raise Uncut
        places = np.array(origins)
        for origin in wanted:
            if np.abs(places - origin).max(axis=1).min() > NEAR:
                raise Uncut

    def _as_picture(self, page: PageText) -> pikepdf.Dictionary:
        with _page(self.original, page.number) as source:
            width, height = source.get_size()
            picture = painted(source, self._marks(page))
            if self.pictures[page.number] == SCAN:
                picture = self._read_again(source, page, picture)
        image = self.pdf.make_stream(jpeg(picture))
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = *picture.size, 8
        image.ColorSpace = getattr(
            pikepdf.Name, "DeviceGray" if picture.mode == "L" else "DeviceRGB"
        )
        image.Filter = pikepdf.Name.DCTDecode
        content = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Page Do Q".encode("ascii")
        return pikepdf.Dictionary(
            Type=pikepdf.Name.Page, MediaBox=[0, 0, round(width, 2), round(height, 2)],
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=image)),
            Contents=self.pdf.make_stream(content),
        )  # fmt: skip

    def _read_again(
        self, source: pdfium.PdfPage, page: PageText, picture: Image.Image
    ) -> Image.Image:
        """The picture of a scan with what a second reading finds painted over, too."""
        more: list[Mark] = []
        for _ in range(READINGS):
            grey = np.asarray(picture.convert("L"))
            seen = read_drawn(source, page.number, grey, scale_of(source))
            left = [
                Cut(tuple(seen.owners[found.start : found.end]), found.pseudonym)
                for found in self.known.find(seen.text)
            ]
            if not left:
                return picture
            more += marks(seen, left)
            picture = painted(source, [*self._marks(page), *more])
        raise CopyRefused(
            f"a text that redaction replaced can still be read on page {page.number}, a scan, so "
            "no file was written; redact this document by hand"
        )

    def _bound(self, pages: Sequence[pikepdf.Dictionary], title: str) -> bytes:
        """A file of these pages and nothing else."""
        tree = self.pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages))
        kids = [self.pdf.make_indirect(page) for page in pages]
        for page in kids:
            page.Parent = tree
        tree.Kids, tree.Count = pikepdf.Array(kids), len(kids)
        self.pdf.trailer.Root = self.pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Catalog, Pages=tree, Lang=pikepdf.String("en-GB"))
        )
        self.pdf.trailer.Info = self.pdf.make_indirect(
            pikepdf.Dictionary(Title=pikepdf.String(title))
        )
        file = io.BytesIO()
        self.pdf.save(
            file, deterministic_id=True, compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )  # fmt: skip
        return file.getvalue()

    def _different(self, data: bytes) -> list[int]:
        """Pages that look otherwise than before, outside the boxes, or still say what went."""
        copy = pdfium.PdfDocument(data)
        try:
            return [
                page.number
                for page in self.pages
                if page.number not in self.pictures and self._differs(copy, page)
            ]
        finally:
            copy.close()

    def _differs(self, copy: pdfium.PdfDocument, page: PageText) -> bool:
        scale = LOOK_DPI / 72
        with _page(self.original, page.number) as before, _page(copy, page.number) as after:
            one, two = (look(p, scale=scale, grey=True) for p in (before, after))
            if one.shape != two.shape:
                return True
            apart = _apart(one, two) | _apart(two, one)
            for mark in self._marks(page):
                left, top, right, bottom = pixels(before, mark.box, one.shape)
                apart[max(0, top - 2) : bottom + 3, max(0, left - 2) : right + 3] = False
            return bool(apart.mean() > FEW)


def _apart(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Pixels that are darker or paler than any near them in the other picture.

    A letter may be drawn a fraction of a pixel away.
    """
    other = Image.fromarray(two)
    low, high = (
        np.asarray(other.filter(near(3))).astype(np.int16)
        for near in (ImageFilter.MinFilter, ImageFilter.MaxFilter)
    )
    return np.asarray((one < low - SAME) | (one > high + SAME))


def _rotation(page: Any) -> int:
    """A page's turn in degrees, its own or that of a group of pages."""
    for _ in range(DEEPEST_TREE):
        if "/Rotate" in page:
            return int(page.Rotate)
        if "/Parent" not in page:
            break
        page = page.Parent
    return 0


def _meet(one: tuple[float, ...], two: tuple[float, ...]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
