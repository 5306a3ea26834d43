"""Pretraining by rotation: what is turned, what is learned, what is handed on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlkit.exceptions import OptionError, ShapeError, UnknownNameError
from mlkit.neural import MLP, Training
from mlkit.neural.conv_net import ConvNet
from mlkit.neural.rotation import RotationPretraining, Turned
from mlkit.persistence import load_model, save

keras = pytest.importorskip("keras")

SHORT = Training(1, progress=False)


def network(**options: Any) -> ConvNet:
    settings = {"width": 0.25, "depth": 1, "training": SHORT, "random_state": 0}
    return ConvNet("vgg", **settings | options)


@pytest.fixture(scope="module")
def ladders() -> np.ndarray:
    """Pictures with a bright upper edge, which tells how they are turned."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 100, (80, 16, 16, 3), dtype=np.uint8)
    X[:, :4] += 120
    return X


# Turning


@pytest.mark.parametrize("shape", [(3, 4, 4), (3, 4, 4, 2)])
def test_all_four_ways_to_turn_a_picture(shape: tuple[int, ...]) -> None:
    X = np.random.default_rng(0).random(shape)
    turned = Turned(X, np.array([2, 0]))
    assert turned.shape == (8, *shape[1:])
    assert turned.angles().tolist() == [0, 90, 180, 270] * 2
    expected = [np.rot90(X[i], k) for i in (2, 0) for k in range(4)]
    assert_array_equal(turned[:], expected)
    for rows in (np.array([7, 0, 0, 5]), slice(3, 6), np.array([], dtype=int)):
        assert_array_equal(turned[rows], np.array(expected)[rows])


def test_turning_leaves_the_pictures_alone() -> None:
    X = np.arange(8).reshape(2, 2, 2)
    turned = Turned(X, np.arange(2))
    turned[:]
    assert_array_equal(X, np.arange(8).reshape(2, 2, 2))


def test_each_picture_is_read_once() -> None:
    asked = []

    class Slow:
        shape, dtype = (5, 2, 2), np.dtype(np.uint8)

        def __getitem__(self, rows: np.ndarray) -> np.ndarray:
            asked.append(rows.tolist())
            return np.zeros((len(rows), 2, 2), dtype=np.uint8)

    Turned(Slow(), np.array([4, 1, 3]))[np.array([0, 8, 3, 1])]
    assert asked == [[4, 3]]


# Learning


def test_it_learns_how_pictures_stand(ladders: np.ndarray) -> None:
    training = Training(6, learning_rate=0.01, progress=False)
    model = RotationPretraining(network(training=training), random_state=0)
    model.fit(ladders[:60])
    assert model.score(ladders[60:]) > 0.95
    assert model.history_["loss"][-1] < model.history_["loss"][0]
    # The middle of the upper edge is on the left after a quarter turn.
    quarter = np.rot90(ladders[60:], axes=(1, 2))
    assert (model.predict(quarter) == 90).mean() > 0.9


def test_noise_cannot_be_told() -> None:
    X = np.random.default_rng(0).integers(0, 256, (120, 16, 16), dtype=np.uint8)
    model = RotationPretraining(network(), random_state=0).fit(X[:60])
    assert 0.1 < model.score(X[60:]) < 0.4


def test_its_body_goes_into_a_network(ladders: np.ndarray) -> None:
    model = RotationPretraining(network(), random_state=0).fit(ladders)
    weights = model.body_weights()
    Y = np.arange(40).reshape(20, 2) % 3 == 0
    target = network(initial=weights, frozen=True).fit(ladders[:20], Y)
    for name, values in target.body_weights().items():
        for value, expected in zip(values, weights[name], strict=True):
            assert_array_equal(value, expected)


def test_options_of_the_network_are_kept_but_for_loss_and_labels(
    ladders: np.ndarray,
) -> None:
    given = network(loss="focal", label_weights="balanced", dropout=0.2)
    model = RotationPretraining(given, random_state=0).fit(ladders[:8])
    fitted = model.classifier_
    assert (fitted.loss, fitted.label_weights) == ("softmax_cross_entropy", None)
    assert (fitted.dropout, fitted.depth) == (0.2, 1)
    assert not hasattr(given, "network_")
    assert given.loss == "focal"


