"""Feature columns profiled in one pass, whether they lie in a table, array or CSR."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import lgamma, log
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.description.row_codes import digest, distinct_values, value_hashes

__all__ = ["Columns", "Profile", "columns_of", "may_be_chance", "pattern_keys"]

# Columns that are brought to floats at a time.
_BLOCK_COLUMNS = 64
_FIRST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Profile:
    """One figure a feature; all arrays have the shape (n_features,).

    Parameters
    ----------
    numeric : ndarray of bool
        Numbers and booleans; False for text, categories and dates.
    low, high : ndarray of float
        Least and greatest value; NaN where the column is not numeric or all missing.
    n_missing, n_infinite : ndarray of int
        Number of missing and of infinite cells.
    n_distinct : ndarray of int
        Number of values of text and categories; 0 for numbers, where it is not needed.
    text : ndarray of bool
        Text and categories.
    whole : ndarray of bool
        Numbers that are all integers, none missing or infinite.
    constant : ndarray of bool
        One value in all rows, or all cells missing.
    binary : ndarray of bool
        Exactly two values, none missing.
    """

    numeric: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n_missing: np.ndarray
    n_infinite: np.ndarray
    n_distinct: np.ndarray
    text: np.ndarray
    whole: np.ndarray
    constant: np.ndarray
    binary: np.ndarray

    @classmethod
    def empty(cls, n_features: int) -> Profile:
        """Return a profile to be filled in.

        Parameters
        ----------
        n_features : int

        Returns
        -------
        Profile
            All False, 0 and NaN.
        """
        flags = [np.zeros(n_features, dtype=bool) for _ in range(5)]
        floats = [np.full(n_features, np.nan) for _ in range(2)]
        counts = [np.zeros(n_features, dtype=np.int64) for _ in range(3)]
        return cls(flags[0], *floats, *counts, *flags[1:])


class Columns(ABC):
    """Features of a dataset, column by column.

    Parameters
    ----------
    table : DataFrame or csc_array, shape (n_samples, n_features)
        At least one row.
    names : tuple of str
        Of the features.

    Attributes
    ----------
    profile : Profile
        One figure a column.
    nominal : dict of int to tuple
        Codes and values of the columns of text, categories and dates, by position.
    """

    def __init__(self, table: Any, names: tuple[str, ...]) -> None:
        self.table = table
        self.names = names
        self.n_rows: int = table.shape[0]
        self.nominal: dict[int, tuple[np.ndarray, list[Any]]] = {}
        self.profile = self._profile()

    def named(self, chosen: np.ndarray) -> tuple[str, ...]:
        """Return the names of the chosen columns.

        Parameters
        ----------
        chosen : ndarray
            A mask of the columns, or positions.

        Returns
        -------
        tuple of str
        """
        positions = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return tuple(self.names[j] for j in positions)

    @abstractmethod
    def column(self, position: int) -> pd.Series:
        """Return one column with its zeros.

        Parameters
        ----------
        position : int

        Returns
        -------
        Series
        """

    @abstractmethod
    def key(self, position: int) -> bytes:
        """Return bytes that two columns share where they are equal in every row.

        Parameters
        ----------
        position : int

        Returns
        -------
        bytes
        """

    @abstractmethod
    def pattern(self, position: int) -> bytes:
        """Return the key of a binary column, as `pattern_keys` does.

        Parameters
        ----------
        position : int

        Returns
        -------
        bytes
        """

    @abstractmethod
    def _profile(self) -> Profile: ...


def columns_of(dataset: MultiLabelDataset) -> Columns | None:
    """Profile the features of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Returns
    -------
    Columns or None
        None for pictures and sequences, whose cells are no features of their own, and
        where there are no rows or no features.

    Notes
    -----
    O(cells), in blocks of 64 columns; O(non-zeros) for CSR.
    """
    X = dataset.X
    if X.ndim > 2 or 0 in X.shape:
        return None
    names = dataset.feature_names or tuple(f"column {j}" for j in range(X.shape[1]))
    if sp.issparse(X):
        return _SparseColumns(_canonical(X), names)
    table = X if isinstance(X, pd.DataFrame) else pd.DataFrame(X, copy=False)
    return _TableColumns(table, names)


def pattern_keys(matrix: Any) -> list[bytes]:
    """Return, for each 0/1 column, a key of the rows that differ from its first row.

    Parameters
    ----------
    matrix : DataFrame, sparse array or ndarray of numbers, shape (n_samples, n_columns)

    Returns
    -------
    list of bytes
        Two columns of two values each have the same key where they are equal or each
        other's complement, whatever the values are.

    Examples
    --------
    >>> a, b, c = pattern_keys(np.array([[0, 1, 0], [1, 0, 0]]))
    >>> a == b, a == c
    (True, False)
    """
    if isinstance(matrix, pd.DataFrame):
        matrix = matrix.to_numpy()
    if not sp.issparse(matrix):
        return [_pattern(column) for column in matrix.T]
    by_column = sp.csc_array(matrix)
    by_column.sort_indices()
    return [_sparse_pattern(by_column, j) for j in range(by_column.shape[1])]


def _sparse_pattern(matrix: sp.csc_array, column: int) -> bytes:
    part = slice(*matrix.indptr[column : column + 2])
    rows = matrix.indices[part]
    if rows.size == matrix.shape[0]:
        # No zeros: the two values are both stored.
        return _pattern(matrix.data[part])
    if rows.size and rows[0] == 0:
        rows = np.setdiff1d(np.arange(matrix.shape[0]), rows, assume_unique=True)
    return digest(rows.astype(np.int64).tobytes())


def _pattern(column: np.ndarray) -> bytes:
    return digest(np.flatnonzero(column != column[:1]).astype(np.int64).tobytes())


def may_be_chance(n_samples: int, n_ones: int, n_pairs: int) -> bool:
    r"""Tell whether a pair of unrelated binary columns may be equal by chance.

    Parameters
    ----------
    n_samples : int
        Rows.
    n_ones : int
        Ones in each of the two columns.
    n_pairs : int
        Pairs that were compared.

    Returns
    -------
    bool
        Whether the probability that any of the pairs is equal may exceed 0.01.

    Notes
    -----
    Two columns with :math:`k` ones each, in :math:`n` rows, agree by chance with
    probability :math:`1 / \binom{n}{k}`; times the number of pairs this bounds the
    probability for any of them (Bonferroni).

    Examples
    --------
    >>> may_be_chance(4, 2, 1), may_be_chance(100, 50, 1000)
    (True, False)
    """
    n, k = int(n_samples), int(n_ones)
    log_combinations = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return log(max(n_pairs, 1)) - log_combinations > log(0.01)


def _canonical(X: sp.csr_array) -> sp.csc_array:
    table = X.tocsc(copy=True)
    table.sum_duplicates()
    table.eliminate_zeros()
    return table


class _TableColumns(Columns):
    """Columns of a DataFrame, of any types."""

    def column(self, position: int) -> pd.Series:
        return self.table.iloc[:, position]

    def key(self, position: int) -> bytes:
        if position in self.nominal:
            return digest(value_hashes(*self.nominal[position]).tobytes())
        numbers = self.column(position).to_numpy(dtype=np.float64, na_value=np.nan)
        # Adding 0 turns -0 into 0.
        return digest(b"number" + (numbers + 0.0).tobytes())

    def pattern(self, position: int) -> bytes:
        if position in self.nominal:
            return _pattern(self.nominal[position][0])
        return _pattern(self.column(position).to_numpy(np.float64))

    def _profile(self) -> Profile:
        profile = Profile.empty(self.table.shape[1])
        kinds = [pd.api.types.is_numeric_dtype(dtype) for dtype in self.table.dtypes]
        profile.numeric[:] = kinds
        numbers = np.flatnonzero(profile.numeric)
        for start in range(0, len(numbers), _BLOCK_COLUMNS):
            block = numbers[start : start + _BLOCK_COLUMNS]
            values = self.table.iloc[:, block]
            _profile_numbers(
                profile, block, values.to_numpy(dtype=np.float64, na_value=np.nan)
            )
        for j, (_, column) in enumerate(self.table.items()):
            if not profile.numeric[j]:
                profile.text[j] = _is_text(column.dtype)
                self.nominal[j] = distinct_values(column)
                _profile_nominal(profile, j, *self.nominal[j])
        return profile


def _is_text(dtype: Any) -> bool:
    return isinstance(dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(dtype)


def _profile_numbers(profile: Profile, at: np.ndarray, values: np.ndarray) -> None:
    """Fill in the figures of a block of numeric columns."""
    # fmin and fmax step over NaN.
    low, high = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    missing = np.isnan(values).sum(axis=0)
    known = missing == 0
    infinite = np.isinf(low) | np.isinf(high)
    profile.low[at], profile.high[at] = low, high
    profile.n_missing[at] = missing
    profile.n_infinite[at[infinite]] = np.isinf(values[:, infinite]).sum(axis=0)
    whole = _in_every_row(lambda part, _: np.floor(part) == part, values)
    profile.whole[at] = whole & ~infinite
    profile.constant[at] = (known & (low == high)) | (missing == len(values))
    two = _in_every_row(
        lambda part, kept: (part == low[kept]) | (part == high[kept]), values
    )
    profile.binary[at] = two & known & (low < high)


def _in_every_row(
    test: Callable[[np.ndarray, np.ndarray], np.ndarray], values: np.ndarray
) -> np.ndarray:
    """Tell which columns pass a test of their cells in every row."""
    # Most columns fail within a few rows: only the others are looked at as a whole.
    every = np.ones(values.shape[1], dtype=bool)
    passed: np.ndarray = np.asarray(test(values[:_FIRST_ROWS], every).all(axis=0))
    passed[passed] = test(values[:, passed], passed).all(axis=0)
    return passed


def _profile_nominal(
    profile: Profile, at: int, codes: np.ndarray, values: list[Any]
) -> None:
    """Fill in the figures of one column of text, categories or dates."""
    # One more than the code, so that missing cells are counted at 0.
    counts = np.bincount(codes.astype(np.int64) + 1, minlength=len(values) + 1)
    n_missing, n_distinct = int(counts[0]), int(np.count_nonzero(counts[1:]))
    profile.n_missing[at], profile.n_distinct[at] = n_missing, n_distinct
    profile.constant[at] = n_distinct + (n_missing > 0) <= 1
    profile.binary[at] = n_distinct == 2 and n_missing == 0


class _SparseColumns(Columns):
    """Columns of a sparse matrix, kept as canonical CSC."""

    table: sp.csc_array

    def column(self, position: int) -> pd.Series:
        return pd.Series(self.table[:, [position]].toarray().ravel())

    def key(self, position: int) -> bytes:
        part = slice(*self.table.indptr[position : position + 2])
        values = self.table.data[part].astype(np.float64)
        return digest(self.table.indices[part].tobytes() + b"|" + values.tobytes())

    def pattern(self, position: int) -> bytes:
        return _sparse_pattern(self.table, position)

    def _profile(self) -> Profile:
        table, counts = self.table, np.diff(self.table.indptr)
        profile = Profile.empty(table.shape[1])
        data = table.data.astype(np.float64, copy=False)
        has_zero = counts < self.n_rows
        low, high = self._by_column(np.fmin, data), self._by_column(np.fmax, data)
        low[has_zero] = np.fmin(low[has_zero], 0)
        high[has_zero] = np.fmax(high[has_zero], 0)
        profile.numeric[:] = True
        profile.low[:], profile.high[:] = low, high
        missing = profile.n_missing
        missing[:] = self._by_column(np.add, np.isnan(data))
        profile.n_infinite[:] = self._by_column(np.add, np.isinf(data))
        n_broken = self._by_column(np.add, np.floor(data) != data)
        profile.whole[:] = (n_broken == 0) & (profile.n_infinite == 0)
        one_value = (missing == 0) & (low == high)
        profile.constant[:] = one_value | (missing == self.n_rows)
        stored_low, stored_high = (np.repeat(end, counts) for end in (low, high))
        n_other = self._by_column(np.add, (data != stored_low) & (data != stored_high))
        # A zero that is not stored must be one of the two values as well.
        zero_fits = ~has_zero | (low == 0) | (high == 0)
        profile.binary[:] = (n_other == 0) & zero_fits & (low < high)
        return profile

    def _by_column(self, reduction: np.ufunc, values: np.ndarray) -> np.ndarray:
        """Reduce one figure a stored value to one a column; 0 for empty columns."""
        filled = np.diff(self.table.indptr) > 0
        result = np.zeros(len(filled))
        if filled.any():
            # An empty segment would repeat its neighbour's first value.
            starts = self.table.indptr[:-1][filled]
            result[filled] = reduction.reduceat(values.astype(np.float64), starts)
        return result
