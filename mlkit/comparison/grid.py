"""What is compared with what: datasets, models, splits, and the tasks made of them."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

import mlkit
from mlkit.comparison.measuring import Task, weight_argument
from mlkit.comparison.tuning import tuned
from mlkit.dataset import MultiLabelDataset
from mlkit.datasets import load
from mlkit.exceptions import OptionError, ShapeError, SplitError, names_for_message
from mlkit.fingerprints import fingerprint
from mlkit.metrics import METRICS, Metric, get_metric
from mlkit.models import make, search
from mlkit.splitting import RepeatedIterativeStratification

__all__ = [
    "Split",
    "check_datasets",
    "check_metrics",
    "check_models",
    "check_weights",
    "make_splits",
    "make_tasks",
    "metric_column",
    "versions",
]


@dataclass(frozen=True, slots=True)
class Split:
    """Training and test rows of one fold.

    Parameters
    ----------
    repeat, fold : int
    train, test : ndarray of int
        Positions of the rows.
    """

    repeat: int
    fold: int
    train: np.ndarray
    test: np.ndarray


def check_datasets(dataset: Any) -> list[MultiLabelDataset]:
    """Return the datasets, loaded where they came as names.

    Parameters
    ----------
    dataset : MultiLabelDataset or str, or an iterable of them

    Returns
    -------
    list of MultiLabelDataset

    Raises
    ------
    UnknownNameError, TypeError, ValueError
        If a name is not known, something is no dataset, or two have the same name.
    """
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


def check_models(models: Any, tune: str | Metric | None) -> dict[str, BaseEstimator]:
    """Return the estimators by name, made where they came as names of the catalog.

    Parameters
    ----------
    models : iterable of str, or mapping of str to estimator
    tune : str, Metric or None
        What the models of the catalog choose their hyper-parameters by, if at all.

    Returns
    -------
    dict of str to estimator

    Raises
    ------
    UnknownNameError, TypeError, ValueError
        If a name is not known, something is no estimator, or there are none.
    OptionError
        If estimators are to be tuned.
    """
    if isinstance(models, Mapping):
        _check_not_tuned(tune)
        estimators = {str(name): estimator for name, estimator in models.items()}
    else:
        several = isinstance(models, Iterable) and not isinstance(models, str)
        names = list(models) if several else [models]
        _check_names_of_models(names)
        _check_unique("model", names)
        estimators = {name: _made(name, tune) for name in names}
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


def _check_not_tuned(tune: str | Metric | None) -> None:
    if tune is not None:
        msg = (
            "tune is for models that come by name, whose values to try are known. Tune "
            "your own: {'mine': mlkit.comparison.tuned(estimator, metric, grid=...)}."
        )
        raise OptionError(msg)


def _made(name: str, tune: str | Metric | None) -> BaseEstimator:
    model = make(name)
    # A baseline has nothing to choose.
    return model if tune is None or not search(name) else tuned(name, tune)


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


def check_metrics(metrics: Any) -> tuple[Metric, ...]:
    """Look the metrics up.

    Parameters
    ----------
    metrics : str, Metric or iterable of them

    Returns
    -------
    tuple of Metric

    Raises
    ------
    UnknownNameError, ValueError
        If one does not exist, there are none, or two have the same name.
    """
    given = [metrics] if isinstance(metrics, (str, Metric)) else list(metrics)
    chosen = tuple(get_metric(name) for name in given)
    _check_unique("metric", [metric.name for metric in chosen])
    return chosen


def metric_column(metric: Metric) -> str:
    """Return what a metric is called in a record that several comparisons may read.

    Parameters
    ----------
    metric : Metric

    Returns
    -------
    str
        Its name; for one that is none of the kit's own, with its fingerprint.
    """
    own = METRICS.get(metric.name) is metric
    return metric.name if own else f"{metric.name}@{fingerprint(metric)}"


def check_weights(
    sample_weight: Any,
    datasets: list[MultiLabelDataset],
    estimators: Mapping[str, BaseEstimator],
) -> dict[str, np.ndarray | None]:
    """Return the weights of the rows of each dataset.

    Parameters
    ----------
    sample_weight : array-like, mapping of str to array-like, or None
    datasets : list of MultiLabelDataset
    estimators : mapping of str to estimator
        All must take weights.

    Returns
    -------
    dict of str to ndarray of float64, or to None

    Raises
    ------
    OptionError, ShapeError
        If weights are not one finite number of at least 0 a row.
    TypeError
        If a model takes none.
    """
    given = {
        name: None if values is None else np.asarray(values, dtype=np.float64)
        for name, values in _each("sample_weight", sample_weight, datasets).items()
    }
    for data in datasets:
        values = given[data.name]
        if values is None:
            continue
        _check_length("sample_weight", values, data)
        if not np.isfinite(values).all() or (values < 0).any() or not values.any():
            msg = (
                f"sample_weight of '{data.name}' must be finite, at least 0, and not "
                "all 0."
            )
            raise OptionError(msg)
    if any(values is not None for values in given.values()):
        _check_take_weights(estimators)
    return given


def _check_take_weights(estimators: Mapping[str, BaseEstimator]) -> None:
    deaf = [
        name for name, model in estimators.items() if weight_argument(model) is None
    ]
    if deaf:
        msg = (
            f"sample_weight was given, and these models take none in fit: "
            f"{names_for_message(deaf)}. Leave them out, or the weights."
        )
        raise TypeError(msg)


def _each(what: str, given: Any, datasets: list[MultiLabelDataset]) -> dict[str, Any]:
    """Return an option for each dataset: given by name, or once for a single one."""
    names = [data.name for data in datasets]
    if given is None:
        return dict.fromkeys(names)
    if isinstance(given, Mapping):
        unknown = [str(name) for name in given if name not in names]
        if unknown:
            msg = (
                f"{what} names {names_for_message(unknown)}; the datasets are "
                f"{names_for_message(names)}."
            )
            raise OptionError(msg)
        return {name: given.get(name) for name in names}
    if len(names) > 1:
        msg = (
            f"{what} was given once for {len(names)} datasets. Give it by name: "
            f"{what}={{'{names[0]}': ...}}."
        )
        raise OptionError(msg)
    return {names[0]: given}


def _check_length(what: str, values: np.ndarray, data: MultiLabelDataset) -> None:
    if values.shape != (data.n_samples,):
        msg = (
            f"{what} of '{data.name}' must hold one value a row, {data.n_samples} in "
            f"all; got shape {values.shape}."
        )
        raise ShapeError(msg)


def make_splits(
    datasets: list[MultiLabelDataset],
    cv: Any,
    *,
    groups: Any,
    n_repeats: int,
    random_state: int,
) -> dict[str, list[Split]]:
    """Return the folds of each dataset.

    Parameters
    ----------
    datasets : list of MultiLabelDataset
    cv : int, cross-validator, iterable of (train, test), or mapping of str to these
    groups : array-like, mapping of str to array-like, or None
        Rows of a group stay together.
    n_repeats : int
    random_state : int

    Returns
    -------
    dict of str to list of Split

    Raises
    ------
    TypeError, ValueError, SplitError, ShapeError, OptionError
        If `cv` is none of these, or its rows are not those of the dataset.
    """
    kinds = cv if isinstance(cv, Mapping) else dict.fromkeys(_names(datasets), cv)
    by_name = _each("cv", kinds, datasets)
    grouped = _each("groups", groups, datasets)
    return {
        data.name: _splits_of(
            data, by_name[data.name], grouped[data.name], n_repeats, random_state
        )
        for data in datasets
    }


def _names(datasets: list[MultiLabelDataset]) -> list[str]:
    return [data.name for data in datasets]


def _splits_of(
    data: MultiLabelDataset, cv: Any, groups: Any, n_repeats: int, random_state: int
) -> list[Split]:
    X, Y = data.as_xy(missing="as_zero")
    if groups is not None:
        groups = np.asarray(groups)
        _check_length("groups", groups, data)
    if isinstance(cv, (int, np.integer)) and not isinstance(cv, bool):
        cv = RepeatedIterativeStratification(
            int(cv), n_repeats=n_repeats, random_state=random_state
        )
    elif n_repeats != 1:
        msg = (
            f"n_repeats={n_repeats} needs cv as a number of folds; a cross-validator "
            "repeats by itself (such as RepeatedIterativeStratification)."
        )
        raise ValueError(msg)
    if hasattr(cv, "split") and not isinstance(cv, str):
        pairs = list(cv.split(X, Y) if groups is None else cv.split(X, Y, groups))
        repeats = getattr(cv, "n_repeats", 1)
    else:
        pairs, repeats = _given_pairs(cv, groups), 1
    each = max(len(pairs) // repeats, 1)
    return [
        Split(*divmod(number, each), *_check_rows(pair, data))
        for number, pair in enumerate(pairs)
    ]


def _given_pairs(cv: Any, groups: Any) -> list[Any]:
    if isinstance(cv, (str, bytes)) or not isinstance(cv, Iterable):
        msg = (
            "cv must be a number of folds or an object with split(X, Y), or hold pairs "
            f"(train, test) of positions; got {cv!r}."
        )
        raise TypeError(msg)
    if groups is not None:
        msg = "groups were given, and cv holds the rows of each fold. Leave one out."
        raise OptionError(msg)
    pairs = list(cv)
    if not pairs:
        msg = "cv holds no (train, test) pairs."
        raise SplitError(msg)
    return pairs


def _check_rows(pair: Any, data: MultiLabelDataset) -> tuple[np.ndarray, np.ndarray]:
    """Return training and test rows as positions; refuse what is none or overlaps."""
    try:
        train, test = (np.asarray(rows) for rows in pair)
    except (TypeError, ValueError) as err:
        msg = "cv must hold pairs (train, test) of positions."
        raise SplitError(msg) from err
    train, test = (np.flatnonzero(r) if r.dtype == bool else r for r in (train, test))
    for what, rows in (("training", train), ("test", test)):
        inside = rows.dtype.kind in "iu" and rows.ndim == 1 and len(rows)
        if not inside or rows.min() < 0 or rows.max() >= data.n_samples:
            msg = (
                f"The {what} rows of a fold of '{data.name}' must be positions from 0 "
                f"to {data.n_samples - 1}, at least one."
            )
            raise SplitError(msg)
    both = np.intersect1d(train, test)
    if len(both):
        msg = (
            f"A fold of '{data.name}' tests {len(both)} of its own training rows "
            f"(first: row {both[0]})."
        )
        raise SplitError(msg)
    return train, test


def make_tasks(
    data: MultiLabelDataset,
    estimators: Mapping[str, BaseEstimator],
    splits: Sequence[Split],
    metrics: tuple[Metric, ...],
    *,
    sample_weight: np.ndarray | None,
    random_state: int,
    data_key: str,
) -> Iterator[Task]:
    """Yield all folds of one dataset; every model gets the same rows and seeds.

    Parameters
    ----------
    data : MultiLabelDataset
    estimators : mapping of str to estimator
    splits : sequence of Split
    metrics : tuple of Metric
    sample_weight : ndarray or None
    random_state : int
    data_key : str
        Fingerprint of `data`, for the keys of a store; empty without one.

    Yields
    ------
    Task
        Seeds depend on the fold alone, so that a dataset gives the same numbers
        whatever else is in the comparison.
    """
    seeds = np.random.SeedSequence(random_state).generate_state(max(len(splits), 1))
    columns = tuple(metric_column(metric) for metric in metrics)
    models = dict.fromkeys(estimators, "")
    about = ""
    if data_key:
        models = {name: fingerprint(model) for name, model in estimators.items()}
        about = fingerprint([data_key, sample_weight, versions()])
    for number, split in enumerate(splits):
        seed = int(seeds[number] % 2**31)
        rows = fingerprint([split.train, split.test]) if data_key else ""
        for name, estimator in estimators.items():
            yield Task(
                name,
                estimator,
                split.repeat,
                split.fold,
                split.train,
                split.test,
                seed,
                sample_weight,
                metrics,
                columns,
                fingerprint([about, models[name], rows, seed]) if data_key else "",
            )


def versions() -> dict[str, str]:
    """Return the versions that decide the numbers.

    Returns
    -------
    dict of str to str
    """
    packages = ("numpy", "scipy", "scikit-learn", "scikit-multilearn-ng")
    return {
        "python": platform.python_version(),
        "mlkit": mlkit.__version__,
        "pandas": pd.__version__,
        **{package: version(package) for package in packages},
    }
