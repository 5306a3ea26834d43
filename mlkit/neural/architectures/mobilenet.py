"""The style of MobileNet: filters for each channel, and mixtures of the channels."""

from __future__ import annotations

from typing import Any

from mlkit.neural.architectures.bricks import Bricks, check_depth

__all__ = ["mobilenet_body"]

_FILTERS = (32, 64, 128)


def mobilenet_body(
    inputs: Any, *, width: float = 1.0, dropout: float = 0.0, depth: int = 2
) -> Any:
    """Build stages of depthwise separable convolutions.

    Parameters
    ----------
    inputs : KerasTensor, shape (n, rows, columns, channels)
        Pictures of at least 16 x 16 pixels, already scaled.
    width : float, default 1.0
        Factor on the numbers of filters; alpha in the paper.
    dropout : float, default 0.0
        Share of the features that are dropped in training, in [0, 1).
    depth : int, default 2
        Separable convolutions in each of the three stages.

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
    A convolution from c to f channels has 9 c f weights with a 3x3 kernel. Here it is
    taken apart into a 3x3 filter for each channel and a 1x1 mixture of the channels:
    9 c + c f weights, for many filters about a ninth, and as much less to compute.

    What differs from the paper: six separable convolutions in place of 13, with at most
    128 filters in place of 1 024, and three halvings in place of five, for pictures of
    64 x 64 pixels in place of 224 x 224.

    References
    ----------
    .. [1] A. G. Howard et al., "MobileNets: efficient convolutional neural networks for
       mobile vision applications", arXiv:1704.04861, 2017, table 1.

    Examples
    --------
    >>> import keras
    >>> mobilenet_body(keras.Input((64, 64, 3))).shape
    (None, 8, 8, 128)
    """
    bricks = Bricks("mobilenet", inputs, width=width, dropout=dropout)
    check_depth(depth)
    x = bricks.convolution(inputs, _FILTERS[0] / 2, 3, "stem", strides=2)
    for stage, filters in enumerate(_FILTERS, start=1):
        for i in range(1, depth + 1):
            part = f"stage{stage}_block{i}"
            # The stem has halved the picture for the first stage.
            strides = 2 if i == 1 and stage > 1 else 1
            x = bricks.depthwise(x, f"{part}_depthwise", strides=strides)
            x = bricks.convolution(x, filters, 1, f"{part}_pointwise")
    return bricks.feature_map(x)
