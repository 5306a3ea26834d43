"""Ratios of counts: what metrics of decided labels have in common.

A `CountRatio` says what a row, a label or all cells together count; `RatioMean` is its
mean over one of these kinds of unit. All that such metrics do with 0/0 is here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice, check_number
from mlkit.exceptions import OptionError
from mlkit.metrics.conventions import ZeroDivision, resolve
from mlkit.metrics.counts import Counts
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.units import Units
from mlkit.metrics.values import MetricValue

__all__ = [
    "AVERAGES",
    "RATIOS",
    "CountRatio",
    "RatioMean",
    "check_beta",
    "f_beta",
    "score_ratio",
]

Fraction: TypeAlias = tuple[np.ndarray, np.ndarray]
"""Numerators and denominators, one of each a unit."""

Average: TypeAlias = Literal["example", "micro", "macro", "weighted"] | None
"""Over rows; all cells pooled; over labels; over labels by support; each label."""

AVERAGES = ("example", "micro", "macro", "weighted")


@dataclass(frozen=True, slots=True)
class CountRatio:
    """A measure of one unit: a ratio of its counts, or a mean of two such ratios.

    Parameters
    ----------
    name : str
        Its row in the table of conventions.
    parts : sequence of callable
        ``part(counts) -> (numerators, denominators)``; a unit is undefined where a
        denominator is 0.
    combine : callable, optional
        ``combine(first, second)`` of two parts.

    Examples
    --------
    >>> counts = Counts(*np.array([[1, 0], [1, 0], [2, 0], [3, 3]]))
    >>> RATIOS["precision"].values(counts, zero_division=1.0)
    (array([0.5, 1. ]), array([False,  True]))
    """

    name: str
    parts: Sequence[Callable[[Counts], Fraction]]
    combine: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None

    def values(
        self, counts: Counts, zero_division: ZeroDivision
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what each unit counts, and where that is a convention.

        Parameters
        ----------
        counts : Counts
        zero_division : {0.0, 1.0, nan, "match"}
            What 0/0 counts; "match" is 1 where the unit has no wrong cell, else 0.

        Returns
        -------
        values : ndarray of float64, shape (..., n_units)
        undefined : ndarray of bool, shape (..., n_units)
        """
        fill: Any = zero_division
        if zero_division == "match":
            fill = (counts.wrong == 0).astype(np.float64)
        undefined = np.zeros(np.shape(counts.actual), dtype=bool)
        found = []
        for part in self.parts:
            numerators, denominators = part(counts)
            empty = denominators == 0
            values = np.broadcast_to(fill, empty.shape).astype(np.float64)
            np.divide(numerators, denominators, out=values, where=~empty)
            undefined |= empty
            found.append(values)
        combined = self.combine(*found) if self.combine else found[0]
        # Rounding can carry a root of products just outside; NaN stays NaN.
        return np.clip(combined, -1.0, 1.0), undefined


def _precision(counts: Counts) -> Fraction:
    return counts.true_positive, counts.predicted


def _recall(counts: Counts) -> Fraction:
    return counts.true_positive, counts.actual


def _specificity(counts: Counts) -> Fraction:
    return counts.true_negative, counts.n_cells - counts.actual


def _jaccard(counts: Counts) -> Fraction:
    return counts.true_positive, counts.predicted + counts.false_negative


def _right(counts: Counts) -> Fraction:
    return counts.n_cells - counts.wrong, counts.n_cells


def _wrong(counts: Counts) -> Fraction:
    return counts.wrong, counts.n_cells


def _mcc(counts: Counts) -> Fraction:
    # Two roots: the product of four sums of 20 million cells overflows an integer.
    one = np.sqrt(counts.predicted * 1.0 * counts.actual)
    absent, unpredicted = _negatives(counts)
    other = np.sqrt(absent * 1.0 * unpredicted)
    return _covariance(counts), one * other


def _kappa(counts: Counts) -> Fraction:
    absent, unpredicted = _negatives(counts)
    chance = counts.predicted * 1.0 * absent + counts.actual * 1.0 * unpredicted
    return 2 * _covariance(counts), chance


def _negatives(counts: Counts) -> Fraction:
    """Cells that are truly 0, and cells predicted 0."""
    return counts.n_cells - counts.actual, counts.n_cells - counts.predicted


def _covariance(counts: Counts) -> np.ndarray:
    right = counts.true_positive * 1.0 * counts.true_negative
    return right - counts.false_positive * 1.0 * counts.false_negative


