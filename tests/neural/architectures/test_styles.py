"""What holds for the bodies of all styles."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mlkit.exceptions import ShapeError, UnknownNameError

keras = pytest.importorskip("keras")

from mlkit.neural.architectures import (  # noqa: E402
    FEATURE_MAP,
    LEAST_SIZE,
    STYLES,
    build_body,
)
from mlkit.neural.training.seeding import keras_seeds  # noqa: E402

# Filters at width 1.
MAPS = {"vgg": 128, "inception": 256, "resnet": 128, "mobilenet": 128}


def small_network(style, **options):
    inputs = keras.Input((16, 16, 3))
    body = build_body(style, inputs, width=0.125, dropout=0.5, **options)
    return keras.Model(inputs, body)


# Nearly all the time of these tests goes into building.
shared_network = cache(small_network)


def pictures(n: int) -> np.ndarray:
    return np.random.default_rng(0).random((n, 16, 16, 3), dtype=np.float32)


def test_all_styles_are_here():
    assert list(STYLES) == ["lenet", *MAPS]


@pytest.mark.parametrize("style", MAPS)
@pytest.mark.parametrize(("size", "map_size"), [((16, 16), (2, 2)), ((28, 40), (3, 5))])
def test_a_map_has_an_eighth_of_rows_and_columns(style, size, map_size):
    body = build_body(style, keras.Input((*size, 1)), width=0.125, depth=1)

    if style in ("resnet", "mobilenet"):
        map_size = tuple(-(-side // 8) for side in size)
    assert body.shape == (None, *map_size, MAPS[style] // 8)


@pytest.mark.parametrize("size", [(16, 16), (40, 64)])
def test_lenet_has_84_features_for_every_size(size):
    assert build_body("lenet", keras.Input((*size, 1))).shape == (None, 84)


@pytest.mark.parametrize("style", STYLES)
def test_pictures_that_are_too_small(style):
    expected = rf"style '{style}' takes.*{LEAST_SIZE} x {LEAST_SIZE} pixels; got 8 x 8"
    with pytest.raises(ShapeError, match=expected):
        build_body(style, keras.Input((8, 8, 1)))


@pytest.mark.parametrize("style", MAPS)
def test_the_last_map_is_found_by_its_name(style):
    network = shared_network(style)

    assert network.get_layer(FEATURE_MAP).output is network.outputs[0]
    features = np.asarray(network(pictures(4), training=False))
    assert features.min() >= 0
    assert features.std() > 0


@pytest.mark.parametrize("style", STYLES)
def test_layers_are_named_after_the_style(style):
    names = [layer.name for layer in shared_network(style).layers[1:]]

    others = [name for name in names if not name.startswith(f"{style}_")]
    assert others == ([FEATURE_MAP] if style in MAPS else [])


@pytest.mark.parametrize("style", MAPS)
def test_whole_maps_are_dropped_in_training_only(style):
    layer = shared_network(style).get_layer(f"{style}_dropout")
    ones = np.ones((8, 2, 2, 32), dtype="float32")

    dropped = np.asarray(layer(ones, training=True))

    assert set(np.unique(dropped)) == {0.0, 2.0}
    assert (dropped == dropped[:, :1, :1]).all()
    assert_allclose(layer(ones, training=False), ones)


def test_lenet_drops_features():
    last = shared_network("lenet").layers[-1]

    assert (last.name, last.rate) == ("lenet_dropout", 0.5)


@pytest.mark.parametrize("style", ["lenet", "mobilenet"])
def test_without_dropout_there_is_no_such_layer(style):
    inputs = keras.Input((16, 16, 3))
    network = keras.Model(inputs, build_body(style, inputs, width=0.125))

    assert not [x for x in network.layers if x.name.endswith("_dropout")]


@pytest.mark.parametrize("style", STYLES)
def test_a_body_learns(style):
    """Bright pictures from dark ones, which the mean over all cells tells."""
    options = {"depth": 1} if style in MAPS else {}
    with keras_seeds(0):
        inputs = keras.Input((16, 16, 3))
        features = build_body(style, inputs, width=0.125, **options)
        if style in MAPS:
            features = keras.layers.GlobalAveragePooling2D()(features)
        network = keras.Model(inputs, keras.layers.Dense(1)(features))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    # For 15 small steps tracing a graph takes longer than they do.
    eagerly = keras.backend.backend() == "tensorflow"
    network.compile(keras.optimizers.Adam(0.01), loss=loss, run_eagerly=eagerly)
    y = np.arange(32).reshape(-1, 1) % 2
    x = pictures(32) * 0.5 + 0.5 * y[:, :, None, None]

    losses = network.fit(
        x, y, epochs=15, batch_size=32, shuffle=False, verbose=0
    ).history["loss"]

    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("style", STYLES)
def test_a_body_is_saved_and_loaded(style, tmp_path):
    network = shared_network(style)
    network.save(tmp_path / "body.keras")

    loaded = keras.saving.load_model(tmp_path / "body.keras", safe_mode=True)

    x = pictures(2)
    assert_allclose(loaded(x, training=False), network(x, training=False), atol=1e-6)


@pytest.mark.parametrize("style", MAPS)
def test_depth_adds_layers(style):
    default = {"vgg": 2, "inception": 1, "resnet": 1, "mobilenet": 2}[style]

    deeper = small_network(style, depth=default + 1)

    assert len(deeper.layers) > len(shared_network(style).layers)
    with pytest.raises(ValueError, match="depth must be at least 1"):
        small_network(style, depth=0)


def test_a_style_that_does_not_exist():
    with pytest.raises(UnknownNameError, match=r"style of network 'vgg16'.*mean 'vgg'"):
        build_body("vgg16", keras.Input((16, 16, 3)))


def test_an_option_that_a_style_does_not_have():
    with pytest.raises(TypeError, match="depth"):
        build_body("lenet", keras.Input((16, 16, 3)), depth=2)
