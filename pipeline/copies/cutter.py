"""Takes letters out of a page's content streams; the rest stays where it stands.

Names of operators and of their operands are those of ISO 32000-2, chapters 8 and 9. What is not
understood raises `Uncut`: the page is then made a picture of itself.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pdfminer.cmapdb import IdentityCMap
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdffont import PDFCIDFont, PDFFont
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import dict_value
from pdfminer.psexceptions import PSException

from pipeline.copies.stream import Box

Matrix = tuple[float, float, float, float, float, float]
UPRIGHT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
DEEPEST = 6
MOST_OPERATORS = 500_000
INVISIBLE = 3
"""Text rendering mode: neither fill nor stroke."""
_MARKED = {"BMC", "BDC", "EMC", "MP", "DP", "BX", "EX"}
"""Marked content carries alternative texts, and compatibility sections what nobody knows."""
_SHOW = {"Tj", "TJ", "'", '"'}
_SIMPLE = {"/Type1", "/TrueType", "/MMType1", "/Type3"}
_IMAGE_KEYS = (
    "Type", "Subtype", "Width", "Height", "ColorSpace", "BitsPerComponent", "Decode",
    "DecodeParms", "Filter", "ImageMask", "Mask", "SMask", "Interpolate", "Intent", "Matte",
)  # fmt: skip

_FAULTS = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What the libraries raise for a stream or font that is not as the standard says."""

Instruction = tuple[list[Any], pikepdf.Operator]


class Uncut(Exception):
    """The page holds something from which letters cannot be taken out with certainty."""


class Fonts:
    """How wide the letters of a document's fonts are, as pdfminer reads them."""

    def __init__(self, data: bytes) -> None:
        self._document = PDFDocument(PDFParser(io.BytesIO(data)))
        self._manager = PDFResourceManager()
        self._known: dict[int, PDFFont] = {}

    def of(self, font: Any) -> tuple[PDFFont, int]:
        """The font and the number of bytes of its codes; raises `Uncut` for unusual ones."""
        number = font.objgen[0]
        subtype = str(font.get("/Subtype"))
        if not number or not (
            subtype in _SIMPLE
            or (subtype == "/Type0" and str(font.get("/Encoding")) == "/Identity-H")
        ):
            raise Uncut
        if number not in self._known:
            spec = dict_value(self._document.getobj(number))
            self._known[number] = self._manager.get_font(number, spec)
        found = self._known[number]
        if isinstance(found, PDFCIDFont):
            if not isinstance(found.cmap, IdentityCMap) or found.is_vertical():
                raise Uncut
            return found, 2
        return found, 1


@dataclass
class _State:
    """The graphics state as far as it moves letters."""

    ctm: Matrix = UPRIGHT
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    size: float = 0.0
    mode: int = 0
    font: Any = None


@dataclass
class CutPage:
    """A page's new content and resources; what was cut, and where pictures lie.

    `origins` are those of the cut letters, `images` the bounds of pictures, in page coordinates.
    """

    content: bytes
    resources: Any
    origins: list[tuple[float, float]] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)


class Cutter:
    """Cuts the pages of one document; `pdf` and `data` are the same file."""

    def __init__(self, pdf: pikepdf.Pdf, data: bytes) -> None:
        self.pdf = pdf
        try:
            self.fonts: Fonts | None = Fonts(data)
        except (PSException, ValueError, TypeError, KeyError):
            self.fonts = None

    def cut(self, page: pikepdf.Page, gone: Callable[[float, float], bool]) -> CutPage:
        """The page without letters whose middle is `gone`, and without invisible ones.

        Raises `Uncut`.
        """
        if self.fonts is None:
            raise Uncut
        walk = _Walk(self.pdf, self.fonts, gone)
        try:
            resources = page.obj.get("/Resources", None)
            inherited = page.resources if resources is None else resources
            content, kept = walk.stream(page, inherited, _State(), 0)
        except (pikepdf.PdfError, pikepdf.DataDecodingError, PSException, *_FAULTS):
            raise Uncut from None
        return CutPage(content, kept, walk.origins, walk.images)


class _Walk:
    """One walk through a page's streams."""

    def __init__(
        self, pdf: pikepdf.Pdf, fonts: Fonts, gone: Callable[[float, float], bool]
    ) -> None:
        self.pdf, self.fonts, self.gone = pdf, fonts, gone
        self.origins: list[tuple[float, float]] = []
        self.images: list[Box] = []
        self.operators = 0

    def stream(self, source: Any, resources: Any, state: _State, depth: int) -> tuple[bytes, Any]:
        """New content and resources of a page or form."""
        if depth > DEEPEST:
            raise Uncut
        one = _Stream(self, resources, state, depth)
        instructions: list[Instruction] = []
        for instruction in pikepdf.parse_content_stream(source):
            self.operators += 1
            if self.operators > MOST_OPERATORS:
                raise Uncut
            instructions += one.step(instruction)
        # What the page draws last must not move what is drawn after it.
        instructions += [([], pikepdf.Operator("Q"))] * len(one.saved)
        return pikepdf.unparse_content_stream(instructions), one.kept()


