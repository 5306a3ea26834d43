"""Checks of label matrices, scores and names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.exceptions import IndicatorError, LabelNameError, ScoresError, ShapeError
from mlkit.validation import (
    check_indicator,
    check_label_names,
    check_probabilities,
    check_same_rows,
    check_same_shape,
    check_scores,
    default_label_names,
)

Y = np.array([[0, 1, 0], [1, 1, 0]], dtype=np.int8)

binary = arrays(
    np.int8, st.tuples(st.integers(0, 6), st.integers(1, 5)), elements=st.integers(0, 1)
)


@pytest.mark.parametrize(
    "given_as",
    [
        Y,
        Y.astype(bool),
        Y.astype(float),
        Y.tolist(),
        pd.DataFrame(Y),
        pd.DataFrame(Y.astype(bool)),
        sp.csr_array(Y),
        sp.csc_matrix(Y),
        sp.coo_array(Y.astype(float)),
        sp.lil_matrix(Y),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_container_gives_the_same_matrix(given_as):
    checked = check_indicator(given_as)

    np.testing.assert_array_equal(checked.toarray(), Y)
    np.testing.assert_array_equal(checked.tocsr().toarray(), Y)
    assert checked.values.dtype == np.int8
    assert checked.counts().tolist() == [1, 2, 0]


def test_kind_names_and_index_are_remembered():
    frame = pd.DataFrame(Y, columns=["a", "b", "c"], index=["x", "y"])

    checked = check_indicator(frame)

    assert (checked.kind, checked.named) == ("frame", True)
    assert checked.label_names == ("a", "b", "c")
    assert list(checked.index) == ["x", "y"]
    assert check_indicator(sp.csr_array(Y)).kind == "sparse"
    assert check_indicator(Y).label_names == ("label_0", "label_1", "label_2")


def test_constant_labels_are_found():
    assert check_indicator(Y).constant_labels().tolist() == [False, True, True]


@given(binary)
def test_dense_and_sparse_agree(matrix):
    dense, sparse = check_indicator(matrix), check_indicator(sp.csr_array(matrix))

    np.testing.assert_array_equal(dense.counts(), sparse.counts())
    np.testing.assert_array_equal(dense.constant_labels(), sparse.constant_labels())


def test_stored_zeros_and_duplicates_are_resolved_without_touching_the_argument():
    matrix = sp.csr_array(
        (np.array([1, 0, 1]), np.array([1, 0, 0]), np.array([0, 2, 3])), shape=(2, 2)
    )
    before = matrix.data.copy()

    checked = check_indicator(matrix)

    assert checked.values.nnz == 2
    np.testing.assert_array_equal(matrix.data, before)
    assert matrix.nnz == 3


def test_a_wrong_entry_is_located():
    frame = pd.DataFrame({"calm": [0, 1, 0], "sad": [0, 2, 3]})

    with pytest.raises(IndicatorError, match=r"2 entries.*'sad' \(first: row 1 = 2\)"):
        check_indicator(frame)


def test_a_wrong_entry_in_sparse_is_located():
    matrix = sp.csr_array(np.array([[0, 1], [0, 0], [5, 0]]))

    with pytest.raises(IndicatorError, match=r"'label_0' \(first: row 2 = 5\)"):
        check_indicator(matrix)


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ([0, 1], "two dimensions"),
        ([[0, 1], [1]], "differ in length"),
        ([["yes", "no"]], "Use 0/1"),
        ([[0.5, 1]], "outside"),
        ([[np.nan, 1]], "outside"),
    ],
)
def test_what_is_no_indicator_is_refused(bad, match):
    with pytest.raises(IndicatorError, match=match):
        check_indicator(bad)


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (["a"], "Expected 2 label names, one a column; got 1"),
        (["a", ""], "column 1 is empty"),
        (["a", "a"], "more than once: 'a'"),
    ],
)
def test_wrong_names_are_refused(names, match):
    with pytest.raises(LabelNameError, match=match):
        check_label_names(names, 2)


def test_names_become_strings():
    assert check_label_names([1, "b"], 2) == ("1", "b")
    assert default_label_names(0) == ()


def test_scores_come_back_as_float64():
    checked = check_scores(pd.DataFrame({"a": [1, 2]}))

    assert checked.dtype == np.float64
    assert checked.tolist() == [[1.0], [2.0]]
    assert check_scores(sp.csr_array(Y)).tolist() == Y.tolist()


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ([1.0, 2.0], "must be"),
        ([["a"]], "matrix of numbers"),
        ([[np.nan]], r"1 values that are not finite \(first: row 0, column 0 = nan"),
        ([[np.inf]], "not finite"),
    ],
)
def test_wrong_scores_are_refused(bad, match):
    with pytest.raises(ScoresError, match=match):
        check_scores(bad)


@pytest.mark.parametrize("bad", [-0.1, 1.1])
def test_probabilities_lie_between_zero_and_one(bad):
    with pytest.raises(ScoresError, match="outside"):
        check_probabilities([[0.5, bad]])
    assert check_probabilities([[0.0, 1.0]]).tolist() == [[0.0, 1.0]]


def test_shapes_are_compared():
    with pytest.raises(ShapeError, match=r"got \(2, 3\) and \(2, 1\)"):
        check_scores([[1.0], [2.0]], shape=(2, 3))
    with pytest.raises(ShapeError, match="X has 3 rows and Y has 2"):
        check_same_rows(3, 2, names=("X", "Y"))
    check_same_shape((2, 3), (2, 3), names=("Y", "scores"))
    check_same_rows(2, 2, names=("X", "Y"))
