"""Folds in which every label keeps its share: iterative stratification."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import type_of_target

from mlkit.exceptions import IndicatorError, SplitError
from mlkit.validation import check_indicator, check_same_rows

__all__ = ["IterativeStratification", "RepeatedIterativeStratification"]

# What RandomState.randint can draw on every platform.
_MAX_SEED = np.iinfo(np.int32).max


class IterativeStratification(BaseCrossValidator):
    """K folds in which every label keeps its share of positives.

    A scikit-learn cross-validator: pass it as ``cv=`` wherever one is taken.

    Parameters
    ----------
    n_splits : int, default 5
        Number of folds, at least 2.
    shuffle : bool, default True
        Visit the rows in random order, and break ties at random. Otherwise rows are
        visited as they come and ties go to the first fold: the same folds always.
    random_state : int, RandomState or None, default None
        Seed of the shuffle. An int gives the same folds at every call, in every
        process.

    Raises
    ------
    TypeError
        If `n_splits` is not an integer.
    SplitError
        If `n_splits` is less than 2, or `random_state` is given with
        ``shuffle=False``, where it could do nothing.

    See Also
    --------
    RepeatedIterativeStratification : The same, several times.
    mlkit.splitting.label_distribution_error : How even the folds are.

    Notes
    -----
    Of the labels that still have unplaced rows, the one with the fewest is taken
    (ties: the first column). Each of its unplaced rows goes to the fold that wants this
    label most, that is whose share of the label's positives is furthest from filled;
    ties go to the fold that wants most rows, then are broken at random. Rows without
    labels come last and fill the folds up. As rare labels go first, the frequent ones,
    which are easy to balance, repair what they leave uneven.

    The procedure is greedy: fold sizes differ by some rows, and a label with at least
    `n_splits` positives is *nearly* always, not provably, in every fold.

    Cost O(n k + nnz + q²) for k folds; Y is never made dense. A one-dimensional `y` is
    stratified by class.

    References
    ----------
    K. Sechidis, G. Tsoumakas, I. Vlahavas (2011). On the stratification of multi-label
    data. ECML PKDD 2011, LNCS 6913, 145-158, algorithm 1. Left open there and settled
    here: ties between labels, and rows without labels.

    Examples
    --------
    >>> Y = [[1, 0], [1, 0], [0, 1], [0, 1], [1, 1], [1, 1]]
    >>> cv = IterativeStratification(2, shuffle=False)
    >>> [test.tolist() for _, test in cv.split(Y, Y)]
    [[0, 2, 4], [1, 3, 5]]
    >>> cv
    IterativeStratification(n_splits=2, random_state=None, shuffle=False)
    """

    def __init__(
        self, n_splits: int = 5, *, shuffle: bool = True, random_state: Any = None
    ) -> None:
        self.n_splits = _check_count("n_splits", n_splits, minimum=2)
        # Shuffling is the default, so that a seed alone does what it says. A seed and
        # an explicit shuffle=False contradict each other; ignoring one would hide it.
        if not shuffle and random_state is not None:
            msg = (
                f"random_state={random_state!r} does nothing with shuffle=False. "
                "Leave one of the two out."
            )
            raise SplitError(msg)
        self.shuffle = bool(shuffle)
        self.random_state = random_state

    def split(
        self, X: Any, Y: Any = None, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the rows to train and to test on, fold by fold.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, ...)
            Only its number of rows is used.
        Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            Labels, 0 and 1; or one-dimensional, a class for each row.
        groups : None
            Ignored; here because scikit-learn passes it.

        Yields
        ------
        train, test : ndarray of int64
            Row positions, ascending. Every row is in exactly one test part.

        Raises
        ------
        IndicatorError
            If `Y` is absent, or neither a label matrix nor classes.
        ShapeError
            If `X` and `Y` differ in their number of rows.
        SplitError
            If there are fewer rows than folds.
        """
        labels = _check_labels(X, Y)
        fold_of = self._folds(labels)
        for fold in range(self.n_splits):
            in_test = fold_of == fold
            yield np.flatnonzero(~in_test), np.flatnonzero(in_test)

    def get_n_splits(self, X: Any = None, Y: Any = None, groups: Any = None) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X, Y, groups : object
            Ignored.

        Returns
        -------
        int
        """
        return self.n_splits

    def _folds(self, labels: sp.csr_array) -> np.ndarray:
        """Return the fold of each row."""
        n_samples = labels.shape[0]
        if n_samples < self.n_splits:
            msg = (
                f"Cannot make {self.n_splits} folds out of {n_samples} rows: each "
                f"needs at least one. Use n_splits={n_samples} or less."
            )
            raise SplitError(msg)
        if not self.shuffle:
            return _assign(labels, self.n_splits, np.zeros(n_samples))
        rng = check_random_state(self.random_state)
        # Rows are shuffled once, beforehand: then "the next row of the label" is a
        # random one. All numbers that break ties are drawn at once, one a row, because
        # a call of the generator for each tie would take longer than all the rest.
        order = rng.permutation(n_samples)
        fold_of = np.empty(n_samples, dtype=np.int64)
        fold_of[order] = _assign(
            labels[order], self.n_splits, rng.random_sample(n_samples)
        )
        return fold_of


class RepeatedIterativeStratification(BaseCrossValidator):
    """Iterative stratification, repeated with other shuffles.

    Parameters
    ----------
    n_splits : int, default 5
        Number of folds, at least 2.
    n_repeats : int, default 2
        Number of repetitions, at least 1.
    random_state : int, RandomState or None, default None
        Seed. An int gives the same folds at every call, in every process, and the
        folds of a repetition do not depend on how many follow it.

    Raises
    ------
    TypeError
        If `n_splits` or `n_repeats` is not an integer.
    SplitError
        If one of them is too small.

    See Also
    --------
    IterativeStratification : The procedure, and its cost.

    Notes
    -----
    Fold f of repetition r is split number ``r * n_splits + f``. The train parts of
    different splits overlap, so the scores are not independent: their standard error
    understates the uncertainty.

    Examples
    --------
    >>> cv = RepeatedIterativeStratification(2, n_repeats=3, random_state=0)
    >>> cv.get_n_splits()
    6
    >>> Y = [[1, 0], [1, 0], [0, 1], [0, 1]]
    >>> sum(len(test) for _, test in cv.split(Y, Y))
    12
    """

    def __init__(
        self, n_splits: int = 5, *, n_repeats: int = 2, random_state: Any = None
    ) -> None:
        self.n_splits = _check_count("n_splits", n_splits, minimum=2)
        self.n_repeats = _check_count("n_repeats", n_repeats, minimum=1)
        self.random_state = random_state

    def split(
        self, X: Any, Y: Any = None, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the rows to train and to test on, repetition by repetition.

        Parameters
        ----------
        X, Y, groups
            As `IterativeStratification.split`.

        Yields
        ------
        train, test : ndarray of int64
            Row positions, ascending. Every row is in one test part of each repetition.

        Raises
        ------
        IndicatorError, ShapeError, SplitError
            As `IterativeStratification.split`.
        """
        rng = check_random_state(self.random_state)
        # A seed of its own for each repetition: the first ones stay what they are when
        # more are asked for.
        for _ in range(self.n_repeats):
            once = IterativeStratification(
                self.n_splits, random_state=rng.randint(_MAX_SEED)
            )
            yield from once.split(X, Y)

    def get_n_splits(self, X: Any = None, Y: Any = None, groups: Any = None) -> int:
        """Return the number of folds of all repetitions.

        Parameters
        ----------
        X, Y, groups : object
            Ignored.

        Returns
        -------
        int
        """
        return self.n_splits * self.n_repeats


