"""Settings of a training: what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from sklearn.base import clone

from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.neural import MLP, Training
from mlkit.neural.training.settings import check_training


def test_defaults_are_fine():
    check_training(Training())


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"epochs": 0}, OptionError, "epochs must be at least 1, got 0"),
        ({"epochs": 2.5}, TypeError, "epochs must be an integer"),
        ({"batch_size": -1}, OptionError, "batch_size must be at least 1"),
        ({"patience": 0}, OptionError, "patience must be at least 1"),
        ({"validation": 1.0}, OptionError, r"validation must be in \[0, 1\)"),
        ({"validation": -2}, OptionError, "validation must be at least 0"),
        ({"reduce_factor": 1.5}, OptionError, "reduce_factor"),
        ({"mixing": -0.1}, OptionError, "mixing must be"),
        ({"precision": "float16"}, OptionError, "precision must be one of"),
        ({"monitor": "makro_f1"}, UnknownNameError, "macro_f1"),
        ({"metrics": "macro_f1"}, TypeError, "must be a tuple of names"),
        ({"metrics": ("f1",)}, UnknownNameError, "f1"),
        ({"learning_rate": -1.0}, OptionError, r"learning_rate must be in \[0, inf\)"),
        ({"log": "."}, OptionError, "log must name a file; . is a folder"),
        ({"checkpoint": "."}, OptionError, "checkpoint must name a file"),
    ],
)
def test_what_is_refused(
    settings: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        check_training(Training(**settings))


@pytest.mark.parametrize("settings", [{"monitor": "accuracy"}, {"metrics": ("acc",)}])
def test_plain_accuracy_is_refused_with_a_reason(settings: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=r"says nothing about label sets.*subset_acc"):
        check_training(Training(**settings))


def test_a_plateau_beside_a_schedule():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 5, 0.9)
    for settings in (
        {"learning_rate": schedule},
        {"optimizer": keras.optimizers.SGD(schedule)},
    ):
        check_training(Training(**settings))
        with pytest.raises(OptionError, match="reduce_patience lowers the learning"):
            check_training(Training(reduce_patience=2, **settings))
    check_training(Training(reduce_patience=2, optimizer=keras.optimizers.SGD(0.1)))


def test_an_optimizer_that_keras_does_not_know():
    model = MLP(training=Training(epochs=1, optimizer="adamm"))
    with pytest.raises(OptionError, match="no optimizer 'adamm'. Take 'adam'"):
        model.fit([[0.0], [1.0]], [[0], [1]])


def test_something_else_than_settings():
    with pytest.raises(TypeError, match=r"Training\(epochs=20\)"):
        MLP(training=20).fit([[0.0], [1.0]], [[0], [1]])


def test_settings_are_parameters_of_the_network():
    model = MLP(training=Training(epochs=3))
    model.set_params(training__epochs=7)
    assert model.get_params()["training__epochs"] == 7
    copy = clone(model)
    assert copy.training is not model.training
    assert copy.training.epochs == 7
