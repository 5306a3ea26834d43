"""Decisions by what the two kinds of error cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.exceptions import OptionError, ShapeError
from mlkit.thresholds.cuts import Decisions, cut
from mlkit.validation import check_probabilities

__all__ = ["cost_threshold", "decide_by_cost"]


def cost_threshold(false_positive: Any, false_negative: Any) -> float | np.ndarray:
    """Compute the probability from which a label is worth deciding for.

    Parameters
    ----------
    false_positive : float or array-like of shape (n_labels,)
        Cost of a label that is decided for and absent; one for all labels or one a
        label. Finite, 0 or more.
    false_negative : float or array-like of shape (n_labels,)
        Cost of a label that is present and missed.

    Returns
    -------
    float, or ndarray of float64, shape (n_labels,)
        In [0, 1]; an array where either cost is one.

    Raises
    ------
    OptionError
        If a cost is negative, not a finite number, or both are 0 for a label.
    ShapeError
        If the two are arrays of different lengths.

    Notes
    -----
    A label of probability p costs ``(1 - p) c_fp`` when it is decided for and
    ``p c_fn`` when it is not. The first is the smaller from
    ``p = c_fp / (c_fp + c_fn)`` on. What right decisions cost or earn can be taken
    into account by its difference to the error.

    References
    ----------
    C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, equation 2.

    Examples
    --------
    >>> cost_threshold(1, 4)
    0.2
    """
    wrong, missed = (_check_cost(c) for c in (false_positive, false_negative))
    if wrong.ndim and missed.ndim and wrong.shape != missed.shape:
        msg = (
            "false_positive and false_negative must have one cost a label; got "
            f"{len(wrong)} and {len(missed)}."
        )
        raise ShapeError(msg)
    # Neither error matters: there is no threshold to derive from that.
    both = np.maximum(wrong, missed)
    if (both == 0).any():
        msg = "Both costs of a label are 0, so that any decision is as good. Give one."
        raise OptionError(msg)
    # Relative to the greater of the two, as the sum of two huge costs is infinite.
    limit = wrong / both / (wrong / both + missed / both)
    return limit if np.ndim(limit) else float(limit)


def _check_cost(cost: Any) -> np.ndarray:
    try:
        values = np.asarray(cost, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"A cost must be a number, or one a label; got {cost!r}."
        raise OptionError(msg) from err
    if values.ndim > 1 or not np.isfinite(values).all() or (values < 0).any():
        msg = f"Costs must be finite and 0 or more, one or one a label; got {cost!r}."
        raise OptionError(msg)
    return values


def decide_by_cost(
    Y_proba: Any, *, false_positive: Any = 1.0, false_negative: Any = 1.0
) -> Decisions:
    """Decide for what is expected to cost least, label by label.

    Parameters
    ----------
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1 | row), in [0, 1]. They have to be calibrated: a cost is weighed
        against what a probability says.
    false_positive : float or array-like of shape (n_labels,), default 1.0
        Cost of a label that is decided for and absent.
    false_negative : float or array-like of shape (n_labels,), default 1.0
        Cost of a label that is present and missed.

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
        If there is neither one cost nor one a label.

    Notes
    -----
    With equal costs the cut is at 0.5, which minimises the Hamming loss.

    Examples
    --------
    >>> decide_by_cost([[0.3, 0.6]], false_negative=[4, 1]).tolist()
    [[1, 1]]
    >>> decide_by_cost([[0.3, 0.6]], false_positive=2).tolist()
    [[0, 0]]
    """
    check_probabilities(Y_proba)
    return cut(Y_proba, cost_threshold(false_positive, false_negative))
