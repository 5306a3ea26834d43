"""Tests of decisions by cost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.metrics.costs import ERRORS_ALIKE, error_costs
from mlkit.thresholds.costs import (
    cost_threshold,
    decide_by_cost,
    thresholds_of,
)

COSTS = st.floats(-100, 100)
MARGINS = st.floats(0.01, 100)


def test_a_matrix_of_errors_alone():
    assert error_costs().tolist() == [list(row) for row in ERRORS_ALIKE]
    assert error_costs(2, 3).tolist() == [[0, 3], [2, 0]]
    assert error_costs([1, 2], 3).tolist() == [[[0, 3], [1, 0]], [[0, 3], [2, 0]]]
    assert error_costs(1, [3, 4])[1].tolist() == [[0, 4], [1, 0]]


def test_threshold_by_hand():
    assert cost_threshold(ERRORS_ALIKE) == 0.5
    assert cost_threshold([[0, 3], [1, 0]]) == 0.25
    assert isinstance(cost_threshold([[0, 3], [1, 0]]), float)


def test_all_four_costs_count():
    # (6 - 1) / (6 - 1 + 7 - (-8)) = 5 / 20: a right decision costs 1 or earns 8.
    assert cost_threshold([[1, 7], [6, -8]]) == 0.25


def test_the_decision_comes_first_and_the_truth_second():
    # A miss is dear, so that little is enough; the other way round much is needed.
    assert cost_threshold([[0, 9], [1, 0]]) == pytest.approx(0.1)
    assert cost_threshold([[0, 1], [9, 0]]) == pytest.approx(0.9)


def test_one_threshold_a_label():
    matrices = [[[0, 1], [1, 0]], [[0, 1], [3, 0]]]

    np.testing.assert_allclose(cost_threshold(matrices), [0.5, 0.75])
    np.testing.assert_allclose(cost_threshold(error_costs([1, 3], [4, 1])), [0.2, 0.75])


def test_two_labels_are_not_taken_for_a_matrix():
    assert cost_threshold(error_costs([1, 3], 1)).shape == (2,)
    assert thresholds_of(error_costs(1, 3), 2).tolist() == 0.25


def test_huge_costs_do_not_overflow():
    huge = 1.7e308

    assert cost_threshold([[0, huge], [huge, 0]]) == 0.5
    assert cost_threshold([[-huge, huge], [huge, -huge]]) == 0.5


@given(st.floats(0, 1), COSTS, COSTS, MARGINS, MARGINS)
def test_the_decision_is_never_the_dearer_one(p, nothing, hit, alarm, miss):
    costs = np.array([[nothing, hit + miss], [nothing + alarm, hit]])

    decided = decide_by_cost([[p]], costs)[0, 0]

    expected = costs @ [1 - p, p]
    assert expected[decided] <= expected[1 - decided] + 1e-9


@given(st.floats(0, 1), MARGINS, MARGINS, COSTS, COSTS, MARGINS)
def test_only_the_two_differences_count(p, alarm, miss, nothing, hit, factor):
    matrix = error_costs(alarm, miss) + [[nothing, hit], [nothing, hit]]

    threshold = cost_threshold(factor * matrix)

    assert threshold == pytest.approx(cost_threshold(error_costs(alarm, miss)))


def test_frames_keep_their_names():
    frame = pd.DataFrame([[0.3, 0.6]], columns=["a", "b"])

    answer = decide_by_cost(frame, error_costs(false_negative=[4, 1]))

    assert answer.to_dict("records") == [{"a": 1, "b": 1}]


def test_a_probability_at_the_threshold_is_decided_for():
    assert decide_by_cost([[0.5, 0.25]]).tolist() == [[1, 0]]
    assert decide_by_cost([[0.25]], [[0, 3], [1, 0]]).tolist() == [[1]]


@pytest.mark.parametrize(
    ("matrix", "error", "match"),
    [
        ([[0, 0], [0, 0]], OptionError, "false positive must cost more .* got 0 and 0"),
        ([[1, 5], [1, 0]], OptionError, "more than a true negative; got 1 and 1"),
        ([[0, 2], [1, 2]], OptionError, "false negative must .*positive; got 2 and 2"),
        ([[0, 2], [1, 3]], OptionError, "got 2 and 3. The matrix is"),
        (error_costs([1, 0], 1), OptionError, r"got 0 and 0 \(first: label 1\)"),
        (error_costs(1, -1), OptionError, "false negative must cost more"),
        ([[0, np.inf], [1, 0]], OptionError, "must be finite"),
        ([[0, np.nan], [1, 0]], OptionError, "must be finite"),
        ("dear", OptionError, "must hold numbers; got 'dear'"),
        ([[0, 1], [1]], OptionError, "must hold numbers"),
        ([1, 4], ShapeError, r"got shape \(2,\). For costs of errors alone"),
        (np.zeros((3, 3)), ShapeError, r"got shape \(3, 3\)"),
        (np.zeros((2, 2, 3)), ShapeError, r"got shape \(2, 2, 3\)"),
        (None, ShapeError, r"got shape \(\)"),
    ],
)
def test_matrices_that_make_no_sense_are_refused(matrix, error, match):
    with pytest.raises(error, match=match):
        cost_threshold(matrix)


@pytest.mark.parametrize(
    ("costs", "error", "match"),
    [
        (("dear", 1), OptionError, "must be a number, or one a label; got 'dear'"),
        (([[1, 2]], 1), OptionError, r"one a label; got shape \(1, 2\)"),
        (([1, 2], [1, 2, 3]), ShapeError, "one cost a label; got 2 and 3"),
    ],
)
def test_costs_of_errors_are_numbers(costs, error, match):
    with pytest.raises(error, match=match):
        error_costs(*costs)


@pytest.mark.parametrize(
    ("proba", "match"),
    [
        ([[1.5]], r"outside \[0, 1\]"),
        ([[np.nan]], "not finite"),
        ([0.5], r"must be \(n_samples, n_labels\); got shape \(1,\)"),
    ],
)
def test_only_probabilities_are_weighed(proba, match):
    with pytest.raises(ScoresError, match=match):
        decide_by_cost(proba)


def test_there_must_be_a_matrix_for_each_label():
    with pytest.raises(ShapeError, match="one matrix or 3, one a label; got 2"):
        decide_by_cost([[0.1, 0.2, 0.3]], error_costs([1, 2]))


def test_no_rows_and_no_labels():
    assert decide_by_cost(np.empty((0, 2))).shape == (0, 2)
    assert decide_by_cost(np.empty((2, 0))).shape == (2, 0)
    assert decide_by_cost(np.empty((2, 0)), np.empty((0, 2, 2))).shape == (2, 0)
