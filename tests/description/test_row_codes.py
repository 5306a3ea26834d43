"""Equal rows get equal numbers, whatever they are kept in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlkit.description.row_codes import (
    digest,
    distinct_values,
    label_set_codes,
    number_rows,
    pair_codes,
    value_hashes,
)

MATRIX = np.array([[0.0, 1.5], [2.0, 0.0], [0.0, 1.5], [0.0, 0.0]])
CODES = [0, 1, 0, 2]


@pytest.mark.parametrize(
    "table",
    [
        MATRIX,
        MATRIX.astype(np.float32),
        (MATRIX * 2).astype(np.int8),
        MATRIX.astype(str),
        pd.DataFrame(MATRIX),
        pd.DataFrame(MATRIX).astype("category"),
        pd.DataFrame(MATRIX).astype("Float64"),
        pd.DataFrame(MATRIX).astype(str),
        sp.csr_array(MATRIX),
        MATRIX.reshape(4, 2, 1),
        (MATRIX * 2).astype(np.uint8).reshape(4, 1, 2),
    ],
)
def test_equal_rows_have_equal_numbers_in_every_container(table):
    (codes,) = number_rows(table)

    assert codes.tolist() == CODES
    assert codes.dtype == np.int64


def test_tables_of_different_containers_are_comparable():
    integers = np.array([[0, 3], [2, 0]])
    tables = [
        integers,
        pd.DataFrame({"a": [0.0, 2.0], "b": pd.array([3, 0], dtype="Int64")}),
        sp.csr_array(integers.astype(np.float32)),
        sp.csc_array(integers.astype(np.uint64)),
        integers.astype(np.uint8),
    ]

    assert [codes.tolist() for codes in number_rows(*tables)] == [[0, 1]] * 5
    dense = [table for table in tables if not sp.issparse(table)]
    assert [codes.tolist() for codes in number_rows(*dense)] == [[0, 1]] * 3


def test_categories_are_compared_by_value():
    first = pd.DataFrame({"kind": pd.Categorical(["a", "b"], categories=["a", "b"])})
    second = pd.DataFrame({"kind": pd.Categorical(["a", "b"], categories=["b", "a"])})
    third = pd.DataFrame({"kind": ["b", "c"]})

    assert [codes.tolist() for codes in number_rows(first, second, third)] == [
        [0, 1],
        [0, 1],
        [1, 2],
    ]


def test_columns_are_not_confused():
    table = pd.DataFrame({"a": ["x", "y", "xy"], "b": ["y", "x", ""]})

    assert number_rows(table)[0].tolist() == [0, 1, 2]


def test_missing_values_are_equal_and_minus_zero_is_zero():
    (codes,) = number_rows(np.array([[np.nan], [-0.0], [-np.nan], [0.0]]))
    assert codes.tolist() == [0, 1, 0, 1]

    (codes,) = number_rows(pd.DataFrame({"text": ["a", None, np.nan, "nan"]}))
    assert codes.tolist() == [0, 1, 1, 2]


def test_zeros_that_are_stored_and_repeated_entries_do_not_matter():
    untidy = sp.csr_array(
        (np.array([1.0, 1.0, 0.0, 2.0]), ([0, 0, 0, 1], [1, 1, 0, 1])), shape=(2, 2)
    )
    raw = sp.csr_array(
        (np.array([1.0, 1.0, 0.0, 2.0]), [1, 1, 0, 1], [0, 3, 4]), shape=(2, 2)
    )

    assert number_rows(untidy)[0].tolist() == [0, 0]
    assert number_rows(raw)[0].tolist() == [0, 0]
    assert raw.nnz == 4, "the argument was modified"


def test_cells_that_cannot_be_hashed_are_compared_as_text():
    table = pd.DataFrame({"tags": [["a"], ["b"], ["a"]]})

    assert number_rows(table)[0].tolist() == [0, 1, 0]


def test_blocks_do_not_show(monkeypatch):
    monkeypatch.setattr("mlkit.description.row_codes._BLOCK_CELLS", 3)

    assert number_rows(MATRIX)[0].tolist() == CODES
    assert number_rows(pd.DataFrame(MATRIX).astype(str))[0].tolist() == CODES


def test_a_table_without_rows_or_columns():
    assert number_rows(np.empty((0, 3)))[0].tolist() == []
    assert number_rows(np.empty((2, 0)))[0].tolist() == [0, 0]


@given(
    hnp.arrays(
        np.int8,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=6),
        elements=st.integers(0, 2),
    )
)
def test_numbers_agree_with_a_comparison_of_all_pairs(matrix):
    expected = (matrix[:, None, :] == matrix[None, :, :]).all(axis=2)

    for table in (matrix, sp.csr_array(matrix), pd.DataFrame(matrix).astype(str)):
        (codes,) = number_rows(table)
        assert np.array_equal(codes[:, None] == codes[None, :], expected)


def test_label_sets():
    Y = np.array([[1, 0], [0, 0], [1, 0], [1, 1]])

    first, second, third = label_set_codes(Y, pd.DataFrame(Y[2:]), sp.csr_array(Y[1:]))

    assert first.tolist() == [0, 1, 0, 2]
    assert second.tolist() == [0, 2]
    assert third.tolist() == [1, 0, 2]


def test_pairs():
    codes = pair_codes(np.array([0, 1, 0, 1]), np.array([2, 0, 2, 2]))

    assert len(set(codes.tolist())) == 3
    assert codes[0] == codes[2]


def test_distinct_values_of_categories_and_text():
    column = pd.Series(pd.Categorical(["b", None, "b"], categories=["a", "b"]))

    codes, values = distinct_values(column)

    assert (codes.tolist(), values) == ([1, -1, 1], ["a", "b"])


def test_hashes_depend_on_the_value_alone():
    first = value_hashes(np.array([0, 1, -1]), ["a", "b"])
    second = value_hashes(np.array([1, 0, -1]), ["b", "a"])

    assert first.tolist() == second.tolist()
    assert first[2] == 0
    assert first[0] != first[1]


def test_digests_have_128_bits():
    assert len(digest(b"")) == 16
    assert digest(b"a") != digest(b"b")
