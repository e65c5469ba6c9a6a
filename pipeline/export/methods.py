"""The methods appendix, filled in from what a build was made from.

Headings in the order of SRQR: O'Brien, B. C. et al. (2014), Standards for reporting qualitative
research, Academic Medicine 89(9). What only the authors can tell is left for them, by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.contracts import LEAST, SHARE

AUTHORS = "For the authors to write: {}."


@dataclass(frozen=True)
class Part:
    """One heading of the appendix."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Counts:
    """What the appendix counts."""

    flow: pd.DataFrame
    """corpus_flow"""
    spans: pd.DataFrame
    """type, n: identifiers replaced."""
    codebook: pd.DataFrame
    """The codebook table, with reliability where it was measured."""


def citation(title: str, made_from: Mapping[str, Any]) -> str:
    """How a report that uses the tables cites them."""
    book = made_from["codebook"]
    return (
        f"{title}. Theme tables made with dhr-pipeline {made_from['software']['dhr-pipeline']}, "
        f"codebook {book['id']} version {book['version']}, build {made_from['build'][:12]}."
    )


def methods(made_from: Mapping[str, Any], counts: Counts, *, quote_rule: str) -> tuple[Part, ...]:
    """The appendix of a build; `made_from` is run/made-from.json."""
    settings, book = made_from["settings"], made_from["codebook"]
    policy, rules = settings["redact"], settings["disclosure"]
    return (
        Part("1. Problem and purpose", (AUTHORS.format("the problem, the question, the purpose"),)),
        Part("2. Approach", (
            "Codebook thematic analysis: a codebook fixed beforehand, applied to every passage of "
            "every review, and counted. Topics were modelled apart from it, without the codebook.",
        )),
        Part("3. Researchers and reflexivity", (
            AUTHORS.format("who coded, checked and read, and from what position"),)),
        Part("4. Context", (
            "Domestic Homicide Reviews (Domestic Abuse Related Death Reviews since 2024) are made "
            "under section 9 of the Domestic Violence, Crime and Victims Act 2004.",)),
        Part("5. Sampling", (
            AUTHORS.format("how the reviews were chosen"),
            "What was set aside is in no other number:",
        ), tuple(_flow(counts.flow))),
        Part("6. Ethics", (
            AUTHORS.format("approval, and what was agreed with families"),
            _redaction(policy),
            "Redaction and the search for what it missed find most identifiers, not all: a person "
            "must read what is passed on.",
        ), tuple(_replaced(counts.spans))),
        Part("7. Data collection and instruments", (
            "Documents were read by software; pages without text by optical character "
            "recognition. The codebook is printed above.",
        ), (
            ("Codebook", f"{book['title']} ({book['id']}, version {book['version']})"),
            ("Codebook, SHA-256", book["content"]),
            ("Model of the coder, SHA-256", made_from["coding_model"] or "none: rules alone"),
            ("Machine coders that count",
             ", ".join(made_from["settings"]["tables"]["count_coders"]) or "none"),
            *_answers(made_from),
        )),
        Part("8. Units of study", (
            "A passage is a numbered paragraph, list item, table row or footnote. A review counts "
            "once for a code when, among its facts and findings, the scores of the codings that "
            f"say it was present add up to {LEAST}, and to {SHARE:.1%} of those of all its codes, "
            "where one without a score is 0.5; or a person decided that one is right. It counts "
            "for a theme when it does for one of the theme's codes.",)),
        Part("9. Data processing and analysis", (
            "A code that the model of the coder knows needs the probability that the model asks "
            f"for it; any other, a score of at least {settings['tag']['min_score']} by its rules. "
            "Intervals are 95% Wilson intervals, as if the "
            "reviews were a random draw, which they are not.",
            quote_rule,
        ), tuple(_versions(made_from))),
        Part("10. Trustworthiness", tuple(_reliability(counts.codebook))),
        Part("11. Disclosure control", (_disclosure(rules),)),
        Part("12. Limitations", (
            "The reviews are what panels wrote, for a purpose. What is not mentioned "
            "may have been there. Codings are of words: they say neither cause nor fault. Shares "
            "describe these reviews, not all deaths.",
            AUTHORS.format("limits of this study"),
        )),
        Part("13. Interests and funding", (AUTHORS.format("conflicts of interest and funding"),)),
        Part("14. Reproducing this report", (
            "The same documents, settings, decisions, codebook and software give the same bytes. "
            "The command dhr diff OLD NEW tells two builds apart by what they were made from "
            "(run/made-from.json).",
        ), (
            ("Build", made_from["build"]),
            ("Seed of the topics", str(settings["topics"]["seed"])),
            ("Periods begin in", ", ".join(map(str, settings["tables"]["periods"]))),
        )),
    )  # fmt: skip


