"""Rows compared by content: equal rows get equal numbers, in whatever container."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

__all__ = [
    "digest",
    "distinct_values",
    "label_set_codes",
    "number_rows",
    "pair_codes",
    "value_hashes",
]

# Cells that are brought to one type at a time: 32 MB, whatever the table.
_BLOCK_CELLS = 1 << 22


def number_rows(*tables: Any) -> list[np.ndarray]:
    """Give equal rows of several tables equal numbers.

    Parameters
    ----------
    *tables : DataFrame, csr_array or ndarray, shape (n_samples, ...)
        Of the same columns; the containers and types may differ.

    Returns
    -------
    list of ndarray of int64
        One number a row for each table, from 0 in order of first appearance.

    Notes
    -----
    Numbers are compared as 64-bit floats (0 and -0 are equal, and so are all NaN) and
    text and categories by a 64-bit hash of the value. Rows are then compared by a
    128-bit digest, with which a false match among 10^9 rows has a probability of about
    10^-21. O(cells) in blocks of 32 MB; O(non-zeros) for CSR.

    Examples
    --------
    >>> first, second = number_rows(np.array([[1, 2], [3, 4]]), np.array([[3.0, 4.0]]))
    >>> first.tolist(), second.tolist()
    ([0, 1], [1])
    """
    sparse = any(sp.issparse(table) for table in tables)
    kinds = {table.dtype for table in tables if isinstance(table, np.ndarray)}
    # Pictures of bytes need no floats, as long as all of them are bytes.
    native = len(kinds) == 1 and not sparse
    return _number(
        [
            digest(row)
            for block in _blocks(table, native=native)
            for row in (_sparse_rows(block) if sparse else _dense_rows(block))
        ]
        for table in tables
    )


def label_set_codes(*matrices: Any) -> list[np.ndarray]:
    """Give equal label sets of several label matrices equal numbers.

    Parameters
    ----------
    *matrices : DataFrame, csr_array or ndarray, shape (n_samples, n_labels)
        Entries 0 and 1.

    Returns
    -------
    list of ndarray of int64
        One number a row for each matrix.
    """
    # As CSR the work is proportional to the ones, of which there are few.
    sets = [
        sp.csr_array(matrix.to_numpy() if isinstance(matrix, pd.DataFrame) else matrix)
        for matrix in matrices
    ]
    return _number([digest(row) for row in _sparse_rows(table)] for table in sets)


def pair_codes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Give equal pairs of numbers one number.

    Parameters
    ----------
    first, second : ndarray of int64, shape (n,)
        Not negative.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    return first * (int(second.max(initial=0)) + 1) + second


def digest(content: bytes) -> bytes:
    """Return 16 bytes that stand for any number of bytes.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    bytes
    """
    return blake2b(content, digest_size=16).digest()


def distinct_values(column: pd.Series) -> tuple[np.ndarray, list[Any]]:
    """Split a column of text or categories into codes and values.

    Parameters
    ----------
    column : Series

    Returns
    -------
    codes : ndarray of int, shape (n_samples,)
        Positions in the values; -1 where the cell is missing.
    values : list
        Distinct; categories that no row has may be among them.

    Examples
    --------
    >>> distinct_values(pd.Series(["b", None, "b"], dtype=object))
    (array([ 0, -1,  0]), ['b'])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array.codes, _as_list(column.dtype.categories)
    try:
        codes, values = pd.factorize(column)
    except TypeError:
        # Lists and arrays in cells cannot be compared; what they look like can.
        codes, values = pd.factorize(column.astype(str))
    return codes, _as_list(values)


def _as_list(values: Any) -> list[Any]:
    # Iterating over text that pandas keeps outside of Python takes ten times longer.
    return np.asarray(values, dtype=object).tolist()


def value_hashes(codes: np.ndarray, values: Iterable[Any]) -> np.ndarray:
    """Return one number a cell that depends on the value and on nothing else.

    Parameters
    ----------
    codes : ndarray of int, shape (n_samples,)
    values : iterable
        As from `distinct_values`.

    Returns
    -------
    ndarray of uint64, shape (n_samples,)
        0 where the cell is missing.
    """
    # A missing value has the code -1, the last entry.
    hashes = [*(_value_hash(value) for value in values), 0]
    return np.array(hashes, dtype=np.uint64)[codes]


@lru_cache(maxsize=1 << 16)
def _value_hash(value: Any) -> int:
    return int.from_bytes(digest(str(value).encode())[:8], "little")


def _number(keys_by_table: Any) -> list[np.ndarray]:
    """Turn keys into numbers from 0, the same key alike everywhere."""
    known: dict[bytes, int] = {}
    return [
        np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
        for keys in keys_by_table
    ]


def _blocks(table: Any, *, native: bool) -> Iterator[Any]:
    """Cut a table into blocks of rows whose cells are comparable numbers."""
    if sp.issparse(table):
        rows = _canonical(table)
        cells = (_encode(rows.data), rows.indices, rows.indptr)
        yield sp.csr_array(cells, shape=rows.shape)
        return
    n_rows, n_cells = table.shape[0], int(np.prod(table.shape[1:], dtype=np.int64))
    step = max(1, _BLOCK_CELLS // max(n_cells, 1))
    for start in range(0, n_rows, step):
        block = table[start : start + step]
        if not isinstance(block, pd.DataFrame):
            block = block.reshape(len(block), n_cells)
            if native and block.dtype.kind in "biu":
                yield block
                continue
            if block.dtype.kind in "biuf":
                yield _encode(block)
                continue
        yield _encode_frame(pd.DataFrame(block))


def _encode(numbers: np.ndarray) -> np.ndarray:
    """Bring numbers to 8 bytes each, such that equal numbers are equal bytes."""
    # Adding 0 turns -0 into 0; NaN has many bit patterns.
    values = numbers.astype(np.float64) + 0.0
    values[np.isnan(values)] = np.nan
    return values.view(np.uint64)


def _encode_frame(frame: pd.DataFrame) -> np.ndarray:
    cells = np.empty(frame.shape, dtype=np.uint64)
    numeric = np.array(
        [pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes], dtype=bool
    )
    if numeric.any():
        numbers = frame.loc[:, numeric].to_numpy(dtype=np.float64, na_value=np.nan)
        cells[:, numeric] = _encode(numbers)
    for j, (_, column) in enumerate(frame.items()):
        if not numeric[j]:
            # By value: the codes of one category differ between parts.
            cells[:, j] = value_hashes(*distinct_values(column))
    return cells


def _dense_rows(block: np.ndarray) -> Iterator[bytes]:
    for row in np.ascontiguousarray(block):
        yield row.tobytes()


def _sparse_rows(block: Any) -> Iterator[bytes]:
    """Yield positions and values of what is not 0 in each row."""
    rows = _canonical(block)
    indices = rows.indices.astype(np.int64, copy=False)
    bounds: Sequence[int] = rows.indptr.tolist()
    for start, stop in zip(bounds[:-1], bounds[1:], strict=True):
        yield indices[start:stop].tobytes() + rows.data[start:stop].tobytes()


def _canonical(matrix: Any) -> sp.csr_array:
    rows = sp.csr_array(matrix)
    if rows.has_canonical_format and rows.data.all():
        return rows
    rows = rows.copy()
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return rows
