"""`dhr codebook check`: every fault at once, each with its line."""

from typing import get_args

import pytest
from own import SOUND

from pipeline.codebook import Section, read_codebook, read_draft
from pipeline.codebooks.check import check
from pipeline.errors import BadSettings
from pipeline.vocabulary import LAYER_OF_SECTION


@pytest.fixture
def spoil(tmp_path):
    def spoilt(*changes):
        text = SOUND
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "tiny.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return spoilt


def line_of(path, words):
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if words in line)


def test_a_sound_codebook_has_no_faults(spoil):
    assert check(spoil()) == []


@pytest.mark.parametrize(
    "old, new, at, what",
    [
        ("omission = true", "omision = true", "omision", "unknown key; known are id, name, def"),
        ('version = "1"', 'versoin = "1"', "versoin", "known are id, title, version, theme, code"),
        ('version = "1"', "", None, "is missing"),
        ('id = "enquiry"\n', "", None, "is missing"),
        ('["drunk"]', '"drunk"', "indicators", "must be a list"),
        ('["drunk"]', '["drunk", 3]', "indicators", "must be text, in quotes"),
        ('["drunk"]', '["drunk", ""]', "indicators", "is empty"),
        ("omission = true", 'omission = "perhaps"', "omission", "must be true or false"),
        ('subject = "agency"', 'subject = "nurse"', "nurse", "must be 'victim', 'perpetrator'"),
        ('id = "enquiry"', 'id = "The Enquiry"', "The Enquiry", "must be lower-case letters"),
        ('id = "enquiry"', 'id = "enquiry"\ncolor = "red"', "red", "a colour such as #4477AA"),
        ('id = "enquiry"', 'id = "drink"', None, "code drink stands more than once"),
        ('theme = "practice"', 'theme = "practise"', 'theme = "practise"', "practise is not in"),
        ('"ask ~2 home"', '"ask ~two home"', "~two", "'ask ~two home': ~two is not a slot"),
        ('"ask ~2 home"', '"{whom} home"', "{whom}", "no slot {whom}"),
        ('"ask ~2 home"', '"ask (her home"', "(her", "(her has half a pair of brackets"),
        ('"ask ~2 home"', '"ask ~999 home"', "~999", "~999 is too wide; a gap has at most 50"),
        ('id = "enquiry"', 'id = "people"', None, "people is the id of a theme, too"),
        ('prototypes = ["Nobody asked her about home.", "She was asked whether home was safe."]',
         "", 'id = "enquiry"', "2 sentences are needed, it has 0"),
        ('"Perpetrator - alcohol misuse"', '"Perpetrator: alcohol"', "home_office_tags",
         "has no tag 'Perpetrator: alcohol'"),
        ('"Ogle 2011"', '"Ogle 2011", "Ogle 2011"', "references", "stands there twice"),
        ('"Ogle 2011"', '"Ogle 2011 (40% of all) (not verified)"', "references", "figure"),
        ('"Ogle 2011"', '"Ogle 2011 [M]"', "references", "mark of a draft"),
        ('subject = "perpetrator"\n', "", "only_subject", "needs a subject"),
        ('definition = "His drinking."\n', "", 'id = "drink"', "no definition"),
        ("[[code]]\nid = \"drink\"", "[[theme]]\nid = \"idle\"\nname = \"Idle\"\n\n"
         "[[code]]\nid = \"drink\"", 'id = "idle"', "idle has no code"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(spoil, old, new, at, what):
    path = spoil((old, new))
    found = [fault for fault in check(path) if what in fault.what]
    assert found, check(path)
    # An entry without the key has the line of its header, just above its id.
    if at and at.startswith("id ="):
        assert found[0].line == line_of(path, at) - 1
    elif at:
        assert found[0].line == line_of(path, at)


@pytest.mark.parametrize(
    "old, new, what",
    [
        ('id = "enquiry"', 'id = "enquiry"\ncolour = "red"', "unknown key"),
        ('"ask ~2 home"', '"ask ~2 home", ""', "is empty"),
        ('"ask ~2 home"', '"ask ~2 home", 3', "must be text"),
        ("omission = true", 'omission = "perhaps"', "must be true or false"),
    ],
)
def test_a_fault_in_the_only_code_is_one_fault(tmp_path, old, new, what):
    path = tmp_path / "tiny.toml"
    people, drink = SOUND.index("[[theme]]"), SOUND.index("[[code]]")
    practice, enquiry = SOUND.index("[[theme]]", people + 1), SOUND.index("[[code]]", drink + 1)
    text = SOUND[:people] + SOUND[practice:drink] + SOUND[enquiry:]
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    (fault,) = check(path)
    assert fault.what.startswith(what)


@pytest.mark.parametrize(
    "changes, where",
    [
        ([('theme = "practice"', 'theme = ["practice"]')], "code enquiry theme"),
        ([('id = "enquiry"', 'id = ["enquiry"]')], "code ['enquiry'] id"),
        ([('id = "enquiry"', ""), ('id = "drink"', "")], "code number 2 id"),
        ([('match = ["She was not asked about home.", "He asked after home.", '
           '"They ask her about home."]', "match = 3")], "code enquiry match"),
        ([("[[code]]", "[code]"), ("[[code]]", "[other]")], "code"),
    ],
)  # fmt: skip
def test_values_of_any_kind_are_told_and_not_stumbled_over(spoil, changes, where):
    assert where in [fault.where for fault in check(spoil(*changes))]


def test_sentences_are_tried_without_what_is_faulty_in_a_long_list(spoil):
    patterns = ['"ask ~2 home"', '""', *['"ask home"'] * 8, '""', '"asking home"']
    path = spoil(
        ('"ask ~2 home"', ",\n".join(patterns)),
        ("She went home.", "They asked to go home."),
    )
    assert [fault.where for fault in check(path)] == [
        "code enquiry patterns 2", "code enquiry patterns 11", "code enquiry not_match 1",
    ]  # fmt: skip


def test_a_file_that_is_not_utf_8_is_told_with_the_line(spoil):
    path = spoil(("His drinking.", "His café."))
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(BadSettings, match=r"tiny\.toml is not UTF-8 \(first at line 19\); save it"):
        check(path)


def test_a_byte_order_mark_is_passed_over(spoil):
    path = spoil()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert check(path) == []


def test_a_match_sentence_that_fails_names_sentence_and_pattern(spoil):
    path = spoil(("He came home drunk.", "He was put in the drunk tank again."))
    (fault,) = check(path)
    assert fault.line == line_of(path, "tank again")
    assert fault.where == "code drink match 2"
    assert "'He was put in the drunk tank again.' is not coded" in fault.what
    assert "exclusions 'drunk tank' finds 'drunk tank' and cancels" in fault.what


def test_a_not_match_sentence_that_fails_names_the_pattern_to_blame(spoil):
    (fault,) = check(spoil(("She went home.", "They asked to go home.")))
    assert "is coded: patterns 'ask ~2 home' finds 'asked to go home'" in fault.what


def test_all_faults_are_listed_at_once(spoil):
    path = spoil(
        ("omission = true", "omision = true"),
        ('theme = "people"', 'theme = "persons"'),
        ('["ask ~2 home"]', '["ask ~2 home", "~"]'),
        ("He was drunk again.", "He was sober."),
    )
    text = "\n".join(map(str, check(path)))
    for part in ("omision", "persons", "'~'", "He was sober"):
        assert part in text
    assert [f.line for f in check(path)] == sorted(f.line for f in check(path))


def test_brackets_and_headers_inside_texts_do_not_move_the_lines(spoil):
    path = spoil(
        ('definition = "Who they are."', 'definition = """\n[[code]]\n# "no"\n"""'),
        ('"He had tea."', '"He [had] # tea."'),
        ("omission = true", "omision = true"),
    )
    (fault,) = check(path)
    assert fault.line == line_of(path, "omision")


def test_the_command_ends_with_5_and_lists_the_faults(dhr, spoil):
    path = spoil(("omission = true", "omision = true"))
    done = dhr("codebook", "check", path)
    assert done.returncode == 5
    assert f"tiny.toml, line {line_of(path, 'omision')}, code enquiry omision" in done.stdout
    assert done.stderr == "1 fault\n"


@pytest.mark.parametrize("name", ["nothere.toml", "."])
def test_a_codebook_that_is_not_there_is_told_by_its_path(tmp_path, name):
    with pytest.raises(BadSettings, match="there is no codebook at") as told:
        check(tmp_path / name)
    assert str(tmp_path / name) in str(told.value)
    assert "study.toml" not in str(told.value), "no study was named"


def test_an_unfinished_codebook_can_be_read_as_a_draft_only(spoil):
    path = spoil(('include = "Any account of it."\n', ""))
    assert read_draft(path).codes["drink"].include == ""
    with pytest.raises(BadSettings, match="code drink: it has no include"):
        read_codebook(path)


def test_a_code_may_be_kept_to_any_section_that_is_coded():
    assert set(get_args(Section)) == set(LAYER_OF_SECTION)
