"""The contract of every resampler: what goes in, what comes out, in which container."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.base import BaseEstimator

from mlkit.exceptions import (
    FeatureTypeError,
    ResamplingWarning,
    names_for_message,
    warn,
)
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
        FeatureTypeError
            If `X` is no table of rows, or features that have to be compared are not
            finite numbers or categories.
        ValueError, TypeError
            If a parameter is out of its range or of another kind.

        Warns
        -----
        ResamplingWarning
            If there is nothing to work on, such as no minority label; the rows come
            back as they are. If a label loses its last row.
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
        self._warn_of_lost_labels(labels)
        return take_rows(X, self.sample_indices_), take_rows(Y, self.sample_indices_)

    def _warn_of_lost_labels(self, labels: Indicator) -> None:
        # int64, as int8 would wrap around to 0 again.
        left = labels.values[self.sample_indices_].sum(axis=0, dtype=np.int64)
        lost = np.flatnonzero((labels.counts() > 0) & (np.ravel(left) == 0))
        if len(lost):
            names = names_for_message(labels.label_names[j] for j in lost)
            warn(
                f"{type(self).__name__} left {len(lost)} of {labels.shape[1]} labels "
                f"without a row: {names}. They cannot be learned any more. Remove "
                "fewer rows.",
                ResamplingWarning,
            )

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

    Raises
    ------
    FeatureTypeError
        If it is a single value, or a list of rows of different lengths.
    """
    if isinstance(values, pd.DataFrame):
        return values
    if sp.issparse(values):
        return sp.csr_array(values)
    try:
        rows = np.asarray(values)
    except ValueError as err:
        msg = (
            "X is a list whose rows differ in length. Give each row the same number of "
            "features, or pass an array of objects, one a row."
        )
        raise FeatureTypeError(msg) from err
    if rows.ndim == 0:
        msg = f"X must be a table or a list, one entry a row; got {values!r}."
        raise FeatureTypeError(msg)
    return rows


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
    values = labels.with_unknown()
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
