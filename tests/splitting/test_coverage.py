import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from mlkit.splitting.coverage import Coverage, avoidable_gaps, required_parts
from mlkit.splitting.refinement import weighted_columns
from mlkit.splitting.units import make_units, sum_of_parts

seeds = st.integers(0, 500)


def random_units(seed, *, order=1, groups=False):
    rng = np.random.default_rng(seed)
    labels = sp.csr_array((rng.random((24, 6)) < 0.12).astype(np.int8))
    numbers = np.concatenate([np.arange(9), rng.integers(0, 9, 15)]) if groups else None
    return make_units(labels, order=order, groups=numbers)


def coverage_of(units, part_of, shares, required=None):
    if required is None:
        required = required_parts(units.labels, len(shares))
    columns = weighted_columns(units)
    return Coverage(units, columns, part_of, np.asarray(shares), required)


def n_gaps(units, part_of, required):
    counts = sum_of_parts(units.labels, part_of, len(required))
    return int((required & (counts == 0)).sum())


class TestRequiredParts:
    LABELS = sp.csr_array(
        np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]], dtype=np.int8)
    )

    def test_folds_are_alike(self):
        assert required_parts(self.LABELS, 3).all()

    def test_rare_labels_go_by_priority(self):
        # Train, validation, test: three rows for all, two for train and test, one for
        # train, none for nobody.
        got = required_parts(self.LABELS, 3, priority=[0, 2, 1])
        assert got.T.astype(int).tolist() == [
            [1, 1, 1],
            [1, 0, 1],
            [1, 0, 0],
            [0, 0, 0],
        ]


class TestAvoidableGaps:
    def test_by_hand(self):
        counts = np.array([[3, 1, 0, 2], [0, 0, 0, 2]])
        assert avoidable_gaps(counts, np.ones((2, 4), dtype=bool)).tolist() == [
            1,
            0,
            0,
            0,
        ]

    def test_a_positive_in_the_wrong_part_is_avoidable(self):
        required = np.array([[True], [False]])
        assert avoidable_gaps(np.array([[0], [1]]), required).tolist() == [1]


class TestCloseGaps:
    def test_a_swap_keeps_the_sizes(self):
        labels = sp.csr_array(np.array([[1], [1], [0], [0]], dtype=np.int8))
        units, part_of = make_units(labels), np.array([0, 0, 1, 1])
        coverage_of(units, part_of, [0.5, 0.5]).close_gaps()
        assert part_of[:2].sum() == 1
        assert np.bincount(part_of).tolist() == [2, 2]

    def test_the_swap_that_disturbs_least_is_made(self):
        # Row 0 or 1 must change places with 3, 4 or 5; 5 has what 0 has beside.
        labels = np.array([[1, 1], [1, 0], [0, 0], [0, 0], [0, 0], [0, 1]])
        units = make_units(sp.csr_array(labels.astype(np.int8)))
        part_of = np.array([0, 0, 0, 1, 1, 1])
        coverage_of(units, part_of, [0.5, 0.5]).close_gaps()
        assert (labels[part_of == 1].sum(axis=0)).tolist() == [1, 1]

    def test_one_gap_may_open_another_that_is_easier_to_close(self):
        # Forty labels of three rows each, one in each of three hidden parts.
        rng = np.random.default_rng(8)
        hidden = rng.permutation(np.arange(22) % 3)
        labels = np.zeros((22, 40), dtype=np.int8)
        for label in range(40):
            for part in range(3):
                labels[rng.choice(np.flatnonzero(hidden == part)), label] = 1
        units = make_units(sp.csr_array(labels))
        required = required_parts(units.labels, 3)
        shares = np.bincount(hidden) / 22
        downhill, part_of = np.arange(22) % 3, np.arange(22) % 3
        stubborn = coverage_of(units, downhill, shares)
        while stubborn._close_each(most=-1):
            pass
        coverage_of(units, part_of, shares).close_gaps()
        assert n_gaps(units, downhill, required) > 0
        assert n_gaps(units, part_of, required) == 0

    def test_groups_may_move_alone(self):
        labels = sp.csr_array(np.array([[1], [1], [0]], dtype=np.int8))
        units = make_units(labels, groups=np.array([0, 1, 2]))
        part_of = np.array([0, 0, 1])
        coverage_of(units, part_of, [0.5, 0.5]).close_gaps()
        assert sorted(part_of[:2].tolist()) == [0, 1]

    @settings(max_examples=60, deadline=None)
    @given(seed=seeds, order=st.sampled_from([1, 2]), groups=st.booleans())
    def test_gaps_never_grow_and_books_are_kept(self, seed, order, groups):
        units = random_units(seed, order=order, groups=groups)
        rng = np.random.default_rng(seed)
        n_units, shares = len(units.sizes), np.array([0.5, 0.3, 0.2])
        part_of = rng.permutation(np.arange(n_units) % 3)
        required = required_parts(units.labels, 3, priority=[0, 2, 1])
        before, sizes = n_gaps(units, part_of, required), np.bincount(part_of)
        coverage = coverage_of(units, part_of, shares, required)
        coverage.close_gaps()
        assert n_gaps(units, part_of, required) <= before
        if not groups:
            assert np.bincount(part_of, minlength=3).tolist() == sizes.tolist()
        afresh = coverage_of(units, part_of, shares, required)
        assert coverage.counts.tolist() == afresh.counts.tolist()
        assert coverage.surplus == pytest.approx(afresh.surplus)

    @settings(max_examples=60, deadline=None)
    @given(seed=seeds)
    def test_a_swap_does_what_it_says(self, seed):
        units = random_units(seed)
        part_of = np.random.default_rng(seed).permutation(np.arange(24) % 3)
        shares = np.array([0.5, 0.3, 0.2])
        required = required_parts(units.labels, 3)
        coverage = coverage_of(units, part_of, shares, required)
        unit = 0
        part = int(part_of[unit] + 1) % 3
        partners = np.flatnonzero(part_of == part)
        changes = coverage._gap_changes(
            unit, part_of[unit], part, units.labels[partners]
        )
        costs = coverage._costs(unit, part_of[unit], part, coverage.columns[partners])
        for position, partner in enumerate(partners):
            after = part_of.copy()
            after[[unit, partner]] = part_of[[partner, unit]]
            assert changes[position] == n_gaps(units, after, required) - n_gaps(
                units, part_of, required
            )
            surplus = coverage_of(units, after, shares).surplus
            change = (surplus**2).sum() - (coverage.surplus**2).sum()
            assert 2 * costs[position] == pytest.approx(change)


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_free_units_open_no_gap(seed):
    units = random_units(seed)
    part_of = np.random.default_rng(seed).permutation(np.arange(24) % 3)
    required = required_parts(units.labels, 3)
    free = coverage_of(units, part_of, np.full(3, 1 / 3)).free_units()
    for unit in range(24):
        label_gone = any(
            units.labels[unit, label]
            and part_of[units.labels[:, [label]].toarray().ravel() == 1]
            .tolist()
            .count(part_of[unit])
            == 1
            for label in range(6)
        )
        assert free[unit] == (not label_gone)
    assert required.all()
