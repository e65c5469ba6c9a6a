"""The agency that a coding finds fault with, by the words of its passage."""

from __future__ import annotations

from functools import cache

import pandas as pd

from pipeline.tag.agencies import doers, named, names_only
from pipeline.tag.tokens import sentences


def at_fault(codings: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """One row for each coding and agency: review_id, passage_id, code, coder, agency (an id).

    The agency is the one named after "by" in the sentence that holds the evidence ("was not asked
    by the GP"), else the one named first in it, with those that "and" joins to it; else, when the
    innermost heading names nothing but agencies ("Police"), those of the heading. A coding whose
    sentence and heading name none has no row.
    """
    about = codings.merge(passages[["review_id", "passage_id", "text", "heading_path"]])
    sentences = [
        _sentence(text, start) for text, start in zip(about["text"], about["start"], strict=True)
    ]
    headings = about["heading_path"].str.rsplit(" > ", n=1).str[-1]
    agencies = [
        _of_sentence(sentence) or _of_heading(heading)
        for sentence, heading in zip(sentences, headings, strict=True)
    ]
    found = about[["review_id", "passage_id", "code", "coder"]].assign(
        agency=pd.Series(agencies, dtype=object)
    )
    return found.explode("agency", ignore_index=True).dropna(subset="agency")


def _sentence(text: str, at: int) -> str:
    return next((said for begin, said in reversed([*sentences(text)]) if begin <= at), text)


@cache
def _of_sentence(sentence: str) -> list[str]:
    return list(doers(sentence))


@cache
def _of_heading(heading: str) -> list[str]:
    return list(named(heading)) if names_only(heading) else []
