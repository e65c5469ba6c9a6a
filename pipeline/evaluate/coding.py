"""Coding against two coders: passages, reviews, the theme tables; beside two baselines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.aggregate.theme_tables import ThemeTables, aggregate
from pipeline.codebook import Codebook
from pipeline.contracts import CODINGS, REVIEWS
from pipeline.evaluate.extraction import Read
from pipeline.evaluate.markup import Coding
from pipeline.evaluate.resampling import (
    BOTH,
    FIRST,
    SECOND,
    Measure,
    Resampling,
    confusion,
    f1,
    kappa,
    precision,
    ratio,
    recall,
)
from pipeline.vocabulary import LAYER_OF_SECTION, MACHINE, MODEL_CODER, POLARITIES

Yes = NDArray[np.bool_]
"""Whether a code was applied: shape (units, codes)."""

CODED_KINDS = ("P", "L", "T", "R", "X")
FIRST_CODER = "first coder"
SHARED = ("shared codings: polarity right", "shared codings: subject right")
FEWEST_FOR_F1 = 5
"""Passages with a code under which its F1 is left out of the mean."""


@dataclass(frozen=True)
class Unit:
    """One block that a coder decided about, with each coder's codings by code.

    `second` is None where no second coder read the document, `model` where no language model
    was to; `scores` are the machine's, by code; `role` is "" where the source gives its section
    none; `boilerplate` is what the source sets apart as never coded.
    """

    review_id: int
    role: str
    first: Mapping[str, Coding]
    second: Mapping[str, Coding] | None
    machine: Mapping[str, Coding]
    model: Mapping[str, Coding] | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    boilerplate: bool = False


@dataclass
class CodingMeasures:
    """Pooled measures by name; per code: measures by name; the counts behind them.

    `unknown` are codes of the gold that the codebook does not have, with how many codings each:
    these are left out of all measures.
    """

    pooled: dict[str, Measure] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    themes: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)

    def left_out(self) -> Iterator[str]:
        """What is left out, in a line; none where nothing is."""
        if self.unknown:
            codes = ", ".join(f"{code} ({n})" for code, n in self.unknown.items())
            yield (
                f"left out: {sum(self.unknown.values())} codings of the gold, of codes that the "
                f"codebook does not have: {codes}"
            )


def units(
    documents: Sequence[Read], codings: pd.DataFrame, *, model: str | None = None
) -> list[Unit]:
    """The units of some documents; `codings` is `contracts.CODINGS` of the same reviews.

    `model` is the name of the coder by a language model, if the study has one. Headings, header
    rows and footnotes are not coded, and neither is a document that repeats the overview report.
    """
    by_machine, by_model = (_of_passages(codings, coder) for coder in (MACHINE, model))
    own = codings[codings["coder"] == MACHINE]
    score_of = dict(
        zip(zip(own["passage_id"], own["code"], strict=True), own["score"], strict=True)
    )
    found = []
    for read in documents:
        if read.gold.repeats:
            continue
        ids = read.passages["passage_id"].to_list()
        for n, match in enumerate(read.matches):
            block = match.block
            if block.kind not in CODED_KINDS or block.header:
                continue
            places = [ids[place] for place in match.passages]
            second = read.gold.second
            found.append(
                Unit(
                    read.gold.review_id,
                    block.role,
                    _by_code(block.codes),
                    None if second is None else _by_code(second.get(n, ())),
                    _at(places, by_machine),
                    None if model is None else _at(places, by_model),
                    _best(score_of, places, by_machine),
                    block.kind == "X",
                )
            )
    return found


def _of_passages(codings: pd.DataFrame, coder: str | None) -> dict[str, dict[str, Coding]]:
    """Passage id → code → coding, of one coder."""
    found: dict[str, dict[str, Coding]] = {}
    own = codings.loc[codings["coder"] == coder, ["passage_id", "code", "polarity", "subject"]]
    for passage_id, code, polarity, subject in own.to_numpy():
        known = subject if isinstance(subject, str) else None
        found.setdefault(passage_id, {})[code] = Coding(code, polarity, known)
    return found


def _at(places: Sequence[str], found: Mapping[str, Mapping[str, Coding]]) -> dict[str, Coding]:
    return {code: coding for place in places for code, coding in found.get(place, {}).items()}


def _best(
    scores: Mapping[tuple[str, str], float],
    places: Sequence[str],
    found: Mapping[str, Mapping[str, Coding]],
) -> dict[str, float]:
    """Code → its best score in some passages."""
    scored = [(code, scores[place, code]) for place in places for code in found.get(place, {})]
    return dict(sorted(scored, key=lambda one: one[1]))


def _by_code(codings: Sequence[Coding]) -> dict[str, Coding]:
    return {coding.code: coding for coding in codings}


def coding(
    measured: Sequence[Unit], development: Sequence[Unit], codebook: Codebook
) -> CodingMeasures:
    """All measures of the units; the section baseline is fitted on the development units."""
    result = CodingMeasures(unknown=_unknown(measured, codebook))
    measured, development = (_known(some, codebook) for some in (measured, development))
    codes = [code.id for code in codebook.code]
    resampling = Resampling(np.array([unit.review_id for unit in measured]))
    both = [unit for unit in measured if unit.second is not None]
    resampling_both = Resampling(np.array([unit.review_id for unit in both]))
    first, machine = _yes(measured, codes, "first"), _yes(measured, codes, "machine")
    second, first_both = _yes(both, codes, "second"), _yes(both, codes, "first")
    machine_both = _yes(both, codes, "machine")
    section = _section_only(measured, development, codes)
    for name, yes in {
        "machine": machine,
        "always yes": np.ones_like(first),
        "section only": section,
    }.items():
        result.pooled |= _against(name, first, yes, resampling)
    result.pooled |= _against("second coder", first_both, second, resampling_both)
    if both:
        result.pooled["machine: kappa with the second coder"] = _pooled(
            second, machine_both, kappa, resampling_both
        )
        result.pooled["coders: Krippendorff’s alpha"] = _alpha(first_both, second)
    result.pooled |= {
        f"{name}: macro F1 over codes with {FEWEST_FOR_F1} positives": _macro_f1(
            first, yes, resampling
        )
        for name, yes in {
            "machine": machine, "always yes": np.ones_like(first), "section only": section,
        }.items()
    }  # fmt: skip
    result.pooled |= _qualities(measured, resampling)
    with_model = any(unit.model is not None for unit in measured)
    model = _yes(measured, codes, "model")
    if with_model:
        result.pooled |= _against("language model", first, model, resampling)
        result.pooled |= _between("machine", machine, model, resampling)
        result.pooled |= _between("second coder", second, _yes(both, codes, "model"),
                                  resampling_both)  # fmt: skip
        shared = _qualities(
            [replace(unit, machine=unit.model or {}) for unit in measured], resampling
        )
        result.pooled |= {f"language model: {name}": shared[name] for name in SHARED}
    result.pooled["never coded sections: passages the machine coded"] = _in_boilerplate(
        measured, machine, resampling
    )
    for n, code in enumerate(codes):
        result.codes[code] = _code(
            first[:, n], machine[:, n], section[:, n], resampling
        ) | _ceiling(first_both[:, n], second[:, n], machine_both[:, n], resampling_both)
        if with_model:
            result.codes[code] |= _of_model(first[:, n], model[:, n])
    # Of some reviews only, a coder's counts could not stand beside those of all.
    by_all = {unit.review_id for unit in both} == {unit.review_id for unit in measured}
    coders = (
        "first", *(["second"] if by_all else []), "machine", *(["model"] if with_model else []),
    )  # fmt: skip
    tables = {coder: _tables(measured, codebook, coder) for coder in coders}
    result.pooled |= _review_level(tables["first"], tables["machine"])
    result.themes = _theme_errors(tables, len({unit.review_id for unit in measured}))
    return result


def _unknown(measured: Sequence[Unit], codebook: Codebook) -> dict[str, int]:
    given = (code for unit in measured for by in (unit.first, unit.second or {}) for code in by)
    return dict(sorted(Counter(code for code in given if code not in codebook.codes).items()))


def _known(some: Sequence[Unit], codebook: Codebook) -> list[Unit]:
    """The units with those codings of the gold whose code the codebook has."""

    def kept(codings: Mapping[str, Coding]) -> dict[str, Coding]:
        return {code: coding for code, coding in codings.items() if code in codebook.codes}

    return [
        replace(u, first=kept(u.first), second=None if u.second is None else kept(u.second))
        for u in some
    ]


def _yes(found: Sequence[Unit], codes: Sequence[str], coder: str) -> Yes:
    place = {code: n for n, code in enumerate(codes)}
    yes = np.zeros((len(found), len(codes)), dtype=bool)
    for n, unit in enumerate(found):
        yes[n, [place[code] for code in getattr(unit, coder) or ()]] = True
    return yes


def _section_only(
    measured: Sequence[Unit], development: Sequence[Unit], codes: Sequence[str]
) -> Yes:
    """Yes in the sections where the code is commoner than it is on the whole.

    What a coder would reach that looked at nothing but the heading.
    """
    known = _yes(development, codes, "first")
    roles = np.array([unit.role for unit in development])
    overall = known.mean(axis=0) if len(known) else np.zeros(len(codes))
    likely = {role: known[roles == role].mean(axis=0) > overall for role in np.unique(roles)}
    never = np.zeros(len(codes), dtype=bool)
    rows = [likely.get(unit.role, never) for unit in measured]
    return np.array(rows, dtype=bool).reshape(len(measured), len(codes))


def _pooled(
    first: Yes, second: Yes, statistic: Callable[..., Any], resampling: Resampling
) -> Measure:
    counts = confusion(first, second).sum(axis=1)
    measure = resampling.measure(counts, statistic)
    return Measure(
        measure.value, int(counts[:, BOTH].sum()), int(first.sum()), measure.low, measure.high
    )


def _against(name: str, first: Yes, second: Yes, resampling: Resampling) -> dict[str, Measure]:
    if not len(first):
        return {}
    statistics = {"precision": precision, "recall": recall, "F1": f1, "kappa": kappa}
    return {
        f"{name}: {measure}": _pooled(first, second, statistic, resampling)
        for measure, statistic in statistics.items()
    }


def _between(name: str, one: Yes, model: Yes, resampling: Resampling) -> dict[str, Measure]:
    """How far the language model agrees with another coder; nothing where that has no unit."""
    if not len(one):
        return {}
    return {f"language model: kappa with the {name}": _pooled(one, model, kappa, resampling)}


def _macro_f1(first: Yes, second: Yes, resampling: Resampling) -> Measure:
    """Mean F1 of the codes that the first coder gave often enough; `n` of `of` codes."""
    often = first.sum(axis=0) >= FEWEST_FOR_F1
    counts = confusion(first[:, often], second[:, often])
    return _mean_f1(counts, resampling, of=first.shape[1])


def _mean_f1(counts: NDArray[np.float64], resampling: Resampling, *, of: int) -> Measure:
    """Mean F1 over the kinds of counts of shape (units, kinds, 4); `n` is how many kinds.

    A kind that nobody gave in a draw counts as 0.
    """
    n, kinds = counts.shape[:2]
    if not kinds:
        return Measure(float("nan"), 0, of, float("nan"), float("nan"))

    def mean(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        each = f1(sums.reshape(*sums.shape[:-1], kinds, 4))
        return np.asarray(np.nan_to_num(each).mean(axis=-1))

    measure = resampling.measure(counts.reshape(n, kinds * 4), mean)
    return Measure(measure.value, kinds, of, measure.low, measure.high)


def _in_boilerplate(measured: Sequence[Unit], machine: Yes, resampling: Resampling) -> Measure:
    """Boilerplate, and passages of sections that are never coded, which the machine coded."""
    never = np.array(
        [
            unit.boilerplate or (unit.role != "" and unit.role not in LAYER_OF_SECTION)
            for unit in measured
        ],
        dtype=bool,
    )
    return resampling.share(machine.any(axis=1) & never, never)


def _alpha(first: Yes, second: Yes) -> Measure:
    """Krippendorff's alpha (nominal) over all decisions of two coders."""
    value = _krippendorff(first.ravel(), second.ravel())
    nan = float("nan")
    return Measure(value, int((first & second).sum()), int(first.sum()), nan, nan)


