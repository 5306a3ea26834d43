"""What a threshold can be chosen for: measures of the four counts of a cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from mlkit.exceptions import unknown_name
from mlkit.metrics import ratios
from mlkit.metrics.counts import Counts
from mlkit.metrics.ratios import RATIOS, CountRatio, check_beta

__all__ = ["OBJECTIVES", "Objective", "check_beta", "check_objective", "f_beta"]

Objective: TypeAlias = Callable[
    [np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray
]
"""``objective(tp, fp, fn, tn)``: values to maximise, of the shape of the counts."""


@dataclass(frozen=True, slots=True)
class _OfCounts:
    """A measure of `mlkit.metrics`, as a function of the four counts."""

    ratio: CountRatio

    def __call__(
        self, tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, tn: np.ndarray
    ) -> np.ndarray:
        counts = Counts(tp, tp + fn, tp + fp, tp + fp + fn + tn)
        # 0 for 0/0: a NaN would win every argmax and hide the cuts that are worth
        # something.
        return self.ratio.values(counts, zero_division=0.0)[0]


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
    return _OfCounts(ratios.f_beta(beta))


OBJECTIVES: dict[str, Objective] = {
    name: _OfCounts(RATIOS[measure])
    for name, measure in {
        "f1": "f1",
        "f2": "f2",
        "f0.5": "f0.5",
        "jaccard": "jaccard",
        "accuracy": "hamming",
        "balanced_accuracy": "balanced_accuracy",
        "gmean": "gmean",
        "mcc": "mcc",
        "kappa": "kappa",
    }.items()
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
