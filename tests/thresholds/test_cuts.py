"""Tests of the cuts that need nothing but the scores and a number."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.exceptions import IndicatorError, OptionError, ScoresError, ShapeError
from mlkit.thresholds.cuts import (
    check_thresholds,
    cut,
    first_of,
    in_kind_of,
    limit_labels,
    mcut,
    top_k,
)

SCORES = np.array([[0.9, 0.5, 0.1], [0.4, 0.5, 0.4]])

# Few distinct values, so that ties are common.
TIED = arrays(
    float,
    st.tuples(st.integers(1, 6), st.integers(2, 5)),
    elements=st.integers(-2, 2).map(float),
)


def test_in_kind_of_keeps_the_names_of_a_frame():
    frame = pd.DataFrame(SCORES, index=["r", "s"], columns=["a", "b", "c"])

    answer = in_kind_of(frame, frame.to_numpy() > 0.45)

    assert list(answer.index) == ["r", "s"]
    assert list(answer.columns) == ["a", "b", "c"]
    assert (answer.dtypes == np.int8).all()


def test_cut_decides_at_the_threshold_itself():
    assert cut(SCORES, 0.5).tolist() == [[1, 1, 0], [0, 1, 0]]
    assert cut(SCORES, 0.5).dtype == np.int8


def test_cut_takes_one_threshold_a_label():
    assert cut(SCORES, [0.95, 0.5, 0.2]).tolist() == [[0, 1, 0], [0, 1, 1]]
    assert cut(SCORES, pd.Series([np.inf, 0.5, -np.inf])).tolist() == [[0, 1, 1]] * 2


@pytest.mark.parametrize("rule", [cut, mcut, lambda s: top_k(s, 1)])
def test_frames_are_answered_in_kind_and_left_alone(rule):
    frame = pd.DataFrame(SCORES, columns=["a", "b", "c"])
    before = frame.copy()

    answer = rule(frame)

    pd.testing.assert_frame_equal(frame, before)
    np.testing.assert_array_equal(answer.to_numpy(), rule(SCORES))


@pytest.mark.parametrize(
    ("threshold", "error", "match"),
    [
        ([0.1, 0.2], ShapeError, r"one number or 3, one a label; got shape \(2,\)"),
        ([0.1, np.nan, 0.3], ScoresError, "NaN .first: label 1"),
        ("high", ScoresError, "must be a number, or one a label; got 'high'"),
    ],
)
def test_cut_refuses_thresholds(threshold, error, match):
    with pytest.raises(error, match=match):
        cut(SCORES, threshold)


@pytest.mark.parametrize("rule", [cut, mcut, lambda s: top_k(s, 1)])
def test_scores_that_are_not_finite_are_refused(rule):
    with pytest.raises(ScoresError, match="not finite"):
        rule([[0.1, np.nan]])


@pytest.mark.parametrize("rule", [cut, mcut, lambda s: top_k(s, 1)])
@pytest.mark.parametrize(
    ("scores", "match"),
    [
        ([0.1, 0.2], r"must be \(n_samples, n_labels\); got shape \(2,\)"),
        (None, r"got shape \(\)"),
        ([["a", "b"]], "matrix of numbers"),
        ([[0.1], [0.1, 0.2]], "matrix of numbers"),
    ],
)
def test_what_is_no_matrix_of_scores_is_refused(rule, scores, match):
    with pytest.raises(ScoresError, match=match):
        rule(scores)


@pytest.mark.parametrize("rule", [cut, mcut, lambda s: top_k(s, 1)])
def test_no_rows(rule):
    assert rule(np.empty((0, 3))).shape == (0, 3)


def test_no_labels():
    assert cut(np.empty((2, 0))).shape == (2, 0)
    assert top_k(np.empty((2, 0)), 0).shape == (2, 0)
    with pytest.raises(ShapeError, match="two labels or more, got 0"):
        mcut(np.empty((2, 0)))


def test_a_size_for_each_of_no_rows():
    assert top_k(np.empty((0, 3)), []).shape == (0, 3)


def test_thresholds_are_checked_into_an_array():
    assert check_thresholds(1, 3).shape == ()
    assert check_thresholds([1, 2, np.inf], 3).tolist() == [1.0, 2.0, np.inf]


def test_first_of_marks_the_first_of_an_order():
    marked = first_of(np.array([[1, 0], [1, 0]]), np.array([1, 0]))

    assert marked.tolist() == [[False, True], [False, False]]


def test_top_k_breaks_ties_by_the_first_column():
    assert top_k(SCORES, 1).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert top_k(SCORES, 2).tolist() == [[1, 1, 0], [1, 1, 0]]


def test_top_k_takes_a_number_a_row():
    assert top_k(SCORES, [0, 3]).tolist() == [[0, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize(
    ("k", "error", "match"),
    [
        (4, OptionError, r"whole numbers in \[0, 3\], got 4"),
        (-1, OptionError, "got -1"),
        (1.5, OptionError, "got 1.5"),
        (True, OptionError, "got True"),
        ([1, 2, 3], ShapeError, r"one number or 2, one a row; got \(3,\)"),
    ],
)
def test_top_k_refuses_sizes(k, error, match):
    with pytest.raises(error, match=match):
        top_k(SCORES, k)


@given(TIED, st.data())
def test_top_k_takes_k_of_the_highest(scores, data):
    k = data.draw(st.integers(0, scores.shape[1]))

    decided = top_k(scores, k).astype(bool)

    assert (decided.sum(axis=1) == k).all()
    for row, taken in zip(scores, decided, strict=True):
        if 0 < k < len(row):
            assert row[taken].min() >= row[~taken].max()


def test_mcut_finds_the_widest_gap():
    # Gaps .4 and .4: the upper one; then .1 alone, below the tie or above it.
    assert mcut(SCORES).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert mcut([[0.9, 0.85, 0.2, 0.1]]).tolist() == [[1, 1, 0, 0]]


def test_mcut_of_equal_scores_decides_for_none():
    assert mcut([[0.3, 0.3]]).tolist() == [[0, 0]]


def test_mcut_bears_extreme_scores():
    assert mcut([[1.7e308, -1.7e308, -1.6e308]]).tolist() == [[1, 0, 0]]


def test_mcut_needs_two_labels():
    with pytest.raises(ShapeError, match="two labels or more, got 1"):
        mcut([[0.3], [0.4]])


@given(TIED)
def test_mcut_never_parts_equal_scores(scores):
    decided = mcut(scores).astype(bool)

    for row, taken in zip(scores, decided, strict=True):
        assert not set(row[taken]) & set(row[~taken])
        assert taken.any() == (len(set(row)) > 1)


def test_limit_labels_adds_and_drops_by_score():
    decisions = [[0, 0, 0], [1, 1, 1]]

    assert limit_labels(decisions, SCORES, min_labels=1).tolist() == [
        [1, 0, 0],
        [1, 1, 1],
    ]
    assert limit_labels(decisions, SCORES, max_labels=2).tolist() == [
        [0, 0, 0],
        [1, 1, 0],
    ]


def test_limit_labels_keeps_what_was_decided_for():
    # The decided label has the lowest score, and stays when another is added.
    assert limit_labels([[0, 0, 1]], [[0.9, 0.5, 0.1]], min_labels=2).tolist() == [
        [1, 0, 1]
    ]


def test_limit_labels_takes_sparse_decisions():
    decisions = sp.csr_array(np.array([[0, 0, 0], [1, 1, 1]]))

    answer = limit_labels(decisions, SCORES, min_labels=1, max_labels=1)

    assert answer.tolist() == [[1, 0, 0], [0, 1, 0]]


@given(TIED, st.data())
def test_limit_labels_keeps_within_the_limits(scores, data):
    n_labels = scores.shape[1]
    least = data.draw(st.integers(0, n_labels))
    most = data.draw(st.integers(least, n_labels))
    before = cut(scores, 0.5)

    after = limit_labels(before, scores, min_labels=least, max_labels=most)

    np.testing.assert_array_equal(
        after.sum(axis=1), before.sum(axis=1).clip(least, most)
    )
    # Labels are only added, or only dropped.
    assert ((after >= before).all(axis=1) | (after <= before).all(axis=1)).all()


@pytest.mark.parametrize(
    ("limits", "match"),
    [
        ({"min_labels": 4}, r"min_labels must be in \[0, 3\], got 4"),
        ({"min_labels": 2, "max_labels": 1}, r"max_labels must be in \[2, 3\], got 1"),
    ],
)
def test_limit_labels_refuses_limits(limits, match):
    with pytest.raises(OptionError, match=match):
        limit_labels(cut(SCORES), SCORES, **limits)


def test_limit_labels_refuses_what_does_not_fit():
    with pytest.raises(ShapeError, match="decisions and scores must have the same sha"):
        limit_labels([[1, 0]], SCORES)
    with pytest.raises(IndicatorError, match="decisions has 1 entry outside"):
        limit_labels([[2, 0, 0], [0, 0, 0]], SCORES)
