"""The zip around a project: read with suspicion."""

from __future__ import annotations

import zlib
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile

from lxml import etree

from pipeline.errors import MissingInput

MEGABYTE = 2**20
LARGEST_PROJECT = 256 * MEGABYTE
"""Unpacked size of project.qde."""
LARGEST_SOURCE = 64 * MEGABYTE
MOST_MEMBERS = 20_000
LARGEST_IN_ALL = 1024 * MEGABYTE
"""Unpacked size of what is read of a project."""


class Archive:
    """A project's zip, open for reading. Nothing is ever unpacked to disk."""

    def __init__(self, path: Path) -> None:
        """Raises `MissingInput` for what is no project, or is made to do harm."""
        try:
            self._file = ZipFile(path)
        except FileNotFoundError:
            raise MissingInput(f"there is no file {path}") from None
        except (BadZipFile, OSError):
            raise MissingInput(
                f"{path} is no REFI-QDA project: choose 'Export project (QDPX)' in your program"
            ) from None
        self._left = LARGEST_IN_ALL
        members = [info for info in self._file.infolist() if not info.is_dir()]
        if len(members) > MOST_MEMBERS or any(_escapes(info.filename) for info in members):
            raise MissingInput(f"{path} holds too many files, or names that lead out of it")
        # NVivo for Windows writes Sources/, others sources/.
        self._members = {info.filename.casefold(): info for info in members}

    def project(self) -> etree._Element:
        """The root element of the project.

        Raises `MissingInput` when there is none, it is no well-formed XML, or declares entities.
        """
        names = [name for name in self._members if name.endswith(".qde") and "/" not in name]
        if len(names) != 1:
            raise MissingInput("the file holds no project.qde, or more than one")
        content = self._read(names[0], LARGEST_PROJECT)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError:
            raise MissingInput("the project.qde in the file is not well-formed XML") from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise MissingInput("the project.qde in the file declares a document type or entities")
        return root

    def text(self, name: str) -> str | None:
        """A source's plain text without byte order mark, or None when it is not there.

        Raises `MissingInput` when it is not UTF-8, or too large.
        """
        if f"sources/{name}".casefold() not in self._members:
            return None
        try:
            return self._read(f"sources/{name}".casefold(), LARGEST_SOURCE).decode("utf-8")
        except UnicodeDecodeError:
            raise MissingInput("a plain text source in the file is not UTF-8") from None

    def _read(self, name: str, most: int) -> bytes:
        """A member's bytes; what its header says about its size is not trusted."""
        most = min(most, self._left)
        try:
            with self._file.open(self._members[name]) as member:
                content = member.read(most + 1)
        except (BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
            raise MissingInput("a part of the file is damaged or encrypted") from None
        if len(content) > most:
            raise MissingInput(f"a part of the file is larger than {most // MEGABYTE} MB unpacked")
        self._left -= len(content)
        return content

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _escapes(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0]
