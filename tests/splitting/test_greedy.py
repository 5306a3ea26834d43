from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.splitting.greedy import place_greedily

matrices = st.tuples(st.integers(1, 25), st.integers(0, 6)).flatmap(
    lambda shape: npst.arrays(np.int8, shape, elements=st.integers(0, 1))
)


def place(labels, weights, sizes=None, draws=None):
    columns = sp.csr_array(np.asarray(labels))
    n_units = columns.shape[0]
    sizes = np.ones(n_units, dtype=np.int64) if sizes is None else np.asarray(sizes)
    draws = np.zeros(n_units) if draws is None else np.asarray(draws)
    return place_greedily(columns, sizes, weights, draws).tolist()


def by_the_paper(labels, sizes, weights):
    """Algorithm 1 step by step, with amounts; ties to the first; exact fractions."""
    n_units, n_labels = labels.shape
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    wants_rows = [int(sizes.sum()) * share for share in shares]
    wants = [[int(c) * share for c in labels.sum(axis=0)] for share in shares]
    part_of, left = {}, list(range(n_units))
    while left:
        counts = [sum(int(labels[i, j] > 0) for i in left) for j in range(n_labels)]
        present = [j for j in range(n_labels) if counts[j]]
        label = min(present, key=lambda j: counts[j]) if present else None
        units = [i for i in left if label is None or labels[i, label]]
        amounts = sizes if label is None else labels[:, label]
        for unit in sorted(units, key=lambda i: -int(amounts[i])):
            part = max(
                range(len(weights)),
                key=lambda p: (
                    wants[p][label] if label is not None else 0,
                    wants_rows[p],
                    -p,
                ),
            )
            part_of[unit] = part
            left.remove(unit)
            wants_rows[part] -= int(sizes[unit])
            for j in np.flatnonzero(labels[unit]):
                wants[part][j] -= int(labels[unit, j])
    return [part_of[i] for i in range(n_units)]


class TestByHand:
    def test_the_rarest_column_goes_first(self):
        # To deal out the first label first would put rows 0 and 2, which have the
        # second, into the same part.
        assert place([[1, 1], [1, 0], [1, 1], [1, 0]], [1, 1]) == [0, 0, 1, 1]

    def test_of_tied_columns_the_first_goes_first(self):
        assert place([[0, 1], [1, 1], [1, 0]], [1, 1]) == [1, 0, 1]

    def test_tied_parts_are_told_apart_by_their_rows(self):
        assert place([[1, 0], [0, 1]], [1, 1]) == [0, 1]

    def test_then_by_the_draw(self):
        assert place([[1], [0]], [1, 1, 1], draws=[0.99, 0.0]) == [2, 0]

    def test_units_without_labels_fill_the_parts_up(self):
        assert place([[1], [1], [1], [0]], [1, 1]) == [0, 1, 0, 1]

    def test_weights_are_shares(self):
        assert np.bincount(place(np.ones((10, 1)), [7, 3])).tolist() == [7, 3]

    def test_the_largest_groups_go_first(self):
        assert place([[1], [5], [2], [2]], [1, 1], sizes=[9, 9, 9, 9]) == [1, 0, 1, 1]

    def test_groups_without_labels_balance_the_rows(self):
        assert place(np.zeros((4, 1)), [1, 1], sizes=[1, 2, 4, 3]) == [0, 1, 0, 1]


class TestAgainstTheAlgorithm:
    @settings(max_examples=80, deadline=None)
    @given(labels=matrices, n_parts=st.integers(2, 4))
    def test_folds(self, labels, n_parts):
        ones = np.ones(len(labels), dtype=np.int64)
        assert place(labels, [1] * n_parts) == by_the_paper(labels, ones, [1] * n_parts)

    @settings(max_examples=80, deadline=None)
    @given(
        labels=matrices,
        weights=st.lists(st.integers(1, 20), min_size=2, max_size=4),
        seed=st.integers(0, 99),
    )
    def test_groups_and_unequal_shares(self, labels, weights, seed):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(1, 6, size=len(labels))
        amounts = labels * rng.integers(1, 4, size=labels.shape)
        got = place(amounts, weights, sizes=sizes)
        assert got == by_the_paper(amounts, sizes, weights)


def test_large_numbers_do_not_overflow():
    # Desires for columns and rows, multiplied: far more than 64 bits hold.
    sizes = [10**9, 10**9, 10**9, 10**9]
    amounts = np.full((4, 1), 10**9)
    assert place(amounts, [10**4, 10**4], sizes=sizes) == [0, 1, 0, 1]


@pytest.mark.parametrize("n_columns", [0, 3])
def test_no_unit_is_left_out(n_columns):
    assert place(np.zeros((5, n_columns)), [1, 1]) == [0, 1, 0, 1, 0]
