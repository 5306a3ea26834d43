"""Checks that labels and what is set beside them speak of the same rows and labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mlkit.exceptions import LabelNameError, ShapeError, names_for_message
from mlkit.validation import (
    Indicator,
    check_indicator,
    check_same_shape,
    check_scores,
)

__all__ = ["align_prediction", "align_scores", "check_same_names"]


def align_prediction(Y: Any, Y_pred: Any) -> tuple[Indicator, Indicator]:
    """Check a pair of label matrices that a metric is to compare.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1; need not be the same container as `Y`.

    Returns
    -------
    true, predicted : Indicator

    Raises
    ------
    IndicatorError
        If one of the two holds anything but 0 and 1, or `Y_pred` holds NaN.
    ShapeError
        If the shapes differ, there is no row or no label, or both are DataFrames with
        the same row names in another order.
    LabelNameError
        If both are DataFrames and their columns differ by name or by order.

    Notes
    -----
    Names are compared only where both sides carry some. Columns in another order are
    refused, not reordered: the same pair given as arrays would be scored wrongly
    without a word, so it is better to repair the place that loses the order.
    """
    true = check_indicator(Y, name="Y", allow_missing=True)
    predicted = check_indicator(Y_pred, name="Y_pred")
    _check_not_empty(true.shape)
    check_same_shape(true.shape, predicted.shape, names=("Y", "Y_pred"))
    check_same_names(Y, Y_pred, "Y_pred")
    return true, predicted


def align_scores(
    Y: Any,
    scores: Any,
    *,
    name: str = "scores",
    check: Callable[..., np.ndarray] = check_scores,
) -> tuple[Indicator, np.ndarray]:
    """Check true labels and the scores that belong to them.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant.
    name : str, default "scores"
        How messages call `scores`.
    check : callable, default `mlkit.validation.check_scores`
        Checks the scores: that, or `mlkit.validation.check_probabilities`.

    Returns
    -------
    true : Indicator
    scores : ndarray of float64, shape (n_samples, n_labels)

    Raises
    ------
    IndicatorError
        If `Y` holds anything but 0 and 1.
    ScoresError
        If `scores` is not a matrix of finite numbers in their range.
    ShapeError, LabelNameError
        As `align_prediction`.
    """
    true = check_indicator(Y, name="Y", allow_missing=True)
    _check_not_empty(true.shape)
    values = check(scores, name=name, shape=true.shape)
    check_same_names(Y, scores, name)
    return true, values


def _check_not_empty(shape: tuple[int, int]) -> None:
    if 0 in shape:
        msg = (
            f"Y has shape {shape}: rows and labels are counted here, and there must be "
            "at least one of each. Check the selection that produced Y."
        )
        raise ShapeError(msg)


def check_same_names(Y: Any, other: Any, name: str, *, to: str = "Y") -> None:
    """Refuse two DataFrames whose labels differ, or whose rows come in another order.

    Parameters
    ----------
    Y, other : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
    name : str
        How messages call `other`.
    to : str, default "Y"
        How messages call `Y`.

    Raises
    ------
    LabelNameError
        If both are DataFrames and their columns differ by name or by order.
    ShapeError
        If both are DataFrames with the same row names in another order.
    """
    # Arrays and sparse matrices carry no names: there, position is all there is.
    if isinstance(Y, pd.DataFrame) and isinstance(other, pd.DataFrame):
        # As strings, which is how the kit keeps label names everywhere: a column 1 and
        # a column "1" are the same label.
        _check_same_columns([*map(str, Y)], [*map(str, other)], name, to)
        _check_row_order(Y.index, other.index, name, to)


def _check_same_columns(
    expected: list[str], got: list[str], name: str, to: str
) -> None:
    if expected == got:
        return
    absent = [label for label in expected if label not in set(got)]
    extra = [label for label in got if label not in set(expected)]
    # The same names in another order deserve their own message: it is the usual case
    # (columns sorted on the way) and has a one-line cure.
    if not absent and not extra:
        first = next(j for j in range(len(got)) if expected[j] != got[j])
        msg = (
            f"{to} and {name} have the same labels in another order (first: column "
            f"{first} is '{expected[first]}' in {to} and '{got[first]}' in {name}). "
            f"Reorder: {name} = {name}[{to}.columns]."
        )
        raise LabelNameError(msg)
    msg = (
        f"{to} and {name} have different labels: {name} lacks "
        f"{names_for_message(absent)} and has {names_for_message(extra)} instead. "
        f"Rename the columns of {name}."
    )
    raise LabelNameError(msg)


def _check_row_order(expected: pd.Index, got: pd.Index, name: str, to: str) -> None:
    # Different row names are let through: a prediction often comes with names 0, 1, ...
    # of its own. The same names in another order can hardly be meant.
    if expected.equals(got):
        return
    if expected.isin(got).all() and got.isin(expected).all():
        msg = (
            f"{to} and {name} have the same row names in another order. Align them: "
            f"{name} = {name}.loc[{to}.index]; or pass {name}.to_numpy() if row i of "
            "both is the same example."
        )
        raise ShapeError(msg)