def _krippendorff(first: Yes, second: Yes) -> float:
    data = np.stack([first, second]).astype(int)
    if len(np.unique(data)) < 2:
        return float("nan")
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


def _qualities(measured: Sequence[Unit], resampling: Resampling) -> dict[str, Measure]:
    """Polarity and subject of the codings that the first coder and the machine share."""
    pairs = [
        (n, unit.first[code], unit.machine[code])
        for n, unit in enumerate(measured)
        for code in unit.first
        if code in unit.machine
    ]
    polarity, subject = SHARED
    measures = {
        polarity: _agreeing(
            [(n, a.polarity == b.polarity) for n, a, b in pairs], len(measured), resampling
        ),
        subject: _agreeing(
            [(n, a.subject == b.subject) for n, a, b in pairs if a.subject],
            len(measured), resampling,
        ),
    }  # fmt: skip
    measures["shared codings: polarity, macro F1"] = _polarity_f1(pairs, len(measured), resampling)
    for polarity in POLARITIES:
        counts = np.zeros((len(measured), 4))
        for n, unit in enumerate(measured):
            gold = {c.code for c in unit.first.values() if c.polarity == polarity}
            ours = {c.code for c in unit.machine.values() if c.polarity == polarity}
            counts[n, [BOTH, FIRST, SECOND]] = len(gold & ours), len(gold - ours), len(ours - gold)
        for name, statistic in {"precision": precision, "recall": recall}.items():
            measure = resampling.measure(counts, statistic)
            positives = int(counts[:, BOTH].sum() + counts[:, FIRST].sum())
            measures[f"{polarity} codings: {name}"] = Measure(
                measure.value, int(counts[:, BOTH].sum()), positives, measure.low, measure.high
            )
    subjects = sum(bool(c.subject) for unit in measured for c in unit.first.values())
    nan = float("nan")
    measures["first coder: codings with a subject"] = Measure(
        nan, subjects, sum(len(u.first) for u in measured), nan, nan
    )
    return measures


