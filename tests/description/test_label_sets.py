"""Label sets: counted exactly, ordered, named."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlkit import MultiLabelDataset
from mlkit.description.known_labels import known_labels
from mlkit.description.label_sets import (
    count_label_sets,
    distinct_label_sets,
    label_set_table,
)
from mlkit.exceptions import IndicatorError

Y = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [1, 0, 0]])
INDICATORS = hnp.arrays(
    np.int8,
    st.tuples(st.integers(0, 12), st.integers(1, 4)),
    elements=st.integers(0, 1),
)


def test_sets_are_ordered_and_named():
    sets = distinct_label_sets(pd.DataFrame(Y, columns=["a", "b", "c"]))

    assert list(sets.index) == [("a",), (), ("a", "b")]
    assert sets.tolist() == [2, 1, 1]


def test_positions_stand_for_names_that_are_absent():
    assert list(distinct_label_sets(Y).index) == [(0,), (), (0, 1)]
    assert list(distinct_label_sets(sp.csr_array(Y)).index) == [(0,), (), (0, 1)]


def test_equally_frequent_sets_stand_in_column_order():
    sets = distinct_label_sets(np.eye(12, dtype=int)[::-1])

    assert list(sets.index) == [(j,) for j in range(12)]  # not '10' before '2'


@given(INDICATORS)
def test_counts_are_those_of_a_loop(labels):
    expected = Counter(tuple(np.flatnonzero(row).tolist()) for row in labels)

    sets = distinct_label_sets(labels)

    assert dict(sets) == expected
    assert sets.is_monotonic_decreasing
    pd.testing.assert_series_equal(sets, distinct_label_sets(sp.csr_array(labels)))


@given(INDICATORS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(labels, random):
    order = list(range(len(labels)))
    random.shuffle(order)

    again = distinct_label_sets(labels[order])

    pd.testing.assert_series_equal(distinct_label_sets(labels), again)


def test_wide_indices_are_counted_too():
    known = known_labels(Y)
    known.present.indices = known.present.indices.astype(np.int64)
    known.present.indptr = known.present.indptr.astype(np.int64)

    assert sorted(count_label_sets(known).values()) == [1, 1, 2]
    assert distinct_label_sets(known).tolist() == [2, 1, 1]


def test_unknown_counts_as_absent():
    sets = distinct_label_sets([[1, np.nan], [1, 0], [np.nan, np.nan]])

    assert dict(sets) == {(0,): 2, (): 1}


def test_table_by_hand():
    ds = MultiLabelDataset(np.ones((4, 1)), Y, label_names=["a", "b", "c"])

    table = label_set_table(ds)

    assert list(table.index) == [("a",), (), ("a", "b")]
    assert table["size"].tolist() == [1, 0, 2]
    assert table["count"].tolist() == [2, 1, 1]
    assert table["share"].tolist() == [0.5, 0.25, 0.25]
    assert table["cumulative_share"].tolist() == [0.5, 0.75, 1.0]


def test_shares_end_at_exactly_one():
    table = label_set_table(np.eye(49, dtype=int))  # 49 * (1 / 49) < 1

    assert table["cumulative_share"].iloc[-1] == 1.0


def test_a_set_of_one_label_keeps_a_tuple_as_its_name():
    table = label_set_table(pd.DataFrame({"a": [1]}))

    assert table.index[0] == ("a",)
    assert table.index.name == "label_set"


def test_no_rows():
    assert len(distinct_label_sets(np.empty((0, 2)))) == 0
    assert label_set_table(np.empty((0, 2))).shape == (0, 4)


def test_what_is_no_label_matrix_is_refused():
    with pytest.raises(IndicatorError, match="outside"):
        distinct_label_sets([[3]])