def _check_count(name: str, value: Any, *, minimum: int) -> int:
    if not isinstance(value, numbers.Integral):
        msg = f"{name} must be an integer, got {value!r}."
        raise TypeError(msg)
    if value < minimum:
        msg = f"{name} must be at least {minimum}, got {value}."
        raise SplitError(msg)
    return int(value)


def _check_labels(X: Any, Y: Any) -> sp.csr_array:
    """Return the labels to stratify by; classes become one label each."""
    if Y is None:
        msg = "Y is missing: the folds are stratified by it. Call split(X, Y)."
        raise IndicatorError(msg)
    # scikit-learn's own tools pass classes where a user tries the splitter on them.
    if not sp.issparse(Y) and np.ndim(Y) == 1:
        labels = _one_hot(np.asarray(Y))
    else:
        labels = check_indicator(Y).tocsr()
    if X is not None:
        n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
        check_same_rows(n_rows, labels.shape[0], names=("X", "Y"))
    return labels


def _one_hot(y: np.ndarray) -> sp.csr_array:
    kind = type_of_target(y)
    if kind not in ("binary", "multiclass"):
        msg = (
            f"A one-dimensional y must hold classes, got a {kind} target. Use a 0/1 "
            "label matrix, or KFold for a target to be regressed."
        )
        raise IndicatorError(msg)
    classes, column = np.unique(y, return_inverse=True)
    ones = np.ones(len(y), dtype=np.int8)
    return sp.csr_array(
        (ones, column, np.arange(len(y) + 1)), shape=(len(y), len(classes))
    )


