"""The recommendations of a review and the rows of its action plans, as a table of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from pipeline.contracts import RECOMMENDATIONS
from pipeline.tag.action_plan import by_column, cells, scope, status
from pipeline.tag.agencies import addressed, named, names_only

SAME = 90.0
"""Similarity (0 to 100) from which an action plan's words are those of a recommendation."""

_PROSE = ("paragraph", "list-item")
_NUMBER = r"\d{1,3}[a-z]?(?:\.\d+)*"
_WORD = (
    r"(?:(?:overview|national|local|single[- ]agency|multi[- ]agency)\s+)?"
    r"(?:recommendation|rec|r)\.?\s*(?:no\.?\s*)?"
)
_NAMED = re.compile(
    rf"({_WORD}{_NUMBER})(?!\w)(?=\s*(?:[:.–—(-]|$)|\s+(?-i:[A-Z]))\s*[:.–—-]?\s*", re.IGNORECASE
)
"""A number that says that it is a recommendation's: "Recommendation 4", "R4", "Rec. 4"."""
_OF_CELL = re.compile(rf"((?:{_WORD})?{_NUMBER})(?!\w)([).:]?)\s*", re.IGNORECASE)
_LABEL = re.compile(r"\d+[a-z]?(?:\.\d+)*$|\b[a-z]{1,4}\W*$", re.IGNORECASE)
_SECTION = re.compile(r"\brecommendations?\b|\baction plan\b", re.IGNORECASE)
_BARE_SECTION = re.compile(
    r"(?:(?:part|appendix|annex|section)\s+\w+|[\dA-Z.]+)?\W*(?:(?:the|and|review|panel|overview|"
    r"report|dhr|domestic homicide)\s+)*(?:recommendations?|action plan)"
    r"(?:\s+(?:and|&)\s+(?:recommendations?|action plan))?\W*",
    re.IGNORECASE,
)
_DIRECTIVE = re.compile(r"\b(?:should|must|shall|needs? to|ought to|recommends?|recommended)\b"
                        r"|^(?:\([^)]*\):?\s*)?(?:that|to|ensure)\b", re.IGNORECASE)  # fmt: skip
_DUTY = re.compile(r"\b(?:should|must|shall)\b", re.IGNORECASE)
_ABOUT = re.compile(r"\brecommendations\b|\baction plan\b", re.IGNORECASE)
"""What introduces recommendations, or says what becomes of them, speaks of them."""


def recommendations(passages: pd.DataFrame) -> pd.DataFrame:
    """The recommendations of one review: contracts.REDACTED in, contracts.RECOMMENDATIONS out.

    Introducing sentences, headings and header rows are none. Where recommendations are called
    so by number ("Recommendation 4", "R4"), no other paragraph under that heading is one.
    """
    ordered = passages.sort_values("ordinal").astype(object)
    records = ordered.where(ordered.notna(), None).to_dict("records")
    stated = [_recommendation(passage) for passage in _stated(records)]
    planned = list(_planned(records, stated))
    return RECOMMENDATIONS.frame([*stated, *planned])


def carried_out(found: pd.DataFrame) -> dict[str, str]:
    """Passage of an action plan's row → that of the recommendation that it carries out.

    `found` are the recommendations of one review. It has the row's number, stands in the same
    document and not under another theme; where a document has several such, it is the one under the
    row's own theme, and where that does not tell them apart, none.
    """
    numbered = found[found["recommendation"].notna()]
    stated = numbered[numbered["kind"] == "recommendation"]
    place = ["document_id", "recommendation"]
    pairs = numbered[numbered["kind"] != "recommendation"].merge(
        stated[[*place, "theme", "passage_id"]], on=place, suffixes=("", " stated")
    )
    pairs["alike"] = pairs["theme"].fillna("") == pairs["theme stated"].fillna("")
    pairs = pairs[pairs["alike"] | pairs["theme"].isna() | pairs["theme stated"].isna()]
    pairs = pairs[pairs["alike"] | ~pairs.duplicated("passage_id", keep=False)]
    pairs = pairs[~pairs.duplicated("passage_id", keep=False)]
    return dict(zip(pairs["passage_id"], pairs["passage_id stated"], strict=True))


