"""Weights of labels and rows: balance without touching the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlkit.validation import Indicator, check_indicator

__all__ = ["label_weights", "sample_weights"]


def label_weights(Y: Any) -> pd.DataFrame:
    r"""Weigh presence and absence of each label so that both count the same.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1, and NaN where unknown.

    Returns
    -------
    DataFrame of float, shape (n_labels, 2)
        Columns ``absent`` and ``present``, positive; one row a label, by its name.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.

    See Also
    --------
    sample_weights : The same balance as one weight a row.

    Notes
    -----
    .. math:: w_{j1} = \frac{n_j}{2 c_j}, \qquad w_{j0} = \frac{n_j}{2 (n_j - c_j)}

    with :math:`c_j` of the :math:`n_j` rows in which label j is known carrying it: each
    of the two classes then weighs :math:`n_j / 2` in all. It is scikit-learn's
    ``class_weight="balanced"``, for all labels at once. A label with a single value,
    or unknown everywhere, has nothing to balance: both weights are 1. Cost O(nnz).

    References
    ----------
    King, Zeng (2001), Logistic regression in rare events data, Political Analysis
    9(2): weighting of the two classes.

    Examples
    --------
    >>> label_weights([[1, 0], [0, 0], [0, 0], [0, 0]])
               absent  present
    label_0  0.666667      2.0
    label_1  1.000000      1.0
    """
    labels = check_indicator(Y, allow_missing=True)
    names, columns = list(labels.label_names), ["absent", "present"]
    return pd.DataFrame(_balanced(labels), index=names, columns=columns)


def _balanced(labels: Indicator) -> np.ndarray:
    known, present = labels.n_known(), labels.counts()
    classes = np.column_stack([known - present, present])
    # A class without rows would weigh infinitely; it never comes up in training.
    weights = np.ones(classes.shape)
    varied = ~labels.constant_labels()
    weights[varied] = known[varied, None] / (2 * classes[varied])
    return weights


def sample_weights(Y: Any) -> np.ndarray:
    r"""Weigh each row by the mean weight of its labels' values.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1, and NaN where unknown.

    Returns
    -------
    ndarray of float64, shape (n_samples,)
        At least 0, for ``fit(X, Y, sample_weight=...)``; they add up to n_samples
        where every label is known.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.

    See Also
    --------
    label_weights : The weights that are averaged here.

    Notes
    -----
    .. math:: w_i = \frac{1}{|K_i|} \sum_{j \in K_i} w_{j, y_{ij}}

    over the labels :math:`K_i` known in row i; 0 for a row of which nothing is known.
    One weight a row is a compromise: a row of a rare label pulls its frequent ones
    along, as a copy of the row would. Where the learner takes weights for each label,
    `label_weights` is exact. Cost O(nnz), without a dense copy of a sparse `Y`.

    Examples
    --------
    >>> sample_weights([[1], [0], [0], [0]]).round(3).tolist()
    [2.0, 0.667, 0.667, 0.667]
    """
    labels = check_indicator(Y, allow_missing=True)
    absent, present = _balanced(labels).T
    # All labels as if absent, then corrected where one is present: no dense matrix.
    totals = absent.sum() + labels.values @ (present - absent)
    n_known = np.full(labels.shape[0], float(labels.shape[1]))
    if labels.missing is not None:
        totals = totals - labels.missing @ absent
        n_known -= labels.missing @ np.ones(labels.shape[1])
    return np.divide(totals, n_known, out=np.zeros_like(n_known), where=n_known > 0)
