"""Numeric and nominal features, and a space in which HVDM is the plain distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from mlkit.exceptions import FeatureTypeError, OptionError, names_for_message
from mlkit.validation import FeatureMatrix

__all__ = [
    "FeatureColumns",
    "NominalFeatures",
    "hvdm_space",
    "nearest",
    "split_columns",
]

NominalFeatures: TypeAlias = Literal["auto"] | Sequence[str] | Sequence[int]
"""Which columns hold categories: names in a DataFrame, positions in an array."""


@dataclass(frozen=True, slots=True)
class FeatureColumns:
    """Features, numbers and categories apart.

    Parameters
    ----------
    numbers : ndarray or csr_array of float64, shape (n_samples, n_numbers)
        The numeric columns; finite.
    scaled : ndarray or csr_array of float64, shape (n_samples, n_numbers)
        The same divided by four standard deviations; constant ones by four.
    number_positions : ndarray of int64, shape (n_numbers,)
        Where they stand in X.
    codes : ndarray of int64, shape (n_samples, n_nominal)
        Categories of the nominal columns, counted from 0; a missing value is a
        category of its own.
    nominal_positions : ndarray of int64, shape (n_nominal,)
        Where they stand in X.
    """

    numbers: np.ndarray | sp.csr_array
    scaled: np.ndarray | sp.csr_array
    number_positions: np.ndarray
    codes: np.ndarray
    nominal_positions: np.ndarray


def split_columns(X: FeatureMatrix, nominal: NominalFeatures) -> FeatureColumns:
    """Tell numeric columns from nominal ones.

    Parameters
    ----------
    X : DataFrame, csr_array or ndarray, shape (n_samples, n_features)
    nominal : "auto" or sequence
        The nominal columns. With ``"auto"`` the columns of a DataFrame that are not
        numbers (booleans are not), and none of an array.

    Returns
    -------
    FeatureColumns

    Raises
    ------
    FeatureTypeError
        If a column that is not nominal holds something other than finite numbers, or
        `X` is not a table.
    OptionError
        If a nominal column does not exist, or `X` is sparse and has one.
    """
    if X.ndim != 2:
        msg = (
            "X must be (n_samples, n_features) for its rows to have neighbours; got "
            f"shape {X.shape}."
        )
        raise FeatureTypeError(msg)
    positions = _nominal_positions(X, nominal)
    others = np.setdiff1d(np.arange(X.shape[1]), positions)
    codes = np.empty((X.shape[0], len(positions)), dtype=np.int64)
    for place, position in enumerate(positions):
        # A missing value gets a code, since that it is missing may mean something.
        codes[:, place] = pd.factorize(_column(X, position), use_na_sentinel=False)[0]
    numbers = scaled = _as_numbers(X, others)
    if numbers.size:
        # Scaled here, once: the space is laid out anew for each minority label.
        scaled = StandardScaler(with_mean=False).fit_transform(numbers) / 4
    return FeatureColumns(numbers, scaled, others, codes, positions)


def _column(X: pd.DataFrame | np.ndarray, position: int) -> pd.Series | np.ndarray:
    return X.iloc[:, position] if isinstance(X, pd.DataFrame) else X[:, position]


def _nominal_positions(X: FeatureMatrix, nominal: NominalFeatures) -> np.ndarray:
    if isinstance(nominal, str):
        if nominal != "auto":
            msg = f"nominal_features must be 'auto' or a sequence, got {nominal!r}."
            raise OptionError(msg)
        dtypes = list(X.dtypes) if isinstance(X, pd.DataFrame) else []
        found = [
            i
            for i, dtype in enumerate(dtypes)
            if is_bool_dtype(dtype) or not is_numeric_dtype(dtype)
        ]
        return np.array(found, dtype=np.int64)
    known = list(X.columns if isinstance(X, pd.DataFrame) else range(X.shape[1]))
    unknown = [name for name in nominal if name not in known]
    if unknown:
        msg = (
            f"nominal_features names columns that X has not: "
            f"{names_for_message(unknown)}. Use names with a DataFrame, positions from "
            f"0 to {X.shape[1] - 1} with an array."
        )
        raise OptionError(msg)
    if sp.issparse(X) and len(nominal):
        msg = (
            "nominal_features does not apply to sparse X, whose columns are numbers. "
            "Pass a DataFrame, or leave it at 'auto'."
        )
        raise OptionError(msg)
    found = sorted({known.index(name) for name in nominal})
    return np.array(found, dtype=np.int64)


def _as_numbers(X: FeatureMatrix, positions: np.ndarray) -> np.ndarray | sp.csr_array:
    try:
        if isinstance(X, pd.DataFrame):
            # The NA of pandas is no number, and is not finite either.
            part = X.iloc[:, positions]
            numbers = part.to_numpy(dtype=np.float64, na_value=np.nan)
        elif sp.issparse(X):
            numbers = X[:, positions].astype(np.float64)
        else:
            numbers = np.asarray(X[:, positions], dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = (
            f"X has features that are not numbers: {err}. Put it into a DataFrame, or "
            "name such columns in nominal_features."
        )
        raise FeatureTypeError(msg) from err
    _refuse_gaps(X, numbers, positions)
    return numbers


def _refuse_gaps(
    X: FeatureMatrix, numbers: np.ndarray | sp.csr_array, positions: np.ndarray
) -> None:
    # scikit-learn would refuse them too, in words that do not name a remedy.
    if isinstance(numbers, np.ndarray):
        rows, columns = np.nonzero(~np.isfinite(numbers))
    else:
        stored = numbers.tocoo()
        bad = ~np.isfinite(stored.data)
        rows, columns = stored.row[bad], stored.col[bad]
    if len(rows):
        place = positions[columns[0]]
        column = X.columns[place] if isinstance(X, pd.DataFrame) else place
        cells = "1 cell that is" if len(rows) == 1 else f"{len(rows)} cells that are"
        msg = (
            f"X has {cells} missing or infinite (first: row {rows[0]}, column "
            f"'{column}'), and rows with such have no distance. Impute first."
        )
        raise FeatureTypeError(msg)


def hvdm_space(
    columns: FeatureColumns, targets: np.ndarray | sp.csr_array
) -> np.ndarray | sp.csr_array:
    r"""Lay rows out so that their Euclidean distance is HVDM.

    Parameters
    ----------
    columns : FeatureColumns
    targets : ndarray or csr_array of numbers, shape (n_samples, n_labels)
        The labels, 0 and 1, that nominal values are compared by.

    Returns
    -------
    ndarray or csr_array of float64, shape (n_samples, n_dimensions)
        One dimension a numeric column, n_labels a nominal one.

    Notes
    -----
    The squared distance of rows a and b is the sum over the columns of

    .. math:: \left(\frac{a - b}{4 \sigma}\right)^2
              \quad\text{and}\quad
              \frac{1}{q} \sum_{j=1}^{q} \sum_{c \in \{0, 1\}}
              \bigl(P(y_j = c \mid a) - P(y_j = c \mid b)\bigr)^2

    for numeric and nominal ones. The paper has a single target of many classes; here
    each label is a target of two, and the mean is taken. Two classes always differ by
    the same amount, which gives the factor :math:`\sqrt{2 / q}` below. A constant
    column adds nothing.

    References
    ----------
    Wilson, Martinez (1997), Improved heterogeneous distance functions, Journal of
    Artificial Intelligence Research 6, 1-34, doi:10.1613/jair.346: HVDM with the
    normalisation N2.

    Examples
    --------
    Three of four rows with the value 0 carry the label, none with the value 1:

    >>> codes = np.array([[0], [0], [0], [0], [1]])
    >>> none = np.empty((5, 0))
    >>> columns = FeatureColumns(none, none, np.arange(0), codes, np.arange(1))
    >>> space = hvdm_space(columns, np.array([[1], [1], [1], [0], [0]]))
    >>> round(float(abs(space[0, 0] - space[4, 0]) ** 2), 4) == 2 * 0.75**2
    True
    """
    parts = [columns.scaled]
    for codes in columns.codes.T:
        rows = np.arange(len(codes))
        # One product counts, for each value, the rows that carry each label.
        holds = sp.csr_array((np.ones(len(codes)), (codes, rows)))
        present = holds @ targets
        dense = present.toarray() if sp.issparse(present) else present
        shares = dense / np.bincount(codes)[:, None]
        parts.append(shares[codes] * np.sqrt(2 / targets.shape[1]))
    return parts[0] if len(parts) == 1 else np.hstack(parts)


def nearest(space: np.ndarray | sp.csr_array, n_neighbors: int) -> np.ndarray:
    """Return the nearest other rows of each row.

    Parameters
    ----------
    space : ndarray or csr_array of float64, shape (n_samples, n_dimensions)
    n_neighbors : int
        In [1, n_samples - 1].

    Returns
    -------
    ndarray of int64, shape (n_samples, n_neighbors)
        The nearest first; a row is never its own neighbour, a copy of it may be.

    Notes
    -----
    Cost O(n log n) with few dense dimensions, O(n^2) with many or sparse ones.

    Examples
    --------
    >>> nearest(np.array([[0.0], [1.0], [5.0]]), 1).ravel().tolist()
    [1, 0, 1]
    """
    if space.shape[1] == 0:
        msg = "X has no feature, and rows without features have no neighbours."
        raise FeatureTypeError(msg)
    return NearestNeighbors(n_neighbors=n_neighbors).fit(space).kneighbors()[1]
