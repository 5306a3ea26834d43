"""The loop of a training: what is watched, kept, written and refused."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_multilabel_classification

from mlkit.exceptions import DivergedError, OptionError
from mlkit.metrics import METRICS
from mlkit.neural import MLP, Training
from mlkit.neural.training import rows as rows_module

X, Y = make_multilabel_classification(
    n_samples=120, n_features=8, n_classes=4, random_state=0
)
WATCHED = (X[80:], Y[80:])


def fitted(*, callbacks: Any = (), watched: Any = None, **settings: Any) -> MLP:
    options: dict[str, Any] = {"epochs": 6, "learning_rate": 0.02} | settings
    model = MLP((8,), training=Training(**options), random_state=0)
    return model.fit(X[:80], Y[:80], validation_data=watched, callbacks=callbacks)


def test_history_has_a_value_an_epoch():
    history = fitted().history_
    assert list(history) == ["loss", "learning_rate", "seconds"]
    assert all(len(series) == 6 for series in history.values())
    assert history["loss"][-1] < history["loss"][0]
    assert history["learning_rate"][0] == pytest.approx(0.02)


def test_metrics_of_the_watched_rows_are_those_of_the_kit():
    model = fitted(
        watched=WATCHED, monitor="macro_f1", metrics=("hamming_loss", "log_loss")
    )
    best = int(np.argmax(model.history_["val_macro_f1"]))
    proba, predicted = model.predict_proba(WATCHED[0]), model.predict(WATCHED[0])
    for name, prediction in (
        ("macro_f1", predicted),
        ("hamming_loss", predicted),
        ("log_loss", proba),
    ):
        expected = METRICS[name](WATCHED[1], prediction)
        # The weights are those of the best epoch, so are its metrics.
        assert model.history_[f"val_{name}"][best] == pytest.approx(expected, abs=1e-6)


def test_loss_of_the_watched_rows():
    model = fitted(watched=WATCHED, epochs=1)
    proba = model.predict_proba(WATCHED[0])
    by_hand = -np.log(np.where(WATCHED[1] == 1, proba, 1 - proba)).mean()
    assert model.history_["val_loss"][0] == pytest.approx(by_hand, rel=1e-4)


def test_patience_stops_and_keeps_the_best_weights():
    model = fitted(
        epochs=200, watched=WATCHED, monitor="macro_f1", patience=3, learning_rate=0.05
    )
    values = model.history_["val_macro_f1"]
    assert len(values) < 200
    best = int(np.argmax(values))
    assert len(values) == best + 4
    found = METRICS["macro_f1"](WATCHED[1], model.predict(WATCHED[0]))
    assert found == pytest.approx(max(values))


def test_a_loss_is_watched_downwards():
    values = fitted(epochs=200, watched=WATCHED, patience=2).history_["val_loss"]
    assert int(np.argmin(values)) == len(values) - 3


def test_learning_rate_is_reduced_on_a_plateau():
    model = fitted(
        epochs=60,
        watched=WATCHED,
        reduce_patience=1,
        reduce_factor=0.5,
        learning_rate=0.1,
    )
    rates = np.unique(model.history_["learning_rate"])
    assert len(rates) > 1
    assert_allclose(rates[1:] / rates[:-1], 2, rtol=1e-5)


def test_validation_share_is_held_back():
    seen = []

    class Count(keras.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            seen.append(True)

    model = fitted(validation=0.25, callbacks=[Count()])
    assert "val_loss" in model.history_
    assert seen == [True]
    other = fitted(validation=20)
    assert_allclose(other.history_["val_loss"], model.history_["val_loss"])


@pytest.mark.parametrize("share", [0.001, 80])
def test_shares_that_leave_nothing(share):
    with pytest.raises(OptionError, match="both need at least one"):
        fitted(validation=share)


def test_callbacks_of_keras_see_epochs(tmp_path):
    file = tmp_path / "best.keras"
    checkpoint = keras.callbacks.ModelCheckpoint(
        file, monitor="val_macro_f1", mode="max", save_best_only=True
    )
    model = fitted(watched=WATCHED, monitor="macro_f1", callbacks=[checkpoint])
    network = keras.saving.load_model(file)
    logits = keras.ops.convert_to_numpy(network(WATCHED[0].astype("float32")))
    assert_allclose(logits, model.decision_function(WATCHED[0]), atol=1e-4)


def test_a_callback_can_stop():
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = epoch == 2

    assert len(fitted(callbacks=[Stop()]).history_["loss"]) == 3


def test_log_file(tmp_path):
    file = tmp_path / "log.csv"
    model = fitted(log=file, watched=WATCHED)
    table = pd.read_csv(file)
    assert_array_equal(table["epoch"], range(1, 7))
    assert_allclose(table["val_loss"], model.history_["val_loss"])


def test_small_portions_give_the_same(monkeypatch):
    whole = fitted(batch_size=16).predict_proba(X)
    monkeypatch.setattr(rows_module, "_PORTION_BYTES", 48 * 16)
    assert_allclose(fitted(batch_size=16).predict_proba(X), whole, atol=1e-5)


def test_mixing_trains_on_soft_labels():
    plain, mixed = fitted(epochs=20), fitted(epochs=20, mixing=0.4)
    assert not np.allclose(plain.predict_proba(X), mixed.predict_proba(X))
    assert mixed.score(X, Y) > 0.2


def test_words_are_not_mixed():
    table = pd.DataFrame({"colour": ["red", "blue"] * 40})
    model = MLP(training=Training(epochs=1, mixing=0.4))
    with pytest.raises(OptionError, match="takes the mean of two rows"):
        model.fit(table, Y[:80])


def test_a_training_that_diverges():
    training = Training(optimizer="sgd", learning_rate=1e30)
    model = MLP((), normalise=False, training=training)
    with pytest.raises(DivergedError, match=r"epoch \d+ is (nan|inf).*learning rate"):
        model.fit(X * 1e6, Y)


@pytest.mark.parametrize(
    "optimizer", ["sgd", "rmsprop", keras.optimizers.Adam(0.01, beta_1=0.8)]
)
def test_optimizers_by_name_or_as_they_are(optimizer):
    model = fitted(optimizer=optimizer, learning_rate=None)
    assert model.history_["loss"][-1] < model.history_["loss"][0]
    # A second training begins with a new one.
    assert (
        fitted(optimizer=optimizer, learning_rate=None).history_["loss"]
        == (model.history_["loss"])
    )


def test_schedule_of_the_learning_rate():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    rates = fitted(learning_rate=schedule, batch_size=27).history_["learning_rate"]
    assert_allclose(rates, 0.1 * 0.5 ** np.arange(1, 7), rtol=1e-5)


@pytest.mark.parametrize(
    ("watched", "monitor"),
    [
        ((X[:1], Y[:1]), "macro_roc_auc"),
        ((X[:5], np.full((5, 4), np.nan)), "loss"),
    ],
    ids=["one row", "nothing known"],
)
def test_what_cannot_be_watched(watched: Any, monitor: str) -> None:
    with pytest.raises(OptionError, match=f"'{monitor}' is not defined on the valid"):
        fitted(watched=watched, monitor=monitor)
