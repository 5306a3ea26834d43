"""Blocks of 3x3 convolutions."""

from __future__ import annotations

import pytest

keras = pytest.importorskip("keras")

from mlkit.neural.architectures import vgg_body  # noqa: E402


def test_nothing_but_3x3_convolutions_and_three_poolings():
    inputs = keras.Input((16, 16, 3))
    network = keras.Model(inputs, vgg_body(inputs, depth=3))

    convolutions = [x for x in network.layers if isinstance(x, keras.layers.Conv2D)]
    assert {layer.kernel_size for layer in convolutions} == {(3, 3)}
    filters = [layer.filters for layer in convolutions]
    assert filters == [16] * 3 + [32] * 3 + [64] * 3 + [128] * 3
    pools = [x for x in network.layers if isinstance(x, keras.layers.MaxPooling2D)]
    assert len(pools) == 3
