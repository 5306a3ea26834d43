"""The style of GoogLeNet: kernels of several sizes side by side."""

from __future__ import annotations

from typing import Any

from keras import layers

from mlkit.neural.architectures.bricks import Bricks, check_depth

__all__ = ["inception_body"]

_FILTERS = (64, 128, 256)


def inception_body(
    inputs: Any, *, width: float = 1.0, dropout: float = 0.0, depth: int = 1
) -> Any:
    """Build stages of inception modules with poolings between them.

    Parameters
    ----------
    inputs : KerasTensor, shape (n, rows, columns, channels)
        Pictures of at least 16 x 16 pixels, already scaled.
    width : float, default 1.0
        Factor on the numbers of filters.
    dropout : float, default 0.0
        Share of the features that are dropped in training, in [0, 1).
    depth : int, default 1
        Modules in each of the three stages.

    Returns
    -------
    KerasTensor, shape (n, ceil(rows / 2) // 4, ceil(columns / 2) // 4, 256)
        Features, at least 0; the output of the layer ``feature_map``.

    Raises
    ------
    ShapeError
        If the pictures are too small, or of an unknown size.
    TypeError, ValueError
        If a number is out of its range.

    Notes
    -----
    A module looks at its input in four ways and puts the results behind one another: a
    1x1, a 3x3 and a 5x5 convolution, and the greatest of each 3x3 neighbourhood. The
    large kernels see few channels, to which a 1x1 convolution has mixed the others: 5x5
    at full depth would cost more than all the rest. The shares of the four are those of
    the module "3a" of the paper: 1/4, 1/2, 1/8 and 1/8 of the filters.

    What differs from the paper: one module a stage by default, not two to five; a first
    convolution of 5x5 and no second one; batch normalisation; no auxiliary heads, which
    a network of this depth does not need.

    References
    ----------
    .. [1] C. Szegedy et al., "Going deeper with convolutions", CVPR 2015, table 1.

    Examples
    --------
    >>> import keras
    >>> inception_body(keras.Input((64, 64, 3))).shape
    (None, 8, 8, 256)
    """
    bricks = Bricks("inception", inputs, width=width, dropout=dropout)
    check_depth(depth)
    x = bricks.convolution(inputs, _FILTERS[0] / 4, 5, "stem", strides=2)
    for stage, filters in enumerate(_FILTERS, start=1):
        for i in range(1, depth + 1):
            x = _module(bricks, x, filters, f"stage{stage}_module{i}")
        if stage < len(_FILTERS):
            x = bricks.pooled(x, f"stage{stage}_pool")
    return bricks.feature_map(x)


def _module(bricks: Bricks, x: Any, filters: int, part: str) -> Any:
    """Put four views of `x` behind one another; `filters` channels in all."""
    near = bricks.convolution(x, filters * 3 / 8, 1, f"{part}_3x3_reduce")
    far = bricks.convolution(x, filters / 16, 1, f"{part}_5x5_reduce")
    greatest = layers.MaxPooling2D(
        3, strides=1, padding="same", name=bricks.name(f"{part}_pool")
    )(x)
    branches = [
        bricks.convolution(x, filters / 4, 1, f"{part}_1x1"),
        bricks.convolution(near, filters / 2, 3, f"{part}_3x3"),
        bricks.convolution(far, filters / 8, 5, f"{part}_5x5"),
        bricks.convolution(greatest, filters / 8, 1, f"{part}_pool_1x1"),
    ]
    return layers.Concatenate(name=bricks.name(part))(branches)
