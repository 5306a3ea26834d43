"""Checks of label matrices, scores and names.

Public entry points call these once; private functions trust what they get. A check
returns the value in its canonical form and never changes its argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    ScoresError,
    ShapeError,
    names_for_message,
)

__all__ = [
    "FeatureMatrix",
    "Indicator",
    "LabelMatrix",
    "check_indicator",
    "check_label_names",
    "check_probabilities",
    "check_same_rows",
    "check_same_shape",
    "check_scores",
    "default_label_names",
    "where_missing",
]

LabelMatrix: TypeAlias = np.ndarray | pd.DataFrame | sp.csr_array
"""What the kit accepts as Y: (n_samples, n_labels), values 0 and 1.

Where a function takes unknown labels, they are NaN; in a sparse Y a stored NaN.
"""

FeatureMatrix: TypeAlias = np.ndarray | pd.DataFrame | sp.csr_array
"""What the kit accepts as X: rows first; two or more dimensions."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A checked label matrix, and what is needed to answer in the same kind.

    Parameters
    ----------
    values : ndarray or csr_array of int8, shape (n_samples, n_labels)
        Entries are 0 or 1; a csr_array has sorted indices and no stored zero.
    label_names : tuple of str
        One name a column; ``label_0``, ``label_1``, ... where none were given.
    kind : {"array", "frame", "sparse"}
        The container that came in.
    named : bool
        Whether the names came with the data.
    index : pandas.Index or None
        Row names of a DataFrame.
    missing : ndarray or csr_array of bool, shape (n_samples, n_labels), or None
        True where a label is unknown; `values` is 0 there. A csr_array where `values`
        is one; None where every label is known.
    """

    values: np.ndarray | sp.csr_array
    label_names: tuple[str, ...]
    kind: Literal["array", "frame", "sparse"]
    named: bool = False
    index: pd.Index | None = None
    missing: np.ndarray | sp.csr_array | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and number of labels."""
        n_samples, n_labels = self.values.shape
        return int(n_samples), int(n_labels)

    def toarray(self) -> np.ndarray:
        """Return the dense int8 matrix; a view where it is dense already."""
        if isinstance(self.values, np.ndarray):
            return self.values
        return self.values.toarray()

    def tocsr(self) -> sp.csr_array:
        """Return the matrix as CSR; the same object where it is CSR already."""
        if isinstance(self.values, np.ndarray):
            return sp.csr_array(self.values)
        return self.values

    def with_unknown(self) -> np.ndarray | sp.csr_array:
        """Return the matrix with NaN where a label is unknown, as callers give it."""
        if self.missing is None:
            return self.values
        if isinstance(self.values, np.ndarray):
            return np.where(self.missing, np.nan, self.values)
        # True becomes NaN, and what is not stored stays 0: nothing is made dense.
        return sp.csr_array(self.values + self.missing * np.nan)

    def counts(self) -> np.ndarray:
        """Return the number of positives of each label, int64 of shape (n_labels,)."""
        return np.asarray(self.values.sum(axis=0, dtype=np.int64)).ravel()

    def n_known(self) -> np.ndarray:
        """Return in how many rows each label is known, int64 of shape (n_labels,)."""
        n_samples, n_labels = self.shape
        if self.missing is None:
            return np.full(n_labels, n_samples, dtype=np.int64)
        return n_samples - np.asarray(self.missing.sum(axis=0, dtype=np.int64)).ravel()

    def constant_labels(self) -> np.ndarray:
        """Return which labels have at most one known value, bool of (n_labels,)."""
        counts = self.counts()
        return (counts == 0) | (counts == self.n_known())


def default_label_names(n_labels: int) -> tuple[str, ...]:
    """Name labels that came without names.

    Parameters
    ----------
    n_labels : int

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> default_label_names(2)
    ('label_0', 'label_1')
    """
    return tuple(f"label_{j}" for j in range(n_labels))


