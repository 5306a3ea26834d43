"""Decisions by what right and wrong ones cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.exceptions import OptionError
from mlkit.metrics.costs import ERRORS_ALIKE, check_cost_matrix
from mlkit.thresholds.cuts import Decisions, check_thresholds, cut
from mlkit.validation import check_probabilities

__all__ = ["cost_threshold", "decide_by_cost", "thresholds_of"]


def cost_threshold(cost_matrix: Any) -> float | np.ndarray:
    r"""Compute the probability from which a label is worth deciding for.

    Parameters
    ----------
    cost_matrix : array-like, shape (2, 2) or (n_labels, 2, 2)
        ``cost_matrix[i][j]`` is what it costs to decide i where j is true, hence
        ``[[true negative, false negative], [false positive, true positive]]``: one
        for all labels, or one a label. Finite; less than 0 is a gain.

    Returns
    -------
    float, or ndarray of float64, shape (n_labels,)
        Between 0 and 1; an array where there is one matrix a label.

    Raises
    ------
    OptionError
        If a cost is not a finite number, or an error does not cost more than the right
        decision for the same truth.
    ShapeError
        If the matrix has another shape.

    See Also
    --------
    mlkit.metrics.error_costs : The matrix of costs of errors alone.
    mlkit.metrics.cost_loss : What decisions have cost.

    Notes
    -----
    With :math:`c_{ij}` the cost of deciding i where j is true, a label of probability p
    is worth deciding for where :math:`(1 - p) c_{10} + p c_{11} \le (1 - p) c_{00} + p
    c_{01}`, that is from

    .. math:: p^* = \frac{c_{10} - c_{00}}{c_{10} - c_{00} + c_{01} - c_{11}}

    on. Only the two differences count: the same amount may be added to a column, and
    all costs be multiplied, without a change. A matrix is reasonable where
    :math:`c_{10} > c_{00}` and :math:`c_{01} > c_{11}`; otherwise one decision is right
    whatever the probability, or the two are mixed up. The paper's order is kept, the
    decision first: scikit-learn's confusion matrices have the true value first.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001: equation 2 and
    the reasonableness conditions.

    Examples
    --------
    A miss costs four times a false alarm:

    >>> cost_threshold([[0, 4], [1, 0]])
    0.2

    A hit that earns 2, too, makes a label worth deciding for earlier:

    >>> round(cost_threshold([[0, 4], [1, -2]]), 3)
    0.143
    """
    costs = _check_costs(cost_matrix)
    # Halves, and relative to the greater: nothing overflows for huge costs.
    wrong = costs[..., 1, 0] / 2 - costs[..., 0, 0] / 2
    missed = costs[..., 0, 1] / 2 - costs[..., 1, 1] / 2
    greater = np.maximum(wrong, missed)
    limit = wrong / greater / (wrong / greater + missed / greater)
    return limit if np.ndim(limit) else float(limit)


def _check_costs(cost_matrix: Any) -> np.ndarray:
    costs = check_cost_matrix(cost_matrix)
    _refuse(costs, (1, 0), (0, 0), "false positive", "true negative")
    _refuse(costs, (0, 1), (1, 1), "false negative", "true positive")
    return costs


def _refuse(
    costs: np.ndarray,
    error: tuple[int, int],
    right: tuple[int, int],
    error_name: str,
    right_name: str,
) -> None:
    dearer, cheaper = costs[..., *error], costs[..., *right]
    free = np.atleast_1d(dearer <= cheaper)
    if free.any():
        label = int(np.flatnonzero(free)[0])
        where = f" (first: label {label})" if costs.ndim == 3 else ""
        msg = (
            f"A {error_name} must cost more than a {right_name}; got "
            f"{np.atleast_1d(dearer)[label]:g} and {np.atleast_1d(cheaper)[label]:g}"
            f"{where}. The matrix is [[true negative, false negative], "
            "[false positive, true positive]]."
        )
        raise OptionError(msg)


def decide_by_cost(Y_proba: Any, cost_matrix: Any = ERRORS_ALIKE) -> Decisions:
    """Decide for what is expected to cost least, label by label.

    Parameters
    ----------
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1 | row), in [0, 1]. They have to be calibrated: a cost is weighed
        against what a probability says.
    cost_matrix : array-like, shape (2, 2) or (n_labels, 2, 2)
        As in `cost_threshold`: ``[[true negative, false negative], [false positive,
        true positive]]``. By default both errors cost 1 and right decisions nothing.

    Returns
    -------
    ndarray or DataFrame of int8, shape (n_samples, n_labels)
        1 from `cost_threshold` on.

    Raises
    ------
    OptionError
        As `cost_threshold`.
    ScoresError
        If the probabilities are not finite or outside [0, 1].
    ShapeError
        If there is neither one matrix nor one a label.

    Notes
    -----
    With equal costs of errors the cut is at 0.5, which minimises the Hamming loss.

    Examples
    --------
    >>> from mlkit.metrics import error_costs
    >>> decide_by_cost([[0.3, 0.6]], error_costs(false_negative=[4, 1])).tolist()
    [[1, 1]]
    >>> decide_by_cost([[0.3, 0.6]], [[0, 1], [2, 0]]).tolist()
    [[0, 0]]
    """
    n_labels = check_probabilities(Y_proba).shape[1]
    return cut(Y_proba, thresholds_of(cost_matrix, n_labels))


def thresholds_of(cost_matrix: Any, n_labels: int) -> np.ndarray:
    """Check a cost matrix for all labels, or one for each, and return where they cut.

    Parameters
    ----------
    cost_matrix : array-like, shape (2, 2) or (n_labels, 2, 2)
    n_labels : int

    Returns
    -------
    ndarray of float64, shape () or (n_labels,)

    Raises
    ------
    OptionError, ShapeError
        As `decide_by_cost`.

    Examples
    --------
    >>> from mlkit.metrics import error_costs
    >>> thresholds_of(error_costs([1, 3], 1), 2).tolist()
    [0.5, 0.75]
    """
    check_cost_matrix(cost_matrix, n_labels)
    return check_thresholds(cost_threshold(cost_matrix), n_labels)
