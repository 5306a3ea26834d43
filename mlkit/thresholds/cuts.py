"""Cuts that need nothing but the scores and a number."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from mlkit.arguments import check_count
from mlkit.best_sets import first_of
from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.validation import check_indicator, check_same_shape, check_scores

__all__ = [
    "Decisions",
    "check_thresholds",
    "cut",
    "in_kind_of",
    "limit_labels",
    "mcut",
    "top_k",
]

Decisions: TypeAlias = np.ndarray | pd.DataFrame
"""Labels decided, int8 of shape (n_samples, n_labels)."""


def in_kind_of(scores: Any, decided: np.ndarray) -> Decisions:
    """Return decisions in the container that the scores came in.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        What the caller passed.
    decided : ndarray of bool, shape (n_samples, n_labels)

    Returns
    -------
    ndarray or DataFrame of int8, shape (n_samples, n_labels)
        A DataFrame, with the same row and column names, where `scores` is one.
    """
    values = decided.astype(np.int8)
    if isinstance(scores, pd.DataFrame):
        return pd.DataFrame(values, index=scores.index, columns=scores.columns)
    return values


def cut(scores: Any, threshold: Any = 0.5) -> Decisions:
    """Decide for the labels whose score reaches a threshold.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, higher meaning more relevant.
    threshold : float or array-like of shape (n_labels,), default 0.5
        One for all labels, or one a label. ``inf`` decides for no row, ``-inf`` for
        every one.

    Returns
    -------
    ndarray or DataFrame of int8, shape (n_samples, n_labels)
        1 where ``score >= threshold``.

    Raises
    ------
    ScoresError
        If the scores are not a matrix of finite numbers, or a threshold is not a
        number.
    ShapeError
        If there is neither one threshold nor one a label.

    Notes
    -----
    A score equal to the threshold is decided for, as in MULAN and MEKA. The decision
    function of scikit-learn's linear models is cut at ``> 0`` instead.

    Examples
    --------
    >>> cut([[0.2, 0.5], [0.7, 0.1]]).tolist()
    [[0, 1], [1, 0]]
    >>> cut([[0.2, 0.5], [0.7, 0.1]], [0.1, 0.6]).tolist()
    [[1, 0], [1, 0]]
    """
    values = check_scores(scores)
    return in_kind_of(scores, values >= check_thresholds(threshold, values.shape[1]))


def check_thresholds(threshold: Any, n_labels: int) -> np.ndarray:
    """Check a threshold for all labels, or one for each.

    Parameters
    ----------
    threshold : float or array-like of shape (n_labels,)
        May be infinite.
    n_labels : int

    Returns
    -------
    ndarray of float64, shape () or (n_labels,)

    Raises
    ------
    ScoresError
        If it is not a number, or NaN.
    ShapeError
        If there is neither one threshold nor one a label.

    Examples
    --------
    >>> check_thresholds([0.1, 0.2], 2).tolist()
    [0.1, 0.2]
    """
    try:
        limits = np.asarray(threshold, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"threshold must be a number, or one a label; got {threshold!r}."
        raise ScoresError(msg) from err
    if limits.shape not in ((), (n_labels,)):
        msg = (
            f"threshold must be one number or {n_labels}, one a label; got shape "
            f"{limits.shape}."
        )
        raise ShapeError(msg)
    # No score reaches NaN: it would switch a label off without a word.
    if np.isnan(limits).any():
        first = int(np.flatnonzero(np.isnan(limits))[0])
        msg = f"threshold is NaN (first: label {first}). Use inf to decide for no row."
        raise ScoresError(msg)
    return limits


def top_k(scores: Any, k: Any) -> Decisions:
    """Decide for the k labels of highest score in every row (RCut).

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, higher meaning more relevant.
    k : int or array-like of int, shape (n_samples,)
        How many labels; one number a row where a model predicts them. In
        [0, n_labels].

    Returns
    -------
    ndarray or DataFrame of int8, shape (n_samples, n_labels)
        Exactly k ones in every row: of equal scores, the first columns win.

    Raises
    ------
    OptionError
        If `k` is not a whole number in its range.
    ScoresError
        If the scores are not a matrix of finite numbers.
    ShapeError
        If there is neither one number nor one a row.

    References
    ----------
    Y. Yang, "A study of thresholding strategies for text categorization", SIGIR 2001,
    137-145, doi:10.1145/383952.383975.

    Examples
    --------
    >>> top_k([[0.2, 0.5, 0.5], [0.7, 0.1, 0.3]], 1).tolist()
    [[0, 1, 0], [1, 0, 0]]
    >>> top_k([[0.2, 0.5, 0.5], [0.7, 0.1, 0.3]], [0, 2]).tolist()
    [[0, 0, 0], [1, 0, 1]]
    """
    values = check_scores(scores)
    sizes = _check_sizes(k, *values.shape)
    # Stable, so that equal scores stay in the order of the columns.
    order = np.argsort(-values, axis=1, kind="stable")
    return in_kind_of(scores, first_of(order, sizes))


def _check_sizes(k: Any, n_samples: int, n_labels: int) -> np.ndarray:
    sizes = np.asarray(k)
    if sizes.shape not in ((), (n_samples,)):
        msg = f"k must be one number or {n_samples}, one a row; got {sizes.shape}."
        raise ShapeError(msg)
    # Booleans count as no numbers: True labels would be one label. A list of nothing,
    # one number for each of no rows, is a list of floats to numpy.
    whole = sizes.dtype.kind in "iu" or sizes.size == 0
    if not whole or (sizes < 0).any() or (sizes > n_labels).any():
        msg = f"k must hold whole numbers in [0, {n_labels}], got {k!r}."
        raise OptionError(msg)
    return np.broadcast_to(sizes.astype(np.int64), n_samples)


def mcut(scores: Any) -> Decisions:
    """Cut every row at the widest gap between its sorted scores (MCut).

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, higher meaning more relevant. At least two labels.

    Returns
    -------
    ndarray or DataFrame of int8, shape (n_samples, n_labels)
        At least one and fewer than ``n_labels`` ones in every row, but none in a row
        of equal scores.

    Raises
    ------
    ScoresError
        If the scores are not a matrix of finite numbers.
    ShapeError
        If there are fewer than two labels, hence no gap.

    Notes
    -----
    With the scores of a row in descending order, ``s_1 >= ... >= s_q``, the labels
    above ``(s_l + s_{l+1}) / 2`` are decided for, ``l = argmax s_l - s_{l+1}``. Of
    equally wide gaps the upper one is taken. A row of equal scores has no gap: no
    label is above its middle. Nothing is tuned, and a row of no label gets one all
    the same.

    References
    ----------
    C. Largeron, C. Moulin and M. Géry, "MCut: a thresholding strategy for multi-label
    classification", IDA 2012, LNCS 7619, 172-183, doi:10.1007/978-3-642-34156-4_17.

    Examples
    --------
    >>> mcut([[0.9, 0.2, 0.8], [0.3, 0.3, 0.3]]).tolist()
    [[1, 0, 1], [0, 0, 0]]
    """
    values = check_scores(scores)
    if values.shape[1] < 2:
        msg = f"mcut needs two labels or more, got {values.shape[1]}. Use cut."
        raise ShapeError(msg)
    order = np.argsort(-values, axis=1, kind="stable")
    # Halves, so that a gap between the greatest numbers does not overflow.
    gaps = -np.diff(np.take_along_axis(values, order, axis=1) / 2, axis=1)
    # argmax takes the first of equal gaps, which is the upper one.
    sizes = np.where(gaps.max(axis=1) > 0, gaps.argmax(axis=1) + 1, 0)
    return in_kind_of(scores, first_of(order, sizes))


def limit_labels(
    decisions: Any,
    scores: Any,
    *,
    min_labels: int = 0,
    max_labels: int | None = None,
) -> Decisions:
    """Add or drop labels until every row has as many as allowed.

    Parameters
    ----------
    decisions : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        0 and 1.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, higher meaning more relevant.
    min_labels : int, default 0
        A row with fewer gets its highest scores among the labels not decided for.
    max_labels : int, optional
        A row with more keeps its highest scores among those decided for. By default
        there is no limit.

    Returns
    -------
    ndarray or DataFrame of int8, shape (n_samples, n_labels)
        In the container of `scores`. Of equal scores, the first columns win.

    Raises
    ------
    IndicatorError
        If the decisions are not 0 and 1.
    OptionError
        If the limits do not lie in ``0 <= min_labels <= max_labels <= n_labels``.
    ScoresError
        If the scores are not a matrix of finite numbers.
    ShapeError
        If the two shapes differ.

    Notes
    -----
    Report this step with the results. Giving every row a label is worth much where
    every row has one, and does great harm where many have none.

    Examples
    --------
    >>> scores = [[0.4, 0.3, 0.1], [0.7, 0.8, 0.9]]
    >>> limit_labels(cut(scores), scores, min_labels=1, max_labels=2).tolist()
    [[1, 0, 0], [0, 1, 1]]
    """
    checked = check_indicator(decisions, name="decisions")
    values = check_scores(scores)
    check_same_shape(checked.shape, values.shape, names=("decisions", "scores"))
    n_labels = checked.shape[1]
    least = check_count(
        "min_labels", min_labels, minimum=0, maximum=n_labels, error=OptionError
    )
    most = n_labels
    if max_labels is not None:
        most = check_count(
            "max_labels", max_labels, minimum=least, maximum=n_labels, error=OptionError
        )
    decided = checked.toarray().astype(bool)
    # What was decided for comes first, and the scores order either group.
    order = np.lexsort((-values, ~decided), axis=1)
    sizes = np.clip(decided.sum(axis=1), least, most)
    return in_kind_of(scores, first_of(order, sizes))
