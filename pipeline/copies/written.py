"""A copy as it is handed on, and what a person should know of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Written:
    """The bytes of a copy; pages are 1-based and None where the format has none."""

    data: bytes
    replacements: int
    pages: int | None = None
    pictures: dict[int, str] = field(default_factory=dict)
    """Pages that became pictures of themselves, and why."""
    images: int = 0
    """Pictures that were taken over as they are: nobody looked into them."""
    dropped: int = 0
    """Notes, comments, form fields, drawings and objects that were left out."""
