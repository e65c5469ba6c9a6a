"""Charts, as SVG and PNG: bars with intervals, maps of reviews, pairs and topics, periods.

Letters are drawn as outlines, so that a chart looks the same on every machine; what it shows
stands in its `<desc>` too, for screen readers. Shades are of one hue and fall evenly in
lightness: they survive grey printing and every kind of colour blindness.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib import colormaps, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

INK, LINE, BAR, PAPER = "#1f2933", "#b4bcc4", "#8db8d8", "#ffffff"
STYLE = {
    # matplotlib brings this font: lines are as long on every machine.
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "dhr-pipeline",
}

# Inches.
ROW = 0.29
NAMES = 2.8
BARS = 5.6
COUNTS = 0.9
PAIR = 0.36
"""Side of a cell in the map of pairs."""
TREND_WIDTH, TREND_HEIGHT, ACROSS = 2.3, 1.75, 4
DPI = 200
"""Of the PNG: sharp on paper at the width of a page."""
ABOVE, BELOW = 0.35, 0.5

BAND = 24
"""Reviews side by side in the heat map; the others go into bands below, so that the map still
fits a printed page."""
KEY = (
    "Number: passages in which the theme is present (in brackets: too unsure to say so).\n"
    "– said to be absent.   Blank: not mentioned."
)

MAP_WIDTH, MAP_HEIGHT = 9.2, 6.2
LARGEST_TOPIC = 0.028
"""Area of the largest topic's circle, as a share of the map's."""
DOUBTFUL = 0.6
"""Stability under which a topic's circle has a broken line (Hennig 2007)."""
ROOM = 0.16
"""Free space round the circles, as a share of the map's width."""

RGBA = tuple[float, float, float, float]
Shade = Callable[[int], tuple[RGBA, str]]


@dataclass(frozen=True)
class Chart:
    """A picture and what it shows, in words."""

    id: str
    title: str
    description: str
    svg: str
    """An `<svg>` element; its ids begin with the chart's id, to be unique on a page."""
    png: bytes


def ranked_themes(prevalence: pd.DataFrame) -> pd.DataFrame:
    """The theme rows of prevalence, those in most reviews first; ties by passages, then id."""
    themes = prevalence[prevalence["level"] == "theme"]
    return themes.sort_values(
        ["n_reviews", "n_passages", "theme"], ascending=[False, False, True], ignore_index=True
    )


def theme_bars(prevalence: pd.DataFrame) -> Chart:
    """Bars: the percentage of reviews in which each theme is present, with its interval.

    At least one review must have been built.
    """
    return share_bars(
        ranked_themes(prevalence), "bars", "Reviews in which each theme is present", "reviews",
        "Reviews in which the theme is present",
    )  # fmt: skip


