"""The cells of an ARFF file in arrays, whatever the shape of its rows.

Dense rows live in one matrix for each kind of attribute, sparse rows in one CSR matrix
over all attributes. Both readers, the fast and the careful one, give blocks of rows in
these containers; `arff_builder` joins the blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mlkit.datasets.formats.arff_header import ArffHeader

__all__ = ["ArffTable", "DenseRows", "Schema", "SparseRows", "to_dense", "to_sparse"]


@dataclass(frozen=True)
class Schema:
    """Which attribute lives in which column of which matrix.

    Parameters
    ----------
    header : ArffHeader
    """

    header: ArffHeader

    @cached_property
    def numeric(self) -> np.ndarray:
        """Positions of the numeric attributes."""
        return self._positions("numeric")

    @cached_property
    def coded(self) -> np.ndarray:
        """Positions of the nominal attributes, those of 0 and 1 included."""
        return self._positions("binary", "nominal")

    @cached_property
    def text(self) -> np.ndarray:
        """Positions of the string attributes."""
        return self._positions("string")

    @cached_property
    def binary(self) -> np.ndarray:
        """Which of `coded` are sets of 0 and 1, bool."""
        kinds = [self.header.attributes[j].kind == "binary" for j in self.coded]
        return np.array(kinds, dtype=bool)

    @cached_property
    def declarations(self) -> list[tuple[tuple[str, ...], np.ndarray]]:
        """Each set of declared values, with the positions of its attributes."""
        groups: dict[tuple[str, ...], list[int]] = {}
        for column in self.coded:
            values = self.header.attributes[column].values
            groups.setdefault(values, []).append(int(column))
        return [(values, np.array(columns)) for values, columns in groups.items()]

    @cached_property
    def slots(self) -> np.ndarray:
        """Column of each attribute within the matrix of its kind."""
        slots = np.empty(len(self.header.attributes), dtype=np.intp)
        for positions in (self.numeric, self.coded, self.text):
            slots[positions] = np.arange(positions.size)
        return slots

    @cached_property
    def code_dtype(self) -> np.dtype:
        """Smallest signed integer that holds every code, and -1 for missing."""
        longest = max((len(a.values) for a in self.header.attributes), default=0)
        return np.min_scalar_type(-max(longest, 1))

    @cached_property
    def defaults(self) -> np.ndarray:
        """What a sparse row leaves out, float64: code 0, or the number 1 of {1,0}."""
        return np.array([a.sparse_default for a in self.header.attributes])

    def _positions(self, *kinds: str) -> np.ndarray:
        found = [j for j, a in enumerate(self.header.attributes) if a.kind in kinds]
        return np.array(found, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class DenseRows:
    """Rows as one matrix for each kind of attribute.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n_rows, n_numeric)
        NaN where missing.
    codes : ndarray of signed integers, shape (n_rows, n_coded)
        Position in the declared values; for sets of 0 and 1 the value itself; -1 where
        missing.
    texts : ndarray of object, shape (n_rows, n_text)
        str, or None where missing.
    """

    numbers: np.ndarray
    codes: np.ndarray
    texts: np.ndarray

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class SparseRows:
    """Rows as CSR over all attributes.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_rows,)
        Stored cells of each row.
    indices : ndarray of int32, shape (n_stored,)
        Attribute of each cell, increasing within a row.
    values : ndarray of int8 or float64, shape (n_stored,)
        Number or code as in `DenseRows`; NaN where missing. Chunks in which every value
        is 1, the common case by far, are int8: they need half of the memory.
    texts : ndarray of object, shape (n_rows, n_text)
        As in `DenseRows`; strings have no place among the numbers of a CSR matrix.
    """

    counts: np.ndarray
    indices: np.ndarray
    values: np.ndarray
    texts: np.ndarray

    def __len__(self) -> int:
        return len(self.counts)


@dataclass(frozen=True, slots=True)
class ArffTable:
    """A whole file: its header and its rows.

    Parameters
    ----------
    path : Path
    schema : Schema
    rows : DenseRows or SparseRows
        Sparse where more than half of the rows of the file are sparse.
    """

    path: Path
    schema: Schema
    rows: DenseRows | SparseRows

    @property
    def header(self) -> ArffHeader:
        """Relation and attributes."""
        return self.schema.header


def to_dense(rows: DenseRows | SparseRows, schema: Schema) -> DenseRows:
    """Write out what sparse rows leave out.

    Parameters
    ----------
    rows : DenseRows or SparseRows
    schema : Schema

    Returns
    -------
    DenseRows
        The argument itself where it is dense already.
    """
    if isinstance(rows, DenseRows):
        return rows
    cells = np.tile(schema.defaults, (len(rows), 1))
    cells[np.repeat(np.arange(len(rows)), rows.counts), rows.indices] = rows.values
    codes = cells[:, schema.coded]
    return DenseRows(
        cells[:, schema.numeric],
        np.where(np.isnan(codes), -1, codes).astype(schema.code_dtype),
        rows.texts,
    )


def to_sparse(rows: DenseRows | SparseRows, schema: Schema) -> SparseRows:
    """Leave out what sparse rows leave out.

    Parameters
    ----------
    rows : DenseRows or SparseRows
    schema : Schema

    Returns
    -------
    SparseRows
        The argument itself where it is sparse already.
    """
    if isinstance(rows, SparseRows):
        return rows
    cells = np.zeros((len(rows), len(schema.header.attributes)))
    cells[:, schema.numeric] = rows.numbers
    cells[:, schema.coded] = np.where(rows.codes < 0, np.nan, rows.codes)
    kept, columns = np.nonzero(cells != schema.defaults)
    return SparseRows(
        np.bincount(kept, minlength=len(rows)),
        columns.astype(np.int32),
        cells[kept, columns],
        rows.texts,
    )
