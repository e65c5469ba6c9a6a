"""What may leave: files outside private/ and text to be printed, searched for known strings."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline import contracts
from pipeline.corpus import table_paths
from pipeline.errors import LeakFound
from pipeline.export.excerpts import citations
from pipeline.export.refi.source import paragraphs
from pipeline.leaks.files import HoldsFiles, cells, rows_of
from pipeline.leaks.known import hidden_names, known_strings, misspelt
from pipeline.leaks.search import Cell, Search, Standing

SHOWN = 10
"""Hits that a message lists."""
REPORT = "tables/report.docx"
"""Its pictures are drawn from the tables; their descriptions, which are searched, say the same."""
NAMELESS = "(a name that gives it away)"
ADVICE = (
    "have it replaced (`dhr redactions REVIEW`), or take it out of reviews.csv or study.toml if it "
    "comes from there; if it gives nobody away, write its id and your reason into "
    "decisions/not-leaks.csv; then run again"
)


class Found(NamedTuple):
    """What a search of files found."""

    hits: pd.DataFrame
    """`contracts.LEAKS`"""
    unread: tuple[str, ...]
    """Files, below the outputs, that cannot be searched: pictures, damaged files."""


class LeakCheck:
    """The search for one study's known strings."""

    def __init__(
        self,
        *,
        logs: Sequence[Path],
        hidden: Sequence[Path],
        passages: Sequence[Path],
        names: Iterable[tuple[int, str]],
        areas: Iterable[str],
        accepted: Iterable[str],
        decided: Sequence[Path],
        key: bytes,
    ) -> None:
        """Read what is known: `logs` of redaction, `hidden` text, documents' `names`.

        `passages` are the redacted ones; `accepted` holds ids of hits that a person passed;
        `decided` tells which replacements a person rejected.
        """
        self.passages = contracts.read_all(passages, contracts.REDACTED)
        known = known_strings(contracts.read_all(logs, contracts.REDACTION_LOG), names)
        known = hidden_names(contracts.read_all(hidden, contracts.HIDDEN_TABLE)) | known
        known = misspelt(known, self.passages)
        self.n_phrases = len(known)
        standing = Standing(
            self.passages,
            categories=areas,
            accepted=accepted,
            rejected=_rejected(contracts.read_all(decided, contracts.DECIDED)),
        )
        self._search = Search(known, standing, key=key)

    def files(self, outputs: Path, staged: Path | None = None) -> Found:
        """Search all files of `outputs` outside private/.

        The tables of `staged`, when it is given, are searched in place of those of `outputs`.
        """
        hits = [contracts.LEAKS.frame()]
        unread: list[str] = []
        for name, path in sorted(_outside_private(outputs, staged).items()):
            hits.append(self._search.hits(self._placed(_readable(path, name, unread))))
        found = pd.concat([frame for frame in hits if len(frame)] or hits[:1])
        return Found(contracts.LEAKS.validate(found), tuple(unread))

    def hits(self, frame: pd.DataFrame, name: str) -> pd.DataFrame:
        """`contracts.LEAKS` of what is about to leave as `name`; of passages, `row` is their id."""
        return self._search.hits(rows_of(name, frame))

    def frame(self, frame: pd.DataFrame, name: str) -> None:
        """Search what is about to be printed; raises `LeakFound` with what and where."""
        self._refuse(self.hits(frame, name))

    def file(self, path: Path, name: str) -> None:
        """Search a file that is about to leave as `name`; raises `LeakFound`, as `frame` does."""
        self._refuse(self._search.hits(self._placed(cells(path, name))))

    def _placed(self, cells: Iterable[Cell]) -> Iterator[Cell]:
        """Cells, those that hold a whole passage under its id: what was passed there is passed."""
        for cell in cells:
            passage = self._paragraphs.get((cell.review_id, cell.text)) if cell.passage else None
            yield cell._replace(row=passage) if passage else cell

    @cached_property
    def _paragraphs(self) -> Mapping[tuple[int | None, str], str]:
        """Review and paragraph in a project for other programs → passage id."""
        pairs = zip(self.passages["review_id"], paragraphs(self.passages), strict=True)
        return dict(zip(pairs, self.passages["passage_id"], strict=True))

    def _refuse(self, hits: pd.DataFrame) -> None:
        if len(hits):
            raise LeakFound(self.message(hits, "nothing was written"))

    def message(self, hits: pd.DataFrame, what: str) -> str:
        """What a stopped export says: what and where, and the next move; no surface."""
        shown = [f"  {line}" for line in self.lines(hits.head(SHOWN))]
        more = len(hits) - len(shown)
        shown += [f"  and {more} more: see `dhr leaks`"] * (more > 0)
        place = "1 place holds" if len(hits) == 1 else f"{len(hits)} places hold"
        return "\n".join(
            [f"{what}: {place} what redaction replaced elsewhere:", *shown, f"next: {ADVICE}"]
        )

    def lines(self, hits: pd.DataFrame, *, private: bool = False) -> Iterator[str]:
        """One line for each hit; the words themselves only if `private`."""
        for hit in hits.to_dict("records"):
            row = self.citations.get(hit["row"], hit["row"])
            labels = [hit["file"], hit["column"], row]
            where = labels if private else [self.label(label) for label in labels]
            whose = f" of Review {hit['of_review']}" if hit["of_review"] else ""
            words = f": “{hit['surface']}”" if private else ""
            place = ", ".join(filter(None, where))
            yield f"{place}: {hit['type']}, {hit['pseudonym']}{whose} (id {hit['id']}){words}"

    def label(self, name: str) -> str:
        """A file's or column's name, without its last part if that holds what must not be said."""
        if self._search.hits([Cell("", "label", "", name)]).empty:
            return name
        folder, slash, _ = name.rpartition("/")
        return (self.label(folder) + slash if slash else "") + NAMELESS

    @cached_property
    def citations(self) -> Mapping[str, str]:
        """Passage id → where it stands: 'Review 7, para 4.12, p. 23'."""
        return dict(zip(self.passages["passage_id"], citations(self.passages), strict=True))


