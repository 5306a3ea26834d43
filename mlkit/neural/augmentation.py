"""More pictures from those there are: moved, turned, cut, and mixed with each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.validation import check_same_rows

__all__ = ["Augmentation", "CutOut", "OnlyInTraining", "draw_mixing", "mix_up"]

_FLIPS = {
    None: (),
    "horizontal": ("horizontal",),
    "vertical": ("vertical",),
    # Keras' own "horizontal_and_vertical" tosses a single coin for the two, and so
    # never mirrors in one direction alone.
    "both": ("horizontal", "vertical"),
}


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """How pictures are varied in training: each in its own way, anew in every epoch.

    Parameters
    ----------
    flip : {"horizontal", "vertical", "both"} or None, default None
        Mirrored left to right or top to bottom, each with probability 1/2. Not for
        letters and digits.
    rotation : float, default 0.0
        Turned by up to so many degrees to either side, in [0, 180].
    zoom : float, default 0.0
        What is seen of the picture shrinks or grows by up to this share of its sides,
        in [0, 1).
    translation : float, default 0.0
        Moved by up to this share of the side, along both axes, in [0, 1].
    contrast : float, default 0.0
        Distances from a channel's mean are multiplied by a number that differs from 1
        by up to this share, in [0, 1]; what leaves the range of values is cut.
    cut_out : float, default 0.0
        Side of a square that becomes grey, as a share of the shorter side of the
        picture, in [0, 1]; see `CutOut`.

    Raises
    ------
    OptionError, TypeError, ValueError
        If an option has no such value.

    See Also
    --------
    mix_up : Mixes pictures with each other, and their label sets too.

    Notes
    -----
    Amounts are drawn uniformly. Places that come into the picture from outside show its
    mirror image, so that no black corner tells how it was turned. Rotation, zoom and
    translation interpolate one after the other: all three together blur a little.

    Whether a picture keeps its labels when it is changed is not for the layers to know:
    a "6" turned by 180 degrees is a "9".

    Examples
    --------
    >>> Augmentation(flip="horizontal", rotation=15)
    Augmentation(flip='horizontal', rotation=15, zoom=0.0, translation=0.0, \
contrast=0.0, cut_out=0.0)
    """

    flip: str | None = None
    rotation: float = 0.0
    zoom: float = 0.0
    translation: float = 0.0
    contrast: float = 0.0
    cut_out: float = 0.0

    def __post_init__(self) -> None:
        check_choice("flip", self.flip, _FLIPS)
        check_number("rotation", self.rotation, at_most=180)
        check_number("zoom", self.zoom, below=1)
        for name in ("translation", "contrast", "cut_out"):
            check_number(name, getattr(self, name), at_most=1)

    def layers(
        self,
        *,
        value_range: tuple[float, float] = (0.0, 255.0),
        random_state: Any = None,
    ) -> list[Any]:
        """Return layers to put in front of a network.

        Parameters
        ----------
        value_range : tuple of float, default (0.0, 255.0)
            Least and greatest value that a pixel may have.
        random_state : int, Generator or None, default None
            Seed of `numpy.random.default_rng`.

        Returns
        -------
        list of keras.layers.Layer
            In the order of the options; empty if nothing is to be varied. Each takes
            float pictures of shape (n, rows, columns, channels) and gives pictures of
            that shape, within `value_range` up to rounding; outside of training it
            changes nothing.

        Raises
        ------
        ValueError
            If the range is empty.

        Notes
        -----
        An option has the same seed whichever others are used. The two backends draw
        different numbers from it.

        Examples
        --------
        >>> import keras
        >>> x = pictures = keras.Input((64, 64, 3))
        >>> for layer in Augmentation(flip="both", zoom=0.2).layers(random_state=0):
        ...     x = layer(x)
        >>> x.shape
        (None, 64, 64, 3)
        """
        low, high = value_range
        if not low < high:
            msg = f"value_range must be (least, greatest), got {value_range}."
            raise ValueError(msg)
        kinds = self._kinds(low, high)
        seeds = np.random.default_rng(random_state).integers(2**31 - 1, size=len(kinds))
        # Half precision has too few steps for the values and the places of pixels.
        return [
            OnlyInTraining(make(seed=int(seed), dtype="float32"), dtype="float32")
            for (wanted, make), seed in zip(kinds, seeds, strict=True)
            if wanted
        ]

    def _kinds(self, low: float, high: float) -> list[tuple[Any, Callable[..., Any]]]:
        """List all kinds of layers, and whether they are wanted."""
        flips, moves = _FLIPS[self.flip], (self.translation, self.translation)
        # A single number would let contrast only grow.
        contrast = (self.contrast, self.contrast)
        return [
            ("horizontal" in flips, partial(layers.RandomFlip, "horizontal")),
            ("vertical" in flips, partial(layers.RandomFlip, "vertical")),
            (self.rotation, partial(layers.RandomRotation, self.rotation / 360)),
            (self.zoom, partial(layers.RandomZoom, self.zoom)),
            (self.translation, partial(layers.RandomTranslation, *moves)),
            (
                self.contrast,
                partial(layers.RandomContrast, contrast, value_range=(low, high)),
            ),
            (
                self.cut_out,
                partial(CutOut, self.cut_out, fill_value=(low + high) / 2),
            ),
        ]


@keras.saving.register_keras_serializable(package="mlkit")
class OnlyInTraining(layers.Wrapper):
    """Applies a layer in training; everywhere else nothing is changed.

    Parameters
    ----------
    layer : keras.layers.Layer
        What is applied.
    **kwargs
        Of every layer, such as ``name``.

    Notes
    -----
    Keras' own random layers take a call for training unless they are told otherwise, so
    that ``network(pictures)`` would predict from varied pictures, though
    ``network.predict(pictures)`` does not.

    They also let a network be trained without compilation. That is necessary on
    TensorFlow, which cannot compile some of them; on JAX, which can, every operation
    would be started by itself.

    Examples
    --------
    >>> import numpy as np
    >>> layer = OnlyInTraining(keras.layers.RandomFlip("horizontal", seed=0))
    >>> pictures = np.arange(12, dtype="float32").reshape(1, 2, 2, 3)
    >>> np.array_equal(layer(pictures), pictures)
    True
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        if keras.backend.backend() == "jax":
            layer.supports_jit = True

    def call(self, pictures: Any, training: bool | None = False) -> Any:
        """Apply the layer, or not.

        Parameters
        ----------
        pictures : tensor
        training : bool, default False

        Returns
        -------
        tensor
        """
        return self.layer(pictures, training=True) if training else pictures


