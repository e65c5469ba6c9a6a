"""Why two builds differ: what each was made from, set side by side.

Records are those of run/made-from.json: hashes, versions, settings, review numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Record = Mapping[str, Any]
OF_REVIEW = {
    "documents": "its documents changed",
    "described": "its area, case type or year of death changed",
    "redaction decisions": "decisions about its redaction changed",
    "coding decisions": "decisions about its codings changed",
}
"""What is kept of a review, and what a difference means."""


class Causes(NamedTuple):
    """What differs between two records, in words."""

    reviews: Mapping[int, tuple[str, ...]]
    codes: Mapping[str, tuple[str, ...]]
    coding: tuple[str, ...]
    """What can change the codings of every review: software, models, settings."""
    counting: tuple[str, ...]
    """What can change how codings are counted and printed."""

    def of(self, reviews: Iterable[int], codes: Iterable[str] | None = None) -> list[str]:
        """Why units of these reviews and codes came or went: the narrowest causes that apply.

        Without `codes` they may be of any code.
        """
        codes = sorted(self.codes) if codes is None else list(codes)
        found: list[str] = []
        for review in reviews:
            own = self.reviews.get(review, ())
            of_codes = [words for code in codes for words in self.codes.get(code, ())]
            found += own or of_codes or self.coding
        return list(dict.fromkeys(found or self.counting))

    def lines(self) -> list[str]:
        """Every difference, a line each."""
        reviews = [words for n in sorted(self.reviews) for words in self.reviews[n]]
        codes = [words for code in sorted(self.codes) for words in self.codes[code]]
        return list(dict.fromkeys([*reviews, *codes, *self.coding, *self.counting]))


def causes(old: Record, new: Record) -> Causes:
    """The differences of two records of the same study."""
    coding = [
        *_stages(old, new, ("extract", "redact", "tag")),
        *_values("model", old["models"], new["models"]),
        *(words for section in ("extract", "redact", "tag")
          for words in _values(f"setting {section}", old["settings"][section],
                               new["settings"][section])),
    ]  # fmt: skip
    if old["coding_model"] != new["coding_model"]:
        coding.append("the coder's model is another")
    counting = [
        *_values("software", old["software"], new["software"]),
        *_stages(old, new, ("topics", "aggregate")),
        *(words for section in ("topics", "tables", "disclosure")
          for words in _values(f"setting {section}", old["settings"][section],
                               new["settings"][section])),
    ]  # fmt: skip
    return Causes(_reviews(old, new), _codes(old, new), tuple(coding), tuple(counting))


def _reviews(old: Record, new: Record) -> dict[int, tuple[str, ...]]:
    before, after = old["reviews"], new["reviews"]
    numbers = sorted({*map(int, before), *map(int, after)})
    found = {n: tuple(_of_review(n, before.get(str(n)), after.get(str(n)))) for n in numbers}
    return {n: words for n, words in found.items() if words}


def _of_review(number: int, old: Record | None, new: Record | None) -> Iterator[str]:
    name = f"Review {number}"
    if old is None or new is None:
        yield f"{name} is new" if old is None else f"{name} was taken out"
        return
    if old["status"] != new["status"]:
        yield f"{name} was {old['status']} and is {new['status']}"
    for key, words in OF_REVIEW.items():
        if old.get(key) != new.get(key):
            yield f"{name}: {words}"


def _codes(old: Record, new: Record) -> dict[str, tuple[str, ...]]:
    before, after = ({c["id"]: c for c in r["codebook"]["code"]} for r in (old, new))
    found: dict[str, tuple[str, ...]] = {}
    for id in [*before, *(id for id in after if id not in before)]:
        was, now = before.get(id), after.get(id)
        if was is None or now is None:
            found[id] = (f"code {id} is {'new' if was is None else 'gone'}",)
        elif was["theme"] != now["theme"]:
            found[id] = (f"code {id} moved from theme {was['theme']} to {now['theme']}",)
        elif was["content"] != now["content"]:
            found[id] = (f"code {id} is coded by other rules",)
    return found


def _stages(old: Record, new: Record, stages: Iterable[str]) -> Iterator[str]:
    for stage in stages:
        was, now = old["stages"][stage], new["stages"][stage]
        yield from _values(f"stage {stage}", {"version": was["version"]},
                           {"version": now["version"]})  # fmt: skip
        yield from _values(f"library of stage {stage}", was["libraries"], now["libraries"])


def _values(kind: str, old: Record, new: Record) -> Iterator[str]:
    for name in sorted({*old, *new}):
        was, now = old.get(name, "none"), new.get(name, "none")
        if was != now:
            yield f"{kind}, {name}: {was} → {now}"
