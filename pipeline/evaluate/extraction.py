"""Extraction against the source: passages found and whole, order, numbers, roles, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from pipeline.evaluate.alignment import Match
from pipeline.evaluate.gold import GoldDocument
from pipeline.evaluate.markup import Block
from pipeline.evaluate.resampling import Measure, Resampling
from pipeline.tag.agencies import named

KINDS = {"h1": "heading", "h2": "heading", "P": "paragraph", "L": "list-item", "T": "table-row",
         "F": "footnote", "R": "paragraph", "X": "paragraph"}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """One annotated document as it was read: its passages in order, and its blocks in them.

    `recommendations` are rows of `contracts.RECOMMENDATIONS` by passage_id.
    """

    gold: GoldDocument
    passages: pd.DataFrame
    matches: Sequence[Match]
    recommendations: Mapping[str, Mapping[str, Any]]

    def column(self, name: str, match: Match) -> Any:
        """A column of the passage that is the whole block; None where there is none."""
        return None if match.whole is None else self.passages[name].iloc[match.whole]

    def row(self, match: Match, kind: str) -> Mapping[str, Any] | None:
        """The row of recommendations that is the whole block; None where there is none."""
        row = self.recommendations.get(self.column("passage_id", match))
        return row if row and row["kind"] == kind else None


def extraction(documents: Sequence[Read]) -> dict[str, Measure]:
    """Every measure by name; the lines of a contents page are no passages."""
    return {
        "passages found": _share(documents, _found),
        "passages whole": _share(documents, _whole),
        "in reading order": _share(documents, _order),
        "printed numbers right": _share(documents, _numbers),
        "section roles right": _share(documents, _roles),
        "kinds right": _share(documents, _kinds),
        "table rows exact": _share(documents, _rows),
        "recommendations found": _share(documents, _recommendations),
        "recommendation agencies right": _share(documents, _addressees),
        "action-plan rows found": _share(documents, _plan_rows),
        "action-plan lead agencies right": _share(documents, _leads),
        "rows of recommendations that are none": _share(documents, _no_recommendations),
        "running lines left in": _share(documents, _running),
        "passages of no block": _share(documents, _strays),
    }


def _share(documents: Sequence[Read], hits: Any) -> Measure:
    found = [(read.gold.review_id, hit) for read in documents for hit in hits(read)]
    reviews, values = zip(*found, strict=True) if found else ((), ())
    return Resampling(np.array(reviews)).share(np.array(values, dtype=float))


def _text_blocks(read: Read) -> Iterator[Match]:
    return (match for match in read.matches if not match.block.contents_entry)


def _found(read: Read) -> Iterator[bool]:
    return (match.found for match in _text_blocks(read))


def _whole(read: Read) -> Iterator[bool]:
    return (match.whole is not None for match in _text_blocks(read))


def _order(read: Read) -> Iterator[bool]:
    """Whether each block stands before the next; where a footnote is put is a matter of taste."""
    places = [m.whole for m in _text_blocks(read) if m.whole is not None and m.block.kind != "F"]
    return (first < second for first, second in pairwise(places))


def _numbers(read: Read) -> Iterator[bool]:
    for match in _text_blocks(read):
        block = match.block
        if block.kind not in ("P", "R") or not block.number:
            continue
        yield match.whole is not None and _label(read.column("number", match)) == _label(
            block.number
        )


def _label(number: str) -> str:
    """The last part of a printed number: "Recommendation 4" and "R4" are number 4."""
    found = re.search(r"[\w().]+$", number.rstrip(".:"))
    return re.sub(r"^R(?=\d)", "", found[0]).strip(".") if found else ""


def _roles(read: Read) -> Iterator[bool]:
    return (
        read.column("section_role", match) == match.block.role
        for match in _text_blocks(read)
        if match.whole is not None and match.block.role and match.block.kind not in ("h1", "h2")
    )


def _kinds(read: Read) -> Iterator[bool]:
    for match in _text_blocks(read):
        if match.whole is not None:
            kind = read.column("kind", match)
            # "(a) establish what lessons …" is a list item however it was typed.
            lettered = match.block.kind == "X" and kind == "list-item"
            yield kind == KINDS[match.block.kind] or lettered


def _rows(read: Read) -> Iterator[bool]:
    for match in _text_blocks(read):
        if match.block.kind == "T":
            cells = [
                cell.strip()
                for place in match.passages[:1]
                for cell in str(read.passages["text"].iloc[place]).split("|")
            ]
            yield match.whole is not None and cells == match.block.cells


def _recommendations(read: Read) -> Iterator[bool]:
    for match in _stated(read):
        row = read.row(match, "recommendation")
        yield row is not None and row["recommendation"] == _number(match.block.number)


def _addressees(read: Read) -> Iterator[bool]:
    for match in _stated(read):
        row = read.row(match, "recommendation")
        yield row is not None and _same_agencies(match.block.agency, row["agencies"])


def _plan_rows(read: Read) -> Iterator[bool]:
    for match, _ in _planned(read):
        row = read.row(match, "action-plan row")
        number = re.match(r"\d+\w?\b", match.block.text)
        yield row is not None and row["recommendation"] == _number(number[0] if number else None)


def _leads(read: Read) -> Iterator[bool]:
    for match, lead in _planned(read):
        row = read.row(match, "action-plan row")
        yield row is not None and _same_agencies(lead, row["lead_agencies"])


def _no_recommendations(read: Read) -> Iterator[bool]:
    """For each row of the document, whether no recommendation or action-plan row is behind it."""
    wanted = [*_stated(read), *(match for match, _ in _planned(read))]
    behind = {read.column("passage_id", match) for match in wanted}
    return (passage not in behind for passage in read.recommendations)


def _stated(read: Read) -> Iterator[Match]:
    return (match for match in read.matches if match.block.kind == "R")


def _planned(read: Read) -> Iterator[tuple[Match, str]]:
    """The rows of the action plan, each with its cell of the lead agency."""
    lead = None
    for match in read.matches:
        block = match.block
        if block.kind != "T" or block.role != "action-plan":
            continue
        if block.header:
            leads = [n for n, cell in enumerate(block.cells) if "lead" in cell.casefold()]
            lead = leads[0] if leads else None
        else:
            yield match, block.cells[lead] if lead is not None else ""


def _number(printed: str | None) -> str | None:
    return _label(printed).casefold() or None if printed else None


def _same_agencies(wanted: str | None, found: str | None) -> bool:
    """Whether a row has the gold's agencies; gold that the list cannot read is never right."""
    ids = named(wanted or "")
    return bool(ids) and set(ids) == set(found.split(" ; ") if found else ())


def _running(read: Read) -> Iterator[bool]:
    """For each passage, whether it holds the running header or footer."""
    lines = [
        re.sub(r"\d+", "#", re.sub(r"\{[nm]\}", "#", read.gold.source.meta.get(name, "")))
        for name in ("header", "footer")
    ]
    wanted = [_squeezed(line) for line in lines if len(_squeezed(line)) > 3]
    blocks = {_squeezed(re.sub(r"\d+", "#", match.block.text)) for match in read.matches}
    for text in read.passages["text"]:
        plain = _squeezed(re.sub(r"\d+", "#", text))
        yield plain not in blocks and any(line in plain for line in wanted)


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text).casefold()


def _strays(read: Read) -> Iterator[bool]:
    taken = {place for match in read.matches for place in match.passages}
    return (
        place not in taken and role != "contents"
        for place, role in enumerate(read.passages["section_role"])
    )


def lost(read: Read) -> Iterator[tuple[Block, str]]:
    """The blocks that are not whole, and what happened to each."""
    for match in _text_blocks(read):
        if match.whole is None:
            yield match.block, "in pieces or merged" if match.found else "lost"
