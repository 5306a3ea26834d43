"""The network for sequences: what it looks like, what it takes, and that it learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from mlkit.exceptions import (
    ConstantLabelWarning,
    FeatureTypeError,
    OptionError,
    ShapeError,
)
from mlkit.neural import Training
from mlkit.neural.sequence_net import SequenceNet
from mlkit.persistence import load_model, save

keras = pytest.importorskip("keras")

pytestmark = [
    # Keras and TensorFlow import what is about to go, and say so.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SHORT = Training(epochs=1)


def humps(n_samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise in two channels of very different size, each with a hump somewhere or not.

    A hump has a width of three readings, so that no single reading tells it from noise.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 20, 2))
    Y = rng.integers(2, size=(n_samples, 2))
    for i, j in zip(*np.nonzero(Y), strict=True):
        start = rng.integers(17)
        X[i, start : start + 3, j] += 2.5
    return (X * [1.0, 1000.0] + [0.0, 50_000.0]).astype(np.float32), Y


@pytest.fixture(scope="module")
def trained() -> SequenceNet:
    training = Training(epochs=25, learning_rate=0.01, batch_size=16)
    model = SequenceNet(units=(8, 16), training=training, random_state=0)
    return model.fit(*humps(200, seed=0))


class TestLearning:
    def test_humps_are_found_wherever_they_are(self, trained: SequenceNet) -> None:
        X, Y = humps(200, seed=1)
        assert trained.score(X, Y) > 0.85
        assert trained.history_["loss"][-1] < 0.3 * trained.history_["loss"][0]

    def test_recurrent_layers_find_them_too(self) -> None:
        model = SequenceNet(
            "gru",
            units=(16,),
            bidirectional=False,
            training=Training(epochs=15, learning_rate=0.02, batch_size=16),
            random_state=0,
        )
        X, Y = humps(200, seed=1)
        assert model.fit(*humps(200, seed=0)).score(X, Y) > 0.8

    def test_answers(self, trained: SequenceNet) -> None:
        X, Y = humps(10, seed=2)
        proba = trained.predict_proba(X)
        assert proba.shape == Y.shape
        assert proba.dtype == np.float64
        assert_array_equal(trained.predict(X), proba > 0.5)
        # One row alone gets the same answer.
        assert_allclose(trained.predict_proba(X[:1]), proba[:1], atol=1e-6)


class TestArchitecture:
    @pytest.mark.parametrize(
        ("model", "layers", "n_features"),
        [
            (
                SequenceNet(),
                [
                    *("convolution_1", "scaled_1", "relu_1", "halved_1"),
                    *("convolution_2", "scaled_2", "relu_2", "halved_2"),
                    *("convolution_3", "scaled_3", "relu_3"),
                ],
                128,
            ),
            (SequenceNet("gru"), ["both_ways_1"], 2 * 2 * 32),
            (SequenceNet("lstm", bidirectional=False), ["lstm_1"], 64),
            (SequenceNet("gru", units=(3, 4)), ["both_ways_1", "both_ways_2"], 16),
            (
                SequenceNet("cnn-gru", units=(6, 5, 7), bidirectional=False),
                [
                    *("convolution_1", "scaled_1", "relu_1", "halved_1"),
                    *("convolution_2", "scaled_2", "relu_2", "halved_2"),
                    "gru_3",
                ],
                14,
            ),
        ],
        ids=["cnn", "gru", "lstm", "two-gru", "cnn-gru"],
    )
    def test_layers(self, model: Any, layers: list[str], n_features: int) -> None:
        # Nothing is trained, which takes time: what is built is looked at.
        inputs, features = model._build_body(np.zeros((2, 20, 4), dtype=np.float32))
        names = [layer.name for layer in keras.Model(inputs, features).layers]
        around = ["sequence", "normalisation", *layers, "mean", "maximum", "features"]
        assert names == [*around, "dropout"]
        assert features.shape == (None, n_features)

    def test_convolutions_have_no_bias_that_is_scaled_away(self) -> None:
        model = SequenceNet(units=(6,), kernel_size=3, normalise=False)
        inputs, features = model._build_body(np.zeros((2, 20, 4), dtype=np.float32))
        network = keras.Model(inputs, features)
        # 3 readings of 4 channels for 6 filters; a scale and a shift for each.
        assert sum(np.prod(v.shape) for v in network.trainable_variables) == 72 + 12
        assert "normalisation" not in [layer.name for layer in network.layers]

    @pytest.mark.parametrize("encoder", ["cnn", "cnn-gru"])
    def test_a_sequence_of_one_reading(self, encoder: str) -> None:
        X = np.zeros((2, 1, 3), dtype=np.float32)
        inputs, features = SequenceNet(encoder)._build_body(X)
        assert np.isfinite(keras.Model(inputs, features).predict(X, verbose=0)).all()


class TestNormalisation:
    def scaling(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        inputs, features = SequenceNet(units=(2,))._build_body(X)
        layer = keras.Model(inputs, features).get_layer("normalisation")
        return np.ravel(layer.mean), np.ravel(layer.variance)

    def test_each_channel_for_itself(self) -> None:
        X = humps(50, seed=0)[0]
        mean, variance = self.scaling(X)
        assert_allclose(mean, X.mean(axis=(0, 1), dtype=np.float64), rtol=1e-5)
        assert_allclose(variance, X.var(axis=(0, 1), dtype=np.float64), rtol=1e-5)

    def test_a_channel_that_is_constant_is_only_moved(self) -> None:
        X = np.zeros((3, 4, 2), dtype=np.float32) + [0.0, 7.0]
        X[0, 0, 0] = 12.0
        mean, variance = self.scaling(X)
        assert_allclose(mean, [1.0, 7.0])
        assert_allclose(variance, [11.0, 1.0])

    def test_a_part_of_the_rows_at_a_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        X = np.random.default_rng(0).normal(size=(700, 4, 2)).astype(np.float32)
        whole = self.scaling(X)
        monkeypatch.setattr("mlkit.neural.training.rows._PORTION_BYTES", 1)
        for found, expected in zip(self.scaling(X), whole, strict=True):
            assert_allclose(found, expected, rtol=1e-6)

    def test_a_table_has_one_channel(self) -> None:
        X = np.arange(12.0, dtype=np.float32).reshape(3, 4)
        for container in (np.asarray, sp.csr_array):
            mean, variance = self.scaling(container(X))
            assert_allclose([*mean, *variance], [X.mean(), X.var()], rtol=1e-6)

    def test_rows_that_are_watched_do_not_count(self) -> None:
        X, Y = humps(30, seed=0)
        model = SequenceNet("cnn", units=(2,), training=SHORT, random_state=0)
        model.fit(X, Y, validation_data=(X + 1e6, Y))
        mean = np.ravel(model.network_.get_layer("normalisation").mean)
        assert_allclose(mean, X.mean(axis=(0, 1), dtype=np.float64), rtol=1e-5)


class TestContainers:
    def test_a_table_is_a_sequence_of_one_channel(self) -> None:
        X, Y = humps(30, seed=0)
        table = X[:, :, 0]
        model = SequenceNet(units=(4,), training=SHORT, random_state=0)
        expected = clone(model).fit(table[:, :, None], Y).predict_proba(X[:, :, :1])
        sparse = clone(model).fit(sp.csr_array(table), Y)
        assert_allclose(sparse.predict_proba(table), expected, atol=1e-6)

        names = [f"t{t}" for t in range(20)]
        frame = pd.DataFrame(table, columns=names, index=range(5, 35))
        labels = pd.DataFrame(Y, columns=["first", "second"], index=frame.index)
        model.fit(frame, labels)
        assert_allclose(model.predict_proba(frame), expected, atol=1e-6)
        assert list(model.feature_names_in_) == names
        assert model.n_features_in_ == 20
        predicted = model.predict(frame.iloc[3:6])
        assert list(predicted.columns) == ["first", "second"]
        assert list(predicted.index) == [8, 9, 10]
        with pytest.raises(ValueError, match="feature names should match"):
            model.predict(frame[names[::-1]])

    def test_the_other_kind_is_refused_and_forgotten(self) -> None:
        X, Y = humps(12, seed=0)
        model = SequenceNet(units=(2,), training=SHORT, random_state=0).fit(X, Y)
        assert model.input_shape_ == (20, 2)
        assert not hasattr(model, "n_features_in_")
        with pytest.raises(ShapeError, match=r"\(12, 20\), .* on \(n_samples, 20, 2\)"):
            model.predict(X[:, :, 0])

        model.fit(X[:, :, 0], Y)
        assert not hasattr(model, "input_shape_")
        with pytest.raises(ShapeError, match=r"trained on \(n_samples, 20\)\. Give"):
            model.predict(X[:, :, :1])


class TestRepeating:
    def test_a_seed_decides_about_everything(self) -> None:
        X, Y = humps(40, seed=0)
        model = SequenceNet(units=(3,), training=SHORT, random_state=0)
        first, again = (clone(model).fit(X, Y).predict_proba(X) for _ in range(2))
        other = clone(model).set_params(random_state=1).fit(X, Y).predict_proba(X)
        assert_array_equal(first, again)
        assert np.abs(first - other).max() > 1e-3

    def test_saved_and_loaded(self, trained: SequenceNet, tmp_path: Any) -> None:
        X, _ = humps(20, seed=3)
        loaded = load_model(save(trained, tmp_path / "net.zip"))
        assert_array_equal(loaded.predict_proba(X), trained.predict_proba(X))
        with pytest.raises(ShapeError, match=r"shape \(20, 1\), .*\(20, 2\)"):
            loaded.predict(X[:, :, :1])


def test_constant_labels_need_no_network() -> None:
    X, Y = humps(12, seed=0)
    with pytest.warns(ConstantLabelWarning, match="2 of 2 labels"):
        model = SequenceNet().fit(X, np.zeros_like(Y) + [0, 1])
    assert model.network_ is None
    assert_array_equal(model.predict(X), np.zeros_like(Y) + [0, 1])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"encoder": "rnn"}, OptionError, "encoder must be one of 'cnn', .* got 'rnn'"),
        (
            {"encoder": "cnn-gru", "units": (8,)},
            OptionError,
            r"for 2 or more .*\(32, 64\)",
        ),
        ({"units": ()}, OptionError, r"for 1 or more .*\(32, 64, 64\)"),
        ({"units": (8, 0)}, OptionError, "units must be at least 1, got 0"),
        ({"units": 8}, TypeError, "units must be a sequence"),
        ({"kernel_size": 0}, OptionError, "kernel_size must be at least 1, got 0"),
        ({"dropout": 1.0}, OptionError, r"dropout must be in \[0, 1\), got 1\.0"),
    ],
)
def test_options_that_make_no_sense(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        SequenceNet(**options).fit(*humps(6, seed=0))


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros((6, 4, 2, 2)), ShapeError, r"with 2 or 3 axes.*\(6, 4, 2, 2\)"),
        (np.zeros((5, 4, 2)), ShapeError, "X has 5 rows and Y has 6"),
        (np.full((6, 4, 2), "a"), FeatureTypeError, "arrays of numbers"),
        (np.full((6, 4, 2), np.nan), ValueError, r"NaN or infinity \(first at \[0, 0"),
        (np.zeros((6, 0, 2)), ShapeError, r"\(6, 0, 2\); at least one"),
        (np.zeros(6), ValueError, "Expected 2D array"),
    ],
)
def test_features_that_are_no_sequences(
    X: np.ndarray, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        SequenceNet().fit(X, humps(6, seed=0)[1])
