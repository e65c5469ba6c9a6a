"""Changes in exported projects, and whether they come back exactly, however a program writes.

    python tests/benchmarks/exchange.py outputs/example 1 2 3

exports the reviews of a built study (all, unless numbers are given) by the default codebook,
deletes and adds codings at random as four programs would write them, takes the file in again, and
counts decisions that are not exactly those that were made. Passages without codings are given
emoji, combining marks and tabs first.
"""

from __future__ import annotations

import io
import random
import re
import sys
import tempfile
import time
import uuid
import zipfile
from pathlib import Path

import pandas as pd
from lxml import etree

import codebooks
from pipeline import contracts
from pipeline.codebook import read_codebook
from pipeline.export.excerpts import citations
from pipeline.export.refi.codebook import guid
from pipeline.export.refi.incoming import read_project
from pipeline.export.refi.project import as_project
from pipeline.export.refi.returned import returned
from pipeline.export.refi.source import source

NAMESPACE = "{urn:QDA-XML:project:1.0}"
PROGRAMS = {
    # characters of a line end, byte order mark, whether it counts, line ends, new GUIDs
    "as the standard says": (1, False, False, "\n", False),
    "as NVivo for Windows": (2, True, False, "\r\n", False),
    "as ATLAS.ti": (1, True, False, "\r\n", False),
    "as QualCoder": (1, True, False, "\n", True),
    "everything counted": (2, True, True, "\r\n", True),
}
DELETED, ADDED = 25, 40
"""Places in each review."""
CODEBOOK = read_codebook(Path(codebooks.__file__).parent / "dhr.toml")
Change = tuple[str, str, str, int, int]


def main(outputs: Path, numbers: list[str]) -> None:
    """Print a line for each way of writing."""
    names = numbers or sorted(p.stem for p in (outputs / "redact").glob("*.parquet")
                              if p.stem.isdecimal())  # fmt: skip
    codings = contracts.read_all(
        [outputs / "tag" / f"{name}.parquet" for name in names], contracts.CODINGS
    ).assign(checked=False, checked_by=None)
    passages = contracts.read_all(
        [outputs / "redact" / f"{name}.parquet" for name in names], contracts.REDACTED
    )
    free = ~passages["passage_id"].isin(codings["passage_id"])
    odd = "🆘 " + passages["text"] + " caf\u00e9 e\u0301\t👍🏽 end"
    passages = passages.assign(text=passages["text"].mask(free, odd))
    cited = pd.Series(citations(passages).to_numpy(), index=passages["passage_id"])
    reviews = contracts.read(outputs / "tables" / "reviews.parquet", contracts.REVIEWS)
    sent = as_project(
        passages, codings, reviews, CODEBOOK, citations=cited, title="Benchmark",
        software="benchmark", key=b"k" * 32,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.qdpx"
        path.write_bytes(sent.content)
        before = read_project(path)
        for seed, (program, way) in enumerate(PROGRAMS.items()):
            content, made = worked(sent.content, sent.id, passages, codings, way, seed)
            path.write_bytes(content)
            started = time.perf_counter()
            back = returned(read_project(path), {sent.id: before}.get, passages, CODEBOOK,
                            coder="Ann", when="2024-01-01")  # fmt: skip
            seconds = time.perf_counter() - started
            columns = ["decision", "passage_id", "code", "start", "end"]
            told = set(back.changes[columns].itertuples(index=False, name=None))
            print(
                f"{program}: {len(made)} changes, {len(told ^ made)} not exact, "
                f"{len(back.refused)} refused, {back.kept} kept, {seconds:.1f} s"
            )


def worked(
    content: bytes,
    export: str,
    passages: pd.DataFrame,
    codings: pd.DataFrame,
    way: tuple[int, bool, bool, str, bool],
    seed: int,
) -> tuple[bytes, set[Change]]:
    """A project as a program writes it after a person's work, and what they did."""
    line_end, mark, counts_mark, ends, new_guids = way
    project, chance = zipfile.ZipFile(io.BytesIO(content)), random.Random(seed)
    root = etree.fromstring(project.read("project.qde"))
    made: set[Change] = set()
    for text_source in root.iter(NAMESPACE + "TextSource"):
        number = int(text_source.get("name").split()[1])
        of = source(number, passages[passages["review_id"] == number], export=export)
        mine = codings[codings["review_id"] == number]
        made |= deleted(text_source, mine, of.places, chance)
        made |= added(text_source, mine, of.places, passages, chance)
        for selection in text_source.findall(NAMESPACE + "PlainTextSelection"):
            for name in ("startPosition", "endPosition"):
                at = int(selection.get(name))
                more = of.text[:at].count("\n") * (line_end - 1) + counts_mark
                selection.set(name, str(at + more))
    if new_guids:
        fresh: dict[str, str] = {}
        for element in root.iter():
            for name, value in element.attrib.items():
                if "guid" in name.lower() or name == "creatingUser":
                    element.set(name, fresh.setdefault(value, str(uuid.uuid4())))
    after = io.BytesIO()
    with zipfile.ZipFile(after, "w") as file:
        for name in project.namelist():
            text = project.read(name).replace(b"\n", ends.encode())
            whole = etree.tostring(root) if name == "project.qde" else b"\xef\xbb\xbf" * mark + text
            file.writestr(name.replace("sources/", "Sources/"), whole)
    return after.getvalue(), made


def deleted(
    text_source: etree._Element, mine: pd.DataFrame, places: pd.DataFrame, chance: random.Random
) -> set[Change]:
    """Delete what is coded at some places."""
    at = mine.merge(places[["passage_id", "start"]], on="passage_id", suffixes=("", "_of"))
    spans = list(zip(at["start_of"] + at["start"], at["start_of"] + at["end"], strict=True))
    selections = text_source.findall(NAMESPACE + "PlainTextSelection")
    gone = set()
    for selection in chance.sample(selections, min(DELETED, len(selections))):
        gone.add((int(selection.get("startPosition")), int(selection.get("endPosition"))))
        text_source.remove(selection)
    rows = at[[span in gone for span in spans]]
    return {("reject", r.passage_id, r.code, r.start, r.end) for r in rows.itertuples()}


def added(
    text_source: etree._Element,
    mine: pd.DataFrame,
    places: pd.DataFrame,
    passages: pd.DataFrame,
    chance: random.Random,
) -> set[Change]:
    """Code a few words of some passages by a code that they do not have."""
    texts = passages.set_index("passage_id")["text"]
    have = set(zip(mine["passage_id"], mine["code"], strict=True))
    made = set()
    rows = list(places[places["end"] - places["start"] > 30].itertuples())
    for row in chance.sample(rows, min(ADDED, len(rows))):
        words = [found.span() for found in re.finditer(r"\S+", texts[row.passage_id])]
        first = chance.randrange(len(words))
        last = chance.randrange(first, min(len(words), first + 12))
        start, end = words[first][0], words[last][1]
        free = [code for code in CODEBOOK.code if (row.passage_id, code.id) not in have]
        code = chance.choice(free)
        selection = etree.SubElement(
            text_source, NAMESPACE + "PlainTextSelection", guid=str(uuid.uuid4()), name="",
            startPosition=str(row.start + start), endPosition=str(row.start + end),
        )  # fmt: skip
        coding = etree.SubElement(selection, NAMESPACE + "Coding", guid=str(uuid.uuid4()))
        etree.SubElement(coding, NAMESPACE + "CodeRef", targetGUID=guid(CODEBOOK, code))
        made.add(("add", row.passage_id, code.id, start, end))
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
