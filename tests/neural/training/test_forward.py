"""Outputs of a network for any number of rows."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from mlkit.neural.training import forward
from mlkit.neural.training.forward import outputs_of

X = np.random.default_rng(0).normal(size=(1100, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def network():
    inputs = keras.Input((3,))
    hidden = keras.layers.Dropout(0.5)(keras.layers.Dense(4)(inputs))
    heads = [keras.layers.Dense(2)(hidden), keras.layers.Dense(1)(hidden)]
    return keras.Model(inputs, heads)


@pytest.mark.parametrize("n_rows", [1, 2, 5, 512, 513, 1100])
def test_heads_for_any_number_of_rows(network, n_rows):
    first, second = outputs_of(network, X[:n_rows])
    expected = network(X[:n_rows], training=False)
    assert first.dtype == np.float32
    assert first.shape == (n_rows, 2)
    assert second.shape == (n_rows, 1)
    assert_allclose(first, keras.ops.convert_to_numpy(expected[0]), atol=1e-5)


def test_new_weights_are_seen(network):
    before = outputs_of(network, X[:3])[0]
    network.set_weights([2 * weight for weight in network.get_weights()])
    assert not np.allclose(outputs_of(network, X[:3])[0], before)


def test_several_inputs():
    one, other = keras.Input((2,)), keras.Input((1,), dtype="int32")
    outputs = keras.layers.Concatenate()(
        [one, keras.layers.Flatten()(keras.layers.Embedding(4, 2)(other))]
    )
    network = keras.Model([one, other], outputs)
    codes = np.array([[0], [3], [1]], dtype=np.int32)
    (found,) = outputs_of(network, (X[:3, :2], codes))
    assert_allclose(found[:, :2], X[:3, :2])
    assert found.shape == (3, 4)


def test_it_is_compiled_once(network, monkeypatch):
    outputs_of(network, X[:2])
    monkeypatch.setattr(forward, "_as_a_graph", None)
    monkeypatch.setattr(forward, "_jitted", None)
    assert outputs_of(network, X[:7])[0].shape == (7, 2)
