"""The engine: every model is fitted and scored on the same folds of every dataset."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError
from datetime import UTC, datetime
from numbers import Integral
from pathlib import Path
from typing import Any, TypeAlias

import joblib
import pandas as pd

from mlkit.comparison.grid import (
    check_datasets,
    check_metrics,
    check_models,
    check_weights,
    make_splits,
    make_tasks,
    versions,
)
from mlkit.comparison.measuring import Task, run_task
from mlkit.comparison.records import MEASUREMENTS
from mlkit.comparison.result import Comparison
from mlkit.comparison.schedule import Schedule
from mlkit.comparison.store import DamagedRecord, RecordStore
from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import (
    DamagedRecordWarning,
    FoldFailedWarning,
    LostWorkerWarning,
    warn,
)
from mlkit.fingerprints import dataset_fingerprint
from mlkit.metrics import Metric
from mlkit.progress import progress as progress_bar

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


# How often the rest is begun when workers die.
_ATTEMPTS = 4

_Work: TypeAlias = tuple[MultiLabelDataset, Task]


def compare(
    dataset: MultiLabelDataset | str | Iterable[MultiLabelDataset | str],
    models: str | Iterable[str] | Mapping[str, Any] = DEFAULT_MODELS,
    metrics: str | Metric | Iterable[str | Metric] = DEFAULT_METRICS,
    *,
    cv: Any = 10,
    n_repeats: int = 1,
    groups: Any = None,
    sample_weight: Any = None,
    tune: str | Metric | None = None,
    folder: str | Path | None = None,
    retry_failed: bool = False,
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
    metrics : str, Metric or iterable of them
        Names of `mlkit.metrics.catalog`, metrics of your own, and blends
        (`mlkit.metrics.blend`).
    cv : int, cross-validator or iterable of (train, test), default 10
        Number of stratified folds, any object with ``split(X, Y)``, or the positions
        (or masks) of training and test rows of each fold. A mapping gives each dataset
        its own, by name.
    n_repeats : int, default 1
        How often the folds are drawn anew; only where `cv` is a number.
    groups : array-like, shape (n_samples,), or mapping of dataset name to it, optional
        Rows of the same group, such as the pictures of one patient, stay together.
    sample_weight : array-like, shape (n_samples,), or mapping to it, optional
        Weights of the rows, at least 0, in training and in the metrics: a row of weight
        2 counts as two rows. A metric of your own without `statistic` is NaN then.
    tune : str or Metric, optional
        Models that come by name choose their hyper-parameters by this metric, each time
        from the training rows of the fold alone; `mlkit.comparison.tuned` does that for
        your own estimators. Thresholds are tuned by names such as ``"br-rf+scut"``,
        on the training rows too.
    folder : str or Path, optional
        Where each fold is kept as soon as it is finished. The same call made again, as
        after a crash, computes only what is missing. In the end the result stands there
        as ``comparison.parquet``.
    retry_failed : bool, default False
        Whether folds that failed before, and are kept so in `folder`, are tried again.
    random_state : int, default 0
        Seeds the folds, and every ``random_state`` that a model leaves at None. Two
        runs with the same seed give the same numbers, whatever `n_jobs` is.
    n_jobs : int, optional
        Worker processes of joblib; None means one, -1 all cores. Within
        ``joblib.parallel_config("dask")`` the workers of that cluster.
    progress : bool, optional
        Show a progress bar; by default in a notebook or a terminal, unless the
        environment variable ``MLKIT_PROGRESS`` is ``0``.

    Returns
    -------
    Comparison
        With one record for each dataset, model and fold.

    Raises
    ------
    UnknownNameError
        For a name of a dataset, model or metric that does not exist.
    ValueError, OptionError, ShapeError, SplitError
        If there are no models or datasets, or two of the same name; if groups, weights
        or the rows of folds are not those of the dataset.
    TypeError
        If an argument is of another kind, such as an estimator without a name.
    OSError
        If `folder` cannot be written to.

    Warns
    -----
    FoldFailedWarning
        If a model raises in some folds: it is recorded as failed with its error, and
        the other models go on. One warning a model and dataset.
    DamagedRecordWarning
        If files in `folder` are not what was written: they are set aside, and their
        folds computed anew.

    LostWorkerWarning
        If a worker process dies, as for want of memory: what is finished stays, and
        the rest is begun again, three times at most.

    Notes
    -----
    A fit uses one thread for linear algebra; `n_jobs` spreads folds over processes.
    Their order with a `folder` is random, so that two processes, on one machine or on
    two with a shared disk, can work on the same comparison and meet in the middle.

    What is kept is found by a fingerprint of the data, the model and its parameters,
    the rows of the fold, weights, seed and versions: what has changed is computed anew,
    and one folder may serve many comparisons. A metric that was not asked for before
    means that the fold is computed again.

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
    datasets = check_datasets(dataset)
    estimators = check_models(models, tune)
    chosen = check_metrics(metrics)
    weights = check_weights(sample_weight, datasets, estimators)
    splits = make_splits(
        datasets, cv, groups=groups, n_repeats=n_repeats, random_state=random_state
    )
    prints = {data.name: dataset_fingerprint(data) for data in datasets}
    work = [
        (data, task)
        for data in datasets
        for task in make_tasks(
            data,
            estimators,
            splits[data.name],
            chosen,
            sample_weight=weights[data.name],
            random_state=random_state,
            data_key="" if folder is None else prints[data.name],
        )
    ]
    store = None if folder is None else RecordStore(Path(folder))
    records = _run(work, store, retry_failed, n_jobs=n_jobs, progress=progress)
    settings = {
        "cv": int(cv) if isinstance(cv, Integral) else _shortened(repr(cv)),
        "n_repeats": n_repeats,
        "random_state": random_state,
        "tune": tune.name if isinstance(tune, Metric) else tune,
        "grouped": groups is not None,
        "weighted": sample_weight is not None,
        **_circumstances(datasets, prints),
    }
    result = Comparison.of_metrics(pd.DataFrame(records), chosen, settings)
    if folder is not None:
        result.save(folder)
    _warn_of_failures(result)
    return result


def _shortened(text: str, limit: int = 200) -> str:
    # Given folds print all their rows.
    return text if len(text) <= limit else f"{text[:limit]} ..."


def _circumstances(
    datasets: list[MultiLabelDataset], prints: Mapping[str, str]
) -> dict[str, Any]:
    """Say when, with which versions and on which data, in a form that can be kept."""
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "datasets": {
            data.name: {
                "n_samples": data.n_samples,
                "n_features": data.n_features,
                "n_labels": data.n_labels,
                "fingerprint": prints[data.name],
            }
            for data in datasets
        },
    }


def _run(
    work: list[_Work],
    store: RecordStore | None,
    retry_failed: bool,
    *,
    n_jobs: int | None,
    progress: bool | None,
) -> list[dict[str, Any]]:
    """Return the record of each task, in their order."""
    found = _look_up(work, store, retry_failed)
    missing = [number for number in range(len(work)) if number not in found]
    if store is not None:
        # Drawn by the system: each process that shares the folder has its own order.
        random.SystemRandom().shuffle(missing)
    with progress_bar(
        total=len(work), what="compare", shown=progress, unit="fold", start=len(found)
    ) as bar:
        for attempt in range(_ATTEMPTS):
            left = [number for number in missing if number not in found]
            try:
                for number, record in _measured(
                    work, left, store, retry_failed, n_jobs
                ):
                    found[number] = record
                    bar.update()
                break
            except Exception as err:
                if attempt + 1 == _ATTEMPTS or not _is_lost_worker(err):
                    raise
                warn(_lost_worker(err, len(found), len(work)), LostWorkerWarning)
    return [
        _named(data, task, found[number]) for number, (data, task) in enumerate(work)
    ]


def _is_lost_worker(err: Exception) -> bool:
    """Tell the death of a process (of many causes) from an error of the engine."""
    # A process that died breaks the pool of this machine; on a cluster its tasks move
    # to others, and fail where what they need died with it.
    of_cluster = type(err).__module__.partition(".")[0] == "distributed"
    return of_cluster or isinstance(err, (BrokenExecutor, CancelledError))


def _lost_worker(err: Exception, n_found: int, n_all: int) -> str:
    return (
        f"A worker was lost ({type(err).__name__}) after {n_found} of {n_all} folds, "
        "which are kept; the others are begun again. If it happens often, memory is "
        "short: take fewer workers."
    )


def _measured(
    work: list[_Work],
    missing: list[int],
    store: RecordStore | None,
    retry_failed: bool,
    n_jobs: int | None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the records of tasks as they are finished."""
    # One by one: a fold is long enough, and joblib would make portions of quick ones.
    parallel = joblib.Parallel(
        n_jobs=n_jobs, batch_size=1, return_as="generator_unordered"
    )
    schedule = Schedule({n: (work[n][0].name, work[n][1].model) for n in missing})
    order = missing if joblib.effective_n_jobs(n_jobs) == 1 else schedule
    run = joblib.delayed(_run_numbered)
    for number, record in parallel(
        # The dataset is an argument of its own, so that a cluster can keep it.
        run(number, *work[number], store, retry_failed)
        for number in order
    ):
        schedule.tell(number, seconds=record["fit_seconds"])
        key = work[number][1].key
        if store is not None and store.find(key, []) is None:
            # The worker's disk is not this one.
            store.keep(key, record)
        yield number, record