class _Stream:
    """Where one content stream is: its state, its stack, the resources that it used."""

    def __init__(self, walk: _Walk, resources: Any, state: _State, depth: int) -> None:
        self.walk, self.state, self.depth = walk, state, depth
        self.resources = resources if resources is not None else pikepdf.Dictionary()
        self.saved: list[_State] = []
        self.line = self.text = UPRIGHT
        self.used: dict[str, dict[str, Any]] = {}

    def step(self, instruction: Any) -> Iterator[Instruction]:
        """What takes the place of one instruction."""
        operator = str(instruction.operator)
        operands = list(instruction.operands)
        if operator in _MARKED:
            return
        if operator in _SHOW:
            yield from self._show(operator, operands, instruction)
            return
        if operator == "Do":
            yield from self._do(operands[0])
            return
        if operator == "INLINE IMAGE":
            self.walk.images.append(_bounds(self.state.ctm, (0, 0, 1, 1)))
        elif operator == "Q" and not self.saved:
            return
        else:
            self._follow(operator, operands)
        yield operands, instruction.operator

    def _follow(self, operator: str, operands: list[Any]) -> None:
        state = self.state
        match operator:
            case "q":
                self.saved.append(replace(state))
            case "Q":
                self.state = self.saved.pop()
            case "cm":
                state.ctm = times(_matrix(operands), state.ctm)
            case "BT":
                self.line = self.text = UPRIGHT
            case "Tc":
                state.spacing = float(operands[0])
            case "Tw":
                state.word_spacing = float(operands[0])
            case "Tz":
                state.stretch = float(operands[0]) / 100
            case "TL":
                state.leading = float(operands[0])
            case "Ts":
                state.rise = float(operands[0])
            case "Tr":
                state.mode = int(operands[0])
            case "Tf":
                state.font = self._use("Font", operands[0])
                state.size = float(operands[1])
            case "Td":
                self._move(float(operands[0]), float(operands[1]))
            case "TD":
                state.leading = -float(operands[1])
                self._move(float(operands[0]), float(operands[1]))
            case "Tm":
                self.line = self.text = _matrix(operands)
            case "T*":
                self._move(0, -state.leading)
            case "gs":
                self._settings(self._use("ExtGState", operands[0]))
            case "sh":
                self._use("Shading", operands[0])
            case "scn" | "SCN":
                if operands and isinstance(operands[-1], pikepdf.Name):
                    self._tiles(self._use("Pattern", operands[-1]))

    def _use(self, kind: str, name: Any) -> Any:
        found = self.resources[f"/{kind}"][name]
        self.used.setdefault(kind, {})[str(name)] = found
        return found

    def _settings(self, settings: Any) -> None:
        mask = settings.get("/SMask")
        if "/Font" in settings or isinstance(mask, pikepdf.Dictionary):
            raise Uncut

    def _tiles(self, tiles: Any) -> None:
        # Text may be part of the pattern.
        if int(tiles.get("/PatternType", 1)) == 1:
            raise Uncut

    def _move(self, x: float, y: float) -> None:
        self.line = self.text = times((1.0, 0.0, 0.0, 1.0, x, y), self.line)

    # Text ----------------------------------------------------------------------------------

    def _show(self, operator: str, operands: list[Any], whole: Any) -> Iterator[Instruction]:
        state = self.state
        if operator == '"':
            state.word_spacing, state.spacing = float(operands[0]), float(operands[1])
        if operator in "'\"":
            self._move(0, -state.leading)
        shown = list(operands[0]) if operator == "TJ" else [operands[-1]]
        kept, cut = self._letters(shown)
        if not cut:
            yield list(whole.operands), whole.operator
            return
        if operator == '"':
            yield [operands[0]], pikepdf.Operator("Tw")
            yield [operands[1]], pikepdf.Operator("Tc")
        if operator in "'\"":
            yield [], pikepdf.Operator("T*")
        yield [pikepdf.Array(kept)], pikepdf.Operator("TJ")

    def _letters(self, shown: Iterable[Any]) -> tuple[list[Any], bool]:
        """The operand of TJ with gaps in place of letters, and whether there are any."""
        state = self.state
        if state.font is None or not state.size:
            raise Uncut
        font, width_of_code = self.walk.fonts.of(state.font)
        kept: list[Any] = []
        cut = False
        for item in shown:
            if not isinstance(item, pikepdf.String):
                self._advance(-float(item) / 1000 * state.size * state.stretch)
                kept.append(item)
                continue
            codes = bytes(item)
            if len(codes) % width_of_code:
                raise Uncut
            run = b""
            for at in range(0, len(codes), width_of_code):
                code = codes[at : at + width_of_code]
                step = self._step(font, code)
                if self._goes(step):
                    kept += [pikepdf.String(run)] if run else []
                    # A gap of the letter's width, in thousandths of the font's size.
                    kept.append(round(-1000 * step / state.size, 3))
                    run, cut = b"", True
                else:
                    run += code
                self._advance(step * state.stretch)
            kept += [pikepdf.String(run)] if run else []
        return kept, cut

    def _step(self, font: PDFFont, code: bytes) -> float:
        """How far a letter moves the pen, before it is stretched."""
        width = float(font.char_width(int.from_bytes(code))) * self.state.size
        return width + self.state.spacing + (self.state.word_spacing if code == b" " else 0.0)

    def _goes(self, step: float) -> bool:
        state = self.state
        if state.mode == INVISIBLE:
            return True
        place = times(self.text, state.ctm)
        middle = _point(place, step * state.stretch / 2, state.rise + 0.25 * state.size)
        if not self.walk.gone(*middle):
            return False
        self.walk.origins.append(_point(place, 0.0, state.rise))
        return True

    def _advance(self, x: float) -> None:
        self.text = times((1.0, 0.0, 0.0, 1.0, x, 0.0), self.text)

    # Forms and pictures --------------------------------------------------------------------

    def _do(self, name: Any) -> Iterator[Instruction]:
        drawn = self.resources["/XObject"][name]
        if str(drawn.get("/Subtype")) == "/Image":
            self.walk.images.append(_bounds(self.state.ctm, (0, 0, 1, 1)))
            kept = _image(self.walk.pdf, drawn)
        elif str(drawn.get("/Subtype")) == "/Form":
            kept = self._form(drawn)
        else:
            raise Uncut
        forms = self.used.setdefault("XObject", {})
        own = f"/X{len(forms)}"
        forms[own] = kept
        yield [pikepdf.Name(own)], pikepdf.Operator("Do")

    def _form(self, form: Any) -> Any:
        """The form as it is drawn here: another place may need other letters cut."""
        walk = self.walk
        state = replace(self.state)
        if "/Matrix" in form:
            state.ctm = times(_matrix(form.Matrix), state.ctm)
        resources = form.get("/Resources", self.resources)
        content, kept = walk.stream(form, resources, state, self.depth + 1)
        own = walk.pdf.make_stream(content)
        own.Type, own.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        for key in ("/BBox", "/Matrix", "/Group"):
            if key in form:
                own[key] = form[key]
        own.Resources = kept
        return own

    def kept(self) -> Any:
        """The resources that were used, and no others."""
        kept = {f"/{kind}": pikepdf.Dictionary(found) for kind, found in self.used.items()}
        # Pictures in the stream name colours as well, and the standard ones can be redefined.
        if "/ColorSpace" in self.resources:
            kept["/ColorSpace"] = self.resources["/ColorSpace"]
        return pikepdf.Dictionary(kept)


