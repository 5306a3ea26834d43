"""Metrics of scores: how well each row ranks its labels, before any threshold.

Each function is a definition and its documentation. All are sums over the true labels
of where they stand in their row (`mlkit.metrics.ranked_lists`): one sort a row, shared
by all of them. The cost is O(n q log q).
"""

from __future__ import annotations

from typing import Any

from mlkit.metrics.conventions import Empty, Ties
from mlkit.metrics.rank_measures import (
    ALL_TIES,
    COVERAGE,
    ERROR_SET_SIZE,
    IS_ERROR,
    LABEL_RANKING,
    MARGIN,
    ONE_ERROR,
    RANKING_LOSS,
    score_ranking,
)
from mlkit.metrics.values import MetricValue

__all__ = [
    "coverage_error",
    "error_set_size_loss",
    "is_error",
    "label_ranking_average_precision_score",
    "margin_loss",
    "one_error",
    "ranking_loss",
]


def one_error(
    Y: Any,
    scores: Any,
    *,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""Share of rows whose top-ranked label is not a true one.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such labels are not ranked.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant: probabilities or decision values.
    ties : {"worst", "average", "first", "last"}, optional
        Equal scores: an untrue label comes first; the mean over all orders; the first
        label comes first; the last one does. By default as `convention`.
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a row without a true label counts: 0; 1; nothing, it leaves the mean; or
        the whole metric is NaN. By default as `convention`.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        Whose edges. An empty row counts as an error in all of them; ties are "worst"
        in scikit-learn's rankings, "last" in MULAN, "first" in MEKA.

    Returns
    -------
    MetricValue
        In [0, 1]; best 0. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.
    OptionError
        If an option has no such value.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} [\arg\max_j f_{ij} \notin Y_i]

    Only the order of the scores within a row matters.

    References
    ----------
    R. E. Schapire, Y. Singer (2000). BoosTexter: a boosting-based system for text
    categorization. Machine Learning 39, 135-168.

    Examples
    --------
    >>> one_error([[1, 0, 0], [0, 0, 1]], [[0.9, 0.2, 0.1], [0.5, 0.6, 0.5]])
    0.5
    """
    return score_ranking(
        ONE_ERROR,
        "one_error",
        Y,
        scores,
        convention=convention,
        allowed=ALL_TIES,
        ties=ties,
        empty=empty,
    )


def is_error(
    Y: Any,
    scores: Any,
    *,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""Share of rows whose true labels do not all stand above the others.

    Parameters
    ----------
    Y, scores, convention
        As `one_error`.
    ties : {"worst", "first", "last"}, optional
        As `ranking_loss`.
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a row counts that has no pair: no true label, or nothing else. 0 in all
        conventions.

    Returns
    -------
    MetricValue
        In [0, 1]; best 0. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `one_error`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i [\exists\, r \in Y_i, s \notin Y_i :
              f_{ir} \le f_{is}]

    0 exactly where some threshold, its own for each row, would decide the row rightly.
    MULAN's IsError.

    References
    ----------
    K. Crammer, Y. Singer (2003). A family of additive online algorithms for category
    ranking. JMLR 3, 1025-1058.

    Examples
    --------
    >>> is_error([[1, 0, 0], [0, 0, 1]], [[0.9, 0.2, 0.1], [0.5, 0.6, 0.7]])
    0.0
    """
    return score_ranking(
        IS_ERROR, "ranking", Y, scores, convention=convention, ties=ties, empty=empty
    )


