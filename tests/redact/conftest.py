"""A review typed by hand, redacted once for the whole folder's tests."""

from collections.abc import Callable, Sequence

import pandas as pd
import pytest
from spacy.language import Language

from pipeline import contracts, models
from pipeline.redact.decision import Decision
from pipeline.redact.redaction import Redaction, redact

Line = str | tuple[str, dict[str, object]]


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The default language model."""
    return models.spacy_model("en_core_web_sm")


@pytest.fixture(scope="session")
def passages() -> Callable[..., pd.DataFrame]:
    """Builds a passages table from texts, or (text, columns that differ) pairs."""

    def build(*lines: Line) -> pd.DataFrame:
        rows = []
        for ordinal, line in enumerate(lines, 1):
            text, columns = (line, {}) if isinstance(line, str) else line
            rows.append(
                {
                    "review_id": 7,
                    "passage_id": f"p{ordinal:03}",
                    "document_id": "d1",
                    "ordinal": ordinal,
                    "heading_path": "",
                    "section_role": "body",
                    "role_confidence": 0.3,
                    "kind": "paragraph",
                    "text": text,
                }
                | columns
            )
        return contracts.PASSAGES.frame(rows)

    return build


@pytest.fixture(scope="session")
def run(nlp: Language, passages: Callable[..., pd.DataFrame]) -> Callable[..., Redaction]:
    """Redacts texts as one review whose victim died in 2016."""

    def do(
        *lines: Line, year_of_death: int | None = 2016, decisions: Sequence[Decision] = ()
    ) -> Redaction:
        return redact(passages(*lines), nlp=nlp, year_of_death=year_of_death, decisions=decisions)

    return do


@pytest.fixture(scope="session")
def text_of(run: Callable[..., Redaction]) -> Callable[..., str]:
    """The redacted text of one passage that is a review by itself."""

    def one(text: str) -> str:
        return str(run(text).passages["text"].iloc[0])

    return one
