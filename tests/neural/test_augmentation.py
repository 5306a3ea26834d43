"""Pictures are varied one by one, in training alone, and stay within their range."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mlkit.exceptions import OptionError, ShapeError

keras = pytest.importorskip("keras")

from mlkit.neural.augmentation import (  # noqa: E402
    Augmentation,
    CutOut,
    OnlyInTraining,
    draw_mixing,
    mix_up,
)

KINDS = {
    "flip": "both",
    "rotation": 40,
    "zoom": 0.4,
    "translation": 0.3,
    "contrast": 0.5,
    "cut_out": 0.5,
}
ALL = Augmentation(**KINDS)
SIZE = 21
CENTRE = 10


def varied(pictures, random_state=0, value_range=(0.0, 255.0), **options) -> np.ndarray:
    layers = Augmentation(**options).layers(
        random_state=random_state, value_range=value_range
    )
    for layer in layers:
        pictures = layer(pictures, training=True)
    return np.asarray(pictures)


def photographs(n: int) -> np.ndarray:
    """Return n times the same picture of noise."""
    one = np.random.default_rng(0).uniform(0, 255, (1, SIZE, SIZE, 3))
    return np.repeat(one, n, axis=0).astype("float32")


def dots(n: int) -> np.ndarray:
    """Return n times a soft dot, six pixels to the right of the centre."""
    down, across = np.mgrid[:SIZE, :SIZE]
    distance = (down - CENTRE) ** 2 + (across - CENTRE - 6) ** 2
    dot = 255 * np.exp(-distance / 2)
    return np.tile(dot[None, :, :, None], (n, 1, 1, 1)).astype("float32")


def places(pictures) -> np.ndarray:
    """Return where the dots are, seen from the centre: (n, down and right)."""
    n = len(pictures)
    brightest = pictures.reshape(n, -1).argmax(axis=1)
    return np.stack(np.divmod(brightest, SIZE), axis=1) - CENTRE


# What is asked for


def test_nothing_is_varied_by_default():
    assert Augmentation().layers() == []


def test_a_layer_for_each_option_in_their_order():
    kinds = [type(layer.layer).__name__ for layer in ALL.layers(random_state=0)]
    assert kinds == [
        *("RandomFlip", "RandomFlip", "RandomRotation", "RandomZoom"),
        *("RandomTranslation", "RandomContrast", "CutOut"),
    ]


def test_options_are_fixed_compared_and_copied():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ALL.zoom = 0.1  # type: ignore[misc]
    assert copy.deepcopy(ALL) == Augmentation(**KINDS)
    assert Augmentation(**KINDS | {"zoom": 0.3}) != ALL


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"flip": "sideways"}, OptionError, "flip must be one of None, 'horizontal'"),
        ({"rotation": 181}, ValueError, r"rotation must be in \[0, 180\], got 181"),
        ({"zoom": 1.0}, ValueError, r"zoom must be in \[0, 1\), got 1.0"),
        ({"translation": -0.1}, ValueError, r"translation must be in \[0, 1\]"),
        ({"contrast": 1.5}, ValueError, r"contrast must be in \[0, 1\]"),
        ({"cut_out": 2}, ValueError, r"cut_out must be in \[0, 1\]"),
        ({"zoom": "much"}, TypeError, "zoom must be a number"),
    ],
)
def test_values_that_no_option_has(options, error, message):
    with pytest.raises(error, match=message):
        Augmentation(**options)


def test_an_empty_range():
    with pytest.raises(ValueError, match=r"value_range must be .* got \(1, 0\)"):
        ALL.layers(value_range=(1, 0))


# What all kinds have in common


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_vary_within_a_batch_and_stay_in_range(kind):
    pictures = photographs(12)
    result = varied(pictures, **{kind: KINDS[kind]})

    assert result.shape == pictures.shape
    assert result.dtype == np.float32
    assert result.min() >= -1e-3
    assert result.max() <= 255 + 1e-3
    others = np.abs(result[1:] - result[0]).max(axis=(1, 2, 3))
    assert (others > 1).sum() >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_changes_outside_of_training(kind):
    pictures = photographs(4)
    inputs = x = keras.Input(pictures.shape[1:])
    for layer in Augmentation(**{kind: KINDS[kind]}).layers(random_state=0):
        x = layer(x)
    network = keras.Model(inputs, x)

    assert_array_equal(network(pictures), pictures)
    assert_array_equal(network(pictures, training=False), pictures)
    assert np.abs(np.asarray(network(pictures, training=True)) - pictures).max() > 1


def test_one_random_state_decides_about_all():
    pictures = photographs(4)
    first, again = (varied(pictures, random_state=5, **KINDS) for _ in range(2))

    assert_array_equal(first, again)
    assert not np.array_equal(first, varied(pictures, random_state=6, **KINDS))


def test_the_next_batch_is_varied_anew():
    (layer,) = Augmentation(rotation=40).layers(random_state=0)
    pictures = photographs(2)

    first, second = (np.asarray(layer(pictures, training=True)) for _ in range(2))

    assert np.abs(first - second).max() > 1


def test_the_seed_of_an_option_does_not_depend_on_the_others():
    (alone,) = Augmentation(zoom=0.4).layers(random_state=0)

    seeds = [layer.layer.seed for layer in ALL.layers(random_state=0)]

    assert seeds[3] == alone.layer.seed
    assert len(set(seeds)) == 7


def test_a_network_with_all_of_them_is_trained_saved_and_loaded(tmp_path):
    inputs = x = keras.Input((SIZE, SIZE, 3))
    for layer in ALL.layers(value_range=(0, 1), random_state=0):
        x = layer(x)
    outputs = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(x))
    network = keras.Model(inputs, outputs)
    network.compile("sgd", "mse")
    network.fit(photographs(4) / 255, np.zeros((4, 2)), verbose=0)
    network.save(tmp_path / "network.keras")

    loaded = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)

    pictures = photographs(4) / 255
    assert_allclose(loaded(pictures), network(pictures), rtol=1e-5)
    # It varies them from the same seeds.
    means = varied(pictures, value_range=(0, 1), **KINDS).mean(axis=(1, 2))
    expected = network.layers[-1](means)
    assert_allclose(loaded(pictures, training=True), expected, rtol=1e-4)
    assert np.abs(np.asarray(expected) - network(pictures)).max() > 1e-3


def test_pixels_stay_in_single_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        layers = ALL.layers(random_state=0)
    finally:
        keras.config.set_dtype_policy(before)

    assert {layer.compute_dtype for layer in layers} == {"float32"}
    assert {layer.layer.compute_dtype for layer in layers} == {"float32"}


def test_compiled_where_the_backend_can():
    layers = Augmentation(rotation=5, zoom=0.1, translation=0.1).layers()

    expected = keras.backend.backend() == "jax"
    assert [layer.layer.supports_jit for layer in layers] == [expected] * 3


def test_only_in_training_applies_any_layer():
    layer = OnlyInTraining(keras.layers.Rescaling(2.0))
    ones = np.ones((1, 2), dtype="float32")

    assert_array_equal(layer(ones), ones)
    assert_array_equal(layer(ones, training=True), 2 * ones)


# Each kind by itself


@pytest.mark.parametrize(
    ("flip", "expected"),
    [
        ("horizontal", {(3, 5), (3, -5)}),
        ("vertical", {(3, 5), (-3, 5)}),
        ("both", {(3, 5), (3, -5), (-3, 5), (-3, -5)}),
    ],
)
def test_flips(flip, expected):
    pictures = np.zeros((64, SIZE, SIZE, 1), dtype="float32")
    pictures[:, CENTRE + 3, CENTRE + 5] = 255

    result = varied(pictures, flip=flip)

    assert {tuple(place) for place in places(result).tolist()} == expected


def test_rotation_is_in_degrees_and_to_both_sides():
    down, right = places(varied(dots(64), rotation=90)).T

    angles = np.degrees(np.arctan2(down, right))
    # A dot is found to the pixel, which is 5 degrees at this radius.
    assert np.abs(angles).max() <= 90 + 5
    assert angles.min() < -60
    assert angles.max() > 60
    assert_allclose(np.hypot(down, right), 6, atol=0.8)


def test_zoom_enlarges_and_reduces_and_keeps_the_centre():
    down, right = places(varied(dots(64), zoom=0.5)).T

    assert not down.any()
    assert right.min() == 4  # 6 / 1.5
    assert 8 <= right.max() <= 12  # 6 / 0.5 is beyond the border


def test_translation_is_a_share_of_the_side():
    pictures = np.zeros((200, SIZE, SIZE, 1), dtype="float32")
    pictures[:, CENTRE, CENTRE] = 255

    down, right = places(varied(pictures, translation=0.25)).T

    # 0.25 * 21 = 5.25 pixels.
    for moved in (down, right):
        assert moved.min() == -5
        assert moved.max() == 5
    assert abs(np.corrcoef(down, right)[0, 1]) < 0.3


def test_contrast_grows_and_shrinks_around_the_mean_of_a_channel():
    pictures = 100 + photographs(64) * 0.2
    result = varied(pictures, contrast=0.5)

    means = pictures.mean(axis=(1, 2))
    assert_allclose(result.mean(axis=(1, 2)), means, rtol=1e-4)
    factors = result.std(axis=(1, 2, 3)) / pictures.std(axis=(1, 2, 3))
    spread = result.std(axis=(1, 2)) / pictures.std(axis=(1, 2))
    assert 0.5 <= spread.min() < 0.6
    assert 1.4 < spread.max() <= 1.5
    assert len(np.unique(factors.round(4))) > 50


def test_contrast_is_cut_at_the_range():
    result = varied(photographs(8) / 255, contrast=1.0, value_range=(0.0, 1.0))

    assert (result.min(), result.max()) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("shape", "share", "side"), [((20, 30), 0.5, 10), ((30, 20), 0.25, 5)]
)
def test_cut_out_covers_a_square(shape, share, side):
    pictures = np.ones((300, *shape, 3), dtype="float32")

    covered = varied(pictures, cut_out=share, value_range=(0.0, 1.0)) == 0.5

    assert (covered == covered[..., :1]).all()
    heights, widths = covered[..., 0].any(axis=2), covered[..., 0].any(axis=1)
    counts = covered[..., 0].sum(axis=(1, 2))
    # As many as a full rectangle of that height and width holds.
    assert_array_equal(counts, heights.sum(axis=1) * widths.sum(axis=1))
    for lengths in (heights.sum(axis=1), widths.sum(axis=1)):
        assert lengths.max() == side
        # The middle is always in the picture, a part of the rest may be outside.
        assert side // 2 <= lengths.min() < side
    assert heights.any(axis=0).all()
    assert widths.any(axis=0).all()


def test_what_cut_out_does_not_cover_stays():
    pictures = photographs(4)
    result = np.asarray(CutOut(0.5, fill_value=-1, seed=0)(pictures, training=True))

    assert (result == -1).any()
    assert_array_equal(result[result != -1], pictures[result != -1])


def test_a_share_of_nothing_and_of_everything():
    pictures = photographs(2)
    assert_array_equal(CutOut(0, fill_value=-1)(pictures, training=True), pictures)
    with pytest.raises(ValueError, match=r"share must be in \[0, 1\], got 1.1"):
        CutOut(1.1)


# Mixing


def test_mixtures_by_hand():
    x = np.array([[[0, 100]], [[50, 60]], [[10, 10]]], dtype=np.uint8)
    y = np.array([[1, 0], [0, 0], [1, 1]])

    mixed, labels = mix_up(
        x, y, partner=np.array([1, 2, 2]), share=np.array([0.5, 0.25, 0.1])
    )

    assert_allclose(mixed, [[[25, 80]], [[20, 22.5]], [[10, 10]]], rtol=1e-6)
    assert_allclose(labels, [[0.5, 0], [0.75, 0.75], [1, 1]], rtol=1e-6)
    assert mixed.dtype == labels.dtype == np.float32


def test_unknown_labels_make_mixtures_unknown():
    y = np.array([[1.0, -1.0, -1.0], [-0.5, 1.0, -1.0], [1.0, 0.0, 0.5]])

    _, labels = mix_up(
        np.zeros((3, 1)), y, partner=np.array([1, 2, 0]), share=np.array([1, 0.5, 0.5])
    )

    assert labels.tolist() == [[-1, -1, -1], [-1, 0.5, -1], [1, -1, -1]]


def test_a_share_of_one_is_the_row_itself():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(6, 4, 4, 1)).astype("float32"), rng.random((6, 2))
    partner = rng.permutation(6)

    assert_array_equal(mix_up(x, y, partner=partner, share=np.ones(6))[0], x)
    assert_array_equal(mix_up(x, y, partner=partner, share=np.zeros(6))[0], x[partner])


def test_labels_stay_as_frequent_as_they_are():
    rng = np.random.default_rng(0)
    y = (rng.random((50, 3)) < 0.3).astype(float)

    _, labels = mix_up(
        np.zeros((50, 1)), y, partner=rng.permutation(50), share=np.full(50, 0.3)
    )

    assert_allclose(labels.mean(axis=0), y.mean(axis=0), rtol=1e-6)
    assert ((labels >= 0) & (labels <= 1)).all()


def test_arguments_are_not_modified():
    given = {
        "x": np.ones((2, 3), dtype="float32"),
        "y": np.array([[1, -1], [0, 1]], dtype="float32"),
        "partner": np.array([1, 0]),
        "share": np.array([0.5, 0.5], dtype="float32"),
    }
    before = copy.deepcopy(given)

    mix_up(given["x"], given["y"], partner=given["partner"], share=given["share"])

    for name, values in given.items():
        assert_array_equal(values, before[name])


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"y": np.zeros((3, 1))}, ShapeError, "x has 2 rows and y has 3"),
        ({"share": np.ones(1)}, ShapeError, "x has 2 rows and share has 1"),
        ({"partner": np.array([0, 2])}, ValueError, r"from 0 to 1; got \[0, 2\]"),
        ({"partner": np.array([0, -1])}, ValueError, r"from 0 to 1; got \[0, -1\]"),
        ({"share": np.array([0.5, 1.5])}, ValueError, r"in \[0, 1\]; got \[0.5, 1.5\]"),
        ({"share": np.array([0.5, np.nan])}, ValueError, "got .*nan"),
    ],
)
def test_mixtures_of_rows_that_are_not_there(changes, error, message):
    given = {
        "x": np.zeros((2, 1)),
        "y": np.zeros((2, 1)),
        "partner": np.array([1, 0]),
        "share": np.array([0.5, 0.5]),
    }
    given |= changes
    with pytest.raises(error, match=message):
        mix_up(given["x"], given["y"], partner=given["partner"], share=given["share"])


@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
def test_shares_come_from_a_beta_distribution(alpha):
    partner, share = draw_mixing(np.random.default_rng(0), 40_000, alpha)

    assert_array_equal(np.sort(partner), np.arange(40_000))
    assert share.dtype == np.float32
    assert share.mean() == pytest.approx(0.5, abs=0.01)
    assert share.var() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.03)


def test_drawing_is_repeated_by_its_generator():
    first, again = (draw_mixing(np.random.default_rng(3), 5, 0.4) for _ in range(2))

    assert_array_equal(first, again)


@pytest.mark.parametrize(
    ("n_rows", "alpha", "message"),
    [(0, 1.0, "n_rows must be at least 1"), (3, 0, "alpha must be"), (3, -1, "alpha")],
)
def test_drawing_nothing(n_rows, alpha, message):
    with pytest.raises(ValueError, match=message):
        draw_mixing(np.random.default_rng(0), n_rows, alpha)
