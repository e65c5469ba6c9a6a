"""A codebook as people read it: a table of its codes, or all that there is about one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from pipeline.codebook import Code, Codebook, Theme
from pipeline.errors import MissingInput
from pipeline.sheets import FORMULA

FIELDS = {
    "theme": "Theme",
    "definition": "Definition",
    "include": "Include",
    "exclude": "Exclude",
    "subject": "Subject",
    "sections": "Where it may occur",
    "indicators": "Indicators",
    "weak_indicators": "Weak indicators",
    "patterns": "Patterns",
    "exclusions": "Exclusions",
    "prototypes": "Prototypes",
    "match": "Must be coded",
    "not_match": "Counter-examples",
    "references": "References",
    "home_office_tags": "Home Office library",
}
"""Keys of a code in the order in which they are shown, with their labels."""
EVERYWHERE = "in all sections that are coded"
FORMS = ("text", "md", "csv")


def chosen(codebook: Codebook, name: str | None) -> Theme | Code | None:
    """The theme or code of that id; None without a name.

    Raises `MissingInput` when the codebook has neither.
    """
    if name is None:
        return None
    found = codebook.codes.get(name) or codebook.themes.get(name)
    if found is None:
        raise MissingInput(
            f"the codebook has no code or theme {name}; `dhr codebook show` lists them"
        )
    return found


def as_text(codebook: Codebook, of: Theme | Code | None) -> str:
    """A code in full; a theme with its codes; or all themes with their codes, one to a line."""
    if isinstance(of, Code):
        return "\n".join(_lines(codebook, of)) + "\n"
    width = max(len(code.id) for code in codebook.code)
    lines: list[str] = []
    for theme in [of] if of else codebook.theme:
        lines += [f"{theme.id}: {theme.name}", f"  {theme.definition}"]
        lines += [f"  {code.id:{width}}  {code.name}" for code in _of(codebook, theme)]
    return "\n".join(lines) + "\n"


def as_markdown(codebook: Codebook, of: Theme | Code | None) -> str:
    """The code in full, or all codes of the theme or of the codebook in full."""
    if isinstance(of, Code):
        return "\n".join(_markdown(codebook, of, "#"))
    lines = [] if of else [f"# {codebook.title} ({codebook.id} {codebook.version})", ""]
    for theme in [of] if of else codebook.theme:
        lines += [f"## {theme.name}", "", theme.definition, ""]
        for code in _of(codebook, theme):
            lines += _markdown(codebook, code, "###")
    return "\n".join(lines)


def as_frame(codebook: Codebook, of: Theme | Code | None) -> pd.DataFrame:
    """One row per code of what is asked for: id, name, `FIELDS`; a list has a line per item."""
    codes: Sequence[Code] = codebook.code
    if of is not None:
        codes = (of,) if isinstance(of, Code) else tuple(_of(codebook, of))
    rows = [
        {"code": code.id, "name": code.name}
        | {key: "\n".join(_values(codebook, code, key)) for key in FIELDS}
        for code in codes
    ]
    return pd.DataFrame(rows, columns=["code", "name", *FIELDS])


def as_csv(codebook: Codebook, of: Theme | Code | None) -> str:
    """`as_frame` as CSV that a spreadsheet opens without running anything."""
    frame = as_frame(codebook, of).replace({FORMULA: "'", "\r": " "}, regex=True)
    return frame.to_csv(index=False, lineterminator="\n")


def _of(codebook: Codebook, theme: Theme) -> Iterator[Code]:
    return (code for code in codebook.code if code.theme == theme.id)


def _values(codebook: Codebook, code: Code, key: str) -> list[str]:
    match key:
        case "theme":
            return [f"{codebook.themes[code.theme].name} ({code.theme})"]
        case "subject":
            return [subject_rule(code)]
        case "sections":
            return list(code.sections) or [EVERYWHERE]
    value = getattr(code, key)
    return [value] if isinstance(value, str) and value else list(value)


def subject_rule(code: Code) -> str:
    """Whom a coding is about, in words."""
    if code.subject in ("agency", "network"):
        rule = f"{code.subject}, whoever is named"
    elif code.only_subject:
        rule = f"only the {code.subject}; what is about anybody else does not count"
    else:
        rule = "who is named nearest" + (f", or else the {code.subject}" if code.subject else "")
    return rule + ("; what was not done is the finding" if code.omission else "")


def _lines(codebook: Codebook, code: Code) -> Iterator[str]:
    yield f"{code.id}: {code.name}"
    for key, label in FIELDS.items():
        values = _values(codebook, code, key)
        if len(values) == 1:
            yield f"{label}: {values[0]}"
        elif values:
            yield f"{label}:"
            yield from (f"  - {value}" for value in values)


def _markdown(codebook: Codebook, code: Code, level: str) -> Iterator[str]:
    yield from (f"{level} {code.name} (`{code.id}`)", "")
    for key, label in FIELDS.items():
        values = _values(codebook, code, key)
        as_code = key in ("indicators", "weak_indicators", "patterns", "exclusions")
        values = [f"`` {v} ``" if as_code else _escaped(v) for v in values]
        if len(values) == 1:
            yield from (f"**{label}:** {values[0]}", "")
        elif values:
            yield from (f"**{label}:**", "", *(f"- {value}" for value in values), "")


def _escaped(text: str) -> str:
    for mark in "\\*_`<[":
        text = text.replace(mark, "\\" + mark)
    return text
