"""The figures by which resamplers tell rare labels."""

from __future__ import annotations

import numpy as np

from mlkit.imbalance import imbalance_ratios

__all__ = ["is_minority", "mean_ratio"]


def mean_ratio(counts: np.ndarray) -> float:
    """Return MeanIR, the mean IRLbl of the labels that have rows.

    Parameters
    ----------
    counts : ndarray of int, shape (n_labels,)
        Rows that carry each label.

    Returns
    -------
    float
        At least 1; 1 where no label has rows.

    Examples
    --------
    >>> mean_ratio(np.array([6, 3, 0]))
    1.5
    """
    present = counts > 0
    return float(imbalance_ratios(counts)[present].mean()) if present.any() else 1.0


def is_minority(counts: np.ndarray) -> np.ndarray:
    """Return which labels are rare: IRLbl above MeanIR.

    Parameters
    ----------
    counts : ndarray of int, shape (n_labels,)
        Rows that carry each label.

    Returns
    -------
    ndarray of bool, shape (n_labels,)
        False for labels without rows, of which nothing can be repeated.

    Examples
    --------
    >>> is_minority(np.array([6, 3, 0])).tolist()
    [False, True, False]
    """
    return (counts > 0) & (imbalance_ratios(counts) > mean_ratio(counts))
