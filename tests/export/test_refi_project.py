"""A project as it goes out: by the standard, the same each time, read by other programs."""

from __future__ import annotations

import importlib.util
import io
import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from fake_exchange import (
    TEXTS,
    all_of,
    codings,
    exported,
    opened,
    passages,
    quotes,
    taken_in,
    text_of,
)
from lxml import etree

from pipeline.contracts import REVIEWS
from pipeline.export.refi.incoming import read_project
from pipeline.export.refi.positions import Counting, Text, counting_of, placed
from pipeline.export.refi.project import shared
from pipeline.export.refi.source import export_of, source

SENT = exported()


def root() -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(SENT.content)).read("project.qde"))


def schema() -> Path:
    """The standard's schema: qualitative-coding ships it, and it may lie beside reference data."""
    data = os.environ.get("DHR_REFERENCE_DATA", "")
    places = [Path(data) / "refi" / "Project.xsd"]
    if found := importlib.util.find_spec("qualitative_coding"):
        folders = found.submodule_search_locations or ()
        places += [Path(place) / "refi_qda" / "schema.xsd" for place in folders]
    there = [place for place in places if place.exists()]
    return there[0] if there else pytest.skip("no schema of the standard is here")


def reference(name: str) -> Path:
    path = Path(os.environ.get("DHR_REFERENCE_DATA", "")) / "refi" / name
    return path if path.exists() else pytest.skip("DHR_REFERENCE_DATA has no such project")


def test_it_is_valid() -> None:
    etree.XMLSchema(etree.parse(schema())).assertValid(root())


def test_the_same_study_gives_the_same_bytes_and_another_key_other_guids() -> None:
    assert exported() == SENT
    assert exported(line_ends="crlf").id == SENT.id
    changed = codings().assign(polarity="hypothetical")
    assert exported(changed).id != SENT.id
    guids = {e.get("guid") for e in all_of(root(), "TextSource")}
    assert len(guids) == 2 and not any(str(review) in str(guids) for review in (7777,))


def test_a_text_has_every_passage_in_order_with_its_number() -> None:
    text = text_of(SENT.content, 7)
    first, *rest = text.removesuffix("\n").split("\n\n")
    assert export_of(first) == SENT.id and first.startswith("Review 7. Redacted text")
    assert rest == [
        "Analysis",
        "4.1 Nobody asked her, at *any* visit. She texted “help □□” to Sis.",
        "4.2 The cafe\u0301 owner\tsaw it; the nurse did not ask <why> & left.",
        "Police | 3 calls | no form was filled in",
        "4.3 The panel praises the worker who stayed.",
    ]
    own = source(7, passages().query("review_id == 7"), export="0" * 12)
    spans = zip(own.places["start"], own.places["end"], strict=True)
    found = [own.text[start:end].replace("□", "🆘") for start, end in spans]
    assert found == [text for _, _, text in TEXTS[7]]


def test_line_breaks_of_any_kind_within_a_passage_become_blanks() -> None:
    frame = passages().query("passage_id == '7-2'").assign(text="one\u2028two\x85three\x0bfour")
    assert source(7, frame, export="0" * 12).text.endswith("4.1 one two three four\n")


def test_line_ends_for_maxqda_move_no_place() -> None:
    content = exported(line_ends="crlf").content
    assert text_of(content, 7) == text_of(SENT.content, 7).replace("\n", "\r\n")
    read = [zipfile.ZipFile(io.BytesIO(c)).read("project.qde") for c in (content, SENT.content)]
    assert read[0] == read[1]


def test_what_it_holds() -> None:
    names = [code.get("name") for code in all_of(root(), "Code")]
    assert {"Recognising and asking", "Routine enquiry", "Polarity: absent"} <= set(names)
    assert [user.get("name") for user in all_of(root(), "User")] == ["machine"]
    assert [case.get("name") for case in all_of(root(), "Case")] == ["Review 7", "Review 31"]
    values = [value[1].text for value in all_of(root(), "VariableValue")]
    assert values == ["suicide", "Wexmere", "2013"] * 2
    said = [d.text for d in all_of(root(), "Description") if d.text and "phrase" in d.text]
    assert "Training, by machine: good-practice, finding; score 0.80; phrase" in said
    assert len(said) == 7


def test_reading_it_gives_what_was_coded(tmp_path: Path) -> None:
    project = opened(SENT.content, tmp_path)
    texts = [Text.of(s.text or "") for s in project.sources]
    at = placed(project.selections, texts, Counting())
    codes = project.codes.set_index("guid")["name"]
    found = {
        (codes[row.code], texts[row.source].text[row.first : row.last]) for row in at.itertuples()
    }
    assert ("Informal networks", "help □□") in found
    assert ("Routine enquiry", "did not ask <why>") in found
    assert ("Polarity: good-practice", "panel praises") in found


