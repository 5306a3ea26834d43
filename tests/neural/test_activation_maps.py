"""Activation maps: what they are made of, and where they point."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from mlkit.exceptions import ConstantLabelWarning, OptionError, UnknownNameError
from mlkit.models import BinaryRelevance
from mlkit.neural import MLP, KerasMultiLabelClassifier, Training
from mlkit.neural.activation_maps import activation_maps
from mlkit.neural.conv_net import ConvNet

keras = pytest.importorskip("keras")

SHORT = Training(1, progress=False)
NAMES = ["square", "never", "stripes"]


def drawn(n: int, seed: int) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Draw noise, a bright square in a quarter of some, and stripes on others.

    The third is the quarter, 0 to 3, where there is or could be a square.
    """
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 60, (n, 16, 16), dtype=np.uint8)
    Y = pd.DataFrame(rng.integers(0, 2, (n, 3)), columns=NAMES)
    Y["never"] = 0
    quarters = rng.integers(0, 4, n)
    for picture, row, quarter in zip(X, Y.to_numpy(), quarters, strict=True):
        down, across = 8 * np.array(divmod(quarter, 2))
        if row[0]:
            picture[down + 2 : down + 6, across + 2 : across + 6] = 220
        if row[2]:
            picture[::2] += 30
    return X, Y, quarters


@pytest.fixture(scope="module")
def fitted() -> ConvNet:
    X, Y, _ = drawn(200, seed=0)
    training = Training(12, learning_rate=0.01, progress=False)
    learner = ConvNet("resnet", width=0.25, training=training, random_state=0)
    with pytest.warns(ConstantLabelWarning):
        return learner.fit(X, Y)


def features_of(learner: Any, X: np.ndarray, layer: str) -> np.ndarray:
    network = learner.network_
    part = keras.Model(network.input, network.get_layer(layer).output)
    return keras.ops.convert_to_numpy(part(X.astype(np.float32), training=False))


def test_maps_are_weighted_sums_of_the_features(fitted: ConvNet) -> None:
    X, _, _ = drawn(5, seed=1)
    maps = activation_maps(fitted, X)
    kernel = fitted.network_.get_layer("logits").get_weights()[0]
    expected = features_of(fitted, X, "feature_map") @ kernel
    assert maps.shape == (5, 3, 2, 2)
    assert maps.dtype == np.float64
    assert_allclose(maps[:, [0, 2]], np.moveaxis(expected, 3, 1), atol=1e-5)


def test_a_logit_is_the_mean_of_its_map(fitted: ConvNet) -> None:
    X, _, _ = drawn(5, seed=1)
    bias = fitted.network_.get_layer("logits").get_weights()[1]
    means = activation_maps(fitted, X, labels=[0, 2]).mean(axis=(2, 3))
    assert_allclose(means + bias, fitted.decision_function(X)[:, [0, 2]], atol=1e-4)


def test_they_point_at_what_is_there(fitted: ConvNet) -> None:
    X, Y, quarters = drawn(100, seed=2)
    with_square = Y["square"].to_numpy() == 1
    [maps] = np.moveaxis(activation_maps(fitted, X, labels=["square"]), 1, 0)
    strongest = maps.reshape(-1, 4).argmax(axis=1)
    assert (strongest == quarters)[with_square].mean() > 0.9
    # And at nothing where there is nothing.
    assert maps[with_square].max(axis=(1, 2)).min() > maps[~with_square].mean()


def test_of_a_constant_label_nothing_is_seen(fitted: ConvNet) -> None:
    X, _, _ = drawn(2, seed=1)
    assert_array_equal(activation_maps(fitted, X)[:, 1], np.zeros((2, 2, 2)))
    learner = ConvNet(training=SHORT)
    with pytest.warns(ConstantLabelWarning):
        learner.fit(X, np.ones((2, 3), dtype=int))
    assert_array_equal(activation_maps(learner, X), np.zeros((2, 3, 1, 1)))


def test_labels_by_name_and_by_position(fitted: ConvNet) -> None:
    X, _, _ = drawn(3, seed=1)
    everything = activation_maps(fitted, X)
    chosen = fitted.activation_maps(X, labels=["stripes", 0, "never"])
    assert_array_equal(chosen, everything[:, [2, 0, 1]])
    assert activation_maps(fitted, X, labels=[]).shape == (3, 0, 2, 2)


def test_many_pictures_are_not_seen_at_once(fitted: ConvNet) -> None:
    X, _, _ = drawn(130, seed=3)
    maps = activation_maps(fitted, X)
    assert len(maps) == 130
    few = [0, 64, 129]
    assert_allclose(maps[few], activation_maps(fitted, X[few]), rtol=1e-4, atol=1e-4)


# Grad-CAM


