"""Contracts hold: types, keys, vocabularies, atomic writes."""

import subprocess
import sys

import pandas as pd
import pytest

from pipeline import contracts
from pipeline.contracts import ROLES_TABLE, TABLES
from pipeline.errors import ContractBroken
from pipeline.files import replacing

ROW = {"review_id": 7, "label": "Adult A", "role": "victim", "evidence": "declared"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"review_id": None}, "column review_id has empty cells"),
        ({"review_id": "seven"}, "column review_id is not of type int64"),
        ({"role": "suspect"}, "column role holds a word outside"),
    ],
)
def test_a_bad_cell_is_named_by_column_and_never_quoted(change, message):
    with pytest.raises(ContractBroken, match=message) as caught:
        ROLES_TABLE.frame([ROW | change])
    assert "suspect" not in str(caught.value)
    assert "seven" not in str(caught.value)


def test_a_key_that_stands_twice_breaks_the_contract():
    with pytest.raises(ContractBroken, match="key review_id, label is not unique"):
        ROLES_TABLE.frame([ROW, ROW])


def test_missing_and_unknown_columns_are_both_named():
    frame = pd.DataFrame([{"review_id": 1, "lable": "x"}])
    with pytest.raises(ContractBroken, match=r"missing columns \['evidence', 'label', 'role'\]"):
        ROLES_TABLE.validate(frame)


def test_what_is_written_is_read_back_with_its_fingerprint(tmp_path):
    path = tmp_path / "deep" / "roles.parquet"
    frame = ROLES_TABLE.frame([ROW, ROW | {"label": "Adult B", "role": "perpetrator"}])
    contracts.write(frame, ROLES_TABLE, path, fingerprint="abc")
    pd.testing.assert_frame_equal(contracts.read(path, ROLES_TABLE), frame)
    assert contracts.fingerprint(path) == "abc"
    assert contracts.n_rows(path) == 2


def test_the_file_says_what_every_column_means(tmp_path):
    path = tmp_path / "roles.parquet"
    contracts.write(ROLES_TABLE.frame([ROW]), ROLES_TABLE, path)
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    assert schema.field("role").metadata[b"meaning"] == b"who the person is"
    assert schema.metadata[b"key"] == b"review_id, label"


def test_empty_tables_keep_their_types(tmp_path):
    for table in TABLES:
        path = tmp_path / f"{table.name}.parquet"
        contracts.write(table.frame(), table, path)
        assert contracts.read(path, table).dtypes.equals(table.frame().dtypes)


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "roles.parquet"
    contracts.write(ROLES_TABLE.frame([ROW]), ROLES_TABLE, path, fingerprint="old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert contracts.fingerprint(path) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["roles.parquet"]


def test_a_truncated_file_has_no_fingerprint_and_a_clear_error(tmp_path):
    path = tmp_path / "roles.parquet"
    contracts.write(ROLES_TABLE.frame([ROW]), ROLES_TABLE, path, fingerprint="abc")
    path.write_bytes(path.read_bytes()[:50])
    assert contracts.fingerprint(path) is None
    with pytest.raises(ContractBroken, match="run `make` again"):
        contracts.read(path, ROLES_TABLE)


def test_every_column_says_what_it_means():
    for table in TABLES:
        assert set(table.key) <= set(table.names)
        assert all(column.meaning for column in table.columns)


def test_the_parsing_child_can_use_the_vocabularies_without_pandas():
    code = "import sys, pipeline.vocabulary, pipeline.errors; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
