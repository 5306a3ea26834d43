"""ConvNet: what goes in, what is built, what comes over from another network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from sklearn.base import clone

from mlkit.datasets import make_wardrobe
from mlkit.exceptions import (
    ConstantLabelWarning,
    OptionError,
    ShapeError,
    UnknownNameError,
)
from mlkit.neural.conv_net import ConvNet
from mlkit.neural.pictures import PictureFiles
from mlkit.neural.training import Training, rows
from mlkit.persistence import load_model, save

keras = pytest.importorskip("keras")

from mlkit.neural.augmentation import Augmentation  # noqa: E402

SHORT = Training(2, batch_size=8, progress=False)
NO_SIZE = {"width": 1.0, "depth": None}


def small(style: str = "lenet", **options: Any) -> ConvNet:
    """Return a network that trains in no time."""
    settings = {"width": 0.25, "training": SHORT, "random_state": 0}
    if style != "lenet":
        settings["depth"] = 1
    return ConvNet(style, **settings | options)


class Watched:
    """An array that remembers how many rows were read, and how many at once."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        self.shape, self.dtype = array.shape, array.dtype
        self.longest = self.n_read = 0

    def __getitem__(self, which: Any) -> np.ndarray:
        read = np.asarray(self._array[which])
        self.longest = max(self.longest, len(read))
        self.n_read += len(read)
        return read


@pytest.fixture(scope="module")
def wardrobe() -> tuple[np.ndarray, np.ndarray]:
    X, Y = make_wardrobe(24, image_size=16, random_state=0).as_xy()
    return np.array(X), Y.to_numpy()


@pytest.fixture(scope="module")
def fitted(wardrobe: tuple[np.ndarray, np.ndarray]) -> ConvNet:
    return small().fit(*wardrobe)


@pytest.fixture(scope="module")
def body(wardrobe: tuple[np.ndarray, np.ndarray]) -> dict[str, list[np.ndarray]]:
    return small("vgg").fit(*wardrobe).body_weights()


# What goes in


@pytest.mark.parametrize("style", ["lenet", "resnet", "mobilenet"])
def test_styles_are_built_and_learn(style: str, wardrobe: Any) -> None:
    model = small(style).fit(*wardrobe)
    losses = model.history_["loss"]
    assert losses[-1] < losses[0]
    assert model.predict(wardrobe[0]).shape == (24, 9)
    before = [layer.name for layer in model.network_.layers[-3:-1]]
    expected = ["lenet_dense1", "lenet_dense2"]
    assert before == (expected if style == "lenet" else ["feature_map", "means"])


def test_it_learns_what_can_be_seen() -> None:
    # Which half is bright, and whether there are stripes, on pictures of noise.
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 2, (160, 2))
    X = rng.integers(0, 60, (160, 16, 16), dtype=np.uint8)
    X[Y[:, 0] == 1, :8] += 100
    X[Y[:, 1] == 1, :, ::2] += 90
    training = Training(12, learning_rate=0.01, progress=False)
    model = small("vgg", training=training).fit(X[:120], Y[:120])
    assert model.score(X[120:], Y[120:]) > 0.9


def test_grey_with_and_without_an_axis(wardrobe: Any) -> None:
    X, Y = wardrobe
    grey = X.mean(axis=3).astype(np.uint8)
    flat, deep = small().fit(grey, Y), small().fit(grey[..., None], Y)
    assert flat.input_shape_ == (16, 16)
    assert_array_equal(flat.predict_proba(grey), deep.predict_proba(grey[..., None]))


def test_scale_of_the_pictures_does_not_matter(wardrobe: Any, fitted: ConvNet) -> None:
    X, Y = wardrobe
    of_fractions = small().fit(X / 255, Y)
    # float32 rounds at other places; training makes it more.
    assert_allclose(
        of_fractions.predict_proba(X / 255), fitted.predict_proba(X), atol=2e-3
    )
    with pytest.raises(ValueError, match="Divide them by 255"):
        of_fractions.predict(X)


def test_every_type_of_number_is_taken_after_every_other(
    wardrobe: Any, fitted: ConvNet
) -> None:
    X, _ = wardrobe
    expected = fitted.predict_proba(X)
    for dtype in (np.float64, np.int64, np.float32, np.float16, np.uint8):
        assert_allclose(fitted.predict_proba(X.astype(dtype)), expected, atol=1e-6)


