import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from mlkit.splitting import refinement
from mlkit.splitting.refinement import (
    Balance,
    even_sizes,
    fill_empty_parts,
    swap_while_better,
    weighted_columns,
)
from mlkit.splitting.units import make_units

seeds = st.integers(0, 500)


def deviation(columns, part_of, shares):
    """The sum of squares that the descent lowers, from its definition."""
    dense = columns.toarray()
    total = dense.sum(axis=0)
    return sum(
        ((dense[part_of == part].sum(axis=0) - share * total) ** 2).sum()
        for part, share in enumerate(shares)
    )


def random_case(seed, n_units=40, n_parts=3):
    rng = np.random.default_rng(seed)
    dense = rng.integers(0, 3, size=(n_units, 5)) * (rng.random((n_units, 5)) < 0.4)
    columns = sp.csr_array(dense.astype(float))
    shares = rng.dirichlet(np.full(n_parts, 5.0))
    return columns, rng.integers(0, n_parts, size=n_units), shares


class TestWeightedColumns:
    def test_pairs_count_for_less(self):
        labels = sp.csr_array(np.array([[1, 1], [1, 0]], dtype=np.int8))
        got = weighted_columns(make_units(labels, order=2)).toarray()
        assert got**2 == pytest.approx(np.array([[0.1, 1, 1], [0, 1, 0]]))

    def test_groups_count_their_rows(self):
        labels = sp.csr_array(np.array([[1], [1], [0]], dtype=np.int8))
        units = make_units(labels, groups=np.array([0, 0, 1]))
        assert weighted_columns(units).toarray().tolist() == [[2, 2], [0, 1]]


class TestBalance:
    @settings(max_examples=30, deadline=None)
    @given(seed=seeds)
    def test_costs_are_half_the_change_of_the_deviation(self, seed):
        columns, part_of, shares = random_case(seed)
        costs = Balance(columns, part_of, shares).move_costs()
        before = deviation(columns, part_of, shares)
        pool = Balance(columns, part_of, shares).pool
        for position, unit in enumerate(pool[:10]):
            for part in range(3):
                after = part_of.copy()
                after[unit] = part
                expected = (deviation(columns, after, shares) - before) / 2
                if part != part_of[unit]:
                    assert costs[part, position] == pytest.approx(expected)

    @settings(max_examples=30, deadline=None)
    @given(seed=seeds)
    def test_moves_keep_the_costs_up_to_date(self, seed):
        columns, part_of, shares = random_case(seed)
        balance = Balance(columns, part_of, shares)
        for unit, part in ((0, 1), (7, 2), (0, 0), (39, 1)):
            balance.move(unit, part)
        afresh = Balance(columns, part_of, shares)
        mine, theirs = np.argsort(balance.pool), np.argsort(afresh.pool)
        assert part_of[balance.pool].tolist() == balance.part_of.tolist()
        assert balance.move_costs()[:, mine] == pytest.approx(
            afresh.move_costs()[:, theirs]
        )

    @settings(max_examples=30, deadline=None)
    @given(seed=seeds)
    def test_a_swap_is_at_least_as_good_as_it_says(self, seed):
        columns, part_of, shares = random_case(seed)
        balance = Balance(columns, part_of, shares)
        before = deviation(columns, part_of, shares)
        cost, first, second = balance.best_swap(balance.move_costs())
        parts = balance.part_of[[second, first]].tolist()
        assert parts[0] != parts[1]
        balance.move(first, parts[0])
        balance.move(second, parts[1])
        assert deviation(columns, part_of, shares) - before <= 2 * cost + 1e-9

    def test_the_pool_is_bounded_and_has_units_of_every_part(self, monkeypatch):
        monkeypatch.setattr(refinement, "_POOL", 20)
        columns, part_of, shares = random_case(0, n_units=500)
        balance = Balance(columns, part_of, shares)
        assert len(balance.pool) <= 21
        assert set(balance.part_of) == {0, 1, 2}

    def test_only_free_units_are_in_the_pool(self):
        columns, part_of, shares = random_case(0)
        free = np.arange(40) % 2 == 0
        pool = Balance(columns, part_of, shares, free).pool
        assert sorted(pool.tolist()) == list(range(0, 40, 2))


