"""A study's coded excerpts in the form that somebody asks for, and what comes back from them.

A project for NVivo and the like goes out redacted and searched, and is kept in the study's
`private/exchange/`: what comes back is compared with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.build import Build
from pipeline.errors import BadUsage, MissingInput
from pipeline.export.excerpts import check, citations
from pipeline.export.refi.codebook import as_qdc
from pipeline.export.refi.incoming import Project, read_project
from pipeline.export.refi.project import LEAST, Exported, as_project, shared
from pipeline.export.refi.returned import Returned, returned
from pipeline.export.refi.source import export_of
from pipeline.files import write
from pipeline.register import private_folder
from pipeline.review.decision import (
    CodingDecision,
    frame,
    merged,
    quote_at,
    write_decisions,
)
from pipeline.review.override import checked
from pipeline.vocabulary import CODING_DECISIONS, by_machine

TABLES = ("csv", "xlsx", "docx", "html", "md", "parquet")
"""Forms of excerpts that `Build.excerpts` writes."""
FORMS = (*TABLES, "qdpx", "qdc")
_KEY = ["review_id", "passage_id"]
_TOLD = (*_KEY, "code", "coder", "decision", "polarity", "subject", "when", "note")


class Wanted(NamedTuple):
    """What of a study is to go out; None: all."""

    code: str | None = None
    theme: str | None = None
    review: int | None = None


class TakenIn(NamedTuple):
    """What became of a project that came back."""

    returned: Returned
    stored: Path
    lines: list[str]
    """What a person reads."""


class Exchange:
    """What goes out of one study, and what comes back."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._study = build.study

    # Out ---------------------------------------------------------------------------------------

    def export(
        self, form: str, wanted: Wanted, path: Path, *, line_ends: str = "lf", least: int = LEAST
    ) -> None:
        """Write coded excerpts, a project (qdpx) or the codebook (qdc) to a file.

        Raises `MissingInput` for a code, theme or review that is not there or when the study is not
        up to date, `LeakFound` when the leak check finds something in what was to be written.
        """
        if form in TABLES:
            write(path, self._build.excerpts(form=form, **wanted._asdict()))
        elif form == "qdc":
            content = as_qdc(self._build.codebook, origin=_software())
            self._searched(content, path, ".qdc")
        else:
            exported = self._project(wanted, line_ends, least)
            self._searched(exported.content, path, ".qdpx")
            write(self._kept(exported.id), exported.content, mode=0o600)

    def _project(self, wanted: Wanted, line_ends: str, least: int) -> Exported:
        passages, found, attached = self._build.coded()
        codebook = self._build.codebook
        codings = checked(found, attached.decisions, passages, codebook)
        check("code", wanted.code, codebook.codes)
        check("theme", wanted.theme, codebook.themes)
        check("review", wanted.review, passages["review_id"].unique())
        if wanted.review is not None:
            passages = passages[passages["review_id"] == wanted.review]
        chosen = [
            code.id
            for code in codebook.code
            if wanted.theme in (None, code.theme) and wanted.code in (None, code.id)
        ]
        return as_project(
            passages,
            codings[codings["code"].isin(chosen)],
            shared(self._build.reviews(), least=least),
            codebook,
            citations=pd.Series(citations(passages).to_numpy(), index=passages["passage_id"]),
            title=self._build.settings.title,
            software=_software(),
            key=self._build.key,
            line_ends=line_ends,
        )

    def _searched(self, content: bytes, path: Path, suffix: str) -> None:
        """Write a file that the leak check has read as those read it who open it."""
        waiting = self._study.private("exchange", f"waiting{suffix}")
        write(waiting, content, mode=0o600)
        try:
            self._build.leak_check.file(waiting, path.name)
        finally:
            waiting.unlink()
        write(path, content)

    def _kept(self, id: str) -> Path:
        folder = private_folder(self._study.folder / "private") / "exchange"
        return private_folder(folder) / f"{id}.qdpx"

    # Back --------------------------------------------------------------------------------------

    def take_in(
        self,
        path: Path,
        *,
        coder: str,
        users: Sequence[str],
        accept_kept: bool,
        when: str,
        exported: Sequence[Path] = (),
    ) -> TakenIn:
        """Keep what a person changed in a project as their decisions.

        `exported` are projects that went out, where the study's own copies are gone. Raises
        `MissingInput` and `BadUsage` as `returned.returned` does.
        """
        if by_machine(coder) or not coder.strip():
            raise BadUsage("--coder is the name of the person who coded")
        passages, _, _ = self._build.coded()
        project = read_project(path)
        back = returned(
            project,
            self._exported(exported),
            passages,
            self._build.codebook,
            coder=coder,
            users=users,
            accept_kept=accept_kept,
            when=when,
        )
        stored = self._study.coding_decisions_path
        if len(back.changes):
            told = _decisions(back.changes, passages, coder)
            write_decisions(stored, _added_to(self._study.coding_decisions, told))
        return TakenIn(back, stored, list(_lines(project, back, passages)))

    def _exported(self, given: Sequence[Path]) -> Callable[[str], Project | None]:
        """Export id → the project that went out."""
        others: dict[str, Project] = {}
        for project in map(read_project, given):
            others |= {export_of(s.text or "") or "": project for s in project.sources}

        @cache
        def of(id: str) -> Project | None:
            path = self._kept(id) if id else None
            if path is None or id in others or not path.exists():
                return others.get(id)
            return read_project(path)

        return of


def _decisions(changes: pd.DataFrame, passages: pd.DataFrame, coder: str) -> pd.DataFrame:
    """`contracts.DECIDED_CODINGS` of what came back."""
    texts = passages.set_index("passage_id")["text"]
    rows = changes.astype(object).where(changes.notna(), None).to_dict("records")
    return frame(
        CodingDecision(
            **{name: row[name] for name in _TOLD},
            **quote_at(texts[row["passage_id"]], row["start"], row["end"])._asdict(),
            who=coder,
        )
        for row in rows
    )


def _added_to(stored: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The decisions of a study with those of one person, whose later word replaces their earlier.

    Accepting what they once added or changed themselves leaves that as it is.
    """
    place = ["who", *_KEY, "code"]
    applied = stored[stored["decision"] != "reject"].set_index(place).index
    told = told[(told["decision"] != "accept") | ~told.set_index(place).index.isin(applied)]
    before = stored[~stored.set_index(place).index.isin(told.set_index(place).index)]
    return merged(before, told)


def _lines(project: Project, back: Returned, passages: pd.DataFrame) -> Iterator[str]:
    counts = back.changes["decision"].value_counts()
    told = ", ".join(f"{word} {counts.get(word, 0)}" for word in CODING_DECISIONS)
    yield f"written by {project.origin or 'a program without a name'}: {told}; {back.kept} kept"
    if back.refused.empty:
        return
    where = dict(zip(passages["passage_id"], citations(passages), strict=True))
    refused = back.refused.assign(
        place=back.refused["passage_id"].map(where).fillna(back.refused["source"])
    )
    yield f"NOT TAKEN IN: {len(refused)}"
    groups = refused.groupby(["place", "code", "reason"], as_index=False, dropna=False).size()
    for place, code, reason, n in groups.itertuples(index=False):
        of = f", “{code}”" if code else ""
        yield f"  {place}{of}: {reason}" + (f" ({n} times)" if n > 1 else "")


def _software() -> str:
    return f"dhr-pipeline {version('dhr-pipeline')}"


def form_of(path: Path) -> str:
    """The form that a file's name asks for; raises `MissingInput` when it asks for none."""
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise MissingInput(f"name a form with --format: {', '.join(FORMS)}")
    return form
