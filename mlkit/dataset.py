"""The one data type: features, label matrix, names and where it all came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.containers import freeze, hand_out, n_bytes, take_rows
from mlkit.exceptions import MissingLabelsError, ShapeError, names_for_message
from mlkit.validation import (
    FeatureMatrix,
    Indicator,
    LabelMatrix,
    check_indicator,
    check_label_names,
    check_same_rows,
    check_same_shape,
    where_missing,
)

__all__ = ["DatasetSource", "MultiLabelDataset"]


@dataclass(frozen=True, slots=True)
class DatasetSource:
    """Where a data set came from and how it was read.

    Parameters
    ----------
    reading : str
        How the file was understood, such as which source named the labels.
    path : str, optional
        The file or files.
    url : str, optional
        Where it was downloaded from.
    citation : str, optional
        The publication to cite.
    licence : str, optional
        Terms of use.
    sha256 : str, optional
        Checksum of the file.
    remarks : tuple of str
        What was odd about the file, in sentences; `mlkit.audit` repeats them.
    """

    reading: str = ""
    path: str | None = None
    url: str | None = None
    citation: str | None = None
    licence: str | None = None
    sha256: str | None = None
    remarks: tuple[str, ...] = ()


class MultiLabelDataset:
    """Examples that may each carry zero, one or many labels.

    A dataset never changes: its buffers are read-only, tables are handed out as
    copy-on-write frames, and selecting rows gives another dataset. What was passed in
    is never modified.

    Parameters
    ----------
    X : DataFrame, csr_array or ndarray, shape (n_samples, ...)
        Table, sparse table, or pictures, sequences, texts (more than two dimensions
        are kept).
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        1 where a row carries a label, else 0; NaN (None, NA) where that is unknown, in
        a sparse matrix a stored NaN.
    label_names : sequence of str, optional
        By default the columns of `Y`, or ``label_0``, ``label_1``, ...
    feature_names : sequence of str, optional
        By default the columns of `X` where it is a DataFrame.
    name : str, default "dataset"
        Shown in tables and figures.
    source : DatasetSource, optional
        Origin, citation, licence and how the file was read.
    missing : array-like or sparse matrix of bool, shape (n_samples, n_labels), optional
        True where a label is unknown; `Y` is 0 or NaN there. A label is unknown where
        either of the two says so.

    Attributes
    ----------
    X : DataFrame, csr_array or ndarray
    Y : DataFrame or csr_array of int8, shape (n_samples, n_labels)
        A DataFrame with the label names as columns, or CSR where `Y` came sparse. 0
        where a label is unknown; `as_xy` gives NaN there.
    label_names : tuple of str
    feature_names : tuple of str or None
    name : str
    source : DatasetSource or None
    missing : ndarray or csr_array of bool, or None
        CSR where `Y` is; None where every label is known.

    Raises
    ------
    IndicatorError, LabelNameError, ShapeError, MissingLabelsError
        If the parts do not fit together; the message names row and label.

    Examples
    --------
    >>> ds = MultiLabelDataset(
    ...     [[1.0], [2.0]], [[1, 0], [1, 1]], label_names=["calm", "sad"], name="toy"
    ... )
    >>> ds
    MultiLabelDataset('toy', 2 rows, 1 feature, 2 labels, cardinality 1.50)
    >>> ds[1:].Y.to_numpy().tolist()
    [[1, 1]]

    Unknown labels are no zeros, and come back as they went in:

    >>> nan = float("nan")
    >>> ds = MultiLabelDataset([[1.0], [2.0]], [[1, nan], [0, 1]])
    >>> ds.n_missing, ds.Y.to_numpy().tolist()
    (1, [[1, 0], [0, 1]])
    >>> ds.as_xy(missing="as_nan")[1].to_numpy().tolist()
    [[1.0, nan], [0.0, 1.0]]
    """

    __slots__ = (
        "_X",
        "_Y",
        "_missing",
        "feature_names",
        "label_names",
        "name",
        "source",
        # A cluster keeps track of what it was sent by weak references.
        "__weakref__",
    )

    _X: Any
    _Y: Any
    _missing: np.ndarray | sp.csr_array | None
    label_names: tuple[str, ...]
    feature_names: tuple[str, ...] | None
    name: str
    source: DatasetSource | None

    def __init__(
        self,
        X: Any,
        Y: Any,
        label_names: Sequence[str] | None = None,
        feature_names: Sequence[str] | None = None,
        *,
        name: str = "dataset",
        source: DatasetSource | None = None,
        missing: Any = None,
    ) -> None:
        indicator = check_indicator(Y, label_names=label_names, allow_missing=True)
        features, names = _check_features(X, feature_names)
        check_same_rows(features.shape[0], indicator.shape[0], names=("X", "Y"))
        _check_same_index(features, indicator.index)
        values: Any = indicator.values
        if indicator.kind != "sparse":
            index = features.index if isinstance(features, pd.DataFrame) else None
            index = indicator.index if index is None else index
            values = pd.DataFrame(
                freeze(values),
                index=index,
                columns=list(indicator.label_names),
                copy=False,
            )
        state = {
            "_X": freeze(features),
            "_Y": freeze(values),
            "_missing": _check_missing(missing, indicator),
            "label_names": indicator.label_names,
            "feature_names": names,
            "name": str(name),
            "source": source,
        }
        for attribute, value in state.items():
            object.__setattr__(self, attribute, value)

    def __setattr__(self, attribute: str, value: object) -> None:
        msg = (
            f"A MultiLabelDataset cannot be changed (tried to set '{attribute}'). "
            "Build a new one with ds.replace(...)."
        )
        raise AttributeError(msg)

    def __delattr__(self, attribute: str) -> None:
        self.__setattr__(attribute, None)

    def __reduce__(self) -> tuple[object, ...]:
        keywords = {"name": self.name, "source": self.source, "missing": self._missing}
        arguments = (self._X, self._Y, self.label_names, self.feature_names)
        return _rebuild, (arguments, keywords)

    @property
    def X(self) -> FeatureMatrix:
        """Features, shape (n_samples, ...)."""
        return hand_out(self._X)

    @property
    def Y(self) -> LabelMatrix:
        """Labels, int8 in {0, 1}, shape (n_samples, n_labels); 0 where unknown."""
        return hand_out(self._Y)

    @property
    def missing(self) -> np.ndarray | sp.csr_array | None:
        """Mask of unknown labels, shape (n_samples, n_labels), or None."""
        return self._missing

    @property
    def n_missing(self) -> int:
        """Number of unknown labels, over all rows."""
        return 0 if self._missing is None else int(self._missing.sum())

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return int(self._Y.shape[0])

    @property
    def n_features(self) -> int:
        """Number of features: the product of all dimensions but the first."""
        return int(np.prod(self._X.shape[1:], dtype=np.int64))

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.label_names)

    @property
    def label_counts(self) -> pd.Series:
        """Number of rows known to carry each label, int64, indexed by label name."""
        values = self._Y.to_numpy() if isinstance(self._Y, pd.DataFrame) else self._Y
        counts = np.asarray(values.sum(axis=0, dtype=np.int64)).ravel()
        return pd.Series(counts, index=list(self.label_names), name="count")

    @property
    def cardinality(self) -> float:
        """Mean number of labels known of a row, in [0, n_labels]; NaN without rows."""
        if self.n_samples == 0:
            return float("nan")
        return float(self.label_counts.sum()) / self.n_samples

    @property
    def density(self) -> float:
        """Cardinality divided by the number of labels, in [0, 1]."""
        return self.cardinality / self.n_labels if self.n_labels else float("nan")

    def as_xy(
        self, *, missing: Literal["raise", "as_zero", "as_nan"] = "raise"
    ) -> tuple[FeatureMatrix, LabelMatrix]:
        """Return ``X, Y`` for scikit-learn.

        Parameters
        ----------
        missing : {"raise", "as_zero", "as_nan"}, default "raise"
            What to do where labels are unknown: refuse, treat them as absent, or say so
            by NaN. The metrics take NaN, and the learners whose ``missing_labels`` is
            true in `mlkit.models.catalog`.

        Returns
        -------
        X, Y : tuple
            As the attributes of the same names. With "as_nan", and only where labels
            are unknown, `Y` is float32; a CSR stores its NaN.

        Raises
        ------
        MissingLabelsError
            If labels are unknown and `missing` is "raise".
        ValueError
            If `missing` is none of the three.
        """
        if missing not in ("raise", "as_zero", "as_nan"):
            msg = f"missing must be 'raise', 'as_zero' or 'as_nan', got {missing!r}."
            raise ValueError(msg)
        if self._missing is None or missing == "as_zero":
            return self.X, self.Y
        if missing == "as_nan":
            return self.X, _with_nan(self._Y, self._missing)
        msg = (
            f"{self.name} has unknown labels "
            f"({where_missing(self._missing, self.label_names)}). Pass "
            "missing='as_nan' to metrics and learners that take them, 'as_zero' to "
            "treat them as absent, or drop the rows: ds[~ds.rows_with_missing()]."
        )
        raise MissingLabelsError(msg)

    def rows_with_missing(self) -> np.ndarray:
        """Return which rows have an unknown label, bool of shape (n_samples,)."""
        if self._missing is None:
            return np.zeros(self.n_samples, dtype=bool)
        return np.asarray(self._missing.sum(axis=1)).ravel() > 0

    def replace(self, **changes: Any) -> MultiLabelDataset:
        """Return a copy with some parts exchanged.

        Parameters
        ----------
        **changes
            Any argument of the constructor. A new `Y` keeps the mask; if all its
            labels are known, pass ``missing=None`` with it.

        Returns
        -------
        MultiLabelDataset
        """
        parts: dict[str, Any] = {
            "X": self._X,
            "Y": self._Y,
            "name": self.name,
            "source": self.source,
            "missing": self._missing,
        }
        if "Y" not in changes:
            parts["label_names"] = self.label_names
        if "X" not in changes:
            parts["feature_names"] = self.feature_names
        return MultiLabelDataset(**{**parts, **changes})

    def __len__(self) -> int:
        return self.n_samples

    def __getitem__(self, rows: Any) -> MultiLabelDataset:
        """Select rows: a slice, a boolean mask, positions, or one position."""
        picked = _as_positions(rows, self.n_samples)
        return self.replace(
            X=take_rows(self._X, picked),
            Y=take_rows(self._Y, picked),
            missing=None if self._missing is None else take_rows(self._missing, picked),
            label_names=self.label_names,
            feature_names=self.feature_names,
        )

    def __sizeof__(self) -> int:
        # A cluster asks, and sends what is large once and not with every task.
        own = object.__sizeof__(self)
        return own + sum(n_bytes(c) for c in (self._X, self._Y, self._missing))

    def __repr__(self) -> str:
        n_missing = self.n_missing
        unknown = f", {_count(n_missing, 'unknown label')}" if n_missing else ""
        return (
            f"MultiLabelDataset('{self.name}', {_count(self.n_samples, 'row')}, "
            f"{_count(self.n_features, 'feature')}, {_count(self.n_labels, 'label')}, "
            f"cardinality {self.cardinality:.2f}{unknown})"
        )

    def _repr_html_(self) -> str:
        # The card shows what the audit finds, and the audit works on datasets: the
        # only place where this module looks upwards, hence inside the function.
        from mlkit.description.card import dataset_card

        return dataset_card(self)


def _rebuild(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> MultiLabelDataset:
    return MultiLabelDataset(*arguments, **keywords)


def _check_features(
    X: Any, feature_names: Sequence[str] | None
) -> tuple[FeatureMatrix, tuple[str, ...] | None]:
    if isinstance(X, pd.DataFrame):
        names = list(X.columns) if feature_names is None else feature_names
        checked = check_label_names(names, X.shape[1], what="feature")
        features = X.copy(deep=False)
        features.columns = list(checked)
        return features, checked
    array = sp.csr_array(X) if sp.issparse(X) else np.asarray(X)
    if array.ndim < 2:
        msg = (
            f"X must have at least two dimensions (n_samples, n_features); got shape "
            f"{array.shape}. Reshape one feature with X.reshape(-1, 1)."
        )
        raise ShapeError(msg)
    if feature_names is None:
        return array, None
    return array, check_label_names(feature_names, array.shape[1], what="feature")


def _check_same_index(features: FeatureMatrix, index: pd.Index | None) -> None:
    if index is None or not isinstance(features, pd.DataFrame):
        return
    if not features.index.equals(index):
        differ = [str(row) for row in index.difference(features.index)]
        hint = (
            f" Rows of Y that X lacks: {names_for_message(differ)}." if differ else ""
        )
        msg = (
            "X and Y are DataFrames whose row names differ or come in another order."
            f"{hint} Align them first: Y = Y.loc[X.index]."
        )
        raise ShapeError(msg)


def _check_missing(missing: Any, labels: Indicator) -> np.ndarray | sp.csr_array | None:
    """Join the mask and the NaN of Y; None where nothing is missing at all."""
    mask = labels.missing
    if missing is not None:
        given = _as_mask(missing, sparse=labels.kind == "sparse")
        check_same_shape(labels.shape, given.shape, names=("Y", "missing"))
        n_both = int((given * labels.values).sum())
        if n_both:
            msg = (
                f"{n_both} cells of Y are 1 and also marked as missing. Y must be 0 or "
                "NaN where a label is unknown; if all are known, pass missing=None."
            )
            raise MissingLabelsError(msg)
        # The sum of booleans is their logical or, for arrays and for CSR.
        mask = given if mask is None else given + mask
    return freeze(mask) if mask is not None and mask.sum() else None


def _as_mask(missing: Any, *, sparse: bool) -> Any:
    """Return the mask in the container of the labels, without stored zeros."""
    if not sparse:
        dense = missing.toarray() if sp.issparse(missing) else missing
        return np.asarray(dense, dtype=bool)
    # A copy, since the caller's mask must keep its stored zeros.
    mask = sp.csr_array(missing, dtype=bool, copy=True)
    mask.sum_duplicates()
    mask.eliminate_zeros()
    return mask


def _with_nan(Y: Any, missing: Any) -> LabelMatrix:
    """Return the labels as float32 with NaN where they are unknown."""
    if sp.issparse(Y):
        unknown = np.full(missing.nnz, np.nan, dtype=np.float32)
        parts = (unknown, missing.indices, missing.indptr)
        return sp.csr_array(Y, dtype=np.float32) + sp.csr_array(parts, shape=Y.shape)
    return Y.astype(np.float32).mask(missing)


def _as_positions(rows: Any, n_samples: int) -> np.ndarray:
    if isinstance(rows, slice):
        return np.arange(n_samples)[rows]
    if isinstance(rows, (pd.Series, pd.Index)):
        rows = rows.to_numpy()
    picked = np.atleast_1d(np.asarray(rows))
    if picked.size == 0:
        return np.empty(0, dtype=np.intp)
    if picked.dtype.kind == "b":
        check_same_rows(n_samples, len(picked), names=("the dataset", "the row mask"))
        return np.flatnonzero(picked)
    if picked.dtype.kind not in "iu" or picked.ndim != 1:
        msg = (
            "Select rows by positions, a boolean mask or a slice; got "
            f"{type(rows).__name__} of {picked.dtype}. Labels: ds.Y['name']."
        )
        raise TypeError(msg)
    out = (picked < -n_samples) | (picked >= n_samples)
    if out.any():
        msg = f"Row {picked[out][0]} is out of range; the dataset has {n_samples} rows."
        raise IndexError(msg)
    return picked


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
