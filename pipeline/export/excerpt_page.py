"""Excerpts as a page: one HTML file without scripts or remote assets, evidence marked."""

from __future__ import annotations

import pandas as pd

from pipeline.export.excerpts import NONE, NOTE, about, context_lines, grouped, parts
from pipeline.export.pages import template


def as_page(found: pd.DataFrame) -> str:
    """The excerpts under headings of theme and code."""
    return template("excerpts.html").render(
        note=NOTE, nothing=NONE, themes=grouped(found), parts=parts, about=about,
        context_lines=context_lines,
    )  # fmt: skip
