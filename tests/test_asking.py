"""A study with a language model beside the machine: what is sent, kept, counted and told."""

from __future__ import annotations

import json
import re
import shutil
import threading
import time

import pandas as pd
import pytest
from click.testing import CliRunner

from chat_server import Reply, codings, passage, serving
from fictional import FIRST, PROJECT, SECOND, SURFACES, contents, write_study
from pipeline import contracts, report
from pipeline.build import Build
from pipeline.cli import dhr
from pipeline.engines import engine
from pipeline.errors import BadSettings
from pipeline.inputs import write_listing
from pipeline.intake import problems
from pipeline.study import Study
from pipeline.tag.language_model import endpoint

CODER = "model:tiny"
STAGES = ("extract", "redact", "tag")


@pytest.fixture(scope="module")
def redacted(tmp_path_factory):
    """A study built without a language model, to be copied by each test."""
    folder = tmp_path_factory.mktemp("asking")
    write_study(folder / "study", {"first report.txt": FIRST, "second.txt": SECOND})
    with engine("serial") as where:
        Build(Study(folder / "study", folder / "outputs")).run(
            [*STAGES, "topics", "aggregate"], where, report.Lines()
        )
    return folder


@pytest.fixture
def here(redacted, tmp_path, monkeypatch):
    monkeypatch.setattr(endpoint, "PAUSE", 0.01)
    for part in ("study", "outputs"):
        shutil.copytree(redacted / part, tmp_path / part)
    return tmp_path


def settings(here, address, more="", count=""):
    (here / "study" / "study.toml").write_text(
        f"{count}\n[tag.language_model]\naddress = '{address}'\nmodel = 'tiny'\ntries = 2\n{more}",
        encoding="utf-8",
    )


def build(here, *stages, outputs="outputs", engine_name="serial"):
    made = Build(Study(here / "study", here / outputs))
    with engine(engine_name, workers=2) as where:
        made.run(stages or STAGES, where, report.Lines())
    return made


def tag(here):
    where = ["--study", str(here / "study"), "--outputs", str(here / "outputs")]
    return CliRunner().invoke(dhr, ["tag", "--engine", "serial", *where])


def lines(made):
    return "\n".join(report.language_model_lines(made))


def tagged(here, name="", table=contracts.CODINGS):
    wanted = re.compile(rf"\d+{name}\.parquet")
    paths = [p for p in (here / "outputs" / "tag").glob("*") if wanted.fullmatch(p.name)]
    return contracts.read_all(paths, table)


def knowing(body):
    """Finds the throat; else it has no code."""
    if "throat" in passage(body)["passage"]:
        return codings({"code": "strangulation", "quote": "hands round her throat",
                        "subject": "perpetrator"})  # fmt: skip
    return Reply()


def test_codings_of_both_coders_stand_side_by_side_and_only_the_machines_count(here):
    before = contents(here / "outputs" / "tables")
    machine = tagged(here)
    with serving(knowing) as server:
        settings(here, server.address)
        made = build(here, *STAGES, "topics", "aggregate")
    found = tagged(here)
    assert machine["coder"].unique() == ["machine"]
    pd.testing.assert_frame_equal(
        found[found["coder"] == "machine"].reset_index(drop=True), machine
    )
    ours = found[found["coder"] == CODER]
    assert ours["code"].tolist() == ["strangulation"] * 2 and ours["score"].isna().all()
    assert f"{CODER}: 2 codings from" in lines(made) and "do not count" in lines(made)
    after = contents(here / "outputs" / "tables")
    assert {name for name in after if after[name] != before[name]} <= {
        name
        for name in after
        # The fingerprint in them; the report tells what was asked.
        if name.endswith(".parquet") or name.startswith("report.")
    }


def test_they_count_when_the_settings_say_so(here):
    with serving(knowing) as server:
        settings(here, server.address, count=f"[tables]\ncount_coders = ['{CODER}']")
        made = build(here, *STAGES, "topics", "aggregate")
    tables = here / "outputs" / "tables"
    cells = contracts.read(tables / "review_codes.parquet", contracts.REVIEW_CODES)
    found = cells[cells["n_passages"] > 0]
    assert found["code"].tolist() == ["strangulation"] * 2
    # One coding without a score is as likely right as wrong, and in so short a review enough.
    assert found["expected"].tolist() == [0.5, 0.5] and set(found["state"]) == {"present"}
    assert made.reviews()["codings"].tolist() == [1, 1]
    assert CODER in (tables / "report.html").read_text(encoding="utf-8")
    assert f"{CODER} codings that no person" in "\n".join(report.summary(made))


