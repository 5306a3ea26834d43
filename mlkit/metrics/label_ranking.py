"""Metrics of how the rows of each label are ranked: AUC and average precision.

Each function is a definition and its documentation. Places come from
`mlkit.metrics.ranked_lists`: one sort a label (or one of all cells, or one a row),
shared by all metrics. The cost is O(n q log n).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice
from mlkit.metrics.conventions import Empty, Ties, resolve
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.rank_measures import (
    STRICT_TIES,
    fill_units,
    mean_precision,
    wrong_pair_share,
)
from mlkit.metrics.ranked_lists import Axis, RankedLists
from mlkit.metrics.units import Units
from mlkit.metrics.values import MetricValue
from mlkit.metrics.weighted_lists import resampled_average

__all__ = [
    "ListMean",
    "average_precision_score",
    "interpolated_average_precision_score",
    "roc_auc_score",
]

ListAverage: TypeAlias = (
    Literal["example", "micro", "macro", "weighted", "geometric"] | None
)
"""Rows; all cells; labels; labels by support; their geometric mean; each label."""

_AXES: dict[str, Axis] = {"example": "row", "micro": "matrix"}
_RECALL_LEVELS = 10


def area_under_curve(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return the share of rightly ordered pairs of each list, ties counting half."""
    return 1.0 - wrong_pair_share(lists, {"ties": "average"})


def interpolated_precision(lists: RankedLists, options: dict[str, Any]) -> np.ndarray:
    """Return the mean of the greatest precision at each of ten recalls, or beyond."""
    precision = lists.hits / lists.reached
    ends = np.cumsum(lists.n_true)
    found = np.zeros(lists.n_lists)
    for j in np.flatnonzero(lists.n_true):
        here = precision[ends[j] - lists.n_true[j] : ends[j]]
        beyond = np.maximum.accumulate(here[::-1])[::-1]
        # The true item at which recall first reaches each level; the first one for 0.
        levels = np.arange(_RECALL_LEVELS) * len(here) / (_RECALL_LEVELS - 1)
        places = np.maximum(np.ceil(levels - 1e-9).astype(int) - 1, 0)
        found[j] = beyond[places].mean()
    return found


# The measure of a list, and what a list must have for it.
_MEASURES: dict[
    str, tuple[Callable[[RankedLists, dict[str, Any]], np.ndarray], str]
] = {
    "auc": (area_under_curve, "pair"),
    "ap": (mean_precision, "true"),
    "interpolated": (interpolated_precision, "true"),
}


@dataclass(frozen=True, slots=True)
class ListMean:
    """The mean of a measure of ranked lists over labels or rows, or that of all cells.

    Parameters
    ----------
    kind : {"auc", "ap", "interpolated"}
        Area under the ROC curve, average precision, or interpolated precision.
    average : {"example", "micro", "macro", "weighted", "geometric"}
    """

    kind: Literal["auc", "ap", "interpolated"]
    average: str

    def units(self, evidence: Evidence, options: dict[str, Any]) -> Units:
        """Return what each list counts."""
        measure, needs = _MEASURES[self.kind]
        axis = _AXES.get(self.average, "label")
        lists = evidence.ranked(axis, options.get("ties", "worst"))
        values = measure(lists, options)
        units = fill_units(values, lists.lack(needs), lists, options, kind=axis)
        if self.average != "weighted":
            return units
        return replace(units, weights=lists.n_true)

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the mean."""
        units = self.units(evidence, options)
        if self.average != "geometric":
            return units.mean()
        mean = units.mean()
        return MetricValue(
            _geometric(units), units=mean.units, undefined=mean.undefined, kind="label"
        )

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return the means under several weightings of the rows, one each.

        NaN where this is not computed: for the geometric mean, and for interpolated
        precision.
        """
        if self.average == "example":
            return self.units(evidence, options).row_means(row_weights)
        if self.kind == "interpolated" or self.average == "geometric":
            return np.full(len(row_weights), np.nan)
        return resampled_average(
            evidence.true,
            evidence.scores,
            row_weights,
            kind=self.kind,
            average=self.average,
            options=options,
        )


def _geometric(units: Units) -> float:
    counted = units.present & ~np.isnan(units.values)
    if units.spoils and (units.undefined & units.present).any():
        return float("nan")
    values = units.values[counted]
    if not len(values):
        return float("nan")
    # The mean of logarithms, as a product of many precisions underflows to 0.
    return float(np.exp(np.log(values).mean())) if (values > 0).all() else 0.0


def measure_of(measure: str, average: str | None) -> str:
    """Return the row of a measure of lists in the table of conventions."""
    return f"geometric_{measure}" if average == "geometric" else measure


def _score_lists(
    statistic: ListMean,
    name: str,
    Y: Any,
    scores: Any,
    *,
    convention: str,
    average: Any,
    **given: Any,
) -> MetricValue | pd.Series:
    options = resolve(name, convention, **given)
    if "ties" in options:
        check_choice("ties", options["ties"], STRICT_TIES)
    evidence = Evidence.of_scores(Y, scores)
    if average is not None:
        return statistic.value(evidence, options)
    units = statistic.units(evidence, options)
    return evidence.by_label(np.where(units.present, units.values, np.nan))


