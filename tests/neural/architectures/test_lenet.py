"""LeNet-5 as the paper counts it."""

from __future__ import annotations

import pytest

keras = pytest.importorskip("keras")

from mlkit.neural.architectures import lenet_body  # noqa: E402


def test_weights_of_the_digits_network():
    """With ten dense units behind it: the 61 706 weights of the usual count."""
    inputs = keras.Input((28, 28, 1))
    network = keras.Model(inputs, lenet_body(inputs))

    counts = {layer.name: layer.count_params() for layer in network.layers}
    assert {name: count for name, count in counts.items() if count} == {
        "lenet_conv1": 6 * (5 * 5 + 1),
        "lenet_conv2": 16 * (6 * 5 * 5 + 1),
        "lenet_dense1": 120 * (16 * 5 * 5 + 1),
        "lenet_dense2": 84 * (120 + 1),
    }
    assert network.count_params() + 10 * (84 + 1) == 61_706


def test_width_counts_for_filters_and_units():
    assert lenet_body(keras.Input((16, 16, 1)), width=0.5).shape == (None, 42)
