"""The style of LeNet-5: two convolutions, and features that know their place."""

from __future__ import annotations

from typing import Any

from keras import layers

from mlkit.neural.architectures.bricks import Bricks

__all__ = ["lenet_body"]


def lenet_body(inputs: Any, *, width: float = 1.0, dropout: float = 0.0) -> Any:
    """Build the body of LeNet-5: conv 6, pool, conv 16, pool, dense 120, dense 84.

    Parameters
    ----------
    inputs : KerasTensor, shape (n, rows, columns, channels)
        Pictures of at least 16 x 16 pixels, already scaled.
    width : float, default 1.0
        Factor on the numbers of filters and of units.
    dropout : float, default 0.0
        Share of the last features that are dropped in training, in [0, 1).

    Returns
    -------
    KerasTensor, shape (n, 84)
        Features in [-1, 1]: a head of dense units follows at once. There is no map of
        features here, and so there are no class activation maps.

    Raises
    ------
    ShapeError
        If the pictures are too small, or of an unknown size.
    TypeError, ValueError
        If a number is out of its range.

    Notes
    -----
    What differs from the paper: the first convolution pads its input, which makes of
    28 x 28 what the paper has (digits of 28 x 28 in the middle of 32 x 32); pooling
    averages without a learned factor and bias; every map of the second convolution sees
    all six before it, not a chosen part; the head is of logits, in place of distances
    to drawn characters. Hyperbolic tangents are as in the paper, less its scaling.

    The flattened maps grow with the picture: at 64 x 64 pixels they hold 3 136 values,
    and nearly all weights of the network are in the layer behind them.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning
       applied to document recognition", Proceedings of the IEEE 86(11), 1998,
       section II.B.

    Examples
    --------
    >>> import keras
    >>> lenet_body(keras.Input((28, 28, 1))).shape
    (None, 84)
    """
    bricks = Bricks("lenet", inputs, width=width, dropout=dropout)
    x = inputs
    for i, (filters, padding) in enumerate([(6, "same"), (16, "valid")], start=1):
        x = layers.Conv2D(
            bricks.filters(filters),
            5,
            padding=padding,
            activation="tanh",
            name=bricks.name(f"conv{i}"),
        )(x)
        x = layers.AveragePooling2D(2, name=bricks.name(f"pool{i}"))(x)
    x = layers.Flatten(name=bricks.name("flatten"))(x)
    for i, units in enumerate([120, 84], start=1):
        units, name = bricks.filters(units), bricks.name(f"dense{i}")
        x = layers.Dense(units, activation="tanh", name=name)(x)
    if dropout:
        x = layers.Dropout(dropout, name=bricks.name("dropout"))(x)
    return x
