"""Ratios of counts and their means: what metrics of decided labels have in common.

All but two such metrics are means of one ratio over one kind of unit (`Ratio`); the two
count wrong cells and exactly right rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mlkit.metrics.counts import ConfusionCounts, Counts, confusion_counts

__all__ = ["RATIOS", "Ratio", "right_rows", "undefined_cases", "wrong_cells"]

Fraction: TypeAlias = tuple[np.ndarray, np.ndarray]
"""Numerators and denominators, one of each a unit."""


def _precision(counts: Counts) -> Fraction:
    return counts.true_positive, counts.predicted


def _recall(counts: Counts) -> Fraction:
    return counts.true_positive, counts.actual


def _f1(counts: Counts) -> Fraction:
    # Not the harmonic mean of precision and recall: that would be undefined wherever
    # one of the two is, although nothing right among something is plainly 0.
    return 2 * counts.true_positive, counts.actual + counts.predicted


def _jaccard(counts: Counts) -> Fraction:
    return counts.true_positive, counts.predicted + counts.false_negative


@dataclass(frozen=True, slots=True)
class Ratio:
    """The mean of a ratio of counts over examples or labels, or one pooled ratio.

    Parameters
    ----------
    fraction : callable
        ``fraction(counts) -> (numerators, denominators)``, one of each a unit.
    average : {"example", "macro", "micro"}
        The units: rows; labels; all cells as one.

    Notes
    -----
    A ratio is undefined where its denominator is 0. What it counts there is a choice
    and not a fact, so the choice is an argument (`zero_division`) and the cases can be
    counted (`undefined_cases`). A unit whose labels are all unknown is another matter:
    nothing was measured there, so it leaves the mean whatever the choice.

    Examples
    --------
    >>> counts = confusion_counts([[1, 0], [0, 0]], [[1, 1], [0, 0]])
    >>> example_f1 = RATIOS["example_f1"]
    >>> round(example_f1(counts), 4), round(example_f1(counts, zero_division=1.0), 4)
    (0.3333, 0.8333)
    """

    fraction: Callable[[Counts], Fraction]
    average: Literal["example", "macro", "micro"]

    def __call__(self, counts: ConfusionCounts, zero_division: float = 0.0) -> float:
        """Return the mean ratio.

        Parameters
        ----------
        counts : ConfusionCounts
        zero_division : {0.0, 1.0, nan}, default 0.0
            What an undefined unit counts; NaN leaves it out of the mean.

        Returns
        -------
        float
            In [0, 1]; NaN if `zero_division` is NaN and every unit is undefined, or if
            no label is known.

        Raises
        ------
        ValueError
            If `zero_division` is none of the three.
        """
        fill = _check_zero_division(zero_division)
        units = self._units(counts)
        numerators, denominators = self.fraction(units)
        # Dividing only where defined avoids a 0/0 that numpy would warn about.
        defined = denominators > 0
        total = float((numerators[defined] / denominators[defined]).sum())
        n_defined, n_units = int(defined.sum()), units.n_units
        if math.isnan(fill):
            return total / n_defined if n_defined else math.nan
        return (total + fill * (n_units - n_defined)) / n_units if n_units else math.nan

    def undefined(self, counts: ConfusionCounts) -> tuple[int, int]:
        """Return the number of undefined units and of all units with a known label.

        Parameters
        ----------
        counts : ConfusionCounts

        Returns
        -------
        n_undefined, n_units : int
        """
        units = self._units(counts)
        _, denominators = self.fraction(units)
        return units.n_units - int((denominators > 0).sum()), units.n_units

    def _units(self, counts: ConfusionCounts) -> Counts:
        if self.average == "example":
            return counts.by_example
        return counts.by_label if self.average == "macro" else counts.pooled


RATIOS: dict[str, Ratio] = {
    "example_jaccard": Ratio(_jaccard, "example"),
    "example_precision": Ratio(_precision, "example"),
    "example_recall": Ratio(_recall, "example"),
    "example_f1": Ratio(_f1, "example"),
    "micro_precision": Ratio(_precision, "micro"),
    "micro_recall": Ratio(_recall, "micro"),
    "micro_f1": Ratio(_f1, "micro"),
    "macro_precision": Ratio(_precision, "macro"),
    "macro_recall": Ratio(_recall, "macro"),
    "macro_f1": Ratio(_f1, "macro"),
}
"""The ratios by metric name."""


def _check_zero_division(zero_division: float) -> float:
    # Anything unreadable becomes a value that is refused: one message for all.
    try:
        value = float(zero_division)
    except (TypeError, ValueError):
        value = math.inf
    if not (value in (0.0, 1.0) or math.isnan(value)):
        msg = (
            f"zero_division must be 0.0, 1.0 or nan, got {zero_division!r}. It says "
            "what 0/0 counts; nan leaves such rows or labels out of the mean."
        )
        raise ValueError(msg)
    return value


def wrong_cells(counts: ConfusionCounts) -> float:
    """Return the Hamming loss from counts; NaN if no cell is known."""
    labels = counts.by_label
    n_wrong = int((labels.false_positive + labels.false_negative).sum())
    n_known = labels.n_known_cells
    return n_wrong / n_known if n_known else math.nan


def right_rows(counts: ConfusionCounts, weights: np.ndarray | None = None) -> float:
    """Return the subset accuracy from counts, rows weighted; NaN if no row is known."""
    rows = counts.by_example
    if rows.n_units == 0:
        return math.nan
    right = (rows.false_positive == 0) & (rows.false_negative == 0)
    if rows.n_units < len(right):
        known = np.greater(rows.n_cells, 0)
        right, weights = right[known], None if weights is None else weights[known]
    return float(np.average(right, weights=weights))


def undefined_cases(Y: Any, Y_pred: Any) -> pd.DataFrame:
    """Count where `zero_division` decides: the rows and labels with a ratio 0/0.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.

    Returns
    -------
    DataFrame
        One row a metric that can be undefined; columns ``average`` ("example", "macro"
        or "micro"), ``undefined`` and ``units`` (int), where a row or label of which
        nothing is known is no unit. A metric can move by at most ``undefined / units``
        between the conventions 0 and 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels.

    Examples
    --------
    >>> cases = undefined_cases([[1, 0], [0, 0]], [[1, 1], [0, 0]])
    >>> cases["undefined"].loc[["example_f1", "example_recall", "macro_f1"]].to_dict()
    {'example_f1': 1, 'example_recall': 1, 'macro_f1': 0}
    """
    counts = confusion_counts(Y, Y_pred)
    cases = [ratio.undefined(counts) for ratio in RATIOS.values()]
    return pd.DataFrame(
        {
            "average": [ratio.average for ratio in RATIOS.values()],
            "undefined": [n_undefined for n_undefined, _ in cases],
            "units": [n_units for _, n_units in cases],
        },
        index=pd.Index(list(RATIOS), name="metric"),
    )
