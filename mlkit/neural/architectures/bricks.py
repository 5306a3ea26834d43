"""What the bodies are made of: named layers, in a width, on pictures large enough."""

from __future__ import annotations

from typing import Any

from keras import layers

from mlkit.arguments import check_count, check_number
from mlkit.exceptions import ShapeError

__all__ = ["FEATURE_MAP", "LEAST_SIZE", "Bricks", "check_depth", "check_pictures"]

FEATURE_MAP = "feature_map"
"""Name of the layer that gives the last map of features, in every body that has one."""

LEAST_SIZE = 16
"""Rows and columns that a picture needs: after three halvings a map of 2 by 2."""


def check_pictures(
    inputs: Any, *, taker: str, least: int = LEAST_SIZE
) -> tuple[int, int, int]:
    """Check that a tensor stands for pictures of a known and sufficient size.

    Parameters
    ----------
    inputs : KerasTensor
        Shape (n, rows, columns, channels).
    taker : str
        Who takes them, for the message.
    least : int, default 16
        The least number of rows and of columns.

    Returns
    -------
    tuple of int
        Rows, columns and channels.

    Raises
    ------
    ShapeError
        If there are not four dimensions, a size is open, or the pictures are too small.
    """
    shape = tuple(inputs.shape)
    if len(shape) != 4 or None in shape[1:]:
        msg = (
            f"{taker} takes pictures of shape (n, rows, columns, channels) with sizes "
            f"that are known; got {shape}. Grey pictures need an axis for their one "
            "channel."
        )
        raise ShapeError(msg)
    if min(shape[1:3]) < least:
        msg = (
            f"{taker} takes pictures of at least {least} x {least} pixels; got "
            f"{shape[1]} x {shape[2]}. Enlarge them first, for instance with "
            "keras.layers.Resizing."
        )
        raise ShapeError(msg)
    return shape[1:]


def check_depth(depth: Any) -> None:
    """Check how many convolutions, modules or blocks stand in a row.

    Parameters
    ----------
    depth : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
    """
    check_count("depth", depth, minimum=1)


class Bricks:
    """Makes the layers of one body.

    Parameters
    ----------
    style : str
        What the names of the layers begin with.
    inputs : KerasTensor, shape (n, rows, columns, channels)
        The pictures, checked here.
    width : float
        Factor on all numbers of filters, above 0; at least one filter is left.
    dropout : float
        Share of the features that are dropped in front of the head, in [0, 1).

    Raises
    ------
    ShapeError
        If the pictures are too small; see `check_pictures`.
    TypeError, ValueError
        If a number is out of its range.

    Notes
    -----
    Convolutions go without a bias where batch normalisation follows, which has its own.
    Its moving averages have momentum 0.9, not Keras' 0.99: a small set has some 40
    batches an epoch, and after the first one two thirds of an average with 0.99 would
    still be its initial value.

    Initial weights are He's, drawn by Keras when the layers are built.

    References
    ----------
    .. [1] S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network
       training by reducing internal covariate shift", ICML 2015.
    .. [2] K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers: surpassing
       human-level performance on ImageNet classification", ICCV 2015.
    """

    def __init__(self, style: str, inputs: Any, *, width: float, dropout: float):
        check_pictures(inputs, taker=f"The style '{style}'")
        check_number("width", width)
        if width == 0:
            msg = "width must be above 0: no filters would be left."
            raise ValueError(msg)
        check_number("dropout", dropout, below=1)
        self.style, self.width, self.dropout = style, width, dropout

    def name(self, part: str) -> str:
        """Return the name of a layer.

        Parameters
        ----------
        part : str

        Returns
        -------
        str
        """
        return f"{self.style}_{part}"

    def filters(self, number: float) -> int:
        """Return a number of filters in the width of the body.

        Parameters
        ----------
        number : float
            Filters at width 1.

        Returns
        -------
        int
            At least 1.
        """
        return max(1, round(number * self.width))

    def convolution(
        self, x: Any, filters: float, size: int, part: str, *, strides: int = 1
    ) -> Any:
        """Add a convolution, batch normalisation and rectification.

        Parameters
        ----------
        x : KerasTensor, shape (n, rows, columns, channels)
        filters : float
            At width 1.
        size : int
            Side of the kernel.
        part : str
            Name of the convolution within the body.
        strides : int, default 1

        Returns
        -------
        KerasTensor, shape (n, ceil(rows / strides), ceil(columns / strides), filters)
        """
        x = self.linear_convolution(x, filters, size, part, strides=strides)
        return self.rectified(x, part)

    def linear_convolution(
        self, x: Any, filters: float, size: int, part: str, *, strides: int = 1
    ) -> Any:
        """Add a convolution and batch normalisation.

        Parameters
        ----------
        x, filters, size, part, strides
            As `convolution`.

        Returns
        -------
        KerasTensor
            As `convolution`, and of both signs.
        """
        x = layers.Conv2D(
            self.filters(filters),
            size,
            strides=strides,
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
            name=self.name(part),
        )(x)
        return self.normalised(x, part)

    def depthwise(self, x: Any, part: str, *, strides: int = 1) -> Any:
        """Add a 3x3 filter for each channel alone, normalised and rectified.

        Parameters
        ----------
        x : KerasTensor, shape (n, rows, columns, channels)
        part : str
        strides : int, default 1

        Returns
        -------
        KerasTensor, shape (n, ceil(rows / strides), ceil(columns / strides), channels)
        """
        x = layers.DepthwiseConv2D(
            3, strides=strides, padding="same", use_bias=False, name=self.name(part)
        )(x)
        return self.rectified(self.normalised(x, part), part)

    def normalised(self, x: Any, part: str) -> Any:
        """Add batch normalisation after the layer `part`.

        Parameters
        ----------
        x : KerasTensor
        part : str

        Returns
        -------
        KerasTensor, same shape
        """
        name = self.name(f"{part}_norm")
        return layers.BatchNormalization(momentum=0.9, name=name)(x)

    def rectified(self, x: Any, part: str) -> Any:
        """Add max(0, x) after the layer `part`.

        Parameters
        ----------
        x : KerasTensor
        part : str

        Returns
        -------
        KerasTensor, same shape
        """
        return layers.ReLU(name=self.name(f"{part}_relu"))(x)

    def pooled(self, x: Any, part: str) -> Any:
        """Halve rows and columns: the greatest value of each 2x2 square stays.

        Parameters
        ----------
        x : KerasTensor, shape (n, rows, columns, channels)
        part : str

        Returns
        -------
        KerasTensor, shape (n, rows // 2, columns // 2, channels)
        """
        return layers.MaxPooling2D(2, name=self.name(part))(x)

    def feature_map(self, x: Any) -> Any:
        """End the body with the layer that is called ``feature_map``.

        Parameters
        ----------
        x : KerasTensor, shape (n, rows, columns, filters)

        Returns
        -------
        KerasTensor, same shape

        Notes
        -----
        Whole maps are dropped, not single cells: the head averages over the cells, and
        a dropped map is a dropped feature there, as in a network with its dropout
        behind the pooling.
        """
        if self.dropout:
            name = self.name("dropout")
            x = layers.SpatialDropout2D(self.dropout, name=name)(x)
        return layers.Identity(name=FEATURE_MAP)(x)
