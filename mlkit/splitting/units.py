"""What a split places: rows or groups of rows, and what each of them carries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

__all__ = ["Units", "label_pairs", "make_units", "sum_of_parts"]


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a split: each goes to one part as a whole.

    Parameters
    ----------
    labels : csr_array of int8, shape (n_units, n_labels)
        1 where a row of the unit carries the label.
    columns : csr_array of int, shape (n_units, n_pairs + n_labels)
        What is shared out: the rows of the unit that carry each pair of labels (none
        for order 1), then each label.
    sizes : ndarray of int64, shape (n_units,)
        Rows of each unit.
    grouped : bool, default False
        Whether the units are groups; otherwise every row is one.
    """

    labels: sp.csr_array
    columns: sp.csr_array
    sizes: np.ndarray
    grouped: bool = False

    @property
    def n_pairs(self) -> int:
        """Number of label pairs among the columns."""
        return int(self.columns.shape[1] - self.labels.shape[1])

    def reordered(self, order: np.ndarray) -> Units:
        """Return the units in another order.

        Parameters
        ----------
        order : ndarray of int, shape (n_units,)
            Position of each unit now, in the order wanted.

        Returns
        -------
        Units
        """
        labels = self.labels[order]
        same = self.columns is self.labels
        columns = labels if same else self.columns[order]
        return Units(labels, columns, self.sizes[order], self.grouped)


def make_units(
    labels: sp.csr_array, *, order: int = 1, groups: np.ndarray | None = None
) -> Units:
    """Gather what a split has to place and to share out.

    Parameters
    ----------
    labels : csr_array of int8, shape (n_samples, n_labels)
        Entries 0 and 1, indices sorted.
    order : {1, 2}, default 1
        Whether pairs of labels are shared out beside the labels.
    groups : ndarray of int64, shape (n_samples,), optional
        Number of the group of each row, from 0 on without gaps.

    Returns
    -------
    Units
        In the order of the rows, or of the groups.

    Notes
    -----
    Cost O(nnz) for order 1; for order 2 it is the sum over all rows of the square of
    their number of labels, in time and in memory.

    Examples
    --------
    >>> labels = sp.csr_array(np.array([[1, 1], [1, 0], [0, 0]], dtype=np.int8))
    >>> units = make_units(labels, order=2, groups=np.array([0, 0, 1]))
    >>> units.columns.toarray().tolist()
    [[1, 2, 1], [0, 0, 0]]
    >>> units.sizes.tolist()
    [2, 1]
    """
    columns = labels
    if order == 2:
        # Pairs come first: of two columns with equally many rows, the more special
        # one is then placed first.
        columns = sp.csr_array(sp.hstack([label_pairs(labels)[0], labels]))
    if groups is None:
        return Units(labels, columns, np.ones(labels.shape[0], dtype=np.int64))
    sizes = np.bincount(groups)
    rows = np.arange(len(groups))
    # In int64: the labels are int8, and a group of 128 rows would overflow them.
    members = sp.csr_array(
        (np.ones(len(groups), dtype=np.int64), (groups, rows)),
        shape=(len(sizes), len(groups)),
    )
    carried = sp.csr_array(members @ labels)
    carried.data = np.ones(carried.nnz, dtype=np.int8)
    return Units(carried, sp.csr_array(members @ columns), sizes, True)


def label_pairs(labels: sp.csr_array) -> tuple[sp.csr_array, np.ndarray]:
    """List the pairs of different labels that each row carries.

    Parameters
    ----------
    labels : csr_array of int8, shape (n_samples, n_labels)
        Entries 0 and 1, indices sorted.

    Returns
    -------
    rows : csr_array of int8, shape (n_samples, n_pairs)
        1 where a row carries both labels of the pair. Only pairs that occur have a
        column.
    pairs : ndarray of int64, shape (n_pairs, 2)
        The columns of `labels` that each pair stands for, the smaller first; sorted.

    Notes
    -----
    A row with l labels has l (l - 1) / 2 pairs; time and memory grow with their sum.

    Examples
    --------
    >>> labels = sp.csr_array(np.array([[1, 1, 1], [1, 0, 1]], dtype=np.int8))
    >>> rows, pairs = label_pairs(labels)
    >>> pairs.tolist()
    [[0, 1], [0, 2], [1, 2]]
    >>> rows.toarray().tolist()
    [[1, 1, 1], [0, 1, 0]]
    """
    n_samples, n_labels = labels.shape
    n_each = np.diff(labels.indptr).astype(np.int64)
    # Every entry is paired with those that follow it in its row.
    ends = np.repeat(labels.indptr[1:].astype(np.int64), n_each)
    n_after = ends - np.arange(labels.nnz) - 1
    first = np.repeat(np.arange(labels.nnz), n_after)
    starts = np.cumsum(n_after) - n_after
    second = first + 1 + np.arange(len(first)) - np.repeat(starts, n_after)
    # One number for a pair. Hashing them (pandas) takes half the time of sorting them.
    code = labels.indices[first].astype(np.int64) * n_labels + labels.indices[second]
    column, codes = pd.factorize(code, sort=True)
    indptr = np.concatenate([[0], np.cumsum(n_each * (n_each - 1) // 2)])
    rows = sp.csr_array(
        (np.ones(len(column), dtype=np.int8), column, indptr),
        shape=(n_samples, len(codes)),
    )
    return rows, np.stack(np.divmod(codes, max(n_labels, 1)), axis=1)


def sum_of_parts(
    columns: sp.csr_array, part_of: np.ndarray, n_parts: int
) -> np.ndarray:
    """Sum the rows of each part.

    Parameters
    ----------
    columns : csr_array, shape (n_units, n_columns)
    part_of : ndarray of int64, shape (n_units,)
    n_parts : int

    Returns
    -------
    ndarray of int64 or float64, shape (n_parts, n_columns)

    Examples
    --------
    >>> columns = sp.csr_array(np.array([[1, 1], [1, 0], [0, 0]], dtype=np.int8))
    >>> sum_of_parts(columns, np.array([0, 0, 1]), 2).tolist()
    [[2, 1], [0, 0]]
    """
    ones = np.ones(len(part_of), dtype=np.int64)
    members = sp.csr_array(
        (ones, (part_of, np.arange(len(part_of)))), shape=(n_parts, len(part_of))
    )
    return (members @ columns).toarray()