def check_label_names(
    names: Iterable[Any], n_labels: int, *, what: str = "label"
) -> tuple[str, ...]:
    """Check that names are unique, not empty, and as many as there are columns.

    Parameters
    ----------
    names : iterable
        Names in column order; anything that is not a string is converted.
    n_labels : int
        Number of columns.
    what : str, default "label"
        The word for the message: ``"label"`` or ``"feature"``.

    Returns
    -------
    tuple of str

    Raises
    ------
    LabelNameError
        If the number differs, a name is empty, or a name stands twice.
    """
    checked = tuple(str(name) for name in names)
    if len(checked) != n_labels:
        msg = f"Expected {n_labels} {what} names, one a column; got {len(checked)}."
        raise LabelNameError(msg)
    if "" in checked:
        msg = f"The {what} name of column {checked.index('')} is empty. Name it."
        raise LabelNameError(msg)
    if len(set(checked)) != n_labels:
        twice = sorted({name for name in checked if checked.count(name) > 1})
        msg = (
            f"{what.capitalize()} names must be unique; these stand more than once: "
            f"{names_for_message(twice)}. Rename one of each."
        )
        raise LabelNameError(msg)
    return checked


def check_indicator(
    Y: Any,
    *,
    name: str = "Y",
    label_names: Sequence[str] | None = None,
    allow_missing: bool = False,
) -> Indicator:
    """Check a label matrix: two dimensions, values 0 and 1, NaN only where allowed.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        bool, integer or float holding 0 and 1. NaN, None and pandas' NA stand for an
        unknown label; in a sparse matrix, a stored NaN.
    name : str, default "Y"
        How the message calls it.
    label_names : sequence of str, optional
        Names of the columns; by default those of the DataFrame.
    allow_missing : bool, default False
        Whether labels may be unknown. They become 0 in ``values`` and True in
        ``missing``.

    Returns
    -------
    Indicator
        ``values`` shares memory with `Y` where it is int8 already: read it, never
        write to it.

    Raises
    ------
    IndicatorError
        If `Y` is not two-dimensional, not numeric, or holds anything but 0 and 1.
    MissingLabelsError
        If labels are unknown and `allow_missing` is False. An `IndicatorError` too.
    LabelNameError
        If the names do not fit.

    Examples
    --------
    >>> check_indicator([[0, 1], [1, 1]]).counts().tolist()
    [1, 2]
    >>> check_indicator([[0, 1], [1, None]], allow_missing=True).n_known().tolist()
    [2, 1]
    """
    index = Y.index if isinstance(Y, pd.DataFrame) else None
    given = label_names
    if given is None and isinstance(Y, pd.DataFrame):
        given = [str(column) for column in Y.columns]
    kind: Literal["array", "frame", "sparse"] = (
        "frame" if index is not None else "array"
    )
    if sp.issparse(Y):
        kind = "sparse"
    raw = _as_matrix(Y, name)
    n_labels = raw.shape[1]
    names = default_label_names(n_labels)
    if given is not None:
        names = check_label_names(given, n_labels)
    missing = _find_missing(raw, names, name)
    if missing is not None and not allow_missing:
        msg = (
            f"{name} has unknown labels ({where_missing(missing, names)}), and 0 or 1 "
            "is needed here. Drop these rows: ds[~ds.rows_with_missing()]; or take "
            "unknown as absent: ds.as_xy(missing='as_zero'). BinaryRelevance, and the "
            "metrics for true labels, take them as they are."
        )
        raise MissingLabelsError(msg)
    named = given is not None
    values = raw.astype(np.int8, copy=False) if missing is None else _to_int8(raw)
    return Indicator(values, names, kind, named=named, index=index, missing=missing)


def _as_matrix(Y: Any, name: str) -> np.ndarray | sp.csr_array:
    """Bring `Y` to a numeric ndarray or a canonical csr_array, without changing it."""
    if sp.issparse(Y):
        matrix = sp.csr_array(Y)
        if not matrix.has_canonical_format or not matrix.data.all():
            matrix = matrix.copy()
            matrix.sum_duplicates()
            matrix.eliminate_zeros()
    else:
        matrix = Y.to_numpy() if isinstance(Y, pd.DataFrame) else _to_array(Y, name)
    if matrix.ndim != 2:
        msg = (
            f"{name} must have two dimensions (n_samples, n_labels), one column of 0/1 "
            f"a label; got shape {matrix.shape}. For lists of tags use "
            "sklearn.preprocessing.MultiLabelBinarizer."
        )
        raise IndicatorError(msg)
    if matrix.dtype.kind not in "biuf":
        matrix = _object_to_number(matrix, name)
    return matrix


