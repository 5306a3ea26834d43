import itertools
import warnings

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.splitting import assignment
from mlkit.splitting.assignment import assign_rows
from mlkit.splitting.coverage import avoidable_gaps, required_parts
from mlkit.splitting.units import sum_of_parts

small = st.tuples(st.integers(2, 8), st.integers(1, 8)).flatmap(
    lambda shape: npst.arrays(np.int8, shape, elements=st.integers(0, 1))
)


def gaps(labels, part_of, n_parts, priority=None):
    counts = sum_of_parts(labels, np.asarray(part_of), n_parts)
    required = required_parts(labels, n_parts, priority=priority)
    return int(avoidable_gaps(counts, required).sum())


def planted(seed, n_samples, n_parts, n_labels):
    """Labels with a row in each of some hidden parts of equal size, no more."""
    rng = np.random.default_rng(seed)
    part_of = rng.permutation(np.arange(n_samples) % n_parts)
    labels = np.zeros((n_samples, n_labels), dtype=np.int8)
    for label in range(n_labels):
        for part in range(n_parts):
            labels[rng.choice(np.flatnonzero(part_of == part)), label] = 1
    return sp.csr_array(labels)


def fewest_gaps(labels, n_test, priority=None):
    """The best of all assignments with so many rows in the second part."""
    n_samples = labels.shape[0]
    return min(
        gaps(labels, [int(row in test) for row in range(n_samples)], 2, priority)
        for test in map(set, itertools.combinations(range(n_samples), n_test))
    )


