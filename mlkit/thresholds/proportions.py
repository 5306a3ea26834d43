"""Cuts that meet a share of rows, or a number of labels a row."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError, ShapeError
from mlkit.thresholds.cuts import Decisions, cut
from mlkit.thresholds.ranked import nearest_cut
from mlkit.validation import check_scores

__all__ = ["match_cardinality", "pcut", "proportional_thresholds"]


def proportional_thresholds(scores: Any, share: Any) -> np.ndarray:
    """Find the threshold of each label that a given share of the rows passes.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, higher meaning more relevant.
    share : float or array-like of shape (n_labels,)
        Share of rows with each label, in [0, 1]; that of the training rows, as a rule.

    Returns
    -------
    ndarray of float64, shape (n_labels,)
        Halfway between neighbouring scores. Where no row should pass, the next number
        above the greatest score.

    Raises
    ------
    OptionError
        If a share is not in [0, 1].
    ScoresError
        If the scores are not a matrix of finite numbers.
    ShapeError
        If there is neither one share nor one a label.

    Notes
    -----
    The cut is the one whose number of rows is nearest to ``share * n_samples``, the
    smaller number where two are equally near. Equal scores are never cut apart, so
    that the share cannot always be met. Cost: O(n log n) a label.

    Examples
    --------
    >>> proportional_thresholds([[0.75], [0.25], [0.0], [1.0]], 0.5).tolist()
    [0.5]
    """
    values = check_scores(scores)
    # Sorted with its sign turned: descending, without a view that runs backwards.
    ranked = -np.sort(-values.T, axis=1)
    return nearest_cut(ranked, len(values) * _check_share(share, values.shape[1]))


def _check_share(share: Any, n_labels: int) -> np.ndarray:
    try:
        values = np.asarray(share, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"share must be a number in [0, 1], or one a label; got {share!r}."
        raise OptionError(msg) from err
    if values.shape not in ((), (n_labels,)):
        msg = (
            f"share must be one number or {n_labels}, one a label; got shape "
            f"{values.shape}."
        )
        raise ShapeError(msg)
    # Written so that it is true for NaN too.
    wrong = ~((values >= 0) & (values <= 1))
    if wrong.any():
        msg = f"share must lie in [0, 1], got {values[wrong].ravel()[0]:g}."
        raise OptionError(msg)
    return np.broadcast_to(values, n_labels)


def pcut(scores: Any, share: Any) -> Decisions:
    """Decide for each label in a given share of the rows (PCut).

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, higher meaning more relevant.
    share : float or array-like of shape (n_labels,)
        Share of rows with each label, in [0, 1]; that of the training rows, as a rule.

    Returns
    -------
    ndarray or DataFrame of int8, shape (n_samples, n_labels)

    Raises
    ------
    OptionError, ScoresError, ShapeError
        As `proportional_thresholds`.

    Notes
    -----
    All rows are decided together, and each decision depends on the other rows: it is
    no rule for single rows, and it supposes that the share has not changed. For
    thresholds found on training scores and kept, see
    `mlkit.thresholds.strategies.PCut`. In the paper the shares of all labels are
    multiplied by one more number, which is tuned; pass such shares to have that.

    References
    ----------
    Y. Yang, "A study of thresholding strategies for text categorization", SIGIR 2001,
    137-145, doi:10.1145/383952.383975.

    Examples
    --------
    >>> pcut([[0.75, 0.1], [0.25, 0.2], [0.0, 0.3], [1.0, 0.4]], [0.5, 0.25]).tolist()
    [[1, 0], [0, 0], [0, 0], [1, 1]]
    """
    return cut(scores, proportional_thresholds(scores, share))


def match_cardinality(scores: Any, cardinality: float) -> float:
    """Find the one threshold that gives a wanted mean number of labels a row.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, comparable between labels.
    cardinality : float
        Mean number of labels a row, in [0, n_labels].

    Returns
    -------
    float
        The cut whose cardinality is nearest, the smaller one where two are equally
        near; halfway between neighbouring scores.

    Raises
    ------
    OptionError
        If the cardinality is not in its range.
    ScoresError
        If the scores are not a matrix of finite numbers.

    Notes
    -----
    MEKA's default, where it is called PCut1: the cardinality is that of the training
    rows, and the scores are those of the *test* rows. Pass out-of-fold training scores
    to keep the test rows out of it. Cost: O(n q log(n q)).

    References
    ----------
    J. Read, B. Pfahringer, G. Holmes and E. Frank, "Classifier chains for multi-label
    classification", Machine Learning 85, 2011, 333-359.

    Examples
    --------
    >>> match_cardinality([[0.75, 0.1], [0.25, 0.0]], 1)
    0.175
    """
    values = check_scores(scores)
    n_samples, n_labels = values.shape
    check_number("cardinality", cardinality, at_most=n_labels, error=OptionError)
    # One list of all cells: the labels share the threshold.
    ranked = -np.sort(-values.reshape(1, -1), axis=1)
    return float(nearest_cut(ranked, np.array([cardinality * n_samples]))[0])
