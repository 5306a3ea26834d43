"""Parquet files that keep every detail."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.formats import parquet_writer
from mlkit.datasets.formats.parquet_reader import read_dataset
from mlkit.datasets.formats.parquet_writer import write_parquet
from mlkit.exceptions import UnwritableError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "toy.parquet"


def assert_same(one, other):
    """Check that two data sets agree in everything."""
    for attribute in ("name", "source", "label_names", "feature_names"):
        assert getattr(one, attribute) == getattr(other, attribute)
    for attribute in ("X", "Y", "missing"):
        assert_same_part(getattr(one, attribute), getattr(other, attribute))


def assert_same_part(one, other):
    assert type(one) is type(other)
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_freq=False)
    elif sp.issparse(one):
        assert one.shape == other.shape
        for part in ("data", "indices", "indptr"):
            np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
            assert getattr(one, part).dtype == getattr(other, part).dtype
    elif one is not None:
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def check(ds, path):
    assert write_parquet(ds, path) == [path]
    assert_same(read_dataset(path), ds)


FRAME = pd.DataFrame(
    {
        "float": [1.5, np.nan, -np.inf],
        "half": np.array([1, 2, np.nan], dtype=np.float16),
        "whole": np.array([1, 2, 3], dtype=np.uint16),
        "bool": [True, False, True],
        "gap": pd.array([1, None, 3], dtype="Int64"),
        "boolean": pd.array([True, None, False], dtype="boolean"),
        "text": pd.Series(["a", None, ""], dtype="str"),
        "string": pd.Series(["a", None, "b"], dtype="string"),
        "object": pd.Series(["a", None, "b"], dtype=object),
        "flags": pd.Series([True, None, False], dtype=object),
        "date": pd.Series([datetime.date(2020, 1, 1), None, None], dtype=object),
        "time": pd.to_datetime(["2020-01-01", None, "2021-01-02"]),
        "zone": pd.to_datetime(["2020-01-01", None, "2021-01-01"], utc=True),
        "period": pd.period_range("2020", periods=3, freq="D"),
        "words": pd.Categorical(["x", None, "y"], ["z", "y", "x"], ordered=True),
        "numbers": pd.Categorical([3, 1, 3], [3, 2, 1]),
        "halves": pd.Categorical([0.5, 0.1, 0.5], [0.5, 0.1, 7.0]),
        "dates": pd.Categorical(pd.to_datetime(["2020", "2021", "2020"])),
        "constant": pd.Categorical([None] * 3, ["a"]),
        "nothing": [np.nan] * 3,
    }
)
LABELS = np.array([[1, 0], [0, 1], [1, 1]])


@pytest.mark.parametrize("column", FRAME.columns)
def test_columns_keep_their_dtypes(path, column):
    check(MultiLabelDataset(FRAME[[column]], LABELS), path)


def test_all_columns_at_once(path):
    source = DatasetSource("by hand", url="https://example.org", remarks=("odd",))
    ds = MultiLabelDataset(FRAME, LABELS, name="toy", source=source)
    check(ds, path)


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(3),
        pd.RangeIndex(3, 9, 2, name="no"),
        pd.Index(["r", "s", "t"]),
        pd.Index(["r", "s", "s"], name="id"),
        pd.Index([3, 1, 2], name=7),
        pd.Index(["r", "s", "t"], name="float"),
        pd.DatetimeIndex(["2020-01-01", "2020-01-02", "2020-01-05"], name="day"),
        pd.CategoricalIndex(["a", "b", "a"]),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["k", None]),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["k", "k"]),
    ],
    ids=repr,
)
def test_row_names(path, index):
    check(MultiLabelDataset(FRAME[["float"]].set_axis(index), LABELS), path)


def test_row_names_of_the_labels_alone(path):
    Y = pd.DataFrame(LABELS, index=["r", "s", "t"], columns=["a", "b"])
    check(MultiLabelDataset(np.eye(3), Y), path)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "u1", "?"])
@pytest.mark.parametrize("sparse_labels", [True, False])
def test_sparse_features(path, dtype, sparse_labels):
    X = sp.random_array((20, 7), density=0.3, format="csr", rng=0).astype(dtype)
    Y = np.arange(40).reshape(20, 2) % 3 == 0
    labels = sp.csr_array(Y) if sparse_labels else Y
    check(MultiLabelDataset(X, labels, feature_names=list("abcdefg")), path)


def test_sparse_features_that_are_not_in_order(path):
    parts = (np.array([1.0, np.nan, 0.0]), np.array([2, 0, 1]), np.array([0, 2, 3]))
    ds = MultiLabelDataset(sp.csr_array(parts, shape=(2, 3)), [[1], [0]])
    check(ds, path)


@pytest.mark.parametrize(
    "X",
    [
        np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3),
        np.zeros((2, 3), dtype=np.float32),
        np.array([[1, 2], [3, 4]], dtype=">i4"),
        np.array([[True, False], [False, False]]),
        np.array([["a", "bb"], ["é", ""]]),
        np.array([["a", None], ["b", "c"]], dtype=object),
        np.array([["2020-01-01"], ["NaT"]], dtype="M8[s]"),
        np.zeros((2, 0)),
        np.zeros((2, 3, 0), dtype=np.uint8),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    ],
    ids=lambda X: f"{X.dtype.str}{X.shape}",
)
def test_arrays_of_any_dimension(path, X):
    check(MultiLabelDataset(X, [[1, 0], [0, 1]]), path)


@pytest.mark.parametrize("sparse", [True, False])
def test_unknown_labels(path, sparse):
    Y = LABELS.astype(float)
    Y[1, 0] = np.nan
    labels = sp.csr_array(Y) if sparse else Y
    ds = MultiLabelDataset(FRAME[["float"]], labels)
    check(ds, path)
    assert read_dataset(path).n_missing == 1


def test_no_rows(path):
    # Of dates as categories only those that occur are kept.
    frame = FRAME.drop(columns="dates").iloc[:0]
    check(MultiLabelDataset(frame, LABELS[:0]), path)
    check(MultiLabelDataset(sp.csr_array((0, 4)), sp.csr_array((0, 2))), path)
    check(MultiLabelDataset(np.zeros((0, 2, 2)), LABELS[:0]), path)


def test_names_may_be_shared_and_odd(path):
    X = pd.DataFrame({"a": [1.0], "labels": [2.0], "X": [3.0], "\n": [4.0]})
    check(MultiLabelDataset(X, [[1, 0]], ["a", "X.indices"]), path)
    check(MultiLabelDataset(np.eye(1), [[1]], ["X"]), path)
    check(MultiLabelDataset(sp.csr_array((1, 1)), [[1]], ["X.values"]), path)


def test_many_row_groups(path, monkeypatch):
    monkeypatch.setattr(parquet_writer, "_GROUP", 200)
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(100, 2)), columns=["a", "b"])
    X["kind"] = pd.Categorical(rng.choice(["u", "v"], 100), ["w", "v", "u"])
    Y = (rng.random((100, 3)) < 0.3).astype(float)
    Y[5, 1] = np.nan
    check(MultiLabelDataset(X, Y), path)
    assert pq.ParquetFile(path).num_row_groups > 5
    sparse = sp.random_array((100, 9), density=0.2, format="csr", rng=rng)
    check(MultiLabelDataset(sparse, sp.csr_array(np.nan_to_num(Y))), path)
    check(MultiLabelDataset(rng.normal(size=(100, 2, 2)), Y), path)


def test_twenty_thousand_labels(path):
    Y = np.eye(3, 20_000, dtype=np.int8)
    check(MultiLabelDataset(FRAME[["float"]], Y), path)


def test_other_programs_see_a_table(path):
    Y = LABELS.astype(float)
    Y[1, 0] = np.nan
    X = FRAME[["float", "text"]].set_axis(pd.Index(["r", "s", "t"], name="id"))
    write_parquet(MultiLabelDataset(X, Y, ["calm", "sad"]), path)
    table = pd.read_parquet(path)
    assert table.index.tolist() == ["r", "s", "t"]
    assert list(table.columns) == ["float", "text", "calm", "sad"]
    assert table["sad"].tolist() == [0, 1, 1]
    assert table["calm"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    "cells", [[1, "a", None], [{1}, {2}, {3}], [object()] * 3, [1j, 2j, 3j]]
)
def test_columns_that_parquet_cannot_hold(path, cells):
    ds = MultiLabelDataset(pd.DataFrame({"odd": pd.Series(cells)}), LABELS)
    with pytest.raises(UnwritableError, match="holds what Parquet cannot"):
        write_parquet(ds, path)
    assert not path.exists()


@pytest.mark.parametrize("dtype", ["c16", "V3"])
def test_arrays_that_parquet_cannot_hold(path, dtype):
    ds = MultiLabelDataset(np.zeros((3, 2), dtype=dtype), LABELS)
    with pytest.raises(UnwritableError, match="holds what Parquet cannot"):
        write_parquet(ds, path)


def test_an_older_file_is_replaced_only_when_all_went_well(path, monkeypatch):
    path.write_bytes(b"old")

    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        write_parquet(MultiLabelDataset(FRAME[["float"]], LABELS), path)
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_the_data_set_is_not_touched(path):
    X = FRAME.copy()
    write_parquet(MultiLabelDataset(X, LABELS), path)
    pd.testing.assert_frame_equal(X, FRAME)


NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)


@given(
    names=st.lists(NAME, min_size=4, max_size=4),
    words=st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]))),
    sparse=st.booleans(),
    data=st.data(),
)
def test_round_trips(tmp_path_factory, names, words, sparse, data):
    n_rows = len(words)
    numbers = data.draw(hnp.arrays(np.float64, n_rows))
    cells = hnp.arrays(
        np.float64, (n_rows, 2), elements=st.sampled_from([0, 1, np.nan])
    )
    Y = data.draw(cells)
    features = [names[0], f"{names[0]} {names[1]}"]
    labels = [names[2], f"{names[2]} {names[3]}"]
    columns = [pd.Series(words, dtype="str"), pd.Series(numbers)]
    X = pd.DataFrame(dict(zip(features, columns, strict=True)))
    ds = MultiLabelDataset(X, sp.csr_array(Y) if sparse else Y, labels)
    check(ds, tmp_path_factory.mktemp("parquet") / "toy.parquet")
