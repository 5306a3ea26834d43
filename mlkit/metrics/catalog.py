"""The one table of metrics, and the scores of a prediction by all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from mlkit.exceptions import unknown_name
from mlkit.metrics import bipartition, ranking
from mlkit.metrics.counts import confusion_counts
from mlkit.metrics.ranking import ranking_counts
from mlkit.metrics.ratios import RATIOS, right_rows, wrong_cells

__all__ = ["METRICS", "Metric", "catalog", "get_metric", "score_table"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric and what one must know to read its value.

    Parameters
    ----------
    name : str
        Short name, such as ``"subset_accuracy"``.
    label : str
        Heading for tables and figures, such as ``"Subset accuracy"``.
    function : callable
        ``function(Y, Y_pred)`` or ``function(Y, scores)``, see `kind`.
    kind : {"bipartition", "scores"}
        Whether it judges decided labels or real scores.
    greater_is_better : bool
        False for losses.
    description : str
        One line.
    range : tuple of float, default (0.0, 1.0)
        Smallest and largest value.
    from_counts : callable, optional
        The same metric computed from `ConfusionCounts` (bipartition) or
        `RankingCounts` (scores), so that `score_table` counts only once.

    Examples
    --------
    >>> METRICS["hamming_loss"]([[1, 0]], [[1, 1]])
    0.5
    """

    name: str
    label: str
    function: Callable[..., float]
    kind: Literal["bipartition", "scores"]
    greater_is_better: bool
    description: str
    range: tuple[float, float] = (0.0, 1.0)
    from_counts: Callable[[Any], float] | None = None

    @property
    def best(self) -> float:
        """The value of a perfect prediction."""
        return self.range[1] if self.greater_is_better else self.range[0]

    @property
    def worst(self) -> float:
        """The other end of the range."""
        return self.range[0] if self.greater_is_better else self.range[1]

    def __call__(self, Y: Any, Y_pred_or_scores: Any, **options: Any) -> float:
        """Evaluate a prediction.

        Parameters
        ----------
        Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            True labels, 0 and 1; NaN where unknown.
        Y_pred_or_scores : array-like, DataFrame or sparse, shape (n_samples, n_labels)
            Decided labels or scores, see `kind`.
        **options
            Options of `function`, such as ``zero_division``.

        Returns
        -------
        float
            Within `range`.
        """
        return self.function(Y, Y_pred_or_scores, **options)


def _ratio(
    name: str, label: str, function: Callable[..., float], description: str
) -> Metric:
    return Metric(
        name,
        label,
        function,
        "bipartition",
        greater_is_better=True,
        description=description,
        from_counts=RATIOS[name],
    )


# The order is that of every table and figure: cells, rows, then the three averages from
# the row outwards, and rankings last because not every model gives scores.
_ALL = (
    Metric(
        "hamming_loss",
        "Hamming loss",
        bipartition.hamming_loss,
        "bipartition",
        greater_is_better=False,
        description="share of wrong cells, row by label",
        from_counts=wrong_cells,
    ),
    Metric(
        "subset_accuracy",
        "Subset accuracy",
        bipartition.subset_accuracy_score,
        "bipartition",
        greater_is_better=True,
        description="share of rows whose whole label set is right",
        from_counts=right_rows,
    ),
    _ratio(
        "example_jaccard",
        "Example Jaccard",
        bipartition.example_jaccard_score,
        "overlap of true and predicted set over their union, mean over rows",
    ),
    _ratio(
        "example_precision",
        "Example precision",
        bipartition.example_precision_score,
        "share of a row's predicted labels that are right, mean over rows",
    ),
    _ratio(
        "example_recall",
        "Example recall",
        bipartition.example_recall_score,
        "share of a row's true labels that are predicted, mean over rows",
    ),
    _ratio(
        "example_f1",
        "Example F1",
        bipartition.example_f1_score,
        "F1 of each row's label set, mean over rows",
    ),
    _ratio(
        "micro_precision",
        "Micro precision",
        bipartition.micro_precision_score,
        "share of all predicted cells that are right",
    ),
    _ratio(
        "micro_recall",
        "Micro recall",
        bipartition.micro_recall_score,
        "share of all true cells that are predicted",
    ),
    _ratio(
        "micro_f1",
        "Micro F1",
        bipartition.micro_f1_score,
        "F1 of all cells pooled: frequent labels weigh more",
    ),
    _ratio(
        "macro_precision",
        "Macro precision",
        bipartition.macro_precision_score,
        "precision of each label, mean over labels",
    ),
    _ratio(
        "macro_recall",
        "Macro recall",
        bipartition.macro_recall_score,
        "recall of each label, mean over labels",
    ),
    _ratio(
        "macro_f1",
        "Macro F1",
        bipartition.macro_f1_score,
        "F1 of each label, mean over labels: rare labels weigh as much",
    ),
    Metric(
        "ranking_loss",
        "Ranking loss",
        ranking.ranking_loss,
        "scores",
        greater_is_better=False,
        description="share of wrongly ordered pairs of a row's labels, mean over rows",
        from_counts=ranking.mean_ranking_loss,
    ),
    Metric(
        "label_ranking_average_precision",
        "Label ranking average precision",
        ranking.label_ranking_average_precision_score,
        "scores",
        greater_is_better=True,
        description="precision at the rank of each true label, mean over rows",
        from_counts=ranking.mean_average_precision,
    ),
)

