"""How an evaluation looks in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlkit.markup import card, cell, heading, table

if TYPE_CHECKING:
    from mlkit.evaluation.result import Evaluation

__all__ = ["COLUMN_MEANINGS", "PROBLEMS", "as_html", "as_text", "main_metrics"]

# One view each of cells, rows, labels, rankings and probabilities.
_MAIN = (
    "hamming_loss",
    "subset_accuracy",
    "example_f1",
    "micro_f1",
    "macro_f1",
    "ranking_loss",
    "label_ranking_average_precision",
    "macro_roc_auc",
    "macro_average_precision",
    "log_loss",
    "brier_loss",
    "micro_calibration_error",
)
_MAX_LABELS = 20
_MAX_PAIRS = 5
_MOST_PAIRED_LABELS = 500
_MAX_NAME = 28
PROBLEMS = {
    "cardinality": "labels a row",
    "predicted_cardinality": "predicted labels a row",
    "empty_rows": "rows without a label",
    "predicted_empty_rows": "rows without a predicted label",
    "constant_labels": "labels predicted for all rows or none",
    "never_predicted_labels": "labels that occur and are never predicted",
    "never_right_labels": "labels that occur and are never right",
}
"""What each figure of `Evaluation.problems` is."""


def as_text(evaluation: Evaluation) -> str:
    """Write the main metrics and the head of the labels as lines.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    str
    """
    main = main_metrics(evaluation)
    lines = [_title(evaluation), ""]
    for row in main.to_dict("index").values():
        note = f"  ({row['note']})" if row["note"] else ""
        name = f"{row['label']:<32} {_arrow(row)}"
        lines.append(f"  {name} {_value(row['value']):>7}{_interval(row)}{note}")
    rest = len(evaluation.metrics) - len(main)
    if rest > 0:
        lines.append(f"  and {rest} more: .metrics")
    head, note = _label_head(evaluation)
    shown = head.rename(columns=_SHORT).to_string(
        float_format="{:.3f}".format, na_rep="-"
    )
    return "\n".join([*lines, "", shown, *([note] if note else [])])


def as_html(evaluation: Evaluation) -> str:
    """Render an evaluation as a self-contained card.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    str
        The main metrics, the labels, what goes wrong with whole labels, and the labels
        that go wrong together; all other metrics unfold. Without scripts.
    """
    main = main_metrics(evaluation)
    parts = [
        f"<p>{escape(_title(evaluation))}</p>",
        _metric_table("Main metrics", main, evaluation),
        _labels_html(evaluation),
        _problems_html(evaluation),
        _pairs_html(evaluation),
        _all_metrics_html(evaluation, main),
    ]
    return card(parts)


def main_metrics(evaluation: Evaluation) -> pd.DataFrame:
    """Return the metrics that are looked at first.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    DataFrame
        Rows of ``evaluation.metrics``, with ``note``: what was undefined, in words.
        One view each of cells, rows, labels, rankings and probabilities; all metrics
        where they were asked for by name.
    """
    held = [name for name in _MAIN if name in evaluation.values]
    # Metrics that were asked for by name are the main ones, whatever they are.
    if len(evaluation.metrics) <= len(_MAIN):
        held = list(evaluation.values)
    return _with_notes(evaluation).loc[held]


def _with_notes(evaluation: Evaluation) -> pd.DataFrame:
    notes = [value.note for value in evaluation.values.values()]
    return evaluation.metrics.assign(note=notes)


def _arrow(row: Mapping[Hashable, Any]) -> str:
    return "↑" if row["better"] == "higher" else "↓"


def _title(evaluation: Evaluation) -> str:
    n_samples, n_labels = evaluation.evidence.shape
    parts = [f"{n_samples:,} rows", f"{n_labels:,} labels", evaluation.decided_by]
    if evaluation.convention != "sklearn":
        parts.append(f"edges as in {evaluation.convention.upper()}")
    if evaluation.n_resamples:
        parts.append(
            f"{evaluation.level:.0%} intervals of {evaluation.n_resamples:,} resamples"
        )
    return " · ".join(parts)


def _value(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"


def _interval(row: Mapping[Hashable, Any]) -> str:
    low, high = row["low"], row["high"]
    return "" if np.isnan(low) else f"  [{low:.3f}, {high:.3f}]"


def _label_head(evaluation: Evaluation) -> tuple[pd.DataFrame, str]:
    labels, note = evaluation.labels, ""
    # One threshold for all stands in the title.
    if "threshold" in labels and labels["threshold"].nunique() == 1:
        labels = labels.drop(columns="threshold")
    if len(labels) > _MAX_LABELS:
        labels = labels.sort_values("support", ascending=False, kind="stable")
        # Few labels keep the order of the columns, which may mean something.
        labels = labels.head(_MAX_LABELS)
        total = len(evaluation.labels)
        note = f"The {_MAX_LABELS} most frequent of {total:,} labels; all: .labels"
    return labels.set_axis([_shorten(name) for name in labels.index]), note


def _shorten(name: object) -> str:
    text = str(name)
    return text if len(text) <= _MAX_NAME else f"{text[: _MAX_NAME - 1]}…"


def _metric_table(caption: str, metrics: pd.DataFrame, evaluation: Evaluation) -> str:
    with_intervals = metrics["low"].notna().any()
    heads = [
        heading("metric", "col"),
        heading("value", "col", title="↑ higher is better, ↓ lower is better"),
    ]
    if with_intervals:
        meaning = f"{evaluation.level:.0%} of the resamples lie between the two"
        heads.append(heading("interval", "col", title=meaning))
    rows = []
    for row in metrics.to_dict("index").values():
        name = heading(f"{row['label']} {_arrow(row)}", "row")
        cells = [name, cell(_value(row["value"]))]
        if with_intervals:
            cells.append(cell(_interval(row).strip()))
        # Said where it happens, since few metrics have undefined rows or labels.
        cells.append(cell(row["note"], "left") if row["note"] else "")
        rows.append("".join(cells))
    return table(caption, "".join(heads), rows)


COLUMN_MEANINGS = {
    "support": "rows that carry the label",
    "predicted": "rows for which it is predicted",
    "tp": "rightly predicted",
    "fp": "predicted and absent",
    "fn": "present and missed",
    "tn": "rightly not predicted",
    "unknown": "rows in which it is unknown",
    "precision": "share of the predicted that are right",
    "recall": "share of the true that are predicted",
    "f1": "harmonic mean of precision and recall",
    "roc_auc": "how often a true row scores above an untrue one",
    "average_precision": "mean precision at the rank of each true row",
    "brier": "mean squared error of the probabilities",
    "threshold": "from where on it is decided for",
}
"""What each column of `Evaluation.labels` is."""

_SHORT = {"f1": "F1", "roc_auc": "AUC", "average_precision": "AP", "brier": "Brier"}


def _labels_html(evaluation: Evaluation) -> str:
    head, note = _label_head(evaluation)
    heads = [heading("label", "col")]
    heads += [
        heading(_SHORT.get(name, name), "col", title=COLUMN_MEANINGS[name])
        for name in head.columns
    ]
    rows = [
        heading(name, "row") + "".join(cell(_number(x)) for x in values)
        for name, *values in head.itertuples()
    ]
    shown = table("Labels", "".join(heads), rows)
    return shown + (f"<p>{escape(note)}</p>" if note else "")


def _number(value: object) -> str:
    if isinstance(value, float):
        return _value(value)
    return f"{value:,}"


def _problems_html(evaluation: Evaluation) -> str:
    if evaluation.evidence.predicted is None:
        return ""
    rows = [
        heading(PROBLEMS[str(name)], "row")
        + cell(f"{value:.2f}" if "cardinality" in str(name) else f"{value:.1%}")
        for name, value in evaluation.problems.items()
    ]
    return table("Whole rows and whole labels", "", rows)


def _pairs_html(evaluation: Evaluation) -> str:
    n_labels = evaluation.evidence.shape[1]
    if evaluation.evidence.predicted is None or n_labels > _MOST_PAIRED_LABELS:
        return ""
    errors = evaluation.co_errors("missed", "false")
    # A label is never missed and falsely predicted in the same row.
    pairs = errors.to_numpy()
    order = np.argsort(-pairs, axis=None, kind="stable")[:_MAX_PAIRS]
    rows = []
    for missed, false in zip(*np.unravel_index(order, pairs.shape), strict=True):
        if pairs[missed, false]:
            names = (_shorten(errors.index[k]) for k in (missed, false))
            cells = "".join(cell(name, "left") for name in names)
            rows.append(cells + cell(f"{pairs[missed, false]:,}"))
    if not rows:
        return ""
    heads = [
        heading("missed", "col"),
        heading("falsely predicted", "col"),
        heading("rows", "col", title="rows in which both happened"),
    ]
    return table("Errors that meet in a row", "".join(heads), rows)


def _all_metrics_html(evaluation: Evaluation, main: pd.DataFrame) -> str:
    rest = _with_notes(evaluation).drop(index=main.index)
    if rest.empty:
        return ""
    shown = _metric_table("Further metrics", rest, evaluation)
    summary = f"<summary>{len(rest)} further metrics</summary>"
    return f"<details>{summary}{shown}</details>"