def _polarity_f1(
    pairs: Sequence[tuple[int, Coding, Coding]], n_units: int, resampling: Resampling
) -> Measure:
    """Mean F1 of the polarities that the first coder gave, over shared codings."""
    place = {polarity: n for n, polarity in enumerate(POLARITIES)}
    counts = np.zeros((n_units, len(POLARITIES), 4))
    for n, a, b in pairs:
        if a.polarity == b.polarity:
            counts[n, place[a.polarity], BOTH] += 1
        else:
            counts[n, place[a.polarity], FIRST] += 1
            counts[n, place[b.polarity], SECOND] += 1
    given = counts.sum(axis=0)[:, [BOTH, FIRST]].sum(axis=1) > 0
    return _mean_f1(counts[:, given], resampling, of=len(pairs))


def _agreeing(hits: list[tuple[int, bool]], n_units: int, resampling: Resampling) -> Measure:
    counts = np.zeros((n_units, 2))
    for n, hit in hits:
        counts[n] += (hit, 1)
    return resampling.measure(counts, ratio)


def _code(first: Yes, machine: Yes, section: Yes, resampling: Resampling) -> dict[str, Any]:
    counts = confusion(first, machine)
    low, high = resampling.interval(counts, kappa)
    sums = counts.sum(axis=0)
    return {
        "positives": int(first.sum()),
        "machine": int(machine.sum()),
        "both": int(sums[BOTH]),
        "precision": float(precision(sums)),
        "recall": float(recall(sums)),
        "F1": float(f1(sums)),
        "kappa": float(kappa(sums)),
        "kappa low": low,
        "kappa high": high,
        "always-yes F1": float(f1(confusion(first, np.ones_like(first)).sum(axis=0))),
        "section-only F1": float(f1(confusion(first, section).sum(axis=0))),
    }


