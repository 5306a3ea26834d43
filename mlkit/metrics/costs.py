"""What right and wrong decisions cost: cost matrices, and the mean cost of a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlkit.exceptions import OptionError, ShapeError
from mlkit.metrics.counts import known_parts
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.row_counts import RowMean
from mlkit.metrics.values import MetricValue

__all__ = ["ERRORS_ALIKE", "RowCost", "check_cost_matrix", "cost_loss", "error_costs"]

ERRORS_ALIKE = ((0.0, 1.0), (1.0, 0.0))
"""Right decisions are free, and both kinds of error cost the same."""


def error_costs(false_positive: Any = 1.0, false_negative: Any = 1.0) -> np.ndarray:
    """Return the cost matrix in which only errors cost something.

    Parameters
    ----------
    false_positive : float or array-like of shape (n_labels,), default 1.0
        Cost of a label that is decided for and absent; one for all labels or one a
        label.
    false_negative : float or array-like of shape (n_labels,), default 1.0
        Cost of a label that is present and missed.

    Returns
    -------
    ndarray of float64, shape (2, 2) or (n_labels, 2, 2)
        For `cost_loss` and `mlkit.thresholds.decide_by_cost`; one matrix a label where
        either cost is an array.

    Raises
    ------
    OptionError
        If a cost is not a number, or not one a label.
    ShapeError
        If the two are arrays of different lengths.

    Examples
    --------
    >>> error_costs(1, 4).tolist()
    [[0.0, 4.0], [1.0, 0.0]]
    """
    wrong, missed = (_as_costs(c) for c in (false_positive, false_negative))
    if wrong.ndim and missed.ndim and wrong.shape != missed.shape:
        msg = (
            "false_positive and false_negative must have one cost a label; got "
            f"{len(wrong)} and {len(missed)}."
        )
        raise ShapeError(msg)
    costs = np.zeros((*np.broadcast_shapes(wrong.shape, missed.shape), 2, 2))
    costs[..., 1, 0] = wrong
    costs[..., 0, 1] = missed
    return costs


def _as_costs(cost: Any) -> np.ndarray:
    values = _as_numbers(cost, "A cost must be a number, or one a label")
    if values.ndim > 1:
        msg = f"A cost must be a number, or one a label; got shape {values.shape}."
        raise OptionError(msg)
    return values


def _as_numbers(costs: Any, demand: str) -> np.ndarray:
    try:
        return np.asarray(costs, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"{demand}; got {costs!r}."
        raise OptionError(msg) from err


def check_cost_matrix(cost_matrix: Any, n_labels: int | None = None) -> np.ndarray:
    """Check that costs are finite numbers in a matrix, or in one a label.

    Parameters
    ----------
    cost_matrix : array-like, shape (2, 2) or (n_labels, 2, 2)
    n_labels : int, optional
        How many matrices there are to be, where there is one a label.

    Returns
    -------
    ndarray of float64, shape (2, 2) or (n_labels, 2, 2)

    Raises
    ------
    OptionError
        If a cost is not a finite number.
    ShapeError
        If the matrix has another shape.

    Examples
    --------
    >>> check_cost_matrix([[0, 4], [1, 0]]).shape
    (2, 2)
    """
    costs = _as_numbers(cost_matrix, "cost_matrix must hold numbers")
    if costs.ndim not in (2, 3) or costs.shape[-2:] != (2, 2):
        msg = (
            "cost_matrix must be (2, 2), or (n_labels, 2, 2) for one a label; got "
            f"shape {costs.shape}. For costs of errors alone: error_costs."
        )
        raise ShapeError(msg)
    if n_labels is not None and costs.ndim == 3 and len(costs) != n_labels:
        msg = (
            f"cost_matrix must be one matrix or {n_labels}, one a label; got "
            f"{len(costs)}."
        )
        raise ShapeError(msg)
    if not np.isfinite(costs).all():
        msg = f"Costs must be finite; got {cost_matrix!r}."
        raise OptionError(msg)
    return costs


@dataclass(frozen=True, slots=True)
class RowCost:
    """What the decisions of each row cost.

    Parameters
    ----------
    cost_matrix : array-like, shape (2, 2) or (n_labels, 2, 2)
        As `cost_loss`.
    """

    cost_matrix: Any

    def __call__(self, evidence: Evidence, options: dict[str, Any]) -> np.ndarray:
        """Return the cost of each row, float64 of shape (n_samples,)."""
        assert evidence.predicted is not None
        n_labels = evidence.shape[1]
        costs = check_cost_matrix(self.cost_matrix, n_labels)
        costs = np.broadcast_to(costs, (n_labels, 2, 2))
        # As if every label were rightly left out, then corrected where it is not:
        # products with vectors, so that sparse labels stay sparse.
        free, missed = costs[:, 0, 0], costs[:, 0, 1]
        wrong, right = costs[:, 1, 0], costs[:, 1, 1]
        both, actual, guessed = known_parts(evidence.true, evidence.predicted)
        total = np.full(evidence.shape[0], free.sum())
        if evidence.true.missing is not None:
            total = total - evidence.true.missing @ free
        return (
            total
            + actual @ (missed - free)
            + guessed @ (wrong - free)
            + both @ (right - missed - wrong + free)
        )


def cost_loss(Y: Any, Y_pred: Any, *, cost_matrix: Any = ERRORS_ALIKE) -> MetricValue:
    r"""Mean cost of a row's decisions, at stated prices.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells cost nothing.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.
    cost_matrix : array-like, shape (2, 2) or (n_labels, 2, 2)
        ``cost_matrix[i][j]`` is what it costs to decide i where j is true, hence
        ``[[true negative, false negative], [false positive, true positive]]``: one for
        all labels, or one a label. Finite; less than 0 is a gain. By default each error
        costs 1.

    Returns
    -------
    MetricValue
        In the unit of the prices, per row; the lower the better. NaN if no label is
        known.

    Raises
    ------
    IndicatorError, LabelNameError
        If the two are not label matrices of the same rows and labels.
    ShapeError
        If their shapes differ, or there is neither one matrix nor one a label.
    OptionError
        If a cost is not a finite number.

    See Also
    --------
    error_costs : The matrix of costs of errors alone.
    mlkit.thresholds.decide_by_cost : Decisions that make the expected cost smallest.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \sum_j c_j(\hat y_{ij}, y_{ij})

    By default the number of wrong labels of a row, n_labels times the Hamming loss.
    Never undefined. Where errors have prices, this is the metric: no average has to be
    chosen.

    References
    ----------
    C. Elkan (2001). The foundations of cost-sensitive learning. IJCAI, 973-978.

    Examples
    --------
    >>> cost_loss([[1, 0], [1, 1]], [[1, 1], [0, 1]], cost_matrix=error_costs(1, 5))
    3.0
    """
    evidence = Evidence.of_labels(Y, Y_pred)
    check_cost_matrix(cost_matrix, evidence.shape[1])
    return RowMean(RowCost(cost_matrix)).value(evidence, {})