def test_an_earlier_layer_has_finer_maps(fitted: ConvNet) -> None:
    X, Y, quarters = drawn(60, seed=2)
    maps = activation_maps(fitted, X, labels=[0], layer="resnet_stage2_block1_relu")
    assert maps.shape == (60, 1, 4, 4)
    # The gradient goes through a stage of the network, and still finds the square.
    quartered = maps[:, 0].reshape(60, 2, 2, 2, 2).max(axis=(2, 4)).reshape(60, 4)
    right = (quartered.argmax(axis=1) == quarters)[Y["square"] == 1]
    assert right.mean() > 0.6


def test_behind_flattened_maps_weights_are_summed() -> None:
    def network(input_shape: tuple[int, ...], n_labels: int) -> Any:
        inputs = keras.Input(input_shape)
        maps = keras.layers.Conv2D(3, 5, strides=3, activation="relu", name="c")(inputs)
        flat = keras.layers.Flatten()(maps)
        return keras.Model(inputs, keras.layers.Dense(n_labels, name="end")(flat))

    X, Y, _ = drawn(8, seed=0)
    learner = KerasMultiLabelClassifier(network, training=SHORT, random_state=0)
    with pytest.warns(ConstantLabelWarning):
        learner.fit(X[..., None], Y)
    features = features_of(learner, X[..., None], "c")
    kernel = learner.network_.get_layer("end").get_weights()[0].reshape(4, 4, 3, 2)
    expected = np.einsum("nrcf,fl->nlrc", features, kernel.sum(axis=(0, 1)))
    maps = activation_maps(learner, X[..., None])
    assert_allclose(maps[:, [0, 2]], expected, rtol=1e-4, atol=1e-3)


def test_lenet_has_maps_before_its_dense_layers() -> None:
    X, Y, _ = drawn(8, seed=0)
    learner = ConvNet("lenet", training=SHORT, random_state=0)
    learner.fit(X, Y[["square", "stripes"]])
    maps = learner.activation_maps(X)
    pooled = learner.network_.get_layer("lenet_pool2").output.shape
    assert maps.shape == (8, 2, *pooled[1:3])
    assert_array_equal(maps, learner.activation_maps(X, layer="lenet_pool2"))
    assert np.abs(maps).max() > 0


def test_classes_have_maps_too() -> None:
    X, Y, quarters = drawn(12, seed=0)
    learner = ConvNet("lenet", training=SHORT, random_state=0)
    shape = learner.fit(X, quarters).activation_maps(X, labels=["3", 0]).shape
    assert shape[:2] == (12, 2)
    words = np.where(Y["square"] == 1, "yes", "no")
    assert learner.fit(X, words).activation_maps(X, labels=["yes"]).shape[:2] == (12, 1)


def test_a_sequential_has_maps() -> None:
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            layers.Conv2D(4, 3, name="seen"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )
    X, Y, _ = drawn(8, seed=0)
    learner = KerasMultiLabelClassifier(network, training=SHORT, random_state=0)
    learner.fit(X[..., None], Y[["square", "stripes"]])
    maps = activation_maps(learner, X[..., None], layer="seen")
    assert maps.shape == (8, 2, 14, 14)
    assert np.abs(maps).max() > 0


# Errors


def test_who_has_no_maps() -> None:
    X, Y, _ = drawn(8, seed=0)
    flat, Y = X.reshape(8, -1), Y[["square", "stripes"]]
    with pytest.raises(TypeError, match="must be a network of mlkit.neural, got B"):
        activation_maps(BinaryRelevance(LogisticRegression()).fit(flat, Y), flat)
    with pytest.raises(NotFittedError):
        activation_maps(ConvNet(), X)
    with pytest.raises(OptionError, match="no layer that gives maps"):
        activation_maps(MLP(training=SHORT).fit(flat, Y), flat)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"labels": ["squar"]}, UnknownNameError, "label 'squar'. Did you mean 'squa"),
        ({"labels": [3]}, UnknownNameError, "Unknown label '3'"),
        ({"labels": [-1]}, UnknownNameError, "Unknown label '-1'"),
        ({"labels": "square"}, TypeError, "sequence of names, got the single 'square"),
        ({"layer": "conv"}, UnknownNameError, "Unknown layer 'conv'.*'feature_map'"),
        ({"layer": "means"}, OptionError, "Layer 'means' gives shape .None, 32."),
        (
            {"layer": "resnet_stage2_block1_conv1"},
            OptionError,
            "'resnet_stage2_block1_conv1' alone: there is a way past it",
        ),
    ],
)
def test_what_is_refused(
    options: Any, error: type[Exception], words: str, fitted: ConvNet
) -> None:
    with pytest.raises(error, match=words):
        activation_maps(fitted, drawn(2, seed=0)[0], **options)


def test_pictures_are_checked(fitted: ConvNet) -> None:
    with pytest.raises(ValueError, match="Multiply them by 255"):
        activation_maps(fitted, drawn(2, seed=0)[0] / 255)
