"""Metrics by name, and the scores of a prediction by many of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from mlkit.exceptions import UnknownNameError, names_for_message, unknown_name
from mlkit.metrics.entries import METRICS
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.metric import Metric
from mlkit.metrics.values import MetricValue

__all__ = ["catalog", "choose_metrics", "get_metric", "score_table"]


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
    if name in METRICS:
        return METRICS[name]
    averaged = [known for known in METRICS if known.endswith(f"_{name}")]
    if averaged:
        msg = f"Unknown metric '{name}'. Say which average: "
        msg += f"{names_for_message(averaged, limit=10)}."
        raise UnknownNameError(msg)
    # Built first and raised after: the name of the kind is not the message.
    error = unknown_name("metric", name, METRICS)
    raise error


def choose_metrics(
    metrics: str | Metric | Iterable[str | Metric] | None,
) -> list[Metric]:
    """Look several metrics up.

    Parameters
    ----------
    metrics : str, Metric, iterable of them, or None
        None stands for all that tables hold.

    Returns
    -------
    list of Metric

    Raises
    ------
    UnknownNameError
        If there is no such metric.
    """
    if metrics is None:
        return [metric for metric in METRICS.values() if metric.in_tables]
    # A single name is an iterable of letters; what is meant is clear.
    names = [metrics] if isinstance(metrics, (str, Metric)) else metrics
    return [get_metric(name) for name in names]


def catalog() -> pd.DataFrame:
    """List the metrics.

    Returns
    -------
    DataFrame
        One row a metric, indexed by name; columns ``label``, ``kind``, ``best``,
        ``worst``, ``in_tables`` and ``description``.

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
            "in_tables": metric.in_tables,
            "description": metric.description,
        }
        for metric in METRICS.values()
    ]
    return pd.DataFrame(rows, index=pd.Index(list(METRICS), name="metric"))


def score_table(
    Y: Any,
    Y_pred: Any,
    scores: Any = None,
    metrics: str | Metric | Iterable[str | Metric] | None = None,
    *,
    Y_proba: Any = None,
    convention: str = "sklearn",
) -> dict[str, MetricValue]:
    """Evaluate a prediction by many metrics, counting and sorting only once.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.
    scores : array-like or DataFrame, shape (n_samples, n_labels), optional
        Finite real numbers, higher = more relevant. By default `Y_proba`.
    metrics : str, Metric or iterable of them, optional
        Which ones, by default all that tables hold.
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels), optional
        P(label = 1), in [0, 1].
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        How edges are settled, see `mlkit.metrics.convention_table`.

    Returns
    -------
    dict
        Metric name to `MetricValue`, in the order asked for. Metrics of scores or
        probabilities that were not given are NaN: the keys do not depend on what a
        model can give.

    Raises
    ------
    UnknownNameError
        If a metric does not exist; the message names the closest one.
    OptionError
        If there is no such convention.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the arguments do not fit together.

    Examples
    --------
    >>> score_table([[1, 0]], [[1, 1]], metrics=["hamming_loss", "ranking_loss"])
    {'hamming_loss': 0.5, 'ranking_loss': nan}
    """
    chosen = choose_metrics(metrics)
    evidence = Evidence.of_all(Y, Y_pred, scores, Y_proba)
    return {metric.name: metric.of(evidence, convention) for metric in chosen}
