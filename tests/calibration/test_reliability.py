"""Reliability by bin."""

from __future__ import annotations

import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose
from sklearn.calibration import calibration_curve

from mlkit.activations import sigmoid
from mlkit.calibration import reliability_data
from mlkit.exceptions import OptionError, ScoresError
from mlkit.metrics import calibration_error

NAN = float("nan")


def test_a_table_by_hand():
    Y = pd.DataFrame([[0, 1], [1, 1], [1, 0]], columns=["a", "b"])
    proba = [[0.1, 0.9], [0.3, 0.7], [0.6, 0.8]]

    table = reliability_data(Y, proba, n_bins=2)

    assert list(table["label"]) == ["a", "a", "b"]
    assert table["bin"].tolist() == [0, 1, 1]
    assert table["lower"].tolist() == [0.0, 0.5, 0.5]
    assert table["upper"].tolist() == [0.5, 1.0, 1.0]
    assert_allclose(table["mean_predicted"], [0.2, 0.6, 0.8])
    assert_allclose(table["share_positive"], [0.5, 1.0, 2 / 3])
    assert table["count"].tolist() == [2, 1, 3]


def test_pooled_bins_hold_all_cells():
    table = reliability_data([[0, 1], [1, 1]], [[0.2, 0.9], [0.4, 0.7]], scope="pooled")

    assert "label" not in table
    assert table["bin"].tolist() == [2, 4, 7, 9]
    assert table["count"].sum() == 4


@pytest.mark.parametrize("tenth", range(11))
def test_a_limit_belongs_to_the_bin_above_it(tenth):
    table = reliability_data([[1]], [[float(f"{tenth / 10:.1f}")]])

    assert table["bin"].tolist() == [min(tenth, 9)]


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_it_is_scikit_learns_curve(simulation, strategy):
    proba = sigmoid(simulation.logits)
    table = reliability_data(simulation.Y, proba, strategy=strategy)

    for j in range(3):
        own = table[table["label"] == f"label_{j}"]
        positive, predicted = calibration_curve(
            simulation.Y[:, j], proba[:, j], n_bins=10, strategy=strategy
        )
        assert_allclose(own["share_positive"], positive)
        assert_allclose(own["mean_predicted"], predicted)


def test_quantile_bins_are_about_equal_and_ties_stay_together(simulation):
    proba = sigmoid(simulation.logits[:, [0]])
    even = reliability_data(simulation.Y[:, [0]], proba, strategy="quantile")
    assert even["count"].tolist() == [300] * 10

    tied = [[0.1]] * 8 + [[0.2], [0.3]]
    table = reliability_data([[0]] * 10, tied, n_bins=5, strategy="quantile")
    assert table["count"].tolist() == [8, 2]


def test_equal_probabilities_fill_one_quantile_bin():
    table = reliability_data([[0], [1]], [[0.3], [0.3]], strategy="quantile")

    assert table["count"].tolist() == [2]
    assert table["share_positive"].tolist() == [0.5]


def test_unknown_cells_are_left_out():
    Y, proba = [[0, NAN], [NAN, NAN]], [[0.5, 0.5], [0.9, 0.5]]

    table = reliability_data(Y, proba)

    assert table["label"].tolist() == ["label_0"]
    assert table["count"].tolist() == [1]
    assert reliability_data([[NAN]], [[0.5]], strategy="quantile").empty


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_the_mean_distance_is_the_calibration_error(simulation, strategy):
    options = {"n_bins": 7, "strategy": strategy}
    proba = sigmoid(2 * simulation.logits)
    table = reliability_data(simulation.Y, proba, **options)

    gaps = (table["mean_predicted"] - table["share_positive"]).abs() * table["count"]
    by_label = gaps.groupby(table["label"]).sum() / len(proba)
    found = calibration_error(simulation.Y, proba, average=None, **options)

    assert_allclose(found, by_label)
    assert (found > 0.05).all()


def test_sparse_and_dense_are_the_same(simulation):
    proba = sigmoid(simulation.logits)

    dense = reliability_data(simulation.Y, proba)
    pd.testing.assert_frame_equal(
        reliability_data(sp.csr_array(simulation.Y), proba), dense
    )


def test_options_are_checked():
    with pytest.raises(ValueError, match="n_bins must be at least 1, got 0"):
        reliability_data([[1]], [[0.5]], n_bins=0)
    with pytest.raises(OptionError, match="strategy must be one of 'uniform'"):
        reliability_data([[1]], [[0.5]], strategy="kmeans")
    with pytest.raises(ScoresError, match=r"Y_proba has 1 value.* outside \[0, 1\]"):
        reliability_data([[1]], [[-0.5]])


def test_the_scope_is_checked():
    with pytest.raises(OptionError, match="scope must be one of 'label', 'pooled'"):
        reliability_data([[1]], [[0.5]], scope="row")
