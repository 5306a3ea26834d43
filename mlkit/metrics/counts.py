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
    true_positive : ndarray of int64, shape (..., n_units)
        Cells where truth and prediction are both 1.
    actual : ndarray of int64, shape (..., n_units)
        Cells where the truth is 1.
    predicted : ndarray of int64, shape (..., n_units)
        Cells where the prediction is 1.
    n_cells : ndarray of int64, shape (..., n_units)
        Number of known cells of a unit.

    Notes
    -----
    A leading axis holds resamples, where there are any; counts of weighted rows are
    floats.
    """

    true_positive: np.ndarray
    actual: np.ndarray
    predicted: np.ndarray
    n_cells: np.ndarray

    @property
    def present(self) -> np.ndarray:
        """Units that have a known cell: those that a mean is taken over, bool."""
        return self.n_cells > 0

    @property
    def wrong(self) -> np.ndarray:
        """Cells in which truth and prediction differ."""
        return self.actual + self.predicted - 2 * self.true_positive

    @property
    def pooled(self) -> Counts:
        """The counts of all units as one."""
        return Counts(
            self.true_positive.sum(axis=-1, keepdims=True),
            self.actual.sum(axis=-1, keepdims=True),
            self.predicted.sum(axis=-1, keepdims=True),
            self.n_cells.sum(axis=-1, keepdims=True),
        )

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
        return self.by_label.pooled


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
    """Count a pair that `align_prediction` has checked.

    Parameters
    ----------
    true, predicted : Indicator

    Returns
    -------
    ConfusionCounts
    """
    n_samples, n_labels = true.shape
    parts = known_parts(true, predicted)
    sums = _sparse_sums if isinstance(parts[0], sp.csr_array) else _dense_sums
    by_row, by_label = zip(*(sums(part) for part in parts), strict=True)
    both, actual, guessed = by_row
    per_row = np.full(n_samples, n_labels)
    if true.missing is not None:
        per_row = n_labels - np.asarray(true.missing.sum(axis=1, dtype=np.int64))
    return ConfusionCounts(
        by_example=Counts(both, actual, guessed, per_row),
        by_label=Counts(by_label[0], by_label[1], by_label[2], true.n_known()),
    )


def known_parts(true: Indicator, predicted: Indicator) -> tuple[Any, Any, Any]:
    """Return where both are 1, where the truth is and where the prediction is.

    Parameters
    ----------
    true, predicted : Indicator

    Returns
    -------
    both, actual, guessed : ndarray or csr_array of int8, shape (n_samples, n_labels)
        0 where the truth is unknown. All sparse as soon as one of the two is.
    """
    if "sparse" in (true.kind, predicted.kind):
        # A dense partner becomes sparse, not the other way round: its ones are few
        # where anybody stores labels sparsely. `*` of csr_arrays goes cell by cell.
        actual, guessed = true.tocsr(), predicted.tocsr()
        if true.missing is not None:
            # The difference drops the zeros that arise, so that what is stored counts.
            guessed = guessed - guessed * sp.csr_array(true.missing)
        return actual * guessed, actual, guessed
    # On 0 and 1 the bitwise `and` is the logical one, and stays at one byte a cell.
    dense, other = true.toarray(), predicted.toarray()
    if true.missing is not None:
        other = other & ~true.missing
    return dense & other, dense, other


def resample_labels(
    true: Indicator, predicted: Indicator, row_weights: np.ndarray
) -> Counts:
    """Count by label again, with every row as often as a resample draws it.

    Parameters
    ----------
    true, predicted : Indicator
    row_weights : ndarray of float64, shape (n_resamples, n_samples)
        How often each row is drawn, at least 0.

    Returns
    -------
    Counts
        Of shape (n_resamples, n_labels).
    """
    # From the left: a product with sparse labels stays cheap and gives an ndarray.
    both, actual, guessed = (
        (part.T @ row_weights.T).T for part in known_parts(true, predicted)
    )
    n_known = np.repeat(row_weights.sum(axis=1)[:, np.newaxis], true.shape[1], axis=1)
    if true.missing is not None:
        n_known = n_known - (true.missing.T @ row_weights.T).T
    return Counts(both, actual, guessed, n_known)


def _dense_sums(matrix: np.ndarray) -> Sums:
    # The width is named because int8 would overflow at 128 positives.
    return matrix.sum(axis=1, dtype=np.int64), matrix.sum(axis=0, dtype=np.int64)


def _sparse_sums(matrix: sp.csr_array) -> Sums:
    # Every stored entry is a 1, so counting positions replaces adding int8 values.
    by_row = np.diff(matrix.indptr).astype(np.int64)
    return by_row, np.bincount(matrix.indices, minlength=matrix.shape[1])