def _flow(flow: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for row in flow.to_dict("records"):
        name = f"{row['unit']}, {row['step']}".capitalize()
        reason = f" ({row['reason']})" if row["reason"] else ""
        yield name + reason, f"{row['n']:,} of {row['of']:,}"


def _replaced(spans: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for row in spans.to_dict("records"):
        yield f"Identifiers replaced: {str(row['type']).lower()}", f"{row['n']:,}"


def _redaction(policy: Mapping[str, Any]) -> str:
    kept = sorted(name for name, choice in policy.items() if choice == "keep")
    how = {"year": "cut to the year", "month": "cut to month and year", "remove": "removed",
           "keep": "kept", "band": "put into bands of ten years"}  # fmt: skip
    return (
        "Names, references, contacts and places were replaced before anything was coded"
        f"{' (places were kept)' if 'places' in kept else ''}; dates were "
        f"{how[policy['dates']]}, ages {how[policy['ages']]}. Kept as they stood: "
        f"{', '.join(kept) or 'nothing else'}."
    )


def _disclosure(rules: Mapping[str, Any]) -> str:
    if rules["off"]:
        return "Disclosure control was off: this report is not for publication."
    how = "rounded" if rules["method"] == "round" else "withheld (c)"
    return (
        f"In tables by area, period or case type counts from 1 to {rules['minimum'] - 1}, and "
        f"others that would give those back, are {how}; smaller groups stand together. No passage "
        f"is quoted for what fewer than {rules['minimum']} reviews have. The table of reviews and "
        "themes is kept for research."
    )


def _versions(made_from: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from made_from["software"].items()
    for stage, own in made_from["stages"].items():
        libraries = ", ".join(f"{name} {number}" for name, number in own["libraries"].items())
        yield f"Stage {stage}", f"version {own['version']} ({libraries})"
    for name, model in made_from["models"].items():
        yield f"Model, {name}", model


def _answers(made_from: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What became of the passages that a language model was asked about."""
    model = made_from["settings"]["tag"].get("language_model")
    if model:
        of = sum(made_from["answers"].values())
        told = [f"{outcome} {n:,}" for outcome, n in sorted(made_from["answers"].items())]
        yield (
            f"Passages for the language model {model['model']}",
            f"{of:,} ({', '.join(told) or 'none'})",
        )


def _reliability(codebook: pd.DataFrame) -> Iterator[str]:
    measured = codebook[codebook["kappa"].notna()]
    if measured.empty:
        yield (
            "Agreement between machine and person was not measured for the codes of this build, "
            "and agreement on its reviews is not part of this report (dhr evaluate measures it)."
        )
    else:
        poor = int((measured["needs_human"] == "yes").sum())
        yield (
            "Agreement on the reviews of this study is not part of this report (dhr evaluate "
            "measures it). On fictional texts, coded by a model that had not seen them, Cohen's "
            "kappa with their coder was measured "
            f"for {len(measured)} codes: median "
            f"{measured['kappa'].median():.2f}, from {measured['kappa'].min():.2f} to "
            f"{measured['kappa'].max():.2f}. {poor} codes need a person's coding before they are "
            "counted on. Each code's is in the codebook table."
        )
    yield "Every number can be traced to the passages behind it (command dhr trace)."
