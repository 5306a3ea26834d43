"""The rows nearest to a row, and how many of them carry each label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
from sklearn.neighbors import KDTree
from sklearn.utils.extmath import row_norms, safe_sparse_dot

from mlkit.models.workers import delayed, run_in_threads

__all__ = ["Found", "RowSearch", "count_labels", "row_blocks"]

Found: TypeAlias = tuple[np.ndarray, np.ndarray]
"""Positions of the neighbours of each row, and their squared distances."""

# Numbers in a table of distances or of labels (32 MiB).
_BLOCK_NUMBERS = 1 << 22

# With more features a tree looks at nearly all rows; scikit-learn draws the line here.
_TREE_FEATURES = 15

# Distances are sums with rounding errors of about 1e-16 times the squared norms.
_TIE = 1e-12


class RowSearch:
    """Finds, among given rows, the nearest ones to other rows.

    Parameters
    ----------
    X : ndarray or csr_array of float64, shape (n_rows, n_features)
        The rows that are found.
    n_jobs : int, optional
        How many blocks of rows are answered at once.

    Attributes
    ----------
    X : ndarray or csr_array
        The same object.
    n_rows : int
        How many there are.

    Notes
    -----
    The distance is the Euclidean one. Of equally near rows the first are taken, which
    `sklearn.neighbors.NearestNeighbors` leaves open: on bibtex, whose features are 0
    and 1, its answers to seven rows changed with the rows asked beside them. Here they
    depend on the row alone. Squared distances are equal where they differ by less than
    1e-12 times the squared distance and norm: that much may come from rounding. Rows
    are not copied, unless all of them are far from 0 and close together.

    Cost of m questions: O(m n d), or as the stored numbers go where rows are sparse,
    and a table of m n distances in blocks. With at most 15 dense features a tree is
    asked, in about O(m log n); where the last place is tied, the table decides.
    """

    def __init__(
        self, X: np.ndarray | sp.csr_array, *, n_jobs: int | None = None
    ) -> None:
        self.X = X
        self.n_jobs = n_jobs
        self.n_rows = int(X.shape[0])
        self._origin = _distant_mean(X)
        self._rows = self._shift(X)
        self._norms = row_norms(self._rows, squared=True)
        for_tree = not sp.issparse(X) and X.shape[1] <= _TREE_FEATURES
        self._tree = KDTree(self._rows) if for_tree else None

    def nearest(
        self, X: Any, n_neighbors: int, *, own: np.ndarray | None = None
    ) -> Found:
        """Find the nearest rows of each row.

        Parameters
        ----------
        X : ndarray or csr_array of float64, shape (n_samples, n_features)
        n_neighbors : int
            At most n_rows; less than that where `own` is given.
        own : ndarray of int, shape (n_samples,), optional
            Position of each row itself, which is left out. A copy of it is not.

        Returns
        -------
        rows : ndarray of int64, shape (n_samples, n_neighbors)
            Positions, in no particular order.
        squared : ndarray of float64, shape (n_samples, n_neighbors)
            Squared distances.

        Examples
        --------
        >>> search = RowSearch(np.array([[0.0], [1.0], [3.0], [5.0]]))
        >>> search.nearest(np.array([[2.5]]), 1)[0].tolist()
        [[2]]
        >>> search.nearest(search.X, 1, own=np.arange(4))[0].tolist()
        [[1], [0], [1], [2]]
        """
        if n_neighbors == 0:
            none = np.empty((X.shape[0], 0))
            return none.astype(np.int64), none
        ask = self._by_table if self._tree is None else self._by_tree
        # Nearly all time is spent in compiled loops, and X stays where it is.
        parts = run_in_threads(
            (
                delayed(ask)(
                    self._shift(X[block]),
                    n_neighbors,
                    None if own is None else own[block],
                )
                for block in row_blocks(X.shape[0], self.n_rows)
            ),
            n_jobs=self.n_jobs,
        )
        rows, squared = zip(*parts, strict=True)
        return np.concatenate(rows), np.concatenate(squared)

    def among_themselves(self, n_neighbors: int) -> Found:
        """Find the nearest other rows of each row of the search.

        Parameters
        ----------
        n_neighbors : int
            Less than n_rows.

        Returns
        -------
        rows, squared : ndarray, shape (n_rows, n_neighbors)
            As `nearest`.
        """
        return self.nearest(self.X, n_neighbors, own=np.arange(self.n_rows))

    def among_themselves_after(self, found: Found) -> Found:
        """Find the same where it is known for the first rows.

        Parameters
        ----------
        found : (rows, squared)
            The answer of `among_themselves` for a search of the first rows only.

        Returns
        -------
        rows, squared : ndarray
            The answer for all rows, and as many neighbours.

        Notes
        -----
        Cost O(m n d) with m rows more, against O((n + m)^2 d).
        """
        n_old, n_neighbors = found[0].shape
        later = RowSearch(self.X[n_old:], n_jobs=self.n_jobs)
        rows, squared = later.nearest(self.X[:n_old], min(n_neighbors, later.n_rows))
        rows = np.hstack([found[0], rows + n_old])
        squared = np.hstack([found[1], squared])
        # In the order of X, since the first of equally near ones are taken.
        order = np.argsort(rows, axis=1)
        first = _pick(
            np.take_along_axis(rows, order, axis=1),
            np.take_along_axis(squared, order, axis=1),
            n_neighbors,
            self._norms[:n_old],
        )
        own = np.arange(n_old, self.n_rows)
        rest = self.nearest(self.X[n_old:], n_neighbors, own=own)
        return np.concatenate([first[0], rest[0]]), np.concatenate([first[1], rest[1]])

    def _shift(self, X: Any) -> Any:
        return X if self._origin is None else X - self._origin

    def _by_table(self, X: Any, n_neighbors: int, own: np.ndarray | None) -> Found:
        """Compute all distances."""
        norms = row_norms(X, squared=True)
        # Half of |x - y|^2 - |x|^2, in one pass over the products.
        table = safe_sparse_dot(X, self._rows.T, dense_output=True)
        np.subtract(self._norms / 2, table, out=table)
        if own is not None:
            table[np.arange(len(own)), own] = np.inf
        return _pick(*_shortlist(table, n_neighbors, norms), n_neighbors, norms)

    def _by_tree(self, X: Any, n_neighbors: int, own: np.ndarray | None) -> Found:
        """Ask the tree for one row too many, which shows whether the last one ties."""
        assert self._tree is not None
        wanted = min(n_neighbors + 1 + (own is not None), self.n_rows)
        distances, rows = self._tree.query(X, wanted)
        squared = distances**2
        if own is not None:
            # Behind all others. Among many copies it may not be found; then they tie.
            squared[rows == own[:, np.newaxis]] = np.inf
            order = np.argsort(squared, axis=1, kind="stable")
            rows = np.take_along_axis(rows, order, axis=1)
            squared = np.take_along_axis(squared, order, axis=1)
        last = squared[:, n_neighbors - 1]
        slack = _slack(row_norms(X, squared=True), last)
        # All that are too many: none where every row was asked for.
        tied = (squared[:, n_neighbors:] <= (last + slack)[:, np.newaxis]).any(axis=1)
        rows, squared = rows[:, :n_neighbors], squared[:, :n_neighbors]
        which = np.flatnonzero(tied)
        for block in row_blocks(len(which), self.n_rows):
            at = which[block]
            mine = None if own is None else own[at]
            rows[at], squared[at] = self._by_table(X[at], n_neighbors, mine)
        return rows, squared


def row_blocks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Cut rows so that a dense table of them stays small.

    Parameters
    ----------
    n_rows, n_columns : int
        Shape of the whole table.

    Yields
    ------
    slice
        Rows of a block, one at least.
    """
    step = max(1, _BLOCK_NUMBERS // n_columns)
    for start in range(0, n_rows, step):
        yield slice(start, start + step)


def _distant_mean(X: Any) -> np.ndarray | None:
    """Return the mean of the rows where it is far from 0 for their spread.

    A column of years or seconds leaves few digits for the distances, unless its mean is
    subtracted. For other rows that would be a copy for nothing.
    """
    if sp.issparse(X):
        return None
    mean = X.mean(axis=0)
    spread = row_norms(X, squared=True).mean() - mean @ mean
    return mean if mean @ mean > 1e3 * spread else None


def _slack(norms: np.ndarray, squared: np.ndarray) -> np.ndarray:
    """Return by how much equal squared distances may differ."""
    return _TIE * (norms + squared)


def _shortlist(table: np.ndarray, n_neighbors: int, norms: np.ndarray) -> Found:
    """Return the columns that may be among the nearest of each row, in their order.

    A row of the answer ends with infinite distances where another row has more. The
    table is passed over twice: sorting it in part took twice as long.
    """
    n_rows, n_columns = table.shape
    n_groups = min(2 * n_neighbors, n_columns)
    starts = np.arange(n_groups) * n_columns // n_groups
    minima = np.minimum.reduceat(table, starts, axis=1)
    # Each group has one row as near as that, so that there are enough of them.
    bound = np.partition(minima, n_neighbors - 1, axis=1)[:, n_neighbors - 1]
    bound += _slack(norms, _squared(bound, norms)) / 2
    found = np.flatnonzero(table <= bound[:, np.newaxis])
    of, columns = np.divmod(found, n_columns)
    numbers = np.bincount(of, minlength=n_rows)
    places = np.arange(len(found)) - np.repeat(numbers.cumsum() - numbers, numbers)
    rows = np.zeros((n_rows, numbers.max()), dtype=np.int64)
    squared = np.full(rows.shape, np.inf)
    rows[of, places] = columns
    squared[of, places] = _squared(table.ravel()[found], norms[of])
    return rows, squared


def _squared(halved: np.ndarray, norms: np.ndarray) -> np.ndarray:
    # Rounding may carry the distance of copies just below 0.
    return np.maximum(2 * halved + norms, 0.0)


def _pick(
    rows: np.ndarray, squared: np.ndarray, n_neighbors: int, norms: np.ndarray
) -> Found:
    """Return the nearest of some rows; of equally near ones, those in front."""
    last = np.partition(squared, n_neighbors - 1, axis=1)[:, n_neighbors - 1]
    slack = _slack(norms, last)
    sure = squared < (last - slack)[:, np.newaxis]
    tied = (squared <= (last + slack)[:, np.newaxis]) & ~sure
    places = n_neighbors - sure.sum(axis=1, keepdims=True)
    chosen = sure | (tied & (tied.cumsum(axis=1) <= places))
    shape = (len(rows), n_neighbors)
    return rows[chosen].reshape(shape), squared[chosen].reshape(shape)


def count_labels(rows: np.ndarray, labels: sp.csr_array) -> sp.csr_array:
    """Count how many neighbours carry each label.

    Parameters
    ----------
    rows : ndarray of int, shape (n_samples, n_neighbors)
        Positions of the neighbours.
    labels : csr_array of int8, shape (n_rows, n_labels)
        Labels of the rows that these are positions of, 0 and 1.

    Returns
    -------
    csr_array of int32, shape (n_samples, n_labels)
        In [0, n_neighbors].

    Examples
    --------
    >>> labels = sp.csr_array(np.array([[1, 0], [1, 1], [0, 0]], dtype=np.int8))
    >>> count_labels(np.array([[0, 1], [1, 2]]), labels).toarray().tolist()
    [[2, 1], [1, 1]]
    """
    n_samples, n_neighbors = rows.shape
    # Small indices where they do: trees of scikit-learn take no others.
    index = sp.get_index_dtype(maxval=max(rows.size, *labels.shape))
    starts = np.arange(n_samples + 1, dtype=index) * n_neighbors
    # A wider type than that of the labels, in which more than 127 would overflow.
    ones = np.ones(rows.size, dtype=np.int32)
    parts = (ones, rows.ravel().astype(index), starts)
    return sp.csr_array(parts, shape=(n_samples, labels.shape[0])) @ labels
