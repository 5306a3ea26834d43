"""The contract of every resampler: what goes in, what comes out, in which container."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.base import BaseEstimator

from mlkit.exceptions import ResamplingWarning, warn
from mlkit.validation import (
    FeatureMatrix,
    Indicator,
    LabelMatrix,
    check_indicator,
    check_same_rows,
)

__all__ = [
    "Resampler",
    "RowSelection",
    "as_container",
    "as_rows",
    "take_rows",
    "warn_unchanged",
]


class Resampler(BaseEstimator, ABC):
    """Base of the kit's resamplers: one verb, checks, and containers kept.

    A resampler says what it does in `_resample`, on checked arguments.

    See Also
    --------
    mlkit.resampling.MLROS : A resampler that repeats rows.
    mlkit.resampling.MLSMOTE : One that makes new rows.

    Notes
    -----
    What comes in comes out: a DataFrame gives a DataFrame with its columns, sparse
    input gives a csr_array, anything else an ndarray. Rows that are only removed keep
    the index of their DataFrame. Where rows are added the index is 0, 1, 2, ...: names
    of rows would repeat otherwise.

    Unknown labels (NaN in Y) count as absent when labels are counted, and stay unknown
    in the rows that come out.

    Resample the rows a model is trained on, never those it is judged on: copies of a
    training row among the test rows make any model look good.
    """

    def fit_resample(
        self, X: FeatureMatrix, Y: LabelMatrix
    ) -> tuple[FeatureMatrix, LabelMatrix]:
        """Resample features and labels together.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, ...)
            Features; never modified.
        Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            Labels, 0 and 1, and NaN where unknown; never modified.

        Returns
        -------
        X_resampled : ndarray, DataFrame or csr_array, shape (n_resampled, ...)
        Y_resampled : ndarray, DataFrame or csr_array, shape (n_resampled, n_labels)

        Raises
        ------
        IndicatorError
            If `Y` is not a label matrix.
        ShapeError
            If `X` and `Y` differ in their number of rows.
        ValueError, TypeError
            If a parameter is out of its range or of another kind.

        Warns
        -----
        ResamplingWarning
            If there is nothing to work on, such as no minority label; the rows come
            back as they are.
        """
        labels = check_indicator(Y, allow_missing=True)
        features, targets = as_rows(X), as_rows(Y)
        check_same_rows(labels.shape[0], features.shape[0], names=("Y", "X"))
        return self._resample(features, targets, labels)

    @abstractmethod
    def _resample(
        self, X: FeatureMatrix, Y: LabelMatrix, labels: Indicator
    ) -> tuple[FeatureMatrix, LabelMatrix]:
        """Resample checked arguments; `labels` is `Y` in its canonical form."""


class RowSelection(Resampler):
    """Base of the resamplers that repeat or remove rows and change none.

    Attributes
    ----------
    sample_indices_ : ndarray of int64, shape (n_resampled,)
        For each row that came out, the row of the input that it is.
    """

    sample_indices_: np.ndarray

    def _resample(
        self, X: FeatureMatrix, Y: LabelMatrix, labels: Indicator
    ) -> tuple[FeatureMatrix, LabelMatrix]:
        self.sample_indices_ = self._choose_rows(X, labels)
        return take_rows(X, self.sample_indices_), take_rows(Y, self.sample_indices_)

    @abstractmethod
    def _choose_rows(self, X: FeatureMatrix, labels: Indicator) -> np.ndarray:
        """Return the rows to keep, and again those to repeat."""


def as_rows(values: Any) -> FeatureMatrix:
    """Return a container of which rows can be taken.

    Parameters
    ----------
    values : array-like, DataFrame or sparse matrix

    Returns
    -------
    DataFrame, csr_array or ndarray
        The argument itself where it is one of these.
    """
    if isinstance(values, pd.DataFrame | np.ndarray):
        return values
    return sp.csr_array(values) if sp.issparse(values) else np.asarray(values)


def take_rows(values: FeatureMatrix, rows: np.ndarray) -> FeatureMatrix:
    """Return rows by position, in the container they are in.

    Parameters
    ----------
    values : DataFrame, csr_array or ndarray
    rows : ndarray of int
        A row may stand more than once.

    Returns
    -------
    DataFrame, csr_array or ndarray
        A DataFrame keeps its index unless a row is repeated.
    """
    if not isinstance(values, pd.DataFrame):
        return values[rows]
    taken = values.iloc[rows]
    repeated = len(np.unique(rows)) < len(rows)
    return taken.reset_index(drop=True) if repeated else taken


def as_container(labels: Indicator, like: LabelMatrix) -> LabelMatrix:
    """Return labels in the container, and where that can be the dtype, of others.

    Parameters
    ----------
    labels : Indicator
        Canonical form of what is to come out.
    like : DataFrame, csr_array or ndarray
        What came in.

    Returns
    -------
    DataFrame, csr_array or ndarray
        NaN where a label is unknown; in a csr_array a stored NaN.
    """
    values = labels.values
    if labels.missing is not None:
        if sp.issparse(values):
            # NaN only where it is stored: the sum 0 + NaN stays sparse.
            values = values.astype(np.float64) + labels.missing * np.nan
        else:
            values = np.where(labels.missing, np.nan, values)
    if isinstance(like, pd.DataFrame):
        frame = pd.DataFrame(values, columns=like.columns)
        return frame.astype(like.dtypes)
    return values.astype(like.dtype)


def warn_unchanged(resampler: Resampler, reason: str) -> None:
    """Say that the rows come back as they are.

    Parameters
    ----------
    resampler : Resampler
        Who says so.
    reason : str
        Why, as a clause.

    Warns
    -----
    ResamplingWarning
        Always.
    """
    warn(
        f"{type(resampler).__name__} changed nothing: {reason}. Use the rows as they "
        "are, or weigh them (mlkit.resampling.sample_weights).",
        ResamplingWarning,
    )
