"""Probabilities made surer, less sure or shifted."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.calibration import SigmoidCalibrator
from mlkit.calibration.rescaling import balanced_bias, rescale_probabilities
from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.metrics import average_precision_score

PROBA = np.array([[0.2, 0.5], [0.8, 0.9], [0.6, 0.1]])


def test_the_formula_by_hand():
    # Odds of 1 to 4, squared: 1 to 16.
    sure = rescale_probabilities([[0.2]], temperature=0.5)
    np.testing.assert_allclose(sure, [[1 / 17]])
    np.testing.assert_allclose(rescale_probabilities([[0.2]], bias=np.log(4)), [[0.5]])
    both = rescale_probabilities([[0.5]], temperature=2.0, bias=np.log(9))
    np.testing.assert_allclose(both, [[0.75]])


def test_nothing_done_changes_no_bit_and_gives_a_copy():
    proba = np.array([[0.0, 1.0, 0.1]])
    same = rescale_probabilities(proba)
    assert same.tolist() == proba.tolist()
    assert same is not proba


def test_a_bias_a_label():
    moved = rescale_probabilities(PROBA, bias=[0.0, 1.0])
    assert moved[:, 0].tolist() == PROBA[:, 0].tolist()
    assert (moved[:, 1] > PROBA[:, 1]).all()


def test_the_argument_is_not_modified():
    before = PROBA.copy()
    rescale_probabilities(PROBA, temperature=0.3, bias=2.0)
    assert (before == PROBA).all()


def test_ranking_stays_and_a_sigmoid_undoes_it():
    rng = np.random.default_rng(0)
    proba = rng.uniform(0.05, 0.95, (400, 1))
    truth = (rng.random((400, 1)) < proba).astype(int)
    moved = rescale_probabilities(proba, temperature=0.4, bias=1.5)
    before, after = (
        average_precision_score(truth, p, average="macro") for p in (proba, moved)
    )
    assert before == after
    fits = [
        SigmoidCalibrator(score_type="probabilities").fit(truth, p).predict(p)
        for p in (proba, moved)
    ]
    np.testing.assert_allclose(*fits, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"temperature": 0}, OptionError, "more than 0, got 0"),
        ({"temperature": -1.0}, OptionError, "temperature"),
        ({"bias": np.nan}, ScoresError, "finite number"),
        ({"bias": [1.0, 2.0, 3.0]}, ShapeError, "one number or 2, one a label"),
    ],
)
def test_options_that_have_no_meaning(options, error, message):
    with pytest.raises(error, match=message):
        rescale_probabilities(PROBA, **options)


def test_balanced_bias_of_rare_frequent_constant_and_unknown_labels():
    truth = np.array([[1, 1, 0, np.nan], [0, 1, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0]])
    expected = [np.log(3), -np.log(3), 0.0, np.log(2)]
    np.testing.assert_allclose(balanced_bias(truth), expected)
