"""Probabilities in bins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from mlkit.exceptions import OptionError
from mlkit.metrics.bins import Bins, bin_groups, check_binned, place_in_bins

from .cases import NAN, some


def bins_of(y, proba, *, n_bins, strategy="uniform"):
    Y, P = np.reshape(y, (-1, 1)), np.reshape(proba, (-1, 1))
    cells = check_binned(Y, P, n_bins=n_bins, strategy=strategy)
    (bins,) = bin_groups(cells, "label", n_bins, strategy)
    return bins


def test_uniform_bins_by_hand():
    bins = bins_of([0, 1, 1], [0.1, 0.3, 1.0], n_bins=3)

    assert_allclose(bins.edges, [0, 1 / 3, 2 / 3, 1])
    assert bins.count.tolist() == [2, 0, 1]
    assert_allclose(bins.predicted, [0.2, NAN, 1.0])
    assert_allclose(bins.positive, [0.5, NAN, 1.0])
    assert_allclose(bins.weight, [2 / 3, 0, 1 / 3])


def test_quantile_limits_by_hand():
    bins = bins_of([0, 1, 0, 1], [0.1, 0.2, 0.6, 0.8], n_bins=2, strategy="quantile")

    assert_allclose(bins.edges, [0.1, 0.4, 0.8])
    assert bins.count.tolist() == [2, 2]


def test_means_leave_empty_bins_out():
    bins = Bins(
        edges=np.array([0, 0.5, 1]),
        count=np.array([0, 4]),
        predicted=np.array([NAN, 0.75]),
        positive=np.array([NAN, 0.5]),
    )

    assert bins.mean(bins.predicted) == 0.75


def test_nothing_has_no_mean():
    bins = bins_of([NAN], [0.5], n_bins=4)

    assert bins.count.tolist() == [0] * 4
    assert np.isnan(bins.mean(bins.predicted))


def test_one_group_a_label_or_one_for_all():
    cells = check_binned([[0, 1]], [[0.2, 0.9]], n_bins=2, strategy="uniform")

    counts = [b.count.tolist() for b in bin_groups(cells, "label", 2, "uniform")]
    assert counts == [[1, 0], [0, 1]]
    counts = [b.count.tolist() for b in bin_groups(cells, "pooled", 2, "uniform")]
    assert counts == [[1, 1]]


@some
@given(
    y=arrays(np.int8, 9, elements=st.integers(0, 1)),
    proba=arrays(np.float64, 9, elements=st.floats(0, 1)),
    n_bins=st.integers(1, 12),
    strategy=st.sampled_from(["uniform", "quantile"]),
)
def test_bins_hold_every_cell_between_their_limits(y, proba, n_bins, strategy):
    bins = bins_of(y, proba, n_bins=n_bins, strategy=strategy)
    filled = bins.count > 0

    assert bins.count.sum() == 9
    assert len(bins.count) <= n_bins
    assert (bins.predicted[filled] >= bins.edges[:-1][filled] - 1e-12).all()
    assert (bins.predicted[filled] <= bins.edges[1:][filled] + 1e-12).all()
    assert_allclose(bins.mean(bins.predicted), proba.mean(), atol=1e-12)
    assert_allclose(bins.mean(bins.positive), y.mean(), atol=1e-12)


@pytest.mark.parametrize("n_bins", [1, 2, 10, 30, 31, 200])
def test_few_and_many_limits_place_alike(n_bins):
    edges = np.arange(n_bins + 1) / n_bins
    proba = np.concatenate([edges, np.random.default_rng(0).random(500)])
    found = place_in_bins(proba, edges)

    assert found[: n_bins + 1].tolist() == [*range(n_bins), n_bins - 1]
    assert (edges[found] <= proba).all()
    assert (proba <= edges[found + 1]).all()
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"n_bins": 0, "strategy": "uniform"}, ValueError, "n_bins must be at least 1"),
        ({"n_bins": 2, "strategy": "kmeans"}, OptionError, "strategy must be one of"),
    ],
)
def test_options_are_checked(options, error, match):
    with pytest.raises(error, match=match):
        check_binned([[1]], [[0.5]], **options)
