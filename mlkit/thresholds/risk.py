"""A threshold with a guarantee: conformal risk control."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mlkit.alignment import check_same_names
from mlkit.arguments import check_number
from mlkit.exceptions import OptionError, unknown_name
from mlkit.validation import check_indicator, check_scores

__all__ = ["control_risk"]


def control_risk(
    Y: Any, scores: Any, *, alpha: float = 0.1, loss: str = "missed"
) -> float:
    """Find a threshold that keeps an expected loss of new rows below a level.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels of calibration rows, 0 and 1, all known. These rows must have been
        used for nothing else: not to train, and not to choose a model.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, comparable between labels.
    alpha : float, default 0.1
        Level of the expected loss, in (0, 1).
    loss : {"missed", "false", "false_discovery"}, default "missed"
        Of a row: the share of its true labels that are missed; the share of its absent
        labels that are decided for; or the greatest share of wrong labels among those
        decided for, at this threshold or any higher one. Each is 0 where there is
        nothing to count.

    Returns
    -------
    float
        For `mlkit.thresholds.cut`. With "missed" the highest threshold that is safe,
        and otherwise the lowest; inf and -inf where any threshold is safe.

    Raises
    ------
    IndicatorError
        If `Y` is not 0 and 1; a `MissingLabelsError` if a label is unknown.
    OptionError
        If `alpha` is out of its range, or is less than ``1 / (n_samples + 1)``: so few
        rows can guarantee no such level.
    ScoresError
        If the scores are not a matrix of finite numbers.
    ShapeError, LabelNameError
        If the two shapes differ, or both are DataFrames whose labels do.
    UnknownNameError
        If there is no such loss.

    Notes
    -----
    With ``R(t)`` the mean loss of the n rows, the threshold is the boldest one with
    ``n / (n + 1) R(t) + 1 / (n + 1) <= alpha``. Guarantee: the loss of a new row,
    expected over the calibration rows *and* the new row, is at most alpha. It is an
    average: not that of this one threshold, nor that of each label or kind of row. It
    is lost when the data drift.

    What it rests on. The calibration rows and the new one are exchangeable, as
    independent rows of one distribution are; so the function that scores them must not
    have been trained on any of them. As the threshold gets more careful the loss never
    rises, and at the most careful one it is no more than alpha: here it is 0, since
    all labels, or none, are decided for. It is at most 1, the 1 in the formula. And it
    is continuous from the careful side, so that the boldest safe threshold exists: a
    label is decided for from the threshold *on*, and where the loss counts decisions
    the answer is the next number above the last score that must not pass. Equal scores
    take no randomness and cost nothing but some room below alpha.

    The share of wrong decisions is not monotone; hence its greatest value over all
    higher thresholds, which bounds it from above. Cost: O(n q log(n q)).

    References
    ----------
    A. N. Angelopoulos, S. Bates, A. Fisch, L. Lei and T. Schuster, "Conformal risk
    control", ICLR 2024, arXiv 2208.02814: theorem 1, and the definition of lambda-hat
    that it is about.

    Examples
    --------
    Four rows of one label each; at most one may be missed:

    >>> Y = [[1, 0], [1, 0], [0, 1], [0, 1]]
    >>> scores = [[0.9, 0.3], [0.4, 0.1], [0.2, 0.8], [0.1, 0.7]]
    >>> control_risk(Y, scores, alpha=0.4)
    0.7
    """
    if loss not in _STEPS:
        error = unknown_name("loss", loss, _STEPS)
        raise error
    check_number("alpha", alpha, below=1, error=OptionError)
    truth = check_indicator(Y)
    values = check_scores(scores, shape=truth.shape)
    check_same_names(Y, scores, "scores")
    # The sum of losses that is allowed: (n + 1) alpha - 1, of which rounding must not
    # take away what is just reached.
    allowed = (len(values) + 1) * alpha - 1 + 1e-9
    if allowed < 0:
        needed = math.ceil(1 / alpha - 1 - 1e-9) if alpha > 0 else "infinitely many"
        rows = "1 row" if len(values) == 1 else f"{len(values)} rows"
        msg = (
            f"{rows} cannot guarantee alpha={alpha:g}; at least {needed} are needed. "
            "Use more calibration rows or a higher alpha."
        )
        raise OptionError(msg)
    steps = _STEPS[loss](truth.toarray().astype(bool), values)
    if loss == "missed":
        # Losses grow as the threshold rises: the same search from the other end, and
        # a label that scores the threshold itself is not missed.
        return -_last_safe(-values, steps, allowed)
    # A label at the score that is reached would be decided for: go just above it.
    reached = _last_safe(values, steps, allowed)
    return reached if reached == -np.inf else float(np.nextafter(reached, np.inf))


def _last_safe(scores: np.ndarray, steps: np.ndarray, allowed: float) -> float:
    """Find the score that a cut, coming from above, can include no more.

    Each cell adds its step to the loss as soon as the cut reaches it; -inf where all
    steps together are allowed.
    """
    # Cells that cost nothing cannot be what stops the cut.
    counted = steps > 0
    order = np.argsort(-scores[counted])
    ranked = scores[counted][order]
    # Within equal scores the sum may pass the limit at any of them: the score is the
    # same, and so is the answer.
    over = np.cumsum(steps[counted][order]) > allowed
    return float(ranked[over.argmax()]) if over.any() else -np.inf


def _missed_steps(present: np.ndarray, scores: np.ndarray) -> np.ndarray:
    return present / np.maximum(present.sum(axis=1, keepdims=True), 1)


def _false_steps(present: np.ndarray, scores: np.ndarray) -> np.ndarray:
    return _missed_steps(~present, scores)


def _false_discovery_steps(present: np.ndarray, scores: np.ndarray) -> np.ndarray:
    order = np.argsort(-scores, axis=1)
    ranked = np.take_along_axis(scores, order, axis=1)
    wrong = np.cumsum(np.take_along_axis(~present, order, axis=1), axis=1)
    share = wrong / np.arange(1, scores.shape[1] + 1)
    # Equal scores are decided for together: only the last of a run is a real cut.
    share[:, :-1][ranked[:, :-1] == ranked[:, 1:]] = 0.0
    # What was wrong at a higher cut stays counted: so the loss is monotone.
    greatest = np.maximum.accumulate(share, axis=1)
    steps = np.empty(scores.shape)
    np.put_along_axis(steps, order, np.diff(greatest, axis=1, prepend=0.0), axis=1)
    return steps


_STEPS = {
    "missed": _missed_steps,
    "false": _false_steps,
    "false_discovery": _false_discovery_steps,
}