def _of_model(first: Yes, model: Yes) -> dict[str, Any]:
    sums = confusion(first, model).sum(axis=0)
    return {
        "language model": int(model.sum()),
        "language model F1": float(f1(sums)),
        "language model kappa": float(kappa(sums)),
    }


def _ceiling(first: Yes, second: Yes, machine: Yes, resampling: Resampling) -> dict[str, Any]:
    return {
        "second coder’s positives": int(second.sum()),
        "coders’ kappa": float(kappa(confusion(first, second).sum(axis=0))),
        "coders’ alpha": _krippendorff(first, second),
        "kappa with the second coder": float(kappa(confusion(second, machine).sum(axis=0))),
    }


# Review level ------------------------------------------------------------------------------


def _tables(measured: Sequence[Unit], codebook: Codebook, coder: str) -> ThemeTables:
    """The theme tables that a coder's codings give, by the rules of the product's own."""
    rows = [
        {
            "review_id": unit.review_id,
            "passage_id": str(n),
            "code": found.code,
            "theme": codebook.codes[found.code].theme,
            "coder": MODEL_CODER if coder == "model" else coder,
            "start": 0,
            "end": 0,
            "polarity": found.polarity,
            "subject": found.subject,
            "layer": _layer(unit, found),
            "score": unit.scores.get(found.code) if coder == "machine" else None,
            "reason": "",
        }
        for n, unit in enumerate(measured)
        for found in (getattr(unit, coder) or {}).values()
    ]
    reviews = REVIEWS.frame(
        {
            "review_id": review_id, "status": "built", "documents": 1, "passages": 0,
            "repeats": 0, "identifiers": 0, "codings": 0,
        }
        for review_id in sorted({unit.review_id for unit in measured})
    )  # fmt: skip
    return aggregate(CODINGS.frame(rows), reviews, codebook)


