"""Labels and scores side by side, and the cells in which the label is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mlkit.alignment import align_scores
from mlkit.exceptions import LabelNameError, names_for_message
from mlkit.validation import (
    Indicator,
    check_probabilities,
    check_scores,
    default_label_names,
)

__all__ = [
    "Cells",
    "Scope",
    "ScoreType",
    "check_cells",
    "check_columns",
    "check_values",
]

ScoreType: TypeAlias = Literal["logits", "probabilities"]
"""What scores are: any real numbers with 0 as the cut, or values in [0, 1]."""

_CHECKS = {"logits": check_scores, "probabilities": check_probabilities}

Scope: TypeAlias = Literal["label", "pooled"]
"""Each label on its own, or the cells of all labels together."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Checked labels and scores of the same rows.

    Parameters
    ----------
    truth : ndarray of int8, shape (n_samples, n_labels)
        Entries are 0 or 1; 0 where the label is unknown.
    known : ndarray of bool, shape (n_samples, n_labels), or None
        True where the label is known; None where all of them are.
    values : ndarray of float64, shape (n_samples, n_labels)
        Scores or probabilities.
    label_names : tuple of str
        One name a column.
    """

    truth: np.ndarray
    known: np.ndarray | None
    values: np.ndarray
    label_names: tuple[str, ...]

    @classmethod
    def of(
        cls, true: Indicator, values: np.ndarray, label_names: tuple[str, ...]
    ) -> Cells:
        """Put checked labels and checked values side by side.

        Parameters
        ----------
        true : Indicator
        values : ndarray of float64, shape (n_samples, n_labels)
        label_names : tuple of str

        Returns
        -------
        Cells
        """
        known = true.missing
        # Dense, whatever came in: the scores are, and take eight times as much.
        if known is not None:
            known = ~(known if isinstance(known, np.ndarray) else known.toarray())
        return cls(true.toarray(), known, values, label_names)

    def labels(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield truth and values of each label, in the rows that know it."""
        for j in range(self.truth.shape[1]):
            rows = slice(None) if self.known is None else self.known[:, j]
            yield self.truth[rows, j], self.values[rows, j]

    def pooled(self) -> tuple[np.ndarray, np.ndarray]:
        """Return truth and values of all known cells, as two vectors."""
        if self.known is None:
            return self.truth.ravel(), self.values.ravel()
        return self.truth[self.known], self.values[self.known]

    def groups(self, scope: Scope) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield what `scope` names: each label, or all cells once."""
        if scope == "label":
            yield from self.labels()
        else:
            yield self.pooled()


def check_cells(
    Y: Any, values: Any, *, score_type: ScoreType, name: str = "scores"
) -> Cells:
    """Check labels and the scores that belong to them.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    values : array-like or DataFrame, shape (n_samples, n_labels)
        Finite scores, or probabilities.
    score_type : {"logits", "probabilities"}
        Whether `values` must lie in [0, 1].
    name : str, default "scores"
        How messages call `values`.

    Returns
    -------
    Cells
        Names are those of `Y`, or of `values` where `Y` has none.

    Raises
    ------
    IndicatorError
        If `Y` holds anything but 0, 1 and NaN.
    ScoresError
        If `values` are not finite numbers in their range.
    ShapeError
        If the shapes differ or are empty, or both are DataFrames with the same row
        names in another order.
    LabelNameError
        If both are DataFrames and their columns differ by name or by order.
    """
    check = _CHECKS[score_type]
    truth, checked = align_scores(Y, values, name=name, check=check)
    names = truth.label_names
    if not truth.named and isinstance(values, pd.DataFrame):
        names = tuple(map(str, values.columns))
    return Cells.of(truth, checked, names)


def check_values(values: Any, score_type: ScoreType, *, name: str) -> np.ndarray:
    """Check scores or probabilities.

    Parameters
    ----------
    values : array-like or DataFrame, shape (n_samples, n_labels)
    score_type : {"logits", "probabilities"}
        Which of the two they are.
    name : str
        How messages call them.

    Returns
    -------
    ndarray of float64, shape (n_samples, n_labels)

    Raises
    ------
    ScoresError
        If they are not finite numbers in their range.
    """
    return _CHECKS[score_type](values, name=name)


def check_columns(
    expected: tuple[str, ...], got: tuple[str, ...], *, name: str
) -> None:
    """Refuse other labels, and the same labels in another order.

    Parameters
    ----------
    expected, got : tuple of str
        The names of the columns.
    name : str
        How the message calls the container that came.

    Raises
    ------
    LabelNameError
    """
    # Names that only stand for positions say nothing that could be compared.
    if expected != got and expected != default_label_names(len(expected)):
        msg = (
            f"{name} has the labels {names_for_message(got)}; expected "
            f"{names_for_message(expected)}, in this order. Reorder or rename its "
            "columns."
        )
        raise LabelNameError(msg)