def _run_numbered(
    number: int,
    dataset: MultiLabelDataset,
    task: Task,
    store: RecordStore | None,
    retry_failed: bool,
) -> tuple[int, dict[str, Any]]:
    return number, run_task(dataset, task, store, retry_failed=retry_failed)


def _look_up(
    work: list[_Work], store: RecordStore | None, retry_failed: bool
) -> dict[int, dict[str, Any]]:
    """Return the records that are kept; set damaged ones aside, with one warning."""
    if store is None:
        return {}
    found, aside = {}, []
    for number, (_, task) in enumerate(work):
        try:
            record = store.find(task.key, task.columns)
        except DamagedRecord:
            aside.append(store.set_aside(task.key))
            continue
        if record is not None and not (retry_failed and record["error"]):
            found[number] = record
    if aside:
        message = (
            f"{len(aside)} of the records in {store.folder} are damaged and were set "
            f"aside (first: {aside[0].name}); their folds are computed anew."
        )
        warn(message, DamagedRecordWarning)
    return found


def _named(
    data: MultiLabelDataset, task: Task, record: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a record with the names that this comparison has for what is in it."""
    pairs = zip(task.metrics, task.columns, strict=True)
    return {
        "dataset": data.name,
        "model": task.model,
        "repeat": task.repeat,
        "fold": task.fold,
        "n_train": record["n_train"],
        "n_test": record["n_test"],
        **{metric.name: record[column] for metric, column in pairs},
        **{name: record[name] for name in MEASUREMENTS},
    }


def _warn_of_failures(result: Comparison) -> None:
    for row in result.failure_summary().itertuples():
        message = (
            f"Model '{row.model}' failed in {row.n_failed} of {row.n_folds} folds of "
            f"'{row.dataset}' (first error: {row.error}). Its mean is not reported; "
            "see Comparison.failures()."
        )
        warn(message, FoldFailedWarning)