def _image(pdf: pikepdf.Pdf, image: Any) -> Any:
    """A picture without what is written about it."""
    for key in set(image.keys()) - {f"/{key}" for key in _IMAGE_KEYS} - {"/Length"}:
        del image[key]
    for key in ("/SMask", "/Mask"):
        if isinstance(image.get(key), pikepdf.Stream):
            _image(pdf, image[key])
    if image.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        plain = without_notes(image.read_raw_bytes())
        image.write(plain, filter=pikepdf.Name.DCTDecode, decode_parms=image.get("/DecodeParms"))
    return image


def without_notes(jpeg: bytes) -> bytes:
    """A JPEG without comments and application data, except what says how its colours are meant."""
    kept, at = jpeg[:2], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        kind, end = jpeg[at + 1], at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        if kind == 0xDA:  # The picture itself follows.
            break
        if kind != 0xFE and (not 0xE1 <= kind <= 0xEF or kind == 0xEE):
            kept += jpeg[at:end]
        at = end
    return kept + jpeg[at:]


def times(one: Matrix, two: Matrix) -> Matrix:
    """The matrix that does the first, then the second."""
    a, b, c, d, e, f = one
    p, q, r, s, t, u = two
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
            e * p + f * r + t, e * q + f * s + u)  # fmt: skip


def _matrix(values: Iterable[Any]) -> Matrix:
    a, b, c, d, e, f = map(float, values)
    return a, b, c, d, e, f


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(matrix: Matrix, box: Box) -> Box:
    x0, y0, x1, y1 = box
    corners = [_point(matrix, x, y) for x in (x0, x1) for y in (y0, y1)]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
