"""What goes wrong label by label, and which labels go wrong together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.arguments import check_choice
from mlkit.exceptions import TooManyLabelsError
from mlkit.metrics.counts import known_parts
from mlkit.metrics.entries import METRICS
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.metric import Metric

__all__ = ["co_error_matrix", "label_table", "row_table", "row_values"]

_MOST_PAIRED_LABELS = 5000
_KINDS = ("wrong", "missed", "false")

# Columns of the table of labels that are metrics, each named by its macro average.
_COLUMNS = {
    "precision": "macro_precision",
    "recall": "macro_recall",
    "f1": "macro_f1",
    "roc_auc": "macro_roc_auc",
    "average_precision": "macro_average_precision",
}

# Columns of the table of rows that measure, each with what it needs.
_ROW_MEASURES = {
    "jaccard": "bipartition",
    "ranking_loss": "scores",
    "log_loss": "probabilities",
}


def label_table(
    evidence: Evidence, convention: str, thresholds: np.ndarray | None
) -> pd.DataFrame:
    """Count and measure each label.

    Parameters
    ----------
    evidence : Evidence
    convention : {"sklearn", "mulan", "meka"}
    thresholds : ndarray of float64, shape (n_labels,), or None
        Where the scores were cut; None where that is unknown.

    Returns
    -------
    DataFrame
        Indexed by label; see `mlkit.evaluation.Evaluation`.
    """
    columns: dict[str, Any] = {}
    if evidence.predicted is not None:
        counts = evidence.confusion.by_label
        columns |= {
            "support": counts.actual,
            "predicted": counts.predicted,
            "tp": counts.true_positive,
            "fp": counts.false_positive,
            "fn": counts.false_negative,
            "tn": counts.true_negative,
        }
    else:
        columns["support"] = evidence.true.counts()
    if evidence.true.missing is not None:
        columns["unknown"] = evidence.shape[0] - evidence.true.n_known()
    for name, metric in _COLUMNS.items():
        if evidence.has(METRICS[metric].kind):
            columns[name] = _own_values(METRICS[metric], evidence, convention)
    if evidence.has("probabilities"):
        sums = evidence.losses("squared")
        columns["brier"] = sums.by_label / np.where(
            sums.known_by_label > 0, sums.known_by_label, np.nan
        )
    if thresholds is not None:
        columns["threshold"] = thresholds
    return pd.DataFrame(columns, index=pd.Index(evidence.label_names, name="label"))


def _own_values(metric: Metric, evidence: Evidence, convention: str) -> np.ndarray:
    units = metric.statistic.units(  # type: ignore[union-attr]
        evidence, metric.resolved(convention)
    )
    # What a convention puts in the place of 0/0 is no property of the label.
    return np.where(units.undefined | ~units.present, np.nan, units.values)


def co_error_matrix(
    evidence: Evidence, rows: str = "wrong", columns: str = "wrong"
) -> pd.DataFrame:
    """Count in how many rows two labels go wrong together.

    Parameters
    ----------
    evidence : Evidence
        With decided labels.
    rows, columns : {"wrong", "missed", "false"}, default "wrong"
        Which errors of the labels in the rows and in the columns are counted: any,
        those that were missed, or those that were predicted and are absent.

    Returns
    -------
    DataFrame of int, shape (n_labels, n_labels)
        On the diagonal, where both sides are the same kind, the errors of each label.

    Raises
    ------
    OptionError
        If there is no such kind of error.
    TooManyLabelsError
        If there are more than 5 000 labels.
    """
    for name, kind in (("rows", rows), ("columns", columns)):
        check_choice(name, kind, _KINDS)
    names = pd.Index(evidence.label_names, name="label")
    if len(names) > _MOST_PAIRED_LABELS:
        msg = (
            f"A table of all pairs of {len(names)} labels would be too large; at most "
            f"{_MOST_PAIRED_LABELS}. Evaluate some of the labels."
        )
        raise TooManyLabelsError(msg)
    one, other = (_errors(evidence, kind) for kind in (rows, columns))
    return pd.DataFrame((one.T @ other).toarray(), index=names, columns=names)


def _errors(evidence: Evidence, kind: str) -> sp.csr_array:
    assert evidence.predicted is not None
    # 64 bits, since rows are summed up; sparse, since errors are few.
    both, actual, guessed = (
        sp.csr_array(part).astype(np.int64)
        for part in known_parts(evidence.true, evidence.predicted)
    )
    missed, false = actual - both, guessed - both
    return {"missed": missed, "false": false, "wrong": missed + false}[kind]


def row_table(evidence: Evidence, index: pd.Index | None) -> pd.DataFrame:
    """Count each row, so that the worst ones can be looked at.

    Parameters
    ----------
    evidence : Evidence
        With decided labels.
    index : Index or None
        Names of the rows.

    Returns
    -------
    DataFrame
        One row a row: ``true``, ``predicted``, ``right``, ``missed`` and ``false``
        labels, and ``jaccard`` (NaN where both sets are empty); with scores also
        ``ranking_loss``, with probabilities ``log_loss``, the mean over its labels.
    """
    counts = evidence.confusion.by_example
    columns = {
        "true": counts.actual,
        "predicted": counts.predicted,
        "right": counts.true_positive,
        "missed": counts.false_negative,
        "false": counts.false_positive,
    }
    for name, kind in _ROW_MEASURES.items():
        if evidence.has(kind):
            columns[name] = row_values(evidence, name)
    return pd.DataFrame(columns, index=index)


def row_values(evidence: Evidence, measure: str) -> np.ndarray:
    """Measure each row in one way.

    Parameters
    ----------
    evidence : Evidence
        With what the measure needs.
    measure : {"jaccard", "ranking_loss", "log_loss"}
        The Jaccard index, the ranking loss, or the mean log loss of the labels.

    Returns
    -------
    ndarray of float64, shape (n_samples,)
        NaN where undefined.
    """
    if measure == "log_loss":
        sums = evidence.losses("log", float(np.finfo(np.float64).eps))
        return sums.by_row / np.where(sums.known_by_row > 0, sums.known_by_row, np.nan)
    metric = {"jaccard": "example_jaccard"}.get(measure, measure)
    return _own_values(METRICS[metric], evidence, "sklearn")
