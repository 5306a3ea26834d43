from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import ndimage

from mlkit.datasets.generators.images import (
    ALL_COMBINATIONS,
    HELD_OUT_COMBINATIONS,
    KNOWN_COMBINATIONS,
    make_digit_canvas,
    make_wardrobe,
)
from mlkit.exceptions import GeneratorError, UnknownNameError

LABELS = ["black", "blue", "red", "white", "dress", "jeans", "shirt", "shoe", "bag"]


def pairs_of(ds):
    return {tuple(ds.Y.columns[row == 1]) for row in ds.Y.to_numpy()}


@pytest.fixture(scope="module")
def wardrobe():
    return make_wardrobe(240, image_size=32, combinations="all", random_state=0)


def test_shapes_labels_and_kinds(wardrobe):
    assert wardrobe.X.shape == (240, 32, 32, 3)
    assert wardrobe.X.dtype == np.uint8
    assert list(wardrobe.label_names) == LABELS
    assert (wardrobe.Y.iloc[:, :4].sum(axis=1) == 1).all()
    assert (wardrobe.Y.iloc[:, 4:].sum(axis=1) == 1).all()


def test_the_combinations():
    assert len(ALL_COMBINATIONS) == 20
    assert len(KNOWN_COMBINATIONS) == 12
    assert set(KNOWN_COMBINATIONS) | set(HELD_OUT_COMBINATIONS) == set(ALL_COMBINATIONS)
    assert not set(KNOWN_COMBINATIONS) & set(HELD_OUT_COMBINATIONS)
    tutorial = {
        *(("black", "jeans"), ("blue", "jeans"), ("blue", "dress"), ("red", "dress")),
        *(("blue", "shirt"), ("red", "shirt")),
    }
    assert tutorial <= set(KNOWN_COMBINATIONS)
    assert {("red", "jeans"), ("black", "dress")} <= set(HELD_OUT_COMBINATIONS)
    for colour in LABELS[:4]:
        assert sum(pair[0] == colour for pair in KNOWN_COMBINATIONS) == 3


@pytest.mark.parametrize(
    ("combinations", "expected"),
    [
        ("known", KNOWN_COMBINATIONS),
        ("held-out", HELD_OUT_COMBINATIONS),
        ("all", ALL_COMBINATIONS),
        ([("red", "jeans")], [("red", "jeans")]),
    ],
)
def test_only_the_asked_combinations_are_drawn_equally_often(combinations, expected):
    ds = make_wardrobe(40, image_size=16, combinations=combinations, random_state=0)

    assert pairs_of(ds) == set(expected)
    counts = ds.Y.value_counts()
    assert counts.max() - counts.min() <= 1


def middle_colour(ds, name):
    """Median colour of the middle of each picture of a label, in [0, 1]."""
    X = ds.X[ds.Y[name].to_numpy() == 1][:, 12:20, 12:20]
    return np.median(X.reshape(len(X), -1, 3), axis=1) / 255


def test_colours_are_what_they_are_called(wardrobe):
    assert np.median(middle_colour(wardrobe, "black").max(axis=1)) < 0.3
    assert np.median(middle_colour(wardrobe, "white").min(axis=1)) > 0.65
    for name, channel in (("red", 0), ("blue", 2)):
        colour = middle_colour(wardrobe, name)
        others = np.delete(colour, channel, axis=1).max(axis=1)
        assert (colour[:, channel] > others).mean() > 0.85


def test_no_two_pictures_are_the_same(wardrobe):
    assert len({picture.tobytes() for picture in wardrobe.X}) == 240


def test_the_rim_of_a_picture_does_not_tell_its_labels(wardrobe):
    """The backdrop is drawn without regard to the labels."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import cross_val_score

    X = wardrobe.X
    rim = np.hstack([X[:, :2].reshape(240, -1), X[:, -2:].reshape(240, -1)])
    forest = RandomForestClassifier(60, random_state=0)
    colour = wardrobe.Y.iloc[:, :4].to_numpy().argmax(axis=1)
    assert cross_val_score(forest, rim, colour, cv=4).mean() < 0.36  # chance is .25


@pytest.mark.slow
def test_garments_take_more_than_single_pixels():
    """Chance is .2; edges help where pixels do not."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    train, test = (
        make_wardrobe(n, image_size=32, combinations="all", random_state=n)
        for n in (600, 300)
    )

    def accuracy(features):
        model = make_pipeline(
            StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)
        )
        garment = [d.Y.iloc[:, 4:].to_numpy().argmax(axis=1) for d in (train, test)]
        model.fit(features(train.X), garment[0])
        return model.score(features(test.X), garment[1])

    pixels = accuracy(lambda X: X.reshape(len(X), -1) / 255.0)
    edges = accuracy(edge_features)
    assert pixels < 0.75
    assert edges > pixels + 0.1


