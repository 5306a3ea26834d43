"""Random splits without drawing: against all splits that there are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from mlkit.splitting.chance import chance_interval, expected_missing_labels

Y = np.array(
    [[1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 0, 1], [1, 0, 0, 1], [0, 0, 0, 1], [0, 1, 0, 1]]
)


def _positives_of_all_parts(n_part):
    parts = combinations(range(len(Y)), n_part)
    return np.array([Y[list(part)].sum(axis=0) for part in parts])


def test_by_hand():
    # One positive of four rows is in two of them with probability 1/2; of two
    # positives none is, where the part is the other two rows: one part of six.
    assert expected_missing_labels([1], 4, 2) == pytest.approx(1 / 2)
    assert expected_missing_labels([2], 4, 2) == pytest.approx(1 / 6)
    assert expected_missing_labels([1, 2], 4, 2) == pytest.approx(2 / 3)


@pytest.mark.parametrize("n_part", range(7))
def test_is_the_mean_over_all_parts(n_part):
    positives = _positives_of_all_parts(n_part)
    mean = (positives == 0).sum(axis=1).mean()
    expected = expected_missing_labels(Y.sum(axis=0), len(Y), n_part)
    assert expected == pytest.approx(mean)


def test_labels_that_are_nowhere_or_everywhere():
    assert expected_missing_labels([0, 9], 9, 3) == pytest.approx(1.0)
    assert expected_missing_labels([], 9, 3) == 0.0


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_the_interval_holds_its_share_of_all_parts(level):
    positives = _positives_of_all_parts(3)
    lowest, highest = chance_interval(Y.sum(axis=0), len(Y), 3, level=level)
    tail = (1 - level) / 2 + 1e-12
    assert ((positives < lowest).mean(axis=0) <= tail).all()
    assert ((positives > highest).mean(axis=0) <= tail).all()
    # It is the narrowest such: with one more row cut off, a tail would be too large.
    assert ((positives <= lowest).mean(axis=0) > tail - 2e-12).all()
    assert ((positives >= highest).mean(axis=0) > tail - 2e-12).all()


def test_a_label_without_choice_has_no_width():
    lowest, highest = chance_interval([0, 10], 10, 4)
    assert lowest.tolist() == highest.tolist() == [0, 4]
