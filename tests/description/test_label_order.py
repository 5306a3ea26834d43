"""Orders of the labels."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.description.label_order import label_order
from mlkit.exceptions import OptionError


def test_the_most_frequent_first_equals_in_column_order():
    Y = [[1, 0, 1, 1], [0, 0, 1, 1], [0, 1, 1, 0]]
    assert label_order(Y).tolist() == [2, 3, 0, 1]
    assert label_order(Y, "given").tolist() == [0, 1, 2, 3]


def test_labels_that_go_together_become_neighbours():
    # Columns 0 and 3 are alike, and so are 1 and 2.
    first, last = [1, 0, 0, 1], [0, 1, 1, 0]
    order = label_order([first, first, last, last, [0] * 4], "clustered").tolist()
    assert {frozenset(order[:2]), frozenset(order[2:])} == {
        frozenset({0, 3}),
        frozenset({1, 2}),
    }


def test_clustering_takes_constant_labels_as_uncorrelated():
    Y = np.array([[1, 0, 1, 0], [1, 0, 0, 1], [1, 0, 1, 1]])
    assert sorted(label_order(Y, "clustered")) == [0, 1, 2, 3]


@pytest.mark.parametrize("n_labels", [0, 1, 2])
@pytest.mark.parametrize("order", ["frequency", "clustered", "given"])
def test_few_labels_and_no_rows(n_labels, order):
    Y = np.zeros((0, n_labels), dtype=int)
    assert label_order(Y, order).tolist() == list(range(n_labels))


def test_many_labels_are_clustered_without_the_best_order_of_leaves():
    Y = np.eye(320, dtype=int)
    assert sorted(label_order(Y, "clustered")) == list(range(320))


def test_the_labels_given_are_not_modified():
    Y = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 0]])
    before = Y.copy()
    label_order(Y, "clustered")
    np.testing.assert_array_equal(Y, before)


def test_an_order_that_does_not_exist():
    with pytest.raises(OptionError, match="'frequency', 'clustered', 'given'"):
        label_order([[1]], "random")
