"""A network is trained without being compiled itself."""

from __future__ import annotations

import keras
import pytest
from sklearn.datasets import make_multilabel_classification

from mlkit.neural import MLP, KerasMultiLabelClassifier, Training

X, Y = make_multilabel_classification(
    n_samples=60, n_features=5, n_classes=3, random_state=0
)


def test_the_network_stays_uncompiled_and_holds_what_was_learned():
    model = MLP((4,), training=Training(epochs=3), random_state=0).fit(X, Y)
    assert not model.network_.compiled
    logits = keras.ops.convert_to_numpy(model.network_(X.astype("float32")))
    assert logits == pytest.approx(model.decision_function(X), abs=1e-5)


def test_a_network_that_says_nothing_of_its_inputs():
    def network(input_shape, n_labels):
        return keras.Sequential([keras.layers.Dense(n_labels)])

    training = Training(epochs=20, learning_rate=0.05)
    model = KerasMultiLabelClassifier(network, training=training, random_state=0)
    assert model.fit(X, Y).score(X, Y) > 0.2


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16", "auto"])
def test_precision_of_the_layers(precision):
    training = Training(epochs=8, precision=precision, learning_rate=0.02)
    model = MLP((8,), training=training, random_state=0).fit(X, Y)
    policies = {layer.dtype_policy.name for layer in model.network_.layers}
    expected = "float32" if precision == "auto" else precision
    assert expected in policies
    assert model.network_.get_layer("logits").compute_dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"
    assert model.history_["loss"][-1] < model.history_["loss"][0]
    assert model.predict_proba(X).dtype == "float64"
