"""Tests of the exact search: against trying every cut."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    OptionError,
    ScoresError,
    ShapeError,
    UnknownNameError,
)
from mlkit.thresholds import search
from mlkit.thresholds.cuts import cut
from mlkit.thresholds.objectives import OBJECTIVES, f_beta
from mlkit.thresholds.search import best_threshold, best_thresholds

SHAPE = st.shared(st.tuples(st.integers(1, 7), st.integers(1, 3)), key="shape")
LABELS = SHAPE.flatmap(lambda s: arrays(float, s, elements=st.sampled_from([0, 1])))
HIDDEN = SHAPE.flatmap(lambda s: arrays(bool, s))
# Few distinct values, so that ties are common.
SCORES = SHAPE.flatmap(
    lambda s: arrays(float, s, elements=st.integers(-3, 3).map(float))
)


def worth(y, decided, metric):
    """A metric of known cells, by counting."""
    y, decided = (np.asarray(a, dtype=float).ravel() for a in (y, decided))
    known = ~np.isnan(y)
    y, decided = y[known], decided[known]
    pairs = ((1, 1), (0, 1), (1, 0), (0, 0))
    return float(
        OBJECTIVES[metric](*(np.sum((y == a) & (decided == b)) for a, b in pairs))
    )


def all_cuts(scores):
    return [*np.unique(scores), np.inf]


def simulated(n_samples=60, n_labels=5, seed=0):
    rng = np.random.default_rng(seed)
    Y = (rng.random((n_samples, n_labels)) < 0.3).astype(float)
    return Y, (Y + rng.normal(0, 1, Y.shape)).round(1)


def test_by_hand():
    # Label 0: .25 catches both positives and one negative: F = .8. Label 1: both.
    Y = [[1, 1], [0, 0], [1, 1], [0, 0]]
    scores = [[0.75, 0.5], [0.5, 0.25], [0.25, 1.0], [0.0, 0.0]]

    assert best_thresholds(Y, scores).tolist() == [0.125, 0.375]


@pytest.mark.parametrize("metric", sorted(OBJECTIVES))
@settings(max_examples=30, deadline=None)
@given(Y=LABELS, hidden=HIDDEN, scores=SCORES)
def test_no_cut_of_a_label_is_better(metric, Y, hidden, scores):
    Y = np.where(hidden, np.nan, Y)

    found = best_thresholds(Y, scores, metric=metric)

    for y, s, threshold in zip(Y.T, scores.T, found, strict=True):
        best = max(worth(y, s >= t, metric) for t in all_cuts(s))
        assert worth(y, s >= threshold, metric) == pytest.approx(best)


@pytest.mark.parametrize("metric", sorted(OBJECTIVES))
@pytest.mark.parametrize("average", ["micro", "macro", "samples"])
@settings(max_examples=30, deadline=None)
@given(Y=LABELS, hidden=HIDDEN, scores=SCORES)
def test_no_global_cut_is_better(average, metric, Y, hidden, scores):
    Y = np.where(hidden, np.nan, Y)

    def value(threshold):
        decided = scores >= threshold
        if average == "micro":
            return worth(Y, decided, metric)
        turned = (Y.T, decided.T) if average == "macro" else (Y, decided)
        return np.mean([worth(y, d, metric) for y, d in zip(*turned, strict=True)])

    found = best_threshold(Y, scores, average=average, metric=metric)

    assert value(found) == pytest.approx(max(map(value, all_cuts(scores))))


@pytest.mark.parametrize("average", ["micro", "macro", "samples"])
def test_global_cut_against_scikit_learn(average):
    Y, scores = simulated()

    def value(threshold):
        return f1_score(Y, cut(scores, threshold), average=average, zero_division=0)

    found = best_threshold(Y, scores, average=average)

    assert value(found) == pytest.approx(max(map(value, all_cuts(scores))))


def test_unknown_cells_count_for_nothing():
    Y, scores = simulated(n_labels=1)
    hidden = np.where(np.arange(60)[:, np.newaxis] % 3 == 0, np.nan, Y)
    kept = np.arange(60) % 3 != 0

    expected = best_thresholds(Y[kept], scores[kept])

    assert best_thresholds(hidden, scores) == expected
    assert best_threshold(hidden, scores) == expected[0]


@pytest.mark.parametrize("hide", [False, True])
def test_sparse_and_frame_are_the_same_as_dense(hide):
    Y, scores = simulated()
    if hide:
        Y[::4, 1] = np.nan
    expected = best_thresholds(Y, scores, shrinkage=2)

    for kind in (sp.csr_array, pd.DataFrame):
        np.testing.assert_array_equal(
            best_thresholds(kind(Y), scores, shrinkage=2), expected
        )
        for average in ("micro", "macro", "samples"):
            assert best_threshold(kind(Y), scores, average=average) == best_threshold(
                Y, scores, average=average
            )


def test_blocks_change_nothing(monkeypatch):
    Y, scores = simulated()
    expected = best_thresholds(Y, scores)
    mean = best_threshold(Y, scores, average="macro")

    monkeypatch.setattr(search, "_BLOCK_CELLS", 2 * len(Y))

    np.testing.assert_array_equal(best_thresholds(Y, scores), expected)
    assert best_threshold(Y, scores, average="macro") == mean


def test_rows_and_labels_may_change_places():
    Y, scores = simulated()
    rng = np.random.default_rng(3)
    rows, labels = rng.permutation(60), rng.permutation(5)

    found = best_thresholds(Y[rows][:, labels], scores[rows][:, labels])

    np.testing.assert_array_equal(found, best_thresholds(Y, scores)[labels])


def test_arguments_are_left_alone():
    Y, scores = simulated()
    before = Y.copy(), scores.copy()

    best_thresholds(Y, scores, shrinkage=1)
    best_threshold(Y, scores, average="macro")

    np.testing.assert_array_equal(Y, before[0])
    np.testing.assert_array_equal(scores, before[1])


def test_of_equally_good_cuts_the_highest_whatever_the_order_of_a_sum():
    # From 1.5 on, F is 1, 4/5 and 1; from 0 on it is 1, 1 and 4/5.
    Y = [[1, 1, 1], [1, 1, 0], [1, 1, 1]]
    scores = [[6, 7, 8], [5, 3, 1], [4, 0, 2]]

    assert best_threshold(Y, scores, average="macro") == 1.5


def test_a_label_without_positives_is_decided_for_in_no_row():
    found = best_thresholds([[0, 1], [0, 1]], [[0.25, 0.5], [0.75, 1.0]])

    assert found[0] == np.nextafter(0.75, 1)
    assert found[1] == 0.5


def test_a_label_that_is_unknown_everywhere():
    Y = np.array([[np.nan, 1], [np.nan, 0]])
    scores = [[0.25, 1.0], [0.75, 0.0]]

    assert best_thresholds(Y, scores).tolist() == [np.inf, 0.5]
    assert best_thresholds(Y, scores, shrinkage=1).tolist() == [0.5, 0.5]


def test_shrinkage_by_hand():
    Y, scores = simulated()
    own, common = best_thresholds(Y, scores), best_threshold(Y, scores)
    weight = Y.sum(axis=0) / (Y.sum(axis=0) + 7)

    found = best_thresholds(Y, scores, shrinkage=7)

    np.testing.assert_allclose(found, weight * own + (1 - weight) * common)


def test_shrinkage_helps_where_labels_are_noise():
    def truth(shrinkage):
        rng = np.random.default_rng(5)
        Y = (rng.random((400, 60)) < 0.02).astype(int)
        scores = rng.normal(size=Y.shape) + 2 * Y
        half = best_thresholds(Y[:200], scores[:200], shrinkage=shrinkage)
        return f1_score(Y[200:], cut(scores[200:], half), average="micro")

    assert truth(10) > truth(0) + 0.02


def test_a_callable_is_maximised():
    Y, scores = simulated()

    found = best_thresholds(Y, scores, metric=f_beta(2))

    np.testing.assert_array_equal(found, best_thresholds(Y, scores, metric="f2"))


def test_no_rows_and_no_labels():
    for shape in ((0, 2), (3, 0), (0, 0)):
        empty = np.empty(shape)

        for shrinkage in (0, 2):
            found = best_thresholds(empty, empty, shrinkage=shrinkage)
            assert found.tolist() == [np.inf] * shape[1]
        for average in ("micro", "macro", "samples"):
            assert best_threshold(empty, empty, average=average) == np.inf


def test_one_row():
    # The positive alone passes: its own score does as a threshold where it is the only
    # one of its list.
    assert best_thresholds([[1, 0]], [[0.5, 0.25]]).tolist() == [
        0.5,
        np.nextafter(0.25, 1),
    ]
    assert best_threshold([[1, 0]], [[0.5, 0.25]]) == 0.375


@pytest.mark.parametrize("find", [best_threshold, best_thresholds])
@pytest.mark.parametrize(
    ("Y", "scores", "error", "match"),
    [
        ([[1, 0]], [[0.1]], ShapeError, "same shape"),
        ([[1], [0]], [[0.1]], ShapeError, "same shape"),
        ([[1, 2]], [[0.1, 0.2]], IndicatorError, "outside"),
        ([1, 0], [[0.1, 0.2]], IndicatorError, "two dimensions"),
        ([[1, 0]], [[0.1, np.nan]], ScoresError, "not finite"),
        ([[1, 0]], [0.1, 0.2], ScoresError, "got shape"),
        ([[1, 0]], [["a", "b"]], ScoresError, "matrix of numbers"),
    ],
)
def test_bad_matrices_are_refused(find, Y, scores, error, match):
    with pytest.raises(error, match=match):
        find(Y, scores)


def test_bad_options_are_refused():
    Y, scores = simulated()
    with pytest.raises(UnknownNameError, match="Unknown metric 'auc'"):
        best_thresholds(Y, scores, metric="auc")
    with pytest.raises(OptionError, match="shrinkage must be in"):
        best_thresholds(Y, scores, shrinkage=-1)
    with pytest.raises(OptionError, match="average must be one of 'micro', "):
        best_threshold(Y, scores, average="weighted")


def test_labels_in_another_order_are_refused():
    Y = pd.DataFrame([[1, 0], [0, 1]], columns=["a", "b"])
    scores = pd.DataFrame([[0.1, 0.9], [0.8, 0.2]], columns=["b", "a"])

    with pytest.raises(LabelNameError, match="same labels in another order"):
        best_thresholds(Y, scores)
