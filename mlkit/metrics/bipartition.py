"""Metrics of whole cells and whole rows of decided labels.

Each function is a definition and its documentation; the counting is in
`mlkit.metrics.counts`. The cost is one pass: O(n q), or O(nnz) where one is sparse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice
from mlkit.metrics.conventions import ZeroDivision, resolve
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.ratios import RATIOS, Average, RatioMean, score_ratio
from mlkit.metrics.row_counts import RowMean, is_right, is_wrong
from mlkit.metrics.values import MetricValue

__all__ = [
    "f1_of_averages_score",
    "hamming_loss",
    "hamming_score",
    "prediction_problems",
    "subset_accuracy_score",
    "subset_zero_one_loss",
]


def hamming_loss(
    Y: Any,
    Y_pred: Any,
    *,
    average: Literal["micro", "example", "macro"] | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""Share of cells, row by label, that are wrong.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.
    average : {"micro", "example", "macro"}, optional
        Of all known cells; or the mean over rows or labels of their known cells. All
        three are the same where every label is known. By default as `convention`.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        MEKA takes the mean over rows, the others pool the cells.

    Returns
    -------
    MetricValue
        In [0, 1]; best 0. NaN if no label is known.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels.
    OptionError
        If an option has no such value.

    Notes
    -----
    .. math:: \frac{1}{nq} \sum_{i=1}^{n} \sum_{j=1}^{q} [y_{ij} \ne \hat y_{ij}]

    Never undefined. It flatters where labels are rare: predicting nothing at all gives
    their density. It is minimised by deciding every label on its own (Dembczyński et
    al. 2012).

    References
    ----------
    R. E. Schapire, Y. Singer (2000). BoosTexter: a boosting-based system for text
    categorization. Machine Learning 39, 135-168.

    K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier (2012). On label dependence
    and loss minimization in multi-label classification. Machine Learning 88, 5-45.

    Examples
    --------
    >>> hamming_loss([[1, 0], [1, 1]], [[1, 1], [1, 1]])
    0.25
    """
    chosen = resolve("hamming", convention, average=average)["average"]
    check_choice("average", chosen, ("micro", "example", "macro"))
    evidence = Evidence.of_labels(Y, Y_pred)
    return RatioMean(RATIOS["hamming_loss"], chosen).value(evidence, {})


def hamming_score(
    Y: Any, Y_pred: Any, *, average: Average = "micro"
) -> MetricValue | pd.Series:
    r"""Share of cells that are right: one minus the Hamming loss, by any average.

    Parameters
    ----------
    Y, Y_pred
        As `hamming_loss`.
    average : {"micro", "example", "macro", "weighted"} or None, default "micro"
        As `mlkit.metrics.precision_score`. They differ only where labels are unknown,
        but for "weighted".

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. A Series, by label name, where `average` is None.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `hamming_loss`.

    Notes
    -----
    .. math:: \frac{TP + TN}{TP + TN + FP + FN}

    MEKA's Hamming score, and the accuracy that network libraries call binary. Where
    labels are rare it is high whatever is predicted: .90 for predicting nothing on
    labels of density .10.

    References
    ----------
    Schapire and Singer (2000), see `hamming_loss`.

    Examples
    --------
    >>> hamming_score([[1, 0], [1, 1]], [[1, 1], [1, 1]])
    0.75
    >>> hamming_score([[1, 0], [1, 1]], [[1, 1], [1, 1]], average=None).tolist()
    [1.0, 0.5]
    """
    return score_ratio(RATIOS["hamming"], Y, Y_pred, average=average)


def subset_accuracy_score(Y: Any, Y_pred: Any) -> MetricValue:
    r"""Share of rows whose label set is predicted exactly.

    Parameters
    ----------
    Y, Y_pred
        As `hamming_loss`.

    Returns
    -------
    MetricValue
        In [0, 1]; best 1. NaN if no label is known.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        As `hamming_loss`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} [Y_i = \hat Y_i]

    Never undefined: an empty set that is predicted empty is right. MEKA calls it exact
    match, scikit-learn ``accuracy_score``. One wrong label costs as much as all of
    them. It is maximised by the most probable label *set* (Dembczyński et al. 2012).

    References
    ----------
    S. Zhu, X. Ji, W. Xu, Y. Gong (2005). Multi-labelled classification using maximum
    entropy method. SIGIR, 274-281.

    Examples
    --------
    >>> subset_accuracy_score([[1, 0], [1, 1]], [[1, 1], [1, 1]])
    0.5
    """
    return RowMean(is_right).value(Evidence.of_labels(Y, Y_pred), {})


def subset_zero_one_loss(Y: Any, Y_pred: Any) -> MetricValue:
    r"""Share of rows whose label set is not predicted exactly.

    Parameters
    ----------
    Y, Y_pred
        As `hamming_loss`.

    Returns
    -------
    MetricValue
        In [0, 1]; best 0. NaN if no label is known.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        As `hamming_loss`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} [Y_i \ne \hat Y_i]

    One minus `subset_accuracy_score`; scikit-learn's ``zero_one_loss``.

    References
    ----------
    Dembczyński et al. (2012), see `hamming_loss`.

    Examples
    --------
    >>> subset_zero_one_loss([[1, 0], [1, 1]], [[1, 1], [1, 1]])
    0.5
    """
    return RowMean(is_wrong).value(Evidence.of_labels(Y, Y_pred), {})


