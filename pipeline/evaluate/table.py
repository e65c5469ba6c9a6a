"""An evaluation as plain text, for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from pipeline.evaluate.evaluation import Evaluation, Split
from pipeline.evaluate.resampling import Measure
from pipeline.tag.model import NEEDS_HUMANS


def lines(evaluation: Evaluation) -> Iterator[str]:
    """Every measure with its counts and interval, held-out reviews first."""
    yield f"{evaluation.title}: measured against its gold"
    if evaluation.not_measured:
        yield f"{evaluation.not_measured} held-out reviews are not built and are not measured"
    for split in evaluation.splits:
        yield ""
        yield f"== {split.name.upper()}: {split.reviews} reviews, {split.documents} documents =="
        yield from _section("Extraction", split.extraction)
        yield from _section("Redaction", split.redaction)
        yield from _section("Coding, by passage and code", split.coding.pooled)
        yield from (f"  {line}" for line in split.coding.left_out())
        yield from _themes(split)
        yield from _codes(split)
    yield ""
    yield "value (count of total) [95% bootstrap interval over reviews and their passages]"


def _section(title: str, measures: dict[str, Measure]) -> Iterator[str]:
    yield ""
    yield title
    for name, m in measures.items():
        interval = "" if math.isnan(m.low) else f"  [{_number(m.low)}, {_number(m.high)}]"
        yield f"  {name:52} {_number(m.value):>6}  ({m.n:,} of {m.of:,}){interval}"


def _themes(split: Split) -> Iterator[str]:
    yield ""
    yield "Themes: reviews in which they are present"
    model = any("language model" in row for row in split.coding.themes.values())
    more = f" {'lang. model':>12}" if model else ""
    yield f"  {'theme':16} {'first coder':>12} {'second coder':>13} {'machine':>8}{more} {'of':>4}"
    for theme, row in split.coding.themes.items():
        yield (
            f"  {theme:16} {row['first coder']:>12} {row.get('second coder', '-'):>13} "
            f"{row['machine']:>8}"
            + (f" {row['language model']:>12}" if model else "")
            + f" {row['of']:>4}"
        )


def _codes(split: Split) -> Iterator[str]:
    yield ""
    model = any("language model" in row for row in split.coding.codes.values())
    yield "Codes (passages; kappa and F1 against the first coder; ceiling: the two coders' kappa)"
    yield (
        f"  {'code':26} {'coder':>5} {'mach.':>5} {'both':>5} {'prec.':>6} {'recall':>6} {'F1':>5} "
        f"{'kappa':>6} {'ceiling':>7} {'yes F1':>6} {'sect. F1':>8}"
        + (f" {'l. model':>8} {'its F1':>6} {'its kappa':>9}" if model else "")
    )
    for code, row in split.coding.codes.items():
        yield (
            f"  {code:26} {row['positives']:>5} {row['machine']:>5} {row['both']:>5} "
            f"{_number(row['precision']):>6} {_number(row['recall']):>6} {_number(row['F1']):>5} "
            f"{_number(row['kappa']):>6} {_number(row['coders’ kappa']):>7} "
            f"{_number(row['always-yes F1']):>6} {_number(row['section-only F1']):>8}"
            f"{_of_model(row) if model else ''}{_verdict(row)}"
        )


def _of_model(row: dict[str, Any]) -> str:
    return (
        f" {row['language model']:>8} {_number(row['language model F1']):>6} "
        f"{_number(row['language model kappa']):>9}"
    )


def _verdict(row: dict[str, Any]) -> str:
    sure = row["kappa"] >= NEEDS_HUMANS
    return "" if sure else "  needs human coding"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}" if value < 9.995 else f"{value:.0f}"
