"""How evenly a set of folds shares rows and labels out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mlkit.splitting.tally import row_positions, tally
from mlkit.splitting.units import label_pairs
from mlkit.validation import Indicator, check_indicator

__all__ = [
    "examples_distribution_error",
    "label_distribution_error",
    "label_pair_distribution_error",
    "missing_label_folds",
    "missing_pair_folds",
]


def label_distribution_error(Y: Any, folds: Iterable[tuple[Any, Any]]) -> float:
    r"""How far the odds of each label in the folds are from its odds in all rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1; an unknown one (NaN) counts as absent.
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
    labels = check_indicator(Y, allow_missing=True)
    counted = tally(labels.tocsr(), _test_rows(folds, labels))
    return float(counted.distribution_errors().mean())


def label_pair_distribution_error(Y: Any, folds: Iterable[tuple[Any, Any]]) -> float:
    r"""How far the odds of each pair of labels in the folds are from those in all rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1; an unknown one (NaN) counts as absent.
    folds : iterable of (train, test)
        Row positions, as any cross-validator yields them; only `test` counts.

    Returns
    -------
    float
        At least 0; best 0. Infinite where a pair stands in every row of a fold, but
        not in all rows; NaN where no two labels occur together.

    Raises
    ------
    IndicatorError, ShapeError
        As `label_distribution_error`.

    See Also
    --------
    label_distribution_error : The same for single labels.

    Notes
    -----
    .. math:: LPD = \frac{1}{|E|} \sum_{e \in E} \frac{1}{k} \sum_{j=1}^{k}
              \left| \frac{|S_j^e|}{|S_j| - |S_j^e|}
              - \frac{|D^e|}{|D| - |D^e|} \right|

    where E holds the pairs of different labels that occur together in some row. Most
    pairs are rare, so the number is far smaller than LD and says little on its own:
    compare it between splitters. Cost, in time and memory, the sum over all rows of
    the square of their number of labels.

    References
    ----------
    Szymański and Kajdanowicz (2017), see `IterativeStratification`: "Label Pair
    Distribution".

    Examples
    --------
    >>> Y = [[1, 1], [1, 1], [1, 0], [0, 1]]
    >>> label_pair_distribution_error(Y, [([1, 3], [0, 2]), ([0, 2], [1, 3])])
    0.0
    """
    labels = check_indicator(Y, allow_missing=True)
    pairs, _ = label_pairs(labels.tocsr())
    return float(tally(pairs, _test_rows(folds, labels)).distribution_errors().mean())


def examples_distribution_error(Y: Any, folds: Iterable[tuple[Any, Any]]) -> float:
    r"""Mean difference of the fold sizes from equal ones, in rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1; an unknown one (NaN) counts as absent.
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
    rows = _test_rows(folds, check_indicator(Y, allow_missing=True))
    sizes = np.array([len(test) for test in rows])
    return float(np.abs(sizes - sizes.mean()).mean())


def missing_label_folds(Y: Any, folds: Iterable[tuple[Any, Any]]) -> int:
    """Count the pairs of a label and a fold that has no positive of it.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1; an unknown one (NaN) counts as absent.
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
    labels = check_indicator(Y, allow_missing=True)
    return int((tally(labels.tocsr(), _test_rows(folds, labels)).positives == 0).sum())


def missing_pair_folds(Y: Any, folds: Iterable[tuple[Any, Any]]) -> int:
    """Count the combinations of a pair of labels and a fold that has no row with both.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1; an unknown one (NaN) counts as absent.
    folds : iterable of (train, test)
        Row positions, as any cross-validator yields them; only `test` counts.

    Returns
    -------
    int
        From 0 to k times the number of pairs that occur in `Y`.

    Raises
    ------
    IndicatorError, ShapeError
        As `label_distribution_error`.

    References
    ----------
    Szymański and Kajdanowicz (2017), see `IterativeStratification`: "FLPZ".

    Examples
    --------
    >>> Y = [[1, 1], [1, 1], [1, 0], [0, 1]]
    >>> missing_pair_folds(Y, [([2, 3], [0, 1]), ([0, 1], [2, 3])])
    1
    """
    labels = check_indicator(Y, allow_missing=True)
    pairs, _ = label_pairs(labels.tocsr())
    return int((tally(pairs, _test_rows(folds, labels)).positives == 0).sum())


def _test_rows(folds: Iterable[tuple[Any, Any]], labels: Indicator) -> list[np.ndarray]:
    return row_positions((test for _, test in folds), labels.shape[0])
