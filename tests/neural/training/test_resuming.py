"""A training that was killed goes on where it was, and ends as if nothing had been."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import make_multilabel_classification

from mlkit.exceptions import ModelFileError, OptionError
from mlkit.neural import MLP, Training

X, Y = make_multilabel_classification(
    n_samples=100, n_features=6, n_classes=3, random_state=1
)
FILES = {"checkpoint": "state.npz", "log": "log.csv"}


class StopError(Exception):
    """Stands for whatever ends a program."""


class StopAt(keras.callbacks.Callback):
    """Raise at the beginning of an epoch."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.epoch:
            raise StopError


def model(folder: Path, **settings: Any) -> MLP:
    options: dict[str, Any] = {
        "epochs": 12,
        "validation": 0.3,
        "monitor": "macro_f1",
        "patience": 6,
        "reduce_patience": 2,
        "learning_rate": 0.03,
    }
    options |= {name: folder / file for name, file in FILES.items()} | settings
    return MLP((8,), dropout=0.3, training=Training(**options), random_state=3)


@pytest.mark.parametrize("epoch", [1, 3, 6])
def test_interrupted_ends_as_uninterrupted(tmp_path, epoch):
    whole = model(tmp_path / "whole").fit(X, Y)
    with pytest.raises(StopError):
        model(tmp_path).fit(X, Y, callbacks=[StopAt(epoch)])
    assert (tmp_path / "state.npz").exists()

    again = model(tmp_path).fit(X, Y)

    assert_array_equal(again.predict_proba(X), whole.predict_proba(X))
    for name, series in whole.history_.items():
        if name != "seconds":
            assert again.history_[name] == series
    assert not (tmp_path / "state.npz").exists()
    log = pd.read_csv(tmp_path / "log.csv")
    assert_array_equal(log["epoch"], np.arange(len(whole.history_["loss"])) + 1)


_KILLED = """
import os, runpy, signal, sys
import keras

class Kill(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 4:
            os.kill(os.getpid(), signal.SIGKILL)

names = runpy.run_path(sys.argv[1])
folder = names["Path"](sys.argv[2])
names["model"](folder).fit(names["X"], names["Y"], callbacks=[Kill()])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_killed_process(tmp_path):
    command = [sys.executable, "-c", _KILLED, __file__, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]
    assert len(pd.read_csv(tmp_path / "log.csv")) == 4

    again = model(tmp_path).fit(X, Y)

    whole = model(tmp_path / "whole").fit(X, Y)
    assert_array_equal(again.predict_proba(X), whole.predict_proba(X))


def test_more_epochs_go_on(tmp_path):
    with pytest.raises(StopError):
        model(tmp_path).fit(X, Y, callbacks=[StopAt(5)])
    longer = model(tmp_path, epochs=14).fit(X, Y)
    assert (
        longer.history_["loss"]
        == (model(tmp_path / "whole", epochs=14).fit(X, Y).history_["loss"])
    )


@pytest.mark.parametrize("change", ["labels", "features", "settings", "network"])
def test_state_of_another_training(tmp_path, change):
    with pytest.raises(StopError):
        model(tmp_path).fit(X, Y, callbacks=[StopAt(2)])
    other, features, labels = model(tmp_path), X, Y
    if change == "labels":
        labels = Y[:, ::-1]
    elif change == "features":
        features = X + 1
    elif change == "settings":
        other = model(tmp_path, batch_size=16)
    else:
        other.set_params(units=(9,))
    with pytest.raises(ModelFileError, match=r"state\.npz.*another training"):
        other.fit(features, labels)
    assert (tmp_path / "state.npz").exists()


WATCHED = (X[:30], Y[:30])


@pytest.mark.parametrize(
    ("first", "second"),
    [(WATCHED, (X[30:], Y[30:])), (WATCHED, None), (None, WATCHED)],
    ids=["others", "none any more", "none before"],
)
def test_other_rows_to_watch_are_another_training(tmp_path, first, second):
    settings = {"validation": 0, "monitor": "loss"}
    with pytest.raises(StopError):
        model(tmp_path, **settings).fit(
            X, Y, validation_data=first, callbacks=[StopAt(2)]
        )
    with pytest.raises(ModelFileError, match="another training"):
        model(tmp_path, **settings).fit(X, Y, validation_data=second)


def test_damaged_state(tmp_path):
    (tmp_path / "state.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ModelFileError, match=r"state\.npz.*damaged.*start anew"):
        model(tmp_path).fit(X, Y)


@pytest.mark.parametrize("seed", [None, np.random.RandomState(0)])
def test_it_needs_a_seed_that_repeats(tmp_path, seed):
    with pytest.raises(OptionError, match="random_state must be an integer"):
        model(tmp_path).set_params(random_state=seed).fit(X, Y)
