"""Mean and variance of channels: of the columns of a table, of colours, of sensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["blocks", "channel_moments"]

# Numbers that are measured at a time: as float64 they still fit into a cache or two.
_BLOCK = 2**20


def channel_moments(X: Any, n_channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of each channel over all rows, and all places in them.

    Parameters
    ----------
    X : array-like or sparse matrix of numbers, shape (n_samples, ...[, n_channels])
        Read a few rows at a time.
    n_channels : int
        Length of the last axis; 1 where all numbers are of one channel. The columns of
        a table are channels.

    Returns
    -------
    mean, variance : ndarray of float64, shape (n_channels,)

    Notes
    -----
    Means and sums of squares of the parts are combined as Chan, Golub and LeVeque [1]_
    do; the difference of the mean square and the squared mean would lose all digits
    where the mean is large.

    References
    ----------
    .. [1] T. F. Chan, G. H. Golub, R. J. LeVeque. Algorithms for computing the sample
       variance. The American Statistician 37(3), 1983.

    Examples
    --------
    >>> mean, variance = channel_moments(np.array([[[[0, 5], [4, 5]]]]), 2)
    >>> mean.tolist(), variance.tolist()
    ([2.0, 5.0], [4.0, 0.0])
    """
    count, mean, squares = 0, np.zeros(n_channels), np.zeros(n_channels)
    for block in blocks(X):
        values = block.reshape(-1, n_channels).astype(np.float64)
        apart = values.mean(axis=0) - mean
        total = count + len(values)
        squares += len(values) * (values.var(axis=0) + apart**2 * (count / total))
        mean += apart * (len(values) / total)
        count = total
    return mean, squares / count


def blocks(X: Any) -> Iterator[np.ndarray]:
    """Yield the rows of features in parts, in their order.

    Parameters
    ----------
    X : array-like or sparse matrix of numbers, n_samples rows

    Yields
    ------
    ndarray
        Dense; about a million numbers.
    """
    step = max(1, _BLOCK // int(np.prod(X.shape[1:], dtype=np.int64)))
    for start in range(0, X.shape[0], step):
        part = X[start : start + step]
        yield part.toarray() if sp.issparse(part) else np.asarray(part)
