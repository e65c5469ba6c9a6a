"""Excerpts: coded passages with their citation, as they go into a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import pandas as pd

from pipeline.codebook import Codebook
from pipeline.contracts import CHECKED_CODINGS, REDACTED, TEXT, Column, Table
from pipeline.errors import MissingInput
from pipeline.export import delimited

_OF_CODING = {column.name: column for column in CHECKED_CODINGS.columns}
_OF_PASSAGE = {column.name: column for column in REDACTED.columns}

EXCERPTS = Table(
    "excerpts",
    "one coding, with its passage",
    (),
    (
        Column("citation", TEXT, "where to find it: Review 7, para 4.12, p. 23"),
        Column("theme", TEXT, "theme name"),
        Column("code", TEXT, "code name"),
        _OF_CODING["polarity"],
        _OF_CODING["layer"],
        _OF_PASSAGE["heading_path"],
        _OF_PASSAGE["text"],
        Column("evidence", TEXT, "the part of the text that gave rise to the coding"),
        _OF_CODING["start"],
        _OF_CODING["end"],
        _OF_CODING["subject"],
        _OF_CODING["score"],
        _OF_CODING["coder"],
        _OF_CODING["checked"],
        _OF_CODING["passage_id"],
    ),
)
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")
"""Characters that Markdown could take for mark-up."""


def excerpts(
    codings: pd.DataFrame,
    passages: pd.DataFrame,
    codebook: Codebook,
    *,
    code: str | None = None,
    theme: str | None = None,
    review: int | None = None,
) -> pd.DataFrame:
    """The codings of a code, theme or review (of all, unless told), in `EXCERPTS`' columns.

    `codings` are `contracts.CHECKED_CODINGS`; of `contracts.CODINGS` none counts as checked. In
    order of the codebook, then of review and reading. Codes that the codebook does not have
    are left out. Raises `MissingInput` for a code, theme or review that is not there.
    """
    check("code", code, codebook.codes)
    check("theme", theme, codebook.themes)
    check("review", review, passages["review_id"].unique())
    codes = _codes(codebook, theme, code)
    codings = codings if "checked" in codings else codings.assign(checked=False)
    found = codings.drop(columns="theme").merge(codes, on="code")
    found = found.merge(passages, on=["review_id", "passage_id"])
    found = found[found["review_id"] == review] if review is not None else found
    found = found.sort_values(["rank", "review_id", "ordinal", "coder"])
    evidence = zip(found["text"], found["start"], found["end"], strict=True)
    found = found.assign(
        theme=found["theme_name"],
        code=found["code_name"],
        citation=citations(found),
        evidence=[text[start:end] for text, start, end in evidence],
    )
    return EXCERPTS.validate(found[EXCERPTS.names])


def as_csv(found: pd.DataFrame) -> str:
    """The excerpts as CSV."""
    return delimited.as_csv(found, EXCERPTS).decode()


def as_markdown(found: pd.DataFrame) -> str:
    """The excerpts as quotations under headings of theme and code, evidence in bold."""
    blocks = ["# Excerpts"]
    for theme, of_theme in found.groupby("theme", sort=False):
        blocks.append(f"## {plain(theme)}")
        for code, of_code in of_theme.groupby("code", sort=False):
            blocks.append(f"### {plain(code)}")
            blocks += [_quotation(row) for row in of_code.itertuples()]
    return "\n\n".join(blocks if len(found) else [*blocks, "No passage has such a coding."]) + "\n"


def _codes(codebook: Codebook, theme: str | None, code: str | None) -> pd.DataFrame:
    """The wanted codes with the names that are printed, ranked as in the codebook."""
    return pd.DataFrame(
        [
            (entry.id, family.name, entry.name)
            for family in codebook.theme
            for entry in codebook.code
            if entry.theme == family.id and theme in (None, family.id) and code in (None, entry.id)
        ],
        columns=["code", "theme_name", "code_name"],
    ).reset_index(names="rank")


def _quotation(row: Any) -> str:
    text, start, end = row.text, row.start, row.end
    before, evidence, after = map(plain, (text[:start], text[start:end], text[end:]))
    bold = f"**{evidence}**" if evidence.strip() else evidence
    # The quotation mark keeps "1." or "-" at the start of a text from becoming a list.
    checked = ("checked",) if row.checked else ()
    about = ", ".join((row.layer, row.polarity, row.coder, *checked))
    return f"> “{before}{bold}{after}”\n>\n> — {plain(row.citation)} ({plain(about)})"


def plain(text: object) -> str:
    """Text in which Markdown finds no mark-up."""
    return MARKDOWN.sub(r"\\\1", str(text))


def citations(found: pd.DataFrame) -> pd.Series[str]:
    """Where each passage stands, for columns of `REDACTED`: "Review 7, para 4.12, p. 23"."""
    heading = found["heading_path"].str.rsplit(" > ", n=1).str[-1]
    label = found["page_label"].fillna(found["page"].astype("str").where(found["page"].notna()))
    # "Recommendation 4" says itself what it is.
    word = found["number"].str.match(r"[A-Z][a-z]+ ", na=False)
    number = (word.map({True: ", ", False: ", para "}) + found["number"]).fillna("")
    page = (", p. " + label).fillna("")
    # Without a number the heading leads to a table, and in documents without pages to all else.
    in_table = found["kind"] == "table-row"
    by_heading = (number == "") & (heading != "") & (in_table | (page == ""))
    under = in_table.map({True: ", row of table under ", False: ", under "}) + heading
    return "Review " + found["review_id"].astype("str") + number.mask(by_heading, under) + page


def check(kind: str, wanted: object, known: Iterable[object]) -> None:
    """Raise `MissingInput`, with what is near, when something wanted is not there."""
    names = [str(name) for name in known]
    if wanted is not None and str(wanted) not in names:
        near = ", ".join(get_close_matches(str(wanted), names, cutoff=0)) or "none"
        raise MissingInput(f"there is no {kind} {wanted}; the nearest are: {near}")