def test_scaling_is_that_of_the_rows_that_are_trained_on(wardrobe: Any) -> None:
    X, Y = wardrobe
    watched = np.full_like(X, 255)
    model = small().fit(X, Y, validation_data=(watched, Y))
    scale = model.network_.get_layer("normalisation")
    assert_allclose(np.ravel(scale.mean), X.mean(axis=(0, 1, 2)), rtol=1e-5)
    assert_allclose(np.ravel(scale.variance), X.var(axis=(0, 1, 2)), rtol=1e-5)


def test_a_channel_without_contrast_is_no_trouble(wardrobe: Any) -> None:
    X, Y = wardrobe
    X = X.copy()
    X[..., 2] = 7
    assert np.isfinite(small().fit(X, Y).predict_proba(X)).all()


@pytest.mark.parametrize(
    ("X", "error", "words"),
    [
        (np.zeros((9, 8, 8, 3)), ShapeError, "at least 16 x 16 pixels; got 8 x 8"),
        (np.zeros((9, 16)), ShapeError, "takes X with 3 or 4 axes"),
        (np.full((9, 16, 16), np.inf), ValueError, "NaN or infinity"),
        (np.zeros((8, 16, 16)), ShapeError, "8 rows.*9"),
    ],
)
def test_pictures_that_are_refused(
    X: np.ndarray, error: type[Exception], words: str
) -> None:
    Y = np.arange(18).reshape(9, 2) % 3 == 0
    with pytest.raises(error, match=words):
        small().fit(X, Y)


def test_pictures_of_another_size_in_predict(fitted: ConvNet) -> None:
    with pytest.raises(ShapeError, match=r"shape \(20, 20, 3\).*shape \(16, 16, 3\)"):
        fitted.predict(np.zeros((2, 20, 20, 3), dtype=np.uint8))
    with pytest.raises(ShapeError, match="that of a single picture"):
        fitted.predict(np.zeros((16, 16, 3), dtype=np.uint8))


# Options


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"style": "alexnet"}, UnknownNameError, "style of network 'alexnet'"),
        ({"style": "lenet", "depth": 2}, OptionError, "LeNet-5 has one depth"),
        ({"style": "vgg", "depth": 0}, ValueError, "depth must be at least 1"),
        ({"width": 0}, ValueError, "width must be above 0"),
        ({"dropout": 1.0}, ValueError, "dropout"),
        ({"weights": "some.h5"}, OptionError, "and none is named"),
        ({"backbone": "VGG16"}, OptionError, "of the styles; VGG16 has its own"),
        ({"backbone": "VGG1", **NO_SIZE}, UnknownNameError, "VGG1.*'VGG1"),
        ({"frozen": True}, OptionError, "drawn at random: give initial"),
        ({"augment": "flip"}, TypeError, "must be an Augmentation or None.*'flip'"),
        ({"initial": [1]}, TypeError, "what body_weights.. of a fitted.*got list"),
    ],
)
def test_options_that_are_refused(
    options: Any, error: type[Exception], words: str, wardrobe: Any
) -> None:
    with pytest.raises(error, match=words):
        small(**options).fit(*wardrobe)


def test_dropout_is_built(wardrobe: Any) -> None:
    network = small(dropout=0.3).fit(*wardrobe).network_
    assert network.get_layer("lenet_dropout").rate == 0.3


def test_pictures_are_varied_in_training_alone(wardrobe: Any, fitted: ConvNet) -> None:
    augment = Augmentation(flip="both", rotation=20, cut_out=0.3)
    varied = small(augment=augment).fit(*wardrobe)
    assert varied.history_["loss"] != fitted.history_["loss"]
    first = varied.predict_proba(wardrobe[0])
    assert_array_equal(varied.predict_proba(wardrobe[0]), first)
    again = small(augment=augment).fit(*wardrobe)
    assert_allclose(again.predict_proba(wardrobe[0]), first, atol=1e-6)
    other = small(augment=augment, random_state=1).fit(*wardrobe)
    assert not np.allclose(other.predict_proba(wardrobe[0]), first, atol=1e-3)


def test_cut_out_is_grey_on_the_scale_of_the_pictures(wardrobe: Any) -> None:
    X, Y = wardrobe
    for pictures, grey in ((X, 127.5), (X / 255, 0.5)):
        network = small(augment=Augmentation(cut_out=0.5)).fit(pictures, Y).network_
        wrappers = [layer for layer in network.layers if hasattr(layer, "layer")]
        assert [wrapper.layer.fill_value for wrapper in wrappers] == [grey]


def test_mixing_takes_bytes(wardrobe: Any) -> None:
    training = Training(2, mixing=0.4, progress=False)
    model = small(training=training).fit(*wardrobe)
    assert np.isfinite(model.history_["loss"]).all()


# Weights from elsewhere


