"""Parts of bodies: sizes are checked, widths rounded, layers named."""

from __future__ import annotations

import pytest

from mlkit.exceptions import ShapeError

keras = pytest.importorskip("keras")

from mlkit.neural.architectures.bricks import (  # noqa: E402
    Bricks,
    check_depth,
    check_pictures,
)


def bricks(width: float = 1.0, dropout: float = 0.0) -> Bricks:
    return Bricks("own", keras.Input((16, 16, 1)), width=width, dropout=dropout)


def test_sizes_of_pictures_are_returned():
    assert check_pictures(keras.Input((16, 17, 3)), taker="It") == (16, 17, 3)


@pytest.mark.parametrize("shape", [(64, 64), (None, 64, 3), (64, 64, None)])
def test_tensors_that_are_no_pictures_of_a_known_size(shape):
    with pytest.raises(ShapeError, match=r"^It takes pictures of shape.*axis for"):
        check_pictures(keras.Input(shape), taker="It")


@pytest.mark.parametrize("size", [(15, 40), (40, 15)])
def test_small_pictures(size):
    expected = rf"at least 16 x 16 pixels; got {size[0]} x {size[1]}\. Enlarge"
    with pytest.raises(ShapeError, match=expected):
        check_pictures(keras.Input((*size, 3)), taker="It")


def test_the_least_size_may_be_another():
    with pytest.raises(ShapeError, match="at least 75 x 75"):
        check_pictures(keras.Input((74, 75, 3)), taker="It", least=75)


@pytest.mark.parametrize(
    ("width", "number", "expected"),
    [(1.0, 24, 24), (0.3, 8, 2), (0.01, 8, 1), (2, 3, 6)],
)
def test_filters_in_a_width(width, number, expected):
    assert bricks(width).filters(number) == expected


@pytest.mark.parametrize("width", [0, -1.0])
def test_no_width(width):
    with pytest.raises(ValueError, match="width must be"):
        bricks(width)


def test_dropping_everything():
    with pytest.raises(ValueError, match=r"dropout must be in \[0, 1\), got 1"):
        bricks(dropout=1)


def test_depth():
    check_depth(1)
    with pytest.raises(ValueError, match="depth must be at least 1, got 0"):
        check_depth(0)
    with pytest.raises(TypeError, match="depth must be an integer"):
        check_depth(1.5)


def test_layers_of_a_convolution_carry_the_style():
    inputs = keras.Input((16, 16, 1))
    x = bricks().convolution(inputs, 2, 3, "part", strides=2)

    names = [layer.name for layer in keras.Model(inputs, x).layers[1:]]
    assert names == ["own_part", "own_part_norm", "own_part_relu"]
    assert x.shape == (None, 8, 8, 2)
