"""What networks add to the contract: rows to watch, weights, unknown labels, files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_multilabel_classification

import mlkit
from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import (
    ConstantLabelWarning,
    LabelNameError,
    OptionError,
    ShapeError,
    UnknownNameError,
)
from mlkit.models import BinaryRelevance
from mlkit.neural import MLP, SequenceNet, TextNet, Training
from mlkit.neural.losses import BinaryCrossEntropy

X, Y = make_multilabel_classification(
    n_samples=100, n_features=6, n_classes=4, random_state=2
)


def mlp(**options: Any) -> MLP:
    settings: dict[str, Any] = {"epochs": 30, "learning_rate": 0.03}
    settings |= options.pop("settings", {})
    return MLP((8,), training=Training(**settings), random_state=0, **options)


class TestWatchedRows:
    def test_as_dataset_or_tuple(self) -> None:
        dataset = MultiLabelDataset(X[60:], Y[60:])
        one = mlp().fit(X[:60], Y[:60], validation_data=dataset)
        other = mlp().fit(X[:60], Y[:60], validation_data=(X[60:], Y[60:]))
        assert one.history_["val_loss"] == other.history_["val_loss"]

    def test_they_are_not_trained_on(self) -> None:
        training = {"epochs": 3}
        plain = mlp(settings=training).fit(X[:60], Y[:60])
        watched = mlp(settings=training).fit(X[:60], Y[:60], validation_data=(X, Y))
        assert watched.history_["loss"] == plain.history_["loss"]

    def test_unknown_labels_in_them(self) -> None:
        unknown = Y.astype(float)
        unknown[::2, 1] = np.nan
        settings = {"monitor": "macro_f1", "epochs": 2}
        model = mlp(settings=settings).fit(X, Y, validation_data=(X, unknown))
        changed = unknown.copy()
        changed[::2, 1] = np.nan
        again = mlp(settings=settings).fit(X, Y, validation_data=(X, changed))
        assert np.isfinite(model.history_["val_macro_f1"]).all()
        assert model.history_["val_loss"] == again.history_["val_loss"]

    def test_classes(self) -> None:
        classes = np.array(["a", "b", "c"])[Y[:, :2].sum(axis=1)]
        model = mlp().fit(X[:60], classes[:60], validation_data=(X[60:], classes[60:]))
        assert model.history_["val_loss"][-1] > 0

    @pytest.mark.parametrize(
        ("given", "error", "words"),
        [
            ([X, Y], TypeError, "MultiLabelDataset or a tuple"),
            ((X, Y, Y), TypeError, "MultiLabelDataset or a tuple"),
            (
                (X[:5], Y[:4]),
                ShapeError,
                "X of validation_data has 5 rows and its Y has 4",
            ),
            (
                (X, Y[:, :2]),
                ShapeError,
                "validation_data has 2 labels; expected 4, those of fit",
            ),
            ((X[:, :3], Y), ValueError, "X has 3 features"),
        ],
    )
    def test_what_is_refused(self, given: Any, error: Any, words: str) -> None:
        with pytest.raises(error, match=words):
            mlp().fit(X, Y, validation_data=given)

    def test_labels_in_another_order(self) -> None:
        frame = pd.DataFrame(Y, columns=list("abcd"))
        with pytest.raises(LabelNameError, match="in this order"):
            mlp().fit(X, frame, validation_data=(X, frame[list("dcba")]))


class TestUnknownLabels:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_what_stands_there_has_no_influence(self, container: Any) -> None:
        known = np.random.default_rng(0).random(Y.shape) < 0.7
        unknown = np.where(known, Y, np.nan)
        model = mlp().fit(X, container(unknown))
        # A row with weight 0 is as good as none.
        alone = mlp().fit(X, np.where(known, Y, np.nan))
        assert_allclose(model.predict_proba(X), alone.predict_proba(X), atol=1e-6)
        assert model.score(X, Y) > 0.3

    def test_a_label_learns_from_the_rows_that_know_it(self) -> None:
        unknown = Y.astype(float)
        unknown[50:, 0] = np.nan
        flipped = unknown.copy()
        flipped[:50, 0] = 1 - flipped[:50, 0]
        first, second = (
            mlp(settings={"epochs": 80}).fit(X, given).predict_proba(X)[:, 0]
            for given in (unknown, flipped)
        )
        assert np.corrcoef(first, second)[0, 1] < -0.5


class TestWeights:
    def test_balanced_as_binary_relevance_counts_them(self) -> None:
        rare = Y.copy()
        rare[10:, 1] = 0
        model = mlp(label_weights="balanced").fit(X, rare)
        plain = mlp().fit(X, rare)
        assert model.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean()

    def test_table_of_weights(self) -> None:
        counts = Y.sum(axis=0)
        table = np.column_stack([100 / (2 * (100 - counts)), 100 / (2 * counts)])
        by_hand = mlp(label_weights=table).fit(X, Y).predict_proba(X)
        balanced = mlp(label_weights="balanced").fit(X, Y).predict_proba(X)
        assert_allclose(by_hand, balanced, atol=1e-5)

    def test_balanced_counts_weights_and_unknown_labels(self) -> None:
        unknown = Y.astype(float)
        unknown[:20, 2] = np.nan
        weights = np.random.default_rng(0).uniform(0.5, 2, 100)
        model = mlp(label_weights="balanced")
        fitted = model.fit(X, unknown, sample_weight=weights).predict_proba(X)
        known = ~np.isnan(unknown)
        present = (np.nan_to_num(unknown) * weights[:, None]).sum(axis=0)
        total = (known * weights[:, None]).sum(axis=0)
        table = np.column_stack(
            [total / (2 * (total - present)), total / (2 * present)]
        )
        by_hand = mlp(label_weights=table).fit(X, unknown, sample_weight=weights)
        assert_allclose(fitted, by_hand.predict_proba(X), atol=1e-5)

    def test_with_another_loss(self) -> None:
        with pytest.raises(OptionError, match="loss is 'focal'"):
            mlp(label_weights="balanced", loss="focal").fit(X, Y)

    def test_wrong_words(self) -> None:
        with pytest.raises(OptionError, match="got 'even'"):
            mlp(label_weights="even").fit(X, Y)

    def test_weights_of_rows(self) -> None:
        weights = np.where(np.arange(100) < 50, 1.0, 0.0)
        flipped = np.vstack([Y[:50], 1 - Y[50:]])
        one = mlp().fit(X, Y, sample_weight=weights).predict_proba(X)
        other = mlp().fit(X, flipped, sample_weight=weights).predict_proba(X)
        assert_allclose(one, other, atol=1e-5)


class TestLosses:
    @pytest.mark.parametrize(
        "loss",
        ["focal", "asymmetric", "pairwise_ranking", "lsep", "softmax_cross_entropy"],
    )
    def test_all_of_them_train(self, loss: str) -> None:
        history = mlp(loss=loss).fit(X, Y).history_["loss"]
        assert history[-1] < history[0]

    def test_an_object(self) -> None:
        one = mlp(loss=BinaryCrossEntropy()).fit(X, Y).predict_proba(X)
        assert_array_equal(one, mlp().fit(X, Y).predict_proba(X))

    def test_a_wrong_name(self) -> None:
        with pytest.raises(UnknownNameError, match="binary_cross_entropy"):
            mlp(loss="binary_crossentropy").fit(X, Y)


class TestAnswers:
    def test_decision_function_is_the_logit(self) -> None:
        model = mlp().fit(X, Y)
        logits = model.decision_function(X)
        assert_allclose(1 / (1 + np.exp(-logits)), model.predict_proba(X))
        assert_array_equal(logits > 0, model.predict(X))

    def test_constant_labels_in_it(self) -> None:
        given = Y.copy()
        given[:, 1], given[:, 2] = 1, 0
        with pytest.warns(ConstantLabelWarning):
            model = mlp().fit(X, given)
        assert_array_equal(
            np.unique(model.decision_function(X)[:, 1:3], axis=0), [[40, -40]]
        )
        assert model.network_.output_shape == (None, 2)

    def test_as_good_as_binary_relevance(self) -> None:
        X, Y = make_multilabel_classification(
            n_samples=600, n_features=10, n_classes=4, random_state=3
        )
        ours = mlp(settings={"epochs": 60, "learning_rate": 0.01}).fit(X[:400], Y[:400])
        linear = BinaryRelevance().fit(X[:400], Y[:400])
        assert ours.score(X[400:], Y[400:]) > linear.score(X[400:], Y[400:]) - 0.02


def test_saved_and_loaded_predicts_the_same(tmp_path) -> None:
    frame = pd.DataFrame(Y, columns=["ruhig", "寂しい", "a b", "c"])
    model = mlp(settings={"validation": 0.2, "monitor": "macro_f1"}).fit(X, frame)
    loaded = mlkit.load_model(mlkit.save(model, tmp_path / "model.zip"))
    assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    pd.testing.assert_frame_equal(loaded.predict(X), model.predict(X))
    assert loaded.history_ == model.history_
    assert repr(loaded) == repr(model)


class TestFeatures:
    """A network is compiled for one kind of numbers, and asked about any."""

    @pytest.mark.parametrize(
        "make",
        [
            lambda training: MLP((4,), training=training, random_state=0),
            lambda training: SequenceNet(training=training, random_state=0),
            lambda training: TextNet(training=training, random_state=0),
        ],
        ids=["MLP", "SequenceNet", "TextNet"],
    )
    def test_any_type_of_numbers(self, make: Any) -> None:
        counts = np.random.default_rng(0).integers(0, 5, (30, 6))
        labels = (counts[:, :2] > 1).astype(int)
        model = make(Training(epochs=1)).fit(counts, labels)
        expected = model.predict_proba(counts)
        for dtype in (np.uint8, np.int32, np.float16, np.float32, np.float64):
            assert_array_equal(model.predict_proba(counts.astype(dtype)), expected)
        assert (model.predict_proba(counts + 0.5) != expected).any()

    def test_whole_numbers_can_be_mixed(self) -> None:
        counts = np.random.default_rng(0).integers(0, 5, (30, 6)).astype(np.int32)
        model = MLP(training=Training(epochs=2, mixing=0.2), random_state=0)
        assert len(model.fit(counts, counts[:, :2] > 1).history_["loss"]) == 2


def test_rows_to_watch_in_another_order():
    names = [f"row {i}" for i in range(len(X))]
    features, labels = pd.DataFrame(X, names), pd.DataFrame(Y, names)
    features.columns = features.columns.astype(str)
    watched = (features, labels.iloc[::-1])
    with pytest.raises(ShapeError, match="another order"):
        mlp().fit(features, labels, validation_data=watched)


def test_options_of_the_default_training():
    assert MLP().set_params(training__epochs=3).training.epochs == 3
    # Texts have a default of their own.
    set_ = TextNet().set_params(training__epochs=3).training
    assert set_.get_params() == Training(epochs=3, learning_rate=0.003).get_params()
    kept = MLP(training=Training(5, batch_size=8)).set_params(training__epochs=3)
    assert (kept.training.epochs, kept.training.batch_size) == (3, 8)
    begun = MLP(training=Training(5)).set_params(training=None, training__patience=3)
    assert (begun.training.epochs, begun.training.patience) == (100, 3)
    with pytest.raises(ValueError, match="Invalid parameter 'epoch'"):
        MLP().set_params(training__epoch=3)


def test_an_activation_that_keras_does_not_know():
    with pytest.raises(OptionError, match="no activation 'rellu'"):
        MLP(activation="rellu").fit(X, Y)


def test_weights_below_zero():
    with pytest.raises(ValueError, match="Negative values"):
        mlp().fit(X, Y, sample_weight=-np.ones(len(X)))
