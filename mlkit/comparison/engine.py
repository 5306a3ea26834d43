"""The engine: every model is fitted and scored on the same folds of every dataset."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from mlkit.comparison.result import Comparison
from mlkit.dataset import MultiLabelDataset
from mlkit.datasets import load
from mlkit.evaluation.scorers import answers
from mlkit.exceptions import FoldFailedWarning, warn
from mlkit.metrics import get_metric, score_table
from mlkit.models import make
from mlkit.splitting import RepeatedIterativeStratification

__all__ = ["DEFAULT_METRICS", "DEFAULT_MODELS", "compare"]

DEFAULT_MODELS = ("br-lr", "cc-lr", "lp-lr")
"""Binary relevance, a classifier chain and the label powerset on one base learner."""

DEFAULT_METRICS = (
    "hamming_loss",
    "subset_accuracy",
    "example_jaccard",
    "example_f1",
    "micro_f1",
    "macro_f1",
    "ranking_loss",
    "label_ranking_average_precision",
)
"""Eight views of the same predictions; no single one of them is the quality."""


@dataclass(frozen=True, slots=True)
class _Fold:
    """One model on one fold: all that a worker process needs."""

    dataset: MultiLabelDataset
    model: str
    estimator: BaseEstimator
    repeat: int
    fold: int
    train: np.ndarray
    test: np.ndarray
    seed: int
    metrics: tuple[str, ...]


def compare(
    dataset: MultiLabelDataset | str | Iterable[MultiLabelDataset | str],
    models: str | Iterable[str] | Mapping[str, Any] = DEFAULT_MODELS,
    metrics: str | Iterable[str] = DEFAULT_METRICS,
    *,
    cv: int | Any = 10,
    n_repeats: int = 1,
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: bool | None = None,
) -> Comparison:
    """Compare models on the same folds of one or several datasets.

    Every model sees the same training rows and is scored on the same test rows. All
    preparation (encoding, scaling, imputation) is part of a model and so is fitted on
    the training rows of the fold alone.

    Parameters
    ----------
    dataset : MultiLabelDataset or str, or an iterable of them
        Datasets, or names for `mlkit.load`.
    models : iterable of str, or mapping of str to estimator
        Names of `mlkit.models.catalog`, or your own estimators under a name of your
        choice. An estimator needs ``fit(X, Y)`` and ``predict(X)``; for metrics of
        scores also ``predict_proba`` of shape (n_samples, n_labels) or
        ``decision_function``.
    metrics : iterable of str
        Names of `mlkit.metrics.catalog`.
    cv : int or cross-validator, default 10
        Number of stratified folds, or any object with ``split(X, Y)``.
    n_repeats : int, default 1
        How often the folds are drawn anew; only where `cv` is a number.
    random_state : int, default 0
        Seeds the folds, and every ``random_state`` that a model leaves at None. Two
        runs with the same seed give the same numbers, whatever `n_jobs` is.
    n_jobs : int, optional
        Worker processes of joblib; None means one, -1 all cores.
    progress : bool, optional
        Show a progress bar; by default where standard error is a terminal.

    Returns
    -------
    Comparison
        With one record for each dataset, model and fold.

    Raises
    ------
    UnknownNameError
        For a name of a dataset, model or metric that does not exist.
    ValueError
        If there are no models or datasets, or two of the same name.
    TypeError
        If an argument is of another kind, such as an estimator without a name.

    Warns
    -----
    FoldFailedWarning
        If a model raises in some folds: it is recorded as failed with its error, and
        the other models go on. One warning a model and dataset.

    Notes
    -----
    A fit uses one thread for linear algebra; `n_jobs` spreads folds over processes.

    Folds are drawn by iterative stratification (Sechidis et al. 2011). The spread
    between folds is not the uncertainty of the mean: training sets overlap, so the
    folds are not independent (Bengio and Grandvalet, 2004, JMLR 5).

    Labels that are unknown reach the models as NaN in `Y`. A model that cannot learn
    from them fails, and says so; the others are scored on the known labels of the test
    rows. The folds are stratified as if an unknown label were absent.

    Examples
    --------
    >>> result = compare("flags", ["baseline-set", "br-lr"], "hamming_loss", cv=3)
    >>> result.models
    ('baseline-set', 'br-lr')
    >>> result.folds.shape[0]
    6
    """
    datasets = _check_datasets(dataset)
    estimators = _check_models(models)
    names = _check_metrics(metrics)
    splitter = _check_cv(cv, n_repeats, random_state)
    tasks = [
        task
        for data in datasets
        for task in _tasks(data, estimators, splitter, names, random_state)
    ]
    records = _run(tasks, n_jobs=n_jobs, progress=progress)
    result = Comparison(pd.DataFrame(records), metrics=names)
    _warn_of_failures(result)
    return result


def _check_datasets(dataset: Any) -> list[MultiLabelDataset]:
    several = isinstance(dataset, Iterable) and not isinstance(
        dataset, (str, MultiLabelDataset)
    )
    given = list(dataset) if several else [dataset]
    datasets = [load(item) if isinstance(item, str) else item for item in given]
    for item in datasets:
        if not isinstance(item, MultiLabelDataset):
            msg = (
                f"compare needs a MultiLabelDataset or the name of one, got "
                f"{type(item).__name__}. Build one: mlkit.MultiLabelDataset(X, Y)."
            )
            raise TypeError(msg)
    _check_unique("dataset", [item.name for item in datasets])
    return datasets


def _check_models(models: Any) -> dict[str, BaseEstimator]:
    if isinstance(models, Mapping):
        estimators = {str(name): estimator for name, estimator in models.items()}
    else:
        several = isinstance(models, Iterable) and not isinstance(models, str)
        names = list(models) if several else [models]
        _check_names_of_models(names)
        _check_unique("model", names)
        estimators = {name: make(name) for name in names}
    _check_unique("model", list(estimators))
    for name, estimator in estimators.items():
        complete = hasattr(estimator, "fit") and hasattr(estimator, "predict")
        if isinstance(estimator, type) or not complete:
            msg = (
                f"Model '{name}' has no fit and predict: {estimator!r}. Pass an "
                "estimator, not a class or a result."
            )
            raise TypeError(msg)
    return estimators


def _check_names_of_models(names: list[Any]) -> None:
    for name in names:
        if not isinstance(name, str):
            msg = (
                f"models must be names of mlkit.models.catalog(), got {name!r}. Give "
                "an estimator of your own a name: models={'my model': estimator}."
            )
            raise TypeError(msg)


def _check_unique(what: str, names: Sequence[str]) -> None:
    if not names:
        msg = f"compare needs at least one {what}."
        raise ValueError(msg)
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        msg = f"compare needs different names; two {what}s are called '{twice[0]}'."
        raise ValueError(msg)


def _check_metrics(metrics: str | Iterable[str]) -> tuple[str, ...]:
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    _check_unique("metric", names)
    return tuple(get_metric(name).name for name in names)


def _check_cv(cv: Any, n_repeats: int, random_state: int) -> Any:
    if isinstance(cv, (int, np.integer)):
        return RepeatedIterativeStratification(
            int(cv), n_repeats=n_repeats, random_state=random_state
        )
    if isinstance(cv, str) or not hasattr(cv, "split"):
        msg = f"cv must be a number of folds or an object with split(X, Y), got {cv!r}."
        raise TypeError(msg)
    if n_repeats != 1:
        msg = (
            f"n_repeats={n_repeats} needs cv as a number of folds; a cross-validator "
            "repeats by itself (such as RepeatedIterativeStratification)."
        )
        raise ValueError(msg)
    return cv


def _tasks(
    dataset: MultiLabelDataset,
    estimators: Mapping[str, BaseEstimator],
    splitter: Any,
    metrics: tuple[str, ...],
    seed: int,
) -> Iterator[_Fold]:
    """All folds of one dataset; every model gets the same rows and the same seed.

    Seeds depend on the fold alone, so that a dataset gives the same numbers whatever
    else is in the comparison.
    """
    X, Y = dataset.as_xy(missing="as_zero")
    repeats = getattr(splitter, "n_repeats", 1)
    splits = list(splitter.split(X, Y))
    folds_each = max(len(splits) // repeats, 1)
    seeds = np.random.SeedSequence(seed).generate_state(max(len(splits), 1))
    for number, (train, test) in enumerate(splits):
        repeat, fold = divmod(number, folds_each)
        fold_seed = int(seeds[number] % 2**31)
        for model, estimator in estimators.items():
            yield _Fold(
                dataset, model, estimator, repeat, fold, train, test, fold_seed, metrics
            )


def _run(
    tasks: Sequence[_Fold], *, n_jobs: int | None, progress: bool | None
) -> list[dict[str, Any]]:
    shown = sys.stderr.isatty() if progress is None else progress
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator")
    finished = parallel(joblib.delayed(_measure)(task) for task in tasks)
    bar = tqdm(
        finished, total=len(tasks), desc="compare", unit="fold", disable=not shown
    )
    return list(bar)


def _measure(task: _Fold) -> dict[str, Any]:
    """Fit and score one model on one fold; an error becomes part of the record."""
    record: dict[str, Any] = {
        "dataset": task.dataset.name,
        "model": task.model,
        "repeat": task.repeat,
        "fold": task.fold,
        "n_train": len(task.train),
        "n_test": len(task.test),
        **dict.fromkeys(task.metrics, np.nan),
        "fit_seconds": np.nan,
        "predict_seconds": np.nan,
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
                record.update(_fit_and_score(task))
        except Exception as err:  # noqa: BLE001 - any model may fail in any way
            record["error"] = f"{type(err).__name__}: {err}"
    record["warnings"] = " | ".join(dict.fromkeys(str(w.message) for w in caught))
    return record


def _fit_and_score(task: _Fold) -> dict[str, Any]:
    X_train, Y_train = task.dataset[task.train].as_xy(missing="as_nan")
    X_test, Y_test = task.dataset[task.test].as_xy(missing="as_nan")
    estimator = _seeded(task.estimator, task.seed)
    start = time.perf_counter()
    estimator.fit(X_train, Y_train)
    fitted = time.perf_counter()
    # All that any metric may judge: what predicting costs does not depend on them.
    found = answers(estimator, X_test, ("bipartition", "scores"), Y_test.shape[1])
    predicted = time.perf_counter()
    return {
        **score_table(Y_test, **found, metrics=task.metrics),
        "fit_seconds": fitted - start,
        "predict_seconds": predicted - fitted,
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


def _warn_of_failures(result: Comparison) -> None:
    for row in result.failure_summary().itertuples():
        message = (
            f"Model '{row.model}' failed in {row.n_failed} of {row.n_folds} folds of "
            f"'{row.dataset}' (first error: {row.error}). Its mean is not reported; "
            "see Comparison.failures()."
        )
        warn(message, FoldFailedWarning)
