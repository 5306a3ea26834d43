"""From logits to probabilities: the two last layers that multi-label work meets."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlkit.exceptions import ScoresError

__all__ = ["sigmoid", "softmax"]


def sigmoid(logits: ArrayLike) -> np.ndarray:
    r"""Turn each logit into a probability on its own.

    Parameters
    ----------
    logits : array-like of float, any shape
        Finite real numbers.

    Returns
    -------
    ndarray of float64, same shape
        Values in [0, 1]; one entry depends on no other.

    Raises
    ------
    ScoresError
        If an entry is not a finite number.

    See Also
    --------
    softmax : Shares of one unit, for classes that exclude each other.

    Notes
    -----
    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}}

    Computed as :math:`e^{-|z|} / (1 + e^{-|z|})` below zero, so that no exponential
    overflows and small probabilities keep their relative precision.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006,
       equation (4.59).

    Examples
    --------
    >>> sigmoid([-1, 5, -0.5]).round(4).tolist()
    [0.2689, 0.9933, 0.3775]
    >>> sigmoid([-1000, 0, 1000]).tolist()
    [0.0, 0.5, 1.0]
    """
    z = _finite(logits)
    # exp of a number <= 0 cannot overflow, whatever the sign of the logit.
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1.0, small) / (1.0 + small))


def softmax(logits: ArrayLike, *, axis: int = -1) -> np.ndarray:
    r"""Share one unit of probability among classes that exclude each other.

    Parameters
    ----------
    logits : array-like of float, at least one dimension
        Finite real numbers.
    axis : int, default -1
        The axis over which the shares sum to one.

    Returns
    -------
    ndarray of float64, same shape
        Values in [0, 1]; every entry depends on all logits along `axis`.

    Raises
    ------
    ScoresError
        If an entry is not a finite number, or there is nothing to share among.

    See Also
    --------
    sigmoid : One probability a label, for labels that may occur together.

    Notes
    -----
    .. math:: \mathrm{softmax}(z)_j = \frac{e^{z_j}}{\sum_k e^{z_k}}

    Adding a constant to all logits changes nothing; the largest is therefore taken
    off first, so that no exponential overflows. With two classes,
    :math:`\mathrm{softmax}(z)_1 = \sigma(z_1 - z_0)`.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006,
       equation (4.62).

    Examples
    --------
    >>> softmax([4, 4, -3]).round(2).tolist()
    [0.5, 0.5, 0.0]
    >>> softmax([[1000, 1000], [-1000, 0]]).tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    z = _finite(logits)
    if z.ndim == 0 or z.shape[axis] == 0:
        msg = (
            f"softmax needs at least one logit along axis {axis}; got shape {z.shape}. "
            "Pass the logits of all classes together."
        )
        raise ScoresError(msg)
    # The largest becomes exp(0) = 1: nothing overflows, and the sum is at least 1.
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def _finite(logits: ArrayLike) -> np.ndarray:
    """Convert to float64, or say which entry is not a finite number."""
    try:
        values = np.asarray(logits, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"logits must be an array of numbers: {err}."
        raise ScoresError(msg) from err
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        where = tuple(int(i) for i in bad[0])
        msg = (
            f"logits has {len(bad)} values that are not finite (first: position "
            f"{where} = {values[where]}). Pass finite real numbers."
        )
        raise ScoresError(msg)
    return values
