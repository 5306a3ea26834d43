"""LIBSVM files that every reader of the format understands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_svmlight_file

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats import cell_texts
from mlkit.datasets.formats.label_xml import read_label_xml
from mlkit.datasets.formats.svmlight import read_svmlight
from mlkit.datasets.formats.svmlight_writer import write_svmlight
from mlkit.exceptions import LabelNameError, LabelSourceWarning, UnwritableError

NAN = float("nan")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "toy.libsvm"


def dataset(X, Y=None):
    Y = [[1, 0], [0, 1]] if Y is None else Y
    return MultiLabelDataset(X, Y, ["calm", "it's sad"])


def text_of(ds, path, **options):
    return write_svmlight(ds, path, **options)[0].read_text()


def test_a_file_by_hand(path):
    ds = dataset([[0.5, 0, 3], [0, -1e-9, 0]], [[1, 1], [0, 0]])

    files = write_svmlight(ds, path)

    assert files == [path, path.with_suffix(".xml")]
    assert path.read_text() == "1,2 1:0.5 3:3\n 2:-1e-9\n"
    assert read_label_xml(files[1]).names == ("calm", "it's sad")


@pytest.mark.parametrize(
    ("X", "Y", "one_based", "zero_based"),
    [
        # The width: the last feature never occurs.
        ([[1, 0], [1, 0]], None, "1 1:1 2:0\n2 1:1\n", "0 0:1 1:0\n1 0:1\n"),
        # The base: the first feature never occurs.
        ([[0, 1], [0, 1]], None, "1 2:1\n2 2:1\n", "0 0:0 1:1\n1 1:1\n"),
        # One column that never occurs is first and last.
        ([[0], [0]], None, "1 1:0\n2\n", "0 0:0\n1\n"),
        # A blank line would be no row.
        ([[1, 1], [0, 0]], [[1, 0], [0, 0]], "1 1:1 2:1\n 2:0\n", "0 0:1 1:1\n 1:0\n"),
        ([[0, 0], [1, 1]], [[0, 0], [1, 0]], " 2:0\n1 1:1 2:1\n", " 1:0\n0 0:1 1:1\n"),
        ([[0, 0], [1, 0]], [[0, 0], [1, 0]], " 2:0\n1 1:1\n", " 1:0\n0 0:1\n"),
    ],
)
def test_zeros_that_carry_meaning(path, X, Y, one_based, zero_based):
    ds = dataset(np.array(X, dtype=float), Y)
    for text, base in ((one_based, False), (zero_based, True)):
        assert text_of(ds, path, zero_based=base) == text

        got = read_svmlight(path)
        assert got.X.toarray().tolist() == X
        np.testing.assert_array_equal(got.Y.toarray(), ds.Y)


def test_from_zero_without_the_first_label_warns(path):
    ds = dataset(np.ones((2, 1)), [[0, 1], [0, 1]])

    with pytest.warns(
        LabelSourceWarning, match="No row carries the first label 'calm'"
    ):
        write_svmlight(ds, path, zero_based=True)

    assert read_svmlight(path, zero_based=True).Y.toarray().tolist() == [[0, 1], [0, 1]]


@pytest.mark.parametrize(
    "X",
    [
        np.array([[1, 0], [0, 2]], dtype=np.int64),
        np.array([[1, 0], [0, 2]], dtype=np.float32),
        sp.csr_array([[1.0, 0.0], [0.0, 2.0]]),
        pd.DataFrame({"a": [True, False], "b": [0, 2]}),
        pd.DataFrame({"a": pd.array([1, 0], dtype="Int8"), "b": [0.0, 2.0]}),
    ],
)
@pytest.mark.parametrize("sparse", [True, False])
def test_containers(path, X, sparse):
    Y = np.array([[1, 0], [1, 1]])

    ds = dataset(X, sp.csr_array(Y) if sparse else Y)

    assert text_of(ds, path) == "1 1:1\n1,2 2:2\n"


def test_missing_and_infinite_values(path):
    ds = dataset([[NAN, np.inf], [-np.inf, NAN]])

    assert text_of(ds, path) == "1 1:nan 2:inf\n2 1:-inf 2:nan\n"
    np.testing.assert_array_equal(read_svmlight(path).X.toarray(), ds.X)


def test_a_missing_value_of_a_nullable_column(path):
    ds = dataset(pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}))
    assert text_of(ds, path) == "1 1:1\n2 1:nan\n"

    # A missing value shows the width, too: no zero is needed beside it.
    ds = dataset(pd.DataFrame({"a": pd.array([None, 0], dtype="Int64")}))
    assert text_of(ds, path) == "1 1:nan\n2\n"


def test_scikit_learn_reads_the_same(path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 5)) * (rng.random((30, 5)) < 0.4)
    X[3, 2] = NAN
    X[:, 4] = 0
    Y = rng.integers(0, 2, (30, 2))
    write_svmlight(dataset(X, Y), path)

    theirs, tuples = load_svmlight_file(str(path), multilabel=True, zero_based=False)

    np.testing.assert_array_equal(theirs.toarray(), X)
    assert tuples == [tuple(np.flatnonzero(row) + 1.0) for row in Y]


def test_blocks_do_not_show(path, monkeypatch):
    rng = np.random.default_rng(0)
    ds = dataset(rng.integers(0, 3, (40, 6)), rng.integers(0, 2, (40, 2)))
    whole = text_of(ds, path)

    monkeypatch.setattr(cell_texts, "_BLOCK_CELLS", 20)

    assert text_of(ds, path) == whole


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        (np.ones((2, 2, 2)), None, r"3 dimensions.*\.parquet"),
        (np.empty((0, 2)), np.empty((0, 2)), r"shape \(0, 2\)"),
        (np.empty((2, 0)), None, "no features"),
        (pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}), None, "are none: 'a'. Encode"),
        (pd.DataFrame({"a": pd.Categorical([1, 2])}), None, "are none: 'a'"),
        (np.array([["x"], ["y"]], dtype=object), None, "are none: 'X'"),
        (np.array([[1j], [2]]), None, "numbers only"),
        (
            np.array([[2**60], [1]]),
            None,
            "'X' holds integers up to 1152921504606846976",
        ),
        (sp.csr_array(np.array([[2**60], [1]])), None, r"2\*\*53"),
        (pd.DataFrame({"a": [2**60, 1]}), None, "'a' holds integers"),
        (np.ones((2, 1)), [[1, NAN], [0, 0]], "1 unknown labels.*rows_with_missing"),
    ],
)
def test_what_libsvm_cannot_hold(path, X, Y, message):
    with pytest.raises(UnwritableError, match=message):
        write_svmlight(dataset(X, Y), path)
    assert list(path.parent.iterdir()) == []


def test_no_labels(path):
    ds = MultiLabelDataset(np.ones((2, 1)), np.empty((2, 0)))

    with pytest.raises(LabelNameError, match="no labels"):
        write_svmlight(ds, path, zero_based=True)
