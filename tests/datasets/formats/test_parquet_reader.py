"""Parquet files of the kit and of others."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats.parquet_reader import is_parquet, read_dataset, read_frame
from mlkit.datasets.formats.parquet_writer import write_parquet
from mlkit.exceptions import FormatError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "toy.parquet"


@pytest.fixture
def sparse(path):
    X = sp.csr_array(np.array([[1.0, 0.0], [0.0, 2.0]]))
    write_parquet(MultiLabelDataset(X, [[1], [0]], name="toy"), path)
    return path


def change(path, **changes):
    """Write a file again with other metadata."""
    table = pq.read_table(path)
    content = json.loads(table.schema.metadata[b"mlkit"])
    for key, value in changes.items():
        part, _, field = key.partition("_")
        if field and part in ("X", "Y"):
            content[part][field] = value
        else:
            content[key] = value
    metadata = {b"mlkit": json.dumps(content).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), path)


def test_a_table_of_other_origin(path):
    frame = pd.DataFrame(
        {"kind": pd.Categorical(["u", "v"]), "tags": [["a"], ["b", "c"]]},
        index=pd.Index(["r", "s"], name="id"),
    )
    frame.to_parquet(path)
    assert read_dataset(path) is None
    table = read_frame(path)
    assert table.index.equals(frame.index)
    assert table["kind"].dtype == "category"
    assert [list(tags) for tags in table["tags"]] == [["a"], ["b", "c"]]


def test_a_table_without_pandas(path):
    pq.write_table(pa.table({"a": [1, None], "b": ["x", "y"]}), path)
    frame = read_frame(path)
    assert frame["a"].isna().tolist() == [False, True]
    assert frame["b"].tolist() == ["x", "y"]


def test_a_name_of_its_own_or_of_the_caller(sparse):
    assert read_dataset(sparse).name == "toy"
    assert read_dataset(sparse, "mine").name == "mine"


def test_is_parquet(sparse, tmp_path):
    other = tmp_path / "a.csv"
    other.write_text("PAR")
    assert is_parquet(sparse)
    assert not is_parquet(other)


@pytest.mark.parametrize("reader", [read_dataset, read_frame])
def test_no_parquet_at_all(path, reader):
    path.write_text("a,b\n")
    with pytest.raises(FormatError, match="this is no Parquet file"):
        reader(path)


@pytest.mark.parametrize("reader", [read_dataset, read_frame])
@pytest.mark.parametrize("keep", [4, 200, -4])
def test_a_file_that_is_cut_off(sparse, reader, keep):
    sparse.write_bytes(sparse.read_bytes()[:keep])
    with pytest.raises(FormatError, match="the Parquet file is damaged or cut off"):
        reader(sparse)


def test_cells_that_are_damaged(sparse):
    content = bytearray(sparse.read_bytes())
    content[4:60] = b"\xff" * 56
    sparse.write_bytes(bytes(content))
    with pytest.raises(FormatError, match="damaged"):
        read_dataset(sparse)


@pytest.mark.parametrize(
    "changes",
    [
        {"n_samples": 3},
        {"n_samples": 1},
        {"X_nnz": 1},
        {"X_nnz": 9},
        {"X_kind": "cube"},
        {"X_dtype": "?!"},
        {"X_n_columns": 1},
        {"X": {}},
        {"label_names": ["a", "b"]},
        {"label_names": None},
        {"Y": {"kind": "frame", "dtypes": []}},
        {"index_names": ["a", "b"]},
        {"source": {"who": "?"}},
    ],
    ids=repr,
)
def test_metadata_that_do_not_fit(sparse, changes):
    change(sparse, **changes)
    with pytest.raises(FormatError, match="what it says of features and labels"):
        read_dataset(sparse)


def test_an_array_of_another_shape(path):
    write_parquet(MultiLabelDataset(np.zeros((2, 2, 2)), [[1], [0]]), path)
    change(path, X_shape=[2, 3])
    with pytest.raises(FormatError, match="what it says of features and labels"):
        read_dataset(path)


def test_fewer_rows_than_the_metadata_say(path):
    write_parquet(MultiLabelDataset(np.zeros((2, 2)), sp.csr_array([[1], [0]])), path)
    change(path, n_samples=3)
    with pytest.raises(FormatError, match="what it says of features and labels"):
        read_dataset(path)
