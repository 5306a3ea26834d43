"""Convolutions that are taken apart."""

from __future__ import annotations

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from mlkit.neural.architectures import mobilenet_body  # noqa: E402


@pytest.fixture(scope="module")
def network():
    inputs = keras.Input((16, 16, 1))
    return keras.Model(inputs, mobilenet_body(inputs, depth=1))


def test_weights_of_a_separable_convolution(network):
    part = "mobilenet_stage2_block1"
    depthwise = network.get_layer(f"{part}_depthwise").count_params()
    pointwise = network.get_layer(f"{part}_pointwise").count_params()
    assert (depthwise, pointwise) == (9 * 32, 32 * 64)


def test_a_depthwise_filter_sees_one_channel(network):
    layer = network.get_layer("mobilenet_stage1_block1_depthwise")
    x = np.random.default_rng(0).normal(size=(1, 8, 8, 16)).astype("float32")
    changed = x.copy()
    changed[..., 3] += 1

    differs = np.asarray(layer(x) != layer(changed)).any(axis=(0, 1, 2))

    assert np.flatnonzero(differs).tolist() == [3]
