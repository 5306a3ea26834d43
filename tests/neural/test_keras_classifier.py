"""Any Keras network as a learner."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification
from sklearn.preprocessing import scale

from mlkit.exceptions import ConstantLabelWarning, OptionError, ShapeError
from mlkit.neural import KerasMultiLabelClassifier, Training

X, Y = make_multilabel_classification(
    n_samples=90, n_features=6, n_classes=3, random_state=0
)
X = scale(X)
TRAINING = Training(epochs=50, learning_rate=0.03)


def small(input_shape: tuple[int, ...], n_labels: int, activation: Any = None) -> Any:
    inputs = keras.Input(input_shape)
    hidden = keras.layers.Dense(6, activation="relu")(keras.layers.Flatten()(inputs))
    return keras.Model(inputs, keras.layers.Dense(n_labels, activation)(hidden))


class Subclassed(keras.Model):
    """A network that is no graph of layers."""

    def __init__(self, n_labels: int) -> None:
        super().__init__()
        self.out = keras.layers.Dense(n_labels)

    def call(self, x: Any) -> Any:
        return self.out(x)


def fitted(network: Any, features: Any = X, labels: Any = Y) -> Any:
    model = KerasMultiLabelClassifier(network, training=TRAINING, random_state=0)
    return model.fit(features, labels)


def test_a_function_is_called_with_shape_and_number_of_labels():
    calls = []

    def network(input_shape, n_labels):
        calls.append((input_shape, n_labels))
        return small(input_shape, n_labels)

    assert fitted(network).score(X, Y) > 0.4
    assert calls == [((6,), 3)]


def test_labels_that_are_constant_need_no_output():
    given = Y.copy()
    given[:, 1] = 0
    with pytest.warns(ConstantLabelWarning):
        model = fitted(small, labels=given)
    assert model.network_.output_shape == (None, 2)
    assert model.predict(X).shape == (90, 3)


@pytest.mark.parametrize("shape", [(3, 2), (3, 2, 1), (3, 1, 2, 1)])
def test_rows_of_any_shape(shape):
    model = fitted(small, X.reshape(-1, *shape))
    assert_allclose(
        model.predict_proba(X.reshape(-1, *shape)),
        fitted(small).predict_proba(X),
        atol=1e-5,
    )
    with pytest.raises(ShapeError, match="was trained on rows of shape"):
        model.predict(X.reshape(-1, 6, 1, 1))


def test_sparse_rows():
    assert_allclose(
        fitted(small, sp.csr_array(X)).predict_proba(X),
        fitted(small).predict_proba(X),
        atol=1e-5,
    )


def test_a_model_is_cloned_and_left_alone():
    given = small((6,), 3)
    before = given.get_weights()
    model = fitted(given)
    assert model.network_ is not given
    for one, other in zip(given.get_weights(), before, strict=True):
        assert_allclose(one, other)
    assert_allclose(clone(model).fit(X, Y).predict_proba(X), model.predict_proba(X))


def test_a_subclass_of_model():
    model = fitted(lambda input_shape, n_labels: Subclassed(n_labels))
    assert model.score(X, Y) > 0.3


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_probabilities_instead_of_logits(activation):
    with pytest.raises(OptionError, match=f"ends with {activation}, and logits"):
        fitted(lambda shape, n: small(shape, n, activation))


def test_softmax_is_explained():
    with pytest.raises(OptionError, match="share one unit of probability"):
        fitted(lambda shape, n: small(shape, n, "softmax"))


def test_another_number_of_outputs():
    with pytest.raises(ShapeError, match=r"gives \(None, 5\), and 3 labels vary"):
        fitted(lambda shape, n: small(shape, 5))


@pytest.mark.parametrize("network", [None, "mlp", 3])
def test_no_network_at_all(network):
    with pytest.raises(TypeError, match=r"function \(input_shape, n_labels\)"):
        fitted(network)


def test_same_seed_same_weights():
    assert_allclose(
        fitted(small).decision_function(X), fitted(small).decision_function(X)
    )
    other = KerasMultiLabelClassifier(small, training=TRAINING, random_state=1)
    assert not np.allclose(
        other.fit(X, Y).decision_function(X), fitted(small).decision_function(X)
    )


@pytest.mark.parametrize("begins", [True, False])
def test_a_sequential_becomes_a_graph_of_its_layers(begins):
    def network(input_shape, n_labels):
        hidden = keras.layers.Dense(6, activation="relu", name="hidden")
        layers = [hidden, keras.layers.Dense(n_labels)]
        return keras.Sequential([keras.Input(input_shape)] * begins + layers)

    model = fitted(network)

    hidden = model.network_.get_layer("hidden").output
    assert keras.Model(model.network_.input, hidden).output_shape == (None, 6)
    assert model.score(X, Y) > 0.4


def test_another_number_of_axes_than_in_fit():
    windows = X.reshape(-1, 3, 2)
    model = fitted(small)
    with pytest.raises(ShapeError, match=r"\(90, 3, 2\), and Keras.* \(n_samples, 6\)"):
        model.predict(windows)
    model.fit(windows, Y)
    assert not hasattr(model, "n_features_in_")
    with pytest.raises(ShapeError, match=r"\(90, 6\), and Keras.* \(n_samples, 3, 2\)"):
        model.predict(X)
    model.fit(X, Y)
    assert not hasattr(model, "input_shape_")
