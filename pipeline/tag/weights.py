"""Records of arrays, and of such records, as arrays by name: so they go into a file and out."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Record = TypeVar("Record")
DAMAGED = (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error)
"""What it raises to read a record from a file that is damaged, or another."""


def arrays_of(record: Any) -> dict[str, Array]:
    """The arrays of a record by name; before those of an inner record stands the name of it."""
    own: dict[str, Array] = {}
    inner: dict[str, Array] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value):
            inner |= {f"{field.name}_{name}": array for name, array in arrays_of(value).items()}
        else:
            own[field.name] = np.asarray(value)
    return own | inner


def record_of(kind: type[Record], arrays: Mapping[str, Array], **inner: type[Any]) -> Record:
    """The record that gave these arrays; `inner` are the kinds of its inner records by name.

    Raises `KeyError` when an array is not there.
    """
    parts: dict[str, Any] = {
        name: part(**{field.name: arrays[f"{name}_{field.name}"] for field in fields(part)})
        for name, part in inner.items()
    }
    own = [field.name for field in fields(kind) if field.name not in parts]  # type: ignore[arg-type]
    return kind(**{name: arrays[name] for name in own}, **parts)
