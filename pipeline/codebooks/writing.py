"""A codebook written as the TOML file that people edit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pipeline.codebook import Codebook


def as_toml(codebook: Codebook) -> str:
    """The file; keys that hold nothing are left out."""
    head = [f"{key} = {_value(getattr(codebook, key))}" for key in ("id", "title", "version")]
    parts = [("theme", theme) for theme in codebook.theme] + [("code", c) for c in codebook.code]
    blocks = ["\n".join([f"[[{kind}]]", *_pairs(part.model_dump())]) for kind, part in parts]
    return "\n\n".join(["\n".join(head), *blocks]) + "\n"


def _pairs(fields: dict[str, Any]) -> Iterator[str]:
    for key, value in fields.items():
        if value:
            yield f"{key} = {_value(value)}"


def _value(value: str | bool | tuple[str, ...]) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case _:
            return "[\n" + "".join(f"  {_text(item)},\n" for item in value) + "]"


def _text(text: str) -> str:
    # JSON's escapes are TOML's; only DEL is not escaped by it.
    quoted = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    if "\n" not in text:
        return quoted
    lines = re.sub(r"(?<!\\)((?:\\\\)*)\\n", r"\1\n", quoted[1:-1])
    return f'"""\n{lines}"""'
