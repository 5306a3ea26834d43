"""The greedy pass of iterative stratification: the rarest column first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse as sp

__all__ = ["place_greedily"]


def place_greedily(
    columns: sp.csr_array,
    sizes: np.ndarray,
    weights: Sequence[int],
    draws: np.ndarray,
) -> np.ndarray:
    """Give every unit a part, the units of the rarest column first.

    Parameters
    ----------
    columns : csr_array of int, shape (n_units, n_columns)
        How many rows of a unit carry a label (or a pair of labels).
    sizes : ndarray of int, shape (n_units,)
        Rows of each unit.
    weights : sequence of int, length n_parts
        The shares of the parts are in proportion to these.
    draws : ndarray of float, shape (n_units,)
        Numbers in [0, 1) that pick among tied parts; all zero means the first.

    Returns
    -------
    ndarray of int64, shape (n_units,)
        The part of each unit.

    Notes
    -----
    Of the columns that still have unplaced units, the one with the fewest is taken;
    ties go to the first. Its units, those with most rows of it first, go each to the
    part that wants this column most, then to the part that wants most rows, then to
    one at random. Units without a column come last, the largest first.

    Every step places a unit. Which column is next is kept in a heap that holds only
    those that are about to be rarest, so the cost is O(nnz + n k) and the number of
    different column counts times the columns left: with 170 000 pairs a search for the
    rarest at every step would take ten times as long.

    References
    ----------
    Sechidis, Tsoumakas and Vlahavas (2011), see `IterativeStratification`, algorithm 1.

    Examples
    --------
    >>> columns = sp.csr_array(np.array([[1, 0], [1, 0], [0, 1], [0, 1]]))
    >>> place_greedily(columns, np.ones(4, dtype=int), [1, 1], np.zeros(4)).tolist()
    [0, 1, 0, 1]
    """
    n_units, n_columns = columns.shape
    total = sum(weights)
    by_column = columns.tocsc()
    # A part wants weight / total of everything. In units of 1 / total all desires are
    # integers, and ties exact: fractions would differ in the last bit.
    amounts = np.asarray(columns.sum(axis=0, dtype=np.int64)).ravel()
    desire = np.outer(weights, amounts).ravel()
    row_desire = [int(sizes.sum()) * int(weight) for weight in weights]
    part_of = np.full(n_units, -1, dtype=np.int64)
    queue = _RarestFirst(np.diff(by_column.indptr))
    for column in queue:
        units, carried = _unplaced(by_column, column, part_of)
        # The desires lie part by part, column by column within.
        wanted = desire[column::n_columns].tolist()
        part_of[units] = _place(
            wanted, row_desire, carried * total, sizes[units] * total, draws[units]
        )
        # What the units carry beside this column is settled after them, in one go:
        # their own placing looks at this column only.
        also, n_each, given = _columns_of(columns, units)
        np.subtract.at(
            desire, np.repeat(part_of[units], n_each) * n_columns + also, given * total
        )
        queue.remove(also)
    # What is left has no column. Large groups go first, small ones fill the rest.
    rest = np.flatnonzero(part_of < 0)
    rest = rest[np.argsort(-sizes[rest], kind="stable")]
    own = sizes[rest] * total
    part_of[rest] = _place(row_desire.copy(), row_desire, own, own, draws[rest])
    return part_of


class _RarestFirst:
    """Columns by the number of their unplaced units, fewest first."""

    def __init__(self, n_units: np.ndarray) -> None:
        self.left = n_units.astype(np.int64)
        self.active = np.flatnonzero(self.left)
        self.level = 0
        self.heap: list[tuple[int, int]] = []

    def __iter__(self) -> Iterator[int]:
        while self.heap or self._refill():
            _, column = heapq.heappop(self.heap)
            # A column comes once more for each older count, with nothing left then.
            if self.left[column]:
                yield column

    def _refill(self) -> bool:
        """Take the columns with the fewest units into the heap, if any are left."""
        self.active = self.active[self.left[self.active] > 0]
        if self.active.size:
            counts = self.left[self.active]
            self.level = int(counts.min())
            rarest = self.active[counts == self.level]
            self.heap = [(self.level, column) for column in rarest.tolist()]
        return bool(self.heap)

    def remove(self, columns: np.ndarray) -> None:
        """Note that units have been placed: a column for each time it lost one."""
        np.subtract.at(self.left, columns, 1)
        left = self.left[columns]
        # All others are above the level, and cannot be next before the heap is empty.
        rare = columns[(left > 0) & (left <= self.level)]
        for column in set(rare.tolist()):
            heapq.heappush(self.heap, (int(self.left[column]), column))


def _unplaced(
    by_column: sp.csc_array, column: int, part_of: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the unplaced units of a column and what they carry, most first."""
    span = slice(by_column.indptr[column], by_column.indptr[column + 1])
    units, carried = by_column.indices[span], by_column.data[span].astype(np.int64)
    waiting = part_of[units] < 0
    # Stable, so that rows, which all carry 1, stay in the order they come in.
    units, carried = units[waiting], carried[waiting]
    order = np.argsort(-carried, kind="stable")
    return units[order], carried[order]


def _place(
    desire: list[int],
    row_desire: list[int],
    carried: np.ndarray,
    sizes: np.ndarray,
    draws: np.ndarray,
) -> list[int]:
    """Return a part for each unit; the desires for rows are brought up to date."""
    # Plain lists: with a handful of parts a numpy call costs more than the whole step.
    # Both desires in one number, the second in the lower digits, halve the look-ups.
    # (Python's integers do not overflow.)
    scale = 1 + 2 * max(map(abs, row_desire)) + 2 * int(sizes.sum())
    both = [d * scale + r for d, r in zip(desire, row_desire, strict=True)]
    placed = []
    steps = zip(carried.tolist(), sizes.tolist(), draws.tolist(), strict=True)
    for amount, size, draw in steps:
        most = max(both)
        part = both.index(most)
        n_tied = both.count(most)
        if n_tied > 1:
            tied = [other for other, wish in enumerate(both) if wish == most]
            part = tied[int(draw * n_tied)]
        both[part] -= amount * scale + size
        row_desire[part] -= size
        placed.append(part)
    return placed


def _columns_of(
    columns: sp.csr_array, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the columns of the units, end to end, how many each has, and how much."""
    # What columns[units] does, without building a matrix at every step.
    starts = columns.indptr[units].astype(np.intp)
    n_each = columns.indptr[units + 1] - starts
    ends = np.cumsum(n_each)
    positions = np.arange(ends[-1]) + np.repeat(starts - ends + n_each, n_each)
    return (
        columns.indices[positions].astype(np.intp),
        n_each,
        columns.data[positions].astype(np.int64),
    )
