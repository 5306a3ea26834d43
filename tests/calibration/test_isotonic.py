"""Isotonic calibration."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.isotonic import IsotonicRegression

from mlkit.activations import sigmoid
from mlkit.calibration import IsotonicCalibrator, SigmoidCalibrator
from mlkit.metrics import brier_loss


def test_violators_are_pooled_by_hand():
    # 1, 0, 0 run against the scores: their mean is 1/3.
    Y, scores = [[0], [1], [0], [0], [1]], [[1.0], [2.0], [3.0], [4.0], [5.0]]

    found = IsotonicCalibrator(min_count=1).fit(Y, scores).predict(scores)

    assert_allclose(found.ravel(), [0, 1 / 3, 1 / 3, 1 / 3, 1])


def test_each_label_is_that_of_scikit_learn(simulation):
    found = IsotonicCalibrator().fit(simulation.Y, simulation.logits)

    for j in range(3):
        reference = IsotonicRegression(out_of_bounds="clip")
        reference.fit(simulation.logits[:, j], simulation.Y[:, j])
        expected = reference.predict(simulation.logits_new[:, j])
        assert_allclose(found.predict(simulation.logits_new)[:, j], expected)


def test_probability_never_falls_as_the_score_rises(simulation):
    fitted = IsotonicCalibrator().fit(simulation.Y, simulation.logits)
    grid = np.linspace(-20, 20, 500)[:, np.newaxis].repeat(3, axis=1)

    found = fitted.predict(grid)

    assert (np.diff(found, axis=0) >= 0).all()
    assert found.min() >= 0
    assert found.max() <= 1


def test_the_mean_on_the_learned_rows_is_the_share_of_positives(simulation):
    found = IsotonicCalibrator().fit(simulation.Y, simulation.logits)

    means = found.predict(simulation.logits).mean(axis=0)
    assert_allclose(means, simulation.Y.mean(axis=0))


def test_a_distortion_that_is_no_line_is_undone(simulation):
    told, told_new = simulation.logits**3, simulation.logits_new**3

    found = IsotonicCalibrator().fit(simulation.Y, told).predict(told_new)

    # No slope and intercept can do that.
    line = SigmoidCalibrator().fit(simulation.Y, told).predict(told_new)
    truth = sigmoid(simulation.logits_new)
    assert np.abs(found - truth).mean() < 0.03
    assert np.abs(line - truth).mean() > 0.08
    raw = brier_loss(simulation.Y_new, sigmoid(told_new), average=None)
    assert (brier_loss(simulation.Y_new, found, average=None) < raw - 0.003).all()


def test_only_the_order_of_scores_matters_at_the_scores(simulation):
    plain = IsotonicCalibrator().fit(simulation.Y, simulation.logits)
    other = IsotonicCalibrator().fit(simulation.Y, simulation.logits**3)

    found = other.predict(simulation.logits**3)
    assert_allclose(found, plain.predict(simulation.logits))


def test_constant_scores_give_the_share_of_positives():
    Y = np.repeat([[1], [0]], [10, 30], axis=0)

    fitted = IsotonicCalibrator().fit(Y, np.zeros((40, 1)))

    assert_array_equal(fitted.predict([[-1.0], [0.0], [1.0]]), 0.25)