# Read-only: comparisons in several places share it, and one's own metric needs no entry
# here, since every place that takes a name takes a `Metric` as well.
METRICS: Mapping[str, Metric] = MappingProxyType({m.name: m for m in _ALL})
"""All metrics of the kit by name, in the order of tables."""


def get_metric(name: str | Metric) -> Metric:
    """Look a metric up.

    Parameters
    ----------
    name : str or Metric
        A name of `METRICS`; a Metric, such as one of your own, is passed through.

    Returns
    -------
    Metric

    Raises
    ------
    UnknownNameError
        If there is no such metric; the message names the closest one.

    Examples
    --------
    >>> get_metric("macro_f1").label
    'Macro F1'
    """
    if isinstance(name, Metric):
        return name
    if name not in METRICS:
        # Built first and raised after: the name of the kind is not the message.
        error = unknown_name("metric", name, METRICS)
        raise error
    return METRICS[name]


def catalog() -> pd.DataFrame:
    """List the metrics.

    Returns
    -------
    DataFrame
        One row a metric, indexed by name; columns ``label``, ``kind``, ``best``,
        ``worst`` and ``description``.

    Examples
    --------
    >>> catalog().loc["hamming_loss", ["kind", "label"]].tolist()
    ['bipartition', 'Hamming loss']
    """
    rows = [
        {
            "label": metric.label,
            "kind": metric.kind,
            "best": metric.best,
            "worst": metric.worst,
            "description": metric.description,
        }
        for metric in METRICS.values()
    ]
    return pd.DataFrame(rows, index=pd.Index(list(METRICS), name="metric"))


def score_table(
    Y: Any,
    Y_pred: Any,
    scores: Any = None,
    metrics: Iterable[str | Metric] | None = None,
) -> dict[str, float]:
    """Evaluate a prediction by many metrics, counting only once.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.
    scores : array-like or DataFrame, shape (n_samples, n_labels), optional
        Finite real numbers, higher = more relevant. Without them the metrics of kind
        "scores" are NaN: the keys do not depend on what a model can give.
    metrics : iterable of str or Metric, optional
        Which ones, by default all of `METRICS`.

    Returns
    -------
    dict
        Metric name to value, in the order asked for; undefined rows and labels count
        0 (``zero_division=0.0``), and what is unknown counts nowhere.

    Raises
    ------
    UnknownNameError
        If a metric does not exist; the message names the closest one.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the arguments do not fit together.

    Examples
    --------
    >>> score_table([[1, 0]], [[1, 1]], metrics=["hamming_loss", "ranking_loss"])
    {'hamming_loss': 0.5, 'ranking_loss': nan}
    """
    chosen = _chosen(metrics)
    # Y_pred is checked in any case: a wrong one must not pass because no metric asked.
    inputs: dict[str, Any] = {"bipartition": Y_pred, "scores": scores}
    counts: dict[str, Any] = {"bipartition": confusion_counts(Y, Y_pred)}
    if scores is not None and any(metric.kind == "scores" for metric in chosen):
        counts["scores"] = ranking_counts(Y, scores)
    table = {}
    for metric in chosen:
        if inputs[metric.kind] is None:
            table[metric.name] = math.nan
        elif metric.from_counts is not None:
            # The same arithmetic as `metric.function`, without checking and counting
            # again: for a dozen metrics a tenth of the time.
            table[metric.name] = metric.from_counts(counts[metric.kind])
        else:
            table[metric.name] = metric(Y, inputs[metric.kind])
    return table


def _chosen(metrics: Iterable[str | Metric] | None) -> list[Metric]:
    if metrics is None:
        return list(METRICS.values())
    # A single name is an iterable of letters; what is meant is clear.
    names = [metrics] if isinstance(metrics, (str, Metric)) else metrics
    return [get_metric(name) for name in names]
