"""The parts of the Brier loss."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from mlkit.activations import sigmoid
from mlkit.calibration import IsotonicCalibrator, brier_decomposition
from mlkit.exceptions import OptionError, ShapeError
from mlkit.metrics import brier_loss

NAN = float("nan")


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_the_loss_is_that_of_each_label(simulation, strategy):
    proba = sigmoid(simulation.logits)

    parts = brier_decomposition(simulation.Y, proba, strategy=strategy)

    assert_allclose(parts["brier"], brier_loss(simulation.Y, proba, average=None))
    found = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
    assert_allclose(found + parts["within_bins"], parts["brier"])


def test_unknown_cells_are_left_out():
    Y, proba = [[1, NAN], [0, NAN]], [[0.5, 0.1], [0.0, 0.1]]

    parts = brier_decomposition(Y, proba)

    assert parts.loc["label_0", "brier"] == 0.125
    assert parts.loc["label_1"].isna().all()
    assert parts.loc["label_0"].notna().all()


def test_the_parts_by_hand():
    # At 0.25 one of four, at 0.75 four of four: share 5/8.
    proba = [[0.25]] * 4 + [[0.75]] * 4
    Y = pd.DataFrame({"a": [0, 0, 0, 1, 1, 1, 1, 1]})

    parts = brier_decomposition(Y, proba).loc["a"]

    assert parts["reliability"] == 0.5 * 0.25**2
    assert parts["resolution"] == (3 / 8) ** 2
    assert parts["uncertainty"] == 15 / 64
    assert parts["brier"] == (3 * 0.25**2 + 0.75**2 + 4 * 0.25**2) / 8
    assert_allclose(parts["within_bins"], 0, atol=1e-15)


@given(
    Y=arrays(np.int8, (7, 2), elements=st.integers(0, 1)),
    codes=arrays(np.int8, (7, 2), elements=st.integers(0, 8)),
)
def test_murphys_parts_suffice_where_bins_hold_one_probability(Y, codes):
    parts = brier_decomposition(Y, codes / 8, n_bins=9)

    assert_allclose(parts["within_bins"], 0, atol=1e-12)
    assert (parts[["reliability", "resolution", "uncertainty"]] >= 0).all(axis=None)
    assert (parts["resolution"] <= parts["uncertainty"] + 1e-12).all()


def test_the_rest_is_variance_less_twice_the_covariance(simulation):
    y, proba = simulation.Y[:, 0], sigmoid(simulation.logits[:, 0])
    parts = brier_decomposition(y[:, np.newaxis], proba[:, np.newaxis], n_bins=4)

    where = np.minimum((proba * 4).astype(int), 3)
    rest = 0.0
    for b in range(4):
        p, t = proba[where == b], y[where == b]
        inside = np.var(p) - 2 * np.mean((p - p.mean()) * (t - t.mean()))
        rest += len(p) / len(proba) * inside
    assert_allclose(parts["within_bins"], [rest])


def test_calibration_takes_away_reliability_and_leaves_uncertainty(simulation):
    told, told_new = 3 * simulation.logits, 3 * simulation.logits_new
    found = IsotonicCalibrator().fit(simulation.Y, told).predict(told_new)

    before = brier_decomposition(simulation.Y_new, sigmoid(told_new))
    after = brier_decomposition(simulation.Y_new, found)

    assert (after["reliability"] < before["reliability"] / 10).all()
    assert_allclose(after["uncertainty"], before["uncertainty"])


def test_the_pooled_row(simulation):
    proba = sigmoid(simulation.logits)

    parts = brier_decomposition(simulation.Y, proba, scope="pooled")

    assert parts.index.tolist() == ["pooled"]
    assert_allclose(parts["brier"], brier_loss(simulation.Y, proba))


def test_bad_input_is_named():
    with pytest.raises(ShapeError, match="same shape"):
        brier_decomposition([[1, 0]], [[0.5]])
    with pytest.raises(OptionError, match="scope must be one of"):
        brier_decomposition([[1]], [[0.5]], scope="all")