def share_bars(rows: pd.DataFrame, id: str, title: str, unit: str, label: str) -> Chart:
    """Bars of shares with their 95% intervals, a row each: name, n and of `unit`, percent, low,
    high."""  # noqa: D205, D209
    rows = rows.reset_index(drop=True)
    counts = rows[f"n_{unit}"].astype(str) + " of " + rows[f"of_{unit}"].astype(str)
    with _figure(NAMES + BARS + COUNTS, ROW * len(rows) + BELOW) as figure:
        axes = _axes(figure, 0, BARS, rows["name"])
        share, low, high = (rows[c].to_numpy(float) for c in ("percent", "low", "high"))
        axes.barh(rows.index, share, height=0.6, color=BAR)
        axes.errorbar(
            share, rows.index, xerr=[share - low, high - share], fmt="none", ecolor=INK, capsize=3
        )
        for row, count in enumerate(counts):
            axes.text(102, row, count, va="center")
        axes.set_xticks(range(0, 101, 25), [f"{tick}%" for tick in range(0, 101, 25)])
        axes.set_xlim(0, 100)
        axes.set_xlabel(f"{label}; line: 95% interval", loc="left")
        axes.grid(axis="x", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        return _chart(figure, id, title, rows["name"] + ": " + counts)


def pair_map(pairs: pd.DataFrame, order: Iterable[str]) -> Chart:
    """Pairs of themes: reviews that have both in each cell; a thick edge where lift is above 1.

    `pairs` are the rows of themes of theme_pairs; `order` are the ids of the themes, in order.
    """
    ids = list(order)
    names = {
        **dict(zip(pairs["first"], pairs["first_name"], strict=True)),
        **dict(zip(pairs["second"], pairs["second_name"], strict=True)),
    }
    shade = _shades(max(int(pairs["n_reviews"].max()), 1))
    width = NAMES + PAIR * (len(ids) - 1)
    with _figure(width + 3.2, PAIR * len(ids) + BELOW) as figure:
        axes = _axes(figure, PAIR, PAIR * (len(ids) - 1), [names[i] for i in ids[1:]], PAIR)
        axes.set_xticks([])
        axes.set_xlim(-0.5, len(ids) - 1.5)
        for row in pairs.to_dict("records"):
            across, down = sorted((ids.index(row["first"]), ids.index(row["second"])))
            n, lift = int(row["n_reviews"]), row["lift"]
            face, ink = shade(n) if n else (PAPER, INK)
            more = pd.notna(lift) and lift > 1
            axes.add_patch(
                Rectangle((across - 0.46, down - 1.46), 0.92, 0.92, facecolor=face,
                          edgecolor=INK if more else LINE, linewidth=1.6 if more else 0.5)
            )  # fmt: skip
            axes.text(across, down - 1, f"{n}+" if more else str(n), color=ink, ha="center",
                      va="center", fontsize=8)  # fmt: skip
        for across, id in enumerate(ids[:-1]):
            axes.text(across - 0.35, across - 0.75, names[id], fontsize=8, va="center")
        figure.text(
            NAMES / figure.get_figwidth(), 0.15 / figure.get_figheight(),
            "Number: reviews with both.   + and thick edge: more than chance would give.",
        )  # fmt: skip
        lines = (
            pairs["first_name"] + " and " + pairs["second_name"] + ": "
            + pairs["n_reviews"].astype(str)
        )  # fmt: skip
        return _chart(figure, "pairs", "Reviews in which two themes are both present", lines)


def period_trends(themes: pd.DataFrame, order: Iterable[str]) -> Chart:
    """A small chart for each theme: share of the reviews of each period, with its interval.

    `themes` is themes_by_period after disclosure control: a circle is a count, a square a rounded
    one, a "c" stands where it is withheld.
    """
    ids = list(order)
    periods = list(dict.fromkeys(themes["period"]))
    down = -(-len(ids) // ACROSS)
    with _figure(TREND_WIDTH * ACROSS, TREND_HEIGHT * down + 0.3) as figure:
        lines = []
        for place, id in enumerate(ids):
            own = themes[themes["theme"] == id].set_index("period").reindex(periods)
            axes = figure.add_axes(_cell_of_grid(place, down))
            _draw_trend(axes, own, periods, bottom=place + ACROSS >= len(ids))
            name = str(own["theme_name"].iloc[0])
            axes.set_title(fill(name, 30), fontsize=8, loc="left")
            cells = zip(own["state"], own["n_reviews"], own["of_reviews"], strict=True)
            told = ("withheld" if s == "suppressed" else f"{n:.0f} of {of}" for s, n, of in cells)
            pairs = zip(periods, told, strict=True)
            lines.append(f"{name}: " + ", ".join(f"{period} {words}" for period, words in pairs))
        figure.text(
            0.03, 0.07 / figure.get_figheight(),
            "Share of the period's reviews; line: 95% interval.   Square: rounded.   c: withheld.",
        )  # fmt: skip
        return _chart(figure, "periods", "Themes over periods of death", lines)


def _cell_of_grid(place: int, down: int) -> tuple[float, float, float, float]:
    height = TREND_HEIGHT * down + 0.3
    row, column = divmod(place, ACROSS)
    return (
        (column + 0.17) / ACROSS,
        1 - (TREND_HEIGHT * (row + 1) - 0.35) / height,
        0.78 / ACROSS,
        (TREND_HEIGHT - 0.8) / height,
    )


def _draw_trend(axes: Axes, own: pd.DataFrame, periods: list[str], *, bottom: bool) -> None:
    for marker, state in (("o", "shown"), ("s", "rounded")):
        here = [n for n, s in enumerate(own["state"]) if s == state]
        share, low, high = (own[c].to_numpy(float)[here] for c in ("percent", "low", "high"))
        axes.errorbar(here, share, yerr=[share - low, high - share], fmt=marker, color=INK,
                      markerfacecolor=BAR, capsize=2, linewidth=0.8, markersize=5)  # fmt: skip
    for n in (n for n, s in enumerate(own["state"]) if s == "suppressed"):
        axes.text(n, 50, "c", ha="center", va="center")
    axes.set_xlim(-0.5, len(periods) - 0.5)
    axes.set_ylim(-4, 104)
    axes.set_yticks([0, 50, 100], ["0%", "50%", "100%"], fontsize=7)
    names = [fill(period.replace("-", "–"), 12) for period in periods]
    axes.set_xticks(range(len(periods)), names if bottom else [""] * len(periods), fontsize=7)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def heat_map(review_themes: pd.DataFrame, prevalence: pd.DataFrame) -> Chart:
    """Reviews in columns, themes in rows: number of passages, and themes said to be absent.

    At least one review must have been built.
    """
    themes = ranked_themes(prevalence)
    cells = review_themes.pivot(
        index="theme", columns="review_id", values=["n_passages", "state"]
    ).loc[themes["theme"]]
    passages, states = cells["n_passages"], cells["state"]
    numbers = passages.columns
    bands = [numbers[start : start + BAND] for start in range(0, len(numbers), BAND)]
    band_height = ABOVE + ROW * len(themes)
    shade = _shades(passages.to_numpy(int).max())
    with _figure(NAMES + ROW * BAND + 0.1, band_height * len(bands) + BELOW) as figure:
        for position, reviews in enumerate(bands):
            axes = _axes(figure, position * band_height + ABOVE, ROW * len(reviews), themes["name"])
            axes.xaxis.tick_top()
            axes.set_xticks(range(len(reviews)), reviews)
            axes.set_xlim(-0.5, len(reviews) - 0.5)
            _draw_cells(axes, passages[reviews], states[reviews], shade)
        left, low = NAMES / figure.get_figwidth(), 0.05 / figure.get_figheight()
        figure.text(left, low, KEY, va="bottom")
        where = themes["name"] + ": " + themes["reviews"].replace("", "none")
        return _chart(figure, "map", "Passages per theme and review", where)


def topic_map(topics: pd.DataFrame) -> Chart:
    """Topics (contracts.TOPICS) as circles: their area is passages, like topics lie side by side.

    A broken line: a topic that other seeds did not find again. There must be a topic.
    """
    found = topics[topics["topic"] >= 0].sort_values("topic", ignore_index=True)
    names = found["label"].str.split(", ").str[:3].str.join(", ")
    with _figure(MAP_WIDTH, MAP_HEIGHT) as figure:
        axes = figure.add_axes((0, 0.06, 1, 0.94))
        axes.set_axis_off()
        area = 72**2 * MAP_WIDTH * MAP_HEIGHT * LARGEST_TOPIC
        sizes = area * found["n_passages"] / max(found["n_passages"].max(), 1)
        doubtful = found["stability"].fillna(0) < DOUBTFUL
        for broken in (False, True):
            some = doubtful == broken
            axes.scatter(
                found["x"][some], found["y"][some], s=sizes[some], facecolor=BAR, edgecolor=INK,
                alpha=0.55, linewidth=0.8, linestyle="--" if broken else "-",
            )  # fmt: skip
        _spread(axes, found)
        _name_topics(axes, found, names)
        figure.text(
            0.02, 0.02, "Area: passages. Near each other: like words. Broken line: not found again "
            "under other seeds. The axes have no meaning of their own.",
        )  # fmt: skip
        lines = names + ": " + found["n_passages"].astype(str) + " passages"
        return _chart(figure, "topics", "Topics by likeness and size", lines)


def _spread(axes: Axes, found: pd.DataFrame) -> None:
    for values, limits in ((found["x"], axes.set_xlim), (found["y"], axes.set_ylim)):
        width = max(float(values.max() - values.min()), 0.1)
        limits(values.min() - ROOM * width, values.max() + ROOM * width)


def _name_topics(axes: Axes, found: pd.DataFrame, names: pd.Series) -> None:
    """Each name at its topic's middle, or as near to it as no other name stands."""
    height = 0.042 * float(np.diff(axes.get_ylim())[0])
    letter = 0.0085 * float(np.diff(axes.get_xlim())[0])
    taken: list[tuple[float, float, int]] = []
    for x, y, name in zip(found["x"], found["y"], names, strict=True):
        steps = (y + sign * n * height for n in range(len(found) + 1) for sign in (1, -1))
        free = next(
            at
            for at in steps
            if all(
                abs(at - b) >= height * 0.99 or abs(x - a) >= letter * (len(name) + length) / 2
                for a, b, length in taken
            )
        )
        taken.append((x, free, len(name)))
        axes.text(x, free, name, ha="center", va="center", fontsize=8)


def _shades(most: int) -> Shade:
    # The root keeps small counts apart when one review has ten times the passages of another.
    def shade(passages: int) -> tuple[RGBA, str]:
        depth = (passages / most) ** 0.5
        # Letters keep a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3) on either side of 0.68.
        return colormaps["Blues"](0.1 + 0.9 * depth), PAPER if depth > 0.68 else "#000000"

    return shade


def _draw_cells(axes: Axes, passages: pd.DataFrame, states: pd.DataFrame, shade: Shade) -> None:
    for (row, column), count in np.ndenumerate(passages.to_numpy(int)):
        present, absent = (states.iat[row, column] == state for state in ("present", "absent"))
        face, ink = shade(count) if present else (PAPER, INK)
        axes.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=face, edgecolor=LINE,
                      linewidth=0.5, hatch="///" if absent else None)
        )  # fmt: skip
        unsure = f"({count})" if count else ""
        printed = str(count) if present else f"–{unsure}" if absent else unsure
        axes.text(column, row, printed, color=ink, ha="center", va="center", fontsize=8)