def error_set_size_loss(
    Y: Any,
    scores: Any,
    *,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""Wrongly ordered pairs (true label, other label) of a row, mean over rows.

    Parameters
    ----------
    Y, scores, ties, convention
        As `ranking_loss`.
    empty : {0.0, 1.0, nan, "undefined"}, optional
        As `ranking_loss`.

    Returns
    -------
    MetricValue
        In [0, n_labels ** 2 / 4]; best 0. A float that says how many rows were
        undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `one_error`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i |\{(r, s) : y_{ir} = 1, y_{is} = 0,
              f_{ir} \le f_{is}\}|

    `ranking_loss` before it is divided by the number of pairs: rows with many labels
    weigh more. MULAN's ErrorSetSize.

    References
    ----------
    Crammer and Singer (2003), see `is_error`.

    Examples
    --------
    >>> error_set_size_loss([[1, 0, 0], [0, 0, 1]], [[0.9, 0.2, 0.1], [0.5, 0.6, 0.5]])
    1.0
    """
    return score_ranking(
        ERROR_SET_SIZE,
        "ranking",
        Y,
        scores,
        convention=convention,
        allowed=ALL_TIES,
        ties=ties,
        empty=empty,
    )


def ranking_loss(
    Y: Any,
    scores: Any,
    *,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""Share of pairs (true label, other label) in the wrong order, mean over rows.

    Parameters
    ----------
    Y, scores, convention
        As `one_error`.
    ties : {"worst", "average", "first", "last"}, optional
        Equal scores: a wrong pair; half a wrong pair; ordered by position, the first
        label before the last; or the other way round. scikit-learn and the paper have
        "worst", MULAN "last"; MEKA's order is that of its sort, taken as "last" here.
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a row counts that has no pair: no true label, or nothing else. 0 in all
        conventions.

    Returns
    -------
    MetricValue
        In [0, 1]; best 0. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `one_error`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} \frac{|\{(r, s) : y_{ir} = 1, y_{is} = 0,
              f_{ir} \le f_{is}\}|}{|Y_i| \, (q - |Y_i|)}

    With ties "average" a row's value is one minus its AUC. Only the order of the scores
    within a row matters.

    References
    ----------
    R. E. Schapire, Y. Singer (2000). BoosTexter: a boosting-based system for text
    categorization. Machine Learning 39, 135-168.

    Examples
    --------
    >>> ranking_loss([[1, 0, 0], [0, 0, 1]], [[0.9, 0.2, 0.1], [0.5, 0.6, 0.5]])
    0.5
    """
    return score_ranking(
        RANKING_LOSS,
        "ranking",
        Y,
        scores,
        convention=convention,
        allowed=ALL_TIES,
        ties=ties,
        empty=empty,
    )


def coverage_error(
    Y: Any,
    scores: Any,
    *,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""How far down a row's ranking one must go to find all its labels.

    Parameters
    ----------
    Y, scores
        As `one_error`.
    ties : {"worst", "first", "last"}, optional
        Equal scores share the worst rank, or stand in the order of their positions, or
        in the reverse of it. By default as `convention`: "worst", in MULAN "last".
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a row without a true label counts. 0 in all conventions.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        scikit-learn counts ranks from 1, MULAN and the papers from 0: the two differ by
        the share of rows with a label.

    Returns
    -------
    MetricValue
        In [0, n_labels]; best the mean number of labels of a row, less one in MULAN's
        convention. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `one_error`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} \max_{r \in Y_i} \mathrm{rank}_i(r)

    with :math:`\mathrm{rank}_i(r) = |\{s : f_{is} \ge f_{ir}\}|`. MEKA has no such
    measure; its convention is MULAN's here.

    References
    ----------
    Schapire and Singer (2000), see `ranking_loss`.

    Examples
    --------
    >>> Y, scores = [[1, 0, 0], [0, 0, 1]], [[0.9, 0.2, 0.1], [0.5, 0.6, 0.5]]
    >>> coverage_error(Y, scores), coverage_error(Y, scores, convention="mulan")
    (2.0, 0.5)
    """
    return score_ranking(
        COVERAGE, "coverage", Y, scores, convention=convention, ties=ties, empty=empty
    )


def margin_loss(
    Y: Any,
    scores: Any,
    *,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""Ranks between a row's first untrue label and its last true one.

    Parameters
    ----------
    Y, scores, convention
        As `coverage_error`.
    ties : {"worst", "first", "last"}, optional
        Equal scores: untrue labels stand before true ones; or in the order of their
        positions, or in the reverse of it. By default as `convention`.
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a row counts that has no pair: no true label, or nothing else. 0 in all
        conventions.

    Returns
    -------
    MetricValue
        In [0, n_labels - 1]; best 0. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `one_error`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \max\left(0,\; \max_{r \in Y_i} \mathrm{rank}_i(r)
              - \min_{s \notin Y_i} \mathrm{rank}_i(s)\right)

    0 exactly where `is_error` is.

    References
    ----------
    E. Loza Mencía, J. Fürnkranz (2008). Pairwise learning of multilabel classifications
    with perceptrons. IJCNN, 2899-2906.

    Examples
    --------
    >>> margin_loss([[1, 0, 0, 1]], [[0.9, 0.5, 0.4, 0.1]])
    2.0
    """
    return score_ranking(
        MARGIN, "margin", Y, scores, convention=convention, ties=ties, empty=empty
    )


def label_ranking_average_precision_score(
    Y: Any,
    scores: Any,
    *,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""Precision at the rank of each true label, mean over the row, then over rows.

    Parameters
    ----------
    Y, scores
        As `one_error`.
    ties : {"worst", "first", "last"}, optional
        As `coverage_error`; "worst" in MEKA too.
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a row without a true label counts. By default as `convention`.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        scikit-learn and MEKA count 1 for a row without a label, MULAN leaves it out.

    Returns
    -------
    MetricValue
        In (0, 1]; best 1. A float that says how many rows were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `one_error`.

    See Also
    --------
    average_precision_score : Ranks the rows of each label: mAP.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} \frac{1}{|Y_i|} \sum_{r \in Y_i}
              \frac{|\{s \in Y_i : f_{is} \ge f_{ir}\}|}{|\{s : f_{is} \ge f_{ir}\}|}

    At least 1 / n_labels for a row with labels; 1 for a row with all of them. The
    papers and MULAN call it average precision.

    References
    ----------
    Schapire and Singer (2000), see `ranking_loss`.

    Examples
    --------
    >>> label_ranking_average_precision_score([[1, 0, 1]], [[0.9, 0.5, 0.1]])
    0.8333333333333333
    """
    return score_ranking(
        LABEL_RANKING,
        "label_ranking",
        Y,
        scores,
        convention=convention,
        ties=ties,
        empty=empty,
    )
