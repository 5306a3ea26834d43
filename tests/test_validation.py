"""Checks of label matrices, scores and names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    ScoresError,
    ShapeError,
)
from mlkit.validation import (
    check_indicator,
    check_label_names,
    check_probabilities,
    check_same_rows,
    check_same_shape,
    check_scores,
    default_label_names,
    where_missing,
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
        ([[np.inf, 1]], "outside"),
        ([[np.nan, 2]], r"1 entry outside \{0, 1\} in label 'label_1'"),
    ],
)
def test_what_is_no_indicator_is_refused(bad, match):
    with pytest.raises(IndicatorError, match=match):
        check_indicator(bad)


NAN = float("nan")
UNKNOWN = np.array([[1, NAN, 0], [0, 1, NAN], [NAN, 0, 0]])


def with_stored_nan(matrix):
    """CSR of ones and NaN in which the zeros are stored too."""
    sparse = sp.csr_array(np.where(matrix == 0, 2, matrix))
    sparse.data[sparse.data == 2] = 0
    return sparse


@pytest.mark.parametrize(
    "given_as",
    [
        UNKNOWN,
        UNKNOWN.astype(np.float32),
        UNKNOWN.tolist(),
        [[1, None, 0], [0, 1, None], [None, 0, 0]],
        np.array([[True, pd.NA, False], [False, True, None], [NAN, 0, 0]], object),
        pd.DataFrame(UNKNOWN),
        pd.DataFrame(UNKNOWN).astype("Int64"),
        pd.DataFrame(UNKNOWN).astype("boolean"),
        pd.DataFrame(UNKNOWN).astype({0: "Int8", 1: "boolean"}),
        sp.csr_array(UNKNOWN),
        sp.csc_matrix(UNKNOWN),
        with_stored_nan(UNKNOWN),
    ],
    ids=lambda value: type(value).__name__,
)
class TestUnknownLabels:
    def test_become_zeros_and_a_mask(self, given_as):
        checked = check_indicator(given_as, allow_missing=True)

        np.testing.assert_array_equal(checked.toarray(), np.nan_to_num(UNKNOWN))
        mask = checked.missing
        assert type(mask) is type(checked.values)
        dense = mask.toarray() if sp.issparse(mask) else mask
        np.testing.assert_array_equal(dense, np.isnan(UNKNOWN))
        assert checked.values.dtype == np.int8
        assert dense.dtype == bool

    def test_are_no_values(self, given_as):
        checked = check_indicator(given_as, allow_missing=True)

        assert checked.counts().tolist() == [1, 1, 0]
        assert checked.n_known().tolist() == [2, 2, 2]
        assert checked.constant_labels().tolist() == [False, False, True]

    def test_are_refused_where_all_must_be_known(self, given_as):
        match = r"T has unknown labels \(3 cells, first: row 0, label 'b'\).*as_zero"
        with pytest.raises(MissingLabelsError, match=match) as caught:
            check_indicator(given_as, name="T", label_names=["a", "b", "c"])
        assert isinstance(caught.value, IndicatorError)


def test_a_sparse_matrix_with_nan_is_not_modified():
    matrix = with_stored_nan(UNKNOWN)
    before = [part.copy() for part in (matrix.data, matrix.indices, matrix.indptr)]

    checked = check_indicator(matrix, allow_missing=True)

    assert (checked.values.nnz, checked.missing.nnz) == (2, 3)
    for part, old in zip(
        (matrix.data, matrix.indices, matrix.indptr), before, strict=True
    ):
        np.testing.assert_array_equal(part, old)


def test_nothing_unknown_has_no_mask():
    checked = check_indicator(Y.astype(float), allow_missing=True)

    assert checked.missing is None
    assert checked.n_known().tolist() == [2, 2, 2]


def test_a_label_that_no_row_knows_is_constant():
    checked = check_indicator([[NAN, 1], [NAN, 0]], allow_missing=True)

    assert checked.n_known().tolist() == [0, 2]
    assert checked.constant_labels().tolist() == [True, False]


@given(binary, st.data())
def test_unknown_labels_dense_and_sparse_agree(matrix, data):
    hidden = data.draw(arrays(bool, matrix.shape))
    full = np.where(hidden, np.nan, matrix)

    dense = check_indicator(full, allow_missing=True)
    sparse = check_indicator(sp.csr_array(full), allow_missing=True)

    np.testing.assert_array_equal(dense.toarray(), sparse.toarray())
    np.testing.assert_array_equal(dense.n_known(), (~hidden).sum(axis=0))
    np.testing.assert_array_equal(sparse.n_known(), (~hidden).sum(axis=0))
    np.testing.assert_array_equal(dense.constant_labels(), sparse.constant_labels())


def test_the_first_unknown_label_is_that_of_the_first_row():
    columns_first = sp.csc_array(np.array([[0, 1], [1, 0]], dtype=bool))

    assert where_missing(columns_first, ["a", "b"]).endswith("first: row 0, label 'b'")
    assert where_missing(np.eye(1, dtype=bool), ["a"]).startswith("1 cell, first")


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
        ([[np.nan]], r"1 value that is not finite \(first: row 0, column 0 = nan"),
        ([[1j]], "real numbers, got complex ones"),
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


class TestWithUnknown:
    def test_known_labels_are_handed_on(self):
        labels = check_indicator(np.eye(2, dtype=np.int8))

        assert labels.with_unknown() is labels.values

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_unknown_ones_are_nan(self, container):
        Y = np.array([[1, np.nan], [0, 1], [np.nan, 0]])
        again = check_indicator(container(Y), allow_missing=True).with_unknown()

        assert sp.issparse(again) == (container is sp.csr_array)
        np.testing.assert_array_equal(
            again.toarray() if sp.issparse(again) else again, Y
        )
        # A zero that is known is not stored.
        assert not sp.issparse(again) or again.nnz == 4
