"""The contract of every calibrator, and what happens to labels that are too rare."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from mlkit.arguments import check_choice, check_count
from mlkit.calibration.maps import CalibrationMap, IdentityMap
from mlkit.exceptions import (
    ShapeError,
    UncalibratedLabelWarning,
    names_for_message,
    warn,
)
from mlkit.metrics.cells import (
    Cells,
    ScoreType,
    check_cells,
    check_columns,
    check_values,
)

__all__ = ["LabelCalibrator"]

Calibrator = TypeVar("Calibrator", bound="LabelCalibrator")


class LabelCalibrator(BaseEstimator, ABC):
    """Base of the calibrators: one map from scores to probabilities a label.

    Parameters
    ----------
    score_type : {"logits", "probabilities"}, default "logits"
        What the scores are. Logits are any real numbers (margins, the last layer of a
        network); probabilities lie in [0, 1], such as those of `predict_proba`.
    min_count : int, default 10
        A label gets a map of its own only with at least so many positives and so many
        negatives, at least 1. Fewer fix no curve: the map would follow the noise.
    rare : {"keep", "pool"}, default "keep"
        What the other labels get: their scores as they are (logits through the
        sigmoid), or one map fitted to the cells of all labels together.

    Attributes
    ----------
    maps_ : list of callable, length n_labels
        The map of each label: takes scores, gives probabilities.
    calibrated_ : ndarray of bool, shape (n_labels,)
        Which labels are calibrated; without the rare ones that were kept as they are.
    label_names_ : tuple of str
        Names of the labels; ``label_0``, ``label_1``, ... where none were given.
    n_labels_ : int
        Number of labels.

    See Also
    --------
    SigmoidCalibrator : Two numbers a label; the choice for few positives.
    IsotonicCalibrator : Any increasing curve; wants hundreds of positives.
    TemperatureCalibrator : One number; ranks and decisions at 0.5 stay.

    Notes
    -----
    Fit on scores of rows that the scoring model was not trained on: a held-out part, or
    out-of-fold scores. On its own training rows a model looks surer than it is, and the
    map would learn that it may stay so.
    """

    maps_: list[CalibrationMap]
    calibrated_: np.ndarray
    label_names_: tuple[str, ...]
    n_labels_: int

    def __init__(
        self,
        *,
        score_type: ScoreType = "logits",
        min_count: int = 10,
        rare: Literal["keep", "pool"] = "keep",
    ) -> None:
        self.score_type = score_type
        self.min_count = min_count
        self.rare = rare

    def fit(self: Calibrator, Y: Any, scores: Any) -> Calibrator:
        """Learn the maps from true labels and scores.

        Parameters
        ----------
        Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            True labels, 0 and 1; NaN where unknown. Each label is learned from the
            rows that know it.
        scores : array-like or DataFrame, shape (n_samples, n_labels)
            Scores of the same rows; higher = more relevant.

        Returns
        -------
        self

        Raises
        ------
        IndicatorError, ScoresError, ShapeError, LabelNameError
            If labels and scores are not what they should be, or do not fit together.
        OptionError, TypeError, ValueError
            If a parameter has no such value.

        Warns
        -----
        UncalibratedLabelWarning
            If labels have too few positives or negatives; it names them.
        """
        self._check_parameters()
        cells = check_cells(Y, scores, score_type=self.score_type)
        self.label_names_ = cells.label_names
        self.n_labels_ = len(cells.label_names)
        self._fit_maps(cells)
        return self

    def predict(self, scores: Any) -> np.ndarray | pd.DataFrame:
        """Turn scores into probabilities.

        Parameters
        ----------
        scores : array-like or DataFrame, shape (n_samples, n_labels)
            Scores of any rows, in the column order of `fit`.

        Returns
        -------
        ndarray or DataFrame of float64, shape (n_samples, n_labels)
            P(label = 1) in [0, 1]; a DataFrame with the same rows and columns where
            `scores` is one.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ScoresError
            If scores are not finite numbers in their range.
        ShapeError, LabelNameError
            If the labels are not those of `fit`.
        """
        check_is_fitted(self)
        values = check_values(scores, self.score_type, name="scores")
        if values.shape[1] != self.n_labels_:
            msg = (
                f"scores has {values.shape[1]} columns; expected {self.n_labels_}, one "
                "for each label of fit."
            )
            raise ShapeError(msg)
        proba = np.empty_like(values)
        for j, calibrate in enumerate(self.maps_):
            proba[:, j] = calibrate(values[:, j])
        if not isinstance(scores, pd.DataFrame):
            return proba
        check_columns(self.label_names_, tuple(map(str, scores.columns)), name="scores")
        return pd.DataFrame(proba, index=scores.index, columns=scores.columns)

    @abstractmethod
    def _fit_map(self, y: np.ndarray, scores: np.ndarray) -> CalibrationMap:
        """Fit one map to labels that hold both values."""

    def _check_parameters(self) -> None:
        """Refuse parameters that have no meaning; called by `fit`."""
        check_choice("score_type", self.score_type, ("logits", "probabilities"))
        check_choice("rare", self.rare, ("keep", "pool"))
        check_count("min_count", self.min_count, minimum=1)

    def _fit_maps(self, cells: Cells) -> None:
        """Set `maps_` and `calibrated_`: a map a label, or the fallback."""
        own = [self._is_enough(y) for y, _ in cells.labels()]
        fallback = None
        if self.rare == "pool" and not all(own):
            fallback = self._fit_pooled(cells)
        self.maps_ = [
            self._fit_map(y, scores)
            if enough
            else (fallback or IdentityMap(self.score_type))
            for enough, (y, scores) in zip(own, cells.labels(), strict=True)
        ]
        self.calibrated_ = np.array(own, dtype=bool) | (fallback is not None)
        self._warn_of_rare(np.flatnonzero(~np.array(own, dtype=bool)), fallback)

    def _fit_pooled(self, cells: Cells) -> CalibrationMap | None:
        """Fit one map to the cells of all labels; None where even these are too few."""
        y, scores = cells.pooled()
        return self._fit_map(y, scores) if self._is_enough(y) else None

    def _is_enough(self, y: np.ndarray) -> bool:
        n_positives = int(np.count_nonzero(y))
        return min(n_positives, len(y) - n_positives) >= self.min_count

    def _warn_of_rare(
        self, positions: np.ndarray, fallback: CalibrationMap | None
    ) -> None:
        if not len(positions):
            return
        # One warning for all: with hundreds of rare labels, one each is a flood.
        what = "keep their scores as they are" if fallback is None else "share one map"
        names = names_for_message(self.label_names_[j] for j in positions)
        message = (
            f"{len(positions)} of {self.n_labels_} labels have fewer than "
            f"{self.min_count} positives or negatives and {what}: {names}. Calibrate "
            "on more rows, or lower min_count."
        )
        warn(message, UncalibratedLabelWarning)