class TestGuaranteeAgainstBruteForce:
    @settings(max_examples=120, deadline=None)
    @given(labels=small, seed=st.integers(0, 50))
    def test_two_folds(self, labels, seed):
        matrix, n = sp.csr_array(labels), len(labels)
        sizes = np.array([n - n // 2, n // 2])
        part_of, _ = assign_rows(
            matrix, sizes, weights=[1, 1], rng=np.random.RandomState(seed)
        )
        assert np.bincount(part_of).tolist() == sizes.tolist()
        assert gaps(matrix, part_of, 2) == fewest_gaps(matrix, n // 2)

    @settings(max_examples=120, deadline=None)
    @given(labels=small, n_test=st.integers(1, 7), seed=st.integers(0, 50))
    def test_train_and_test(self, labels, n_test, seed):
        matrix, n = sp.csr_array(labels), len(labels)
        n_test = min(n_test, n - 1)
        sizes = np.array([n - n_test, n_test])
        part_of, uncovered = assign_rows(
            matrix,
            sizes,
            weights=sizes.tolist(),
            priority=[0, 1],
            rng=np.random.RandomState(seed),
        )
        fewest = fewest_gaps(matrix, n_test, [0, 1])
        assert gaps(matrix, part_of, 2, [0, 1]) == fewest
        assert (len(uncovered) == 0) == (fewest == 0)

    def test_three_folds_of_a_cyclic_design(self):
        # Label i stands in rows i, i + 3 and i + 6 (mod 9), and in no two of one fold
        # only if the folds are the residues of a chain that greedy steps break.
        labels = np.zeros((9, 9), dtype=np.int8)
        for label in range(9):
            labels[[label, (label + 1) % 9, (label + 2) % 9], label] = 1
        matrix = sp.csr_array(labels)
        for seed in range(10):
            part_of, uncovered = assign_rows(
                matrix,
                np.array([3, 3, 3]),
                weights=[1, 1, 1],
                rng=np.random.RandomState(seed),
            )
            assert gaps(matrix, part_of, 3) == 0
            assert len(uncovered) == 0


class TestPlanted:
    @pytest.mark.parametrize("seed", range(6))
    def test_a_hidden_solution_is_found_where_swaps_end_short_of_it(self, seed):
        labels = planted(seed, 22, 3, 40)
        part_of, uncovered = assign_rows(
            labels, np.array([8, 7, 7]), weights=[1] * 3, rng=np.random.RandomState(0)
        )
        assert gaps(labels, part_of, 3) == len(uncovered) == 0

    def test_an_exchange_that_opens_a_gap_again_is_undone(self, monkeypatch):
        labels, spoiled = planted(0, 90, 3, 20), []

        def spoil(columns, part_of, shares, *, moves, free=None):
            part_of.sort()
            if free is not None:
                spoiled.append(gaps(labels, part_of, 3))

        monkeypatch.setattr(assignment, "swap_while_better", spoil)
        part_of, _ = assign_rows(labels, np.full(3, 30), weights=[1] * 3)
        assert len(spoiled) == 1
        assert gaps(labels, part_of, 3) < spoiled[0]


class TestPriority:
    # Row 0 has label 0; rows 1, 2 label 1; rows 3, 4, 5 label 2; twelve have none.
    LABELS = sp.csr_array(
        np.vstack(
            [np.eye(3, dtype=np.int8)[[0, 1, 1, 2, 2, 2]], np.zeros((12, 3), np.int8)]
        )
    )

    @pytest.mark.parametrize("seed", range(10))
    def test_train_first_then_test_then_validation(self, seed):
        sizes = np.array([12, 3, 3])
        part_of, _ = assign_rows(
            self.LABELS,
            sizes,
            weights=sizes.tolist(),
            priority=[0, 2, 1],
            rng=np.random.RandomState(seed),
        )
        assert part_of[0] == 0
        assert sorted(part_of[1:3].tolist()) == [0, 2]
        assert sorted(part_of[3:6].tolist()) == [0, 1, 2]


class TestGroups:
    @settings(max_examples=60, deadline=None)
    @given(
        seed=st.integers(0, 500),
        n_parts=st.integers(2, 4),
        order=st.sampled_from([1, 2]),
    )
    def test_each_group_is_in_one_part_and_no_part_is_empty(self, seed, n_parts, order):
        rng = np.random.default_rng(seed)
        n_groups = int(rng.integers(n_parts, 9))
        groups = np.concatenate([np.arange(n_groups), rng.integers(0, n_groups, 30)])
        labels = sp.csr_array((rng.random((len(groups), 5)) < 0.3).astype(np.int8))
        n = len(groups)
        part_of, _ = assign_rows(
            labels,
            n // n_parts + (np.arange(n_parts) < n % n_parts),
            weights=[1] * n_parts,
            order=order,
            groups=groups,
            rng=np.random.RandomState(seed),
        )
        assert all(len(set(part_of[groups == group])) == 1 for group in range(n_groups))
        assert set(part_of) == set(range(n_parts))

    def test_a_label_of_one_group_is_not_called_uncovered(self):
        groups = np.array([0, 0, 0, 1, 2, 3])
        labels = sp.csr_array(np.array([[1], [1], [1], [0], [0], [0]], dtype=np.int8))
        _, uncovered = assign_rows(
            labels, np.array([3, 3]), weights=[1, 1], groups=groups
        )
        assert len(uncovered) == 0


class TestInvariants:
    @settings(max_examples=40, deadline=None)
    @given(seed=st.integers(0, 500))
    def test_order_of_labels_hardly_matters_to_the_guarantee(self, seed):
        rng = np.random.default_rng(seed)
        labels = (rng.random((40, 8)) < 0.1).astype(np.int8)
        sizes = np.array([14, 13, 13])
        for columns in (np.arange(8), rng.permutation(8)):
            matrix = sp.csr_array(labels[:, columns])
            part_of, uncovered = assign_rows(
                matrix, sizes, weights=[1] * 3, rng=np.random.RandomState(0)
            )
            assert np.bincount(part_of).tolist() == sizes.tolist()
            assert gaps(matrix, part_of, 3) == len(uncovered) == 0

    def test_without_a_generator_it_is_the_same_always(self):
        labels = sp.csr_array(np.eye(6, dtype=np.int8)[np.arange(60) % 6])
        twice = [
            assign_rows(labels, np.array([20, 20, 20]), weights=[1] * 3)[0].tolist()
            for _ in range(2)
        ]
        assert twice[0] == twice[1]

    def test_labels_may_be_absent(self):
        part_of, uncovered = assign_rows(
            sp.csr_array((5, 0), dtype=np.int8), np.array([3, 2]), weights=[3, 2]
        )
        assert np.bincount(part_of).tolist() == [3, 2]
        assert len(uncovered) == 0

    def test_nothing_is_warned_of_here(self):
        impossible = sp.csr_array(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], np.int8))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            _, uncovered = assign_rows(impossible, np.array([2, 1]), weights=[1, 1])
        assert len(uncovered) == 1
