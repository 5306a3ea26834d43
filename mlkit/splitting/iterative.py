"""Folds in which every label keeps its share: iterative stratification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_random_state

from mlkit.arguments import check_count
from mlkit.exceptions import SplitError
from mlkit.splitting.assignment import assign_rows
from mlkit.splitting.inputs import (
    check_groups,
    check_labels,
    check_order,
    warn_uncovered,
)

__all__ = ["IterativeStratification", "RepeatedIterativeStratification"]

# What RandomState.randint can draw on every platform.
_MAX_SEED = np.iinfo(np.int32).max


class IterativeStratification(BaseCrossValidator):
    r"""K folds in which every label keeps its share of positives.

    A scikit-learn cross-validator: pass it as ``cv=`` wherever one is taken.

    Parameters
    ----------
    n_splits : int, default 5
        Number of folds, at least 2.
    order : {1, 2}, default 1
        What is shared out evenly: 1 the labels, 2 the labels and all pairs of labels
        that occur together, which matters to learners that model such pairs.
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
        If `n_splits` is less than 2, `order` is neither 1 nor 2, or `random_state` is
        given with ``shuffle=False``, where it could do nothing.

    See Also
    --------
    RepeatedIterativeStratification : The same, several times.
    mlkit.splitting.split : Train, validation and test part of a dataset.
    mlkit.splitting.split_report : How even the folds are.

    Notes
    -----
    *Greedy pass* (the published algorithm). Of the labels that still have unplaced
    rows, the one with the fewest is taken (ties: the first column). Each of its
    unplaced rows goes to the fold that wants this label most, that is whose share of
    the label's positives is furthest from filled; ties go to the fold that wants most
    rows, then are broken at random. Rows without labels come last and fill the folds
    up. With ``order=2`` pairs of labels are treated as further labels, those before
    these at equal numbers of rows.

    *Repairs* (not in the papers). The greedy pass leaves folds of unequal size and,
    among frequent labels, errors that an exchange of two rows removes:

    1. Rows are moved until the sizes differ by one row at most.
    2. Pairs of rows are swapped as long as that lowers the sum of squares

       .. math:: \sum_{j=1}^{k} \sum_{i} w_i \left( |S_j^i| -
                 \frac{|S_j|}{|D|} |D^i| \right)^2

       over folds j and labels (and pairs) i, with D all rows, :math:`S_j` those of the
       fold, an upper i for those with label i, and w = 1 for a label, 0.1 for a pair.
       Candidates are 3 000 rows, evenly spaced, and swaps at most 100 k, so that the
       cost does not grow with n.
    3. A label with at least k rows that is missing in a fold (or one with fewer, in
       more folds than need be) gets there by the swap that disturbs least, and step 2
       is repeated with the rows that no label depends on. In general to close all gaps
       is a hard colouring problem, and can be impossible with even folds; where swaps
       leave some and n k is at most 240, it is solved exactly, up to a limit on the
       search. Labels left over are named in a `RareLabelWarning`.

    With `groups` whole groups are placed, moved and swapped. The label with the fewest
    unplaced groups goes first, and its groups with most positives first; the number of
    rows counts as one more label in step 2 and replaces step 1, so that fold sizes are
    as even as the groups allow, not exact; and step 3 counts groups, not rows.

    Cost O(nnz + n k + k q) for k folds and q labels, with ``order=2`` nnz counting
    pairs: a row with l labels has l (l + 1) / 2 entries. Y is never made dense. A
    one-dimensional `y` is stratified by class; an unknown label (NaN) counts as absent.

    References
    ----------
    K. Sechidis, G. Tsoumakas, I. Vlahavas (2011). On the stratification of multi-label
    data. ECML PKDD 2011, LNCS 6913, 145-158, algorithm 1. Left open there and settled
    here: ties between labels, and rows without labels.

    P. Szymański, T. Kajdanowicz (2017). A network perspective on stratification of
    multi-label data. PMLR 74, 22-35: second order. There only the pair whose turn it is
    and the fold sizes decide; here the single labels do too, in the repairs.

    Examples
    --------
    >>> Y = [[1, 0], [1, 0], [0, 1], [0, 1], [1, 1], [1, 1]]
    >>> cv = IterativeStratification(2, shuffle=False)
    >>> [test.tolist() for _, test in cv.split(Y, Y)]
    [[0, 2, 4], [1, 3, 5]]
    >>> cv
    IterativeStratification(n_splits=2, order=1, random_state=None, shuffle=False)

    Rows of one patient stay together:

    >>> patients = ["a", "a", "b", "b", "c", "c"]
    >>> [test.tolist() for _, test in cv.split(Y, Y, patients)]
    [[0, 1, 2, 3], [4, 5]]
    """

    def __init__(
        self,
        n_splits: int = 5,
        *,
        order: Literal[1, 2] = 1,
        shuffle: bool = True,
        random_state: Any = None,
    ) -> None:
        self.n_splits = check_count("n_splits", n_splits, minimum=2, error=SplitError)
        self.order = check_order(order)
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
            Labels, 0 and 1, NaN where unknown; or one-dimensional, a class for each
            row.
        groups : array-like, shape (n_samples,), optional
            Rows with the same value are never separated: the pictures of one patient,
            say. At least `n_splits` different values.

        Yields
        ------
        train, test : ndarray of int64
            Row positions, ascending. Every row is in exactly one test part.

        Raises
        ------
        IndicatorError
            If `Y` is absent, or neither a label matrix nor classes.
        ShapeError
            If `X`, `Y` and `groups` differ in their number of rows.
        SplitError
            If there are fewer rows, or fewer groups, than folds.

        Warns
        -----
        RareLabelWarning
            If a label has rows (or groups) enough and is still missing in a fold.
        """
        fold_of = self._folds(X, Y, groups)
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

    def _folds(self, X: Any, Y: Any, groups: Any) -> np.ndarray:
        """Return the fold of each row."""
        labels = check_labels(Y, X=X)
        n_samples, k = labels.shape[0], self.n_splits
        if n_samples < k:
            msg = (
                f"Cannot make {k} folds out of {n_samples} rows: each "
                f"needs at least one. Use n_splits={n_samples} or less."
            )
            raise SplitError(msg)
        # The first folds get the rows that are left over, as those of KFold do.
        fold_of, uncovered = assign_rows(
            labels.tocsr(),
            n_samples // k + (np.arange(k) < n_samples % k),
            weights=[1] * k,
            order=self.order,
            groups=check_groups(groups, n_samples, k),
            rng=check_random_state(self.random_state) if self.shuffle else None,
        )
        warn_uncovered(uncovered, labels)
        return fold_of


