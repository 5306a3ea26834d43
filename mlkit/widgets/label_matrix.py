"""The labels that an explorer is given, in whatever container."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.dataset import MultiLabelDataset
from mlkit.validation import Indicator, check_indicator

__all__ = ["label_matrix", "sampled_rows"]

_MOST_ROWS = 20_000
_MOST_CELLS = 4_000_000


def label_matrix(labels: Any) -> Indicator:
    """Check labels, with their names; what is unknown counts as absent.

    Parameters
    ----------
    labels : MultiLabelDataset, DataFrame, array-like or sparse matrix
        Of shape (n_samples, n_labels).

    Returns
    -------
    Indicator

    Raises
    ------
    IndicatorError
        If it is not a label matrix.

    Examples
    --------
    >>> label_matrix([[1, 0], [None, 1]]).counts().tolist()
    [1, 1]
    """
    if isinstance(labels, MultiLabelDataset):
        return check_indicator(labels.Y, label_names=labels.label_names)
    return check_indicator(labels, allow_missing=True)


def sampled_rows(labels: Indicator, *, random_state: int = 0) -> np.ndarray:
    """Return the rows in random order, of many only some: an explorer must not wait.

    Parameters
    ----------
    labels : Indicator
    random_state : int, default 0
        Seed of the order.

    Returns
    -------
    ndarray of int64
        All rows, or as many as 20 000 rows and 4 000 000 cells allow, at least 2.

    Examples
    --------
    >>> len(sampled_rows(label_matrix(np.zeros((5_000, 1_000), dtype=np.int8))))
    4000
    """
    n_samples, n_labels = labels.shape
    most = max(2, min(_MOST_ROWS, _MOST_CELLS // max(n_labels, 1)))
    return np.random.RandomState(random_state).permutation(n_samples)[:most]
