"""Layers that Keras does not have, and those that all networks begin and end with."""

from __future__ import annotations

import warnings

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mlkit.exceptions import PrecisionWarning
from mlkit.neural.layers import EntityEmbedding, label_head, normalisation


def as_array(tensor: object) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def test_each_column_has_vectors_of_its_own():
    layer = EntityEmbedding([3, 6])
    codes = np.array([[0, 0], [2, 5], [1, 0]], dtype=np.int32)
    vectors = as_array(layer(codes))
    # Half the number of codes, rounded up: 2 and 3 dimensions.
    assert vectors.shape == (3, 5)
    first, second = (as_array(table.value) for table in layer.tables)
    assert_allclose(vectors[1], np.concatenate([first[2], second[5]]))
    # Code 0 stands for what is unknown.
    assert_array_equal(vectors[0], np.zeros(5))
    assert layer.compute_output_shape((None, 2)) == (None, 5)


def test_at_most_fifty_dimensions():
    layer = EntityEmbedding([1000])
    assert as_array(layer(np.zeros((1, 1), dtype=np.int32))).shape == (1, 50)


def test_embedding_from_its_config():
    layer = EntityEmbedding([3, 6], name="names")
    copy = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    )
    assert isinstance(copy, EntityEmbedding)
    assert (copy.sizes, copy.name) == ([3, 6], "names")


def test_constant_channels_are_only_moved():
    layer = normalisation(np.array([1.0, 5.0]), np.array([4.0, 0.0]))
    scaled = as_array(layer(np.array([[3.0, 5.0], [1.0, 6.0]])))
    assert_allclose(scaled, [[1, 0], [0, 1]])


@pytest.mark.parametrize("make", ["normalisation", "label_head"])
def test_full_precision_whatever_the_policy_is(make):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        if make == "normalisation":
            layer = normalisation(np.zeros(2), np.ones(2))
            assert layer.compute_dtype == "float32"
        else:
            assert label_head(keras.Input((3,)), 2).dtype == "float32"
    finally:
        keras.config.set_dtype_policy("float32")


def test_values_that_float32_cannot_tell_apart():
    seconds, others = [1.7e9, 0.5], [3600.0, 1.0]
    with pytest.warns(
        PrecisionWarning, match=r"1 column of X \(first: column 0, 1\.7e"
    ):
        normalisation(np.array(seconds), np.array(others))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        normalisation(np.array([1.7e9, 2000.0]), np.array([0.0, 100.0]))
