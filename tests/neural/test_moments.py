"""Mean and variance of channels, read in parts."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose

from mlkit.neural import moments
from mlkit.neural.moments import channel_moments


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "n_channels"), [((7, 4, 5), 1), ((7, 4, 5, 3), 3), ((40, 6), 6)]
)
@pytest.mark.parametrize("block", [1, 70, 2**20])
def test_moments_are_those_of_numpy(
    shape: tuple[int, ...],
    n_channels: int,
    block: int,
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moments, "_BLOCK", block)
    X = rng.normal(5, 2, shape).astype(np.float32)
    flat = X.reshape(-1, n_channels).astype(np.float64)
    mean, variance = channel_moments(X, n_channels)
    assert_allclose(mean, flat.mean(axis=0), rtol=1e-12)
    assert_allclose(variance, flat.var(axis=0), rtol=1e-12)


@pytest.mark.parametrize("n_channels", [1, 6])
def test_sparse_tables(
    n_channels: int, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moments, "_BLOCK", 30)
    X = sp.random_array((40, 6), density=0.3, rng=rng, format="csr")
    mean, variance = channel_moments(X, n_channels)
    flat = X.toarray().reshape(-1, n_channels)
    assert_allclose(mean, flat.mean(axis=0), rtol=1e-12)
    assert_allclose(variance, flat.var(axis=0), rtol=1e-12)


def test_moments_far_from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "_BLOCK", 4)
    X = 1e9 + np.arange(8.0).reshape(4, 2, 1)
    mean, variance = channel_moments(X, 1)
    assert_allclose(mean, 1e9 + 3.5, rtol=1e-15)
    # A difference of mean squares would have no digit of it: they are 1e18.
    assert_allclose(variance, 5.25, rtol=1e-7)
