"""The style of VGG: nothing but 3x3 convolutions, and a pooling between blocks."""

from __future__ import annotations

from typing import Any

from mlkit.neural.architectures.bricks import Bricks, check_depth

__all__ = ["vgg_body"]

_FILTERS = (16, 32, 64, 128)


def vgg_body(
    inputs: Any, *, width: float = 1.0, dropout: float = 0.0, depth: int = 2
) -> Any:
    """Build four blocks of 3x3 convolutions with poolings between them.

    Parameters
    ----------
    inputs : KerasTensor, shape (n, rows, columns, channels)
        Pictures of at least 16 x 16 pixels, already scaled.
    width : float, default 1.0
        Factor on the numbers of filters.
    dropout : float, default 0.0
        Share of the features that are dropped in training, in [0, 1).
    depth : int, default 2
        Convolutions in each block.

    Returns
    -------
    KerasTensor, shape (n, rows // 8, columns // 8, 128)
        Features, at least 0; the output of the layer ``feature_map``.

    Raises
    ------
    ShapeError
        If the pictures are too small, or of an unknown size.
    TypeError, ValueError
        If a number is out of its range.

    Notes
    -----
    Two 3x3 convolutions in a row see 5x5 pixels, three see 7x7, with fewer weights than
    one large kernel and a rectification in between: that is the point of the style.

    What differs from the paper: four blocks and not five, with a quarter of the filters
    (16 to 128; the paper has 64 to 512); batch normalisation, which came later; no
    pooling behind the last block and no dense layers of 4 096 units, but the map itself
    for a head that averages it.

    References
    ----------
    .. [1] K. Simonyan and A. Zisserman, "Very deep convolutional networks for
       large-scale image recognition", ICLR 2015, table 1.

    Examples
    --------
    >>> import keras
    >>> vgg_body(keras.Input((64, 64, 3))).shape
    (None, 8, 8, 128)
    """
    bricks = Bricks("vgg", inputs, width=width, dropout=dropout)
    check_depth(depth)
    x = inputs
    for block, filters in enumerate(_FILTERS, start=1):
        for i in range(1, depth + 1):
            x = bricks.convolution(x, filters, 3, f"block{block}_conv{i}")
        if block < len(_FILTERS):
            x = bricks.pooled(x, f"block{block}_pool")
    return bricks.feature_map(x)
