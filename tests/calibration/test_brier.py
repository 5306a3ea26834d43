"""The Brier loss and its parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from sklearn.metrics import brier_score_loss

from mlkit.activations import sigmoid
from mlkit.calibration import (
    IsotonicCalibrator,
    brier_decomposition,
    label_brier_loss,
    pooled_brier_loss,
)
from mlkit.exceptions import OptionError, ShapeError

NAN = float("nan")


def test_each_label_is_that_of_scikit_learn(simulation):
    proba = sigmoid(simulation.logits)

    expected = [brier_score_loss(simulation.Y[:, j], proba[:, j]) for j in range(3)]
    assert_allclose(label_brier_loss(simulation.Y, proba), expected)
    assert_allclose(pooled_brier_loss(simulation.Y, proba), np.mean(expected))


def test_unknown_cells_are_left_out():
    Y, proba = [[1, NAN], [0, NAN]], [[0.5, 0.1], [0.0, 0.1]]

    losses = label_brier_loss(Y, proba)

    assert losses[0] == 0.125
    assert np.isnan(losses[1])
    assert pooled_brier_loss(Y, proba) == 0.125
    parts = brier_decomposition(Y, proba)
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
    assert_allclose(parts["brier"], pooled_brier_loss(simulation.Y, proba))


def test_bad_input_is_named():
    with pytest.raises(ShapeError, match="same shape"):
        label_brier_loss([[1, 0]], [[0.5]])
    with pytest.raises(OptionError, match="scope must be one of"):
        brier_decomposition([[1]], [[0.5]], scope="all")
