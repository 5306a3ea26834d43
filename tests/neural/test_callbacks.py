"""Time and memory of epochs, and live curves."""

from __future__ import annotations

import sys
import time
from typing import Any

import keras
import numpy as np
import pytest

from mlkit.neural import MLP, ResourceLog, Training
from mlkit.widgets import LiveCurves

X, Y = np.arange(8.0)[:, None], np.eye(2, dtype=int)[[0, 1] * 4]


class Work(keras.callbacks.Callback):
    """Take half a second and 200 MB in the second epoch."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == 1:
            _ = b"x" * 200_000_000
            time.sleep(0.5)


def fit(*callbacks: Any) -> MLP:
    model = MLP((2,), training=Training(epochs=3), random_state=0)
    return model.fit(X, Y, callbacks=callbacks)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory")
def test_seconds_and_megabytes_of_each_epoch():
    log = ResourceLog()
    fit(Work(), log)
    table = log.table()
    assert table.index.tolist() == [1, 2, 3]
    assert table.loc[2, "seconds"] > 0.5 > table.loc[3, "seconds"]
    assert table.loc[2, "megabytes"] > 150
    assert table.loc[3, "megabytes"] < 100


def test_with_keras_own_fit():
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
    network.compile(optimizer="sgd", loss="mse")
    log = ResourceLog()
    network.fit(X, Y, epochs=2, verbose=0, callbacks=[log])
    assert len(log.table()) == 2
    assert (log.table()["seconds"] > 0).all()


def test_live_curves_see_every_epoch():
    with LiveCurves(total=3) as curves:
        model = fit(curves.keras_callback())
    assert curves.history["loss"] == model.history_["loss"]
    assert curves.sentence().startswith("epoch 3 of 3: loss")
