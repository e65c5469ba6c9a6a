"""What is taken from an answer: codings of known codes whose quote stands in the passage.

Nothing else of an answer has any effect. What is refused is counted, by why.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd
from pydantic import ValidationError

from pipeline.codebook import Codebook
from pipeline.contracts import ANSWERS, CODINGS
from pipeline.tag.language_model.prompt import Proposed
from pipeline.tag.language_model.store import NOT_USABLE, Kept

REFUSALS = ("quote_not_found", "unknown_code", "not_in_form", "repeated")
"""Why a coding can be refused: columns of `contracts.ANSWERS`."""
_THOUGHT = "</think>"
"""What ends a model's thoughts; of some servers their beginning is not in the answer."""
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]+")
_LONGEST_REASON = 400
"""Characters."""


class Read(NamedTuple):
    """What the model's answers to the passages of a review come to."""

    codings: pd.DataFrame
    """`contracts.CODINGS`"""
    answers: pd.DataFrame
    """`contracts.ANSWERS`"""


def read_answers(
    wanted: pd.DataFrame, kept: Mapping[str, Kept], codebook: Codebook, *, coder: str
) -> Read:
    """The verified codings of one review, and what became of each passage.

    `wanted` are the passages that were to be asked about (`prompt.asked`); `kept` holds what the
    store has of each, by passage_id.
    """
    codings: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for passage in wanted.to_dict("records"):
        has = kept.get(passage["passage_id"], Kept("not answered"))
        proposals = None if has.answer is None else _proposals(has.answer)
        found, refused = _verified(passage, proposals or [], codebook)
        # An empty list says that no code applies; one of which nothing stands says nothing.
        usable = has.answer is None or proposals == [] or bool(found)
        outcome = has.outcome if usable else NOT_USABLE
        place = {"review_id": passage["review_id"], "passage_id": passage["passage_id"]}
        codings += [{**place, "coder": coder, **coding} for coding in found]
        counts = {name: refused[name] for name in REFUSALS}
        answers.append(
            {**place, "coder": coder, "outcome": outcome, "codings": len(found), **counts}
        )
    return Read(CODINGS.frame(codings), ANSWERS.frame(answers))


def _proposals(answer: str) -> list[Any] | None:
    """The list of codings in an answer; None when it is not in the form that was asked for.

    Servers that cannot hold a model to a form may put words or a fence round the JSON. Where it is
    given several times, the last counts: what comes before is a draft.
    """
    try:
        found = [one.get("codings") for one in _objects(answer.rpartition(_THOUGHT)[2])]
    except RecursionError:
        return None
    lists = [proposals for proposals in found if isinstance(proposals, list)]
    return lists[-1] if lists else None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand in a text, without those within others."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            content, end = decoder.raw_decode(text, at)
            yield content
        except ValueError:
            end = at + 1
        at = text.find("{", end)


def _verified(
    passage: Mapping[Any, Any], proposals: list[Any], codebook: Codebook
) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Codings that stand, one for each code, and how many were refused, by why."""
    found: dict[str, dict[str, Any]] = {}
    refused: Counter[str] = Counter()
    for one in _in_form(proposals):
        if one is None:
            refused["not_in_form"] += 1
        elif one.code not in codebook.codes:
            refused["unknown_code"] += 1
        elif (start := _place(one.quote, passage["text"])) is None:
            refused["quote_not_found"] += 1
        elif one.code in found:
            refused["repeated"] += 1
        else:
            found[one.code] = {
                "code": one.code,
                "theme": codebook.codes[one.code].theme,
                "start": start,
                "end": start + len(one.quote),
                "polarity": one.polarity,
                "subject": one.subject,
                "layer": passage["layer"],
                "reason": _one_line(one.reason),
            }
    return list(found.values()), refused


def _in_form(proposals: list[Any]) -> Iterator[Proposed | None]:
    for proposal in proposals:
        try:
            yield Proposed.model_validate(proposal)
        except ValidationError:
            yield None


def _place(quote: str, text: str) -> int | None:
    """Where a quote first stands in a text, letter by letter and in whole words."""
    if not re.search(r"\w", quote):
        return None
    match = re.search(rf"(?<!\w){re.escape(quote)}(?!\w)", text)
    return match.start() if match else None


def _one_line(reason: str) -> str:
    return _UNPRINTED.sub(" ", reason).strip()[:_LONGEST_REASON] or "no reason is given"
