"""Tests of the cuts that meet a share or a cardinality."""

import numpy as np
import pandas as pd
import pytest

from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.thresholds.cuts import cut
from mlkit.thresholds.proportions import (
    match_cardinality,
    pcut,
    proportional_thresholds,
)

SCORES = np.array([[0.75, 0.1], [0.25, 0.2], [0.0, 0.3], [1.0, 0.4]])


def test_thresholds_by_hand():
    found = proportional_thresholds(SCORES, [0.5, 1.0])

    np.testing.assert_allclose(found, [0.5, 0.1])


def test_a_share_of_zero_decides_for_no_row():
    assert pcut(SCORES, [0, 0.25]).sum(axis=0).tolist() == [0, 1]


def test_shares_are_met_where_scores_differ():
    scores = np.random.default_rng(0).random((50, 4))
    share = np.array([0.02, 0.1, 0.5, 0.98])

    np.testing.assert_allclose(pcut(scores, share).mean(axis=0), share)


def test_equal_scores_are_decided_together():
    assert pcut([[0.3], [0.3], [0.3], [0.1]], 0.25).ravel().tolist() == [0, 0, 0, 0]
    assert pcut([[0.3], [0.3], [0.3], [0.1]], 0.5).ravel().tolist() == [1, 1, 1, 0]


def test_only_the_order_of_the_scores_counts():
    scores = np.random.default_rng(1).random((30, 3))

    np.testing.assert_array_equal(pcut(scores, 0.3), pcut(np.exp(5 * scores), 0.3))


def test_frames_keep_their_names():
    frame = pd.DataFrame(SCORES, columns=["a", "b"])

    assert list(pcut(frame, 0.5).columns) == ["a", "b"]


@pytest.mark.parametrize(
    ("share", "error", "match"),
    [
        (1.5, OptionError, r"in \[0, 1\], got 1.5"),
        ([0.1, np.nan], OptionError, "got nan"),
        ("half", OptionError, "got 'half'"),
        ([0.1, 0.2, 0.3], ShapeError, "one number or 2, one a label"),
    ],
)
def test_shares_that_make_no_sense_are_refused(share, error, match):
    with pytest.raises(error, match=match):
        pcut(SCORES, share)


def test_cardinality_by_hand():
    # Half a label a row are two cells: .75 and 1.0 pass, .4 does not.
    assert match_cardinality(SCORES, 0.5) == pytest.approx((0.75 + 0.4) / 2)


@pytest.mark.parametrize("cardinality", [0, 0.25, 1, 1.75, 2])
def test_cardinality_is_met_where_scores_differ(cardinality):
    threshold = match_cardinality(SCORES, cardinality)

    assert cut(SCORES, threshold).sum() / len(SCORES) == cardinality


def test_cardinality_must_be_possible():
    with pytest.raises(OptionError, match=r"cardinality must be in \[0, 2\], got 3"):
        match_cardinality(SCORES, 3)


@pytest.mark.parametrize("rule", [pcut, match_cardinality, proportional_thresholds])
@pytest.mark.parametrize(
    ("scores", "match"),
    [
        ([[np.inf]], "not finite"),
        ([[np.nan]], "not finite"),
        ([0.5], r"got shape \(1,\)"),
        ([["a"]], "matrix of numbers"),
    ],
)
def test_scores_must_be_a_finite_matrix(rule, scores, match):
    with pytest.raises(ScoresError, match=match):
        rule(scores, 1)


def test_few_rows_or_labels():
    assert proportional_thresholds(np.empty((0, 2)), 0.5).tolist() == [np.inf] * 2
    assert proportional_thresholds(np.empty((2, 0)), 0.5).shape == (0,)
    assert pcut(np.empty((0, 2)), 0.5).shape == (0, 2)
    assert pcut([[0.3]], 1).tolist() == [[1]]
    assert pcut([[0.3]], 0.5).tolist() == [[0]]
    assert match_cardinality(np.empty((0, 2)), 1) == np.inf
    assert match_cardinality(np.empty((2, 0)), 0) == np.inf
    assert match_cardinality([[0.3]], 1) == 0.3


def test_shares_times_a_number_decide_for_more():
    scores = np.random.default_rng(2).random((40, 2))
    share = np.array([0.1, 0.2])

    assert pcut(scores, 2 * share).sum(axis=0).tolist() == [8, 16]
