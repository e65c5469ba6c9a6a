"""What is usual in a document: the size of its body text, its leading, its right margins."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.lines import Line
from pipeline.extract.page import Page

FALLBACK_LEADING = 1.25
"""Leading over font size, where a size was never seen on two lines in a row."""


@dataclass(frozen=True)
class Measures:
    """Sizes and distances in points.

    `lefts` and `margins` hold the text edges of each page, by its id().
    """

    size: float
    bold: bool
    leadings: dict[float, float]
    lefts: dict[int, float]
    margins: dict[int, float]

    def leading(self, size: float) -> float:
        """Usual distance between the baselines of two lines of that size."""
        body = self.leadings.get(self.size, FALLBACK_LEADING * self.size) / self.size * size
        # Headings are seldom two lines long, so what stands between them may not be leading.
        return min(self.leadings.get(size, body), 1.2 * body)


def measure(pages: list[Page]) -> Measures:
    """The measures of a document; tables are left out."""
    size, bold = body(pages)
    usual = max((_right(page.lines, size) for page in pages), default=0.0)
    margins = {id(page): _right(page.lines, size) or usual for page in pages}
    lefts = {id(page): min((line.x0 for line in page.lines), default=0.0) for page in pages}
    return Measures(size, bold, _leadings(pages), lefts, margins)


def body(pages: list[Page]) -> tuple[float, bool]:
    """Size of the body text, and whether it is bold."""
    letters: Counter[tuple[float, bool]] = Counter()
    for page in pages:
        for line in page.lines:
            letters[line.size, line.bold] += len(line.text)
    return letters.most_common(1)[0][0] if letters else (12.0, False)


def _leadings(pages: list[Page]) -> dict[float, float]:
    gaps: dict[float, Counter[float]] = defaultdict(Counter)
    for page in pages:
        for above, below in pairwise(page.lines):
            gap = below.baseline - above.baseline
            if _alike(above, below) and gap < 3.5 * above.size:
                gaps[above.size][round(gap * 2) / 2] += 1
    return {size: _usual(found) for size, found in gaps.items()}


def _usual(gaps: Counter[float]) -> float:
    """The smallest gap that is common: the larger ones part paragraphs."""
    top = gaps.most_common(1)[0][1]
    return min(gap for gap, count in gaps.items() if count >= top / 3)


def _alike(above: Line, below: Line) -> bool:
    return above.size == below.size and above.bold == below.bold


def _right(lines: list[Line], size: float) -> float:
    ends = sorted(line.x1 for line in lines if abs(line.size - size) < 1)
    return ends[-1] if ends else 0.0