def _stated(records: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    inside = [p for p in records if p["kind"] in _PROSE and _in_section(p)]
    by_name = {_group(p) for p in inside if _is_named(p)}
    return [
        p for p in inside if _is_named(p) or (_group(p) not in by_name and _is_recommendation(p))
    ]


def _group(passage: Mapping[Any, Any]) -> tuple[str, str]:
    return passage["document_id"], passage["heading_path"]


def _in_section(passage: Mapping[Any, Any]) -> bool:
    """A heading such as "Recommendations and action plan" has both under it."""
    if passage["section_role"] == "action-plan":
        return _is_named(passage) or "ecommendation" in passage["heading_path"]
    return bool(passage["section_role"] == "recommendations")


def _is_named(passage: Mapping[Any, Any]) -> bool:
    return bool(_NAMED.match(passage["number"] or "") or _NAMED.match(passage["text"]))


def _is_recommendation(passage: Mapping[Any, Any]) -> bool:
    text = passage["text"]
    if text.endswith(":") or (_ABOUT.search(text) and not _DUTY.search(text)):
        return False
    return bool(passage["number"] or passage["kind"] == "list-item" or _DIRECTIVE.search(text))


def _recommendation(passage: Mapping[Any, Any]) -> dict[str, Any]:
    number, text = passage["number"], passage["text"]
    if not number and (printed := _NAMED.match(text)):
        number, text = printed[1], text[printed.end() :] or text
    theme = _theme(passage["heading_path"])
    agencies = addressed(text) or _of_heading(passage["heading_path"])
    return {
        **_place(passage),
        "kind": "recommendation",
        "number": number,
        "recommendation": _label(number),
        "theme": theme,
        "text": text,
        "agencies": _joined(agencies),
        "scope": scope(f"{number or ''} {theme or ''}"),
        "status": "not stated",
    }


def _planned(
    records: list[dict[Any, Any]], stated: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The rows of action plans; a row without a number goes on with the one above it."""
    table: tuple[str, str, str] | None = None
    number = theme = None
    for passage in records:
        if not _is_row(passage):
            continue
        if (this := (*_group(passage), passage["table_header"])) != table:
            table, number, theme = this, None, _theme(passage["heading_path"])
        row = by_column(passage["text"], passage["table_header"])
        own, text = _numbered(row)
        if own is None and _is_banner(passage):
            theme = next(filter(None, cells(passage["text"])))
            continue
        if own is None and "text" in row:
            number = _same(text, stated)
        number = own or number
        yield _plan_row(passage, row, own, text, number, theme)


def _is_row(passage: Mapping[Any, Any]) -> bool:
    header = passage["table_header"]
    return (
        passage["kind"] == "table-row"
        and passage["section_role"] in ("action-plan", "recommendations")
        and bool(header)
        and cells(passage["text"]) != cells(header)
        and any(cells(passage["text"]))
    )


def _is_banner(passage: Mapping[Any, Any]) -> bool:
    """A row with one filled cell of three or more is a heading within the table."""
    found = cells(passage["text"])
    return len(found) > 2 and len(set(filter(None, found))) == 1


def _numbered(row: Mapping[str, str]) -> tuple[str | None, str]:
    """Number and words of an action-plan row; its action where there is no recommendation."""
    text = row.get("text") or row.get("action") or row.get("number") or ""
    if "number" in row and row["number"] != text:
        return row["number"], text
    printed = _OF_CELL.match(text)
    # "12 months of training" begins with no number: one that stands alone has a sign or a capital.
    if not printed or (text[printed.end() :][:1].islower() and not printed[2]):
        return None, text
    return printed[1], text[printed.end() :] or text


def _plan_row(
    passage: Mapping[Any, Any],
    row: Mapping[str, str],
    own: str | None,
    text: str,
    number: str | None,
    theme: str | None,
) -> dict[str, Any]:
    lead = named(row.get("lead", ""))
    outcome = row.get("outcome")
    return {
        **_place(passage),
        "kind": "action-plan row",
        "number": own,
        "recommendation": _label(number),
        "theme": theme,
        "text": text or passage["text"],
        "agencies": _joined(lead or addressed(text)),
        "scope": scope(row.get("scope", "")),
        "action": row.get("action"),
        "lead": row.get("lead"),
        "lead_agencies": _joined(lead),
        "milestones": row.get("milestones"),
        "target_date": row.get("target_date"),
        "outcome": outcome,
        "status": status(outcome),
    }


def _same(text: str, stated: list[dict[str, Any]]) -> str | None:
    """Number of the recommendation that has these words."""
    texts = {n: r["text"] for n, r in enumerate(stated) if r["number"]}
    found = process.extractOne(text, texts, scorer=fuzz.partial_ratio, score_cutoff=SAME)
    return stated[found[2]]["number"] if found and len(text) > 20 else None


def _place(passage: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: passage[name] for name in ("review_id", "passage_id", "document_id", "ordinal")}


def _label(number: str | None) -> str | None:
    """The number alone: 4 of "Recommendation 4" and "R4", 5.2, (a)."""
    found = _LABEL.search(number.strip("(). :")) if number else None
    return found[0].strip("().").lower() if found else number


def _theme(path: str) -> str | None:
    """The innermost heading under that of the section, unless it only names the section."""
    headings = path.split(" > ")
    above = next((n for n, h in enumerate(headings) if _SECTION.search(h)), len(headings))
    inner = headings[above + 1 :]
    return inner[-1] if inner and not _BARE_SECTION.fullmatch(inner[-1]) else None


def _of_heading(path: str) -> tuple[str, ...]:
    """The agencies to which a heading such as "Police" addresses what stands under it."""
    heading = path.rsplit(" > ", 1)[-1]
    return named(heading) if names_only(heading) else ()


def _joined(agencies: tuple[str, ...]) -> str | None:
    return " ; ".join(agencies) or None
