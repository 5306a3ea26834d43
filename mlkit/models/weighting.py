"""Weights of a label's two values, as weights of the rows that hold them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mlkit.exceptions import (
    LabelNameError,
    OptionError,
    ShapeError,
    names_for_message,
)
from mlkit.validation import Indicator

__all__ = [
    "LabelWeights",
    "Pair",
    "check_label_weights",
    "weigh_rows",
    "weight_table",
]

LabelWeights: TypeAlias = Literal["balanced"] | pd.DataFrame | np.ndarray | None
"""None, "balanced", or (n_labels, 2): what absence and presence of each label weigh."""

Pair: TypeAlias = Literal["balanced"] | np.ndarray | None
"""The same for one label."""


def check_label_weights(label_weights: LabelWeights, labels: Indicator) -> list[Pair]:
    """Return what was asked for, label by label."""
    if isinstance(label_weights, pd.DataFrame):
        _check_names(label_weights, labels)
    elif label_weights is None or isinstance(label_weights, str):
        if label_weights not in (None, "balanced"):
            msg = (
                "label_weights must be None, 'balanced', or an array of shape "
                f"(n_labels, 2); got '{label_weights}'."
            )
            raise OptionError(msg)
        return [label_weights] * labels.shape[1]
    return list(_check_values(label_weights, labels))


def weigh_rows(
    y: np.ndarray, pair: Pair, sample_weight: np.ndarray | None
) -> np.ndarray | None:
    """Return the weights of the rows for one label, int8 `y` of shape (n_samples,)."""
    if pair is None:
        return sample_weight
    if isinstance(pair, str):
        pair = _balance(y, sample_weight)
    # Absence stands first: the value itself says which of the two it weighs.
    return pair[y] if sample_weight is None else pair[y] * sample_weight


def weight_table(
    label_weights: LabelWeights, labels: Indicator, sample_weight: np.ndarray | None
) -> np.ndarray | None:
    """Return what absence and presence of each label weigh, shape (n_labels, 2)."""
    pairs = check_label_weights(label_weights, labels)
    if label_weights is None:
        return None
    if not isinstance(label_weights, str):
        return np.asarray(pairs, dtype=np.float64)
    weights = np.ones(labels.shape[0]) if sample_weight is None else sample_weight
    present = labels.values.T @ weights
    unknown = 0 if labels.missing is None else labels.missing.T @ weights
    return _even_out(np.column_stack([weights.sum() - unknown - present, present]))


def _balance(y: np.ndarray, sample_weight: np.ndarray | None) -> np.ndarray:
    """Make both values weigh the same in all."""
    # As mlkit.resampling.label_weights, but with weighted rows, so that a weight of 2
    # is the same as a row that stands twice.
    totals = np.bincount(y, weights=sample_weight, minlength=2).astype(np.float64)
    return _even_out(totals)


def _even_out(totals: np.ndarray) -> np.ndarray:
    """Return weights with which the totals in the last axis become equal."""
    both = totals.sum(axis=-1, keepdims=True)
    return np.divide(both, 2 * totals, out=np.ones(totals.shape), where=totals > 0)


def _check_names(weights: pd.DataFrame, labels: Indicator) -> None:
    columns, expected = [str(name) for name in weights.columns], ["absent", "present"]
    if columns != expected:
        msg = (
            f"label_weights has the columns {names_for_message(columns)}; expected "
            f"{names_for_message(expected)}, as mlkit.resampling.label_weights gives."
        )
        raise LabelNameError(msg)
    rows = tuple(str(name) for name in weights.index)
    # Weights of labels in another order would go to the wrong ones without a word.
    if labels.named and rows != labels.label_names:
        msg = (
            f"label_weights is for the labels {names_for_message(rows)}; expected "
            f"{names_for_message(labels.label_names)}, in this order. Use "
            "label_weights.loc[Y.columns]."
        )
        raise LabelNameError(msg)


def _check_values(label_weights: Any, labels: Indicator) -> np.ndarray:
    try:
        weights = np.asarray(label_weights, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"label_weights must hold numbers: {err}."
        raise OptionError(msg) from err
    expected = (labels.shape[1], 2)
    if weights.shape != expected:
        msg = (
            "label_weights must have a row for each label, with the weights of absent "
            f"and present: shape {expected}; got {weights.shape}."
        )
        raise ShapeError(msg)
    # Written so that it is true for NaN too. With a weight of 0 one of the two values
    # would be as if it never occurred.
    wrong = ~((weights > 0) & np.isfinite(weights)).all(axis=1)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        msg = (
            "label_weights must be finite and more than 0; those of label "
            f"'{labels.label_names[first]}' are {weights[first].tolist()}."
        )
        raise OptionError(msg)
    return weights
