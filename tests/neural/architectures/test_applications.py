"""Networks of keras.applications: sizes, pixels, weights from files."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mlkit.exceptions import ModelFileError, OptionError, ShapeError, UnknownNameError

keras = pytest.importorskip("keras")

from mlkit.neural.architectures import (  # noqa: E402
    FEATURE_MAP,
    application_body,
    application_names,
)

NAMES = application_names()
SMALL = "MobileNet"


def family(name):
    """Return the module of keras.applications that a network is from."""
    module = getattr(keras.applications, name).__module__.rpartition(".")[2]
    return getattr(keras.applications, module)


@pytest.fixture
def untouched(monkeypatch):
    """Put a layer that changes nothing in the place of a network."""

    def put(name):
        def build(**options):
            inputs = keras.Input(options["input_shape"])
            return keras.Model(inputs, keras.layers.Identity()(inputs), name="stub")

        build.__module__ = getattr(keras.applications, name).__module__
        monkeypatch.setattr(keras.applications, name, build)

    return put


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(0).uniform(0, 255, (2, 76, 76, 3)).astype("float32")


def built(name, channels=3, size=32, **options):
    inputs = keras.Input((size, size, channels))
    return keras.Model(inputs, application_body(name, inputs, **options))


def test_the_networks_of_keras_are_listed():
    assert {"ResNet50", "VGG16", "InceptionV3", "NASNetMobile", "Xception"} < set(NAMES)
    assert sorted(NAMES) == NAMES
    for name in NAMES:
        assert (
            "include_top"
            in inspect.signature(getattr(keras.applications, name)).parameters
        )


@pytest.mark.parametrize("name", NAMES)
def test_pixels_are_prepared_as_keras_does(name, untouched, pixels):
    expected = family(name).preprocess_input(pixels.copy())
    untouched(name)

    prepared = built(name, size=76)(pixels)

    assert_allclose(prepared, expected, rtol=1e-5, atol=1e-5)


BLUE_FIRST = [30 - 103.939, 20 - 116.779, 10 - 123.68]
STANDARDISED = [
    (10 / 255 - 0.485) / 0.229,
    (20 / 255 - 0.456) / 0.224,
    (30 / 255 - 0.406) / 0.225,
]
AROUND_ZERO = [10 / 127.5 - 1, 20 / 127.5 - 1, 30 / 127.5 - 1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("VGG16", BLUE_FIRST),
        ("ResNet50", BLUE_FIRST),
        ("DenseNet121", STANDARDISED),
        ("InceptionV3", AROUND_ZERO),
        ("ResNet50V2", AROUND_ZERO),
        # These have a layer of their own for it.
        ("EfficientNetB0", [10, 20, 30]),
        ("MobileNetV3Small", [10, 20, 30]),
    ],
)
def test_pixels_by_hand(name, expected, untouched):
    untouched(name)
    pixel = np.broadcast_to(np.float32([10, 20, 30]), (1, 76, 76, 3))

    prepared = np.asarray(built(name, size=76)(pixel))

    assert_allclose(prepared[0, 5, 7], expected, rtol=1e-5)


def test_grey_pictures_count_as_all_three_colours(untouched, pixels):
    untouched("VGG16")
    grey = pixels[..., :1]

    prepared = built("VGG16", channels=1, size=76)(grey)

    expected = built("VGG16", size=76)(np.repeat(grey, 3, axis=-1))
    assert_array_equal(prepared, expected)


@pytest.mark.parametrize("name", ["VGG16", "DenseNet121", "MobileNetV2"])
def test_preparation_is_saved_with_the_network(name, untouched, pixels, tmp_path):
    untouched(name)
    network = built(name, size=76)
    network.save(tmp_path / "body.keras")

    loaded = keras.saving.load_model(tmp_path / "body.keras", safe_mode=True)

    assert_array_equal(loaded(pixels), network(pixels))


def test_the_network_is_one_layer_and_its_map_has_the_name():
    network = built(SMALL)

    assert network.get_layer(FEATURE_MAP).output is network.outputs[0]
    assert network.output.shape == (None, 1, 1, 1024)
    assert network.get_layer("mobilenet_1.00_32").count_params() == 3_228_864


@pytest.mark.parametrize(
    ("name", "size", "least"),
    [("ResNet50", 31, 32), ("Xception", 70, 71), ("InceptionV3", 74, 75)],
)
def test_pictures_that_are_too_small(name, size, least):
    expected = (
        rf"{name} takes pictures of at least {least} x {least} pixels; got {size}"
    )
    with pytest.raises(ShapeError, match=expected):
        built(name, size=size)
    # Keras draws the same line.
    with pytest.raises(ValueError, match=f"at least {least}x{least}"):
        getattr(keras.applications, name)(
            include_top=False, weights=None, input_shape=(size, size, 3)
        )


def test_the_least_size_of_all_others():
    for name in set(NAMES) - {"InceptionResNetV2", "InceptionV3", "Xception"}:
        with pytest.raises(ShapeError, match="at least 32 x 32"):
            built(name, size=31)


def test_pictures_of_other_channels(untouched):
    untouched("VGG16")
    with pytest.raises(
        ShapeError, match="VGG16 takes pictures of 1 or 3 channels; got 4"
    ):
        built("VGG16", channels=4)


def test_a_network_that_keras_does_not_have():
    with pytest.raises(UnknownNameError, match=r"'Resnet50'\. Did you mean 'ResNet50'"):
        built("Resnet50")
    with pytest.raises(UnknownNameError, match="network of keras.applications"):
        built("preprocess_input")


def test_weights_are_never_downloaded():
    expected = (
        r"downloads no weights.*keras\.applications\.ResNet50\(include_top=False\)"
        r"\.save_weights\('ResNet50\.weights\.h5'\)"
    )
    with pytest.raises(OptionError, match=expected):
        built("ResNet50", weights="imagenet")


def test_weights_from_a_file(tmp_path):
    """Saved for pictures of any size, as the message advises."""
    path = tmp_path / f"{SMALL}.weights.h5"
    original = keras.applications.MobileNet(include_top=False, weights=None)
    original.save_weights(path)

    network = built(SMALL, size=40, weights=path).get_layer("mobilenet_1.00_40")

    for loaded, saved in zip(
        network.get_weights(), original.get_weights(), strict=True
    ):
        assert_array_equal(loaded, saved)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file of weights at .*none\.h5"):
        built(SMALL, weights=tmp_path / "none.h5")


def test_a_file_that_holds_no_weights(tmp_path):
    path = tmp_path / "text.weights.h5"
    path.write_text("no weights", encoding="utf-8")

    with pytest.raises(ModelFileError, match=rf"{path.name}: These are not weights of"):
        built(SMALL, weights=path)


def test_weights_of_another_network(tmp_path):
    path = tmp_path / "other.weights.h5"
    inputs = keras.Input((32, 32, 3))
    keras.Model(inputs, keras.layers.Conv2D(2, 3)(inputs)).save_weights(path)

    with (
        pytest.warns(UserWarning, match="Skipping"),
        pytest.raises(ModelFileError, match="weights of MobileNet without its head"),
    ):
        built(SMALL, weights=path)
