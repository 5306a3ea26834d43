"""A truth beside a prediction, and everything that is counted from the two, once."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.alignment import align_prediction, align_scores, check_same_names
from mlkit.exceptions import OptionError
from mlkit.metrics.cell_losses import LossSums, sum_losses
from mlkit.metrics.counts import (
    ConfusionCounts,
    Counts,
    count_indicators,
    resample_labels,
)
from mlkit.metrics.ranked_lists import Axis, RankedLists, rank_lists
from mlkit.validation import Indicator, check_probabilities, check_scores

__all__ = ["Evidence"]


class Evidence:
    """What metrics are computed from; each part is made when it is first asked for.

    Parameters
    ----------
    true : Indicator
        True labels, checked.
    predicted : Indicator, optional
        Decided labels of the same rows.
    scores : ndarray of float64, shape (n_samples, n_labels), optional
        Scores of the same rows, to rank by; the probabilities where there are some.
    probabilities : ndarray of float64, shape (n_samples, n_labels), optional
        P(label = 1) of the same rows.
    label_names : tuple of str, optional
        By default those of `true`.
    """

    def __init__(
        self,
        true: Indicator,
        predicted: Indicator | None = None,
        scores: np.ndarray | None = None,
        *,
        probabilities: np.ndarray | None = None,
        label_names: tuple[str, ...] | None = None,
    ) -> None:
        self.true = true
        self.predicted = predicted
        self.scores = probabilities if scores is None else scores
        self.probabilities = probabilities
        self.label_names = label_names or true.label_names
        self._ranked: dict[tuple[Axis, str], RankedLists] = {}
        self._losses: dict[tuple[str, float], LossSums] = {}
        self._resampled: tuple[np.ndarray, Counts] | None = None

    @classmethod
    def of_labels(cls, Y: Any, Y_pred: Any) -> Self:
        """Check a pair of label matrices.

        Raises
        ------
        IndicatorError, ShapeError, LabelNameError
            As `mlkit.alignment.align_prediction`.
        """
        true, predicted = align_prediction(Y, Y_pred)
        return cls(true, predicted, label_names=_names(true, Y_pred))

    @classmethod
    def of_scores(cls, Y: Any, scores: Any) -> Self:
        """Check labels and scores of the same rows.

        Raises
        ------
        IndicatorError, ScoresError, ShapeError, LabelNameError
            As `mlkit.alignment.align_scores`.
        """
        true, values = align_scores(Y, scores, check=check_scores)
        return cls(true, scores=values, label_names=_names(true, scores))

    @classmethod
    def of_probabilities(cls, Y: Any, Y_proba: Any) -> Self:
        """Check labels and P(label = 1) of the same rows.

        Raises
        ------
        IndicatorError, ScoresError, ShapeError, LabelNameError
            As `mlkit.alignment.align_scores`, and for values outside [0, 1].
        """
        true, values = align_scores(
            Y, Y_proba, name="Y_proba", check=check_probabilities
        )
        return cls(true, probabilities=values, label_names=_names(true, Y_proba))

    @classmethod
    def of_all(
        cls, Y: Any, Y_pred: Any = None, scores: Any = None, Y_proba: Any = None
    ) -> Self:
        """Check all that there is about the same rows.

        Parameters
        ----------
        Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Y_pred, scores, Y_proba : the same shape, optional
            At least one of them.

        Raises
        ------
        IndicatorError, ScoresError, ShapeError, LabelNameError
            As the three above.
        """
        true = predicted = values = proba = None
        # What is not asked for is checked too: a wrong one must not pass unseen.
        if Y_pred is not None:
            true, predicted = align_prediction(Y, Y_pred)
        if scores is not None:
            true, values = align_scores(Y, scores, check=check_scores)
        if Y_proba is not None:
            true, proba = align_scores(
                Y, Y_proba, name="Y_proba", check=check_probabilities
            )
        if true is None:
            msg = "There is nothing to judge: give Y_pred, scores or Y_proba."
            raise OptionError(msg)
        _check_same_columns(Y_pred, scores, Y_proba)
        names = _names(true, Y_pred, scores, Y_proba)
        return cls(true, predicted, values, probabilities=proba, label_names=names)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of labels."""
        return self.true.shape

    def has(self, kind: str) -> bool:
        """Whether there is what metrics of a kind need.

        Parameters
        ----------
        kind : {"bipartition", "scores", "probabilities"}
        """
        if kind == "bipartition":
            return self.predicted is not None
        held = self.scores if kind == "scores" else self.probabilities
        return held is not None

    def given(self, kind: str) -> np.ndarray | sp.csr_array | None:
        """Return what metrics of a kind judge, as checked arrays.

        Parameters
        ----------
        kind : {"bipartition", "scores", "probabilities"}

        Returns
        -------
        ndarray or csr_array, shape (n_samples, n_labels), or None
        """
        if kind == "bipartition":
            return None if self.predicted is None else self.predicted.values
        return self.scores if kind == "scores" else self.probabilities

    def given_truth(self) -> np.ndarray | sp.csr_array:
        """Return the true labels as checked arrays, NaN where unknown."""
        return self.true.with_unknown()

    @cached_property
    def confusion(self) -> ConfusionCounts:
        """Right and wrong cells by row and by label."""
        if self.predicted is None:
            msg = "These metrics judge decided labels, and there are scores only."
            raise OptionError(msg)
        return count_indicators(self.true, self.predicted)

    def resampled_labels(self, row_weights: np.ndarray) -> Counts:
        """Count by label with weighted rows; the last weights are remembered.

        Parameters
        ----------
        row_weights : ndarray of float64, shape (n_resamples, n_samples)

        Returns
        -------
        Counts
            Of shape (n_resamples, n_labels).
        """
        # All metrics of a table ask for the same weights, one after another.
        if self._resampled is None or self._resampled[0] is not row_weights:
            assert self.predicted is not None
            counts = resample_labels(self.true, self.predicted, row_weights)
            self._resampled = (row_weights, counts)
        return self._resampled[1]

    def ranked(self, axis: Axis, ties: str) -> RankedLists:
        """Rank the labels of each row, the rows of each label, or all cells.

        Parameters
        ----------
        axis : {"row", "label", "matrix"}
        ties : {"worst", "average", "first", "last"}

        Returns
        -------
        RankedLists
        """
        # How groups of equal scores count is decided later: one ranking serves both.
        grouped = "worst" if ties == "average" else ties
        if (axis, grouped) not in self._ranked:
            assert self.scores is not None
            self._ranked[axis, grouped] = rank_lists(
                self.true, self.scores, axis=axis, ties=grouped
            )
        return self._ranked[axis, grouped]

    def losses(self, kind: str, clip: float = 0.0) -> LossSums:
        """Sum the losses of probabilities by row and by label.

        Parameters
        ----------
        kind : {"log", "squared"}
        clip : float, default 0.0
            How far probabilities are kept from 0 and 1.

        Returns
        -------
        LossSums
        """
        if (kind, clip) not in self._losses:
            assert self.probabilities is not None
            self._losses[kind, clip] = sum_losses(
                self.true, self.probabilities, kind=kind, clip=clip
            )
        return self._losses[kind, clip]

    def by_label(self, values: np.ndarray) -> pd.Series:
        """Return values of the labels under their names."""
        return pd.Series(values, index=pd.Index(self.label_names, name="label"))


def _check_same_columns(Y_pred: Any, scores: Any, Y_proba: Any) -> None:
    """Refuse tables whose labels differ among themselves, whatever Y is."""
    parts = {"Y_pred": Y_pred, "scores": scores, "Y_proba": Y_proba}
    named = [(n, part) for n, part in parts.items() if isinstance(part, pd.DataFrame)]
    for name, part in named[1:]:
        check_same_names(named[0][1], part, name, to=named[0][0])


def _names(true: Indicator, *others: Any) -> tuple[str, ...]:
    # Names that only one of them carries serve for all.
    frames = [other for other in others if isinstance(other, pd.DataFrame)]
    if true.named or not frames:
        return true.label_names
    return tuple(map(str, frames[0].columns))
