"""The perceptron: layers, scaling, and columns of names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_multilabel_classification
from sklearn.exceptions import NotFittedError

import mlkit
from mlkit.exceptions import FeatureTypeError, OptionError
from mlkit.neural import MLP, Training

X, Y = make_multilabel_classification(
    n_samples=120, n_features=6, n_classes=3, random_state=0
)


def mlp(units: Any = (8,), *, epochs: int = 20, **options: Any) -> MLP:
    training = Training(epochs=epochs, learning_rate=0.03)
    return MLP(units, training=training, random_state=0, **options)


def test_layers_are_what_was_asked_for():
    model = mlp((7, 5), dropout=0.2, l2=0.01, activation="tanh", epochs=1).fit(X, Y)
    shapes = [weight.shape for weight in model.network_.trainable_weights]
    assert shapes == [(6, 7), (7,), (7, 5), (5,), (5, 3), (3,)]
    hidden = model.network_.get_layer("hidden_2")
    assert hidden.activation.__name__ == "tanh"
    assert hidden.kernel_regularizer.l2 == pytest.approx(0.01)
    assert model.network_.get_layer("dropout_1").rate == 0.2


def test_no_hidden_layer_is_logistic_regression():
    model = mlp((), epochs=60).fit(X, Y)
    assert [w.shape for w in model.network_.trainable_weights] == [(6, 3), (3,)]
    assert model.score(X, Y) > 0.4


def test_scaling_is_that_of_the_training_rows_and_in_the_network():
    shifted = X * [1, 10, 100, 1e-3, 1, 1] + [0, 0, 0, 0, 1e4, 0]
    model = mlp(epochs=40).fit(shifted, Y)
    assert_allclose(
        model.predict_proba(shifted),
        mlp(epochs=40).fit(X, Y).predict_proba(X),
        atol=0.02,
    )
    layer = model.network_.get_layer("normalisation")
    assert_allclose(np.ravel(layer.mean), shifted.mean(axis=0), rtol=1e-5)


def test_scaling_learns_nothing_from_rows_that_are_watched():
    model = mlp(epochs=1).fit(X[:60], Y[:60], validation_data=(X[60:] + 100, Y[60:]))
    layer = model.network_.get_layer("normalisation")
    assert_allclose(np.ravel(layer.mean), X[:60].mean(axis=0), rtol=1e-5)


def test_a_constant_feature_does_not_drown_the_others():
    constant = np.column_stack([X, np.full(120, 3.0)])
    model = mlp().fit(constant, Y)
    constant[:, -1] = 4
    assert (
        model.predict(constant)
        == model.predict(np.column_stack([X, np.full(120, 3.0)]))
    ).mean() > 0.8


def test_without_scaling():
    assert "normalisation" not in [
        layer.name for layer in mlp(epochs=1, normalise=False).fit(X, Y).network_.layers
    ]


def test_sparse_rows_as_dense_ones():
    dense = mlp().fit(X, Y).predict_proba(X)
    for container in (sp.csr_array, sp.csc_array):
        model = mlp().fit(container(X), Y)
        assert_allclose(model.predict_proba(container(X)), dense, atol=1e-5)


class TestNames:
    @pytest.fixture
    def table(self) -> pd.DataFrame:
        rng = np.random.default_rng(0)
        colours = rng.choice(["red", "green", "blue", None], 120)
        return pd.DataFrame(
            {"colour": colours, "size": X[:, 0], "kind": rng.choice(["a", "b"], 120)}
        ).astype({"kind": "category"})

    @pytest.fixture
    def labels(self, table: pd.DataFrame) -> np.ndarray:
        red, b = table["colour"] == "red", table["kind"] == "b"
        return np.column_stack([red, b, red ^ b]).astype(int)

    def test_names_are_learned(self, table: Any, labels: np.ndarray) -> None:
        assert mlp(epochs=150).fit(table, labels).score(table, labels) > 0.95

    def test_names_alone(self, table: Any, labels: np.ndarray) -> None:
        names = table[["colour", "kind"]]
        model = mlp(epochs=150).fit(names, labels)
        assert model.score(names, labels) > 0.95
        assert_array_equal(model.feature_names_in_, ["colour", "kind"])

    def test_embeddings(self, table: Any, labels: np.ndarray) -> None:
        found = mlp(epochs=2).fit(table, labels).embeddings()
        assert list(found) == ["colour", "kind"]
        assert list(found["colour"].index) == ["blue", "green", "red"]
        # Half the number of codes, of which one is for what is unknown.
        assert found["colour"].shape == (3, 2)
        assert found["kind"].shape == (2, 2)

    def test_unknown_names_and_gaps_are_alike(
        self, table: Any, labels: np.ndarray
    ) -> None:
        model = mlp().fit(table, labels)
        rows = pd.concat([table.iloc[:1]] * 3, ignore_index=True)
        rows["colour"] = ["violet", None, np.nan]
        proba = model.predict_proba(rows)
        assert_allclose(proba, proba[[0, 0, 0]])

    def test_columns_in_another_order(self, table: Any, labels: np.ndarray) -> None:
        model = mlp(epochs=1).fit(table, labels)
        with pytest.raises(ValueError, match="same order"):
            model.predict(table[["size", "colour", "kind"]])

    def test_numbers_that_are_missing(self, table: Any, labels: np.ndarray) -> None:
        table.loc[3, "size"] = np.nan
        with pytest.raises(ValueError, match="X contains NaN"):
            mlp(epochs=1).fit(table, labels)

    def test_an_array_where_names_were_learned(
        self, table: Any, labels: np.ndarray
    ) -> None:
        model = mlp(epochs=1).fit(table, labels)
        with pytest.raises(FeatureTypeError, match="must be a DataFrame.*'colour'"):
            model.predict(table.to_numpy())

    def test_saved_with_its_names(
        self, table: Any, labels: np.ndarray, tmp_path: Any
    ) -> None:
        model = mlp(epochs=3).fit(table, labels)
        loaded = mlkit.load_model(mlkit.save(model, tmp_path / "m.zip"))
        assert_array_equal(loaded.predict_proba(table), model.predict_proba(table))
        assert loaded.embeddings().keys() == model.embeddings().keys()

    def test_no_embeddings_of_numbers(self) -> None:
        assert mlp(epochs=1).fit(X, Y).embeddings() == {}

    def test_embeddings_before_fit(self) -> None:
        with pytest.raises(NotFittedError):
            mlp().embeddings()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"units": 20}, TypeError, r"such as \(20,\); got 20"),
        ({"units": (0,)}, OptionError, "units must be at least 1"),
        ({"units": "20"}, TypeError, "must be a sequence"),
        ({"dropout": 1.0}, OptionError, r"dropout must be in \[0, 1\)"),
        ({"l2": -1.0}, OptionError, "l2 must be"),
        ({"activation": "rely"}, ValueError, "rely"),
    ],
)
def test_what_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        MLP(**options).fit(X, Y)
