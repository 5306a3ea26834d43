"""Pairwise hinge and log-sum-exp, against the explicit double loops."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

keras = pytest.importorskip("keras")

from mlkit.exceptions import OptionError  # noqa: E402
from mlkit.metrics import ranking_loss  # noqa: E402
from mlkit.neural.gradients import value_and_gradient  # noqa: E402
from mlkit.neural.losses import LogSumExpPairwise, PairwiseRanking  # noqa: E402

from .cases import array, logits, targets  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def gaps(truth: np.ndarray, scores: np.ndarray) -> list[float]:
    """Return f_u - f_v of all pairs of an absent u and a present v."""
    labels = range(len(truth))
    return [
        scores[u] - scores[v]
        for u, v in itertools.product(labels, labels)
        if 0 <= truth[u] <= 0.5 < truth[v]
    ]


def hinge_by_loops(truth: np.ndarray, scores: np.ndarray, margin: float) -> float:
    costs = [max(0.0, margin + gap) for gap in gaps(truth, scores)]
    return float(np.mean(costs)) if costs else 0.0


def lsep_by_loops(truth: np.ndarray, scores: np.ndarray) -> float:
    return float(np.log(1 + sum(np.exp(gap) for gap in gaps(truth, scores))))


@pytest.mark.parametrize("kind", ["hard", "soft", "masked"])
@pytest.mark.parametrize("margin", [0.0, 1.0, 2.5])
def test_hinge_is_that_of_the_loops(kind, margin):
    Y, z = targets(kind, n_samples=40), logits(n_samples=40)
    expected = [hinge_by_loops(y, f, margin) for y, f in zip(Y, z, strict=True)]
    loss = PairwiseRanking(margin)
    assert_allclose(array(loss.call(Y, z.astype("float32"))), expected, atol=1e-6)


@pytest.mark.parametrize("kind", ["hard", "soft", "masked"])
def test_lsep_is_that_of_the_loops(kind):
    Y, z = targets(kind, n_samples=40), logits(n_samples=40)
    expected = [lsep_by_loops(y, f) for y, f in zip(Y, z, strict=True)]
    costs = LogSumExpPairwise().call(Y, z.astype("float32"))
    assert_allclose(array(costs), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("loss", [PairwiseRanking(), LogSumExpPairwise()])
@pytest.mark.parametrize("row", [[1, 1, 1], [0, 0, 0], [1, -1, 1], [0, -1, -1]])
def test_rows_without_pairs_cost_nothing(loss, row):
    Y, z = np.array([row], "float32"), np.array([[2.0, -1.0, 60.0]], "float32")
    value, slopes = value_and_gradient(lambda t: loss(Y, t), z)
    assert value == 0.0
    assert_array_equal(slopes, np.zeros((1, 3)))


@pytest.mark.parametrize("loss", [PairwiseRanking(), LogSumExpPairwise()])
def test_only_differences_count(loss):
    Y, z = targets("masked"), logits()
    moved = z + np.array([[5.0], [-3.0], [0.0], [20.0], [1.0]])
    assert_allclose(array(loss.call(Y, moved)), array(loss.call(Y, z)), rtol=1e-4)


def test_hinge_by_hand():
    # Leads of 2, 0.5 and -1 over three absent labels; one label is unknown.
    Y, z = [[1, 0, 0, -1, 0]], [[1.0, -1.0, 0.5, 9.0, 2.0]]
    assert float(PairwiseRanking()(Y, z)) == pytest.approx((0 + 0.5 + 2) / 3)
    assert float(PairwiseRanking(margin=0)(Y, z)) == pytest.approx(1 / 3)


def test_hinge_is_nowhere_below_the_ranking_loss():
    Y, z = targets("hard", n_samples=40), logits(n_samples=40)
    usable = (Y.sum(axis=1) > 0) & (Y.sum(axis=1) < Y.shape[1])
    for truth, scores in zip(Y[usable], z[usable], strict=True):
        bound = ranking_loss(truth[None].astype(int), scores[None])
        assert float(PairwiseRanking()(truth[None], scores[None])) >= bound


def test_hinge_stops_where_the_margin_is_kept():
    Y = np.array([[1.0, 0.0]], "float32")
    z = np.array([[2.0, 0.5]], "float32")
    value, slopes = value_and_gradient(lambda t: PairwiseRanking()(Y, t), z)
    assert value == 0.0
    assert slopes.tolist() == [[0.0, 0.0]]


def test_lsep_by_hand():
    # Differences -log 2 and log 3, and the log of 1 + 1/2 + 3.
    z = np.log([[2.0, 1.0, 6.0]])
    assert float(LogSumExpPairwise()([[1, 0, 0]], z)) == pytest.approx(np.log(4.5))


def test_lsep_pulls_hardest_at_the_worst_pair():
    Y = np.array([[1, 0, 0]], "float32")
    z = np.array([[0.0, -2.0, 3.0]], "float32")
    _, slopes = value_and_gradient(lambda t: LogSumExpPairwise()(Y, t), z)
    powers = np.exp([-2.0, 3.0])
    expected = [-powers.sum(), *powers] / (1 + powers.sum())
    assert_allclose(slopes[0], expected, rtol=1e-5)


def test_lsep_takes_many_labels():
    # All pairs of 20 000 labels would be 3.6e8 numbers a row.
    rng = np.random.default_rng(0)
    Y = (rng.random((4, 20_000)) < 0.1).astype("float32")
    z = rng.standard_normal(Y.shape).astype("float32")
    absent = np.where(Y == 0, np.exp(z.astype(float)), 0).sum(axis=1)
    present = np.where(Y == 1, np.exp(-z.astype(float)), 0).sum(axis=1)
    expected = np.log1p(absent * present)
    assert_allclose(array(LogSumExpPairwise().call(Y, z)), expected, rtol=1e-5)


@pytest.mark.parametrize("bad", [-0.5, np.nan])
def test_a_margin_that_is_none(bad: Any):
    with pytest.raises(OptionError, match=r"margin must be in \[0, inf\)"):
        PairwiseRanking(bad)
