"""The leak check: how many mentions it finds that were put back, and how fast it is.

    python tests/benchmarks/leaks.py OUTPUTS [--reviews 1000]

takes the outputs of the example study. Recall: one replaced mention at a time is put back into
its redacted passage, up to 300 of each type, in the reviews that are not held out. Speed: as many
reviews of 400 passages as asked for, made of those of the example, each with names of its own.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
import tomllib
from pathlib import Path

import pandas as pd

from pipeline import contracts
from pipeline.leaks.known import known_strings, misspelt
from pipeline.leaks.risk import risks
from pipeline.leaks.search import Cell, Search, Standing
from pipeline.register import Register
from pipeline.release import LeakCheck

PROJECT = Path(__file__).parent.parent.parent
STUDY = PROJECT / "corpus" / "example"
EACH_TYPE = 300
PASSAGES = 400
KEY = bytes(32)


def development(outputs: Path) -> list[int]:
    """Numbers of the built reviews that are not held out."""
    held_out = tomllib.loads((STUDY / "study.toml").read_text("utf-8"))["evaluate"]["held_out"]
    kept = set(Register(STUDY / "private").numbers(held_out).values())
    found = (int(p.stem) for p in (outputs / "redact").glob("*.parquet") if p.stem.isdecimal())
    return sorted(set(found) - kept)


def recall(outputs: Path) -> None:
    """Print how many mentions that were put back are found, by type."""
    reviews = development(outputs)
    logs = [outputs / "private" / "redact" / f"{n}.log.parquet" for n in reviews]
    log = contracts.read_all(logs, contracts.REDACTION_LOG)
    paths = [outputs / "redact" / f"{n}.parquet" for n in reviews]
    passages = contracts.read_all(paths, contracts.REDACTED)
    texts = passages.set_index(["review_id", "passage_id"])["text"]
    known = misspelt(known_strings(log), passages)
    search = Search(known, Standing(passages, categories=[]), key=KEY)
    for kind, mentions in log.groupby("type"):
        sample = mentions.sample(min(EACH_TYPE, len(mentions)), random_state=1)
        found = 0
        for m in sample.itertuples():
            text = texts.loc[(m.review_id, m.passage_id)]
            text = text[: m.redacted_start] + m.surface + text[m.redacted_end :]
            cell = Cell("", "text", m.passage_id, text, int(m.review_id), passage=True)
            end = m.redacted_start + len(m.surface)
            found += bool(search.hits([cell])["start"].between(m.redacted_start, end).any())
        print(f"{kind:8} {found:4} of {len(sample)} found")


def multiply(outputs: Path, folder: Path, reviews: int) -> None:
    """Write redacted passages, spans, codings and logs of so many reviews."""
    numbers = sorted(int(p.stem) for p in (outputs / "redact").glob("*.parquet")
                     if p.stem.isdecimal())  # fmt: skip
    tables = {
        "redact/{}.parquet": contracts.REDACTED,
        "redact/{}.spans.parquet": contracts.SPANS,
        "tag/{}.parquet": contracts.CODINGS,
        "private/redact/{}.log.parquet": contracts.REDACTION_LOG,
    }
    source = {
        n: {path: contracts.read(outputs / path.format(n), t) for path, t in tables.items()}
        for n in numbers
    }
    for review in range(1, reviews + 1):
        frames = source[numbers[review % len(numbers)]]
        ids = frames["redact/{}.parquet"]["passage_id"]
        copies = [(copy, one) for copy in range(-(-PASSAGES // len(ids))) for one in ids]
        drawn = pd.DataFrame(copies[:PASSAGES], columns=["copy", "passage_id"])
        for path, table in tables.items():
            frame = drawn.merge(frames[path], on="passage_id").assign(review_id=review)
            places = zip(frame["passage_id"], frame["copy"], strict=True)
            frame["passage_id"] = [f"{p[:10]}{review:04x}{copy:02x}" for p, copy in places]
            if "surface" in frame:
                own = "".join(chr(97 + review // 26**n % 26) for n in range(2))
                frame["surface"] = [re.sub(r"\b([A-Z][a-z]{4,})\b", rf"\1{own}", s)
                                    for s in frame["surface"]]  # fmt: skip
            contracts.write(frame[table.names], table, folder / path.format(review))


def speed(outputs: Path, reviews: int) -> None:
    """Print CPU seconds of each part of the check."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        multiply(outputs, folder, reviews)
        started = time.process_time()
        check = LeakCheck(
            logs=sorted((folder / "private" / "redact").glob("*.log.parquet")),
            hidden=[],
            passages=[folder / "redact" / f"{n}.parquet" for n in range(1, reviews + 1)],
            names=[],
            areas=[],
            decided=[],
            accepted=[],
            key=KEY,
        )
        prepared = time.process_time()
        hits = check.files(folder).hits
        searched = time.process_time()
        counts = dict.fromkeys(("documents", "passages", "repeats", "identifiers", "codings"), 0)
        rows = ({"review_id": n, "status": "built", **counts} for n in range(1, reviews + 1))
        rare = risks(check.passages, contracts.REVIEWS.frame(rows))
        listed = time.process_time()
    print(f"{reviews} reviews, {len(check.passages):,} passages, {check.n_phrases:,} strings")
    print(f"{prepared - started:6.0f} s  to read what is known")
    print(f"{searched - prepared:6.0f} s  to search, {len(hits)} hits")
    print(f"{listed - searched:6.0f} s  to list {len(rare)} rare combinations")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6,.0f} MB at the most")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("outputs", type=Path)
    parser.add_argument("--reviews", type=int, default=1000)
    options = parser.parse_args()
    recall(options.outputs)
    speed(options.outputs, options.reviews)
