"""How unequal labels are: IRLbl from counts, SCUMBLE of rows."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

__all__ = ["imbalance_ratios", "row_scumble"]


def imbalance_ratios(counts: np.ndarray) -> np.ndarray:
    r"""Return IRLbl, how much rarer each label is than the most frequent one.

    Parameters
    ----------
    counts : ndarray of int, shape (n_labels,)
        Rows that carry each label.

    Returns
    -------
    ndarray of float64, shape (n_labels,)
        :math:`\max_k c_k / c_j`, at least 1; infinite for a label without rows.

    Examples
    --------
    >>> imbalance_ratios(np.array([6, 3, 0])).tolist()
    [1.0, 2.0, inf]
    """
    # Filled beforehand: a division by 0 would warn where infinity is meant.
    ratios = np.full(counts.shape, np.inf)
    return np.divide(counts.max(initial=0), counts, out=ratios, where=counts > 0)


def row_scumble(Y: sp.csr_array) -> np.ndarray:
    r"""Return SCUMBLE of each row: whether rare and frequent labels meet in it.

    Parameters
    ----------
    Y : csr_array of int, shape (n_samples, n_labels)
        Canonical, without stored zeros.

    Returns
    -------
    ndarray of float64, shape (n_samples,)
        In [0, 1): one minus the geometric by the arithmetic mean of IRLbl over the
        labels of the row; 0 for rows with at most one label.

    Examples
    --------
    >>> Y = sp.csr_array([[1, 0], [1, 0], [1, 0], [1, 1]])
    >>> row_scumble(Y).round(3).tolist()
    [0.0, 0.0, 0.0, 0.2]
    """
    sizes = np.diff(Y.indptr)
    # Absent labels are infinite, and no row has an entry for them: never multiplied.
    ratios = imbalance_ratios(np.bincount(Y.indices, minlength=Y.shape[1]))
    # A single label is 0 by definition; rounding would make it 1e-16.
    several = sizes > 1
    scores = np.zeros(Y.shape[0])
    arithmetic = (Y @ ratios)[several] / sizes[several]
    # The mean of logarithms: the product of many ratios would overflow.
    logarithms = (Y @ np.log(ratios))[several] / sizes[several]
    scores[several] = 1 - np.exp(logarithms) / arithmetic
    # Equally frequent labels may come out at -1e-16.
    return scores.clip(min=0.0)