@dataclass(frozen=True, slots=True)
class HarmonicOfMeans:
    """The harmonic mean of an averaged precision and an averaged recall.

    Parameters
    ----------
    average : {"example", "macro"}
    """

    average: Literal["example", "macro"]

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the harmonic mean."""
        precision, recall = (part.value(evidence, options) for part in self._parts())
        return MetricValue(
            float(_harmonic(np.asarray(precision), np.asarray(recall))),
            units=precision.units,
            undefined=max(precision.undefined, recall.undefined),
            kind=precision.kind,
        )

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return it under several weightings of the rows, one each."""
        parts = (p.resample(evidence, options, row_weights) for p in self._parts())
        return _harmonic(*parts)

    def _parts(self) -> list[RatioMean]:
        return [RatioMean(RATIOS[n], self.average) for n in ("precision", "recall")]


def _harmonic(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    total = one + other
    return np.where(total == 0, 0.0, 2 * one * other / np.where(total == 0, 1, total))


def f1_of_averages_score(
    Y: Any,
    Y_pred: Any,
    *,
    average: Literal["example", "macro"],
    zero_division: ZeroDivision | None = None,
    convention: str = "sklearn",
) -> MetricValue:
    r"""Harmonic mean of mean precision and mean recall: the other "F1".

    Parameters
    ----------
    Y, Y_pred, zero_division, convention
        As `mlkit.metrics.precision_score`.
    average : {"example", "macro"}
        Over rows or over labels.

    Returns
    -------
    MetricValue
        In [0, 1]; best 1. 0 where mean precision and mean recall are 0.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, OptionError
        As `mlkit.metrics.precision_score`.

    Notes
    -----
    .. math:: \frac{2 \bar P \bar R}{\bar P + \bar R}

    Some papers and tools print this as "macro F1" or "example F1"; LibMultiLabel has
    both, and calls this one Another-Macro-F1. It is at least as large as the mean F1
    wherever precision and recall trade between units, and by a lot (Opitz and Burst);
    never compare the two.

    References
    ----------
    J. Opitz, S. Burst (2019). Macro F1 and macro F1. arXiv 1911.03347.

    Examples
    --------
    >>> Y, Y_pred = [[1, 0, 0], [1, 1, 1]], [[1, 1, 1], [1, 0, 0]]
    >>> round(f1_of_averages_score(Y, Y_pred, average="example"), 3)
    0.667
    """
    check_choice("average", average, ("example", "macro"))
    options = resolve("precision", convention, zero_division=zero_division)
    return HarmonicOfMeans(average).value(Evidence.of_labels(Y, Y_pred), options)


def prediction_problems(Y: Any, Y_pred: Any) -> pd.Series:
    """Count what goes wrong with whole labels and whole rows.

    Parameters
    ----------
    Y, Y_pred
        As `hamming_loss`.

    Returns
    -------
    Series of float
        ``cardinality`` and ``predicted_cardinality``, labels per row; ``empty_rows``
        and ``predicted_empty_rows``, shares of rows; and shares of labels:
        ``constant_labels`` are predicted for all rows or for none,
        ``never_predicted_labels`` for none although they occur, and
        ``never_right_labels`` occur and are never predicted rightly.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        As `hamming_loss`.

    Notes
    -----
    A good macro average can hide labels that a model has given up; these shares do not.
    Only known cells count, and rows and labels without any are left out.

    References
    ----------
    A. Rivolli, J. Read, C. Soares, B. Pfahringer, A. C. P. L. F. de Carvalho (2020).
    An empirical analysis of binary transformation strategies and base algorithms for
    multi-label learning. Machine Learning 109, 1509-1563: the three label problems.

    Examples
    --------
    >>> problems = prediction_problems([[1, 0], [1, 1]], [[1, 0], [1, 0]])
    >>> problems[["constant_labels", "never_right_labels"]].tolist()
    [1.0, 0.5]
    """
    counts = Evidence.of_labels(Y, Y_pred).confusion
    rows, labels = counts.by_example, counts.by_label
    constant = (labels.predicted == 0) | (labels.predicted == labels.n_cells)
    occurs = labels.actual > 0
    return pd.Series(
        {
            "cardinality": _share(rows.actual, rows.present),
            "predicted_cardinality": _share(rows.predicted, rows.present),
            "empty_rows": _share(rows.actual == 0, rows.present),
            "predicted_empty_rows": _share(rows.predicted == 0, rows.present),
            "constant_labels": _share(constant, labels.present),
            "never_predicted_labels": _share(
                occurs & (labels.predicted == 0), labels.present
            ),
            "never_right_labels": _share(
                occurs & (labels.true_positive == 0), labels.present
            ),
        }
    )


def _share(values: np.ndarray, present: np.ndarray) -> float:
    return float(values[present].mean()) if present.any() else float("nan")
