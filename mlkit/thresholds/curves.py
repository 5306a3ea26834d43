"""What a measure is worth at every threshold: the curve that a search climbs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice
from mlkit.exceptions import ScoresError, unknown_name
from mlkit.metrics.cells import check_cells
from mlkit.metrics.counts import Counts
from mlkit.metrics.ratios import RATIOS
from mlkit.thresholds.objectives import Objective
from mlkit.thresholds.sorted_scores import SortedScores

__all__ = ["CurveAverage", "objective_of", "threshold_curve"]

CurveAverage: TypeAlias = Literal["micro", "macro"] | None
"""All cells pooled; mean over labels; each label."""

# A loss is best where it is least, and what is looked for here is the greatest value.
_MEASURES = {name: x for name, x in RATIOS.items() if not name.endswith("_loss")}


def objective_of(metric: str) -> Objective:
    """Return a measure of a label's counts as an objective of a threshold search.

    Parameters
    ----------
    metric : str
        A key of `mlkit.metrics.ratios.RATIOS` that is no loss, such as "f1",
        "precision" or "recall".

    Returns
    -------
    callable
        ``objective(tp, fp, fn, tn)``; 0 where the measure is 0/0.

    Raises
    ------
    UnknownNameError
        If no measure has this name.

    Notes
    -----
    More than `mlkit.thresholds.OBJECTIVES` holds: precision alone is greatest for a
    single sure row and recall alone for all rows, so that neither is a sensible aim,
    but both are worth looking at.

    Examples
    --------
    >>> float(objective_of("recall")(*np.array([3, 0, 1, 0])))
    0.75
    """
    if metric not in _MEASURES:
        error = unknown_name("metric", metric, _MEASURES)
        raise error

    def objective(
        tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, tn: np.ndarray
    ) -> np.ndarray:
        counts = Counts(tp, tp + fn, tp + fp, tp + fp + fn + tn)
        return _MEASURES[metric].values(counts, zero_division=0.0)[0]

    return objective


def threshold_curve(
    Y: Any,
    scores: Any,
    *,
    metric: str = "f1",
    average: CurveAverage = None,
    thresholds: Iterable[float] | None = None,
) -> pd.DataFrame:
    """Measure the decisions of many thresholds.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite numbers, higher meaning more relevant; out-of-fold.
    metric : str, default "f1"
        A key of `mlkit.metrics.ratios.RATIOS` that is no loss, such as "f1",
        "precision" or "recall".
    average : {"micro", "macro"} or None, default None
        Of all cells together; the mean over the labels; or each label by itself.
    thresholds : iterable of float, optional
        By default 1001, evenly spaced from 0 to 1, as for probabilities.

    Returns
    -------
    DataFrame of float, shape (n_thresholds, n_labels) or (n_thresholds, 1)
        A row a threshold, in the order given; a column a label, or the one average.
        0 for 0/0, NaN where nothing is known.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels, or a
        threshold is NaN.
    OptionError, UnknownNameError
        If there is no such average or metric.

    See Also
    --------
    best_thresholds : The greatest value of each column, exactly.

    Notes
    -----
    A label is decided for where its score reaches the threshold, as in
    `mlkit.thresholds.cut`. Each label is sorted once: O(n log n), and a search for
    each threshold.

    Examples
    --------
    >>> Y, scores = [[1], [0], [1]], [[0.9], [0.6], [0.3]]
    >>> limits = [0.2, 0.5, 0.95]
    >>> curve = threshold_curve(Y, scores, metric="recall", thresholds=limits)
    >>> curve["label_0"].tolist()
    [1.0, 0.5, 0.0]
    """
    check_choice("average", average, ("micro", "macro", None))
    objective = objective_of(metric)
    cells = check_cells(Y, scores, score_type="logits")
    limits = _check_thresholds(thresholds)
    scope: Any = "pooled" if average == "micro" else "label"
    lists = SortedScores.of(cells.groups(scope))
    counts = lists.counts(limits[:, np.newaxis])
    missed, right = counts.false_negative, counts.true_negative
    values = objective(counts.true_positive, counts.false_positive, missed, right)
    known = lists.n_cells > 0
    values[:, ~known] = np.nan
    columns = list(cells.label_names) if average is None else [average]
    if average == "macro":
        kept = values[:, known] if known.any() else values[:, :1]
        values = kept.mean(axis=1, keepdims=True)
    return pd.DataFrame(values, pd.Index(limits, name="threshold"), columns)


def _check_thresholds(thresholds: Iterable[float] | None) -> np.ndarray:
    if thresholds is None:
        return np.linspace(0, 1, 1001)
    limits = np.array(list(thresholds), dtype=np.float64)
    if np.isnan(limits).any():
        place = int(np.flatnonzero(np.isnan(limits))[0])
        msg = f"thresholds must be numbers; number {place} of them is NaN."
        raise ScoresError(msg)
    return limits
