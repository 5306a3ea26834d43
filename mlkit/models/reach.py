"""Which label sets a learner of whole sets can answer with, as its rows grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlkit.models.label_sets import number_label_sets
from mlkit.validation import check_indicator

__all__ = ["rows_until_composed", "rows_until_seen"]


def rows_until_seen(Y_train: Any, Y_test: Any, *, times: int = 1) -> np.ndarray:
    """Say after how many training rows the label set of each test row is known.

    Parameters
    ----------
    Y_train : array-like, DataFrame or sparse matrix, shape (n_train, n_labels)
        0 and 1. The rows are counted in their order.
    Y_test : array-like, DataFrame or sparse matrix, shape (n_test, n_labels)
        0 and 1.
    times : int, default 1
        How often a set must have been seen, at least 1. A learner that prunes the sets
        of at most p rows (see `PrunedSets`) keeps those that were seen p + 1 times.

    Returns
    -------
    ndarray of int64, shape (n_test,)
        From `times` to n_train; n_train + 1 where all training rows are not enough.

    See Also
    --------
    rows_until_composed : The same where sets are put together from parts.

    Notes
    -----
    A label powerset answers with a set that it was trained on: the test rows whose
    number is above n cannot be right after n rows, whatever the base learner. Their
    share bounds the subset accuracy. O((n_train + n_test) n_labels), once for all n.

    Examples
    --------
    >>> Y_train = [[1, 0], [0, 1], [1, 0]]
    >>> Y_test = [[1, 0], [0, 1], [1, 1]]
    >>> rows_until_seen(Y_train, Y_test).tolist()
    [1, 2, 4]
    >>> rows_until_seen(Y_train, Y_test, times=2).tolist()
    [3, 4, 4]
    """
    return _rows_until(_values(Y_train), _values(Y_test), times)


def rows_until_composed(
    Y_train: Any, Y_test: Any, labelsets: Sequence[np.ndarray]
) -> np.ndarray:
    """Say after how many training rows a set can be put together from known parts.

    Parameters
    ----------
    Y_train : array-like, DataFrame or sparse matrix, shape (n_train, n_labels)
        0 and 1. The rows are counted in their order.
    Y_test : array-like, DataFrame or sparse matrix, shape (n_test, n_labels)
        0 and 1.
    labelsets : sequence of ndarray of int
        Positions of the labels in each group, as in the ``labelsets_`` of a fitted
        `RAkELd`; together all labels.

    Returns
    -------
    ndarray of int64, shape (n_test,)
        From 1 to n_train; n_train + 1 where all training rows are not enough.

    See Also
    --------
    rows_until_seen : The same for whole sets.

    Notes
    -----
    A row is within reach when, in every group, its part of the set was seen.

    Examples
    --------
    The set of both labels was never seen, each of them was:

    >>> rows_until_composed([[1, 0], [0, 1]], [[1, 1]], [np.array([0]), np.array([1])])
    array([2])
    """
    train, test = _values(Y_train), _values(Y_test)
    until = np.zeros(test.shape[0], dtype=np.int64)
    for labelset in labelsets:
        part = _rows_until(train[:, labelset], test[:, labelset], 1)
        np.maximum(until, part, out=until)
    return until


def _rows_until(train: Any, test: Any, times: int) -> np.ndarray:
    stacked = sp.vstack if sp.issparse(train) else np.vstack
    _, codes = number_label_sets(stacked([train, test]))
    n_train = train.shape[0]
    seen = codes[:n_train]
    counts = np.bincount(seen, minlength=codes.max(initial=0) + 1)
    # The rows set by set, in their order within each: the one that is asked for stands
    # `times` places after the beginning of its set.
    rows = np.append(np.argsort(seen, kind="stable"), n_train)
    places = np.minimum(counts.cumsum() - counts + times - 1, n_train)
    return np.where(counts >= times, rows[places], n_train)[codes[n_train:]] + 1


def _values(Y: Any) -> np.ndarray | sp.csr_array:
    return check_indicator(Y).values
