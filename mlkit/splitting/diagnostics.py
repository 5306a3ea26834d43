"""How evenly a set of folds shares rows and labels out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mlkit.exceptions import ShapeError
from mlkit.validation import Indicator, check_indicator

__all__ = [
    "examples_distribution_error",
    "label_distribution_error",
    "missing_label_folds",
]


def label_distribution_error(Y: Any, folds: Iterable[tuple[Any, Any]]) -> float:
    r"""How far the odds of each label in the folds are from its odds in all rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1.
    folds : iterable of (train, test)
        Row positions, as any cross-validator yields them; only `test` counts.

    Returns
    -------
    float
        At least 0; best 0. Infinite where a label stands in every row of a fold, but
        not in all rows; NaN where no label can be compared.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    ShapeError
        If there is no fold, or a fold has no row to test.

    Notes
    -----
    .. math:: LD = \frac{1}{q} \sum_{i=1}^{q} \frac{1}{k} \sum_{j=1}^{k}
              \left| \frac{|S_j^i|}{|S_j| - |S_j^i|}
              - \frac{|D^i|}{|D| - |D^i|} \right|

    with :math:`D` all rows, :math:`S_j` those of fold j, and an upper i for the rows
    that carry label i. A label that stands in all rows of the data has infinite odds
    everywhere and is left out of the mean, for it cannot be shared out unevenly. Cost
    O(nnz + k q).

    References
    ----------
    Sechidis, Tsoumakas and Vlahavas (2011), see `IterativeStratification`:
    "Labels Distribution".

    Examples
    --------
    >>> Y = [[1], [1], [0], [0]]
    >>> label_distribution_error(Y, [([2, 3], [0, 1, 2]), ([0, 1, 2], [3])])
    1.0
    """
    labels = check_indicator(Y)
    positives, sizes = _fold_counts(labels, folds)
    overall, n_samples = labels.counts(), labels.shape[0]
    # Infinity minus infinity would make the whole mean NaN for one such label.
    kept = overall < n_samples
    if not kept.any():
        return float("nan")
    in_folds = _odds(positives[:, kept], sizes[:, None])
    return float(np.abs(in_folds - _odds(overall[kept], n_samples)).mean())


def examples_distribution_error(Y: Any, folds: Iterable[tuple[Any, Any]]) -> float:
    r"""Mean difference of the fold sizes from equal ones, in rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1.
    folds : iterable of (train, test)
        Row positions, as any cross-validator yields them; only `test` counts.

    Returns
    -------
    float
        At least 0; best 0.

    Raises
    ------
    IndicatorError, ShapeError
        As `label_distribution_error`.

    Notes
    -----
    .. math:: ED = \frac{1}{k} \sum_{j=1}^{k} \left| |S_j| - c_j \right|

    where the wanted size :math:`c_j` is the mean of the sizes given.

    References
    ----------
    Sechidis, Tsoumakas and Vlahavas (2011), see `IterativeStratification`:
    "Examples Distribution".

    Examples
    --------
    >>> Y = [[1], [1], [0], [0]]
    >>> examples_distribution_error(Y, [([3], [0, 1, 2]), ([0, 1, 2], [3])])
    1.0
    """
    _, sizes = _fold_counts(check_indicator(Y), folds)
    return float(np.abs(sizes - sizes.mean()).mean())


def missing_label_folds(Y: Any, folds: Iterable[tuple[Any, Any]]) -> int:
    """Count the pairs of a label and a fold that has no positive of it.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1.
    folds : iterable of (train, test)
        Row positions, as any cross-validator yields them; only `test` counts.

    Returns
    -------
    int
        From 0 to k * n_labels. A label with p < k positives adds at least k - p.

    Raises
    ------
    IndicatorError, ShapeError
        As `label_distribution_error`.

    References
    ----------
    Sechidis, Tsoumakas and Vlahavas (2011), see `IterativeStratification`: "FLZ".

    Examples
    --------
    >>> Y = [[1], [1], [0], [0]]
    >>> missing_label_folds(Y, [([3], [0, 1, 2]), ([0, 1, 2], [3])])
    1
    """
    positives, _ = _fold_counts(check_indicator(Y), folds)
    return int((positives == 0).sum())


def _fold_counts(
    labels: Indicator, folds: Iterable[tuple[Any, Any]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return positives (n_folds, n_labels) and sizes (n_folds,) of the test parts."""
    matrix = labels.tocsr()
    tests = [np.asarray(test, dtype=np.intp) for _, test in folds]
    if not tests or any(test.size == 0 for test in tests):
        msg = (
            f"Got {len(tests)} folds, of which {sum(t.size == 0 for t in tests)} have "
            "no row to test. Pass pairs (train, test), such as list(cv.split(X, Y)); "
            "an iterator can be used only once."
        )
        raise ShapeError(msg)
    sums = [matrix[test].sum(axis=0, dtype=np.int64) for test in tests]
    return np.array(sums), np.array([test.size for test in tests])


def _odds(positives: np.ndarray, sizes: Any) -> np.ndarray:
    # A label in every row of a fold: its odds are infinite, and that is the answer.
    with np.errstate(divide="ignore"):
        return positives / (sizes - positives)