def test_its_own_training_counts(ladders: np.ndarray) -> None:
    training = Training(2, validation=0.25, progress=False)
    model = RotationPretraining(network(), training=training, random_state=0)
    history = model.fit(ladders[:8]).history_
    assert len(history["val_loss"]) == 2
    assert model.training.validation == 0.25


def test_a_watched_picture_is_not_trained_on() -> None:
    # The red channel is the number of the picture: what the scaling was learned from
    # tells which were trained on.
    X = np.zeros((8, 16, 16, 3))
    X[..., 0] = 2.0 ** np.arange(8)[:, None, None]
    training = Training(1, validation=3, progress=False)
    model = RotationPretraining(network(), training=training, random_state=0).fit(X)
    scale = model.classifier_.network_.get_layer("normalisation")
    numbers = round(float(np.ravel(scale.mean)[0]) * 5)
    assert bin(numbers).count("1") == 5


def test_a_seed_repeats_it(ladders: np.ndarray) -> None:
    first, second, other = (
        RotationPretraining(network(), random_state=seed).fit(ladders[:8]).history_
        for seed in (0, 0, 1)
    )
    assert_allclose(first["loss"], second["loss"], rtol=1e-5)
    assert abs(first["loss"][0] - other["loss"][0]) > 1e-3


def test_arrays_on_a_disk(ladders: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", ladders[:8])
    lying = np.load(tmp_path / "X.npy", mmap_mode="r")
    training = Training(1, validation=2, progress=False)
    model = RotationPretraining(network(), training=training, random_state=0)
    losses = [clone(model).fit(X).history_["val_loss"] for X in (lying, ladders[:8])]
    assert_allclose(*losses, rtol=1e-5)


def test_saved_and_loaded(ladders: np.ndarray, tmp_path: Path) -> None:
    model = RotationPretraining(network(), random_state=0).fit(ladders[:8])
    save(model, tmp_path / "model.zip")
    loaded = load_model(tmp_path / "model.zip")
    assert_array_equal(loaded.predict(ladders), model.predict(ladders))
    assert_array_equal(
        loaded.body_weights()["vgg_block1_conv1"][0],
        model.body_weights()["vgg_block1_conv1"][0],
    )


# Errors


@pytest.mark.parametrize(
    ("options", "shape", "error", "words"),
    [
        ({}, (4, 16, 18), ShapeError, r"square.*got \(4, 16, 18\)"),
        ({}, (4, 16), ShapeError, "square"),
        ({"network": MLP()}, (4, 16, 16), TypeError, "network must be a ConvNet"),
        ({"training": 3}, (4, 16, 16), TypeError, "training must be a Training"),
        (
            {"training": Training(validation=4)},
            (4, 16, 16),
            OptionError,
            "validation=4 of 4 pictures leaves 0 to train on",
        ),
        (
            {"training": Training(monitor="macro_f1")},
            (4, 16, 16),
            OptionError,
            "say nothing about angles",
        ),
        ({"network": ConvNet("lent")}, (4, 16, 16), UnknownNameError, "'lenet'"),
    ],
)
def test_what_is_refused(
    options: Any, shape: tuple[int, ...], error: type[Exception], words: str
) -> None:
    model = RotationPretraining(**{"network": network()} | options)
    with pytest.raises(error, match=words):
        model.fit(np.ones(shape))


def test_before_fit() -> None:
    model = RotationPretraining(network())
    with pytest.raises(NotFittedError):
        model.body_weights()
    with pytest.raises(NotFittedError):
        model.predict(np.zeros((2, 16, 16)))
    with pytest.raises(NotFittedError):
        model.score(np.zeros((2, 16, 16)))


def test_too_few_pictures_to_hold_any_back():
    pretraining = RotationPretraining(
        ConvNet("mobilenet", width=0.25), training=Training(1, validation=0.05)
    )
    with pytest.raises(OptionError, match="6 to train on and 0 to watch"):
        pretraining.fit(np.zeros((6, 16, 16)))