def test_only_redacted_text_is_sent_and_to_one_address_only(here, monkeypatch):
    monkeypatch.setenv("OUR_KEY", "sesame")
    with serving(knowing) as server:
        settings(here, server.address, more="key_variable = 'OUR_KEY'")
        build(here)
        sent = json.dumps(server.bodies, ensure_ascii=False)
        assert {h["Authorization"] for h in server.headers} == {"Bearer sesame"}
    passages = contracts.read_all(
        (p for p in (here / "outputs" / "redact").glob("*.parquet") if p.stem.isdecimal()),
        contracts.REDACTED,
    )
    assert {asked["passage"] for asked in server.asked} <= set(passages["text"])
    assert len(server.asked) > 8
    assert not [surface for surface in SURFACES if surface in sent]
    assert "first report" not in sent
    for path in here.rglob("*"):
        assert not path.is_file() or b"sesame" not in path.read_bytes(), path.name


def test_a_passage_in_which_the_leak_check_finds_something_is_not_sent(here):
    (path,) = (
        p for p in (here / "outputs" / "redact").glob("*.parquet")
        if p.stem.isdecimal() and "wages" in " ".join(pd.read_parquet(p)["text"])
    )  # fmt: skip
    frame = contracts.read(path, contracts.REDACTED)
    frame["text"] = frame["text"].str.replace("her wages", "Imelda Fosse’s wages")
    contracts.write(frame, contracts.REDACTED, path, fingerprint=contracts.fingerprint(path))
    with serving(knowing) as server:
        settings(here, server.address)
        made = build(here)
        assert "Fosse" not in json.dumps(server.bodies)
    outcomes = tagged(here, r"\.answers", contracts.ANSWERS)["outcome"].value_counts()
    assert outcomes["withheld"] == 1 and outcomes["answered"] == len(server.bodies)
    assert "1 passage of Review" in lines(made) and "dhr leaks" in lines(made)
    assert made.answers_missing() is None


def test_a_second_run_asks_nothing_even_if_the_server_is_gone(here):
    with serving(knowing) as server:
        settings(here, server.address)
        build(here)
        before = contents(here / "outputs")
    shutil.rmtree(here / "outputs" / "tag")
    made = build(here)
    assert contents(here / "outputs") == before
    assert made.answers_missing() is None


def test_a_codebook_in_which_the_leak_check_finds_something_is_not_sent(here):
    book = (PROJECT / "codebooks" / "dhr.toml").read_text(encoding="utf-8")
    book = book.replace('definition = "', 'definition = "As Imelda Fosse said. ', 20)
    (here / "study" / "own.toml").write_text(book, encoding="utf-8")
    with serving(knowing) as server:
        settings(here, server.address, count="codebook = 'own.toml'")
        made = build(here)
        assert server.bodies == []
    assert "nothing was sent" in lines(made) and "Fosse" not in lines(made)


def test_two_engines_write_the_same_bytes(here):
    shutil.copytree(here / "outputs", here / "other")
    with serving(knowing) as server:
        settings(here, server.address)
        build(here)
        build(here, outputs="other", engine_name="processes")
    assert contents(here / "outputs") == contents(here / "other")


def test_refused_codings_are_told(here):
    def answering(body):
        return codings(
            {"code": "strangulation", "quote": "words that nobody wrote"},
            {"code": "no-such-code", "quote": passage(body)["passage"]},
            {"code": "economic-abuse", "quote": passage(body)["passage"]},
        )

    with serving(answering) as server:
        settings(here, server.address)
        made = build(here)
    n = len(server.bodies)
    assert f"{CODER}: {n} codings refused: their quote is not in the passage" in lines(made)
    assert f"{CODER}: {n} codings refused: the codebook has no such code" in lines(made)
    assert (tagged(here)["coder"] == CODER).sum() == n
    assert made.answers_missing() is None


REASON = "It is what Imelda Fosse said."
GIVING_AWAY = codings({"code": "economic-abuse", "quote": "wages", "reason": REASON})


