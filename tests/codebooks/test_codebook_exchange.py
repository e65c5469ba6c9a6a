"""Codebooks to other programs and back, and what differs between two."""

import os
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from own import SOUND
from pyrefiqda import RefiCodebook

import codebooks
from pipeline.codebook import CodebookFile, read_draft
from pipeline.codebooks.changes import changes
from pipeline.codebooks.exchange import differences, export, take_in
from pipeline.errors import BadUsage, MissingInput
from pipeline.export.refi.codebook import PROJECT, as_qdc, codebook_element
from pipeline.export.refi.read import read_qdc, slug

DHR = Path(codebooks.__file__).parent / "dhr.toml"
REFERENCE = os.environ.get("DHR_REFERENCE_DATA")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="DHR_REFERENCE_DATA is not set")
NESTED = """\
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="elsewhere">
 <Codes>
  <Code guid="{00000000-0000-4000-8000-000000000001}" name="Home" isCodable="true">
   <Description>Where they lived.</Description>
   <Code guid="00000000-0000-4000-8000-00000000000A" name="Rent" isCodable="true" color="#AB12cd">
    <Description>Arrears
and "back\\nslash".</Description>
   </Code>
   <Code guid="00000000-0000-4000-8000-000000000003" name="Street" isCodable="false">
    <Description>Outside.</Description>
    <Code guid="00000000-0000-4000-8000-000000000004" name="Rent" isCodable="true"/>
   </Code>
  </Code>
  <Code guid="00000000-0000-4000-8000-000000000005" name="Café" isCodable="true"/>
 </Codes>
 <Sets><Set guid="00000000-0000-4000-8000-000000000006" name="S"/></Sets>
</CodeBook>
"""
FLAT = """\
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="elsewhere">
 <Codes>
  <Code guid="00000000-0000-4000-8000-000000000001" name="Drinking" isCodable="true">
   <Description>His drinking.

Include: Any account of it.

Exclude: Hers.</Description>
  </Code>
  <Code guid="00000000-0000-4000-8000-000000000002" name="Rent" isCodable="true"/>
 </Codes>
</CodeBook>
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(SOUND, encoding="utf-8")
    return path


@pytest.fixture
def nested(tmp_path):
    path = tmp_path / "from elsewhere.qdc"
    path.write_text(NESTED, encoding="utf-8")
    return path


@pytest.fixture
def flat(tmp_path):
    path = tmp_path / "flat.qdc"
    path.write_text(FLAT, encoding="utf-8")
    return path


def test_an_independent_reader_finds_themes_as_parents_that_cannot_be_applied(own, tmp_path):
    path = tmp_path / "tiny.qdc"
    path.write_bytes(export(read_draft(own), "qdc"))
    people, practice = RefiCodebook.load(path).codes.code
    assert (people.name, people.is_codable) == ("People", False)
    (drink,) = people.code
    assert drink.is_codable
    assert drink.description == "His drinking.\n\nInclude: Any account of it.\n\nExclude: Hers."
    assert len({part.guid for part in (people, practice, drink)}) == 3
    assert drink.color.startswith("#")


def test_guids_stay_when_names_change(own):
    book = read_draft(own)
    renamed = book.model_copy(
        update={"code": tuple(c.model_copy(update={"name": "N"}) for c in book.code)}
    )
    guids = [[e.get("guid") for e in codebook_element(b, PROJECT).iter("{*}Code")]
             for b in (book, renamed)]  # fmt: skip
    assert guids[0] == guids[1]


@pytest.mark.parametrize("source", [DHR, None], ids=["dhr", "own"])
def test_a_round_trip_is_exact(source, own, tmp_path):
    first = export(read_draft(source or own), "qdc")
    path, back = tmp_path / "book.qdc", tmp_path / "back.toml"
    path.write_bytes(first)
    assert take_in(path, back) == []
    assert export(read_draft(back), "qdc") == first
    assert differences(path, source or own) == []


def test_what_comes_from_elsewhere_keeps_names_descriptions_and_guids(nested, tmp_path):
    target = tmp_path / "ours.toml"
    lost = "\n".join(take_in(nested, target))
    assert "'Home' could be applied itself" in lost
    assert "'Street': it stands only in the names of its codes, and its description is gone" in lost
    assert "1 sets of codes" in lost
    book = read_draft(target)
    assert [t.name for t in book.theme] == ["Home", "Codes without a parent"]
    assert [(c.id, c.name, c.theme) for c in book.code] == [
        ("rent", "Rent", "home"),
        ("street-rent", "Street :: Rent", "home"),
        ("cafe", "Café", "codes-without-a-parent"),
    ]
    rent = book.codes["rent"]
    assert rent.definition == 'Arrears\nand "back\\nslash".'
    assert (rent.guid, rent.color) == ("00000000-0000-4000-8000-00000000000A", "#AB12cd")
    assert len(CodebookFile(target).structural()) == 0
    root = etree.fromstring(as_qdc(book, origin="x"))
    top = root.find("{*}Codes")
    assert [(e.get("name"), e.get("guid")[-3:], e.get("isCodable")) for e in top] == [
        ("Home", "01}", "true"), ("Café", "005", "true"),
    ]  # fmt: skip


def test_an_existing_file_is_not_overwritten(nested, own):
    before = own.read_bytes()
    with pytest.raises(BadUsage, match="not overwritten"):
        take_in(nested, own)
    assert own.read_bytes() == before


def test_differences_go_by_guid(own, tmp_path):
    path = tmp_path / "tiny.qdc"
    text = export(read_draft(own), "qdc").decode()
    path.write_text(text.replace('name="Drinking"', 'name="Drink"'), encoding="utf-8")
    assert differences(path, own) == ["code drink, name: 'Drinking' → 'Drink'"]


def test_codes_that_all_stand_under_no_parent_are_told_with_a_theme_of_their_own(own, flat):
    assert differences(flat, own) == [
        "theme people removed (People)",
        "theme practice removed (Practice)",
        "theme codes-without-a-parent added (Codes without a parent)",
        "code enquiry removed (Enquiry)",
        "code drink moved from theme people to codes-without-a-parent",
        "code rent added in theme codes-without-a-parent (Rent)",
    ]


def test_codes_without_a_parent_stand_in_the_theme_that_other_programs_do_not_see(own, flat):
    hidden = SOUND.replace('id = "people"', 'id = "people"\nungrouped = true')
    own.write_text(hidden, encoding="utf-8")
    assert differences(flat, own) == [
        "theme practice removed (Practice)",
        "code enquiry removed (Enquiry)",
        "code rent added in theme people (Rent)",
    ]


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="" name="&e;" '
        'isCodable="true"/></Codes></CodeBook>',
        "<CodeBook>",
        "no XML",
        '<Project xmlns="urn:QDA-XML:project:1.0"/>',
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>',
    ],
)
def test_what_is_no_codebook_is_refused(content, tmp_path):
    path = tmp_path / "bad.qdc"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MissingInput):
        read_qdc(path)


def test_a_project_gives_its_codebook(own, tmp_path):
    project = etree.Element(f"{{{PROJECT}}}Project", nsmap={None: PROJECT})
    project.append(codebook_element(read_draft(own), PROJECT))
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", etree.tostring(project))
    assert [c.name for c in read_qdc(path).codebook.code] == ["Drinking", "Enquiry"]


@needs_reference
@pytest.mark.parametrize("name", ["TestProject.qdpx", "oltas_teszt.qdpx", "Project.qde"])
def test_codebooks_of_other_programs_come_in_whole(name, tmp_path):
    path = Path(str(REFERENCE)) / "refi" / name
    book, _ = read_qdc(path)
    target = tmp_path / "ours.toml"
    take_in(path, target)
    assert read_draft(target) == book
    again = tmp_path / "again.qdc"
    again.write_bytes(as_qdc(book, origin="x"))
    assert {c.guid for c in read_qdc(again).codebook.code} == {c.guid for c in book.code}


@needs_reference
def test_the_codebook_element_fits_the_schema_of_projects():
    schema = etree.XMLSchema(etree.parse(Path(str(REFERENCE)) / "refi" / "Project.xsd"))
    project = etree.Element(f"{{{PROJECT}}}Project", name="p", nsmap={None: PROJECT})
    project.append(codebook_element(read_draft(DHR), PROJECT))
    schema.assertValid(project)


def test_other_forms_hold_every_code_and_are_the_same_every_time():
    book = read_draft(DHR)
    for form in ("csv", "md", "xlsx"):
        assert export(book, form) == export(book, form)
    for code in book.code:
        assert f"(`{code.id}`)" in export(book, "md").decode()


def test_changes_are_told_in_words(own, tmp_path):
    other = tmp_path / "new.toml"
    text = SOUND.replace('indicators = ["drunk"]', 'indicators = ["tipsy"]')
    text = text.replace('theme = "people"\nname = "Drinking"', 'theme = "practice"\nname = "Drink"')
    text = text.replace('id = "people"', 'id = "others"').replace('id = "enquiry"', 'id = "asking"')
    other.write_text(text, encoding="utf-8")
    assert changes(read_draft(own), CodebookFile(other).codebook) == [
        "theme people removed (People)",
        "theme others added (People)",
        "code enquiry removed (Enquiry)",
        "code drink, name: 'Drinking' → 'Drink'",
        "code drink moved from theme people to practice",
        "code drink, indicators: taken out 'drunk'",
        "code drink, indicators: put in 'tipsy'",
        "code asking added in theme practice (Enquiry)",
    ]
    assert changes(read_draft(own), read_draft(own)) == []


def test_slugs_are_latin_and_may_be_empty():
    assert slug("Érték – 2. rész") == "ertek-2-resz"
    assert slug("漢字") == ""
