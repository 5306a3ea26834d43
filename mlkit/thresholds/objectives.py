"""What a threshold can be chosen for: measures of the four counts of a cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError, unknown_name

__all__ = ["OBJECTIVES", "Objective", "check_beta", "check_objective", "f_beta"]

Objective: TypeAlias = Callable[
    [np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray
]
"""``objective(tp, fp, fn, tn)``: values to maximise, of the shape of the counts."""


def check_beta(beta: Any) -> float:
    """Check the weight of recall against precision and square it.

    Parameters
    ----------
    beta : float
        Finite and more than 0.

    Returns
    -------
    float
        ``beta ** 2``, which is what the F-measure is written with.

    Raises
    ------
    TypeError
        If it is not a number.
    OptionError
        If it is out of its range.

    Examples
    --------
    >>> check_beta(2)
    4.0
    """
    check_number("beta", beta, error=OptionError)
    if beta == 0:
        msg = "beta must be more than 0, got 0: recall would not count at all."
        raise OptionError(msg)
    return float(beta) ** 2


def f_beta(beta: float = 1.0) -> Objective:
    """Return the F-measure as an objective of a threshold search.

    Parameters
    ----------
    beta : float, default 1.0
        Weight of recall against precision, more than 0.

    Returns
    -------
    callable
        ``objective(tp, fp, fn, tn)``, in [0, 1].

    Raises
    ------
    OptionError
        If `beta` is not a positive number.

    Notes
    -----
    ``(1 + b^2) tp / ((1 + b^2) tp + b^2 fn + fp)``, and 0 where that is 0 / 0: nothing
    to find and nothing decided.

    Examples
    --------
    >>> float(f_beta(1)(*np.array([1, 1, 0, 5])).round(3))
    0.667
    """
    square = check_beta(beta)

    def objective(
        tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, tn: np.ndarray
    ) -> np.ndarray:
        return _ratio((1 + square) * tp, (1 + square) * tp + square * fn + fp)

    return objective


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide, with 0 for 0 / 0."""
    # Where nothing is counted there is no warning and no NaN: a NaN would win every
    # argmax and hide the cuts that are worth something.
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole > 0)


def _jaccard(
    tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, tn: np.ndarray
) -> np.ndarray:
    return _ratio(tp, tp + fp + fn)


def _accuracy(
    tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, tn: np.ndarray
) -> np.ndarray:
    return _ratio(tp + tn, tp + fp + fn + tn)


def _balanced_accuracy(
    tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, tn: np.ndarray
) -> np.ndarray:
    return (_ratio(tp, tp + fn) + _ratio(tn, tn + fp)) / 2


def _mcc(tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, tn: np.ndarray) -> np.ndarray:
    # Two roots: the product of four sums of 20 million cells overflows an integer.
    one = np.sqrt((tp + fp) * 1.0 * (tp + fn))
    other = np.sqrt((tn + fp) * 1.0 * (tn + fn))
    return _ratio(tp * 1.0 * tn - fp * 1.0 * fn, one * other)


OBJECTIVES: dict[str, Objective] = {
    "f1": f_beta(1.0),
    "f2": f_beta(2.0),
    "f0.5": f_beta(0.5),
    "jaccard": _jaccard,
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "mcc": _mcc,
}
"""The objectives that have a name; a ratio 0 / 0 counts as 0."""


def check_objective(metric: Any) -> Objective:
    """Look an objective up by its name; a callable is taken as it is.

    Parameters
    ----------
    metric : str or callable
        A key of `OBJECTIVES`, or ``objective(tp, fp, fn, tn)``.

    Returns
    -------
    callable

    Raises
    ------
    UnknownNameError
        If no objective has this name.

    Examples
    --------
    >>> check_objective("f3")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mlkit.exceptions.UnknownNameError: Unknown metric 'f3'. Known: 'accuracy', ...
    """
    # Before the names: whatever can be called is no name that was misspelt.
    if callable(metric):
        return metric
    if not isinstance(metric, str) or metric not in OBJECTIVES:
        error = unknown_name("metric", metric, OBJECTIVES)
        raise error
    return OBJECTIVES[metric]
