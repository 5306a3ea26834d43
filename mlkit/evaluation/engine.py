"""Evaluate a prediction: what it is, how it is decided, and what is counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation.result import Evaluation
from mlkit.exceptions import OptionError
from mlkit.metrics import Evidence, Metric
from mlkit.metrics.catalog import choose_metrics
from mlkit.metrics.conventions import CONVENTIONS
from mlkit.thresholds import ThresholdStrategy, cut

__all__ = ["evaluate"]

_KINDS = ("auto", "labels", "probabilities", "scores")


def evaluate(
    Y: Any,
    prediction: Any = None,
    *,
    Y_pred: Any = None,
    kind: Literal["auto", "labels", "probabilities", "scores"] = "auto",
    threshold: Any = None,
    metrics: str | Metric | Iterable[str | Metric] | None = None,
    convention: str = "sklearn",
    n_resamples: int = 0,
    level: float = 0.95,
    random_state: Any = 0,
) -> Evaluation:
    """Say how right a prediction is, by all metrics that it allows.

    Parameters
    ----------
    Y : MultiLabelDataset, or array-like, DataFrame or sparse, (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out everywhere.
    prediction : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Probabilities, scores, or decided labels. See `kind`.
    Y_pred : array-like, DataFrame or sparse matrix, optional
        Decided labels, where `prediction` holds probabilities or scores and the
        decision is not a cut at a threshold.
    kind : {"auto", "labels", "probabilities", "scores"}, default "auto"
        What `prediction` is. By itself: labels where every value is 0 or 1,
        probabilities where all lie in [0, 1], else scores.
    threshold : float, array-like of shape (n_labels,) or ThresholdStrategy, optional
        From where on a label is decided for; by default .5 for probabilities and 0 for
        scores. A strategy has to be fitted, on other rows than these.
    metrics : str, Metric or iterable of them, optional
        What the table of metrics holds, by default all metrics that the prediction
        allows; see `mlkit.metrics.catalog`.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        How edges are settled, see `mlkit.metrics.convention_table`.
    n_resamples : int, default 0
        Of the bootstrap intervals in the table of metrics; 1000 is usual, 0 for none.
    level : float, default 0.95
        Of the intervals, in (0, 1).
    random_state : int or RandomState, default 0
        Of the intervals.

    Returns
    -------
    Evaluation
        Tables of metrics, labels, rows and joint errors; a card in a notebook.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the arguments are not what they should be, or do not fit together.
    UnknownNameError
        If a metric does not exist.
    OptionError
        If an option has no such value, or there is nothing to judge.

    See Also
    --------
    mlkit.metrics.score_table : The bare numbers.
    mlkit.compare : Models on the same folds.

    Notes
    -----
    One count of the cells and one sort a row and a label serve all metrics. Tables are
    made when they are looked at.

    A threshold that was chosen on these very rows makes every number of a decision too
    good; see `mlkit.models.ThresholdedClassifier`.

    Examples
    --------
    >>> Y, proba = [[1, 0], [0, 1], [1, 1]], [[0.9, 0.2], [0.4, 0.3], [0.8, 0.7]]
    >>> evaluation = evaluate(Y, proba)
    >>> round(evaluation["subset_accuracy"], 3), evaluation["ranking_loss"]
    (0.667, 0.3333333333333333 (1 of 3 rows undefined))
    """
    check_choice("kind", kind, _KINDS)
    check_choice("convention", convention, CONVENTIONS)
    check_count("n_resamples", n_resamples, minimum=0, error=OptionError)
    check_number("level", level, below=1, error=OptionError)
    chosen = choose_metrics(metrics)
    truth = Y.as_xy(missing="as_nan")[1] if isinstance(Y, MultiLabelDataset) else Y
    if prediction is None:
        prediction, kind = Y_pred, "labels"
    found = _kind_of(prediction) if kind == "auto" else kind
    decided, limits, words = _decide(prediction, found, Y_pred, threshold)
    evidence = Evidence.of_all(
        truth,
        decided,
        prediction if found == "scores" else None,
        prediction if found == "probabilities" else None,
    )
    if metrics is None:
        chosen = [m for m in chosen if all(evidence.has(need) for need in m.needs)]
    if limits is not None:
        limits = np.broadcast_to(limits, evidence.shape[1])
    return Evaluation(
        evidence,
        tuple(chosen),
        convention=convention,
        thresholds=limits,
        decided_by=words,
        n_resamples=n_resamples,
        level=level,
        random_state=random_state,
        index=_row_names(truth, prediction),
    )


def _kind_of(prediction: Any) -> str:
    """Tell labels, probabilities and scores apart by their values."""
    if prediction is None:
        msg = "There is nothing to judge: give a prediction or Y_pred."
        raise OptionError(msg)
    stored = prediction.data if sp.issparse(prediction) else np.asarray(prediction)
    if stored.dtype.kind in "biu" or stored.dtype == object:
        # Whatever else stands among whole numbers, the check of labels names it.
        return "labels"
    if ((stored == 0) | (stored == 1)).all():
        return "labels"
    inside = (stored >= 0) & (stored <= 1)
    return "probabilities" if inside.all() else "scores"


def _decide(
    prediction: Any, kind: str, Y_pred: Any, threshold: Any
) -> tuple[Any, np.ndarray | None, str]:
    """Return decided labels, the thresholds where there are some, and how, in words."""
    if kind == "labels":
        if threshold is not None:
            msg = (
                "threshold cuts scores, and prediction holds decided labels. Give "
                "probabilities, or leave it out."
            )
            raise OptionError(msg)
        return prediction, None, "labels as they were given"
    if Y_pred is not None:
        if threshold is not None:
            msg = "Give Y_pred or a threshold, not both: each decides the labels."
            raise OptionError(msg)
        return Y_pred, None, "labels as they were given"
    if isinstance(threshold, ThresholdStrategy):
        limits = getattr(threshold, "thresholds_", None)
        return threshold.decide(prediction), limits, f"labels decided by {threshold!r}"
    limit: Any = threshold
    if limit is None:
        limit = 0.5 if kind == "probabilities" else 0.0
    decided, limits = cut(prediction, limit), np.asarray(limit, dtype=np.float64)
    words = "one threshold a label" if limits.ndim else f"threshold {limits:g}"
    return decided, limits, words


def _row_names(*containers: Any) -> pd.Index | None:
    return next((c.index for c in containers if isinstance(c, pd.DataFrame)), None)