def _to_array(Y: Any, name: str) -> np.ndarray:
    try:
        return np.asarray(Y)
    except ValueError as err:
        msg = f"{name} is not a matrix: its rows differ in length. Use 0/1 columns."
        raise IndicatorError(msg) from err


def _object_to_number(matrix: Any, name: str) -> np.ndarray:
    try:
        if matrix.dtype == object:
            # numpy turns None into NaN by itself, but not the NA of pandas.
            matrix = np.where(pd.isna(matrix), np.nan, matrix)
        return np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"{name} holds {matrix.dtype} values ({err}). Use 0/1 or booleans."
        raise IndicatorError(msg) from err


def _find_missing(
    matrix: np.ndarray | sp.csr_array, label_names: Sequence[str], name: str
) -> np.ndarray | sp.csr_array | None:
    """Return where NaN stands, or None; refuse everything else but 0 and 1."""
    if matrix.dtype.kind == "b":
        return None
    stored = _stored(matrix)
    # NaN equals neither, so that a complete matrix needs no look for it.
    odd = (stored != 0) & (stored != 1)
    if not odd.any():
        return None
    unknown = np.isnan(stored)
    if not unknown[odd].all():
        _refuse_values(matrix, odd & ~unknown, label_names, name)
    return _in_places_of(matrix, unknown)


def _refuse_values(
    matrix: np.ndarray | sp.csr_array,
    wrong: np.ndarray,
    label_names: Sequence[str],
    name: str,
) -> None:
    rows, columns = _in_places_of(matrix, wrong).nonzero()
    first = int(columns[0])
    here = columns == first
    row, n_wrong = int(rows[here][0]), int(here.sum())
    msg = (
        f"{name} has {n_wrong} {'entry' if n_wrong == 1 else 'entries'} outside "
        f"{{0, 1}} in label '{label_names[first]}' (first: row {row} = "
        f"{matrix[row, first]:g}). Use 0/1 or booleans."
    )
    raise IndicatorError(msg)


def _to_int8(matrix: np.ndarray | sp.csr_array) -> np.ndarray | sp.csr_array:
    """Return a matrix of 0, 1 and NaN as int8, with 0 for NaN."""
    return _in_places_of(matrix, np.nan_to_num(_stored(matrix)).astype(np.int8))


def _stored(matrix: np.ndarray | sp.csr_array) -> np.ndarray:
    return matrix.data if isinstance(matrix, sp.csr_array) else matrix


def _in_places_of(
    matrix: np.ndarray | sp.csr_array, values: np.ndarray
) -> np.ndarray | sp.csr_array:
    """Put values where those of a matrix are stored; zeros are left out of a CSR."""
    if isinstance(matrix, np.ndarray):
        return values
    # A copy: leaving entries out in place would shift the indices of the argument.
    parts = (values, matrix.indices, matrix.indptr)
    other = sp.csr_array(parts, shape=matrix.shape, copy=True)
    other.eliminate_zeros()
    return other


def where_missing(
    missing: np.ndarray | sp.csr_array, label_names: Sequence[str]
) -> str:
    """Say how many labels are unknown, and where the first one is.

    Parameters
    ----------
    missing : ndarray or csr_array of bool, shape (n_samples, n_labels)
        True where a label is unknown, at least once.
    label_names : sequence of str
        Names of the columns.

    Returns
    -------
    str
        For a message.

    Examples
    --------
    >>> where_missing(np.array([[False, False], [True, True]]), ["calm", "sad"])
    "2 cells, first: row 1, label 'calm'"
    """
    rows, columns = missing.nonzero()
    first = np.lexsort((columns, rows))[0]
    cells = "1 cell" if len(rows) == 1 else f"{len(rows)} cells"
    return f"{cells}, first: row {rows[first]}, label '{label_names[columns[first]]}'"


