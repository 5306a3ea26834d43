"""Thresholds that are exactly best for a measure, without a grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlkit.alignment import check_same_names
from mlkit.arguments import check_choice, check_number
from mlkit.exceptions import OptionError
from mlkit.thresholds.objectives import Objective, check_objective
from mlkit.thresholds.ranked import cuts_allowed, threshold_at
from mlkit.validation import Indicator, check_indicator, check_scores

__all__ = ["best_threshold", "best_thresholds"]

# Cells that are sorted together: enough to hide the cost of a call, few enough for
# the dozen arrays of a block to stay in the cache (2 ** 20 takes three times as long).
_BLOCK_CELLS = 1 << 17

_AVERAGES = ("micro", "macro", "samples")


@dataclass(frozen=True, slots=True)
class _Curves:
    """Lists of scores in descending order, and what every cut of them is worth."""

    ranked: np.ndarray  # (n_lists, n_items), unknown cells last, as -inf
    n_known: np.ndarray  # (n_lists,)
    worth: np.ndarray  # (n_lists, n_items + 1), after the first k items

    def best(self) -> np.ndarray:
        """Thresholds of greatest worth; of equal ones the highest."""
        worth = np.where(cuts_allowed(self.ranked, self.n_known), self.worth, -np.inf)
        return threshold_at(self.ranked, worth.argmax(axis=1), self.n_known)


def _curves(
    labels: np.ndarray, known: np.ndarray | None, scores: np.ndarray, measure: Objective
) -> _Curves:
    """Sort lists, one a row, and measure all their cuts."""
    n_lists, n_items = scores.shape
    n_known = np.full(n_lists, n_items)
    if known is not None:
        # Unknown cells go to the end of the list, where no cut is looked for.
        scores, n_known = np.where(known, scores, -np.inf), known.sum(axis=1)
    # Not stable, as the order within equal scores is never seen: they are not parted.
    order = np.argsort(-scores, axis=1)
    hits = np.zeros((n_lists, n_items + 1), dtype=np.int64)
    np.cumsum(np.take_along_axis(labels, order, axis=1), axis=1, out=hits[:, 1:])
    total = n_known[:, np.newaxis]
    # Unknown cells are 0 in the labels and add to neither number.
    passed = np.minimum(np.arange(n_items + 1), total)
    positives = hits[:, -1:]
    wrong, missed = passed - hits, positives - hits
    worth = np.asarray(measure(hits, wrong, missed, total - positives - wrong))
    return _Curves(np.take_along_axis(scores, order, axis=1), n_known, worth)


def _blocks(
    truth: Indicator, scores: np.ndarray, measure: Objective
) -> Iterator[_Curves]:
    """Curves of the labels, some of them at a time."""
    # Whole columns, one at least: a label is sorted in one piece.
    width = max(1, _BLOCK_CELLS // max(1, len(scores)))
    labels = _by_columns(truth.values)
    missing = None if truth.missing is None else _by_columns(truth.missing)
    for start in range(0, scores.shape[1], width):
        here = slice(start, start + width)
        known = None if missing is None else ~_rows_of(missing[:, here])
        block = np.ascontiguousarray(scores[:, here].T)
        yield _curves(_rows_of(labels[:, here]), known, block, measure)


def _by_columns(matrix: Any) -> Any:
    return matrix if isinstance(matrix, np.ndarray) else matrix.tocsc()


def _rows_of(columns: Any) -> np.ndarray:
    dense = columns if isinstance(columns, np.ndarray) else columns.toarray()
    return np.ascontiguousarray(dense.T)


def best_thresholds(
    Y: Any, scores: Any, *, metric: str | Objective = "f1", shrinkage: float = 0.0
) -> np.ndarray:
    """Find the best threshold of each label (SCut), exactly.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where one is unknown, and then the cell is left out.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, higher meaning more relevant. Out-of-fold scores, or those of
        rows kept for it: on the scores of the training rows the cut is far too high.
    metric : str or callable, default "f1"
        What is maximised: a key of `OBJECTIVES`, or ``objective(tp, fp, fn, tn)`` on
        integer arrays of counts, which returns values of the same shape.
    shrinkage : float, default 0.0
        How strongly the thresholds are drawn to the global one; 0 not at all. In
        units of positives: a label with so many stands halfway.

    Returns
    -------
    ndarray of float64, shape (n_labels,)

    Raises
    ------
    IndicatorError
        If `Y` holds anything but 0, 1 and NaN.
    OptionError
        If the shrinkage is negative or not finite.
    ScoresError
        If the scores are not a matrix of finite numbers.
    ShapeError, LabelNameError
        If the two shapes differ, or both are DataFrames whose labels do.
    UnknownNameError
        If no metric has this name.

    Notes
    -----
    All cuts between neighbouring scores are compared, halfway between the two; equal
    scores are never cut apart. Of equally good cuts the highest is taken, so that a
    label without positives is decided for in no row: its threshold is the next number
    above its greatest score. A label that is unknown everywhere gets inf, or the
    global threshold where there is shrinkage.

    With shrinkage, ``t_j = w_j t_j* + (1 - w_j) t*``, ``w_j = n_j / (n_j + shrinkage)``
    for `n_j` positives, the best own threshold `t_j*` and the best global one `t*` of
    `best_threshold` (micro average). A few positives fix a threshold badly; the best
    cut of noise looks good as well.

    Cost: O(n log n) a label, in blocks of labels; a sparse `Y` is dense within a block
    only.

    References
    ----------
    Y. Yang, "A study of thresholding strategies for text categorization", SIGIR 2001,
    137-145, doi:10.1145/383952.383975 (SCut). Z. C. Lipton, C. Elkan and
    B. Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure",
    ECML PKDD 2014.

    Examples
    --------
    >>> Y = [[1, 0], [0, 0], [1, 1], [0, 0]]
    >>> scores = [[0.75, 0.5], [0.5, 0.25], [0.25, 1.0], [0.0, 0.0]]
    >>> best_thresholds(Y, scores).tolist()
    [0.125, 0.75]
    """
    measure = check_objective(metric)
    check_number("shrinkage", shrinkage, error=OptionError)
    truth = check_indicator(Y, allow_missing=True)
    values = check_scores(scores, shape=truth.shape)
    check_same_names(Y, scores, "scores")
    found = [curves.best() for curves in _blocks(truth, values, measure)]
    # The empty array is for a Y without labels, which has no block.
    own = np.concatenate([np.empty(0), *found])
    if shrinkage == 0:
        return own
    counts = truth.counts()
    weight = counts / (counts + float(shrinkage))
    # Without a positive only the global one counts; an own one may be infinite then.
    own = np.where(counts > 0, own, 0.0)
    return weight * own + (1 - weight) * _best_micro(truth, values, measure)


def best_threshold(
    Y: Any, scores: Any, *, metric: str | Objective = "f1", average: str = "micro"
) -> float:
    """Find the one threshold for all labels that is best, exactly.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where one is unknown, and then the cell is left out.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, comparable between labels. Out-of-fold, as in
        `best_thresholds`.
    metric : str or callable, default "f1"
        What is maximised, as in `best_thresholds`.
    average : {"micro", "macro", "samples"}, default "micro"
        Whether the counts are pooled over all cells, or the metric is averaged over
        the labels, or over the rows.

    Returns
    -------
    float
        Halfway between neighbouring scores; of equally good cuts the highest. inf
        where no label is known.

    Raises
    ------
    IndicatorError
        If `Y` holds anything but 0, 1 and NaN.
    OptionError
        If there is no such average.
    ScoresError
        If the scores are not a matrix of finite numbers.
    ShapeError, LabelNameError
        If the two shapes differ, or both are DataFrames whose labels do.
    UnknownNameError
        If no metric has this name.

    Notes
    -----
    A named metric of a label or row that is 0 / 0 counts as 0 in an average. All cuts
    between the n q scores are compared: a cut that moves past one cell changes the
    metric of one label, or row, only. Cost: O(n q log(n q)), and about ten arrays of
    the size of the scores.

    Examples
    --------
    >>> Y = [[1, 0], [0, 0], [1, 1], [0, 0]]
    >>> scores = [[0.75, 0.5], [0.5, 0.25], [0.25, 1.0], [0.0, 0.0]]
    >>> best_threshold(Y, scores)
    0.625
    """
    measure = check_objective(metric)
    check_choice("average", average, _AVERAGES)
    truth = check_indicator(Y, allow_missing=True)
    values = check_scores(scores, shape=truth.shape)
    check_same_names(Y, scores, "scores")
    if values.size == 0:
        return float(np.inf)
    if average == "micro":
        return _best_micro(truth, values, measure)
    if average == "samples":
        # Rows take the place of labels: each is a list of its own.
        curves = _curves(truth.toarray(), _known(truth), values, measure)
        return _best_mean([curves])
    return _best_mean(list(_blocks(truth, values, measure)))


def _known(truth: Indicator) -> np.ndarray | None:
    if truth.missing is None:
        return None
    if isinstance(truth.missing, np.ndarray):
        return ~truth.missing
    return ~truth.missing.toarray()


def _best_micro(truth: Indicator, scores: np.ndarray, measure: Objective) -> float:
    known = _known(truth)
    pooled = None if known is None else known.reshape(1, -1)
    labels = truth.toarray().reshape(1, -1)
    return float(_curves(labels, pooled, scores.reshape(1, -1), measure).best()[0])


def _best_mean(curves: list[_Curves]) -> float:
    """Best single threshold for the mean of the worth of all lists."""
    scores = np.concatenate([c.ranked.ravel() for c in curves])
    # What a list gains as the cut moves past each of its cells. Inside a run of equal
    # scores that is no real cut, but the steps add up at the end of the run.
    steps = np.concatenate([np.diff(c.worth, axis=1).ravel() for c in curves])
    order = np.argsort(-scores)
    # Rounded, so that cuts equal but for the order of a sum are ties.
    gain = np.concatenate([[0.0], np.cumsum(steps[order])]).round(9)
    # Only unknown cells are infinite: scores are checked to be finite.
    n_known = np.array([np.isfinite(scores).sum()])
    return float(
        _Curves(scores[np.newaxis, order], n_known, gain[np.newaxis]).best()[0]
    )
