"""Blocks that add to their input."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

keras = pytest.importorskip("keras")

from mlkit.neural.architectures import resnet_body  # noqa: E402


@pytest.fixture(scope="module")
def network():
    inputs = keras.Input((16, 16, 3))
    return keras.Model(inputs, resnet_body(inputs, width=0.125, depth=2))


def views(network, *names):
    outputs = [network.get_layer(f"resnet_{name}").output for name in names]
    x = np.random.default_rng(0).normal(size=(4, 16, 16, 3)).astype("float32")
    return [np.asarray(view) for view in keras.Model(network.input, outputs)(x)]


def test_a_block_that_changes_nothing_gives_its_input(network):
    """The second normalisation with a scale of 0 leaves the short cut alone."""
    network.get_layer("resnet_stage1_block2_conv2_norm").gamma.assign([0.0] * 4)

    before, after = views(network, "stage1_block1_relu", "stage1_block2_relu")

    assert before.max() > 0
    assert_array_equal(after, before)


def test_a_block_rectifies_the_sum_of_both_ways(network):
    change, short, after = views(
        network,
        *(f"stage2_block1_{part}" for part in ("conv2_norm", "short_norm")),
        "stage2_block1_relu",
    )

    assert_allclose(after, np.maximum(0, change + short), rtol=1e-5, atol=1e-6)


def test_short_cuts_are_projected_where_the_size_changes(network):
    names = [layer.name for layer in network.layers if layer.name.endswith("short")]
    assert names == ["resnet_stage2_block1_short", "resnet_stage3_block1_short"]
    assert network.get_layer(names[0]).strides == (2, 2)


def test_convolutions_on_the_longest_way(network):
    convolutions = [x for x in network.layers if isinstance(x, keras.layers.Conv2D)]
    assert len(convolutions) - 2 == 6 * 2 + 1
