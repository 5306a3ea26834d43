"""Rows that arrive in batches: labels that stay the same, classifiers that go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from inspect import signature
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier

from mlkit.exceptions import (
    LabelNameError,
    OptionError,
    ShapeError,
    names_for_message,
)
from mlkit.models.base import MultiLabelClassifier, _as_class_vector
from mlkit.models.transformation import set_seed
from mlkit.models.weighting import LabelWeights
from mlkit.validation import Indicator, check_indicator, check_label_names

__all__ = ["check_batch", "check_batch_weights", "continue_base", "unseen_label"]


def check_batch(
    learner: MultiLabelClassifier,
    Y: Any,
    *,
    first: bool,
    classes: Any = None,
    label_names: Iterable[str] | None = None,
) -> Indicator:
    """Check the labels of a batch; those of the first one fix them for all.

    Parameters
    ----------
    learner : MultiLabelClassifier
        In the first batch it is told the kind of `Y`, the number of labels and their
        names; later it is asked for them.
    Y : ndarray, DataFrame, sparse matrix or vector of classes
    first : bool
        Whether no batch came before.
    classes : array-like, optional
        For a vector of classes, in the first batch: all that will occur. By default
        those of that batch.
    label_names : iterable of str, optional
        Names of the columns, for a `Y` without them.

    Returns
    -------
    Indicator
        Of the batch.

    Raises
    ------
    LabelNameError, ShapeError
        If the labels are not those of the first batch; the message has the difference.
    IndicatorError, MissingLabelsError
        As in `fit`.
    """
    vector = _as_class_vector(Y)
    if vector is not None:
        return _check_classes(learner, vector, first, classes, label_names)
    if not first:
        return _check_later(learner, Y, label_names)
    labels = learner._check_labels(Y)
    if label_names is not None:
        names = check_label_names(label_names, labels.shape[1])
        if labels.named:
            _refuse_other_names(list(labels.label_names), list(names))
        labels = replace(labels, label_names=names, named=True)
        learner._set_label_names(labels)
    return labels


def check_batch_weights(
    base: Any, sample_weight: Any, label_weights: LabelWeights
) -> None:
    """Refuse weights that the base learner, or a single batch, cannot give.

    Parameters
    ----------
    base : classifier
        With `partial_fit`.
    sample_weight : array-like or None
    label_weights : None, "balanced" or array-like

    Raises
    ------
    TypeError
        If there are weights, and `partial_fit` of the base learner takes none.
    OptionError
        If weights are to be balanced.
    """
    if isinstance(label_weights, str):
        msg = (
            f"label_weights='{label_weights}' needs the counts of all rows, and "
            "partial_fit sees a batch. Give numbers: label_weights=array of shape "
            "(n_labels, 2), such as mlkit.resampling.label_weights of a sample."
        )
        raise OptionError(msg)
    given = {"sample_weight": sample_weight, "label_weights": label_weights}
    names = [name for name, value in given.items() if value is not None]
    if names and "sample_weight" not in signature(base.partial_fit).parameters:
        msg = (
            f"{names[0]} was given, and {type(base).__name__} takes no weights in "
            "partial_fit. Leave it out or take another base learner."
        )
        raise TypeError(msg)


def continue_base(
    base: Any,
    learner: Any,
    X: Any,
    y: np.ndarray,
    *,
    name: str,
    seed: int | None = None,
    sample_weight: np.ndarray | None = None,
) -> Any:
    """Teach rows of one label to its classifier; begin one where there is none yet.

    Parameters
    ----------
    base : classifier
        With `partial_fit`; a clone of it begins.
    learner : fitted classifier or None
        What was learned before. It is changed.
    X : array or csr_array, shape (n_samples, n_features)
        May have no rows.
    y : ndarray of int8, shape (n_samples,)
    name : str
        What is learned, for the note of an error.
    seed : int, optional
        Of a classifier that begins.
    sample_weight : ndarray, shape (n_samples,), optional

    Returns
    -------
    classifier
        `unseen_label` where no row was ever seen.
    """
    if len(y) == 0:
        return unseen_label() if learner is None else learner
    # A dummy stands for a label without rows, or with a single value in `fit`.
    if learner is None or isinstance(learner, DummyClassifier):
        learner = clone(base)
        if seed is not None:
            set_seed(learner, seed)
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    try:
        # Both classes are named each time, so that one of them may come late.
        return learner.partial_fit(X, y, classes=np.array([0, 1]), **weights)
    except Exception as err:
        err.add_note(f"This happened while {type(base).__name__} learned {name}.")
        raise


def unseen_label() -> DummyClassifier:
    """Return the classifier of a label without rows: it is predicted as absent.

    Returns
    -------
    DummyClassifier
    """
    return DummyClassifier(strategy="most_frequent").fit([[0]], [0])


def _check_classes(
    learner: MultiLabelClassifier,
    vector: np.ndarray,
    first: bool,
    classes: Any,
    label_names: Any,
) -> Indicator:
    if label_names is not None:
        msg = (
            "label_names names the columns of a label matrix; y is a vector of classes."
        )
        raise OptionError(msg)
    if not first and learner._target != "classes":
        msg = "Y is a vector of classes, and the rows before had a label matrix."
        raise ShapeError(msg)
    known = learner.classes_ if not first else classes
    known = np.unique(vector if known is None else known)
    unknown = np.setdiff1d(vector, known)
    if len(unknown):
        msg = (
            f"y has classes that are not among those known: "
            f"{names_for_message(unknown)}. Name all in the first partial_fit: "
            "classes=..."
        )
        raise LabelNameError(msg)
    # With a row of each class before them, the classes are numbered as they are.
    labels = learner._check_labels(np.concatenate([known, vector]))
    return replace(labels, values=labels.values[len(known) :])


def _check_later(
    learner: MultiLabelClassifier, Y: Any, label_names: Iterable[str] | None
) -> Indicator:
    """Check labels against those of the first batch."""
    labels = check_indicator(Y, allow_missing=True)
    learner._check_missing(labels)
    for names in (labels.label_names if labels.named else None, label_names):
        # Where the first batch had no names, columns are known by their places.
        if names is not None and hasattr(learner, "label_names_in_"):
            known = list(learner.label_names_in_)
            _refuse_other_names([str(name) for name in names], known)
    if learner._target == "classes" or labels.shape[1] != learner.n_labels_:
        before = (
            "a vector of classes"
            if learner._target == "classes"
            else f"{learner.n_labels_} labels"
        )
        msg = f"Y has {labels.shape[1]} labels; the rows before had {before}."
        raise ShapeError(msg)
    if hasattr(learner, "label_names_in_"):
        # Messages name labels, also those of a batch that came without names.
        names = tuple(learner.label_names_in_)
        labels = replace(labels, label_names=names, named=True)
    return labels


def _refuse_other_names(given: list[str], known: list[str]) -> None:
    """Raise an error that has the difference, where there is one."""
    if given == known:
        return
    lacking = [name for name in known if name not in given]
    new = [name for name in given if name not in known]
    if not lacking and not new:
        msg = (
            f"Y has the labels {names_for_message(given)}; expected "
            f"{names_for_message(known)}, in this order."
        )
        raise LabelNameError(msg)
    msg = (
        "Y must have the labels that were named first. Lacking: "
        f"{names_for_message(lacking) or 'none'}; new: "
        f"{names_for_message(new) or 'none'}. All labels are named in the first "
        "partial_fit (label_names=...): one that no row has is a column of 0, one that "
        "is unknown a column of NaN. Where the learner has add_label(name), it takes a "
        "new one behind the others."
    )
    raise LabelNameError(msg)