def instead(reply, words="her wages"):
    """Knows what to say, but of the passage with these words."""
    return lambda body: reply if words in passage(body)["passage"] else knowing(body)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply("I cannot help with that."), "not in the form"),
        (
            codings({"code": "economic-abuse", "quote": "words that nobody wrote"}),
            "can be verified",
        ),
        (GIVING_AWAY, "a reason in the answer"),
        (Reply('{"codings": [{"code": ', finish_reason="length"), "raise max_tokens"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_and_asked_for_again(here, reply, why):
    with serving(instead(reply)) as server:
        settings(here, server.address)
        done = tag(here)
        told = done.stderr.splitlines()
        assert done.exit_code == 1
        assert why in next(line for line in told if line.startswith("language model: ") and
                           "goes to" not in line)  # fmt: skip
        assert any("1 passage of Review" in line and "can be used" in line for line in told)
        assert any(line.startswith(f"{CODER}: no usable answer") and why in line for line in told)
        server.bodies.clear()
        again = build(here, *STAGES, "topics", "aggregate")
        assert len(server.bodies) == 1 and again.answers_missing()
        report_page = (here / "outputs" / "tables" / "report.html").read_text(encoding="utf-8")
        assert "not usable 1)" in report_page
        server.answering = knowing
        made = build(here)
        assert len(server.bodies) == 2
    assert made.answers_missing() is None and "not read" not in lines(made)
    assert (tagged(here)["coder"] == CODER).sum() == 2


@pytest.mark.parametrize("reply", [Reply("Sorry."), GIVING_AWAY])
def test_a_review_with_an_unusable_answer_is_set_aside_if_they_are_to_count(here, reply):
    count = f"[tables]\ncount_coders = ['machine', '{CODER}']"
    with serving(instead(reply)) as server:
        settings(here, server.address, count=count)
        made = build(here, *STAGES, "topics", "aggregate")
        assert sorted(made.reviews()["status"]) == ["built", "set aside"]
        told = "\n".join(report.set_aside_lines(made))
        assert "no usable answer about 1 of its" in told and "(1 not usable)" in told
        server.answering = knowing
        made = build(here, *STAGES, "topics", "aggregate")
    assert made.reviews()["status"].tolist() == ["built", "built"]


def test_a_kept_answer_that_can_no_longer_be_used_is_asked_for_again(here):
    economic = {"code": "economic-abuse", "quote": "wages"}
    with serving(instead(codings(economic))) as server:
        settings(here, server.address)
        build(here)
        (path,) = (
            p for p in (here / "outputs" / "private" / "answers").rglob("*.json")
            if "wages" in p.read_text(encoding="utf-8")
        )  # fmt: skip
        for answer in (codings({**economic, "reason": REASON}).content, "Sorry."):
            path.write_text(json.dumps({"answer": answer}), encoding="utf-8")
            server.bodies.clear()
            server.answering = instead(codings({**economic, "reason": answer[:5]}))
            made = build(here)
            assert [asked["passage"].count("her wages") for asked in server.asked] == [1]
            ours = tagged(here).query("coder == @CODER and code == 'economic-abuse'")
            assert ours["reason"].tolist() == [answer[:5]]
    assert made.answers_missing() is None


def test_without_a_server_coding_by_rules_goes_on_and_the_next_run_asks_again(here):
    machine = tagged(here)
    with serving(knowing) as server:
        address = server.address
    settings(here, address)
    made = build(here)
    assert f"{address} does not answer (no connection); start its server" in lines(made)
    assert "not read: no answer" in lines(made)
    pd.testing.assert_frame_equal(tagged(here), machine)
    assert (tagged(here, r"\.answers", contracts.ANSWERS)["outcome"] == "not answered").all()
    with serving(knowing) as server:
        settings(here, server.address)
        made = build(here)
    assert made.answers_missing() is None
    assert (tagged(here)["coder"] == CODER).sum() == 2


def test_without_answers_a_review_is_set_aside_if_they_are_to_count(here):
    count = f"[tables]\ncount_coders = ['machine', '{CODER}']"
    with serving(lambda body: Reply(status=500) if "wages" in str(body) else Reply()) as server:
        settings(here, server.address, count=count)
        made = build(here, *STAGES, "topics", "aggregate")
    assert made.reviews()["status"].tolist().count("set aside") == 1
    assert "(1 not answered)" in "\n".join(report.set_aside_lines(made))
    with serving(knowing) as server:
        settings(here, server.address, count=count)
        made = build(here, *STAGES, "topics", "aggregate")
        assert len(server.bodies) == 1
    assert made.reviews()["status"].tolist() == ["built", "built"]


def test_what_was_answered_before_the_server_went_is_kept(here):
    left = [Reply()] * 3

    def answering(_):
        return left.pop() if left else Reply(status=500)

    with serving(answering) as server:
        settings(here, server.address, more="concurrency = 1")
        made = build(here)
        assert "does not answer (the server said 500)" in lines(made)
        total = len(tagged(here, r"\.answers", contracts.ANSWERS))
        server.answering = knowing
        before = len(server.bodies)
        build(here)
        assert len(server.bodies) - before == total - 3


class Killed(report.Lines):
    """Stands for a run that is killed after its third answer."""

    left = 3

    def advance(self):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_a_killed_run_is_gone_on_with(here):
    with serving(lambda body: knowing(body)._replace(wait_s=0.3)) as server:
        settings(here, server.address, more="concurrency = 1")
        study = Study(here / "study", here / "outputs")
        with engine("serial") as where, pytest.raises(KeyboardInterrupt):
            Build(study).run(["tag"], where, Killed())
        kept = len(list((here / "outputs" / "private" / "answers").rglob("*.json")))
        server.bodies.clear()
        server.answering = knowing
        build(here)
        asked = len(server.bodies)
    open_yet = len(tagged(here, r"\.answers", contracts.ANSWERS)) - kept
    # One question of the killed run may have been on its way.
    assert 3 <= kept < 8 and open_yet - 1 <= asked <= open_yet + 1


def test_a_killed_run_does_not_wait_for_answers(here):
    left = [Reply()] * 3
    with serving(lambda _: left.pop() if left else Reply(wait_s=60)) as server:
        settings(here, server.address)
        study = Study(here / "study", here / "outputs")
        with engine("serial") as where, pytest.raises(KeyboardInterrupt):
            Build(study).run(["tag"], where, Killed())
        asked = len(server.bodies)
        stopped = time.perf_counter()
        for thread in threading.enumerate():
            if thread.name.startswith("ask"):
                thread.join(20)
        assert time.perf_counter() - stopped < 5 and len(server.bodies) == asked
    assert len(list((here / "outputs" / "private" / "answers").rglob("*.json"))) == 3


def test_make_has_something_to_do_while_answers_are_missing(here):
    target = here / "outputs" / "private" / "inputs"
    write_listing(here / "study", target)
    assert not write_listing(here / "study", target)
    with serving(lambda _: Reply(status=500)) as server:
        settings(here, server.address)
        build(here)
    write_listing(here / "study", target)
    assert write_listing(here / "study", target)


def test_a_changed_definition_is_asked_about_again(here):
    book = (PROJECT / "codebooks" / "dhr.toml").read_text(encoding="utf-8")
    (here / "study" / "own.toml").write_text(book, encoding="utf-8")
    with serving(knowing) as server:
        settings(here, server.address, count="codebook = 'own.toml'")
        build(here)
        first = len(server.bodies)
        reworded = book.replace('definition = "', 'definition = "Reworded. ')
        (here / "study" / "own.toml").write_text(reworded, encoding="utf-8")
        build(here)
        assert len(server.bodies) == 2 * first


def test_a_variable_without_a_key_is_an_error_that_names_it(here):
    with serving(knowing) as server:
        settings(here, server.address, more="key_variable = 'NO_SUCH_KEY'")
        with pytest.raises(BadSettings, match="NO_SUCH_KEY"):
            build(here)
        assert server.bodies == []
    (problem,) = problems(Study(here / "study", here / "outputs"))
    assert "NO_SUCH_KEY" in problem.text and problem.exit_code == 5


@pytest.mark.parametrize(
    "text",
    [
        "[tag.language_model]\nmodel = 'tiny'",
        "[tag.language_model]\naddress = 'localhost:11434'\nmodel = 'tiny'",
        "[tag.language_model]\naddress = 'http://me:secret@host/v1'\nmodel = 'tiny'",
        "[tag.language_model]\naddress = 'http://host/v1?key=secret'\nmodel = 'tiny'",
        "[tag.language_model]\naddress = 'http://host/v1'\nmodel = 'tiny'\nkey = 'secret'",
        "[tables]\ncount_coders = ['model:tiny']",
        "[tables]\ncount_coders = ['machin']",
    ],
)
def test_settings_that_cannot_be_used_are_refused(here, text):
    (here / "study" / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings) as error:
        _ = Study(here / "study", here / "outputs").settings
    assert "secret" not in str(error.value)


def test_the_command_says_what_is_sent_and_ends_with_one_when_answers_are_missing(here):
    with serving(knowing) as server:
        settings(here, server.address)
        done = tag(here)
        assert done.exit_code == 0, done.stderr
        assert f"goes to {server.address}; nothing else is ever sent" in done.stderr
        assert f"{CODER}: 2 codings from" in done.stderr
        gone = server.address
    shutil.rmtree(here / "outputs" / "private" / "answers")
    settings(here, gone)
    done = tag(here)
    assert done.exit_code == 1
    assert "does not answer" in done.stderr
