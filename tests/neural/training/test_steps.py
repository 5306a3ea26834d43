"""Compiled steps do what Keras' own loop over batches does."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from mlkit.neural.training.seeding import keras_seeds
from mlkit.neural.training.steps import _one_by_one, compile_steps

rng = np.random.default_rng(0)
X = rng.normal(size=(11, 3)).astype(np.float32)
Y = (X[:, :2] > 0).astype(np.float32)
WEIGHTS = rng.uniform(0.5, 2, 11).astype(np.float32)


def model(*, heads: int = 1) -> Any:
    with keras_seeds(0):
        inputs = keras.Input((3,))
        # No bias: what is normalised afterwards has none, and Adam follows its noise.
        hidden = keras.layers.Dense(4, use_bias=False)(inputs)
        hidden = keras.layers.BatchNormalization()(hidden)
        outputs = [keras.layers.Dense(2)(hidden) for _ in range(heads)]
        built = keras.Model(inputs, outputs if heads > 1 else outputs[0])
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        built.compile(
            optimizer=keras.optimizers.Adam(0.1),
            loss=[loss] * heads if heads > 1 else loss,
            jit_compile=keras.backend.backend() == "jax",
        )
    return built


def values(built: Any) -> list[np.ndarray]:
    every = [*built.weights, *built.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable) for variable in every]


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("batch_size", [4, 11, 50])
def test_as_keras_batch_by_batch(heads, batch_size):
    y = (Y, 1 - Y) if heads == 2 else Y
    compiled, plain = model(heads=heads), model(heads=heads)
    steps = compile_steps(
        compiled, (X[:2], keras.tree.map_structure(_two, y), _two(WEIGHTS))
    )
    by_hand = _one_by_one(plain)
    plain.optimizer.build(plain.trainable_variables)
    for _ in range(3):
        loss = steps(X, y, WEIGHTS, batch_size)
        expected = by_hand(X, y, WEIGHTS, batch_size)
        assert_allclose(loss, expected, rtol=1e-4)
    for one, other in zip(values(compiled), values(plain), strict=True):
        assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def _two(values: np.ndarray) -> np.ndarray:
    return values[:2]


def test_building_changes_no_weight():
    built = model()
    before = [keras.ops.convert_to_numpy(w) for w in built.weights]
    compile_steps(built, (X[:2], Y[:2], WEIGHTS[:2]))
    for weight, value in zip(built.weights, before, strict=True):
        assert_allclose(keras.ops.convert_to_numpy(weight), value)