def roc_auc_score(
    Y: Any,
    scores: Any,
    *,
    average: ListAverage,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Area under the ROC curve: how often a true cell scores above an untrue one.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant.
    average : {"macro", "weighted", "micro", "example"} or None
        Mean over labels, each ranking the rows; the same, weighted by true rows; of all
        cells as one list, which compares scores of different labels; mean over rows,
        each ranking the labels; or each label by itself.
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a label (or row) counts that has one value only: 0; 1; nothing, it leaves
        the mean; or all is NaN. By default "undefined", in all conventions.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1, by chance .5. A float that says how many labels or rows were
        undefined. A Series, by label name, where `average` is None.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.
    OptionError
        If an option has no such value.

    Notes
    -----
    .. math:: \mathrm{AUC}_j = \frac{|\{(i, k) : y_{ij} = 1, y_{kj} = 0,
              f_{ij} > f_{kj}\}| + \frac{1}{2} |\{f_{ij} = f_{kj}\}|}{P_j N_j}

    A label without a positive, or without a negative, has no pair. One of them makes
    the macro average NaN in scikit-learn (with a warning), MULAN and MEKA, so that it
    is NaN on many test parts; ``empty=nan`` averages over the others, and the result
    says how many were left out.

    References
    ----------
    T. Fawcett (2006). An introduction to ROC analysis. Pattern Recognition Letters 27,
    861-874.

    Examples
    --------
    >>> Y, scores = [[1, 0], [0, 0], [1, 0]], [[0.9, 0.1], [0.4, 0.2], [0.4, 0.3]]
    >>> roc_auc_score(Y, scores, average="macro")
    nan (1 of 2 labels undefined)
    >>> roc_auc_score(Y, scores, average="macro", empty=float("nan"))
    0.75 (1 of 2 labels undefined)
    """
    check_choice("average", average, ("macro", "weighted", "micro", "example", None))
    statistic = ListMean("auc", average or "macro")
    return _score_lists(
        statistic,
        "roc_auc",
        Y,
        scores,
        convention=convention,
        average=average,
        empty=empty,
    )


def average_precision_score(
    Y: Any,
    scores: Any,
    *,
    average: ListAverage,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Average precision: mean precision at the rank of each true cell; mAP.

    Parameters
    ----------
    Y, scores
        As `roc_auc_score`.
    average : {"macro", "weighted", "micro", "example", "geometric"} or None
        As `roc_auc_score`; "geometric" is the geometric mean over labels (MULAN's
        GMAP). The example average is the label ranking average precision, but for rows
        without a label.
    ties : {"worst", "first", "last"}, optional
        Equal scores share the worst rank, or stand in the order of their positions, or
        in the reverse of it. By default as `convention`: "worst", in MULAN "first".
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a label (or row) without a positive counts. By default as `convention`.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        scikit-learn counts 0 for a label without a positive (with a warning), MULAN
        leaves it out of the mean (not of the geometric one, which is NaN), in MEKA all
        is NaN.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1, by chance about the share of positives. A float that says how
        many labels or rows were undefined. A Series where `average` is None.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `roc_auc_score`.

    Notes
    -----
    .. math:: \mathrm{AP}_j = \frac{1}{P_j} \sum_{i : y_{ij} = 1}
              \frac{|\{k : y_{kj} = 1, f_{kj} \ge f_{ij}\}|}
                   {|\{k : f_{kj} \ge f_{ij}\}|}

    The area under the precision-recall curve as a step function, without
    interpolation; MEKA computes that area in another way, and its values differ a
    little.

    References
    ----------
    C. Buckley, E. M. Voorhees (2000). Evaluating evaluation measure stability. SIGIR,
    33-40.

    Examples
    --------
    >>> Y, scores = [[1, 0], [0, 0], [1, 0]], [[0.9, 0.1], [0.5, 0.2], [0.4, 0.3]]
    >>> average_precision_score(Y, scores, average=None).round(3).tolist()
    [0.833, 0.0]
    >>> mean = average_precision_score(Y, scores, average="macro", convention="mulan")
    >>> mean.undefined
    1
    """
    check_choice("average", average, (*_LABEL_AVERAGES, "micro", "example", None))
    return _score_lists(
        ListMean("ap", average or "macro"),
        measure_of("average_precision", average),
        Y,
        scores,
        convention=convention,
        average=average,
        ties=ties,
        empty=empty,
    )


_LABEL_AVERAGES = ("macro", "weighted", "geometric")


def interpolated_average_precision_score(
    Y: Any,
    scores: Any,
    *,
    average: Literal["macro", "weighted", "geometric"] | None,
    ties: Ties | None = None,
    empty: Empty | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Mean over ten recall levels of the greatest precision from there on.

    Parameters
    ----------
    Y, scores, ties
        As `average_precision_score`; ties "first" in all conventions.
    average : {"macro", "weighted", "geometric"} or None
        As `average_precision_score`: MULAN's MiAP is "macro", its GMiAP "geometric".
    empty : {0.0, 1.0, nan, "undefined"}, optional
        What a label without a positive counts; by default it is left out, and makes
        the geometric mean NaN.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        MULAN alone has this measure; the others get its edges.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 1. A float that says how many labels were undefined.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `roc_auc_score`.

    Notes
    -----
    .. math:: \frac{1}{10} \sum_{m=0}^{9} \max_{r \ge m/9} p_j(r)

    with :math:`p_j(r)` the precision at the row where recall reaches r.

    References
    ----------
    C. D. Manning, P. Raghavan, H. Schütze (2008). Introduction to Information
    Retrieval, section 8.4, there with eleven levels. Cambridge University Press.

    Examples
    --------
    >>> scores = [[0.9], [0.5], [0.4]]
    >>> round(
    ...     interpolated_average_precision_score(
    ...         [[1], [0], [1]], scores, average="macro"
    ...     ),
    ...     3,
    ... )
    0.833
    """
    check_choice("average", average, (*_LABEL_AVERAGES, None))
    return _score_lists(
        ListMean("interpolated", average or "macro"),
        measure_of("interpolated_precision", average),
        Y,
        scores,
        convention=convention,
        average=average,
        ties=ties,
        empty=empty,
    )
