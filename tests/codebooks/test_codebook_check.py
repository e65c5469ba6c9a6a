"""`dhr codebook check`: every fault at once, each with its line."""

import pytest
from own import SOUND

from pipeline.codebook import read_codebook, read_draft
from pipeline.codebooks.check import check
from pipeline.errors import BadSettings


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
        ("omission = true", "omision = true", "omision", "Extra inputs"),
        ('id = "enquiry"', 'id = "drink"', None, "code drink stands more than once"),
        ('theme = "practice"', 'theme = "practise"', 'theme = "practise"', "practise is not in"),
        ('"ask ~2 home"', '"ask ~two home"', "~two", "'ask ~two home': ~two is not a slot"),
        ('"ask ~2 home"', '"{whom} home"', "{whom}", "no slot {whom}"),
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


def test_an_unfinished_codebook_can_be_read_as_a_draft_only(spoil):
    path = spoil(('include = "Any account of it."\n', ""))
    assert read_draft(path).codes["drink"].include == ""
    with pytest.raises(BadSettings, match="code drink: it has no include"):
        read_codebook(path)
