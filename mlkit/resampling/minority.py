"""ML-ROS and ML-RUS: repeat rows of rare labels, remove rows of frequent ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.arguments import check_number
from mlkit.imbalance import imbalance_ratios
from mlkit.resampling.base import RowSelection, warn_unchanged
from mlkit.resampling.ratios import is_minority, mean_ratio
from mlkit.validation import FeatureMatrix, Indicator

__all__ = ["MLROS", "MLRUS"]


class MLROS(RowSelection):
    r"""ML-ROS: repeat random rows that carry a minority label.

    Parameters
    ----------
    share : float, default 0.25
        How many rows to add at most, as a share of those there are; at least 0.
    random_state : int, Generator or None, default None
        An int gives the same rows in every process.

    Attributes
    ----------
    sample_indices_ : ndarray of int64, shape (n_resampled,)
        All rows in their order, then those that are repeated.

    See Also
    --------
    LPROS : Repeats rare label sets rather than rare labels.
    MLSMOTE : Makes new rows rather than copies.

    Notes
    -----
    A minority label has :math:`\mathrm{IRLbl}_j = \max_k c_k / c_j` above MeanIR, its
    mean over the labels that have rows. The minority labels take turns: each repeats
    one row drawn evenly from those that carry it, with replacement, and drops out once
    its IRLbl, counted anew with the copies, is no longer above the MeanIR of the
    start. It ends when the share is reached or no label is left, so that fewer rows
    than asked for may come.

    A repeated row brings all its labels. Where rare labels live in rows of frequent
    ones (a high SCUMBLE), the frequent ones grow as well and little is gained.

    Rows are drawn from the original ones, never from copies. Departure from the paper:
    the number of rows is exact where the paper finishes the turn. Cost O(n_labels) a
    copy.

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2015), Addressing imbalance in multilabel
    classification: measures and random resampling algorithms, Neurocomputing 163, 3-16,
    doi:10.1016/j.neucom.2014.08.091.

    Examples
    --------
    The only row of the second label is repeated until MeanIR is met: IRLbl 4 falls to
    5 / 2 = 2.5 with the first copy, which is the mean of 1 and 4.

    >>> Y = [[1, 0], [1, 0], [1, 0], [1, 1]]
    >>> sampler = MLROS(share=1.0, random_state=0)
    >>> X_more, Y_more = sampler.fit_resample([[10], [11], [12], [13]], Y)
    >>> X_more.ravel().tolist()
    [10, 11, 12, 13, 13]
    """

    def __init__(self, *, share: float = 0.25, random_state: Any = None) -> None:
        self.share = share
        self.random_state = random_state

    def _choose_rows(self, X: FeatureMatrix, labels: Indicator) -> np.ndarray:
        check_number("share", self.share)
        rng = np.random.default_rng(self.random_state)
        n_samples, counts = labels.shape[0], labels.counts()
        if not is_minority(counts).any():
            warn_unchanged(self, "no label is rarer than the mean (IRLbl > MeanIR)")
        copies = _take_turns(labels, round(self.share * n_samples), rng)
        return np.concatenate([np.arange(n_samples), copies])


def _take_turns(
    labels: Indicator, n_copies: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw rows of the minority labels in turn while they are in the minority."""
    counts = labels.counts()
    limit, by_row = mean_ratio(counts), labels.tocsr()
    by_label = by_row.tocsc()
    waiting = np.flatnonzero(is_minority(counts)).tolist()
    copies: list[int] = []
    while waiting and len(copies) < n_copies:
        label = waiting.pop(0)
        # From the original rows only: copies of copies would favour the first draws.
        start, stop = by_label.indptr[label : label + 2]
        row = int(by_label.indices[rng.integers(start, stop)])
        copies.append(row)
        # All labels of the row grow, the most frequent one perhaps among them.
        counts[by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]]] += 1
        if imbalance_ratios(counts)[label] > limit:
            waiting.append(label)
    return np.array(copies, dtype=np.int64)


class MLRUS(RowSelection):
    """ML-RUS: remove random rows that carry no minority label.

    Parameters
    ----------
    share : float, default 0.25
        How many rows to remove at most, as a share of those there are; in [0, 1).
    random_state : int, Generator or None, default None
        An int gives the same rows in every process.

    Attributes
    ----------
    sample_indices_ : ndarray of int64, shape (n_resampled,)
        The rows that stay, in their order.

    See Also
    --------
    MLROS : Adds rows of minority labels, and says what these are.
    LPRUS : Removes rows of frequent label sets.
    MLTL : Removes rows that contradict their neighbour.

    Notes
    -----
    Rows with a minority label (IRLbl above MeanIR) are protected; the others, rows
    without any label included, are removed evenly at random, without replacement. Where
    fewer than the share are unprotected, all of those go. Cost O(nnz).

    The paper is read in several ways. Here as in mldr.resampling, the reference
    implementation of its authors, except that it draws with replacement and so may
    remove fewer rows than asked for. IMB-MULAN mirrors ML-ROS: the labels with IRLbl
    below MeanIR take turns to lose one of their rows, whatever else it carries, and a
    label is left alone once its IRLbl, counted anew, has reached MeanIR.

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2015), Addressing imbalance in multilabel
    classification: measures and random resampling algorithms, Neurocomputing 163, 3-16,
    doi:10.1016/j.neucom.2014.08.091.

    Rivera, Dávila, Elizondo, del Jesus, Charte (2023), mldr.resampling: Efficient
    reference implementations of multilabel resampling algorithms, Neurocomputing,
    126806, doi:10.1016/j.neucom.2023.126806.

    Examples
    --------
    >>> Y = [[1, 0], [1, 0], [1, 0], [1, 1]]
    >>> X_less, Y_less = MLRUS(share=0.75).fit_resample([[10], [11], [12], [13]], Y)
    >>> X_less.tolist(), Y_less.tolist()
    ([[13]], [[1, 1]])
    """

    def __init__(self, *, share: float = 0.25, random_state: Any = None) -> None:
        self.share = share
        self.random_state = random_state

    def _choose_rows(self, X: FeatureMatrix, labels: Indicator) -> np.ndarray:
        check_number("share", self.share, below=1)
        rng = np.random.default_rng(self.random_state)
        n_samples, minority = labels.shape[0], is_minority(labels.counts())
        if not minority.any():
            # Without one every row is free to go, and nothing would become more even.
            warn_unchanged(self, "no label is rarer than the mean (IRLbl > MeanIR)")
            return np.arange(n_samples)
        free = np.flatnonzero(labels.tocsr() @ minority.astype(np.int64) == 0)
        # Without replacement: a row can go only once, and the share is met exactly.
        n_removed = min(round(self.share * n_samples), len(free))
        removed = rng.choice(free, size=n_removed, replace=False)
        return np.setdiff1d(np.arange(n_samples), removed)
