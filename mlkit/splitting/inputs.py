"""Checks of what a splitter is given, shared by folds and parts."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.utils.multiclass import type_of_target

from mlkit.exceptions import (
    IndicatorError,
    RareLabelWarning,
    SplitError,
    names_for_message,
    warn,
)
from mlkit.validation import Indicator, check_indicator, check_same_rows

__all__ = [
    "check_groups",
    "check_labels",
    "check_order",
    "warn_uncovered",
]


def check_order(order: Any) -> Literal[1, 2]:
    """Check the order of stratification.

    Parameters
    ----------
    order : object

    Returns
    -------
    {1, 2}

    Raises
    ------
    SplitError
    """
    # True equals 1, but who writes order=True expects something else of it.
    if isinstance(order, bool) or order not in (1, 2):
        msg = f"order must be 1 (labels) or 2 (labels and pairs), got {order!r}."
        raise SplitError(msg)
    return 1 if order == 1 else 2


def check_labels(Y: Any, *, X: Any = None) -> Indicator:
    """Check what rows are to be stratified by.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1, and NaN where unknown; or one-dimensional, a class for each
        row.
    X : array-like, DataFrame or sparse matrix, optional
        Only its number of rows is looked at.

    Returns
    -------
    Indicator
        Sparse; classes become a label each. Unknown labels are 0.

    Raises
    ------
    IndicatorError
        If `Y` is absent, or neither a label matrix nor classes.
    ShapeError
        If `X` and `Y` differ in their number of rows.
    """
    if Y is None:
        msg = "Y is missing: the folds are stratified by it. Call split(X, Y)."
        raise IndicatorError(msg)
    # scikit-learn's own tools pass classes where a user tries the splitter on them.
    if not sp.issparse(Y) and np.ndim(Y) == 1:
        labels = _one_hot(np.asarray(Y))
    else:
        # To stratify is to choose rows, not to learn from them: an unknown label may
        # count as absent here without doing harm.
        checked = check_indicator(Y, allow_missing=True)
        labels = Indicator(checked.tocsr(), checked.label_names, "sparse")
    if X is not None:
        n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
        check_same_rows(n_rows, labels.shape[0], names=("X", "Y"))
    return labels


def _one_hot(y: np.ndarray) -> Indicator:
    kind = type_of_target(y)
    if kind not in ("binary", "multiclass"):
        msg = (
            f"A one-dimensional y must hold classes, got a {kind} target. Use a 0/1 "
            "label matrix, or KFold for a target to be regressed."
        )
        raise IndicatorError(msg)
    classes, column = np.unique(y, return_inverse=True)
    ones = np.ones(len(y), dtype=np.int8)
    matrix = sp.csr_array(
        (ones, column, np.arange(len(y) + 1)), shape=(len(y), len(classes))
    )
    return Indicator(matrix, tuple(map(str, classes)), "sparse")


def check_groups(groups: Any, n_samples: int, n_parts: int) -> np.ndarray | None:
    """Give numbers to the groups that must not be divided.

    Parameters
    ----------
    groups : array-like, shape (n_samples,), or None
        Any values that can be told apart, such as patients; none may be missing.
    n_samples : int
    n_parts : int
        Number of parts, each of which needs a group.

    Returns
    -------
    ndarray of int64, shape (n_samples,), or None
        From 0 on without gaps, in the order in which the groups come.

    Raises
    ------
    ShapeError
        If there are more or fewer groups than rows.
    SplitError
        If a group is missing, or there are fewer groups than parts.
    """
    if groups is None:
        return None
    values = np.asarray(groups)
    if values.ndim != 1:
        msg = f"groups must hold one value a row, got shape {values.shape}."
        raise SplitError(msg)
    check_same_rows(n_samples, len(values), names=("Y", "groups"))
    # Unlike numpy.unique, this takes mixed kinds, and tells missing ones by -1.
    codes, found = pd.factorize(values)
    if (codes < 0).any():
        msg = (
            f"The group of row {int((codes < 0).argmax())} is missing. Give each row "
            "that belongs to nobody a group of its own."
        )
        raise SplitError(msg)
    if len(found) < n_parts:
        msg = (
            f"Cannot make {n_parts} parts out of {len(found)} groups: each needs at "
            f"least one whole group. Use {len(found)} parts or fewer."
        )
        raise SplitError(msg)
    return codes.astype(np.int64)


def warn_uncovered(uncovered: np.ndarray, labels: Indicator) -> None:
    """Name the labels that could not be brought to every part.

    Parameters
    ----------
    uncovered : ndarray of int
        Columns of `labels`.
    labels : Indicator

    Warns
    -----
    RareLabelWarning
        If there is one.
    """
    if not len(uncovered):
        return
    names = names_for_message(labels.label_names[column] for column in uncovered)
    warn(
        f"{len(uncovered)} label(s) are missing in a part though they have rows (or "
        f"groups) enough for it: {names}. A swap that would bring them there takes "
        "other labels away. See split_report for the parts; try another random_state, "
        "larger parts, or fewer.",
        RareLabelWarning,
    )
