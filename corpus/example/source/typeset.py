"""Typeset the plain-text source of a fictional review as PDF or DOCX.

python corpus/example/source/typeset.py SOURCE.txt OUT.pdf|OUT.docx
"""

from __future__ import annotations

import argparse
from pathlib import Path

from markup import parse
from pages import pdf
from word import docx

WRITERS = {".pdf": pdf, ".docx": docx}


def main() -> None:
    """Read the source that the command line names and write the document beside it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="source in the format of markup.py")
    parser.add_argument("out", type=Path, help="file to write: its suffix says which kind")
    arguments = parser.parse_args()
    writer = WRITERS.get(arguments.out.suffix.lower())
    if writer is None:
        parser.error("OUT must end in .pdf or .docx")
    try:
        review = parse(arguments.source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        parser.error(str(error))
    arguments.out.write_bytes(writer(review))


if __name__ == "__main__":
    main()
