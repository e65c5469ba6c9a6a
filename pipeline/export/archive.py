"""Zips and the XML in them, of Word documents and REFI-QDA projects: the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from docx.document import Document

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can tell."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold (XML 1.0, 2.2)."""


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip with the members in their order; the same members give the same bytes."""
    content = io.BytesIO()
    with ZipFile(content, "w") as file:
        for name, member in members.items():
            info = ZipInfo(name, EPOCH)
            info.compress_type, info.create_system, info.external_attr = (
                ZIP_DEFLATED,
                3,
                0o600 << 16,
            )
            file.writestr(info, member)
    return content.getvalue()


def saved(document: Document) -> bytes:
    """A Word document as a file, without the time of day."""
    written = io.BytesIO()
    document.save(written)
    with ZipFile(written) as file:
        return packed({name: file.read(name) for name in file.namelist()})


def xml_text(text: str) -> str:
    """A text with a replacement character for each that XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
