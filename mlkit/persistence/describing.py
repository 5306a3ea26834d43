"""What a card says about a model, found out from the model and its data."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from numbers import Real
from pathlib import PureWindowsPath
from typing import Any

import numpy as np

import mlkit
from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.evaluation import Evaluation
from mlkit.exceptions import LabelNameError, ShapeError, names_for_message
from mlkit.fingerprints import dataset_fingerprint
from mlkit.persistence.card import FORMAT_VERSION, ModelCard

__all__ = ["STATEFUL", "describe_model", "installed_versions"]

STATEFUL = ("mlkit", "scikit-learn")
"""Packages whose objects are in a saved model, and change with the version."""

_PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy", "skops")
_MOST_TEXT = 300


def describe_model(
    model: Any,
    *,
    data: MultiLabelDataset | None = None,
    evaluation: Evaluation | None = None,
    metrics: Mapping[str, float] | None = None,
    notes: str = "",
    networks: tuple[str, ...] = (),
) -> ModelCard:
    """Write the card of a model, but for the files that it will be in.

    Parameters
    ----------
    model : object
    data : MultiLabelDataset, optional
        What it was trained on.
    evaluation : Evaluation, optional
        Its metrics are taken over.
    metrics : mapping of str to float, optional
        More metrics; of two with the same name, these count.
    notes : str
    networks : tuple of str
        Files of the Keras models in it.

    Returns
    -------
    ModelCard

    Raises
    ------
    TypeError
        If an argument is of another kind.
    LabelNameError, ShapeError
        If the model was trained on other columns than those of `data`.
    """
    _check_kinds(data, evaluation, notes)
    names, n_labels = _labels(model, data)
    features, n_features = _features(model, data)
    return ModelCard(
        format_version=FORMAT_VERSION,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=f"{type(model).__module__}.{type(model).__qualname__}",
        parameters=_parameters(model),
        n_labels=n_labels,
        label_names=names,
        n_features=n_features,
        feature_names=features,
        thresholds=_thresholds(model, names),
        data=None if data is None else _data(data),
        metrics=_metrics(evaluation, metrics),
        notes=notes,
        versions=installed_versions(networks=bool(networks)),
        networks=networks,
    )


def _check_kinds(data: Any, evaluation: Any, notes: Any) -> None:
    for name, value, kind in (
        ("data", data, MultiLabelDataset),
        ("evaluation", evaluation, Evaluation),
    ):
        if value is not None and not isinstance(value, kind):
            got = type(value).__name__
            msg = f"{name} must be an object of {kind.__name__}, got {got}."
            raise TypeError(msg)
    if not isinstance(notes, str):
        msg = f"notes must be a text, got {type(notes).__name__}."
        raise TypeError(msg)


def installed_versions(*, networks: bool = False) -> dict[str, str]:
    """Return the versions of Python and of what a saved model depends on.

    Parameters
    ----------
    networks : bool, default False
        Whether Keras and what it computes with count.

    Returns
    -------
    dict of str to str
        Python and the kit first, then packages by name.
    """
    packages = list(_PACKAGES)
    if networks:
        import keras

        packages += ["keras", keras.backend.backend()]
    found = {"python": platform.python_version(), "mlkit": mlkit.__version__}
    return found | {name: _version(name) for name in sorted(packages)}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        # tensorflow comes under several names, such as tensorflow-cpu.
        return str(getattr(sys.modules.get(package), "__version__", "unknown"))


def _parameters(model: Any) -> dict[str, str]:
    try:
        found = model.get_params(deep=True)
    except Exception:
        # Some classes of other packages have a get_params that fails. A card without
        # parameters is better than a model that is not saved.
        return {}
    return {name: _shortened(repr(found[name])) for name in sorted(found)}


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 3] + "..."


def _deciders(model: Any) -> Iterator[Any]:
    """Yield a model, and those inside that in turn make its predictions."""
    seen: list[Any] = []
    while model is not None and not any(model is one for one in seen):
        seen.append(model)
        yield model
        steps = getattr(model, "steps", None)
        inner = (
            getattr(model, name, None) for name in ("best_estimator_", "estimator_")
        )
        model = steps[-1][1] if steps else next((one for one in inner if one), None)


def _first(model: Any, attribute: str) -> Any:
    """Return an attribute of the first decider that has it, else None."""
    return next(
        (
            found
            for each in _deciders(model)
            if (found := getattr(each, attribute, None)) is not None
        ),
        None,
    )


def _labels(
    model: Any, data: MultiLabelDataset | None
) -> tuple[tuple[str, ...] | None, int | None]:
    """Return names and number of the labels."""
    learned, n_labels = _first(model, "label_names_in_"), _first(model, "n_labels_")
    names = None if learned is None else tuple(str(name) for name in learned)
    if data is None:
        return names, None if n_labels is None else int(n_labels)
    if names is not None and names != data.label_names:
        msg = (
            f"The model was trained on the labels {names_for_message(names)}, and data "
            f"has {names_for_message(data.label_names)}. Give the data that it was "
            "trained on."
        )
        raise LabelNameError(msg)
    _check_count("labels", n_labels, data.n_labels)
    return data.label_names, data.n_labels


def _features(
    model: Any, data: MultiLabelDataset | None
) -> tuple[tuple[str, ...] | None, int | None]:
    """Return names and number of the features."""
    n_features = getattr(model, "n_features_in_", None)
    learned = getattr(model, "feature_names_in_", None)
    names = None if learned is None else tuple(str(name) for name in learned)
    if data is None:
        return names, None if n_features is None else int(n_features)
    # Pictures and sequences have more than two dimensions, and a number of features
    # that depends on who counts.
    if data.X.ndim == 2:
        _check_count("features", n_features, data.n_features)
    return names or data.feature_names, n_features or data.n_features


def _check_count(what: str, learned: Any, given: int) -> None:
    if learned is not None and int(learned) != given:
        msg = (
            f"The model was trained on {int(learned)} {what}, and data has {given}. "
            "Give the data that it was trained on."
        )
        raise ShapeError(msg)


def _thresholds(model: Any, names: tuple[str, ...] | None) -> dict[str, float] | None:
    cuts = _first(model, "thresholds_")
    if cuts is None:
        return None
    values = np.asarray(cuts, dtype=np.float64).ravel()
    if names is None or len(names) != len(values):
        names = tuple(f"label_{position}" for position in range(len(values)))
    return dict(zip(names, values.tolist(), strict=True))


def _data(data: MultiLabelDataset) -> dict[str, Any]:
    return {
        "name": data.name,
        "shape": {
            "rows": data.n_samples,
            "features": data.n_features,
            "labels": data.n_labels,
        },
        "fingerprint": dataset_fingerprint(data),
        "source": None if data.source is None else _source(data.source),
    }


def _source(source: DatasetSource) -> dict[str, Any]:
    facts = asdict(source)
    if source.path is not None:
        # The names of the files alone: where they lie on this computer helps nobody on
        # another, and tells whose it is.
        names = (PureWindowsPath(path).name for path in source.path.split(", "))
        facts["path"] = ", ".join(names)
    return facts


def _metrics(
    evaluation: Evaluation | None, metrics: Mapping[str, float] | None
) -> dict[str, float]:
    if metrics is not None and not isinstance(metrics, Mapping):
        msg = (
            "metrics must map names to numbers, such as {'micro_f1': 0.71}, got "
            f"{type(metrics).__name__}."
        )
        raise TypeError(msg)
    found: dict[Any, Any] = {} if evaluation is None else dict(evaluation.values)
    found |= metrics or {}
    wrong = [name for name, value in found.items() if not isinstance(value, Real)]
    if wrong:
        msg = (
            f"metrics has {names_for_message(wrong)}, which "
            f"{'is' if len(wrong) == 1 else 'are'} no number."
        )
        raise TypeError(msg)
    return {str(name): float(value) for name, value in found.items()}
