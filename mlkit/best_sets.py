"""The best set of labels of a row, where its worth is a sum over its labels."""

from __future__ import annotations

import numpy as np

__all__ = ["TIE", "best_sets", "best_size", "first_of"]

TIE = 1e-12
"""Sums of products carry rounding errors of about 1e-16 each: values closer than this
are ties, so that a decision does not depend on the order of a sum."""


def first_of(order: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Mark the first columns of an order.

    Parameters
    ----------
    order : ndarray of int, shape (n_samples, n_labels)
        The columns of every row, best first.
    sizes : ndarray of int, shape (n_samples,)
        How many of them are taken.

    Returns
    -------
    ndarray of bool, shape (n_samples, n_labels)

    Examples
    --------
    >>> first_of(np.array([[2, 0, 1]]), np.array([2])).tolist()
    [[True, False, True]]
    """
    decided = np.zeros(order.shape, dtype=bool)
    taken = np.arange(order.shape[1]) < sizes[:, np.newaxis]
    np.put_along_axis(decided, order, taken, axis=1)
    return decided


def best_size(worth: np.ndarray) -> np.ndarray:
    """Choose the number of labels of greatest worth; of equally good ones, the least.

    Parameters
    ----------
    worth : ndarray of float64, shape (n_samples, n_labels + 1)
        Of the best set of 0, 1, ... labels.

    Returns
    -------
    ndarray of int, shape (n_samples,)

    Examples
    --------
    >>> best_size(np.array([[0.1, 0.5, 0.5]])).tolist()
    [1]
    """
    return np.argmax(worth >= worth.max(axis=1, keepdims=True) - TIE, axis=1)


def best_sets(gain: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """Find the set of labels of greatest worth in each row.

    Parameters
    ----------
    gain : ndarray of float64, shape (n_samples, n_labels, n_labels)
        ``gain[i, j, k - 1]`` is what label j adds to the worth of a set of k labels.
    empty : ndarray of float64, shape (n_samples,)
        Worth of the empty set.

    Returns
    -------
    ndarray of bool, shape (n_samples, n_labels)
        Of equally good sets, the smallest and then the first columns.

    Notes
    -----
    The best set of each size are the labels that gain most; the best of these wins.

    References
    ----------
    K. Dembczyński, W. Waegeman, W. Cheng and E. Hüllermeier, "An exact algorithm for
    F-measure maximization", NIPS 2011, 1404-1412.

    Examples
    --------
    >>> best_sets(np.array([[[0.4, 0.3], [0.5, 0.3]]]), np.array([0.2])).tolist()
    [[True, True]]
    """
    n_rows, n_labels, _ = gain.shape
    if n_labels == 0:
        return np.zeros((n_rows, 0), dtype=bool)
    # Rounded, so that labels that are equal but for rounding stay in their order.
    order = np.argsort(-gain.round(12), axis=1, kind="stable")
    summed = np.cumsum(np.take_along_axis(gain, order, axis=1), axis=1)
    worth = np.column_stack([empty, np.diagonal(summed, axis1=1, axis2=2)])
    size = best_size(worth)
    # A row without decisions takes none of the order of size 1.
    return first_of(order[np.arange(n_rows), :, np.maximum(size - 1, 0)], size)
