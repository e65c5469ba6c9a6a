"""What a person reads on the terminal: progress, status, the closing summary."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from pipeline import contracts
from pipeline.build import REVIEW_STAGES, STAGES, Build, Progress, StageRun
from pipeline.corpus import table_paths
from pipeline.errors import MissingInput, ReviewError
from pipeline.export.excerpts import citations

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.copies.written import Written
    from pipeline.release import Found

TOP_THEMES = 5
UNSURE = 0.5
"""Section roles that are trusted less are listed for the analyst."""


class Lines:
    """Progress as plain lines, at every tenth of the way, for logs."""

    def wait(self) -> None:
        """See `Progress`."""
        print("another run is building these outputs; waiting for it", file=sys.stderr, flush=True)

    def tell(self, line: str) -> None:
        """See `Progress`."""
        print(line, file=sys.stderr, flush=True)

    def start(self, stage: str, items: int) -> None:
        """See `Progress`."""
        self._stage, self._items, self._done = stage, items, 0
        if items > 1:
            print(f"{stage}: {items} to do", file=sys.stderr, flush=True)

    def advance(self) -> None:
        """See `Progress`."""
        self._done += 1
        step = max(1, self._items // 10)
        if self._items > 1 and self._done % step == 0:
            print(f"{self._stage}: {self._done} of {self._items}", file=sys.stderr, flush=True)

    def stop(self) -> None:
        """See `Progress`."""


class Bar(Lines):
    """Progress as a bar, for a terminal."""

    def start(self, stage: str, items: int) -> None:
        """See `Progress`."""
        self._bar = tqdm(total=items, desc=f"{stage:9}", unit="", leave=False, file=sys.stderr)

    def tell(self, line: str) -> None:
        """See `Progress`."""
        tqdm.write(line, file=sys.stderr)

    def advance(self) -> None:
        """See `Progress`."""
        self._bar.update()

    def stop(self) -> None:
        """See `Progress`."""
        self._bar.close()


def progress() -> Progress:
    """Bars on a terminal, plain lines otherwise."""
    return Bar() if sys.stderr.isatty() else Lines()


def stage_lines(runs: list[StageRun]) -> Iterator[str]:
    """One line per stage: what it did, and how long it took."""
    for run in runs:
        did = f"{run.done} built" if run.done else "nothing to do"
        aside = f", {run.set_aside} set aside" if run.set_aside else ""
        yield f"{run.stage}: {did}{aside} ({run.seconds:.1f} s)"


def set_aside_lines(build: Build) -> Iterator[str]:
    """One line for each review or document that is not in the tables, with the reason.

    On the terminal of the person who has the documents a file name is what helps; files under
    outputs/ never hold one.
    """
    for aside in build.intake.set_aside:
        yield f"set aside: {aside.name}: {aside.error}"
    for review in build.intake.reviews:
        if failure := build.set_aside(review):
            names = ", ".join(document.path.name for document in review.documents)
            yield f"set aside: Review {review.review_id} ({names}): {failure.reason}"
    reasons = build.documents().set_index("document_id")["reason"].dropna()
    for review in build.intake.reviews:
        if not build.set_aside(review):
            for document in review.documents:
                if document.document_id in reasons:
                    yield f"set aside: {document.path.name}: {reasons[document.document_id]}"


def held_out_lines(build: Build) -> Iterator[str]:
    """A line if study.toml holds out reviews that there are not."""
    try:
        _ = build.study.held_out
    except MissingInput as error:
        yield f"held out: {error}"


def warning_lines(build: Build) -> Iterator[str]:
    """One line for each thing in a document that its publisher should know of."""
    warnings = build.warnings()
    for review in build.intake.reviews:
        for document in review.documents:
            mine = warnings[warnings["document_id"] == document.document_id]
            for message in mine["message"]:
                yield f"warning: Review {review.review_id} ({document.path.name}): {message}"


def lost_lines(build: Build) -> Iterator[str]:
    """One line per review with decisions that could not be carried out as they were meant."""
    numbers = {review.review_id for review in build.intake.reviews}
    for review in build.built("redact"):
        if build.state("redact", review) == "fresh":
            decided = contracts.read(
                build.paths("redact", review.review_id)["decided"], contracts.DECIDED
            )
            lost = int((decided["outcome"] != "applied").sum())
            if lost:
                yield (
                    f"decisions: {lost} of {len(decided)} of Review {review.review_id} no longer "
                    f"fit its text; `dhr redactions {review.review_id}` lists them"
                )
    yield from _orphans(build)
    gone = [d for d in build.study.decisions if d.review_id and d.review_id not in numbers]
    if gone:
        yield f"decisions: {len(gone)} are kept of reviews that are not in the study"


REFUSED = {
    "quote_not_found": "their quote is not in the passage",
    "unknown_code": "the codebook has no such code",
    "not_in_form": "a part is missing or outside its words",
    "repeated": "the passage has one of the same code before",
}
UNREAD = {
    "not usable": "no answer that can be used: run again to ask again",
    "withheld": "not sent, because the leak check finds something in them: see `dhr leaks`",
    "not answered": "no answer: run again to ask again",
}


def language_model_lines(build: Build) -> Iterator[str]:
    """What came of asking the language model: codings, refusals, passages that it did not read."""
    model = build.settings.tag.language_model
    if model is None:
        return
    from pipeline.asking import of_passages

    answers = build.answers()
    coder = model.asked.coder
    read = int((answers["outcome"] == "answered").sum())
    counted = coder in build.settings.tables.count_coders
    yield (
        f"{coder}: {answers['codings'].sum():,} codings from {read:,} of {len(answers):,} passages "
        f"({'they count' if counted else 'they do not count'} in the tables)"
    )
    for column, why in REFUSED.items():
        if n := int(answers[column].sum()):
            yield f"{coder}: {n:,} codings refused: {why}"
    for outcome, why in UNREAD.items():
        of = answers[answers["outcome"] == outcome]
        if len(of):
            numbers = ", ".join(map(str, sorted(of["review_id"].unique())))
            yield f"{coder}: {of_passages(len(of))} of Review {numbers} not read: {why}"
    if problem := build.answers_missing():
        yield f"{coder}: {problem}"


def _orphans(build: Build) -> Iterator[str]:
    """How many decisions about codings have lost their place; they are kept, and count nowhere."""
    stored = build.study.coding_decisions
    if stored.empty or any(build.state("tag", r) != "fresh" for r in build.built("tag")):
        return
    orphans = build.coded()[2].orphans
    if len(orphans):
        yield (
            f"decisions: {len(orphans)} of {len(stored)} about codings have lost their place in "
            "the text; `dhr decisions` lists them"
        )


def status(build: Build) -> Iterator[str]:
    """A line per review with the state of each stage, then what is set aside and why."""
    yield f"{'Review':>8}  " + "  ".join(f"{stage:9}" for stage in REVIEW_STAGES)
    for review in build.intake.reviews:
        states = []
        for stage in REVIEW_STAGES:
            blocked = "set aside" in states or "-" in states
            states.append("-" if blocked else build.state(stage, review))
        yield f"{review.review_id:>8}  " + "  ".join(f"{state:9}" for state in states)
    upstream = any(build.state(s, r) == "stale" for s in REVIEW_STAGES for r in build.built(s))
    for stage in ("topics", "aggregate"):
        yield f"{stage:>9}: {'stale' if upstream else build.corpus_state(stage)}"
    yield from set_aside_lines(build)
    yield from held_out_lines(build)
    yield from warning_lines(build)
    yield from lost_lines(build)
    yield from language_model_lines(build)
    if build.leak_paths[0].exists():
        yield "when tables were last built:"
        yield from leak_lines(build)
    yield from unsure_sections(build)


def unsure_sections(build: Build) -> Iterator[str]:
    """One line for each section whose role nothing tells: where it stands, its role, confidence.

    Its heading may name people, so it is not printed.
    """
    lines = [
        line
        for review in build.built("extract")
        if build.state("extract", review) == "fresh"
        for line in _unsure(build, review.review_id)
    ]
    if lines:
        yield "sections of unsure role (give them one in the column sections of reviews.csv):"
        yield from (f"  {line}" for line in lines)


def _unsure(build: Build, review_id: int) -> Iterator[str]:
    passages = contracts.read(build.paths("extract", review_id)["passages"], contracts.PASSAGES)
    low = passages[(passages["role_confidence"] < UNSURE) & (passages["kind"] != "heading")]
    # A citation without the heading, which may name people.
    cited = citations(low.assign(heading_path=""))
    sections = low.sort_values("ordinal").groupby(["heading_path", "section_role"], sort=False)
    for (_, role), section in sections:
        confidence = section["role_confidence"].min()
        where = f"{cited[section.index[0]]}, passage {section['ordinal'].iloc[0]}"
        yield f"{where}: {role}, confidence {confidence:.1f}, {len(section)} passages"


def leaks(build: Build, found: Found, *, review: int | None, private: bool) -> Iterator[str]:
    """What a leak check found, and the rare combinations of one review or how many there are.

    With `review` only hits in it, or of what is its own. Words stand in it only if `private`.
    """
    from pipeline.release import ADVICE

    hits, check = found.hits, build.leak_check
    if review is not None:
        hits = hits[(hits["review_id"] == review) | (hits["of_review"] == review)]
    yield from check.lines(hits, private=private)
    yield from (
        f"{check.label(name)}: cannot be searched; look at it yourself" for name in found.unread
    )
    yield f"leaks: {len(hits) or 'none found'}" + (f"; next: {ADVICE}" if len(hits) else "")
    risks = build.recorded_risks()
    if review is None:
        yield f"rare combinations: {_rare(build)} (`dhr leaks REVIEW` lists those of a review)"
        return
    mine = risks[risks["review_id"] == review]
    yield f"rare combinations: {len(mine)} passages to look at before they are quoted"
    for risk in mine.to_dict("records"):
        yield (
            f"  {check.citations.get(risk['passage_id'], risk['passage_id'])}: {risk['kinds']}; "
            f"told in {risk['n_reviews']} of the study's reviews; its area, case type and year "
            f"are those of {risk['n_like']}"
        )


def _rare(build: Build) -> str:
    risks = build.recorded_risks()
    return f"{len(risks)} passages in {risks['review_id'].nunique()} reviews"


def leak_lines(build: Build) -> Iterator[str]:
    """How the last leak check went, with where to look; it promises nothing about the rest."""
    n = len(build.recorded_leaks())
    yield f"  leaks         {f'{n} outside the tables: see `dhr leaks`' if n else 'none found'}"
    yield f"  rare          {_rare(build)} (see `dhr leaks REVIEW`)"


def summary(build: Build) -> Iterator[str]:
    """The closing summary of a build, every number read from the tables."""
    paths = table_paths(build.study.outputs)
    reviews = contracts.read(paths["reviews"], contracts.REVIEWS)
    documents = contracts.read(paths["documents"], contracts.DOCUMENTS)
    built = reviews[reviews["status"] == "built"]
    yield ""
    yield f"{build.settings.title}"
    yield (
        f"  reviews       {len(built)} built of {len(reviews)} "
        f"({int((documents['status'] == 'built').sum())} documents of {len(documents)})"
    )
    for label, column in (
        ("passages", "passages"),
        ("identifiers", "identifiers"),
        ("codings", "codings"),
    ):
        what = " replaced" if column == "identifiers" else ""
        yield f"  {label:13} {int(built[column].sum()):,}{what}"
    if repeats := int(built["repeats"].sum()):
        yield f"  repeats       {repeats:,} passages say again what others say; not coded"
    yield from _top_themes(build)
    if pictures := int(documents["pages_ocr"].sum()):
        yield f"  read by OCR   {pictures} pages (check what you quote from them)"
    if empty := int(documents["pages_without_text"].sum()):
        yield f"  no text       on {empty} pages (blank, or pictures: see documents.csv)"
    if warnings := len(build.warnings()):
        yield f"  warnings      {warnings} (hidden text, notes, attachments: see `dhr status`)"
    for line in lost_lines(build):
        yield f"  {line.replace(':', '    ', 1)}"
    yield from leak_lines(build)
    yield from (f"  {line}" for line in language_model_lines(build))
    aside = list(set_aside_lines(build))
    yield f"  set aside     {len(aside) or 'nothing'}"
    yield from (f"    {line.removeprefix('set aside: ')}" for line in aside)
    times = {run.stage: run.seconds for run in build.last_runs()}
    yield "  time          " + ", ".join(f"{s} {times[s]:.1f} s" for s in STAGES if s in times)
    yield f"  tables        {paths['prevalence'].parent}"
    yield f"  workbook      {paths['workbook']}"
    yield f"  report        {paths['report']}"


def _top_themes(build: Build) -> Iterator[str]:
    paths = table_paths(build.study.outputs)
    prevalence = contracts.read(paths["prevalence"], contracts.PREVALENCE)
    themes = prevalence[prevalence["level"] == "theme"]
    top = themes.sort_values(["n_reviews", "n_passages", "theme"], ascending=[False, False, True])
    evidence = contracts.read(paths["codings"], contracts.CHECKED_CODINGS)
    yield f"  top themes    ({_whose(evidence, build.settings.tables.count_coders)})"
    for row in top.head(TOP_THEMES).itertuples():
        share = "-" if row.of_reviews == 0 else f"{row.percent:.0f}%"
        yield (
            f"    {row.n_reviews:>3} of {row.of_reviews} reviews ({share}), "
            f"{row.n_passages:>4} passages  {row.name}"
        )


def _whose(evidence: pd.DataFrame, machines: Sequence[str]) -> str:
    if not machines:
        return (
            f"{len(evidence):,} codings, of people only: [tables] count_coders in study.toml names "
            "no machine coder"
        )
    if n := int(evidence["checked"].sum()):
        return f"{n:,} of {len(evidence):,} codings checked by people"
    return f"{' and '.join(machines)} codings that no person has checked"


def copy_lines(path: Path, outcome: Written | ReviewError) -> Iterator[str]:
    """What became of the redacted copy of a document, and what a person must still do."""
    if isinstance(outcome, ReviewError):
        yield f"not written: {path.stem}: {outcome}"
        return
    yield f"wrote {path}"
    pages = f" on {outcome.pages} pages" if outcome.pages else ""
    yield f"  {outcome.replacements:,} replacements{pages}"
    reasons: dict[str, list[int]] = {}
    for page, why in outcome.pictures.items():
        reasons.setdefault(why, []).append(page)
    for why, numbers in reasons.items():
        yield f"  made a picture: {_pages(numbers)} ({why})"
    if outcome.images:
        yield f"  {outcome.images} pictures taken over as they are: look at each of them"
    if outcome.dropped:
        yield f"  {outcome.dropped} notes, comments, fields or objects left out"
    yield "  a person must read it, page by page, before it goes out: names can have been missed"


def _pages(numbers: list[int]) -> str:
    """Page numbers in words: 'pages 1-3, 7'."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
    return f"page {told}" if len(numbers) == 1 else f"pages {told}"
