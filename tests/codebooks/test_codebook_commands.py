"""`dhr codebook` run for real."""

from __future__ import annotations

from fictional import PROJECT, contents

SHIPPED = PROJECT / "codebooks" / "dhr.toml"


def test_show_tells_all_about_a_code_and_lists_the_codes_of_a_theme(dhr):
    done = dhr("codebook", "show", "strangulation")
    for part in ("Definition: ", "Prototypes:", "Counter-examples:", "Where it may occur: ",
                 "Subject: ", "Domestic Abuse Act 2021 s.70 (not verified)"):  # fmt: skip
        assert part in done.stdout
    assert "  marac " in dhr("codebook", "show", "risk").stdout
    unknown = dhr("codebook", "show", "nonsense")
    assert unknown.returncode == 3
    assert "no code or theme nonsense" in unknown.stderr


def test_diff_tells_the_effect_on_a_study_and_leaves_its_outputs_alone(dhr, study, tmp_path):
    outputs, new = tmp_path / "outputs", tmp_path / "new.toml"
    done = dhr("run", "--study", study, "--outputs", outputs, "--engine", "serial")
    assert done.returncode == 0, done.stderr
    before = contents(outputs)
    text = SHIPPED.read_text(encoding="utf-8")
    new.write_text(text.replace('id = "coercive-control"', 'id = "control"'), encoding="utf-8")
    done = dhr("codebook", "diff", "dhr", new, "--study", study, "--outputs", outputs)
    assert done.returncode == 0, done.stderr
    assert "code coercive-control removed" in done.stdout
    assert "code control added in theme abuse" in done.stdout
    assert "note: the old codebook has a model beside it" in done.stdout
    assert "code control: reviews – → " in done.stdout
    assert contents(outputs) == before
