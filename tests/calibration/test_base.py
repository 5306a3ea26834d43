"""What all calibrators have in common."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlkit.activations import sigmoid
from mlkit.calibration import (
    IsotonicCalibrator,
    SigmoidCalibrator,
    TemperatureCalibrator,
)
from mlkit.exceptions import (
    LabelNameError,
    OptionError,
    ScoresError,
    ShapeError,
    UncalibratedLabelWarning,
)
from mlkit.metrics import brier_loss

CALIBRATORS = [
    SigmoidCalibrator(),
    IsotonicCalibrator(),
    TemperatureCalibrator(),
    TemperatureCalibrator(scope="label"),
]
PER_LABEL = [c for c in CALIBRATORS if getattr(c, "scope", "label") == "label"]
every = pytest.mark.parametrize("calibrator", CALIBRATORS, ids=repr)
per_label = pytest.mark.parametrize("calibrator", PER_LABEL, ids=repr)


def with_rare_labels(simulation):
    """Four positives in the second label, four negatives in the third."""
    Y = simulation.Y.copy()
    Y[:, 1], Y[:, 2] = 0, 1
    Y[:4, 1], Y[:4, 2] = 1, 0
    return Y


@every
def test_a_known_distortion_is_undone(calibrator, simulation):
    told = 3 * simulation.logits
    truth = sigmoid(simulation.logits_new)

    fitted = clone(calibrator).fit(simulation.Y, told)
    found = fitted.predict(3 * simulation.logits_new)

    before = np.abs(sigmoid(3 * simulation.logits_new) - truth).mean()
    assert np.abs(found - truth).mean() < before / 5
    raw = brier_loss(simulation.Y_new, sigmoid(3 * simulation.logits_new))
    assert brier_loss(simulation.Y_new, found) < raw - 0.02
    assert fitted.calibrated_.all()


@every
def test_probabilities_are_taken_as_well(calibrator, simulation):
    told = sigmoid(3 * simulation.logits)

    fitted = clone(calibrator).set_params(score_type="probabilities")
    found = fitted.fit(simulation.Y, told).predict(told)
    from_logits = clone(calibrator).fit(simulation.Y, 3 * simulation.logits)

    expected = from_logits.predict(3 * simulation.logits)
    assert_allclose(found, expected, atol=1e-6)


@every
def test_rows_in_another_order_give_the_same_maps(calibrator, simulation):
    order = np.random.default_rng(1).permutation(len(simulation.Y))

    plain = clone(calibrator).fit(simulation.Y, simulation.logits)
    mixed = clone(calibrator).fit(simulation.Y[order], simulation.logits[order])

    new = simulation.logits_new
    assert_allclose(mixed.predict(new), plain.predict(new), atol=1e-7)


@per_label
def test_labels_do_not_see_each_other(calibrator, simulation):
    together = clone(calibrator).fit(simulation.Y, simulation.logits)
    alone = clone(calibrator).fit(simulation.Y[:, [1]], simulation.logits[:, [1]])

    both = together.predict(simulation.logits_new)[:, [1]]
    assert_array_equal(both, alone.predict(simulation.logits_new[:, [1]]))


@per_label
def test_unknown_cells_are_as_if_their_rows_were_absent(calibrator, simulation):
    Y = simulation.Y.astype(float)
    Y[:1000, 0] = np.nan

    fitted = clone(calibrator).fit(Y, simulation.logits)
    short = clone(calibrator).fit(simulation.Y[1000:], simulation.logits[1000:])

    new = simulation.logits_new
    assert_array_equal(fitted.predict(new)[:, 0], short.predict(new)[:, 0])


@every
def test_containers(calibrator, simulation):
    names = ["a", "b", "寂しい"]
    Y = pd.DataFrame(simulation.Y, columns=names)
    scores = pd.DataFrame(simulation.logits, columns=names)
    plain = clone(calibrator).fit(simulation.Y, simulation.logits)

    frame = clone(calibrator).fit(Y, scores)
    sparse = clone(calibrator).fit(sp.csr_array(simulation.Y), simulation.logits)

    answer = frame.predict(scores.iloc[5:9])
    assert list(answer.columns) == names
    assert answer.index.tolist() == [5, 6, 7, 8]
    expected = plain.predict(simulation.logits[5:9])
    assert_array_equal(answer, expected)
    assert_array_equal(sparse.predict(simulation.logits[5:9]), expected)
    assert frame.label_names_ == ("a", "b", "寂しい")


@every
def test_arguments_are_not_changed_and_maps_can_be_pickled(calibrator, simulation):
    Y, scores = simulation.Y.copy(), simulation.logits.copy()
    Y.flags.writeable = scores.flags.writeable = False

    fitted = clone(calibrator).fit(Y, scores)
    again = pickle.loads(pickle.dumps(fitted))

    assert_array_equal(again.predict(scores), fitted.predict(scores))
    assert clone(fitted).get_params() == calibrator.get_params()


@per_label
def test_rare_labels_are_named_and_kept(calibrator, simulation):
    Y = pd.DataFrame(with_rare_labels(simulation), columns=["a", "b", "c"])

    with pytest.warns(
        UncalibratedLabelWarning,
        match=r"2 of 3 labels have fewer than 10 .* keep their scores .* 'b', 'c'\.",
    ) as caught:
        fitted = clone(calibrator).fit(Y, simulation.logits)

    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert fitted.calibrated_.tolist() == [True, False, False]
    found = fitted.predict(simulation.logits_new)
    assert_array_equal(found[:, 1:], sigmoid(simulation.logits_new[:, 1:]))


@per_label
def test_rare_labels_can_share_the_map_of_all_cells(calibrator, simulation):
    Y = with_rare_labels(simulation)
    one_column = clone(calibrator).fit(
        Y.reshape(-1, 1), simulation.logits.reshape(-1, 1)
    )

    fitted = clone(calibrator).set_params(rare="pool")
    with pytest.warns(UncalibratedLabelWarning, match="share one map: 'label_1'"):
        fitted.fit(Y, simulation.logits)

    assert fitted.calibrated_.all()
    expected = one_column.predict(simulation.logits_new[:, [1]])
    assert_array_equal(fitted.predict(simulation.logits_new)[:, [1]], expected)


@every
def test_where_all_cells_are_too_few_scores_are_kept(calibrator):
    fitted = clone(calibrator).set_params(rare="pool")
    with pytest.warns(UncalibratedLabelWarning, match="2 of 2 labels .* keep"):
        fitted.fit([[0, 1], [1, 1]], [[-1.0, 2.0], [1.0, 2.0]])

    assert not fitted.calibrated_.any()
    assert_allclose(fitted.predict([[0.0, 0.0]]), 0.5)


@per_label
def test_min_count_is_the_least_number_that_is_enough(calibrator):
    Y = np.repeat([[1], [0]], [5, 8], axis=0)
    scores = np.random.default_rng(0).normal(size=Y.shape)

    enough = clone(calibrator).set_params(min_count=5).fit(Y, scores)
    assert enough.calibrated_.all()
    with pytest.warns(UncalibratedLabelWarning, match="fewer than 6"):
        clone(calibrator).set_params(min_count=6).fit(Y, scores)


@every
def test_a_label_that_is_nowhere_known_is_kept(calibrator, simulation):
    Y = simulation.Y.astype(float)
    Y[:, 2] = np.nan
    if calibrator in PER_LABEL:
        with pytest.warns(UncalibratedLabelWarning, match="'label_2'"):
            fitted = clone(calibrator).fit(Y, simulation.logits)
        assert fitted.calibrated_.tolist() == [True, True, False]
    else:
        fitted = clone(calibrator).fit(Y, simulation.logits)
        assert fitted.calibrated_.all()
    assert np.isfinite(fitted.predict(simulation.logits_new)).all()


@pytest.mark.parametrize(
    ("params", "error", "match"),
    [
        ({"score_type": "margins"}, OptionError, "score_type must be one of 'logits'"),
        ({"rare": "drop"}, OptionError, "rare must be one of"),
        ({"min_count": 0}, ValueError, "min_count must be at least 1"),
        ({"min_count": 2.5}, TypeError, "min_count must be an integer"),
    ],
)
@every
def test_parameters_are_checked(calibrator, params, error, match):
    with pytest.raises(error, match=match):
        clone(calibrator).set_params(**params).fit([[0], [1]], [[0.0], [1.0]])


class TestPredict:
    """What predict refuses."""

    def test_before_fit(self):
        with pytest.raises(NotFittedError, match="SigmoidCalibrator"):
            SigmoidCalibrator().predict([[0.0]])

    def test_other_labels(self, simulation):
        names = ["a", "b", "c"]
        scores = pd.DataFrame(simulation.logits, columns=names)
        fitted = SigmoidCalibrator().fit(simulation.Y, scores)

        with pytest.raises(ShapeError, match="scores has 2 columns; expected 3"):
            fitted.predict(simulation.logits[:, :2])
        with pytest.raises(LabelNameError, match="expected 'a', 'b', 'c'"):
            fitted.predict(scores[["c", "b", "a"]])

    def test_scores_that_are_none(self, simulation):
        fitted = SigmoidCalibrator().fit(simulation.Y, simulation.logits)
        with pytest.raises(ScoresError, match="not finite"):
            fitted.predict([[0.0, np.inf, 0.0]])
