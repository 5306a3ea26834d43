"""Functions from scores to probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import log_loss

from mlkit.activations import sigmoid
from mlkit.calibration.maps import (
    CurveMap,
    IdentityMap,
    LogitMap,
    cross_entropy,
    lines_of,
    to_logits,
)


def test_the_identity_keeps_probabilities_to_the_last_bit():
    proba = np.array([0.0, 1e-15, 0.3, 1.0])

    kept = IdentityMap("probabilities")(proba)

    assert_array_equal(kept, proba)
    assert not np.shares_memory(kept, proba)


def test_the_identity_takes_logits_through_the_sigmoid():
    assert_allclose(IdentityMap("logits")(np.array([0.0, np.log(3)])), [0.5, 0.75])


def test_a_line_by_hand():
    # 2 ln 2 - ln 4 = 0 and 2 * 0 - ln 4 = -ln 4: odds of 1 and of 1 to 4.
    line = LogitMap(2.0, -np.log(4), "logits")

    assert_allclose(line(np.array([np.log(2), 0.0])), [0.5, 0.2])


@pytest.mark.parametrize("score_type", ["logits", "probabilities"])
def test_a_line_of_slope_one_changes_nothing(score_type):
    logits = np.linspace(-5, 5, 11)
    scores = logits if score_type == "logits" else sigmoid(logits)

    assert_allclose(LogitMap(1.0, 0.0, score_type)(scores), sigmoid(logits))


def test_a_curve_is_straight_between_knots_and_level_outside():
    curve = CurveMap(np.array([0.0, 2.0]), np.array([0.2, 0.6]))

    assert_allclose(
        curve(np.array([-9.0, 0.0, 1.0, 2.0, 9.0])), [0.2, 0.2, 0.4, 0.6, 0.6]
    )


def test_logits_undo_the_sigmoid_and_stay_finite():
    logits = np.linspace(-15, 15, 7)

    assert_allclose(to_logits(sigmoid(logits), "probabilities"), logits, rtol=1e-6)
    ends = to_logits(np.array([0.0, 1.0]), "probabilities")
    assert_allclose(ends, [-np.log(1e9), np.log(1e9)], rtol=1e-6)


def test_cross_entropy_is_that_of_scikit_learn_and_does_not_overflow():
    rng = np.random.default_rng(0)
    y, logits = rng.integers(0, 2, 50), rng.normal(0, 3, 50)

    assert_allclose(cross_entropy(y, logits), 50 * log_loss(y, sigmoid(logits)))
    assert cross_entropy(np.array([0.0]), np.array([1e4])) == 1e4


def test_lines_of_curves_change_nothing():
    curve = CurveMap(np.array([0.0]), np.array([0.5]))

    slopes, intercepts = lines_of([LogitMap(3.0, -1.0, "logits"), curve])

    assert slopes.tolist() == [3.0, 1.0]
    assert intercepts.tolist() == [-1.0, 0.0]
