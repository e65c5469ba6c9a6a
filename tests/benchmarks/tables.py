"""How long the tables take over a large study that never was.

    python tests/benchmarks/tables.py --reviews 1000 --passages 400

CPU seconds for each step between codings in memory and files on disk; the codings are
drawn at random with the example study's rates, and passages repeat a few sentences.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

import codebooks
from pipeline import contracts
from pipeline.aggregate.made import Source
from pipeline.aggregate.publication import published, research
from pipeline.aggregate.rules import PERIODS, Disclosure
from pipeline.aggregate.theme_tables import aggregate
from pipeline.codebook import Codebook, read_codebook
from pipeline.corpus import counted_source
from pipeline.export.delimited import as_csv
from pipeline.export.workbook import as_workbook
from pipeline.vocabulary import CASE_TYPES, PROGRESS, SCOPES

CODINGS_PER_PASSAGE = 1.09
AREAS = 12
SENTENCES = (
    "The police did not ask whether she was safe at home.",
    "No referral was made by the GP to the MARAC.",
    "She told her sister that he checked her phone.",
    "Housing officers knew of the arrears and wrote a letter.",
    "The panel found no record of a risk assessment.",
)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print the CPU seconds of the block."""
    before = time.process_time()
    yield
    print(f"{time.process_time() - before:8.1f} s  {what}")


def drawn(reviews: int, passages: int, codebook: Codebook) -> dict[str, pd.DataFrame]:
    """The frames that the stage reads."""
    chance = np.random.default_rng(7)
    codes = np.array([code.id for code in codebook.code])
    themes = {code.id: code.theme for code in codebook.code}
    review = np.repeat(np.arange(1, reviews + 1), passages)
    nth = np.tile(np.arange(passages), reviews)
    ids = np.char.add(np.char.add(review.astype(str), "-"), nth.astype(str))
    frames: dict[str, pd.DataFrame] = {}
    frames["passages"] = pd.DataFrame({
        "review_id": review, "passage_id": ids, "document_id": [f"d{r}" for r in review],
        "ordinal": nth, "number": nth.astype(str), "heading_path": "Analysis > Police",
        "section_role": "analysis", "role_confidence": 0.9, "kind": "paragraph", "page": 1,
        "page_end": 1, "page_label": "1", "ocr_confidence": None, "repeats": None,
        "text": chance.choice(SENTENCES, len(ids)), "table_header": None,
    })  # fmt: skip
    n = int(len(ids) * CODINGS_PER_PASSAGE)
    at = chance.integers(0, len(ids), n)
    # A code is in a review or is not: its passages are not spread evenly.
    has = chance.random((reviews + 1, len(codes))) < chance.random(len(codes)) ** 2
    code = chance.integers(0, len(codes), n)
    kept = has[review[at], code]
    coded = pd.DataFrame({
        "review_id": review[at], "passage_id": ids[at], "code": codes[code], "coder": "machine",
        "start": 0, "end": 8, "source": "panel", "time": "before", "reason": "phrase",
        "polarity": chance.choice(["present", "absent", "good-practice"], n, p=[0.8, 0.1, 0.1]),
        "layer": chance.choice(["finding", "fact", "recommendation"], n, p=[0.7, 0.2, 0.1]),
        "subject": chance.choice(["agency", "victim", "perpetrator"], n),
        "score": chance.random(n).round(2),
    })[kept].drop_duplicates(["passage_id", "code"])  # fmt: skip
    frames["codings"] = coded.assign(theme=coded["code"].map(themes))[contracts.CODINGS.names]
    told = frames["passages"][frames["passages"]["ordinal"] < 20]
    frames["recommendations"] = contracts.RECOMMENDATIONS.validate(
        told[["review_id", "passage_id", "document_id", "ordinal", "text"]]
        .assign(
            kind=np.where(told["ordinal"] < 10, "recommendation", "action-plan row"),
            scope=chance.choice(SCOPES, len(told)),
            agencies=chance.choice(["police", "gp", "police ; housing"], len(told)),
            status=chance.choice(PROGRESS, len(told)),
        )
        .reindex(columns=contracts.RECOMMENDATIONS.names)
    )
    numbers = np.arange(1, reviews + 1)
    frames["roles"] = pd.DataFrame({
        "review_id": np.repeat(numbers, 2), "label": ["Adult A", "Adult B"] * reviews,
        "role": ["victim", "perpetrator"] * reviews, "evidence": "declared",
    })  # fmt: skip
    frames["documents"] = contracts.DOCUMENTS.frame(
        {"document_id": f"d{r}", "review_id": r, "document_type": "overview report",
         "status": "built", "passages": passages} for r in numbers.tolist()
    )  # fmt: skip
    areas = [f"Area {n}" for n in range(AREAS)]
    frames["reviews"] = contracts.REVIEWS.frame(
        {"review_id": r, "area": str(chance.choice(areas)),
         "case_type": str(chance.choice(CASE_TYPES, p=[0.7, 0.2, 0.08, 0.02])),
         "year_of_death": int(chance.integers(2009, 2025)), "status": "built", "documents": 1,
         "passages": passages, "repeats": 1, "identifiers": 9, "codings": 9}
        for r in numbers.tolist()
    )  # fmt: skip
    return frames


def build(frames: dict[str, pd.DataFrame], codebook: Codebook, folder: Path) -> Source:
    """Every table, to files; prints each step."""
    with timed("review x theme and code matrices, prevalence, co-occurrence"):
        aggregate(frames["codings"], frames["reviews"], codebook)
    with timed("counted units, agencies at fault among them"):
        source = counted_source(**frames, codebook=codebook, periods=PERIODS, reliability=None)
    with timed("tables for publication, disclosure control among them"):
        publication = published(source, Disclosure())
    with timed("tables for research"):
        kept = research(source)
    for made in (publication, kept):
        with timed("parquet, CSV and workbook"):
            for name, table in made.tables.items():
                contracts.write(made.frames[name], table, folder / f"{name}.parquet")
                (folder / f"{name}.csv").write_bytes(as_csv(made.frames[name], table))
            as_workbook(made.frames, made.tables, title="", about={}, matrices={})
    return source


def main() -> None:
    """Draw, build, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reviews", type=int, default=1000)
    parser.add_argument("--passages", type=int, default=400)
    wanted = parser.parse_args()
    codebook = read_codebook(Path(codebooks.__file__).parent / "dhr.toml")
    frames = drawn(wanted.reviews, wanted.passages, codebook)
    print(f"{len(frames['codings']):,} codings of {len(frames['passages']):,} passages")
    with tempfile.TemporaryDirectory() as folder, timed("in all"):
        build(frames, codebook, Path(folder))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{memory:8.1f} GB  at the most")


if __name__ == "__main__":
    main()
