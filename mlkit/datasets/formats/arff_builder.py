"""Joining blocks of rows without holding them twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.datasets.formats.arff_table import (
    DenseRows,
    Schema,
    SparseRows,
    to_dense,
    to_sparse,
)

__all__ = ["TableBuilder"]


class TableBuilder:
    """Joins blocks of rows into the layout that most of the rows have.

    Parameters
    ----------
    schema : Schema

    Notes
    -----
    Blocks are copied to where they stay as they come, so that the memory of one block
    serves the next and nothing has to be joined at the end. A file that mixes dense
    and sparse rows has its smaller part converted then.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._dense = _Pile(
            DenseRows,
            np.empty((0, schema.numeric.size)),
            np.empty((0, schema.coded.size), dtype=schema.code_dtype),
            np.empty((0, schema.text.size), dtype=object),
        )
        self._sparse = _Pile(
            SparseRows,
            np.empty(0, dtype=np.int64),
            np.empty(0, dtype=np.int32),
            np.empty(0, dtype=np.int8),
            np.empty((0, schema.text.size), dtype=object),
        )
        self._runs: list[tuple[_Pile, int]] = []

    def add(self, rows: DenseRows | SparseRows, *, to_come: float) -> None:
        """Append a block.

        Parameters
        ----------
        rows : DenseRows or SparseRows
        to_come : float
            An estimate of how many more blocks of this length follow, >= 0. It saves
            work where it is right, and harms nothing where it is wrong.
        """
        pile = self._dense if isinstance(rows, DenseRows) else self._sparse
        pile.add(rows, to_come)
        self._runs.append((pile, len(rows)))

    def finish(self) -> DenseRows | SparseRows:
        """Return all rows.

        Returns
        -------
        DenseRows or SparseRows
            Sparse where more than half of the rows are sparse.
        """
        dense, sparse = self._dense.rows(), self._sparse.rows()
        wins = self._sparse if len(sparse) > len(dense) else self._dense
        if len(dense) and len(sparse):
            return self._converted(wins)
        return wins.rows()

    def _converted(self, wins: _Pile) -> DenseRows | SparseRows:
        """Put the blocks of both piles in order, in the layout of one of them."""
        joined = TableBuilder(self._schema)
        taken = {id(self._dense): 0, id(self._sparse): 0}
        for pile, n_rows in self._runs:
            start = taken[id(pile)]
            rows = pile.rows(start, start + n_rows)
            taken[id(pile)] += n_rows
            convert = to_sparse if wins is self._sparse else to_dense
            joined.add(convert(rows, self._schema), to_come=0.0)
        return joined.finish()


class _Pile:
    """Rows of one layout, in arrays that grow."""

    def __init__(self, kind: type[Any], *empty: np.ndarray) -> None:
        self.kind = kind
        self.arrays = list(empty)
        self.used = [0] * len(empty)

    def add(self, rows: Any, to_come: float) -> None:
        for i, field in enumerate(self.kind.__slots__):
            self._append(i, getattr(rows, field), to_come)

    def _append(self, i: int, part: np.ndarray, to_come: float) -> None:
        array, used = self.arrays[i], self.used[i]
        end = used + len(part)
        dtype = np.promote_types(array.dtype, part.dtype)
        if end > len(array) or dtype != array.dtype:
            # A twentieth more than expected. Growing by half at least keeps the cost
            # of copying linear where the expectation is wrong.
            expected = end + int(1.05 * to_come * len(part))
            room = max(expected, end + used // 2)
            self.arrays[i] = np.empty((room, *part.shape[1:]), dtype=dtype)
            self.arrays[i][:used] = array[:used]
        self.arrays[i][used:end] = part
        self.used[i] = end

    def rows(self, start: int = 0, stop: int | None = None) -> Any:
        """Return rows `start` to `stop`, as views."""
        filled = [a[:used] for a, used in zip(self.arrays, self.used, strict=True)]
        if self.kind is DenseRows:
            return DenseRows(*(array[start:stop] for array in filled))
        counts, indices, values, texts = filled
        first = int(counts[:start].sum())
        cells = slice(first, first + int(counts[start:stop].sum()))
        return SparseRows(
            counts[start:stop], indices[cells], values[cells], texts[start:stop]
        )