def test_a_network_begins_with_the_body_of_another(wardrobe: Any, body: Any) -> None:
    X, Y = wardrobe
    held = small("vgg", initial=body, frozen=True, random_state=5).fit(X[:8], Y[:8])
    assert "logits" not in body
    # By default the style has two convolutions a block.
    assert "vgg_block1_conv1" in body
    assert "vgg_block1_conv2" not in body
    for name, values in held.body_weights().items():
        for value, expected in zip(values, body[name], strict=True):
            assert_array_equal(value, expected)
    moved = small("vgg", initial=body, random_state=5).fit(X[:8], Y[:8]).body_weights()
    change = np.abs(moved["vgg_block1_conv1"][0] - body["vgg_block1_conv1"][0]).max()
    # Two steps of Adam, and not another draw.
    assert 0 < change < 0.01


def test_only_the_head_is_trained_where_the_body_is_frozen(
    wardrobe: Any, body: Any
) -> None:
    model = small("vgg", initial=body, frozen=True).fit(*wardrobe)
    trained = [weight.path for weight in model.network_.trainable_weights]
    assert trained == ["logits/kernel", "logits/bias"]


def test_what_a_frozen_body_gives_is_computed_once(
    wardrobe: Any, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, Y = wardrobe
    training = Training(6, batch_size=8, validation=8, metrics=("macro_f1",))
    settings = {"initial": body, "frozen": True, "training": training}
    watched = Watched(X)
    once = small("vgg", **settings).fit(watched, Y)
    # Looked at for the scale, 16 to train on are measured, and all go through the body:
    # none of it again in the epochs.
    assert watched.n_read == 24 + 16 + 24
    monkeypatch.setattr(ConvNet, "_always_the_same", lambda *_: False)
    always = small("vgg", **settings).fit(X, Y)
    for name in ("loss", "val_loss", "val_macro_f1"):
        assert_allclose(once.history_[name], always.history_[name], rtol=1e-4)
    assert_allclose(once.predict_proba(X), always.predict_proba(X), atol=1e-5)


def test_other_labels_and_other_scales_may_follow(wardrobe: Any, body: Any) -> None:
    X, Y = wardrobe
    model = small("vgg", initial=body).fit(X[:10] / 255, Y[:10, :3])
    assert model.predict(X / 255).shape == (24, 3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"style": "resnet"}, "with other layers: only one of the two has 'resnet"),
        ({"depth": 2}, "with other layers.*_conv2.*same style and depth"),
        ({"width": 0.5}, r"layer 'vgg_block1_conv1' have shapes \[\(3, 3, 3, 4\)\].*8"),
    ],
)
def test_weights_of_another_network_are_refused(
    options: Any, words: str, wardrobe: Any, body: Any
) -> None:
    with pytest.raises(ShapeError, match=words):
        small(**{"style": "vgg", "initial": body} | options).fit(*wardrobe)


def test_clones_keep_what_they_were_given(wardrobe: Any, body: Any) -> None:
    model = small("vgg", initial=body, augment=Augmentation(flip="horizontal"))
    copy = clone(model)
    assert copy.augment == model.augment
    assert copy.initial is not model.initial
    assert_array_equal(
        copy.initial["vgg_block1_conv1"][0], model.initial["vgg_block1_conv1"][0]
    )
    assert_allclose(
        copy.fit(*wardrobe).predict_proba(wardrobe[0]),
        model.fit(*wardrobe).predict_proba(wardrobe[0]),
        atol=1e-6,
    )


# Backbones


def test_a_backbone_at_full_size(tmp_path: Path) -> None:
    X, _ = make_wardrobe(4, image_size=32, random_state=0).as_xy()
    Y = np.array([[0, 1], [1, 0], [0, 1], [1, 1]])
    body = keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    body.save_weights(tmp_path / "body.weights.h5")
    model = ConvNet(
        backbone="MobileNetV2",
        weights=tmp_path / "body.weights.h5",
        frozen=True,
        training=Training(1, progress=False),
        random_state=0,
    ).fit(X, Y)
    [(name, weights)] = model.body_weights().items()
    assert name.startswith("mobilenetv2")
    for value, expected in zip(weights, body.get_weights(), strict=True):
        assert_array_equal(value, expected)
    # It was made for pixels between -1 and 1.
    map_ = model.network_.get_layer("feature_map").output
    found = keras.Model(model.network_.input, map_)(X.astype(np.float32))
    expected = body((X / 127.5 - 1).astype(np.float32), training=False)
    assert_allclose(found, expected, atol=1e-4)


