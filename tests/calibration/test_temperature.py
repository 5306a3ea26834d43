"""Temperature scaling."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mlkit.activations import sigmoid
from mlkit.calibration import TemperatureCalibrator
from mlkit.calibration.maps import cross_entropy
from mlkit.exceptions import OptionError, UncalibratedLabelWarning


def test_two_logits_by_hand():
    # Right in 4 of 5 cases at +2 and at -2: 2 / T = ln 4.
    scores = np.repeat([[2.0], [-2.0]], 10, axis=0)
    Y = np.repeat([[1], [0], [1], [0]], [8, 2, 2, 8], axis=0)

    fitted = TemperatureCalibrator().fit(Y, scores)

    assert_allclose(fitted.temperatures_, 2 / np.log(4), rtol=1e-6)
    assert_allclose(fitted.predict([[2.0]]), 0.8, rtol=1e-6)


@pytest.mark.parametrize("factor", [0.2, 1.0, 5.0])
def test_the_factor_is_found(simulation, factor):
    told = factor * simulation.logits

    fitted = TemperatureCalibrator().fit(simulation.Y, told)

    assert_allclose(fitted.temperatures_, factor, rtol=0.06)
    assert len(set(fitted.temperatures_)) == 1


def test_each_label_can_have_its_own(simulation):
    factors = np.array([0.5, 2.0, 8.0])

    fitted = TemperatureCalibrator(scope="label")
    fitted.fit(simulation.Y, factors * simulation.logits)

    assert_allclose(fitted.temperatures_, factors, rtol=0.1)


def test_no_other_temperature_is_better(simulation):
    told = 3 * simulation.logits
    best = TemperatureCalibrator().fit(simulation.Y, told).temperatures_[0]

    def loss(temperature):
        return cross_entropy(simulation.Y.ravel(), told.ravel() / temperature)

    assert all(loss(best) < loss(other) for other in (0.05, best / 1.01, best * 1.01))


@pytest.mark.parametrize("scope", ["pooled", "label"])
def test_ranks_and_decisions_stay(simulation, scope):
    fitted = TemperatureCalibrator(scope=scope)
    found = fitted.fit(simulation.Y, 3 * simulation.logits).predict(
        simulation.logits_new
    )

    assert_array_equal(found > 0.5, simulation.logits_new > 0)
    before = np.argsort(simulation.logits_new, axis=0)
    assert_array_equal(np.argsort(found, axis=0), before)


def test_one_temperature_keeps_the_ranking_in_a_row(simulation):
    found = TemperatureCalibrator().fit(simulation.Y, 3 * simulation.logits)

    after = np.argsort(found.predict(simulation.logits_new), axis=1)
    assert_array_equal(after, np.argsort(simulation.logits_new, axis=1))


def test_the_ends_of_the_range(simulation):
    told = simulation.logits
    certain = TemperatureCalibrator().fit((told > 0).astype(int), 100 * told)
    turned = TemperatureCalibrator().fit(simulation.Y, -told)

    assert_allclose(certain.temperatures_, 0.01, rtol=1e-3)
    assert_allclose(turned.temperatures_, 100.0, rtol=1e-3)


def test_rare_labels_share_the_one_temperature_without_a_word(simulation):
    Y = simulation.Y.copy()
    Y[:, 2] = 0

    fitted = TemperatureCalibrator().fit(Y, simulation.logits)

    assert fitted.calibrated_.all()


def test_kept_labels_have_temperature_one(simulation):
    Y = simulation.Y.copy()
    Y[:, 2] = 0

    fitted = TemperatureCalibrator(scope="label")
    with pytest.warns(UncalibratedLabelWarning, match="'label_2'"):
        fitted.fit(Y, 3 * simulation.logits)

    assert fitted.temperatures_[2] == 1.0
    found = fitted.predict(simulation.logits_new)[:, 2]
    assert_array_equal(found, sigmoid(simulation.logits_new[:, 2]))


def test_the_scope_is_checked():
    with pytest.raises(OptionError, match=r"scope must be one of 'pooled', 'label'"):
        TemperatureCalibrator(scope="row").fit([[0], [1]], [[0.0], [1.0]])
