"""The edit distance of label rows, all rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.metrics.evidence import Evidence
from mlkit.metrics.row_counts import RowMean
from mlkit.metrics.values import MetricValue

__all__ = ["levenshtein_loss"]


def levenshtein_loss(Y: Any, Y_pred: Any) -> MetricValue:
    r"""Edit distance between true and predicted row, read as words of 0 and 1.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out of both words.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.

    Returns
    -------
    MetricValue
        In [0, 1]; best 0. At most the Hamming loss of the same rows. NaN if no label is
        known.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \frac{d(Y_i, \hat Y_i)}{q_i}

    with the least number d of insertions, deletions and changes that make one row the
    other, over its known labels. A label predicted one column too far costs as little
    as two edits, so that the value depends on the order of the columns: it makes sense
    only where that order means something, such as time. MEKA has it. Cost O(n q) steps
    on words of q bits; tables of metrics leave it out unless it is named.

    References
    ----------
    V. I. Levenshtein (1966). Binary codes capable of correcting deletions, insertions
    and reversals. Soviet Physics Doklady 10, 707-710.

    G. Myers (1999). A fast bit-vector algorithm for approximate string matching based
    on dynamic programming. Journal of the ACM 46, 395-415.

    Examples
    --------
    >>> levenshtein_loss([[1, 0, 1, 0]], [[0, 1, 0, 1]])
    0.5
    """
    return RowMean(row_distances).value(Evidence.of_labels(Y, Y_pred), {})


def row_distances(evidence: Evidence, options: dict[str, Any]) -> np.ndarray:
    """Return the edit distance of each row over its number of known labels.

    Parameters
    ----------
    evidence : Evidence
    options : dict
        Not looked at.

    Returns
    -------
    ndarray of float64, shape (n_samples,)
        In [0, 1]; 0 for a row of which nothing is known.
    """
    assert evidence.predicted is not None
    true, guessed = evidence.true.toarray(), evidence.predicted.toarray()
    known = np.ones(true.shape, dtype=bool)
    missing = evidence.true.missing
    if missing is not None:
        known = ~(missing if isinstance(missing, np.ndarray) else missing.toarray())
    distances = np.zeros(len(true))
    # Rows that are right have distance 0, and are most of a good prediction.
    rows = np.flatnonzero(((true != guessed) & known).any(axis=1))
    if len(rows):
        distances[rows] = _distances(true[rows], guessed[rows], known[rows])
    return distances / np.maximum(known.sum(axis=1), 1)


def _distances(true: np.ndarray, guessed: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Compute edit distances of the known cells of rows, by bit vectors.

    A column of the table of distances is held as two words a row: where it rises by
    one downwards, and where it falls. Python's integers have as many bits as needed.
    """
    length = known.sum(axis=1)
    ones, full = _words(true, known), _powers(length) - 1
    top = _powers(length - 1)
    rises, falls = full.copy(), np.zeros_like(full)
    score = length.copy()
    for j in range(true.shape[1]):
        equal = np.where(guessed[:, j] == 1, ones, full & ~ones)
        upright = equal | falls
        across = (((equal & rises) + rises) ^ rises) | equal
        up, down = falls | (full & ~(across | rises)), rises & across
        here = known[:, j]
        score += here * (_holds(up, top) - _holds(down, top))
        up, down = ((up << 1) | 1) & full, (down << 1) & full
        # Unknown cells are no letters: the words of their rows stay as they are.
        rises = np.where(here, down | (full & ~(upright | up)), rises)
        falls = np.where(here, up & upright, falls)
    return score


def _holds(words: np.ndarray, bits: np.ndarray) -> np.ndarray:
    return ((words & bits) != 0).astype(int)


def _powers(exponents: np.ndarray) -> np.ndarray:
    return np.array([1 << int(n) for n in exponents], dtype=object)


def _words(bits: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the known bits of each row as one integer, the first the lowest."""
    words = np.zeros(len(bits), dtype=object)
    place = np.zeros(len(bits), dtype=int)
    for j in range(bits.shape[1]):
        here = known[:, j]
        words = words + np.where(here & (bits[:, j] == 1), _powers(place), 0)
        place += here
    return words
