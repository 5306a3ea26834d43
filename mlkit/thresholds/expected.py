"""Decisions that are best for the expected F-measure of a row."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from mlkit.arguments import check_number
from mlkit.best_sets import best_sets, best_size, first_of
from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.thresholds.cuts import Decisions, in_kind_of
from mlkit.thresholds.objectives import check_beta
from mlkit.validation import check_probabilities

__all__ = ["maximize_expected_f", "maximize_general_f"]

# Numbers in the table of a block of rows (32 MiB).
_BLOCK_NUMBERS = 1 << 22


def maximize_expected_f(
    Y_proba: Any, *, beta: float = 1.0, empty_value: float = 1.0
) -> Decisions:
    """Decide for the label set of greatest expected F-measure, labels independent.

    Parameters
    ----------
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1 | row), in [0, 1]. They have to be calibrated.
    beta : float, default 1.0
        Weight of recall against precision; a ratio of whole numbers up to 10, such as
        2 or 0.5.
    empty_value : float, default 1.0
        F-measure of an empty decision for a row without labels, in [0, 1]: what the
        evaluation will use for 0 / 0.

    Returns
    -------
    ndarray or DataFrame of int8, shape (n_samples, n_labels)
        Of equally good sets, the smallest; of equal probabilities, the first columns.

    Raises
    ------
    OptionError
        If `beta` is not such a ratio, or `empty_value` is not in [0, 1].
    ScoresError
        If the probabilities are not finite or outside [0, 1].

    Notes
    -----
    The labels of a row are taken as independent given the features. Then the best set
    of k labels is that of the k greatest probabilities. With ``A`` true labels among
    them and ``B`` among the others, its expected F-measure is
    ``E[(1 + b^2) A / (k + b^2 (A + B))]``, which is summed exactly over the
    distributions of both. No fixed threshold does the same: the cut that this amounts
    to depends on the whole row.

    Cost: O(q^2) time a row (times the sum of numerator and denominator of ``b^2``),
    and a table of ``(q + 1)^2`` numbers a row, in blocks of rows.

    References
    ----------
    N. Ye, K. M. A. Chai, W. S. Lee and H. L. Chieu, "Optimizing F-measure: a tale of
    two approaches", ICML 2012, arXiv 1206.4625. D. D. Lewis, "Evaluating and optimizing
    autonomous text classification systems", SIGIR 1995.

    Examples
    --------
    One label of probability 0.4 is expected to be worth 0.4, and no label 0.6. With
    two of them, one is expected to be worth 0.35, both 0.48, and none 0.36.

    >>> maximize_expected_f([[0.4]]).tolist()
    [[0]]
    >>> maximize_expected_f([[0.4, 0.4]]).tolist()
    [[1, 1]]
    """
    proba = check_probabilities(Y_proba)
    square = _square_of(beta)
    check_number("empty_value", empty_value, at_most=1, error=OptionError)
    n_samples, n_labels = proba.shape
    decided = np.zeros(proba.shape, dtype=bool)
    # At least a row, however large its table.
    n_rows = max(1, _BLOCK_NUMBERS // (n_labels + 1) ** 2)
    for start in range(0, n_samples, n_rows):
        rows = proba[start : start + n_rows]
        order = np.argsort(-rows, axis=1, kind="stable")
        worth = _worth_of_first(np.take_along_axis(rows, order, axis=1), square)
        # The empty set is right for a row without labels, and worth nothing else.
        worth[:, 0] = empty_value * (1 - rows).prod(axis=1)
        decided[start : start + n_rows] = first_of(order, best_size(worth))
    return in_kind_of(Y_proba, decided)


def _square_of(beta: Any) -> Fraction:
    check_beta(beta)
    # A float such as 0.3 is no ratio of small numbers itself, but lies next to one.
    ratio = Fraction(float(beta)).limit_denominator(10)
    if not 0 < ratio <= 10 or abs(float(ratio) - float(beta)) > 1e-12:
        msg = (
            f"beta must be a ratio of whole numbers from 1 to 10 here, got {beta!r}. "
            "Use one near it, such as 0.5, 1 or 2."
        )
        raise OptionError(msg)
    return ratio**2


def _worth_of_first(proba: np.ndarray, square: Fraction) -> np.ndarray:
    """Compute the expected F of the first k labels, k = 0..q, of sorted rows.

    With ``b^2 = a / c`` the measure is ``(a + c) A / (c k + a (A + B))``: its
    denominators are whole numbers, and all that are needed are kept in one list,
    ``inverse[v - 1] = E[1 / (v + a B)]``.
    """
    a, c = square.numerator, square.denominator
    n_rows, n_labels = proba.shape
    hits = _distributions_of_hits(proba)
    worth = np.zeros((n_rows, n_labels + 1))
    inverse = np.tile(1.0 / np.arange(1, (a + c) * n_labels + 1), (n_rows, 1))
    for k in range(n_labels, 0, -1):
        found = np.arange(1, k + 1)
        expected = inverse[:, c * k + a * found - 1]
        worth[:, k] = (a + c) * (hits[:, k, 1 : k + 1] * found * expected).sum(axis=1)
        # Label k goes over to the others, and adds a to the value if it is true. The
        # list loses its a greatest values, which smaller sets do not ask for.
        p = proba[:, k - 1, np.newaxis]
        inverse = p * inverse[:, a:] + (1 - p) * inverse[:, :-a]
    return worth


def _distributions_of_hits(proba: np.ndarray) -> np.ndarray:
    """P(i of the first k labels are true): shape (n, k, i), both from 0 to q."""
    n_rows, n_labels = proba.shape
    hits = np.zeros((n_rows, n_labels + 1, n_labels + 1))
    # One label more a step, from none: sums of positive numbers only, so that small
    # probabilities keep their digits.
    hits[:, 0, 0] = 1.0
    for k in range(n_labels):
        p = proba[:, k, np.newaxis]
        hits[:, k + 1] = (1 - p) * hits[:, k]
        hits[:, k + 1, 1:] += p * hits[:, k, :-1]
    return hits


def maximize_general_f(
    size_table: Any, *, beta: float = 1.0, empty_value: float = 1.0
) -> np.ndarray:
    """Decide for the label set of greatest expected F-measure, labels dependent.

    Parameters
    ----------
    size_table : array-like, shape (n_samples, n_labels, n_labels)
        ``size_table[i, j, s - 1]`` is the probability that row i has label j and s
        labels altogether, ``s = 1, ..., n_labels``. In [0, 1].
    beta : float, default 1.0
        Weight of recall against precision, more than 0.
    empty_value : float, default 1.0
        F-measure of an empty decision for a row without labels, in [0, 1].

    Returns
    -------
    ndarray of int8, shape (n_samples, n_labels)
        Of equally good sets, the smallest and then the first columns.

    Raises
    ------
    OptionError
        If `beta` is not positive, or `empty_value` is not in [0, 1].
    ScoresError
        If the table holds anything but probabilities, or the probabilities of the
        sizes of a row sum to more than one.
    ShapeError
        If the table has not this shape.

    Notes
    -----
    No assumption about the dependence of the labels is made: the table says all that
    the best decision depends on. The expected F-measure of a set h of k labels is
    ``sum_{j in h} D[j, k]``,
    ``D[j, k] = sum_s (1 + b^2) P(y_j = 1, |y| = s) / (k + b^2 s)``; so the best set of
    each size are the labels of greatest D, and the best of these q sets and the empty
    one wins. ``P(|y| = s) = sum_j P(y_j = 1, |y| = s) / s``, and what is missing to
    one is the probability of no label. Cost: O(q^3) a row.

    References
    ----------
    K. Dembczyński, W. Waegeman, W. Cheng and E. Hüllermeier, "An exact algorithm for
    F-measure maximization", NIPS 2011, 1404-1412.

    Examples
    --------
    Labels 0 and 1 together with probability 0.8, label 2 alone with 0.2:

    >>> table = [[[0, 0.8, 0], [0, 0.8, 0], [0.2, 0, 0]]]
    >>> maximize_general_f(table).tolist()
    [[1, 1, 0]]
    """
    table = _check_table(size_table)
    square = check_beta(beta)
    check_number("empty_value", empty_value, at_most=1, error=OptionError)
    sizes = np.arange(1, table.shape[1] + 1)
    no_label = 1 - (table.sum(axis=1) / sizes).sum(axis=1)
    # Estimated tables are seldom exact to the last digit; that much may be rounding.
    if (no_label < -1e-6).any():
        row = int(np.flatnonzero(no_label < -1e-6)[0])
        msg = (
            f"The sizes of row {row} of size_table have probability "
            f"{1 - no_label[row]:g}. P(y_j = 1, |y| = s), summed over j and divided by "
            "s, must sum to at most 1."
        )
        raise ScoresError(msg)
    weights = (1 + square) / np.add.outer(square * sizes, sizes)
    empty = empty_value * np.maximum(no_label, 0.0)
    return best_sets(table @ weights, empty).astype(np.int8)


def _check_table(size_table: Any) -> np.ndarray:
    try:
        table = np.asarray(size_table, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"size_table must be an array of numbers: {err}."
        raise ScoresError(msg) from err
    if table.ndim != 3 or table.shape[1] != table.shape[2]:
        msg = (
            "size_table must be (n_samples, n_labels, n_labels); got shape "
            f"{table.shape}."
        )
        raise ShapeError(msg)
    flat = table.reshape(len(table), table.shape[1] ** 2)
    check_probabilities(flat, name="size_table")
    return table