def test_a_file_that_nothing_was_changed_in_accepts_every_coding_exactly(tmp_path: Path) -> None:
    told = taken_in(SENT.content, tmp_path, accept_kept=True).changes
    texts = passages().set_index("passage_id")["text"]
    sent = codings()
    spans = zip(sent["passage_id"], sent["start"], sent["end"], sent["code"], strict=True)
    assert quotes(told) == sorted(("accept", c, texts[p][a:b]) for p, a, b, c in spans)


# Other programs' libraries --------------------------------------------------------------------


def test_pyrefiqda_reads_edits_and_writes_it(tmp_path: Path) -> None:
    models = pytest.importorskip("pyrefiqda.models")
    from pyrefiqda import RefiProject

    path, folder = tmp_path / "sent.qdpx", tmp_path / "unpacked"
    path.write_bytes(SENT.content)
    project = RefiProject.load(path, folder)
    text_source = project.sources.text_source[0]
    text = RefiProject.resolve_source_path(text_source.plain_text_path, folder).read_text("utf-8")
    selections = text_source.plain_text_selection
    words = [text[s.start_position : s.end_position] for s in selections]
    assert words == ["Nobody asked her", "help □□", "did not ask <why>", "no form was filled in",
                     "panel praises"]  # fmt: skip
    dvds = next(c.guid for t in project.code_book.codes.code for c in t.code if c.name == "Dvds")
    del selections[0]
    start = text.index("3 calls")
    selections.append(
        models.PlainTextSelectionType(
            guid="66666666-6666-6666-6666-666666666666", name="", start_position=start,
            end_position=start + 7,
            coding=[models.CodingType(guid="77777777-7777-7777-7777-777777777777",
                                      code_ref=models.CodeRefType(target_guid=dvds))],
        )
    )  # fmt: skip
    RefiProject.save(project, path, folder / "sources")
    back = taken_in(path.read_bytes(), tmp_path)
    assert back.refused.empty and quotes(back.changes) == [
        ("add", "dvds", "3 calls"),
        ("reject", "routine-enquiry", "Nobody asked her"),
    ]


def test_qualitative_coding_takes_it_for_a_project(tmp_path: Path) -> None:
    reader = pytest.importorskip("qualitative_coding.refi_qda.reader")
    path = tmp_path / "sent.qdpx"
    path.write_bytes(SENT.content)
    reader.REFIQDAReader(str(path))  # validates against the schema that it ships


def test_nvivo_counts_utf_16_units_and_line_ends_as_two() -> None:
    project = read_project(reference("oltas_teszt.qdpx"))
    texts = [Text.of(s.text or "") for s in project.sources]
    counting = counting_of(project.selections, texts, {})
    assert counting == Counting(line_end=2, utf16=True, mark=False)
    at = placed(project.selections, texts, counting)
    assert len(at) == 330 and (at["first"] >= 0).all()
    edges = [
        not texts[r.source].text[max(0, r.first - 1) : r.first + 1].isalnum()
        for r in at.itertuples()
    ]
    assert pd.Series(edges).mean() > 0.98


def test_a_project_of_atlas_ti_is_read() -> None:
    project = read_project(reference("TestProject.qdpx"))
    assert project.origin.startswith("ATLAS.ti") and len(project.codes) == 14
    # Its texts lie beside it, not in it.
    assert [s.text for s in project.sources] == [None] * 6
    assert (project.elsewhere["what"] == "a picture, PDF or recording").any()


def test_a_case_shows_only_what_several_reviews_share() -> None:
    kinds = ["suicide", "suicide", "suicide", "other", "suicide"]
    areas = ["Wexmere", "Wexmere", "Wexmere", "Wexmere", "Saltreach"]
    years = [2013, 2013, 2014, 2013, 2013]
    rows = zip(range(1, 6), kinds, areas, years, strict=True)
    counts = {"documents": 1, "passages": 5, "repeats": 0, "identifiers": 1, "codings": 5}
    frame = REVIEWS.frame(
        {"review_id": n, "case_type": kind, "area": area, "year_of_death": year,
         "status": "built", **counts}
        for n, kind, area, year in rows
    )  # fmt: skip
    columns = ["case_type", "area", "year_of_death"]

    def told(least: int) -> list[list[object]]:
        shown = shared(frame, least=least)[columns].astype(object)
        return shown.where(shown.notna(), None).to_numpy().tolist()

    assert told(1) == frame[columns].to_numpy().tolist()
    assert told(2) == [
        ["suicide", "Wexmere", 2013], ["suicide", "Wexmere", 2013], ["suicide", "Wexmere", None],
        [None, None, None], ["suicide", None, None],
    ]  # fmt: skip
    assert told(5) == [[None, None, None]] * 5
