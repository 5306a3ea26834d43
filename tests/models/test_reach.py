"""Which sets are within reach: counted plainly, and as the learners themselves show."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.dummy import DummyClassifier

from mlkit.exceptions import IndicatorError
from mlkit.models import LabelPowerset, PrunedSets, RAkELd
from mlkit.models.reach import rows_until_composed, rows_until_seen

RNG = np.random.RandomState(3)
Y_TRAIN = (RNG.rand(60, 5) < 0.35).astype(int)
Y_TEST = (RNG.rand(40, 5) < 0.35).astype(int)
X_TRAIN = np.zeros((60, 1))
BASE = DummyClassifier(strategy="prior")


def _plainly(times):
    """For each test row, walk through the training rows and count."""
    until = []
    for wanted in map(tuple, Y_TEST):
        seen: Counter = Counter()
        for n, row in enumerate(map(tuple, Y_TRAIN), start=1):
            seen[row] += 1
            if seen[wanted] == times:
                until.append(n)
                break
        else:
            until.append(len(Y_TRAIN) + 1)
    return until


@pytest.mark.parametrize("times", [1, 2, 3, 50])
def test_equals_a_walk_through_the_rows(times):
    assert rows_until_seen(Y_TRAIN, Y_TEST, times=times).tolist() == _plainly(times)


def test_containers_agree():
    frames = pd.DataFrame(Y_TRAIN), pd.DataFrame(Y_TEST)
    sparse = sp.csr_array(Y_TRAIN), sp.csr_array(Y_TEST)
    expected = rows_until_seen(Y_TRAIN, Y_TEST)
    assert_array_equal(rows_until_seen(*frames), expected)
    assert_array_equal(rows_until_seen(*sparse), expected)
    labelsets = [np.array([0, 3]), np.array([1, 2, 4])]
    composed = rows_until_composed(Y_TRAIN, Y_TEST, labelsets)
    assert_array_equal(rows_until_composed(*sparse, labelsets), composed)


def _within_reach(label_sets, Y):
    known = set(map(tuple, label_sets))
    return np.array([tuple(row) in known for row in Y])


@pytest.mark.parametrize("n_rows", [10, 20, 60])
def test_a_powerset_knows_what_is_within_reach(n_rows):
    learner = LabelPowerset(BASE).fit(X_TRAIN[:n_rows], Y_TRAIN[:n_rows])
    expected = _within_reach(learner.label_sets_, Y_TEST)
    assert_array_equal(rows_until_seen(Y_TRAIN, Y_TEST) <= n_rows, expected)


def test_pruned_sets_know_what_was_seen_more_often():
    learner = PrunedSets(BASE, prune=2).fit(X_TRAIN, Y_TRAIN)
    expected = _within_reach(learner.label_sets_, Y_TEST)
    assert 0 < expected.sum() < len(Y_TEST)
    assert_array_equal(rows_until_seen(Y_TRAIN, Y_TEST, times=3) <= 60, expected)


@pytest.mark.parametrize("n_rows", [10, 60])
def test_rakel_puts_together_what_its_members_know(n_rows):
    learner = RAkELd(BASE, labelset_size=2, random_state=0)
    learner.fit(X_TRAIN[:n_rows], Y_TRAIN[:n_rows])
    expected = np.all(
        [
            _within_reach(sets, Y_TEST[:, labelset])
            for labelset, sets in zip(
                learner.labelsets_, learner.label_sets_, strict=True
            )
        ],
        axis=0,
    )
    until = rows_until_composed(Y_TRAIN, Y_TEST, learner.labelsets_)
    assert_array_equal(until <= n_rows, expected)


def test_one_group_is_a_powerset():
    whole = rows_until_composed(Y_TRAIN, Y_TEST, [np.arange(5)])
    assert_array_equal(whole, rows_until_seen(Y_TRAIN, Y_TEST))


def test_not_labels():
    with pytest.raises(IndicatorError, match="outside"):
        rows_until_seen([[0, 2]], [[0, 1]])
