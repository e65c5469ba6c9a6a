"""The page docs/schema.md, generated from the contracts: `python -m pipeline.schema`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from pipeline.aggregate.catalogue import CATALOGUE, CONTENTS
from pipeline.aggregate.publication import MATRIX_COLUMNS
from pipeline.aggregate.trace import QUOTED
from pipeline.contracts import TABLES, Column, Table

_HEAD = """\
# Columns of every table

Generated from `pipeline/contracts.py` and `pipeline/aggregate/catalogue.py` by
`python -m pipeline.schema > docs/schema.md`.
Offsets are character offsets, from 0, end exclusive; pages count from 1; text is NFC.
"""
ALL = (*TABLES, *(entry.table for entry in CATALOGUE), CONTENTS, QUOTED, MATRIX_COLUMNS)


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *(line for table in ALL for line in _section(table))])


def _section(table: Table) -> Iterator[str]:
    yield f"## {table.name}\n"
    yield f"One row: {table.row}. Key: {', '.join(f'`{name}`' for name in table.key)}.\n"
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    yield from (_row(column) for column in table.columns)
    yield ""


def _row(column: Column) -> str:
    kind = f"{column.type}{', may be empty' if column.nullable else ''}"
    meaning = column.meaning + (f" [{column.unit}]" if column.unit else "")
    if column.vocabulary:
        meaning += ": " + ", ".join(f"`{word}`" for word in column.vocabulary)
    return f"| `{column.name}` | {kind} | {meaning} |"


if __name__ == "__main__":
    sys.stdout.write(page())
