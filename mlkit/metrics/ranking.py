"""Metrics of scores: how well each row ranks its labels, before any threshold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlkit.alignment import align_scores

__all__ = [
    "RankingCounts",
    "label_ranking_average_precision_score",
    "ranking_counts",
    "ranking_loss",
]

# Rows are ranked in blocks of about this many cells: the work arrays (about 40 bytes a
# cell) then stay small, whatever the size of the matrix.
_BLOCK_CELLS = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class RankingCounts:
    """What ranking the known labels of each row once tells about it.

    Parameters
    ----------
    relevant : ndarray of int64, shape (n_samples,)
        Number of true labels.
    irrelevant : ndarray of int64, shape (n_samples,)
        Number of labels that are known not to be true.
    wrong_pairs : ndarray of int64, shape (n_samples,)
        Pairs of a true and an untrue label where the untrue one scores at least as
        high: a tie is wrong.
    precision_sum : ndarray of float64, shape (n_samples,)
        Sum over the true labels of the share of true ones among the labels that score
        at least as high: ties share the worst rank.
    """

    relevant: np.ndarray
    irrelevant: np.ndarray
    wrong_pairs: np.ndarray
    precision_sum: np.ndarray

    @property
    def is_known(self) -> np.ndarray:
        """Whether a row has a known label at all, bool of shape (n_samples,)."""
        return self.relevant + self.irrelevant > 0


def ranking_counts(Y: Any, scores: Any) -> RankingCounts:
    """Rank the labels of every row, once for all ranking metrics.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant.

    Returns
    -------
    RankingCounts

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.

    Notes
    -----
    One sort a row, all rows of a block at once: O(n q log q), and memory for a block
    of rows beside the arguments. Scores of unknown labels must be finite, and have no
    influence.

    Examples
    --------
    >>> counts = ranking_counts([[1, 0, 1]], [[0.9, 0.5, 0.5]])
    >>> counts.wrong_pairs.tolist(), counts.precision_sum.round(4).tolist()
    ([1], [1.6667])
    """
    true, values = align_scores(Y, scores)
    n_samples, n_labels = true.shape
    n_known = np.full(n_samples, n_labels)
    relevant = np.empty(n_samples, dtype=np.int64)
    wrong_pairs = np.empty(n_samples, dtype=np.int64)
    precision_sum = np.empty(n_samples)
    step = max(1, _BLOCK_CELLS // n_labels)
    for start in range(0, n_samples, step):
        rows = slice(start, start + step)
        cells, ranked = _dense(true.values[rows]), values[rows]
        if true.missing is not None:
            unknown = _dense(true.missing[rows])
            n_known[rows] -= unknown.sum(axis=1)
            # Below every known label, none of them sees it.
            ranked = np.where(unknown, -np.inf, ranked)
        relevant[rows], wrong_pairs[rows], precision_sum[rows] = _rank_block(
            cells, ranked
        )
    return RankingCounts(relevant, n_known - relevant, wrong_pairs, precision_sum)


def _dense(block: Any) -> np.ndarray:
    return block if isinstance(block, np.ndarray) else block.toarray()


def _rank_block(
    cells: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return number of true labels, wrong pairs and sum of precisions of each row."""
    order = np.argsort(-scores, axis=1)
    ranked = np.take_along_axis(scores, order, axis=1)
    is_true = np.take_along_axis(cells, order, axis=1)
    hits = np.cumsum(is_true, axis=1, dtype=np.int32)
    rows, columns = np.nonzero(is_true)
    # With ties at the worst rank, all that counts for a label is where its group of
    # equal scores ends: so the order inside a group, which no sort defines, is moot.
    last = _last_of_ties(ranked)[rows, columns]
    hits_so_far = hits[rows, last]
    # Labels are few against cells, so from here on only the true ones are touched.
    n_rows = len(cells)
    wrong = np.bincount(rows, weights=last + 1 - hits_so_far, minlength=n_rows)
    precisions = np.bincount(rows, weights=hits_so_far / (last + 1), minlength=n_rows)
    return hits[:, -1], wrong.astype(np.int64), precisions


