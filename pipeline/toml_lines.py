"""TOML files that people write: read, and where their tables, keys and array items stand.

tomllib tells no places. What it has accepted is cut here into strings, comments, headers and
keys, just enough to count them.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.errors import BadSettings

Place = tuple[int | str, ...]

_TOKEN = re.compile(
    r'(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<header>^[ \t]*\[\[?[^\[\]\n]+\]\]?)"
    r"|(?P<key>^[ \t]*[\w.-]+(?=[ \t]*=))"
    r"|(?P<bracket>[\[\]{}])",
    re.DOTALL | re.MULTILINE,
)


def read_toml(path: Path, called: str) -> tuple[dict[str, Any], Lines]:
    """The content of a file, and where it stands; `called` names the file in messages.

    Raises `BadSettings` when it is no TOML in UTF-8, `OSError` when it cannot be read.
    """
    try:
        # Some editors begin a UTF-8 file with a byte order mark.
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text), Lines(text)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadSettings(
            f"{called} is not UTF-8 (first at line {line}); save it as UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{called} is not valid TOML: {error}") from None


class Lines:
    """Line numbers, from 1, of the places of a TOML file: ("code", 3, "match", 1)."""

    def __init__(self, text: str) -> None:
        """Read `text`, which tomllib has accepted."""
        self._lines: dict[Place, int] = {}
        tables: Counter[str] = Counter()
        table: Place = ()
        key: Place = ()
        depth = item = 0
        line, read = 1, 0
        for token in _TOKEN.finditer(text):
            line += text.count("\n", read, token.start())
            read = token.start()
            match token.lastgroup:
                case "header" if not depth:
                    name = token[0].strip(" \t[]")
                    table = tuple(name.split("."))
                    if "[[" in token[0]:
                        table = (*table, tables[name])
                    tables[name] += 1
                    self._lines[table] = line
                case "key" if not depth:
                    key, item = (*table, *token[0].strip().split(".")), 0
                    self._lines[key] = line
                case "bracket":
                    depth += 1 if token[0] in "[{" else -1
                case "string" if depth == 1:
                    self._lines[(*key, item)] = line
                    item += 1

    def of(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it; 1 for the whole file."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)
