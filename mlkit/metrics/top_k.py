"""Metrics of the first k labels of each row: what many labels are judged by.

Each function is a definition and its documentation. Places come from
`mlkit.metrics.ranked_lists`; the cost is one sort a row, O(n q log q).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlkit.arguments import check_count
from mlkit.metrics.conventions import Empty, Ties
from mlkit.metrics.rank_measures import ALL_TIES, RankMean, score_ranking
from mlkit.metrics.ranked_lists import RankedLists
from mlkit.metrics.values import MetricValue

__all__ = [
    "dcg_score",
    "ndcg_score",
    "precision_at_k_score",
    "r_precision_at_k_score",
    "recall_at_k_score",
]


def _found(lists: RankedLists, ties: str, k: int) -> np.ndarray:
    """Return the number of true items among the first k, expected over ties."""
    return lists.total(lists.share_within(k, ties))


@dataclass(frozen=True, slots=True)
class Within:
    """A measure of the first k items of each list.

    Parameters
    ----------
    measure : callable
        ``measure(lists, ties, k) -> ndarray of float64, shape (n_lists,)``.
    k : int or None
        None stands for all.
    """

    measure: Callable[[RankedLists, str, Any], np.ndarray]
    k: int | None

    def __call__(self, lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
        return self.measure(lists, options["ties"], self.k)


def precision_within(lists: RankedLists, ties: str, k: int) -> np.ndarray:
    """Return the share of the first k places that true items hold."""
    return _found(lists, ties, k) / k


def recall_within(lists: RankedLists, ties: str, k: int) -> np.ndarray:
    """Return the share of the true items that are among the first k."""
    return _found(lists, ties, k) / np.maximum(lists.n_true, 1)


def r_precision_within(lists: RankedLists, ties: str, k: int) -> np.ndarray:
    """Return the true items among the first k, over as many as could be there."""
    return _found(lists, ties, k) / np.clip(lists.n_true, 1, k)


def dcg_within(lists: RankedLists, ties: str, k: int | None) -> np.ndarray:
    """Return the discounted gain of the first k items of each list."""
    discounts = _discounts(lists, k)
    # Behind the last place that counts nothing is gained.
    each, depth = np.append(discounts, 0.0), len(discounts)
    if ties != "average":
        return lists.total(each[np.minimum(lists.places(), depth + 1) - 1])
    # The mean discount of the places that a group of equal scores shares.
    gains = np.concatenate([[0.0], np.cumsum(discounts)])
    above, reached = (np.minimum(p, depth) for p in (lists.above, lists.reached))
    width = lists.reached - lists.above
    shared = (gains[reached] - gains[above]) / width
    # A difference of sums is less exact than what was added.
    return lists.total(np.where(width == 1, each[above], shared))


def ndcg_within(lists: RankedLists, ties: str, k: int | None) -> np.ndarray:
    """Return the discounted gain of the first k items, over the greatest possible."""
    best = np.cumsum(_discounts(lists, k))
    ideal = best[np.clip(lists.n_true, 1, len(best)) - 1]
    # Rounding can carry a perfect order just above one.
    return np.minimum(dcg_within(lists, ties, k) / ideal, 1.0)


def _discounts(lists: RankedLists, k: int | None) -> np.ndarray:
    """Return what a true item gains at each place, the first one 1."""
    depth = max(int(lists.n_items.max(initial=0)), 1) if k is None else k
    return 1.0 / np.log2(np.arange(depth) + 2.0)


def precision_at_k_score(
    Y: Any,
    scores: Any,
    *,
    k: int,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""P@k: share of the k top-ranked labels of a row that are true, mean over rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such labels are not ranked.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant.
    k : int
        At least 1. Beyond n_labels, the places that no label holds count as wrong.
    ties : {"worst", "average", "first", "last"}, optional
        Equal scores: untrue labels come first; the mean over all orders; the first
        label comes first; the last one does. By default as `convention`.
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a row without a true label counts. 0 in all conventions.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        None of the three has this measure: "average", "last" and "first" in the order
        of names, as the rankings of each.

    Returns
    -------
    MetricValue
        In [0, 1]. Best 1 only where every row has k labels: a row with fewer cannot
        reach it. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.
    OptionError
        If an option has no such value.
    TypeError, ValueError
        If `k` is not a whole number of at least 1.

    See Also
    --------
    r_precision_at_k_score : Reaches 1 for every row.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \frac{1}{k}
              \sum_{r \,:\, \mathrm{rank}_i(r) \le k} y_{ir}

    Nothing is decided: the k best labels are looked at, whatever their scores are.

    References
    ----------
    K. Bhatia, H. Jain, P. Kar, M. Varma, P. Jain (2015). Sparse local embeddings for
    extreme multi-label classification. NIPS, 730-738.

    Examples
    --------
    >>> precision_at_k_score([[1, 0, 1]], [[0.9, 0.5, 0.1]], k=2)
    0.5
    """
    return _score_at(precision_within, Y, scores, k, ties, empty, convention)


