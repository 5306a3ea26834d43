"""The worth of every threshold, against the metrics of the decisions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn import metrics as sk

from mlkit.exceptions import OptionError, ScoresError, ShapeError, UnknownNameError
from mlkit.metrics import f1_score, recall_score
from mlkit.thresholds import OBJECTIVES, best_threshold, best_thresholds, cut
from mlkit.thresholds.curves import objective_of, threshold_curve

LIMITS = [0.0, 0.25, 0.5, 0.61, 1.0]


@pytest.fixture
def data() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(8)
    Y = pd.DataFrame(rng.integers(0, 2, (50, 3)), columns=["sea", "sun", "Süd"])
    return Y, np.clip(0.3 * Y.to_numpy() + 0.7 * rng.random((50, 3)), 0, 1).round(2)


@pytest.mark.parametrize(
    ("metric", "score"),
    [
        ("f1", sk.f1_score),
        ("precision", sk.precision_score),
        ("recall", sk.recall_score),
    ],
)
@pytest.mark.parametrize("average", ["micro", "macro", None])
def test_it_is_the_metric_of_the_decisions(metric, score, average, data):
    Y, scores = data
    curve = threshold_curve(
        Y, scores, metric=metric, average=average, thresholds=LIMITS
    )
    assert list(curve.columns) == (list(Y) if average is None else [average])
    for limit, values in zip(LIMITS, curve.to_numpy(), strict=True):
        expected = score(Y, cut(scores, limit), average=average, zero_division=0)
        np.testing.assert_allclose(values, np.atleast_1d(expected))


def test_by_default_there_are_1001_thresholds(data):
    curve = threshold_curve(*data)
    np.testing.assert_allclose(curve.index, np.arange(1001) / 1000)
    assert curve.index.name == "threshold"


def test_no_threshold_is_better_than_the_best(data):
    Y, scores = data
    best = best_thresholds(Y, scores)
    values = threshold_curve(Y, scores, thresholds=best).to_numpy().diagonal()
    np.testing.assert_allclose(values, threshold_curve(Y, scores).max())
    for average in ("micro", "macro"):
        at = best_threshold(Y, scores, average=average)
        found = threshold_curve(Y, scores, average=average, thresholds=[at])
        whole = threshold_curve(Y, scores, average=average)
        assert found.iloc[0, 0] == pytest.approx(whole.max().item())


@pytest.mark.parametrize("metric", ["f1", "jaccard", "mcc"])
def test_objectives_are_those_of_the_search(metric):
    counts = np.random.default_rng(1).integers(0, 20, (4, 30))
    np.testing.assert_allclose(
        objective_of(metric)(*counts), OBJECTIVES[metric](*counts)
    )


def test_unknown_cells_are_left_out(data):
    Y, scores = data
    hidden = Y.astype(float)
    hidden.iloc[::3, 0] = np.nan
    hidden.iloc[:, 2] = np.nan
    curve = threshold_curve(hidden, scores, thresholds=LIMITS)
    rows = np.arange(50) % 3 != 0
    expected = threshold_curve(Y[["sea"]][rows], scores[rows, :1], thresholds=LIMITS)
    pd.testing.assert_frame_equal(curve[["sea"]], expected)
    assert curve["Süd"].isna().all()
    macro = threshold_curve(hidden, scores, average="macro", thresholds=[0.5])
    expected = f1_score(hidden, cut(scores, 0.5), average="macro")
    assert macro.iloc[0, 0] == pytest.approx(expected)


def test_where_nothing_is_known_there_is_no_number():
    for average in ("micro", "macro", None):
        curve = threshold_curve([[np.nan]], [[0.5]], average=average)
        assert curve.isna().all().all()


def test_sparse_is_as_dense(data):
    Y, scores = data
    dense = threshold_curve(Y.to_numpy(), scores)
    sparse = threshold_curve(sp.csr_array(Y.to_numpy()), scores)
    pd.testing.assert_frame_equal(sparse, dense)


def test_any_scores_have_a_curve(data):
    Y, scores = data
    curve = threshold_curve(
        Y, 10 * scores - 5, metric="recall", average="micro", thresholds=[-6, 0, 6]
    )
    middle = recall_score(Y, cut(10 * scores - 5, 0), average="micro")
    np.testing.assert_allclose(curve["micro"], [1, middle, 0])


def test_what_is_wrong_is_said(data):
    Y, scores = data
    with pytest.raises(UnknownNameError, match="Did you mean 'recall'"):
        threshold_curve(Y, scores, metric="recalled")
    with pytest.raises(UnknownNameError, match="Unknown metric 'hamming_loss'"):
        objective_of("hamming_loss")
    with pytest.raises(OptionError, match="average must be one of"):
        threshold_curve(Y, scores, average="samples")
    with pytest.raises(ScoresError, match="number 1 of them is NaN"):
        threshold_curve(Y, scores, thresholds=[0.5, np.nan])
    with pytest.raises(ShapeError, match="at least one of each"):
        threshold_curve(np.zeros((0, 1)), np.zeros((0, 1)))
