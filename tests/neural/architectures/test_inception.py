"""Four views side by side."""

from __future__ import annotations

import pytest

keras = pytest.importorskip("keras")

from mlkit.neural.architectures import inception_body  # noqa: E402


@pytest.fixture(scope="module")
def network():
    inputs = keras.Input((16, 16, 3))
    return keras.Model(inputs, inception_body(inputs))


def test_shares_of_the_four_views(network):
    """As module 3a of the paper: 64, 128, 32 and 32 of 256, and 96 and 16 before."""
    joined = network.get_layer("inception_stage3_module1")
    assert [view.shape[-1] for view in joined.input] == [64, 128, 32, 32]
    for part, filters in {"3x3_reduce": 96, "5x5_reduce": 16}.items():
        layer = network.get_layer(f"inception_stage3_module1_{part}")
        assert (layer.filters, layer.kernel_size) == (filters, (1, 1))


def test_large_kernels_see_few_channels(network):
    for size, channels in {"3x3": 96, "5x5": 16}.items():
        layer = network.get_layer(f"inception_stage3_module1_{size}")
        assert layer.kernel.shape[:3] == (int(size[0]), int(size[0]), channels)


def test_pictures_are_halved_three_times(network):
    stages = [network.get_layer(f"inception_stage{i}_module1") for i in (1, 2, 3)]
    assert [stage.output.shape[1] for stage in stages] == [8, 4, 2]
