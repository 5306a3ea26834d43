"""The profile of feature columns: table, array and CSR say the same."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlkit import MultiLabelDataset
from mlkit.description.columns import columns_of, may_be_chance, pattern_keys

NUMBERS = np.array(
    [
        # constant, zero, binary, whole, measured, gap, infinite, binary with a gap
        [5.0, 0.0, 0.0, 3.0, 0.5, np.nan, np.inf, 1.0],
        [5.0, 0.0, 1.0, 0.0, -1.5, 2.0, 0.0, np.nan],
        [5.0, 0.0, 1.0, 7.0, 0.0, 0.0, -np.inf, 0.0],
    ]
)


def columns(X, **keywords):
    n_rows = X.shape[0]
    return columns_of(MultiLabelDataset(X, np.ones((n_rows, 1), int), **keywords))


@pytest.mark.parametrize(
    "container",
    [
        np.asarray,
        pd.DataFrame,
        sp.csr_array,
        lambda X: pd.DataFrame(X).astype("Float64"),
    ],
    ids=["array", "frame", "sparse", "nullable"],
)
def test_figures_of_numbers(container):
    profile = columns(container(NUMBERS)).profile

    assert profile.numeric.all()
    assert profile.low.tolist() == [5, 0, 0, 0, -1.5, 0, -np.inf, 0]
    assert profile.high.tolist() == [5, 0, 1, 7, 0.5, 2, np.inf, 1]
    assert profile.n_missing.tolist() == [0, 0, 0, 0, 0, 1, 0, 1]
    assert profile.n_infinite.tolist() == [0, 0, 0, 0, 0, 0, 2, 0]
    assert np.flatnonzero(profile.constant).tolist() == [0, 1]
    assert np.flatnonzero(profile.binary).tolist() == [2]
    assert np.flatnonzero(profile.whole).tolist() == [0, 1, 2, 3]


@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=6),
        elements=st.sampled_from([0.0, 1.0, -1.0, 2.5, np.nan]),
    )
)
def test_sparse_agrees_with_dense(matrix):
    dense, sparse = columns(matrix), columns(sp.csr_array(matrix))

    for field in dataclasses.fields(dense.profile):
        ours, theirs = (getattr(c.profile, field.name) for c in (dense, sparse))
        assert np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f"), field
    keys = [[c.key(j) for j in range(matrix.shape[1])] for c in (dense, sparse)]
    same = [[a == b for a in row for b in row] for row in keys]
    assert same[0] == same[1]


def test_figures_of_text_and_dates():
    table = pd.DataFrame(
        {
            "kind": pd.Categorical(["a", "b", "a"], categories=["a", "b", "unused"]),
            "flat": ["x", "x", "x"],
            "empty": [None, None, None],
            "gap": ["x", None, "x"],
            "day": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"]),
            "yes": [True, False, True],
        }
    )

    found = columns(table)

    profile = found.profile
    assert found.named(profile.numeric) == ("yes",)
    assert found.named(profile.text) == ("kind", "flat", "empty", "gap")
    assert profile.n_distinct.tolist() == [2, 1, 0, 1, 3, 0]
    assert profile.n_missing.tolist() == [0, 0, 3, 1, 0, 0]
    assert found.named(profile.constant) == ("flat", "empty")
    assert found.named(profile.binary) == ("kind", "yes")


def test_a_column_that_is_all_missing_is_constant():
    matrix = np.array([[np.nan, 1.0], [np.nan, np.nan]])

    for table in (matrix, pd.DataFrame(matrix), sp.csr_array(matrix)):
        assert columns(table).profile.constant.tolist() == [True, False]


@pytest.mark.parametrize("X", [np.zeros((2, 3, 3)), np.zeros((2, 0)), np.zeros((0, 2))])
def test_pictures_and_empty_tables_have_no_columns(X):
    assert columns(X) is None


def test_columns_without_names_are_counted():
    found = columns(np.eye(3))

    assert found.named(np.array([0, 2])) == ("column 0", "column 2")
    assert found.named(np.array([True, False, False])) == ("column 0",)
    assert columns(np.eye(2), feature_names=["a", "b"]).names == ("a", "b")


def test_more_columns_than_a_block():
    matrix = np.tile(np.arange(150.0), (3, 1))
    matrix[0, 140] = -1

    profile = columns(matrix).profile

    assert np.flatnonzero(~profile.constant).tolist() == [140]
    assert profile.low[[0, 140, 149]].tolist() == [0, -1, 149]


def test_one_column_comes_back_with_its_zeros():
    for table in (NUMBERS[:, :4], sp.csr_array(NUMBERS[:, :4])):
        assert columns(table).column(3).tolist() == [3, 0, 7]


def test_keys_are_equal_where_values_are():
    table = pd.DataFrame(
        {
            "a": [0, 1, 2],
            "b": [0.0, 1.0, 2.0],
            "c": [0.0, 1.0, 2.5],
            "d": ["x", "y", None],
            "e": pd.Categorical(["x", "y", None], categories=["y", "x"]),
            "f": ["y", "x", None],
            "g": ["0", "1", "2"],
        }
    )
    found = columns(table)

    keys = [found.key(j) for j in range(7)]

    assert keys[0] == keys[1]
    assert keys[3] == keys[4]
    assert len(set(keys)) == 5


@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame, sp.csr_array])
def test_patterns_are_those_of_a_column_and_of_its_complement(container):
    Y = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 1, 1]])

    equal, complement, again, other = pattern_keys(container(Y))

    assert equal == complement == again
    assert other != equal


def test_the_pattern_of_a_feature_is_comparable_with_that_of_a_label():
    label = pattern_keys(np.array([[0], [1], [1]]))[0]
    table = pd.DataFrame(
        {"word": ["no", "yes", "yes"], "number": [3.0, 8.0, 8.0], "flip": [1, 0, 0]}
    )

    for found in (columns(table), columns(sp.csr_array(table[["number", "flip"]]))):
        patterns = [found.pattern(j) for j in range(len(found.names))]
        assert set(patterns) == {label}


def test_chance_is_bounded_by_the_binomial_coefficient():
    # C(10, 3) = 120: at most one pair in 120 is equal by chance.
    assert may_be_chance(10, 3, 2)
    assert not may_be_chance(10, 3, 1)
    assert may_be_chance(10, 7, 2)
    assert not may_be_chance(100_000, 50_000, 10**9)
