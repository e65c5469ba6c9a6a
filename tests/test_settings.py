"""study.toml: what is wrong in it, told to who wrote it."""

import pytest

from pipeline.errors import BadSettings
from pipeline.study import Study, start


def _settings(folder, text):
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return Study(folder, folder).settings


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('title = "x"\ncolour = 1', ["line 2, colour: unknown key; known are title, codebook,"]),
        ("[topics]\nsede = 3", ["line 2, topics.sede: unknown key; known are seed, number"]),
        ("title = 3", ["line 1, title: must be text, in quotes"]),
        ('[extract]\nmemory_mb = 3\nseconds = "a"',
         ["line 2, extract.memory_mb: must be at least 256",
          "line 3, extract.seconds: must be a whole number"]),
        ("tag.min_score = 1.5", ["line 1, tag.min_score: must be at most 1"]),
        ('[redact]\nprofile = "publsh"', ["redact.profile: must be 'publish', 'share' or"]),
        ('[evaluate]\nheld_out = "Quill"', ["line 2, evaluate.held_out: must be a list"]),
        ('[tables]\nperiods = [2011, "x"]', ["line 2, tables.periods.2: must be a whole number"]),
        ("[tables]\nperiods = [2013, 2011]", ["tables.periods: write the first year of each"]),
        ('[tables]\ncount_coders = ["Ann"]', ["tables.count_coders names Ann; this study has"]),
        ("[models]\n[disclosure]\noff = 3", ["line 3, disclosure.off: must be true or false"]),
        ('[disclosure]\noff = "true"', ["disclosure.off: must be true or false, without quotes"]),
        ('[topics]\nseed = "5"', ["line 2, topics.seed: must be a whole number, without quotes"]),
        ('[tables]\nperiods = ["2011"]', ["tables.periods.1: must be a whole number, without"]),
        ("[extract]\nseconds = true", ["line 2, extract.seconds: must be a whole number"]),
        ('[tag]\nmin_score = "0.5"', ["line 2, tag.min_score: must be a number, without quotes"]),
        ('tag = "x"', ["line 1, tag: must be a table, headed [tag]"]),
        ('[tag]\n[tag.language_model]\naddress = "ftp://x"\nmdel = "m"',
         ["line 3, tag.language_model.address: must be an address such as http",
          "line 2, tag.language_model.model: is missing",
          "line 4, tag.language_model.mdel: unknown key; known are address, model,"]),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_lines_and_in_plain_words(tmp_path, text, faults):
    with pytest.raises(BadSettings) as told:
        _settings(tmp_path, text)
    assert len(str(told.value).splitlines()) == 1 + len(faults)
    for fault in faults:
        assert fault in str(told.value)


def test_a_file_that_an_editor_began_with_a_byte_order_mark_is_read(tmp_path):
    assert _settings(tmp_path, '\ufefftitle = "Ours"\n').title == "Ours"


def test_numbers_may_be_whole_where_they_need_not_be(tmp_path):
    assert _settings(tmp_path, "[tag]\nmin_score = 1").tag.min_score == 1


def test_a_codebook_that_is_not_there_is_told_by_the_key_that_names_it(tmp_path):
    _settings(tmp_path, 'codebook = "ours.toml"\n')
    with pytest.raises(BadSettings, match=r"ours\.toml; set `codebook` in study\.toml to a file"):
        _ = Study(tmp_path, tmp_path).codebook_path


def test_settings_under_a_name_that_is_not_read_are_told(tmp_path):
    (tmp_path / "study.toml.txt").write_text('title = "Ours"\n', encoding="utf-8")
    with pytest.raises(BadSettings, match=r"rename it to study\.toml"):
        _ = Study(tmp_path, tmp_path).settings
    with pytest.raises(BadSettings, match=r"rename it to study\.toml"):
        start(tmp_path)
    assert _settings(tmp_path, 'title = "Ours"\n').title == "Ours"
