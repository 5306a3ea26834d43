"""Counts of right and wrong labels: what every bipartition metric is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp

from mlkit.alignment import align_prediction
from mlkit.validation import Indicator

__all__ = ["ConfusionCounts", "Counts", "confusion_counts"]

Sums: TypeAlias = tuple[np.ndarray, np.ndarray]
"""Sums of a matrix by row and by column."""


# No generated `==` for these two: comparing arrays gives arrays, not a truth value.
@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Labels predicted rightly, labels present, labels predicted, unit by unit.

    Only cells whose truth is known are counted.

    Parameters
    ----------
    true_positive : ndarray of int64, shape (n_units,)
        Cells where truth and prediction are both 1.
    actual : ndarray of int64, shape (n_units,)
        Cells where the truth is 1.
    predicted : ndarray of int64, shape (n_units,)
        Cells where the prediction is 1.
    n_cells : int or ndarray of int64, shape (n_units,)
        Number of known cells of a unit. One number where all are known: n_labels for a
        row, n_samples for a label.
    """

    true_positive: np.ndarray
    actual: np.ndarray
    predicted: np.ndarray
    n_cells: int | np.ndarray

    @property
    def n_units(self) -> int:
        """Number of units that have a known cell: those that a mean is taken over."""
        # One number is the usual case, and on a small matrix numpy would cost more than
        # the metric itself.
        if isinstance(self.n_cells, np.ndarray):
            return int(np.count_nonzero(self.n_cells))
        return len(self.actual) if self.n_cells else 0

    @property
    def n_known_cells(self) -> int:
        """Number of known cells of all units together."""
        if isinstance(self.n_cells, np.ndarray):
            return int(self.n_cells.sum())
        return self.n_cells * len(self.actual)

    @property
    def false_positive(self) -> np.ndarray:
        """Cells predicted 1 and truly 0, int64 of shape (n_units,)."""
        return self.predicted - self.true_positive

    @property
    def false_negative(self) -> np.ndarray:
        """Cells predicted 0 and truly 1, int64 of shape (n_units,)."""
        return self.actual - self.true_positive

    @property
    def true_negative(self) -> np.ndarray:
        """Cells where truth and prediction are both 0, int64 of shape (n_units,)."""
        return self.n_cells - self.actual - self.predicted + self.true_positive


@dataclass(frozen=True, slots=True, eq=False)
class ConfusionCounts:
    """The counts of one pair of label matrices, by row, by label and in total.

    Parameters
    ----------
    by_example : Counts
        One unit a row, n_units = n_samples.
    by_label : Counts
        One unit a label, n_units = n_labels.
    """

    by_example: Counts
    by_label: Counts

    @property
    def pooled(self) -> Counts:
        """The counts over all cells, n_units = 1."""
        # Either side adds up to the same totals; there are fewer labels than rows.
        labels = self.by_label
        return Counts(
            labels.true_positive.sum(keepdims=True),
            labels.actual.sum(keepdims=True),
            labels.predicted.sum(keepdims=True),
            n_cells=labels.n_known_cells,
        )


def confusion_counts(Y: Any, Y_pred: Any) -> ConfusionCounts:
    """Count the right and wrong labels of a prediction, once for all metrics.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown. Those cells are not counted.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.

    Returns
    -------
    ConfusionCounts

    Raises
    ------
    IndicatorError
        If one of the two holds anything but 0 and 1, or `Y_pred` holds NaN.
    ShapeError
        If the shapes differ, or there is no row or no label.
    LabelNameError
        If both are DataFrames and their columns differ by name or by order.

    Notes
    -----
    One pass over the cells, O(n q); over the stored ones, O(nnz + n + q), as soon as
    one of the two is sparse, and nothing sparse is made dense.

    Examples
    --------
    >>> counts = confusion_counts([[1, 0, 1], [0, 1, 0]], [[1, 1, 0], [0, 1, 0]])
    >>> counts.by_example.true_positive.tolist()
    [1, 1]
    >>> counts.by_label.false_positive.tolist()
    [0, 1, 0]
    """
    return count_indicators(*align_prediction(Y, Y_pred))


def count_indicators(true: Indicator, predicted: Indicator) -> ConfusionCounts:
    """Count a pair that `align_prediction` has checked."""
    n_samples, n_labels = true.shape
    sparse = "sparse" in (true.kind, predicted.kind)
    sums = _sparse_counts(true, predicted) if sparse else _dense_counts(true, predicted)
    (tp_rows, tp_labels), (actual_rows, actual_labels), (rows, labels) = sums
    per_row: int | np.ndarray = n_labels
    per_label: int | np.ndarray = n_samples
    if true.missing is not None:
        per_row = n_labels - np.asarray(true.missing.sum(axis=1, dtype=np.int64))
        per_label = true.n_known()
    return ConfusionCounts(
        by_example=Counts(tp_rows, actual_rows, rows, n_cells=per_row),
        by_label=Counts(tp_labels, actual_labels, labels, n_cells=per_label),
    )


def _sparse_counts(true: Indicator, predicted: Indicator) -> list[Sums]:
    # A dense partner becomes sparse, not the other way round: its ones are few
    # where anybody stores labels sparsely. `*` of csr_arrays goes cell by cell.
    actual, guessed = true.tocsr(), predicted.tocsr()
    if true.missing is not None:
        # The difference drops the zeros that arise, so that what is stored counts.
        guessed = guessed - guessed * sp.csr_array(true.missing)
    return [_sparse_sums(part) for part in (actual * guessed, actual, guessed)]


def _dense_counts(true: Indicator, predicted: Indicator) -> list[Sums]:
    # On 0 and 1 the bitwise `and` is the logical one, and stays at one byte a cell.
    actual, guessed = true.toarray(), predicted.toarray()
    if true.missing is not None:
        guessed = guessed & ~true.missing
    return [_dense_sums(part) for part in (actual & guessed, actual, guessed)]


def _dense_sums(matrix: np.ndarray) -> Sums:
    # The width is named because int8 would overflow at 128 positives.
    return matrix.sum(axis=1, dtype=np.int64), matrix.sum(axis=0, dtype=np.int64)


def _sparse_sums(matrix: sp.csr_array) -> Sums:
    # Every stored entry is a 1, so counting positions replaces adding int8 values.
    by_row = np.diff(matrix.indptr).astype(np.int64)
    return by_row, np.bincount(matrix.indices, minlength=matrix.shape[1])
