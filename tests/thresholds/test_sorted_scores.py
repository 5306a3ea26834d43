"""Counts of every cut from scores that were sorted once."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.metrics import confusion_counts
from mlkit.metrics.cells import check_cells
from mlkit.thresholds import cut, top_k
from mlkit.thresholds.sorted_scores import RowPlaces, SortedScores

Y = np.array([[1, 0], [0, 1], [1, 1], [0, 0]])
SCORES = np.array([[0.9, 0.2], [0.6, 0.6], [0.3, 0.8], [0.1, 0.6]])


def _same(counts, expected):
    for part in ("true_positive", "actual", "predicted", "n_cells"):
        np.testing.assert_array_equal(getattr(counts, part), getattr(expected, part))


@pytest.fixture
def cells():
    return check_cells(Y, SCORES, score_type="probabilities")


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    # Rounded, so that there are ties.
    return rng.integers(0, 2, (60, 7)), rng.random((60, 7)).round(1)


def test_counts_by_hand(cells):
    counts = SortedScores.of(cells.labels()).counts([0.5, 0.6])
    assert counts.true_positive.tolist() == [1, 2]
    assert counts.false_positive.tolist() == [1, 1]
    assert counts.false_negative.tolist() == [1, 0]
    assert counts.true_negative.tolist() == [1, 1]


@pytest.mark.parametrize("threshold", [-np.inf, 0.0, 0.3, 0.55, 1.0, np.inf])
def test_the_same_as_counting_decisions(drawn, threshold):
    truth, scores = drawn
    lists = SortedScores.of(check_cells(truth, scores, score_type="logits").labels())
    decided = cut(scores, threshold)
    _same(lists.counts([threshold]), confusion_counts(truth, decided).by_label)


def test_many_thresholds_at_once(cells):
    lists = SortedScores.of(cells.labels())
    counts = lists.counts(np.array([[0.0], [0.5], [2.0]]))
    assert counts.predicted.tolist() == [[4, 4], [2, 3], [0, 0]]
    assert counts.n_cells.shape == counts.actual.shape == (3, 2)


def test_unknown_cells_are_in_no_list():
    truth = np.array([[1.0, np.nan], [0.0, 1.0]])
    cells = check_cells(truth, SCORES[:2], score_type="probabilities")
    lists = SortedScores.of(cells.labels())
    assert lists.n_cells.tolist() == [2, 1]
    assert lists.counts([0.0]).predicted.tolist() == [2, 1]


def test_distinct_scores_are_ascending_and_thinned(cells):
    lists = SortedScores.of(cells.labels())
    assert lists.distinct(10).tolist() == [0.1, 0.2, 0.3, 0.6, 0.8, 0.9]
    assert lists.distinct(3).tolist() == [0.1, 0.3, 0.9]


@pytest.mark.parametrize("k", [0, 1, 3, 7])
def test_places_decide_and_count_as_top_k(drawn, k):
    truth, scores = drawn
    places = RowPlaces.of(check_cells(truth, scores, score_type="logits"))
    decided = top_k(scores, k)
    np.testing.assert_array_equal(places.decide(k), decided == 1)
    counts, expected = places.counts(), confusion_counts(truth, decided).by_label
    np.testing.assert_array_equal(counts.true_positive[k], expected.true_positive)
    np.testing.assert_array_equal(counts.predicted[k], expected.predicted)
    np.testing.assert_array_equal(counts.actual[k], expected.actual)
    np.testing.assert_array_equal(counts.n_cells[k], expected.n_cells)


def test_unknown_cells_take_a_place_and_are_not_counted():
    truth = np.array([[np.nan, 1.0, 0.0]])
    cells = check_cells(truth, [[0.9, 0.5, 0.1]], score_type="probabilities")
    counts = RowPlaces.of(cells).counts()
    assert counts.predicted.tolist() == [[0, 0, 0], [0, 0, 0], [0, 1, 0], [0, 1, 1]]