def check_scores(
    scores: Any, *, name: str = "scores", shape: tuple[int, int] | None = None
) -> np.ndarray:
    """Check a matrix of real scores, higher meaning more relevant.

    Parameters
    ----------
    scores : array-like or DataFrame, shape (n_samples, n_labels)
        Finite real numbers.
    name : str, default "scores"
        How the message calls it.
    shape : tuple of int, optional
        The shape that is expected.

    Returns
    -------
    ndarray of float64, shape (n_samples, n_labels)

    Raises
    ------
    ScoresError
        If it is not a numeric matrix, or holds NaN or infinity.
    ShapeError
        If the shape is not the expected one.
    """
    values = _real_numbers(scores.toarray() if sp.issparse(scores) else scores, name)
    if values.ndim != 2:
        msg = f"{name} must be (n_samples, n_labels); got shape {values.shape}."
        raise ScoresError(msg)
    if shape is not None:
        check_same_shape(shape, values.shape, names=("Y", name))
    bad = ~np.isfinite(values)
    if bad.any():
        row, column = (int(i[0]) for i in np.nonzero(bad))
        msg = (
            f"{name} has {_how_many(bad, 'is', 'are')} not finite (first: row {row}, "
            f"column {column} = {values[row, column]}). Score every label of every row."
        )
        raise ScoresError(msg)
    return values


def _real_numbers(scores: Any, name: str) -> np.ndarray:
    try:
        given = np.asarray(scores)
        # Turned into real ones they would lose a part, with no more than a warning.
        if given.dtype.kind != "c":
            return given.astype(np.float64, copy=False)
    except (TypeError, ValueError) as err:
        msg = f"{name} must be a matrix of numbers: {err}."
        raise ScoresError(msg) from err
    msg = f"{name} must be a matrix of real numbers, got complex ones."
    raise ScoresError(msg)


def _how_many(where: np.ndarray, verb: str, plural: str) -> str:
    count = int(where.sum())
    return f"1 value that {verb}" if count == 1 else f"{count} values that {plural}"


def check_probabilities(
    Y_proba: Any, *, name: str = "Y_proba", shape: tuple[int, int] | None = None
) -> np.ndarray:
    """Check a matrix of probabilities P(label = 1 | x).

    Parameters
    ----------
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        Values in [0, 1].
    name : str, default "Y_proba"
        How the message calls it.
    shape : tuple of int, optional
        The shape that is expected.

    Returns
    -------
    ndarray of float64, shape (n_samples, n_labels)

    Raises
    ------
    ScoresError
        As `check_scores`, and for values outside [0, 1].
    ShapeError
        If the shape is not the expected one.
    """
    values = check_scores(Y_proba, name=name, shape=shape)
    wrong = (values < 0) | (values > 1)
    if wrong.any():
        row, column = (int(i[0]) for i in np.nonzero(wrong))
        msg = (
            f"{name} has {_how_many(wrong, 'lies', 'lie')} outside [0, 1] (first: row "
            f"{row}, column {column} = {values[row, column]:g}). Pass probabilities; "
            "turn decision values into probabilities by calibration."
        )
        raise ScoresError(msg)
    return values


def check_same_shape(
    expected: tuple[int, ...], got: tuple[int, ...], *, names: tuple[str, str]
) -> None:
    """Check that two matrices have the same rows and columns.

    Parameters
    ----------
    expected, got : tuple of int
        The two shapes.
    names : tuple of str
        How the message calls the two.

    Raises
    ------
    ShapeError
    """
    if tuple(expected) != tuple(got):
        msg = (
            f"{names[0]} and {names[1]} must have the same shape "
            f"(n_samples, n_labels); got {tuple(expected)} and {tuple(got)}."
        )
        raise ShapeError(msg)


def check_same_rows(n_expected: int, n_got: int, *, names: tuple[str, str]) -> None:
    """Check that two containers have the same number of rows.

    Parameters
    ----------
    n_expected, n_got : int
        The two numbers of rows.
    names : tuple of str
        How the message calls the two.

    Raises
    ------
    ShapeError
    """
    if n_expected != n_got:
        msg = (
            f"{names[0]} has {n_expected} rows and {names[1]} has {n_got}. "
            "Row i of both must be the same example."
        )
        raise ShapeError(msg)