class TestEvenSizes:
    @settings(max_examples=30, deadline=None)
    @given(seed=seeds)
    def test_sizes_become_those_wanted(self, seed):
        columns, part_of, _ = random_case(seed)
        sizes = np.random.default_rng(seed).multinomial(37, [0.5, 0.3, 0.2]) + 1
        even_sizes(columns, part_of, sizes)
        assert np.bincount(part_of, minlength=3).tolist() == sizes.tolist()

    def test_also_where_the_pool_is_too_small(self, monkeypatch):
        monkeypatch.setattr(refinement, "_POOL", 9)
        columns, _, _ = random_case(0)
        part_of = np.zeros(40, dtype=np.int64)
        even_sizes(columns, part_of, np.array([2, 30, 8]))
        assert np.bincount(part_of).tolist() == [2, 30, 8]

    def test_the_row_that_helps_most_is_moved(self):
        columns = sp.csr_array(np.array([[0.0], [1], [1], [0], [0], [0]]))
        part_of = np.array([0, 0, 0, 0, 1, 1])
        even_sizes(columns, part_of, np.array([3, 3]))
        assert part_of[[1, 2]].sum() == 1

    def test_without_columns(self):
        part_of = np.zeros(4, dtype=np.int64)
        even_sizes(sp.csr_array((4, 0)), part_of, np.array([2, 2]))
        assert np.bincount(part_of).tolist() == [2, 2]


class TestSwapWhileBetter:
    @settings(max_examples=30, deadline=None)
    @given(seed=seeds)
    def test_swaps_keep_sizes_and_lower_the_deviation(self, seed):
        columns, part_of, shares = random_case(seed)
        before = deviation(columns, part_of, shares)
        sizes = np.bincount(part_of, minlength=3)
        swap_while_better(columns, part_of, shares, moves=False)
        assert np.bincount(part_of, minlength=3).tolist() == sizes.tolist()
        assert deviation(columns, part_of, shares) <= before + 1e-9

    @settings(max_examples=30, deadline=None)
    @given(seed=seeds)
    def test_moves_help_further_and_empty_no_part(self, seed):
        columns, part_of, shares = random_case(seed, n_units=6)
        part_of[:3] = [0, 1, 2]
        before = deviation(columns, part_of, shares)
        swap_while_better(columns, part_of, shares, moves=True)
        assert deviation(columns, part_of, shares) <= before + 1e-9
        assert np.bincount(part_of, minlength=3).min() >= 1

    def test_by_hand(self):
        columns = sp.csr_array(np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]]))
        part_of = np.array([0, 0, 1, 1])
        swap_while_better(columns, part_of, np.array([0.5, 0.5]), moves=False)
        assert deviation(columns, part_of, [0.5, 0.5]) == 0

    def test_bound_units_stay(self):
        columns, part_of, shares = random_case(3)
        before = part_of.copy()
        free = np.arange(40) < 20
        swap_while_better(columns, part_of, shares, moves=True, free=free)
        assert part_of[20:].tolist() == before[20:].tolist()
        assert part_of[:20].tolist() != before[:20].tolist()

    @pytest.mark.parametrize("moves", [True, False])
    def test_nothing_happens_where_all_units_are_bound(self, moves):
        columns, part_of, shares = random_case(3)
        before = part_of.tolist()
        free = np.zeros(40, dtype=bool)
        swap_while_better(columns, part_of, shares, moves=moves, free=free)
        assert part_of.tolist() == before

    @pytest.mark.parametrize("moves", [True, False])
    def test_units_of_one_part_only_are_free(self, moves):
        columns, part_of, shares = random_case(3)
        free = part_of == 0
        others = part_of[~free].tolist()
        swap_while_better(columns, part_of, shares, moves=moves, free=free)
        assert part_of[~free].tolist() == others


class TestFillEmptyParts:
    def test_each_part_gets_a_unit(self):
        columns, _, shares = random_case(0, n_units=5)
        part_of = np.array([1, 1, 1, 1, 1])
        fill_empty_parts(columns, part_of, shares)
        assert sorted(np.bincount(part_of, minlength=3).tolist()) == [1, 1, 3]

    def test_nothing_is_done_where_none_is_empty(self):
        columns, _, shares = random_case(0, n_units=3)
        part_of = np.array([2, 0, 1])
        fill_empty_parts(columns, part_of, shares)
        assert part_of.tolist() == [2, 0, 1]
