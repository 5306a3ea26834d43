"""Settings of a training: what is refused, and in which words."""

from __future__ import annotations

from typing import Any

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
