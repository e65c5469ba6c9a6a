"""Excerpts: coded passages with their citation, as they go into a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import pandas as pd

from pipeline.codebook import Codebook
from pipeline.contracts import CODINGS, REDACTED, TEXT, Column, Table
from pipeline.errors import MissingInput
from pipeline.export import delimited
from pipeline.vocabulary import by_machine

NOT_CHECKED = "not checked"
_OF_CODING = {column.name: column for column in CODINGS.columns}
_OF_PASSAGE = {column.name: column for column in REDACTED.columns}

EXCERPTS = Table(
    "excerpts",
    "one coding, with its passage",
    (),
    (
        Column("citation", TEXT, "where to find it: Review 7, para 4.12, p. 23"),
        _OF_CODING["review_id"],
        _OF_PASSAGE["number"],
        _OF_PASSAGE["page"],
        _OF_PASSAGE["page_label"],
        Column("theme", TEXT, "theme name"),
        Column("code", TEXT, "code name"),
        _OF_CODING["polarity"],
        _OF_CODING["layer"],
        _OF_PASSAGE["heading_path"],
        Column("before", TEXT, "context, not coded here: the passages before it", nullable=True),
        _OF_PASSAGE["text"],
        Column("after", TEXT, "context, not coded here: the passages after it", nullable=True),
        Column("evidence", TEXT, "the part of the text that gave rise to the coding"),
        _OF_CODING["start"],
        _OF_CODING["end"],
        _OF_CODING["subject"],
        _OF_CODING["coder"],
        Column("checked", TEXT, "'not checked', or 'by' and who coded or checked it"),
        _OF_CODING["reason"],
        _OF_CODING["score"],
        _OF_CODING["passage_id"],
    ),
)
NOTE = (
    "Excerpts are verbatim from the redacted text; what is marked in them is the evidence for the "
    "coding. Context stands for the reader and is not coded here. “Not checked” codings were made "
    "by machine, and no person has confirmed them."
)
NONE = "No passage has such a coding."
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
    polarity: str | None = None,
    subject: str | None = None,
    coder: str | None = None,
    context: int = 0,
) -> pd.DataFrame:
    """The codings of a code, theme, review and so on (of all, unless told), in `EXCERPTS`' columns.

    In order of the codebook, then of review and reading. Codes that the codebook does not have
    are left out. Of codings with a column `checked_by` that names who decided about each, `checked`
    says so. `context`: so many passages before and after each, of its own section. Raises
    `MissingInput` for a code, theme, review or coder that is not there.
    """
    check("code", code, codebook.codes)
    check("theme", theme, codebook.themes)
    check("review", review, passages["review_id"].unique())
    check("coder", coder, codings["coder"].unique())
    codes = _codes(codebook, theme, code)
    found = codings.drop(columns="theme").merge(codes, on="code")
    with_context = passages.assign(**around(passages, context))
    found = found.merge(with_context, on=["review_id", "passage_id"])
    wanted = {"review_id": review, "polarity": polarity, "subject": subject, "coder": coder}
    for column, value in wanted.items():
        found = found if value is None else found[found[column] == value]
    found = found.sort_values(["rank", "review_id", "ordinal", "coder"])
    evidence = zip(found["text"], found["start"], found["end"], strict=True)
    found = found.assign(
        theme=found["theme_name"],
        code=found["code_name"],
        citation=citations(found),
        evidence=[text[start:end] for text, start, end in evidence],
        checked=_checked(found),
    )
    return EXCERPTS.validate(found[EXCERPTS.names])


def _checked(codings: pd.DataFrame) -> pd.Series[Any]:
    """Who stands behind each coding: who coded it, if that is a person, or who checked it."""
    people = codings["coder"].mask(codings["coder"].map(by_machine).astype(bool))
    by = codings["checked_by"].fillna(people) if "checked_by" in codings else people
    return ("by " + by).fillna(NOT_CHECKED)


def around(passages: pd.DataFrame, context: int) -> dict[str, pd.Series[Any]]:
    """`before` and `after` of each passage: so many passages of its section, a line each.

    A section ends where another heading begins, and with its document; headings are no context.
    """
    place = ["review_id", "document_id"]
    ordered = passages.sort_values([*place, "ordinal"])
    heading = ordered["kind"] == "heading"
    path = ordered["heading_path"]
    another = heading | (path != ordered.groupby(place)["heading_path"].shift())
    texts = ordered["text"].groupby([ordered[name] for name in place] + [another.cumsum(), heading])
    steps = range(1, context + 1)
    sides = {"before": [texts.shift(n) for n in reversed(steps)],
             "after": [texts.shift(-n) for n in steps]}  # fmt: skip
    return {side: _lines(shifted, ordered.index) for side, shifted in sides.items()}


def _lines(texts: list[pd.Series[Any]], index: pd.Index[Any]) -> pd.Series[Any]:
    """The texts of each row that are there, a line each; null where none is."""
    if not texts:
        return pd.Series(None, index=index, dtype=object)
    found = pd.concat([text.dropna() for text in texts])
    lines: pd.Series[Any] = found.groupby(level=0, sort=False).agg("\n".join)
    return lines.reindex(index)


def as_csv(found: pd.DataFrame) -> str:
    """The excerpts as CSV."""
    return delimited.as_csv(found, EXCERPTS).decode()


def as_markdown(found: pd.DataFrame) -> str:
    """The excerpts as quotations under headings of theme and code, evidence in bold."""
    blocks = ["# Excerpts", NOTE]
    for theme, codes in grouped(found):
        blocks.append(f"## {plain(theme)}")
        for code, rows in codes:
            blocks += [f"### {plain(code)}", *map(_quotation, rows)]
    return "\n\n".join(blocks if len(found) else [*blocks, NONE]) + "\n"


def grouped(found: pd.DataFrame) -> list[tuple[str, list[tuple[str, list[Any]]]]]:
    """Theme → code → excerpts, in the order in which they are."""
    return [
        (
            str(theme),
            [
                (str(code), list(of_code.itertuples()))
                for code, of_code in of_theme.groupby("code", sort=False)
            ],
        )
        for theme, of_theme in found.groupby("theme", sort=False)
    ]


def parts(row: Any) -> tuple[str, str, str]:
    """The text of an excerpt before, in and after its evidence."""
    return row.text[: row.start], row.text[row.start : row.end], row.text[row.end :]


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
    before, evidence, after = map(plain, parts(row))
    bold = f"**{evidence}**" if evidence.strip() else evidence
    # The quotation mark keeps "1." or "-" at the start of a text from becoming a list.
    blocks = [
        *(f"Context before: *{plain(line)}*" for line in context_lines(row.before)),
        f"“{before}{bold}{after}”",
        *(f"Context after: *{plain(line)}*" for line in context_lines(row.after)),
        f"— {plain(row.citation)} ({plain(about(row))})",
        f"Why: {plain(row.reason)}",
    ]
    return "\n>\n".join(f"> {block}" for block in blocks)


def context_lines(context: object) -> list[str]:
    """The passages of a cell of context."""
    return context.split("\n") if isinstance(context, str) else []


def about(row: Any) -> str:
    """What there is to say of an excerpt beside its words, in one line."""
    subject = f"about: {row.subject}" if isinstance(row.subject, str) else ""
    score = "" if pd.isna(row.score) else f"score {row.score:.2f}"
    told = (row.layer, row.polarity, subject, row.coder, row.checked, score)
    return ", ".join(filter(None, told))


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
