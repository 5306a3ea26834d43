"""Measures that reward rightly absent labels too: specificity, MCC, kappa and others.

Each function is a definition and its documentation; the arithmetic is in
`mlkit.metrics.ratios`, the counting in `mlkit.metrics.counts`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from mlkit.metrics.conventions import ZeroDivision
from mlkit.metrics.ratios import RATIOS, Average, score_ratio
from mlkit.metrics.values import MetricValue

__all__ = [
    "balanced_accuracy_score",
    "gmean_score",
    "harmonic_score",
    "kappa_score",
    "mcc_score",
    "specificity_score",
]


def specificity_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Share of the absent labels that are not predicted: recall of the zeros.

    Parameters
    ----------
    Y, Y_pred, average, zero_division, convention
        As `mlkit.metrics.precision_score`.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. As `mlkit.metrics.precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `mlkit.metrics.precision_score`.

    Notes
    -----
    .. math:: S = \frac{TN}{TN + FP}

    of each row, each label or all cells. Undefined where no label is absent: 0 by
    default, in MULAN 1 if every label is predicted. scikit-learn has no such function;
    it is the recall of the other class. Near 1 for rare labels whatever is predicted:
    read it next to recall.

    References
    ----------
    M. Sokolova, G. Lapalme (2009). A systematic analysis of performance measures for
    classification tasks. Information Processing & Management 45, 427-437.

    Examples
    --------
    >>> specificity_score([[1, 0], [0, 0]], [[1, 1], [0, 0]], average=None).tolist()
    [1.0, 0.5]
    """
    return score_ratio(
        RATIOS["specificity"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def balanced_accuracy_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Mean of recall and specificity: .5 for any constant prediction.

    Parameters
    ----------
    Y, Y_pred, average, convention
        As `mlkit.metrics.precision_score`.
    zero_division : {0.0, 1.0, nan, "match"}, optional
        What recall or specificity counts where it is 0/0; with nan the other one of
        the two stands alone. By default as `convention`: nan in scikit-learn's,
        "match" in MULAN's.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. As `mlkit.metrics.precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `mlkit.metrics.precision_score`.

    Notes
    -----
    .. math:: \frac{1}{2} \left( \frac{TP}{TP + FN} + \frac{TN}{TN + FP} \right)

    of each unit. Undefined where a unit has one value only: all absent, or all
    present. scikit-learn's function of the same name refuses label matrices; for a
    single label it leaves the absent class out, as here.

    References
    ----------
    K. H. Brodersen, C. S. Ong, K. E. Stephan, J. M. Buhmann (2010). The balanced
    accuracy and its posterior distribution. ICPR, 3121-3124.

    Examples
    --------
    >>> Y, Y_pred = [[1], [0], [0], [0]], [[1], [1], [0], [0]]
    >>> round(balanced_accuracy_score(Y, Y_pred, average="macro"), 3)
    0.833
    """
    return score_ratio(
        RATIOS["balanced_accuracy"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def gmean_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Geometric mean of recall and specificity: 0 as soon as one of the two is.

    Parameters
    ----------
    Y, Y_pred, average, convention
        As `mlkit.metrics.precision_score`.
    zero_division : {0.0, 1.0, nan, "match"}, optional
        What recall or specificity counts where it is 0/0; with nan the row or label
        leaves the mean. By default 0, in MULAN's convention "match".

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. As `mlkit.metrics.precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `mlkit.metrics.precision_score`.

    Notes
    -----
    .. math:: \sqrt{\frac{TP}{TP + FN} \cdot \frac{TN}{TN + FP}}

    of each unit. Undefined where a unit has one value only.

    References
    ----------
    M. Kubat, S. Matwin (1997). Addressing the curse of imbalanced training sets:
    one-sided selection. ICML, 179-186.

    Examples
    --------
    >>> Y, Y_pred = [[1], [0], [0], [0], [0]], [[1], [1], [1], [1], [0]]
    >>> gmean_score(Y, Y_pred, average="macro")
    0.5
    """
    return score_ratio(
        RATIOS["gmean"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def harmonic_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Harmonic mean of the accuracy on the ones and of that on the zeros.

    Parameters
    ----------
    Y, Y_pred, average, convention
        As `mlkit.metrics.precision_score`.
    zero_division : {0.0, 1.0, nan, "match"}, optional
        What either accuracy counts where it is 0/0; with nan, the default but in
        MULAN's convention, the row or label leaves the mean.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. As `mlkit.metrics.precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `mlkit.metrics.precision_score`.

    Notes
    -----
    .. math:: \frac{2 R S}{R + S}, \quad R = \frac{TP}{TP + FN},
              \quad S = \frac{TN}{TN + FP}

    of each unit; 0 where both are 0. A row with no label, or with all, is undefined.
    MEKA's harmonic score is the example average.

    References
    ----------
    J. Read, P. Reutemann, B. Pfahringer, G. Holmes (2016). MEKA: a multi-label /
    multi-target extension to WEKA. JMLR 17(21), 1-5.

    Examples
    --------
    >>> harmonic_score([[1, 0, 0, 0]], [[1, 1, 0, 1]], average="example")
    0.5
    """
    return score_ratio(
        RATIOS["harmonic"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def mcc_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Matthews correlation: phi coefficient of truth and prediction.

    Parameters
    ----------
    Y, Y_pred, average, zero_division, convention
        As `mlkit.metrics.precision_score`.

    Returns
    -------
    MetricValue, or Series of float
        In [-1, 1]; best 1, by chance 0. As `mlkit.metrics.precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `mlkit.metrics.precision_score`.

    Notes
    -----
    .. math:: \frac{TP \cdot TN - FP \cdot FN}
              {\sqrt{(TP + FP)(TP + FN)(TN + FP)(TN + FN)}}

    of each unit. Undefined where truth or prediction has one value only: 0 by default,
    as scikit-learn does for a single label (its function refuses label matrices).

    References
    ----------
    B. W. Matthews (1975). Comparison of the predicted and observed secondary structure
    of T4 phage lysozyme. Biochimica et Biophysica Acta 405, 442-451.

    Examples
    --------
    >>> Y, Y_pred = [[1], [1], [0], [0]], [[1], [0], [0], [0]]
    >>> round(mcc_score(Y, Y_pred, average="macro"), 3)
    0.577
    """
    return score_ratio(
        RATIOS["mcc"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )


def kappa_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Average,
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Cohen's kappa: agreement beyond what chance gives with the same frequencies.

    Parameters
    ----------
    Y, Y_pred, average, convention
        As `mlkit.metrics.precision_score`.
    zero_division : {0.0, 1.0, nan, "match"}, optional
        What a row or label counts where chance already agrees fully; nan, the default
        but in MULAN's convention, leaves it out.

    Returns
    -------
    MetricValue, or Series of float
        In [-1, 1]; best 1, by chance 0. As `mlkit.metrics.precision_score`.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `mlkit.metrics.precision_score`.

    Notes
    -----
    .. math:: \kappa = \frac{p_o - p_e}{1 - p_e}
              = \frac{2 (TP \cdot TN - FP \cdot FN)}
                     {(TP + FP)(FP + TN) + (TP + FN)(FN + TN)}

    of each unit, with the share of right cells :math:`p_o` and the one expected by
    chance, :math:`p_e`. Undefined where truth and prediction are the same constant;
    scikit-learn's function for a single label gives NaN there.

    References
    ----------
    J. Cohen (1960). A coefficient of agreement for nominal scales. Educational and
    Psychological Measurement 20, 37-46.

    Examples
    --------
    >>> kappa_score([[1], [1], [0], [0]], [[1], [0], [0], [0]], average="macro")
    0.5
    """
    return score_ratio(
        RATIOS["kappa"],
        Y,
        Y_pred,
        average=average,
        zero_division=zero_division,
        convention=convention,
    )
