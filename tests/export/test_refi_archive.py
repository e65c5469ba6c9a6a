"""A project file that is damaged, or made to do harm, is refused with a reason."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from fake_exchange import exported

from pipeline.errors import MissingInput
from pipeline.export.refi import archive
from pipeline.export.refi.incoming import read_project

EMPTY = '<Project xmlns="urn:QDA-XML:project:1.0" name="p">{}</Project>'
SOURCE = '<Sources><TextSource guid="g" name="n" plainTextPath="{}"/></Sources>'
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE Project [<!ENTITY a "ha">{}]>'
    '<Project xmlns="urn:QDA-XML:project:1.0" name="&a;"/>'
)


def written(folder: Path, **members: str | bytes) -> Path:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, member in members.items():
            file.writestr(name, member)
    path = folder / "file.qdpx"
    path.write_bytes(content.getvalue())
    return path


def refused(path: Path, why: str) -> None:
    with pytest.raises(MissingInput, match=why):
        read_project(path)


def test_no_file_and_no_zip(tmp_path: Path) -> None:
    refused(tmp_path / "none.qdpx", "there is no file")
    (tmp_path / "text.qdpx").write_text("no zip")
    refused(tmp_path / "text.qdpx", "no REFI-QDA project")


def test_no_project_two_projects_bad_xml_other_xml(tmp_path: Path) -> None:
    refused(written(tmp_path, **{"a.txt": "x"}), "holds no project")
    refused(written(tmp_path, **{"a.qde": EMPTY, "b.qde": EMPTY}), "more than one")
    refused(written(tmp_path, **{"a.qde": "<Project"}), "not well-formed")
    refused(written(tmp_path, **{"a.qde": "<Book/>"}), "is no REFI-QDA project")


@pytest.mark.parametrize(
    "entity",
    ["", '<!ENTITY b SYSTEM "file:///etc/passwd">', '<!ENTITY % c SYSTEM "http://[::1]/d"> %c;',
     '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'],
)  # fmt: skip
def test_entities_are_refused(tmp_path: Path, entity: str) -> None:
    refused(written(tmp_path, **{"a.qde": ENTITIES.format(entity)}), "document type or entities")


@pytest.mark.parametrize("name", ["../x.txt", "/x.txt", "a/../../x", "..\\x", "C:/x.txt"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    refused(written(tmp_path, **{"a.qde": EMPTY.format(""), name: "x"}), "lead out of it")


def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = EMPTY.format(SOURCE.format("internal://t.txt"))
    bomb = written(tmp_path, **{"a.qde": project, "sources/t.txt": b" " * 2_000_000})
    monkeypatch.setattr(archive, "LARGEST_SOURCE", archive.MEGABYTE)
    refused(bomb, "larger than 1 MB")
    monkeypatch.setattr(archive, "LARGEST_SOURCE", 4 * archive.MEGABYTE)
    monkeypatch.setattr(archive, "LARGEST_IN_ALL", archive.MEGABYTE)
    refused(bomb, "larger than")
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    refused(bomb, "too many files")


def test_damage_encryption_and_other_encodings(tmp_path: Path) -> None:
    project = EMPTY.format(SOURCE.format("internal://t.txt"))
    latin = written(tmp_path, **{"a.qde": project, "sources/t.txt": "café".encode("latin-1")})
    refused(latin, "not UTF-8")
    content = bytearray(exported().content)
    content[60:90] = b"\0" * 30
    (tmp_path / "damaged.qdpx").write_bytes(content)
    refused(tmp_path / "damaged.qdpx", "damaged or encrypted")
    locked = bytearray(written(tmp_path, **{"a.qde": EMPTY}).read_bytes())
    locked[6] |= 1
    locked[locked.rindex(b"PK\1\2") + 8] |= 1
    (tmp_path / "locked.qdpx").write_bytes(locked)
    refused(tmp_path / "locked.qdpx", "damaged or encrypted")


@pytest.mark.parametrize(
    "path", ["relative:///t.txt", "absolute:///etc/passwd", "file:///etc/passwd",
             "internal://../../etc/passwd", "internal://none.txt"]
)  # fmt: skip
def test_a_text_outside_the_file_is_never_read(tmp_path: Path, path: str) -> None:
    project = written(tmp_path, **{"a.qde": EMPTY.format(SOURCE.format(path))})
    assert read_project(project).sources[0].text is None


def test_text_within_the_project_is_read(tmp_path: Path) -> None:
    inline = SOURCE.format("").replace(
        "/>", "><PlainTextContent>a\nb</PlainTextContent></TextSource>"
    )
    project = written(tmp_path, **{"a.qde": EMPTY.format(inline)})
    assert read_project(project).sources[0].text == "a\nb"
