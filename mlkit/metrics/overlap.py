"""Precision, recall, F-measure and Jaccard index: overlap of truth and prediction.

Each function is a definition and its documentation; the arithmetic is in
`mlkit.metrics.ratios`, the counting in `mlkit.metrics.counts`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from mlkit.metrics.conventions import ZeroDivision
from mlkit.metrics.ratios import RATIOS, Average, f_beta, score_ratio
from mlkit.metrics.values import MetricValue

__all__ = [
    "f1_score",
    "fbeta_score",
    "jaccard_score",
    "precision_score",
    "recall_score",
]


def precision_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Share of the predicted labels that are right.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.
    average : {"example", "micro", "macro", "weighted"} or None
        Mean over rows; of all cells pooled; mean over labels; mean over labels,
        weighted by their number of true rows; or each label by itself. There is no
        default, because the choice is what a reader has to know.
    zero_division : {0.0, 1.0, nan, "match"}, optional
        What a row or label counts that has 0/0: 0; 1; nothing, it leaves the mean; or 1
        where it has no wrong cell and 0 else. By default as `convention`.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        Whose rule for 0/0: scikit-learn and MEKA count 0, MULAN "match".

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. A float that says how many rows or labels were undefined;
        NaN if none is left. A Series, by label name, where `average` is None.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels.
    OptionError
        If an option has no such value.

    Notes
    -----
    .. math:: P = \frac{TP}{TP + FP}

    of each unit: for a row :math:`|Y_i \cap \hat Y_i| / |\hat Y_i|` (Godbole and
    Sarawagi), for a label :math:`TP_j / (TP_j + FP_j)`, for all cells
    :math:`\sum_j TP_j / \sum_j (TP_j + FP_j)` (Yang). Undefined where nothing is
    predicted. Cost O(n q), or O(nnz) where a matrix is sparse.

    References
    ----------
    S. Godbole, S. Sarawagi (2004). Discriminative methods for multi-labeled
    classification. PAKDD, 22-30.

    Y. Yang (1999). An evaluation of statistical approaches to text categorization.
    Information Retrieval 1, 69-90.

    Examples
    --------
    >>> Y, Y_pred = [[1, 0], [1, 1]], [[1, 1], [0, 1]]
    >>> precision_score(Y, Y_pred, average="example")
    0.75
    >>> precision_score(Y, Y_pred, average=None).tolist()
    [1.0, 0.5]
    >>> precision_score(Y, [[1, 1], [0, 0]], average="example")
    0.25 (1 of 2 rows undefined)
    """
    return score_ratio(
        RATIOS["precision"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def recall_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Share of the true labels that are predicted; also called sensitivity.

    Parameters
    ----------
    Y, Y_pred, average, zero_division, convention
        As `precision_score`.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. As `precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `precision_score`.

    Notes
    -----
    .. math:: R = \frac{TP}{TP + FN}

    of each unit, as in `precision_score`. Undefined where nothing is true: a row
    without a label, a label without a row. scikit-learn and MEKA count 0 there, MULAN 1
    if nothing is predicted either.

    References
    ----------
    Godbole and Sarawagi (2004) for rows, Yang (1999) for labels and cells: see
    `precision_score`.

    Examples
    --------
    >>> Y, Y_pred = [[1, 0], [1, 1]], [[1, 1], [0, 1]]
    >>> recall_score(Y, Y_pred, average="macro")
    0.75
    >>> round(recall_score(Y, Y_pred, average="weighted"), 3)
    0.667
    """
    return score_ratio(
        RATIOS["recall"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def fbeta_score(
    Y: Any,
    Y_pred: Any,
    *,
    beta: float,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""F-measure: harmonic mean of precision and recall, recall weighing beta times.

    Parameters
    ----------
    Y, Y_pred, average, zero_division, convention
        As `precision_score`.
    beta : float
        How many times as important recall is as precision; more than 0 and finite.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. As `precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `precision_score`.
    TypeError
        If `beta` is not a number.

    Notes
    -----
    .. math:: F_\beta = \frac{(1 + \beta^2)\, TP}{(1 + \beta^2)\, TP + \beta^2 FN + FP}

    of each unit, as in `precision_score`. Undefined only where nothing is true and
    nothing predicted: scikit-learn and MEKA count 0 there, MULAN 1. Where rows without
    a label are many this alone decides the value of the example average.

    References
    ----------
    C. J. van Rijsbergen (1979). Information Retrieval, 2nd ed., chapter 7.
    Butterworths.

    Examples
    --------
    >>> Y, Y_pred = [[1, 0], [1, 1]], [[1, 1], [0, 1]]
    >>> fbeta_score(Y, Y_pred, beta=2, average=None).round(3).tolist()
    [0.556, 0.833]
    """
    return score_ratio(
        f_beta(beta),
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def f1_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""F1: harmonic mean of precision and recall.

    Parameters
    ----------
    Y, Y_pred, average, zero_division, convention
        As `precision_score`.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. As `precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `precision_score`.

    See Also
    --------
    f1_of_averages_score : What some papers print under the same name.

    Notes
    -----
    .. math:: F_1 = \frac{2\, TP}{2\, TP + FP + FN}

    of each unit: `fbeta_score` with beta 1. Micro F1 counts cells, so that frequent
    labels decide it; macro F1 counts labels, so that rare ones weigh as much; example
    F1 counts rows. On a test part that lacks many labels (111 of 374 in Corel5k) the
    rule for 0/0 moves macro F1 by up to that share.

    References
    ----------
    Godbole and Sarawagi (2004) for rows, Yang (1999) for labels and cells: see
    `precision_score`.

    Examples
    --------
    >>> Y, Y_pred = [[1, 0], [0, 0]], [[1, 1], [0, 0]]
    >>> f1_score(Y, Y_pred, average="example")
    0.3333333333333333 (1 of 2 rows undefined)
    >>> f1_score(Y, Y_pred, average="example", convention="mulan")
    0.8333333333333333 (1 of 2 rows undefined)
    """
    return score_ratio(
        RATIOS["f1"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def jaccard_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Jaccard index: true and predicted together, over true or predicted.

    Parameters
    ----------
    Y, Y_pred, average, zero_division, convention
        As `precision_score`.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. As `precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `precision_score`.

    Notes
    -----
    .. math:: J = \frac{TP}{TP + FP + FN}

    of each unit; for a row :math:`|Y_i \cap \hat Y_i| / |Y_i \cup \hat Y_i|`, which
    MULAN calls example-based accuracy and MEKA accuracy. Undefined where nothing is
    true and nothing predicted: scikit-learn counts 0 there, MULAN and MEKA 1.
    :math:`J = F_1 / (2 - F_1)` for a unit, not for a mean of several.

    References
    ----------
    Godbole and Sarawagi (2004), see `precision_score`.

    Examples
    --------
    >>> jaccard_score([[1, 0], [1, 1]], [[1, 1], [1, 1]], average="example")
    0.75
    """
    return score_ratio(
        RATIOS["jaccard"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )
