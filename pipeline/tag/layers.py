"""What each section's passages count as when they are coded."""

from __future__ import annotations

import pandas as pd

from pipeline.vocabulary import LAYER_OF_SECTION

UNCODED_KINDS = ("heading", "caption")
CAUTIOUS_SECTIONS = ("equality",)
"""Sections that list themes as a matter of form: only indicators and patterns count there."""

NO_FINDING = "boilerplate"
"""The layer of what a person codes in a section that the machine leaves alone."""


def layers_of(passages: pd.DataFrame) -> pd.Series[str]:
    """The layer of every passage, those of sections that are never coded included."""
    return (
        passages["section_role"]
        .map(LAYER_OF_SECTION)
        .fillna(passages["section_role"].map({"literature": "literature"}).fillna(NO_FINDING))
    )


def codable(passages: pd.DataFrame) -> pd.DataFrame:
    """The passages of one review that may be coded, with their `layer`.

    An executive summary repeats the overview report: it is coded only where the review has no
    findings of its own elsewhere, because counting both would double every code. For the same
    reason a passage that repeats another is never coded.
    """
    layers = passages["section_role"].map(LAYER_OF_SECTION)
    findings = passages["section_role"].isin(["analysis", "conclusions", "lessons", "body"])
    if findings.any():
        layers = layers.mask(passages["section_role"] == "executive-summary")
    again = passages["repeats"].notna()
    kept = layers.notna() & ~passages["kind"].isin(UNCODED_KINDS) & ~again
    return passages.assign(layer=layers)[kept]