@keras.saving.register_keras_serializable(package="mlkit")
class CutOut(layers.Layer):
    """Covers a square somewhere in each picture, in training.

    Parameters
    ----------
    share : float
        Side of the square, as a share of the shorter side of the picture, in [0, 1];
        rounded to whole pixels.
    fill_value : float, default 0.0
        What the covered pixels become; the mean of the pixels does least harm.
    seed : int, optional
        Of the places.
    **kwargs
        Of every layer, such as ``name``.

    Raises
    ------
    TypeError, ValueError
        If `share` is out of its range.

    Notes
    -----
    The middle of the square may be any pixel. Near the border a part of the square lies
    outside, which the paper found important: some pictures should stay almost whole.

    References
    ----------
    .. [1] T. DeVries and G. W. Taylor, "Improved regularization of convolutional neural
       networks with cutout", arXiv:1708.04552, 2017, section 3.2.

    Examples
    --------
    >>> pictures = np.ones((1, 8, 8, 1), dtype="float32")
    >>> covered = np.asarray(CutOut(0.5, seed=0)(pictures, training=True)) == 0
    >>> int(covered.sum()) in range(4, 17)
    True
    """

    def __init__(
        self,
        share: float,
        *,
        fill_value: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_number("share", share, at_most=1)
        self.share, self.fill_value, self.seed = share, fill_value, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, pictures: Any, training: bool | None = False) -> Any:
        """Cover squares, or return the pictures as they are.

        Parameters
        ----------
        pictures : tensor of float, shape (n, rows, columns, channels)
        training : bool, default False

        Returns
        -------
        tensor of float, same shape
        """
        if not training:
            return pictures
        n, rows, columns, _ = ops.shape(pictures)
        side = round(self.share * min(pictures.shape[1:3]))
        down = self._covered(n, rows, side)[:, :, None, None]
        across = self._covered(n, columns, side)[:, None, :, None]
        return ops.where(down & across, self.fill_value, pictures)

    def _covered(self, n: Any, length: int, side: int) -> Any:
        """Return which of the places along an axis the squares cover, (n, length)."""
        middle = keras.random.randint((n, 1), 0, length, seed=self.seed_generator)
        offset = ops.arange(length) - (middle - side // 2)
        return (offset >= 0) & (offset < side)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is built from.

        Returns
        -------
        dict
        """
        own = {"share": self.share, "fill_value": self.fill_value, "seed": self.seed}
        return super().get_config() | own


def draw_mixing(
    rng: np.random.Generator, n_rows: int, alpha: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draw for `mix_up` which rows are mixed, and how much of each is taken.

    Parameters
    ----------
    rng : Generator
    n_rows : int
        Rows of the batch, at least 1.
    alpha : float
        Above 0. Shares come from Beta(alpha, alpha): near 0 or 1 for a small alpha,
        which leaves most rows almost as they are; uniform for 1; near 1/2 for a large
        one. The paper has 0.1 to 0.4 for its pictures.

    Returns
    -------
    partner : ndarray of int64, shape (n_rows,)
        A permutation of the rows; a row may be its own partner.
    share : ndarray of float32, shape (n_rows,)
        How much of the row itself is taken, in [0, 1]; one minus this of its partner.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    Examples
    --------
    >>> partner, share = draw_mixing(np.random.default_rng(0), 4, alpha=0.4)
    >>> sorted(partner.tolist()), share.shape
    ([0, 1, 2, 3], (4,))
    """
    check_count("n_rows", n_rows, minimum=1)
    check_number("alpha", alpha)
    if alpha == 0:
        msg = "alpha must be above 0; without mixing leave mix_up out."
        raise ValueError(msg)
    share = rng.beta(alpha, alpha, size=n_rows).astype(np.float32)
    return rng.permutation(n_rows), share


def mix_up(
    x: np.ndarray, y: np.ndarray, *, partner: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""Mix each row with another, and their label sets in the same shares.

    Parameters
    ----------
    x : ndarray, shape (n_rows, ...)
        Pictures, or other numbers.
    y : ndarray, shape (n_rows, n_labels)
        Labels in [0, 1]; negative where unknown.
    partner : ndarray of int, shape (n_rows,)
        Which row each is mixed with.
    share : ndarray of float, shape (n_rows,)
        How much of the row itself is taken, in [0, 1].

    Returns
    -------
    x : ndarray of float32, same shape
    y : ndarray of float32, same shape
        Soft labels in [0, 1]; -1 where one of the two is unknown.

    Raises
    ------
    ShapeError
        If the rows of the four are not the same.
    ValueError
        If a partner is no row, or a share outside of [0, 1].

    See Also
    --------
    draw_mixing : Draws `partner` and `share`.

    Notes
    -----
    With the share :math:`\lambda` of row i and its partner k:

    .. math:: x' = \lambda x_i + (1 - \lambda) x_k, \qquad
              y' = \lambda y_i + (1 - \lambda) y_k

    A label that both carry stays 1, one that neither carries stays 0. For label sets
    the union would be another target, since both garments are to be seen. But then a
    label would count as fully present in a picture that shows a twentieth of it, and be
    more frequent in training than it is; the mixture keeps its frequency.

    References
    ----------
    .. [1] H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz, "mixup: beyond empirical
       risk minimization", ICLR 2018, section 1.

    Examples
    --------
    >>> x, y = np.array([[0.0], [8.0]]), np.array([[1, 1, -1], [1, 0, 0]])
    >>> x, y = mix_up(x, y, partner=np.array([1, 0]), share=np.array([0.75, 0.5]))
    >>> x.tolist(), y.tolist()
    ([[2.0], [4.0]], [[1.0, 0.75, -1.0], [1.0, 0.5, -1.0]])
    """
    _check_mixing(x, y, partner, share)
    own = np.asarray(share, dtype=np.float32)
    mixed_y = _mixed(y, partner, own)
    mixed_y[(y < 0) | (y[partner] < 0)] = -1
    return _mixed(x, partner, own), mixed_y


def _mixed(values: np.ndarray, partner: np.ndarray, share: np.ndarray) -> np.ndarray:
    values = values.astype(np.float32, copy=False)
    share = share.reshape(-1, *[1] * (values.ndim - 1))
    # Two products: x_k + share (x_i - x_k) would not be x_i exactly where share is 1.
    return share * values + (1 - share) * values[partner]


def _check_mixing(
    x: np.ndarray, y: np.ndarray, partner: np.ndarray, share: np.ndarray
) -> None:
    for name, values in {"y": y, "partner": partner, "share": share}.items():
        check_same_rows(len(x), len(values), names=("x", name))
    if not ((partner >= 0) & (partner < len(x))).all():
        msg = f"partner must name rows from 0 to {len(x) - 1}; got {partner.tolist()}."
        raise ValueError(msg)
    if not ((share >= 0) & (share <= 1)).all():
        msg = f"share must be in [0, 1]; got {share.tolist()}."
        raise ValueError(msg)
