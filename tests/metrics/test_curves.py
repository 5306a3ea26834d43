"""Points of precision-recall and ROC curves, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn import metrics as sk

from mlkit.exceptions import OptionError, ShapeError
from mlkit.metrics import average_precision_score, roc_auc_score
from mlkit.metrics.curves import (
    mean_precision_recall,
    mean_roc,
    precision_recall_points,
    roc_points,
)


@pytest.fixture
def data() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(3)
    Y = pd.DataFrame(rng.integers(0, 2, (60, 3)), columns=["sea", "sun", "Süd"])
    # Two digits: there are equal scores.
    return Y, (0.4 * Y.to_numpy() + rng.random((60, 3))).round(2)


def of(points: pd.DataFrame, label: str) -> pd.DataFrame:
    return points[points["label"] == label]


def test_precision_and_recall_are_those_of_scikit_learn(data):
    Y, scores = data
    points = precision_recall_points(Y, scores)
    for j, label in enumerate(Y):
        precision, recall, cuts = sk.precision_recall_curve(Y[label], scores[:, j])
        mine = of(points, label).iloc[::-1]
        np.testing.assert_allclose(mine["precision"], precision)
        np.testing.assert_allclose(mine["recall"], recall)
        np.testing.assert_allclose(mine["threshold"], np.append(cuts, np.inf))


def test_rates_are_those_of_scikit_learn(data):
    Y, scores = data
    points = roc_points(Y, scores)
    for j, label in enumerate(Y):
        false, true, cuts = sk.roc_curve(
            Y[label], scores[:, j], drop_intermediate=False
        )
        mine = of(points, label)
        np.testing.assert_allclose(mine["false_positive_rate"], false)
        np.testing.assert_allclose(mine["true_positive_rate"], true)
        np.testing.assert_allclose(mine["threshold"], cuts)


def test_pooled_cells_are_one_list(data):
    Y, scores = data
    flat, values = Y.to_numpy().ravel(), scores.ravel()
    pooled = precision_recall_points(Y, scores, scope="pooled")
    assert list(pooled) == ["threshold", "precision", "recall"]
    precision, _, _ = sk.precision_recall_curve(flat, values)
    np.testing.assert_allclose(pooled["precision"][::-1], precision)
    rates = roc_points(Y, scores, scope="pooled")
    area = sk.auc(rates["false_positive_rate"], rates["true_positive_rate"])
    assert area == pytest.approx(roc_auc_score(Y, scores, average="micro"))


def test_areas_of_mean_curves_are_the_macro_averages(data):
    Y, scores = data
    mean = mean_precision_recall(precision_recall_points(Y, scores))
    expected = average_precision_score(Y, scores, average="macro")
    assert mean["precision"].mean() == pytest.approx(expected, abs=0.002)
    rates = mean_roc(roc_points(Y, scores))
    area = sk.auc(rates["false_positive_rate"], rates["true_positive_rate"])
    expected = roc_auc_score(Y, scores, average="macro")
    assert area == pytest.approx(expected, abs=0.002)
    assert rates.iloc[0].tolist() == [0, 0]
    assert rates.iloc[-1].tolist() == [1, 1]


@pytest.mark.parametrize("points", [precision_recall_points, roc_points])
def test_unknown_cells_are_left_out(points, data):
    Y, scores = data
    hidden = Y.astype(float)
    hidden.iloc[::4, 0] = np.nan
    rows = np.arange(60) % 4 != 0
    expected = points(Y[["sea"]][rows], scores[rows, :1])
    got = of(points(hidden, scores), "sea")
    pd.testing.assert_frame_equal(got.reset_index(drop=True), expected)


@pytest.mark.parametrize("points", [precision_recall_points, roc_points])
def test_sparse_is_as_dense_and_only_the_order_of_scores_counts(points, data):
    Y, scores = data
    expected = points(Y.to_numpy(), scores).drop(columns="threshold")
    sparse = points(sp.csr_array(Y.to_numpy()), np.exp(scores))
    pd.testing.assert_frame_equal(sparse.drop(columns="threshold"), expected)


def test_labels_without_what_a_share_is_of_have_no_rows():
    Y = [[1, 0, 1], [0, 0, 1]]
    scores = [[0.9, 0.8, 0.7], [0.1, 0.2, 0.3]]
    found = precision_recall_points(Y, scores)["label"].unique()
    assert list(found) == ["label_0", "label_2"]
    assert list(roc_points(Y, scores)["label"].unique()) == ["label_0"]


@pytest.mark.parametrize("scope", ["label", "pooled"])
def test_without_any_positive_there_are_columns_and_no_rows(scope):
    for points in (precision_recall_points, roc_points):
        full = points([[1], [0]], [[0.5], [0.2]], scope=scope)
        empty = points([[0], [0]], [[0.5], [0.2]], scope=scope)
        assert len(empty) == 0
        assert list(empty) == list(full)


def test_what_is_wrong_is_said():
    with pytest.raises(OptionError, match="scope must be one of 'label', 'pooled'"):
        roc_points([[1]], [[0.5]], scope="row")
    with pytest.raises(ShapeError, match="at least one of each"):
        precision_recall_points(np.zeros((0, 2)), np.zeros((0, 2)))
