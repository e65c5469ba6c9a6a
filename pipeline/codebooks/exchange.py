"""A codebook to other programs, and theirs here."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from importlib.metadata import version
from pathlib import Path

from xlsxwriter import Workbook

from pipeline.codebook import Code, Codebook, Theme, read_draft
from pipeline.codebooks import entries
from pipeline.codebooks.changes import changes
from pipeline.codebooks.writing import as_toml
from pipeline.errors import BadUsage
from pipeline.export.refi.codebook import as_qdc, guid
from pipeline.export.refi.read import read_qdc
from pipeline.export.workbook import CREATED, OPTIONS
from pipeline.files import replacing

FORMS = ("qdc", "csv", "xlsx", "md")


def export(codebook: Codebook, form: str) -> bytes:
    """The whole codebook as a file of one of `FORMS`."""
    match form:
        case "qdc":
            return as_qdc(codebook, origin=f"dhr-pipeline {version('dhr-pipeline')}")
        case "csv":
            return entries.as_csv(codebook, None).encode()
        case "md":
            return entries.as_markdown(codebook, None).encode()
        case _:
            return _as_workbook(codebook)


def _as_workbook(codebook: Codebook) -> bytes:
    content = io.BytesIO()
    frame = entries.as_frame(codebook, None)
    with Workbook(content, OPTIONS) as workbook:
        workbook.set_properties({"title": codebook.title, "created": CREATED})
        bold = workbook.add_format({"bold": True})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet("Codebook")
        sheet.write_row(0, 0, list(frame.columns), bold)
        for position, name in enumerate(frame.columns):
            sheet.write_column(1, position, frame[name], wrapped)
        sheet.set_column(0, len(frame.columns) - 1, 40)
        sheet.freeze_panes(1, 1)
    return content.getvalue()


def take_in(path: Path, target: Path) -> list[str]:
    """Write the codebook of a REFI-QDA file as a new TOML file; returns what could not be kept.

    Raises `BadUsage` when there is such a file already, `MissingInput` as `read_qdc`.
    """
    if target.exists():
        raise BadUsage(f"{target} is there already and is not overwritten; name another with "
                       "--output, or compare with it by --into")  # fmt: skip
    codebook, lost = read_qdc(path)
    with replacing(target) as temporary:
        temporary.write_text(as_toml(codebook), encoding="utf-8")
    return lost


def differences(path: Path, existing: Path) -> list[str]:
    """How the codebook of a REFI-QDA file differs from an existing one, in words.

    Codes are the same when their GUIDs are, or else their names. What other programs do not know
    (patterns, sentences, subjects) is left out.
    """
    ours = read_draft(existing)
    theirs, lost = read_qdc(path)
    parts: list[Theme | Code] = [*ours.theme, *ours.code]
    known = {part.name: part.id for part in parts}
    known |= {_plain(guid(ours, part)): part.id for part in parts}
    same = {
        part.id: known.get(_plain(part.guid or "")) or known.get(part.name, part.id)
        for part in (*theirs.theme, *theirs.code)
    }
    # Other programs do not see such a theme: nothing of it can differ, and what stands under no
    # parent in theirs stands in it.
    hidden = {theme.id: theme for theme in ours.theme if theme.ungrouped}
    same |= {t.id: next(iter(hidden), same[t.id]) for t in theirs.theme if t.ungrouped}
    themes = [_theme_as(ours, t, same) for t in theirs.theme if not (t.ungrouped and hidden)]
    codes = [_code_as(ours, code, same, hidden.keys()) for code in theirs.code]
    told = ours.but(theme=(*themes, *hidden.values()), code=tuple(codes))
    return [*changes(ours, told),
            *(f"cannot be kept: {what}" for what in lost)]  # fmt: skip


def _plain(identity: str) -> str:
    return identity.strip("{}").lower()


def _theme_as(ours: Codebook, theirs: Theme, same: Mapping[str, str]) -> Theme:
    """Our theme with what they say of it."""
    name = same[theirs.id]
    told = {"id": name, "name": theirs.name, "definition": theirs.definition}
    return ours.themes.get(name, theirs).model_copy(update=told)


def _code_as(
    ours: Codebook, theirs: Code, same: Mapping[str, str], hidden: Collection[str]
) -> Code:
    """Our code with what they say of it."""
    code = ours.codes.get(same[theirs.id], theirs)
    told = {key: getattr(theirs, key) for key in ("name", "definition", "include", "exclude")}
    theme = code.theme if code.theme in hidden else same[theirs.theme]
    return code.model_copy(update={"id": same[theirs.id], "theme": theme, **told})
