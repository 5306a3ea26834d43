"""Features and labels out of the cells of an ARFF file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.datasets.formats.arff import line_of_row
from mlkit.datasets.formats.arff_header import Attribute
from mlkit.datasets.formats.arff_table import ArffTable, DenseRows, SparseRows, to_dense
from mlkit.exceptions import FormatError, SparseDefaultWarning, names_for_message, warn

__all__ = ["features", "labels"]

# Stored cells that are selected at once.
_PIECE = 1 << 14


def features(
    table: ArffTable, columns: np.ndarray, names: Sequence[str]
) -> pd.DataFrame | sp.csr_array:
    """Return some attributes as features.

    Parameters
    ----------
    table : ArffTable
    columns : ndarray of int, shape (n_features,)
        Positions of the attributes, increasing.
    names : sequence of str
        Names of the columns of a DataFrame; unique.

    Returns
    -------
    csr_array of float64, shape (n_samples, n_features)
        For a sparse file whose features are all numbers or sets of 0 and 1. A missing
        value is a stored NaN.
    DataFrame, shape (n_samples, n_features)
        For any other file: float64 for numbers, int8 for sets of 0 and 1 (float64 where
        one is missing), category with the declared values in declared order for other
        sets, object for strings.
    """
    rows = table.rows
    attributes = [table.header.attributes[j] for j in columns]
    if isinstance(rows, SparseRows):
        if all(a.kind in ("numeric", "binary") for a in attributes):
            return _sparse_columns(table, columns, np.float64)
        rows = to_dense(rows, table.schema)
    slots = table.schema.slots[columns]
    # Numbers alone become one block, without a copy; a frame made of many columns
    # costs some 20 microseconds for each of them.
    if all(a.kind == "numeric" for a in attributes):
        return pd.DataFrame(
            _columns(rows.numbers, slots), columns=list(names), copy=False
        )
    # One dtype for all attributes that declare the same values: making one is slow.
    dtypes = {
        values: pd.CategoricalDtype(list(values))
        for values in {a.values for a in attributes if a.kind == "nominal"}
    }
    series = {
        name: _series(rows, attribute, slot, dtypes.get(attribute.values))
        for name, attribute, slot in zip(names, attributes, slots, strict=True)
    }
    return pd.DataFrame(series, index=range(len(rows)), copy=False)


def _columns(matrix: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """Select increasing columns, without a copy where they are neighbours."""
    if slots.size and slots[-1] - slots[0] + 1 == slots.size:
        return matrix[:, slots[0] : slots[-1] + 1]
    return matrix[:, slots]


def _series(
    rows: DenseRows,
    attribute: Attribute,
    slot: int,
    dtype: pd.CategoricalDtype | None,
) -> object:
    """One column of a frame; `dtype` is that of a nominal attribute."""
    if attribute.kind == "numeric":
        return rows.numbers[:, slot]
    if attribute.kind == "string":
        return pd.Series(rows.texts[:, slot], dtype=object)
    codes = rows.codes[:, slot]
    if attribute.kind == "nominal":
        # Both readers give declared codes and -1 only.
        return pd.Categorical.from_codes(codes, dtype=dtype, validate=False)
    missing = codes < 0
    # Integers cannot hold a missing value, and a nullable dtype would be refused by
    # most learners: NaN is what scikit-learn imputes.
    if missing.any():
        return np.where(missing, np.nan, codes)
    return codes.astype(np.int8)


def labels(
    table: ArffTable, columns: np.ndarray
) -> tuple[pd.DataFrame | sp.csr_array, np.ndarray | sp.csr_array | None]:
    """Return some attributes as labels.

    Parameters
    ----------
    table : ArffTable
    columns : ndarray of int, shape (n_labels,)
        Positions of the attributes, increasing. Each must be a set of 0 and 1, or
        numeric and hold nothing else.

    Returns
    -------
    Y : DataFrame or csr_array of int8, shape (n_samples, n_labels)
        CSR for a sparse file; 0 where a label is missing.
    missing : ndarray or csr_array of bool, shape (n_samples, n_labels), or None
        True where a label is ``?``; None where none is.

    Raises
    ------
    FormatError
        If a label declares other values, or a numeric label holds one; the message
        names label, line and value.

    Warns
    -----
    SparseDefaultWarning
        If a sparse file declares a label as ``{1,0}``: every row that leaves it out
        then carries the label.
    """
    attributes = [table.header.attributes[j] for j in columns]
    for attribute in attributes:
        _check_declared(attribute, table)
    if isinstance(table.rows, DenseRows):
        return _dense_labels(table, table.rows, columns, attributes)
    inverted = [a.name for a in attributes if a.sparse_default]
    if inverted:
        warn(
            f"{table.path.name}: the first declared value of "
            f"{names_for_message(inverted)} is 1, so every sparse row that leaves the "
            "label out carries it. If that is not meant, declare {0,1}.",
            SparseDefaultWarning,
        )
    Y = _sparse_columns(table, columns, None)
    missing = np.isnan(Y.data) if Y.data.dtype.kind == "f" else np.zeros(0, dtype=bool)
    _check_values(Y.data, Y.indices, _row_of(Y), attributes, table)
    mask = None
    if missing.any():
        # A copy: eliminating entries in place would shift the indices of Y as well.
        mask = sp.csr_array((missing, Y.indices, Y.indptr), shape=Y.shape, copy=True)
        mask.eliminate_zeros()
        Y.data = np.where(missing, 0, Y.data)
        Y.eliminate_zeros()
    return Y.astype(np.int8, copy=False), mask


def _check_declared(attribute: Attribute, table: ArffTable) -> None:
    """Refuse a label that is not declared as {0,1}, {1,0} or a number.

    A set with one of the two values only is refused as well: it is the mark of a file
    whose labels were filtered, and MULAN cannot read it either.
    """
    if attribute.kind in ("binary", "numeric"):
        return
    foreign = [value for value in attribute.values if value not in ("0", "1")]
    found = f"values {names_for_message(attribute.values)}"
    if attribute.kind == "string":
        found = "text"
    elif not foreign:
        found = f"only the value '{attribute.values[0]}'"
    msg = (
        f"label '{attribute.name}' is declared with {found}. Expected {{0,1}} or "
        "numbers that are 0 or 1. Recode it, or name other attributes as labels."
    )
    raise FormatError(msg, path=table.path, line=attribute.line)


def _dense_labels(
    table: ArffTable, rows: DenseRows, columns: np.ndarray, attributes: list[Attribute]
) -> tuple[pd.DataFrame, np.ndarray | None]:
    """Labels of a dense file. They may mix sets of 0 and 1 with numbers."""
    slots = table.schema.slots[columns]
    numeric = np.array([a.kind == "numeric" for a in attributes], dtype=bool)
    codes = _columns(rows.codes, slots[~numeric])
    Y = codes.astype(np.int8)
    missing = codes < 0
    if numeric.any():
        Y = np.empty((len(rows), len(columns)), dtype=np.int8)
        missing = np.empty(Y.shape, dtype=bool)
        Y[:, ~numeric], missing[:, ~numeric] = codes, codes < 0
        numbers = rows.numbers[:, slots[numeric]]
        row, column = np.indices(numbers.shape)
        positions = np.flatnonzero(numeric)[column.ravel()]
        _check_values(numbers.ravel(), positions, row.ravel(), attributes, table)
        missing[:, numeric] = np.isnan(numbers)
        Y[:, numeric] = np.nan_to_num(numbers)
    unknown = missing.any()
    if unknown:
        Y[missing] = 0
    frame = pd.DataFrame(Y, columns=[a.name for a in attributes], copy=False)
    return frame, missing if unknown else None


def _check_values(
    values: np.ndarray,
    columns: np.ndarray,
    rows: np.ndarray,
    attributes: list[Attribute],
    table: ArffTable,
) -> None:
    """Refuse labels that hold anything but 0, 1 and missing.

    Parameters
    ----------
    values, columns, rows : ndarray, shape (n_cells,)
        Value, label and row of each cell.
    attributes : list of Attribute
        Of the labels.
    table : ArffTable
        For the message: the line of the row is looked up in the file.
    """
    # Integers come from sets of 0 and 1, whose cells were checked when they were read.
    if values.dtype.kind != "f":
        return
    wrong = np.flatnonzero((values != 0) & (values != 1) & ~np.isnan(values))
    if wrong.size:
        first = wrong[0]
        name = attributes[columns[first]].name
        msg = (
            f"label '{name}' holds {values[first]:g} ({wrong.size} such cells). "
            "Expected 0 or 1. Recode it, or name other attributes as labels."
        )
        line = line_of_row(table.path, int(rows[first]))
        raise FormatError(msg, path=table.path, line=line)


def _row_of(matrix: sp.csr_array) -> np.ndarray:
    """Row of each stored cell."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _sparse_columns(
    table: ArffTable, columns: np.ndarray, dtype: type | None
) -> sp.csr_array:
    """Select increasing columns of a sparse table, its defaults made explicit.

    Parameters
    ----------
    table : ArffTable
    columns : ndarray of int, shape (n_columns,)
    dtype : type or None
        Of the values; None keeps that of the table.

    Returns
    -------
    csr_array, shape (n_rows, n_columns)
        Canonical, without stored zeros.
    """
    rows = table.rows
    assert isinstance(rows, SparseRows)
    target = np.full(len(table.header.attributes), -1, dtype=np.int32)
    target[columns] = np.arange(columns.size)
    indices = np.empty(rows.indices.size, dtype=np.int32)
    values = np.empty(rows.indices.size, dtype=dtype or rows.values.dtype)
    ends = np.concatenate([[0], np.cumsum(rows.counts)])
    indptr = np.zeros(ends.size, dtype=np.int32)
    n_kept = 0
    # Piece by piece: the working arrays of a piece stay in the processor's cache, and
    # what is not needed of `indices` and `values` is never touched.
    for start in range(0, rows.indices.size, _PIECE):
        piece = slice(start, start + _PIECE)
        found = target[rows.indices[piece]]
        kept = np.flatnonzero(found >= 0)
        new = slice(n_kept, n_kept + kept.size)
        indices[new] = found[kept]
        values[new] = rows.values[piece][kept]
        # Rows that end in this piece, or with it.
        within = slice(*np.searchsorted(ends, (start, start + _PIECE), side="right"))
        indptr[within] = n_kept + np.searchsorted(kept, ends[within] - start)
        n_kept = new.stop
    matrix = sp.csr_array(
        (values[:n_kept], indices[:n_kept], indptr), shape=(len(rows), columns.size)
    )
    defaults = table.schema.defaults[columns]
    if defaults.any():
        matrix = _with_defaults(matrix, defaults)
    if not matrix.data.all():
        matrix.eliminate_zeros()
    return matrix


def _with_defaults(matrix: sp.csr_array, defaults: np.ndarray) -> sp.csr_array:
    """Fill the cells that are not stored in columns whose default is 1.

    Such a column, declared ``{1,0}``, is dense after that; there are few of them.
    """
    filled = np.flatnonzero(defaults)
    stored = sp.csr_array(
        (np.ones(matrix.nnz, dtype=bool), matrix.indices, matrix.indptr),
        shape=matrix.shape,
    )[:, filled].toarray()
    row, column = np.nonzero(~stored)
    extra = sp.csr_array(
        (np.ones(row.size, dtype=matrix.dtype), (row, filled[column])),
        shape=matrix.shape,
    )
    # Stored cells and added cells never coincide, so the sum only joins them.
    return sp.csr_array(matrix + extra)
