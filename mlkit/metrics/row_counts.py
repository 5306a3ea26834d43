"""Measures of a whole row that are no ratio of its counts: right or not, and cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlkit.metrics.counts import ConfusionCounts
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.units import Units
from mlkit.metrics.values import MetricValue

__all__ = ["RowMean", "right_rows"]


@dataclass(frozen=True, slots=True)
class RowMean:
    """The mean over rows of something that is never undefined.

    Parameters
    ----------
    measure : callable
        ``measure(evidence, options) -> ndarray of float64, shape (n_samples,)``.
    """

    measure: Callable[[Evidence, dict[str, Any]], np.ndarray]

    def units(self, evidence: Evidence, options: dict[str, Any]) -> Units:
        """Return what each row counts."""
        present = evidence.confusion.by_example.present
        values = self.measure(evidence, options)
        return Units(values, np.zeros(len(values), dtype=bool), present, kind="row")

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the mean."""
        return self.units(evidence, options).mean()

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return the means under several weightings of the rows, one each."""
        return self.units(evidence, options).row_means(row_weights)


def is_right(evidence: Evidence, options: dict[str, Any]) -> np.ndarray:
    """Return 1 for the rows without a wrong cell, else 0."""
    return (evidence.confusion.by_example.wrong == 0).astype(np.float64)


def is_wrong(evidence: Evidence, options: dict[str, Any]) -> np.ndarray:
    """Return 1 for the rows with a wrong cell, else 0."""
    return 1.0 - is_right(evidence, options)


def right_rows(counts: ConfusionCounts, weights: np.ndarray | None = None) -> float:
    """Return the subset accuracy of weighted rows.

    Parameters
    ----------
    counts : ConfusionCounts
    weights : ndarray of float64, shape (n_samples,), optional
        At least 0; by default all the same.

    Returns
    -------
    float
        NaN if no row is known.
    """
    rows = counts.by_example
    if not rows.present.any():
        return math.nan
    given = None if weights is None else weights[rows.present]
    return float(np.average((rows.wrong == 0)[rows.present], weights=given))
