"""`dhr export` and `dhr import` on a built study: nothing leaves unsearched, nothing is lost."""

from __future__ import annotations

import csv
import re
import shutil
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from lxml import etree

from fictional import FIRST, SECOND, SURFACES, write_study
from pipeline import cli, contracts
from pipeline.errors import DhrError
from pipeline.leaks.files import cells

LEAK = 6
NAMESPACE = "{urn:QDA-XML:project:1.0}"


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    output: str


def dhr(*words: object) -> Done:
    """The command in this process, since starting one takes longer than most of these."""
    done = CliRunner().invoke(cli.dhr, [str(word) for word in words])
    if isinstance(done.exception, DhrError):
        return Done(done.exception.exit_code, str(done.exception))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.output)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exchange")
    study = write_study(folder / "study", {"first report.txt": FIRST, "second.txt": SECOND})
    done = dhr("run", "--study", study, "--outputs", folder / "outputs", "--engine", "serial")
    assert done.returncode == 0, done.output
    return folder


@pytest.fixture
def of(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.chdir(tmp_path)
    for name in ("study", "outputs"):
        shutil.copytree(built / name, tmp_path / name)
    return ["--study", tmp_path / "study", "--outputs", tmp_path / "outputs"]


@pytest.fixture
def sent(of: list[object], tmp_path: Path) -> Path:
    done = dhr("export", *of, "--to", "sent.qdpx", "--least", 1)
    assert done.returncode == 0, done.output
    return tmp_path / "sent.qdpx"


def edited(path: Path, change: object) -> Path:
    """The project after a change, as another program packs it."""
    back = path.with_name("back.qdpx")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(back, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "project.qde":
                root = etree.fromstring(content)
                change(root)  # type: ignore[operator]
                content = etree.tostring(root)
            after.writestr(name.replace("sources/", "Sources/"), content)
    return back


def decisions(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "study" / "decisions" / "codings.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_project_goes_out_the_same_each_time_and_names_nobody(
    of: list[object], sent: Path, tmp_path: Path
) -> None:
    content = sent.read_bytes()
    dhr("export", *of, "--to", "again.qdpx", "--least", 1)
    assert (tmp_path / "again.qdpx").read_bytes() == content
    found = "\n".join(cell.text for cell in cells(sent, "sent.qdpx"))
    assert "put his hands round her throat" in found and "Coercive" in found
    assert not [surface for surface in SURFACES if surface in found]
    kept = list((tmp_path / "study" / "private" / "exchange").iterdir())
    assert [path.read_bytes() for path in kept] == [content]
    assert kept[0].stat().st_mode & 0o077 == 0
    assert not list((tmp_path / "outputs" / "private" / "exchange").iterdir())


def test_the_leak_check_reads_projects_and_codebooks(sent: Path, tmp_path: Path) -> None:
    found = list(cells(sent, "sent.qdpx"))
    assert {cell.text for cell in found if cell.column == "area"} == {"Wexmere"}
    lines = [cell for cell in found if cell.passage]
    assert lines and all(cell.review_id and cell.column.startswith("sources/") for cell in lines)
    back = edited(sent, lambda root: root.set("basePath", "C:/Users/Hannah Dransley"))
    assert any("Dransley" in cell.text for cell in cells(back, "back.qdpx"))


def test_a_name_in_a_title_stops_the_project(of: list[object], tmp_path: Path) -> None:
    (tmp_path / "study" / "study.toml").write_text('title = "The Dransley case"\n')
    done = dhr("export", *of, "--to", "out.qdpx")
    assert done.returncode == LEAK and "nothing was written" in done.output
    assert "Dransley" not in done.output and not (tmp_path / "out.qdpx").exists()
    assert not (tmp_path / "study" / "private" / "exchange").exists()


@pytest.mark.parametrize("form", ["csv", "xlsx", "docx", "html", "md", "parquet", "qdc"])
def test_every_form(of: list[object], tmp_path: Path, form: str) -> None:
    done = dhr("export", *of, "--to", f"out.{form}")
    assert done.returncode == 0, done.output
    assert (tmp_path / f"out.{form}").stat().st_size > 100


def test_what_is_not_there_is_named(of: list[object]) -> None:
    done = dhr("export", *of, "--to", "out.qdpx", "--code", "marak")
    assert done.returncode == 3 and "the nearest are: marac" in done.output
    done = dhr("export", *of, "--to", "out.file")
    assert done.returncode == 3 and "--format" in done.output
    done = dhr("import", *of, "none.qdpx", "--coder", "Ann")
    assert done.returncode == 3 and "there is no file" in done.output
    done = dhr("import", *of, "none.qdpx", "--coder", "machine")
    assert done.returncode == 2 and "the person" in done.output


def test_a_project_comes_back_as_decisions(of: list[object], sent: Path, tmp_path: Path) -> None:
    done = dhr("import", *of, sent, "--coder", "Ann")
    assert done.returncode == 0 and "accept 0, reject 0, add 0, change 0" in done.output
    assert not (tmp_path / "study" / "decisions" / "codings.csv").exists()

    def change(root: etree._Element) -> None:
        selection = next(root.iter(NAMESPACE + "PlainTextSelection"))
        selection.getparent().remove(selection)

    back = edited(sent, change)
    done = dhr("import", *of, back, "--coder", "Ann Other", "--when", "2024-05-01")
    assert done.returncode == 0, done.output
    rows = decisions(tmp_path)
    assert rows and {row["decision"] for row in rows} == {"reject"}
    assert {(r["who"], r["coder"], r["when"]) for r in rows} == {
        ("Ann Other", "machine", "2024-05-01")
    }
    # What was rejected does not go out again; a file is compared with what it was made from.
    dhr("export", *of, "--to", "next.qdpx", "--least", 1)
    assert dhr("import", *of, "next.qdpx", "--coder", "Ann Other").returncode == 0
    assert decisions(tmp_path) == rows
    done = dhr("import", *of, back, "--coder", "Ann Other", "--when", "2024-05-01")
    assert decisions(tmp_path) == rows


def test_what_cannot_be_taken_in_is_listed_and_ends_with_1(
    of: list[object], sent: Path, tmp_path: Path
) -> None:
    def change(root: etree._Element) -> None:
        for code in root.iter(NAMESPACE + "Code"):
            code.set("name", "Something of my own")
            code.set("guid", code.get("guid")[::-1])
        for ref in root.iter(NAMESPACE + "CodeRef"):
            ref.set("targetGUID", ref.get("targetGUID")[::-1])

    done = dhr("import", *of, edited(sent, change), "--coder", "Ann")
    assert done.returncode == 1 and "NOT TAKEN IN" in done.output
    assert "Something of my own" in done.output and "no such code" in done.output


def test_the_file_that_went_out_may_be_given(of: list[object], sent: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "study" / "private" / "exchange")
    done = dhr("import", *of, sent, "--coder", "Ann")
    assert done.returncode == 1 and "--exported" in done.output
    done = dhr("import", *of, sent, "--coder", "Ann", "--exported", sent)
    assert done.returncode == 0, done.output


def test_a_persons_later_word_replaces_their_earlier_and_is_not_undone_by_accepting(
    of: list[object], sent: Path, tmp_path: Path
) -> None:
    def absent(root: etree._Element) -> None:
        codes = {c.get("name"): c.get("guid") for c in root.iter(NAMESPACE + "Code")}
        selection = next(root.iter(NAMESPACE + "PlainTextSelection"))
        for coding in list(selection.iter(NAMESPACE + "Coding"))[1:]:
            selection.remove(coding)
        mark = etree.SubElement(selection, NAMESPACE + "Coding", guid=codes["Subject"])
        target = codes["Polarity: hypothetical"]
        etree.SubElement(mark, NAMESPACE + "CodeRef", targetGUID=target)

    dhr("import", *of, edited(sent, absent), "--coder", "Ann", "--when", "2024-05-01")
    (changed,) = [row for row in decisions(tmp_path) if row["decision"] == "change"]
    assert changed["polarity"] == "hypothetical"
    done = dhr("export", *of, "--to", "next.qdpx")
    dhr("import", *of, "next.qdpx", "--coder", "Ann", "--accept-kept", "--when", "2024-06-01")
    assert changed in decisions(tmp_path)
    done = dhr(
        "import", *of, "next.qdpx", "--coder", "Ben", "--accept-kept", "--when", "2024-06-01"
    )
    assert done.returncode == 0
    same = [r for r in decisions(tmp_path) if r["passage_id"] == changed["passage_id"]
            and r["code"] == changed["code"] and r["who"] == "Ben"]  # fmt: skip
    assert [(r["decision"], r["polarity"]) for r in same] == [("accept", "hypothetical")]


def test_a_hit_in_a_text_stops_it_until_it_is_passed_like_in_its_passage(
    of: list[object], tmp_path: Path
) -> None:
    path = next(
        p for p in (tmp_path / "outputs" / "redact").glob("*.parquet") if p.stem.isdecimal()
    )
    frame = contracts.read(path, contracts.REDACTED)
    numbered = frame["number"] == "4.2"
    frame["text"] = frame["text"].mask(numbered, frame["text"] + " Imelda Fosse, Dransley said so.")
    contracts.write(frame, contracts.REDACTED, path, fingerprint=str(contracts.fingerprint(path)))
    done = dhr("export", *of, "--to", "out.qdpx")
    assert done.returncode == LEAK and "para 4.2" in done.output
    assert not (tmp_path / "out.qdpx").exists()
    found = dhr("leaks", *of).output
    ids = re.findall(r"\(id ([0-9a-f]+)\)", done.output)
    assert ids and set(ids) <= set(re.findall(r"\(id ([0-9a-f]+)\)", found))
    passed = "".join(f"{id},a trial\n" for id in ids)
    (tmp_path / "study" / "decisions").mkdir(exist_ok=True)
    (tmp_path / "study" / "decisions" / "not-leaks.csv").write_text("id,reason\n" + passed)
    assert dhr("export", *of, "--to", "out.qdpx").returncode == 0
