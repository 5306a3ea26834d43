"""The style of ResNet: blocks that learn what to add to their input."""

from __future__ import annotations

from typing import Any

from keras import layers

from mlkit.neural.architectures.bricks import Bricks, check_depth

__all__ = ["resnet_body"]

_FILTERS = (32, 64, 128)


def resnet_body(
    inputs: Any, *, width: float = 1.0, dropout: float = 0.0, depth: int = 1
) -> Any:
    """Build stages of residual blocks.

    Parameters
    ----------
    inputs : KerasTensor, shape (n, rows, columns, channels)
        Pictures of at least 16 x 16 pixels, already scaled.
    width : float, default 1.0
        Factor on the numbers of filters.
    dropout : float, default 0.0
        Share of the features that are dropped in training, in [0, 1).
    depth : int, default 1
        Blocks in each of the three stages; there are ``6 * depth + 1`` convolutions
        on the longest way.

    Returns
    -------
    KerasTensor, shape (n, ceil(rows / 8), ceil(columns / 8), 128)
        Features, at least 0; the output of the layer ``feature_map``.

    Raises
    ------
    ShapeError
        If the pictures are too small, or of an unknown size.
    TypeError, ValueError
        If a number is out of its range.

    Notes
    -----
    A block gives ``relu(x + f(x))`` with two 3x3 convolutions in ``f``: it has only to
    learn by how much its output differs from its input, and gradients pass it
    undiminished. Where the number of channels or of pixels changes, ``x`` goes through
    a 1x1 convolution (option B of the paper).

    What differs from the paper: its nets for small pictures have 16, 32 and 64 filters
    and at least three blocks a stage at 32 x 32 pixels. Here the first convolution
    halves the picture, filters are twice as many and blocks fewer, which takes less
    time for pictures of 64 x 64 pixels.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image
       recognition", CVPR 2016, sections 3.3 and 4.2.

    Examples
    --------
    >>> import keras
    >>> resnet_body(keras.Input((64, 64, 3))).shape
    (None, 8, 8, 128)
    """
    bricks = Bricks("resnet", inputs, width=width, dropout=dropout)
    check_depth(depth)
    x = bricks.convolution(inputs, _FILTERS[0], 3, "stem", strides=2)
    for stage, filters in enumerate(_FILTERS, start=1):
        for i in range(1, depth + 1):
            # The stem has halved the picture for the first stage.
            strides = 2 if i == 1 and stage > 1 else 1
            x = _block(bricks, x, filters, f"stage{stage}_block{i}", strides)
    return bricks.feature_map(x)


def _block(bricks: Bricks, x: Any, filters: int, part: str, strides: int) -> Any:
    change = bricks.convolution(x, filters, 3, f"{part}_conv1", strides=strides)
    change = bricks.linear_convolution(change, filters, 3, f"{part}_conv2")
    if x.shape != change.shape:
        x = bricks.linear_convolution(x, filters, 1, f"{part}_short", strides=strides)
    x = layers.Add(name=bricks.name(f"{part}_add"))([x, change])
    return bricks.rectified(x, part)
