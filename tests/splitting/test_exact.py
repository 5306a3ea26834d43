import itertools

import numpy as np
import pytest
import scipy.sparse as sp

from mlkit.splitting.coverage import required_parts
from mlkit.splitting.exact import is_small, place_exactly
from mlkit.splitting.units import make_units, sum_of_parts


def n_gaps(labels, part_of, required):
    counts = sum_of_parts(labels, np.asarray(part_of), len(required))
    return int((required & (counts == 0)).sum())


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("priority", [None, [0, 1]])
def test_no_assignment_has_fewer_gaps(seed, priority):
    rng = np.random.default_rng(seed)
    labels = sp.csr_array((rng.random((7, 6)) < 0.3).astype(np.int8))
    required = required_parts(labels, 2, priority=priority)
    start = np.array([0, 0, 0, 0, 1, 1, 1])
    found = place_exactly(make_units(labels), start, np.array([4, 3]), required)
    fewest = min(
        n_gaps(labels, [int(row in test) for row in range(7)], required)
        for test in itertools.combinations(range(7), 3)
    )
    assert n_gaps(labels, found, required) == fewest
    assert np.bincount(found).tolist() == [4, 3]


def test_no_unit_moves_without_need():
    labels = sp.csr_array(np.array([[1], [1], [0], [0]], dtype=np.int8))
    start = np.array([0, 1, 1, 0])
    required = required_parts(labels, 2)
    found = place_exactly(make_units(labels), start, np.array([2, 2]), required)
    assert found.tolist() == start.tolist()


def test_groups_keep_to_the_sizes_as_well_as_before():
    labels = sp.csr_array(np.array([[1], [1], [0], [0], [0]], dtype=np.int8))
    units = make_units(labels, groups=np.array([0, 1, 2, 2, 2]))
    # Sizes 2 and 3 for wanted 3 and 2: off by one. Each part needs label 0, so the
    # large group must join one of them: 4 and 1 is off by one from (3, 2) too.
    required = required_parts(units.labels, 2)
    found = place_exactly(units, np.array([0, 0, 1]), np.array([3, 2]), required)
    assert found[0] != found[1]
    sizes = np.bincount(found, units.sizes)
    assert np.abs(sizes - [3, 2]).max() <= 1


def test_what_is_small():
    assert is_small(8, 2)
    assert is_small(48, 5)
    assert not is_small(49, 5)
