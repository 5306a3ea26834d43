"""Features that are pictures, and their pixels as bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["is_pictures", "pixel_bytes"]

_LEAST_PICTURE_SIDE = 8


def is_pictures(X: Any) -> bool:
    """Tell whether features are pictures.

    Parameters
    ----------
    X : DataFrame, csr_array or ndarray

    Returns
    -------
    bool
        For numbers of shape (n, height, width) and (n, height, width, channels) with 1,
        3 or 4 channels, where both sides have at least 8 pixels: a series of four
        channels is none.

    Examples
    --------
    >>> import numpy as np
    >>> is_pictures(np.zeros((5, 28, 28))), is_pictures(np.zeros((5, 100, 4)))
    (True, False)
    """
    if not isinstance(X, np.ndarray) or X.ndim not in (3, 4):
        return False
    channels = X.shape[3] if X.ndim == 4 else 1
    large = min(X.shape[1:3]) >= _LEAST_PICTURE_SIDE
    return large and channels in (1, 3, 4) and X.dtype.kind in "uifb"


def pixel_bytes(pixels: np.ndarray) -> np.ndarray:
    """Return pixels as bytes, as files and screens want them.

    Parameters
    ----------
    pixels : ndarray of numbers or bool, of any shape
        One picture, or several that are to be compared: they get one scale.

    Returns
    -------
    ndarray of uint8, of the same shape
        Whole numbers in [0, 255] and numbers in [0, 1] are shown as they are; other
        ranges are stretched to 0 for the least and 255 for the greatest. What is not
        finite becomes 0 first.

    Examples
    --------
    >>> pixel_bytes(np.array([0.0, 0.5, 1.0])).tolist()
    [0, 128, 255]
    >>> pixel_bytes(np.array([0.0, 8.0, 16.0])).tolist()
    [0, 128, 255]
    """
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    numbers = np.nan_to_num(pixels.astype(float), posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= 255 and pixels.dtype.kind in "iu":
        low, high = 0.0, 255.0
    scaled = (numbers - low) / ((high - low) or 1.0)
    return np.round(255 * scaled).astype(np.uint8)
