"""Word's automatic numbers: each case is what Word prints."""

from __future__ import annotations

import pytest
from docx.oxml import parse_xml

from pipeline.extract.lists import ListNumbers, printed
from pipeline.extract.wordml import Styles, W

SPACE = f'xmlns:w="{W[1:-1]}"'


def level(depth: int, text: str, form: str = "decimal", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


LEGAL = level(0, "%1.") + level(1, "%1.%2") + level(2, "%1.%2.%3")


def scheme(levels: str, identity: int = 1) -> str:
    return f'<w:abstractNum w:abstractNumId="{identity}">{levels}</w:abstractNum>'


def numbered(identity: int, overrides: str = "", of: int = 1) -> str:
    return f'<w:num w:numId="{identity}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def styles(inner: str = "") -> Styles:
    return Styles(parse_xml(f"<w:styles {SPACE}>{inner}</w:styles>"))


def style(name: str, properties: str, based: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:basedOn w:val="{based}"/>'
        f"<w:pPr>{properties}</w:pPr></w:style>"
    )


def place(list_id: int, depth: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>'


def labels(numbering: str, paragraphs: list[str], known: Styles | None = None) -> list[str | None]:
    """The labels of paragraphs with these properties, in order."""
    root = parse_xml(f"<w:numbering {SPACE}>{numbering}</w:numbering>")
    lists = ListNumbers(root, known or styles())
    return [
        lists.label(parse_xml(f"<w:p {SPACE}><w:pPr>{properties}</w:pPr></w:p>"))
        for properties in paragraphs
    ]


def at(*places: tuple[int, int]) -> list[str]:
    return [place(list_id, depth) for list_id, depth in places]


def test_levels_restart_under_the_next_number() -> None:
    order = at((1, 0), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 0), (1, 1))
    assert labels(scheme(LEGAL) + numbered(1), order) == [
        "1", "1.1", "1.1.1", "1.1.2", "1.2", "1.2.1", "2", "2.1"
    ]  # fmt: skip


def test_lists_of_one_scheme_count_together_unless_one_starts_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    lists = scheme(LEGAL) + numbered(1) + numbered(2) + numbered(3, anew)
    order = at((1, 0), (2, 0), (3, 0), (3, 0), (1, 0))
    assert labels(lists, order) == ["1", "2", "5", "6", "7"]


def test_a_list_may_replace_a_level() -> None:
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "(%1)", "lowerLetter")}</w:lvlOverride>'
    assert labels(scheme(LEGAL) + numbered(1, other), at((1, 0), (1, 0))) == ["(a)", "(b)"]


def test_a_level_that_never_restarts() -> None:
    through = level(0, "%1.") + level(1, "%2", more='<w:lvlRestart w:val="0"/>')
    order = at((1, 0), (1, 1), (1, 0), (1, 1))
    assert labels(scheme(through) + numbered(1), order) == ["1", "1", "2", "2"]


def test_legal_numbers_and_levels_that_were_skipped() -> None:
    roman = level(0, "%1.", "upperRoman") + level(1, "%1.%2", more="<w:isLgl/>")
    assert labels(scheme(roman) + numbered(1), at((1, 1), (1, 0), (1, 1))) == ["1.1", "I", "1.1"]


def test_numbers_through_styles() -> None:
    linked = "".join(
        level(depth, text, more=f'<w:pStyle w:val="H{depth + 1}"/>')
        for depth, text in enumerate(("%1.", "%1.%2"))
    )
    bare = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    known = styles(
        style("H1", bare) + style("H2", bare) + style("Own", "", "H2")
        + style("None", '<w:numPr><w:numId w:val="0"/></w:numPr>', "H1")
    )  # fmt: skip
    order = [f'<w:pStyle w:val="{name}"/>' for name in ("H1", "H2", "Own", "None", "H1")]
    assert labels(scheme(linked) + numbered(1), order, known) == ["1", "1.1", "1.2", None, "2"]


def test_a_scheme_that_only_names_the_style_that_defines_it() -> None:
    link = '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="L"/></w:abstractNum>'
    lists = scheme(LEGAL) + link + numbered(1) + numbered(2, of=2)
    known = styles(style("L", '<w:numPr><w:numId w:val="1"/></w:numPr>'))
    assert labels(lists, at((1, 0), (2, 0), (2, 1)), known) == ["1", "2", "2.1"]


def test_bullets_words_and_nothing() -> None:
    forms = level(0, "", "bullet") + level(1, "Recommendation %2:") + level(2, "", "none")
    found = labels(scheme(forms) + numbered(1), [*at((1, 0), (1, 1), (1, 2), (9, 0)), ""])
    assert found == ["", "Recommendation 1", None, None, None]


@pytest.mark.parametrize(
    ("count", "form", "text"),
    [(27, "lowerLetter", "aa"), (28, "upperLetter", "BB"), (444, "lowerRoman", "cdxliv"),
     (9, "upperRoman", "IX"), (3, "decimalZero", "03"), (0, "lowerRoman", "0"), (7, "x", "7")],
)  # fmt: skip
def test_formats(count: int, form: str, text: str) -> None:
    assert printed(count, form) == text