def test_dropout_behind_a_backbone(
    wardrobe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "mlkit.neural.architectures.application_body",
        lambda name, inputs, weights: keras.layers.Conv2D(2, 3, name=name)(inputs),
    )
    model = ConvNet(backbone="tiny", dropout=0.2, training=SHORT).fit(*wardrobe)
    assert [layer.name for layer in model.network_.layers[-4:-1]] == [
        "tiny",
        "dropout",
        "means",
    ]


def test_pixels_of_a_backbone_have_a_scale(wardrobe: Any) -> None:
    X, Y = wardrobe
    with pytest.raises(OptionError, match="0 to 255 or from 0 to 1; those of X go f"):
        ConvNet(backbone="MobileNetV2", training=SHORT).fit(X / 1.0 - 100, Y)


# Labels


def test_constant_and_unknown_labels(wardrobe: Any) -> None:
    X, Y = wardrobe
    Y = Y.astype(float)
    Y[:, 0] = 1
    Y[::2, 4] = np.nan
    with pytest.warns(ConstantLabelWarning):
        model = small().fit(X, Y)
    assert (model.predict_proba(X)[:, 0] == 1).all()
    assert model.network_.output_shape == (None, 8)


def test_where_all_labels_are_constant_there_is_no_network(wardrobe: Any) -> None:
    X, _ = wardrobe
    with pytest.warns(ConstantLabelWarning):
        model = small().fit(X, np.ones((24, 2), dtype=int))
    assert (model.predict(X) == 1).all()
    with pytest.raises(OptionError, match="no network was trained"):
        model.body_weights()


def test_names_of_labels_come_back(wardrobe: Any) -> None:
    X, Y = wardrobe
    names = ["black", "blue"]
    model = small().fit(X, pd.DataFrame(Y[:, :2], columns=names))
    assert list(model.predict(X[:2]).columns) == names


def test_a_seed_repeats_the_training(wardrobe: Any, fitted: ConvNet) -> None:
    again = small().fit(*wardrobe)
    assert_allclose(again.history_["loss"], fitted.history_["loss"], rtol=1e-5)
    other = small(random_state=1).fit(*wardrobe)
    assert not np.allclose(other.history_["loss"], fitted.history_["loss"], rtol=1e-3)


# Files and disks


def test_saved_and_loaded_it_predicts_the_same(wardrobe: Any, tmp_path: Path) -> None:
    X, Y = wardrobe
    model = small(augment=Augmentation(flip="horizontal", rotation=5)).fit(X, Y)
    save(model, tmp_path / "model.zip")
    loaded = load_model(tmp_path / "model.zip")
    assert_allclose(loaded.predict_proba(X), model.predict_proba(X), atol=1e-6)
    assert loaded.augment == model.augment
    with pytest.raises(ValueError, match="Multiply them by 255"):
        loaded.predict(X / 255)


def test_pictures_in_files_are_those_in_memory(
    wardrobe: Any, fitted: ConvNet, tmp_path: Path
) -> None:
    X, Y = wardrobe
    paths = [tmp_path / f"{i}.png" for i in range(len(X))]
    for path, picture in zip(paths, X, strict=True):
        Image.fromarray(picture).save(path)
    files = PictureFiles(paths, size=(16, 16))
    model = small().fit(files, Y)
    assert_allclose(model.predict_proba(files), fitted.predict_proba(X), atol=1e-6)


def test_validation_rows_of_files(wardrobe: Any, tmp_path: Path) -> None:
    X, Y = wardrobe
    np.save(tmp_path / "X.npy", X)
    training = Training(2, validation=0.25, progress=False)
    lying = np.load(tmp_path / "X.npy", mmap_mode="r")
    model = small(training=training).fit(lying, Y)
    expected = small(training=training).fit(X, Y)
    assert_allclose(
        model.history_["val_loss"], expected.history_["val_loss"], rtol=1e-5
    )


def test_an_array_on_a_disk_is_never_read_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As float32 a picture is 1 024 bytes: 32 fit into a portion.
    monkeypatch.setattr(rows, "_PORTION_BYTES", 32 * 1100)
    monkeypatch.setattr("mlkit.neural.moments._BLOCK", 32 * 256)
    rng = np.random.default_rng(0)
    np.save(tmp_path / "X.npy", rng.integers(0, 256, (2000, 16, 16), dtype=np.uint8))
    X = Watched(np.load(tmp_path / "X.npy", mmap_mode="r"))
    model = small(width=0.1, training=Training(1, progress=False))
    model.fit(X, rng.integers(0, 2, (2000, 2)))
    # 64 are looked at to know the scale.
    assert X.longest == 64
    model.predict(X)
    # One batch of the forward pass.
    assert X.longest == 512