def recall_at_k_score(
    Y: Any,
    scores: Any,
    *,
    k: int,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""R@k: share of a row's true labels among its k top-ranked, mean over rows.

    Parameters
    ----------
    Y, scores, k, ties, empty, convention
        As `precision_at_k_score`.

    Returns
    -------
    MetricValue
        In [0, 1]. Best 1 only where no row has more than k labels. A float that says
        how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `precision_at_k_score`.
    TypeError, ValueError
        If `k` is not a whole number of at least 1.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \frac{1}{|Y_i|}
              \sum_{r \,:\, \mathrm{rank}_i(r) \le k} y_{ir}

    References
    ----------
    C. D. Manning, P. Raghavan, H. Schütze (2008). Introduction to Information
    Retrieval, chapter 8. Cambridge University Press.

    Examples
    --------
    >>> recall_at_k_score([[1, 0, 1]], [[0.9, 0.5, 0.1]], k=2)
    0.5
    """
    return _score_at(recall_within, Y, scores, k, ties, empty, convention)


def r_precision_at_k_score(
    Y: Any,
    scores: Any,
    *,
    k: int,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""RP@k: true labels among the k top-ranked, over as many as could be there.

    Parameters
    ----------
    Y, scores, k, ties, empty, convention
        As `precision_at_k_score`.

    Returns
    -------
    MetricValue
        In [0, 1]; best 1. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `precision_at_k_score`.
    TypeError, ValueError
        If `k` is not a whole number of at least 1.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \frac{1}{\min(k, |Y_i|)}
              \sum_{r \,:\, \mathrm{rank}_i(r) \le k} y_{ir}

    References
    ----------
    I. Chalkidis, M. Fergadiotis, P. Malakasiotis, I. Androutsopoulos (2019).
    Large-scale multi-label text classification on EU legislation. ACL, 6314-6322.

    Examples
    --------
    >>> r_precision_at_k_score([[1, 0, 0]], [[0.9, 0.5, 0.1]], k=2)
    1.0
    """
    return _score_at(r_precision_within, Y, scores, k, ties, empty, convention)


def ndcg_score(
    Y: Any,
    scores: Any,
    *,
    k: int | None = None,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""nDCG@k: gain of true labels, less the deeper they stand, over the best possible.

    Parameters
    ----------
    Y, scores, ties, empty, convention
        As `precision_at_k_score`; scikit-learn's function has ties "average" and counts
        0 for a row without a label, as here.
    k : int, optional
        How many places count; by default all.

    Returns
    -------
    MetricValue
        In [0, 1]; best 1. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `precision_at_k_score`.
    TypeError, ValueError
        If `k` is not a whole number of at least 1.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i
              \frac{\sum_{r \,:\, \mathrm{rank}_i(r) \le k} y_{ir} / \log_2(1 +
              \mathrm{rank}_i(r))}{\sum_{m=1}^{\min(k, |Y_i|)} 1 / \log_2(1 + m)}

    References
    ----------
    K. Järvelin, J. Kekäläinen (2002). Cumulated gain-based evaluation of IR techniques.
    ACM Transactions on Information Systems 20, 422-446.

    Examples
    --------
    >>> round(ndcg_score([[1, 0, 1]], [[0.9, 0.5, 0.1]], k=2), 3)
    0.613
    """
    return _score_at(ndcg_within, Y, scores, k, ties, empty, convention)


def dcg_score(
    Y: Any,
    scores: Any,
    *,
    k: int | None = None,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""DCG@k: gain of true labels, less the deeper they stand.

    Parameters
    ----------
    Y, scores, k, ties, empty, convention
        As `ndcg_score`.

    Returns
    -------
    MetricValue
        At least 0; best where each row's labels stand first, a value that depends on
        how many they are. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `precision_at_k_score`.
    TypeError, ValueError
        If `k` is not a whole number of at least 1.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i
              \sum_{r \,:\, \mathrm{rank}_i(r) \le k} \frac{y_{ir}}{\log_2(1 +
              \mathrm{rank}_i(r))}

    Rows with many labels weigh more: `ndcg_score` divides by the best possible.

    References
    ----------
    Järvelin and Kekäläinen (2002), see `ndcg_score`.

    Examples
    --------
    >>> dcg_score([[1, 0, 1]], [[0.9, 0.5, 0.1]])
    1.5
    """
    return _score_at(dcg_within, Y, scores, k, ties, empty, convention)


def _score_at(
    measure: Any,
    Y: Any,
    scores: Any,
    k: int | None,
    ties: Ties | None,
    empty: Empty | None,
    convention: str,
) -> MetricValue:
    # Where k may be left out, all places count.
    if k is not None or measure not in (dcg_within, ndcg_within):
        check_count("k", k, minimum=1)
    return score_ranking(
        RankMean(Within(measure, k)),
        "top_k",
        Y,
        scores,
        convention=convention,
        allowed=ALL_TIES,
        ties=ties,
        empty=empty,
    )