class RepeatedIterativeStratification(BaseCrossValidator):
    """Iterative stratification, repeated with other shuffles.

    Parameters
    ----------
    n_splits : int, default 5
        Number of folds, at least 2.
    n_repeats : int, default 2
        Number of repetitions, at least 1.
    order : {1, 2}, default 1
        Labels, or labels and pairs of labels; see `IterativeStratification`.
    random_state : int, RandomState or None, default None
        Seed. An int gives the same folds at every call, in every process, and the
        folds of a repetition do not depend on how many follow it.

    Raises
    ------
    TypeError
        If `n_splits` or `n_repeats` is not an integer.
    SplitError
        If one of them is too small, or `order` is neither 1 nor 2.

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
        self,
        n_splits: int = 5,
        *,
        n_repeats: int = 2,
        order: Literal[1, 2] = 1,
        random_state: Any = None,
    ) -> None:
        self.n_splits = check_count("n_splits", n_splits, minimum=2, error=SplitError)
        self.n_repeats = check_count(
            "n_repeats", n_repeats, minimum=1, error=SplitError
        )
        self.order = check_order(order)
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

        Warns
        -----
        RareLabelWarning
            As `IterativeStratification.split`.
        """
        rng = check_random_state(self.random_state)
        # A seed of its own for each repetition: the first ones stay what they are when
        # more are asked for.
        for _ in range(self.n_repeats):
            once = IterativeStratification(
                self.n_splits, order=self.order, random_state=rng.randint(_MAX_SEED)
            )
            yield from once.split(X, Y, groups)

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
