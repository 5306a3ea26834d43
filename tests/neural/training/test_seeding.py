"""Seeds: everything follows from one number, and nobody else's numbers change."""

from __future__ import annotations

import pickle
import random
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
from numpy.testing import assert_array_equal

from mlkit.neural import MLP, Training
from mlkit.neural.training.seeding import draw_seed, epoch_generator, keras_seeds


def test_a_seed_decides_about_layers():
    weights = []
    for seed in (1, 1, 2):
        with keras_seeds(seed):
            layer = keras.layers.Dense(3)
        layer.build((None, 4))
        weights.append(keras.ops.convert_to_numpy(layer.kernel))
    assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def global_states() -> tuple[object, bytes]:
    numbers = np.random.get_state(legacy=False)  # noqa: NPY002
    return random.getstate(), pickle.dumps(numbers)


def test_other_generators_are_left_alone():
    before = global_states()

    MLP(training=Training(epochs=1), random_state=0).fit([[0.0], [1.0]], [[0], [1]])

    assert global_states() == before


def test_numbers_of_an_epoch_do_not_depend_on_the_epochs_before():
    first = epoch_generator(3, 5).permutation(10)
    epoch_generator(3, 4).random(100)
    assert_array_equal(epoch_generator(3, 5).permutation(10), first)
    assert not np.array_equal(epoch_generator(3, 6).permutation(10), first)


def test_a_random_state_gives_another_seed_each_time():
    state = np.random.RandomState(0)
    assert draw_seed(state) != draw_seed(state)
    assert draw_seed(4) == draw_seed(4)


def test_networks_in_threads_are_the_same():
    X, Y = np.random.default_rng(0).normal(size=(40, 4)), np.eye(2)[np.arange(40) % 2]

    def scores() -> np.ndarray:
        model = MLP(training=Training(epochs=1), random_state=0)
        return model.fit(X, Y.astype(int)).decision_function(X)

    expected = scores()
    with ThreadPoolExecutor(4) as pool:
        found = [future.result() for future in [pool.submit(scores) for _ in range(8)]]
    for each in found:
        assert_array_equal(each, expected)