def _assign(labels: sp.csr_array, n_splits: int, draws: np.ndarray) -> np.ndarray:
    """Return the fold of each row, int64 of shape (n_samples,).

    `draws` holds one number in [0, 1) a row, which picks among tied folds; all zero
    means the first.
    """
    n_samples, n_labels = labels.shape
    by_label = labels.tocsc()
    remaining = np.diff(by_label.indptr).astype(np.int64)
    # A fold wants 1/k of everything. In units of 1/k all desires are integers, and ties
    # exact: differences of fractions would differ in the last bit.
    label_desire = np.tile(remaining, n_splits)
    row_desire = [n_samples] * n_splits
    fold_of = np.full(n_samples, -1, dtype=np.int64)
    while remaining.any():
        label = int(np.argmin(np.where(remaining > 0, remaining, n_samples + 1)))
        rows = by_label.indices[by_label.indptr[label] : by_label.indptr[label + 1]]
        rows = rows[fold_of[rows] < 0]
        # Desires lie fold by fold, label by label within: this is the label's column.
        desire = label_desire[label::n_labels].tolist()
        placed = _place(desire, row_desire, draws[rows].tolist())
        fold_of[rows] = placed
        # What the rows carry beside this label is settled after them, in one go: their
        # own placing looks at this label only.
        columns, n_each = _labels_of(labels, rows)
        np.subtract.at(remaining, columns, 1)
        cells = np.repeat(fold_of[rows], n_each) * n_labels + columns
        np.subtract.at(label_desire, cells, n_splits)
    # Rows without labels want nothing but even sizes.
    rest = np.flatnonzero(fold_of < 0)
    fold_of[rest] = _place(row_desire.copy(), row_desire, draws[rest].tolist())
    return fold_of


def _place(desire: list[int], row_desire: list[int], draws: list[float]) -> list[int]:
    """Return a fold for each draw; both lists of desires are brought up to date."""
    # Plain lists: with a handful of folds a numpy call costs more than the whole step.
    n_splits = len(desire)
    placed = []
    for draw in draws:
        most = max(desire)
        tied = [fold for fold in range(n_splits) if desire[fold] == most]
        if len(tied) > 1:
            most = max([row_desire[fold] for fold in tied])
            tied = [fold for fold in tied if row_desire[fold] == most]
        fold = tied[int(draw * len(tied))]
        desire[fold] -= n_splits
        row_desire[fold] -= n_splits
        placed.append(fold)
    return placed


def _labels_of(labels: sp.csr_array, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of the rows, end to end, and how many each row has."""
    # What labels[rows] does, without building a matrix for each label in turn.
    starts = labels.indptr[rows].astype(np.intp)
    n_each = labels.indptr[rows + 1] - starts
    ends = np.cumsum(n_each)
    positions = np.arange(ends[-1]) + np.repeat(starts - ends + n_each, n_each)
    return labels.indices[positions].astype(np.intp), n_each
