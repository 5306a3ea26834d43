"""Platt's sigmoid."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from mlkit.activations import sigmoid
from mlkit.calibration import SigmoidCalibrator


class Margins(ClassifierMixin, BaseEstimator):
    """A classifier whose decision value is its only feature."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        return np.asarray(X)[:, 0]

    def predict(self, X):
        return self.classes_[(self.decision_function(X) > 0).astype(int)]


def test_two_scores_give_platts_targets():
    # Two points and two numbers: the line meets the mean target at each score.
    # N+ = 4, N- = 4: targets 5/6 and 1/6. At 1: three positives, one negative.
    Y = [[1], [1], [1], [0], [1], [0], [0], [0]]
    scores = [[1.0]] * 4 + [[-1.0]] * 4

    found = SigmoidCalibrator(min_count=1).fit(Y, scores).predict([[1.0], [-1.0]])

    high = (3 * 5 / 6 + 1 / 6) / 4
    assert_allclose(found.ravel(), [high, 1 - high])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_it_is_that_of_scikit_learn(simulation, scale):
    told = scale * (2 * simulation.logits[:, [0]] + 1)
    y = simulation.Y[:, 0]
    reference = CalibratedClassifierCV(FrozenEstimator(Margins().fit(told, y)))
    expected = reference.fit(told, y).predict_proba(told)[:, 1]

    found = SigmoidCalibrator().fit(y[:, np.newaxis], told).predict(told)

    assert_allclose(found[:, 0], expected, atol=2e-4)


def test_slope_and_intercept_are_found(simulation):
    # If told = 2 z + 1, then z = told / 2 - 1 / 2.
    fitted = SigmoidCalibrator().fit(simulation.Y, 2 * simulation.logits + 1)

    assert_allclose(fitted.slopes_, 0.5, atol=0.05)
    assert_allclose(fitted.intercepts_, -0.5, atol=0.15)
    by_hand = sigmoid(fitted.slopes_ * 3.0 + fitted.intercepts_)
    assert_allclose(fitted.predict([[3.0] * 3])[0], by_hand)


def test_the_ranking_of_a_label_stays(simulation):
    found = SigmoidCalibrator().fit(simulation.Y, simulation.logits)

    before = np.argsort(simulation.logits_new, axis=0)
    after = np.argsort(found.predict(simulation.logits_new), axis=0)
    assert_array_equal(after, before)


def test_scores_that_rank_the_wrong_way_get_a_negative_slope(simulation):
    plain = SigmoidCalibrator().fit(simulation.Y, simulation.logits)
    turned = SigmoidCalibrator().fit(simulation.Y, -simulation.logits)

    assert (plain.slopes_ > 0).all()
    assert_allclose(turned.slopes_, -plain.slopes_, rtol=1e-6)


def test_perfectly_separated_labels_stay_short_of_certainty():
    scores = np.repeat([[5.0], [-5.0]], 20, axis=0)
    Y = (scores > 0).astype(int)

    found = SigmoidCalibrator().fit(Y, scores).predict([[5.0], [-5.0]])

    assert_allclose(found.ravel(), [21 / 22, 1 / 22])


def test_constant_scores_give_the_smoothed_share():
    Y = np.repeat([[1], [0]], [10, 30], axis=0)

    fitted = SigmoidCalibrator().fit(Y, np.full((40, 1), 7.0))

    share = (10 * 11 / 12 + 30 / 32) / 40
    assert_allclose(fitted.predict([[7.0]]), share)
    assert_allclose(fitted.slopes_, 0.0)


def test_one_wild_score_does_not_stop_the_search(simulation):
    told = simulation.logits[:, [0]].copy()
    told[0] = 1e6

    fitted = SigmoidCalibrator().fit(simulation.Y[:, [0]], told)

    # At the least loss, the mean of the probabilities is that of the targets.
    y = simulation.Y[:, 0]
    n_positives = y.sum()
    targets = np.where(
        y == 1,
        (n_positives + 1) / (n_positives + 2),
        1 / (len(y) - n_positives + 2),
    )
    assert_allclose(fitted.predict(told).mean(), targets.mean(), rtol=1e-6)