def edge_features(X):
    """Strength of edges in four directions, in blocks of 4 x 4 pixels."""
    grey = X.mean(axis=3) / 255
    down, right = (ndimage.sobel(grey, axis=axis) for axis in (1, 2))
    angle = (np.arctan2(down, right) % np.pi) / np.pi * 4
    strength = np.hypot(down, right)
    parts = [strength * (np.floor(angle) == k) for k in range(4)]
    blocks = [p.reshape(len(X), 8, 4, 8, 4).sum(axis=(2, 4)) for p in parts]
    return np.stack(blocks, axis=3).reshape(len(X), -1)


def test_other_sizes_show_the_same_scene():
    small, large = (
        make_wardrobe(6, image_size=size, random_state=4) for size in (32, 64)
    )

    assert small.Y.equals(large.Y)
    shrunk = large.X.reshape(6, 32, 2, 32, 2, 3).mean(axis=(2, 4))
    assert np.abs(shrunk.mean(axis=(1, 2)) - small.X.mean(axis=(1, 2))).mean() < 60


@pytest.mark.parametrize("make", ["make_wardrobe", "make_digit_canvas"])
def test_another_process_gets_the_same_pictures(make):
    code = (
        f"from mlkit.datasets.generators.images import {make} as m; import sys;"
        "sys.stdout.write(m(3, random_state=1).X.tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )

    here = {"make_wardrobe": make_wardrobe, "make_digit_canvas": make_digit_canvas}
    assert done.stdout == here[make](3, random_state=1).X.tobytes().hex()


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        ({"combinations": "seen"}, UnknownNameError, "set of combinations 'seen'"),
        ({"combinations": [("green", "bag")]}, UnknownNameError, "colour 'green'"),
        ({"combinations": [("red", "jean")]}, UnknownNameError, "mean 'jeans'"),
        ({"combinations": []}, GeneratorError, "combinations is empty"),
        ({"image_size": 8}, GeneratorError, "image_size must be at least 16, got 8"),
        ({"n_samples": 0}, GeneratorError, "n_samples must be at least 1"),
    ],
)
def test_a_wardrobe_refuses_bad_arguments(wrong, kind, message):
    with pytest.raises(kind, match=message):
        make_wardrobe(**{"n_samples": 5, **wrong})


@pytest.fixture(scope="module")
def canvases():
    return make_digit_canvas(600, random_state=0)


def test_canvases_carry_none_to_three_digits(canvases):
    assert canvases.X.shape == (600, 32, 32, 1)
    assert canvases.X.dtype == np.uint8
    assert list(canvases.label_names) == list("0123456789")
    sizes = canvases.Y.sum(axis=1).value_counts(normalize=True)
    assert sorted(sizes.index) == [0, 1, 2, 3]
    assert sizes.between(0.2, 0.3).all()
    assert canvases.Y.mean().between(0.1, 0.2).all()


def test_there_are_as_many_bright_spots_as_digits(canvases):
    """Digits do not overlap: each is in a place of its own."""
    X, sizes = canvases.X[..., 0], canvases.Y.sum(axis=1).to_numpy()

    assert (X[sizes == 0] < 70).all()
    bright = (X > 110).sum(axis=(1, 2))
    means = [bright[sizes == k].mean() for k in range(4)]
    assert means[0] == 0
    assert means[2] / means[1] == pytest.approx(2, abs=0.3)
    assert means[3] / means[1] == pytest.approx(3, abs=0.4)


def test_the_halves_share_no_handwriting():
    train, test = (
        make_digit_canvas(300, digits=half, max_digits=1, random_state=0)
        for half in ("train", "test")
    )
    assert train.Y.equals(test.Y)  # the same draws, other handwriting
    shown = train.Y.sum(axis=1).to_numpy() == 1
    assert not any(
        np.array_equal(a, b) for a, b in zip(train.X[shown], test.X[shown], strict=True)
    )


@pytest.mark.parametrize("size", [24, 33, 64])
def test_four_digits_fit_on_any_canvas(size):
    ds = make_digit_canvas(30, canvas_size=size, max_digits=4, random_state=0)

    assert ds.X.shape == (30, size, size, 1)
    assert ds.Y.sum(axis=1).max() == 4


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"canvas_size": 16}, "canvas_size must be at least 24, got 16"),
        ({"max_digits": 5}, r"max_digits must be in \[1, 4\], got 5"),
        ({"digits": "half"}, "digits must be one of 'all', 'train', 'test'"),
        ({"n_samples": 0}, "n_samples must be at least 1"),
    ],
)
def test_a_canvas_refuses_bad_arguments(wrong, message):
    with pytest.raises(GeneratorError, match=message):
        make_digit_canvas(**{"n_samples": 5, **wrong})
