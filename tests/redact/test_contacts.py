"""Contact details as people write them, and what only looks like one.

Fictional lines in which others marked what must go and what must stay. contacts/development/ is
what the rules were mended on; contacts/check/ was only ever counted.

`python -m pytest -s -p no:xdist -o addopts= tests/redact/test_contacts.py` prints the counts.
"""

import json
import re
from pathlib import Path

import pytest

from pipeline.redact.contacts import helplines
from pipeline.redact.redaction import redact

LINES = Path(__file__).parent / "contacts"
# Words of which nothing tells anything when they are left standing
TELLS_NOTHING = {"at", "dot", "the", "ext", "on", "of", "and", "in", "to", "for", "bleep", "pager"}


@pytest.mark.parametrize(
    ("part", "least", "most"), [("development", 0.95, 0.2), ("check", 0.75, 0.2)]
)
def test_contacts_go(nlp, passages, part, least, most):
    gone = contacts = hit = others = 0
    for path in sorted((LINES / part).glob("*.jsonl")):
        for line in map(json.loads, path.read_text("utf-8").splitlines()):
            text, covered = line["text"], set()
            for row in redact(passages(text), nlp=nlp).log.itertuples():
                covered.update(range(row.start, row.end))
            for contact in line["contacts"]:
                start = text.index(contact)
                contacts += 1
                gone += all(
                    word.group().casefold() in TELLS_NOTHING
                    or covered.issuperset(range(start + word.start(), start + word.end()))
                    for word in re.finditer(r"\w+", contact)
                )
            for other in line["not"]:
                start = text.index(other)
                others += 1
                hit += not covered.isdisjoint(range(start, start + len(other)))
    print(f"{part}: {gone} of {contacts} contacts gone, {hit} of {others} others hit")  # noqa: T201
    assert gone >= least * contacts
    # Some of these are dates and references, which go for what they are.
    assert hit <= most * others


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Ring 0808 2000 247 or Childline on 0800 1111.", ["0808 2000 247", "0800 1111"]),
        ("Samaritans: 116 123", ["116 123"]),
        ("Call 07700 900123 or log 116-123.", []),
    ],
)
def test_helplines_are_for_everybody(text, numbers):
    assert [text[slice(*span)] for span in helplines(text)] == numbers
