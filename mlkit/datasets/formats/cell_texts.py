"""Numbers into text and cells into lines, by compiled code.

Floats become the shortest decimal that is read back as the same float64. Blocks of rows
go through Arrow's string functions: that is some ten times as fast as ``repr`` and
``str.join`` on every cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from mlkit.exceptions import UnwritableError

__all__ = [
    "check_exact",
    "is_number",
    "join_columns",
    "join_stored",
    "lines",
    "number_texts",
    "row_blocks",
    "stored_cells",
]

# Up to here float64 holds every integer.
_LARGEST_EXACT = 2**53

# Cells that are turned into text at once: some 10 MB of working memory.
_BLOCK_CELLS = 1 << 18


def row_blocks(n_rows: int, n_cells: int) -> Iterator[slice]:
    """Cut rows into blocks that need little memory.

    Parameters
    ----------
    n_rows : int
    n_cells : int
        Cells of all rows together.

    Yields
    ------
    slice
    """
    step = max(1, _BLOCK_CELLS * n_rows // max(n_cells, n_rows, 1))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))


def number_texts(
    numbers: np.ndarray, *, missing: str, infinity: str = "inf"
) -> pa.StringArray:
    """Write numbers.

    Parameters
    ----------
    numbers : ndarray of bool, integers or floats, shape (n_cells,)
    missing : str
        Stands for NaN.
    infinity : str, default "inf"
        Stands for infinity.

    Returns
    -------
    StringArray
        Whole numbers without a dot.

    Examples
    --------
    >>> number_texts(np.array([1.0, 0.1, np.nan]), missing="?").to_pylist()
    ['1', '0.1', '?']
    """
    numbers = np.ascontiguousarray(numbers)
    if numbers.dtype.kind == "b":
        numbers = numbers.view(np.int8)
    if numbers.dtype.kind != "f":
        return pc.cast(pa.array(numbers), pa.string())
    # The shortest text of a float32 would be another float64.
    numbers = numbers.astype(np.float64, copy=False)
    # Arrow's cast gives the shortest decimal that is read back exactly, as repr does.
    texts = pc.cast(pa.array(numbers, mask=np.isnan(numbers)), pa.string())
    if infinity != "inf" and np.isinf(numbers).any():
        texts = pc.replace_substring(texts, "inf", infinity)
    return pc.fill_null(texts, missing)


def is_number(dtype: Any) -> bool:
    """Whether cells of a column are numbers or booleans, complex ones left out.

    Parameters
    ----------
    dtype : dtype of numpy or pandas

    Returns
    -------
    bool
    """
    types = pd.api.types
    return types.is_numeric_dtype(dtype) and not types.is_complex_dtype(dtype)


def check_exact(name: str, integers: pd.Series) -> None:
    """Check that readers, which take every number for float64, will not change any.

    Parameters
    ----------
    name : str
        Of the feature, for the message.
    integers : Series
        Missing values are passed over.

    Raises
    ------
    UnwritableError
        If one is above 2**53 in size.
    """
    known = integers.dropna()
    if known.empty:
        return
    largest = max(int(known.max()), -int(known.min()))
    if largest > _LARGEST_EXACT:
        msg = (
            f"Feature '{name}' holds integers up to {largest} in size, and readers of "
            "this format keep them up to 2**53 only. Turn the column into text or "
            "categories if it is an identifier, or write a .parquet file."
        )
        raise UnwritableError(msg)


def join_columns(columns: Sequence[pa.StringArray], separator: str) -> pa.StringArray:
    """Join columns of cells into one text for each row.

    Parameters
    ----------
    columns : sequence of StringArray, each of length n_rows
        At least one.
    separator : str

    Returns
    -------
    StringArray of length n_rows

    Examples
    --------
    >>> join_columns([pa.array(["a", "b"]), pa.array(["1", "2"])], ",").to_pylist()
    ['a,1', 'b,2']
    """
    return pc.binary_join_element_wise(*columns, separator)


def join_stored(
    cells: pa.StringArray, counts: np.ndarray, separator: str
) -> pa.StringArray:
    """Join the stored cells of each row into one text.

    Parameters
    ----------
    cells : StringArray of length n_cells
        Row after row.
    counts : ndarray of int, shape (n_rows,)
        Cells of each row; a row may have none.
    separator : str

    Returns
    -------
    StringArray of length n_rows

    Examples
    --------
    >>> join_stored(pa.array(["a", "b", "c"]), np.array([2, 0, 1]), " ").to_pylist()
    ['a b', '', 'c']
    """
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(offsets, cells), separator)


def lines(texts: pa.StringArray) -> bytes:
    r"""Put the text of each row on a line of its own.

    Parameters
    ----------
    texts : StringArray

    Returns
    -------
    bytes
        UTF-8; every line ends with a newline.

    Examples
    --------
    >>> lines(pa.array(["a", "b"]))
    b'a\nb\n'
    """
    return "".join([f"{text}\n" for text in texts.to_pylist()]).encode()


def stored_cells(
    matrix: sp.csr_array,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what a block of CSR stores.

    Parameters
    ----------
    matrix : csr_array, shape (n_rows, n_columns)

    Returns
    -------
    rows, columns, values : ndarray, shape (n_stored,)
        Row after row, columns increasing; neither zeros nor a cell twice.
    """
    # Both steps work in place.
    matrix = matrix.copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return rows, matrix.indices, matrix.data