@contextmanager
def _figure(width: float, height: float) -> Iterator[Figure]:
    # From matplotlib's own defaults: a user's matplotlibrc must not change the bytes.
    with style.context(["default", STYLE]):
        yield Figure(figsize=(width, height))


def _axes(figure: Figure, top: float, width: float, names: Iterable[str], row: float = ROW) -> Axes:
    """Axes `top` inches below the upper edge, with a row for each name."""
    labels = [fill(name, 38) for name in names]
    full_width, full_height = figure.get_size_inches()
    height = row * len(labels)
    axes = figure.add_axes(
        (NAMES / full_width, 1 - (top + height) / full_height, width / full_width,
         height / full_height)
    )  # fmt: skip
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return axes


def _chart(figure: Figure, id: str, title: str, lines: Iterable[str]) -> Chart:
    """The figure as pictures, and what it shows in `lines`."""
    drawn, painted = io.StringIO(), io.BytesIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(drawn, format="svg", metadata=nothing)
    figure.savefig(painted, format="png", dpi=DPI, metadata={"Software": None})
    svg = drawn.getvalue()[drawn.getvalue().index("<svg") :]
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{id}-", svg)
    opening, _, drawing = svg.partition(">")
    description = "; ".join(lines)
    svg = (
        f'{opening} role="img" aria-labelledby="{id}-title {id}-desc">'
        f'<title id="{id}-title">{escape(title)}</title>'
        f'<desc id="{id}-desc">{escape(description)}</desc>{drawing}'
    )
    return Chart(id, title, description, svg, painted.getvalue())
