from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.resampling import LPROS, LPRUS
from mlkit.resampling.label_sets import _even_quotas

# Label sets of 9, 5, 3, 2 and 1 rows (the last is empty): 20 rows, mean size 4.
SETS = np.repeat(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 0, 0]], [9, 5, 3, 2, 1], 0
)


def sizes(Y):
    sets = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 0, 0]]
    return [int(np.equal(Y, one).all(axis=1).sum()) for one in sets]


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.15, [9, 5, 4, 3, 2]),  # 3 rows, one for each of the three small sets
        (0.25, [9, 5, 4, 4, 3]),  # 5: the set of 3 takes 1, the others 2 each
        (0.3, [9, 5, 4, 4, 4]),  # 6: all are filled
        (1.0, [9, 5, 4, 4, 4]),  # no set passes the mean
        (0.0, [9, 5, 3, 2, 1]),
    ],
)
def test_rare_sets_grow_evenly_up_to_the_mean(share, expected):
    _, Y_more = LPROS(share=share, random_state=0).fit_resample(SETS, SETS)

    assert sizes(Y_more) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.1, [8, 4, 3, 2, 1]),  # 2 rows, one of each large set
        (0.2, [6, 4, 3, 2, 1]),  # 4: the set of 5 can give 1, the other gives 3
        (0.9, [4, 4, 3, 2, 1]),  # no set falls below the mean
        (0.0, [9, 5, 3, 2, 1]),
    ],
)
def test_frequent_sets_shrink_evenly_down_to_the_mean(share, expected):
    _, Y_less = LPRUS(share=share, random_state=0).fit_resample(SETS, SETS)

    assert sizes(Y_less) == expected


def test_a_mean_between_whole_rows_is_not_passed():
    # 7 rows in 2 sets: the mean is 3.5. The rare set may have 3, the frequent one 4.
    Y = np.repeat([[1, 0], [0, 1]], [5, 2], axis=0)

    assert LPROS(share=1.0).fit_resample(Y, Y)[1].sum(axis=0).tolist() == [5, 3]
    assert LPRUS(share=0.9).fit_resample(Y, Y)[1].sum(axis=0).tolist() == [4, 2]


@pytest.mark.parametrize("kind", [LPROS, LPRUS])
def test_a_single_label_set_has_no_imbalance(kind):
    with pytest.warns(UserWarning, match="no label set is a whole row"):
        kind().fit_resample([[1], [2]], [[1, 1], [1, 1]])


@pytest.mark.parametrize("kind", [LPROS, LPRUS])
def test_no_rows_at_all(kind):
    with pytest.warns(UserWarning, match="changed nothing"):
        _, Y_new = kind().fit_resample(np.empty((0, 1)), np.empty((0, 2)))

    assert Y_new.shape == (0, 2)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(0, 40))
def test_quotas_keep_to_their_rooms_and_use_the_total(room, total):
    quotas = _even_quotas(np.array(room), total)

    assert (quotas <= room).all()
    assert quotas.sum() == min(total, sum(room))
    # Even: where one is not full, no other has more than one row above it.
    open_ones = quotas[quotas < room]
    assert not len(open_ones) or quotas.max() <= open_ones.min() + 1