def _rejected(decided: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Review and words of each replacement that a person rejected."""
    undone = decided[(decided["decision"] == "reject") & (decided["outcome"] == "applied")]
    return zip(undone["review_id"], undone["text"], strict=True)


def _readable(path: Path, name: str, unread: list[str]) -> Iterator[Cell]:
    """The cells of a file as far as it can be read; else its name is put to `unread`."""
    try:
        yield from cells(path, name)
    except HoldsFiles as held:
        charts = all(re.fullmatch(r"word/media/image\d+\.png", part) for part in held.parts)
        if name != REPORT or not charts:
            unread.append(name)
    except ValueError:
        unread.append(name)


def _outside_private(outputs: Path, staged: Path | None) -> dict[str, Path]:
    """Name below the outputs → file."""
    paths = {
        path.relative_to(outputs).as_posix(): path
        for path in outputs.rglob("*")
        if path.is_file() and path.relative_to(outputs).parts[0] != "private"
    }
    if staged is not None:
        paths |= {p.relative_to(staged).as_posix(): p for p in table_paths(staged).values()}
    return paths


def release(staged: Path, outputs: Path) -> None:
    """Move the tables of `staged`, which were searched, to their place in `outputs`."""
    targets = table_paths(outputs)
    for name, path in table_paths(staged).items():
        targets[name].parent.mkdir(parents=True, exist_ok=True)
        path.replace(targets[name])
    shutil.rmtree(staged)


def withhold(outputs: Path) -> None:
    """Take back the tables that stand: they are not today's, and nobody may pass them on."""
    for path in table_paths(outputs).values():
        path.unlink(missing_ok=True)


def in_tables(hits: pd.DataFrame, outputs: Path) -> pd.DataFrame:
    """Those hits that stand in what the aggregate stage writes."""
    names = [path.relative_to(outputs).as_posix() for path in table_paths(outputs).values()]
    return hits[hits["file"].isin(names)]


def accepted_ids(path: Path) -> list[str]:
    """The ids of a not-leaks.csv, which has the columns id and reason; none without the file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sorted((row.get("id") or "").strip() for row in csv.DictReader(file))
