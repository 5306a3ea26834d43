"""Values of rows or labels, and their mean: where every undefined case is settled."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mlkit.metrics.values import MetricValue, UnitKind

__all__ = ["Units"]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What a metric is for each row, label or cell, before the mean.

    All arrays may have leading axes, such as one for resamples.

    Parameters
    ----------
    values : ndarray of float64, shape (..., n_units)
        What each unit counts. An undefined one holds what a convention put there: 0, 1,
        or NaN to be left out of the mean.
    undefined : ndarray of bool, shape (..., n_units)
        Where a convention decided.
    present : ndarray of bool, shape (..., n_units)
        Where anything is known. The others are no units at all.
    kind : {"row", "label", "matrix"}
    weights : ndarray of float64, shape (..., n_units), optional
        Weights of the mean, at least 0; by default all the same. Where they are all 0
        the mean is the unweighted one, as in scikit-learn.
    spoils : bool, default False
        Whether a single undefined unit makes the mean undefined.
    """

    values: np.ndarray
    undefined: np.ndarray
    present: np.ndarray
    kind: UnitKind
    weights: np.ndarray | None = None
    spoils: bool = False

    def mean(self) -> MetricValue:
        """Return the mean, with the number of units and of undefined ones.

        Returns
        -------
        MetricValue
            NaN if no unit counts.
        """
        undefined = int(np.count_nonzero(self.undefined & self.present))
        return MetricValue(
            float(self.means()),
            units=int(np.count_nonzero(self.present)),
            undefined=undefined,
            kind=self.kind,
        )

    def means(self) -> np.ndarray:
        """Return the means over the last axis.

        Returns
        -------
        ndarray of float64, shape (...)
            NaN where no unit counts.
        """
        counted = self.present & ~np.isnan(self.values)
        values = np.where(counted, self.values, 0.0)
        found = _ratio(values.sum(axis=-1), counted.sum(axis=-1))
        bad = self.undefined & self.present
        if self.weights is not None:
            weights = np.where(counted, self.weights, 0.0)
            total = weights.sum(axis=-1)
            weighted = _ratio((values * weights).sum(axis=-1), total)
            found = np.where(total > 0, weighted, found)
            # What weighs nothing spoils nothing, unless nothing weighs anything.
            weightless = (np.asarray(self.weights) == 0).all(axis=-1, keepdims=True)
            bad &= (self.weights > 0) | weightless
        return self._spoiled(found, bad.any(axis=-1))

    def row_means(self, row_weights: np.ndarray) -> np.ndarray:
        """Return the means of row units under several weightings of the rows.

        Parameters
        ----------
        row_weights : ndarray, shape (n_resamples, n_units)
            How often each row is drawn, at least 0.

        Returns
        -------
        ndarray of float64, shape (n_resamples,)
        """
        counted = self.present & ~np.isnan(self.values)
        # One matrix product for all resamples: nothing is drawn row by row.
        totals = row_weights @ np.where(counted, self.values, 0.0)
        found = _ratio(totals, row_weights @ counted.astype(np.float64))
        bad = (self.undefined & self.present).astype(np.float64)
        return self._spoiled(found, row_weights @ bad > 0)

    def _spoiled(self, means: np.ndarray, where: np.ndarray) -> np.ndarray:
        return np.where(where, math.nan, means) if self.spoils else means


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide; NaN for 0/0."""
    empty = np.full(np.shape(whole), math.nan)
    return np.divide(part, whole, out=empty, where=np.asarray(whole) > 0)
