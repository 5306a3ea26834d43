"""What every cut of ranked rows finds: the points of precision-recall and ROC curves.

Each curve is one sort, O(n log n), and as long as there are different scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice
from mlkit.metrics.cells import Cells, Scope, check_cells

__all__ = [
    "mean_precision_recall",
    "mean_roc",
    "precision_recall_points",
    "roc_points",
]

# Places of a mean curve: finer than a screen shows.
_PLACES = 1001


def precision_recall_points(
    Y: Any, scores: Any, *, scope: Scope = "label"
) -> pd.DataFrame:
    """Return precision and recall of every cut, label by label.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers, higher = more relevant.
    scope : {"label", "pooled"}, default "label"
        A curve of each label, or one of all cells together (micro average), which
        compares scores of different labels.

    Returns
    -------
    DataFrame
        ``label`` (only where each label has its curve), ``threshold``, ``precision``
        and ``recall``, the last two in [0, 1]: of the cells with that score or a
        higher one. The highest threshold comes first; it is inf, where nothing is
        found, recall is 0 and precision is 1 by definition.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.
    OptionError
        If there is no such scope.

    See Also
    --------
    mlkit.metrics.average_precision_score : The area under the steps.

    Notes
    -----
    A label without positives has no recall, and no rows here. Equal scores are never
    parted. Between two points precision does not change linearly: the curve is a step,
    with the precision of the right-hand point.

    References
    ----------
    J. Davis, M. Goadrich (2006). The relationship between precision-recall and ROC
    curves. ICML, 233-240.

    Examples
    --------
    >>> Y, scores = [[1], [0], [1]], [[0.9], [0.6], [0.3]]
    >>> precision_recall_points(Y, scores).round(3)
         label  threshold  precision  recall
    0  label_0        inf      1.000     0.0
    1  label_0        0.9      1.000     0.5
    2  label_0        0.6      0.500     0.5
    3  label_0        0.3      0.667     1.0
    """
    return _points(Y, scores, scope, _precision_recall)


def roc_points(Y: Any, scores: Any, *, scope: Scope = "label") -> pd.DataFrame:
    """Return the rates of false and true positives of every cut, label by label.

    Parameters
    ----------
    Y, scores, scope
        As `precision_recall_points`.

    Returns
    -------
    DataFrame
        ``label`` (only where each label has its curve), ``threshold``,
        ``false_positive_rate`` and ``true_positive_rate``, both in [0, 1]: shares of
        the untrue and of the true cells that have that score or a higher one. The
        highest threshold comes first; it is inf, where both are 0.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and finite scores of the same rows and labels.
    OptionError
        If there is no such scope.

    See Also
    --------
    mlkit.metrics.roc_auc_score : The area under the line through the points.

    Notes
    -----
    A label without positives, or without negatives, has no rows here: one of its rates
    is 0/0. Equal scores are never parted.

    References
    ----------
    T. Fawcett (2006). An introduction to ROC analysis. Pattern Recognition Letters 27,
    861-874: Algorithm 1.

    Examples
    --------
    >>> roc_points([[1], [0]], [[0.9], [0.6]])
         label  threshold  false_positive_rate  true_positive_rate
    0  label_0        inf                  0.0                 0.0
    1  label_0        0.9                  0.0                 1.0
    2  label_0        0.6                  1.0                 1.0
    """
    return _points(Y, scores, scope, _rates)


def mean_precision_recall(points: pd.DataFrame) -> pd.DataFrame:
    """Average curves of labels: their mean precision at each recall.

    Parameters
    ----------
    points : DataFrame
        As `precision_recall_points` of labels, one label at least.

    Returns
    -------
    DataFrame of float, shape (1001, 2)
        ``recall``, evenly spaced from 0 to 1, and ``precision``.

    Notes
    -----
    Vertical averaging of the steps. The area under it is the macro average precision,
    but for the width of a step of .001.

    Examples
    --------
    >>> points = precision_recall_points([[1, 0], [0, 1]], [[0.9, 0.8], [0.1, 0.2]])
    >>> mean_precision_recall(points).iloc[[0, -1]]
          recall  precision
    0        0.0       0.75
    1000     1.0       0.75
    """
    grid = np.linspace(0, 1, _PLACES)
    rows = []
    for _, curve in points.groupby("label", sort=False):
        # Points without recall begin no step; the first one reaches back to 0.
        steps = curve[curve["recall"] > 0]
        places = np.searchsorted(steps["recall"].to_numpy(), grid)
        rows.append(steps["precision"].to_numpy()[places])
    return pd.DataFrame({"recall": grid, "precision": np.mean(rows, axis=0)})


def mean_roc(points: pd.DataFrame) -> pd.DataFrame:
    """Average curves of labels: their mean true positive rate at each false one.

    Parameters
    ----------
    points : DataFrame
        As `roc_points` of labels, one label at least.

    Returns
    -------
    DataFrame of float, shape (1002, 2)
        ``false_positive_rate``, 0 and then evenly spaced from 0 to 1, and
        ``true_positive_rate``, which is 0 in the first row.

    Notes
    -----
    Vertical averaging, [1]_ section 8.2. The area under it is the macro average of the
    AUC, but for the width of a step of .001.

    References
    ----------
    .. [1] T. Fawcett (2006). An introduction to ROC analysis. Pattern Recognition
       Letters 27, 861-874.

    Examples
    --------
    >>> points = roc_points([[1, 0], [0, 1]], [[0.9, 0.8], [0.1, 0.2]])
    >>> mean_roc(points)["true_positive_rate"].iloc[[0, 1, 1000]].tolist()
    [0.0, 0.5, 0.5]
    """
    grid = np.linspace(0, 1, _PLACES)
    rows = [
        np.interp(grid, curve["false_positive_rate"], curve["true_positive_rate"])
        for _, curve in points.groupby("label", sort=False)
    ]
    mean = np.mean(rows, axis=0)
    return pd.DataFrame(
        {
            "false_positive_rate": np.append(0.0, grid),
            "true_positive_rate": np.append(0.0, mean),
        }
    )


_Shares = Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray] | None]


def _points(Y: Any, scores: Any, scope: Scope, shares: _Shares) -> pd.DataFrame:
    check_choice("scope", scope, ("label", "pooled"))
    cells = check_cells(Y, scores, score_type="logits")
    tables = list(_tables(cells, scope, shares))
    if not tables:
        columns = ["threshold", *(shares(np.array([1]), np.array([1])) or {})]
        names = ["label", *columns] if scope == "label" else columns
        return pd.DataFrame({name: [] for name in names})
    return pd.concat(tables, ignore_index=True)


def _tables(cells: Cells, scope: Scope, shares: _Shares) -> Iterator[pd.DataFrame]:
    names = cells.label_names if scope == "label" else ("",)
    for name, (truth, values) in zip(names, cells.groups(scope), strict=True):
        if not truth.any():
            continue
        threshold, hits, misses = _sweep(truth, values)
        found = shares(hits, misses)
        if found is not None:
            table = pd.DataFrame({"threshold": threshold, **found})
            if scope == "label":
                table.insert(0, "label", name)
            yield table


def _sweep(
    truth: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return thresholds, true and false positives of every cut, the highest first."""
    order = np.argsort(-values, kind="stable")
    ranked = values[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    hits = np.cumsum(truth[order], dtype=np.int64)[ends]
    return (
        np.append(np.inf, ranked[ends]),
        np.append(0, hits),
        np.append(0, ends + 1 - hits),
    )


def _precision_recall(hits: np.ndarray, misses: np.ndarray) -> dict[str, np.ndarray]:
    found = hits + misses
    precision = np.divide(hits, found, out=np.ones(len(hits)), where=found > 0)
    return {"precision": precision, "recall": hits / hits[-1]}


def _rates(hits: np.ndarray, misses: np.ndarray) -> dict[str, np.ndarray] | None:
    if misses[-1] == 0:
        return None
    return {
        "false_positive_rate": misses / misses[-1],
        "true_positive_rate": hits / hits[-1],
    }