def _layer(unit: Unit, found: Coding) -> str:
    if found.polarity == "hypothetical":
        return "recommendation"
    return LAYER_OF_SECTION.get(unit.role, "finding")


def _review_level(gold: ThemeTables, ours: ThemeTables) -> dict[str, Measure]:
    """Agreement of first coder and machine about the state of each theme, or code, of a review."""
    measures = {}
    for level, name in (("theme", "review_themes"), ("code", "review_codes")):
        a, b = getattr(gold, name), getattr(ours, name)
        resampling = Resampling(a["review_id"].to_numpy())
        same = a["state"].to_numpy() == b["state"].to_numpy()
        measures[f"review x {level}: same state"] = resampling.share(same)
        present = [(x["state"] == "present").to_numpy() for x in (a, b)]
        counts = confusion(*present)
        for label, statistic in {"kappa": kappa, "precision": precision, "recall": recall}.items():
            measure = resampling.measure(counts, statistic)
            measures[f"review x {level}, present: {label}"] = Measure(
                measure.value, int(counts[:, BOTH].sum()), int(present[0].sum()),
                measure.low, measure.high,
            )  # fmt: skip
        yes = confusion(present[0], np.ones_like(present[0]))
        always = resampling.measure(yes, precision)
        measures[f"review x {level}, present: always yes, precision"] = Measure(
            always.value, int(yes[:, BOTH].sum()), int(present[0].sum()), always.low, always.high
        )
        error = np.abs(_n_reviews(gold, level) - _n_reviews(ours, level))
        nan = float("nan")
        measures[f"theme table: mean error, reviews per {level}"] = Measure(
            float(error.mean()), int(error.sum()), len(error), nan, nan
        )
        measures[f"theme table: largest error, reviews of a {level}"] = Measure(
            float(error.max()), int(error.max()), int(a["review_id"].nunique()), nan, nan
        )
    return measures


def _n_reviews(tables: ThemeTables, level: str) -> NDArray[np.float64]:
    rows = tables.prevalence[tables.prevalence["level"] == level]
    return np.asarray(rows["n_reviews"], dtype=float)


def _theme_errors(tables: Mapping[str, ThemeTables], of_reviews: int) -> dict[str, dict[str, Any]]:
    """Reviews in which each theme is present, by coder, out of how many."""
    labels = {"first": FIRST_CODER, "second": "second coder", "machine": "machine",
              "model": "language model"}  # fmt: skip
    columns = {}
    for coder in tables:
        label, table = labels[coder], tables[coder].prevalence
        columns[label] = table[table["level"] == "theme"].set_index("theme")["n_reviews"]
    frame = pd.DataFrame(columns).assign(of=of_reviews)
    return {
        str(theme): {str(column): int(n) for column, n in row.items()}
        for theme, row in frame.iterrows()
    }
