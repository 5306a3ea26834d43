"""Probabilities put into bins, and the cells of each bin summed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from mlkit.arguments import check_choice, check_count
from mlkit.metrics.cells import Cells, Scope, check_cells

__all__ = ["Bins", "Strategy", "bin_groups", "check_binned", "check_binning"]

# As many limits are compared with all cells one by one; int8 counts them.
_MOST_COMPARED = 30

Strategy: TypeAlias = Literal["uniform", "quantile"]
"""Bins of the same width, or bins with about the same number of rows."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Probabilities of one group of cells, summed up by bin.

    Parameters
    ----------
    edges : ndarray of float64, shape (n_bins + 1,)
        Limits; a bin holds its lower one, the last bin its upper one too.
    count : ndarray of int64, shape (n_bins,)
        Cells in each bin.
    predicted, positive : ndarray of float64, shape (n_bins,)
        Mean probability and share of positives; NaN where a bin is empty.
    """

    edges: np.ndarray
    count: np.ndarray
    predicted: np.ndarray
    positive: np.ndarray

    @property
    def weight(self) -> np.ndarray:
        """Share of the cells in each bin, summing to one; NaN without any cell."""
        total = self.count.sum()
        return self.count / total if total else np.full(len(self.count), np.nan)

    def mean(self, values: np.ndarray) -> float:
        """Return the mean of a figure of the bins over the cells; NaN without any."""
        # Empty bins have weight 0 and no figure: 0 times NaN would spoil the sum.
        return float(np.sum(self.weight * np.where(self.count > 0, values, 0.0)))


def check_binned(Y: Any, Y_proba: Any, *, n_bins: int, strategy: str) -> Cells:
    """Check labels, probabilities and how they are to be put into bins.

    Parameters
    ----------
    Y, Y_proba, n_bins, strategy
        As `mlkit.calibration.reliability_data`.

    Returns
    -------
    Cells

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        As `mlkit.calibration.reliability_data`.
    OptionError, TypeError, ValueError
        If an option has no such value.
    """
    check_binning(n_bins, strategy)
    return check_cells(Y, Y_proba, score_type="probabilities", name="Y_proba")


def check_binning(n_bins: int, strategy: str) -> None:
    """Check how probabilities are to be put into bins.

    Parameters
    ----------
    n_bins : int
    strategy : str

    Raises
    ------
    OptionError, TypeError, ValueError
        If an option has no such value.
    """
    check_count("n_bins", n_bins, minimum=1)
    check_choice("strategy", strategy, ("uniform", "quantile"))


def bin_groups(
    cells: Cells, scope: Scope, n_bins: int, strategy: Strategy
) -> list[Bins]:
    """Put the cells of each group into bins.

    Parameters
    ----------
    cells : Cells
        Labels and probabilities.
    scope, n_bins, strategy
        As `mlkit.calibration.reliability_data`.

    Returns
    -------
    list of Bins
        One a label, or a single one.
    """
    return [_bins(y, p, n_bins, strategy) for y, p in cells.groups(scope)]


def _bins(y: np.ndarray, proba: np.ndarray, n_bins: int, strategy: Strategy) -> Bins:
    edges = _edges(proba, n_bins, strategy)
    where = place_in_bins(proba, edges)
    size = len(edges) - 1
    count = np.bincount(where, minlength=size)
    predicted = np.bincount(where, weights=proba, minlength=size)
    # The true cells are few, and each adds one.
    positive = np.bincount(where[y == 1], minlength=size)
    with np.errstate(invalid="ignore"):
        return Bins(edges, count, predicted / count, positive / count)


def place_in_bins(proba: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Find the bin of each probability.

    Parameters
    ----------
    proba : ndarray of float64, shape (n_cells,)
    edges : ndarray of float64, shape (n_bins + 1,)
        Limits; a bin holds its lower one, the last bin its upper one too.

    Returns
    -------
    ndarray of int64, shape (n_cells,)

    Examples
    --------
    >>> place_in_bins(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.5, 1.0])).tolist()
    [0, 1, 1]
    """
    n_bins = len(edges) - 1
    if n_bins > _MOST_COMPARED:
        return np.searchsorted(edges[1:-1], proba, side="right")
    # A few comparisons of whole arrays are faster than a search for each cell.
    where = np.zeros(len(proba), dtype=np.int8)
    for limit in edges[1:-1]:
        where += proba >= limit
    return where.astype(np.int64)


def _edges(proba: np.ndarray, n_bins: int, strategy: Strategy) -> np.ndarray:
    if strategy == "uniform" or not len(proba):
        # Not linspace, whose 0.30000000000000004 puts 0.3 below the limit 0.3.
        return np.arange(n_bins + 1) / n_bins
    edges = np.quantile(proba, np.arange(n_bins + 1) / n_bins)
    # Values that fill several bins give equal limits, and bins with nothing between.
    distinct = np.unique(edges)
    return distinct if len(distinct) > 1 else np.repeat(distinct, 2)