def _last_of_ties(ranked: np.ndarray) -> np.ndarray:
    """Return for each cell of sorted rows the column where its equal scores end."""
    n_labels = ranked.shape[1]
    # int32 halves the traffic of the two passes; a row never has 2**31 labels.
    ends = np.full(ranked.shape, n_labels - 1, dtype=np.int32)
    differs = ranked[:, :-1] != ranked[:, 1:]
    inner = ends[:, :-1]
    np.copyto(inner, np.arange(n_labels - 1, dtype=np.int32), where=differs)
    # From the right, the nearest end is the smallest one seen so far.
    return np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]


def mean_ranking_loss(counts: RankingCounts) -> float:
    """Return the ranking loss from counts; NaN if no label is known."""
    pairs = counts.relevant * counts.irrelevant
    # A row without pairs has no wrong pair either: dividing by 1 gives its 0.
    return _mean_of_known(counts, counts.wrong_pairs / np.maximum(pairs, 1))


def mean_average_precision(counts: RankingCounts) -> float:
    """Return the label ranking average precision from counts; NaN if none is known."""
    # Nothing to find means nothing found too late: 1, where 0/0 would be NaN.
    empty = counts.relevant == 0
    share = counts.precision_sum / np.where(empty, 1, counts.relevant)
    return _mean_of_known(counts, np.where(empty, 1.0, share))


def _mean_of_known(counts: RankingCounts, values: np.ndarray) -> float:
    known = values[counts.is_known]
    return float(known.sum()) / len(known) if len(known) else math.nan


def ranking_loss(Y: Any, scores: Any) -> float:
    r"""Share of pairs (true label, other label) in the wrong order, mean over rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant: probabilities or decision values.

    Returns
    -------
    float
        In [0, 1]; best 0.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} \frac{|\{(r, s) : y_{ir} = 1, y_{is} = 0,
              f_{ir} \le f_{is}\}|}{|Y_i| \, (q - |Y_i|)}

    A tie is a wrong order, as in the paper and in scikit-learn; MULAN and MEKA break
    ties by position, so that about half of them pass. A row with no label, or with all,
    has no pair: it counts 0 and stays in the mean, as in all three. Only the order of
    the scores within a row matters. Cost O(n q log q).

    References
    ----------
    R. E. Schapire, Y. Singer (2000). BoosTexter: a boosting-based system for text
    categorization. Machine Learning 39, 135-168.

    Examples
    --------
    >>> ranking_loss([[1, 0, 0], [0, 0, 1]], [[0.9, 0.2, 0.1], [0.5, 0.6, 0.5]])
    0.5
    """
    return mean_ranking_loss(ranking_counts(Y, scores))


def label_ranking_average_precision_score(Y: Any, scores: Any) -> float:
    r"""Precision at the rank of each true label, mean over the row, then over rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant: probabilities or decision values.

    Returns
    -------
    float
        In (0, 1]; best 1. At least 1 / n_labels.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} \frac{1}{|Y_i|} \sum_{r \in Y_i}
              \frac{|\{s \in Y_i : f_{is} \ge f_{ir}\}|}{|\{s : f_{is} \ge f_{ir}\}|}

    Ties share the worst rank. A row without a label counts 1; a row with all labels is
    1 by the formula. So do scikit-learn and MEKA; MULAN leaves rows without a label
    out and breaks ties by position. Not the mean over labels of average precision
    (mAP), which ranks the rows of each label. Cost O(n q log q).

    References
    ----------
    R. E. Schapire, Y. Singer (2000). BoosTexter: a boosting-based system for text
    categorization. Machine Learning 39, 135-168.

    Examples
    --------
    >>> label_ranking_average_precision_score([[1, 0, 1]], [[0.9, 0.5, 0.1]])
    0.8333333333333333
    """
    return mean_average_precision(ranking_counts(Y, scores))