def _mean(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    # One of the two may be left out (NaN): then the other one stands alone.
    return np.where(
        np.isnan(one), other, np.where(np.isnan(other), one, (one + other) / 2)
    )


def _geometric_mean(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.sqrt(one * other)


def _harmonic_mean(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    total = one + other
    # Nothing right on either side is plainly 0, though the formula says 0/0.
    return np.divide(2 * one * other, total, out=total.copy(), where=total != 0)


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


@dataclass(frozen=True, slots=True)
class _FBeta:
    # No closure: metrics travel to other processes, and are compared there.
    square: float

    def __call__(self, counts: Counts) -> Fraction:
        # Not the harmonic mean of precision and recall: that would be undefined
        # wherever one of the two is, although nothing right among something is 0.
        found = (1 + self.square) * counts.true_positive
        return found, self.square * counts.actual + counts.predicted


def f_beta(beta: float) -> CountRatio:
    """Return the F-measure of a unit.

    Parameters
    ----------
    beta : float
        Weight of recall against precision, more than 0.

    Returns
    -------
    CountRatio

    Raises
    ------
    TypeError, OptionError
        As `check_beta`.
    """
    return CountRatio("fbeta", (_FBeta(check_beta(beta)),))


RATIOS: dict[str, CountRatio] = {
    "precision": CountRatio("precision", (_precision,)),
    "recall": CountRatio("recall", (_recall,)),
    "f1": f_beta(1.0),
    "f2": f_beta(2.0),
    "f0.5": f_beta(0.5),
    "jaccard": CountRatio("jaccard", (_jaccard,)),
    "specificity": CountRatio("specificity", (_specificity,)),
    "balanced_accuracy": CountRatio(
        "balanced_accuracy", (_recall, _specificity), _mean
    ),
    "gmean": CountRatio("gmean", (_recall, _specificity), _geometric_mean),
    "harmonic": CountRatio("harmonic", (_recall, _specificity), _harmonic_mean),
    "mcc": CountRatio("mcc", (_mcc,)),
    "kappa": CountRatio("kappa", (_kappa,)),
    "hamming": CountRatio("hamming", (_right,)),
    "hamming_loss": CountRatio("hamming", (_wrong,)),
}
"""The measures by name."""


@dataclass(frozen=True, slots=True)
class RatioMean:
    """The mean of a measure over rows or labels, or the measure of all cells.

    Parameters
    ----------
    ratio : CountRatio
    average : {"example", "micro", "macro", "weighted"}
    """

    ratio: CountRatio
    average: Literal["example", "micro", "macro", "weighted"]

    def units(self, evidence: Evidence, options: dict[str, Any]) -> Units:
        """Return what each unit counts."""
        counts = evidence.confusion
        chosen = counts.by_example if self.average == "example" else counts.by_label
        return self._units(chosen, options.get("zero_division", 0.0))

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the mean."""
        return self.units(evidence, options).mean()

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return the means under several weightings of the rows, one each."""
        if self.average == "example":
            return self.units(evidence, options).row_means(row_weights)
        counts = evidence.resampled_labels(row_weights)
        return self._units(counts, options.get("zero_division", 0.0)).means()

    def _units(self, counts: Counts, zero_division: ZeroDivision) -> Units:
        if self.average == "micro":
            counts = counts.pooled
        values, undefined = self.ratio.values(counts, zero_division)
        kinds = {"example": "row", "micro": "matrix"}
        return Units(
            values,
            undefined,
            counts.present,
            kind=kinds.get(self.average, "label"),  # type: ignore[arg-type]
            weights=counts.actual if self.average == "weighted" else None,
        )


def score_ratio(
    ratio: CountRatio,
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    """Evaluate a measure of decided labels: the one road for all of them.

    Parameters
    ----------
    ratio : CountRatio
    Y, Y_pred, average, zero_division, convention
        As `mlkit.metrics.precision_score`.

    Returns
    -------
    MetricValue, or Series of float
        The values of all labels, by name, where `average` is None.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels.
    OptionError
        If an option has no such value.
    """
    check_choice("average", average, (*AVERAGES, None))
    options = resolve(ratio.name, convention, zero_division=zero_division)
    evidence = Evidence.of_labels(Y, Y_pred)
    if average is not None:
        return RatioMean(ratio, average).value(evidence, options)
    units = RatioMean(ratio, "macro").units(evidence, options)
    return evidence.by_label(np.where(units.present, units.values, np.nan))
