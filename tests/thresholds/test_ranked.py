"""Tests of the places where sorted scores can be cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.thresholds.ranked import cuts_allowed, nearest_cut, threshold_at


def at(ranked, place, n_known=None):
    known = len(ranked) if n_known is None else n_known
    found = threshold_at(np.array([ranked]), np.array([place]), np.array([known]))
    return found[0]


def test_equal_scores_are_not_parted():
    allowed = cuts_allowed(np.array([[3.0, 2.0, 2.0, 1.0]]), np.array([4]))

    assert allowed.tolist() == [[True, True, False, True, True]]


def test_no_cut_behind_the_known_items():
    ranked = np.array([[3.0, -np.inf, -np.inf], [-np.inf] * 3])

    allowed = cuts_allowed(ranked, np.array([1, 0]))

    assert allowed.tolist() == [[True, True, False, False], [True, False, False, False]]


def test_thresholds_by_hand():
    assert at([4.0, 2.0, 1.0], 1) == 3.0
    assert at([4.0, 2.0, 1.0], 3) == 1.0
    assert at([4.0, 2.0, 1.0], 0) == np.nextafter(4.0, 5.0)
    assert at([4.0, 2.0, -np.inf], 2, n_known=2) == 2.0
    assert at([-np.inf], 0, n_known=0) == np.inf
    assert at([], 0) == np.inf


@pytest.mark.parametrize(
    ("high", "low"),
    [
        (np.nextafter(0.3, 1), 0.3),
        (5e-324, 0.0),
        (0.0, -5e-324),
        (1.7e308, -1.7e308),
        (1.7e308, 1.6e308),
        (1e-323, 5e-324),
    ],
)
def test_extreme_neighbours_are_separated(high, low):
    threshold = at([high, low], 1)

    assert low < threshold <= high


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8), st.floats(0, 8))
def test_the_nearest_cut_is_found(items, wanted):
    ranked = np.sort(items)[::-1].astype(float)

    found = nearest_cut(ranked[np.newaxis], np.array([wanted]))[0]

    reachable = {int((ranked >= t).sum()) for t in [*ranked, np.inf]}
    nearest = min(abs(n - wanted) for n in reachable)
    assert abs((ranked >= found).sum() - wanted) == nearest


def test_of_two_cuts_as_near_the_smaller_is_taken():
    assert nearest_cut(np.array([[3.0, 2.0, 2.0, 1.0]]), np.array([2]))[0] == 2.5
