"""One model on one fold: fitted, asked, scored, and what that took."""

from __future__ import annotations

import json
import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter
from threadpoolctl import threadpool_limits

from mlkit.comparison.store import DamagedRecord, RecordStore
from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation.scorers import answers
from mlkit.memory import watch_memory
from mlkit.metrics import Evidence, Metric

__all__ = ["Task", "run_task", "weight_argument"]


@dataclass(frozen=True, slots=True)
class Task:
    """One model on one fold: all that a worker needs besides the dataset.

    Parameters
    ----------
    model : str
        Its name.
    estimator : estimator
        Not fitted.
    repeat, fold : int
    train, test : ndarray of int
        Positions of the rows.
    seed : int
        For each ``random_state`` that was left at None.
    sample_weight : ndarray of float64, shape (n_samples,), or None
        Of all rows of the dataset.
    metrics : tuple of Metric
    columns : tuple of str
        What the metrics are called in a record that others may read.
    key : str
        Fingerprint of all that decides the numbers; empty without a store.
    """

    model: str
    estimator: BaseEstimator
    repeat: int
    fold: int
    train: np.ndarray
    test: np.ndarray
    seed: int
    sample_weight: np.ndarray | None
    metrics: tuple[Metric, ...]
    columns: tuple[str, ...]
    key: str = ""


def run_task(
    dataset: MultiLabelDataset,
    task: Task,
    store: RecordStore | None,
    *,
    retry_failed: bool = False,
) -> dict[str, Any]:
    """Return the record of a fold: from the store, or else measured and kept there.

    Parameters
    ----------
    dataset : MultiLabelDataset
    task : Task
    store : RecordStore or None
    retry_failed : bool, default False
        Whether a fold whose record is an error is measured again.

    Returns
    -------
    dict
        The metrics by their columns, ``n_train``, ``n_test``, ``fit_seconds``,
        ``predict_seconds``, ``peak_memory``, ``params``, ``warnings`` and ``error``.
    """
    if store is None:
        return _measure(dataset, task)
    try:
        # Another process may have finished it since this one began.
        found = store.find(task.key, task.columns)
    except DamagedRecord:
        found = None
    if found is None or (retry_failed and found["error"]):
        found = _measure(dataset, task)
        store.keep(task.key, found)
    return found


def _measure(dataset: MultiLabelDataset, task: Task) -> dict[str, Any]:
    """Fit and score one model on one fold; an error becomes part of the record."""
    record: dict[str, Any] = {
        "n_train": len(task.train),
        "n_test": len(task.test),
        **dict.fromkeys(task.columns, np.nan),
        "fit_seconds": np.nan,
        "predict_seconds": np.nan,
        "peak_memory": np.nan,
        "params": "",
        "warnings": "",
        "error": "",
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            # One BLAS thread a fit: several wait for each other longer than they work
            # on matrices of this size (birds, lp-lr, 2 cores: 145 s against 7 s), and
            # seconds of different models can be compared.
            with threadpool_limits(limits=1):
                record.update(_fit_and_score(dataset, task))
        except Exception as err:  # noqa: BLE001 - any model may fail in any way
            record["error"] = f"{type(err).__name__}: {err}"
    record["warnings"] = " | ".join(dict.fromkeys(str(w.message) for w in caught))
    return record


def _fit_and_score(dataset: MultiLabelDataset, task: Task) -> dict[str, Any]:
    X_train, Y_train = dataset[task.train].as_xy(missing="as_nan")
    X_test, Y_test = dataset[task.test].as_xy(missing="as_nan")
    estimator = _seeded(task.estimator, task.seed)
    weights = _fit_weights(estimator, task)
    with watch_memory() as peak:
        start = time.perf_counter()
        estimator.fit(X_train, Y_train, **weights)
        fitted = time.perf_counter()
        # All that any metric may judge: what predicting costs does not depend on them.
        found = answers(estimator, X_test, ("bipartition", "scores"), Y_test.shape[1])
        predicted = time.perf_counter()
    evidence = Evidence.of_all(
        Y_test, found["Y_pred"], found["scores"], found["Y_proba"]
    )
    return {
        **_score(evidence, task),
        "fit_seconds": fitted - start,
        "predict_seconds": predicted - fitted,
        "peak_memory": peak.megabytes,
        "params": _chosen(estimator),
    }


def _score(evidence: Evidence, task: Task) -> dict[str, float]:
    """Evaluate all metrics; with weights, a row of weight 2 counts as two rows."""
    pairs = zip(task.columns, task.metrics, strict=True)
    if task.sample_weight is None:
        return {column: float(metric.of(evidence)) for column, metric in pairs}
    weights = task.sample_weight[np.newaxis, task.test]
    return {
        column: float(metric.resample(evidence, weights)[0]) for column, metric in pairs
    }


def _seeded(estimator: BaseEstimator, seed: int) -> BaseEstimator:
    """Clone an estimator and seed each ``random_state`` that was left at None."""
    copy = clone(estimator)
    unseeded = {
        name: seed
        for name, value in sorted(copy.get_params(deep=True).items())
        if value is None and name.rpartition("__")[2] == "random_state"
    }
    return copy.set_params(**unseeded) if unseeded else copy


def _fit_weights(estimator: BaseEstimator, task: Task) -> dict[str, np.ndarray]:
    if task.sample_weight is None:
        return {}
    return {str(weight_argument(estimator)): task.sample_weight[task.train]}


def weight_argument(estimator: Any) -> str | None:
    """Return the name under which `fit` takes the weights of rows.

    Parameters
    ----------
    estimator : estimator
        In a pipeline, the last step gets the weights; in a search, each candidate.

    Returns
    -------
    str or None
        None if it takes none.
    """
    if isinstance(estimator, BaseSearchCV):
        return weight_argument(estimator.estimator)
    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        inner = weight_argument(last)
        return None if inner is None else f"{name}__{inner}"
    return "sample_weight" if has_fit_parameter(estimator, "sample_weight") else None


def _chosen(estimator: Any) -> str:
    """Return what a search has chosen as JSON; empty where there was none."""
    chosen = getattr(estimator, "best_params_", None)
    return "" if chosen is None else json.dumps(chosen, default=str)
